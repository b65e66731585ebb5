#!/usr/bin/env python3
"""Writes dashboard.json beside this file. With --check, writes nothing and fails when the file is not what would be written."""

import json
import pathlib
import sys

TARGET = pathlib.Path(__file__).with_name("dashboard.json")
SOURCE = {"type": "prometheus", "uid": "${datasource}"}
# What every query is narrowed to. Not every metric has a stream: those that belong to a process or to the team's budget have none.
JOB = 'namespace=~"$namespace", job=~"$job"'
STREAM = JOB + ', stream=~"$stream"'
GREEN, ORANGE, RED, BLUE = "green", "orange", "red", "blue"


def metric(name, labels=JOB, extra=""):
    return f"loops_bridge_{name}{{{labels}{', ' + extra if extra else ''}}}"


def rate(name, by="", labels=JOB, extra=""):
    """Counters belong to one replica each: the rate first, which forgives restarts, then the sum."""
    return f"sum{f' by ({by})' if by else ''} (rate({metric(name, labels, extra)}[$__rate_interval]))"


def group(name, by="stream", labels=STREAM):
    """What describes the group is reported by every replica: the maximum, never the sum."""
    return f"max{f' by ({by})' if by else ''} ({metric(name, labels)})"


def recorded(name):
    """A record of alerts.yaml, for looks over days."""
    return f"job:loops_bridge_{name}{{{JOB}}}"


def quantile(q, name, by="", labels=JOB):
    buckets = rate(name + "_bucket", "le" + (", " + by if by else ""), labels)
    return f"histogram_quantile({q}, {buckets})"


def thresholds(*steps):
    first, *rest = steps
    return {
        "mode": "absolute",
        "steps": [{"color": first, "value": None}] + [{"color": color, "value": value} for value, color in rest],
    }


def panel(kind, title, text, queries, unit="short", width=6, height=7, **options):
    """`queries`: expression, or (expression, legend) pairs. `text` says what the panel shows and what to make of it."""
    if isinstance(queries, str):
        queries = [(queries, title)]
    defaults = {"unit": unit}
    if "steps" in options:
        defaults["thresholds"] = thresholds(*options["steps"])
    for key in ("min", "max", "decimals", "noValue", "mappings"):
        if key in options:
            defaults[key] = options[key]
    shown = {}
    if kind == "timeseries":
        custom = {"lineWidth": 1, "fillOpacity": options.get("fill", 8), "showPoints": "never", "spanNulls": False}
        if options.get("stack"):
            custom["stacking"] = {"mode": "normal", "group": "A"}
        if "steps" in options:
            custom["thresholdsStyle"] = {"mode": "dashed"}
        defaults["custom"] = custom
        defaults.setdefault("min", 0)
        shown = {
            "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True},
            "tooltip": {"mode": "multi", "sort": "desc"},
        }
    elif kind == "stat":
        shown = {
            "colorMode": "value",
            "graphMode": "area",
            "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
            "textMode": options.get("text_mode", "auto"),
        }
    elif kind == "bargauge":
        shown = {
            "displayMode": "gradient",
            "orientation": "horizontal",
            "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
        }
    return {
        "type": kind,
        "title": title,
        "description": text,
        "datasource": SOURCE,
        "gridPos": {"w": width, "h": height},
        "targets": [
            {"refId": chr(65 + i), "datasource": SOURCE, "expr": expr, "legendFormat": legend}
            for i, (expr, legend) in enumerate(queries)
        ],
        "fieldConfig": {"defaults": defaults, "overrides": []},
        "options": shown,
    }


LIMIT = group("ratelimit_limit", "", JOB)
# What every environment has of its own, before it is added up.
EACH = "namespace, job, stream"
UNRECORDED = "no records: alerts.yaml is not loaded"
YES_NO = [{"type": "value", "options": {"0": {"text": "no", "color": RED}, "1": {"text": "yes", "color": GREEN}}}]

ROWS = [
    ("Objectives", [
        # ">= 0" takes out NaN, which is what a quantile of nothing is.
        panel("stat", "Event age, median", "From an event's own timestamp to its delivery, over the last minutes.",
              quantile(0.5, "event_age_seconds") + " >= 0", "s", 4, 4, steps=(GREEN, (60, ORANGE), (900, RED)), noValue="no deliveries"),
        panel("stat", "Event age, 99th percentile", "One event in a hundred is older than this when it is delivered.",
              quantile(0.99, "event_age_seconds") + " >= 0", "s", 4, 4, steps=(GREEN, (300, ORANGE), (900, RED)), noValue="no deliveries"),
        panel("stat", "Delivered a second", "Requests that Loops took. The team's limit, 10 a second, is the ceiling for all replicas together.",
              rate("deliveries_total", extra='outcome=~"delivered|duplicate"'), "reqps", 4, 4, decimals=1),
        panel("stat", "Oldest in hand", "Age of the oldest entry that was taken up and not finished. An alert fires at 15 minutes.",
              group("oldest_unacked_age_seconds", ""), "s", 4, 4, steps=(GREEN, (300, ORANGE), (900, RED)), noValue="nothing in hand"),
        panel("stat", "Time to drain", "How long what waits would take at the pace of the last minute.",
              group("backlog_catch_up_seconds", ""), "s", 4, 4, steps=(GREEN, (3600, ORANGE), (14400, RED)), noValue="unknown"),
        panel("stat", "Dead letters", "Entries in the dead-letter streams. Someone should look at each.",
              f"sum ({group('dlq_length', EACH)})", "short", 4, 4, steps=(GREEN, (1, ORANGE)), noValue="unknown"),
        panel("timeseries", "Age of events at delivery", "", [
            (quantile(0.5, "event_age_seconds"), "median"), (quantile(0.99, "event_age_seconds"), "99th percentile")], "s", 9),
        panel("timeseries", "Delivered a second, and the limit", "Replicas do not raise this line; the limit belongs to the team.", [
            (rate("deliveries_total", extra='outcome=~"delivered|duplicate"'), "delivered"),
            (group("ratelimit_effective_rate", "", JOB), "rate that the bridge allows itself"),
            (LIMIT, "limit by Loops")], "reqps", 9),
        panel("stat", "Delivered in 24 hours", "Requests that Loops took, by the recorded rate.",
              f"sum (86400 * avg_over_time({recorded('deliveries:rate5m')}[1d]))", "short", 3, decimals=0, noValue=UNRECORDED),
        panel("stat", "Worst age in 24 hours", "The highest that the 99th percentile of the event age was, by its record.",
              f"max (max_over_time({recorded('event_age_seconds:p99_5m')}[1d]))", "s", 3,
              steps=(GREEN, (300, ORANGE), (900, RED)), noValue="no deliveries"),
    ]),
    ("Flow: read → mapped → ended → delivered", [
        panel("bargauge", "Funnel, entries a second", "Entries read, events that a mapping took, entries ended by outcome, requests delivered. One entry can make several requests or none.", [
            (rate("entries_read_total", labels=STREAM), "read"),
            (rate("events_mapped_total", extra='outcome="mapped"'), "mapped"),
            (rate("events_mapped_total", extra='outcome="filtered"'), "filtered"),
            (rate("entries_completed_total", labels=STREAM), "ended"),
            (rate("entries_completed_total", labels=STREAM, extra='outcome="ignored"'), "of these ignored"),
            (rate("entries_completed_total", labels=STREAM, extra='outcome="dead_lettered"'), "of these dead-lettered"),
            (rate("deliveries_total", extra='outcome=~"delivered|duplicate"'), "requests delivered")], "short", 8, 8, min=0, decimals=2),
        panel("timeseries", "Entries ended, by outcome", "Every entry ends exactly once.",
              [(rate("entries_completed_total", "outcome", STREAM), "{{outcome}}")], "short", 8, 8, stack=True, fill=30),
        panel("timeseries", "Saved requests", "Events that needed no request of their own, and what the mappings' options changed.", [
            (rate("events_coalesced_total", "kind"), "coalesced: {{kind}}"),
            (rate("mapping_adjustments_total", "kind", STREAM), "adjusted: {{kind}}")], "short", 8, 8),
        panel("timeseries", "Dead letters, by reason", "In a minute. Counted by the replica that moved them.",
              [(f"60 * {rate('dead_letters_total', 'reason')}", "{{reason}}")], "short", 6, stack=True, fill=30),
        panel("timeseries", "Retries, by reason", "In a minute.",
              [(f"60 * {rate('retries_total', 'reason')}", "{{reason}}")], "short", 6, stack=True, fill=30),
        panel("timeseries", "Sent nothing, on purpose", "In a minute. Filtered: no mapping takes the event, or it says so itself. Expired: older than its mapping's maxAge.", [
            (f"60 * {rate('events_filtered_total', 'reason')}", "filtered: {{reason}}"),
            (f"60 * {rate('requests_expired_total')}", "expired")], "short", 6, stack=True, fill=30),
        panel("timeseries", "Repeated and oversized entries", "In a minute. Redelivered: pending from before, after a crash. Known: had been delivered.", [
            (f"60 * {rate('redeliveries_total', 'cause', STREAM)}", "redelivered: {{cause}}"),
            (f"60 * {rate('duplicates_total', 'detected_by')}", "known by {{detected_by}}"),
            (f"60 * {rate('oversized_entries_total', labels=STREAM)}", "oversized")], "short", 6),
    ]),
    ("Loops API", [
        panel("timeseries", "Requests by status", "“none”: no answer came.",
              [(rate("api_requests_total", "status"), "{{status}}")], "reqps", 8, 8, stack=True, fill=30),
        panel("timeseries", "Time to answer", "From a request's start to its answer, all operations.", [
            (quantile(0.5, "api_request_duration_seconds"), "median"),
            (quantile(0.99, "api_request_duration_seconds"), "99th percentile"),
            (quantile(0.99, "api_request_duration_seconds", "operation"), "99th percentile, {{operation}}")], "s", 8, 8),
        panel("timeseries", "Budget: remaining and limit", "As Loops' answers say. Remaining near 0 while the bridge is slow: someone else uses the team's key.", [
            (LIMIT, "limit"), (f"min ({metric('ratelimit_remaining')})", "remaining")], "short", 8, 8),
        panel("timeseries", "Throttled share", "429 among all answers. An alert fires above 5 %.",
              [(f"{rate('api_requests_total', extra='status=' + chr(34) + '429' + chr(34))} / {rate('api_requests_total')}", "429")],
              "percentunit", 6, steps=("transparent", (0.05, RED))),
        panel("timeseries", "Permits and waiting for them", "Permits by outcome a second, and how long requests waited for one.", [
            (rate("ratelimit_permits_total", "outcome"), "{{outcome}}"),
            (quantile(0.99, "ratelimit_wait_seconds"), "99th percentile of waiting (s)")], "short", 6),
        panel("timeseries", "Under way", "Requests that wait for an answer, by replica.",
              [(f"sum by (instance) ({metric('api_inflight_requests')})", "{{instance}}")], "short", 6, stack=True),
        panel("stat", "Key accepted", "No: everything is held, nothing is lost. A person must mend the key.",
              f"min ({metric('api_key_accepted')})", "short", 2, mappings=YES_NO),
        panel("stat", "Circuit open", "Replicas for which Loops does not answer.",
              f"sum ({metric('circuit_breaker_state')})", "short", 2, steps=(GREEN, (1, RED))),
        panel("stat", "Key conflicts", "Idempotency keys that Loops knew with another body, in the range shown.",
              f"sum (increase({metric('api_idempotency_conflicts_total', extra='meaning=' + chr(34) + 'different_body' + chr(34))}[$__range]))",
              "short", 2, steps=(GREEN, (1, RED)), decimals=0),
    ]),
    ("Backlog", [
        panel("timeseries", "Waiting: lag and pending", "Lag: not taken up yet; a gap means that Redis does not know it. Pending: taken up, not acknowledged.", [
            (group("group_lag"), "{{stream}} lag"), (group("group_pending"), "{{stream}} pending")], "short", 12, 8),
        panel("timeseries", "Time to drain", "At the pace of the last minute. An alert fires at 4 hours.",
              [(group("backlog_catch_up_seconds"), "{{stream}}")], "s", 12, 8, steps=("transparent", (14400, RED))),
        panel("timeseries", "Length of the stream", "Finished entries stay until they are trimmed.",
              [(group("stream_length"), "{{stream}}")], "short", 6),
        panel("timeseries", "Time until trimming loses events", "No line: trimming does not come near. An alert fires below an hour.",
              [(group("trim_headroom_seconds"), "{{stream}}")], "s", 6, steps=(RED, (3600, "transparent"))),
        panel("timeseries", "Dead letters: number and oldest", "", [
            (group("dlq_length"), "{{stream}}"), (group("dlq_oldest_age_seconds"), "{{stream}} oldest (s)")], "short", 6),
        panel("stat", "Lost to trimming", "Entries that a producer trimmed before they were delivered, in the range shown.",
              f"sum (increase({metric('entries_lost_total', STREAM)}[$__range]))", "short", 2, steps=(GREEN, (1, RED)), decimals=0),
        panel("stat", "Lag known", "No: Redis cannot tell, and the backlog above shows only a part.",
              f"min ({group('group_lag_known', EACH)})", "short", 2, mappings=YES_NO),
        panel("stat", "Paused", "Held by a person; goes on when it is resumed.",
              f"max ({metric('stream_paused')})", "short", 2,
              mappings=[{"type": "value", "options": {"0": {"text": "no", "color": GREEN}, "1": {"text": "yes", "color": ORANGE}}}]),
    ]),
    ("Partitions and leases", [
        panel("timeseries", "Partitions by replica", "Stacked to the number of partitions. A step is a replica that came or went.",
              [(f"sum by (instance) ({metric('partitions_assigned', STREAM)})", "{{instance}}")], "short", 8, 8, stack=True, fill=30),
        panel("timeseries", "Partitions without an owner", "A takeover takes seconds. An alert fires after 2 minutes.",
              [(group("partitions_unassigned"), "{{stream}}")], "short", 8, 8),
        panel("timeseries", "Takeovers, by cause", "In a minute: first (nobody had it), release (given back), crash (its owner was silent).", [
            (f"60 * {rate('partition_takeovers_total', 'cause', STREAM)}", "{{cause}}"),
            (quantile(0.99, "partition_takeover_duration_seconds"), "99th percentile of duration (s)")], "short", 8, 8),
        panel("timeseries", "Fences and failed renewals", "In a minute. A few belong to each takeover; if they go on, something pauses replicas.", [
            (f"60 * {rate('fencing_rejections_total', 'operation', STREAM)}", "refused: {{operation}}"),
            (f"60 * {rate('lease_renew_failures_total', labels=STREAM)}", "renewals failed")], "short", 8),
        panel("timeseries", "Contacts that wait for a retry", "By replica.",
              [(f"sum by (instance) ({metric('contacts_in_backoff')})", "{{instance}}")], "short", 6),
        panel("stat", "Replicas", "That answer Prometheus.", f"sum (up{{{JOB}}})", "short", 2),
        panel("stat", "Members", "Replicas as the group sees them.", group("group_members", ""), "short", 2),
        panel("stat", "Drained", "Replicas that a person has told to own nothing; they go on when they are resumed.",
              f"sum ({metric('replica_drained')})", "short", 2, steps=(GREEN, (1, ORANGE))),
        panel("stat", "Settings", "Different settings among replicas; more than 1 for long is a fault.",
              f"max (count by (namespace, job) (count by (namespace, job, hash) ({metric('config_info')})))", "short", 2, steps=(GREEN, (2, ORANGE))),
        panel("stat", "Order violations", "In the range shown, with requests that left after their lease. Must be 0.",
              f"sum (increase({metric('order_violations_total')}[$__range])) + sum (increase({metric('requests_sent_late_total')}[$__range]))",
              "short", 2, steps=(GREEN, (1, RED)), decimals=0),
    ]),
    ("Redis", [
        panel("timeseries", "Connected", "1 while a replica has its connection.",
              [(f"min by (instance) ({metric('redis_up')})", "{{instance}}")], "short", 6, max=1),
        panel("timeseries", "Reconnections", "In a minute.",
              [(f"60 * {rate('redis_reconnects_total', 'instance')}", "{{instance}}")], "short", 6),
        panel("timeseries", "Time of commands, 99th percentile", "By command.",
              [(quantile(0.99, "redis_command_duration_seconds", "command"), "{{command}}")], "s", 6),
        panel("timeseries", "Commands a second", "By command.",
              [(rate("redis_command_duration_seconds_count", "command"), "{{command}}")], "ops", 6, stack=True),
        panel("stat", "Groups made again", "In the range shown. The group was gone, as after FLUSHALL.",
              f"sum (increase({metric('group_recreations_total', STREAM)}[$__range]))", "short", 6, 4, steps=(GREEN, (1, RED)), decimals=0),
    ]),
    ("Mappings", [
        panel("timeseries", "Delivered by mapping", "Events a second that each mapping delivered, deletions included.",
              [(rate("mapping_events_total", "mapping", extra='outcome=~"delivered|deleted"'), "{{mapping}}")], "ops", 6, stack=True),
        panel("timeseries", "Dead-lettered by mapping", "Events in a minute. A mapping that shows here after a change of it should be looked at.",
              [(f"""60 * {rate('mapping_events_total', 'mapping', extra='outcome="dead_lettered"')}""", "{{mapping}}")], "short", 6, stack=True),
        panel("timeseries", "Expired by mapping", "Events in a minute that were older than the mapping's maxAge.",
              [(f"""60 * {rate('mapping_events_total', 'mapping', extra='outcome="expired"')}""", "{{mapping}}")], "short", 6, stack=True),
        panel("timeseries", "Time of requests by mapping, 99th percentile", "From a request's start to its answer.",
              [(quantile(0.99, "mapping_request_duration_seconds", "mapping"), "{{mapping}}")], "s", 6),
    ]),
    ("Intake (loops-bridge ingest)", [
        panel("timeseries", "Events added by write key", "Events a second that the intake added to streams.",
              [(rate("ingest_events_accepted_total", "key"), "{{key}}")], "ops", 6, stack=True),
        panel("timeseries", "Requests by status", "Requests a second.",
              [(rate("ingest_requests_total", "status"), "{{status}}")], "reqps", 6, stack=True),
        panel("timeseries", "Refused and dropped", "In a minute: requests by the code of the answer, events by reason, events that were there already.", [
            (f"60 * {rate('ingest_refusals_total', 'code')}", "{{code}}"),
            (f"60 * {rate('ingest_events_dropped_total', 'reason')}", "{{reason}}"),
            (f"60 * {rate('ingest_events_duplicate_total', 'key')}", "duplicate, {{key}}")], "short", 6),
        panel("timeseries", "Held requests and outage", "Requests that wait for Redis, and for how long nothing could be added.", [
            (f"sum by (stream) ({metric('ingest_held_requests')})", "held, {{stream}}"),
            (f"max by (stream) ({metric('ingest_outage_seconds')})", "outage in seconds, {{stream}}")], "short", 6),
        panel("timeseries", "Time of requests, 99th percentile", "From a request's whole body to its answer.",
              [(quantile(0.99, "ingest_request_duration_seconds"), "99 %")], "s", 6),
        panel("timeseries", "Time of Redis, 99th percentile", "Of the calls that add events.",
              [(quantile(0.99, "ingest_script_duration_seconds"), "99 %")], "s", 6),
        panel("timeseries", "Events by library", "Events a second, by context.library.",
              [(rate("ingest_sdk_events_total", "sdk"), "{{sdk}}")], "ops", 6, stack=True),
        panel("timeseries", "Length of streams", "Entries after the last call.",
              [(f"max by (stream) ({metric('ingest_stream_length')})", "{{stream}}")], "short", 6),
    ]),
    ("Process", [
        panel("timeseries", "CPU", "Cores in use.", [(f"rate(process_cpu_seconds_total{{{JOB}}}[$__rate_interval])", "{{instance}}")], "short", 6),
        panel("timeseries", "Resident memory", "", [(f"process_resident_memory_bytes{{{JOB}}}", "{{instance}}")], "bytes", 6),
        panel("timeseries", "Entries in memory", "At most 8,192 entries of a stream, or 16 MB.",
              [(f"sum by (instance) ({metric('entries_buffered')})", "{{instance}}")], "short", 6),
        panel("timeseries", "Open files", "Against the limit.", [
            (f"process_open_fds{{{JOB}}}", "{{instance}}"), (f"min (process_max_fds{{{JOB}}})", "limit")], "short", 6),
        panel("timeseries", "Up since", "Time since each process began.", [(f"time() - process_start_time_seconds{{{JOB}}}", "{{instance}}")], "s", 6),
        panel("timeseries", "Threads, and phase of a stop", "Phase: 0 running, 1 ending requests, 2 acknowledging, 3 giving the leases back.", [
            (f"process_threads{{{JOB}}}", "{{instance}} threads"), (metric("shutdown_phase"), "{{instance}} phase")], "short", 6),
        panel("timeseries", "Mappings loaded again", "By result, in a minute.",
              [(f"60 * {rate('config_reloads_total', 'result')}", "{{result}}")], "short", 6),
        panel("stat", "Mappings file taken", "No: a replica refused the file; its mappings from before are in force.",
              f"min ({metric('config_reload_ok')})", "short", 2, mappings=YES_NO),
        panel("stat", "Version", "", [(f"count by (version) ({metric('build_info')})", "{{version}}")], "short", 4, text_mode="name"),
    ]),
]


def variable(name, label, query, **more):
    return {
        "name": name, "label": label, "type": "query", "datasource": SOURCE, "refresh": 2, "sort": 1,
        "definition": query, "query": {"query": query, "refId": name}, "multi": True, "includeAll": True,
        "allValue": ".*", "current": {"selected": True, "text": ["All"], "value": ["$__all"]}, **more,
    }


def dashboard():
    panels, y = [], 0
    for title, content in ROWS:
        panels.append({"type": "row", "title": title, "collapsed": False, "panels": [], "gridPos": {"x": 0, "y": y, "w": 24, "h": 1}})
        y += 1
        x = height = 0
        for entry in content:
            place = entry["gridPos"]
            if x + place["w"] > 24:
                x, y, height = 0, y + height, 0
            place.update(x=x, y=y)
            x, height = x + place["w"], max(height, place["h"])
            panels.append(entry)
        y += height
    for number, entry in enumerate(panels, 1):
        entry["id"] = number
    return {
        "uid": "loops-bridge",
        "title": "loops-bridge",
        "description": "From Redis streams to Loops. Made by deploy/grafana/make-dashboard.py; change that, not this.",
        "tags": ["loops-bridge"],
        "schemaVersion": 39,
        "version": 1,
        "editable": True,
        "graphTooltip": 1,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "timezone": "browser",
        "templating": {"list": [
            {"name": "datasource", "label": "Data source", "type": "datasource", "query": "prometheus", "current": {}, "refresh": 1},
            # "All" is ".*", which also takes series that have no namespace, as outside of Kubernetes.
            variable("namespace", "Namespace", "label_values(loops_bridge_build_info, namespace)"),
            variable("job", "Job", 'label_values(loops_bridge_build_info{namespace=~"$namespace"}, job)'),
            variable("stream", "Stream", f"label_values(loops_bridge_partitions_assigned{{{JOB}}}, stream)"),
        ]},
        "annotations": {"list": [{
            "name": "Alerts", "datasource": SOURCE, "enable": True, "iconColor": RED,
            "expr": 'max by (alertname, severity) (ALERTS{alertname=~"LoopsBridge.*", alertstate="firing"})',
            "titleFormat": "{{alertname}}", "textFormat": "{{severity}}",
        }]},
        "links": [],
        "panels": panels,
    }


def main():
    text = json.dumps(dashboard(), indent=2, ensure_ascii=False) + "\n"
    if sys.argv[1:] == ["--check"]:
        if not TARGET.exists() or TARGET.read_text(encoding="utf-8") != text:
            sys.exit(f"{TARGET.name} is not what make-dashboard.py makes: run it and commit both")
    elif sys.argv[1:]:
        sys.exit("usage: make-dashboard.py [--check]")
    else:
        TARGET.write_text(text, encoding="utf-8")


main()
