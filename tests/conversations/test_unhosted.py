"""A planned chat that nobody leads: it waits for a quarter of an hour, and closes without a word too many."""

from datetime import timedelta
from uuid import UUID

import pytest

from conversations import commands as do
from conversations.actions import button, decode
from conversations.effects import CLOSING, OPENING, Effect, Receipt, Say, Whisper, effects_of
from conversations.engine import evolve
from conversations.messages import buttons_of, plain
from conversations.model import Pace, Stage
from conversations.posts import RoomView, post
from tests.conversations.chats import ANA, GUIDE, Table, started
from tests.conversations.test_posts import WORDING, labels


def opening(table: Table) -> str:
    """The labels of the opening's buttons."""
    return ", ".join(labels(post(OPENING, table.chat, GUIDE, RoomView({}, 0), WORDING)))


def followed(table: Table, person: UUID | None, command: do.Command) -> list[Effect]:
    """Play a command; what follows from it outside the chat."""
    before = table.chat
    events = table.play(person, command)
    effects: list[Effect] = []
    for event in events:
        before = evolve(before, event)
        effects += effects_of(event, before, GUIDE)
    return effects


def test_anybody_may_host_it() -> None:
    """*Begin* does so too, as product.md says."""
    table = started(host=None)
    assert opening(table) == "I'll host, Begin, Not now, Who can see this"
    assert decode(button(WORDING, "host_it").code).ask == do.TakeOver()

    table.play(ANA, do.TakeOver())

    assert table.chat.host == ANA
    assert opening(table) == "Begin, Not now, Who can see this"


def test_the_new_host_sees_the_questions_before_they_begin() -> None:
    """As whoever starts a chat does."""
    table = started(host=None)
    effects = followed(table, ANA, do.TakeOver())

    assert [one.person for one in effects if isinstance(one, Whisper) and one.receipt is Receipt.PREVIEW] == [ANA]


@pytest.mark.parametrize("pace", Pace)
def test_it_closes_when_nobody_does(pace: Pace) -> None:
    """After 15 minutes: the opening says so, and there is no closing post that thanks nobody."""
    table = started(host=None, pace=pace)
    table.wait(minutes=14)
    table.play(None, do.Tick())
    stages = [table.stage]
    table.wait(minutes=1)
    effects = followed(table, None, do.Tick())
    stages.append(table.stage)

    assert stages == [Stage.GATHERING, Stage.CLOSED]
    assert [one.slot for one in effects if isinstance(one, Say)] == [OPENING]
    text = plain(post(OPENING, table.chat, GUIDE, RoomView({}, 0), WORDING))
    assert "Nobody could host this chat, so it is closed." in text
    assert [one.label for one in buttons_of(post(OPENING, table.chat, GUIDE, RoomView({}, 0), WORDING))] == [
        "Who can see this"
    ]


def test_who_hosts_it_has_a_day_to_begin() -> None:
    """The quarter of an hour was for finding a host."""
    table = started(host=None)
    table.wait(minutes=10)
    table.play(ANA, do.TakeOver())

    assert table.chat.due_at == table.now + timedelta(hours=24)
    table.wait(hours=1)
    table.play(None, do.Tick())
    assert table.chat.stage is Stage.GATHERING


def test_a_chat_with_a_host_that_ends_before_a_question_says_so_as_ever() -> None:
    """Somebody was there."""
    table = started()
    table.wait(hours=24)
    effects = followed(table, None, do.Tick())

    assert CLOSING in [one.slot for one in effects if isinstance(one, Say)]
