"""Sends events to `loops-bridge ingest` in front of a Redis Cluster of three primaries with a replica each, and kills the stream's primary again and again.

Usage: cluster.py PROGRAM [SECONDS]. The intake waits for one replica (INGEST_WAIT_REPLICAS=1). The killed server comes back with an empty disk as a replica
of the one that took over. Ends with status 1 when an acknowledged event is missing, when one is there twice, or when a sender's order is not kept.
"""

import asyncio
import os
import sys
import tempfile
import threading
import time

import intake

SENDERS, BATCH, BATCHES_PER_SECOND = 10, 10, 5
# Between the moment at which a replica is there again and the next kill.
REST = 4


class Node(intake.Redis):
    def __init__(self, folder, name):
        own = os.path.join(folder, name)
        os.mkdir(own)
        bus = str(intake.free_port())
        arguments = ["--cluster-enabled", "yes", "--cluster-port", bus, "--cluster-node-timeout", "1500"]
        super().__init__(own, *arguments, "--cluster-replica-validity-factor", "0", "--repl-diskless-sync-delay", "0")

    def id(self):
        return intake.redis_cli(self.port, "cluster", "myid").strip()

    def role(self):
        return (intake.redis_cli(self.port, "role", check=False).splitlines() or [""])[0]

    def has_replica(self):
        text = intake.redis_cli(self.port, "info", "replication", check=False)
        return "role:master" in text and "state=online" in text

    def is_linked(self):
        text = intake.redis_cli(self.port, "info", "replication", check=False)
        return "role:slave" in text and "master_link_status:up" in text

    def knows(self, node_count):
        text = intake.redis_cli(self.port, "cluster", "info", check=False)
        return "cluster_state:ok" in text and f"cluster_known_nodes:{node_count}" in text


def form(nodes):
    for node in nodes:
        node.start()
    for node in nodes:
        intake.wait_until(node.is_up, "a node")
    for node, (first, last) in zip(nodes, [(0, 5460), (5461, 10922), (10923, 16383)]):
        intake.redis_cli(node.port, "cluster", "addslotsrange", str(first), str(last))
    for node in nodes[1:]:
        bus = intake.redis_cli(node.port, "config", "get", "cluster-port").split()[-1]
        intake.redis_cli(nodes[0].port, "cluster", "meet", "127.0.0.1", str(node.port), bus)
    for node in nodes:
        intake.wait_until(lambda: node.knows(len(nodes)), "the cluster")
    for primary, replica in zip(nodes[:3], nodes[3:]):
        words = ("cluster", "replicate", primary.id())
        intake.wait_until(lambda: "OK" in intake.redis_cli(replica.port, *words, check=False), "a replica")
        intake.wait_until(replica.is_linked, "a replica's copy")
    for primary in nodes[:3]:
        intake.wait_until(primary.has_replica, "a primary's replica")


def fail_over(pair, stop, failovers):
    primary, replica = pair
    while not stop.wait(REST):
        intake.wait_until(primary.has_replica, "the stream's replica")
        start = time.monotonic()
        primary.kill()
        intake.wait_until(lambda: replica.role() == "master", "the failover")
        failovers.append(time.monotonic() - start)
        # The old one is no primary any more once it has heard of it.
        primary.start()
        intake.wait_until(primary.is_linked, "the old primary as a replica")
        primary, replica = replica, primary
    pair[:] = [primary, replica]


def main():
    program, seconds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 60
    with tempfile.TemporaryDirectory() as folder:
        nodes = [Node(folder, f"node{index}") for index in range(6)]
        stop, failovers, problem = threading.Event(), [], []
        program_status, nemesis = None, None
        try:
            form(nodes)
            slot = int(intake.redis_cli(nodes[0].port, "cluster", "keyslot", intake.STREAM))
            index = 0 if slot <= 5460 else 1 if slot <= 10922 else 2
            pair = [nodes[index], nodes[index + 3]]
            url = "redis+cluster://" + ",".join(f"127.0.0.1:{node.port}" for node in nodes)
            server = intake.Intake(program, folder, url, INGEST_WAIT_REPLICAS="1")

            def harm():
                try:
                    fail_over(pair, stop, failovers)
                except SystemExit as error:
                    problem.append(str(error))

            nemesis = threading.Thread(target=harm)
            try:
                senders = [intake.Sender(server.port, f"s{number}", BATCH) for number in range(SENDERS)]
                nemesis.start()
                asyncio.run(intake.send_for(seconds, senders, BATCHES_PER_SECOND))
                stop.set()
                nemesis.join()
                intake.wait_until(lambda: pair[0].role() == "master", "the stream's primary")
                missing, twice, backwards, unknown = intake.judge(senders, intake.message_ids(pair[0].port))
            finally:
                stop.set()
                if nemesis.is_alive():
                    nemesis.join()
                program_status = server.stop()
        finally:
            for node in nodes:
                node.stop()
    sent = sum(sender.sent for sender in senders)
    longest = max(failovers, default=0)
    print(f"{sent:,} events acknowledged in {seconds} s, {len(failovers)} failovers, the longest took {longest:.1f} s")
    print(f"answers: {intake.told(senders)}; exit status {program_status}")
    print(f"missing {missing}, twice {twice}, out of a sender's order {backwards}, never sent {unknown}")
    for text in problem:
        print(text)
    is_good = failovers and not problem and (missing, twice, backwards, unknown, program_status) == (0, 0, 0, 0, 0)
    sys.exit(0 if is_good else 1)


main()
