"""Loads for growth.py: each measures what carrying an event costs while one thing is large or small."""

import collections
import contextlib
import subprocess
import time

from events import STREAM, event, publish
from processes import wait_until
from resp import Redis
from servers import redis_server
from subjects import BRIDGE, Cost, bridge, bridge_environment, carry, ended

GROUP = "loops-bridge"
LEASES = f"{{{STREAM}}}:bridge:{GROUP}:leases"
WARM_UP = 0.1
# Added at once: few enough that a backlog of 1,000 never runs dry.
CHUNK = 100


class Backlog:
    """A stream with finished entries and with entries that wait. It lives through all rounds; a bridge is started for each."""

    def __init__(self, stack, sink_port, log, waiting, finished=0):
        _, self.redis_port = stack.enter_context(redis_server())
        self.redis = Redis(self.redis_port)
        stack.callback(self.redis.close)
        self.sink_port, self.log = sink_port, log
        publish(self.redis, finished)
        # The group begins behind the finished entries, as if it had read them all.
        self.redis("XGROUP", "CREATE", STREAM, GROUP, "$", "MKSTREAM", "ENTRIESREAD", finished)
        self.next, self.waiting = finished, waiting
        self.fill()

    def fill(self):
        """Adds what is missing: a bridge goes on until it has ended, and so takes more than was added for it."""
        missing = max(0, self.waiting - (self.redis("XLEN", STREAM) - ended(self.redis)))
        publish(self.redis, missing, first=self.next)
        self.next += missing

    def measure(self, events):
        self.fill()
        bodies = [event(number) for number in range(self.next, self.next + events)]
        self.next += events
        with bridge(self.redis_port, self.sink_port, self.log) as process:
            return self.carry(process, bodies)

    def carry(self, process, bodies):
        """For each entry that is carried another one is added, so that as many wait at the end as at the beginning."""
        begin, added, cost = ended(self.redis), 0, None
        while True:
            process.check()
            done = ended(self.redis) - begin
            if cost is None and done >= len(bodies) * WARM_UP:
                cost = Cost(self.redis, [process])
            if done >= len(bodies):
                return cost.take()
            due = bodies[added:done]
            if len(due) >= CHUNK:
                self.redis.pipeline(("XADD", STREAM, "*", "event", body) for body in due)
                added += len(due)
            time.sleep(0.01)


def fresh(events, contacts, sink_port, log, **settings):
    """A stream of its own for each measurement, full before the bridge starts."""
    with redis_server() as (_, redis_port), contextlib.closing(Redis(redis_port)) as redis:
        publish(redis, events, contacts)
        with bridge(redis_port, sink_port, log, **settings) as process:
            return carry(redis, [process], events, WARM_UP)


def replicas(count, events, sink, sink_port, log):
    """Replicas that share the partitions before the first event is there: a pause holds the events back until then."""
    with contextlib.ExitStack() as stack:
        _, redis_port = stack.enter_context(redis_server())
        redis = stack.enter_context(contextlib.closing(Redis(redis_port)))
        names = [f"replica-{number}" for number in range(count)]
        started = [
            stack.enter_context(bridge(redis_port, sink_port, f"{log}-{name}", BRIDGE_INSTANCE=name)) for name in names
        ]
        wait_until(lambda: is_shared(redis, count), "evenly shared partitions", watch=started)
        tell("pause", redis_port, sink_port)
        publish(redis, events)
        sink_before = sink.cpu()
        tell("resume", redis_port, sink_port)
        # Not to the last entry: at the end some replicas have nothing left to do.
        result = carry(redis, started, int(events * 0.95), WARM_UP)
        wait_until(lambda: ended(redis) >= events, "the last entry", 600, watch=started)
        return {**result, "sink": (sink.cpu() - sink_before) / events * 1e6}


def is_shared(redis, count):
    """Whether so many replicas own all partitions, none more than one partition above another. A lease says EPOCH MEMBER."""
    owners = collections.Counter(lease.split(b" ", 1)[1] for lease in redis("HVALS", LEASES))
    return len(owners) == count and b"-" not in owners and max(owners.values()) - min(owners.values()) <= 1


def tell(word, redis_port, sink_port):
    environment = bridge_environment(redis_port, sink_port)
    subprocess.run([BRIDGE, word, "--redis"], env=environment, check=True, stdout=subprocess.DEVNULL, timeout=60)


def mappings_file(path, count):
    """The two presets, and so many others that look at an event and do not match."""
    triggers = [
        'type = "track" and event = "Never {}"',
        'type = "identify" and traits.plan = "plan {}"',
        'type = "track" and match(event, "Never {}*")',
        'properties.total > 10{} or traits.seats > 10{}',
    ]
    lines = ["mappings:", "  - action: createOrUpdateContact", "  - action: sendEvent"]
    for number in range(count):
        trigger = triggers[number % len(triggers)].replace("{}", f"{number:03d}")
        lines += ["  - action: sendEvent", f"    name: other {number}", f"    trigger: '{trigger}'"]
    path.write_text("\n".join(lines) + "\n")
    return path
