"""Sends events to `loops-bridge ingest` at a fixed rate, and says how long answers took and how much memory it had.

Usage: load.py PROGRAM [SECONDS]. Starts a redis-server and the program; ends with status 1 when an event is lost or twice, when 1 answer in 100 takes
longer than 20 ms, or when the program has more than 64 MB. Another load on the machine is measured as well.
"""

import asyncio
import base64
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

KEY = "wk_0123456789abcdef"
BATCHES_PER_SECOND, EVENTS_PER_BATCH, CONNECTIONS = 20, 100, 8
P99_MAX_MS, MEMORY_MAX_KB = 20, 64 * 1024


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def batch(number):
    events = [
        {
            "type": "track",
            "event": "Order Completed",
            "userId": f"u{(number * EVENTS_PER_BATCH + index) % 5000}",
            "messageId": f"m{number}-{index}",
            "properties": {"note": "x" * 200},
        }
        for index in range(EVENTS_PER_BATCH)
    ]
    return json.dumps({"batch": events}).encode()


async def ask(connection, body):
    reader, writer = connection
    user = base64.b64encode(f"{KEY}:".encode()).decode()
    head = f"POST /v1/batch HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {user}\r\nContent-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    answer = await reader.readuntil(b"\r\n\r\n")
    await reader.readexactly(int(re.search(rb"(?i)content-length: (\d+)", answer).group(1)))
    return int(answer.split(b" ")[1])


async def load(port, seconds):
    times, refused = [], 0
    connections = [await asyncio.open_connection("127.0.0.1", port) for _ in range(CONNECTIONS)]
    bodies = asyncio.Queue()

    async def send(connection):
        nonlocal refused
        while (body := await bodies.get()) is not None:
            start = time.monotonic()
            refused += await ask(connection, body) != 200
            times.append(time.monotonic() - start)

    senders = [asyncio.create_task(send(connection)) for connection in connections]
    start = time.monotonic()
    for number in range(seconds * BATCHES_PER_SECOND):
        await asyncio.sleep(max(0, start + number / BATCHES_PER_SECOND - time.monotonic()))
        bodies.put_nowait(batch(number))
    for _ in senders:
        bodies.put_nowait(None)
    await asyncio.gather(*senders)
    return sorted(times), refused


def main():
    program, seconds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 30
    with tempfile.TemporaryDirectory() as folder:
        redis_port, port = free_port(), free_port()
        keys = os.path.join(folder, "keys.yaml")
        with open(keys, "w") as file:
            file.write(f"keys: [{{name: load, key: {KEY}}}]\n")
        redis = subprocess.Popen(
            ["redis-server", "--port", str(redis_port), "--save", "", "--dir", folder], stdout=subprocess.DEVNULL
        )
        settings = {
            "REDIS_URL": f"redis://127.0.0.1:{redis_port}",
            "INGEST_KEYS": keys,
            "INGEST_PORT": str(port),
            "HTTP_PORT": "0",
        }
        ingest = subprocess.Popen([program, "ingest"], env=os.environ | settings, stderr=subprocess.PIPE, text=True)
        try:
            # Redis may not be up yet: the intake waits for it.
            while "The intake is up" not in (line := ingest.stderr.readline()):
                if not line:
                    sys.exit("the intake has ended")
            times, refused = asyncio.run(load(port, seconds))
            with open(f"/proc/{ingest.pid}/status") as status:
                memory = int(re.search(r"VmHWM:\s+(\d+)", status.read()).group(1))
            command = ["redis-cli", "-p", str(redis_port), "xlen", "segment:events"]
            added = int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        finally:
            ingest.send_signal(signal.SIGTERM)
            status = ingest.wait(30)
            redis.terminate()
            redis.wait()
    sent = len(times) * EVENTS_PER_BATCH
    p50, p99 = (times[int(len(times) * part)] * 1000 for part in (0.5, 0.99))
    print(f"{sent} events in {seconds} s, {added} added, {refused} requests refused, exit status {status}")
    print(f"answers: p50 {p50:.1f} ms, p99 {p99:.1f} ms, slowest {times[-1] * 1000:.1f} ms; memory {memory / 1024:.0f} MB")
    is_good = refused == 0 and added == sent and p99 <= P99_MAX_MS and memory <= MEMORY_MAX_KB and status == 0
    sys.exit(0 if is_good else 1)


main()
