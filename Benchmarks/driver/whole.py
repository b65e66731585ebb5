"""What carrying an event costs: the bridge, a worker written by hand, and the floors below both. One run, interleaved.

Usage: whole.py [--events N] [--rounds N]

Each round compares with its own figures; ratios are medians of the rounds, with the least and the greatest. Peaks are those of all rounds.
"""

import argparse
import contextlib
import functools
import sys
import tempfile

from admin import check_deliveries
from events import publish
from processes import obey_sigterm, say
from resp import Redis
from rounds import Spread, interleaved, median
from script_calls import BAR as CALL_BAR
from script_calls import ScriptCalls, together, told
from senders import floor, wrk
from servers import nginx, redis_server
from subjects import Bridge, carry, requests_file, worker
from table import table, verdict

# CPU of the bridge for an event, divided by that of the others.
WORKER_BAR, CLIENT_BAR = 0.6, 1.25
# Megabytes; microseconds of Redis' CPU for an event.
MEMORY_BAR, REDIS_BAR = 60, 30

NAMES = {
    "bridge": "loops-bridge",
    "worker": "(a) worker by hand: Python, uvloop, no order",
    "client": "(b) async-http-client, async interface, only sending",
    "future": "(b) async-http-client, delegate and future, one event loop",
    "nio": "prototype: SwiftNIO alone, only sending",
    "wrk": "(c) wrk, only sending",
}


def carried(start, events, sink_port, log):
    """A backlog of these events, carried by one process."""
    with redis_server() as (_, redis_port), contextlib.closing(Redis(redis_port)) as redis:
        publish(redis, events)
        scripts = ScriptCalls(redis)
        with start(redis_port, sink_port, log) as process:
            result = carry(redis, [process], events)
            # The worker acknowledges only what was answered well, and has nothing to ask.
            if start is Bridge:
                check_deliveries([process.http_port], events, events)
                result["scripts"] = scripts.take()
        return result


def measure(events, rounds, folder):
    """For each name the results of its rounds."""
    results = {name: [] for name in NAMES}
    with nginx(folder) as (_, sink_port):
        requests = requests_file(folder)
        runs = [
            ("bridge", functools.partial(carried, Bridge, events, sink_port, f"{folder}/bridge.log")),
            ("worker", functools.partial(carried, worker, events, sink_port, f"{folder}/worker.log")),
            *((kind, functools.partial(floor, kind, events, sink_port, requests)) for kind in ("client", "future", "nio")),
            ("wrk", functools.partial(wrk, sink_port, requests, folder)),
        ]
        for number, name, run in interleaved(runs, rounds):
            result = run()
            results[name].append(result)
            say(f"round {number} of {rounds}: {name}: {result['cpu']:.1f} µs, {result['rate']:,.0f}/s, {result['memory']:.0f} MB")
            if "scripts" in result:
                say(f"  {told(result['scripts'])}")
    return results


def cheaper(results):
    """Of each round that form of the client which costs less."""
    return [min(pair, key=lambda run: run["cpu"]) for pair in zip(results["client"], results["future"])]


def report(results):
    """Prints the tables. Returns whether all bars are met."""
    own = results["bridge"]

    def row(name, runs):
        redis = f"{median(runs, 'redis'):.1f}" if "redis" in runs[0] else ""
        ratio = Spread.of_ratios(own, runs, "cpu").text()
        return [NAMES[name], f"{median(runs, 'cpu'):.1f}", ratio, f"{median(runs, 'rate'):,.0f}", f"{peak(runs):.0f}", redis]

    header = ["", "CPU µs an event", "bridge ÷ it", "events/s", "peak MB", "Redis' CPU µs"]
    print(table(header, [row(name, runs) for name, runs in results.items()]))
    scripts = together([run["scripts"] for run in own])
    of_worker = Spread.of_ratios(own, results["worker"], "cpu")
    of_client = Spread.of_ratios(own, cheaper(results), "cpu")
    of_redis = Spread(run["redis"] for run in own)
    bars = [
        ("CPU of the bridge ÷ (a)", of_worker.median, of_worker.text(), WORKER_BAR, ""),
        ("CPU of the bridge ÷ the cheaper (b)", of_client.median, of_client.text(), CLIENT_BAR, ""),
        ("peak memory of the bridge", peak(own), f"{peak(own):.0f}", MEMORY_BAR, " MB"),
        ("Redis' CPU for an event of the bridge", of_redis.median, of_redis.text(1), REDIS_BAR, " µs"),
        ("the longest script call of all rounds", scripts["longest"], f"{scripts['longest']:,}", CALL_BAR, " µs"),
    ]
    print()
    rows = [[what, text + unit, f"{bar}{unit}", verdict(value, bar)] for what, value, text, bar, unit in bars]
    print(table(["", "measured", "bar", ""], rows))
    print(f"\n{told(scripts)}.")
    return all(value <= bar for _, value, _, bar, _ in bars)


def peak(runs):
    return max(run["memory"] for run in runs)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=60_000)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    obey_sigterm()
    with tempfile.TemporaryDirectory() as folder:
        results = measure(arguments.events, arguments.rounds, folder)
    sys.exit(0 if report(results) else 1)


if __name__ == "__main__":
    main()
