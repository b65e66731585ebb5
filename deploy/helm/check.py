#!/usr/bin/env python3
"""Renders the chart with Helm's own engine (helm-python-sdk, PyPI) and compares it with what kustomize makes of overlays/single.

check.py KUSTOMIZED FOLDER: KUSTOMIZED is the output of `kubectl kustomize`; what the chart makes of its values, of values-small.yaml,
values-large.yaml and of every optional part goes to FOLDER, for kubernetes-validate. Fails on any difference, on what Helm's linter finds, and
when the schema takes what it should refuse.
"""

import pathlib
import sys

import helm_python
import yaml

CHART = pathlib.Path(__file__).parent
# What marks an object as one of Helm's.
HELM_ONLY = {"app.kubernetes.io/instance", "app.kubernetes.io/managed-by", "app.kubernetes.io/version", "helm.sh/chart"}
OPTIONAL = {
    "image": {"repository": "example.com/l", "tag": "", "digest": "sha256:" + "0" * 64, "pullPolicy": "Always"},
    "imagePullSecrets": [{"name": "registry"}],
    "mappingsConfigMap": "loops-bridge-mappings",
    "podAnnotations": {"example.com/a": "b"},
    "podLabels": {"example.com/c": "d"},
    "podSecurityContext": {"runAsUser": None, "runAsGroup": None, "fsGroup": None},
    "nodeSelector": {"kubernetes.io/os": "linux"},
    "tolerations": [{"key": "spot", "operator": "Exists"}],
    "affinity": {"nodeAffinity": {}},
    "networkPolicy": {"redis": [{"ipBlock": {"cidr": "10.20.30.0/24"}}], "redisPorts": [6379, 26379]},
    "podMonitor": {"enabled": True, "labels": {"release": "prometheus"}},
}
REFUSED = [
    {"replicaCount": "two"},
    {"replicas": 2},
    {"settings": {"LOOPS_API_KEY": "a secret in the values"}},
    {"settings": {"BRIDGE_WINDOW": 2000}},
    {"image": {"repository": ""}},
]


def objects(text):
    return {(o["kind"], o["metadata"]["name"]): o for o in yaml.safe_load_all(text) if o}


def plain(value):
    """Without Helm's labels, and lists of named things as maps: their order means nothing."""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items() if k not in HELM_ONLY}
    if isinstance(value, list):
        if value and all(isinstance(v, dict) and "name" in v for v in value):
            return {v["name"]: plain(v) for v in value}
        return [plain(v) for v in value]
    return value


def differences(path, ours, theirs):
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in sorted(set(ours) | set(theirs), key=str):
            yield from differences(f"{path}.{key}", ours.get(key), theirs.get(key))
    elif ours != theirs:
        yield f"{path}: chart {ours!r}, kustomize {theirs!r}"


def main():
    kustomized, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    faults = []
    with helm_python.Chart.load(str(CHART)) as chart:

        def render(name, values):
            made = chart.render(values, name="loops-bridge", namespace="loops-bridge")
            text = "\n---\n".join(made[key] for key in sorted(made) if key.endswith(".yaml"))
            (folder / f"helm-{name}.yaml").write_text(text, encoding="utf-8")
            return objects(text)

        wanted = objects(kustomized.read_text(encoding="utf-8"))
        secret = next(name for kind, name in wanted if kind == "Secret")
        image = wanted["Deployment", "loops-bridge"]["spec"]["template"]["spec"]["containers"][0]["image"]
        repository, _, tag = image.rpartition(":")
        # The chart makes no Namespace and no Secret; the name of kustomize's Secret ends in a hash of its content.
        wanted = {key: value for key, value in wanted.items() if key[0] not in ("Namespace", "Secret")}
        made = render("default", {"secretName": secret, "image": {"repository": repository, "tag": tag}})
        for pod in [o["spec"]["template"]["spec"] for o in made.values() if o["kind"] == "Deployment"]:
            # What Kubernetes sets for a tag that is not `latest`.
            pod["containers"][0].pop("imagePullPolicy")
        for key in sorted(set(made) | set(wanted)):
            faults += differences("/".join(key), plain(made.get(key)), plain(wanted.get(key)))

        for size in ("small", "large"):
            values = yaml.safe_load((CHART / f"values-{size}.yaml").read_text(encoding="utf-8"))
            limit = render(size, values)["Deployment", "loops-bridge"]["spec"]["template"]["spec"]["containers"][0]["resources"]
            if limit != values["resources"]:
                faults.append(f"values-{size}.yaml: resources are {limit}")
        user = render("optional", OPTIONAL)["Deployment", "loops-bridge"]["spec"]["template"]["spec"]["securityContext"]
        if "runAsUser" in user:
            faults.append("runAsUser: null is not taken out")
        for values in REFUSED:
            try:
                chart.validate_schema(values)
                faults.append(f"the schema takes {values}")
            except helm_python.HelmError:
                pass
    messages = helm_python.lint(str(CHART))["messages"] or []
    faults += [f"helm lint: {message}" for message in messages if "icon is recommended" not in str(message)]
    if faults:
        sys.exit("\n".join(faults))
    print(f"Helm {helm_python.helm_sdk_version()}: {len(made)} objects are those of kustomize")


main()
