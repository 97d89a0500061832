"""Stories and contact requests in Slack: in modals, from anywhere, seen by nobody else."""

import pytest

from bot.outside import Topic
from tests.adapters.slack.composing import Place
from tests.canary import MARK

pytestmark = pytest.mark.usefixtures("logged")

USES = "What may the programme do with it?"
CREDIT = "A name to show with it, if you want one"
STORY = {"Title": f"A round {MARK}", "What happened?": f"We met {MARK}.", USES: "website\ninternal"}


def told(place: Place) -> list[tuple[str, int]]:
    """What the programme was told of stories."""
    return [(str(one.sending), one.revision) for one in place.bot.survey.told if one.topic is Topic.STORY]


async def test_a_chat_ends_with_a_story(place: Place) -> None:
    """From the closing post: the receipt stands in the modal's place, and nobody else sees anything of it."""
    peer = place.peer
    opening = await place.begun()
    await peer.say("Ben", "team", "It was hard.", opening)
    for press in ("Next question", "Next question", "Next question", "Finish", "Send"):
        await peer.press("Ana", press)
        await place.settle()
    seen = peer.thread("team", opening)
    await peer.press("Cat", "Tell a story")
    await peer.submit("Cat", STORY)
    await place.settle()

    assert "Your story goes to the programme team." in peer.text_of_view("Cat")
    assert told(place) == [("submitted", 1)]
    assert place.bot.survey.told[-1].chat_key == (await place.chat()).id
    assert peer.thread("team", opening) == seen
    assert MARK not in "\n".join(seen)


async def test_a_story_is_changed_and_taken_back_in_the_modal(place: Place) -> None:
    """Each step stands in the place of the one before."""
    peer = place.peer
    await peer.shortcut("Ana", "tell_story")
    await peer.submit("Ana", STORY)
    await place.settle()
    await peer.press("Ana", "Change my story")
    await peer.submit("Ana", {"Title": "Another", USES: ""})
    await place.settle()
    changed = peer.text_of_view("Ana")
    await peer.press("Ana", "Withdraw my story")
    await place.settle()

    assert "Your story has changed." in changed
    assert "Only they read it." in changed
    assert "Your story is withdrawn." in peer.text_of_view("Ana")
    assert told(place) == [("submitted", 1), ("revised", 2), ("withdrawn", 3)]


async def test_what_is_refused_keeps_what_was_typed(place: Place) -> None:
    """The reason stands at its box."""
    peer = place.peer
    await peer.command("Ana", "team", "story")
    await peer.submit("Ana", {**STORY, "What happened?": "\u200b"})
    refused = peer.text_of_view("Ana")
    await peer.submit("Ana", {"What happened?": "We met."})
    await place.settle()

    assert "There are no words in it yet." in refused
    assert told(place) == [("submitted", 1)]


async def test_the_word_in_a_thread_is_a_command(place: Place) -> None:
    """It opens nothing by itself there: a button does, for that person alone."""
    peer = place.peer
    await peer.say("Ben", "team", "story", await place.begun())
    await place.settle()
    await peer.press("Ben", "Tell a story")
    await peer.submit("Ben", STORY)
    await place.settle()

    assert told(place) == [("submitted", 1)]
    assert await place.words() == []


async def test_the_home_offers_it(place: Place) -> None:
    """And is there again, when the receipt is closed."""
    peer = place.peer
    await peer.open_home("Ana")
    await place.settle()
    await peer.press("Ana", "Tell a story", "home")
    await peer.submit("Ana", STORY)
    await place.settle()

    assert "Your story goes to the programme team." in peer.text_of_view("Ana")


async def test_what_points_at_one_person_is_asked_about_first(place: Place) -> None:
    """With everything that was written and ticked still there."""
    peer = place.peer
    await peer.shortcut("Ana", "tell_story")
    await peer.submit("Ana", {**STORY, "How did it feel?": "Calm, said Mrs Jones."})
    asked = peer.text_of_view("Ana")
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
    opening = await place.begun()
    seen = peer.thread("team", opening)
    await peer.press("Cat", "More")
    await peer.press("Cat", "I'm short of time")
    assert "A few words are enough." in peer.text_of_view("Cat")
    await peer.press("Cat", "Please contact me")
    await peer.submit("Cat", {"How to reach you: a phone number or an e-mail address": f"07700 {MARK}"})
    await place.settle()
    receipt = peer.text_of_view("Cat")
    contact = place.bot.survey.told[-1].contact
    await peer.press("Cat", "Don't contact me")
    await place.settle()

    assert "The programme team gets your request" in receipt
    assert contact == f"How to reach them: 07700 {MARK}"
    assert peer.thread("team", opening) == seen
    assert MARK not in repr(await place.bot.everything())
