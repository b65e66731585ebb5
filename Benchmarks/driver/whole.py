"""What carrying an event costs: the bridge, a worker written by hand, and the floors below both. One run, interleaved, medians.

Usage: whole.py [--events N] [--rounds N]
"""

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile

from events import publish
from resp import Redis
from servers import nginx, redis_server
from subjects import FLOOR, HERE, IN_FLIGHT, bridge, carry, requests_file, worker
from table import table, verdict

# CPU of the bridge for an event, divided by that of the others.
WORKER_BAR, CLIENT_BAR = 0.6, 1.25
# Megabytes; microseconds of Redis' CPU for an event; microseconds of its longest script call.
MEMORY_BAR, REDIS_BAR, CALL_BAR = 60, 30, 5000

NAMES = {
    "bridge": "loops-bridge",
    "worker": "(a) worker by hand: Python, uvloop, no order",
    "client": "(b) async-http-client, only sending",
    "nio": "prototype: SwiftNIO alone, only sending",
    "wrk": "(c) wrk, only sending",
}


def carried(start, events, sink_port, log):
    """A backlog of these events, carried by one process."""
    with redis_server() as (_, redis_port):
        redis = Redis(redis_port)
        publish(redis, events)
        redis("SLOWLOG", "RESET")
        with start(redis_port, sink_port, log) as process:
            result = carry(redis, [process], events)
        slow = [int(entry[2]) for entry in redis("SLOWLOG", "GET", 1024) if entry[3][0].upper() in (b"EVALSHA", b"EVAL")]
        redis.close()
        return {**result, "call": max(slow, default=0)}


def floor(kind, events, sink_port, requests):
    command = [FLOOR, kind, sink_port, events, IN_FLIGHT, requests]
    line = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, check=True).stdout
    cpu, rate, memory = map(float, line.split())
    return {"cpu": cpu, "rate": rate, "memory": memory}


def wrk(seconds, sink_port, requests):
    """One thread; its CPU is taken from what the kernel says of ended children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    script = HERE / "wrk.lua"
    command = ["wrk", "-t1", f"-c{IN_FLIGHT}", f"-d{seconds}s", "-s", script, f"http://127.0.0.1:{sink_port}", "--", requests]
    text = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, check=True, text=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    count = next(int(line.split()[0]) for line in text.splitlines() if " requests in " in line)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"cpu": used / count * 1e6, "rate": count / seconds, "memory": after.ru_maxrss / 1024}


def measure(events, rounds, folder):
    results = {name: [] for name in NAMES}
    with nginx(folder) as (_, sink_port):
        requests = requests_file(folder)
        for number in range(rounds):
            print(f"round {number + 1} of {rounds}", file=sys.stderr)
            results["bridge"].append(carried(bridge, events, sink_port, f"{folder}/bridge.log"))
            results["worker"].append(carried(worker, events, sink_port, f"{folder}/worker.log"))
            results["client"].append(floor("client", events, sink_port, requests))
            results["nio"].append(floor("nio", events, sink_port, requests))
            results["wrk"].append(wrk(5, sink_port, requests))
    return {name: median(runs) for name, runs in results.items()}


def median(runs):
    return {key: statistics.median(run[key] for run in runs) for key in runs[0]}


def report(results):
    """Prints the tables. Returns whether all bars are met."""
    own = results["bridge"]["cpu"]

    def row(name, result):
        redis = f"{result['redis']:.1f}" if "redis" in result else ""
        ratio = f"{own / result['cpu']:.2f}"
        return [NAMES[name], f"{result['cpu']:.1f}", ratio, f"{result['rate']:,.0f}", f"{result['memory']:.0f}", redis]

    header = ["", "CPU µs an event", "bridge ÷ it", "events/s", "peak MB", "Redis' CPU µs"]
    print(table(header, [row(name, result) for name, result in results.items()]))
    bars = [
        ("CPU of the bridge ÷ (a)", own / results["worker"]["cpu"], WORKER_BAR, ""),
        ("CPU of the bridge ÷ (b)", own / results["client"]["cpu"], CLIENT_BAR, ""),
        ("peak memory of the bridge", results["bridge"]["memory"], MEMORY_BAR, " MB"),
        ("Redis' CPU for an event of the bridge", results["bridge"]["redis"], REDIS_BAR, " µs"),
        ("the longest script call", results["bridge"]["call"], CALL_BAR, " µs"),
    ]
    print()
    rows = [[what, f"{value:.2f}{unit}", f"{bar}{unit}", verdict(value, bar)] for what, value, bar, unit in bars]
    print(table(["", "measured", "bar", ""], rows))
    return all(value <= bar for _, value, bar, _ in bars)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=60_000)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        results = measure(arguments.events, arguments.rounds, folder)
    sys.exit(0 if report(results) else 1)


if __name__ == "__main__":
    main()
