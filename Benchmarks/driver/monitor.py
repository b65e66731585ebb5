"""What clients send to a Redis, counted on a connection of its own."""

import collections
import contextlib
import re
import socket
import threading
import time

from resp import Redis

LINE = re.compile(rb"^\+[\d.]+ \[\d+ (.+?)\] ")


class Monitor:
    """Counts commands in a with statement, by the port that they come from. What a script calls by itself is no command, and no wake-up."""

    def __init__(self, port, own):
        """`own` is the driver's connection: its commands do not count."""
        self.redis, self.own = Redis(port), own.local_port
        self.redis("MONITOR")
        self.begin, self.counts = time.monotonic(), collections.Counter()
        self.thread = threading.Thread(target=self.read, daemon=True)

    def read(self):
        with contextlib.suppress(OSError):
            for line in self.redis.reader:
                match = LINE.match(line)
                port = match and match[1].rpartition(b":")[2]
                if port and port.isdigit() and int(port) != self.own:
                    self.counts[int(port)] += 1

    def busiest(self, processes):
        """Commands a second of that process which sends the most. What nobody's connection sent is added: it may have been closed since."""
        seconds, counts = time.monotonic() - self.begin, self.counts.copy()
        sums = [sum(counts.pop(port, 0) for port in process.local_ports()) for process in processes]
        return (max(sums) + counts.total()) / seconds

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self.redis.socket.shutdown(socket.SHUT_RDWR)
        self.thread.join(10)
        self.redis.close()
