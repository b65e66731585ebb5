#!/usr/bin/env python3
"""Runs axe over every view of the admin port in Chromium: axe.py LOOPS-BRIDGE LOOPS-BRIDGE-DEV AXE.JS [--pictures FOLDER]

Two replicas with Redis and the simulator; events that are delivered, ignored, deleted and refused. Each view is looked at without a token and with
the control token, each state of the overview as well, all of them at 390 and 1,360 px in light and dark. What axe calls serious or critical fails.
"""

import argparse
import base64
import collections
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

WIDTHS = (390, 1360)
SCHEMES = ("light", "dark")
FAILING = {"serious", "critical"}
TOKEN = "control-token-of-axe-tests"
KEY = "axe-test-key"
MAPPINGS = """\
mappings:
  - action: createOrUpdateContact
  - action: sendEvent
  - name: Erasure
    action: deleteContact
"""
# Not found by the rules, but by who looks at the figures: each run has looked at so many nodes at least.
LEAST_PASSES = 5


def free_port():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


def wait_for(what, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if found := what():
                return found
        except (OSError, ValueError):
            pass
        time.sleep(0.1)
    sys.exit(f"not there after {seconds} s: {what.__doc__}")


class Browser:
    """A headless Chromium over WebDriver's HTTP."""

    def __init__(self, home):
        self.driver = subprocess.Popen(
            ["chromedriver", "--port=0", "--log-level=SEVERE"], env={**os.environ, "HOME": home, "TMPDIR": home},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        port = None
        for line in self.driver.stdout:
            if "started successfully on port " in line:
                port = line.split()[-1].strip(".")
                break
        if port is None:
            sys.exit("chromedriver did not start")
        self.base = f"http://127.0.0.1:{port}/session"
        arguments = [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
            "--disable-background-networking", "--window-size=1360,900",
        ]
        made = self.call("POST", "", {"capabilities": {"alwaysMatch": {"timeouts": {"script": 60000}, "goog:chromeOptions": {"args": arguments}}}})
        self.base += "/" + made["sessionId"]

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as fault:
            raise RuntimeError(f"{path}: {fault.read().decode()[:1000]}") from fault

    def open(self, url):
        self.call("POST", "/url", {"url": url})

    def run(self, script, *arguments):
        return self.call("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def until(self, expression, seconds=60):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.run(f"return !!({expression})"):
                return
            time.sleep(0.05)
        sys.exit(f"not true after {seconds} s: {expression}")

    def look(self, width, scheme, height=900):
        self.develop("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.develop("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)

    def develop(self, command, **parameters):
        return self.call("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def picture(self, path, width, scheme):
        height = self.run("return document.documentElement.scrollHeight")
        self.look(width, scheme, min(height, 6000))
        path.write_bytes(base64.b64decode(self.develop("Page.captureScreenshot", format="png")["data"]))

    def axe(self, source):
        """What axe finds: findings, and how many rules passed."""
        self.run(source + "; window.axe = axe;")
        return self.call("POST", "/execute/async", {"script": """
            const done = arguments[0];
            axe.run(document, { resultTypes: ["violations"] }).then((found) => done({
              passes: found.passes.length,
              version: found.testEngine.version,
              findings: found.violations.map((one) => ({ id: one.id, impact: one.impact, help: one.help, nodes: one.nodes.map((node) => node.target.join(" ") + ": " + node.failureSummary) })),
            }), (fault) => done({ error: String(fault) }));
            """, "args": []})

    def quit(self):
        self.call("DELETE", "")
        self.driver.terminate()
        self.driver.wait()


class Audit:
    def __init__(self, browser, source, pictures):
        self.browser, self.source, self.pictures = browser, source, pictures
        self.runs, self.faults, self.version = 0, [], ""
        self.impacts = collections.Counter()

    def __call__(self, name):
        for width in WIDTHS:
            for scheme in SCHEMES:
                self.browser.look(width, scheme)
                found = self.browser.axe(self.source)
                where = f"{name}, {width} px, {scheme}"
                if "error" in found:
                    sys.exit(f"{where}: axe failed: {found['error']}")
                self.runs += 1
                self.version = found["version"]
                if found["passes"] < LEAST_PASSES:
                    self.faults.append(f"{where}: only {found['passes']} rules had something to look at")
                for one in found["findings"]:
                    self.impacts[one["impact"]] += 1
                    print(f"{where}: {one['impact']}: {one['id']}: {one['help']}")
                    for node in one["nodes"][:5]:
                        print(f"    {node}")
                    if one["impact"] in FAILING:
                        self.faults.append(f"{where}: {one['id']}")
                if self.pictures:
                    self.browser.picture(self.pictures / f"{name.replace(' ', '-')}-{width}-{scheme}.png", width, scheme)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", type=os.path.abspath)
    parser.add_argument("developers", type=os.path.abspath)
    parser.add_argument("axe", type=pathlib.Path)
    parser.add_argument("--pictures", type=pathlib.Path)
    options = parser.parse_args()
    if options.pictures:
        options.pictures.mkdir(parents=True, exist_ok=True)
    redis, api, control, admin, second = (free_port() for _ in range(5))
    with tempfile.TemporaryDirectory() as home:
        folder = pathlib.Path(home)
        (folder / "mappings.yaml").write_text(MAPPINGS, encoding="utf-8")
        environment = {
            **os.environ, "REDIS_URL": f"redis://127.0.0.1:{redis}", "LOOPS_API_KEY": KEY, "LOOPS_BASE_URL": f"http://127.0.0.1:{api}/v1",
            "BRIDGE_MAPPINGS": str(folder / "mappings.yaml"), "HTTP_CONTROL_TOKEN": TOKEN, "BRIDGE_LEASE_SECONDS": "3",
            "BRIDGE_HEARTBEAT_SECONDS": "0.25", "LOOPS_REQUEST_TIMEOUT_SECONDS": "2",
        }

        def replica(name, port):
            own = {"BRIDGE_INSTANCE": name, "HTTP_PORT": str(port), "HTTP_PUBLIC_URL": f"http://127.0.0.1:{port}/"}
            return subprocess.Popen([options.program, "run"], env={**environment, **own}, stdout=subprocess.DEVNULL, stderr=(folder / name).open("w"))

        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        started = {
            "redis": subprocess.Popen(["redis-server", "--port", str(redis), "--save", "", "--dir", home], **quiet),
            "simulator": subprocess.Popen(
                [options.developers, "simulate", "--port", str(api), "--admin-port", str(control), "--rate-limit", "0", "--api-key", KEY], **quiet),
            "first": replica("bridge-1", admin),
            "second": replica("bridge-2", second),
        }
        browser = None
        try:
            browser = Browser(home)
            audit = Audit(browser, options.axe.read_text(encoding="utf-8"), options.pictures)
            look(audit, browser, started, redis, f"http://127.0.0.1:{admin}/", f"http://127.0.0.1:{second}/")
        finally:
            if browser:
                browser.quit()
            for child in reversed(started.values()):
                child.terminate()
            for child in started.values():
                child.wait()
    counts = ", ".join(f"{count} {impact}" for impact, count in sorted(audit.impacts.items(), key=str)) or "none"
    print(f"axe {audit.version}: {audit.runs} runs; findings: {counts}")
    for fault in audit.faults:
        print(fault, file=sys.stderr)
    sys.exit(1 if audit.faults else 0)


def status(address):
    with urllib.request.urlopen(address + "status.json", timeout=10) as answer:
        return json.load(answer)


def publish(redis, events):
    lines = "".join(f"XADD segment:events * event {json.dumps(json.dumps(event))}\n" for event in events)
    subprocess.run(["redis-cli", "-p", str(redis)], input=lines, text=True, check=True, stdout=subprocess.DEVNULL)


def look(audit, browser, started, redis, address, other):
    def ready():
        """both replicas own partitions"""
        states = [status(one) for one in (address, other)]
        return all(one["ready"] and one["streams"][0]["partitions"]["assigned"] == 32 for one in states)

    wait_for(ready)
    events = []
    for number in range(60):
        user, email = f"user-{number}", f"user-{number}@example.com"
        events.append({"type": "identify", "messageId": f"i-{number}", "userId": user, "traits": {"email": email, "plan": "pro"}})
        events.append({"type": "track", "messageId": f"t-{number}", "userId": user, "event": "Signed Up", "properties": {"email": email}})
    for number in range(8):
        events.append({"type": "page", "messageId": f"p-{number}", "userId": f"user-{number}", "name": "Pricing"})
        events.append({"type": "delete", "messageId": f"d-{number}", "userId": f"user-{number}"})
        events.append({"type": "identify", "messageId": f"b-{number}", "userId": f"bad-{number}", "traits": {"email": "no address"}})
    publish(redis, events)

    def done():
        """all events are completed"""
        return sum(sum(status(one)["completed"].values()) for one in (address, other)) == len(events)

    wait_for(done)
    rows = "document.querySelectorAll('#{}-rows tr').length > 0".format
    for access in ("anyone", "control"):
        browser.open(address)
        browser.until("document.body.dataset.state === 'degraded' && !document.getElementById('failures-box').hidden")
        if access == "control":
            browser.run("document.getElementById('access-box').open = true")
            audit("sign-in")
            browser.run("document.getElementById('token').value = arguments[0]; document.querySelector('#sign-in button').click()", TOKEN)
            browser.until("document.body.dataset.access === 'control'")
        browser.run("document.getElementById('settings-box').open = true")
        audit(f"overview {access}")
        for view in ("events", "dead", "mappings", "replicas"):
            browser.run("location.hash = arguments[0]", f"#{view}")
            names = {"dead": "letters"}
            browser.until(rows(names.get(view, view)))
            if view == "mappings" and access == "control":
                browser.run("document.getElementById('try-event').value = arguments[0]; document.querySelector('#try button').click()", json.dumps(events[1]))
                browser.until("document.querySelector('#try-answer summary') !== null")
            audit(f"{view} {access}")
        browser.run("location.hash = '#events'")
        browser.until(rows("events"))
        for outcome in ("delivered", "deadLettered", "ignored", "deleted"):
            browser.run("const s = document.getElementById('events-outcome'); s.value = arguments[0]; s.dispatchEvent(new Event('change'))", outcome)
            browser.until(f"document.querySelector('#events-rows [data-label=Outcome]')?.textContent === '{outcome}'")
            browser.run("document.querySelector('#events-rows a').click()")
            browser.until("document.querySelector('#event-body .facts') !== null")
            audit(f"event {outcome} {access}")
            browser.run("location.hash = '#events'")
            browser.until("document.getElementById('event').hidden")
        browser.run("document.getElementById('events-query').value = 'nothing'; document.querySelector('#events-filter button').click()")
        browser.until("!document.getElementById('events-empty').hidden")
        audit(f"events empty {access}")
        browser.run("location.hash = '#dead'")
        browser.until(rows("letters"))
        browser.run("document.querySelector('#letters-rows a').click()")
        browser.until("document.querySelector('#letter-body .facts') !== null")
        if access == "control":
            browser.run("document.querySelector('#letter-body [data-action=replay]').click()")
            browser.until("document.querySelector('#letter-body [data-confirm=replay]') !== null")
            # Asked without a reason: the field says so.
            browser.run("document.querySelector('#letter-body [data-confirm=replay]').click()")
            browser.run("document.querySelector('#letters-bulk [data-action=drop]').click()")
            browser.until("document.querySelector('#letters-bulk [data-confirm=drop]') !== null")
        audit(f"letter {access}")
    browser.open(address + "runbook#loopsbridgeredisdown")
    audit("runbook")

    browser.open(address)
    browser.until("document.body.dataset.access === 'control'")
    browser.run("document.querySelector('#pause input').value = 'an import'; document.querySelector('#pause button').click()")
    browser.until("document.body.dataset.state === 'paused'")
    # Drawn from the samples, one every two seconds.
    browser.until("document.querySelector('#ends-spark .paused')?.getAttribute('d')")
    audit("overview paused")
    browser.run("document.querySelector('#pause input').value = 'it is in'; document.querySelector('#pause button:last-of-type').click()")
    browser.until("document.body.dataset.state !== 'paused'")
    started["simulator"].terminate()
    started["simulator"].wait()
    publish(redis, events[:40])
    browser.until("document.body.dataset.state === 'blocked'")
    browser.until("document.querySelector('#waiting-spark .blocked')?.getAttribute('d')")
    audit("overview blocked")
    started["first"].terminate()
    browser.until("document.body.dataset.state === 'lost'", 90)
    audit("overview lost")


main()
