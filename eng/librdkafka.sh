#!/usr/bin/env bash
# Builds librdkafka from the sources inside an npm package and packs it as librdkafka.redist, for machines whose package feed
# lacks that one. Called by eng/setup.sh; the result is kept outside the checkout and found by eng/Librdkafka.props.
set -euo pipefail

version=2.15.1
sources='@confluentinc/kafka-javascript@1.10.1' # carries librdkafka 2.15.1 under deps/librdkafka
cache="${DISPATCHER_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/dispatcher}"
package="$cache/feed/librdkafka.redist.$version.nupkg"
log="$cache/librdkafka.log"

fail() { echo "setup: $*" >&2; exit 1; }

[ -f "$package" ] && exit 0
[ "$(uname -s)" = Linux ] || fail "the package feed lacks librdkafka.redist $version, and building it is only scripted for Linux; add a feed that has it."
case "$(uname -m)" in
  x86_64) runtime=linux-x64 ;;
  aarch64) runtime=linux-arm64 ;;
  *) fail "librdkafka.redist $version is not in the package feed, and $(uname -m) is not a platform this script packs it for." ;;
esac

echo "setup: the package feed lacks librdkafka.redist; building librdkafka $version once into $cache (about a minute)"
mkdir -p "$cache/feed"
exec 9>"$cache/librdkafka.lock"
flock 9 # a second build started at the same time waits, and then finds the package
[ -f "$package" ] && exit 0

need=()
for tool in gcc make npm; do command -v "$tool" >/dev/null || need+=("$tool"); done
[ -e /usr/include/openssl/ssl.h ] || need+=(libssl-dev)
[ -e /usr/include/zlib.h ] || need+=(zlib1g-dev)
[ -e /usr/include/zstd.h ] || need+=(libzstd-dev)
if [ ${#need[@]} -gt 0 ]; then
  command -v apt-get >/dev/null || fail "install ${need[*]} and run this again."
  sudo=""
  [ "$(id -u)" = 0 ] || { command -v sudo >/dev/null && sudo=sudo; } || fail "install ${need[*]} (as root) and run this again."
  { $sudo apt-get update && $sudo apt-get install -y --no-install-recommends "${need[@]}"; } >"$log" 2>&1 \
    || fail "could not install ${need[*]}; see $log"
fi

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm pack "$sources" --silent >>"$log" 2>&1 || fail "could not fetch $sources; see $log"
tar xzf ./*.tgz
cd package/deps/librdkafka
{ ./configure --disable-lz4-ext --disable-debug-symbols && make -j"$(nproc)" libs; } >>"$log" 2>&1 || fail "the build failed; see $log"

layout="$work/nupkg"
mkdir -p "$layout/runtimes/$runtime/native"
cp src/librdkafka.so.1 "$layout/runtimes/$runtime/native/librdkafka.so"
strip "$layout/runtimes/$runtime/native/librdkafka.so"
cp LICENSES.txt "$layout/"
cat >"$layout/librdkafka.redist.nuspec" <<NUSPEC
<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
  <metadata>
    <id>librdkafka.redist</id>
    <version>$version</version>
    <authors>librdkafka authors</authors>
    <description>librdkafka $version, built from source on this machine for $runtime.</description>
  </metadata>
</package>
NUSPEC

# A package is a zip; dotnet's own packer needs a project, so one is made for the occasion.
cat >"$work/pack.csproj" <<'PROJECT'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
    <NuspecFile>nupkg/librdkafka.redist.nuspec</NuspecFile>
    <NoBuild>true</NoBuild>
    <IncludeBuildOutput>false</IncludeBuildOutput>
  </PropertyGroup>
</Project>
PROJECT
cd "$work"
dotnet pack pack.csproj --nologo -o "$work/out" >>"$log" 2>&1 || fail "packing failed; see $log"
mv "$work/out/librdkafka.redist.$version.nupkg" "$package"
