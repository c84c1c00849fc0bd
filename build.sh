#!/usr/bin/env bash
# ./build.sh [build|test|format|check-format|chaos|soak|isolation|dead-letters|bench|micro]: what CI and people run. The last six prove or
# measure what no test has the time for, with real processes; --help says how much of it one can have.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
configuration=Release

build() {
  bash eng/setup.sh
  dotnet build Dispatcher.sln -c "$configuration" --no-restore --nologo -v quiet -clp:NoSummary
  mkdir -p artifacts && touch artifacts/.built
}

# Runs one test project; what it says comes at once when it is through.
test_project() {
  local project="$1" said status=0
  shift
  said="$(dotnet test "tests/$project" -c "$configuration" --no-build --nologo --logger "trx;LogFileName=$project.trx" --results-directory "$results" "$@" 2>&1)" || status=$?
  printf '%s: %s\n' "$project" "$said"
  return "$status"
}

# Runs every test project and ends with one line: "N passed, N failed". Two at a time, the longest first, for most of their time they wait;
# those that start whole systems come last and alone.
run_tests() {
  local status=0 project
  local -a together=(Worker Api Cli Core Simulator Architecture Client) alone=(EndToEnd Deploy)
  export configuration results=artifacts/test-results
  export -f test_project
  rm -rf "$results"
  printf 'Dispatcher.%s.Tests\n' "${together[@]}" | xargs -P 2 -I {} bash -c 'test_project "$@"' test {} "$@" || status=$?
  for project in "${alone[@]}"; do
    test_project "Dispatcher.$project.Tests" "$@" || status=$?
  done
  if [ "$(find tests -maxdepth 1 -name '*.Tests' | wc -l)" -ne $((${#together[@]} + ${#alone[@]})) ]; then
    echo "build.sh: not every project in tests/ is run; add it to run_tests" >&2
    status=1
  fi
  local passed=0 failed=0 file
  for file in "$results"/*.trx; do
    [ -e "$file" ] || continue
    passed=$((passed + $(grep -o '<Counters [^>]*' "$file" | grep -o ' passed="[0-9]*"' | grep -o '[0-9]*')))
    failed=$((failed + $(grep -o '<Counters [^>]*' "$file" | grep -o ' failed="[0-9]*"' | grep -o '[0-9]*')))
  done
  # A run that broke before a test could fail must not look like a success.
  if [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then failed=1; fi
  echo "$passed passed, $failed failed"
  [ "$status" -eq 0 ] && [ "$passed" -gt 0 ]
}

# Builds and runs one of the proofs of tests/Dispatcher.Chaos.
prove() {
  build
  dotnet artifacts/bin/Dispatcher.Chaos/release/Dispatcher.Chaos.dll "$@"
}

# Builds and runs what measures: bench/README.md.
measure() {
  build
  dotnet "artifacts/bin/$1/release/$1.dll" "${@:2}"
}

# Takes the pictures of docs/images anew: three minutes, and Chromium.
run_screenshots() {
  dotnet test tests/Dispatcher.EndToEnd.Tests -c "$configuration" --no-build --nologo --filter FullyQualifiedName~ScreenshotTests
}

case "${1:-build}" in
  build) build ;;
  test) shift; build; bash eng/node-clients.sh; bash eng/prometheus.sh; run_tests "$@" ;;
  format) bash eng/setup.sh; dotnet format Dispatcher.sln --no-restore ;;
  check-format) bash eng/setup.sh; dotnet format Dispatcher.sln --no-restore --verify-no-changes ;;
  pack) bash eng/setup.sh; bash eng/pack.sh ;;
  chaos | soak | isolation | dead-letters) prove "$@" ;;
  bench) shift; measure Dispatcher.Bench "$@" ;;
  screenshots) build; mkdir -p docs/images; DISPATCHER_SCREENSHOTS="$PWD/docs/images" run_screenshots ;;
  micro) shift; measure Dispatcher.Micro "$@" ;;
  *)
    cat >&2 <<'USAGE'
usage: ./build.sh [build|test|format|check-format]
       ./build.sh pack                                                the command line as a .NET tool, installed and tried
       ./build.sh chaos [--pushes N --minutes M --seed S --kills K]   kill, hang and cut off everything under load; the ledger must balance
       ./build.sh soak [--minutes M --rate N]                         a steady load; memory, handles and threads must be flat
       ./build.sh isolation [--rounds N --seconds S --only TEXT]      what a sick app, provider or tenant costs the healthy
       ./build.sh dead-letters [--count N --run COMMAND]              what the command line costs with a million dead letters
       ./build.sh screenshots                                         the pictures in docs/images, taken anew with Chromium
       ./build.sh bench [--quick --only GROUPS --runs N --kafka H:P]  the performance budget, measured; bench/README.md
       ./build.sh micro [--filter '*Render*']                         what the parts of the hot path cost, by BenchmarkDotNet
USAGE
    exit 2
    ;;
esac
