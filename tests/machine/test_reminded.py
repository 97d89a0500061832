"""No history of people, clocks and late deliveries gets anybody a third reminder, or one at a time that is not theirs.

The engine, delivery and the SQLite store are the real ones. A platform that is away for hours is a delivery that comes
late: the letters wait, and what they are about may have changed by then.
"""

import asyncio
import atexit
import shutil
import tempfile
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conversations import commands as do
from conversations.actions import Ask
from conversations.cadence import is_working_day
from conversations.model import Calendar, Pace, Visibility, Wishes
from conversations.quiet import FROM, TO
from storage.migrating import upgrade
from tests.bot.composing import BLINK, Bot, composed, opened, person

PEOPLE = ("hana", "ana", "ben")

days = st.dates(date(2026, 12, 8), date(2027, 1, 8))
own: st.SearchStrategy[Ask] = st.one_of(
    st.builds(do.Answer, st.just("words"), st.sampled_from(Visibility), st.sampled_from([None, "first", "second"])),
    st.sampled_from([do.Pass(), do.Withdraw(do.LATEST), do.SetCheckBack(weeks=2), do.StopAsking(), do.AskAgain()]),
    st.sampled_from(do.RemindWhen).filter(lambda when: when is not do.RemindWhen.TYPED).map(do.RemindMe),
    st.sampled_from(["on friday at 3pm", "on tuesday at 7pm"]).map(lambda text: do.RemindMe(typed=text)),
    st.builds(do.SetAway, st.none() | days),
    st.builds(do.SetZone, st.sampled_from([None, "Asia/Kolkata", "America/New_York"])),
)
leading: st.SearchStrategy[Ask] = st.sampled_from([do.MoveOn(), do.GoBack(), do.Pause(), do.Resume(), do.Finish()])
steps = st.one_of(
    st.tuples(st.sampled_from(PEOPLE), own),
    st.tuples(st.just("hana"), leading),
    st.tuples(st.none(), st.integers(1, 40)),
    st.tuples(st.just("late"), st.integers(1, 40)),
)
Step = tuple[str | None, Ask | int]


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(steps, min_size=5, max_size=30))
def test_nobody_is_written_to_more_than_twice_or_at_a_wrong_time(history: list[Step]) -> None:
    """Two reminders in a chat, and every letter in working hours, on their clock, while they may be asked."""
    folder = Path(tempfile.mkdtemp(prefix="reminded-"))
    try:
        shutil.copy(_template(), folder / "chats.db")
        asyncio.run(_play(folder / "chats.db", history))
    finally:
        shutil.rmtree(folder)


async def _play(place: Path, history: list[Step]) -> None:
    store = opened(place)
    bot = composed(store)
    try:
        chat = await bot.begun(pace=Pace.OPEN)
        await bot.say("ana", do.Answer("words"))
        for who, step in history:
            if isinstance(step, int):
                await _let_pass(bot, timedelta(hours=step), late=who == "late")
            elif who is not None:
                await bot.say(who, step, chat=chat)
        await _let_pass(bot, timedelta(days=60), late=False)
    finally:
        await store.close()


async def _let_pass(bot: Bot, time: timedelta, *, late: bool) -> None:
    """Let time pass as clocks do; a platform that is away takes what is due only in the end."""
    until = bot.clock.now + time
    while not late and (due := await _next(bot)) is not None and due <= until:
        bot.clock.now = max(bot.clock.now + BLINK, due)  # a tick at the same moment is the same delivery
        await _turn(bot)
    bot.clock.now = until
    await _turn(bot)


async def _next(bot: Bot) -> datetime | None:
    """When something happens next."""
    chat = await bot.store.read(lambda tx: tx.chats.latest_in(person("room")))
    next_at = None if chat is None else (await bot.chat(chat)).next_at
    wakes = await bot.store.read(lambda tx: tx.outbox.next_wake())
    return min((at for at in (next_at, wakes) if at is not None), default=None)


async def _turn(bot: Bot) -> None:
    await bot.schedules.tick()
    before = len(bot.room.letters)
    await bot.deliver()
    for letter in bot.room.letters[before:]:
        wishes = await bot.store.read(lambda tx, who=letter.to: tx.reading.wishes(person(who)))  # type: ignore[misc]
        _check(bot.clock.now, wishes)
    keys = Counter(letter.key for letter in bot.room.letters)
    assert max(keys.values(), default=0) <= 1
    reminded = Counter(letter.to for letter in bot.room.letters if (letter.key or "").startswith("rem:"))
    assert max(reminded.values(), default=0) <= 2


def _check(now: datetime, wishes: Wishes) -> None:
    zone = wishes.zone or "Europe/London"
    wall = now.astimezone(ZoneInfo(zone))
    assert not wishes.stopped
    assert FROM <= wall.time() < TO
    assert is_working_day(wall.date(), Calendar(zone))
    assert wishes.back_on is None or wall.date() >= wishes.back_on


@cache
def _template() -> Path:
    """A database with all its tables, to be copied."""
    path = Path(tempfile.mkdtemp(prefix="reminded-template-")) / "chats.db"
    atexit.register(shutil.rmtree, path.parent, ignore_errors=True)
    upgrade(f"sqlite:///{path}")
    return path


def test_the_wrong_times_are_found() -> None:
    """A check that can't fail holds nothing."""
    wrong = [(datetime(2026, 12, 12, 12, tzinfo=UTC), Wishes()), (datetime(2026, 12, 7, 8, tzinfo=UTC), Wishes())]
    wrong += [(datetime(2026, 12, 7, 12, tzinfo=UTC), Wishes(stopped=True))]
    found = []
    for now, wishes in wrong:
        try:
            _check(now, wishes)
        except AssertionError:
            found.append(now)

    assert found == [now for now, _ in wrong]
