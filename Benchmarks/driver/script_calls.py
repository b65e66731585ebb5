"""How long Redis was busy with single script calls, and whether it worked or waited for a core meanwhile."""

import os

from processes import status_of
from servers import SLOW_MAX, SLOW_MICROSECONDS

# Microseconds that no call may take: all others wait for it.
BAR = 5000


class ScriptCalls:
    """What Redis says of the calls since this was made."""

    def __init__(self, redis):
        self.redis = redis
        redis("CONFIG", "RESETSTAT")
        redis("SLOWLOG", "RESET")
        self.pid = int(redis.info("server")["process_id"])
        self.before = *waits(self.pid), stolen()

    def take(self):
        """The times are those of the clock: a call that lost its core in between took longer than its work."""
        now = *waits(self.pid), stolen()
        preempted, waited, taken = (later - before for later, before in zip(now, self.before))
        slow = [int(entry[2]) for entry in self.redis("SLOWLOG", "GET", SLOW_MAX) if entry[3][0].upper() in (b"EVALSHA", b"EVAL")]
        stats = self.redis.info("commandstats")
        calls = [fields(stats[name])["calls"] for name in ("cmdstat_evalsha", "cmdstat_eval") if name in stats]
        # Redis 6.2 has none. A script is sent whole only once, so EVAL has no weight in it.
        percentiles = fields(self.redis.info("latencystats").get("latency_percentiles_usec_evalsha", ""))
        return {
            "calls": int(sum(calls)),
            "over": sum(time > BAR for time in slow),
            "longest": max(slow, default=SLOW_MICROSECONDS),
            "p99.9": percentiles.get("p99.9", 0),
            "preempted": preempted,
            "waited": waited,
            "stolen": taken,
        }


def waits(pid):
    """How often Redis' main thread lost its core, and the milliseconds that it then waited for one."""
    with open(f"/proc/{pid}/schedstat") as stat:
        waited = int(stat.read().split()[1]) / 1e6
    return status_of(pid, "nonvoluntary_ctxt_switches"), waited


def stolen():
    """Milliseconds that the host gave the cores of this machine to others, summed over the cores."""
    with open("/proc/stat") as stat:
        return int(stat.readline().split()[8]) * 1000 / os.sysconf("SC_CLK_TCK")


def fields(text):
    """`a=1,b=2` as numbers."""
    return {name: float(value) for name, value in (part.split("=") for part in text.split(",") if part)}


def together(several):
    """Of several measurements: sums, and the worst."""
    worst = ("longest", "p99.9")
    return {what: (max if what in worst else sum)(one[what] for one in several) for what in several[0]}


def told(calls):
    return (
        f"{calls['over']} of {calls['calls']:,} script calls over {BAR / 1000:.0f} ms by the clock, the longest {calls['longest'] / 1000:.1f} ms, "
        f"p99.9 {calls['p99.9'] / 1000:.2f} ms; meanwhile Redis lost its core {calls['preempted']:,} times and waited "
        f"{calls['waited']:,.0f} ms for one, and the host took away {calls['stolen']:,.0f} ms of cores"
    )
