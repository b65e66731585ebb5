"""A sink that takes the time at which each request arrives. Few requests, so threads will do."""

import http.server
import re
import threading
import time

MARK = re.compile(rb"mark-\d+-")


class Sink:
    """Answers every request with the success of Loops. `arrivals` are pairs of the mark in the body, empty without one, and the instant."""

    def __enter__(self):
        arrivals = self.arrivals = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            timeout = 300

            def answer(self):
                at = time.monotonic()
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                mark = MARK.search(body)
                arrivals.append((mark.group().decode() if mark else "", at))
                text = b'{"success":true,"id":"x"}'
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(text), text))

            do_GET = do_POST = do_PUT = answer

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
