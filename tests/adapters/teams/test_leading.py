"""Leading a chat: every step by button and by word, by the host alone, in as few posts as there may be."""

import asyncio
from datetime import timedelta

import pytest

from conversations.model import Stage
from tests.adapters.teams.composing import Place
from tests.canary import MARK

pytestmark = pytest.mark.usefixtures("logged")

HARD, TOGETHER = f"Hard, {MARK}", f"Together, {MARK}"
WAYS = [("button", "heard"), ("word", "heard"), ("mention", "team"), ("mention", "group")]


async def do(place: Place, who: str, what: str, *, by: str, where: str = "heard") -> None:
    """Have somebody press a button, type its words in the thread, or say them to the bot."""
    if by == "button":
        await place.peer.press(who, what, where)
    else:
        thread = None if where == "group" else place.opening(where)
        await place.peer.say(who, where, what, thread=thread, mention=by == "mention")
    await place.settle()


async def asked(place: Place, where: str = "heard") -> list[int]:
    """The numbers under which questions were asked."""
    return [ask.number for ask in (await place.chat(where)).asks]


def seen(place: Place, where: str) -> str:
    """All that the bot's posts say."""
    return "\n".join(place.peer.seen("Dev", where))


@pytest.mark.parametrize(("by", "where"), WAYS)
async def test_from_begin_to_send(place: Place, by: str, where: str) -> None:
    """Begin, pause, resume, next, finish and send, each by its button and by its words."""
    peer = place.peer
    await place.started(place=where)
    await do(place, "Ana", "Begin", by=by, where=where)
    await peer.say("Ben", where, HARD, mention=True, thread=None if where == "group" else place.opening(where))
    await do(place, "Ana", "Pause", by=by, where=where)
    assert "The chat is paused. You can still answer." in seen(place, where)
    await do(place, "Ana", "Resume", by=by, where=where)
    for _ in range(3):
        await do(place, "Ana", "Next question", by=by, where=where)
    assert await asked(place, where) == [1, 2, 3, 4]
    await do(place, "Ana", "Finish", by=by, where=where)
    assert (await place.chat(where)).stage is Stage.REVIEWING
    await do(place, "Ana", "Send", by=by, where=where)
    if by != "button":
        assert "Type yes to send." in peer.alone("Ana")[-1]
        assert (await place.chat(where)).stage is Stage.REVIEWING
        await do(place, "Ana", "yes", by=by, where=where)

    assert (await place.chat(where)).stage is Stage.CLOSED
    assert len(peer.bot_posts(where)) == 1 + 4 + 1


@pytest.mark.parametrize("answers", ["by word in their own chat", "by the button there"])
@pytest.mark.parametrize(("what", "stage"), [("send", Stage.CLOSED), ("cancel", Stage.CANCELLED)])
async def test_a_grave_word_is_asked_back(place: Place, answers: str, what: str, stage: Stage) -> None:
    """In the host's own chat with the bot, where they can answer too; nobody else's *yes* counts."""
    peer, opening = place.peer, await place.begun(place="team")
    await peer.say("Ben", "team", HARD, mention=True, thread=opening)
    await do(place, "Ana", "finish", by="mention", where="team")
    await do(place, "Ana", what, by="mention", where="team")
    await peer.say("Ben", "Ben", "yes")
    await place.settle()
    assert (await place.chat("team")).stage is Stage.REVIEWING
    if answers == "by the button there":
        await peer.press("Ana", "Yes", "Ana")
    else:
        await peer.say("Ana", "Ana", "yes")
    await place.settle()

    assert (await place.chat("team")).stage is stage
    assert "Please do this in the room of your team." in peer.alone("Ben")[-1]


async def test_send_asks_first(place: Place) -> None:
    """The button folds out the question; who is not sure sends nothing."""
    peer, opening = place.peer, await place.begun()
    await peer.say("Ben", "heard", HARD, thread=opening)
    await do(place, "Ana", "finish", by="word")
    await peer.press("Ana", "Send", "heard", sure=False)
    await place.settle()
    (sure,) = peer.asked

    assert "Send this chat to the programme now?" in sure.text
    assert (await place.chat("heard")).stage is Stage.REVIEWING


@pytest.mark.parametrize("by", ["button", "word"])
async def test_cancel(place: Place, by: str) -> None:
    """It asks first; then the room hears that nothing was sent on, and nothing was."""
    peer, opening = place.peer, await place.begun()
    await peer.say("Ben", "heard", HARD, thread=opening)
    await place.settle()
    await do(place, "Ana", "finish", by="word")
    if by == "button":
        await peer.press("Ana", "Read back", "heard")
        await peer.press("Ana", "Cancel the chat", "dialog")
        assert "Cancel this chat? Nothing said in the room will be sent on." in peer.asked[-1].text
        await place.settle()
    else:
        await do(place, "Ana", "cancel the chat", by="word")
        await do(place, "Ana", "yes", by="word")

    assert (await place.chat("heard")).stage is Stage.CANCELLED
    assert "Nothing said in the room was sent on." in peer.thread("heard", opening)[-1]
    assert place.bot.survey.told == []


async def test_authors_of_private_answers_of_a_cancelled_chat(place: Place) -> None:
    """They are asked once, alone, whether to send theirs; nobody else is."""
    peer, _ = place.peer, await place.begun()
    await peer.press("Ben", "Answer privately", "heard")
    await peer.submit("Ben", {"Your words": HARD})
    for words in ("cancel", "yes"):
        await do(place, "Ana", words, by="word")
    for _ in range(3):
        await place.settle()
    asked_of = {
        name: "\n".join(peer.alone(name)).count("was cancelled. Your private") for name in ("Ana", "Ben", "Cat")
    }
    await peer.press("Ben", "Send mine", "Ben")
    await place.settle()

    assert asked_of == {"Ana": 0, "Ben": 1, "Cat": 0}
    assert len(place.bot.survey.told) == 1


@pytest.mark.parametrize(("by", "where"), WAYS)
async def test_who_does_not_lead_is_told_so_alone(place: Place, by: str, where: str) -> None:
    """Nothing happens, and only that person reads why."""
    peer, _ = place.peer, await place.begun(place=where)
    before = seen(place, where)
    for what in ("Next question", "Pause"):
        await do(place, "Ben", what, by=by, where=where)

    assert seen(place, where) == before
    assert sum("Only the host can do that." in line for line in peer.alone("Ben")) == 2
    assert [line for line in peer.alone("Cat") if "Only the host" in line] == []


async def test_two_press_next_at_once(place: Place) -> None:
    """The chat moves on by one question, whoever presses, however often and under whatever id Teams brings it."""
    peer, opening = place.peer, await place.begun()
    done = await asyncio.gather(*(peer.press(who, "Next question", "heard") for who in ("Ana", "Ben", "Ana")))
    for is_new in (False, True):
        await peer.deliver_again(done[0].deliveries[0], 2, at_once=True, new_id=is_new)
    await place.settle()

    assert await asked(place) == [1, 2]
    assert sum("Question 2 of 4" in line for line in peer.thread("heard", opening)) == 1


async def test_taking_over(place: Place) -> None:
    """While the host is there it is refused alone; after ten minutes the button stands in the opening post."""
    peer, opening = place.peer, await place.begun()
    await do(place, "Ben", "take over", by="word")
    assert "You can take over when they have been away for a while." in peer.alone("Ben")[-1]
    assert "Take over as host" not in peer.buttons("Ben")

    place.clock.wait(minutes=10)
    await place.bot.schedules.tick()
    await place.settle()
    await peer.press("Ben", "Take over as host", opening)
    await place.settle()
    assert "You are the host now." in peer.alone("Ben")[-1]
    await do(place, "Ben", "next", by="word")

    assert await asked(place) == [1, 2]


@pytest.mark.parametrize("by", ["word", "mention"])
async def test_back(place: Place, by: str) -> None:
    """The question before is asked again, in a post of its own."""
    peer, opening = place.peer, await place.begun()
    await do(place, "Ana", "next", by=by)
    await do(place, "Ana", "back", by=by)

    asks = (await place.chat("heard")).asks
    assert [ask.number for ask in asks] == [1, 2, 3]
    assert asks[0].question == asks[2].question
    assert len(peer.bot_posts("heard", opening)) == 3


async def test_the_host_looks_back_and_reflects(place: Place) -> None:
    """The read-back is in a dialog alone; the reflection stands in the closing post."""
    peer, opening = place.peer, await place.begun()
    await peer.say("Ben", "heard", HARD, thread=opening)
    await do(place, "Ana", "finish", by="word")
    await do(place, "Ana", "read back", by="word")
    assert MARK not in "\n".join(peer.alone("Ana"))
    await peer.press("Ana", "Read back", "Ana")
    assert HARD in peer.text_of_dialog("Ana")
    await peer.press("Ana", "Add a reflection", "dialog")
    await peer.submit("Ana", {"Your words": TOGETHER})
    await do(place, "Ana", "Send", by="button")

    assert TOGETHER in peer.thread("heard", opening)[-1]
    assert [name for name in ("Ben", "Cat", "Dev") if TOGETHER in "\n".join(peer.alone(name))] == []


@pytest.mark.parametrize("where", ["team", "group"])
async def test_a_reflection_by_word(place: Place, where: str) -> None:
    """A button for the host alone opens the form; who is not the host is told so."""
    peer, _ = place.peer, await place.begun(place=where)
    await peer.press("Ben", "Answer", where)
    await peer.submit("Ben", {"Your words": HARD})
    await do(place, "Ana", "finish", by="mention", where=where)
    for who in ("Ben", "Ana"):
        await do(place, who, "reflect", by="mention", where=where)
    await peer.press("Ana", "Add a reflection", "Ana")
    await peer.submit("Ana", {"Your words": TOGETHER})

    assert (await place.chat(where)).reflected
    assert "Only the host can do that." in peer.alone("Ben")[-1]


async def test_practice(place: Place) -> None:
    """It says so, nothing is sent on, and its answers are gone when it ends."""
    peer, opening = place.peer, await place.started(words="practise")
    assert "This is a practice." in peer.thread("heard", opening)[0]
    await do(place, "Ana", "Begin", by="button")
    await peer.say("Ben", "heard", HARD, thread=opening)
    await do(place, "Ana", "finish", by="word")
    await do(place, "Ana", "send", by="mention")
    assert "Type yes to end it." in peer.alone("Ana")[-1]
    await do(place, "Ana", "yes", by="word")

    assert place.bot.survey.told == []
    assert (await place.bot.everything())["answers"] == []
    assert "The practice is over." in peer.thread("heard", opening)[-1]


@pytest.mark.parametrize("by", ["button", "form", "word"])
async def test_a_check_back(place: Place, by: str) -> None:
    """Who names a step chooses when to be asked; they are asked once, alone, and nothing of it notifies."""
    peer, opening = place.peer, await place.begun()
    for _ in range(3):
        await do(place, "Ana", "next", by="word")
    await peer.say("Ben", "heard", HARD, thread=opening)
    await place.settle()
    if by == "button":
        await peer.press("Ben", "2 weeks", "Ben")
    elif by == "form":
        await peer.press("Ben", "A date", "Ben")
        await peer.submit("Ben", {"Day": f"{place.clock.now + timedelta(days=14):%Y-%m-%d}"})
    else:
        await do(place, "Ben", "2 weeks", by="mention")
    await place.settle()
    assert "We will ask you on" in peer.alone("Ben")[-1]
    for words in ("finish", "send", "yes"):
        await do(place, "Ana", words, by="word")
    for _ in range(4):
        place.clock.wait(days=5)
        await place.bot.schedules.tick()
        await place.settle()

    assert sum("How is it going?" in line for line in peer.alone("Ben")) == 1
    await peer.press("Ben", "See my step", "Ben")
    assert HARD in peer.text_of_dialog("Ben")
    assert [line for line in peer.notified if MARK in line] == []
