"""Messages as cards: every word in order whatever it is, within every limit, and quiet where it notifies."""

import json
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.teams.render import MOST_BYTES, activities, activity, card, size_of, split
from conversations.actions import button
from conversations.commands import Panel
from conversations.messages import Button, Buttons, Heading, Message, Note, Part, Quote, Text, Tone, plain
from conversations.words import safe
from tests.adapters.slack.texts import FRAGMENTS, MOST, TEXTS, letters
from tests.adapters.teams.card_rules import problems_of_activity
from tests.adapters.teams.cards import actions, quotes, texts
from tests.bot.composing import WORDING

SIGNS = [
    *(
        "<at>Ana</at> ",
        "[x](https://x.example) ",
        "**b** ",
        "~~s~~ ",
        "# one\n",
        "- two\n",
        "{{DATE(2026-12-07,SHORT)}}",
    ),
    *("{{{", "![i](https://x.example/i.png) ", "&nbsp; ", "<b>b</b>", "@team ", "${name} "),
]
"""What means something to Teams."""
WORDS = st.one_of(TEXTS, st.lists(st.sampled_from([*SIGNS, *FRAGMENTS]), min_size=1, max_size=20).map("".join))
PARTS = st.one_of(
    *(WORDS.map(kind) for kind in (Heading, Text, Note, Quote)),
    st.just(Buttons((button(WORDING, "begin"), button(WORDING, "cancel"), button(WORDING, "help")))),
)
MESSAGES = st.lists(PARTS, min_size=1, max_size=6).map(lambda parts: Message("Something is new.", tuple(parts)))


def message(*parts: Part) -> Message:
    """A message of these parts."""
    return Message("Something is new.", parts)


def laid(message: Message) -> list[dict[str, Any]]:
    """A message as the activities that Teams gets."""
    return [json.loads(json.dumps(one)) for one in activities(message)]


def content(activity: dict[str, Any]) -> dict[str, Any]:
    """The card in an activity."""
    made: dict[str, Any] = activity["attachments"][0]["content"]
    return made


def meant(parts: Iterable[Part]) -> str:
    """Every letter of parts, but for buttons."""
    return letters("".join(safe(part.text) for part in parts if not isinstance(part, Buttons)))


@settings(max_examples=60)
@given(MESSAGES)
def test_no_word_is_lost_or_changes_its_place(message: Message) -> None:
    """However long it is and whatever it means to Teams, over as many activities as it takes."""
    said = letters("".join(text for one in laid(message) for text in texts(content(one))))

    assert said == meant(message.parts) or not meant(message.parts)


@settings(max_examples=40)
@given(MESSAGES)
def test_teams_takes_every_piece(message: Message) -> None:
    """By the schema of cards, by its size, and by our own rules."""
    assert [problem for one in laid(message) for problem in problems_of_activity(one)] == []


@settings(max_examples=40)
@given(MESSAGES)
def test_what_notifies_has_nobodys_words(message: Message) -> None:
    """The summary alone is shown on telephones; there is no text beside the card."""
    assert {one["summary"] for one in laid(message)} == {"Something is new."}
    assert {frozenset(one) for one in laid(message)} == {frozenset({"type", "summary", "attachments"})}


@settings(max_examples=40)
@given(MESSAGES)
def test_where_no_card_can_be_shown_the_text_says_the_same(message: Message) -> None:
    """Every word of each piece, and the labels of its buttons."""
    for piece, one in zip(split(message), laid(message), strict=True):
        made = content(one)
        assert made["fallbackText"] == made["speak"] == safe(plain(piece))


@pytest.mark.parametrize(
    "words", ["*a* _b_ [x](https://x.example) <at>Ana</at>", "1. one\n2. two", "{{DATE(2026-12-07T10:00:00Z)}}", "&lt;"]
)
@pytest.mark.parametrize("kind", [Heading, Text, Note, Quote])
def test_signs_stand_as_they_were_typed(kind: type[Heading | Text | Note | Quote], words: str) -> None:
    """In text runs, where nothing is markdown, a mention, a link or a date."""
    made = json.loads(json.dumps(card(message(kind(words)))))
    blocks = [block for element in made["body"] for block in element.get("items", [element])]

    assert texts(made) == [words]
    assert {block["type"] for block in blocks} == {"RichTextBlock"}
    assert [run for block in blocks for run in block["inlines"] if "{{" in run["text"]] == []


@pytest.mark.parametrize("parts", [(), (Text(""),), (Text(" \n "), Quote("")), (Note("\t"),)])
def test_a_message_that_shows_nothing_shows_its_summary(parts: tuple[Part, ...]) -> None:
    """There is no empty card."""
    (one,) = laid(message(*parts))

    assert problems_of_activity(one) == []
    assert texts(content(one)) == ["Something is new."]


def test_a_long_answer_takes_as_few_activities_as_hold_it() -> None:
    """16,000 letters are two, and what was said first stands in the first."""
    words = ("We held on together. " * 800)[:MOST]
    made = laid(message(Text("They said:"), Quote(words)))

    assert len(made) == 2
    assert texts(content(made[0]))[0] == "They said:"
    assert "".join(quotes(content(made[0])) + quotes(content(made[1]))) == words


@pytest.mark.parametrize("letter", ["x", "\n.", '"', "é", "日", "💪"])
def test_no_activity_is_too_large(letter: str) -> None:
    """Whatever a letter takes in JSON, in UTF-16 and in UTF-8."""
    assert max(size_of(one) for one in laid(message(Quote((letter * MOST)[:MOST])))) <= MOST_BYTES


def test_every_kind_of_part_looks_like_itself() -> None:
    """Heading, text, small print, people's words, choices."""
    every = message(Heading("One"), Text("Two"), Note("Three"), Quote("Four"), Buttons((button(WORDING, "begin"),)))
    heading, text, note, quote, row = card(every)["body"]

    assert (heading["style"], heading["weight"]) == ("heading", "Bolder")
    assert text == {"type": "TextBlock", "text": "Two", "wrap": True}
    assert (note["size"], note["isSubtle"]) == ("Small", True)
    assert (quote["type"], quote["style"]) == ("Container", "emphasis")
    assert row["type"] == "ActionSet"


def test_a_line_parts_buttons_from_what_follows() -> None:
    """In a list of answers everybody sees which buttons belong to which; nothing ends or begins with a line."""
    row = Buttons((button(WORDING, "edit"),))
    listed = message(Text("One"), row, row, Quote("Two"), row)

    assert [element.get("separator", False) for element in card(listed)["body"]] == [False, False, False, True, False]


def test_no_button_is_hidden() -> None:
    """Teams shows six in a row, and only as many as the card is wide."""
    short = Buttons(tuple(Button(f"No {number:02}", f"pass::{number}") for number in range(15)))
    long = Buttons(tuple(button(WORDING, name) for name in ("edit", "withdraw", "stay", "quote", "move")))
    made = json.loads(json.dumps(card(message(short, Text("Or"), long))))

    assert [len(element.get("actions", ())) for element in made["body"]] == [6, 6, 3, 0, 4, 1]
    assert [one["title"] for one in actions(made)] == [one.label for one in (*short.buttons, *long.buttons)]


def test_a_button_stands_out_as_it_is_meant_to() -> None:
    """The main one, the grave one, and all others."""
    tones = Buttons(tuple(Button(tone, "help::", tone) for tone in Tone))

    assert [one.get("style") for one in actions(dict(card(message(tones))))] == [None, "positive", "destructive"]


@pytest.mark.parametrize("panel", [Panel.SUPPORT, Panel.MORE, Panel.ANSWER_PRIVATELY, Panel.READ_BACK, Panel.HELP])
def test_a_button_that_shows_something_opens_a_dialog(panel: Panel) -> None:
    """So that one person alone sees it."""
    (made,) = actions(dict(card(message(Buttons((button(WORDING, str(panel)),))))))

    assert made["type"] == "Action.Submit"
    assert made["data"] == {"msteams": {"type": "task/fetch"}, "code": f"{panel}::"}


@pytest.mark.parametrize("name", ["begin", "next", "pass", "stay", "withdraw", "yes"])
def test_every_other_button_is_a_press(name: str) -> None:
    """It comes back with its code, and the card is changed for everybody."""
    (made,) = actions(dict(card(message(Buttons((button(WORDING, name),))))))

    assert (made["type"], made["verb"], made["data"]) == ("Action.Execute", "press", {"code": f"{name}::"})


def test_a_code_that_is_none_of_ours_is_a_press() -> None:
    """Whoever hears it says that it is not understood."""
    (made,) = actions(dict(card(message(Buttons((Button("Odd", "odd"),))))))

    assert made["type"] == "Action.Execute"


def test_what_cannot_be_taken_back_is_asked_about_first() -> None:
    """In a card that folds out; the press in it needs no second yes."""
    (made,) = actions(dict(card(message(Buttons((button(WORDING, "cancel"),))))))
    (agreed,) = made["card"]["actions"]

    assert made["type"] == "Action.ShowCard"
    assert made["card"]["body"][0]["text"] == WORDING.say("sure.cancel")
    assert (agreed["title"], agreed["style"], agreed["data"]) == (
        made["title"],
        "destructive",
        {"code": "cancel_sure::"},
    )


@pytest.mark.parametrize("letter", [*'aé€"\\\n\x1b\t*', "\u202e", "\ud800", "💪", "{", "{{"])
def test_what_is_sent_unweighed_would_have_fitted(letter: str) -> None:
    """Short messages are not weighed: whatever their letters are, Teams takes them."""
    for count in (1, 300, 600, 640, 660, 700):
        message = Message("Something is new.", (Quote(letter * count),))
        assert all(size_of(activity(piece)) <= MOST_BYTES for piece in split(message))
    whole = Message("Something is new.", (Quote(letter * 600), *map(Text, ["How it was."] * 20)))
    assert all(size_of(activity(piece)) <= MOST_BYTES for piece in split(whole))
