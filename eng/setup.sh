#!/usr/bin/env bash
# Restores every package. Where the feed lacks librdkafka's, builds that one first (eng/librdkafka.sh). Silent when there is nothing to do.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

command -v dotnet >/dev/null || { echo "setup: the .NET 10 SDK is needed (dotnet is not on PATH)" >&2; exit 1; }

restore() { dotnet restore Dispatcher.sln --nologo -v quiet 2>&1; }

if ! output="$(restore)"; then
  if grep -q 'librdkafka.redist' <<<"$output"; then
    bash eng/librdkafka.sh
    output="$(restore)" || { echo "$output" >&2; exit 1; }
  else
    echo "$output" >&2
    exit 1
  fi
fi
