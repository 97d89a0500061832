"""Stories and contact requests in Teams: in dialogs, from anywhere, seen by nobody else."""

import pytest

from bot.outside import Topic
from tests.adapters.teams.composing import Place
from tests.canary import MARK

pytestmark = pytest.mark.usefixtures("logged")

USES = "What may the programme do with it?"
STORY = {"Title": f"A round {MARK}", "What happened?": f"We met {MARK}.", USES: "website\ninternal"}


def told(place: Place) -> list[tuple[str, int]]:
    """What the programme was told of stories."""
    return [(str(one.sending), one.revision) for one in place.bot.survey.told if one.topic is Topic.STORY]


async def test_a_chat_ends_with_a_story(place: Place) -> None:
    """From the closing post: the receipt stands in the dialog, and nobody else sees anything of it."""
    peer = place.peer
    opening = await place.begun()
    await peer.say("Ben", "heard", "It was hard.", thread=opening)
    for press in ("Next question", "Next question", "Next question", "Finish", "Send"):
        await peer.press("Ana", press, "heard")
        await place.settle()
    seen = peer.seen("Dev", "heard")
    await peer.press("Cat", "Tell a story", "heard")
    await peer.submit("Cat", STORY)
    await place.settle()

    assert "Your story goes to the programme team." in peer.text_of_dialog("Cat")
    assert told(place) == [("submitted", 1)]
    assert place.bot.survey.told[-1].chat_key == (await place.chat("heard")).id
    consent = place.bot.survey.told[-1].consent
    assert consent is not None
    assert (consent.internal, consent.website, consent.social_media) == (True, True, False)
    assert peer.seen("Dev", "heard") == seen
    assert MARK not in "\n".join(peer.posts("Cat"))


async def test_a_story_is_told_one_to_one_changed_and_taken_back(place: Place) -> None:
    """A typed word brings a button: nobody's words ever stand in a chat that an employer may keep."""
    peer = place.peer
    await peer.say("Ana", "Ana", "story")
    await place.settle()
    await peer.press("Ana", "Tell a story", "Ana")
    await peer.submit("Ana", STORY)
    await place.settle()
    await peer.press("Ana", "Change my story", "dialog")
    await peer.submit("Ana", {"Title": "Another", USES: ""})
    await place.settle()
    changed = peer.text_of_dialog("Ana")
    await peer.press("Ana", "Withdraw my story", "dialog")
    await place.settle()

    assert "Your story has changed." in changed
    assert "Only they read it." in changed
    assert "Your story is withdrawn." in "\n".join(peer.alone("Ana"))
    assert told(place) == [("submitted", 1), ("revised", 2), ("withdrawn", 3)]
    assert MARK not in "\n".join(peer.posts("Ana"))


async def test_what_is_refused_keeps_what_was_typed(place: Place) -> None:
    """The reason stands at its box, and what was ticked is ticked."""
    peer = place.peer
    await peer.say("Ana", "Ana", "story")
    await place.settle()
    await peer.press("Ana", "Tell a story", "Ana")
    await peer.submit("Ana", {**STORY, "What happened?": "\u200b"})
    refused = peer.text_of_dialog("Ana")
    await peer.submit("Ana", {"What happened?": "We met."})
    await place.settle()

    assert "There are no words in it yet." in refused
    assert told(place) == [("submitted", 1)]
    consent = place.bot.survey.told[-1].consent
    assert consent is not None
    assert consent.website


async def test_what_points_at_one_person_is_asked_about_first(place: Place) -> None:
    """With everything that was written and ticked still there."""
    peer = place.peer
    await peer.say("Ana", "Ana", "story")
    await place.settle()
    await peer.press("Ana", "Tell a story", "Ana")
    await peer.submit("Ana", {**STORY, "How did it feel?": "Calm, said Mrs Jones."})
    asked = peer.text_of_dialog("Ana")
    before = told(place)
    await peer.submit("Ana", {})
    await place.settle()
    (event,) = [one for one in place.bot.survey.told if one.topic is Topic.STORY]

    assert "a person's name" in asked
    assert before == []
    assert {item.link_id: item.verbatim for item in event.items}["how_it_felt"] == "Calm, said [removed]."
    assert event.consent is not None
    assert event.consent.website


async def test_who_has_little_time_asks_for_a_call(place: Place) -> None:
    """Out of More; how they are reached goes to the programme, and nowhere else."""
    peer = place.peer
    await place.begun()
    seen = peer.seen("Dev", "heard")
    await peer.press("Cat", "More", "heard")
    await peer.press("Cat", "I'm short of time", "dialog")
    assert "A few words are enough." in peer.text_of_dialog("Cat")
    await peer.press("Cat", "Please contact me", "dialog")
    await peer.submit("Cat", {"How to reach you: a phone number or an e-mail address": f"07700 {MARK}"})
    await place.settle()
    receipt = peer.text_of_dialog("Cat")
    contact = place.bot.survey.told[-1].contact
    await peer.press("Cat", "Don't contact me", "dialog")
    await place.settle()

    assert "The programme team gets your request" in receipt
    assert contact == f"How to reach them: 07700 {MARK}"
    assert peer.seen("Dev", "heard") == seen
    assert MARK not in repr(await place.bot.everything())
