"""Constant load with faults for a while: memory, descriptors, threads and Redis' keys must not grow, and nothing may be lost.

Usage: soak.py [--minutes N] [--rate N]

The faults come again every minute, so that one minute is like another: Loops fails, stalls, refuses and throttles; Redis' connections
are killed; somebody pauses the bridge; one event in 200 is bad and becomes a dead letter.
"""

import argparse
import contextlib
import json
import sys
import tempfile
import time

from admin import call, ends
from events import STREAM
from processes import obey_sigterm, say, wait_until
from resp import Redis
from servers import redis_server
from simulator import Simulator
from soak_load import Producer, Schedule
from soak_samples import Sampler, key_sizes, report, report_keys
from subjects import Bridge

KEY = "test"
TOKEN = "token-of-the-soak"
DEAD = f"{{{STREAM}}}:dead"
SAMPLE_SECONDS = 5
SETTINGS = {
    "LOOPS_API_KEY": KEY,
    # Short, so that a stalled request is over within a minute of the table.
    "LOOPS_REQUEST_TIMEOUT_SECONDS": "2",
    "BRIDGE_COALESCING": "lossless",
    "BRIDGE_TRIM_FINISHED_AFTER": "20s",
    "BRIDGE_DEAD_LETTER_MAX_LENGTH": "50",
    "HTTP_CONTROL_TOKEN": TOKEN,
}


def control(http_port, word):
    call("POST", f"http://127.0.0.1:{http_port}/control/{word}", token=TOKEN)


def load(seconds, producer, schedule, processes):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        producer.publish_due()
        schedule.do_due()
        for process in processes:
            process.check()
        time.sleep(0.02)


def drain(simulator, http_port, producer, process):
    """Ends the faults and waits for the last event."""
    simulator.behave()
    control(http_port, "resume")
    with contextlib.suppress(RuntimeError):
        wait_until(lambda: sum(ends(http_port).values()) >= producer.published, "the last event", 120, 0.5, [process])


def is_all_there(redis, simulator, http_port, producer):
    """Whether every event ended once, by the bridge's count, by the dead letters in Redis and by what Loops took."""
    ended = ends(http_port)
    fields = redis("XINFO", "STREAM", DEAD)
    letters = dict(zip(fields[::2], fields[1::2])).get(b"entries-added", ended["dead_lettered"])
    taken = simulator.tell("GET", "stats")
    events = sum(count for endpoint, count in taken["effects"].items() if "event" in endpoint.lower())
    group = redis.group(STREAM)
    print(f"\npublished {producer.published:,}; ended {dict(ended)}; pending {group['pending']}, lag {group['lag']}")
    print(f"bad {producer.bad:,}, dead letters {letters:,}; tracks {producer.sent:,}, taken by Loops {events:,}")
    print(f"Loops answered {taken['statuses']}; applied without an answer {taken['applied_unanswered']:,}")
    return (
        ended["delivered"] + ended["dead_lettered"] == producer.published
        and letters == ended["dead_lettered"] == producer.bad
        and events == producer.sent
    )


def soak(seconds, warm_up, rate, stack, folder):
    """Runs it and prints the tables. Returns whether nothing grew and nothing was lost."""
    _, redis_port = stack.enter_context(redis_server())
    redis = stack.enter_context(contextlib.closing(Redis(redis_port)))
    simulator = stack.enter_context(Simulator(KEY, f"{folder}/simulator.log"))
    simulator.misbehave()
    process = stack.enter_context(Bridge(redis_port, simulator.port, f"{folder}/bridge.log", **SETTINGS))
    http_port = process.http_port
    wait_until(lambda: redis.group(STREAM), "the bridge", watch=[process])

    sampler = Sampler(process, redis, http_port, STREAM)
    schedule = Schedule(
        (5, 20, lambda: redis("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")),
        (10, 60, lambda: control(http_port, "pause")),
        (13, 60, lambda: control(http_port, "resume")),
        (18, 30, simulator.throttle),
        (35, 60, simulator.refuse),
        (SAMPLE_SECONDS, SAMPLE_SECONDS, sampler.take),
        (60, 60, lambda: say(json.dumps(sampler.samples[-1][1], ensure_ascii=False))),
    )
    producer = Producer(redis, rate)
    processes = [process, simulator.process]
    load(warm_up, producer, schedule, processes)
    begin, keys = time.monotonic(), key_sizes(redis)
    load(seconds - warm_up, producer, schedule, processes)
    end, keys_at_end = time.monotonic(), key_sizes(redis)
    drain(simulator, http_port, producer, process)

    # The first and the last minute, or halves of what is shorter than two.
    window = min(60, (end - begin) / 2)
    is_flat = report(sampler.between(begin, begin + window), sampler.between(end - window, end), window, warm_up)
    if window < 60:
        print("Less than two minutes: the faults come once a minute, so one half is not like the other, and may seem to have grown.")
    minutes = sampler.each_minute("memory of the bridge, MB", begin, end)
    print("memory of the bridge, minute by minute, MB:", *(f"{value:.1f}" for value in minutes))
    is_flat = report_keys(keys, keys_at_end, [STREAM, DEAD]) and is_flat
    is_complete = is_all_there(redis, simulator, http_port, producer)
    print("nothing was lost" if is_complete else "EVENTS WERE LOST, or ended twice")
    return is_flat and is_complete


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--rate", type=float, default=200, help="events a second")
    arguments = parser.parse_args()
    if arguments.minutes < 1:
        parser.error("one minute is the least")
    obey_sigterm()
    # A run that is short has no minute to give away.
    warm_up = 60 if arguments.minutes >= 5 else 15
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        is_fine = soak(arguments.minutes * 60, warm_up, arguments.rate, stack, folder)
    sys.exit(0 if is_fine else 1)


if __name__ == "__main__":
    main()
