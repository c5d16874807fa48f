#!/usr/bin/env bash
# Makes the demo's courses with ffmpeg, once: four short ones as a station meets them, a truncated one and one that is
# no media at all. Those in air/ are for the county's sender. Usage: make_media.sh FOLDER
set -euo pipefail
out=$1
[ -f "$out/.complete" ] && exit 0
rm -rf "$out"
mkdir -p "$out/air"
font=$(fc-match -f '%{file}' 'sans:lang=zh-cn:bold')

# A picture with the course's title and a running clock. TITLE COLOUR SECONDS
picture() {
  printf 'color=c=%s:s=960x540:r=25:d=%s,' "$2" "$3"
  printf "drawtext=fontfile=%s:text='%s':fontsize=72:fontcolor=white:x=(w-tw)/2:y=190," "$font" "$1"
  printf "drawtext=fontfile=%s:text='%%{pts\\\\:hms}':fontsize=40:fontcolor=white:x=(w-tw)/2:y=330" "$font"
}

make() {  # FILE TITLE COLOUR SECONDS HERTZ CODEC-OPTIONS…
  local file=$1 title=$2 colour=$3 length=$4 tone=$5
  shift 5
  ffmpeg -v error -y -f lavfi -i "$(picture "$title" "$colour" "$length")" \
    -f lavfi -i "sine=frequency=$tone:sample_rate=44100:duration=$length" \
    -metadata title="$title" -shortest "$@" "$out/$file"
}

make 果树冬季修剪技术.mp4 果树冬季修剪技术 0x1F5C3A 24 330 \
  -c:v libx264 -preset veryfast -pix_fmt yuv420p -c:a aac -movflags +faststart
make 大棚蔬菜病虫害防治.mpg 大棚蔬菜病虫害防治 0x7A3B12 30 294 -target pal-dvd -aspect 16:9
make air/农村土地承包法问答.wmv 农村土地承包法问答 0x23406E 20 262 -c:v wmv2 -b:v 800k -c:a wmav2
ffmpeg -v error -y -f lavfi -i "sine=frequency=220:sample_rate=44100:duration=18" -metadata title=冬春季传染病预防广播讲座 \
  -metadata artist=县疾控中心 -c:a libmp3lame "$out/冬春季传染病预防广播讲座.mp3"

# What went wrong on its way: the first half of a lecture, and a web page that was saved under a film's name.
head -c "$(($(stat -c %s "$out/果树冬季修剪技术.mp4") * 55 / 100))" "$out/果树冬季修剪技术.mp4" >"$out/党课第三讲（未下载完）.mp4"
printf '<!DOCTYPE html><title>404</title><p>课件不存在</p>\n' >"$out/村务公开.mp4"

digest=$(sha256sum "$out/果树冬季修剪技术.mp4" | cut -d' ' -f1)
cat >"$out/果树冬季修剪技术.mp4.manifest.json" <<JSON
{"title": "果树冬季修剪技术", "category": "农业技术", "lecturer": "李建华", "language": "zh-CN",
 "audience": "果农", "keep_until": "2036-12-31", "sha256": "$digest"}
JSON
cat >"$out/air/农村土地承包法问答.wmv.manifest.json" <<'JSON'
{"title": "农村土地承包法问答", "category": "法律", "lecturer": "县司法局", "audience": "全体村民"}
JSON
touch "$out/.complete"
