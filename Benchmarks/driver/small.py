"""Times the small parts on one event: the program `micro`, with a Redis of its own to read from."""

import subprocess
import sys

from servers import redis_server
from subjects import MICRO


def main():
    with redis_server() as (_, port):
        done = subprocess.run([MICRO, str(port)])
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
