"""The program's own stand-in for Loops, with faults."""

import contextlib

from admin import call
from processes import Process, free_port, wait_until
from servers import is_open
from subjects import BRIDGE_DEV

# Always in force. Each happens to one request of many, before or after the event was taken.
FAULTS = [
    {"name": "delay", "action": "delay", "min_ms": 5, "max_ms": 40},
    {"name": "unavailable", "action": "respond", "status": 503, "body": "html", "probability": 0.01},
    {"name": "applied, then 500", "action": "respond", "status": 500, "stage": "after_commit", "probability": 0.005},
    {"name": "reset", "action": "reset", "probability": 0.005},
    {"name": "applied, then reset", "action": "reset", "stage": "after_commit", "probability": 0.005},
    {"name": "stall", "action": "stall", "probability": 0.001},
    {"name": "garbage", "action": "garbage", "probability": 0.002},
    {"name": "closed connection", "action": "close_after", "probability": 0.01},
]


class Simulator:
    """Runs in a with statement. It bounds what it remembers; its memory is not looked at."""

    def __init__(self, key, log):
        self.port, self.admin_port = free_port(), free_port()
        ports = ["--port", self.port, "--admin-port", self.admin_port]
        self.process = Process(BRIDGE_DEV, "simulate", *ports, "--rate-limit", "0", "--api-key", key, log=log)
        self.throttling = None

    def tell(self, method, path, body=None):
        return call(method, f"http://127.0.0.1:{self.admin_port}/__sim/{path}", body)

    def misbehave(self):
        for fault in FAULTS:
            self.tell("POST", "faults", fault)

    def behave(self):
        self.tell("DELETE", "faults")
        self.throttling = None

    def throttle(self, count=3):
        """The next requests are answered 429. A rule that is used up is taken away, since their number is limited."""
        if self.throttling:
            self.tell("DELETE", f"faults?id={self.throttling}")
        rule = {"name": "throttle", "action": "respond", "status": 429, "remaining": count}
        self.throttling = self.tell("POST", "faults", rule)["id"]

    def refuse(self, milliseconds=1000):
        """Cuts every connection and takes no new ones for a while."""
        self.tell("POST", "outage", {"ms": milliseconds})

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            stack.enter_context(self.process)
            wait_until(lambda: is_open(self.port) and is_open(self.admin_port), "the simulator", watch=[self.process])
            stack.pop_all()
        return self

    def __exit__(self, *_):
        self.process.stop()
