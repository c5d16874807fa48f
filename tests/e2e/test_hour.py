"""A scripted hour of a station, made short, on a disk that fails: multicast, web, inbox and a live recording come in
while a programme is on the air. Whichever call fails, once or from then on, at work or while the station starts after
a power cut: no crash, no good file refused for good or recorded twice, no programme missed, nothing lost that was
acknowledged.

A sample runs with the other tests. By hand, for a range of calls:

    EDU_BIN=build/dev/bin EDU_MEDIA=/tmp/media EDU_FAULTS=build/dev/lib/libedu_faults.so \\
      python3 -B tests/e2e/test_hour.py --from 1 --to 4000 --by 37 --error EIO --then once --when work
"""
import argparse
import hashlib
import json
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import time
import unittest

import faults
import live_channels
import namespaces
from station import BIN, PATIENCE, Station, media
from test_catalogue import Server

GROUP, PORT, LIVE = "239.255.7.7", 40077, "udp://239.255.7.7:5004"
SETTINGS = f"""
[[channel]]
name = "测试频道"
group = "{GROUP}"
port = {PORT}
interface = "lo"
memory_mb = 8

[[live]]
name = "县台"
url = "{LIVE}"
service = 101

[recording]
pre_roll_s = 0
post_roll_s = 0

[[catalogue]]
name = "县"
url = "URL"
trust = "off"
"""
MEANS = ["folder", "live", "multicast", "web"]  # in the order of their names
# What a station says of its own disk; of a file none of these says anything.
OURS = re.compile(r"receiver\.(storage_failed|unreadable|busy)|library\.no_space|player\.(unreadable|probe_unavailable)|"
                  r"multicast\.(disk_full|storage_failed)|live\.(not_written|unavailable|missed)|catalogue\.interrupted")


def others(name, number):
    """A course like the others, with bytes of its own: an MP4 may end in a box that nobody reads."""
    return media(name).read_bytes() + b"\0\0\0\x10free" + number.to_bytes(8, "big")


class Hour:
    """One run. `problems` is what was wrong."""

    prepared = None  # a data folder with a course and two people
    multiplex = None

    def __init__(self):
        self.web = Server()
        self.prepare()
        self.station = Station(SETTINGS.replace("URL", self.web.url("c.json")))
        shutil.copytree(Hour.prepared, self.station.data, symlinks=True)
        self.disk = faults.Page(self.station.folder, self.station.data)
        self.environment = self.disk.environment()
        self.processes, self.problems, self.failed = [], [], "nothing"
        self.signed_in = False

    @classmethod
    def prepare(cls):
        if cls.prepared:
            return
        first = Station().start()
        first.enrol(2)
        first.ask("library", "import", media("radio-3.mp3"))
        first.terminate()
        cls.prepared, cls.multiplex = first.data, live_channels.multiplex(first.folder)
        (first.data / "api.sock").unlink(missing_ok=True)

    def close(self):
        self.disk.heal()
        for process in self.processes:
            process.kill()
            process.wait()
        if self.station.daemon and self.station.daemon.poll() is None:
            self.station.kill()
        self.web.httpd.shutdown()
        self.web.httpd.server_close()
        shutil.rmtree(self.station.folder, ignore_errors=True)

    # What comes in, and what is done.

    def offer_web(self):
        body = others("course-4.mp4", 2)
        self.web.files["a.mp4"] = body
        entry = {"url": "a.mp4", "size": len(body), "sha256": hashlib.sha256(body).hexdigest()}
        self.web.files["c.json"] = json.dumps({"catalogue": 1, "series": "c", "serial": 1, "entries": [entry]}).encode()

    def send(self):
        courses = self.station.folder / "courses"
        courses.mkdir()
        (courses / "b.mp4").write_bytes(others("course-4.mp4", 3))
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.processes.append(subprocess.Popen(
            [BIN / "edustation-send", "--forever", "--rate", "8M", "--group", GROUP, "--port", str(PORT), "--interface", "lo",
             courses], **quiet))
        self.processes.append(live_channels.Sender(self.multiplex, LIVE + "?pkt_size=1316&ttl=1").process)

    def put(self):
        part = self.station.folder / "part"
        part.write_bytes(others("course-4.mp4", 1))
        part.rename(self.station.data / "inbox" / "c.mp4")

    def insist(self, *arguments):
        """Until it is done: a failing disk may refuse it, with words."""
        end = time.monotonic() + PATIENCE
        while True:
            done = self.station.run("--lang", "en", *arguments)
            if done.returncode == 0:
                return done.stdout
            if "internal" in done.stderr + done.stdout:
                self.problems.append(f"{arguments[0]}: {done.stderr.strip()}")
            if time.monotonic() > end:
                raise AssertionError(f"gave up {arguments}: {done.stderr}{done.stdout}")
            time.sleep(0.3)

    # How a run goes.

    def at_work(self, **fault):
        self.offer_web()
        self.station.start(environment=self.environment)
        self.station.add_programme(8, 1)
        self.send()
        self.disk.fail(**fault)
        self.put()
        self.insist_quietly("record", "start", "县台")
        self.insist_quietly("sign-in", 1, "001")

    def at_start(self, **fault):
        self.offer_web()
        self.station.start(environment=self.environment)
        self.station.add_programme(12, 1)
        self.send()
        self.put()
        self.insist("record", "start", "县台")
        self.insist("sign-in", 1, "001")
        self.signed_in = True
        self.station.wait("some of each", lambda: any((self.station.data / "live").rglob("*.mkv")))
        self.station.kill()
        self.disk.fail(**fault)
        self.start_insisting()

    def start_insisting(self):
        """As the service manager does it: a daemon that ends, ends by itself, and is started again."""
        for attempt in range(20):
            if attempt == 10:
                self.disk.heal()  # from then on nothing starts on it, and that is that
            with open(self.station.log, "ab") as log:
                self.station.daemon = subprocess.Popen([BIN / "edustationd", "--config", self.station.settings], stderr=log,
                                                       env={**os.environ, **self.environment})
            while self.station.daemon.poll() is None:
                if self.station.run("status").returncode == 0:
                    return
                time.sleep(0.1)
            if self.station.daemon.returncode < 0:
                self.problems.append(f"ended by signal {-self.station.daemon.returncode}")
            time.sleep(0.3)
        raise AssertionError("it does not start")

    def insist_quietly(self, *arguments):
        done = self.station.run("--lang", "en", *arguments)
        if arguments[0] == "sign-in":
            self.signed_in = done.returncode == 0
        if done.returncode != 0 and "internal" in done.stderr + done.stdout:
            self.problems.append(f"{arguments[0]}: {done.stderr.strip()}")

    def is_played(self):
        plays = self.station.run("--json", "--lang", "en", "book", "playback")
        rows = json.loads(plays.stdout)["rows"] if plays.returncode == 0 else []
        return bool(rows) and "playing now" not in rows[-1]["interruptions"]

    def query(self, text):
        with sqlite3.connect(f"file:{self.station.data}/station.db?mode=ro", uri=True, timeout=30) as database:
            return database.execute(text).fetchall()

    def stored(self):
        return sorted(row[0] for row in self.query("SELECT means FROM reception WHERE outcome='stored' AND means<>'import'"))

    def is_recorded(self):
        """A recording that the disk ended is begun again."""
        if "live" in self.stored():
            return True
        if not self.query("SELECT count(*) FROM live_recording")[0][0]:
            self.station.run("record", "start", "县台")
        elif any(file.stat().st_size > 100_000 for file in (self.station.data / "live").rglob("*.mkv")):
            self.station.run("record", "stop", "县台")
        return False

    def finish(self, heal_after):
        end = time.monotonic() + heal_after
        while time.monotonic() < end and self.station.daemon.poll() is None:
            time.sleep(0.2)
        self.failed = "{} of {}, the newest {}".format(*reversed(self.disk.seen()[:2]), self.disk.seen()[2])
        self.disk.heal()
        self.station.wait("the recording", self.is_recorded)
        self.station.wait("the end of the programme", self.is_played)
        self.station.wait("all that came", lambda: set(self.stored()) >= set(MEANS))

    def check(self):
        if self.station.daemon.poll() is not None:
            self.problems.append(f"the daemon ended: {self.station.daemon.returncode}")
        if self.stored() != MEANS:
            self.problems.append(f"stored: {self.stored()}")
        for means, outcome, reason in self.query("SELECT means, outcome, reason_code FROM reception WHERE outcome<>'stored'"):
            if outcome == "duplicate" or not OURS.match(reason):
                self.problems.append(f"{means}: {outcome} {reason}")
        for file in (self.station.data / "objects").rglob("*"):
            if re.fullmatch("[0-9a-f]{64}", file.name) and hashlib.sha256(file.read_bytes()).hexdigest() != file.name:
                self.problems.append(f"{file.name} is not what it is called")
        if left := [file.name for file in (self.station.data / "quarantine").iterdir()]:
            self.problems.append(f"in quarantine: {left}")
        plays = self.station.plays()
        if len(plays) != 1 or plays[0]["interruptions"] != "—" or abs(plays[0]["values"]["first_frame"]) > 2500:
            self.problems.append(f"plays: {[(p['interruptions'], p['values']['first_frame']) for p in plays]}")
        if missed := self.query("SELECT body FROM journal WHERE body LIKE '%programme.missed%'"):
            self.problems.append(f"missed: {missed}")
        if self.signed_in and not self.query("SELECT 1 FROM journal WHERE body LIKE '%attendance.signed_in%'"):
            self.problems.append("a sign-in that was acknowledged is lost")
        verdict = self.station.run("--lang", "en", "journal", "verify")
        if verdict.returncode != 0:
            self.problems.append(verdict.stdout + verdict.stderr)
        lost = [link for fd in pathlib.Path(f"/proc/{self.station.daemon.pid}/fd").iterdir()
                if (link := os.readlink(fd)).startswith(str(self.station.data)) and "(deleted)" in link and ".db" in link]
        if lost:
            self.problems.append(f"writes into {lost}")
        if "terminate called" in self.station.log.read_text(errors="replace"):
            self.problems.append("terminate called")


def run(first, error, step, when, kinds=faults.WRITING | faults.READING):
    """Answers what failed, and what was wrong."""
    hour = Hour()
    try:
        fault = {"error": error, "first": first, "step": step, "kinds": kinds}
        (hour.at_start if when == "start" else hour.at_work)(**fault)
        hour.finish(heal_after=9 if step == faults.ON else 4)
        hour.check()
    except (AssertionError, subprocess.TimeoutExpired) as trouble:
        hour.problems.append(f"{trouble}\n{hour.station.last_words()}")
        if folder := os.environ.get("EDU_HOUR_KEEP"):
            shutil.copytree(hour.station.folder, pathlib.Path(folder) / f"{when}-{error}-{step}-{first}", dirs_exist_ok=True,
                            ignore=shutil.ignore_patterns("api.sock"))
    finally:
        hour.close()
    return hour.failed, hour.problems


@unittest.skipUnless(faults.there(), "nothing can be preloaded before a sanitizer")
class HourTest(unittest.TestCase):
    SAMPLE = [("EIO", 7, 101, "work"), ("ENOSPC", 40, faults.ON, "work"), ("EIO", 31, 211, "start")]

    def test_in_a_network_of_its_own(self):
        if not namespaces.inside():
            return namespaces.run_again_inside(self, "test_hour")
        for error, first, step, when in self.SAMPLE:
            with self.subTest(error=error, first=first, step=step, when=when):
                kinds = faults.WRITING if step == faults.ON else faults.WRITING | faults.READING
                failed, problems = run(first, error, step, when, kinds)
                self.assertEqual(problems, [], failed)


def main():
    steps = {"once": faults.ONCE, "on": faults.ON}
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--from", type=int, default=1, dest="first", help="the number of the call that fails first")
    parser.add_argument("--to", type=int, default=1, dest="last")
    parser.add_argument("--by", type=int, default=1, help="so far apart")
    parser.add_argument("--error", choices=["EIO", "ENOSPC"], default="EIO")
    parser.add_argument("--then", default="once", help="once; on: each call from then on; N: each Nth")
    parser.add_argument("--when", choices=["work", "start"], default="work")
    parser.add_argument("--kinds", choices=["all", "writing"], default="all")
    parser.add_argument("--minutes", type=float, default=1e9, help="begin no run after so long")
    asked = parser.parse_args()
    if not namespaces.inside():
        environment = {**os.environ, namespaces.INSIDE: "1"}
        again = " ".join(map(repr, [sys.executable, "-B", *sys.argv]))
        sys.exit(subprocess.run([*namespaces.APART, f"{namespaces.NETWORK} && exec {again}"], env=environment).returncode)
    step = steps.get(asked.then) if asked.then in steps else int(asked.then)
    kinds = faults.WRITING if asked.kinds == "writing" else faults.WRITING | faults.READING
    end, bad, runs = time.monotonic() + asked.minutes * 60, 0, 0
    for number in range(asked.first, asked.last + 1, asked.by):
        if time.monotonic() > end:
            break
        failed, problems = run(number, asked.error, step, asked.when, kinds)
        runs, bad = runs + 1, bad + bool(problems)
        print(f"{asked.when} {asked.error} {asked.then} {number}: {failed}: {'good' if not problems else problems}", flush=True)
    print(f"{runs} runs, {bad} with problems")
    sys.exit(bad != 0)


if __name__ == "__main__":
    main()
