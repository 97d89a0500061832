"""People in the stand-in press, fill in and look as in Teams, and the bot's answers do there what they do in Teams."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from tests.peers.teams_answering import TROUBLE
from tests.peers.teams_founding import HERE
from tests.peers.teams_stage import Stage, activity, card, teams_stage
from tests.peers.teams_things import ADAPTIVE, Json

BEGIN: Json = {"type": "Action.Execute", "title": "Begin", "verb": "act", "data": {"code": "begin"}}
ANSWER: Json = {"type": "Action.Submit", "title": "Answer", "data": {"msteams": {"type": "task/fetch"}, "code": "ask"}}
SEND: Json = {"type": "Action.Submit", "title": "Send", "data": {"code": "send"}}
WORDS: Json = {"type": "Input.Text", "id": "words", "label": "Your answer", "isMultiline": True}
NEEDED: Json = {**WORDS, "isRequired": True, "errorMessage": "Write something"}
CHOICE: Json = {
    "type": "Input.ChoiceSet",
    "id": "may",
    "label": "The programme may",
    "choices": [{"title": "Read it", "value": "themes"}, {"title": "Quote it", "value": "quote"}],
    "value": "themes",
}


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """Set the stage."""
    async with teams_stage() as made:
        yield made


def saying(text: str, *actions: Json, **more: object) -> Json:
    """Give a card that says something."""
    return card({"type": "TextBlock", "text": text}, actions=actions, **more)


def shown(given: Json, status: int = 200) -> Json:
    """Give the answer that shows a person a card of their own."""
    return {"statusCode": status, "type": ADAPTIVE, "value": given}


def dialog(*body: Json, **more: object) -> Json:
    """Give the answer that opens a dialog."""
    form = card(*body or (WORDS, CHOICE), actions=(SEND,))
    value = {"title": "Answer", "height": "medium", "width": 400, "card": {"contentType": ADAPTIVE, "content": form}}
    return {"task": {"type": "continue", "value": {**value, **more}}}


async def test_a_press_is_told_as_teams_tells_it(stage: Stage) -> None:
    """What was pressed, on which post, by whom, in which thread; with what stood in the card's fields."""
    root = await stage.post()
    thread = f"{stage.peer.world.place('team').id};messageid={root}"
    post = await stage.post(thread, activity(card(WORDS, CHOICE, actions=(BEGIN,))))
    stage.ear.will_answer({"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": "Thanks"})

    await stage.peer.press("Ben", "Begin", values={"Your answer": "Tired\nand proud"})

    (told,) = stage.ear.activities
    assert (told["type"], told["name"], told["replyToId"]) == ("invoke", "adaptiveCard/action", post)
    assert told["value"] == {
        "action": {
            "type": "Action.Execute",
            "title": "Begin",
            "verb": "act",
            "data": {"code": "begin", "words": "Tired\nand proud", "may": "themes"},
        },
        "trigger": "manual",
    }
    assert told["conversation"]["id"] == thread
    assert told["from"]["name"] == "Ben"
    assert told["id"].startswith("f:")
    assert told["channelData"]["source"] == {"name": "message"}
    assert stage.peer.alone("Ben") == ["Thanks"]
    assert stage.peer.alone("Ana") == []
    assert stage.rules == []


async def test_a_card_in_answer_is_one_persons_until_the_post_changes(stage: Stage) -> None:
    """Nobody else sees it; a change in place takes it away."""
    post = await stage.post("team", activity(saying("Question", BEGIN)))
    stage.ear.will_answer(shown(saying("Your answer is here", SEND)))
    await stage.peer.press("Ana", "Begin")

    assert stage.peer.seen("Ana", "team") == ["Your answer is here\n[Send]"]
    assert stage.peer.seen("Ben", "team") == stage.peer.posts("team") == ["Question\n[Begin]"]
    assert (stage.peer.buttons("Ana"), stage.peer.buttons("Ben")) == (["Send"], ["Begin"])
    assert stage.peer.alone("Ana") == ["Your answer is here\n[Send]"]

    await stage.done("PUT", stage.path(post), activity(saying("Two answers", BEGIN)))
    assert stage.peer.seen("Ana", "team") == ["Two answers\n[Begin]"]


async def test_who_looks_gets_a_fresh_card(stage: Stage) -> None:
    """By itself, for those whom the card names and those alone; another may ask for it."""
    ana, ben = (stage.peer.world.person(name).id for name in ("Ana", "Ben"))
    refresh = {"action": {**BEGIN, "verb": "fresh"}, "userIds": [ana]}
    post = await stage.post("team", activity(saying("Question", refresh=refresh)))
    await stage.post("team")
    stage.ear.will_answer(shown(saying("Ana's own")))
    stage.ear.will_answer(shown(saying("Ben's own")))

    assert len((await stage.peer.look("Ana")).deliveries) == 1
    assert (await stage.peer.look("Ben", post)).deliveries == ()
    await stage.peer.refresh("Ben", post)

    first, second = stage.ear.activities
    assert (first["value"]["trigger"], second["value"]["trigger"]) == ("automatic", "manual")
    assert first["value"]["action"]["verb"] == "fresh"
    assert (first["from"]["id"], second["from"]["id"]) == (ana, ben)
    assert stage.peer.seen("Ana", "team") == ["Ana's own", "Hello"]
    assert stage.peer.seen("Ben", "team") == ["Ben's own", "Hello"]


async def test_a_card_that_names_nobody_is_fresh_for_all(stage: Stage) -> None:
    """As long as they are no more than 60."""
    await stage.post("team", activity(saying("Question", refresh={"action": BEGIN})))
    assert len((await stage.peer.look("Dev")).deliveries) == 1

    for number in range(60):
        stage.peer.world.place("team").roster.people.add(stage.peer.add_person(f"P{number}").id)
    assert (await stage.peer.look("Dev")).deliveries == ()


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


async def test_a_plain_submit_is_a_message_without_text(stage: Stage) -> None:
    """With what it carries, and on which post it stood."""
    post = await stage.post("Ana", activity(saying("Question", SEND)))
    await stage.peer.press("Ana", "Send", post)

    (told,) = stage.ear.activities
    assert (told["type"], told["value"], told["replyToId"]) == ("message", {"code": "send"}, post)
    assert "text" not in told


async def test_some_buttons_stay_with_the_client(stage: Stage) -> None:
    """Pages, more of a card, and what is hidden: the bot hears nothing."""
    hidden = {"type": "TextBlock", "text": "Hidden", "id": "more", "isVisible": False}
    page = {"type": "Action.OpenUrl", "title": "Privacy", "url": "https://example.org/privacy"}
    toggle = {"type": "Action.ToggleVisibility", "title": "Show", "targetElements": ["more"]}
    inner = {
        "type": "Action.ShowCard",
        "title": "More",
        "card": {"type": "AdaptiveCard", "body": [], "actions": [BEGIN]},
    }
    await stage.post("team", activity(card(hidden, actions=(page, toggle, inner))))
    assert stage.peer.posts("team") == ["[Privacy] [Show] [More]\n[Begin]"]

    for label in ("Privacy", "Show", "More"):
        await stage.peer.press("Ana", label, sure=False)

    assert stage.peer.opened == ["https://example.org/privacy"]
    assert stage.peer.posts("team") == ["[Privacy] [Show] [More]\n[Begin]"]
    assert stage.peer.seen("Ana", "team") == ["Hidden\n[Privacy] [Show] [More]\n[Begin]"]
    assert stage.ear.heard == []
    assert stage.rules == []


async def test_who_is_asked_first_may_change_their_mind(stage: Stage) -> None:
    """What is folded out is noted; who is sure presses the button in there."""
    question = {"type": "TextBlock", "text": "Sure?"}
    folded = {"type": "AdaptiveCard", "body": [question], "actions": [{**BEGIN, "title": "Cancel"}]}
    await stage.post("team", activity(saying("Hello", {"type": "Action.ShowCard", "title": "Cancel", "card": folded})))
    assert stage.peer.buttons("Ana") == ["Cancel"]

    await stage.peer.press("Ana", "Cancel", sure=False)
    assert stage.ear.heard == []
    await stage.peer.press("Ana", "Cancel")

    assert stage.ear.activities[0]["value"]["action"]["data"] == {"code": "begin"}
    assert [asked.text for asked in stage.peer.asked] == ["Sure?\n[Cancel]"] * 2


async def test_the_latest_button_is_pressed_unless_it_is_said_where(stage: Stage) -> None:
    """The dialog first; by a place or by a post."""
    first = await stage.post("team", activity(saying("One", BEGIN)))
    second = await stage.post("team", activity(saying("Two", BEGIN)))
    other = await stage.post("group", activity(saying("Three", BEGIN)))

    for where in (None, "team", first):
        await stage.peer.press("Ana", "Begin", where)
    assert [told["replyToId"] for told in stage.ear.activities] == [other, second, first]
    await stage.done("DELETE", stage.path(second))
    await stage.peer.press("Ana", "Begin", "team")
    assert stage.ear.activities[3]["replyToId"] == first
    await stage.post("team", activity(saying("Four", ANSWER)))
    stage.ear.will_answer(dialog())
    await stage.peer.press("Ana", "Answer")
    await stage.peer.press("Ana", "Send", "dialog")
    assert stage.ear.activities[5]["name"] == "task/submit"


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


async def test_other_fields_are_filled_in_too(stage: Stage) -> None:
    """Several choices, a switch, a day; a button may leave all fields out."""
    several = {**CHOICE, "isMultiSelect": True}
    switch = {"type": "Input.Toggle", "id": "remind", "label": "Remind me", "title": "Remind me", "valueOff": "no"}
    day = {"type": "Input.Date", "id": "day", "label": "When"}
    without = {**BEGIN, "title": "Cancel", "associatedInputs": "none"}
    await stage.post("team", activity(card(several, switch, day, actions=(BEGIN, without))))

    values = {"may": "Read it\nQuote it", "remind": "yes", "When": "2026-12-22"}
    await stage.peer.press("Ana", "Begin", values=values)
    await stage.peer.press("Ana", "Cancel", values={"remind": "no"})

    all_of_it, nothing = (told["value"]["action"]["data"] for told in stage.ear.activities)
    assert all_of_it == {"code": "begin", "may": "themes,quote", "remind": "true", "day": "2026-12-22"}
    assert nothing == {"code": "begin"}


Answered = tuple[object, int, str, str]
"""What the bot answers, the status, what the person is shown at last, and the rule that was broken."""

ACTIONS: dict[str, Answered] = {
    "a toast": (
        {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": "Hi"},
        200,
        "Hi",
        "",
    ),
    "a refusal": (
        {
            "statusCode": 400,
            "type": "application/vnd.microsoft.error",
            "value": {"code": "Late", "message": "Too late"},
        },
        200,
        "Too late",
        "",
    ),
    "a failure": ({}, 503, TROUBLE, ""),
    "nothing": (None, 200, TROUBLE, "no JSON object"),
    "an empty object": ({}, 200, TROUBLE, "does not know"),
    "an empty toast": (
        {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": ""},
        200,
        TROUBLE,
        "does not know",
    ),
    "a card without its status": ({"type": ADAPTIVE, "value": saying("Hi")}, 200, TROUBLE, "does not know"),
    "a broken card": (shown({**saying("Hi"), "version": "1.6"}), 200, TROUBLE, "after 1.5"),
    "a dialog": (dialog(), 200, TROUBLE, "does not know"),
}


@pytest.mark.parametrize(("given", "status", "seen", "rule"), ACTIONS.values(), ids=ACTIONS)
async def test_an_answer_to_a_press_is_shown(stage: Stage, given: object, status: int, seen: str, rule: str) -> None:
    """To that person alone; what Teams does not know is trouble, and noted."""
    await stage.post("team", activity(saying("Question", BEGIN)))
    stage.ear.answers.append(web.json_response(given, status=status) if given is not None else web.Response())

    await stage.peer.press("Ana", "Begin")

    assert stage.peer.alone("Ana") == [seen]
    assert stage.peer.seen("Ana", "team") == ["Question\n[Begin]"]
    assert rule in "".join(stage.rules)
    assert bool(stage.rules) is bool(rule)


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
