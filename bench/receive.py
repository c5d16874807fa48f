"""Reception over multicast beside uftp and NORM, in a private network namespace. Every time runs from the start of the sender's
process until what was received lies complete, hashed (SHA-256) and synced; each round tries every rate of the ladder with
everybody, and each keeps his best. Bytes until complete are those of the UDP payloads that were sent, lost ones too."""
import argparse
import contextlib
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

BIN = pathlib.Path(os.environ["EDU_BIN"])
WORK = pathlib.Path(os.environ["EDU_WORK"])
GROUP, PORT = "239.8.7.6", 4001
HEADERS = 28  # IPv4 and UDP
LADDER = {"500M": 500e6, "1G": 1e9, "2G": 2e9, "4G": 4e9, "8G": 8e9}  # bits a second, what everybody is tried with
LOSSES = ({"name": "1 %", "drop": 10, "burst": 0, "overhead": 1.5}, {"name": "5 %", "drop": 50, "burst": 0, "overhead": 6.5},
          {"name": "20 %", "drop": 200, "burst": 0, "overhead": 28.5},
          {"name": "bursts of 50 ms a second", "drop": 0, "burst": 50, "overhead": 7})
FASTER = 4  # times the rate for codes that need several passes; their result does not hang on it
TARGETS = {"1 %": 103, "5 %": 108, "20 %": 130}
PATIENCE = 180  # seconds for one transmission; what takes longer has failed


def progress(text):
    print(f"receive: {text}", file=sys.stderr, flush=True)


def noise(path, size, seed):
    """Bytes that nothing can compress, the same in each run; their SHA-256."""
    sha = hashlib.sha256()
    with open(path, "wb") as file:
        while size > 0:
            piece = hashlib.shake_128(f"{seed} {size}".encode()).digest(min(size, 1 << 20))
            sha.update(piece)
            file.write(piece)
            size -= len(piece)
    return sha.hexdigest()


def fresh(name):
    """An empty folder; and nothing of earlier turns is still on its way to the disk."""
    folder = WORK / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    os.sync()
    return folder


def sync_all(paths):
    for path in paths:
        handle = os.open(path, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)


@contextlib.contextmanager
def running(*command, **options):
    child = subprocess.Popen([str(part) for part in command], **options)
    try:
        yield child
    finally:
        if child.returncode is None:
            child.kill()
            child.wait()


def cost(child):
    """Processor seconds and peak memory of a child that is to be ended, whatever it is."""
    child.terminate()
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = status
    return {"cpu_s": used.ru_utime + used.ru_stime, "rss_kib": used.ru_maxrss}


def wait_for_line(child, text):
    for line in child.stdout:
        if text in line:
            return line
    raise RuntimeError(f"{child.args[0]} ended before it said: {text}")


def ours(source, objects, rate, scheme, drop=0, burst=0, overhead=None):
    """One transmission by edustation-send to a channel; it goes round until everything is there."""
    folder = fresh("ours")
    send = [BIN / "edustation-send", "--group", GROUP, "--port", PORT, "--interface", "lo", "--rate", str(int(rate)), "--fec",
            scheme, "--no-md5", "--forever", "--quiet", "--lang", "en", "--spool", WORK, "--fdt-interval", 1, source]
    if overhead is not None and scheme not in ("none",):
        send += ["--overhead", overhead]
    with running("timeout", PATIENCE, BIN / "receive_bench", folder, GROUP, PORT, objects, drop, burst, stdout=subprocess.PIPE,
                 text=True) as receiver:
        wait_for_line(receiver, "listening")
        begin = time.monotonic()
        with running(*send):
            line = receiver.stdout.readline()
            took = time.monotonic() - begin
        receiver.wait()
    if not line:
        return None
    return {**json.loads(line), "seconds": took}


def uftp(sources, rate):
    """One transmission by uftp to uftpd; then sha256sum and fsync of what came, as ours does by itself."""
    folder = fresh("uftp")
    log = WORK / "uftpd.log"
    with running("uftpd", "-d", "-D", folder, "-B", 16 << 20, "-I", "lo", "-M", "239.8.7.7", "-q",
                 stdout=subprocess.DEVNULL, stderr=open(log, "w")) as daemon:
        time.sleep(0.5)
        begin = time.monotonic()
        # -r: the first guess of the round trip, without which it waits half a second for each file.
        sent = subprocess.run(["uftp", "-R", str(int(rate / 1000)), "-B", str(16 << 20), "-b", "1400", "-I", "lo", "-M", "239.8.7.7", "-P",
                               "239.8.7.8", "-r", "0.01:0.01:1", "-q", *map(str, sources)], capture_output=True, timeout=PATIENCE)
        came = sorted(p for p in folder.rglob("*") if p.is_file())
        before = os.times()
        digests = subprocess.run(["sha256sum", *came], capture_output=True, text=True).stdout if came else ""
        after = os.times()
        sync_all([*came, folder])
        took = time.monotonic() - begin
        hashing = after.children_user + after.children_system - before.children_user - before.children_system
        used = cost(daemon)
    if sent.returncode != 0:
        return None
    used["cpu_s"] += hashing
    return {**used, "objects": len(came), "sha256": digests.split(" ")[0].lstrip("\\"), "seconds": took}


def norm(source, rate, parity, rounds):
    """Transmissions to a silent receiver, over and over while what the kernel dropped is more than its parity bears."""
    folder = fresh("norm")
    with running("timeout", 30, BIN / "norm_pair", "receive", GROUP, PORT + 1, folder, stdout=subprocess.PIPE,
                 text=True) as receiver:
        wait_for_line(receiver, "listening")
        time.sleep(0.2)
        begin = time.monotonic()
        with running(BIN / "norm_pair", "send", GROUP, PORT + 1, rate, parity, rounds, source) as sender:
            line = receiver.stdout.readline()
            took = time.monotonic() - begin
            sender.terminate()
        receiver.wait()
    return {**json.loads(line), "seconds": took} if line else None


def best(rows):
    there = [row for row in rows if row]
    return min(there, key=lambda row: row["seconds"]) if there else None


def shown(row, size):
    if row is None:
        return None
    return {"rate": row["rate"], "seconds": round(row["seconds"], 2), "goodput_mbit_s": round(size * 8 / row["seconds"] / 1e6),
            "cpu_s_per_gib": round(row["cpu_s"] / size * 2**30, 2), "rss_mib": round(row["rss_kib"] / 1024, 1),
            **({"kernel_drops": row["kernel_drops"]} if "kernel_drops" in row else {})}


def compared(turns, size):
    """Everybody's best, and what a ratio to uftp says."""
    out = {name: shown(best(rows), size) for name, rows in turns.items()}
    peer = best(turns["uftp"])
    for name, rows in turns.items():
        mine = best(rows)
        if name != "uftp" and mine and peer:
            out[name]["times_uftp"] = round(peer["seconds"] / mine["seconds"], 2)
    return out


def ladder(everybody, rounds, rates, digest=None):
    turns = {name: [] for name in everybody}
    for number in range(rounds):
        for label in rates:
            for name, run in everybody.items():
                row = run(LADDER[label])
                if row and digest and row["sha256"] != digest:
                    raise RuntimeError(f"{name} delivered other bytes")
                turns[name].append(row and {**row, "rate": label})
                progress(f"{name} at {label}, round {number + 1}: " + (f"{row['seconds']:.2f} s" if row else "failed"))
    return turns


def lossless(options):
    """One large object."""
    size = options.mib << 20
    source = WORK / "large.bin"
    digest = noise(source, size, "large")
    turns = ladder({"no_code": lambda rate: ours(source, 1, rate, "none"),
                    "reed_solomon": lambda rate: ours(source, 1, rate, "rs"),
                    "raptorq": lambda rate: ours(source, 1, rate, "raptorq"),
                    "uftp": lambda rate: uftp([source], rate),
                    "norm": lambda rate: norm(source, rate, 8, 5)}, options.rounds, options.rates, digest)
    source.unlink()
    return {"mib": options.mib, **compared(turns, size)}


def small_files(options):
    """Many small files."""
    folder = fresh("small")
    for number in range(options.files):
        noise(folder / f"{number:04}.bin", 64 << 10, number)
    turns = ladder({"no_code": lambda rate: ours(folder, options.files, rate, "none"),
                    "reed_solomon": lambda rate: ours(folder, options.files, rate, "rs"),
                    "uftp": lambda rate: uftp([folder], rate)}, options.rounds, options.rates[:2])
    for name, rows in turns.items():
        rows[:] = [row for row in rows if row and row["objects"] == options.files]
    shutil.rmtree(folder)
    return {"files": options.files, "kib": 64, **compared(turns, options.files << 16)}


def lossy(options):
    """What must be sent until the object is complete, in percent of the object."""
    size = options.loss_mib << 20
    source = WORK / "lossy.bin"
    digest = noise(source, size, "lossy")
    out = {"mib": options.loss_mib}
    for loss in LOSSES:
        lines = {}
        for scheme in ("raptorq", "rs", "none"):
            rate = options.loss_rate * 1e6 * (1 if scheme == "raptorq" else FASTER)
            row = ours(source, 1, rate, scheme, loss["drop"], loss["burst"], loss["overhead"])
            if row is None:
                lines[scheme] = None
                progress(f"{loss['name']}, {scheme}: not complete after {PATIENCE} s")
                continue
            if row["sha256"] != digest:
                raise RuntimeError(f"{scheme} delivered other bytes")
            datagrams = row["sent_until_complete"]
            lost = row["kernel_drops"] + row["thrown_away"]
            lines[scheme] = {"mbit_s": round(rate / 1e6), "percent": round(datagrams * row["mean_datagram_bytes"] / size * 100, 1),
                             "percent_of_symbols": round(datagrams * row["symbol_bytes"] / size * 100, 1),
                             "percent_with_ip": round(datagrams * (row["mean_datagram_bytes"] + HEADERS) / size * 100, 1),
                             "datagrams": datagrams, "lost": lost, "repaired": row["repaired"],
                             "cpu_s_per_gib": round(row["cpu_s"] / size * 2**30, 2), "rss_mib": round(row["rss_kib"] / 1024, 1)}
            progress(f"{loss['name']}, {scheme}: {lines[scheme]['percent']} % of the object sent until complete, {lost} lost")
        out[loss["name"]] = {"overhead": loss["overhead"], "target_percent": TARGETS.get(loss["name"]), **lines}
    source.unlink()
    return out


def one_datagram_a_packet(on):
    """Loopback else passes up to 64 KiB as one packet, and a filter would drop 45 datagrams at a time."""
    subprocess.run(["ip", "link", "set", "lo", "gso_max_segs", "1" if on else "65535"], check=True)


def machine():
    model = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    return {"cores": os.cpu_count(), "cpu": model[1] if model else "", "load": os.getloadavg()[0],
            "date": time.strftime("%Y-%m-%d %H:%M", time.gmtime())}


def main():
    parser = argparse.ArgumentParser(prog="./dev bench receive")
    parser.add_argument("parts", nargs="*", choices=[[], "lossless", "files", "loss"])
    parser.add_argument("--quick", action="store_true", help="small sizes and one round: under a minute")
    parser.add_argument("--mib", type=int, default=512, help="of the large object")
    parser.add_argument("--files", type=int, default=2000, help="of 64 KiB")
    parser.add_argument("--loss-mib", type=int, default=128, help="of the object with losses")
    parser.add_argument("--loss-rate", type=int, default=50, help="Mbit/s, with losses, of RaptorQ")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rates", nargs="+", choices=LADDER, default=["1G", "2G", "4G"])
    options = parser.parse_args()
    if options.quick:
        options.mib, options.files, options.loss_mib, options.rounds, options.rates = 32, 100, 16, 1, ["1G"]
    wanted = options.parts or ["lossless", "files", "loss"]
    results = {"machine": machine()}
    for name, part in (("lossless", lossless), ("files", small_files), ("loss", lossy)):
        if name not in wanted:
            continue
        one_datagram_a_packet(name == "loss")
        results[name] = part(options)
    results["machine"]["load_at_the_end"] = os.getloadavg()[0]
    print(json.dumps(results, indent=2, ensure_ascii=False))


main()
