#!/usr/bin/env python3
"""Renders the chart with Helm's own engine (helm-python-sdk, PyPI) and compares it with what kustomize makes of two overlays.

check.py KUSTOMIZED INGEST FOLDER: KUSTOMIZED and INGEST are the outputs of `kubectl kustomize` for overlays/single and overlays/ingest; what the
chart makes of its values, with the intake, of values-small.yaml, values-large.yaml and of every optional part goes to FOLDER, for
kubernetes-validate. Fails on any difference, on what Helm's linter finds, and when the schema takes what it should refuse.
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
    "ingest": {
        "enabled": True,
        "secretName": "keys",
        "settings": {"INGEST_MAX_LENGTH": "1000000"},
        "autoscaling": {"enabled": False},
        "service": {"type": "LoadBalancer", "annotations": {"example.com/a": "b"}},
        "networkPolicyFrom": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "ingress-nginx"}}}],
        "ingress": {"enabled": True, "className": "", "tlsSecretName": ""},
    },
}
REFUSED = [
    {"replicaCount": "two"},
    {"replicas": 2},
    {"settings": {"LOOPS_API_KEY": "a secret in the values"}},
    {"settings": {"BRIDGE_WINDOW": 2000}},
    {"image": {"repository": ""}},
    {"ingest": {"settings": {"INGEST_LOOPS_WEBHOOK_SECRET": "a secret in the values"}}},
    {"ingest": {"keys": ["a secret in the values"]}},
    {"ingest": {"secretName": ""}},
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
    kustomized, with_ingest, folder = map(pathlib.Path, sys.argv[1:4])
    faults = []
    with helm_python.Chart.load(str(CHART)) as chart:

        def render(name, values):
            made = chart.render(values, name="loops-bridge", namespace="loops-bridge")
            text = "\n---\n".join(made[key] for key in sorted(made) if key.endswith(".yaml"))
            (folder / f"helm-{name}.yaml").write_text(text, encoding="utf-8")
            return objects(text)

        def compare(name, kustomize, values):
            wanted = objects(kustomize.read_text(encoding="utf-8"))
            # The name of kustomize's Secret ends in a hash of its content.
            secrets = sorted((name for kind, name in wanted if kind == "Secret"), key=len)
            image = wanted["Deployment", "loops-bridge"]["spec"]["template"]["spec"]["containers"][0]["image"]
            repository, _, tag = image.rpartition(":")
            values = {"secretName": secrets[0], "image": {"repository": repository, "tag": tag}} | values
            if "ingest" in values:
                values["ingest"]["secretName"] = secrets[1]
            # The chart makes no Namespace and no Secret.
            wanted = {key: value for key, value in wanted.items() if key[0] not in ("Namespace", "Secret")}
            made = render(name, values)
            for pod in [o["spec"]["template"]["spec"] for o in made.values() if o["kind"] == "Deployment"]:
                # What Kubernetes sets for a tag that is not `latest`.
                pod["containers"][0].pop("imagePullPolicy")
            for key in sorted(set(made) | set(wanted)):
                faults.extend(differences("/".join(key), plain(made.get(key)), plain(wanted.get(key))))
            return made

        compare("default", kustomized, {})
        made = compare("ingest", with_ingest, {"ingest": {"enabled": True, "ingress": {"enabled": True}}})

        for size in ("small", "large"):
            values = yaml.safe_load((CHART / f"values-{size}.yaml").read_text(encoding="utf-8"))
            limit = render(size, values)["Deployment", "loops-bridge"]["spec"]["template"]["spec"]["containers"][0]["resources"]
            if limit != values["resources"]:
                faults.append(f"values-{size}.yaml: resources are {limit}")
        optional = render("optional", OPTIONAL)
        for name in ("loops-bridge", "loops-bridge-ingest"):
            if "runAsUser" in optional["Deployment", name]["spec"]["template"]["spec"]["securityContext"]:
                faults.append(f"{name}: runAsUser: null is not taken out")
        if optional["Deployment", "loops-bridge-ingest"]["spec"].get("replicas") != 2:
            faults.append("without autoscaling the intake has no replicas")
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
