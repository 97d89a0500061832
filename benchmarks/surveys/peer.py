"""The same signed posts and no database: 64 at once, by aiohttp. `python -m benchmarks.surveys.peer MANY ADDRESS`.

What is lost when it dies is lost. It says when it is ready, begins at the first line of its input, and says in the end
what it took.
"""

import asyncio
import json
import sys
from datetime import UTC, datetime
from time import perf_counter, process_time
from uuid import uuid4

from aiohttp import ClientSession, TCPConnector
from standardwebhooks import Webhook

from benchmarks.surveys.parts import SECRET, SOURCE
from benchmarks.whole_chats import ABOUT_200_LETTERS

AT_ONCE = 64
QUESTIONS = ("feelings", "together", "easier", "steps")


def event() -> dict[str, object]:
    """One response, in the shape in which we send it."""
    said = [{"verbatim": ABOUT_200_LETTERS}]
    items = [{"link_id": name, "responses": said, "nonresponse": None, "permission": "themes"} for name in QUESTIONS]
    return {
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": SOURCE,
        "type": "uk.leeds.teamchats.response.submitted",
        "subject": str(uuid4()),
        "time": "2026-12-08T00:00:00Z",
        "datacontenttype": "application/json",
        "sequence": "0000000001",
        "data": {
            "instrument": {"guide": "team-leeds", "version": 1},
            "collection_event": {"chat_key": str(uuid4()), "mode": "online_chat", "pace": "live"},
            "disposition": "complete",
            "items": items,
        },
    }


async def main(many: int, address: str) -> None:
    """Post so many."""
    signer, coming = Webhook(SECRET), iter([event() for _ in range(many)])
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    began, before = perf_counter(), process_time()
    async with ClientSession(connector=TCPConnector(limit=0)) as session:

        async def one_after_the_other() -> None:
            for one in coming:
                body, now, name = json.dumps(one), datetime.now(UTC), str(one["id"])
                heads = {
                    "Content-Type": "application/cloudevents+json; charset=utf-8",
                    "webhook-id": name,
                    "webhook-timestamp": str(int(now.timestamp())),
                    "webhook-signature": signer.sign(name, now, body),
                }
                async with session.post(address, data=body.encode(), headers=heads) as answer:
                    await answer.read()
                    assert answer.status == 204  # noqa: PLR2004 -- what the stand-in says

        async with asyncio.TaskGroup() as posting:
            for _ in range(AT_ONCE):
                posting.create_task(one_after_the_other())
    print(json.dumps({"seconds": perf_counter() - began, "cpu": process_time() - before}), flush=True)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
