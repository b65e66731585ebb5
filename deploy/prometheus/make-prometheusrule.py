#!/usr/bin/env python3
"""Writes alerts.yaml as a PrometheusRule for the Prometheus operator. With --check, writes nothing and fails when the file is not that."""

import pathlib
import sys

SOURCE = pathlib.Path(__file__).with_name("alerts.yaml")
TARGET = SOURCE.parent.parent / "kubernetes/components/prometheusrule/prometheusrule.yaml"
HEAD = """\
# Made by deploy/prometheus/make-prometheusrule.py from alerts.yaml: change that, run it, commit both.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: loops-bridge
  labels: {app.kubernetes.io/name: loops-bridge}
spec:
"""


def main():
    lines = SOURCE.read_text(encoding="utf-8").splitlines(keepends=True)
    text = HEAD + "".join("  " + line if line.strip() else line for line in lines)
    if sys.argv[1:] == ["--check"]:
        if not TARGET.exists() or TARGET.read_text(encoding="utf-8") != text:
            sys.exit(f"{TARGET.name} is not what make-prometheusrule.py makes: run it and commit both")
    elif sys.argv[1:]:
        sys.exit("usage: make-prometheusrule.py [--check]")
    else:
        TARGET.write_text(text, encoding="utf-8")


main()
