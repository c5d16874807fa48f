"""What is left when the daemon ends in the middle: by a signal, by kill -9, or because its deck dies."""
import os
import signal
import subprocess
import time

from station import StationTest, media


class Power(StationTest):
    def play(self):
        station = self.station
        station.enrol(2)
        station.receive(media("long-30.mp4"))
        station.add_programme(4, 1)
        station.wait("the session", lambda: station.run("session", "show", 1).returncode == 0)
        station.ask("sign-in", 1, "001")
        station.wait("on air", station.on_air)
        self.begin = time.monotonic()

    def played_at_least(self, seconds):
        self.station.wait("some seconds of play", lambda: time.monotonic() - self.begin > seconds)

    def children(self):
        out = subprocess.run(["pgrep", "-P", str(self.station.daemon.pid), "-f", "edustation-deck"], capture_output=True,
                             text=True).stdout
        return [int(pid) for pid in out.split()]

    def test_sigterm_in_mid_play_leaves_a_closed_record(self):
        self.play()
        self.station.terminate()
        self.assertEqual(self.station.daemon.returncode, 0)
        self.station.start()
        play = self.station.plays()[0]
        self.assertIn("stopped", play["interruptions"])
        self.assertNotEqual(play["effective"], "")
        self.assertEqual(self.station.rows("session", "list")[0]["state"], "ended")
        self.station.ask("journal", "verify")

    def test_after_kill_9_the_next_start_closes_the_record_with_the_minutes_measured(self):
        self.play()
        self.played_at_least(4)
        deck = self.children()
        self.station.kill()
        self.station.daemon = None
        self.station.start()
        play = self.station.plays()[0]
        self.assertIn("abnormal interruption", play["interruptions"])
        self.assertRegex(play["effective"], r"00:00:0[2-9]|00:00:[12]\d")
        self.assertEqual(self.station.rows("session", "list")[0]["state"], "ended")
        self.assertIn("1/2 = 50.0 %", self.station.ask("participation", "--session", 1))
        self.assertIn("停电或断电", self.station.ask("book", "playback"))
        self.station.ask("journal", "verify")
        for pid in deck:
            self.station.wait("the deck to end with its daemon", lambda: not self.lives(pid))

    @staticmethod
    def lives(pid):
        try:
            state = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[0]
        except FileNotFoundError:
            return False
        return state != "Z"  # dead, and not asked after yet by whoever adopted it

    def test_a_deck_that_dies_is_recorded_and_started_again(self):
        self.play()
        first = self.children()
        self.assertEqual(len(first), 1)
        os.kill(first[0], signal.SIGSEGV)
        self.station.wait("the record to be closed", lambda: "player program failed" in self.station.plays()[0]["interruptions"])
        self.station.wait("a new deck", lambda: self.children() not in ([], first))
        self.assertIsNone(self.station.daemon.poll())
        tail = ("--json", "journal", "tail", "-n", 50)
        self.assertIn("deck.failed", self.station.ask(*tail))
        self.station.wait("its record", lambda: "deck.restarted" in self.station.ask(*tail))

    def test_what_was_acknowledged_is_there_after_kill_9(self):
        station = self.station
        station.enrol(2)
        station.receive(media("radio-3.mp3"))
        station.add_programme(60, 1)
        station.wait("the session", lambda: station.run("session", "show", 1).returncode == 0)
        station.ask("sign-in", 1, "002")
        station.kill()
        station.daemon = None
        station.start()
        self.assertIn("attendance.signed_in", station.ask("--json", "journal", "tail", "-n", 50))
        self.assertEqual(len(station.rows("library", "list")), 1)
        station.ask("journal", "verify")
