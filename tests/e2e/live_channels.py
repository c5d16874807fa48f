"""Live channels for tests: ffmpeg sends a multiplex, small servers speak HTTP and RTSP, in a network of their own.

Nothing here waits for a time: senders run until they are ended.
"""
import functools
import http.server
import itertools
import pathlib
import socketserver
import ssl
import struct
import subprocess
import threading

# libavformat's muxer makes one programme of what it copies unless it is told.
PROGRAMMES = ["-program", "program_num=101:title=one:st=0:st=1", "-program", "program_num=202:title=two:st=2"]


def multiplex(folder, seconds=30):
    """Two services: 101 with a picture and sound, 202 with sound alone."""
    path = folder / f"multiplex-{seconds}.ts"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y",
         "-f", "lavfi", "-i", f"testsrc2=size=320x240:rate=25:duration={seconds}",
         "-f", "lavfi", "-i", f"sine=frequency=300:duration={seconds}",
         "-f", "lavfi", "-i", f"sine=frequency=900:duration={seconds}",
         "-map", "0", "-map", "1", "-map", "2", "-c:v", "mpeg2video", "-g", "10", "-b:v", "600k", "-c:a", "mp2",
         *PROGRAMMES, "-f", "mpegts", str(path)], check=True)
    return path


class Sender:
    """ffmpeg as a head-end, in real time and again and again, until it is ended."""

    def __init__(self, source, where, form="mpegts"):
        self.process = subprocess.Popen(
            ["ffmpeg", "-v", "error", "-re", "-stream_loop", "-1", "-i", str(source), "-map", "0", "-c", "copy",
             *PROGRAMMES, "-f", form, where], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def end(self):
        self.process.kill()
        self.process.wait()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


class HttpServer:
    """The files of a folder, by HTTP, or by HTTPS with a certificate that nobody vouches for."""

    def __init__(self, folder, tls=False):
        handler = functools.partial(_Quiet, directory=str(folder))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.handle_error = lambda *_: None  # a client that does not trust us goes away
        if tls:
            subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1",
                            "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(folder / "key.pem"),
                            "-out", str(folder / "cert.pem")], check=True, capture_output=True)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def end(self):
        self.server.shutdown()
        self.server.server_close()


class _Endless(http.server.BaseHTTPRequestHandler):
    """The transport stream, as long as somebody reads it."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "video/mp2t")
        self.end_headers()
        pass_on(self.server.source, self.wfile.write)

    def log_message(self, *_):
        pass


class HttpStream:
    def __init__(self, source):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Endless)
        self.server.source = source
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def end(self):
        self.server.shutdown()
        self.server.server_close()


def pass_on(source, write):
    """Seven packets of the source at a time, in real time and again and again, until the reader has gone."""
    feed = subprocess.Popen(
        ["ffmpeg", "-v", "quiet", "-re", "-stream_loop", "-1", "-i", str(source), "-map", "0", "-c", "copy",
         *PROGRAMMES, "-f", "mpegts", "-"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    try:
        for payload in iter(lambda: feed.stdout.read(7 * 188), b""):
            write(payload)
    except OSError:
        pass
    finally:
        feed.kill()
        feed.wait()
        feed.stdout.close()


class _Rtsp(socketserver.StreamRequestHandler):
    """One viewer: the transport stream as RTP (RFC 2250) within the RTSP connection (RFC 2326, 10.12)."""
    SDP = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=video 0 RTP/AVP 33\r\na=control:track\r\n"

    def handle(self):
        while True:
            request = self.rfile.readline().decode().split()
            headers = {}
            for line in iter(lambda: self.rfile.readline().decode().strip(), ""):
                name, _, value = line.partition(":")
                headers[name.lower()] = value.strip()
            if not request:
                return
            self.server.asked.append(request[0])
            if not self.answer(request[0], headers):
                return

    def answer(self, method, headers):
        more, body = {"OPTIONS": ("Public: DESCRIBE, SETUP, PLAY, TEARDOWN\r\n", ""),
                      "DESCRIBE": ("Content-Type: application/sdp\r\n", self.SDP),
                      "SETUP": ("Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 7\r\n", "")}.get(
                          method, ("Session: 7\r\n", ""))
        head = f"RTSP/1.0 200 OK\r\nCSeq: {headers.get('cseq', 0)}\r\n{more}Content-Length: {len(body)}\r\n\r\n{body}"
        self.wfile.write(head.encode())
        if method == "PLAY":
            self.play()
        return method not in ("PLAY", "TEARDOWN")

    def play(self):
        sent = itertools.count()

        def write(payload):
            number = next(sent)
            rtp = struct.pack("!BBHII", 0x80, 33, number & 0xFFFF, number * 900 & 0xFFFFFFFF, 1) + payload
            self.wfile.write(struct.pack("!cBH", b"$", 0, len(rtp)) + rtp)

        pass_on(self.server.source, write)


class RtspServer:
    def __init__(self, source):
        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

        self.server = Server(("127.0.0.1", 0), _Rtsp)
        self.server.source = source
        self.server.asked = []
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def end(self):
        self.server.shutdown()
        self.server.server_close()
