#!/usr/bin/env python3
"""Adds entries as producers really write them to a real Redis, with the bridge and the simulator, and compares what became of each.

    field.py BINARY [CASE…] [--show]

The entries are in events/ (a list of entries, each a list of [field, value]; {"b64": …} are bytes), the right answers in answers.json: for each
entry how it has to end (`delivered`, `ignored`, `dead`, `sent`: delivered, or refused by Loops for what it holds; several where the documentation
allows several), what the request's body holds, words of the dead letter, the kind that the log tells, and words of `map --explain`. The people are invented. `--show` prints what became of each entry.
Prints `N passed, N failed`. Exit status: 0 all agree, 1 something differs, 2 it cannot be run.
"""

import base64
import json
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

FOLDER = pathlib.Path(__file__).resolve().parent
STREAM = "field:events"
GROUP = "loops-bridge"
# Far more than anything takes; ends a run in which something stopped.
SECONDS_FOR_AN_ENTRY = 20


class CannotRun(Exception):
    pass


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for(condition, what, processes=()):
    end = time.monotonic() + SECONDS_FOR_AN_ENTRY
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        for process in processes:
            if process.poll() is not None:
                raise CannotRun(f"{process.args[0]} ended with status {process.returncode} before {what}")
        time.sleep(0.02)
    raise CannotRun(f"not within {SECONDS_FOR_AN_ENTRY} seconds: {what}")


def answers_at(port):
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


class Redis:
    """As much of the protocol as is needed here."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.file = self.socket.makefile("rb")

    def call(self, *words):
        words = [word if isinstance(word, bytes) else str(word).encode() for word in words]
        self.socket.sendall(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words))
        return self.reply()

    def reply(self):
        line = self.file.readline()[:-2]
        kind, rest = line[:1], line[1:]
        if kind == b"-":
            raise CannotRun(f"Redis answered {rest.decode()}")
        if kind == b"$":
            return None if rest == b"-1" else self.file.read(int(rest) + 2)[:-2]
        if kind == b"*":
            return None if rest == b"-1" else [self.reply() for _ in range(int(rest))]
        return int(rest) if kind == b":" else rest


class Site:
    """Redis, the simulator and a bridge between them."""

    def __init__(self, binary, developers, folder):
        self.processes = []
        self.log = folder / "bridge.log"
        redis_port, api_port, self.admin_port, http_port = (free_port() for _ in range(4))
        self.start(["redis-server", "--port", redis_port, "--bind", "127.0.0.1", "--save", "", "--dir", folder], folder / "redis.log")
        wait_for(lambda: answers_at(redis_port), "Redis answers", self.processes)
        self.start(
            [developers, "simulate", "--port", api_port, "--admin-port", self.admin_port, "--api-key", "field", "--rate-limit", 0],
            folder / "simulator.log",
        )
        wait_for(lambda: answers_at(api_port) and answers_at(self.admin_port), "the simulator answers", self.processes)
        self.redis = Redis(redis_port)
        environment = {
            "REDIS_URL": f"redis://127.0.0.1:{redis_port}",
            "LOOPS_API_KEY": "field",
            "LOOPS_BASE_URL": f"http://127.0.0.1:{api_port}/v1",
            "LOOPS_RATE_LIMIT": "0",
            "BRIDGE_STREAMS": STREAM,
            "BRIDGE_GROUP": GROUP,
            "HTTP_PORT": str(http_port),
            "LOG_FORMAT": "json",
            "PATH": "/usr/bin:/bin",
        }
        self.start([binary, "run"], self.log, environment)
        wait_for(self.is_owned, "the bridge reads", self.processes)

    def start(self, command, log, environment=None):
        with log.open("wb") as output:
            self.processes.append(
                subprocess.Popen([str(word) for word in command], stdout=output, stderr=output, env=environment)
            )

    def stop(self):
        for process in reversed(self.processes):
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(SECONDS_FOR_AN_ENTRY)
            except subprocess.TimeoutExpired:
                process.kill()

    def group(self):
        """What Redis says of the bridge's group; nothing while there is none."""
        try:
            groups = self.redis.call("XINFO", "GROUPS", STREAM)
        except CannotRun:
            return None
        for info in groups:
            facts = dict(zip(info[::2], info[1::2]))
            if facts[b"name"] == GROUP.encode():
                return facts
        return None

    def is_owned(self):
        return self.group() is not None

    def requests(self):
        url = f"http://127.0.0.1:{self.admin_port}/__sim/requests?limit=1000"
        with urllib.request.urlopen(url, timeout=10) as answer:
            listed = json.load(answer)
        listed = listed if isinstance(listed, list) else listed["requests"]
        sent = [one for one in listed if not one["path"].endswith("/api-key")]
        return sorted(sent, key=lambda one: one["sequence"])

    def letters(self):
        found = {}
        for _, fields in self.redis.call("XRANGE", "{" + STREAM + "}:dead", "-", "+"):
            letter = dict(zip(fields[::2], fields[1::2]))
            found[letter[b"id"].decode()] = letter
        return found

    def told(self):
        """The kinds that the log tells, and the ID of the example."""
        kinds = []
        for line in self.log.read_text("utf-8", "replace").splitlines():
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            fields = {**entry, **entry.get("metadata", {})}
            if "looksLike" in fields:
                kinds.append((fields["looksLike"], fields.get("id")))
        return kinds

    def end_of(self, fields):
        """Adds an entry, waits for its end, and says what became of it."""
        before = len(self.requests())
        words = [part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass") for field in fields for part in field]
        identifier = self.redis.call("XADD", STREAM, "*", *words).decode()

        def is_done():
            facts = self.group()
            return facts[b"last-delivered-id"].decode() == identifier and facts[b"pending"] == 0

        wait_for(is_done, f"the end of {identifier}", self.processes)
        letter = self.letters().get(identifier)
        sent = self.requests()[before:]
        end = "dead" if letter else "delivered" if sent else "ignored"
        return {
            "id": identifier,
            "end": end,
            "reason": letter[b"reason"].decode() if letter else None,
            "detail": letter[b"detail"].decode() if letter else None,
            "requests": [(one["method"], one["path"], json.loads(one["body"]), one["status"]) for one in sent],
        }


def value(part):
    return base64.b64decode(part["b64"]) if isinstance(part, dict) else part


def holds(body, expected):
    """Whether a body holds what is expected, objects member by member; null says that the member is not there."""
    if isinstance(expected, dict):
        return isinstance(body, dict) and all(
            name not in body if member is None else name in body and holds(body[name], member)
            for name, member in expected.items()
        )
    return type(body) is type(expected) and body == expected


def explanation(binary, fields):
    """What `map --explain` says of an entry that is one field of JSON."""
    text = value(fields[0][1])
    line = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    run = subprocess.run([str(binary), "map", "--explain"], input=line + b"\n", capture_output=True, timeout=60, check=False)
    return (run.stdout + run.stderr).decode("utf-8", "replace")


def differences(end, expected, binary, fields, told):
    found = []
    ends = expected["end"] if isinstance(expected["end"], list) else [expected["end"]]
    is_sent = end["end"] == "delivered" or end["reason"] == "refused"
    if end["end"] not in ends and not ("sent" in ends and is_sent):
        found.append(f"it is {end['end']}, not {' or '.join(ends)}")
    if "reason" in expected and end["reason"] != expected["reason"]:
        found.append(f"the reason is {end['reason']}, not {expected['reason']}")
    for words in expected.get("words", []):
        if words not in (end["detail"] or ""):
            found.append(f"the dead letter does not say {words!r}: {end['detail']}")
    if "body" in expected and not any(holds(body, expected["body"]) for _, _, body, _ in end["requests"]):
        found.append(f"no request holds {json.dumps(expected['body'], ensure_ascii=False)}")
    if "told" in expected and expected["told"] not in [kind for kind, _ in told]:
        found.append(f"the log does not tell of {expected['told']}")
    for words in expected.get("explained", []):
        if words not in explanation(binary, fields):
            found.append(f"map --explain does not say {words!r}")
    return found


def check(site, binary, cases, shows):
    answers = json.loads((FOLDER / "answers.json").read_text())
    passed = failed = 0
    for path in sorted((FOLDER / "events").glob("*.json")):
        if cases and not any(path.stem.startswith(case) for case in cases):
            continue
        entries = json.loads(path.read_text())
        expected = answers.get(path.stem, [])
        if len(expected) != len(entries):
            print(f"{path.stem}: {len(entries)} entries, {len(expected)} answers")
            failed += 1
            continue
        for number, (raw, answer) in enumerate(zip(entries, expected), 1):
            fields = [(name, value(part)) for name, part in raw]
            end = site.end_of(fields)
            if shows:
                print(f"{path.stem} {number}: {json.dumps(end, ensure_ascii=False)}")
            found = differences(end, answer, binary, raw, site.told())
            passed += not found
            failed += bool(found)
            for difference in found:
                print(f"{path.stem} {number}: {difference}")
    kinds = [kind for kind, _ in site.told()]
    if len(kinds) != len(set(kinds)):
        failed += 1
        print(f"the log tells a kind more than once: {kinds}")
    return passed, failed


def main(arguments):
    shows = "--show" in arguments
    arguments = [argument for argument in arguments if argument != "--show"]
    if not arguments or not pathlib.Path(arguments[0]).is_file():
        print("usage: field.py BINARY [CASE…] [--show]", file=sys.stderr)
        return 2
    binary, developers = (pathlib.Path(argument).resolve() for argument in arguments[:2])
    with tempfile.TemporaryDirectory() as folder:
        site = None
        try:
            site = Site(binary, developers, pathlib.Path(folder))
            passed, failed = check(site, binary, arguments[2:], shows)
        except CannotRun as error:
            log = pathlib.Path(folder) / "bridge.log"
            tail = log.read_text("utf-8", "replace")[-2000:] if log.exists() else ""
            print(f"field.py: {error}\n{tail}", file=sys.stderr)
            return 2
        finally:
            if site:
                site.stop()
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
