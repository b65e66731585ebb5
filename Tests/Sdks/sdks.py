#!/usr/bin/env python3
"""Sends events with real SDKs to the intake, with Redis, a bridge and the simulator, and does harm in between.

    sdks.py LOOPS-BRIDGE LOOPS-BRIDGE-DEV ENVIRONMENTS [SCENARIO…]

Every SDK of these promises its order: it sends one batch after another. So after each scenario the stream has to hold each event once and in the
order of its calls. Prints a line for each scenario and SDK. Exit status: 0 all is well, 1 something is not, 2 it cannot be run.
"""

import concurrent.futures
import json
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

from site_processes import KEY, STREAM, CannotRun, Site, free_port, wait_for

FOLDER = pathlib.Path(__file__).resolve().parent
SDKS = ["segment-analytics-python", "analytics-python", "rudder-sdk-python", "customerio-cdp-analytics"]
EVENTS = 300
# The SDKs' own; one that gives up earlier sends a batch again that may have arrived.
TIMEOUT = 15


class Sender:
    """An SDK in a process of its own."""

    def __init__(self, environments, sdk, host, key=KEY, timeout=TIMEOUT):
        python = environments / sdk / "bin/python"
        self.process = subprocess.Popen(
            [str(python), str(FOLDER / "send.py"), sdk, host, key, str(timeout)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def call(self, **words):
        self.process.stdin.write(json.dumps(words) + "\n")
        self.process.stdin.flush()

    def flush(self):
        """What the SDK gave up, once everything has come to its end."""
        self.call(call="flush")
        return json.loads(self.process.stdout.readline())

    def end(self):
        self.process.stdin.close()
        self.process.wait(60)


class Run:
    def __init__(self, site, environments):
        self.site = site
        self.environments = environments
        self.failed = 0

    def tell(self, scenario, sdk, faults, said=""):
        self.failed += bool(faults)
        print(f"{'FAILED' if faults else 'ok':7}{scenario:16}{sdk:26}{'; '.join(faults) or said}", flush=True)

    def deliver(self):
        """identify and track arrive in Loops' state."""
        for sdk in SDKS:
            sender = Sender(self.environments, sdk, self.site.host)
            user, email = f"u-{sdk}", f"{sdk}@example.com"
            sender.call(call="identify", userId=user, traits={"email": email, "plan": "pro"})
            sender.call(call="track", userId=user, event="Signed Up", properties={"plan": "pro"})
            faults = [f"the SDK gave up: {lost}" for lost in sender.flush()]
            sender.end()

            def sent():
                bodies = [json.loads(one["body"]) for one in self.site.requests() if one["path"].endswith("/events/send")]
                return [body for body in bodies if body.get("userId") == user and body.get("eventName") == "Signed Up"]

            try:
                wait_for(sent, f"{sdk}'s track at Loops")
                contact = json.dumps(self.site.contact(email))
                for words in (user, '"plan": "pro"'):
                    if words not in contact:
                        faults.append(f"Loops' contact has no {words}: {contact[:200]}")
                if len(sent()) != 1:
                    faults.append(f"the event was sent {len(sent())} times")
            except (CannotRun, OSError) as error:
                faults.append(str(error))
            self.tell("deliver", sdk, faults, "identify and track are in Loops' state")

    def with_harm(self, scenario, harm, timeout=TIMEOUT):
        """Each SDK sends events of one contact while harm is done; the stream has each of them once and in order."""
        repeated = self.repeats()
        senders = {sdk: Sender(self.environments, sdk, self.site.host, timeout=timeout) for sdk in SDKS}
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            done = None
            for number in range(EVENTS):
                for sdk, sender in senders.items():
                    sender.call(call="track", userId=f"{scenario}-{sdk}", event="Step", properties={"n": number})
                if number == EVENTS // 3:
                    done = pool.submit(harm)
                time.sleep(0.02)
            done.result()
        lost = {sdk: sender.flush() for sdk, sender in senders.items()}
        for sdk, sender in senders.items():
            sender.end()
            numbers = [event["properties"]["n"] for event in self.site.events(f"{scenario}-{sdk}")]
            faults = [f"the SDK gave up: {one}" for one in lost[sdk]]
            if missing := set(range(EVENTS)) - set(numbers):
                faults.append(f"{len(missing)} events are missing")
            if len(numbers) != len(set(numbers)):
                faults.append(f"{len(numbers) - len(set(numbers))} events are there twice")
            if sorted(numbers) != numbers:
                faults.append("the order is another one")
            self.tell(scenario, sdk, faults, f"{len(numbers)} events, once and in order")
        print(f"{'':7}{scenario:16}duplicates left out: {self.repeats() - repeated}", flush=True)

    def repeats(self):
        """By Redis, which outlives the intake."""
        counters = self.site.redis.call("HGETALL", "{" + STREAM + "}:in:counters") or []
        return int(dict(zip(counters[::2], counters[1::2])).get("duplicates", 0))

    def redis_killed(self):
        def harm():
            self.site.kill("redis")
            time.sleep(2)
            self.site.start_redis()

        self.with_harm("redis-killed", harm)

    def ingest_killed(self):
        """It dies while requests are under way: Redis carries them out, and nobody hears of it."""

        def harm():
            self.site.signal("redis", signal.SIGSTOP)
            time.sleep(0.7)
            self.site.kill("ingest")
            self.site.signal("redis", signal.SIGCONT)
            time.sleep(1)
            self.site.start_ingest()

        self.with_harm("ingest-killed", harm)

    def redis_away(self):
        """For longer than requests are held."""

        def harm():
            self.site.signal("redis", signal.SIGSTOP)
            time.sleep(9)
            self.site.signal("redis", signal.SIGCONT)

        self.with_harm("redis-away", harm)

    def memory_full(self):
        def harm():
            self.site.redis.call("CONFIG", "SET", "maxmemory", "1mb")
            time.sleep(3)
            self.site.redis.call("CONFIG", "SET", "maxmemory", "0")

        self.with_harm("memory-full", harm)

    def slow(self):
        """Answers come after the SDK has given up waiting, and the batch has arrived all the same."""

        def harm():
            self.site.signal("redis", signal.SIGSTOP)
            time.sleep(3)
            self.site.signal("redis", signal.SIGCONT)

        self.with_harm("slow", harm, timeout=1)

    def refused(self, scenario, status, key, host, admin, text):
        for sdk in SDKS:
            before = self.site.count("loops_bridge_ingest_requests_total", admin, status=status)
            sender = Sender(self.environments, sdk, host, key=key)
            sender.call(call="track", userId="u-refused", event="Never", properties={"text": text})
            lost = sender.flush()
            sender.end()
            count = self.site.count("loops_bridge_ingest_requests_total", admin, status=status) - before
            faults = [] if count == 1 else [f"{count} requests were answered with {status}, not 1"]
            if sum(events for _, events in lost) != 1:
                faults.append(f"the SDK reported {lost}")
            self.tell(scenario, sdk, faults, f"one request, answered with {status}; the SDK told it")
        if self.site.events("u-refused"):
            self.tell(scenario, "all", ["a refused event is in the stream"])

    def unknown_key(self):
        self.refused("unknown-key", 401, "wk_wrong_0123456789abcdef", self.site.host, "ingest-admin", "")

    def too_large(self):
        self.site.ports["small"], self.site.ports["small-admin"] = free_port(), free_port()
        self.site.start_ingest("small", "small", "small-admin", INGEST_MAX_BODY_BYTES="1024")
        host = f"http://127.0.0.1:{self.site.ports['small']}"
        # No compression makes it smaller: RudderStack's SDK compresses.
        text = "".join(chr(33 + number * 7919 % 89) for number in range(20000))
        self.refused("too-large", 400, KEY, host, "small-admin", text)


def main():
    program, developers, environments = (pathlib.Path(path).resolve() for path in sys.argv[1:4])
    names = ["deliver", "redis-killed", "redis-away", "ingest-killed", "memory-full", "slow", "unknown-key", "too-large"]
    wanted = sys.argv[4:] or names
    if unknown := set(wanted) - set(names):
        raise CannotRun(f"unknown: {', '.join(unknown)}; known are {', '.join(names)}")
    with tempfile.TemporaryDirectory() as folder:
        site = Site(program, developers, folder)
        run = Run(site, environments)
        try:
            site.start_all()
            for name in wanted:
                getattr(run, name.replace("-", "_"))()
        except (CannotRun, OSError) as error:
            for log in sorted(pathlib.Path(folder).glob("*.log")):
                print(f"== {log.name}\n{log.read_text('utf-8', 'replace')[-2000:]}", file=sys.stderr)
            raise CannotRun(str(error)) from error
        finally:
            site.stop()
    return 1 if run.failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CannotRun as error:
        print(f"It cannot be run: {error}", file=sys.stderr)
        sys.exit(2)
