#!/usr/bin/env bash
# Installs the Node clients that the simulator is tested with into artifacts/node-clients. Does nothing where Node.js is missing or they are there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

command -v npm >/dev/null || { echo "node-clients: no npm here; the tests with Node clients will be skipped" >&2; exit 0; }
source=tests/Dispatcher.Simulator.Tests/Node target=artifacts/node-clients
mkdir -p "$target"
cp "$source/push.js" "$target/"
if ! cmp -s "$source/package-lock.json" "$target/package-lock.json"; then
  cp "$source/package.json" "$source/package-lock.json" "$target/"
  if ! (cd "$target" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error); then
    rm -f "$target/package-lock.json"
    echo "node-clients: npm ci failed; the tests with Node clients will be skipped" >&2
  fi
fi
