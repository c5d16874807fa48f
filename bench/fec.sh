#!/usr/bin/env bash
# Throughput of the erasure codes, JSON on standard output. Usage: fec.sh BUILD-FOLDER
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"
exec "../${1:-build/release}/bin/fec_bench"
