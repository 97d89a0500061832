"""What is nobody else's business: private answers, words that are not for the bot, and words where they do not live."""

from io import StringIO

import pytest

from bot.outside import SurveyEvent
from tests.adapters.teams.composing import Place
from tests.canary import MARK, rows_of

pytestmark = pytest.mark.usefixtures("logged")

HARD, GOOD = f"Hard, {MARK}", f"Good, {MARK}"


async def answered_privately(place: Place, who: str, words: str, where: str = "heard") -> None:
    """Have somebody answer in the form."""
    await place.peer.press(who, "Answer privately", where)
    await place.peer.submit(who, {"Your words": words})
    await place.settle()


def said(event: SurveyEvent) -> str:
    """The words of a response to the first question."""
    return next((item.verbatim for item in event.items if item.verbatim is not None), "")


@pytest.mark.parametrize("where", ["heard", "team", "group"])
async def test_a_private_answer_changes_nothing_for_others(place: Place, where: str) -> None:
    """No post, no number, no notification and nothing that anybody else was ever shown is other than before."""
    peer, _ = place.peer, await place.begun(place=where)
    await peer.press("Cat", "Answer", where)
    await peer.submit("Cat", {"Your words": "Fine"})
    await place.settle()
    seen, edits = peer.seen("Ana", where), peer.count("update")
    others = {name: list(peer.alone(name)) for name in ("Ana", "Cat", "Dev")}

    await answered_privately(place, "Ben", HARD, where)

    assert await place.words(where) == ["Fine", HARD]
    assert (peer.seen("Ana", where), peer.count("update")) == (seen, edits)
    assert {name: peer.alone(name) for name in others} == others
    assert "The programme team reads this." in peer.alone("Ben")[-1]
    assert [line for line in peer.notified if MARK in line] == []


async def test_the_host_reads_nothing_private(place: Place) -> None:
    """Neither the read-back nor the closing post has it, in words or in numbers."""
    peer, opening = place.peer, await place.begun()
    await peer.say("Cat", "heard", "Fine", thread=opening)
    await answered_privately(place, "Ben", HARD)
    for words in ("finish", "read back", "send", "yes"):
        await peer.say("Ana", "heard", words, thread=opening, mention=True)
        await place.settle()
        if words == "read back":
            await peer.press("Ana", "Read back", "Ana")

    assert MARK not in "\n".join(peer.alone("Ana") + peer.thread("heard", opening))
    assert "Thank you. 1 person took part here." in peer.thread("heard", opening)[-1]
    assert HARD in {said(event) for event in place.bot.survey.told}


async def test_what_is_not_ours_leaves_nothing_behind(place: Place, logged: StringIO) -> None:
    """What people say elsewhere is in no table, not even that they spoke, and no line of the log tells of it.

    That we hear a channel at all is known once, and of nobody in it.
    """
    peer, _ = place.peer, await place.begun()
    theirs = await peer.say("Cat", "heard", f"Lunch? {MARK}")
    before, lines, calls = await place.bot.everything(), logged.getvalue(), len(peer.calls)

    reply = await peer.say("Cat", "heard", f"Yes! {MARK}", thread=theirs.id)
    for word in ("next", "start", "help", "finish"):
        await peer.say("Ana", "heard", word, thread=theirs.id)
        await peer.say("Ana", "heard", word)
    await peer.edit("Cat", "heard", reply.id, f"No! {MARK}")
    await peer.delete("Cat", "heard", reply.id)
    await peer.undelete("Cat", "heard", reply.id)
    await peer.say("Dev", "heard", "", thread=theirs.id)
    await peer.react("Dev", "heard", place.opening("heard"))
    await place.settle()

    assert await place.bot.everything() == before
    assert (logged.getvalue(), len(peer.calls)) == (lines, calls)
    assert peer.world.person("Cat").aad not in str(before)


async def test_who_looks_is_not_kept(place: Place) -> None:
    """A card is asked for by everybody's Teams: nothing is written of who saw it."""
    await place.begun()
    before = await place.bot.everything()
    done = await place.peer.look("Dev")

    assert [delivery.kind for delivery in done.deliveries] == ["adaptiveCard/action"]
    assert await place.bot.everything() == before


async def test_words_are_where_they_live_alone(place: Place) -> None:
    """After everything that can be said: no other column, no notification and nobody else's screen has them."""
    peer, opening = place.peer, await place.begun()
    said = await peer.say("Ben", "heard", HARD, thread=opening)
    await peer.edit("Ben", "heard", said.id, GOOD)
    await answered_privately(place, "Cat", f"Private {MARK}")
    await peer.say("Ana", "heard", "finish", thread=opening)
    await place.settle()
    await peer.press("Ana", "Add a reflection", "heard")
    await peer.submit("Ana", {"Your words": f"Together {MARK}"})
    await peer.press("Ana", "Send", "heard")
    await place.settle()

    assert [row for _, row in await rows_of(place.bot.store, homes=False) if MARK in row] == []
    assert [line for line in peer.notified if MARK in line] == []
    assert f"Together {MARK}" in peer.thread("heard", opening)[-1]


async def test_nobody_else_is_told_who_said_it(place: Place) -> None:
    """What is kept of people beside their ids is what their team calls them, and in no log."""
    peer, opening = place.peer, await place.begun()
    await peer.say("Ben", "heard", f"Thank you <at>Cat</at> {MARK}", thread=opening)

    assert await place.words() == [f"Thank you @colleague {MARK}"]
