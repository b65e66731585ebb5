#!/usr/bin/env python3
"""Sends what stdin says with one SDK, in the environment that has it: send.py SDK HOST KEY TIMEOUT

Each line of stdin is a JSON object: {"call": "identify" | "track", "userId": …, "traits" | "event" and "properties": …} or {"call": "flush"}. Each
flush is answered with a line on stdout: what the SDK reported to be lost so far, as [error, events]. At the end of stdin it flushes and ends.
"""

import json
import sys

MODULES = {
    "segment-analytics-python": "segment.analytics.client",
    "analytics-python": "analytics.client",
    "rudder-sdk-python": "rudderstack.analytics.client",
    "customerio-cdp-analytics": "customerio.analytics.client",
}


def main():
    sdk, host, key, timeout = sys.argv[1:]
    module = __import__(MODULES[sdk], fromlist=["Client"])
    lost = []
    client = module.Client(
        key,
        host=host,
        timeout=float(timeout),
        on_error=lambda error, batch: lost.append([str(error)[:200], len(batch)]),
    )

    def flush():
        client.flush()
        print(json.dumps(lost), flush=True)

    for line in sys.stdin:
        words = json.loads(line)
        call = words["call"]
        if call == "identify":
            client.identify(words["userId"], words["traits"])
        elif call == "track":
            client.track(words["userId"], words["event"], words["properties"])
        else:
            flush()
    flush()
    client.join()


main()
