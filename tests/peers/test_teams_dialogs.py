"""People in the stand-in fill in dialogs and send them as in Teams, and the answers do what they do there."""

from collections.abc import AsyncIterator

import pytest

from tests.peers.teams_answering import TROUBLE
from tests.peers.teams_founding import HERE
from tests.peers.teams_pieces import ANSWER, BEGIN, CHOICE, WORDS, dialog, saying, shown
from tests.peers.teams_stage import Stage, activity, card, teams_stage
from tests.peers.teams_things import Json

NEEDED: Json = {**WORDS, "isRequired": True, "errorMessage": "Write something"}


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """Set the stage."""
    async with teams_stage() as made:
        yield made


async def test_a_dialog_is_opened_filled_in_and_sent(stage: Stage) -> None:
    """Only its person has it; what they type goes with the button's own data."""
    post = await stage.post("group", activity(saying("Question", ANSWER)))
    stage.ear.will_answer(dialog())
    await stage.peer.press("Ana", "Answer")

    fetch = stage.ear.activities[0]
    assert (fetch["name"], fetch["replyToId"]) == ("task/fetch", post)
    assert fetch["value"] == {"data": ANSWER["data"], "context": {"theme": "default"}}
    assert stage.peer.text_of_dialog("Ana") == "Answer\nYour answer\nThe programme may\nQuote it\nRead it\n[Send]"
    assert stage.peer.alone("Ana") == [stage.peer.text_of_dialog("Ana")]
    assert stage.peer.dialog("Ben") is None
    assert stage.peer.text_of_dialog("Ben") == ""
    assert (stage.peer.buttons("Ana"), stage.peer.buttons("Ben")) == (["Answer", "Send"], ["Answer"])

    stage.ear.will_answer({"task": {"type": "message", "value": "Thank you."}})
    await stage.peer.submit("Ana", {"words": "Tired", "The programme may": "Quote it"})

    submit = stage.ear.activities[1]
    assert (submit["name"], submit["replyToId"]) == ("task/submit", post)
    assert submit["value"] == {
        "data": {"code": "send", "words": "Tired", "may": "quote"},
        "context": {"theme": "default"},
    }
    assert submit["conversation"] == {**submit["conversation"], "conversationType": "groupChat", "tenantId": HERE}
    assert stage.peer.dialog("Ana") is None
    assert stage.peer.alone("Ana")[-1] == "Thank you."
    assert stage.rules == []


async def test_what_was_typed_is_there_after_a_refusal_if_the_bot_gives_it_back(stage: Stage) -> None:
    """Teams draws what it gets; where it gets no answer the dialog stays as it was, and it can be sent again."""
    await stage.post("team", activity(saying("Question", ANSWER)))
    stage.ear.will_answer(dialog())
    await stage.peer.press("Ana", "Answer")

    stage.ear.will_answer({}, status=503)
    await stage.peer.submit("Ana", {"words": "Tired"})
    kept = stage.peer.dialog("Ana")
    assert kept is not None
    assert (kept.values["words"], kept.has_trouble) == ("Tired", True)
    assert stage.peer.alone("Ana")[-1] == TROUBLE

    stage.ear.will_answer(dialog({"type": "TextBlock", "text": "Too long"}, {**WORDS, "value": "Tired"}))
    await stage.peer.submit("Ana")
    assert stage.peer.text_of_dialog("Ana") == "Answer\nToo long\nYour answer\nTired\n[Send]"
    assert stage.ear.activities[2]["value"]["data"]["words"] == "Tired"

    await stage.peer.submit("Ana")
    assert stage.peer.dialog("Ana") is None


async def test_a_dialog_can_be_closed(stage: Stage) -> None:
    """The bot hears nothing of it."""
    await stage.post("team", activity(saying("Question", ANSWER)))
    stage.ear.will_answer(dialog())
    await stage.peer.press("Ana", "Answer")
    stage.peer.fill("Ana", {"words": "Tired"})

    stage.peer.close_dialog("Ana")

    assert stage.peer.dialog("Ana") is None
    assert len(stage.ear.heard) == 1


UNSENT: dict[str, tuple[Json, dict[str, str], str]] = {
    "empty": (NEEDED, {}, "Your answer: Write something"),
    "against its pattern": ({**NEEDED, "regex": "^[0-9]+$"}, {"words": "one"}, "Write something"),
    "too long": ({**WORDS, "maxLength": 3}, {"words": "Tired"}, "no more than 3"),
    "two lines in one": ({**WORDS, "isMultiline": False}, {"words": "one\ntwo"}, "one line"),
    "no such field": (WORDS, {"story": "one"}, "no field «story»"),
    "no such choice": (CHOICE, {"may": "Print it"}, "no «Print it» to choose"),
}


@pytest.mark.parametrize(("field", "values", "why"), UNSENT.values(), ids=UNSENT)
async def test_teams_own_client_sends_nothing_wrong(
    stage: Stage, field: Json, values: dict[str, str], why: str
) -> None:
    """In a card as in a dialog."""
    await stage.post("team", activity(card(field, actions=(BEGIN, ANSWER))))
    with pytest.raises(AssertionError, match=why):
        await stage.peer.press("Ana", "Begin", values=values)
    assert stage.ear.heard == []

    await stage.post("team", activity(saying("Question", {**ANSWER, "title": "Private"})))
    stage.ear.will_answer(dialog(field))
    await stage.peer.press("Ana", "Private")
    with pytest.raises(AssertionError, match=why):
        await stage.peer.submit("Ana", values)
    assert len(stage.ear.heard) == 1


Answered = tuple[object, int, str, str]
"""What the bot answers, the status, what the person is shown at last, and the rule that was broken."""

FETCHES: dict[str, Answered] = {
    "words instead": ({"task": {"type": "message", "value": "Too late"}}, 200, "Too late", ""),
    "a failure": ({}, 503, TROUBLE, ""),
    "a dialog without a title": (dialog(title=""), 200, TROUBLE, "without a title"),
    "an odd size": (dialog(height="huge"), 200, TROUBLE, "of size huge"),
    "another card": (
        dialog(card={"contentType": "hero", "content": saying("Hi")}),
        200,
        TROUBLE,
        "without an Adaptive",
    ),
    "a page": (dialog(card=None, url="https://example.org"), 200, TROUBLE, "no AdaptiveCard"),
    "a broken card": (dialog({"type": "Carousel"}), 200, TROUBLE, "Carousel"),
    "no words": ({"task": {"type": "message", "value": ""}}, 200, TROUBLE, "does not know"),
    "something else": ({"task": {"type": "close"}}, 200, TROUBLE, "does not know"),
    "an answer to a press": (shown(saying("Hi")), 200, TROUBLE, "does not know"),
}


@pytest.mark.parametrize(("given", "status", "seen", "rule"), FETCHES.values(), ids=FETCHES)
async def test_an_answer_that_opens_no_dialog_is_shown(
    stage: Stage, given: object, status: int, seen: str, rule: str
) -> None:
    """And what Teams does not know is noted."""
    await stage.post("team", activity(saying("Question", ANSWER)))
    stage.ear.will_answer(given, status)

    await stage.peer.press("Ana", "Answer")

    assert stage.peer.alone("Ana") == [seen]
    assert stage.peer.dialog("Ana") is None
    assert rule in "".join(stage.rules)
    assert bool(stage.rules) is bool(rule)


async def test_nothing_in_answer_opens_nothing(stage: Stage) -> None:
    """And closes what was open."""
    await stage.post("team", activity(saying("Question", ANSWER)))
    await stage.peer.press("Ana", "Answer")

    assert stage.peer.alone("Ana") == []
    assert stage.peer.dialog("Ana") is None


async def test_words_typed_in_a_dialog_are_no_summary(stage: Stage) -> None:
    """What people said privately is looked for in what notifies too."""
    await stage.post("team", activity(saying("Question", ANSWER)))
    stage.ear.will_answer(dialog())
    await stage.peer.press("Ana", "Answer")
    await stage.peer.submit("Ana", {"words": "My manager is the reason"})

    await stage.post("team", activity(summary="Somebody said: my manager is the reason"))

    assert stage.rules == ["a person's words in a summary"]


async def test_a_dialog_that_is_not_there_cannot_be_closed(stage: Stage) -> None:
    """Neither twice."""
    with pytest.raises(AssertionError, match="no dialog open"):
        stage.peer.close_dialog("Ana")
