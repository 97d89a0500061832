"""What Teams would refuse, and what our own rules forbid, is found before anybody sees it."""

from copy import deepcopy
from typing import Any

import pytest

from tests.adapters.teams.card_rules import (
    CONTENT,
    Json,
    problems_of_activity,
    problems_of_card,
    problems_of_dialog,
)

PRESS: Json = {"type": "Action.Execute", "title": "Next question", "verb": "press", "data": {"code": "next::"}}
CARD: Json = {
    "type": "AdaptiveCard",
    "version": "1.5",
    "fallbackText": "Question 1 of 4",
    "msteams": {"width": "Full"},
    "body": [
        {"type": "TextBlock", "text": "Question 1 of 4", "wrap": True, "style": "heading"},
        {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": "It *felt* like running."}]},
        {"type": "ActionSet", "actions": [PRESS]},
    ],
}
ACTIVITY: Json = {
    "type": "message",
    "summary": "Question 1 of 4",
    "attachments": [{"contentType": CONTENT, "content": CARD}],
}
SEND: Json = {"type": "Action.Submit", "title": "Send", "data": {"code": "form_private::"}}
BOX: Json = {"type": "Input.Text", "id": "field.words", "label": "Your words", "isMultiline": True}
FORM: Json = {
    "type": "AdaptiveCard",
    "version": "1.5",
    "fallbackText": "Answer privately",
    "body": [BOX],
    "actions": [SEND],
}
DIALOG: Json = {
    "task": {"type": "continue", "value": {"title": "Answer", "card": {"contentType": CONTENT, "content": FORM}}}
}


def changed(laid: Json, path: str, value: object) -> Json:
    """A copy of `laid` with something else at a path, such as `body/0/text`."""
    copy = deepcopy(laid)
    holder: Any = copy
    *way, last = path.split("/")
    for step in way:
        holder = holder[int(step)] if isinstance(holder, list) else holder[step]
    holder[int(last) if isinstance(holder, list) else last] = value
    return copy


def test_what_is_well_laid_out_has_no_problem() -> None:
    """The rules let good cards, activities and dialogs through."""
    assert problems_of_card(CARD) == []
    assert problems_of_activity(ACTIVITY) == []
    assert problems_of_dialog(DIALOG) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("body/0", {"type": "Nonsense"}),
        ("body/0", {"type": "Badge", "text": "New in 1.6"}),
        ("body/0/colour", "red"),
        ("body/0/size", "Huge"),
        ("body/0/text", 7),
        ("body/1/inlines/0", {"type": "TextBlock", "text": "No block in a line"}),
        ("body/2/actions/0", {"type": "Action.Http", "title": "Go", "url": "https://x.example"}),
        ("body/2/actions/0/verb", 7),
        ("body/2/actions/0/style", "loud"),
        ("type", "Card"),
        ("entities", []),
    ],
)
def test_what_the_schema_refuses_is_told(path: str, value: object) -> None:
    """Unknown elements, unknown properties, and values of another kind."""
    assert len(problems_of_card(changed(CARD, path, value))) == 1


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        ("version", "1.6", "version: not 1.5, which is the newest that Teams shows"),
        ("fallbackText", " ", "fallbackText: empty"),
        ("msteams", {"entities": []}, "msteams: more than a width, such as mentions"),
        ("body/0/text", "", "TextBlock.text: empty"),
        ("body/0/wrap", False, "TextBlock: not wrapped, so that it is cut"),
        ("body/0/maxLines", 2, "TextBlock: not wrapped, so that it is cut"),
        ("body/0/text", "<at>team</at>", "TextBlock: with signs that Teams takes for markdown"),
        ("body/0/text", "**bold**", "TextBlock: with signs that Teams takes for markdown"),
        ("body/1/inlines/0/text", "{{DATE(2026-12-07)}}", "TextRun: with a sign that cards take for a date"),
        ("body/2/actions/0/title", "", "Action.Execute: not 1 to 4 words"),
        ("body/2/actions/0/title", "Show me more of it", "Action.Execute: not 1 to 4 words"),
        ("body/2/actions", [PRESS] * 7, "ActionSet: more than 6 buttons in a row"),
        ("body/1/inlines/0/text", "x" * 40_000, "the card is larger than 80000 bytes in UTF-16"),
        ("body/0", {"type": "Input.Text", "id": "a"}, "Input.Text: without a label"),
        (
            "refresh",
            {"action": {**PRESS, "title": ""}, "userIds": ["29:1"]},
            "refresh: a list of people, which may tell who answered",
        ),
    ],
)
def test_each_rule_for_cards_can_be_broken(path: str, value: object, problem: str) -> None:
    """Every limit of a card, and every habit of ours, is looked at."""
    assert problem in problems_of_card(changed(CARD, path, value))


def test_no_two_inputs_are_called_alike() -> None:
    """One would be lost."""
    assert problems_of_card(changed(FORM, "body", [BOX, BOX])) == ["id: field.words stands twice"]


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        ("type", "typing", "type: not a message"),
        ("summary", " ", "summary: empty, so that nothing can be notified"),
        ("text", "Hello", "text: Teams parts it from the card"),
        ("attachments", [], "attachments: not one card"),
        ("attachments", ACTIVITY["attachments"] * 2, "attachments: not one card"),
        ("entities", [{"type": "mention"}], "entities: somebody is mentioned"),
        ("summary", "x" * 40_000, "the activity is larger than 80000 bytes in UTF-16"),
        ("attachments/0/content/version", "1.6", "version: not 1.5, which is the newest that Teams shows"),
    ],
)
def test_each_rule_for_activities_can_be_broken(path: str, value: object, problem: str) -> None:
    """What stands around a card is looked at, too."""
    assert problem in problems_of_activity(changed(ACTIVITY, path, value))


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        ("task/type", "message", "task: it shows no card"),
        ("task/value/title", "", "title: empty"),
        ("task/value/card/content/actions", [PRESS], "Action.Execute: nothing happens in a dialog"),
        (
            "task/value/card/content/actions/0/data",
            {"msteams": {"type": "task/fetch"}},
            "task/fetch: a dialog opens no dialog",
        ),
        ("task/value/title", "x" * 40_000, "the dialog is larger than 80000 bytes in UTF-16"),
    ],
)
def test_each_rule_for_dialogs_can_be_broken(path: str, value: object, problem: str) -> None:
    """In a dialog other buttons work than in a room."""
    assert problem in problems_of_dialog(changed(DIALOG, path, value))
