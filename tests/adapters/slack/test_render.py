"""Messages as blocks: every word in order whatever it is, within every limit, and quiet where it notifies."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack.render import Dialog, is_quiet, quiet, render, split
from conversations.actions import button
from conversations.messages import Button, Buttons, Heading, Message, Note, Part, Quote, Text, Tone
from conversations.words import safe
from tests.adapters.slack.block_rules import problems_of_message
from tests.adapters.slack.texts import MOST, TEXTS, letters
from tests.bot.composing import WORDING
from tests.peers.slack_blocks import readable

DIALOG = Dialog.of(WORDING)
KEY = "say:6f1c1f9e-0000-4000-8000-000000000001:question:12"
PARTS = st.one_of(
    *(TEXTS.map(kind) for kind in (Heading, Text, Note, Quote)),
    st.just(Buttons((button(WORDING, "begin"), button(WORDING, "not_now")))),
)
MESSAGES = st.lists(PARTS, min_size=1, max_size=6).map(lambda parts: Message("Something is new.", tuple(parts)))


def message(*parts: Part) -> Message:
    """A message of these parts."""
    return Message("Something is new.", parts)


def laid(message: Message) -> list[dict[str, Any]]:
    """A message as the messages that Slack gets."""
    return [json.loads(json.dumps(render(piece, DIALOG, f"{KEY}#{n}"))) for n, piece in enumerate(split(message))]


def said(payloads: Iterable[Mapping[str, Any]]) -> str:
    """Every letter that people read in the blocks of messages, but for buttons."""
    return letters("".join(text for payload in payloads for block in payload["blocks"] for text in _texts(block)))


def _texts(block: Mapping[str, Any]) -> Iterator[str]:
    match block["type"]:
        case "header":
            yield block["text"]["text"]
        case "section":
            yield readable(block["text"]["text"])
        case "context":
            yield from (readable(element["text"]) for element in block["elements"])
        case "rich_text":
            yield from (leaf["text"] for quote in block["elements"] for leaf in quote["elements"])
        case _:
            assert block["type"] in {"actions", "divider"}


def meant(parts: Iterable[Part]) -> str:
    """Every letter of parts, but for buttons."""
    return letters("".join(safe(part.text) for part in parts if not isinstance(part, Buttons)))


@settings(max_examples=60)
@given(MESSAGES)
def test_no_word_is_lost_or_changes_its_place(message: Message) -> None:
    """However long it is and whatever it means to Slack, over as many messages as it takes."""
    assert said(laid(message)) == meant(message.parts) or is_blank(message)


def is_blank(message: Message) -> bool:
    """Whether nothing in a message would be seen but buttons, and so its summary is."""
    return not meant(message.parts)


@settings(max_examples=30)
@given(MESSAGES)
def test_slack_takes_every_piece(message: Message) -> None:
    """As it is first posted, and as it stands."""
    for piece in split(message):
        assert problems_of_message(json.loads(json.dumps(render(piece, DIALOG, KEY)))) == []
        assert problems_of_message(json.loads(json.dumps(render(quiet(piece), DIALOG, KEY)))) == []


@given(MESSAGES)
def test_what_notifies_has_nobodys_words(message: Message) -> None:
    """Neither in blocks nor in the text, which telephones show."""
    bare = quiet(message)

    assert is_quiet(bare)
    assert bare.parts
    assert render(message, DIALOG)["text"] == render(bare, DIALOG)["text"]


def test_words_alone_notify_with_the_summary() -> None:
    """There is always something to show on a telephone, and it is never what somebody said."""
    alone = message(Quote("we are so tired"))

    assert render(alone, DIALOG)["text"] == "Something is new."
    assert quiet(alone).parts == (Text("Something is new."),)


@pytest.mark.parametrize("parts", [(), (Text(""),), (Text(" \n "), Quote("")), (Note("\t"),)])
def test_a_message_that_shows_nothing_shows_its_summary(parts: tuple[Part, ...]) -> None:
    """Slack takes no message without a word."""
    (payload,) = laid(message(*parts))

    assert problems_of_message(payload) == []
    assert said([payload]) == letters("Something is new.")


def test_a_short_message_is_one() -> None:
    """Nothing is split that fits."""
    assert len(split(message(Heading("Question 1 of 4"), Text("How is it?"), Quote("Hard. " * 400)))) == 1


@pytest.mark.parametrize("letter", ["\u202d", "\x00", "&", '"', "\n."], ids=ascii)
def test_what_is_not_weighed_fits(letter: str) -> None:
    """The most that is taken to fit without being weighed fits, whatever its letters become."""
    words = (Text(letter * 60),) * 10
    row = Buttons((Button(letter * 4, "x" * 200, Tone.GRAVE, sure=letter * 40),))

    for parts in (words, (Text(letter * 100), *(row,) * 9)):
        (piece,) = split(message(*parts))
        assert problems_of_message(json.loads(json.dumps(render(piece, DIALOG, KEY)))) == []


def test_a_long_answer_takes_as_few_messages_as_hold_it() -> None:
    """16,000 characters are two messages, and what was said first stands in the first."""
    words = ("We held on together. " * 800)[:MOST]
    pieces = split(message(Text("They said:"), Quote(words)))

    assert len(pieces) == 2
    assert pieces[0].parts[0] == Text("They said:")


def test_a_message_is_known_by_the_name_of_its_first_block() -> None:
    """So that a post whose arrival nobody saw is found again."""
    named = render(message(Text("How is it?"), Note("To know.")), DIALOG, KEY)["blocks"]
    unnamed = render(message(Text("How is it?")), DIALOG)["blocks"]

    assert [block.get("block_id") for block in named] == [KEY, None]
    assert "block_id" not in unnamed[0]


def test_every_kind_of_part_looks_like_itself() -> None:
    """Heading, text, small print, people's words, choices."""
    every = message(Heading("One"), Text("Two"), Note("Three"), Quote("Four"), Buttons((button(WORDING, "begin"),)))

    kinds = [block["type"] for block in render(every, DIALOG)["blocks"]]

    assert kinds == ["header", "section", "context", "rich_text", "actions"]


def test_a_line_parts_buttons_from_what_follows() -> None:
    """In a list of answers everybody sees which buttons belong to which; nothing ends or begins with a line."""
    row = Buttons((button(WORDING, "edit"),))
    listed = message(Text("One"), row, row, Text("Two"), row)

    kinds = [block["type"] for block in render(listed, DIALOG)["blocks"]]

    assert kinds == ["section", "actions", "actions", "divider", "section", "actions"]


def test_a_heading_that_is_too_long_for_one_is_a_text() -> None:
    """It is not cut."""
    heading = "Team Leeds " * 20

    blocks = render(message(Heading(heading)), DIALOG)["blocks"]

    assert blocks == [{"type": "section", "text": {"type": "mrkdwn", "text": heading}}]


def test_no_two_buttons_of_a_message_are_called_alike() -> None:
    """Slack refuses them, in one row or in two; and 25 stand in a row at most."""
    many = Buttons(tuple(Button(f"Number {number}", f"pass::{number}") for number in range(30)))

    rows = [
        block["elements"]
        for block in render(message(Text("Choose."), many, many), DIALOG)["blocks"]
        if block["type"] == "actions"
    ]

    assert [len(row) for row in rows] == [25, 5, 25, 5]
    assert len({one["action_id"] for row in rows for one in row}) == 60


def test_a_button_stands_out_as_it_is_meant_to() -> None:
    """The main one, the grave one, and all others."""
    tones = [Button(tone, "help::", tone) for tone in Tone]

    (block,) = render(message(Buttons(tuple(tones))), DIALOG)["blocks"]

    assert [one.get("style") for one in block["elements"]] == [None, "primary", "danger"]


def test_what_cannot_be_taken_back_is_asked_about_first() -> None:
    """By Slack's own dialog; the press that comes back needs no second yes."""
    (block,) = render(message(Buttons((button(WORDING, "cancel"),))), DIALOG)["blocks"]

    (made,) = block["elements"]
    assert made["confirm"]["text"]["text"] == WORDING.say("sure.cancel")
    assert made["confirm"]["deny"]["text"] == "Not yet"
    assert made["value"] == "cancel_sure::"
