"""Organisers hear of a survey store in trouble: once a day at most, by classes of failure, and nobody else does."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.alarms import alarm
from bot.outbox import Trouble
from bot.outside import AtFault, Busy
from bot.registers import EVERYWHERE, Holder, Role
from conversations.messages import plain
from storage.opening import OpenStore
from tests.bot.composing import WORDING, Bot, answer, composed, person, rates

NOON = datetime(2026, 12, 7, 12, tzinfo=UTC)
WORDS = "the ward was short again"


async def waiting(store: OpenStore, *refusals: Exception) -> Bot:
    """A bot with two organisers, after a chat whose one response was refused so."""
    bot = composed(store, organisers=frozenset({person("olu")}), rate_of=rates(programme=100))
    await store.transact(lambda tx: tx.roles.give(Holder(person("ola"), Role.ORGANISER, EVERYWHERE)))
    await store.transact(lambda tx: tx.roles.give(Holder(person("ann"), Role.ANALYST, EVERYWHERE)))
    bot.survey.refusals = list(refusals)
    await bot.begun()
    await bot.accepted("ana", answer(WORDS))
    await bot.sent()
    await bot.deliver()
    return bot


def written_to(bot: Bot) -> list[str]:
    """Who got letters, in order."""
    return [sent.to for sent in bot.room.letters]


async def test_organisers_hear_at_once_of_a_store_that_turns_us_away(store: OpenStore) -> None:
    """Everybody who organises, and no analyst, host or participant."""
    bot = await waiting(store, AtFault("unauthorised"))

    await bot.schedules.watch()
    await bot.deliver()

    assert sorted(written_to(bot)) == ["ola", "olu"]
    assert "programme turned me away (unauthorised). 1 waiting" in plain(bot.room.letters[0].message)


async def test_a_letter_has_nobodys_words_and_no_address(store: OpenStore) -> None:
    """Not even what the other side said."""
    bot = await waiting(store, AtFault(f"They said: {WORDS}"))

    await bot.schedules.watch()
    await bot.deliver()

    said = " ".join(plain(sent.message) for sent in bot.room.letters)
    assert said
    assert WORDS not in said
    assert "They said" not in said


async def test_what_waits_for_less_than_an_hour_alarms_nobody(store: OpenStore) -> None:
    """A survey store may be away for a while."""
    bot = await waiting(store, Busy("timeout"))
    bot.clock.wait(minutes=59)

    assert await bot.schedules.watch() == 0


async def test_what_waits_for_more_than_an_hour_does_however_often_it_was_tried(store: OpenStore) -> None:
    """Each attempt puts the next one off, and the age counts from the first."""
    bot = await waiting(store, *(Busy("timeout") for _ in range(9)))
    begun = bot.clock.now
    while bot.clock.now < begun + timedelta(hours=2):
        assert await bot.deliver_next()

    assert await bot.schedules.watch() == 2


async def test_organisers_are_written_to_once_a_day(store: OpenStore) -> None:
    """However often somebody looks; and again the next day, if it is still so."""
    bot = await waiting(store, *(AtFault("unauthorised") for _ in range(999)))
    for _ in range(3):
        await bot.schedules.watch()
        await bot.deliver()
    bot.clock.wait(days=1)
    await bot.schedules.watch()
    await bot.deliver()

    assert sorted(written_to(bot)) == ["ola", "ola", "olu", "olu"]


@pytest.mark.parametrize(
    ("waited", "says"),
    [
        (timedelta(seconds=5), "3 waiting, for a minute."),
        (timedelta(minutes=61), "3 waiting, for an hour."),
        (timedelta(hours=47), "3 waiting, for a day."),
        (timedelta(days=3), "3 waiting, for 3 days."),
    ],
)
def test_how_long_it_waited_is_said_in_its_largest_unit(waited: timedelta, says: str) -> None:
    """Nobody counts minutes by the thousand."""
    trouble = Trouble(destination="webhook", waiting=3, oldest=NOON - waited, fault=None, rests=True)

    assert says in plain(alarm([trouble], WORDING, NOON))
