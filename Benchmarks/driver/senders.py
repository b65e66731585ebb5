"""Those who only send the requests of a file: the floors below the bridge."""

import os
import pathlib
import subprocess
import time

from processes import Process, run
from subjects import FLOOR, HERE, IN_FLIGHT

WRK_SECONDS = 5


def floor(kind, events, sink_port, requests):
    """The program `floor`; it fails when an answer is no 200."""
    line = run(FLOOR, kind, sink_port, events, IN_FLIGHT, requests, seconds=300, stdout=subprocess.PIPE).stdout
    cpu, rate, memory = map(float, line.split())
    return {"cpu": cpu, "rate": rate, "memory": memory}


def wrk(sink_port, requests, folder):
    """One thread. Its memory is looked at while it runs: what the kernel says of an ended child begins with that of its parent."""
    log, script = pathlib.Path(folder, "wrk.log"), HERE / "wrk.lua"
    command = ["wrk", "-t1", f"-c{IN_FLIGHT}", f"-d{WRK_SECONDS}s", "-s", script, f"http://127.0.0.1:{sink_port}", "--", requests]
    with Process(*command, log=log) as process:
        usage, memory = used_to_the_end(process, WRK_SECONDS + 30)
    text = log.read_text()
    if process.child.returncode or "Non-2xx" in text or "Socket errors" in text:
        raise RuntimeError(f"wrk ended with {process.child.returncode}\n{text}")
    count = next(int(line.split()[0]) for line in text.splitlines() if " requests in " in line)
    return {"cpu": (usage.ru_utime + usage.ru_stime) / count * 1e6, "rate": count / WRK_SECONDS, "memory": memory}


def used_to_the_end(process, seconds):
    """Waits for the end of a process. Gives what it used, and its most memory in megabytes."""
    end, memory = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        memory = max(memory, process.memory("VmHWM"))
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            process.child.returncode = os.waitstatus_to_exitcode(status)
            return usage, memory
        time.sleep(0.02)
    raise RuntimeError(f"{process.name} did not end in {seconds} s")
