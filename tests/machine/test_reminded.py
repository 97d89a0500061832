"""No history of people, clocks and late deliveries gets anybody a third reminder, or one at a time that is not theirs.

The engine, delivery and the SQLite store are the real ones. A platform that is away for hours is a delivery that comes
late: the letters wait, and what they are about may have changed by then.
"""

import asyncio
import atexit
import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from conversations import commands as do
from conversations.actions import Ask
from conversations.cadence import SATURDAY
from conversations.model import Calendar, Pace, Visibility, Wishes
from storage.migrating import upgrade
from tests.bot.composing import BLINK, Bot, composed, opened, person

PEOPLE = ("hana", "ana", "ben")
MOST, FROM, TO = 2, time(8, 30), time(17, 30)
"""As people were promised, whatever the code says."""
HOLIDAYS = frozenset({date(2026, 12, 10), date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1)})
"""Christmas and New Year, and a day soon, which every history meets."""
ZONES = (None, "Asia/Kolkata", "America/New_York", "Europe/London")


@dataclass(frozen=True, slots=True)
class Profile:
    """What a platform tells of somebody."""

    zone: str | None


days = st.dates(date(2026, 12, 8), date(2027, 1, 8))
own: st.SearchStrategy[Ask] = st.one_of(
    st.builds(do.Answer, st.just("words"), st.sampled_from(Visibility), st.sampled_from([None, "first", "second"])),
    st.sampled_from([do.Pass(), do.Withdraw(do.LATEST), do.SetCheckBack(weeks=2), do.StopAsking(), do.AskAgain()]),
    st.builds(do.SetAway, st.none() | days),
    st.builds(do.SetZone, st.sampled_from(ZONES)),
)
asking_for: st.SearchStrategy[Ask] = st.one_of(
    st.sampled_from(do.RemindWhen).filter(lambda when: when is not do.RemindWhen.TYPED).map(do.RemindMe),
    st.sampled_from(["on friday at 3pm", "on tuesday at 7pm"]).map(lambda text: do.RemindMe(typed=text)),
)
profiles = st.builds(Profile, st.sampled_from(ZONES))
leading: st.SearchStrategy[Ask] = st.sampled_from([do.MoveOn(), do.GoBack(), do.Pause(), do.Resume(), do.Finish()])
steps = st.one_of(
    st.tuples(st.sampled_from(PEOPLE), own),
    st.tuples(st.sampled_from(PEOPLE), asking_for),
    st.tuples(st.sampled_from(PEOPLE), profiles),
    st.tuples(st.just("hana"), leading),
    st.tuples(st.none(), st.integers(1, 40)),
    st.tuples(st.just("late"), st.integers(1, 40)),
)
Step = tuple[str | None, Ask | Profile | int]


LEADING: tuple[Ask, ...] = (do.MoveOn(), do.GoBack(), do.MoveOn(), do.GoBack())
SOON, LATER = do.RemindMe(do.RemindWhen.SOON), do.RemindMe(do.RemindWhen.LATER)
NEXT: list[Step] = [("hana", do.MoveOn())]
DECIDED_AT_NIGHT: list[Step] = [*NEXT, ("late", 32)]
"""On Tuesday evening Ana's reminder is written, for Wednesday morning."""
STEP_CHOSEN: list[Step] = [*NEXT, ("ana", do.Answer("words")), ("ana", do.SetCheckBack(weeks=2))]
ALWAYS_ASKED_FOR: list[Step] = [
    step for leads in LEADING for step in (("ben", SOON), (None, 5), ("hana", leads), ("ana", LATER), (None, 20))
]
HOLIDAY: list[Step] = [(None, 40), *NEXT]
"""Who took part would be reminded on Thursday, which is one."""


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(steps, min_size=5, max_size=30))
@example(ALWAYS_ASKED_FOR)
@example(HOLIDAY)
@example([("ana", do.SetAway(date(2026, 12, 14))), *NEXT])
@example([("ana", do.StopAsking()), *NEXT])
@example([*DECIDED_AT_NIGHT, ("ana", do.StopAsking())])
@example([*DECIDED_AT_NIGHT, ("ana", do.SetAway(date(2026, 12, 14)))])
@example([*DECIDED_AT_NIGHT, ("ana", do.SetZone("America/New_York"))])
@example([*DECIDED_AT_NIGHT, ("ana", Profile("America/New_York"))])
@example([*DECIDED_AT_NIGHT, ("ana", do.Answer("words"))])
@example([*DECIDED_AT_NIGHT, ("ana", do.Pass())])
@example([*STEP_CHOSEN, ("ana", do.SetZone("America/New_York"))])
@example([*STEP_CHOSEN, ("ana", do.StopAsking())])
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
    bot = composed(store, calendar=_calendar)
    try:
        chat = await bot.begun(pace=Pace.OPEN)
        await bot.say("ana", do.Answer("words"))
        for who, step in history:
            if isinstance(step, int):
                await _let_pass(bot, timedelta(hours=step), late=who == "late")
            elif isinstance(step, Profile):
                at, zone = person(str(who)), step.zone
                await store.transact(lambda tx, at=at, zone=zone: tx.chats.in_zone(at, zone, bot.clock.now))  # type: ignore[misc]
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
        if (letter.key or "").startswith("rem:"):
            await _is_of_use(bot, letter.to)
    keys = Counter(letter.key for letter in bot.room.letters)
    assert max(keys.values(), default=0) <= 1
    reminded = Counter(letter.to for letter in bot.room.letters if (letter.key or "").startswith("rem:"))
    assert max(reminded.values(), default=0) <= MOST


async def _is_of_use(bot: Bot, who: str) -> None:
    """Nobody is reminded of what they answered or passed on."""
    (own,) = await bot.store.read(lambda tx: tx.reading.own(person(who)))
    answered = {one.part.question for one in own.spoken if not one.part.withdrawn}
    assert own.chat.asking is not None
    assert own.chat.asking not in answered | own.passed


def _calendar(zone: str) -> Calendar:
    return Calendar(zone, HOLIDAYS)


def _check(now: datetime, wishes: Wishes) -> None:
    zone = wishes.zone or wishes.profile_zone or "Europe/London"
    wall = now.astimezone(ZoneInfo(zone))
    assert not wishes.stopped
    assert FROM <= wall.time() < TO
    assert wall.weekday() < SATURDAY
    assert wall.date() not in HOLIDAYS
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
    noon = datetime(2026, 12, 7, 12, tzinfo=UTC)
    wrong += [(noon, Wishes(stopped=True)), (noon, Wishes(back_on=date(2026, 12, 8)))]
    wrong += [(noon, Wishes(zone="Asia/Kolkata")), (noon, Wishes(profile_zone="America/New_York"))]
    wrong += [(noon.replace(day=10), Wishes())]
    found = []
    for now, wishes in wrong:
        try:
            _check(now, wishes)
        except AssertionError:
            found.append(now)

    assert found == [now for now, _ in wrong]
