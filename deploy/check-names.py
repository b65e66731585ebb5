#!/usr/bin/env python3
"""Holds alerts, their tests, the dashboard, docs/reference/metrics.md and docs/how-to/runbook.md against the metrics that the program declares. Prints what does not fit; exit status 1 then.

With --queries, prints the queries of the dashboard and of docs/ as a rule file instead, for `promtool check rules`.
"""

import json
import pathlib
import re
import sys

import yaml

DEPLOY = pathlib.Path(__file__).parent
ROOT = DEPLOY.parent
DECLARED = DEPLOY / "metrics.json"
RUNBOOK = "docs/how-to/runbook.md#"
PREFIX = "loops_bridge_"
STANDARD = {
    "up", "ALERTS", "process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds", "process_max_fds",
    "process_start_time_seconds", "process_threads", "process_virtual_memory_bytes",
}
# Labels that Prometheus and its operator add.
TARGET_LABELS = {"job", "instance", "namespace", "pod", "alertname", "alertstate", "severity", "version"}
KEYWORDS = {"and", "or", "unless", "by", "without", "on", "ignoring", "group_left", "group_right", "bool", "offset", "inf", "nan"}
DECLARATIONS = json.loads(DECLARED.read_text(encoding="utf-8"))
# The group's state is the same from every replica: adding it up would multiply it.
GROUP_GAUGES = {metric["name"].removeprefix(PREFIX) for metric in DECLARATIONS if metric["scope"] == "group"}

faults = []


def declared_metrics():
    """Names with their kind, labels and help. `make reference` writes them; tests hold them against what the program exposes."""
    return {
        metric["name"].removeprefix(PREFIX): (metric["kind"], set(metric["labels"]), metric["help"]) for metric in DECLARATIONS
    }


def series(metrics):
    """The series' names as Prometheus sees them."""
    names = {}
    for name, (kind, labels, *_) in metrics.items():
        for suffix in ("_bucket", "_sum", "_count") if kind == "histogram" else ("",):
            names[PREFIX + name + suffix] = labels | ({"le"} if suffix == "_bucket" else set())
    return names


def uses(query):
    """(name, labels that it is selected by) for each series in a query."""
    text = re.sub(r"\$\{?\w+\}?", "x", re.sub(r'"(?:[^"\\]|\\.)*"', '""', query))
    text = re.sub(r"\[[^\]]*\]", " ", text)
    text = re.sub(r"\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)", " ", text)
    for match in re.finditer(r"([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(\(|\{[^}]*\})?", text):
        name, after = match.group(1), match.group(2) or ""
        if after == "(" or name.lower() in KEYWORDS or re.fullmatch(r"\d.*", name):
            continue
        if match.start() and re.match(r"[\d.]", text[match.start() - 1]):
            continue  # the unit of a duration or the e of a number
        yield name, set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", after))


def grouping(query):
    """The labels that a query groups and matches by."""
    for labels in re.findall(r"\b(?:by|on|ignoring|group_left|group_right)\s*\(([^)]*)\)", query):
        yield from re.findall(r"\w+", labels)


def check_query(where, query, known):
    used = [known.get(name) for name, _ in uses(query)]
    if None not in used and (strange := set(grouping(query)) - set().union(*used) - TARGET_LABELS):
        faults.append(f"{where}: groups by {', '.join(sorted(strange))}, which no metric of the query has")
    for name, labels in uses(query):
        if name not in known:
            faults.append(f"{where}: no metric {name}")
        elif known[name] is not None and (strange := labels - known[name] - TARGET_LABELS):
            faults.append(f"{where}: {name} has no label {', '.join(sorted(strange))}")
    for name in GROUP_GAUGES:
        if re.search(rf"\b(sum|avg|count)\s*((by|without)\s*\([^)]*\)\s*)?\(\s*{PREFIX}{name}\b", query):
            faults.append(f"{where}: {PREFIX}{name} is the same from every replica; aggregate it with max()")


def panels(node):
    for panel in node.get("panels", []):
        yield panel
        yield from panels(panel)


def dashboard_queries(dashboard):
    for panel in panels(dashboard):
        for target in panel.get("targets", []):
            yield f"dashboard.json, “{panel['title']}”", target["expr"]
    for annotation in dashboard["annotations"]["list"]:
        yield f"dashboard.json, annotation {annotation['name']}", annotation["expr"]


def documented_queries():
    """The queries of the docs: blocks of promql, one query a paragraph, each with its page and section."""
    for page in sorted((ROOT / "docs").rglob("*.md")):
        for section in re.split(r"^## ", page.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            for block in re.findall(r"^```promql\n(.*?)^```", section, re.MULTILINE | re.DOTALL):
                for query in block.strip().split("\n\n"):
                    yield f"{page.name}, {section.splitlines()[0]}", query


def check_alert(alert, tests, headings):
    name = alert["alert"]
    if alert.get("labels", {}).get("severity") not in ("critical", "warning"):
        faults.append(f"{name}: severity is neither critical nor warning")
    annotations = alert.get("annotations", {})
    faults.extend(f"{name}: no {key}" for key in ("summary", "description") if not annotations.get(key))
    if annotations.get("runbook") != RUNBOOK + name.lower():
        faults.append(f"{name}: runbook is not {RUNBOOK}{name.lower()}")
    if name.lower() not in headings:
        faults.append(f"{name}: docs/how-to/runbook.md has no heading {name}")
    mine = [case for test in tests for case in test.get("alert_rule_test", []) if case["alertname"] == name]
    if not any(case.get("exp_alerts") for case in mine):
        faults.append(f"{name}: no test in which it fires")
    if not any(not case.get("exp_alerts") for case in mine):
        faults.append(f"{name}: no test in which it does not fire")


def main():
    dashboard = json.loads((DEPLOY / "grafana/dashboard.json").read_text(encoding="utf-8"))
    if sys.argv[1:] == ["--queries"]:
        rules = []
        for number, (_, query) in enumerate([*dashboard_queries(dashboard), *documented_queries()]):
            query = re.sub(r"\$__(rate_interval|range)", "5m", query)
            rules.append({"record": f"shown:query:{number}", "expr": re.sub(r"\$\w+", "x", query)})
        print(yaml.safe_dump({"groups": [{"name": "shown", "rules": rules}]}))
        return

    declared = declared_metrics()
    known = series(declared) | dict.fromkeys(STANDARD)
    groups = yaml.safe_load((DEPLOY / "prometheus/alerts.yaml").read_text(encoding="utf-8"))["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    known |= {rule["record"]: None for rule in rules if "record" in rule}
    tests = yaml.safe_load((DEPLOY / "prometheus/alerts.test.yaml").read_text(encoding="utf-8"))["tests"]

    for rule in rules:
        check_query(f"alerts.yaml, {rule.get('record') or rule['alert']}", rule["expr"], known)
    for test in tests:
        for entry in test["input_series"]:
            where = f"alerts.test.yaml, “{test['name']}”"
            check_query(where, entry["series"], known)
            # A series with fewer labels than the program gives it would hide a rule that matches by the wrong ones.
            for name, labels in uses(entry["series"]):
                if missing := (known.get(name) or set()) - labels:
                    faults.append(f"{where}: {name} always has the label {', '.join(sorted(missing))}")
    for where, query in [*dashboard_queries(dashboard), *documented_queries()]:
        check_query(where, query, known)

    queries = [rule["expr"] for rule in rules] + [query for _, query in dashboard_queries(dashboard)]
    used = {name for query in queries for name, _ in uses(query)}
    faults.extend(f"{rule['record']}: a record that nothing uses" for rule in rules if rule.get("record", "up") not in used | {"up"})

    text = (ROOT / "docs/reference/metrics.md").read_text(encoding="utf-8")
    described = set(re.findall(r"`(\w+?)(?:\{[\w,]*\})?`", "\n".join(row for row in text.splitlines() if row.startswith("|"))))
    faults.extend(f"{name}: docs/reference/metrics.md has it in no table" for name in sorted(set(declared) - described))
    for name, labels in re.findall(r"`(\w+?)\{([\w,]*)\}`", text):
        if name in declared and set(labels.split(",")) != declared[name][1]:
            faults.append(f"{name}: docs/reference/metrics.md gives it the labels {labels}")
    lines = re.findall(r"^#+ +(.*)$", (ROOT / "docs/how-to/runbook.md").read_text(encoding="utf-8"), re.MULTILINE)
    headings = {re.sub(r"[^\w\- ]", "", line).strip().lower().replace(" ", "-") for line in lines}
    alerts = [rule for rule in rules if "alert" in rule]
    for alert in alerts:
        check_alert(alert, tests, headings)
    queried = {where for where, _ in documented_queries()}
    faults.extend(f"{alert['alert']}: the runbook has no query for it" for alert in alerts if f"runbook.md, {alert['alert']}" not in queried)

    if faults:
        sys.exit("\n".join(faults))


main()
