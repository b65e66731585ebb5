"""The load of the soak: events at a constant rate, and what happens in between."""

import json
import time

from events import STREAM, event

CONTACTS = 2000


class Producer:
    """Publishes at a constant rate, and counts what it published."""

    def __init__(self, redis, rate):
        self.redis, self.rate = redis, rate
        self.begin = time.monotonic()
        self.published = self.sent = self.bad = 0

    def publish_due(self):
        due = int((time.monotonic() - self.begin) * self.rate)
        numbers = range(self.published, due)
        self.redis.pipeline(("XADD", STREAM, "*", "event", self.make(number)) for number in numbers)
        self.published = max(self.published, due)

    def make(self, number):
        """An event as Loops takes it; one in 200 cannot be mapped, or is one that Loops refuses."""
        if number % 200:
            self.sent += number % 5 != 4
            return event(number, CONTACTS)
        self.bad += 1
        if number % 400:
            return event(number, CONTACTS, tags=["a", "list"])
        anonymous = json.loads(event(number, CONTACTS))
        del anonymous["userId"]
        return json.dumps(anonymous).encode()


class Schedule:
    """Things to do, each in its own rhythm."""

    def __init__(self, *plan):
        now = time.monotonic()
        self.plan = [[now + first, period, action] for first, period, action in plan]

    def do_due(self):
        for item in self.plan:
            if time.monotonic() >= item[0]:
                item[0] += item[1]
                item[2]()
