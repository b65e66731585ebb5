#!/usr/bin/env python3
"""Runs the commands of docs/how-to/runbook.md as they stand there, with a Redis, a simulator and the bridge: runbook.py LOOPS-BRIDGE SIMULATOR

Each command of the blocks `sh` that begins with loops-bridge, redis-cli or curl has to end with status 0 and say something. Words in capitals are
replaced by what they stand for here. Commands of kubectl and systemctl are counted and not run: there is no cluster and no unit.
"""

import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs/how-to/runbook.md"
# May say nothing: what they print is in a file.
SILENT = (">status.json",)
# Without a replica's answer, the health is unknown: that is status 1.
ENDS_WITH_1 = ("loops-bridge status --redis",)


def blocks():
    for section in re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.M)[1:]:
        for block in re.findall(r"^```sh\n(.*?)^```", section, re.M | re.S):
            for line in block.strip().splitlines():
                yield section.splitlines()[0], line


def free_port():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


def wait_for(what, seconds=30):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if (found := what()) is not None:
                return found
        except (OSError, ValueError):
            pass
        time.sleep(0.1)
    sys.exit(f"not there after {seconds} s: {what.__doc__}")


def main():
    program, simulator = (os.path.abspath(path) for path in sys.argv[1:3])
    redis, api, control, admin = (free_port() for _ in range(4))
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "bin").mkdir()
        (folder / "bin/loops-bridge").symlink_to(program)
        environment = {
            "PATH": f"{folder}/bin:{os.environ['PATH']}",
            "REDIS_URL": f"redis://127.0.0.1:{redis}",
            "LOOPS_API_KEY": "runbook-test-key",
            "LOOPS_BASE_URL": f"http://127.0.0.1:{api}/v1",
            "HTTP_PORT": str(admin),
            "HTTP_CONTROL_TOKEN": "a-token-for-the-runbook",
        }
        quiet = {"stdout": subprocess.DEVNULL, "stderr": (folder / "log").open("w")}
        started = [
            subprocess.Popen(["redis-server", "--port", str(redis), "--save", "", "--dir", str(folder)], **quiet),
            subprocess.Popen(
                [simulator, "simulate", "--port", str(api), "--admin-port", str(control), "--rate-limit", "0", "--api-key", "runbook-test-key"],
                **quiet,
            ),
            subprocess.Popen([program, "run"], env=environment, **quiet),
        ]
        try:
            run(folder, environment, redis, api, admin)
        finally:
            for child in reversed(started):
                child.terminate()
            for child in started:
                child.wait()


def run(folder, environment, redis, api, admin):
    def shell(command):
        return subprocess.run(["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, timeout=60)

    def ready():
        """the bridge is ready"""
        return urllib.request.urlopen(f"http://127.0.0.1:{admin}/readyz", timeout=5).status == 200 or None

    wait_for(ready)
    event = {"type": "identify", "messageId": "m-1", "userId": "u-1", "traits": {"email": "ann@example.com"}}
    refused = {"type": "identify", "messageId": "m-2", "userId": "u-2", "traits": {"email": "no address"}}
    for one in (event, refused):
        text = json.dumps(one).replace("'", "'\\''")
        shell(f"redis-cli -u $REDIS_URL XADD segment:events '*' event '{text}'")
    (folder / "event.json").write_text(json.dumps(event) + "\n", encoding="utf-8")

    def dead_letter():
        """a dead letter"""
        lines = shell("loops-bridge dead list --json").stdout.splitlines()
        return json.loads(lines[0])["id"] if lines else None

    letter = wait_for(dead_letter)
    stand_ins = [
        (r"\bMESSAGE_ID\b", "m-1"), (r"\bCONTACT\b", "u-1"), (r"\bID\b", letter),
        (r"\bFILE\b", str(ROOT / "deploy/mappings.example.yaml")), (r"\bREPLICA\b", "127.0.0.1"), (r"\b9464\b", str(admin)),
        (r"https://app\.loops\.so/api/v1", f"http://127.0.0.1:{api}/v1"),
    ]
    faults, count, left_out = [], 0, 0
    for section, line in blocks():
        if not re.match(r"loops-bridge|redis-cli|curl", line):
            left_out += 1
            continue
        command = line
        for word, what in stand_ins:
            command = re.sub(word, what, command)
        count += 1
        done = shell(command)
        wanted = 1 if line in ENDS_WITH_1 else 0
        if done.returncode != wanted or not (done.stdout or done.stderr or line.endswith(SILENT)):
            faults.append(f"{section}: {line}\n  status {done.returncode}: {(done.stderr or done.stdout).strip()[:500]}")
    print("\n".join(faults))
    print(f"{count} commands of the runbook run, {len(faults)} failed; {left_out} of kubectl and systemctl not run")
    sys.exit(1 if faults else 0)


main()
