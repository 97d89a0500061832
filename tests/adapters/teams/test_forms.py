"""Forms and panels as dialogs: what was typed comes back as it was, and nothing is parted that belongs together."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.teams.forms import Context, dialog, filled_in, form_card, panel_card, shown_card
from conversations.actions import button
from conversations.messages import (
    Buttons,
    ChoiceField,
    DateField,
    Field,
    Form,
    Heading,
    Message,
    Note,
    Part,
    Quote,
    Text,
    TicksField,
    WordsField,
)
from conversations.words import MOST
from tests.adapters.slack.texts import TEXTS
from tests.adapters.teams.card_rules import problems_of_dialog
from tests.adapters.teams.cards import actions, inputs, quotes, texts, untouched
from tests.bot.composing import WORDING

HERE = Context(panel="edit::")
MY_ANSWERS = replace(HERE, panel="my_answers::")
CHOICE = ChoiceField("pace", "Pace", (("live", "Live: together, now"), ("open", "Open: over days")), "live")
SEEN = st.characters(exclude_categories=["Cs", "Cc"])
Json = dict[str, Any]


def form(*fields: Field, intro: tuple[Part, ...] = (Text("How is it?"),)) -> Form:
    """A form with these fields."""
    return Form("Change your answer", "form_change::", intro, fields, "Save")


def laid(form: Form, context: Context = HERE, **more: Mapping[str, str]) -> Json:
    """A form's card as Teams gets it; Teams takes it."""
    answer = json.loads(json.dumps(dialog(form.title, form_card(form, context, WORDING, **more))))
    assert problems_of_dialog(answer) == []
    card: Json = answer["task"]["value"]["card"]["content"]
    return card


def sent(card: Json, **typed: str) -> Json:
    """What Teams sends when somebody has typed in a form's card and sends it."""
    (send,) = card["actions"]
    filled = {**untouched(card), **{f"field.{key}": value for key, value in typed.items()}}
    return {**send["data"], **{name: value for name, value in filled.items() if value}}


@settings(max_examples=60)
@given(TEXTS)
def test_words_come_back_as_they_stood(words: str) -> None:
    """Whatever they are: somebody who opens a form and sends it changes nothing."""
    assert filled_in(sent(laid(form(WordsField("words", "Your words", words))))) == {"words": words}


@given(st.dictionaries(st.sampled_from(["words", "code", "context", "fields", "msteams"]), st.text(SEEN, max_size=9)))
def test_no_field_is_taken_for_something_else(values: dict[str, str]) -> None:
    """Not even one that is called as something of ours is."""
    card = laid(form(*(WordsField(key, "Words", value, optional=True) for key, value in values.items())))

    assert not values or filled_in(sent(card)) == values


def test_every_kind_of_field_comes_back() -> None:
    """What somebody typed, chose and picked; an empty box is empty, though Teams leaves it out."""
    card = laid(
        form(WordsField("words", "Words"), CHOICE, DateField("on", "Day"), WordsField("more", "More", optional=True))
    )

    filled = filled_in(sent(card, words="It was hard.", pace="open", on="2026-12-08"))

    assert filled == {"words": "It was hard.", "pace": "open", "on": "2026-12-08", "more": ""}


def test_every_kind_of_field_looks_like_itself() -> None:
    """A big box, a small one, a choice, a day; each has its label, and says when it has to be filled in."""
    short = WordsField("who", "Who", short=True, optional=True)
    words, who, pace, on = inputs(
        laid(form(WordsField("words", "Words", "Hard."), short, CHOICE, DateField("on", "Day")))
    )

    assert (words["type"], words["isMultiline"], words["value"], words["isRequired"]) == (
        "Input.Text",
        True,
        "Hard.",
        True,
    )
    assert (who["isMultiline"], who["maxLength"], who.get("isRequired")) == (False, 200, None)
    assert (pace["type"], pace["style"], pace["value"]) == ("Input.ChoiceSet", "expanded", "live")
    assert on["type"] == "Input.Date"
    assert [one["label"] for one in (words, who, pace, on)] == ["Words", "Who", "Pace", "Day"]
    assert [one["errorMessage"] for one in (words, on)] == [
        WORDING.say("refused.empty"),
        WORDING.say("refused.bad_date"),
    ]


def test_the_box_takes_the_longest_answer() -> None:
    """16,000 emoji too, which a browser counts twice; who writes more is told so, and loses nothing."""
    words = "💪" * MOST
    (box,) = inputs(laid(form(WordsField("words", "Your words", words))))

    assert len(words.encode("utf-16-le")) // 2 <= box["maxLength"]


def test_a_choice_among_many_folds_out() -> None:
    """All are there, and none is in the way."""
    options = tuple((str(number), f"Question {number}") for number in range(12))
    (made,) = inputs(laid(form(ChoiceField("question", "It belongs to", options, "3"))))

    assert (made["style"], made["value"], len(made["choices"])) == ("compact", "3", 12)


TICKS = TicksField(
    "uses", "What may we do?", (("internal", "Share it"), ("website", "Show it")), frozenset({"website"})
)


def test_what_is_ticked_comes_back() -> None:
    """Any of them, or none: nobody has to tick anything."""
    card = laid(form(TICKS))
    (made,) = inputs(card)

    assert (made["isMultiSelect"], made.get("isRequired")) == (True, None)
    assert filled_in(sent(card)) == {"uses": "website"}
    assert filled_in(sent(card, uses="internal,website")) == {"uses": "internal,website"}
    assert filled_in(sent(card, uses="")) == {"uses": ""}


def test_a_refused_form_keeps_what_was_ticked() -> None:
    """Also that nothing is any more."""
    assert filled_in(sent(laid(form(TICKS), typed={"uses": "internal"}))) == {"uses": "internal"}
    assert filled_in(sent(laid(form(TICKS), typed={"uses": ""}))) == {"uses": ""}


def test_a_refused_form_keeps_what_was_typed() -> None:
    """With the reason at its field."""
    before = form(WordsField("words", "Words", "Old."), DateField("on", "Day"), CHOICE)
    typed = {"words": "New.", "on": "2020-01-01", "pace": "open"}

    card = laid(before, typed=typed, errors={"on": "That day is past."})

    assert filled_in(sent(card)) == typed
    kinds = [element.get("text") or element["type"] for element in card["body"]]
    assert kinds == ["How is it?", "Input.Text", "That day is past.", "Input.Date", "Input.ChoiceSet"]
    assert card["body"][2]["color"] == "Attention"


def test_a_reason_without_a_field_stands_first() -> None:
    """Nobody is left wondering."""
    card = laid(form(WordsField("words", "Words")), errors={"": "The chat is over."})

    assert texts(card)[0] == "The chat is over."


def test_a_form_says_which_it_is_and_where() -> None:
    """By ids alone."""
    data = sent(laid(form(WordsField("words", "Words")), MY_ANSWERS))

    assert data["code"] == "form_change::"
    assert Context.of(data) == MY_ANSWERS


@pytest.mark.parametrize(
    "context",
    [
        {"back": 7},
        {"room": "19:"},
        {"page": -1},
        {"page": True},
        {"page": "1"},
        {"odd": ""},
        [],
        "x",
        None,
        {"panel": None},
    ],
)
def test_what_is_none_of_ours_is_refused(context: object) -> None:
    """As a ValueError, which whoever parses expects."""
    with pytest.raises(ValueError, match="not our data"):
        Context.of({"context": context})


def test_a_press_without_a_context_comes_from_nowhere() -> None:
    """As from a room, where Teams itself says which."""
    assert Context.of({"code": "help::"}) == Context()


@pytest.mark.parametrize("fields", ["words", 7, {"words": 1}, None])
def test_fields_that_are_none_of_ours_are_refused(fields: object) -> None:
    """As a ValueError too."""
    with pytest.raises(ValueError, match="not our data"):
        filled_in({"fields": fields})


def listed(count: int, words: str = "It was hard.") -> list[Part]:
    """So many answers of somebody, with what can be done to each."""
    row = Buttons(tuple(button(WORDING, name) for name in ("edit", "withdraw", "stay", "quote")))
    return [part for number in range(count) for part in (Note("Question 1"), Quote(f"{number}: {words}"), row)]


def pages(parts: list[Part]) -> list[Json]:
    """Every page of a panel, as somebody sees it who presses *Later*."""
    found: list[Json] = []
    context: Context | None = MY_ANSWERS
    while context is not None:
        answer = dialog("My answers", panel_card(Message("Your answers", tuple(parts)), context, WORDING))
        answer = json.loads(json.dumps(answer))
        assert problems_of_dialog(dict(answer)) == []
        found.append(answer["task"]["value"]["card"]["content"])
        later = [one["data"] for one in actions(found[-1]) if one["title"] == "Later"]
        assert [data["code"] for data in later] in ([], ["my_answers::"])
        context = Context.of(later[0]) if later else None
    return found


@pytest.mark.parametrize("count", [1, 10, 13, 60, 100])
def test_all_answers_are_on_some_page(count: int) -> None:
    """Each once and in order."""
    said = [words.partition(":")[0] for card in pages(listed(count)) for words in quotes(card)]

    assert said == [str(number) for number in range(count)]


@pytest.mark.parametrize("letter", ["x", "💪", '"', "日"])
def test_the_longest_answers_fit_their_pages(letter: str) -> None:
    """16,000 letters, three times, with what belongs to them."""
    shown = pages(listed(3, letter * 15_990))

    assert "".join(words for card in shown for words in quotes(card)).count(letter) == 3 * 15_990


def test_an_answer_stays_with_its_buttons() -> None:
    """Nobody has to turn the page to change what they see."""
    for card in pages(listed(60)):
        kinds = [element["type"] for element in card["body"]]
        assert kinds[:3] == ["TextBlock", "Container", "ActionSet"]
        assert kinds[-1] == "ActionSet"


def test_pages_are_turned_both_ways() -> None:
    """There is no earlier page before the first, nor a later one after the last."""
    turns = [
        [one["title"] for one in actions(card) if one["title"] in {"Earlier", "Later"}] for card in pages(listed(40))
    ]

    assert turns == [["Later"], ["Earlier", "Later"], ["Earlier"]]


def test_a_page_that_is_gone_shows_the_last_one() -> None:
    """After a withdrawal there may be fewer."""
    card = json.loads(json.dumps(panel_card(Message("All", tuple(listed(20))), replace(MY_ANSWERS, page=99), WORDING)))

    assert quotes(card)[-1].startswith("19:")
    assert {Context.of(one["data"]).page for one in actions(card) if one["title"] != "Earlier"} == {1}


def test_a_press_in_a_panel_says_where_it_was() -> None:
    """So that the panel is shown again as it is after it."""
    card = pages([Heading("Mine"), *listed(1)])[0]

    assert {one["data"]["code"] for one in actions(card)} == {"edit::", "withdraw::", "stay::", "quote::"}
    assert {Context.of(one["data"]) for one in actions(card)} == {MY_ANSWERS}


def test_what_has_nothing_to_fill_in_is_a_panel() -> None:
    """A form of that kind, and a message; there is nothing to send."""
    own = (Quote("I will ring the hospice team."),)

    shown = [shown_card(form(intro=own), HERE, WORDING), shown_card(Message("Mine", own), HERE, WORDING)]

    assert [texts(dict(card)) for card in shown] == [["I will ring the hospice team."]] * 2
    assert ["actions" in card for card in shown] == [False, False]
    assert "actions" in shown_card(form(CHOICE), HERE, WORDING)


def test_what_shows_nothing_is_still_a_dialog() -> None:
    """There is no empty card, and no error."""
    card = panel_card(Message("Nothing is here.", ()), HERE, WORDING)

    assert problems_of_dialog({"task": {"type": "continue", "value": _value(dict(card))}}) == []


def _value(card: Json) -> Json:
    return {"title": "Odd", "card": {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}}
