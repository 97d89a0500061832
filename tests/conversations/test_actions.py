"""Buttons and typed words come back as the commands that they stand for."""

from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations import commands as do
from conversations.actions import (
    FORMS,
    MEANING,
    PLAIN,
    STARTERS,
    SURE,
    button,
    decode,
    encode,
    opens,
    submitted,
    sure,
    typed,
)
from conversations.commands import Panel, Show, Which
from conversations.model import Pace, Permission, Progress, Visibility
from conversations.refusals import NotNow
from storage.wording import load_wording

WORDING = load_wording(Path(__file__).parents[2] / "conversations" / "wording" / "en.yaml")
CHAT, PART = UUID(int=7), UUID(int=8)


@pytest.mark.parametrize(
    ("name", "about", "command"),
    [
        ("next", "first", do.MoveOn("first")),
        ("begin", "", do.Begin()),
        ("withdraw", PART, do.Withdraw(Which(part=PART))),
        ("stay", PART, do.SetPermission(Permission.STAY, Which(part=PART))),
        ("all_stay", "", do.SetPermission(Permission.STAY)),
        ("edit", PART, Show(Panel.CHANGE, part=PART)),
        ("move", PART, Show(Panel.MOVE, part=PART)),
        ("answer_privately", "second", Show(Panel.ANSWER_PRIVATELY, question="second")),
        ("post_again", "question:2", do.PostAgain("question:2")),
    ],
)
def test_a_press_says_which_chat_and_what_it_is_about(name: str, about: str | UUID, command: object) -> None:
    """The code that a button carries is the command with its chat and question inside."""
    pressed = decode(encode(name, CHAT, about))

    assert (pressed.chat, pressed.ask) == (CHAT, command)


@given(st.text(max_size=80))
def test_a_code_that_is_none_of_ours_is_refused_and_breaks_nothing(code: str) -> None:
    """Anybody can send anything to an open door."""
    try:
        pressed = decode(code)
    except NotNow as refused:
        assert refused.key == "not_understood"  # noqa: PT017 - either end is right; which one depends on the code
    else:
        assert encode(code.partition(":")[0], pressed.chat).startswith(code.partition(":")[0])


def test_every_button_has_a_label_and_every_label_a_meaning() -> None:
    """No button without words, no words without a button."""
    labels = {key.removeprefix("button.") for key in WORDING.sentences if key.startswith("button.")}

    assert set(MEANING) - set(SURE.values()) == labels - {"practise"}
    assert set(WORDING.typed.values()) <= set(MEANING) | STARTERS
    assert set(MEANING) >= PLAIN


def test_grave_buttons_ask_first() -> None:
    """Where the platform has a dialog of its own, it can ask."""
    assert button(WORDING, "send", CHAT).sure
    assert button(WORDING, "cancel", CHAT).sure
    assert button(WORDING, "next", CHAT).sure is None


@pytest.mark.parametrize(
    ("name", "command"),
    [("send", do.Send(sure=True)), ("end_practice", do.Send(sure=True)), ("cancel", do.Cancel(sure=True))],
)
def test_a_press_that_a_dialog_asked_about_is_sure(name: str, command: object) -> None:
    """Nobody is asked twice: the chat's question is the dialog's."""
    pressed = decode(sure(encode(name, CHAT)))

    assert (pressed.chat, pressed.ask) == (CHAT, command)


@pytest.mark.parametrize("name", sorted(set(MEANING) - set(SURE)))
def test_a_press_that_needs_no_asking_stays_as_it_is(name: str) -> None:
    """Where there was no dialog, or a code is none of ours, nothing is made sure."""
    code = encode(name, CHAT, "about")

    assert sure(code) == code
    assert (sure("theirs"), sure("")) == ("theirs", "")


@pytest.mark.parametrize("panel", Panel)
def test_every_panel_has_a_button_that_opens_it(panel: Panel) -> None:
    """What can't be shown at once is shown at a press, with the chat and what it is about."""
    of_rooms = {Panel.JOIN, Panel.SCHEDULE, Panel.SCHEDULES, Panel.CHANGE_SCHEDULE, Panel.REST}
    about_one = {Panel.CHANGE, Panel.MOVE, Panel.CHANGE_STORY} | of_rooms
    show = Show(panel, part=PART) if panel in about_one else Show(panel, question="first")
    offered = opens(show, CHAT, WORDING)
    pressed = decode(offered.code)

    assert (pressed.chat, pressed.ask) == (CHAT, show)
    assert offered.label
    assert decode(opens(Show(panel), None, WORDING).code).ask == Show(panel)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("next", do.MoveOn()),
        ("  Next. ", do.MoveOn()),
        ("BACK", do.GoBack()),
        ("my answers", Show(Panel.MY_ANSWERS)),
        ("privacy", Show(Panel.PRIVACY)),
        ("stop asking me", do.StopAsking()),
        ("start", do.Start()),
        ("Start a chat", do.Start()),
        ("practise", do.Start(practice=True)),
    ],
)
def test_typed_words_work_in_a_plain_message(text: str, command: object) -> None:
    """product.md, rule 6: everything works by typed word, as the whole message."""
    pressed = typed(text, WORDING, addressed=False)

    assert pressed is not None
    assert pressed.ask == command


@pytest.mark.parametrize(
    "talk",
    ["next week we start", "done", "changed", "more", "start again tomorrow", "pass it on", "2 weeks", "under way", ""],
)
def test_talk_is_not_taken_for_a_command(talk: str) -> None:
    """An answer is an answer, even a short one."""
    assert typed(talk, WORDING, addressed=False) is None


def test_yes_in_the_room_is_a_confirmation_or_an_answer() -> None:
    """The engine knows whether something waits; the words come along in case nothing does."""
    said = do.Answer("Yes")
    pressed = typed("Yes", WORDING, addressed=False, said=said)

    assert pressed is not None
    assert pressed.ask == do.Yes(said)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("start team-leeds live", do.Start("team-leeds", Pace.LIVE)),
        ("start open team-leeds-today", do.Start("team-leeds-today", Pace.OPEN)),
        ("practise team-leeds", do.Start("team-leeds", Pace.LIVE, practice=True)),
        ("done", do.FollowUp(Progress.DONE)),
    ],
)
def test_the_bot_addressed_takes_more_words(text: str, command: object) -> None:
    """After a mention, a slash command or a `>` it can only be meant for the bot."""
    pressed = typed(text, WORDING, addressed=True)

    assert pressed is not None
    assert pressed.ask == command


@pytest.mark.parametrize("text", ["start team-leeds slow", "start live open", "start a b c"])
def test_a_start_that_cant_be_read_says_so(text: str) -> None:
    """A pace that is none is not taken for a guide."""
    with pytest.raises(NotNow) as refused:
        typed(text, WORDING, addressed=True)

    assert refused.value.key == "no_such_pace"


@pytest.mark.parametrize(("said", "named"), [("Leeds Hospice", "Leeds Hospice"), ("", None), (None, None)])
def test_a_start_form_may_say_which_organisation_it_is(said: str | None, named: str | None) -> None:
    """An empty box names none, and a platform that has no such box names none."""
    fields = {"guide": "two", "pace": "open"} | ({} if said is None else {"organisation": said})
    pressed = submitted("form_start::", fields)

    assert pressed.ask == do.Start("two", Pace.OPEN, organisation=named)


def test_forms_carry_what_they_are_about() -> None:
    """Chat, question and version travel inside the form."""
    private = submitted(encode("form_private", CHAT, "second"), {"words": "quietly"})
    change = submitted(encode("form_change", CHAT, f"{PART.hex}@3"), {"words": "better"})
    day = submitted(encode("form_check_back", CHAT), {"on": "2026-12-08"})

    assert (private.chat, private.ask) == (CHAT, do.Answer("quietly", Visibility.PROGRAMME, "second"))
    assert change.ask == do.Edit(Which(part=PART), "better", 3)
    assert day.ask == do.SetCheckBack(on=date(2026, 12, 8))


@pytest.mark.parametrize("name", [*FORMS, "form_nothing", ""])
def test_a_form_with_nothing_in_it_is_refused(name: str) -> None:
    """Missing fields are somebody's odd request, not an error of ours."""
    if name == "form_check_back":
        with pytest.raises(NotNow) as refused:
            submitted(encode(name, CHAT), {"on": "tomorrow"})
        assert refused.value.key == "bad_date"
    with pytest.raises(NotNow):
        submitted(encode(name, CHAT), {})
