"""Redis and the sink, each on a free port, with what they leave behind in a folder of the run."""

import contextlib
import os
import pathlib
import socket
import tempfile

from processes import Process, free_port, wait_until
from resp import Redis

# Redis remembers calls that took longer than this, and so many of them.
SLOW_MICROSECONDS, SLOW_MAX = 1000, 100_000
# Redis has a core of its own where it is used in earnest. Here it shares two with those who load it, so none of them may take its core away in the
# middle of a script call: else the time of a call by the clock is that of the scheduler.
REDIS_PRIORITY = 1
ANSWER = '{"success":true,"id":"x"}'

NGINX = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx-error.log error;
events {{ worker_connections 512; }}
http {{
  access_log off;
  keepalive_requests 100000000;
  client_body_temp_path {folder}/nginx-body;
  proxy_temp_path {folder}/nginx-proxy;
  fastcgi_temp_path {folder}/nginx-fastcgi;
  uwsgi_temp_path {folder}/nginx-uwsgi;
  scgi_temp_path {folder}/nginx-scgi;
  server {{
    listen 127.0.0.1:{port};
    location / {{ default_type application/json; return 200 '{answer}'; }}
  }}
}}
"""


def is_open(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


@contextlib.contextmanager
def redis_server():
    """A Redis that keeps nothing on disk. Gives its process and port."""
    port = free_port()
    command = ["redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    command += ["--slowlog-log-slower-than", SLOW_MICROSECONDS, "--slowlog-max-len", SLOW_MAX]
    with tempfile.TemporaryDirectory() as folder, Process(*command, log=f"{folder}/redis.log") as process:
        wait_until(lambda: is_open(port), "redis-server", watch=[process])
        with contextlib.suppress(PermissionError):
            os.sched_setscheduler(process.pid, os.SCHED_RR, os.sched_param(REDIS_PRIORITY))
        yield process, port


@contextlib.contextmanager
def nginx(folder):
    """The sink: one worker that answers every request with the success of Loops."""
    port = free_port()
    config = pathlib.Path(folder, "nginx.conf")
    config.write_text(NGINX.format(folder=folder, port=port, answer=ANSWER))
    with Process("/usr/sbin/nginx", "-c", config, "-e", f"{folder}/nginx-error.log", log=f"{folder}/nginx.log") as process:
        wait_until(lambda: is_open(port), "nginx", watch=[process])
        yield process, port


def redis_cpu(redis: Redis):
    """Seconds of CPU that Redis has used, the driver's own XADD aside: the bridge adds nothing but dead letters and bells."""
    cpu = redis.info("cpu")
    added = redis.info("commandstats").get("cmdstat_xadd", "")
    own = next((int(part.removeprefix("usec=")) for part in added.split(",") if part.startswith("usec=")), 0)
    return float(cpu["used_cpu_user"]) + float(cpu["used_cpu_sys"]) - own / 1e6
