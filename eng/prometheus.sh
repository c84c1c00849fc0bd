#!/usr/bin/env bash
# Unpacks Debian's prometheus and promtool into artifacts/prometheus, for the tests of deploy/prometheus: nothing is installed and no server started.
# Does nothing where both are there already, or where they cannot be had: those tests are skipped then, and say so.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

target="$PWD/artifacts/prometheus"
if command -v promtool >/dev/null && command -v prometheus >/dev/null || [ -x "$target/usr/bin/promtool" ]; then exit 0; fi
if ! command -v apt-get >/dev/null || ! command -v dpkg-deb >/dev/null; then
  echo "prometheus: not on PATH, and no apt-get here; its tests will be skipped" >&2
  exit 0
fi
download="$(mktemp -d)"
trap 'rm -rf "$download"' EXIT
if (cd "$download" && apt-get download -q prometheus >/dev/null 2>&1) && dpkg-deb -x "$download"/prometheus_*.deb "$download/unpacked"; then
  rm -rf "$target" && mkdir -p "$(dirname "$target")" && mv "$download/unpacked" "$target"
else
  echo "prometheus: apt-get download failed (apt-get update?); its tests will be skipped" >&2
fi
