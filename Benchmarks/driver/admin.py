"""What servers of ours answer over HTTP: a bridge's metrics and control, the simulator's."""

import collections
import json
import re
import urllib.request


def call(method, url, body=None, token=None):
    """The JSON that a server on this machine answers, or its text."""
    data = json.dumps(body).encode() if body is not None else b"" if method == "POST" else None
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(url, data=data, method=method, headers=headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        text = answer.read().decode()
    return json.loads(text) if text[:1] in ("{", "[") else text


def counts(http_port, name, label):
    """A counter of the bridge: a number for each value of the label."""
    text = call("GET", f"http://127.0.0.1:{http_port}/metrics")
    found = re.findall(rf'^loops_bridge_{name}\{{.*{label}="(\w+)".*\}} (\S+)$', text, re.MULTILINE)
    sums = collections.Counter()
    for value, count in found:
        sums[value] += int(float(count))
    return sums


def ends(http_port):
    """How the bridge says that entries have ended."""
    return counts(http_port, "entries_completed_total", "outcome")


def check_deliveries(http_ports, least, most):
    """Raises when the bridges did not deliver what they should have, or when there are dead letters: such a figure would be of something else."""
    deliveries = sum((counts(port, "deliveries_total", "outcome") for port in http_ports), collections.Counter())
    dead = sum((counts(port, "dead_letters_total", "reason") for port in http_ports), collections.Counter())
    if not least <= deliveries["delivered"] <= most or deliveries.total() != deliveries["delivered"] or dead:
        raise RuntimeError(f"not {least:,} to {most:,} deliveries and nothing else: {dict(deliveries)}, dead letters: {dict(dead)}")
