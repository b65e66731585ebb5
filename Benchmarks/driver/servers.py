"""Redis and the sink, each on a free port, with what they leave behind in a folder of the run."""

import contextlib
import pathlib
import socket

from processes import Process, free_port, wait_until
from resp import Redis

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
    with Process(*command, "--slowlog-log-slower-than", "1000", "--slowlog-max-len", "1024") as process:
        wait_until(lambda: is_open(port), "redis-server", watch=[process])
        yield process, port


@contextlib.contextmanager
def nginx(folder):
    """The sink: one worker that answers every request with the success of Loops."""
    port = free_port()
    config = pathlib.Path(folder, "nginx.conf")
    config.write_text(NGINX.format(folder=folder, port=port, answer=ANSWER))
    with Process("nginx", "-c", config, "-e", f"{folder}/nginx-error.log", log=f"{folder}/nginx.log") as process:
        wait_until(lambda: is_open(port), "nginx", watch=[process])
        yield process, port


def redis_cpu(redis: Redis):
    """Seconds of CPU that Redis has used."""
    cpu = redis.info("cpu")
    return float(cpu["used_cpu_user"]) + float(cpu["used_cpu_sys"])
