"""Stands in for redis-py while the recipes of docs/how-to/publish-events.md run in tests: what they use of it, and nothing else."""

import socket
import urllib.parse


class Redis:
    @classmethod
    def from_url(cls, url):
        redis = cls()
        address = urllib.parse.urlsplit(url)
        redis.socket = socket.create_connection((address.hostname, address.port or 6379))
        redis.answers = redis.socket.makefile("rb")
        return redis

    def xadd(self, name, fields):
        words = ["XADD", name, "*", *(word for field in fields.items() for word in field)]
        command = b"*%d\r\n" % len(words)
        for word in words:
            word = word if isinstance(word, bytes) else str(word).encode()
            command += b"$%d\r\n%s\r\n" % (len(word), word)
        self.socket.sendall(command)
        head = self.answers.readline()
        if not head.startswith(b"$"):
            raise RuntimeError(head.decode())
        return self.answers.read(int(head[1:]) + 2)[:-2]
