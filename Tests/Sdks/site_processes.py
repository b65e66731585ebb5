"""Redis, the simulator, a bridge and the intake, on loopback, each a process that can be harmed."""

import json
import pathlib
import signal
import socket
import subprocess
import time
import urllib.request

SECONDS = 40
STREAM = "segment:events"
KEY = "wk_test_0123456789abcdef"


class CannotRun(Exception):
    pass


def free_port():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


def wait_for(condition, what, seconds=SECONDS):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if value := condition():
                return value
        except (OSError, ValueError):
            pass
        time.sleep(0.05)
    raise CannotRun(f"not within {seconds} seconds: {what}")


def get(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return answer.read().decode()


class Redis:
    """As much of the protocol as is needed here; a connection for each call, since the server goes and comes."""

    def __init__(self, port):
        self.port = port

    def call(self, *words):
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            parts = [str(word).encode() for word in words]
            connection.sendall(b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts))
            with connection.makefile("rb") as answer:
                return self.reply(answer)

    def reply(self, answer):
        line = answer.readline()[:-2]
        kind, rest = line[:1], line[1:]
        if kind == b"-":
            raise OSError(rest.decode())
        if kind == b"$":
            return None if rest == b"-1" else answer.read(int(rest) + 2)[:-2].decode()
        if kind == b"*":
            return None if rest == b"-1" else [self.reply(answer) for _ in range(int(rest))]
        return int(rest) if kind == b":" else rest.decode()


class Site:
    def __init__(self, program, developers, folder):
        self.program, self.developers, self.folder = program, developers, pathlib.Path(folder)
        self.processes = {}
        self.ports = {name: free_port() for name in ("redis", "api", "simulator", "bridge", "ingest", "ingest-admin")}
        self.redis = Redis(self.ports["redis"])
        self.keys = self.folder / "keys.yaml"
        self.keys.write_text(f"keys:\n  - name: test\n    key: {KEY}\n", encoding="utf-8")
        self.keys.chmod(0o600)

    @property
    def host(self):
        return f"http://127.0.0.1:{self.ports['ingest']}"

    def start_all(self):
        self.start_redis()
        ports = self.ports
        self.start("simulator", [
            self.developers, "simulate", "--port", ports["api"], "--admin-port", ports["simulator"], "--api-key", "test", "--rate-limit", 0,
        ])
        wait_for(lambda: get(ports["simulator"], "/__sim/stats"), "the simulator answers")
        # Loops drops properties without a word that an account does not have.
        self.create_property("plan")
        self.start("bridge", [self.program, "run"], {
            "LOOPS_API_KEY": "test", "LOOPS_BASE_URL": f"http://127.0.0.1:{ports['api']}/v1", "LOOPS_RATE_LIMIT": "0",
            "HTTP_PORT": str(ports["bridge"]),
        })
        self.start_ingest()
        wait_for(lambda: get(ports["bridge"], "/readyz"), "the bridge is ready")

    def create_property(self, name):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.ports['api']}/v1/contacts/properties",
            json.dumps({"name": name, "type": "string"}).encode(),
            {"Authorization": "Bearer test", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10):
            pass

    def start_redis(self):
        self.start("redis", [
            "redis-server", "--port", self.ports["redis"], "--bind", "127.0.0.1", "--save", "", "--appendonly", "yes",
            "--dir", self.folder,
        ])
        wait_for(lambda: self.redis.call("PING") == "PONG", "Redis answers")

    def start_ingest(self, name="ingest", port="ingest", admin="ingest-admin", **settings):
        self.start(name, [self.program, "ingest"], {
            "INGEST_KEYS": str(self.keys), "INGEST_PORT": str(self.ports[port]), "HTTP_PORT": str(self.ports[admin]), **settings,
        })
        wait_for(lambda: get(self.ports[admin], "/readyz"), "the intake is ready")

    def start(self, name, command, environment=None):
        variables = {"PATH": "/usr/bin:/bin", "LOG_FORMAT": "json", "REDIS_URL": f"redis://127.0.0.1:{self.ports['redis']}", **(environment or {})}
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen([str(word) for word in command], stdout=log, stderr=log, env=variables)

    def kill(self, name):
        self.processes[name].kill()
        self.processes[name].wait()

    def signal(self, name, number):
        self.processes[name].send_signal(number)

    def stop(self):
        for process in reversed(list(self.processes.values())):
            process.send_signal(signal.SIGCONT)
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()

    def events(self, user):
        """What the stream has of a user, in its order."""
        entries = self.redis.call("XRANGE", STREAM, "-", "+") or []
        events = [json.loads(fields[1]) for _, fields in entries]
        return [event for event in events if event.get("userId") == user]

    def requests(self):
        listed = json.loads(get(self.ports["simulator"], "/__sim/requests?limit=5000"))
        listed = listed if isinstance(listed, list) else listed["requests"]
        return sorted(listed, key=lambda one: one["sequence"])

    def contact(self, email):
        return json.loads(get(self.ports["simulator"], f"/__sim/contact?email={email}"))

    def count(self, metric, admin="ingest-admin", **labels):
        """The sum of a metric's series that have these labels."""
        total = 0.0
        for line in get(self.ports[admin], "/metrics").splitlines():
            name, _, value = line.rpartition(" ")
            if name.partition("{")[0] != metric or line.startswith("#"):
                continue
            if all(f'{label}="{text}"' in name for label, text in labels.items()):
                total += float(value)
        return int(total)
