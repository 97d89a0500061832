"""What one person is told about what they did: what is true of it, and never their words."""

from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from conversations import commands as do
from conversations.effects import Receipt, Whisper, effects_of
from conversations.identifying import Identifier
from conversations.messages import Message, buttons_of, plain
from conversations.model import Part, Permission, Visibility
from conversations.receipts import PersonView, Said, read_back, receipt
from storage.wording import load_wording
from tests.conversations.chats import BEN, GUIDE, Table, answered, asking, closed, reviewing

WORDING = load_wording(Path(__file__).parents[2] / "conversations" / "wording" / "en.yaml")
PART = Part(UUID(int=1), UUID(int=2), "first", Visibility.TEAM, Permission.THEMES, "message")


def told(table: Table, kind: Receipt, part: Part | None = PART) -> Message:
    """What a receipt says in this chat."""
    return receipt(kind, table.chat, GUIDE, PersonView(part), WORDING)


@pytest.mark.parametrize("kind", [Receipt.HEARD_BY_TEAM, Receipt.HEARD_PRIVATELY, Receipt.STEP_HEARD])
def test_a_practice_promises_nothing_that_it_does_not_do(kind: Receipt) -> None:
    """Nobody is told that the programme reads what is deleted."""
    text = plain(told(asking(practice=True), kind))

    assert "practice" in text
    assert "programme" not in text
    assert "programme" in plain(told(asking(), kind))


@pytest.mark.parametrize(
    ("table", "part", "room", "survey"),
    [
        (asking(), PART, True, False),
        (asking(), replace(PART, ref=None), False, False),
        (asking(), replace(PART, visibility=Visibility.PROGRAMME), False, False),
        (closed(), PART, True, True),
        (closed(), replace(PART, visibility=Visibility.PROGRAMME), False, True),
        (closed(), replace(PART, permission=Permission.STAY), True, False),
    ],
)
def test_a_withdrawal_says_what_it_does_not_reach(table: Table, part: Part, *, room: bool, survey: bool) -> None:
    """What was sent by a form is no message in the room, and what never left the team is in no survey."""
    text = plain(told(table, Receipt.WITHDRAWN, part))

    assert "We remove it from our store." in text
    assert ("Your message stays in the room" in text) is room
    assert ("We ask the survey to remove it too." in text) is survey


def test_the_end_of_a_practice_is_no_sending() -> None:
    """The button says what happens: everything is deleted."""
    practice = asking(practice=True)

    assert [button.label for button in buttons_of(told(practice, Receipt.REFLECTED, None))] == ["End the practice"]
    assert [button.label for button in buttons_of(told(reviewing(), Receipt.REFLECTED, None))] == ["Send"]


def test_whoever_sends_theirs_after_a_cancelled_chat_is_told_so() -> None:
    """Once, and they alone."""
    table = answered()
    host = table.chat.host
    table.play(host, do.Cancel(sure=True))

    effects = [effect for event in table.play(BEN, do.SendMine()) for effect in effects_of(event, table.chat, GUIDE)]

    assert [effect.receipt for effect in effects if isinstance(effect, Whisper)] == [Receipt.SENT_MINE]
    assert table.play(BEN, do.SendMine()) == ()


def test_what_is_read_back_notifies_without_words() -> None:
    """A locked screen shows nothing of what was said."""
    message = read_back(reviewing().chat, GUIDE, [Said("first", "so tired", kept_in_team=True)], WORDING)

    assert "so tired" in plain(message)
    assert "so tired" not in message.summary


def test_nothing_is_offered_to_who_looks_back_on_a_chat_that_is_over() -> None:
    """A form that stood open over the sending says that the chat is over, and asks for no reflection."""
    table = reviewing()
    table.play(table.chat.host, do.Send(sure=True))

    message = read_back(table.chat, GUIDE, [Said("first", "so tired", kept_in_team=False)], WORDING)

    assert plain(message).endswith("\nThis chat is over. Thank you.")
    assert buttons_of(message) == ()


@pytest.mark.parametrize("kind", [Receipt.HEARD_BY_TEAM, Receipt.HEARD_PRIVATELY, Receipt.STEP_HEARD, Receipt.CHANGED])
def test_what_points_at_one_person_is_told_with_the_receipt(kind: Receipt) -> None:
    """After what it says anyway, with what can be done first, about that message, and nothing offered twice."""
    view = PersonView(PART, seen=(Identifier.POSTCODE,))
    usual, seen = told(asking(), kind), receipt(kind, asking().chat, GUIDE, view, WORDING)

    labels = [button.label for button in buttons_of(seen)]
    assert seen.summary == f"{usual.summary} This looks like it has a postcode in it. I can't find every name."
    assert labels[:2] == ["Change it", "Replace it"]
    assert sorted(labels) == sorted({"Change it", "Replace it"} | {button.label for button in buttons_of(usual)})
    assert all(button.code.endswith(PART.id.hex) for button in buttons_of(seen)[:2])
