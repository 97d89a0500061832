"""A platform may deliver a message, its changes and its deletion in any order: what stands is what was said last."""

from datetime import timedelta

import pytest

from conversations import commands as do
from conversations import events as on
from conversations.commands import Which
from conversations.model import Stage
from conversations.refusals import NotNow
from tests.conversations.chats import ANA, BEN, BY_STAGE, NOON, Table, answered, asking, participant_id

REF = "171.5"
MESSAGE = Which(ref=REF)
LATER = NOON + timedelta(seconds=9)
LATEST = NOON + timedelta(seconds=30)


def edit(words: str) -> do.Edit:
    """A change of the message, as a platform brings it."""
    return do.Edit(MESSAGE, words, said=do.Answer(words, ref=REF))


def refusal_of(table: Table, command: do.Command) -> str:
    """Why Ana's command is refused."""
    with pytest.raises(NotNow) as refused:
        table.play(ANA, command)
    return refused.value.key


@pytest.mark.parametrize("stage", [Stage.ASKING, Stage.REVIEWING])
def test_a_change_of_a_message_that_is_yet_to_come_is_that_message(stage: Stage) -> None:
    """The words arrive with the change, and the message itself adds nothing when it comes after all."""
    table = BY_STAGE[stage]()
    (event,) = table.play(ANA, edit("better"), said_at=LATER)

    assert isinstance(event, on.Answered)
    assert (event.ref, event.said_at, event.participant) == (REF, LATER, participant_id(ANA))
    if stage is Stage.ASKING:
        assert table.play(ANA, do.Answer("first words", ref=REF), said_at=NOON) == ()


def test_a_change_that_comes_first_answers_the_question_that_its_message_was_said_to() -> None:
    """The team has moved on when somebody changes a message that is still on its way: it is filed where it belongs."""
    table = asking()
    table.wait(seconds=30)
    table.play(table.chat.host, do.MoveOn("first"))
    said = do.Answer("better", ref=REF)

    (event,) = table.play(ANA, do.Edit(MESSAGE, "better", said=said, first_said_at=LATER), said_at=table.now)

    assert isinstance(event, on.Answered)
    assert (event.question, event.said_at) == ("first", table.now)


@pytest.mark.parametrize(
    ("stage", "why"),
    [
        (Stage.GATHERING, "not_begun"),
        (Stage.CLOSED, "no_such_answer"),
        (Stage.CANCELLED, "no_such_answer"),
    ],
)
def test_a_change_makes_no_answer_where_none_is_taken(stage: Stage, why: str) -> None:
    """Whoever changes an old message of theirs does not answer a chat that is over, or has not begun."""
    table = BY_STAGE[stage]()
    before = list(table.parts)

    assert refusal_of(table, edit("too late")) == why
    assert table.parts == before


def test_a_change_of_what_was_never_an_answer_is_none_unless_it_says_so() -> None:
    """A form changes what there is, and nothing else."""
    table = asking()

    assert refusal_of(table, do.Edit(MESSAGE, "words")) == "no_such_answer"


def test_an_older_change_changes_nothing() -> None:
    """Of two changes the one that was made last stands, in whichever order they come."""
    table = asking()
    table.play(ANA, do.Answer("one", ref=REF), said_at=NOON)
    table.play(ANA, edit("three"), said_at=LATEST)
    after = table.latest(ANA)

    assert table.play(ANA, edit("two"), said_at=LATER) == ()
    assert table.latest(ANA) == after
    assert (after.version, after.said_at) == (2, LATEST)


def test_a_change_of_the_same_moment_is_taken() -> None:
    """Platforms date changes to the second: two of one second are both made, the later delivery last."""
    table = asking()
    table.play(ANA, do.Answer("one", ref=REF), said_at=NOON)
    table.play(ANA, edit("two"), said_at=LATER)

    assert [type(event) for event in table.play(ANA, edit("three"), said_at=LATER)] == [on.AnswerEdited]


def test_a_change_that_came_as_the_message_knows_its_own_time() -> None:
    """What became an answer by a change is not overwritten by a change before it."""
    table = asking()
    table.play(ANA, edit("three"), said_at=LATEST)

    assert table.play(ANA, edit("two"), said_at=LATER) == ()


def test_a_form_is_not_older_than_a_message() -> None:
    """Only the platform's own changes are put in order: a form says which version it shows."""
    table = asking()
    table.play(ANA, do.Answer("one", ref=REF), said_at=LATEST)
    part = table.latest(ANA)

    events = table.play(ANA, do.Edit(Which(part=part.id), "two", version=1), said_at=NOON)

    assert [type(event) for event in events] == [on.AnswerEdited]


def test_a_change_of_what_was_withdrawn_brings_nothing_back() -> None:
    """What somebody took back stays gone, whatever comes late."""
    table = asking()
    table.play(ANA, do.Answer("one", ref=REF), said_at=NOON)
    table.play(ANA, do.Withdraw(MESSAGE), said_at=LATER)

    assert refusal_of(table, edit("two")) == "no_such_answer"
    assert table.play(ANA, do.Withdraw(MESSAGE)) == ()


def test_a_change_after_the_end_of_a_known_message_is_taken() -> None:
    """People may put their own words right for as long as they are kept."""
    table = asking()
    table.play(ANA, do.Answer("one", ref=REF), said_at=NOON)
    table.play(ANA, do.Answer("more", ref="172.1"), said_at=NOON)
    host = table.chat.host
    table.play(host, do.Finish())
    table.play(host, do.Send(sure=True))

    assert isinstance(table.play(ANA, edit("two"), said_at=LATER)[0], on.AnswerEdited)


def test_a_change_is_of_the_authors_own_message() -> None:
    """Somebody else's message of that name is not touched."""
    table = answered()
    table.play(ANA, do.Answer("mine", ref=REF), said_at=NOON)

    with pytest.raises(NotNow) as refused:
        table.play(BEN, edit("yours"), said_at=LATER)

    assert refused.value.key == "no_such_answer"
