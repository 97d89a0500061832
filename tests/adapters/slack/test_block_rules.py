"""What Slack would refuse, and what our own rules forbid, is found before anybody sees it."""

from copy import deepcopy
from typing import Any

import pytest

from tests.adapters.slack.block_limits import Json
from tests.adapters.slack.block_rules import problems_of_message, problems_of_view

MESSAGE: Json = {
    "text": "Question 1 of 4: how has it felt for you?",
    "blocks": [
        {"type": "header", "text": {"type": "plain_text", "text": "Question 1 of 4"}},
        {"type": "section", "block_id": "asked", "text": {"type": "mrkdwn", "text": "*How has it felt for you?*"}},
        {
            "type": "actions",
            "elements": [
                {
                    "type": "button",
                    "action_id": "next",
                    "text": {"type": "plain_text", "text": "Next question"},
                    "value": "next:1:feel",
                    "style": "primary",
                    "confirm": {
                        "title": {"type": "plain_text", "text": "Move on?"},
                        "text": {"type": "mrkdwn", "text": "Everybody sees the next question."},
                        "confirm": {"type": "plain_text", "text": "Move on"},
                        "deny": {"type": "plain_text", "text": "Stay"},
                    },
                },
                {"type": "button", "action_id": "more", "text": {"type": "plain_text", "text": "More"}, "value": "1"},
            ],
        },
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_quote", "elements": [{"type": "text", "text": "It felt like running."}]}],
        },
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "2 people answered here"}]},
    ],
}

VIEW: Json = {
    "type": "modal",
    "callback_id": "form",
    "private_metadata": "form_private:1:feel",
    "title": {"type": "plain_text", "text": "Answer privately"},
    "submit": {"type": "plain_text", "text": "Send"},
    "close": {"type": "plain_text", "text": "Close"},
    "blocks": [
        {"type": "section", "text": {"type": "mrkdwn", "text": "The programme team reads this."}},
        {
            "type": "input",
            "block_id": "words",
            "label": {"type": "plain_text", "text": "Your answer"},
            "element": {
                "type": "plain_text_input",
                "action_id": "typed",
                "multiline": True,
                "initial_value": "It felt long.",
                "max_length": 3000,
            },
        },
        {
            "type": "input",
            "block_id": "guide",
            "label": {"type": "plain_text", "text": "Guide"},
            "element": {
                "type": "static_select",
                "action_id": "chosen",
                "options": [{"text": {"type": "plain_text", "text": "Team Leeds today"}, "value": "today"}],
            },
        },
    ],
}

HOME: Json = {"type": "home", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "Your answers"}}]}

ACTIONS = MESSAGE["blocks"][2]
BUTTON = ACTIONS["elements"][1]


def changed(laid: Json, *changes: tuple[str, Any]) -> Json:
    """A copy of `laid` with other things at some paths, such as `blocks/0/text`."""
    copy = deepcopy(laid)
    for path, value in changes:
        holder: Any = copy
        *way, last = path.split("/")
        for step in way:
            holder = holder[int(step)] if isinstance(holder, list) else holder[step]
        holder[int(last) if isinstance(holder, list) else last] = value
    return copy


def plain(text: str) -> Json:
    """A text object that is shown as it stands."""
    return {"type": "plain_text", "text": text}


def marked(text: str) -> Json:
    """A text object with markup."""
    return {"type": "mrkdwn", "text": text}


def sections(count: int, text: str = "x") -> list[Json]:
    """So many blocks."""
    return [{"type": "section", "text": marked(text)}] * count


def test_what_is_well_laid_out_has_no_problem() -> None:
    """The rules let good messages, modals and home tabs through."""
    assert problems_of_message(MESSAGE) == []
    assert problems_of_message({"text": "Thank you."}) == []
    assert problems_of_view(VIEW) == []
    assert problems_of_view(HOME) == []


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        ("blocks/0", {"type": "nonsense"}, "0: nothing of type 'nonsense' can stand here"),
        ("blocks/0", {"type": "call", "call_id": "1"}, "0: nothing of type 'call' can stand here"),
        ("blocks/0/text", marked("No markup here"), "0/text/type: 'plain_text' was expected"),
        ("blocks/0/colour", "red", "0: Additional properties are not allowed ('colour' was unexpected)"),
        ("blocks/2/elements/1", {"type": "nonsense"}, "2/elements/1: nothing of type 'nonsense' can stand here"),
        ("blocks/2/elements/1/style", "loud", "2/elements/1/style: 'loud' is not one of ['primary', 'danger']"),
        ("blocks/2/elements/1/text", "More", "2/elements/1/text: 'More' is not of type 'object'"),
        ("blocks/2/elements/1/value", 7, "2/elements/1/value: 7 is not of type 'string'"),
    ],
)
def test_what_slacks_types_refuse_is_told_by_its_place(path: str, value: object, problem: str) -> None:
    """Who lays something out wrongly reads where, and what was meant to stand there."""
    assert problems_of_message(changed(MESSAGE, (path, value))) == [problem]


def test_what_only_the_sdk_refuses_is_told() -> None:
    """Slack's types let a section without text through, its SDK does not."""
    assert problems_of_message({"text": "x", "blocks": [{"type": "section"}]}) == [
        "slack_sdk: text or fields attribute must be specified"
    ]


def test_what_the_sdk_does_not_know_is_refused() -> None:
    """The SDK makes nothing of a block that it does not know, without a word; here it is a problem."""
    table = {"type": "data_table", "caption": "x", "rows": []}

    assert problems_of_message({"text": "x", "blocks": [table]}) == ["slack_sdk does not know one of the blocks"]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ([("blocks", sections(51))], "blocks: more than 50"),
        ([("blocks/1/text/text", "x" * 3001)], "blocks/1/text: more than 3000 characters"),
        ([("blocks/0/text/text", "x" * 151)], "blocks/0/text: more than 150 characters"),
        ([("blocks/2/elements/1/text/text", "x" * 76)], "blocks/2/elements/1/text: more than 75 characters"),
        ([("blocks/2/elements/1/text/text", "Show me more of it")], "blocks/2/elements/1/text: not 1 to 4 words"),
        ([("blocks/2/elements/1/value", "x" * 2001)], "blocks/2/elements/1/value: more than 2000 characters"),
        ([("blocks/2/elements/1/action_id", "x" * 256)], "blocks/2/elements/1/action_id: more than 255 characters"),
        ([("blocks/2/elements/1/action_id", "next")], "action_id: next stands twice"),
        ([("blocks/1/block_id", "x" * 256)], "blocks/1/block_id: more than 255 characters"),
        ([("blocks/0/block_id", "asked")], "block_id: asked stands twice"),
        (
            [("blocks/2/elements", [BUTTON | {"action_id": str(n)} for n in range(26)])],
            "blocks/2/elements: more than 25",
        ),
        ([("blocks/4/elements", [marked("x")] * 11)], "blocks/4/elements: more than 10"),
        ([("blocks/2/elements/0/confirm/title/text", "x" * 101)], "blocks/2/elements/0/confirm/title: more than 100"),
        ([("blocks/2/elements/0/confirm/text/text", "x" * 301)], "blocks/2/elements/0/confirm/text: more than 300"),
        ([("blocks/2/elements/0/confirm/confirm/text", "x" * 31)], "blocks/2/elements/0/confirm/confirm: more than 30"),
        ([("blocks/2/elements/0/confirm/deny/text", "x" * 31)], "blocks/2/elements/0/confirm/deny: more than 30"),
        ([("blocks/1", {"type": "section", "fields": [marked("x" * 2001)]})], "blocks/1/fields/0/text: more than 2000"),
        ([("blocks/1/text/text", " \n")], "blocks/1/text: empty"),
        ([("blocks/3/elements/0/elements/0/text", "")], "blocks/3/elements/0/elements/0: empty"),
        ([("blocks", sections(5, "x" * 2900))], "blocks: more than 13000 characters in all"),
        ([("text", "")], "text: empty"),
        ([("text", "  ")], "text: empty"),
        ([("text", "&" * 801)], "text: more than 4000 bytes"),
        ([("text", "é" * 2001)], "text: more than 4000 bytes"),
        ([("text", "<!channel> hello")], "text: calls everybody"),
        ([("text", "<!here|here> hello")], "text: calls everybody"),
        ([("blocks/1/text/text", "Hello <!everyone>")], "blocks/1/text: calls everybody"),
        ([("blocks/4/elements/0/text", "<!subteam^S1>")], "blocks/4/elements/0: calls everybody"),
        (
            [("blocks/3/elements/0/elements/0", {"type": "broadcast", "range": "here"})],
            "blocks/3/elements/0/elements/0: calls everybody",
        ),
        ([("link_names", True)], "text: Slack is told to make mentions of its words"),
        ([("parse", "full")], "text: Slack is told to make mentions of its words"),
    ],
)
def test_each_rule_for_messages_can_be_broken(changes: list[tuple[str, Any]], problem: str) -> None:
    """Every limit of a message, and every habit of ours, is looked at."""
    found = problems_of_message(changed(MESSAGE, *changes))

    assert any(problem in said for said in found), found


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ([("type", "window")], "type: neither a modal nor a home tab"),
        ([("title", "Answer privately")], "title: 'Answer privately' is not of type 'object'"),
        ([("title/text", "x" * 25)], "all/title: more than 24 characters"),
        ([("submit/text", "x" * 25)], "all/submit: more than 24 characters"),
        ([("close/text", "x" * 25)], "all/close: more than 24 characters"),
        ([("close/text", "I will go away now")], "all/close: not 1 to 4 words"),
        ([("private_metadata", "x" * 3001)], "all/private_metadata: more than 3000 characters"),
        ([("callback_id", "x" * 256)], "all/callback_id: more than 255 characters"),
        ([("blocks", sections(101))], "blocks: more than 100"),
        ([("blocks/0", {"type": "nonsense"})], "blocks/0: nothing of type 'nonsense' can stand here"),
        ([("blocks/1/element/initial_value", "x" * 3001)], "blocks/1/element/initial_value: more than 3000 characters"),
        ([("blocks/1/element/max_length", 3001)], "typed: takes more than 3000 characters"),
        ([("blocks/1/element/placeholder", plain("x" * 151))], "blocks/1/element/placeholder: more than 150"),
        ([("blocks/1/label/text", "x" * 2001)], "blocks/1/label: more than 2000 characters"),
        ([("blocks/2/element/options/0/text/text", "x" * 76)], "blocks/2/element/options/0/text: more than 75"),
        ([("blocks/2/element/options/0/value", "x" * 151)], "blocks/2/element/options/0/value: more than 150"),
        ([("blocks/2/block_id", "words")], "block_id: words stands twice"),
        ([("blocks/0/text/text", "<!here>")], "blocks/0/text: calls everybody"),
        ([("title/text", " ")], "title: empty"),
    ],
)
def test_each_rule_for_views_can_be_broken(changes: list[tuple[str, Any]], problem: str) -> None:
    """Every limit of a modal is looked at."""
    found = problems_of_view(changed(VIEW, *changes))

    assert any(problem in said for said in found), found


def test_fields_are_told_apart_by_their_blocks() -> None:
    """Fields of a form may all have the same `action_id`: each stands in a block of its own."""
    assert problems_of_view(changed(VIEW, ("blocks/2/element/action_id", "typed"))) == []


def test_a_form_can_be_sent() -> None:
    """Where there is something to fill in, there is a button to send it."""
    view = {name: value for name, value in VIEW.items() if name != "submit"}

    assert problems_of_view(view) == ["submit: missing, and there is something to fill in"]


def test_a_home_tab_sends_nothing() -> None:
    """A home tab has no title and no button of its own."""
    assert problems_of_view(HOME | {"submit": plain("Send")}) == [
        "all: Additional properties are not allowed ('submit' was unexpected)"
    ]
