#!/usr/bin/env bash
# The demo station: a real daemon in var/demo that receives real courses, plays one, takes sign-ins and writes its books.
# Everything goes the way it goes at a real station: files through the inbox, all else through the command line.
# Called by ./dev run; its options stand there.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
bin=$PWD/build/dev/bin
demo=$PWD/var/demo
data=$demo/data
once=no
media=

while [ $# -gt 0 ]; do
  case $1 in
    --once) once=yes ;;
    --media)
      media=$(readlink -f "${2:?--media wants a folder}")
      shift
      ;;
    *)
      echo "./dev run: unknown option $1 (see ./dev help)" >&2
      exit 2
      ;;
  esac
  shift
done

say() { printf '\033[1m%s\033[0m %s\n' "$(date +%T)" "$*"; }
station() { "$bin/edustation" --station "$data" "$@"; }

# Asks again until the answer is right. SECONDS WHAT-FOR COMMAND…
wait_for() {
  local seconds=$1 what=$2 tries
  shift 2
  for ((tries = 0; tries < seconds * 5; tries++)); do
    "$@" >/dev/null 2>&1 && return 0
    kill -0 "$daemon" 2>/dev/null || { say "the daemon has ended; its last words are in var/demo/edustationd.log"; exit 1; }
    sleep 0.2
  done
  say "gave up after $seconds s waiting for: $what"
  tail -n 20 "$demo/edustationd.log"
  exit 1
}

free_port() {
  local port
  for port in $(seq 8750 8799); do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port" && return; }
  done
  echo 0
}

free_udp_port() {
  python3 -c 'import socket
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
    one.bind(("127.0.0.1", 0))
    print(one.getsockname()[1])'
}

if [ -z "$media" ]; then
  media=$demo/media
  [ -f "$media/.complete" ] || say "making the demo's courses with ffmpeg (once, about 10 s)"
  tools/demo/make_media.sh "$media"
fi
[ -d "$media" ] || { echo "./dev run: $media is no folder" >&2; exit 2; }
[ ! -d "$data" ] || { rm -rf "$data.previous" && mv "$data" "$data.previous"; }
mkdir -p "$data" "$demo/exports"

port=$(free_port)
air=$(free_udp_port)
cat >"$demo/station.toml" <<TOML
[station]
name = "张家村远程教育终端站点（演示）"
number = "YS-0417"

[data]
folder = "$data"

[receiver]
settle_s = 1

[library]
reserve_percent = 1
reserve_mb = 256

[player]
fullscreen = false
preload_s = 2

[web]
port = $port

[[channel]]
name = "县远程教育（演示）"
group = "127.0.0.1"   # this machine instead of a satellite's group
port = $air
TOML

"$bin/edustationd" --config "$demo/station.toml" 2>"$demo/edustationd.log" &
daemon=$!
stop() {
  trap - EXIT INT TERM
  kill -TERM "$daemon" 2>/dev/null || true
  wait "$daemon" 2>/dev/null || true
}
trap stop EXIT
trap 'echo; say "stopping the station"; exit 0' INT TERM

wait_for 15 "the daemon" station status
say "ready: the station runs (page http://127.0.0.1:$port/, log var/demo/edustationd.log)"
if [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] && [ ! -e /dev/dri/card0 ]; then
  say "there is no screen here, so programmes play without a picture; on a desktop a window opens"
fi

say "1. the roster: 34 people in three groups, from a CSV file"
station roster import tools/demo/roster.csv

say "2. courses are dropped into the inbox, as from a USB stick or a download"
dropped=$(find "$media" -maxdepth 1 -type f ! -name '.*' ! -name '*.manifest.json' | wc -l)
find "$media" -maxdepth 1 -type f ! -name '.*' -name '*.manifest.json' -exec cp -t "$data/inbox" {} +
find "$media" -maxdepth 1 -type f ! -name '.*' ! -name '*.manifest.json' -exec cp -t "$data/inbox" {} +
if [ -d "$media/air" ]; then
  say "   and one comes over the air: the county's sender, here on the same machine, with a tenth of repair against losses"
  "$bin/edustation-send" --group 127.0.0.1 --port "$air" --rate 20M --overhead 10 --once "$media/air"
  dropped=$((dropped + 1))
fi
all_received() {
  [ "$(station --json book reception | python3 -c 'import json, sys; print(len(json.load(sys.stdin)["rows"]))')" -ge "$dropped" ]
}
# One's own films may be large: a line every 10 s says how far they are.
for ((left = 120; left > 1; left--)); do
  (wait_for 10 "" all_received) >/dev/null && break
  station --json status | python3 -c '
import json, sys
for file in json.load(sys.stdin)["receiving"]:
    print("   receiving {}: {} of {} MB".format(file["name"], file["done"] // 10**6, file["size"] // 10**6))'
done
wait_for 10 "the $dropped files to be received" all_received
station library list

# The next 5th, 15th or 25th after today.
next_study_day() {
  local ahead
  for ahead in $(seq 1 31); do
    case $(TZ=Asia/Shanghai date -d "+$ahead days" +%d) in
      05 | 15 | 25) TZ=Asia/Shanghai date -d "+$ahead days" +%F && return ;;
    esac
  done
}

# The demo's shortest film with a picture; of one's own, what came first.
IFS=$'\t' read -r first title < <(station --json library list | python3 -c '
import json, sys
rows = json.load(sys.stdin)["rows"]
pruning = [r for r in rows if "修剪" in r["title"]]
for row in (pruning or rows)[:1]:
    print(row["no"], row["title"][:50], sep="\t")') || true
[ -n "$first" ] || { say "nothing was received that can be shown; the reception book says why:"; station book reception; exit 1; }

say "3. a timetable: one programme in a few seconds, one on each 5th, 15th and 25th of the month"
station programme add --title "$title（集中学习）" --kind group --courseware "$first" --group 第一党支部 \
  --start "$(TZ=Asia/Shanghai date -d '+6 seconds' '+%F %T')" --tutor 李建华 --chair 张书记 --place 村活动室
station programme add --title 每月学习日 --kind group --courseware "$first" --rrule 'FREQ=MONTHLY;BYMONTHDAY=5,15,25' \
  --start "$(next_study_day) 19:30" --place 村活动室
station timeline --days 14

say "4. people sign in: 17 of the 20 that are expected, by roll-call"
session_open() { station session show 1; }
wait_for 10 "the session to open" session_open
seq -f '%03g' 1 17 | station sign-in 1 --roll-call -
station sign-in 1 --excuse '018=外出务工' --visitors 3

say "5. on air: $title"
ended() {
  station --json session list | python3 -c '
import json, sys
sys.exit(0 if json.load(sys.stdin)["rows"][0]["state"] in ("已结束", "ended") else 1)'
}
[ "$media" = "$demo/media" ] || say "   (a course of your own may take long; Ctrl-C ends the demo)"
wait_for 86400 "the first programme to end" ended

for book in reception storage playback attendance; do
  station book $book --format csv >"$demo/exports/$book.csv"
  station --json book $book >"$demo/exports/$book.json"
  station --lang en book $book >"$demo/exports/$book.en.txt"
done
station participation --session 1 >"$demo/exports/participation.txt"
station participation --session 1 --by person >"$demo/exports/participation-by-person.txt"
say "6. the books have written themselves (var/demo/exports):"
station book playback
echo
cat "$demo/exports/participation.txt"
station journal verify

if [ "$once" = yes ]; then
  stop
  say "the daemon is gone; the copied data folder proves itself:"
  "$bin/edustation" journal verify "$data"
  exit 0
fi
cat <<TXT

The station goes on until Ctrl-C. Try next, in another terminal:
  cd $PWD && export EDUSTATION_STATION=$data PATH=$bin:\$PATH
  edustation status                             what is on air, and what comes
  edustation session show 1                     who was there, and for how long
  edustation participation --session 1 --by group
  edustation book attendance --format csv > attendance.csv
  edustation --lang en book playback
  edustation journal tail
  cp some-lecture.mp4 $data/inbox/              receive a course of your own
or open http://127.0.0.1:$port/ in a browser.
TXT
wait "$daemon"
