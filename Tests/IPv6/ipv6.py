#!/usr/bin/env python3
"""Events over HTTP, through Redis, to Loops on a host that has IPv6 only: ipv6.py LOOPS-BRIDGE LOOPS-BRIDGE-DEV

In a network namespace of its own whose one address is ::1. Where none may be made, on ::1 beside 127.0.0.1; where there is no ::1 either, on
127.0.0.1, so that HTTP_HOST=:: and INGEST_HOST=:: are tried there. The last line says which it was.
"""

import base64
import fcntl
import json
import os
import pathlib
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
API_KEY = "ipv6-test-key"
WRITE_KEY = "wk_0123456789abcdef"
EVENTS = 40
# A token of the test, and no secret.
TOKEN = "control-token-of-ipv6-tests"


def enter():
    """Goes on in a namespace of its own, if that may be made."""
    command = ["unshare", "--user", "--map-root-user", "--net", "--mount"]
    # A trial first, of all that is done in there: some systems let a namespace be made and little be done in it.
    trial = [*command, sys.executable, sys.argv[0], "try"]
    try:
        is_possible = subprocess.run(trial, capture_output=True, check=False, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        is_possible = False
    if is_possible:
        os.environ["LOOPS_BRIDGE_IPV6_NAMESPACE"] = "1"
        os.execvp("unshare", [*command, sys.executable, *sys.argv])


def try_namespace():
    """What a run in the namespace begins with. Ends with another status than 0 where it cannot be done."""
    leave_ipv6_only()
    with tempfile.TemporaryDirectory() as folder:
        name_both(pathlib.Path(folder))
        subprocess.run(["umount", "/etc/hosts"], check=True)
    sys.exit(0 if can_bind("::1") else "there is no ::1")


def leave_ipv6_only():
    """Starts the loopback interface, and takes the address away that it has by IPv4."""
    set_address, get_flags, set_flags, up = 0x8916, 0x8913, 0x8914, 1
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as held:
        request = struct.pack("16sH14s", b"lo", 0, b"")
        flags = struct.unpack("16sH14s", fcntl.ioctl(held, get_flags, request))[1]
        fcntl.ioctl(held, set_flags, struct.pack("16sH14s", b"lo", flags | up, b""))
        none = struct.pack("HH4s8s", socket.AF_INET, 0, b"\0\0\0\0", b"")
        fcntl.ioctl(held, set_address, struct.pack("16s16s", b"lo", none))
    with socket.socket() as held:
        try:
            held.bind(("127.0.0.1", 0))
        except OSError:
            return
    sys.exit("127.0.0.1 is still there")


def name_both(folder):
    """Gives one name both addresses, of which one leads nowhere here. In the namespace only."""
    (folder / "hosts").write_text("127.0.0.1 both\n::1 both localhost\n", encoding="utf-8")
    subprocess.run(["mount", "--bind", str(folder / "hosts"), "/etc/hosts"], check=True)


def can_bind(host):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as held:
            held.bind((host, 0))
            return True
    except OSError:
        return False


def free_port(host):
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as held:
        held.bind((host, 0))
        return held.getsockname()[1]


def get(url, data=None, headers=None):
    request = urllib.request.Request(url, data, headers or {})
    # No proxy of the environment stands between here and here.
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
        return answer.read().decode()


def wait_for(what, seconds=60):
    deadline = time.monotonic() + seconds
    last = None
    while time.monotonic() < deadline:
        try:
            if found := what():
                return found
        except (OSError, ValueError) as fault:
            last = fault
        time.sleep(0.05)
    raise RuntimeError(f"not there after {seconds} s: {what.__doc__}: {last}")


def main():
    if sys.argv[1:] == ["try"]:
        try_namespace()
    if "LOOPS_BRIDGE_IPV6_NAMESPACE" not in os.environ:
        enter()
        host, where = ("::1", "on ::1, with 127.0.0.1 beside it: no namespace may be made here")
        if not can_bind(host):
            host, where = ("127.0.0.1", "on 127.0.0.1: there is no ::1 here")
    else:
        leave_ipv6_only()
        host, where = ("::1", "in a network namespace with ::1 alone")
    programs = [os.path.abspath(path) for path in sys.argv[1:3]]
    with tempfile.TemporaryDirectory() as folder:
        try:
            if "LOOPS_BRIDGE_IPV6_NAMESPACE" in os.environ:
                name_both(pathlib.Path(folder))
            count = run(pathlib.Path(folder), host, *programs)
        except Exception as fault:  # Whatever it is, what the programs said of it comes first.
            for log in sorted(pathlib.Path(folder).glob("*.log")):
                print(f"--- {log.name}\n{log.read_text(errors='replace')[-3000:]}", file=sys.stderr)
            sys.exit(f"{type(fault).__name__}: {fault}")
    print(f"{count} events came over HTTP and took effect at Loops, {where}")


def run(folder, host, program, developers):
    shown = f"[{host}]" if ":" in host else host
    redis, api, control, admin, ingest, ingest_admin = (free_port(host) for _ in range(6))
    (folder / "keys.yaml").write_text(f"keys: [{{name: shop, key: {WRITE_KEY}}}]\n", encoding="utf-8")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")},
        "REDIS_URL": f"redis://{shown}:{redis}", "LOOPS_API_KEY": API_KEY, "LOOPS_BASE_URL": f"http://{shown}:{api}/v1",
        "HTTP_HOST": "::", "HTTP_PORT": str(admin), "HTTP_CONTROL_TOKEN": TOKEN, "BRIDGE_LEASE_SECONDS": "3", "BRIDGE_HEARTBEAT_SECONDS": "0.25",
        "LOOPS_REQUEST_TIMEOUT_SECONDS": "2",
    }
    if not can_bind("::"):
        # A kernel without IPv6: nothing of it can be tried.
        environment["HTTP_HOST"] = host
    children = []

    def start(name, command, **more):
        with (folder / f"{name}.log").open("a") as log:
            children.append(subprocess.Popen(command, env={**environment, **more}, stdout=log, stderr=log))
        return children[-1]

    server = ["redis-server", "--bind", host, "--port", str(redis), "--save", "", "--appendonly", "yes", "--appendfsync", "always", "--dir", str(folder)]
    simulator = [developers, "simulate", "--port", str(api), "--admin-port", str(control), "--rate-limit", "0", "--api-key", API_KEY]
    try:
        first = start("redis", server)
        start("simulator", simulator + (["--ipv6"] if ":" in host else []))
        start("bridge", [program, "run"])
        start("intake", [program, "ingest"], INGEST_HOST=environment["HTTP_HOST"], INGEST_PORT=str(ingest), INGEST_KEYS=str(folder / "keys.yaml"), HTTP_PORT=str(ingest_admin))

        def ready():
            """both programs are ready"""
            return "ready" in get(f"http://{shown}:{admin}/readyz") and get(f"http://{shown}:{ingest_admin}/readyz")

        wait_for(ready)
        send(shown, ingest, 0)
        completed(shown, admin, EVENTS)
        # The connections come back by themselves.
        first.send_signal(signal.SIGKILL)
        first.wait()
        start("redis", server)
        wait_for(ready)
        send(shown, ingest, EVENTS)
        completed(shown, admin, 2 * EVENTS)
        stats = json.loads(get(f"http://{shown}:{control}/__sim/stats"))
        contacts = sum(1 for number in range(EVENTS) if f"user-{number}@" in get(f"http://{shown}:{control}/__sim/contact?email=user-{number}@example.com"))
        assert contacts == EVENTS, f"{contacts} contacts at Loops: {stats}"
        look(shown, admin, ingest_admin)
        ask(folder, program, environment, redis, api)
    finally:
        for child in reversed(children):
            child.terminate()
        for child in children:
            child.wait()
    return 2 * EVENTS


def send(shown, port, first):
    """A batch, again until it is answered 200, as SDKs do."""
    batch = [
        {"type": "identify", "messageId": f"m-{first + number}", "userId": f"user-{number}", "traits": {"email": f"user-{number}@example.com", "round": first}}
        for number in range(EVENTS)
    ]
    headers = {"Authorization": "Basic " + base64.b64encode(f"{WRITE_KEY}:".encode()).decode(), "Content-Type": "application/json"}

    def accepted():
        """the intake accepts a batch"""
        get(f"http://{shown}:{port}/v1/batch", json.dumps({"batch": batch}).encode(), headers)
        return True

    wait_for(accepted)


def completed(shown, port, count):
    def done():
        """all events are delivered"""
        return json.loads(get(f"http://{shown}:{port}/status.json"))["completed"]["delivered"] >= count

    wait_for(done)


def look(shown, admin, ingest_admin):
    """What people and Prometheus ask for."""
    for path, words in [("", "<title>loops-bridge"), ("runbook", "<title>Runbook"), ("metrics", "loops_bridge_entries_completed_total"), ("livez", "ok")]:
        text = get(f"http://{shown}:{admin}/{path}")
        assert words in text, f"/{path}: {text[:300]}"
    text = get(f"http://{shown}:{ingest_admin}/metrics")
    assert "loops_bridge_ingest" in text, text[:300]


def ask(folder, program, environment, redis, api):
    """The commands that an operator uses on this machine, and the health check of the image."""
    names = {"REDIS_URL": f"redis://both:{redis}", "LOOPS_BASE_URL": f"http://both:{api}/v1"}
    commands = [
        ([program, "status"], {}, "healthy"), ([program, "check", "--connect"], {}, ""), ([program, "why", "m-1"], {}, "delivered"),
        ([program, "pause", "--reason", "test"], {}, "paused"), ([program, "resume"], {}, ""),
        (["bash", str(ROOT / "deploy/health"), "readyz"], {}, ""),
    ]
    if "LOOPS_BRIDGE_IPV6_NAMESPACE" in os.environ:
        commands.append(([program, "check", "--connect"], names, ""))
    for command, more, words in commands:
        done = subprocess.run(command, env={**environment, **more}, cwd=folder, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
        assert done.returncode == 0 and words in done.stdout + done.stderr, f"{command[1:]}: status {done.returncode}: {done.stdout}{done.stderr}"


main()
