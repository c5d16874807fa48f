#!/usr/bin/env python3
"""The probe against ffprobe, over containers and codecs: whole files are taken with the length that ffprobe
counts, files cut at several places are refused. Prints one line. media_matrix.py PROBE [FOLDER]"""
import json
import os
import random
import subprocess
import sys
import tempfile

SECONDS = 6
PLACES = (0.35, 0.62, 0.9, 0.995)  # of the file, where it is cut
VIDEO = ["-f", "lavfi", "-i", f"testsrc2=size=160x96:rate=25:duration={SECONDS}"]
SOUND = ["-f", "lavfi", "-i", f"sine=frequency=440:duration={SECONDS}"]
BOTH = VIDEO + SOUND
H264 = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "25"]
AAC = ["-c:a", "aac", "-b:a", "48k"]
MPEG = ["-c:v", "mpeg2video", "-c:a", "mp2"]

# name, inputs, options. The ending decides the container where -f does not.
WHOLE = [
    ("plain.mp4", BOTH, H264 + AAC),
    ("faststart.mp4", BOTH, H264 + AAC + ["-movflags", "faststart"]),
    ("fragments.mp4", BOTH, H264 + AAC + ["-movflags", "frag_keyframe+empty_moov"]),
    ("dash.mp4", BOTH, H264 + AAC + ["-movflags", "dash+frag_keyframe+empty_moov+global_sidx"]),
    ("hevc.mp4", BOTH, ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none"] + AAC),
    ("mpeg4.mp4", BOTH, ["-c:v", "mpeg4"] + AAC),
    ("prores.mov", BOTH, ["-c:v", "prores_ks", "-c:a", "pcm_s16le"]),
    ("mjpeg.mov", BOTH, ["-c:v", "mjpeg", "-c:a", "alac"]),
    ("sound.m4a", SOUND, AAC),
    ("phone.3gp", BOTH, ["-c:v", "h263", "-s", "176x144", "-c:a", "aac", "-ar", "8000", "-ac", "1"]),
    ("film.mkv", BOTH, H264 + AAC),
    ("dts.mkv", BOTH, H264 + ["-c:a", "dca", "-strict", "-2"]),
    ("live.mkv", BOTH, H264 + AAC + ["-live", "1", "-f", "matroska"]),
    ("vp8.webm", BOTH, ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libvorbis"]),
    ("vp9.webm", BOTH, ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus"]),
    ("sound.mka", SOUND, ["-c:a", "flac"]),
    ("xvid.avi", BOTH, ["-c:v", "mpeg4", "-vtag", "XVID", "-c:a", "libmp3lame"]),
    ("mjpeg.avi", BOTH, ["-c:v", "mjpeg", "-c:a", "pcm_s16le"]),
    ("x264.avi", BOTH, H264 + ["-c:a", "ac3"]),
    ("h264.flv", BOTH, H264 + AAC),
    ("sorenson.flv", BOTH, ["-c:v", "flv", "-c:a", "libmp3lame"]),
    ("h264.ts", BOTH, H264 + AAC),
    ("mpeg2.ts", BOTH, MPEG + ["-f", "mpegts"]),
    ("camera.m2ts", BOTH, H264 + ["-c:a", "ac3", "-mpegts_m2ts_mode", "1", "-f", "mpegts"]),
    ("mpeg2.mpg", BOTH, MPEG),
    ("mpeg1.mpg", BOTH, ["-c:v", "mpeg1video", "-c:a", "mp2"]),
    ("vcd.mpg", BOTH, ["-target", "pal-vcd"]),
    ("dvd.vob", BOTH, ["-target", "pal-dvd"]),
    ("film.wmv", BOTH, ["-c:v", "wmv2", "-c:a", "wmav2"]),
    ("msmpeg4.asf", BOTH, ["-c:v", "msmpeg4v3", "-c:a", "libmp3lame"]),
    ("sound.wma", SOUND, ["-c:a", "wmav2"]),
    ("vorbis.ogg", SOUND, ["-c:a", "libvorbis"]),
    ("opus.opus", SOUND, ["-c:a", "libopus"]),
    ("flac.oga", SOUND, ["-c:a", "flac"]),
    ("theora.ogv", BOTH, ["-c:v", "libtheora", "-c:a", "libvorbis"]),
    ("speex.ogg", SOUND, ["-c:a", "libspeex", "-ar", "16000"]),
    ("cbr.mp3", SOUND, ["-b:a", "64k"]),
    ("vbr.mp3", SOUND, ["-q:a", "4"]),
    ("bare_cbr.mp3", SOUND, ["-b:a", "64k", "-write_xing", "0", "-id3v2_version", "0"]),
    ("bare_vbr.mp3", SOUND, ["-q:a", "4", "-write_xing", "0"]),
    ("low.mp3", SOUND, ["-ar", "16000", "-ac", "1", "-b:a", "24k"]),
    ("layer2.mp2", SOUND, ["-c:a", "mp2"]),
    ("adts.aac", SOUND, AAC),
    ("ac3.ac3", SOUND, ["-c:a", "ac3"]),
    ("eac3.eac3", SOUND, ["-c:a", "eac3"]),
    ("flac.flac", SOUND, ["-c:a", "flac"]),
    ("pcm.wav", SOUND, []),
    ("float.wav", SOUND, ["-c:a", "pcm_f32le"]),
    ("adpcm_ms.wav", SOUND, ["-c:a", "adpcm_ms"]),
    ("adpcm_ima.wav", SOUND, ["-c:a", "adpcm_ima_wav"]),
    ("alaw.wav", SOUND, ["-c:a", "pcm_alaw", "-ar", "8000"]),
    ("gsm.wav", SOUND, ["-c:a", "libgsm_ms", "-ar", "8000", "-ac", "1"]),
    ("mp3.wav", SOUND, ["-c:a", "libmp3lame"]),
    ("rf64.wav", SOUND, ["-rf64", "always"]),
    ("sony.w64", SOUND, []),
    ("mac.aiff", SOUND, []),
    ("sun.au", SOUND, []),
    ("apple.caf", SOUND, []),
    ("real.rm", BOTH, ["-c:v", "rv20", "-c:a", "ac3", "-f", "rm"]),
    ("vfr.mkv", BOTH, H264 + AAC + ["-vf", "select='not(between(mod(n,7),2,4))'", "-fps_mode", "vfr"]),
    ("vfr.mp4", BOTH, H264 + AAC + ["-vf", "select='not(between(mod(n,7),2,4))'", "-fps_mode", "vfr"]),
    ("surround.mp4", BOTH, H264 + ["-af", "pan=5.1|FL=c0|FR=c0|FC=c0|LFE=c0|BL=c0|BR=c0", "-c:a", "aac"]),
    ("surround.mkv", BOTH, H264 + ["-af", "pan=5.1|FL=c0|FR=c0|FC=c0|LFE=c0|BL=c0|BR=c0", "-c:a", "ac3"]),
    ("mono.mp4", BOTH, H264 + ["-c:a", "aac", "-ac", "1", "-ar", "8000"]),
    ("xdcam.mxf", BOTH, ["-c:v", "mpeg2video", "-c:a", "pcm_s16le", "-ar", "48000"]),
    ("tape.dv", BOTH, ["-target", "pal-dv"]),
]

# Bare pictures, as cameras and encoders leave them: an ordinary player takes them at the rate that they say. A cut
# one cannot be told from a shorter whole one.
BARE = [
    ("bare.h264", VIDEO, H264),
    ("bare_b.264", VIDEO, ["-c:v", "libx264", "-preset", "fast", "-f", "h264"]),
    ("bare.h265", VIDEO, ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none", "-f", "hevc"]),
    ("bare.m2v", VIDEO, ["-c:v", "mpeg2video", "-f", "mpeg2video"]),
    ("bare.mpv", VIDEO, ["-c:v", "mpeg1video", "-f", "mpeg1video"]),
    ("bare.m4v", VIDEO, ["-c:v", "mpeg4", "-f", "m4v"]),
]

# Made of whole ones by hand: name, how.
def patched(path, old, new):
    data = open(path, "rb").read()
    assert old in data, path
    return data.replace(old, new, 1)


def wrong_xing(folder, frames_only=True):
    data = bytearray(open(f"{folder}/vbr.mp3", "rb").read())
    at = max(data.find(b"Xing"), data.find(b"Info"))
    data[at + 8:at + 12] = (int.from_bytes(data[at + 8:at + 12], "big") * 3).to_bytes(4, "big")
    return bytes(data)


def pipe_sizes(folder):
    data = bytearray(open(f"{folder}/pcm.wav", "rb").read())
    data[4:8] = b"\xff" * 4
    at = data.find(b"data")
    data[at + 4:at + 8] = b"\xff" * 4
    return bytes(data)


def cdxa(folder):
    """A Video CD's AVSEQ01.DAT: each pack of 2324 bytes in a sector of mode 2, form 2."""
    stream = open(f"{folder}/vcd.mpg", "rb").read()
    sectors = b""
    for at in range(0, len(stream), 2324):
        part = stream[at:at + 2324].ljust(2324, b"\0")
        sectors += b"\0" + b"\xff" * 10 + b"\0" + b"\0\2\0\2" + b"\1\1\x62\x0f" * 2 + part + b"\0" * 4
    head = b"CDXAfmt " + (16).to_bytes(4, "little") + b"\0" * 16 + b"data" + len(sectors).to_bytes(4, "little")
    return b"RIFF" + (len(head) + len(sectors)).to_bytes(4, "little") + head + sectors


def amr(magic, frame, size):
    """Silence: each frame 20 ms, its type in its first byte (RFC 4867, 5.3)."""
    return magic + (bytes([frame]) + b"\0" * (size - 1)) * (50 * SECONDS)


def with_encryption(folder):
    """The first track's content encodings get an encryption (RFC 9559, 5.1.4.1.31)."""
    data = bytearray(open(f"{folder}/film.mkv", "rb").read())
    encoding = b"\x50\x31\x81\x00" + b"\x50\x33\x81\x01" + b"\x50\x35\x84\x47\xe1\x81\x05"
    encodings = b"\x62\x40" + bytes([0x80 | len(encoding)]) + encoding
    extra = b"\x6d\x80" + bytes([0x80 | len(encodings)]) + encodings

    def grow(at):
        """The size at that place counts what is put in; returns where its body begins."""
        length = 9 - data[at].bit_length()
        size = int.from_bytes(data[at:at + length], "big") + len(extra)
        data[at:at + length] = size.to_bytes(length, "big")
        return at + length

    track = grow(data.rfind(b"\x16\x54\xae\x6b", 0, data.find(b"\x1f\x43\xb6\x75", 500)) + 4)
    track += 6 if data[track] == 0xBF else 0  # a checksum
    assert data[track] == 0xAE, data[track:track + 4].hex()
    body = grow(track + 1)
    data[body:body] = extra
    grow(data.find(b"\x18\x53\x80\x67") + 4)
    return bytes(data)


def noisy(folder, name):
    """The second half was written over."""
    data = bytearray(open(f"{folder}/{name}", "rb").read())
    half = len(data) // 2
    data[half:] = random.Random(1).randbytes(len(data) - half)
    return bytes(data)


# Written over by something else: no shorter film, but a damaged one.
NOISY = ["theora.ogv", "h264.ts", "camera.m2ts", "mpeg2.mpg", "dvd.vob", "film.mkv", "vp8.webm", "xvid.avi"]

# Nobody can play them: name, how, who locked them.
LOCKED = [
    ("encrypted.mkv", with_encryption, "CENC"),
    ("bought.m4a", lambda f: patched(f"{f}/sound.m4a", b"mp4a\0\0\0\0", b"drms\0\0\0\0"), "FairPlay"),
    ("bought.m4v", lambda f: patched(f"{f}/plain.mp4", b"avc1\0\0\0\0", b"drmi\0\0\0\0"), "FairPlay"),
]

MADE = [
    ("speech.amr", 1, lambda f: amr(b"#!AMR\n", 0x3C, 32)),
    ("wide.awb", 1, lambda f: amr(b"#!AMR-WB\n", 0x44, 61)),
    ("twice.mp3", 2, lambda f: open(f"{f}/cbr.mp3", "rb").read() * 2),
    ("twice.ts", 2, lambda f: open(f"{f}/h264.ts", "rb").read() * 2),
    ("thrice.mpg", 3, lambda f: open(f"{f}/mpeg2.mpg", "rb").read() * 3),
    ("thrice.vob", 3, lambda f: open(f"{f}/dvd.vob", "rb").read() * 3),
    ("chained.ogg", 2, lambda f: open(f"{f}/vorbis.ogg", "rb").read() * 2),
    ("chained.opus", 2, lambda f: open(f"{f}/opus.opus", "rb").read() * 2),
    ("twice.aac", 2, lambda f: open(f"{f}/adts.aac", "rb").read() * 2),
    ("twice.ac3", 2, lambda f: open(f"{f}/ac3.ac3", "rb").read() * 2),
    ("wrong_xing.mp3", 1, wrong_xing),
    ("pipe.wav", 1, pipe_sizes),
    ("AVSEQ01.DAT", 1, cdxa),
    ("tagged.mp3", 1, lambda f: open(f"{f}/bare_cbr.mp3", "rb").read() + b"TAG" + b" " * 125),
    ("zeros.wav", 1, lambda f: open(f"{f}/pcm.wav", "rb").read() + b"LIST\x04\0\0\0INFO"),
]
CHANNELS = {"surround.mp4": 6, "surround.mkv": 6, "mono.mp4": 1, "low.mp3": 1}
# A cut exactly between two units of these cannot be told from a shorter whole one.
SLACK = {"avi": 0.1}


def make(folder, name, inputs, options):
    command = ["ffmpeg", "-nostdin", "-v", "error", "-y", *inputs, *options, f"{folder}/{name}"]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)


def probe(program, path):
    out = subprocess.run([program, path], stdout=subprocess.PIPE, check=False).stdout
    return json.loads(out) if out else {"refused": "crashed"}


def counted(path):
    """What plays by ffprobe: the end of the last packet of pictures or sound, from the first one on."""
    out = subprocess.run(["ffprobe", "-v", "quiet", "-show_entries", "packet=stream_index,codec_type,pts_time,dts_time,duration_time",
                          "-of", "json", path], stdout=subprocess.PIPE, check=False).stdout
    first, last = None, 0.0
    for packet in json.loads(out or "{}").get("packets", []):
        time = packet.get("pts_time", packet.get("dts_time"))
        if packet["codec_type"] in ("video", "audio") and time is not None:
            first = float(time) if first is None else min(first, float(time))
            last = max(last, float(time) + float(packet.get("duration_time", 0)))
    return last - (first or 0)


def main():
    program = sys.argv[1]
    with tempfile.TemporaryDirectory() as scratch:
        folder = sys.argv[2] if len(sys.argv) > 2 else scratch
        faults, whole, cut = [], 0, 0
        expected = {}
        for name, inputs, options in WHOLE + BARE:
            if not os.path.exists(f"{folder}/{name}"):
                try:
                    make(folder, name, inputs, options)
                except subprocess.CalledProcessError:
                    faults.append(f"{name}: ffmpeg cannot make it")
                    continue
            bare = any(name == one for one, _, _ in BARE)
            expected[name] = SECONDS if bare else counted(f"{folder}/{name}")
        for name, times, how in MADE:
            with open(f"{folder}/{name}", "wb") as file:
                file.write(how(folder))
            expected[name] = SECONDS * times
        for name, seconds in expected.items():
            path = f"{folder}/{name}"
            answer = probe(program, path)
            whole += 1
            if "refused" in answer:
                faults.append(f"{name}: whole, {answer}")
            elif abs(answer["duration_ms"] / 1000 - seconds) > 0.35:
                faults.append(f"{name}: {answer['duration_ms']} ms, expected {seconds:.2f} s")
            elif name in CHANNELS and CHANNELS[name] not in [one.get("channels") for one in answer["streams"]]:
                faults.append(f"{name}: {answer['streams']}")
        for name, _, _ in WHOLE:
            if name not in expected:
                continue
            data = open(f"{folder}/{name}", "rb").read()
            for place in PLACES:
                path = f"{folder}/cut"
                length = int(len(data) * place) | 1
                with open(path, "wb") as file:
                    file.write(data[:length])
                answer = probe(program, path)
                cut += 1
                if "refused" not in answer:
                    faults.append(f"{name}: cut at {place:.1%} is taken with {answer['duration_ms']} ms")
                elif answer["refused"] in ("not_media", "crashed", "damaged_pictures"):
                    faults.append(f"{name}: cut at {place:.1%}: {answer}")
        for name, how, lock in LOCKED:
            with open(f"{folder}/{name}", "wb") as file:
                file.write(how(folder))
            answer = probe(program, f"{folder}/{name}")
            if answer.get("refused") != "encrypted" or lock not in str(answer):
                faults.append(f"{name}: {answer}")
        for name in NOISY:
            with open(f"{folder}/noise", "wb") as file:
                file.write(noisy(folder, name))
            answer = probe(program, f"{folder}/noise")
            if answer.get("refused") not in ("damaged", "damaged_pictures"):
                faults.append(f"{name}: half of it noise: {answer}")
        for fault in faults:
            print(fault)
        print(f"media matrix: {whole} whole files taken, {cut} cut ones refused, {len(faults)} faults")
        return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
