"""What a team would write by hand: a consumer group, aiohttp on uvloop, hiredis, as many requests at once as the bridge. No order, no retries,
no dead letters, no limiter; an entry is acknowledged when its request was answered well.

Usage: worker.py REDIS_PORT SINK_PORT STREAM IN_FLIGHT
"""

import asyncio
import json
import sys

import aiohttp
import redis.asyncio
import uvloop
import yarl

from worker_requests import request_of

GROUP = "worker"
HEADERS = {
    "Authorization": "Bearer test",
    "Content-Type": "application/json",
    "Accept": "application/json",
    "User-Agent": "worker",
}


async def main(redis_port, sink_port, stream, in_flight):
    client = redis.asyncio.Redis(port=redis_port)
    await client.xgroup_create(stream, GROUP, id="0", mkstream=True)
    done = []
    work = asyncio.Queue(maxsize=in_flight * 4)
    connector = aiohttp.TCPConnector(limit=in_flight)
    urls = {path: yarl.URL(f"http://127.0.0.1:{sink_port}/api/v1{path}") for path in ("/contacts/update", "/events/send")}
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar(), headers=HEADERS) as session:

        async def send():
            while True:
                entry, fields = await work.get()
                method, path, body, key = request_of(json.loads(fields[b"event"]))
                headers = {"Idempotency-Key": key} if key else None
                data = json.dumps(body, separators=(",", ":")).encode()
                async with session.request(method, urls[path], data=data, headers=headers) as answer:
                    good = answer.status == 200 and json.loads(await answer.read()).get("success")
                if good:
                    done.append(entry)

        async def acknowledge():
            while True:
                await asyncio.sleep(0.025)
                while done:
                    some, done[:] = done[:500], done[500:]
                    await client.xack(stream, GROUP, *some)

        async def read():
            while True:
                answer = await client.xreadgroup(GROUP, "one", {stream: ">"}, count=100, block=5000)
                for _, entries in answer:
                    for entry in entries:
                        await work.put(entry)

        async with asyncio.TaskGroup() as group:
            group.create_task(read())
            group.create_task(acknowledge())
            for _ in range(in_flight):
                group.create_task(send())


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4])))
