"""What carrying an event costs when something grows: the stream, the contacts, the mappings, the replicas.

Usage: growth.py [--events N] [--rounds N] [--quick]

All against nginx, without a rate limit. The rounds are interleaved, forwards and backwards in turn. A row is compared with the first one of the
same round; shown are the medians of the rounds, with the least and the greatest.
"""

import argparse
import contextlib
import os
import pathlib
import sys
import tempfile

from growth_load import Backlog, fresh, mappings_file, replicas
from processes import obey_sigterm, say
from rounds import Spread, interleaved, median
from script_calls import BAR as CALL_BAR
from script_calls import together, told
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
    say("filling the streams")
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
    """The results of all rounds by part and row."""
    runs = [((part, name), run) for part, _, rows in parts for name, run in rows]
    results = {key: [] for key, _ in runs}
    for number, key, run in interleaved(runs, rounds):
        result = run()
        results[key].append(result)
        say(f"round {number} of {rounds}: {', '.join(key)}: {result['cpu']:.1f} µs, Redis {result['redis']:.1f} µs, {result['rate']:,.0f}/s")
        say(f"  {told(result['scripts'])}")
    return results


def judged(kind, names, results):
    """What the bar asks of the last of these rows, what there is, and whether that is enough. `results` are those of the names, in order."""
    first, last = results[0], results[-1]
    if kind == "mappings":
        count = int(names[-1]) - int(names[0])
        each = Spread((run["cpu"] - before["cpu"]) / count for run, before in zip(last, first))
        return f"≤ {MAPPING_BAR} µs each", each.text(3), each.median <= MAPPING_BAR
    if kind == "replicas":
        # Against one, and against the row before.
        ratios = [Spread.of_ratios(last, results[place], "rate") for place in dict.fromkeys((0, len(results) - 2))]
        return f"events/s ≥ {1 - FLAT:.2f}", ", ".join(r.text() for r in ratios), all(r.median >= 1 - FLAT for r in ratios)
    ratios = [Spread.of_ratios(last, first, what) for what in ("cpu", "redis")]
    return f"both ≤ {1 + FLAT:.2f}", ", ".join(r.text() for r in ratios), all(r.median <= 1 + FLAT for r in ratios)


def report(parts, results):
    """Prints the table. Returns whether every bar is met."""
    lines, met = [], True
    for part, kind, rows in parts:
        names = [name for name, _ in rows]
        for index, name in enumerate(names):
            runs = results[part, name]
            longest = max(run["scripts"]["longest"] for run in runs) / 1000
            figures = [f"{median(runs, 'cpu'):.1f}", f"{median(runs, 'redis'):.1f}", f"{median(runs, 'rate'):,.0f}", f"{longest:.1f}"]
            if index == 0:
                lines.append([part, name, *figures, "", "", ""])
                continue
            upto = names[: index + 1]
            bar, value, is_met = judged(kind, upto, [results[part, name] for name in upto])
            met = met and is_met
            lines.append(["", name, *figures, value, bar, "met" if is_met else "MISSED"])
    header = ["growing", "to", "bridge µs/event", "Redis µs/event", "events/s", "longest call, ms", "to the first", "bar", ""]
    print(table(header, lines))
    return met


def report_calls(parts, results):
    """Prints how long script calls took. Returns whether none was over its bar, replicas aside: these take each other's and Redis' core."""
    print()
    met = True
    for title, is_judged in (("one bridge", True), ("replicas", False)):
        runs = [run for part, kind, rows in parts for name, _ in rows for run in results[part, name] if (kind != "replicas") == is_judged]
        scripts = together([run["scripts"] for run in runs])
        is_met = scripts["longest"] <= CALL_BAR or not is_judged
        met = met and is_met
        print(f"{title}: {told(scripts)}{'' if is_met else ': MISSED'}")
    return met


def limit(count, runs):
    """Who has no more to give with so many replicas, by the cores that each uses."""
    bridges, redis, sink = (median(runs, what) * median(runs, "rate") / 1e6 for what in ("cpu", "redis", "sink"))
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
    parser.add_argument("--rounds", type=int, help="measurements of each row; 3")
    parser.add_argument("--quick", action="store_true", help="smaller, fewer: does it work? Its figures are noise")
    arguments = parser.parse_args()
    events = arguments.events or (5_000 if arguments.quick else 20_000)
    rounds = arguments.rounds or (1 if arguments.quick else 3)
    obey_sigterm()
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        planned = parts(stack, folder, events, Sizes(arguments.quick))
        results = measure(planned, rounds)
    is_met = report(planned, results)
    is_met = report_calls(planned, results) and is_met
    print(f"\nMedians of {rounds} rounds; {events:,} events a measurement, more where there are more contacts, twice as many for replicas.")
    print("To the first: the bridge's cost, then Redis' cost, divided by that of the part's first row; of replicas the events/s, divided by those of")
    print("one, then by those of the row before. In brackets the least and the greatest of the rounds.")
    print(f"Each replica may have {IN_FLIGHT} requests under way. All share the machine with Redis, nginx and this driver.")
    for count in REPLICAS:
        print(limit(count, results["replicas", str(count)]))
    sys.exit(0 if is_met else 1)


if __name__ == "__main__":
    main()
