"""What else was promised: idle, start, latency, memory with a long backlog. One bridge, one Redis, one sink.

Usage: limits.py [--backlog N]
"""

import argparse
import contextlib
import sys
import tempfile
import threading
import time

from events import STREAM, event, publish
from processes import wait_until
from resp import Redis
from servers import nginx, redis_server
from sink import Sink
from subjects import bridge, ended
from table import table, verdict

IDLE_SECONDS = 30
RATE, LATENCY_SECONDS = 200, 20
CARRIED = 20_000


@contextlib.contextmanager
def setting(start=True):
    """A bridge before a sink that takes the time of each arrival."""
    with tempfile.TemporaryDirectory() as folder, redis_server() as (_, port), Sink() as sink:
        redis = Redis(port)
        yield redis, sink, lambda: bridge(port, sink.port, f"{folder}/bridge.log")
        redis.close()


def first_delivery():
    """Milliseconds from the start of the process to the first request: the median of five starts."""
    times = []
    for _ in range(5):
        with setting() as (redis, sink, start):
            publish(redis, 1)
            began = time.monotonic()
            with start() as process:
                wait_until(lambda: sink.arrivals, "the first request", every=0.001, watch=[process])
                times.append(sink.arrivals[0][1] - began)
    return sorted(times)[2] * 1000


def idle():
    """Per cent of a core, and Redis commands a second, while nothing happens."""
    with setting() as (redis, sink, start):
        publish(redis, 100)
        with start() as process:
            wait_until(lambda: ended(redis) == 100, "the first events", watch=[process])
            # Long enough that what follows a start is over, a settled reign among others.
            time.sleep(10)
            cpu, calls = process.cpu(), commands(redis)
            time.sleep(IDLE_SECONDS)
            return (process.cpu() - cpu) / IDLE_SECONDS * 100, (commands(redis) - calls) / IDLE_SECONDS


def commands(redis):
    """What clients sent. Redis counts a script's own calls too, so these are taken off: they are no wake-ups."""
    stats = redis.info("commandstats")
    count = {name: int(dict(part.split("=") for part in text.split(","))["calls"]) for name, text in stats.items()}
    sent = {"evalsha", "eval", "xread", "ping", "multi", "hello", "auth", "client|setname", "xtrim", "hkeys", "time", "get"}
    return sum(calls for name, calls in count.items() if name.removeprefix("cmdstat_") in sent)


def latency():
    """Milliseconds from XADD to the request's arrival: median and p99 of a steady flow."""
    with setting() as (redis, sink, start), start() as process:
        publish(redis, 1)
        wait_until(lambda: sink.arrivals, "the first request", watch=[process])
        sent = {}

        def flow():
            begin = time.monotonic()
            for number in range(RATE * LATENCY_SECONDS):
                time.sleep(max(0, begin + number / RATE - time.monotonic()))
                mark = f"mark-{number}-"
                sent[mark] = time.monotonic()
                redis("XADD", STREAM, "*", "event", event(number + 1, mark=mark))

        thread = threading.Thread(target=flow)
        thread.start()
        thread.join()
        wait_until(lambda: len(sink.arrivals) > len(sent), "the last request", watch=[process])
    ages = sorted(at - sent[mark] for mark, at in sink.arrivals if mark in sent)
    return ages[len(ages) // 2] * 1000, ages[len(ages) * 99 // 100] * 1000


def backlog_memory(count):
    """Peak megabytes while the first of a long backlog are carried, 32 in flight."""
    with tempfile.TemporaryDirectory() as folder, redis_server() as (_, port), nginx(folder) as (_, sink_port):
        redis = Redis(port)
        publish(redis, count)
        with bridge(port, sink_port, f"{folder}/bridge.log") as process:
            wait_until(lambda: ended(redis) >= CARRIED, "a part of the backlog", 600, watch=[process])
            return process.memory("VmHWM")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backlog", type=int, default=1_000_000)
    arguments = parser.parse_args()
    cpu, calls = idle()
    median, late = latency()
    rows = [
        ("idle: CPU of a core", cpu, 0.5, " %"),
        ("idle: Redis commands a second", calls, 5, ""),
        ("first delivery after start", first_delivery(), 300, " ms"),
        (f"XADD to arrival at {RATE} events/s, median", median, 10, " ms"),
        (f"XADD to arrival at {RATE} events/s, p99", late, 10, " ms"),
        (f"peak memory, {arguments.backlog:,} entries waiting", backlog_memory(arguments.backlog), 60, " MB"),
    ]
    print(table(["", "measured", "bar", ""], [[what, f"{x:.2f}{unit}", f"{bar}{unit}", verdict(x, bar)] for what, x, bar, unit in rows]))
    sys.exit(0 if all(x <= bar for _, x, bar, _ in rows) else 1)


if __name__ == "__main__":
    main()
