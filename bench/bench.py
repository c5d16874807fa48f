"""Measures the station against the tools that an operator would use instead. Every figure that compares is a ratio of two
measurements of one run; the machine is noisy, so absolute figures tell only the order of size."""
import asyncio
import datetime
import hashlib
import json
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import time

BIN = pathlib.Path(os.environ["EDU_BIN"])
WORK = pathlib.Path(os.environ["EDU_WORK"])
STARTS = 30
FILES = 200
SIGN_INS = 1000
CONNECTIONS = 50
RECORDS = 200_000
IDLE_SECONDS = 20


def progress(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def ffmpeg(*arguments):
    subprocess.run(["ffmpeg", "-v", "error", "-y", *map(str, arguments)], check=True)


def percentile(values, percent):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


class Station:
    def __init__(self, name):
        self.data = WORK / name / "data"
        self.data.mkdir(parents=True)
        settings = WORK / name / "station.toml"
        settings.write_text(
            f'[data]\nfolder = "{self.data}"\n[web]\nport = 0\n[receiver]\nsettle_s = 0\n[library]\nreserve_percent = 0\n'
            'reserve_mb = 1\n[player]\nvideo_output = "none"\naudio_output = "none"\n[log]\nlevel = "error"\n')
        self.daemon = subprocess.Popen([BIN / "edustationd", "--config", settings])
        while self.run("status").returncode != 0:
            time.sleep(0.1)

    def run(self, *arguments, text=None):
        return subprocess.run([BIN / "edustation", "--station", self.data, *map(str, arguments)], capture_output=True,
                              text=True, input=text)

    def rows(self, *arguments):
        return json.loads(self.run("--json", *arguments).stdout)["rows"]

    def stop(self):
        self.daemon.send_signal(signal.SIGTERM)
        self.daemon.wait()


def start_of_a_programme():
    """How late the first picture is: the deck that was armed, against mpv started cold at the same instant."""
    course = WORK / "start.mp4"
    ffmpeg("-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=25:duration=5", "-f", "lavfi", "-i", "sine=duration=5",
           "-c:v", "libx264", "-preset", "veryfast", course)
    deck = subprocess.Popen([BIN / "edustation-deck", "--video-output", "x11", "--audio-output", "none"],
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def tell(**command):
        deck.stdin.write(json.dumps(command) + "\n")
        deck.stdin.flush()

    def hear(event, order=None):
        for line in deck.stdout:
            heard = json.loads(line)
            if heard.get("event") == event and order in (None, heard.get("id")):
                return heard
        raise RuntimeError("the deck has ended")

    def cold(at_ms):
        time.sleep(max(0, at_ms / 1000 - time.time()))
        player = subprocess.Popen(["mpv", "--no-config", "--vo=x11", "--ao=null", "-v", str(course)],
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for line in player.stdout:
            if "first video frame after restart shown" in line:
                late = time.time() * 1000 - at_ms
                player.kill()
                player.wait()
                return late
        raise RuntimeError("mpv showed nothing")

    armed, peer = [], []
    for turn in range(1, STARTS + 1):
        at_ms = int(time.time() * 1000) + 1500
        tell(do="arm", id=turn, at_ms=at_ms, items=[{"path": str(course), "declared_ms": 5000}])
        hear("ready", turn)
        armed.append(hear("started", turn)["first_frame_ms"] - at_ms)
        tell(do="stop", id=turn)
        hear("finished", turn)
        peer.append(cold(int(time.time() * 1000) + 200))
        progress(f"start {turn}/{STARTS}: armed {armed[-1]} ms, cold mpv {peer[-1]:.0f} ms")
    tell(do="quit")
    deck.wait(5)
    return {"starts": STARTS, "armed_median_ms": statistics.median(armed), "armed_p99_ms": percentile(armed, 99),
            "cold_mpv_median_ms": round(statistics.median(peer)), "cold_mpv_p99_ms": round(percentile(peer, 99)),
            "cold_over_armed_median": round(statistics.median(peer) / max(1, statistics.median(armed)), 1)}


def import_of_files():
    """200 files through the inbox, against ffprobe, sha256sum and cp one after the other in a loop (which syncs nothing)."""
    source = WORK / "import"
    source.mkdir()
    ffmpeg("-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25:duration=20", "-f", "lavfi", "-i", "sine=duration=20",
           "-c:v", "libx264", "-preset", "veryfast", "-b:v", "1500k", WORK / "one.mp4")
    for number in range(FILES):
        ffmpeg("-i", WORK / "one.mp4", "-c", "copy", "-metadata", f"title=lecture {number}", source / f"{number:03}.mp4")
    size = sum(p.stat().st_size for p in source.iterdir())
    subprocess.run(["sync"], check=True)

    copies = WORK / "copies"
    copies.mkdir()
    begin = time.monotonic()
    for path in sorted(source.iterdir()):
        subprocess.run(["ffprobe", "-v", "error", "-show_format", "-show_streams", path], stdout=subprocess.DEVNULL, check=True)
        subprocess.run(["sha256sum", path], stdout=subprocess.DEVNULL, check=True)
        subprocess.run(["cp", path, copies], check=True)
    loop = time.monotonic() - begin
    progress(f"import: the loop took {loop:.1f} s")

    station = Station("import-station")
    begin = time.monotonic()
    for path in sorted(source.iterdir()):
        path.rename(station.data / "inbox" / path.name)
    while len(station.rows("library", "list")) < FILES:
        time.sleep(0.1)
    ours = time.monotonic() - begin
    station.stop()
    shutil.rmtree(copies)
    return {"files": FILES, "mib": round(size / 2**20), "station_s": round(ours, 2), "loop_s": round(loop, 2),
            "loop_over_station": round(loop / ours, 2)}


def sign_ins():
    """1,000 sign-ins from 50 connections, each answered when it is on disk, against one fsync after the other."""
    station = Station("sign-in-station")
    roster = WORK / "roster.csv"
    roster.write_text("编号,姓名,类别\n" + "".join(f"{i:04},学员{i},党员\n" for i in range(SIGN_INS)))
    station.run("roster", "import", roster)
    ffmpeg("-f", "lavfi", "-i", "sine=duration=600", WORK / "lecture.mp3")
    station.run("library", "import", WORK / "lecture.mp3")
    start = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))) + datetime.timedelta(minutes=5)
    station.run("programme", "add", "--title", "x", "--kind", "group", "--courseware", 1, "--start",
                start.strftime("%Y-%m-%d %H:%M:%S"))
    while station.run("session", "show", 1).returncode != 0:
        time.sleep(0.1)
    took = []

    async def learner(first):
        reader, writer = await asyncio.open_unix_connection(str(station.data / "api.sock"))
        for number in range(first, SIGN_INS, CONNECTIONS):
            body = json.dumps({"members": [f"{number:04}"], "means": "roll-call"}).encode()
            begin = time.monotonic()
            writer.write(b"POST /api/v1/sessions/1/sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                         b"Content-Length: %d\r\n\r\n" % len(body) + body)
            head = await reader.readuntil(b"\r\n\r\n")
            assert b" 200 " in head.split(b"\r\n")[0], head
            length = next(int(h.split(b":")[1]) for h in head.split(b"\r\n") if h.lower().startswith(b"content-length"))
            await reader.readexactly(length)
            took.append((time.monotonic() - begin) * 1000)
        writer.close()

    async def everybody():
        await asyncio.gather(*(learner(i) for i in range(CONNECTIONS)))

    begin = time.monotonic()
    asyncio.run(everybody())
    ours = time.monotonic() - begin
    station.stop()

    begin = time.monotonic()
    with open(WORK / "fsyncs", "wb", buffering=0) as file:
        for _ in range(SIGN_INS):
            file.write(bytes(300))
            os.fsync(file.fileno())
    peer = time.monotonic() - begin
    return {"sign_ins": SIGN_INS, "connections": CONNECTIONS, "per_second": round(SIGN_INS / ours),
            "median_ms": round(statistics.median(took), 1), "p99_ms": round(percentile(took, 99), 1),
            "one_fsync_each_s": round(peer, 2), "station_s": round(ours, 2), "fsyncs_over_station": round(peer / ours, 2)}


def idle():
    """What a station costs that does nothing: memory, and processor time in percent of one core, deck included."""
    station = Station("idle-station")
    time.sleep(3)
    children = subprocess.run(["pgrep", "-P", str(station.daemon.pid)], capture_output=True, text=True).stdout.split()

    def ticks(pid):
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return int(fields[11]) + int(fields[12])

    def rss(pid):
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024

    pids = [station.daemon.pid, *map(int, children)]
    before = [ticks(p) for p in pids]
    time.sleep(IDLE_SECONDS)
    hertz = os.sysconf("SC_CLK_TCK")
    cpu = [100 * (ticks(p) - b) / hertz / IDLE_SECONDS for p, b in zip(pids, before)]
    out = {"daemon_rss_mib": round(rss(pids[0]), 1), "daemon_cpu_percent": round(cpu[0], 2),
           "deck_rss_mib": round(sum(map(rss, pids[1:])), 1), "deck_cpu_percent": round(sum(cpu[1:]), 2)}
    station.stop()
    return out


def end():
    """From SIGTERM in the middle of a programme to the end of the process, its as-run record closed."""
    station = Station("end-station")
    ffmpeg("-f", "lavfi", "-i", "sine=duration=600", WORK / "long.mp3")
    station.run("library", "import", WORK / "long.mp3")
    start = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))) + datetime.timedelta(seconds=7)
    station.run("programme", "add", "--title", "x", "--kind", "open", "--courseware", 1, "--start",
                start.strftime("%Y-%m-%d %H:%M:%S"))
    while json.loads(station.run("--json", "status").stdout)["state"] != "on_air":
        time.sleep(0.1)
    begin = time.monotonic()
    station.stop()
    took = time.monotonic() - begin
    with sqlite3.connect(station.data / "station.db") as database:
        (reason,) = database.execute("SELECT reason FROM playback").fetchone()
    assert reason == "stopped", reason
    return {"sigterm_in_mid_play_ms": round(took * 1000)}


def verify():
    """The journal's check, over records that a second, independent writer of the format made here."""
    station = Station("verify-station")
    station.stop()
    with sqlite3.connect(station.data / "station.db") as database:
        seq, prev = database.execute("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
        rows = []
        for seq in range(seq + 1, seq + 1 + RECORDS):
            body = json.dumps({"actor": "auto", "at": 1795345800000 + seq, "boot": "b" * 32, "clock": "synced",
                               "kind": "attendance.signed_in", "mono": seq, "v": 1, "seq": seq,
                               "payload": {"session": 1 + seq // 1000, "person": f"{seq:032x}", "at_ms": 1795345800000 + seq,
                                           "means": "roll-call"}}, sort_keys=True, separators=(",", ":"))
            digest = hashlib.sha256(prev + body.encode()).digest()
            rows.append((seq, body, prev, digest))
            prev = digest
        database.executemany("INSERT INTO journal VALUES(?,?,?,?)", rows)
        database.executemany("INSERT INTO presence VALUES(?,?,?,?,0,0,'roll-call')",
                             [(1 + s // 1000, f"{s:032x}", 1795345800000 + s, s) for s, _, _, _ in rows])
    begin = time.monotonic()
    done = station.run("journal", "verify", station.data)
    ours = time.monotonic() - begin
    assert done.returncode == 0, done.stdout + done.stderr
    begin = time.monotonic()
    with sqlite3.connect(station.data / "station.db") as database:
        for _, body, prev, digest in database.execute("SELECT seq, body, prev, hash FROM journal ORDER BY seq"):
            assert hashlib.sha256(prev + body.encode()).digest() == digest
    peer = time.monotonic() - begin
    return {"records": RECORDS, "records_per_second": round(RECORDS / ours), "books_recomputed_too": True,
            "bare_chain_in_python_s": round(peer, 2), "station_s": round(ours, 2)}


def main():
    results = {}
    measures = [("start_error", start_of_a_programme), ("import", import_of_files), ("sign_in", sign_ins),
                          ("idle", idle), ("end", end), ("journal_verify", verify)]
    only = sys.argv[1:]
    for name, measure in measures:
        if only and name not in only:
            continue
        progress(name)
        results[name] = measure()
    print(json.dumps(results, indent=2))


main()
