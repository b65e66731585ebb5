"""Opens idle connections to `loops-bridge ingest`, far more than it takes, and asks meanwhile as a good client does.

Usage: idle.py PROGRAM [CONNECTIONS] [LIMIT]. They come from several addresses of the loopback interface, which has some 28,000 ports for each, and from
several processes, since each may have so many files open only. LIMIT is INGEST_MAX_CONNECTIONS. Ends with status 1 when the intake has more open than that,
when a good request fails, or when an idle connection takes more than 40 kB of the intake's memory.
"""

import multiprocessing
import resource
import socket
import sys
import tempfile
import time

import intake

PER_PROCESS = 18_000
# Of Linux; Python has no name for it before 3.12.
IP_BIND_ADDRESS_NO_PORT = 24
KB_PER_CONNECTION, KB_WITHOUT = 40, 64 * 1024


def hold(port, address, count, opened, close):
    """Opens connections and keeps them, whatever becomes of them. All but one in ten have asked once: the intake waits longer for these."""
    kept = []
    for index in range(count):
        one = socket.socket()
        # The port is chosen as it connects: a search for one that is free at all takes long, with so many.
        one.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
        one.bind((address, 0))
        try:
            one.connect(("127.0.0.1", port))
            if index % 10:
                one.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        except OSError:
            one.close()
            continue
        kept.append(one)
    opened.put(len(kept))
    close.wait()
    for one in kept:
        one.close()


def ask(port, number):
    """One request on a connection of its own: how long it took, or None when it was refused."""
    start = time.monotonic()
    event = {"type": "track", "event": "Order Completed", "userId": "u1", "messageId": f"good-{number}"}
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=intake.PATIENCE) as connection:
            connection.sendall(intake.request([event]))
            head = connection.recv(4096)
        return time.monotonic() - start if head.startswith(b"HTTP/1.1 200") else None
    except OSError:
        return None


def metric(port, name):
    with socket.create_connection(("127.0.0.1", port), timeout=intake.PATIENCE) as connection:
        connection.sendall(b"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        text = b""
        while piece := connection.recv(65536):
            text += piece
    values = [line.split()[-1] for line in text.decode().splitlines() if line.startswith(f"loops_bridge_{name}")]
    return sum(float(value) for value in values)


def main():
    program = sys.argv[1]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    limit = int(sys.argv[3]) if len(sys.argv) > 3 else 1000
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    per_process = min(PER_PROCESS, files - 100)
    with tempfile.TemporaryDirectory() as folder:
        redis = intake.Redis(folder)
        redis.start()
        intake.wait_until(redis.is_up, "Redis")
        server = intake.Intake(program, folder, f"redis://127.0.0.1:{redis.port}", INGEST_MAX_CONNECTIONS=str(limit))
        close = multiprocessing.Event()
        holders = []
        try:
            before = server.memory("VmRSS")
            opened = multiprocessing.Queue()
            left = count
            while left > 0:
                part = min(left, per_process)
                address = f"127.0.0.{2 + len(holders)}"
                holders.append(multiprocessing.Process(target=hold, args=(server.port, address, part, opened, close)))
                left -= part
            start = time.monotonic()
            for holder in holders:
                holder.start()
            times, failed, most, done = [], 0, 0, 0
            while done < len(holders) or len(times) < 200:
                took = ask(server.port, len(times) + failed)
                if took is None:
                    failed += 1
                else:
                    times.append(took)
                most = max(most, metric(server.admin, "ingest_connections "))
                while not opened.empty():
                    opened.get()
                    done += 1
                time.sleep(0.02)
            seconds = time.monotonic() - start
            memory, after = server.memory(), server.memory("VmRSS")
            dropped = metric(server.admin, 'ingest_connections_dropped_total{cause="limit"}')
            told = [line for line in server.lines().splitlines() if "open-file limit" in line]
        finally:
            close.set()
            for holder in holders:
                holder.join(60)
            status = server.stop()
            redis.stop()
    times.sort()
    print(f"{count:,} idle connections from {len(holders)} addresses in {seconds:.0f} s, {int(most):,} open at most (limit {limit:,})")
    print(f"{int(dropped):,} closed to make room; memory {before / 1024:.0f} MB before, {memory / 1024:.0f} at most, {after / 1024:.0f} after")
    print(f"a good client meanwhile: {len(times)} answered, {failed} not; median {times[len(times) // 2] * 1000:.0f} ms, slowest {times[-1] * 1000:.0f} ms")
    for line in told:
        print(line)
    allowed = KB_WITHOUT + limit * KB_PER_CONNECTION
    sys.exit(0 if most <= limit and failed == 0 and memory <= allowed and status == 0 else 1)


if __name__ == "__main__":
    main()
