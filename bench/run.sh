#!/usr/bin/env bash
# The benchmarks, each beside the peer that it is measured against in the same run; JSON on standard output. Usage: run.sh BUILD-FOLDER [NAME…]
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"
build=$(readlink -f "../${1:-build/release}")
shift || true
work=$(mktemp -d "${TMPDIR:-/tmp}/edu-bench-XXXXXX")
trap 'rm -rf "$work"' EXIT
exec 3>&1
# A screen of its own for the decks: -noreset keeps it when one client leaves, -displayfd finds a free number.
Xvfb -displayfd 4 -screen 0 1280x720x24 -noreset -nolisten tcp 4>"$work/display" 2>/dev/null &
trap 'kill %1; rm -rf "$work"' EXIT
until [ -s "$work/display" ]; do sleep 0.1; done
DISPLAY=":$(cat "$work/display")" EDU_BIN=$build/bin EDU_WORK=$work python3 -B bench.py "$@" >&3
