"""Times the small parts on one event: the program `micro`, with a Redis of its own to read from."""

import sys

from processes import obey_sigterm, run
from servers import redis_server
from subjects import MICRO


def main():
    obey_sigterm()
    with redis_server() as (_, port):
        done = run(MICRO, port, seconds=300, check=False)
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
