"""What the drivers of `loops-bridge ingest` share: a Redis, the program, requests, and what is in the stream at the end."""

import asyncio
import base64
import json
import os
import re
import signal
import socket
import subprocess
import time

KEY = "wk_0123456789abcdef"
STREAM = "segment:events"
AUTHORIZATION = "Basic " + base64.b64encode(f"{KEY}:".encode()).decode()
# Longer than a request is held.
PATIENCE = 15


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def redis_cli(port, *words, check=True):
    command = ["redis-cli", "-p", str(port), *words]
    return subprocess.run(command, capture_output=True, text=True, check=check).stdout


class Redis:
    """A redis-server of our own, which keeps its port and its data over restarts."""

    def __init__(self, folder, *arguments):
        self.port = free_port()
        self.folder = folder
        self.arguments = ["--port", str(self.port), "--save", "", "--dir", folder, *arguments]
        self.process = None

    def start(self):
        with open(os.path.join(self.folder, "redis.log"), "a") as log:
            self.process = subprocess.Popen(["redis-server", *self.arguments], stdout=log, stderr=log)

    def is_up(self):
        return redis_cli(self.port, "ping", check=False).strip() == "PONG"

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait()


def wait_until(is_true, what, seconds=60):
    end = time.monotonic() + seconds
    while not is_true():
        if time.monotonic() > end:
            raise SystemExit(f"{what}: not within {seconds} s")
        time.sleep(0.02)


class Intake:
    """The program. Its lines are read to the end, so that it is never held up by them."""

    def __init__(self, program, folder, redis_url, **settings):
        keys = os.path.join(folder, "keys.yaml")
        with open(keys, "w") as file:
            file.write(f"keys: [{{name: load, key: {KEY}}}]\n")
        os.chmod(keys, 0o600)
        self.port, self.admin = free_port(), free_port()
        own = {
            "REDIS_URL": redis_url,
            "INGEST_KEYS": keys,
            "INGEST_PORT": str(self.port),
            "HTTP_PORT": str(self.admin),
        }
        self.log = os.path.join(folder, "intake.log")
        with open(self.log, "w") as log:
            self.process = subprocess.Popen([program, "ingest"], env=os.environ | own | settings, stderr=log)
        wait_until(self.is_up, "the intake")

    def lines(self):
        with open(self.log) as log:
            return log.read()

    def is_up(self):
        if self.process.poll() is not None:
            raise SystemExit(f"the intake has ended:\n{self.lines()}")
        return "The intake is up" in self.lines()

    def memory(self, name="VmHWM"):
        """In kB: the most that it had, or VmRSS for what it has now."""
        with open(f"/proc/{self.process.pid}/status") as status:
            return int(re.search(rf"{name}:\s+(\d+)", status.read()).group(1))

    def stop(self):
        """The exit status."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()


def request(events):
    """The bytes of one batch."""
    body = json.dumps({"batch": events}).encode()
    head = f"POST /v1/batch HTTP/1.1\r\nHost: x\r\nAuthorization: {AUTHORIZATION}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def answer(reader):
    """The status of an answer that is read to its end."""
    head = await reader.readuntil(b"\r\n\r\n")
    await reader.readexactly(int(re.search(rb"(?i)content-length: (\d+)", head).group(1)))
    return int(head.split(b" ")[1])


class Sender:
    """What waits for each answer and sends a batch until it is acknowledged, as an SDK of one process does."""

    def __init__(self, port, name, batch_size, loses_answers=0):
        self.port, self.name, self.batch_size, self.loses_answers = port, name, batch_size, loses_answers
        self.connection = None
        self.sent = 0
        self.attempts = {}
        self.requests = 0

    def next_batch(self):
        first = self.sent
        self.sent += self.batch_size
        return [
            {
                "type": "track",
                "event": "Order Completed",
                "userId": self.name,
                "messageId": f"{self.name}-{number}",
                "properties": {"number": number},
            }
            for number in range(first, first + self.batch_size)
        ]

    def count(self, what):
        self.attempts[what] = self.attempts.get(what, 0) + 1

    async def attempt(self, body):
        self.requests += 1
        try:
            if self.connection is None:
                self.connection = await asyncio.open_connection("127.0.0.1", self.port)
            reader, writer = self.connection
            writer.write(body)
            await writer.drain()
            if self.loses_answers and self.requests % self.loses_answers == 0:
                # As when a load balancer dies: the batch may have arrived.
                self.disconnect()
                return "answer lost"
            return await asyncio.wait_for(answer(reader), PATIENCE)
        except (OSError, asyncio.IncompleteReadError, asyncio.TimeoutError) as error:
            self.disconnect()
            return type(error).__name__

    def disconnect(self):
        if self.connection is not None:
            self.connection[1].close()
            self.connection = None

    async def deliver(self):
        """One batch, until it is acknowledged."""
        body = request(self.next_batch())
        while True:
            status = await self.attempt(body)
            self.count(status)
            if status == 200:
                return
            await asyncio.sleep(0.1)


async def send_for(seconds, senders, batches_per_second):
    """Each sender at its own pace, for so long; then what is not acknowledged yet, to its end."""
    start = time.monotonic()

    async def work(sender):
        number = 0
        while (now := time.monotonic()) < start + seconds:
            due = start + number / batches_per_second
            if due > now:
                await asyncio.sleep(due - now)
            await sender.deliver()
            # What an outage has kept from being sent is not made up for.
            number = max(number + 1, int((time.monotonic() - start) * batches_per_second))
        sender.disconnect()

    await asyncio.gather(*(work(sender) for sender in senders))


def message_ids(port):
    """Of all entries, in order."""
    start = "-"
    while True:
        text = redis_cli(port, "--json", "xrange", STREAM, start, "+", "count", "5000")
        entries = json.loads(text)
        for _, fields in entries:
            yield json.loads(fields[1])["messageId"]
        if len(entries) < 5000:
            return
        start = f"({entries[-1][0]}"


def judge(senders, ids):
    """Compares what was acknowledged with what is there.

    Returns (missing, twice, backwards, unknown): each sender waits for its answers, so its events have to be there in order.
    """
    last, seen = {}, set()
    twice = backwards = unknown = 0
    sent = {sender.name: sender.sent for sender in senders}
    for text in ids:
        name, _, number = text.rpartition("-")
        number = int(number)
        if number >= sent.get(name, 0):
            unknown += 1
            continue
        if text in seen:
            twice += 1
            continue
        seen.add(text)
        if number < last.get(name, -1):
            backwards += 1
        last[name] = max(number, last.get(name, -1))
    return sum(sent.values()) - len(seen), twice, backwards, unknown


def told(senders):
    """How often each answer came."""
    total = {}
    for sender in senders:
        for status, count in sender.attempts.items():
            total[status] = total.get(status, 0) + count
    return ", ".join(f"{status}: {count:,}" for status, count in sorted(total.items(), key=lambda item: str(item[0])))
