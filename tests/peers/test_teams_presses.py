"""People in the stand-in press and look as in Teams, and the bot's answers do there what they do in Teams."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from tests.peers.teams_answering import TROUBLE
from tests.peers.teams_pieces import ANSWER, BEGIN, CHOICE, SEND, WORDS, dialog, saying, shown, toast
from tests.peers.teams_stage import Stage, activity, card, teams_stage
from tests.peers.teams_things import ADAPTIVE


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """Set the stage."""
    async with teams_stage() as made:
        yield made


async def test_a_press_is_told_as_teams_tells_it(stage: Stage) -> None:
    """What was pressed, on which post, by whom, in which thread; with what stood in the card's fields."""
    root = await stage.post()
    thread = f"{stage.peer.world.place('team').id};messageid={root}"
    post = await stage.post(thread, activity(card(WORDS, CHOICE, actions=(BEGIN,))))
    stage.ear.will_answer(toast("Thanks"))

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
        toast(""),
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
