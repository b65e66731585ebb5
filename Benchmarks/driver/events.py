"""The events of the benchmarks: 450 bytes each, four tracks for one identify, spread over the contacts."""

import json

EVENT_BYTES = 450
STREAM = "segment:events"


def event(number, contacts=5000, **properties):
    """The same number makes the same event. Neighbours are of different contacts."""
    contact = number * 7919 % contacts
    base = {
        "messageId": f"bench-{number:09d}-2f1d7c3a9b4e",
        "userId": f"user-{contact:06d}",
        "timestamp": "2026-11-23T10:11:12.345Z",
        "context": {"library": {"name": "analytics.js", "version": "2.11.1"}, "ip": "203.0.113.7", "locale": "en-US"},
    }
    if number % 5 == 4:
        base["type"] = "identify"
        base["traits"] = {"email": f"user-{contact:06d}@example.com", "plan": "pro", "seats": number % 100}
        target = base["traits"]
    else:
        base["type"] = "track"
        base["event"] = "Order Completed"
        base["properties"] = {"email": f"user-{contact:06d}@example.com", "total": 129.95, "currency": "EUR"}
        target = base["properties"]
    target.update(properties)
    target["note"] = ""
    text = json.dumps(base, separators=(",", ":"))
    note = "n" * max(0, EVENT_BYTES - len(text))
    return text.replace('"note":""', f'"note":"{note}"', 1).encode()


def publish(redis, count, contacts=5000, first=0, stream=STREAM):
    """Adds events, many in one go."""
    for begin in range(first, first + count, 2000):
        end = min(begin + 2000, first + count)
        redis.pipeline(("XADD", stream, "*", "event", event(number, contacts)) for number in range(begin, end))
