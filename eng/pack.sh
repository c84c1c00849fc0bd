#!/usr/bin/env bash
# Packs the command line as a .NET tool, installs it into a folder of its own, and has it start in-memory Kafka and look at it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
packages="$PWD/artifacts/packages"

rm -rf "$packages"
dotnet pack src/Dispatcher.Cli -c Release --nologo -v quiet -o "$packages"

work="$(mktemp -d)"
simulator=""
cleanup() {
  [ -z "$simulator" ] || kill "$simulator" 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT
fail() { echo "pack: $*" >&2; exit 1; }

dotnet tool install Dispatcher.Cli --tool-path "$work/tool" --source "$packages" >"$work/install.log" || { cat "$work/install.log" >&2; exit 1; }
tool="$work/tool/dispatcher"
cd "$work" # nothing of the checkout may help
unset DISPATCHER_KAFKA DISPATCHER_API DISPATCHER_KEY
export DISPATCHER_SESSION="$work/none.json"

"$tool" --version >/dev/null || fail "the installed tool does not start"
"$tool" keys new --json | grep -q '"key":"dk_' || fail "keys new makes no key"

topics=push.apns.urgent:2,push.apns.bulk:2,push.fcm.urgent:2,push.fcm.bulk:2,push.apns.dead:2,push.fcm.dead:2,push.results:2,push.tokens:1,push.scheduled:1,push.cancels:1
topics="$topics,push.delay.10s:2,push.delay.1m:2,push.delay.10m:2,push.delay.1h:2"
"$tool" simulate -- --no-providers --topics "$topics" --directory "$work/simulator" >"$work/simulator.log" 2>&1 &
simulator=$!
for _ in $(seq 100); do
  grep -q '^ready ' "$work/simulator.log" && break
  kill -0 "$simulator" 2>/dev/null || fail "the simulator ended: $(cat "$work/simulator.log")"
  sleep 0.2
done
kafka="$(sed -n 's/^ready .*"kafka":"\([^"]*\)".*/\1/p' "$work/simulator.log")"
[ -n "$kafka" ] || fail "the simulator was not ready in time: $(cat "$work/simulator.log")"
"$tool" topics list --kafka "$kafka" || fail "topics list does not find in-memory Kafka's topics"
"$tool" lag --kafka "$kafka" || fail "lag does not read in-memory Kafka"
echo "packed and tried: $(ls "$packages")"
