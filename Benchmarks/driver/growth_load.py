"""Loads for growth.py: each measures what carrying an event costs while one thing is large or small."""

import collections
import contextlib
import subprocess
import sys
import time

from admin import check_deliveries
from events import STREAM, event, publish
from processes import run, wait_until
from resp import Redis
from script_calls import ScriptCalls
from servers import redis_server
from subjects import BRIDGE, Bridge, Cost, bridge_environment, carry, ended

GROUP = "loops-bridge"
LEASES = f"{{{STREAM}}}:bridge:{GROUP}:leases"
WARM_UP = 0.1
# Entries of a backlog that are carried before its measurement: until the bridge has as many in memory as it will have. Else the cost of reading ahead
# would be counted for fewer entries than were read.
BACKLOG_WARM_UP = 40_000
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
        self.next, self.waiting, self.finished = finished, waiting, finished
        self.fill()

    def fill(self):
        """Makes the stream again what its row says: a bridge goes on until it has ended, and what it carries stays as finished."""
        group = self.redis.group(STREAM)
        waiting = group["lag"] + group["pending"]
        excess = self.redis("XLEN", STREAM) - waiting - self.finished
        if excess > 0:
            # Finished and waiting entries are mixed where the bridge stopped. Nothing from the first that waits on may go.
            first = self.redis("XPENDING", STREAM, GROUP)[1] or group["last-delivered-id"]
            self.redis("XTRIM", STREAM, "MINID", "~", first, "LIMIT", excess)
        missing = max(0, self.waiting - waiting)
        publish(self.redis, missing, first=self.next)
        self.next += missing

    def measure(self, events):
        self.fill()
        events += BACKLOG_WARM_UP
        bodies = [event(number) for number in range(self.next, self.next + events)]
        self.next += events
        begin, scripts = ended(self.redis), ScriptCalls(self.redis)
        with Bridge(self.redis_port, self.sink_port, self.log) as process:
            cost = self.carry(process, bodies)
            # It goes on meanwhile.
            check_deliveries([process.http_port], ended(self.redis) - begin, sys.maxsize)
            return {**cost, "scripts": scripts.take()}

    def carry(self, process, bodies):
        """For each entry that is carried another one is added, so that as many wait at the end as at the beginning."""
        begin, added, cost = ended(self.redis), 0, None
        while True:
            process.check()
            done = ended(self.redis) - begin
            if cost is None and done >= BACKLOG_WARM_UP:
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
        scripts = ScriptCalls(redis)
        with Bridge(redis_port, sink_port, log, **settings) as process:
            cost = carry(redis, [process], events, WARM_UP)
            check_deliveries([process.http_port], events, events)
            return {**cost, "scripts": scripts.take()}


def replicas(count, events, sink, sink_port, log):
    """Replicas that share the partitions before the first event is there: a pause holds the events back until then."""
    with contextlib.ExitStack() as stack:
        _, redis_port = stack.enter_context(redis_server())
        redis = stack.enter_context(contextlib.closing(Redis(redis_port)))
        names = [f"replica-{number}" for number in range(count)]
        started = [
            stack.enter_context(Bridge(redis_port, sink_port, f"{log}-{name}", BRIDGE_INSTANCE=name)) for name in names
        ]
        wait_until(lambda: is_shared(redis, count), "evenly shared partitions", watch=started)
        tell("pause", redis_port, sink_port)
        publish(redis, events)
        sink_before, scripts = sink.cpu(), ScriptCalls(redis)
        tell("resume", redis_port, sink_port)
        # Not to the last entry: at the end some replicas have nothing left to do.
        cost = carry(redis, started, int(events * 0.95), WARM_UP)
        wait_until(lambda: ended(redis) >= events, "the last entry", 600, watch=started)
        check_deliveries([process.http_port for process in started], events, events)
        return {**cost, "sink": (sink.cpu() - sink_before) / events * 1e6, "scripts": scripts.take()}


def is_shared(redis, count):
    """Whether so many replicas own all partitions, none more than one partition above another. A lease says EPOCH MEMBER."""
    owners = collections.Counter(lease.split(b" ", 1)[1] for lease in redis("HVALS", LEASES))
    return len(owners) == count and b"-" not in owners and max(owners.values()) - min(owners.values()) <= 1


def tell(word, redis_port, sink_port):
    environment = bridge_environment(redis_port, sink_port)
    run(BRIDGE, word, "--redis", seconds=60, env=environment, stdout=subprocess.DEVNULL)


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
