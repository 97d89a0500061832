"""*My answers*: everything that somebody said, for them alone, and nothing offered that would be refused."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from conversations import commands as do
from conversations.actions import decode
from conversations.commands import Command
from conversations.engine import ALLOWED
from conversations.messages import Link, Message, Note, Quote, buttons_of, plain
from conversations.mine import Around, OwnChat, Survey, my_answers
from conversations.model import CheckBack, Part, Permission, Progress, Stage, Visibility
from conversations.panels import OwnPart
from conversations.refusals import NotNow
from storage.wording import load_wording
from tests.conversations.chats import ANA, BEN, GUIDE, HOST, NOON, Table, asking, closed, participant_id

WORDING = load_wording(Path(__file__).parents[2] / "conversations" / "wording" / "en.yaml")
AROUND = Around(now=NOON + timedelta(days=1), contact="hello@leeds.example")


def own(question: str = "first", *, private: bool = False, number: int = 1) -> OwnPart:
    """One message of somebody's."""
    seen = Visibility.PROGRAMME if private else Visibility.TEAM
    part = Part(UUID(int=number), participant_id(ANA), question, seen, Permission.THEMES, None)
    return OwnPart(part, f"words of {number}")


def shown(*chats: OwnChat, around: Around = AROUND) -> Message:
    """What somebody is shown."""
    return my_answers(chats, around, WORDING)


def labels(message: Message) -> list[str]:
    """The buttons, in order."""
    return [button.label for button in buttons_of(message)]


def test_it_shows_permission_and_what_can_be_done() -> None:
    """A private answer is not offered to stay in the team, nor any the permission that it has."""
    message = shown(OwnChat(chat=asking().chat, guide=GUIDE, parts=(own(private=True),)))

    assert Quote("words of 1") in message.parts
    assert "words of 1" not in message.summary
    assert labels(message)[:3] == ["Change it", "Withdraw", "May be quoted"]


def test_every_chat_is_there_in_the_order_in_which_they_are_given() -> None:
    """Nothing is cut: a platform whose messages are short parts them in pages."""
    chats = [OwnChat(chat=asking().chat, guide=GUIDE, parts=(own(number=n),)) for n in range(1, 80)]

    assert [part.text for part in shown(*chats).parts if isinstance(part, Quote)] == [
        f"words of {n}" for n in range(1, 80)
    ]


@pytest.mark.parametrize(
    ("removal", "said"),
    [
        (Survey.ASKED, "Question 1: withdrawn. We asked the survey to remove it."),
        (Survey.DONE, "Question 1: withdrawn. The survey removed it."),
        (Survey.FAILED, "Question 1: withdrawn. The survey couldn't remove it. Write to hello@leeds.example."),
    ],
)
def test_what_became_of_a_withdrawal_is_said(removal: Survey, said: str) -> None:
    """Asked, done, or whom to write to; and what can't be called back."""
    gone = replace(own().part, withdrawn=True)
    message = shown(OwnChat(chat=closed().chat, guide=GUIDE, gone=(gone,), removal=removal, sent=True))

    assert Note(said) in message.parts
    assert "E-mails, downloads and published findings can't be called back." in plain(message)


def test_where_nobody_can_be_written_to_no_address_is_missing() -> None:
    """On somebody's own machine no contact is set."""
    gone = replace(own().part, withdrawn=True)
    chat = OwnChat(chat=closed().chat, guide=GUIDE, gone=(gone,), removal=Survey.FAILED, sent=True)

    assert "Ask the programme team." in plain(shown(chat, around=replace(AROUND, contact=None)))


def test_what_the_survey_knows_of_a_change_is_said() -> None:
    """Once per chat, and only where something was changed after sending."""
    sent = OwnChat(chat=closed().chat, guide=GUIDE, parts=(own(),), sent=True)

    assert "latest change" not in plain(shown(sent))
    assert "We sent your latest change to the survey." in plain(shown(replace(sent, change=Survey.ASKED)))
    assert "The survey has these answers as they are here." in plain(shown(replace(sent, change=Survey.DONE)))


def test_a_chat_that_was_not_sent_promises_nothing_about_a_survey() -> None:
    """What was never sent need not be called back."""
    assert "survey" not in plain(shown(OwnChat(chat=asking().chat, guide=GUIDE, parts=(own(),))))


def test_a_reflection_is_shown_to_whoever_wrote_it() -> None:
    """And can be taken back."""
    message = shown(OwnChat(chat=closed().chat, guide=GUIDE, reflection="all of us"))

    assert Quote("all of us") in message.parts
    assert labels(message) == ["Withdraw reflection"]


def test_a_survey_of_ones_own_is_a_link_and_no_text() -> None:
    """The address stands where it can be pressed, and in nothing that notifies."""
    message = shown(OwnChat(chat=closed().chat, guide=GUIDE, parts=(own(),), sent=True, link="https://s.example/k"))

    assert Link("My survey link", "https://s.example/k") in message.parts
    assert "s.example" not in message.summary
    assert "s.example" not in repr(message)


def test_a_download_is_offered_where_there_is_one() -> None:
    """Elsewhere the words stand there to copy, and nothing is promised."""
    chat = OwnChat(chat=closed().chat, guide=GUIDE, parts=(own(),))

    assert labels(shown(chat, around=replace(AROUND, download=True)))[-1] == "Download"
    assert "ownload" not in plain(shown(chat))
    assert labels(shown(around=replace(AROUND, download=True))) == []


def with_step(check_back: CheckBack | None) -> tuple[Table, OwnChat]:
    """A chat that was sent, in which Ana named a step."""
    table = asking()
    table.play(HOST, do.MoveOn())
    table.play(ANA, do.Answer("I will call"))
    table.play(HOST, do.Finish())
    table.play(HOST, do.Send(sure=True))
    key = participant_id(ANA)
    table.participants[key] = replace(table.participants[key], check_back=check_back)
    table.now = AROUND.now
    part = OwnPart(table.latest(ANA), "I will call")
    return table, OwnChat(chat=table.chat, guide=GUIDE, parts=(part,), check_back=check_back)


STEPS = [
    None,
    CheckBack(AROUND.now + timedelta(days=9)),
    CheckBack(AROUND.now - timedelta(hours=1)),
    CheckBack(AROUND.now - timedelta(hours=1), Progress.UNDER_WAY),
    CheckBack(AROUND.now + timedelta(days=9), Progress.UNDER_WAY, again=True),
    CheckBack(AROUND.now - timedelta(hours=1), Progress.UNDER_WAY, again=True),
    CheckBack(AROUND.now - timedelta(hours=1), Progress.DONE),
    CheckBack(None, Progress.LET_GO),
]


@pytest.mark.parametrize("check_back", STEPS)
def test_nothing_is_offered_about_a_step_that_the_chat_refuses(check_back: CheckBack | None) -> None:
    """Every button under a step can be pressed, whenever its day is and whatever was said of it."""
    _, chat = with_step(check_back)
    codes = [button.code for button in buttons_of(shown(chat))]
    asks = [decode(code).ask for code in codes]
    of_step = [ask for ask in asks if isinstance(ask, do.SetCheckBack | do.FollowUp)]

    assert of_step
    for ask in of_step:
        table, _ = with_step(check_back)
        assert table.play(ANA, ask)


@pytest.mark.parametrize(
    ("check_back", "said"),
    [
        (None, "We won't ask you about this step."),
        (CheckBack(NOON + timedelta(weeks=6)), "We ask you about this step on Monday 18 January 2027."),
        (CheckBack(NOON), "We asked you about this step on Monday 7 December 2026."),
        (CheckBack(NOON, Progress.DONE), "You said that this step is done."),
        (CheckBack(NOON, Progress.LET_GO), "You said that you let this step go."),
    ],
)
def test_a_step_is_shown_with_its_day_and_how_it_is_going(check_back: CheckBack | None, said: str) -> None:
    """To its author alone, as in everything here."""
    assert Note(said) in shown(with_step(check_back)[1]).parts


def test_nobody_is_asked_about_a_step_of_a_practice() -> None:
    """It is deleted when the practice closes."""
    table, chat = with_step(None)

    assert "step" not in plain(shown(replace(chat, chat=replace(table.chat, practice=True))))


@pytest.mark.parametrize("stage", [Stage.ASKING, Stage.REVIEWING, Stage.CLOSED, Stage.CANCELLED])
def test_what_is_offered_about_an_answer_can_be_done_at_every_stage(stage: Stage) -> None:
    """However long ago the chat ended."""
    message = shown(OwnChat(chat=asking().chat, guide=GUIDE, parts=(own(), own(number=2)), reflection="us"))
    asked = [decode(button.code).ask for button in buttons_of(message)]
    kinds: set[type[Command]] = {type(ask) for ask in asked if not isinstance(ask, do.Show)}  # type: ignore[misc]

    assert kinds <= ALLOWED[stage]


def test_nobody_else_presses_it() -> None:
    """The buttons are of one's own answers: whoever else sends their codes is refused."""
    table = closed()
    with pytest.raises(NotNow, match="no_such_answer"):
        table.play(BEN, do.Withdraw(do.Which(part=table.latest(ANA).id)))
