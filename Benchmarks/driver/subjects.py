"""What is measured: each subject carries the same events, or sends the same requests, to the same sink."""

import json
import pathlib
import subprocess
import time

from events import STREAM, event
from processes import Process, free_port, run, wait_until
from servers import redis_cpu
from worker_requests import request_of

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BRIDGE = ROOT / ".build/release/loops-bridge"
BRIDGE_DEV = ROOT / ".build/release/loops-bridge-dev"
FLOOR = ROOT / ".build/release/floor"
MICRO = ROOT / ".build/release/micro"
PYTHON = ROOT / ".build/bench-venv/bin/python"
IN_FLIGHT = 32


def bridge_environment(redis_port, sink_port, **settings):
    return {
        "REDIS_URL": f"redis://127.0.0.1:{redis_port}",
        "LOOPS_API_KEY": "test",
        "LOOPS_BASE_URL": f"http://127.0.0.1:{sink_port}/api/v1",
        "LOOPS_RATE_LIMIT": "0",
        "LOOPS_MAX_IN_FLIGHT": str(IN_FLIGHT),
        "BRIDGE_COALESCING": "off",
        "HTTP_PORT": str(free_port()),
        **settings,
    }


class Bridge(Process):
    def __init__(self, redis_port, sink_port, log, **settings):
        environment = bridge_environment(redis_port, sink_port, **settings)
        super().__init__(BRIDGE, "run", env=environment, log=log)
        self.http_port = int(environment["HTTP_PORT"])


def worker(redis_port, sink_port, log):
    return Process(PYTHON, HERE / "worker.py", redis_port, sink_port, STREAM, IN_FLIGHT, log=log)


def ended(redis):
    """How many entries have come to their end: read by the group and acknowledged."""
    group = redis.group(STREAM)
    return (group.get("entries-read") or 0) - (group.get("pending") or 0)


class Cost:
    """What carrying some entries took, measured from one look to the next."""

    def __init__(self, redis, processes):
        self.redis, self.processes = redis, processes
        self.begin = self.look()

    def look(self):
        cpu = sum(process.cpu() for process in self.processes)
        return time.monotonic(), ended(self.redis), cpu, redis_cpu(self.redis)

    def take(self):
        """Microseconds of CPU an event, events a second, microseconds of Redis an event."""
        seconds, entries, cpu, redis = (now - before for now, before in zip(self.look(), self.begin))
        return {"cpu": cpu / entries * 1e6, "rate": entries / seconds, "redis": redis / entries * 1e6}


def carry(redis, processes, total, warm_up=0.1):
    """Waits until all is carried and tells the cost of what came after the warm-up."""
    done = ended(redis)
    wait_until(lambda: ended(redis) >= done + (total - done) * warm_up, "the first entries", 600, watch=processes)
    cost = Cost(redis, processes)
    wait_until(lambda: ended(redis) >= total, "the last entry", 600, every=0.05, watch=processes)
    result = cost.take()
    result["memory"] = max(process.memory("VmHWM") for process in processes)
    return result


def requests_file(folder, count=1000):
    """The requests that the bridge makes of the events, for those who only send: a line each, with method, path and body.

    Raises when the worker's requests are others.
    """
    path = pathlib.Path(folder, "requests.ndjson")
    events = [event(number) for number in range(count)]
    done = run(BRIDGE, "map", seconds=60, input=b"\n".join(events), stdout=subprocess.PIPE)
    requests = [short(json.loads(line)) for line in done.stdout.splitlines()]
    for text, request in zip(events, requests, strict=True):
        method, path_of_worker, body, _ = request_of(json.loads(text))
        if {"method": method, "path": path_of_worker, "body": body} != request:
            raise RuntimeError(f"the worker's request is not that of the bridge: {body}, {request}")
    path.write_text("".join(json.dumps(request, separators=(",", ":")) + "\n" for request in requests))
    return path


def short(line):
    """The one request of a line of `loops-bridge map`."""
    [request] = [result["request"] for result in line["results"] if "request" in result]
    return {"method": request["method"], "path": request["url"].split("/v1")[1], "body": request["body"]}
