"""What the soak looks at every few seconds, and what it makes of the first and the last minute."""

import statistics
import time

from admin import ends
from table import table

MEGABYTE = 1024 * 1024
# What may be more in the last minute: a share, and so much besides. Keys and clients come and go by one or two.
ALLOWED = {
    "memory of the bridge, MB": (0.05, 2),
    "descriptors": (0, 5),
    "threads": (0, 1),
    "keys in Redis": (0, 1),
    "memory of Redis, MB": (0.05, 2),
    "clients of Redis": (0, 2),
}
# Bytes that any key may grow by; the stream and the dead letters have bounds of their own.
KEY_GROWTH = 64 * 1024
SHOWN_ONLY = ["CPU µs an event", "events/s", "entries in the stream", "dead letters kept"]


class Sampler:
    def __init__(self, process, redis, http_port, stream):
        self.process, self.redis, self.http_port, self.stream = process, redis, http_port, stream
        self.samples = []
        self.before = self.progress()

    def progress(self):
        return time.monotonic(), sum(ends(self.http_port).values()), self.process.cpu()

    def take(self):
        now = self.progress()
        seconds, ended, cpu = (after - before for after, before in zip(now, self.before))
        self.before = now
        sample = {
            "memory of the bridge, MB": self.process.memory(),
            "descriptors": self.process.descriptors(),
            "threads": self.process.threads(),
            "keys in Redis": self.redis("DBSIZE"),
            "memory of Redis, MB": int(self.redis.info("memory")["used_memory"]) / MEGABYTE,
            "clients of Redis": int(self.redis.info("clients")["connected_clients"]),
            "CPU µs an event": cpu / ended * 1e6 if ended else 0,
            "events/s": ended / seconds,
            "entries in the stream": self.redis("XLEN", self.stream),
            "dead letters kept": self.redis("XLEN", f"{{{self.stream}}}:dead"),
        }
        self.samples.append((now[0], sample))
        return sample

    def between(self, begin, end):
        """Medians of a time."""
        chosen = [sample for at, sample in self.samples if begin <= at <= end]
        return {name: statistics.median(sample[name] for sample in chosen) for name in chosen[0]}

    def each_minute(self, name, begin, end):
        minutes = range(int((end - begin) / 60))
        return [self.between(begin + 60 * minute, begin + 60 * minute + 60)[name] for minute in minutes]


def key_sizes(redis):
    """Bytes of each key; SCAN may name one twice, never leave one out that stays."""
    sizes, cursor = {}, b"0"
    while True:
        cursor, keys = redis("SCAN", cursor, "COUNT", 1000)
        for key in keys:
            sizes[key.decode()] = redis("MEMORY", "USAGE", key, "SAMPLES", 0) or 0
        if cursor == b"0":
            return sizes


def report(first, last, seconds, warm_up):
    """Prints the table of the first and the last time, so many seconds each. Returns whether nothing grew."""
    rows, fine = [], True
    for name in [*ALLOWED, *SHOWN_ONLY]:
        cells = [name, f"{first[name]:,.1f}", f"{last[name]:,.1f}"]
        if name not in ALLOWED:
            rows.append([*cells, "", ""])
            continue
        share, more = ALLOWED[name]
        most = first[name] * (1 + share) + more
        is_met = last[name] <= most
        fine = fine and is_met
        rows.append([*cells, f"≤ {most:,.1f}", "met" if is_met else "GREW"])
    time = "minute" if seconds == 60 else f"{seconds:.0f} s"
    print(table(["medians", f"first {time}, after {warm_up} s of load", f"last {time}", "bar", ""], rows))
    return fine


def report_keys(before, after, bounded):
    """Names the keys that grew, the most first. Returns whether none but the bounded ones grew by much."""
    grown = sorted(((after[key] - before.get(key, 0), key) for key in after), reverse=True)
    fine = all(more <= KEY_GROWTH for more, key in grown if key not in bounded)
    most = "; ".join(f"{key} {more:+,}" for more, key in grown[:5] if more > 0)
    print(f"bytes of keys in Redis: {most or 'none grew'}; bar +{KEY_GROWTH:,} for each but {', '.join(bounded)}: {'met' if fine else 'GREW'}")
    return fine
