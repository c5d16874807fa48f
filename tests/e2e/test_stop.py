"""SIGTERM at any instant under load: the daemon ends by itself, says nothing of a fault, and its journal is good.

EDU_STOPS says how often (20); run it with 1000 under AddressSanitizer before a release."""
import os
import socket
import subprocess
import threading
import unittest

from station import BIN, PATIENCE, Station, media

STOPS = int(os.environ.get("EDU_STOPS", "20"))
STEP_S = 0.013  # between the instants: a prime of milliseconds, so that they fall everywhere in what takes turns
SPAN_S = 1.5    # the longest after the load began


class Stop(unittest.TestCase):
    def setUp(self):
        self.station = Station()
        self.addCleanup(self.station.close)

    def load(self):
        """Everything at once: a file in the inbox, one by command, a page, an event stream, the journal's check."""
        self.station.drop(media("course-4.mp4"))
        station = ["--station", self.station.data]
        commands = [["library", "import", media("radio-3.mp3")], ["journal", "verify"], ["journal", "tail", "--follow"],
                    ["book", "reception"], ["status"]]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        clients = [subprocess.Popen([BIN / "edustation", *map(str, station + command)], **quiet) for command in commands]
        half = socket.socket(socket.AF_UNIX)
        half.connect(str(self.station.data / "api.sock"))
        half.send(b"POST /api/v1/roster HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf")
        return clients, half

    def test_at_any_instant_under_load(self):
        for number in range(STOPS):
            with self.subTest(stop=number):
                self.station.start()
                begun = len(self.station.last_words())
                clients, half = self.load()
                threading.Event().wait(number * STEP_S % SPAN_S)  # the instant is what this case is about
                self.station.terminate()
                half.close()
                for client in clients:
                    client.wait(PATIENCE)
                self.assertEqual(self.station.daemon.returncode, 0, self.station.last_words()[-3000:])
                words = self.station.log.read_text(errors="replace")[begun:]
                self.assertNotIn("Sanitizer", words)
                self.assertNotIn("did not close", words)
        done = subprocess.run([BIN / "edustation", "journal", "verify", self.station.data], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_while_it_is_starting(self):
        for number in range(STOPS):
            with self.subTest(stop=number):
                with open(self.station.log, "ab") as log:
                    self.station.daemon = subprocess.Popen([BIN / "edustationd", "--config", self.station.settings], stderr=log)
                self.station.wait("its first word of the data folder", (self.station.data / "lock").exists)
                threading.Event().wait(number * STEP_S % 0.5)
                self.station.terminate()
                self.assertIn(self.station.daemon.returncode, (0, -15), self.station.last_words()[-3000:])


if __name__ == "__main__":
    unittest.main()
