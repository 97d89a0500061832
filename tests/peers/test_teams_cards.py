"""Cards that Teams or we do not take are refused, each for its reason; the rest is read as people read it."""

from typing import Any

import pytest

from tests.peers.teams_cards import broken_card, every_action, inputs_of, text_of
from tests.peers.teams_markdown import readable
from tests.peers.teams_stage import card
from tests.peers.teams_things import Json

TEXT: Json = {"type": "TextBlock", "text": "Hello"}
EXECUTE: Json = {"type": "Action.Execute", "title": "Begin", "verb": "act", "data": {"code": "begin"}}
SUBMIT: Json = {"type": "Action.Submit", "title": "Answer", "data": {"msteams": {"type": "task/fetch"}}}
WORDS: Json = {"type": "Input.Text", "id": "words", "label": "Your answer", "isMultiline": True}
CHOICE: Json = {
    "type": "Input.ChoiceSet",
    "id": "permission",
    "label": "The programme may",
    "choices": [{"title": "Read it", "value": "themes"}, {"title": "Quote it", "value": "quote"}],
    "value": "themes",
}

GOOD: dict[str, Json] = {
    "text": card(TEXT),
    "buttons": card(TEXT, actions=(EXECUTE, SUBMIT, {"type": "Action.OpenUrl", "title": "More", "url": "https://a.b"})),
    "fields": card(TEXT, WORDS, CHOICE, actions=(EXECUTE,)),
    "for some": card(TEXT, refresh={"action": EXECUTE, "userIds": ["29:1Ana"]}),
    "containers": card(
        {"type": "Container", "items": [TEXT]},
        {"type": "ColumnSet", "columns": [{"type": "Column", "items": [TEXT]}]},
        {"type": "FactSet", "facts": [{"title": "When", "value": "Today"}]},
        {"type": "RichTextBlock", "inlines": ["one ", {"type": "TextRun", "text": "two"}]},
        {"type": "Image", "url": "https://a.b/c.png", "altText": "A board"},
        {
            "type": "Table",
            "columns": [{"width": 1}],
            "rows": [{"type": "TableRow", "cells": [{"type": "TableCell", "items": [TEXT]}]}],
        },
    ),
}


@pytest.mark.parametrize("shown", GOOD.values(), ids=GOOD)
def test_a_good_card_is_taken(shown: Json) -> None:
    """Nothing is held against it."""
    assert broken_card(shown) == []


BROKEN: dict[str, tuple[object, str]] = {
    "nothing": (None, "no AdaptiveCard"),
    "something else": ({"type": "HeroCard"}, "no AdaptiveCard"),
    "no version": (card(version=None), "no version"),
    "a version of words": (card(version="newest"), "no version"),
    "too new": (card(version="1.6"), "after 1.5"),
    "no fallbackText": (card(fallbackText=""), "no fallbackText"),
    "an empty body": (card(body=[]), "an empty body"),
    "too large": (card({"type": "TextBlock", "text": "x" * 41_000}), "80 KB"),
    "an id twice": (card(WORDS, {**WORDS}), "the id words is there 2 times"),
    "an id twice, hidden": (
        card(WORDS, actions=({"type": "Action.ShowCard", "title": "More", "card": {**card(WORDS)}},)),
        "the id words is there 2 times",
    ),
    "an unknown element": (card({"type": "Carousel"}), "Carousel is nothing that Teams draws"),
    "an unknown element inside": (card({"type": "Container", "items": [{"type": "Badge"}]}), "Badge is nothing"),
    "an unknown action": (card(actions=({"type": "Action.Http", "title": "Go"},)), "Action.Http is nothing"),
    "text without text": (card({"type": "TextBlock", "text": ""}), "TextBlock without text"),
    "a picture without words": (card({"type": "Image", "url": "https://a.b/c.png"}), "Image without altText"),
    "a field without an id": (card({"type": "Input.Text", "label": "Words"}), "Input.Text without id"),
    "a field without a label": (card({"type": "Input.Text", "id": "words"}), "Input.Text without label"),
    "a choice of nothing": (card({**CHOICE, "choices": []}), "without choices"),
    "no reason": (card({**WORDS, "isRequired": True}), "no errorMessage"),
    "no verb": (card(actions=({"type": "Action.Execute", "title": "Begin"},)), "Action.Execute without verb"),
    "no title": (card(actions=({"type": "Action.Submit", "data": {}},)), "Action.Submit without title"),
    "odd data": (card(actions=({**EXECUTE, "data": "begin"},)), "data that is no object"),
    "seven actions": (card(actions=(EXECUTE,) * 7), "more than 6 actions"),
    "refresh by another action": (card(refresh={"action": SUBMIT}), "refresh without Action.Execute"),
    "refresh for a name": (card(refresh={"action": EXECUTE, "userIds": ["Ana"]}), "refresh for Ana"),
    "refresh for too many": (
        card(refresh={"action": EXECUTE, "userIds": [f"29:{number}" for number in range(61)]}),
        "more than 60 people",
    ),
    "what the schema does not know": (card({**TEXT, "colour": "red"}), "against the schema"),
    "what the schema does not know, deep inside": (
        card({"type": "Container", "items": [TEXT, TEXT, {**TEXT, "size": "Gigantic"}]}),
        "against the schema",
    ),
    "a mention of a team": (
        card(msteams={"entities": [{"type": "mention", "text": "<at>all</at>", "mentioned": {"id": "19:team"}}]}),
        "a mention of more than one person: 19:team",
    ),
}


@pytest.mark.parametrize(("shown", "rule"), BROKEN.values(), ids=BROKEN)
def test_a_broken_card_is_refused(shown: object, rule: str) -> None:
    """For the reason that it has, and no other."""
    found = broken_card(shown)

    assert rule in "".join(found)
    assert len(set(found)) == 1


DIALOGS: dict[str, tuple[Json, list[str]]] = {
    "a form": (card(WORDS, actions=({**SUBMIT, "data": {}},), fallbackText=""), []),
    "Action.Execute": (card(WORDS, actions=(EXECUTE,)), ["Action.Execute in a dialog"]),
    "another dialog": (card(WORDS, actions=(SUBMIT,)), ["task/fetch in a dialog"]),
    "refresh": (card(WORDS, refresh={"action": EXECUTE}), ["refresh in a dialog"]),
}


@pytest.mark.parametrize(("shown", "rules"), DIALOGS.values(), ids=DIALOGS)
def test_a_dialog_takes_less(shown: Json, rules: list[str]) -> None:
    """It is sent by Action.Submit, and nobody else sees it."""
    assert broken_card(shown, in_dialog=True) == rules


def test_a_card_is_read_from_top_to_bottom() -> None:
    """With labels, what stands in fields, what can be chosen besides, and buttons."""
    shown = card(
        {"type": "Container", "items": [TEXT, {**TEXT, "text": "Not this", "isVisible": False}]},
        {"type": "FactSet", "facts": [{"title": "When", "value": "Today"}]},
        {"type": "RichTextBlock", "inlines": ["**as ", {"type": "TextRun", "text": "typed**"}]},
        {**WORDS, "value": "Tired"},
        CHOICE,
        {"type": "ActionSet", "actions": [EXECUTE]},
        actions=(SUBMIT, {"type": "Action.ShowCard", "title": "More", "card": {**card(), "actions": [SUBMIT]}}),
    )

    assert text_of(shown).split("\n") == [
        "Hello",
        "When Today",
        "**as typed**",
        "Your answer",
        "Tired",
        "The programme may",
        "Quote it",
        "Read it",
        "[Begin]",
        "[Answer] [More]",
        "Hello",
        "[Answer]",
    ]
    assert "Proud" in text_of(shown, {"words": "Proud"})
    assert [field["id"] for field in inputs_of(shown)] == ["words", "permission"]
    assert [action["title"] for action in every_action(shown)] == ["Begin", "Answer", "More", "Answer"]


READ: dict[str, tuple[str, str]] = {
    "bold": ("**one** __two__", "one two"),
    "italics": ("*one* _two_ snake_case_name 2*3*4", "one two snake_case_name 2*3*4"),
    "a link": ("[see](https://example.org) [this]", "see [this]"),
    "escapes": (r"\*\*one\*\* \[a\](b) \_c\_ 1\. d", "**one** [a](b) _c_ 1. d"),
    "entities": ("&lt;b&gt; &amp;amp; R&D", "<b> &amp; R&D"),
    "line breaks": ("one\ntwo\n\nthree", "one two\nthree"),
    "points": ("one\n- two\n- three\n1. four", "one\n- two\n- three\n1. four"),
    "nothing": ("", ""),
}


@pytest.mark.parametrize(("text", "read"), READ.values(), ids=READ)
def test_a_text_is_read_as_teams_draws_it(text: str, read: str) -> None:
    """Marks are gone, and what was escaped is there as it was typed."""
    assert readable(text) == read


def test_nothing_in_a_card_is_overlooked() -> None:
    """Every element that holds others is looked into, at any depth."""
    inner: dict[str, Any] = {"type": "Carousel"}
    for kind, key in (("TableCell", "items"), ("TableRow", "cells"), ("Column", "items"), ("ColumnSet", "columns")):
        inner = {"type": kind, key: [inner]}

    assert "Carousel is nothing that Teams draws" in broken_card(card(inner))
