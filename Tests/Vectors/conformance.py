#!/usr/bin/env python3
"""Sends Segment's own answers through `loops-bridge map`, from outside, and counts what agrees.

    conformance.py BINARY FOLDER

In a file whose name ends in `-differs` are triggers that Segment does not read as they are written: there, the other
answer than Segment's passes.

Prints `NAME: N passed, N failed` for each .ndjson file in FOLDER and `N passed, N failed` at the end; the first
differences of a file go to standard error. Exit status: 0 all agree, 1 something differs, 2 the arguments cannot be used.
"""

import json
import pathlib
import subprocess
import sys

DIFFERENCES_SHOWN = 5
TEXT_SHOWN = 400
# Far more than any file needs; ends a program that stopped answering.
SECONDS_FOR_A_FILE = 300


def comparable(value):
    """The value in a form whose `==` is that of the vectors: numbers are doubles, a truth value is not a number."""
    if isinstance(value, bool) or value is None:
        return ("constant", value)
    if isinstance(value, (int, float)):
        try:
            return ("number", float(value))
        except OverflowError:
            return ("number", float("inf") if value > 0 else float("-inf"))
    if isinstance(value, list):
        return ("array", [comparable(element) for element in value])
    if isinstance(value, dict):
        return ("object", {key: comparable(member) for key, member in value.items()})
    return ("text", value)


def invalid_fields(error):
    """Of invalid fields the set of path and keyword counts."""
    fields = error.get("fields")
    if not isinstance(fields, list):
        return None
    return {(field.get("path"), field.get("keyword")) for field in fields if isinstance(field, dict)}


def is_same_error(answer, expected):
    """Of an error its presence counts, of invalid fields also which they are."""
    if not isinstance(answer, dict):
        return False
    if not isinstance(expected, dict) or expected.get("kind") != "invalid":
        return True
    return answer.get("kind") == "invalid" and invalid_fields(answer) == invalid_fields(expected)


def is_same(answer, expected):
    if not isinstance(answer, dict):
        return False
    if "results" in expected:
        own = answer.get("results")
        return (
            isinstance(own, list)
            and len(own) == len(expected["results"])
            and all(is_same(one, other) for one, other in zip(own, expected["results"]))
        )
    if "error" in expected:
        return is_same_error(answer.get("error"), expected["error"])
    return comparable(answer) == comparable(expected)


def is_read_as_written(answer, expected):
    """Whether the answer is the opposite of Segment's, and not an error."""
    return isinstance(answer, dict) and answer == {"matched": not expected.get("matched")}


def answers(binary, path):
    """The lines that the program prints for a file, and what it said beside them."""
    with path.open("rb") as file:
        run = subprocess.run(
            [str(binary), "map"], stdin=file, capture_output=True, timeout=SECONDS_FOR_A_FILE, check=False
        )
    complaint = run.stderr.decode("utf-8", "replace").strip()
    if run.returncode != 0:
        complaint = f"exit status {run.returncode}. {complaint}"
    return run.stdout.split(b"\n")[:-1], complaint


def shortened(value):
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= TEXT_SHOWN else text[:TEXT_SHOWN] + "…"


def parsed(line):
    try:
        return json.loads(line)
    except ValueError:
        return "not JSON: " + line.decode("utf-8", "replace")


def check(binary, path):
    """How many lines of a file pass and fail. A line without an answer fails."""
    lines = [line for line in path.read_bytes().split(b"\n") if line]
    try:
        replies, complaint = answers(binary, path)
    except subprocess.TimeoutExpired:
        replies, complaint = [], f"no end after {SECONDS_FOR_A_FILE} seconds"
    if complaint:
        print(f"{path.name}: {shortened(complaint)}", file=sys.stderr)
    agrees = is_read_as_written if path.stem.endswith("-differs") else is_same
    passed = 0
    shown = 0
    for number, line in enumerate(lines):
        vector = json.loads(line)
        answer = parsed(replies[number]) if number < len(replies) else "nothing"
        if agrees(answer, vector["expect"]):
            passed += 1
        elif shown < DIFFERENCES_SHOWN:
            shown += 1
            given = {key: value for key, value in vector.items() if key not in ("id", "expect")}
            print(
                f"{path.name}: {vector.get('id', f'line {number + 1}')}\n"
                f"  given    {shortened(given)}\n"
                f"  expected {shortened(vector['expect'])}\n"
                f"  answered {shortened(answer)}",
                file=sys.stderr,
            )
    failed = len(lines) - passed
    if len(replies) > len(lines):
        print(f"{path.name}: {len(replies)} answers to {len(lines)} lines", file=sys.stderr)
        failed += len(replies) - len(lines)
    return passed, failed


def main(arguments):
    if len(arguments) != 2:
        print("usage: conformance.py BINARY FOLDER", file=sys.stderr)
        return 2
    binary, folder = pathlib.Path(arguments[0]).resolve(), pathlib.Path(arguments[1])
    paths = sorted(folder.glob("*.ndjson"))
    if not binary.is_file() or not paths:
        missing = f"{binary} is not there" if not binary.is_file() else f"{folder} holds no .ndjson files"
        print(f"conformance.py: {missing}", file=sys.stderr)
        return 2
    all_passed = all_failed = 0
    for path in paths:
        passed, failed = check(binary, path)
        print(f"{path.stem}: {passed} passed, {failed} failed", flush=True)
        all_passed += passed
        all_failed += failed
    print(f"{all_passed} passed, {all_failed} failed")
    return 1 if all_failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
