"""A catalogue on a web server of the test's own, over HTTP and HTTPS: signed, changed, cut, moved, expired."""
import hashlib
import http.server
import json
import pathlib
import ssl
import subprocess
import tempfile
import threading
import time
import unittest

from station import Station, media


class Server:
    """Serves `files` (path: bytes) with ETag, Range and If-Range, and does what `modes` says of a path."""

    def __init__(self, certificate=None):
        self.files, self.modes, self.asked = {}, {}, []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                outer.serve(self)

            def log_message(self, *_):
                pass

        self.httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.scheme = "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.httpd.socket = context.wrap_socket(self.httpd.socket, server_side=True)
            self.scheme = "https"
        threading.Thread(target=self.httpd.serve_forever, daemon=True).start()

    def url(self, path):
        return f"{self.scheme}://127.0.0.1:{self.httpd.server_address[1]}/{path}"

    def serve(self, request):
        path = request.path.lstrip("/")
        self.asked.append((path, dict(request.headers)))
        mode = self.modes.get(path, "")
        if mode.startswith("redirect "):
            request.send_response(302)
            request.send_header("Location", mode.split(" ", 1)[1])
            request.send_header("Content-Length", "0")
            return request.end_headers()
        if path not in self.files:
            return request.send_error(404)
        body = self.files[path]
        etag = '"' + hashlib.sha256(body).hexdigest()[:16] + '"'
        if request.headers.get("If-None-Match") == etag:
            request.send_response(304)
            return request.end_headers()
        start, wanted = 0, request.headers.get("Range", "")
        if wanted and request.headers.get("If-Range", etag) == etag:
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
            request.send_response(206)
            request.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        else:
            request.send_response(200)
        request.send_header("ETag", etag)
        request.send_header("Content-Length", str(len(body) - start))
        request.end_headers()
        rest = body[start:]
        try:
            if mode == "truncate":
                del self.modes[path]
                request.wfile.write(rest[:len(rest) // 2])
            elif mode == "slow":
                for at in range(0, len(rest), 256 << 10):
                    request.wfile.write(rest[at:at + (256 << 10)])
                    if self.modes.get(path) == "slow":
                        time.sleep(0.05)
            else:
                request.wfile.write(rest)
        except OSError:
            pass

    def close(self):
        self.httpd.shutdown()
        self.httpd.server_close()


def signing_key(folder):
    subprocess.run(["minisign", "-G", "-f", "-W", "-p", folder / "key.pub", "-s", folder / "key.sec"], check=True,
                   capture_output=True)
    return (folder / "key.pub").read_text().splitlines()[1]


def sign(folder, data):
    (folder / "file").write_bytes(data)
    subprocess.run(["minisign", "-S", "-W", "-s", folder / "key.sec", "-m", folder / "file", "-x", folder / "file.minisig"],
                   check=True, capture_output=True)
    return (folder / "file.minisig").read_bytes()


def certificate(folder):
    """A certificate for 127.0.0.1 that is its own authority; key and certificate in one file."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder / "tls.key", "-out", folder / "ca.pem"],
                   check=True, capture_output=True)
    (folder / "tls.pem").write_bytes((folder / "tls.key").read_bytes() + (folder / "ca.pem").read_bytes())
    return folder / "tls.pem"


class CatalogueTest(unittest.TestCase):
    tls = False

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="edu-web-"))
        self.key = signing_key(self.folder)
        self.server = Server(certificate(self.folder) if self.tls else None)
        self.addCleanup(self.server.close)
        self.station = Station(f'[[trust.key]]\nname = "county"\nkey = "{self.key}"\n')
        self.addCleanup(self.station.close)

    def publish(self, name, *files, serial=1, **more):
        entries = []
        for file in files:
            body = file.read_bytes()
            self.server.files[file.name] = body
            entries.append({"url": file.name, "size": len(body), "sha256": hashlib.sha256(body).hexdigest(),
                            "manifest": {"title": "课程 " + file.name}})
        text = json.dumps({"catalogue": 1, "title": "县课件", "series": "c", "serial": serial, "entries": entries, **more}).encode()
        self.server.files[name] = text
        self.server.files[name + ".minisig"] = sign(self.folder, text)

    def add(self, *options, name="county", path="c.json"):
        return self.station.run("--lang", "en", "source", "add", name, self.server.url(path), *options)

    def book(self):
        return self.station.rows("book", "reception")

    def received(self, count):
        self.station.wait(f"{count} receptions", lambda: len(self.book()) >= count)
        return self.book()

    def source(self, name="county"):
        return next(row for row in self.station.rows("source", "list") if row["name"] == name)


class Plain(CatalogueTest):
    def test_a_signed_catalogue_is_received_and_nothing_of_it_twice(self):
        self.publish("c.json", media("radio-3.mp3"), media("course-4.mp4"))
        self.station.start()
        self.assertEqual(self.add().returncode, 0)
        rows = self.received(2)
        self.assertEqual({row["means"] for row in rows}, {"web"})
        self.assertTrue(all("signed by county" in row["remarks"] for row in rows), rows)
        self.assertIn("county", self.station.ask("--lang", "en", "library", "show", "1"))
        self.station.wait("the end of the look", lambda: self.source()["state"] == "waiting")
        self.assertEqual(list((self.station.data / "fetching").rglob("*.part")), [])
        self.station.terminate()
        self.station.start()
        self.station.wait("another look", lambda: [p for p, _ in self.server.asked].count("c.json") >= 2)
        self.station.wait("the end of the look", lambda: self.source()["state"] == "waiting")
        self.assertEqual(len(self.book()), 2)
        again = [headers for path, headers in self.server.asked if path == "c.json"][-1]
        self.assertIn("If-None-Match", again)

    def test_a_killed_daemon_goes_on_with_the_file(self):
        film = media("course-4.mp4")
        large = self.folder / "large.mp4"
        large.write_bytes(film.read_bytes() + bytes(24 << 20))  # trailing zeros are read over by the probe
        self.publish("c.json", large)
        self.server.modes["large.mp4"] = "slow"
        self.station.start()
        self.add()
        parts = lambda: list((self.station.data / "fetching").rglob("*.json"))
        self.station.wait("some of it on disk", lambda: bool(parts()) and json.loads(parts()[0].read_text())["synced"] > 0)
        self.station.kill()
        self.server.modes.clear()
        self.station.start()
        rows = self.received(1)
        self.assertEqual(len(rows), 1)
        ranges = [headers.get("Range") for path, headers in self.server.asked if path == "large.mp4"]
        self.assertIsNone(ranges[0])
        self.assertTrue(ranges[-1].startswith("bytes="), ranges)

    def test_a_cut_line_is_gone_on_from_and_makes_one_record(self):
        self.publish("c.json", media("course-4.mp4"))
        self.server.modes["course-4.mp4"] = "truncate"
        self.station.start()
        self.add()
        self.assertIn("stored", self.received(1)[0]["remarks"])

    def test_a_catalogue_that_was_changed_unsigned_or_is_old_is_refused(self):
        self.publish("c.json", media("radio-3.mp3"), serial=5)
        self.station.start()
        self.add()
        self.received(1)
        self.publish("c.json", serial=4)
        tried = self.station.run("--lang", "en", "source", "test", "county")
        self.assertEqual(tried.returncode, 0, tried.stderr)  # signed and whole; that it is old is the receiver's to say
        self.server.files["c.json"] += b" "
        tried = self.station.run("--lang", "en", "source", "test", "county")
        self.assertEqual(tried.returncode, 1)
        self.assertIn("does not fit", tried.stderr)
        del self.server.files["c.json.minisig"]
        self.assertIn("no signature", self.station.run("--lang", "en", "source", "test", "county").stderr)
        self.assertEqual(len(self.book()), 1)

    def test_a_wrong_file_is_one_refused_reception(self):
        self.publish("c.json", media("radio-3.mp3"))
        self.server.files["radio-3.mp3"] = bytes(len(self.server.files["radio-3.mp3"]))
        self.station.start()
        self.add()
        row = self.received(1)[0]
        self.assertIn("SHA-256", row["remarks"])
        self.assertEqual(len(self.station.rows("library", "list")), 0)

    def test_a_feed_is_received_where_no_signature_is_demanded(self):
        self.server.files["a.mp3"] = media("radio-3.mp3").read_bytes()
        self.server.files["feed.xml"] = (
            '<rss version="2.0"><channel><title>广播</title><item><title>养蜂</title><guid>1</guid>'
            '<enclosure url="a.mp3" length="1" type="audio/mpeg"/></item></channel></rss>').encode()
        self.station.start()
        tried = self.station.run("--lang", "en", "source", "test", self.server.url("feed.xml"))
        self.assertIn("carry no signature", tried.stderr)
        self.assertEqual(self.add("--trust", "off", path="feed.xml").returncode, 0)
        self.assertEqual(self.received(1)[0]["title"], "养蜂")

    def test_sources_are_kept_over_restarts_and_those_of_the_settings_are_not_removed(self):
        self.publish("c.json")
        self.station.settings.write_text(self.station.settings.read_text() +
                                         f'[[catalogue]]\nname = "fixed"\nurl = "{self.server.url("c.json")}"\n')
        self.station.start()
        self.add("--window", "00:00-24:00")
        self.assertIn("already", self.add().stderr)
        self.station.terminate()
        self.station.start()
        self.assertEqual({row["name"] for row in self.station.rows("source", "list")}, {"inbox", "fixed", "county"})
        refused = self.station.run("--lang", "en", "source", "remove", "fixed", "--yes")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("station.toml:", refused.stderr)
        self.station.ask("source", "remove", "county", "--yes")
        self.assertEqual({row["name"] for row in self.station.rows("source", "list")}, {"inbox", "fixed"})
        self.assertIn("source.removed", self.station.ask("journal", "tail", "-n", "5"))
        self.assertEqual(self.station.run("source", "remove", "nobody", "--yes").returncode, 1)

    def test_a_list_of_sources_that_cannot_be_read_stops_nothing_and_is_taken_up_when_mended(self):
        self.publish("c.json")
        self.station.start()
        self.assertEqual(self.add().returncode, 0)
        self.station.terminate()
        file = self.station.data / "sources.toml"
        whole = file.read_text()
        damaged = whole + "[["
        file.write_text(damaged)
        self.station.start()
        left_out = json.loads(self.station.ask("--json", "status"))["left_out"]
        self.assertEqual([one["part"] for one in left_out], ["added_catalogues"])
        self.assertIn("sources.toml", left_out[0]["why"])
        refused = self.add(name="other")
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("sources.toml", refused.stderr)
        self.assertEqual(file.read_text(), damaged)
        file.write_text(whole)
        self.station.wait("the list, once it is mended",
                          lambda: json.loads(self.station.ask("--json", "status"))["left_out"] == [])
        self.assertIn("county", {row["name"] for row in self.station.rows("source", "list")})

    def test_what_is_wrong_is_said_in_plain_words(self):
        self.station.start()
        test = lambda url: self.station.run("--lang", "en", "source", "test", url).stderr
        self.assertIn("cannot be resolved", test("http://nowhere.invalid/c.json"))
        self.assertIn("cannot be reached", test("http://127.0.0.1:1/c.json"))
        self.assertIn("404", test(self.server.url("none.json")))
        self.server.files["page"] = b"hello"
        self.server.files["page.minisig"] = sign(self.folder, b"hello")
        self.assertIn("neither a catalogue", test(self.server.url("page")))

    def test_outside_its_hours_nothing_is_fetched(self):
        self.publish("c.json", media("radio-3.mp3"))
        self.station.start()
        now = time.gmtime(time.time() + 8 * 3600)
        start = (now.tm_hour + 2) % 24
        self.add("--window", f"{start:02}:00-{(start + 1) % 24:02}:00")
        self.station.wait("the hours to be looked at", lambda: self.source()["state"] == "outside its hours")
        self.assertEqual([path for path, _ in self.server.asked], [])

    def test_a_proxy_is_asked_instead_of_the_server(self):
        self.publish("c.json", media("radio-3.mp3"))
        proxy = Server()
        self.addCleanup(proxy.close)
        # A proxy is asked for whole addresses (RFC 9112 3.2.2).
        proxy.files = {self.server.url(path): body for path, body in self.server.files.items()}
        self.station.start()
        self.assertEqual(self.add("--proxy", proxy.url("")).returncode, 0)
        self.received(1)
        self.assertIn(self.server.url("radio-3.mp3"), [path for path, _ in proxy.asked])
        self.assertEqual(self.server.asked, [])

    def test_a_source_with_a_limit_is_overtaken_by_one_without(self):
        film = self.folder / "large.mp4"
        film.write_bytes(media("course-4.mp4").read_bytes() + bytes(3 << 20))
        self.publish("slow.json", film)
        self.publish("fast.json", media("radio-3.mp3"))
        self.station.start()
        self.add("--rate", "100", name="slow", path="slow.json")  # kbit/s: the film takes minutes
        parts = lambda: list((self.station.data / "fetching").rglob("*.part"))
        self.station.wait("some of the film", lambda: any(part.stat().st_size > 0 for part in parts()))
        self.add(name="fast", path="fast.json")
        self.assertEqual(len(self.received(1)), 1)
        self.assertEqual(self.source("slow")["state"], "receiving")


class Secure(CatalogueTest):
    tls = True

    def test_a_certificate_of_nobody_known_is_an_error_and_a_private_authority_is_not(self):
        self.publish("c.json", media("radio-3.mp3"))
        self.station.start()
        tried = self.station.run("--lang", "en", "source", "test", self.server.url("c.json"))
        self.assertEqual(tried.returncode, 1)
        self.assertIn("certificate", tried.stderr)
        self.assertEqual(self.add("--ca-file", self.folder / "ca.pem").returncode, 0)
        self.received(1)

    def test_https_is_never_left_for_http(self):
        plain = Server()
        self.addCleanup(plain.close)
        self.publish("c.json")
        plain.files = dict(self.server.files)
        self.server.modes["moved.json"] = "redirect " + plain.url("c.json")
        self.station.start()
        tried = self.station.run("--lang", "en", "source", "test", self.server.url("moved.json"), "--ca-file",
                                 self.folder / "ca.pem")
        self.assertIn("not allowed", tried.stderr)
        self.assertEqual(plain.asked, [])
