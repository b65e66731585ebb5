"""A Redis connection that can do what the benchmarks need. The standard library only, so that nothing has to be installed."""

import socket

# Of any answer, in seconds.
TIMEOUT = 60


class RedisError(Exception):
    pass


class Redis:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), TIMEOUT)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.reader = self.socket.makefile("rb")

    def __call__(self, *command):
        self.socket.sendall(encode(command))
        return self.reply()

    def pipeline(self, commands):
        """Sends all at once; returns the last reply."""
        commands = list(commands)
        self.socket.sendall(b"".join(encode(command) for command in commands))
        last = None
        for _ in commands:
            last = self.reply()
        return last

    def reply(self):
        line = self.reader.readline()
        kind, rest = line[:1], line[1:-2]
        if kind == b"+":
            return rest.decode()
        if kind == b"-":
            raise RedisError(rest.decode())
        if kind == b":":
            return int(rest)
        if kind == b"$":
            length = int(rest)
            return None if length < 0 else self.reader.read(length + 2)[:-2]
        if kind == b"*":
            return None if int(rest) < 0 else [self.reply() for _ in range(int(rest))]
        raise RedisError(f"not the Redis protocol: {line!r}")

    def info(self, section):
        """A section of INFO as a dictionary of texts."""
        lines = self("INFO", section).decode().splitlines()
        return dict(line.split(":", 1) for line in lines if ":" in line)

    def group(self, stream):
        """The first group of a stream, or nothing."""
        try:
            groups = self("XINFO", "GROUPS", stream)
        except RedisError:
            return {}
        if not groups:
            return {}
        flat = groups[0]
        return {flat[i].decode(): flat[i + 1] for i in range(0, len(flat), 2)}

    @property
    def local_port(self):
        return self.socket.getsockname()[1]

    def close(self):
        self.socket.close()


def encode(command):
    parts = [b"*%d\r\n" % len(command)]
    for argument in command:
        data = argument if isinstance(argument, bytes) else str(argument).encode()
        parts.append(b"$%d\r\n%b\r\n" % (len(data), data))
    return b"".join(parts)
