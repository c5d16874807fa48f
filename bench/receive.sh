#!/usr/bin/env bash
# Reception beside uftp and NORM, in a network namespace of its own; JSON on standard output. Usage: receive.sh BUILD-FOLDER [--quick] …
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"
build=$(readlink -f "../${1:-build/release}")
shift || true
# In the build folder: a disk, where fsync means something.
work=$(mktemp -d "$build/bench-XXXXXX")
trap 'rm -rf "$work"' EXIT
export EDU_BIN=$build/bin EDU_WORK=$work
apart=(unshare -n)
[ "$(id -u)" = 0 ] || apart=(unshare -rn)
"${apart[@]}" sh -ec 'ip link set lo up multicast on
  ip route add 224.0.0.0/4 dev lo
  exec python3 -B receive.py "$@"' receive "$@"
