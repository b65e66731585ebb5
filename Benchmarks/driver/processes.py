"""Child processes, and what /proc says about them."""

import os
import signal
import socket
import subprocess
import time

TICK = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Process:
    """A child in a with statement: asked to end at its close, made to end after 30 seconds."""

    def __init__(self, *command, env=None, log=None):
        with open(log or os.devnull, "wb") as output:
            self.child = subprocess.Popen(
                [str(part) for part in command],
                env={**os.environ, **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self.name = os.path.basename(str(command[0]))
        self.log = log

    @property
    def pid(self):
        return self.child.pid

    def check(self):
        """Raises when the process has ended by itself."""
        if self.child.poll() is not None:
            tail = ""
            if self.log:
                with open(self.log, errors="replace") as log:
                    tail = log.read()[-2000:]
            raise RuntimeError(f"{self.name} ended with {self.child.returncode}\n{tail}")

    def cpu(self):
        """Seconds of CPU, user and system, of all its threads, and of its own children that live."""
        return cpu_of(self.pid) + sum(cpu_of(pid) for pid in children_of(self.pid))

    def memory(self, what="VmRSS"):
        """Megabytes: VmRSS now, VmHWM at most."""
        with open(f"/proc/{self.pid}/status") as status:
            for line in status:
                if line.startswith(what + ":"):
                    return int(line.split()[1]) / 1024
        return 0.0

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def threads(self):
        return len(os.listdir(f"/proc/{self.pid}/task"))

    def stop(self):
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
            try:
                self.child.wait(30)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def cpu_of(pid):
    """In ticks, mostly of 10 ms: /proc/PID/schedstat is finer, but leaves out threads that have ended."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICK
    except FileNotFoundError:
        return 0.0


def children_of(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as children:
            return [int(child) for child in children.read().split()]
    except FileNotFoundError:
        return []


def wait_until(holds, what, seconds=60, every=0.02, watch=()):
    """Looks until it holds. Raises when that takes too long or one of the watched processes has ended."""
    end = time.monotonic() + seconds
    while not holds():
        for process in watch:
            process.check()
        if time.monotonic() > end:
            raise RuntimeError(f"waited {seconds} s in vain for {what}")
        time.sleep(every)
