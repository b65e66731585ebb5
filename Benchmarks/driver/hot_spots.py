"""Where the bridge's time goes under the load of whole.py: its functions, by the time that each takes itself. Needs perf.

Usage: hot_spots.py [--events N] [--top N]
"""

import argparse
import contextlib
import re
import subprocess
import sys
import tempfile

from events import publish
from processes import Process, obey_sigterm, run, wait_until
from resp import Redis
from servers import nginx, redis_server
from subjects import Bridge, ended
from table import table

# A line of perf's report: a share in per cent, the object, the function.
LINE = re.compile(r"^\s*([\d.]+)%\s+(\S+)\s+\[.\]\s+(\S.*?)\s*$", re.MULTILINE)
WIDTH = 110


def record(events, folder):
    """Watches the bridge carry events, without the first tenth. Gives share, function and object."""
    data = f"{folder}/perf.data"
    with contextlib.ExitStack() as stack:
        _, port = stack.enter_context(redis_server())
        _, sink_port = stack.enter_context(nginx(folder))
        redis = stack.enter_context(contextlib.closing(Redis(port)))
        publish(redis, events)
        process = stack.enter_context(Bridge(port, sink_port, f"{folder}/bridge.log"))
        wait_until(lambda: ended(redis) >= events // 10, "the first events", 600, watch=[process])
        watcher = Process("perf", "record", "-q", "-F", "999", "-o", data, "-p", process.pid, log=f"{folder}/perf.log")
        # What it has seen is written when it is asked to end.
        with watcher:
            wait_until(lambda: ended(redis) >= events, "the last event", 600, watch=[process, watcher])
    report = output("perf", "report", "--stdio", "-q", "--no-children", "-F", "overhead,dso,sym", "-i", data)
    return [(float(share), name, thing) for share, thing, name in LINE.findall(report)]


def output(*command, **more):
    return run(*command, seconds=300, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, **more).stdout


def readable(names):
    """Swift's names as people write them."""
    lines = output("swift", "demangle", "--compact", "--simplified", input="\n".join(names)).splitlines()
    return [line if len(line) <= WIDTH else line[: WIDTH - 1] + "…" for line in lines]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=60_000)
    parser.add_argument("--top", type=int, default=25)
    arguments = parser.parse_args()
    obey_sigterm()
    with tempfile.TemporaryDirectory() as folder:
        found = sorted(record(arguments.events, folder), reverse=True)[: arguments.top]
    if not found:
        sys.exit("perf recorded nothing")
    names = readable(name for _, name, _ in found)
    rows = [[f"{share:.1f}", name, thing] for (share, _, thing), name in zip(found, names, strict=True)]
    print(table(["% of CPU", "function, by itself", "in"], rows))
    print(f"\nThese {len(rows)} take {sum(share for share, *_ in found):.0f} % of all.")


if __name__ == "__main__":
    main()
