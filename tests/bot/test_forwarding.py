"""Second looks: where a write that was late can undo a newer one, that is seen and put right."""

from datetime import timedelta

from bot.outbox import Status
from conversations import commands as do
from conversations.events import Sending
from storage.opening import OpenStore
from tests.bot.composing import Bot, RigSurvey, answer, composed

QUIET = timedelta(minutes=10)


async def answered(store: OpenStore, quiet: timedelta | None = QUIET) -> Bot:
    """A bot after a chat whose one response has arrived, at a survey store that is looked at again."""
    bot = composed(store, survey=RigSurvey(quiet=quiet))
    await bot.begun()
    await bot.accepted("ana", answer("as it was"))
    await bot.sent()
    await bot.deliver()
    return bot


def told(bot: Bot) -> list[tuple[int, Sending, list[str]]]:
    """What the survey store was told, in order: revisions, and words."""
    return [
        (event.revision, event.sending, [item.verbatim for item in event.items if item.verbatim is not None])
        for event in bot.survey.told
    ]


async def look(bot: Bot) -> None:
    """Let the time pass until a second look is due."""
    bot.clock.wait(seconds=QUIET.total_seconds())
    await bot.deliver()


async def test_what_was_changed_is_told_again_later(store: OpenStore) -> None:
    """As the same event; once, and never of a first revision: nothing older can come after that."""
    bot = await answered(store)
    await look(bot)
    first = told(bot)
    await bot.accepted("ana", do.Edit(do.LATEST, "as it is"))
    await bot.deliver()
    for _ in range(3):
        await look(bot)

    assert first == [(1, Sending.SUBMITTED, ["as it was"])]
    assert told(bot)[1:] == [(2, Sending.REVISED, ["as it is"])] * 2
    assert len({event.id for event in bot.survey.told[1:]}) == 1
    assert await bot.outbox(Status.READY, Status.ATTEMPTED) == []


async def test_what_was_withdrawn_is_told_again_later(store: OpenStore) -> None:
    """Also when the chat is deleted by then: it needs ids alone."""
    bot = await answered(store)
    await bot.accepted("ana", do.Withdraw(do.LATEST))
    await bot.deliver()
    for _ in range(3):
        await look(bot)

    assert told(bot)[1:] == [(2, Sending.WITHDRAWN, [])] * 2


async def test_a_newer_revision_has_the_only_look(store: OpenStore) -> None:
    """It looks for all that came before it."""
    bot = await answered(store)
    await bot.accepted("ana", do.Edit(do.LATEST, "better"))
    await bot.deliver()
    bot.clock.wait(minutes=5)
    await bot.accepted("ana", do.Edit(do.LATEST, "best"))
    await bot.deliver()
    for _ in range(3):
        await look(bot)

    assert told(bot)[1:] == [
        (2, Sending.REVISED, ["better"]),
        (3, Sending.REVISED, ["best"]),
        (3, Sending.REVISED, ["best"]),
    ]


async def test_where_there_is_nothing_to_look_at_nobody_looks(store: OpenStore) -> None:
    """A receiver that keeps the highest revision needs no second look."""
    bot = await answered(store, quiet=None)
    await bot.accepted("ana", do.Edit(do.LATEST, "as it is"))
    await bot.deliver()
    await look(bot)

    assert [revision for revision, _, _ in told(bot)] == [1, 2]
