"""A real station for one test: the daemon in a folder of its own, asked through the command line alone.

Waiting is for an answer that becomes right, with a limit that only a fault reaches; nothing sleeps and hopes.
"""
import datetime
import fcntl
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
import zoneinfo

BIN = pathlib.Path(os.environ["EDU_BIN"])
MEDIA = pathlib.Path(os.environ["EDU_MEDIA"])
ZONE = zoneinfo.ZoneInfo("Asia/Shanghai")
PATIENCE = 60  # seconds; a loaded machine under sanitizers is slow, and a fault is slower

HEADINGS = "编号,姓名,类别,支部/小组\n"


def ffmpeg(*arguments):
    subprocess.run(["ffmpeg", "-v", "error", "-y", *arguments], check=True)


def media(name):
    """One of the test's courses, made once for all cases of a build."""
    MEDIA.mkdir(parents=True, exist_ok=True)
    with open(MEDIA / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        path = MEDIA / name
        if path.exists():
            return path
        seconds = int(path.stem.rsplit("-", 1)[1])
        part = path.with_name("part-" + name)
        picture = ["-f", "lavfi", "-i", f"testsrc2=size=320x240:rate=25:duration={seconds}"]
        sound = ["-f", "lavfi", "-i", f"sine=frequency={200 + seconds}:duration={seconds}"]
        if path.suffix == ".mp3":
            ffmpeg(*sound, "-metadata", "title=广播讲座", str(part))
        else:
            ffmpeg(*picture, *sound, "-metadata", "title=课程" + path.stem, "-shortest", str(part))
        part.rename(path)
        return path


class Station:
    def __init__(self, settings="", folder=None):
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="edu-e2e-"))
        self.data = self.folder / "data"
        self.settings = self.folder / "station.toml"
        self.settings.write_text(
            f'[data]\nfolder = "{self.data}"\n[web]\nport = 0\n[receiver]\nsettle_s = 0\n'
            "[library]\nreserve_percent = 0\nreserve_mb = 1\n"
            '[player]\nvideo_output = "none"\naudio_output = "none"\npreload_s = 1\ncheckpoint_s = 1\n' + settings)
        self.daemon = None
        self.log = self.folder / "log"

    def start(self, *options, environment={}):
        """`environment`: of the daemon and its helpers alone."""
        with open(self.log, "ab") as log:
            self.daemon = subprocess.Popen([BIN / "edustationd", "--config", self.settings, *options], stderr=log,
                                           env={**os.environ, **environment})
        self.wait("the daemon", lambda: self.run("status").returncode == 0)
        return self

    def run(self, *arguments, text=None):
        return subprocess.run([BIN / "edustation", "--station", self.data, *map(str, arguments)], input=text,
                              capture_output=True, text=True, timeout=PATIENCE)

    def ask(self, *arguments, text=None):
        done = self.run(*arguments, text=text)
        if done.returncode != 0:
            raise AssertionError(f"{arguments}: exit {done.returncode}: {done.stderr}{done.stdout}\n{self.last_words()}")
        return done.stdout

    def rows(self, *arguments):
        return json.loads(self.ask("--json", "--lang", "en", *arguments))["rows"]

    def wait(self, what, condition):
        end = time.monotonic() + PATIENCE
        while not condition():
            if self.daemon and self.daemon.poll() is not None:
                raise AssertionError(f"the daemon ended ({self.daemon.returncode}) before: {what}\n{self.last_words()}")
            if time.monotonic() > end:
                raise AssertionError(f"gave up waiting for: {what}\n{self.last_words()}")
            time.sleep(0.05)

    def last_words(self):
        return self.log.read_text(errors="replace")[-4000:] if self.log.exists() else ""

    def drop(self, *files):
        """Puts copies into the inbox, whole at once, as a file manager's move does."""
        for file in files:
            part = self.data / (".drop-" + os.path.basename(file))
            shutil.copy(file, part)
            part.rename(self.data / "inbox" / os.path.basename(file))

    def receive(self, *files):
        before = len(self.rows("book", "reception"))
        self.drop(*files)
        self.wait(f"{len(files)} receptions", lambda: len(self.rows("book", "reception")) == before + len(files))

    def enrol(self, count):
        csv = HEADINGS + "".join(f"{i:03},学员{i},党员,第一党支部\n" for i in range(1, count + 1))
        file = self.folder / "roster.csv"
        file.write_text(csv)
        self.ask("roster", "import", file)

    def add_programme(self, in_seconds, courseware, *more, kind="group"):
        start = datetime.datetime.now(ZONE) + datetime.timedelta(seconds=in_seconds)
        self.ask("programme", "add", "--title", "测试节目", "--kind", kind, "--courseware", courseware, "--start",
                 start.strftime("%Y-%m-%d %H:%M:%S"), *more)

    def before_it_begins(self, courseware, act, *more):
        """Adds a programme and has act(session) done before it begins; where the machine is too slow for that, again
        with more time. Answers the session's number, after its end."""
        for ahead in (4, 12, 36):
            number = len(self.rows("session", "list")) + 1
            self.add_programme(ahead, courseware, *more)
            self.wait("the session", lambda: self.run("session", "show", number).returncode == 0)
            try:
                act(number)
            except AssertionError:
                if self.session_state(number) == "signing in":
                    raise
            in_time = self.session_state(number) == "signing in"
            self.wait("the end", lambda: self.session_state(number) == "ended")
            if in_time:
                return number
        raise AssertionError("the machine is too slow for this test")

    def session_state(self, number):
        return next(row["state"] for row in self.rows("session", "list") if str(row["session"]) == str(number))

    def plays(self):
        return self.rows("book", "playback")

    def on_air(self):
        rows = self.plays()
        return bool(rows) and "playing now" in rows[-1]["interruptions"]

    def kill(self):
        self.daemon.send_signal(signal.SIGKILL)
        self.daemon.wait()

    def terminate(self):
        """SIGTERM, and the daemon's own end."""
        self.daemon.send_signal(signal.SIGTERM)
        self.daemon.wait(PATIENCE)

    def close(self):
        if self.daemon and self.daemon.poll() is None:
            self.terminate()
        shutil.rmtree(self.folder, ignore_errors=True)


class StationTest(unittest.TestCase):
    settings = ""

    def setUp(self):
        self.station = Station(self.settings)
        self.addCleanup(self.station.close)
        self.station.start()
