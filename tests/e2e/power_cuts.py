"""Power cuts on a real ext4: the station's file system is shut down at a random instant of its work (the ioctl
EXT4_IOC_SHUTDOWN without a flush of its log: what was not synced is gone), mounted again, and the station started.
Then each file that came (inbox, multicast, web) is in the library with exactly one reception record, each sign-in
that was acknowledged is there, and the journal is good.

By hand, as root, for it mounts a loop device; in namespaces of its own:

    EDU_BIN=build/dev/bin EDU_MEDIA=/tmp/media python3 -B tests/e2e/power_cuts.py --cuts 100
"""
import argparse
import contextlib
import datetime
import fcntl
import hashlib
import json
import os
import pathlib
import random
import sqlite3
import struct
import subprocess
import sys
import tempfile
import threading
import time

import station
from station import BIN, HEADINGS, ZONE, Station, media
from test_catalogue import Server

INSIDE = "EDU_INSIDE"
NETWORK = "ip link set lo up multicast on && ip route add 224.0.0.0/4 dev lo"
GROUP, PORT = "239.255.7.7", 40077
PEOPLE = 2000
SHUTDOWN = (2 << 30) | (4 << 16) | (ord("X") << 8) | 125  # _IOR('X', 125, __u32), as the kernel has it
NO_LOG_FLUSH = 2
station.PATIENCE = 180  # a file that was delivered before the cut waits a minute for its manifest
SETTINGS = f"""
[[channel]]
name = "测试频道"
group = "{GROUP}"
port = {PORT}
interface = "lo"
memory_mb = 8

[[catalogue]]
name = "县"
url = "URL"
trust = "off"
"""


class Disk:
    """An ext4 on a file, which can lose its power."""

    def __init__(self, size):
        self.image = tempfile.NamedTemporaryFile(suffix=".img")
        self.image.truncate(size)
        subprocess.run(["mkfs.ext4", "-q", "-F", self.image.name], check=True)
        self.place = tempfile.mkdtemp(prefix="edu-cuts-")
        self.mount()

    def mount(self):
        subprocess.run(["mount", "-o", "loop", self.image.name, self.place], check=True)

    def cut(self):
        folder = os.open(self.place, os.O_RDONLY)
        fcntl.ioctl(folder, SHUTDOWN, struct.pack("I", NO_LOG_FLUSH))
        os.close(folder)

    def mount_again(self):
        for _ in range(600):  # a helper of the station may be ending
            if subprocess.run(["umount", self.place], capture_output=True).returncode == 0:
                return self.mount()
            time.sleep(0.1)
        holders = subprocess.run(["fuser", "-vm", self.place], capture_output=True, text=True)
        raise AssertionError(f"something still holds the disk: {holders.stderr}")

    def close(self):
        subprocess.run(["umount", "-l", self.place])
        os.rmdir(self.place)


class Cuts:
    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.web = Server()
        self.disk = Disk(1 << 30)
        self.station = Station(SETTINGS.replace("URL", self.web.url("c.json")), folder=self.disk.place)
        self.outside = pathlib.Path(tempfile.mkdtemp(prefix="edu-cuts-out-"))
        self.station.log = self.outside / "log"
        self.came, self.acknowledged, self.number, self.entries = {}, 0, 0, []
        self.person, self.session = 0, 0
        self.course = media("course-4.mp4").read_bytes()

    def prepare(self):
        self.publish()
        self.station.start()
        roster = self.outside / "roster.csv"
        roster.write_text(HEADINGS + "".join(f"{i:04},学员{i},党员,第一党支部\n" for i in range(1, PEOPLE + 1)))
        self.station.ask("roster", "import", roster)
        self.station.ask("library", "import", media("radio-3.mp3"))

    def open_session(self):
        """One whose sign-in is open for half an hour."""
        self.session += 1
        start = datetime.datetime.now(ZONE) + datetime.timedelta(minutes=28)
        self.station.ask("programme", "add", "--title", "测试节目", "--kind", "group", "--courseware", 1, "--start",
                         start.strftime("%Y-%m-%d %H:%M:%S"))
        self.station.wait("the session", lambda: self.station.run("session", "show", self.session).returncode == 0)

    def bytes_of(self, means):
        """A course with bytes of its own."""
        self.number += 1
        data = self.course + b"\0\0\0\x10free" + self.number.to_bytes(8, "big")
        self.came[hashlib.sha256(data).hexdigest()] = means
        return data

    def publish(self):
        self.web.files["c.json"] = json.dumps(
            {"catalogue": 1, "series": "c", "serial": len(self.entries) + 1, "entries": self.entries[-20:]}).encode()

    def offer(self):
        data = self.bytes_of("web")
        name = f"{self.number}.mp4"
        self.web.files[name] = data
        self.entries.append({"url": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()})
        self.publish()

    def send(self):
        courses = self.outside / f"courses-{self.number}"
        courses.mkdir()
        (courses / "b.mp4").write_bytes(self.bytes_of("multicast"))
        return subprocess.Popen([BIN / "edustation-send", "--forever", "--rate", "8M", "--group", GROUP, "--port", str(PORT),
                                 "--interface", "lo", "--tsi", str(self.number), courses],
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def put(self):
        part = self.station.folder / "part"
        part.write_bytes(self.bytes_of("folder"))
        os.sync()  # whoever brings a file keeps it until it is there
        part.rename(self.station.data / "inbox" / f"{self.number}.mp4")
        folder = os.open(self.station.data / "inbox", os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)

    def sign_in_until(self, stop):
        while not stop.is_set():
            self.person += 1
            done = self.station.run("sign-in", self.session, f"{self.person:04}")
            if done.returncode == 0:
                self.acknowledged += 1

    def one(self, number):
        if number % 40 == 0:
            self.open_session()
        self.station.terminate()
        self.offer()  # the list is looked at when the station starts
        self.start()
        self.put()
        sender = self.send()
        stop = threading.Event()
        people = threading.Thread(target=self.sign_in_until, args=(stop,))
        people.start()
        time.sleep(self.chance.uniform(0, 4))  # the instant is what this is about
        self.disk.cut()
        self.station.kill()
        stop.set()
        people.join()
        self.disk.mount_again()
        self.start()
        try:
            self.station.wait("all that came", lambda: self.missing() == set())
        except AssertionError as trouble:
            raise AssertionError(f"lacks {[self.came[one] for one in self.missing()]}: {trouble}") from trouble
        finally:
            sender.kill()
            sender.wait()
        self.check()

    def start(self):
        self.station.daemon = None
        self.station.start()

    def query(self, text):
        with contextlib.closing(sqlite3.connect(f"file:{self.station.data}/station.db?mode=ro", uri=True, timeout=30)) as database:
            return database.execute(text).fetchall()

    def missing(self):
        return set(self.came) - {row[0] for row in self.query("SELECT sha256 FROM reception WHERE outcome='stored'")}

    def check(self):
        others = self.query("SELECT no, means, outcome, reason_code, name FROM reception WHERE outcome<>'stored'")
        assert others == [], f"records besides those of what was stored: {others}"
        stored = [row[0] for row in self.query("SELECT sha256 FROM reception WHERE outcome='stored' AND means<>'import'")]
        assert len(stored) == len(set(stored)) == len(self.came), f"{len(stored)} records of {len(self.came)} arrivals"
        signed = self.query("SELECT count(*) FROM journal WHERE body LIKE '%\"attendance.signed_in\"%'")[0][0]
        assert signed >= self.acknowledged, f"{self.acknowledged} sign-ins acknowledged, {signed} there"
        verdict = self.station.run("--lang", "en", "journal", "verify")
        assert verdict.returncode == 0, verdict.stdout + verdict.stderr

    def close(self):
        if self.station.daemon and self.station.daemon.poll() is None:
            self.station.kill()
        self.web.httpd.shutdown()
        self.disk.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--cuts", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    if INSIDE not in os.environ:
        again = " ".join(map(repr, [sys.executable, "-B", *sys.argv]))
        sys.exit(subprocess.run(["unshare", "-m", "-n", "sh", "-c", f"{NETWORK} && exec {again}"],
                                env={**os.environ, INSIDE: "1"}).returncode)
    cuts = Cuts(asked.seed)
    bad = 0
    try:
        cuts.prepare()
        for number in range(asked.cuts):
            try:
                cuts.one(number)
            except AssertionError as trouble:
                bad += 1
                print(f"cut {number + 1}: {trouble}", flush=True)
                if cuts.station.daemon is None or cuts.station.daemon.poll() is not None:
                    cuts.start()
        print(f"{asked.cuts} cuts, {len(cuts.came)} arrivals, {cuts.acknowledged} sign-ins acknowledged; {bad} cuts with problems")
    finally:
        cuts.close()
    sys.exit(bad != 0)


if __name__ == "__main__":
    main()
