"""edustation-record alone against real senders: what it writes, what it says, what it refuses."""
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import unittest

import live_channels
import namespaces

BIN = pathlib.Path(os.environ["EDU_BIN"])
GROUP = "udp://239.255.7.7:5004"
PATIENCE = 90  # seconds; a loaded machine is slow, and a fault is slower


def streams(path):
    answer = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "stream=codec_type:format=duration",
                             "-of", "json", str(path)], check=True, capture_output=True)
    shown = json.loads(answer.stdout)
    return sorted(s["codec_type"] for s in shown["streams"]), float(shown["format"].get("duration", 0))


class Record(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="edu-record-"))
        cls.multiplex = live_channels.multiplex(cls.folder)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def setUp(self):
        self.segments = self.folder / self.id().rsplit(".", 1)[1]
        self.segments.mkdir()

    def send(self, where=GROUP + "?pkt_size=1316&ttl=1", form="mpegts"):
        sender = live_channels.Sender(self.multiplex, where, form)
        self.addCleanup(sender.end)
        return sender

    def ordered(self, own_ports=(), **order):
        process = subprocess.Popen([BIN / "edustation-record", *map(str, own_ports)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

        def end():
            process.kill()
            process.wait()
            process.stdout.close()

        self.addCleanup(end)
        process.stdin.write(json.dumps(order) + "\n")
        process.stdin.close()
        return process

    def record(self, url, service=0, seconds=600, folder=None, own_ports=()):
        import time
        return self.ordered(own_ports, do="record", url=url, service=service, folder=str(folder or self.segments), seconds=seconds,
                            largest=1 << 30, since_ms=int(time.time() * 1000), lost_after_ms=1500)

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
        self.fail(f"it ended ({process.wait()}) without: {said[-5:]}")

    def finish(self, recorder):
        recorder.send_signal(signal.SIGTERM)
        last = self.lines(recorder, lambda line: "ended" in line)[-1]
        self.assertEqual(recorder.wait(), 0)
        return last

    def join(self):
        into = self.segments / "whole"
        said = self.lines(self.ordered(do="join", folder=str(self.segments), into=str(into)),
                          lambda line: "written" in line or "refused" in line)
        return into, said[-1]

    def assert_joined(self, kinds):
        joined, answer = self.join()
        found, duration = streams(joined)
        self.assertEqual(found, kinds)
        self.assertGreater(duration, 1)
        self.assertEqual(answer["written"], joined.stat().st_size)
        self.assertEqual(answer["left_out"], 0)
        self.assertAlmostEqual(answer["duration_ms"] / 1000, duration, delta=0.2)
        return joined

    def receives(self, url, **options):
        recorder = self.record(url, **options)
        self.lines(recorder, lambda line: line.get("bytes", 0) > 200_000)
        self.assertEqual(self.finish(recorder)["ended"], "stopped")

    def test_one_service_of_a_multiplex(self):
        self.send()
        self.receives(GROUP, service=101)
        joined = self.assert_joined(["audio", "video"])
        seek = subprocess.run(["ffmpeg", "-v", "error", "-ss", "1", "-i", str(joined), "-frames:v", "1", "-f", "null", "-"],
                              capture_output=True, text=True)
        self.assertEqual((seek.returncode, seek.stderr), (0, ""))

    def test_the_other_service(self):
        self.send()
        recorder = self.record(GROUP, service=202)
        self.lines(recorder, lambda line: line.get("bytes", 0) > 100_000)
        self.finish(recorder)
        self.assert_joined(["audio"])

    def test_a_service_that_is_not_there_is_named_while_it_is_looked_for(self):
        self.send()
        recorder = self.record(GROUP, service=303)
        said = self.lines(recorder, lambda line: line.get("trouble") == "no_service")[-1]
        self.assertEqual(said["what"], "303")
        self.assertEqual(self.finish(recorder)["bytes"], 0)

    def test_rtp(self):
        self.send("rtp://239.255.7.7:5006?ttl=1", "rtp_mpegts")
        # ffmpeg's RTP sender makes one programme of all.
        self.receives("rtp://239.255.7.7:5006")
        self.assert_joined(["audio", "audio", "video"])

    def test_rtsp(self):
        server = live_channels.RtspServer(self.multiplex)
        self.addCleanup(server.end)
        self.receives(f"rtsp://me:secret@127.0.0.1:{server.port}/one", service=101)
        self.assertIn("PLAY", server.server.asked)
        self.assert_joined(["audio", "video"])

    def test_a_stream_over_http(self):
        server = live_channels.HttpStream(self.multiplex)
        self.addCleanup(server.end)
        self.receives(f"http://127.0.0.1:{server.port}/tv", service=101)
        self.assert_joined(["audio", "video"])

    def test_hls_that_goes_on(self):
        site = self.segments / "site"
        site.mkdir()
        self.send(str(site / "list.m3u8"), "hls")
        server = live_channels.HttpServer(site)
        self.addCleanup(server.end)
        self.receives(f"http://127.0.0.1:{server.port}/list.m3u8")
        self.assert_joined(["audio", "audio", "video"])

    def test_a_loss_of_signal_is_a_gap(self):
        sender = self.send()
        recorder = self.record(GROUP, service=101)
        self.lines(recorder, lambda line: line.get("bytes", 0) > 200_000)
        sender.end()
        self.lines(recorder, lambda line: line.get("signal") == 0)
        self.send()
        gap = self.lines(recorder, lambda line: "gap_start_ms" in line and "ended" not in line)[-1]
        self.assertGreater(gap["gap_length_ms"], 1500)
        self.assertGreater(gap["gap_start_ms"], 1_600_000_000_000)
        self.lines(recorder, lambda line: line.get("signal") == 1 and line["bytes"] > gap["bytes"] + 100_000)
        self.finish(recorder)
        self.assertGreaterEqual(len(list(self.segments.glob("*.mkv"))), 2)
        self.assert_joined(["audio", "video"])

    def test_what_a_kill_leaves_can_be_joined_with_what_comes_after(self):
        self.send()
        recorder = self.record(GROUP, service=101)
        self.lines(recorder, lambda line: line.get("bytes", 0) > 300_000)
        recorder.kill()
        recorder.wait()
        again = self.record(GROUP, service=101)
        self.lines(again, lambda line: line.get("bytes", 0) > 200_000)
        self.finish(again)
        self.assert_joined(["audio", "video"])

    def test_nothing_comes(self):
        recorder = self.record("udp://239.255.7.8:5004", seconds=2)
        last = self.lines(recorder, lambda line: "ended" in line)[-1]
        self.assertEqual((last["ended"], last["bytes"]), ("time", 0))
        self.assertEqual(self.join()[1]["refused"], "no_data")

    def test_no_file_of_ours_is_reached(self):
        site = self.segments / "site"
        site.mkdir()
        for name, address in ("file.m3u8", f"file:{self.multiplex}"), ("plain.m3u8", str(self.multiplex)), (
                "concat.m3u8", f"concat:{self.multiplex}"), ("data.m3u8", "data:text/plain,x"):
            (site / name).write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{address}\n#EXT-X-ENDLIST\n")
        server = live_channels.HttpServer(site)
        self.addCleanup(server.end)
        for name in "file.m3u8", "plain.m3u8", "concat.m3u8", "data.m3u8":
            recorder = self.record(f"http://127.0.0.1:{server.port}/{name}")
            self.lines(recorder, lambda line: "trouble" in line)
            self.assertEqual(self.finish(recorder)["bytes"], 0, name)
        for url in f"file:{self.multiplex}", str(self.multiplex), f"concat:{self.multiplex}", "rtsps://127.0.0.1/":
            self.assertEqual(self.lines(self.record(url), lambda line: True)[-1].get("refused"), "address", url)

    def test_a_list_leads_to_nothing_of_this_machine_that_no_setting_names(self):
        site = self.segments / "site"
        site.mkdir()
        shutil.copy(self.multiplex, site / "one.ts")
        server = live_channels.HttpServer(site)
        self.addCleanup(server.end)
        with socket.socket() as inside:
            inside.bind(("127.0.0.2", 0))
            inside.listen()
            inside.setblocking(False)
            port = inside.getsockname()[1]
            (site / "inside.m3u8").write_text(
                f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nhttp://127.0.0.2:{port}/one.ts\n#EXT-X-ENDLIST\n")
            recorder = self.record(f"http://127.0.0.1:{server.port}/inside.m3u8")
            self.lines(recorder, lambda line: "trouble" in line)
            self.assertEqual(self.finish(recorder)["bytes"], 0)
            with self.assertRaises(BlockingIOError):
                inside.accept()
        own = self.record(f"http://127.0.0.1:{server.port}/one.ts", own_ports=[server.port])
        self.lines(own, lambda line: "trouble" in line)
        self.assertEqual(self.finish(own)["bytes"], 0)

    def test_hls_that_has_an_end(self):
        site = self.segments / "site"
        site.mkdir()
        subprocess.run(["ffmpeg", "-v", "error", "-i", str(self.multiplex), "-map", "0:0", "-map", "0:1",
                        "-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-c:a", "aac", "-t", "8", "-f", "hls",
                        "-hls_time", "2", "-hls_playlist_type", "vod", str(site / "list.m3u8")], check=True)
        server = live_channels.HttpServer(site)
        self.addCleanup(server.end)
        recorder = self.record(f"http://127.0.0.1:{server.port}/list.m3u8")
        self.assertEqual(self.lines(recorder, lambda line: "ended" in line)[-1]["ended"], "finished")
        self.assertAlmostEqual(streams(self.assert_joined(["audio", "video"]))[1], 8, delta=0.5)

    def test_a_certificate_that_nobody_vouches_for_is_refused_for_lists_and_for_what_they_name(self):
        site = self.segments / "site"
        site.mkdir()
        shutil.copy(self.multiplex, site / "one.ts")
        secure = live_channels.HttpServer(site, tls=True)
        plain = live_channels.HttpServer(site)
        self.addCleanup(secure.end)
        self.addCleanup(plain.end)
        head = "#EXTM3U\n#EXT-X-TARGETDURATION:30\n#EXTINF:30,\n"
        (site / "plain.m3u8").write_text(head + "one.ts\n#EXT-X-ENDLIST\n")
        (site / "mixed.m3u8").write_text(head + f"https://127.0.0.1:{secure.port}/one.ts\n#EXT-X-ENDLIST\n")
        for url in f"https://127.0.0.1:{secure.port}/plain.m3u8", f"http://127.0.0.1:{plain.port}/mixed.m3u8":
            recorder = self.record(url)
            self.lines(recorder, lambda line: "trouble" in line)
            self.assertEqual(self.finish(recorder)["bytes"], 0, url)
        recorder = self.record(f"http://127.0.0.1:{plain.port}/plain.m3u8")
        self.assertEqual(self.lines(recorder, lambda line: "ended" in line)[-1]["ended"], "finished")

    def test_what_is_no_order_is_refused(self):
        done = subprocess.run([BIN / "edustation-record"], input="hello\n", capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (2, ""))


if not namespaces.inside():
    class Record(unittest.TestCase):  # noqa: F811
        def test_in_a_network_of_its_own(self):
            namespaces.run_again_inside(self, "test_record_program")
