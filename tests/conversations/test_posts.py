"""What the room sees: where the chat stands, how many answered here, and nothing of private answers."""

from dataclasses import replace
from pathlib import Path

import pytest

from conversations import commands as do
from conversations.messages import Link, Message, Quote, buttons_of, plain
from conversations.model import Pace
from conversations.posts import RoomView, post
from storage.wording import load_wording
from tests.conversations.chats import ANA, BY_STAGE, GUIDE, HOST, Table, asking, reviewing, started

WORDING = load_wording(Path(__file__).parents[2] / "conversations" / "wording" / "en.yaml")
NOBODY = RoomView({}, 0)


def stands(table: Table, slot: str, view: RoomView = NOBODY) -> Message:
    """The message in a slot."""
    return post(slot, table.chat, GUIDE, view, WORDING)


def labels(message: Message) -> list[str]:
    """The words on the buttons."""
    return [button.label for button in buttons_of(message)]


def test_the_opening_says_what_happens_to_words_before_it_asks_for_any() -> None:
    """product.md, rule 4: length, ground rules, who sees what, then the buttons."""
    message = stands(started(), "opening")

    text = plain(message)
    assert text.index("two questions") < text.index("Passing is fine") < text.index("without your name")
    assert labels(message) == ["Begin", "Not now", "Who can see this"]


@pytest.mark.parametrize("stage", list(BY_STAGE))
def test_the_opening_stands_at_every_stage_and_is_short(stage: str) -> None:
    """At most 90 words before the buttons, whatever happened."""
    message = stands(BY_STAGE[stage](), "opening")  # type: ignore[index]

    said = [part.text for part in message.parts if hasattr(part, "text")]
    assert len(" ".join(said).split()) <= 90
    assert message.summary


def test_a_question_says_why_it_is_asked_and_how_many_answered_in_the_room() -> None:
    """The post is edited in place as answers come."""
    table = asking()

    assert "answered" not in plain(stands(table, "question:1"))
    assert "1 person has answered here." in plain(stands(table, "question:1", RoomView({"first": 1}, 1)))
    assert "Why we ask: To know." in plain(stands(table, "question:1", RoomView({"first": 12}, 12)))


def test_a_question_that_stands_no_more_offers_a_late_answer_and_no_next() -> None:
    """Only one post has *Next question*, so nobody presses an old one by mistake."""
    table = asking()
    table.play(HOST, do.MoveOn("first"))

    assert labels(stands(table, "question:1")) == ["Answer this one", "Answer privately"]
    assert labels(stands(table, "question:2")) == ["Answer privately", "Support", "More", "Finish"]


def test_buttons_carry_the_question_of_their_post() -> None:
    """A press on an old post is about the old question."""
    table = asking()
    next_button = buttons_of(stands(table, "question:1"))[-1]

    assert next_button.code == f"next:{table.chat.id.hex}:first"


def test_a_practice_says_so_in_every_post() -> None:
    """Nobody may take a practice for the real thing."""
    table = asking(practice=True)
    table.play(ANA, do.Answer("trying"))
    slots = ["opening", "question:1"]

    assert all("practice" in plain(stands(table, slot)).lower() for slot in slots)
    table.play(HOST, do.Finish())
    table.play(HOST, do.Send(sure=True))
    assert "practice" in plain(stands(table, "closing")).lower()


def test_take_over_is_offered_when_the_host_is_away_and_only_then() -> None:
    """product.md: not while somebody leads."""
    table = asking()
    assert "Take over as host" not in labels(stands(table, "opening"))

    table.wait(minutes=10)
    table.play(None, do.Tick())
    assert "Take over as host" in labels(stands(table, "opening"))


def test_an_open_question_says_until_when() -> None:
    """A day in words, in the room's zone."""
    assert "until Wednesday 9 December 2026" in plain(stands(asking(pace=Pace.OPEN), "question:1"))


def test_the_closing_shows_the_reflection_and_keeps_it_out_of_notifications() -> None:
    """The room sees the host's words; a locked screen does not."""
    table = reviewing()
    table.play(HOST, do.Send(sure=True))
    message = stands(table, "closing", RoomView({}, 3, "we care"))

    assert Quote("we care") in message.parts
    assert "we care" not in message.summary
    assert "3 people took part here." in plain(message)


def test_the_closing_carries_the_survey_that_people_open_themselves() -> None:
    """For the team to fill in together; what notifies people has no address in it."""
    table = reviewing()
    table.play(HOST, do.Send(sure=True))
    message = stands(table, "closing", RoomView({}, 3, survey="https://survey.example/1"))

    assert Link("Team survey", "https://survey.example/1") in message.parts
    assert "survey" not in message.summary
    assert not any(isinstance(part, Link) for part in stands(table, "closing", RoomView({}, 3)).parts)


@pytest.mark.parametrize("practice", [True, False])
def test_what_goes_nowhere_has_no_survey(practice: bool) -> None:  # noqa: FBT001 -- a parameter of the test
    """Neither a practice nor a cancelled chat."""
    table = asking(practice=practice)
    table.play(HOST, do.Cancel(sure=True))

    message = stands(table, "closing", RoomView({}, 0, survey="https://survey.example/1"))
    assert not any(isinstance(part, Link) for part in message.parts)


def test_the_closing_of_a_practice_says_nothing_of_numbers() -> None:
    """The answers are deleted by then, and *nobody answered* would be untrue."""
    table = asking(practice=True)
    table.play(ANA, do.Answer("trying"))
    table.play(HOST, do.Finish())
    table.play(HOST, do.Send(sure=True))

    text = plain(stands(table, "closing"))
    assert "The practice is over. Its answers are deleted and nothing was sent on." in text
    assert "answered" not in text
    assert "answered" not in plain(stands(table, "question:1"))


def test_the_closing_says_the_same_whether_or_not_anything_was_said_privately() -> None:
    """With nothing said in the room it still speaks of private answers; a chat that never began has none."""
    begun, never = asking(), started()
    begun.play(HOST, do.Finish())
    never.wait(hours=24)
    never.play(None, do.Tick())

    assert "Any private answers go to the programme" in plain(stands(begun, "closing"))
    assert "programme" not in plain(stands(never, "closing"))


def test_a_guide_of_one_question_reads_well() -> None:
    """One question, one day: numbers and words agree."""
    short = replace(GUIDE, questions=GUIDE.questions[:1], open_days=1)

    live = plain(post("opening", started().chat, short, NOBODY, WORDING))
    slow = plain(post("opening", started(pace=Pace.OPEN).chat, short, NOBODY, WORDING))

    assert "There is one question. It takes about 5 minutes." in live
    assert "There is one question. Each question stays open for one working day." in slow


def test_a_slot_that_the_chat_has_not_is_a_mistake_of_ours() -> None:
    """Not a blank post."""
    with pytest.raises(LookupError):
        stands(started(), "question:1")
