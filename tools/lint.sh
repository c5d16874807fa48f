#!/usr/bin/env bash
# The checks of scripts, the rules of the house that a script can keep, and the tests of those scripts.
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

# Each rule reads a process's output, so that `bad` is set in this shell.
sources() { git ls-files '*.cpp' '*.h'; }
rule 'no ../ in an include' < <(sources | xargs grep -nE '#include "\.\./|#include <\.\./')
rule 'the rooms of docs/architecture.md' < <(tools/rooms.py)
rule 'lengths (tools/lengths.py says where a reason stands)' < <(tools/lengths.py --check)
rule 'one name, one thing in a room (EDU_UNITY compiles it together)' < <(tools/names.py)
rule 'file-system calls that throw on a thread of their own' < <(tools/fs_calls.py)
rule 'no Manager, Util, Helper, Common' < <(sources | grep -E '(manager|util|helper|common)s?\.(cpp|h)$')
rule 'nothing unfinished' < <(sources | xargs grep -nE '\b(TODO|FIXME|XXX)\b')

git ls-files -z dev '.ci/run' '*.sh' | xargs -0 shellcheck -x || bad=1
tests=$(cd tests/tools && python3 -B -m unittest discover 2>&1) || rule 'the tests of the tools' <<<"$tests"
exit $bad
