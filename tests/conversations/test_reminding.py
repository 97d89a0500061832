"""Who is reminded of an open chat's question: who asked or took part, twice at most, and nobody else learns of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations import commands as do
from conversations import events as on
from conversations.commands import Command, RemindMe, RemindWhen
from conversations.effects import Direct, Effect, Letter, Say, effects_of
from conversations.engine import evolve
from conversations.model import NO_WISHES, Calendar, Pace, Stage, Visibility, Wishes
from conversations.posts import RoomView, post
from conversations.quiet import may_send_at
from conversations.refusals import NotNow
from tests.bot.composing import WORDING
from tests.conversations.chats import ANA, BEN, GUIDE, HOST, NOON, Table, asking, participant_id

ON_QUESTION_TWO = datetime(2026, 12, 9, 10, tzinfo=UTC)
HALF, FOUR_FIFTHS = datetime(2026, 12, 10, 10, tzinfo=UTC), datetime(2026, 12, 10, 15, 24, tzinfo=UTC)
"""Of question two, which stands from Wednesday to Friday, 10am."""


def second_question() -> Table:
    """An open chat on its second question. Ana answered the first in the room, Ben privately."""
    table = asking(pace=Pace.OPEN)
    table.play(ANA, do.Answer("for all"))
    table.play(BEN, do.Answer("for few", Visibility.PROGRAMME))
    table.now = ON_QUESTION_TWO
    table.play(None, do.Tick())
    assert table.chat.asking == "second"
    return table


def reminded(table: Table) -> list[tuple[UUID, int, datetime]]:
    """Whom a tick reminds now: who, for the how manieth time, and when it is sent."""
    events = table.play(None, do.Tick())
    return [(one.participant, one.count, one.due_at) for one in events if isinstance(one, on.Reminded)]


def at(moment: datetime, question: str | None = None) -> RemindMe:
    """Ask for a reminder at a moment."""
    return RemindMe(RemindWhen.TYPED, "", question, moment)


def refusal_of(work: Callable[[], object]) -> str:
    """Why something can't be done."""
    with pytest.raises(NotNow) as refused:
        work()
    return refused.value.key


def wish(table: Table, person: UUID, wishes: Wishes) -> None:
    """Have a person wish something for all their chats."""
    key = participant_id(person)
    table.turn(person)
    table.participants[key] = replace(table.participants[key], wishes=wishes)


# --- who took part -----------------------------------------------------------------------------------------------


def test_who_took_part_is_reminded_at_half_and_at_four_fifths_of_the_time() -> None:
    """Whether they spoke in the room or privately; the host, who said nothing, is not."""
    table = second_question()
    both = [participant_id(ANA), participant_id(BEN)]

    table.now = HALF - timedelta(seconds=1)
    assert reminded(table) == []
    table.now = HALF
    assert reminded(table) == [(who, 1, HALF) for who in both]
    table.now = FOUR_FIFTHS
    assert reminded(table) == [(who, 2, FOUR_FIFTHS) for who in both]
    assert table.chat.next_at in {table.chat.due_at, table.chat.away_at}


def test_nobody_is_reminded_of_the_first_question_unasked() -> None:
    """Nobody took part before it, and no list of the room's members is read."""
    table = asking(pace=Pace.OPEN)
    table.play(ANA, do.Answer("words"))

    assert table.chat.nudges_at == ()


def test_who_answered_or_passed_is_not_reminded() -> None:
    """In the room, privately, or with a pass: they have done their part with this question."""
    table = second_question()
    table.play(ANA, do.Answer("a step", Visibility.PROGRAMME))
    table.play(BEN, do.Pass())
    table.now = HALF

    assert reminded(table) == []


def test_a_pass_alone_is_not_taking_part() -> None:
    """Who passed on the first question, or pressed Not now, asked for no reminder of the second."""
    table = asking(pace=Pace.OPEN)
    table.play(ANA, do.Pass())
    table.play(BEN, do.SitOut())
    table.now = ON_QUESTION_TWO
    table.play(None, do.Tick())
    table.now = HALF

    assert reminded(table) == []


def test_what_was_taken_back_is_not_taking_part() -> None:
    """A message that was withdrawn, or was no answer, is as if it had not been said."""
    table = second_question()
    table.play(ANA, do.Withdraw(do.LATEST))
    table.play(BEN, do.NotAnAnswer(do.LATEST))
    table.now = HALF

    assert reminded(table) == []


def test_a_late_answer_is_taking_part() -> None:
    """Who answers the first question while the second stands is reminded of the second."""
    table = second_question()
    table.play(HOST, do.Answer("late", question="first"))
    table.now = HALF

    assert participant_id(HOST) in [who for who, _, _ in reminded(table)]


def test_a_paused_chat_reminds_nobody_and_goes_on_with_new_times() -> None:
    """The question gets its days anew, and so do the reminders of it."""
    table = second_question()
    table.play(HOST, do.Pause())
    table.now = HALF
    assert table.chat.next_at is not None
    assert table.chat.next_at > FOUR_FIFTHS
    assert reminded(table) == []

    table.play(HOST, do.Resume())

    assert table.chat.nudges_at[0] > HALF
    table.now = table.chat.nudges_at[0]
    assert len(reminded(table)) == 2


@pytest.mark.parametrize("end", [do.Finish(), do.Cancel(sure=True), do.GoBack()])
def test_a_question_that_moved_on_is_not_reminded_of(end: Command) -> None:
    """Nor one of a chat that ended."""
    table = second_question()
    table.play(ANA, at(HALF))
    table.wait(hours=1)
    table.play(HOST, end)

    assert table.chat.remind_at is None
    assert HALF not in table.chat.nudges_at
    table.now = HALF
    if table.stage is not Stage.CANCELLED:
        assert reminded(table) == []


def test_after_an_outage_nobody_is_reminded_twice_at_once() -> None:
    """Of reminders that were missed the newest alone is sent."""
    table = second_question()
    table.now = FOUR_FIFTHS + timedelta(hours=1)

    assert [count for _, count, _ in reminded(table)] == [1, 1]
    assert table.chat.nudges_at == ()


def test_a_live_chat_has_no_reminders() -> None:
    """There is no later in it."""
    table = asking()
    table.play(ANA, do.Answer("words"))
    table.play(HOST, do.MoveOn())

    assert table.chat.nudges_at == ()
    assert refusal_of(lambda: table.play(ANA, RemindMe(RemindWhen.LATER))) == "remind_live"


# --- what people wish --------------------------------------------------------------------------------------------


def test_a_reminder_comes_in_the_hours_of_the_person() -> None:
    """At 3:24pm in Leeds it is evening in Kolkata: it comes at half past eight there, while the question stands."""
    table = second_question()
    wish(table, ANA, Wishes(zone="Asia/Kolkata"))
    table.now = FOUR_FIFTHS

    assert (participant_id(ANA), 1, datetime(2026, 12, 11, 3, tzinfo=UTC)) in reminded(table)


@pytest.mark.parametrize("wishes", [Wishes(stopped=True), Wishes(back_on=date(2026, 12, 14))])
def test_who_is_away_or_wants_no_asking_is_passed_over(wishes: Wishes) -> None:
    """It is not counted either: later in the chat they still get two, if they may be asked by then."""
    table = second_question()
    wish(table, ANA, wishes)
    table.now = HALF
    assert [who for who, _, _ in reminded(table)] == [participant_id(BEN)]

    wish(table, ANA, NO_WISHES)
    table.now = FOUR_FIFTHS

    assert (participant_id(ANA), 1, FOUR_FIFTHS) in reminded(table)


def test_who_is_back_in_time_gets_one_reminder_not_two_at_once() -> None:
    """Both were due while they were away: the second waits for them, the first is not counted."""
    table = second_question()
    wish(table, ANA, Wishes(back_on=date(2026, 12, 11)))
    table.now = HALF
    assert [who for who, _, _ in reminded(table)] == [participant_id(BEN)]
    table.now = FOUR_FIFTHS

    assert (participant_id(ANA), 1, datetime(2026, 12, 11, 8, 30, tzinfo=UTC)) in reminded(table)


# --- Remind me ---------------------------------------------------------------------------------------------------


def test_somebody_is_reminded_when_they_asked_to_be_and_at_no_other_time() -> None:
    """Who chose a time of their own is spared ours."""
    table = second_question()
    chosen = FOUR_FIFTHS - timedelta(hours=1)
    table.play(ANA, at(chosen))
    table.now = HALF
    assert [who for who, _, _ in reminded(table)] == [participant_id(BEN)]

    table.now = chosen

    assert reminded(table) == [(participant_id(ANA), 1, chosen)]


def test_the_last_time_that_was_chosen_counts() -> None:
    """One reminder, at the later of the two."""
    table = second_question()
    first, second = HALF + timedelta(hours=1), HALF + timedelta(hours=3)
    table.play(HOST, at(first))
    table.play(HOST, at(second))
    table.now = first
    assert reminded(table)[2:] == []
    assert participant_id(HOST) not in [who for who, _, _ in reminded(table)]
    table.now = second

    assert reminded(table) == [(participant_id(HOST), 1, second)]


def test_somebody_who_said_nothing_can_be_reminded_of_later_questions() -> None:
    """Not of the one that stands: of that they know."""
    table = asking(pace=Pace.OPEN)
    table.play(ANA, RemindMe(RemindWhen.LATER))
    assert table.chat.next_at in {table.chat.due_at, table.chat.away_at}
    table.now = ON_QUESTION_TWO
    table.play(None, do.Tick())
    table.now = HALF

    assert reminded(table) == [(participant_id(ANA), 1, HALF)]


def test_a_time_outside_the_hours_is_moved_to_the_next() -> None:
    """Seven in the evening is half past eight on the morning after."""
    table = second_question()
    (chosen,) = table.play(ANA, at(datetime(2026, 12, 9, 19, tzinfo=UTC)))

    assert isinstance(chosen, on.ReminderSet)
    assert chosen.due_at == datetime(2026, 12, 10, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (at(datetime(2026, 12, 11, 10, tzinfo=UTC)), "remind_too_late"),
        (at(datetime(2026, 12, 10, 18, tzinfo=UTC)), None),
        (at(HALF, "first"), "remind_moved_on"),
        (at(HALF, "second"), None),
        (RemindMe(RemindWhen.LATER), "remind_last"),
    ],
)
def test_what_can_not_be_is_said_at_once(asked: RemindMe, why: str | None) -> None:
    """Nobody waits for a reminder that never comes."""
    table = second_question()

    if why is None:
        assert table.play(ANA, asked)
    else:
        assert refusal_of(lambda: table.play(ANA, asked)) == why


def test_who_answered_or_stopped_or_had_two_is_told_so() -> None:
    """And in a pause there is nothing to be reminded of."""
    table = second_question()
    table.play(ANA, do.Answer("a step"))
    assert refusal_of(lambda: table.play(ANA, at(HALF))) == "remind_answered"
    wish(table, BEN, Wishes(stopped=True))
    assert refusal_of(lambda: table.play(BEN, at(HALF))) == "stopped"
    wish(table, BEN, NO_WISHES)
    for moment in (HALF, FOUR_FIFTHS):
        table.now = moment
        table.play(None, do.Tick())
    assert refusal_of(lambda: table.play(BEN, at(table.now + timedelta(hours=1)))) == "remind_enough"
    table.play(HOST, do.Pause())
    assert refusal_of(lambda: table.play(HOST, at(table.now))) == "paused"


# --- what nobody else learns -------------------------------------------------------------------------------------


def test_nothing_in_the_room_changes_with_a_reminder() -> None:
    """No post is edited, and none would look different: not the host's, not the room's."""
    table = second_question()
    view = RoomView({"first": 1}, 1)
    slots = ["opening", "question:1", "question:2"]
    before = [post(slot, table.chat, GUIDE, view, WORDING) for slot in slots]
    chat = table.chat

    events = [*table.play(HOST, at(FOUR_FIFTHS))]
    for moment in (HALF, FOUR_FIFTHS):
        table.now = moment
        events += [one for one in table.play(None, do.Tick()) if not isinstance(one, on.HostMissed)]
    followed: list[Effect] = []
    for event in events:
        chat = evolve(chat, event)
        followed += effects_of(event, chat, GUIDE)

    assert [effect for effect in followed if isinstance(effect, Say)] == []
    assert [post(slot, replace(table.chat, host_away=False), GUIDE, view, WORDING) for slot in slots] == before
    assert table.chat.touched_at == ON_QUESTION_TWO


def test_a_reminder_is_one_letter_with_a_key_of_its_own() -> None:
    """By chat, participant and number: written twice it is still one. It is of no use once the question closes."""
    table = second_question()
    table.now = HALF
    first = next(one for one in table.play(None, do.Tick()) if isinstance(one, on.Reminded))
    (letter,) = effects_of(first, table.chat, GUIDE)

    assert isinstance(letter, Direct)
    assert letter.letter is Letter.NUDGE
    assert letter.key == f"rem:{table.chat.id}:{participant_id(ANA)}:1"
    assert (letter.due_at, letter.until, letter.slot) == (HALF, table.chat.due_at, "question:2")


# --- whatever happens --------------------------------------------------------------------------------------------

people = st.sampled_from([HOST, ANA, BEN])
own: st.SearchStrategy[Command] = st.one_of(
    st.builds(do.Answer, st.just("words"), st.sampled_from(Visibility), st.sampled_from([None, "first", "second"])),
    st.sampled_from([do.Pass(), do.SitOut(), do.Withdraw(do.LATEST), RemindMe(RemindWhen.LATER)]),
    st.builds(at, st.datetimes(datetime(2026, 12, 7), datetime(2026, 12, 30)).map(lambda t: t.replace(tzinfo=UTC))),  # noqa: DTZ001 -- given a zone at once
)
leading = st.sampled_from(
    [do.MoveOn(), do.GoBack(), do.Pause(), do.Resume(), do.Finish(), do.Send(sure=True), do.Cancel(sure=True)]
)
wishes = st.builds(
    Wishes,
    st.booleans(),
    st.none() | st.dates(date(2026, 12, 7), date(2026, 12, 30)),
    st.sampled_from([None, "Asia/Kolkata", "America/New_York"]),
)
steps = st.one_of(
    st.tuples(people, own),
    st.tuples(st.just(HOST), leading),
    st.tuples(people, wishes),
    st.tuples(st.none(), st.integers(1, 60)),
)


@settings(max_examples=300)
@given(st.lists(steps, max_size=40))
def test_no_history_reminds_anybody_more_than_twice_or_at_a_wrong_time(
    history: list[tuple[UUID | None, Command | Wishes | int]],
) -> None:
    """Whatever people, the host and the clock do: two at most, in their hours, while they may be asked, if open."""
    table = asking(pace=Pace.OPEN)
    for person, step in history:
        before = dict(table.participants)
        happened: tuple[on.Event, ...] = ()
        if isinstance(step, int):
            table.wait(hours=step)
            if table.chat.next_at is not None:
                happened = table.play(None, do.Tick())
        elif isinstance(step, Wishes) and person is not None:
            wish(table, person, step)
        elif not isinstance(step, Wishes):
            try:
                table.play(person, step)
            except NotNow:
                continue
        for one in happened:
            if isinstance(one, on.Reminded):
                someone = before[one.participant]
                assert may_send_at(one.due_at, someone.wishes, Calendar("Europe/London")) == one.due_at
                assert table.now <= one.due_at < (table.chat.due_at or NOON)
                assert (table.stage, table.chat.paused) == (Stage.ASKING, False)
                assert one.count == someone.reminders.sent + 1 <= 2
                answered = {
                    part.question for part in table.parts if part.participant == one.participant and not part.withdrawn
                }
                assert table.chat.asking not in answered | someone.passed
    counts = [one.participant for one in table.happened if isinstance(one, on.Reminded)]
    assert all(counts.count(who) <= 2 for who in counts)
