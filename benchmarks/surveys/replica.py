"""A process that drains what waits for a webhook. `python -m benchmarks.surveys.replica DATABASE ADDRESS`.

It says when it is ready, begins at the first line of its standard input, and says at the end of it what it used.
"""

import asyncio
import json
import sys
from time import process_time
from uuid import uuid4

from benchmarks.delivering import running
from benchmarks.surveys.parts import forwarding, webhook
from benchmarks.works import log_from
from storage.opening import open_store


async def main(database: str, address: str) -> None:
    """Drain from the first line until the end of the input."""
    store = await open_store(database, fresh=uuid4)
    hook = webhook(address)
    parts = forwarding(store, [hook.name], {hook.name: hook})
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    before = process_time()
    async with running(parts.delivery):
        await asyncio.to_thread(sys.stdin.read)
    print(json.dumps({"cpu": process_time() - before}), flush=True)
    await hook.close()
    await store.close()


if __name__ == "__main__":
    log_from("WARNING", sys.stderr)
    asyncio.run(main(sys.argv[1], sys.argv[2]))
