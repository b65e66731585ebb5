"""What carrying an event costs when something grows: the stream, the contacts, the mappings, the replicas.

Usage: growth.py [--events N] [--rounds N] [--quick]

All against nginx, without a rate limit. The rounds are interleaved, forwards and backwards in turn, and medians are shown.
"""

import argparse
import contextlib
import os
import pathlib
import statistics
import sys
import tempfile

from growth_load import Backlog, fresh, mappings_file, replicas
from servers import nginx
from subjects import IN_FLIGHT
from table import table

# Flat: at most this much more than the first row of the part. Less is no fault: where little waits, little goes in one call of Redis.
FLAT = 0.10
# Microseconds of CPU for each mapping that does not match.
MAPPING_BAR = 0.3
# 50 mappings are the most that a file may have, and two of them are the presets.
MAPPINGS = (1, 48)
REPLICAS = (1, 2, 4)


class Sizes:
    def __init__(self, quick):
        self.waiting = (1_000, 100_000) if quick else (1_000, 100_000, 1_000_000)
        self.finished = (1_000, 100_000) if quick else (1_000, 1_000_000)
        self.contacts = (100, 10_000) if quick else (100, 100_000)


def parts(stack, folder, events, sizes):
    """Each part is a title, its kind of bar, and rows: a name and what measures it."""
    sink, port = stack.enter_context(nginx(folder))
    log = f"{folder}/bridge.log"
    print("filling the streams", file=sys.stderr)
    waiting = [(f"{size:,}", Backlog(stack, port, log, size)) for size in sizes.waiting]
    finished = [(f"{size:,}", Backlog(stack, port, log, 10_000, size)) for size in sizes.finished]
    # Each contact has to come at least once.
    most = sizes.contacts[-1]
    many = max(events, most)

    def carried(contacts, in_flight):
        return lambda: fresh(many, contacts, port, log, LOOPS_MAX_IN_FLIGHT=str(in_flight))

    def mapped(count):
        file = mappings_file(pathlib.Path(folder, f"mappings-{count}.yaml"), count)
        return lambda: fresh(events, 5_000, port, log, BRIDGE_MAPPINGS=str(file))

    def replicated(count):
        return lambda: replicas(count, events * 2, sink, port, log)

    return [
        ("entries that wait", "flat", [(name, lambda it=it: it.measure(events)) for name, it in waiting]),
        ("finished entries that stay", "flat", [(name, lambda it=it: it.measure(events)) for name, it in finished]),
        (f"contacts, {IN_FLIGHT} in flight", "flat", [(f"{count:,}", carried(count, IN_FLIGHT)) for count in sizes.contacts]),
        # Ten contacts have no more than ten requests under way, so they are compared with many that may not have more.
        ("contacts, 10 in flight", "flat", [(f"{count:,}", carried(count, 10)) for count in (10, most)]),
        ("mappings that do not match", "mappings", [(str(count), mapped(count)) for count in MAPPINGS]),
        ("replicas", "replicas", [(str(count), replicated(count)) for count in REPLICAS]),
    ]


def measure(parts, rounds):
    """Medians by part and row."""
    rows = [(part, name, run) for part, _, rows in parts for name, run in rows]
    results = {(part, name): [] for part, name, _ in rows}
    for number in range(rounds):
        print(f"round {number + 1} of {rounds}", file=sys.stderr)
        for part, name, run in rows if number % 2 == 0 else reversed(rows):
            results[part, name].append(run())
    return {key: {what: statistics.median(run[what] for run in runs) for what in runs[0]} for key, runs in results.items()}


def judged(kind, name, result, first_name, first):
    """What the bar asks for, what there is, and whether that is enough."""
    if kind == "mappings":
        each = (result["cpu"] - first["cpu"]) / (int(name) - int(first_name))
        return f"≤ {MAPPING_BAR} µs each", f"{each:.3f} µs", each <= MAPPING_BAR
    if kind == "replicas":
        ratio = result["rate"] / first["rate"]
        return f"events/s ≥ {1 - FLAT:.2f} of one", f"{ratio:.2f}", ratio >= 1 - FLAT
    ratios = [result[what] / first[what] for what in ("cpu", "redis")]
    text = ", ".join(f"{ratio:.2f}" for ratio in ratios)
    return f"both ≤ {1 + FLAT:.2f}", text, all(ratio <= 1 + FLAT for ratio in ratios)


def report(parts, results):
    """Prints the table. Returns whether every bar is met."""
    lines, met = [], True
    for part, kind, rows in parts:
        first_name = rows[0][0]
        for name, _ in rows:
            result, first = results[part, name], results[part, first_name]
            figures = [f"{result['cpu']:.1f}", f"{result['redis']:.1f}", f"{result['rate']:,.0f}"]
            if name == first_name:
                lines.append([part, name, *figures, "", "", ""])
                continue
            bar, value, is_met = judged(kind, name, result, first_name, first)
            met = met and is_met
            lines.append(["", name, *figures, value, bar, "met" if is_met else "MISSED"])
    print(table(["growing", "to", "bridge µs/event", "Redis µs/event", "events/s", "to the first", "bar", ""], lines))
    return met


def limit(count, result):
    """Who has no more to give with so many replicas, by the cores that each uses."""
    bridges, redis, sink = (result[what] * result["rate"] / 1e6 for what in ("cpu", "redis", "sink"))
    cores = len(os.sched_getaffinity(0))
    if bridges + redis + sink >= 0.85 * cores:
        who = "the machine's cores are the limit"
    elif redis >= 0.85:
        who = "Redis' one thread is the limit"
    elif sink >= 0.85:
        who = "the sink's one worker is the limit"
    elif bridges >= 0.85 * count:
        who = "a bridge uses one core at most, and does"
    else:
        who = "nobody is at a limit: the time is spent waiting for answers, or others use the machine"
    return f"{count} replicas: bridges {bridges:.2f} + Redis {redis:.2f} + nginx {sink:.2f} of {cores} cores; {who}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, help="events of one measurement; 20,000")
    parser.add_argument("--rounds", type=int, help="measurements of each row; 5")
    parser.add_argument("--quick", action="store_true", help="smaller, fewer: does it work? Its figures are noise")
    arguments = parser.parse_args()
    events = arguments.events or (5_000 if arguments.quick else 20_000)
    rounds = arguments.rounds or (1 if arguments.quick else 5)
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        planned = parts(stack, folder, events, Sizes(arguments.quick))
        results = measure(planned, rounds)
    is_met = report(planned, results)
    print(f"\nMedians of {rounds} rounds; {events:,} events a measurement, more where there are more contacts, twice as many for replicas.")
    print("To the first: the bridge's cost, then Redis' cost, divided by that of the part's first row.")
    print(f"Each replica may have {IN_FLIGHT} requests under way. All share the machine with Redis, nginx and this driver.")
    for count in REPLICAS:
        print(limit(count, results["replicas", str(count)]))
    sys.exit(0 if is_met else 1)


if __name__ == "__main__":
    main()
