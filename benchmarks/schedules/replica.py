"""A process that delivers to the slow stand-in. `python -m benchmarks.schedules.replica URL SECONDS_AHEAD`.

It says when it is ready, begins at the first line of its standard input, and says at the end of it what it did.
"""

import asyncio
import json
import sys
from datetime import timedelta
from time import process_time
from uuid import uuid4

from benchmarks.delivering import running
from benchmarks.schedules.rooms import Ahead
from benchmarks.schedules.standin import SlowRooms
from benchmarks.works import log_from, now, works
from storage.opening import open_store


async def main(url: str, seconds_ahead: float) -> None:
    """Deliver from the first line until the end of the input."""
    store = await open_store(url, fresh=uuid4)
    rooms = SlowRooms()
    parts = works(store, {rooms.name: rooms}, Ahead(now, timedelta(seconds=seconds_ahead)))
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    async with running(parts.delivery):
        await asyncio.to_thread(sys.stdin.read)
    print(json.dumps({"posts": len(rooms.arrived), "cpu": process_time()}), flush=True)
    await store.close()


if __name__ == "__main__":
    log_from("WARNING", sys.stderr)
    asyncio.run(main(sys.argv[1], float(sys.argv[2])))
