"""What the network, and an account of the machine that is not the station's, can do to the station: next to nothing."""
import contextlib
import datetime
import json
import os
import pathlib
import shutil
import socket
import subprocess
import threading
import time
import unittest
import urllib.error
import urllib.request

from station import BIN, Station, media

MANY = 366  # exceptions, as many as a programme takes


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Strangers(unittest.TestCase):
    def setUp(self):
        self.port = free_port()
        self.station = Station()
        self.addCleanup(self.station.close)
        self.station.start("--set", f"web.port={self.port}")

    def tcp(self, method, path, body=b"{}", kind="application/json"):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", method=method, headers={"Content-Type": kind},
                                         data=None if method == "GET" else body)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()

    def test_the_network_sees_the_first_page_and_changes_nothing(self):
        status, page = self.tcp("GET", "/")
        self.assertEqual(status, 200)
        self.assertIn("<html", page)
        before = self.station.ask("journal", "tail")
        roster = "编号,姓名,类别\n001,王建国,党员\n".encode()
        for method, path, body, kind in (
                ("GET", "/api/v1/status", b"", ""), ("GET", "/api/v1/roster", b"", ""), ("GET", "/api/v1/events", b"", ""),
                ("POST", "/api/v1/roster", roster, "text/csv"), ("POST", "/api/v1/library", b'{"path":"/etc/passwd"}', ""),
                ("POST", "/api/v1/programmes", b"{}", ""), ("POST", "/api/v1/journal/verify", b"{}", ""), ("GET", "/none", b"", "")):
            status, said = self.tcp(method, path, body, kind or "application/json")
            self.assertEqual(status, 403, (method, path, said))
            self.assertIn("edustation", json.loads(said)["detail"])
        self.assertEqual(self.station.ask("journal", "tail"), before)

    def test_who_changes_something_is_named_by_their_account(self):
        import pwd
        self.station.enrol(1)
        self.assertIn(pwd.getpwuid(os.geteuid()).pw_name, self.station.ask("journal", "tail"))

    def memory(self):
        status = pathlib.Path(f"/proc/{self.station.daemon.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) >> 10  # MiB

    def test_endless_lines_of_chunks_cost_no_memory(self):
        before = self.memory()
        head = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n1;a="

        def pour():
            with socket.create_connection(("127.0.0.1", self.port), timeout=20) as one:
                try:
                    one.sendall(head)
                    for _ in range(200):
                        one.sendall(b"x" * (1 << 20))
                except OSError:
                    pass  # cut off

        senders = [threading.Thread(target=pour) for _ in range(4)]
        for sender in senders:
            sender.start()
        most = before
        while any(sender.is_alive() for sender in senders):
            most = max(most, self.memory())
            time.sleep(0.05)
        self.assertLess(most - before, 100, "MiB")
        self.assertEqual(self.tcp("GET", "/")[0], 200)

    def test_strangers_take_no_place_of_the_operator(self):
        with contextlib.ExitStack() as held:
            for _ in range(300):
                one = held.enter_context(socket.create_connection(("127.0.0.1", self.port)))
                with contextlib.suppress(OSError):  # the oldest give way
                    one.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n")
            self.assertEqual(json.loads(self.station.ask("--json", "status"))["alarms"], [])

    def test_a_programme_of_many_exceptions_holds_nobody_up(self):
        self.station.receive(media("radio-3.mp3"))
        first = datetime.datetime.now().replace(hour=6, minute=0, second=0, microsecond=0) + datetime.timedelta(days=3)
        exceptions = [(first + datetime.timedelta(days=9_000 + day)).isoformat() for day in range(MANY)]
        body = {"title": "长", "kind": "open", "rundown": [1], "local_start": first.isoformat(), "rrule": "FREQ=DAILY;COUNT=10000",
                "exdates": exceptions}
        done = {}

        def post():
            began = time.monotonic()
            done["answer"] = self.local("POST", "/api/v1/programmes", body)
            done["took"] = time.monotonic() - began

        poster = threading.Thread(target=post)
        poster.start()
        slowest = 0.0
        while poster.is_alive():
            began = time.monotonic()
            self.assertEqual(self.tcp("GET", "/style.css")[0], 200)
            slowest = max(slowest, time.monotonic() - began)
        self.assertLess(slowest, 5, "seconds that the loop was held up")
        self.assertLess(done["took"], 20)

    def local(self, method, path, body):
        with socket.socket(socket.AF_UNIX) as one:
            one.connect(str(self.station.data / "api.sock"))
            text = json.dumps(body).encode()
            one.sendall(f"{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
                        f"Content-Length: {len(text)}\r\n\r\n".encode() + text)
            answer = b""
            while piece := one.recv(65536):
                answer += piece
        return answer.decode(errors="replace")

    @unittest.skipUnless(os.geteuid() == 0 and shutil.which("setpriv"), "takes another account")
    def test_an_import_is_read_with_the_rights_of_who_asks(self):
        secret = self.station.folder / "secret.mp3"
        shutil.copy(media("radio-3.mp3"), secret)
        secret.chmod(0o600)
        self.station.folder.chmod(0o755)
        self.station.data.chmod(0o755)
        (self.station.data / "api.sock").chmod(0o666)
        ask = ("import json,socket,sys\none=socket.socket(socket.AF_UNIX)\none.connect(sys.argv[1])\n"
               "text=json.dumps({'path':sys.argv[2]})\n"
               "one.sendall(f'POST /api/v1/library HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n"
               "Content-Type: application/json\\r\\nContent-Length: {len(text)}\\r\\n\\r\\n{text}'.encode())\n"
               "print(one.recv(65536).decode())\n")
        said = subprocess.run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "python3", "-c", ask,
                               self.station.data / "api.sock", secret], capture_output=True, text=True, check=True).stdout
        self.assertIn("web.descriptor", said)
        self.assertEqual(self.station.rows("book", "reception"), [])

    @unittest.skipUnless(os.geteuid() == 0 and shutil.which("setpriv"), "takes another account")
    def test_of_a_folder_only_what_the_caller_may_read_is_read(self):
        station = self.station
        stick = station.folder / "stick"
        (stick / "closed").mkdir(parents=True)
        (stick / "own").mkdir()
        for name in ("open.mp3", "secret.mp3", "closed/deep.mp3", "own/mine.mp3"):
            shutil.copy(media("radio-3.mp3"), stick / name)
            with open(stick / name, "ab") as file:
                file.write(name.encode())  # four different files
        (stick / "secret.mp3").chmod(0o600)
        (stick / "closed").chmod(0o700)
        shutil.copytree(stick / "closed", stick / "VIDEO_TS")
        (stick / "VIDEO_TS" / "VIDEO_TS.IFO").write_bytes(b"DVDVIDEO-VMG")
        (stick / "VIDEO_TS" / "VIDEO_TS.IFO").chmod(0o600)
        (stick / "VIDEO_TS").chmod(0o755)
        os.chown(stick / "own", 65534, 65534)
        os.chown(stick / "own" / "mine.mp3", 65534, 65534)
        (stick / "own" / "mine.mp3").chmod(0o400)
        station.folder.chmod(0o755)
        station.data.chmod(0o755)
        (station.data / "api.sock").chmod(0o666)
        said = subprocess.run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", BIN / "edustation",
                               "--station", station.data, "--lang", "en", "library", "import", stick],
                              capture_output=True, text=True)
        self.assertEqual(len(station.rows("book", "reception")), 2, said.stdout + said.stderr)
        for name in ("mine.mp3", "open.mp3"):
            self.assertIn(name, said.stdout)
        for name in ("secret.mp3", "deep.mp3"):
            self.assertNotIn(name, said.stdout)
        self.assertIn("may not be read", said.stdout)
