#!/usr/bin/env bash
# Makes docs/pictures/first-page.png: the demo station's first page as a browser shows it. Called by `./dev picture`.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
work=$(mktemp -d)
: >"$work/said"
tools/demo/run.sh >>"$work/said" &
demo=$!
trap 'kill -TERM $demo 2>/dev/null || true; wait $demo 2>/dev/null || true; rm -rf "$work"' EXIT
# The demo's last words are "or open URL in a browser": by then the books have their lines.
for ((tries = 0; tries < 600; tries++)); do
  url=$(sed -n 's/^or open \(http[^ ]*\) in a browser.*/\1/p' "$work/said")
  [ -z "$url" ] || break
  kill -0 $demo
  sleep 0.5
done
[ -n "$url" ] || { cat "$work/said"; exit 1; }
mkdir -p docs/pictures
chromium --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-sync \
  --user-data-dir="$work/profile" --hide-scrollbars --lang=zh-CN --accept-lang=zh-CN --window-size=1100,1000 \
  --virtual-time-budget=3000 --screenshot="$PWD/docs/pictures/first-page.png" "$url" 2>"$work/browser"
