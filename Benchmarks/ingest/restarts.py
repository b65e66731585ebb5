"""Sends events to `loops-bridge ingest` while Redis is killed and started again, and compares what was acknowledged with what is in the stream.

Usage: restarts.py PROGRAM [SECONDS]. Redis writes each command to its disk before it answers (appendfsync always). Every 10 to 25 s it is killed, and
started after 0 to 8 s: requests are held for 5 s, so some are refused and sent again. Some clients close their connection before they have their
answer, and send again. Ends with status 1 when an acknowledged event is missing, when one is there twice, or when a sender's order is not kept.
"""

import asyncio
import random
import sys
import tempfile
import threading
import time

import intake

SENDERS, BATCH, BATCHES_PER_SECOND = 20, 10, 2.5
# Of one sender in two: every so many answers is not waited for.
LOST_ANSWERS = 23


def restart(redis, stop, restarts, seed):
    chance = random.Random(seed)
    while not stop.wait(chance.uniform(10, 25)):
        redis.kill()
        away = chance.choice([0, 0.5, 1, 2, 4, 8])
        time.sleep(away)
        start = time.monotonic()
        redis.start()
        # It reads its file first.
        intake.wait_until(redis.is_up, "Redis after a restart")
        restarts.append((away, time.monotonic() - start))


def main():
    program, seconds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 600
    with tempfile.TemporaryDirectory() as folder:
        redis = intake.Redis(folder, "--appendonly", "yes", "--appendfsync", "always")
        redis.start()
        intake.wait_until(redis.is_up, "Redis")
        program = intake.Intake(program, folder, f"redis://127.0.0.1:{redis.port}")
        stop, restarts = threading.Event(), []
        nemesis = threading.Thread(target=restart, args=(redis, stop, restarts, seconds))
        try:
            senders = [
                intake.Sender(program.port, f"s{index}", BATCH, LOST_ANSWERS if index % 2 else 0)
                for index in range(SENDERS)
            ]
            nemesis.start()
            asyncio.run(intake.send_for(seconds, senders, BATCHES_PER_SECOND))
            stop.set()
            nemesis.join()
            memory = program.memory()
            missing, twice, backwards, unknown = intake.judge(senders, intake.message_ids(redis.port))
        finally:
            stop.set()
            if nemesis.is_alive():
                nemesis.join()
            status = program.stop()
            redis.stop()
    sent = sum(sender.sent for sender in senders)
    longest = max((away + reading for away, reading in restarts), default=0)
    print(f"{sent:,} events acknowledged in {seconds} s, {len(restarts)} kills of Redis, away for {longest:.1f} s at most")
    print(f"answers: {intake.told(senders)}; memory {memory / 1024:.0f} MB; exit status {status}")
    print(f"missing {missing}, twice {twice}, out of a sender's order {backwards}, never sent {unknown}")
    sys.exit(0 if restarts and (missing, twice, backwards, unknown, status) == (0, 0, 0, 0, 0) else 1)


main()
