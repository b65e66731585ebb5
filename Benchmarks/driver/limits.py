"""What else was promised: idle, start, latency, memory with a long backlog. One Redis, one sink, one bridge; when idle two as well.

Usage: limits.py [--backlog N]
"""

import argparse
import contextlib
import sys
import tempfile
import time

from admin import check_deliveries
from events import STREAM, event, publish
from growth_load import is_shared
from monitor import Monitor
from processes import obey_sigterm, say, wait_until
from resp import Redis
from script_calls import BAR as CALL_BAR
from script_calls import ScriptCalls, told
from servers import nginx, redis_server
from sink import Sink
from subjects import Bridge, ended
from table import table, verdict

SETTLE_SECONDS, IDLE_SECONDS = 10, 30
ROUTED = 100
RATE, LATENCY_SECONDS = 200, 20
# Of a backlog, before memory is read: long enough for every buffer to be full.
CARRIED = 200_000


@contextlib.contextmanager
def setting():
    """A Redis, a sink that takes the time of each arrival, and what starts a bridge between them."""
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        _, port = stack.enter_context(redis_server())
        sink = stack.enter_context(Sink())
        redis = stack.enter_context(contextlib.closing(Redis(port)))

        def start(name="bridge"):
            return Bridge(port, sink.port, f"{folder}/{name}.log", BRIDGE_INSTANCE=name)

        yield port, redis, sink, start


def first_delivery():
    """Milliseconds from the start of the process to the first request: the median of five starts."""
    times = []
    for _ in range(5):
        with setting() as (_, redis, sink, start):
            publish(redis, 1)
            began = time.monotonic()
            with start() as process:
                wait_until(lambda: sink.arrivals, "the first request", every=0.001, watch=[process])
                times.append(sink.arrivals[0][1] - began)
    return sorted(times)[2] * 1000


def idle():
    """While nothing happens: per cent of a core, Redis commands a second of one replica, and of the busier one of two."""
    with setting() as (port, redis, _, start), start() as one:
        cpu, alone = idle_of(port, redis, [one], ROUTED)
        with start("second") as two:
            wait_until(lambda: is_shared(redis, 2), "evenly shared partitions", watch=[one, two])
            return cpu, alone, idle_of(port, redis, [one, two], 2 * ROUTED)[1]


def idle_of(port, redis, processes, routed):
    """Idle after entries were routed, so many since the beginning: what a replica waits for then is not what it waits for at its start."""
    publish(redis, ROUTED, first=routed - ROUTED)
    wait_until(lambda: ended(redis) == routed, "the first events", watch=processes)
    # Long enough that what follows a start is over, a settled reign among others.
    time.sleep(SETTLE_SECONDS)
    with Monitor(port, own=redis) as monitor:
        cpu, begin = processes[0].cpu(), time.monotonic()
        time.sleep(IDLE_SECONDS)
        share = (processes[0].cpu() - cpu) / (time.monotonic() - begin) * 100
        return share, monitor.busiest(processes)


def latency():
    """Milliseconds from XADD to the request's arrival: median and p99 of a steady flow."""
    with setting() as (_, redis, sink, start), start() as process:
        publish(redis, 1)
        wait_until(lambda: sink.arrivals, "the first request", watch=[process])
        sent, begin = {}, time.monotonic()
        for number in range(RATE * LATENCY_SECONDS):
            time.sleep(max(0, begin + number / RATE - time.monotonic()))
            mark = f"mark-{number}-"
            sent[mark] = time.monotonic()
            redis("XADD", STREAM, "*", "event", event(number + 1, mark=mark))
        wait_until(lambda: len(sink.arrivals) > len(sent), "the last request", watch=[process])
        check_deliveries([process.http_port], len(sent), len(sent) + 1)
    ages = sorted(at - sent[mark] for mark, at in sink.arrivals if mark in sent)
    if len(ages) != RATE * LATENCY_SECONDS:
        raise RuntimeError(f"{len(ages):,} samples, not {RATE * LATENCY_SECONDS:,}")
    return ages[len(ages) // 2] * 1000, ages[len(ages) * 99 // 100] * 1000


def backlog(count):
    """Peak megabytes while the first of a long backlog are carried, 32 in flight, and the script calls meanwhile."""
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        _, port = stack.enter_context(redis_server())
        _, sink_port = stack.enter_context(nginx(folder))
        redis = stack.enter_context(contextlib.closing(Redis(port)))
        publish(redis, count)
        scripts, carried = ScriptCalls(redis), min(count, CARRIED)
        with Bridge(port, sink_port, f"{folder}/bridge.log") as process:
            wait_until(lambda: ended(redis) >= carried, "a part of the backlog", 600, every=0.1, watch=[process])
            check_deliveries([process.http_port], carried, count)
            return process.memory("VmHWM"), scripts.take()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--backlog", type=int, default=1_000_000)
    arguments = parser.parse_args()
    obey_sigterm()
    rows = []

    def add(what, value, bar, unit=""):
        rows.append((what, value, bar, unit))
        say(f"{what}: {value:.2f}{unit}")

    cpu, alone, of_two = idle()
    add("idle: CPU of a core", cpu, 0.5, " %")
    add("idle: Redis commands a second", alone, 5)
    add("idle: the same of the busier one of two replicas", of_two, 5)
    median, late = latency()
    add(f"XADD to arrival at {RATE} events/s, median", median, 10, " ms")
    add(f"XADD to arrival at {RATE} events/s, p99", late, 10, " ms")
    add("first delivery after start", first_delivery(), 300, " ms")
    memory, scripts = backlog(arguments.backlog)
    add(f"peak memory, {arguments.backlog:,} entries waiting", memory, 60, " MB")
    add("the longest script call with these", scripts["longest"] / 1000, CALL_BAR / 1000, " ms")
    print(table(["", "measured", "bar", ""], [[what, f"{x:.2f}{unit}", f"{bar}{unit}", verdict(x, bar)] for what, x, bar, unit in rows]))
    print(f"\nWith the backlog: {told(scripts)}.")
    sys.exit(0 if all(x <= bar for _, x, bar, _ in rows) else 1)


if __name__ == "__main__":
    main()
