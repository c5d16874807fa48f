"""Networks of a test's own, where the machine gives them: containers and hardened kernels often do not. There the
tests are skipped, and the reason is printed."""
import functools
import os
import pathlib
import subprocess
import sys

APART = ["unshare", "--user", "--map-root-user", "--net", "sh", "-c"]
NETWORK = "ip link set lo up multicast on && ip route add 224.0.0.0/4 dev lo"
INSIDE = "EDU_IN_NAMESPACE"


@functools.cache
def lacking():
    """Why a process cannot have a network of its own here; empty where it can."""
    tried = subprocess.run([*APART, NETWORK], capture_output=True, text=True)
    return "" if tried.returncode == 0 else "no network namespace here: " + tried.stderr.strip()


def inside():
    return INSIDE in os.environ


def run_again_inside(test, module):
    """Runs the module's tests once more, where the loopback interface is nobody else's."""
    if lacking():
        test.skipTest(lacking())
    done = subprocess.run([*APART, f"{NETWORK} && exec {sys.executable} -B -m unittest -v {module}"],
                          env=dict(os.environ, **{INSIDE: "1"}), cwd=pathlib.Path(__file__).parent)
    test.assertEqual(done.returncode, 0)
