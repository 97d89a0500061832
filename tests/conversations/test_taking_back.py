"""A host takes a reflection back, and leaves a chat: nothing of it is lost on the way, and nobody else is stopped."""

import pytest

from conversations import commands as do
from conversations import events as on
from conversations.effects import CLOSING, OPENING, Forward, Say, effects_of
from conversations.events import Sending
from conversations.model import Stage
from conversations.refusals import NotNow
from tests.conversations.chats import ANA, BY_STAGE, GUIDE, HOST, Table, asking, reviewing, started


def reflected() -> Table:
    """A chat whose host looks back and wrote a reflection."""
    table = reviewing()
    table.play(HOST, do.Reflect("for all of us"))
    return table


def test_a_reflection_that_was_not_sent_is_taken_back_before_anybody_saw_it() -> None:
    """It does not go with the chat, and the survey stores never hear of it."""
    table = reflected()

    assert table.play(HOST, do.WithdrawReflection()) == (on.ReflectionWithdrawn(at=table.now),)
    sent = table.play(HOST, do.Send(sure=True))

    assert not any(isinstance(event, on.ReflectionDue) for event in sent)


def test_a_reflection_that_was_sent_is_taken_back_everywhere() -> None:
    """The room's closing post is put right, and every survey store is told, once."""
    table = reflected()
    table.play(HOST, do.Send(sure=True))
    gone, due = table.play(HOST, do.WithdrawReflection())

    assert isinstance(due, on.ReflectionDue)
    assert (due.revision, due.sending) == (2, Sending.WITHDRAWN)
    assert [effect.slot for effect in effects_of(gone, table.chat, GUIDE) if isinstance(effect, Say)] == [CLOSING]
    assert [effect.sending for effect in effects_of(due, table.chat, GUIDE) if isinstance(effect, Forward)] == [
        Sending.WITHDRAWN
    ]
    assert table.play(HOST, do.WithdrawReflection()) == ()


def test_nobody_else_takes_it_back() -> None:
    """It is the host's."""
    table = reflected()

    with pytest.raises(NotNow, match="not_host"):
        table.play(ANA, do.WithdrawReflection())
    assert table.chat.reflected


def test_a_practice_tells_no_survey_of_its_reflection() -> None:
    """Nothing of a practice goes anywhere, nor is anything of it taken back there."""
    table = asking(practice=True)
    table.play(ANA, do.Answer("for all"))
    table.play(HOST, do.Finish())
    table.play(HOST, do.Reflect("for all of us"))
    table.play(HOST, do.Send(sure=True))

    assert [type(event) for event in table.play(HOST, do.WithdrawReflection())] == [on.ReflectionWithdrawn]


@pytest.mark.parametrize("stage", [Stage.GATHERING, Stage.ASKING, Stage.REVIEWING])
def test_a_chat_goes_on_without_its_host(stage: Stage) -> None:
    """Somebody else may take over at once, and the room is offered it."""
    table = BY_STAGE[stage]()
    (left,) = table.play(HOST, do.StepDown())

    assert table.chat.host is None
    assert [effect.slot for effect in effects_of(left, table.chat, GUIDE) if isinstance(effect, Say)] == [OPENING]
    assert table.play(HOST, do.StepDown()) == ()
    table.play(ANA, do.TakeOver())
    assert table.chat.host == ANA


def test_a_chat_that_nobody_hosts_ends_by_itself() -> None:
    """Answers are not kept for ever because a host is gone."""
    table = asking()
    table.play(ANA, do.Answer("for all"))
    table.play(HOST, do.StepDown())
    for _ in range(3):
        table.wait(days=2)
        if table.stage is not Stage.CLOSED:
            table.play(None, do.Tick())

    assert table.stage is Stage.CLOSED


def test_only_the_host_can_leave() -> None:
    """Whoever does not host a chat leaves it as it is."""
    table = started()

    assert table.play(ANA, do.StepDown()) == ()
    assert table.chat.host == HOST
