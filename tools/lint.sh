#!/usr/bin/env bash
# The checks of scripts, and the rules of the house that grep can keep.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
bad=0

rule() {  # NAME, then lines that break it on standard input
  local found
  found=$(cat)
  [ -z "$found" ] && return 0
  printf '%s\n%s\n' "lint: $1" "$found"
  bad=1
}

git ls-files '*.cpp' '*.h' | xargs grep -nE '#include "\.\./|#include <\.\./' | rule 'no ../ in an include' || true
tools/rooms.py | rule 'the rooms of docs/architecture.md' || true
git ls-files '*.cpp' '*.h' | grep -E '(manager|util|helper|common)s?\.(cpp|h)$' | rule 'no Manager, Util, Helper, Common' || true
git ls-files '*.cpp' '*.h' | xargs grep -nE '\b(TODO|FIXME|XXX)\b' | rule 'nothing unfinished' || true

git ls-files -z dev '.ci/run' '*.sh' | xargs -0 shellcheck -x || bad=1
exit $bad
