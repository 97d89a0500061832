"""What a process keeps in memory that has many open chats in its hands. Run by `benchmarks.walk` as one of its own."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

from benchmarks.crowd import hold
from benchmarks.delivering import CountingChannel, running
from benchmarks.filling import fill
from benchmarks.measuring import resident_bytes
from benchmarks.report import Report, under
from benchmarks.sqlite_place import Sqlite, SqlitePlace
from benchmarks.throughput import none_lost
from benchmarks.whole_chats import CHANNEL, Chat, Round, answer, new_chats
from benchmarks.works import guide, log_from, works
from bot.outside import Address

WANTED_MB = 150.0
MB = 1_000_000


async def open_chats(folder: Path, report: Report, *, chats: int) -> None:
    """Print what a process keeps resident after an answer in each of so many open chats. Raises Lost."""
    report.heading(f"SQLite: a process of its own takes an answer in each of {chats:,} open chats, worker on")
    place = await Sqlite(folder).new()
    store = await place.open()
    begun: list[Chat] = [chat[:2] for chat in new_chats(guide(), 1)]
    await hold(works(store, {}).conversation.handle, begun)
    await store.close()
    await fill(place, chats - 1)
    command = (sys.executable, "-m", "benchmarks.open_chats", str(place.path))
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    told, _ = await process.communicate()
    found: dict[str, int] = json.loads(told)
    await none_lost(place, chats)
    await place.close()
    before, after, most = (found[name] / MB for name in ("before", "after", "most"))
    shown = f"{after:.0f} MB (at most {most:.0f} MB)"
    limit = f"Before the first delivery it was {before:.0f} MB: the programs' code, guides and wording"
    report.wanted(f"resident with {chats:,} open chats", shown, most, under(WANTED_MB, " MB"), limit)
    report.line("resident before the first delivery", f"{before:.0f} MB")


async def answer_everywhere(path: Path) -> dict[str, int | None]:
    """Answer once in every room of the database at `path`; what this process kept resident before, after, at most."""
    place = SqlitePlace(path)
    rooms = [Address(*row) for row in await place.fetch("SELECT channel, workspace, address FROM rooms")]
    await place.close()
    store = await place.open()
    channel = CountingChannel()
    parts = works(store, {channel.name: channel})
    before = resident_bytes()
    async with running(parts.delivery):
        for first in range(0, len(rooms), 100):
            await hold(parts.conversation.handle, [[_one_answer(room)] for room in rooms[first : first + 100]])
    after = resident_bytes()
    await store.close()
    return {"before": before, "after": after, "most": resident_bytes(most=True)}


def _one_answer(room: Address) -> Round:
    return [answer(room, Address(CHANNEL, "workspace", f"person of {room.address}"))]


if __name__ == "__main__":
    log_from("WARNING", sys.stderr)
    print(json.dumps(asyncio.run(answer_everywhere(Path(sys.argv[1])))))
