"""edustation-record against real senders, in a network of its own: multicast, a multiplex, a loss, HLS."""
import functools
import http.server
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import unittest

BIN = pathlib.Path(os.environ["EDU_BIN"])
GROUP = "udp://239.255.7.7:5004"
PATIENCE = 90  # seconds; a loaded machine is slow, and a fault is slower


def in_network_of_its_own():
    """Runs this file again where nobody else's packets are; False where the machine has no such thing."""
    if os.environ.get("EDU_NETWORK"):
        return True
    return subprocess.run(["unshare", "-rn", "true"], capture_output=True).returncode == 0


def make_multiplex(path, seconds):
    """Two services, 101 with a picture and 202 with sound alone."""
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y",
         "-f", "lavfi", "-i", f"testsrc2=size=320x240:rate=25:duration={seconds}",
         "-f", "lavfi", "-i", f"sine=frequency=300:duration={seconds}",
         "-f", "lavfi", "-i", f"sine=frequency=900:duration={seconds}",
         "-map", "0", "-map", "1", "-map", "2", "-c:v", "mpeg2video", "-g", "10", "-b:v", "600k", "-c:a", "mp2",
         "-program", "program_num=101:title=one:st=0:st=1", "-program", "program_num=202:title=two:st=2",
         "-f", "mpegts", str(path)], check=True)


def streams(path):
    answer = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "stream=codec_type:format=duration",
                             "-of", "json", str(path)], check=True, capture_output=True)
    shown = json.loads(answer.stdout)
    return sorted(s["codec_type"] for s in shown["streams"]), float(shown["format"].get("duration", 0))


@unittest.skipUnless(in_network_of_its_own(), "no network namespaces here")
class Record(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="edu-record-"))
        cls.multiplex = cls.folder / "multiplex.ts"
        make_multiplex(cls.multiplex, 30)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def setUp(self):
        self.segments = self.folder / self.id().rsplit(".", 1)[1]
        self.segments.mkdir()
        self.running = []
        self.addCleanup(self.end_all)

    def end_all(self):
        for process in self.running:
            process.kill()
            process.wait()
            if process.stdout:
                process.stdout.close()

    def send(self):
        process = subprocess.Popen(["ffmpeg", "-v", "error", "-re", "-stream_loop", "-1", "-i", str(self.multiplex),
                                    "-map", "0", "-c", "copy", "-f", "mpegts", GROUP + "?pkt_size=1316&ttl=1"],
                                   stdin=subprocess.DEVNULL)
        self.running.append(process)
        return process

    def record(self, url, *more):
        process = subprocess.Popen([BIN / "edustation-record", "--url", url, "--folder", self.segments,
                                    "--lost-after-ms", "1500", *more], stdout=subprocess.PIPE, text=True)
        self.running.append(process)
        return process

    def lines(self, process, until):
        """What it says until a line for which `until` holds."""
        said = []
        limit = threading.Timer(PATIENCE, process.kill)
        limit.start()
        try:
            for line in process.stdout:
                said.append(json.loads(line))
                if until(said[-1]):
                    return said
        finally:
            limit.cancel()
        self.fail(f"it ended without: {said}")

    def join(self):
        into = self.segments / "joined.mkv"
        answer = subprocess.run([BIN / "edustation-record", "--join", self.segments, "--into", into],
                                check=True, capture_output=True, text=True)
        return into, json.loads(answer.stdout)

    def test_one_service_of_a_multiplex(self):
        self.send()
        recorder = self.record(GROUP, "--service", "101", "--seconds", "600")
        self.lines(recorder, lambda line: line.get("bytes", 0) > 300_000)
        recorder.send_signal(signal.SIGTERM)
        self.lines(recorder, lambda line: "ended" in line)
        self.assertEqual(recorder.wait(), 0)
        joined, answer = self.join()
        kinds, duration = streams(joined)
        self.assertEqual(kinds, ["audio", "video"])
        self.assertGreater(duration, 1)
        self.assertEqual(answer["written"], joined.stat().st_size)

    def test_the_other_service(self):
        self.send()
        recorder = self.record(GROUP, "--service", "202", "--seconds", "600")
        self.lines(recorder, lambda line: line.get("bytes", 0) > 100_000)
        recorder.send_signal(signal.SIGTERM)
        self.lines(recorder, lambda line: "ended" in line)
        self.assertEqual(streams(self.join()[0])[0], ["audio"])

    def test_a_service_that_is_not_there(self):
        self.send()
        recorder = self.record(GROUP, "--service", "303", "--seconds", "8")
        last = self.lines(recorder, lambda line: "refused" in line)[-1]
        self.assertEqual(last["refused"], "live_no_service")

    def test_a_loss_of_signal_is_a_gap(self):
        sender = self.send()
        recorder = self.record(GROUP, "--service", "101", "--seconds", "600")
        self.lines(recorder, lambda line: line.get("bytes", 0) > 200_000)
        sender.kill()
        sender.wait()
        self.lines(recorder, lambda line: line.get("signal") == 0)
        self.send()
        gap = self.lines(recorder, lambda line: "gap_start_ms" in line and "ended" not in line)[-1]
        self.assertGreater(gap["gap_length_ms"], 1000)
        self.assertGreater(gap["gap_start_ms"], 1_600_000_000_000)
        self.lines(recorder, lambda line: line.get("signal") == 1 and line["bytes"] > gap["bytes"] + 100_000)
        recorder.send_signal(signal.SIGTERM)
        self.lines(recorder, lambda line: "ended" in line)
        self.assertGreaterEqual(len(list(self.segments.glob("*.ts"))), 2)
        self.assertEqual(streams(self.join()[0])[0], ["audio", "video"])

    def test_what_a_kill_leaves_can_be_joined(self):
        self.send()
        recorder = self.record(GROUP, "--service", "101", "--seconds", "600")
        self.lines(recorder, lambda line: line.get("bytes", 0) > 500_000)
        recorder.kill()
        recorder.wait()
        kinds, duration = streams(self.join()[0])
        self.assertEqual(kinds, ["audio", "video"])
        self.assertGreater(duration, 1)

    def test_nothing_comes(self):
        recorder = self.record("udp://239.255.7.8:5004", "--seconds", "2")
        last = self.lines(recorder, lambda line: "refused" in line)[-1]
        self.assertEqual(last["refused"], "live_no_signal")

    def test_a_list_that_names_a_file_of_ours_gets_nothing(self):
        site = self.segments / "site"
        site.mkdir()
        (site / "evil.m3u8").write_text("#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:" +
                                        str(self.multiplex) + "\n#EXT-X-ENDLIST\n")
        with serve(site) as port:
            recorder = self.record(f"http://127.0.0.1:{port}/evil.m3u8", "--seconds", "3")
            last = self.lines(recorder, lambda line: "refused" in line)[-1]
        self.assertIn(last["refused"], ("live_no_signal", "live_no_streams"))
        recorder = self.record("file:" + str(self.multiplex), "--seconds", "3")
        self.assertEqual(self.lines(recorder, lambda line: "refused" in line)[-1]["refused"], "live_address")

    def test_hls_that_ends(self):
        site = self.segments / "site"
        site.mkdir()
        subprocess.run(["ffmpeg", "-v", "error", "-i", str(self.multiplex), "-map", "0:0", "-map", "0:1",
                        "-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-c:a", "aac", "-t", "8", "-f", "hls",
                        "-hls_time", "2", "-hls_playlist_type", "vod", str(site / "list.m3u8")], check=True)
        with serve(site) as port:
            recorder = self.record(f"http://127.0.0.1:{port}/list.m3u8", "--seconds", "600")
            self.lines(recorder, lambda line: "ended" in line)
        kinds, duration = streams(self.join()[0])
        self.assertEqual(kinds, ["audio", "video"])
        self.assertAlmostEqual(duration, 8, delta=0.5)


class serve:
    def __init__(self, folder):
        handler = functools.partial(Quiet, directory=str(folder))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self.server.server_port

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


if __name__ == "__main__":
    if os.environ.get("EDU_NETWORK") or not in_network_of_its_own():
        unittest.main(verbosity=2)
    setup = "ip link set lo up multicast on && ip route add 239.0.0.0/8 dev lo && exec \"$@\""
    os.environ["EDU_NETWORK"] = "1"
    os.execvp("unshare", ["unshare", "-rn", "sh", "-c", setup, "sh", sys.executable, "-B", __file__, *sys.argv[1:]])
