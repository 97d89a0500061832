"""What thousands of open chats add to what our program keeps in memory."""

import asyncio
from collections.abc import Sequence

from cryptography.fernet import Fernet

from benchmarks.bots.chats import Town
from benchmarks.bots.offering import hold, session
from benchmarks.bots.subjects import OURS, Around, Platform, Subject, serving
from benchmarks.bots.turns import Contestant
from benchmarks.filling import fill
from benchmarks.places import Kind
from benchmarks.report import Report, under
from benchmarks.slack import chats
from benchmarks.slack.events import Post, Thread
from benchmarks.slack.platform import api_url
from benchmarks.slack.subjects import bot
from benchmarks.throughput import none_lost

KIB = 1_024
MB = 1_000_000
WANTED_KIB = 0.3
WARM_UP = 1_200
"""Chats that are answered first: more than the events that are remembered at most."""
AT_A_TIME, LOOK_SECONDS, SECONDS_FOR_RECEIPTS = 500, 0.2, 240


async def memory(kind: Kind, around: Around, platform: Platform, report: Report, *, many: int) -> None:
    """Print what so `many` open chats add, each with an answer, to a program that has seen few. Raises Lost."""
    place, key = await kind.new(), Fernet.generate_key().decode()
    await chats.begin(place, Town(1, 1), key)
    async with serving(bot(OURS, api_url(platform), place.url, key=key), around) as opening:
        await Contestant(opening, Post([], 1), place).until_all_is_sent(platform)
    await fill(place, many + WARM_UP - 1)
    await place.settle()
    threads = await chats.threads(place)
    async with serving(bot(OURS, api_url(platform), place.url, "--traced", key=key), around) as program:
        await _answer_in_each(program, threads[:WARM_UP], platform)
        before = await program.used(tidy=True)
        await _answer_in_each(program, threads[WARM_UP:], platform)
        after = await program.used(tidy=True)
        await none_lost(place, program.said)
    await place.close()
    kib = (after["traced"] - before["traced"]) / many / KIB
    report.heading(f"{kind.name}: an answer in each of {many:,} open chats, in a process of its own")
    report.wanted("what Python keeps for each", f"{kib:.2f} KiB", kib, under(WANTED_KIB, " KiB"))
    resident = [f"{used['resident'] / MB:.0f} MB" for used in (before, after) if used["resident"] is not None]
    report.line("resident before and after", f"{' and '.join(resident)} (most of it the database's pages)")


async def _answer_in_each(program: Subject, threads: Sequence[Thread], platform: Platform) -> None:
    """Answer once in each of `threads`, some at a time, and wait until everybody has their receipt."""
    for first in range(0, len(threads), AT_A_TIME):
        some = threads[first : first + AT_A_TIME]
        post, wanted = Post(some, 1), await _receipts(platform) + len(some)
        left = iter(some)
        async with session() as through, asyncio.timeout(SECONDS_FOR_RECEIPTS):
            program.said += (await hold(through, program.url, post, lambda _: next(left, None) is not None)).answers  # noqa: B023 -- awaited at once
            while await _receipts(platform) < wanted:  # noqa: ASYNC110 -- nobody says when it is
                await asyncio.sleep(LOOK_SECONDS)


async def _receipts(platform: Platform) -> int:
    calls, _ = await platform.counters()
    return calls.get("reactions.add", 0)
