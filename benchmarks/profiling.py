"""Where the time goes: a profile of whole chats on SQLite, in one thread, by the processor's clock."""

import cProfile
import pstats
import sys
import time

from benchmarks.crowd import hold
from benchmarks.one_thread import OneThread
from benchmarks.report import Report
from benchmarks.sqlite_place import Sqlite
from benchmarks.throughput import none_lost
from benchmarks.whole_chats import new_chats
from benchmarks.works import guide, works

WARM_UP = 16


async def profiling(kind: Sqlite, report: Report, *, chats: int, top: int) -> None:
    """Print what took longest while so many chats were held, by itself and with all that it called. Raises Lost."""
    place = await kind.new()
    store = OneThread(place.path)
    handle = works(store, {}).conversation.handle
    warm = await hold(handle, new_chats(guide(), WARM_UP))
    coming = new_chats(guide(), chats)
    profile = cProfile.Profile(time.thread_time)
    profile.enable()
    heard = await hold(handle, coming)
    profile.disable()
    await store.close()
    await none_lost(place, warm.answers + heard.answers)
    await place.close()
    counted = f"{heard.answers:,} answers and {heard.others:,} other deliveries"
    report.heading(f"SQLite: a profile of {counted}, in one thread")
    statistics = pstats.Stats(profile, stream=sys.stdout).strip_dirs()
    for order in ("tottime", "cumtime"):
        statistics.sort_stats(order).print_stats(top)
