"""Sends events to `loops-bridge ingest` at a fixed rate, and says how long answers took, how much memory it had and how much of a core it took.

Usage: load.py PROGRAM [SECONDS]. Starts a redis-server and the program; ends with status 1 when an event is lost or twice, when 1 answer in 100 takes
longer than 20 ms, when the program has more than 64 MB, or when it takes more than one core. Another load on the machine is measured as well.
"""

import asyncio
import os
import sys
import tempfile
import time

import intake

BATCHES_PER_SECOND, EVENTS_PER_BATCH, CONNECTIONS = 20, 100, 8
P99_MAX_MS, MEMORY_MAX_KB = 20, 64 * 1024


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
    return intake.request(events)


async def load(port, seconds):
    times, refused = [], 0
    connections = [await asyncio.open_connection("127.0.0.1", port) for _ in range(CONNECTIONS)]
    bodies = asyncio.Queue()
    # Made before, so that the time that this takes is nobody's.
    batches = [batch(number) for number in range(seconds * BATCHES_PER_SECOND)]

    async def send(connection):
        nonlocal refused
        reader, writer = connection
        while (body := await bodies.get()) is not None:
            start = time.monotonic()
            writer.write(body)
            refused += await intake.answer(reader) != 200
            times.append(time.monotonic() - start)

    senders = [asyncio.create_task(send(connection)) for connection in connections]
    start = time.monotonic()
    for number, body in enumerate(batches):
        await asyncio.sleep(max(0, start + number / BATCHES_PER_SECOND - time.monotonic()))
        bodies.put_nowait(body)
    for _ in senders:
        bodies.put_nowait(None)
    await asyncio.gather(*senders)
    return sorted(times), refused


def cpu_seconds(process):
    with open(f"/proc/{process.pid}/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main():
    program, seconds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 30
    with tempfile.TemporaryDirectory() as folder:
        redis = intake.Redis(folder)
        redis.start()
        server = intake.Intake(program, folder, f"redis://127.0.0.1:{redis.port}")
        try:
            before = cpu_seconds(server.process)
            times, refused = asyncio.run(load(server.port, seconds))
            cores = (cpu_seconds(server.process) - before) / seconds
            memory = server.memory()
            added = int(intake.redis_cli(redis.port, "xlen", intake.STREAM))
        finally:
            status = server.stop()
            redis.stop()
    sent = len(times) * EVENTS_PER_BATCH
    p50, p99 = (times[int(len(times) * part)] * 1000 for part in (0.5, 0.99))
    print(f"{sent} events in {seconds} s, {added} added, {refused} requests refused, exit status {status}")
    print(f"answers: p50 {p50:.1f} ms, p99 {p99:.1f} ms, slowest {times[-1] * 1000:.1f} ms; memory {memory / 1024:.0f} MB; {cores:.2f} cores")
    is_good = refused == 0 and added == sent and p99 <= P99_MAX_MS and memory <= MEMORY_MAX_KB and cores <= 1 and status == 0
    sys.exit(0 if is_good else 1)


main()
