"""Messages and forms as rows: every word, nothing that drives a terminal, and of a change only what changed."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from adapters.console.render import Row, Style, changes, numbered, render, render_form, wrap
from conversations.messages import (
    Button,
    Buttons,
    ChoiceField,
    DateField,
    Form,
    Heading,
    Message,
    Note,
    Part,
    Quote,
    Text,
    WordsField,
    buttons_of,
)
from conversations.words import safe

WIDTH = 40


def message(*parts: Part) -> Message:
    """A message of these parts."""
    return Message("Something is new.", parts)


def row(*labels: str) -> Buttons:
    """Buttons with these words."""
    return Buttons(tuple(Button(label, label.lower()) for label in labels))


def gone(text: str) -> str:
    """How what went is named."""
    return f"(gone) {text}"


def shown(rows: tuple[Row, ...]) -> str:
    """The rows as they stand on paper."""
    return "\n".join(one.text for one in rows)


def test_a_message_is_laid_out() -> None:
    """Heading, text, small print, people's words and buttons can be told apart without colour."""
    rows = render(
        message(
            Heading("Question 1 of 4"),
            Text("How has it felt for you during the pandemic?"),
            Note("Why we ask: to pause and listen."),
            Quote("It was hard.\n\nWe coped, and we did so together as a team."),
            row("Answer privately", "Support", "More", "Next question"),
        ),
        WIDTH,
    )

    assert shown(rows) == (
        "== Question 1 of 4 ==\n"
        "How has it felt for you during the\n"
        "pandemic?\n"
        "Why we ask: to pause and listen.\n"
        "> It was hard.\n"
        ">\n"
        "> We coped, and we did so together as a\n"
        "> team.\n"
        "[Answer privately] [Support] [More]\n"
        "[Next question]"
    )
    assert [one.style for one in rows[:2]] == [Style.HEADING, Style.TEXT]


def test_a_form_says_what_to_type() -> None:
    """A form is what it says first, its choices, what stands in it already, and one line to type."""
    form = Form(
        title="Start a chat",
        code="form_start::",
        intro=(Text("Choose."),),
        fields=(
            ChoiceField("guide", "Questions", (("team-leeds", "Team Leeds"), ("today", "Today")), "team-leeds"),
            WordsField("words", "Your words", "It was hard."),
            WordsField("more", "More words"),
            DateField("on", "Day"),
        ),
        submit="Start",
    )

    assert shown(render_form(form, "Type: Ana > start team-leeds live", WIDTH)) == (
        "== Start a chat ==\n"
        "Choose.\n"
        "Questions:\n"
        "  team-leeds – Team Leeds\n"
        "  today – Today\n"
        "Your words:\n"
        "> It was hard.\n"
        "Type: Ana > start team-leeds live"
    )
    assert "Type" not in shown(render_form(form, None, WIDTH))


def test_of_a_change_only_what_is_new_is_shown() -> None:
    """One row for one more answer, with the name of the post it is about."""
    before = message(Heading("Question 1"), Text("How?"), Note("1 person has answered here."), row("More"))
    after = message(Heading("Question 1"), Text("How?"), Note("2 people have answered here."), row("More"))

    assert shown(changes(before, after, gone, 60)) == "~ Question 1: 2 people have answered here."
    assert changes(after, after, gone, WIDTH) == ()


def test_new_buttons_are_a_change() -> None:
    """What can be pressed now has to be seen."""
    before = message(Heading("Question 1"), Text("Reply here."), row("More", "Next question"))
    after = message(Heading("Question 1"), Note("Nobody yet."), row("Answer this one"))

    assert shown(changes(before, after, gone, WIDTH)) == "~ Question 1: Nobody yet.\n~ [Answer this one]"


def test_what_went_is_named_when_nothing_came() -> None:
    """A withdrawn answer makes the number go; a post that is done with needs no such words."""
    before = message(Heading("Question 1"), Text("Reply here."), Note("1 person has answered here."), row("More"))
    after = message(Heading("Question 1"), row("More"))

    assert shown(changes(before, after, gone, 60)) == "~ Question 1: (gone) 1 person has answered here."
    assert changes(before, message(Heading("Question 1")), gone, WIDTH) == ()


def test_a_hundred_answers_are_a_hundred_rows_at_most() -> None:
    """And one when they come at once: a change is what stands now against what stood before."""
    posts = [message(Heading("Q"), Text("How? " * 50), Note(f"{count} people")) for count in range(101)]

    assert sum(len(changes(one, other, gone, WIDTH)) for one, other in pairwise(posts)) == 100
    assert len(changes(posts[0], posts[-1], gone, WIDTH)) == 1


def test_buttons_with_the_same_words_are_numbered() -> None:
    """In *My answers* each answer can be changed: the number says which, and is the same in the whole row."""
    both = numbered(message(row("Change it", "Withdraw"), Text("."), row("Change it"), row("Help")))

    assert [button.label for button in buttons_of(both)] == ["Change it #1", "Withdraw", "Change it #2", "Help"]
    assert [button.code for button in buttons_of(both)] == ["change it", "withdraw", "change it", "help"]
    alone = message(row("Change it", "Withdraw"))
    assert numbered(alone) == alone


@pytest.mark.parametrize(
    ("typed", "stands"),
    [
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("bell\x07 back\x08 nul\x00 delete\x7f", "bell\\x07 back\\x08 nul\\x00 delete\\x7f"),
        ("\x9b2J", "\\x9b2J"),
        ("over\u202ewritten\u202d", "over\\u202ewritten\\u202d"),
        ("half \ud83d of one", "half \\ud83d of one"),
        ("a\tb", "a    b"),
        ("one\rtwo", "one\\x0dtwo"),
        ("كان الأمر صعبًا \u2067isolated\u2069 👩‍⚕️ é", "كان الأمر صعبًا \u2067isolated\u2069 👩‍⚕️ é"),
    ],
)
def test_what_could_drive_a_terminal_is_spelt_out(typed: str, stands: str) -> None:
    """Right-to-left and emoji are words; control sequences are not."""
    assert safe(typed) == stands


@given(st.text(), st.integers(1, 120))
def test_nothing_that_drives_a_terminal_is_ever_rendered(text: str, width: int) -> None:
    """Whatever is in somebody's words, rows are printable and end where rows end."""
    rows = render(message(Heading(text), Text(text), Note(text), Quote(text), Buttons((Button(text, "x"),))), width)

    assert [
        one.text for one in rows if any(ord(letter) < 32 or 0x7F <= ord(letter) < 0xA0 for letter in one.text)
    ] == []


@given(st.text(st.sampled_from("ab éح日👩 ")), st.integers(20, 60))
def test_rows_break_at_spaces_and_keep_every_word(text: str, width: int) -> None:
    """No word is cut or lost, and no row is too long that has a space to break at."""
    rows = wrap(text, width, "> ", "> ")

    assert " ".join(one.removeprefix(">").strip(" ") for one in rows).split() == text.split()
    assert all(cell_len(one) <= width or " " not in one.removeprefix("> ").strip() for one in rows)


def test_wide_letters_take_two_columns() -> None:
    """A terminal shows 日 twice as wide as a."""
    assert wrap("日日日日日日日日日 日日", 20) == ["日日日日日日日日日", "日日"]


def test_inner_spaces_stay() -> None:
    """People's words stand as they typed them where no row ends."""
    assert wrap("a   b\n  c", WIDTH) == ["a   b", "  c"]
