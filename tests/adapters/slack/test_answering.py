"""Answering in a thread: what counts, what follows, and who is told what."""

import pytest

from adapters.slack.channel import TICK
from bot.outside import SurveyEvent
from conversations.events import Sending
from tests.adapters.slack.composing import Place
from tests.canary import MARK

pytestmark = pytest.mark.usefixtures("logged")

HARD, GOOD = f"Hard, {MARK}", f"Good, {MARK}"


def counted(place: Place, opening: str, channel: str = "team") -> list[str]:
    """What each question's post says of how many answered."""
    posts = [line for line in place.peer.thread(channel, opening) if ": Question " in line]
    return [next((part for part in post.splitlines() if "answered here" in part), "") for post in posts]


@pytest.mark.parametrize("channel", ["team", "quiet"])
async def test_a_reply_is_an_answer(place: Place, channel: str) -> None:
    """In public and in private channels; the first is received in words, the next by a mark alone."""
    peer, opening = place.peer, await place.begun(channel=channel)
    first = await peer.say("Ben", channel, HARD, opening)
    await place.settle()
    second = await peer.say("Ben", channel, GOOD, opening)
    await place.settle()

    assert await place.words(channel) == [HARD, GOOD]
    assert [TICK in peer.reactions(channel, said.ts) for said in (first, second)] == [True, True]
    assert sum("Thank you." in line for line in peer.alone("Ben")) == 1
    assert counted(place, opening, channel) == ["1 person has answered here."]
    assert [line for name in ("Ana", "Cat", "Dev") for line in peer.alone(name) if "Thank you." in line] == []


async def test_an_edit_and_a_deletion_follow(place: Place) -> None:
    """What is kept is what stands in the thread, and the mark goes with the message's count."""
    peer, opening = place.peer, await place.begun()
    said = await peer.say("Ben", "team", "First", opening)
    await place.settle()
    await peer.edit("Ben", "team", said.ts, HARD)
    await place.settle()
    edited = await place.words()
    await peer.delete("Ben", "team", said.ts)
    await place.settle()

    assert (edited, await place.words()) == ([HARD], [])
    assert counted(place, opening) == [""]
    assert any("is withdrawn" in line for line in peer.alone("Ben"))


@pytest.mark.parametrize("instead", ["pass", "next", "help"])
async def test_an_edit_to_a_command(place: Place, instead: str) -> None:
    """The words are not there any more, so they are withdrawn; the command is not done."""
    peer, opening = place.peer, await place.begun()
    said = await peer.say("Ana", "team", HARD, opening)
    await peer.edit("Ana", "team", said.ts, instead)
    await place.settle()

    assert await place.words() == []
    assert [ask.number for ask in (await place.chat()).asks] == [1]


async def test_an_edit_to_yes(place: Place) -> None:
    """*yes* is a word like others when nothing waits for it."""
    peer, opening = place.peer, await place.begun()
    said = await peer.say("Ben", "team", HARD, opening)
    await peer.edit("Ben", "team", said.ts, "Yes")

    assert await place.words() == ["Yes"]


async def test_words_that_were_too_many_are_taken_once_they_are_fewer(place: Place) -> None:
    """A message that was refused is an answer when its author edits it until it fits."""
    peer, opening = place.peer, await place.begun()
    said = await peer.say("Ben", "team", "word " * 3_300, opening)
    await place.settle()
    refused = await place.words()
    await peer.edit("Ben", "team", said.ts, HARD)
    await place.settle()

    assert (refused, await place.words()) == ([], [HARD])
    assert any("characters and up to" in line for line in peer.alone("Ben"))


async def test_after_sending_too(place: Place) -> None:
    """An edit and a deletion reach the survey store as a revision and a retraction of the same response."""
    peer, opening = place.peer, await place.begun()
    bens = await peer.say("Ben", "team", HARD, opening)
    cats = await peer.say("Cat", "team", GOOD, opening)
    for words in ("finish", "send", "yes"):
        await peer.say("Ana", "team", words, opening)
        await place.settle()
    sent = {event.subject: event for event in place.bot.survey.told}
    await peer.edit("Ben", "team", bens.ts, f"Rather {HARD}")
    await peer.delete("Cat", "team", cats.ts)
    for _ in range(3):
        await place.settle()
        place.clock.wait(minutes=90)
    later = place.bot.survey.told[len(sent) :]

    assert sorted(said(event) for event in sent.values()) == sorted([HARD, GOOD])
    assert {said(event) for event in later if event.sending is not Sending.WITHDRAWN} == {f"Rather {HARD}"}
    assert [event.subject for event in later if event.sending is Sending.WITHDRAWN] == [
        event.subject for event in sent.values() if said(event) == GOOD
    ]
    assert {event.revision for event in later} == {2}


def said(event: SurveyEvent) -> str:
    """The words of a response to the first question."""
    return next((item.verbatim for item in event.items if item.verbatim is not None), "")


async def test_files(place: Place) -> None:
    """A picture without words is refused kindly, one with words is an answer; words added later are taken."""
    peer, opening = place.peer, await place.begun()
    bare = await peer.say("Ben", "team", "", opening, files=True)
    await peer.say("Cat", "team", HARD, opening, files=True)
    await place.settle()
    before = await place.words()
    await peer.edit("Ben", "team", bare.ts, GOOD)

    assert (before, await place.words()) == ([HARD], [HARD, GOOD])
    assert "I can only take words." in peer.whispers("Ben")[0]
    assert [line for line in peer.whispers("Cat") if "I can only take words." in line] == []


async def test_words_taken_away_from_a_picture(place: Place) -> None:
    """The picture stays in the thread, and the answer is withdrawn."""
    peer, opening = place.peer, await place.begun()
    said = await peer.say("Ben", "team", HARD, opening, files=True)
    await peer.edit("Ben", "team", said.ts, "")

    assert await place.words() == []


async def test_what_is_no_answer(place: Place) -> None:
    """Other bots, people who join and links that unfold change nothing, and nobody is told anything."""
    peer, opening = place.peer, await place.begun()
    linked = await peer.say("Ben", "team", "See https://example.org", opening)
    await place.settle()
    told = len(peer.alone("Ben"))
    await peer.unfurl("team", linked.ts)
    await peer.other_bot_says("team", HARD, opening)
    await peer.other_bot_says("team", HARD, opening, is_modern=True)
    await peer.join("Dev", "team")
    await place.settle()

    assert await place.words() == ["See https://example.org"]
    assert (len(peer.alone("Ben")), counted(place, opening)) == (told, ["1 person has answered here."])


async def test_a_reply_to_the_whole_channel(place: Place) -> None:
    """It is not taken, its author is told so alone, and editing it changes nothing of that."""
    peer, opening = place.peer, await place.begun()
    said = await peer.broadcast("Ben", "team", HARD, opening)
    await place.settle()
    told = peer.whispers("Ben")
    await peer.edit("Ben", "team", said.ts, GOOD)
    await place.settle()

    assert await place.words() == []
    assert "I don't take replies that go to the whole channel too." in told[-1]


async def test_a_form_of_question_one_that_is_sent_on_question_two(place: Place) -> None:
    """It is filed under the question that it shows."""
    peer, _ = place.peer, await place.begun()
    await peer.press("Ben", "Answer privately")
    await peer.press("Ana", "Next question")
    await place.settle()
    await peer.submit("Ben", {"Your words": HARD})

    chat = await place.chat()
    parts = (await place.bot.everything())["answers"]
    assert len(chat.asks) == 2
    assert len(parts) == 1
    assert chat.asks[0].question in parts[0]


async def test_a_late_answer(place: Place) -> None:
    """*Answer this one* on an earlier question's post files under it, for the team."""
    peer, opening = place.peer, await place.begun()
    await peer.press("Ana", "Next question")
    await place.settle()
    await peer.press("Ben", "Answer this one")
    await peer.submit("Ben", {"Your words": HARD})
    await place.settle()

    assert counted(place, opening) == ["1 person has answered here.", ""]
    assert MARK not in "\n".join(peer.thread("team", opening))


async def test_typed_text_survives_a_refusal(place: Place) -> None:
    """A form that is refused stays as it is, says why at its box, and is taken once it can be."""
    peer, _ = place.peer, await place.begun()
    await peer.press("Ben", "Answer privately")
    for words, refusal in (("   ", "There are no words in it yet."), ("\u200b", "There are no words in it yet.")):
        await peer.submit("Ben", {"Your words": words})
        assert refusal in peer.text_of_view("Ben")
    await peer.submit("Ben", {"Your words": HARD})

    assert (peer.view("Ben"), await place.words()) == (None, [HARD])


async def test_a_form_that_is_sent_after_the_end(place: Place) -> None:
    """It says that the chat is over, and the words stand there to be copied."""
    peer, opening = place.peer, await place.begun()
    await peer.press("Ben", "Answer privately")
    await peer.say("Ana", "team", "finish", opening)
    await place.settle()
    await peer.submit("Ben", {"Your words": HARD})

    assert "This chat has ended." in peer.text_of_view("Ben")
    view = peer.view("Ben")
    assert view is not None
    assert HARD in str(view.state)
    assert await place.words() == []


async def test_a_form_that_was_closed(place: Place) -> None:
    """Nothing is kept of it and nothing is said."""
    peer, _ = place.peer, await place.begun()
    told = len(peer.alone("Ben"))
    await peer.press("Ben", "Answer privately")
    await peer.close_view("Ben")
    await place.settle()

    assert await place.words() == []
    assert len(peer.alone("Ben")) == told + 1


async def test_a_stranger_in_a_shared_channel(place: Place) -> None:
    """Somebody of another workspace answers, presses and fills in forms as everybody does."""
    peer, opening = place.peer, await place.begun(channel="shared")
    said = await peer.say("Stranger", "shared", HARD, opening)
    await place.settle()
    await peer.press("Stranger", "Answer privately")
    await peer.submit("Stranger", {"Your words": GOOD})
    await place.settle()
    await peer.press("Stranger", "More", "shared")
    await peer.press("Stranger", "My answers", "view")
    assert (HARD in peer.text_of_view("Stranger"), GOOD in peer.text_of_view("Stranger")) == (True, True)
    await peer.press("Stranger", "Change it", "view")
    await peer.submit("Stranger", {"Your words": f"Changed {MARK}"})
    await peer.edit("Stranger", "shared", said.ts, "Edited")
    await peer.press("Stranger", "Next question")
    await place.settle()

    assert sorted(await place.words("shared")) == sorted(["Edited", f"Changed {MARK}"])
    assert any("Only the host can do that." in line for line in peer.alone("Stranger"))
    assert counted(place, opening, "shared") == ["1 person has answered here."]


async def test_two_chats_in_two_channels(place: Place) -> None:
    """Each has its own answers, numbers and host."""
    peer = place.peer
    here, there = await place.begun(), await place.begun("Cat", "quiet")
    await peer.say("Ben", "team", HARD, here)
    await peer.say("Ben", "quiet", GOOD, there)
    await peer.say("Cat", "quiet", "next", there)
    await peer.say("Ana", "quiet", "next", there)
    await place.settle()

    assert (await place.words("team"), await place.words("quiet")) == ([HARD], [GOOD])
    assert (len((await place.chat("team")).asks), len((await place.chat("quiet")).asks)) == (1, 2)


async def test_a_second_chat_in_the_same_channel(place: Place) -> None:
    """The thread of the first one takes no answers for the second."""
    peer, first = place.peer, await place.begun()
    await peer.say("Ana", "team", "finish", first)
    await place.settle()
    second = await place.begun()
    await peer.say("Ben", "team", HARD, first)
    await peer.say("Ben", "team", GOOD, second)
    await place.settle()

    assert await place.words() == [GOOD]
    assert "This chat has ended." in "\n".join(peer.alone("Ben"))


@pytest.mark.parametrize(
    ("button", "told", "left"),
    [
        ("Keep in team", "stays in the team", [HARD]),
        ("May be quoted", "may be quoted, without your name", [HARD]),
        ("Withdraw", "is withdrawn", []),
    ],
)
async def test_what_a_receipt_offers(place: Place, button: str, told: str, left: list[str]) -> None:
    """Keep it in the team, let it be quoted, or withdraw it: each from the receipt's button, told alone."""
    peer, opening = place.peer, await place.begun()
    said = await peer.say("Ben", "team", HARD, opening)
    await place.settle()
    await peer.press("Ben", button, peer.world.whispers[-1].ts)
    await place.settle()

    assert told in peer.alone("Ben")[-1]
    assert (await place.words(), TICK in peer.reactions("team", said.ts)) == (left, bool(left))
    assert [line for line in peer.alone("Ana") if told in line] == []


async def test_what_a_private_receipt_offers(place: Place) -> None:
    """*Change it* opens the form over one's own words, and the receipt never shows them."""
    peer, _ = place.peer, await place.begun()
    await peer.press("Ben", "Answer privately")
    await peer.submit("Ben", {"Your words": HARD})
    await place.settle()
    await peer.press("Ben", "Change it", "team")
    assert HARD in str(peer.view("Ben"))
    await peer.submit("Ben", {"Your words": GOOD})
    await place.settle()

    assert await place.words() == [GOOD]
    assert MARK not in "\n".join(peer.whispers("Ben"))


async def test_talk_in_the_thread_of_a_chat_that_is_over(place: Place) -> None:
    """Who goes on talking is told once, alone, that it is no answer any more; nothing of it is kept."""
    peer, opening = place.peer, await place.begun()
    await peer.press("Ana", "Next question")
    await peer.say("Ana", "team", "cancel", opening)
    await peer.say("Ana", "team", "yes", opening)
    await place.settle()
    for words in ("Thanks all", "See you", "Bye"):
        await peer.say("Ben", "team", words, opening)
    await place.settle()

    assert len([line for line in peer.whispers("Ben") if "This chat has ended." in line]) == 1
    assert await place.words() == []
