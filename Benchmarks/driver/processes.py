"""Child processes, and what /proc says about them."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time

TICK = os.sysconf("SC_CLK_TCK")
PRCTL, PR_SET_PDEATHSIG = ctypes.CDLL(None).prctl, 1


def end_with_parent():
    """Runs in a child before its program: should this process end without a word, the child is asked to end too."""
    PRCTL(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def obey_sigterm():
    """Lets SIGTERM end the program through its with statements, so that no child stays behind."""

    def leave(*_):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        sys.exit(143)

    signal.signal(signal.SIGTERM, leave)


def say(text):
    """For whoever waits: what is done, what has come out."""
    print(text, file=sys.stderr, flush=True)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def run(*command, seconds, check=True, **more):
    """Runs a program to its end. Raises when that takes too long or, asked to check, when it fails."""
    command = [str(part) for part in command]
    return subprocess.run(command, check=check, timeout=seconds, preexec_fn=end_with_parent, **more)


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
                preexec_fn=end_with_parent,
            )
        self.name = os.path.basename(str(command[0]))
        self.log = log

    @property
    def pid(self):
        return self.child.pid

    def tail(self):
        """The end of its log."""
        if not self.log:
            return ""
        with open(self.log, errors="replace") as log:
            return log.read()[-2000:]

    def check(self):
        """Raises when the process has ended by itself."""
        if self.child.poll() is not None:
            raise RuntimeError(f"{self.name} ended with {self.child.returncode}\n{self.tail()}")

    def cpu(self):
        """Seconds of CPU, user and system, of all its threads, and of its own children that live."""
        return cpu_of(self.pid) + sum(cpu_of(pid) for pid in children_of(self.pid))

    def memory(self, what="VmRSS"):
        """Megabytes: VmRSS now, VmHWM at most."""
        return status_of(self.pid, what) / 1024

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def threads(self):
        return len(os.listdir(f"/proc/{self.pid}/task"))

    def local_ports(self):
        """Where its TCP connections go out from."""
        folder = f"/proc/{self.pid}"
        sockets = {os.readlink(f"{folder}/fd/{name}") for name in os.listdir(f"{folder}/fd")}
        with open(f"{folder}/net/tcp") as table:
            lines = [line.split() for line in table.readlines()[1:]]
        return {int(fields[1].split(":")[1], 16) for fields in lines if f"socket:[{fields[9]}]" in sockets}

    def stop(self):
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
            try:
                self.child.wait(30)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait(30)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def status_of(pid, what):
    """A number of /proc/PID/status; 0 when the process has ended."""
    try:
        with open(f"/proc/{pid}/status") as status:
            return next((int(line.split()[1]) for line in status if line.startswith(what + ":")), 0)
    except (FileNotFoundError, ProcessLookupError):
        return 0


def cpu_of(pid):
    """In ticks, mostly of 10 ms: /proc/PID/schedstat is finer, but leaves out threads that have ended."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICK
    except (FileNotFoundError, ProcessLookupError):
        return 0.0


def children_of(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as children:
            return [int(child) for child in children.read().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def wait_until(holds, what, seconds=60, every=0.02, watch=()):
    """Looks until it holds. Raises when that takes too long or one of the watched processes has ended."""
    end = time.monotonic() + seconds
    while not holds():
        for process in watch:
            process.check()
        if time.monotonic() > end:
            tails = "\n".join(process.tail() for process in watch)
            raise RuntimeError(f"waited {seconds} s in vain for {what}\n{tails}")
        time.sleep(every)
