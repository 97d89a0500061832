"""What is nobody else's business: private answers, words that are not for the bot, and words where they do not live."""

from io import StringIO

import pytest

from bot.outside import SurveyEvent
from storage.tables import metadata
from tests.adapters.slack.composing import Place
from tests.canary import HOMES, MARK

pytestmark = pytest.mark.usefixtures("logged")

HARD, GOOD = f"Hard, {MARK}", f"Good, {MARK}"


async def answered_privately(place: Place, who: str, words: str) -> None:
    """Have somebody answer in the form."""
    await place.peer.press(who, "Answer privately")
    await place.peer.submit(who, {"Your words": words})
    await place.settle()


def said(event: SurveyEvent) -> str:
    """The words of a response to the first question."""
    return next((item.verbatim for item in event.items if item.verbatim is not None), "")


async def everywhere_but_home(place: Place) -> str:
    """Every row of every table but the columns where words live, as text."""
    rows = await place.bot.everything()
    found = []
    for name, table in metadata.tables.items():
        columns = [column.name for column in table.c]
        for row in rows[name]:
            found += [
                f"{name} {value!r}" for column, value in zip(columns, row, strict=True) if (name, column) not in HOMES
            ]
    return "\n".join(found)


async def test_a_private_answer_changes_nothing_for_others(place: Place) -> None:
    """No post, no number, no notification and nothing that anybody else was ever shown is other than before."""
    peer, opening = place.peer, await place.begun()
    await peer.say("Cat", "team", "Fine", opening)
    await place.settle()
    thread, edits = peer.thread("team", opening), peer.count("chat.update")
    others = {name: list(peer.alone(name)) for name in ("Ana", "Cat", "Dev")}

    await answered_privately(place, "Ben", HARD)

    assert await place.words() == ["Fine", HARD]
    assert (peer.thread("team", opening), peer.count("chat.update")) == (thread, edits)
    assert {name: peer.alone(name) for name in others} == others
    assert "The programme team reads this." in peer.alone("Ben")[-1]
    assert [line for line in peer.notified if MARK in line] == []


async def test_the_host_reads_nothing_private(place: Place) -> None:
    """Neither the read-back nor the closing post has it, in words or in numbers."""
    peer, opening = place.peer, await place.begun()
    await peer.say("Cat", "team", "Fine", opening)
    await answered_privately(place, "Ben", HARD)
    for words in ("finish", "send", "yes"):
        await peer.say("Ana", "team", words, opening)
        await place.settle()

    assert MARK not in "\n".join(peer.alone("Ana") + peer.thread("team", opening))
    assert "Thank you. 1 person took part here." in peer.thread("team", opening)[-1]
    assert HARD in {said(event) for event in place.bot.survey.told}


async def test_what_is_not_ours_leaves_nothing_behind(place: Place, logged: StringIO) -> None:
    """What people say elsewhere is in no table, not even that they spoke, and no line of the log tells of it."""
    peer, _ = place.peer, await place.begun()
    theirs = await peer.say("Ben", "team", f"Lunch? {MARK}")
    before, lines, calls = await place.bot.everything(), logged.getvalue(), len(peer.calls)

    reply = await peer.say("Cat", "team", f"Yes! {MARK}", theirs.ts)
    await peer.say("Cat", "quiet", HARD)
    for word in ("next", "start", "help", "finish"):
        await peer.say("Ana", "team", word, theirs.ts)
        await peer.say("Ana", "team", word)
    await peer.edit("Cat", "team", reply.ts, f"No! {MARK}")
    await peer.delete("Cat", "team", reply.ts)
    await peer.broadcast("Dev", "team", f"Now {MARK}", theirs.ts)
    await peer.say("Dev", "team", "", theirs.ts, files=True)
    await place.settle()

    assert await place.bot.everything() == before
    assert (logged.getvalue(), len(peer.calls)) == (lines, calls)


async def test_words_are_where_they_live_alone(place: Place) -> None:
    """After everything that can be said: no other column, no notification and nobody else's screen has them."""
    peer, opening = place.peer, await place.begun()
    said = await peer.say("Ben", "team", HARD, opening)
    await peer.edit("Ben", "team", said.ts, GOOD)
    await answered_privately(place, "Cat", f"Private {MARK}")
    await peer.say("Ana", "team", "finish", opening)
    await place.settle()
    await peer.press("Ana", "Add a reflection", "team")
    await peer.submit("Ana", {"Your words": f"Together {MARK}"})
    await peer.press("Ana", "Send", "team")
    await place.settle()

    assert MARK not in await everywhere_but_home(place)
    assert [line for line in peer.notified if MARK in line] == []
    assert f"Together {MARK}" in peer.thread("team", opening)[-1]
