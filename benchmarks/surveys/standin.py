"""A survey store that takes its time: a web server that says yes 20 ms later. `python -m benchmarks.surveys.standin`.

It says its port in a line, and at the end of its input how many requests and how many different events came.
"""

import asyncio
import json
import sys
from collections import Counter

from aiohttp import web

ANSWER_SECONDS = 0.02


async def main() -> None:
    """Serve until the end of the input."""
    events = Counter[str]()

    async def take(request: web.BaseRequest) -> web.StreamResponse:
        await request.read()
        events[request.headers["webhook-id"]] += 1
        await asyncio.sleep(ANSWER_SECONDS)
        return web.Response(status=204)

    runner = web.ServerRunner(web.Server(take, access_log=None))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    print(json.dumps({"requests": events.total(), "events": len(events)}), flush=True)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main())
