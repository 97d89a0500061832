"""What the engine promises, one promise a test."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from conversations import commands as do
from conversations import events as on
from conversations.commands import Which
from conversations.engine import evolve
from conversations.model import Pace, Permission, Stage, Visibility
from conversations.refusals import NotNow
from tests.conversations.chats import (
    ANA,
    BEN,
    HOST,
    NOON,
    answered,
    asking,
    cancelled,
    closed,
    participant_id,
    reviewing,
    started,
)

PRIVATELY = Visibility.PROGRAMME


def names(events: tuple[on.Event, ...]) -> list[str]:
    """The kinds of events, in order."""
    return [type(event).__name__ for event in events]


def refusal_of(play: object) -> str:
    """Why `play` is refused."""
    with pytest.raises(NotNow) as refused:
        play()  # type: ignore[operator]
    return refused.value.key


# --- moving on ---


def test_two_presses_on_next_move_on_once() -> None:
    """Both people looked at question 1 when they pressed; the team must not lose question 2."""
    table = asking()
    table.play(HOST, do.MoveOn("first"))

    assert table.play(HOST, do.MoveOn("first")) == ()
    assert table.chat.asking == "second"


def test_a_typed_next_is_about_the_question_that_stood_when_it_was_typed() -> None:
    """A late delivery of an old `next` does not skip a question."""
    table = asking()
    typed_at = table.now
    table.wait(seconds=20)
    table.play(HOST, do.MoveOn())

    assert table.play(HOST, do.MoveOn(), said_at=typed_at) == ()


def test_next_after_the_last_question_finishes() -> None:
    """The host needs one button only."""
    table = answered()
    table.play(HOST, do.MoveOn("first"))

    assert names(table.play(HOST, do.MoveOn("second"))) == ["Finished"]


def test_only_the_host_moves_a_chat_on() -> None:
    """Somebody else's press is refused and changes nothing."""
    table = asking()

    assert refusal_of(lambda: table.play(ANA, do.MoveOn("first"))) == "not_host"
    assert table.chat.asking == "first"


def test_an_organiser_may_lead() -> None:
    """The programme can help a chat on whose host is away."""
    table = asking()

    assert names(table.play(ANA, do.MoveOn("first"), organiser=True)) == ["QuestionAsked"]


def test_back_asks_the_previous_question_in_a_post_of_its_own() -> None:
    """What people said stays where it is; the question is put again."""
    table = asking()
    table.play(HOST, do.MoveOn("first"))
    table.play(HOST, do.GoBack("second"))

    assert [(ask.question, ask.number) for ask in table.chat.asks] == [("first", 1), ("second", 2), ("first", 3)]


def test_back_from_the_review_asks_the_last_question_again() -> None:
    """A host who finished too early can go on."""
    table = reviewing()
    table.play(HOST, do.GoBack("first"))

    assert (table.chat.stage, table.chat.asking) == (Stage.ASKING, "first")


def test_a_pause_keeps_taking_answers_and_asks_nothing() -> None:
    """Pause is a flag: a bell may ring in the middle of an answer."""
    table = asking()
    table.play(HOST, do.Pause())

    assert names(table.play(ANA, do.Answer("still here"))) == ["Answered"]
    assert refusal_of(lambda: table.play(HOST, do.MoveOn("first"))) == "paused"
    assert refusal_of(lambda: table.play(HOST, do.GoBack("first"))) == "paused"
    table.play(HOST, do.Resume())
    assert names(table.play(HOST, do.MoveOn("first"))) == ["QuestionAsked"]


def test_whoever_begins_a_chat_without_a_host_leads_it() -> None:
    """A scheduled chat has no host until somebody presses Begin."""
    table = started(host=None)

    assert names(table.play(ANA, do.Begin())) == ["HostTook", "QuestionAsked"]
    assert table.chat.host == ANA


def test_begin_is_the_hosts_when_there_is_one() -> None:
    """Two begins, or one of a stranger, do not start the questions twice or too soon."""
    table = started()

    assert refusal_of(lambda: table.play(ANA, do.Begin())) == "not_host"
    table.play(HOST, do.Begin())
    assert refusal_of(lambda: table.play(HOST, do.Begin())) == "already_begun"


# --- who leads ---


@pytest.mark.parametrize(
    ("pace", "too_soon", "soon_enough"),
    [
        (Pace.LIVE, timedelta(minutes=9, seconds=59), timedelta(minutes=10)),
        (Pace.OPEN, timedelta(hours=47, minutes=59), timedelta(hours=48)),  # Monday noon to Wednesday noon
    ],
)
def test_a_chat_is_taken_over_only_when_its_host_is_away(
    pace: Pace, too_soon: timedelta, soon_enough: timedelta
) -> None:
    """10 minutes without the host acting in a live chat, 2 working days in an open one."""
    table = asking(pace=pace)
    table.now = NOON + too_soon
    assert refusal_of(lambda: table.play(ANA, do.TakeOver())) == "host_is_here"

    table.now = NOON + soon_enough
    table.play(ANA, do.TakeOver())

    assert table.chat.host == ANA
    assert refusal_of(lambda: table.play(HOST, do.MoveOn("first"))) == "not_host"


def test_a_host_who_acts_is_not_away() -> None:
    """Leading resets the clock."""
    table = asking()
    table.wait(minutes=9)
    table.play(HOST, do.Pause())
    table.wait(minutes=9)

    assert refusal_of(lambda: table.play(ANA, do.TakeOver())) == "host_is_here"


# --- answers ---


def test_a_reply_belongs_to_the_question_that_stood_when_it_was_said() -> None:
    """The host moved on while Ana's message was on its way."""
    table = asking()
    said_at = table.now + timedelta(seconds=5)
    table.wait(seconds=10)
    table.play(HOST, do.MoveOn("first"))

    (given,) = table.play(ANA, do.Answer("slow network"), said_at=said_at)

    assert isinstance(given, on.Answered)
    assert given.question == "first"


def test_a_form_opened_on_question_1_and_sent_on_question_2_is_filed_under_1() -> None:
    """The form carries its question."""
    table = asking()
    table.play(HOST, do.MoveOn("first"))

    (given,) = table.play(ANA, do.Answer("typed slowly", PRIVATELY, "first"))

    assert isinstance(given, on.Answered)
    assert given.question == "first"


@pytest.mark.parametrize(("question", "why"), [("second", "not_asked_yet"), ("ninth", "no_such_question")])
def test_an_answer_to_a_question_that_is_not_there_is_refused(question: str, why: str) -> None:
    """Nothing is filed where nobody would look."""
    table = asking()

    assert refusal_of(lambda: table.play(ANA, do.Answer("early", question=question))) == why


def test_one_message_delivered_as_two_deliveries_is_one_part() -> None:
    """A mention in a thread arrives as a message and as a mention, with different delivery ids."""
    table = asking()
    table.play(ANA, do.Answer("once", ref="171.5"))

    assert table.play(ANA, do.Answer("once", ref="171.5")) == ()


def test_nobody_can_touch_anothers_answer() -> None:
    """Edit, move, withdraw and permission act on the author's own parts alone."""
    table = answered()
    anas = Which(part=table.latest(ANA).id)

    for command in (
        do.Edit(anas, "mine now"),
        do.Move(anas, "first"),
        do.Withdraw(anas),
        do.NotAnAnswer(anas),
        do.SetPermission(Permission.QUOTE, anas),
    ):
        assert refusal_of(lambda command=command: table.play(BEN, command)) == "no_such_answer"


def test_a_form_that_shows_an_older_version_overwrites_nothing() -> None:
    """Edited on the phone, then saved on the laptop: the person is told."""
    table = answered()
    which = Which(part=table.latest(ANA).id)
    table.play(ANA, do.Edit(which, "from the phone", version=1))

    assert refusal_of(lambda: table.play(ANA, do.Edit(which, "from the laptop", version=1))) == "changed_since"


def test_withdrawing_twice_withdraws_once() -> None:
    """A second press finds nothing to do."""
    table = answered()
    which = Which(part=table.latest(ANA).id)
    table.play(ANA, do.Withdraw(which))

    assert table.play(ANA, do.Withdraw(which)) == ()


def test_withdrawing_the_latest_of_a_question_goes_on_to_the_one_before() -> None:
    """`withdraws 1` twice takes back two messages, not one."""
    table = asking()
    table.play(ANA, do.Answer("one"))
    table.play(ANA, do.Answer("two"))
    which = Which(question="first")
    table.play(ANA, do.Withdraw(which))
    table.play(ANA, do.Withdraw(which))

    assert all(part.withdrawn for part in table.parts)


def test_a_private_answer_cant_stay_in_the_team() -> None:
    """The team never had it."""
    table = answered()

    assert refusal_of(lambda: table.play(BEN, do.SetPermission(Permission.STAY))) == "private_stay"


def test_a_permission_for_all_leaves_private_answers_where_they_may_be() -> None:
    """Keeping everything in the team can only mean what was said in it."""
    table = answered()
    table.play(ANA, do.Answer("a secret", PRIVATELY))
    table.play(ANA, do.SetPermission(Permission.STAY))

    said, secret = (part for part in table.parts if part.participant == participant_id(ANA))
    assert (said.permission, secret.permission) == (Permission.STAY, Permission.THEMES)


# --- sending ---


def test_sending_makes_a_response_due_for_everyone_with_something_to_forward() -> None:
    """Ben's private answer goes too; a chat's closing names each once."""
    table = reviewing()
    events = table.play(HOST, do.Send(sure=True))

    due = [event for event in events if isinstance(event, on.ResponseDue)]
    assert [event.participant for event in due] == [participant_id(ANA), participant_id(BEN)]
    assert {(event.revision, event.sending) for event in due} == {(1, on.Sending.SUBMITTED)}


def test_answers_that_stay_and_withdrawn_ones_are_not_sent() -> None:
    """What the author kept or took back never leaves the team."""
    table = answered()
    table.play(ANA, do.SetPermission(Permission.STAY))
    table.play(BEN, do.Withdraw(do.LATEST))
    table.play(HOST, do.Finish())

    assert names(table.play(HOST, do.Send(sure=True))) == ["Closed"]


def test_a_typed_send_is_asked_back_and_yes_confirms() -> None:
    """A word typed by mistake sends nothing."""
    table = reviewing()

    assert names(table.play(HOST, do.Send())) == ["SureAsked"]
    assert table.stage == "reviewing"
    assert refusal_of(lambda: table.play(ANA, do.Yes())) == "nothing_to_confirm"
    table.play(HOST, do.Yes())
    assert table.stage == "closed"


def test_a_yes_that_comes_too_late_confirms_nothing() -> None:
    """After ten minutes nobody remembers what it was about."""
    table = answered()
    table.play(HOST, do.Cancel())
    table.wait(minutes=11)

    assert refusal_of(lambda: table.play(HOST, do.Yes())) == "nothing_to_confirm"


def test_a_yes_that_confirms_nothing_is_an_answer() -> None:
    """`Have you been able to work together?` `Yes`."""
    table = asking()

    assert names(table.play(ANA, do.Yes(do.Answer("yes")))) == ["Answered"]


def test_a_chat_without_answers_closes_and_sends_nothing() -> None:
    """There is nothing to read back."""
    table = asking()

    assert names(table.play(HOST, do.Finish())) == ["Finished", "Closed"]
    assert table.stage is Stage.CLOSED


def test_the_host_cant_tell_a_private_answer_from_none_by_finishing() -> None:
    """With nothing said in the room the chat closes at once, whether or not somebody answered privately."""
    table = asking()
    table.play(BEN, do.Answer("for few", PRIVATELY))

    assert names(table.play(HOST, do.Finish())) == ["Finished", "Closed", "ResponseDue"]


def test_a_private_answer_does_not_keep_a_chat_awake() -> None:
    """When a chat is finished by time says nothing about private answers either."""
    table = asking()
    awake_until = table.chat.due_at
    table.wait(hours=1)
    table.play(BEN, do.Answer("for few", PRIVATELY))

    assert table.chat.due_at == awake_until


def test_a_practice_sends_nothing() -> None:
    """Its answers are never forwarded, whatever is pressed."""
    table = asking(practice=True)
    table.play(ANA, do.Answer("trying"))
    table.play(HOST, do.Finish())
    table.play(HOST, do.Reflect("tried"))

    assert names(table.play(HOST, do.Send(sure=True))) == ["Closed"]


def test_a_reflection_is_sent_with_the_responses() -> None:
    """The host's words go once, however often they were rewritten."""
    table = reviewing()
    table.play(HOST, do.Reflect("we care"))
    table.play(HOST, do.Reflect("we care a lot"))

    assert names(table.play(HOST, do.Send(sure=True))).count("ReflectionDue") == 1


# --- after the chat ---


def test_an_edit_after_sending_is_a_revision_and_the_last_withdrawal_a_retraction() -> None:
    """The survey store is told of what changed, in order."""
    table = closed()
    table.play(ANA, do.Edit(do.LATEST, "better words"))
    table.play(ANA, do.Withdraw(do.LATEST))

    due = [event for event in table.happened if isinstance(event, on.ResponseDue)]
    told = [(event.revision, event.sending) for event in due if event.participant == participant_id(ANA)]
    assert told == [(1, on.Sending.SUBMITTED), (2, on.Sending.REVISED), (3, on.Sending.WITHDRAWN)]


def test_keeping_the_last_answer_in_the_team_after_sending_retracts_it() -> None:
    """Moving it to `stay` takes it back, and allowing it again sends it again."""
    table = closed()
    table.play(ANA, do.SetPermission(Permission.STAY))
    table.play(ANA, do.SetPermission(Permission.THEMES))

    told = [event.sending for event in table.happened if isinstance(event, on.ResponseDue)]
    assert told[-2:] == [on.Sending.WITHDRAWN, on.Sending.REVISED]


def test_an_answer_that_never_left_is_changed_without_telling_anybody() -> None:
    """What stayed in the team is nobody else's affair."""
    table = answered()
    table.play(ANA, do.SetPermission(Permission.STAY))
    table.play(HOST, do.Finish())
    table.play(HOST, do.Send(sure=True))

    assert names(table.play(ANA, do.Edit(do.LATEST, "still ours"))) == ["AnswerEdited"]


def test_a_cancelled_chat_forwards_nothing_and_asks_the_authors_of_private_answers() -> None:
    """Ben alone is asked; Ana's words were said in the room and go nowhere."""
    table = answered()
    (event,) = table.play(HOST, do.Cancel(sure=True))

    assert isinstance(event, on.Cancelled)
    assert event.private == (participant_id(BEN),)


def test_private_answers_of_a_cancelled_chat_are_sent_once_if_their_author_says_so() -> None:
    """And words said in the room are not, even if their author asks."""
    table = cancelled()

    assert names(table.play(BEN, do.SendMine())) == ["ResponseDue"]
    assert table.play(BEN, do.SendMine()) == ()
    assert refusal_of(lambda: table.play(ANA, do.SendMine())) == "no_private_answer"


# --- steps ---


def test_a_check_back_is_at_ten_on_a_working_day_of_the_room() -> None:
    """Two weeks after Monday 7 December 2026 is the 21st; 10am in Leeds."""
    table = asking()
    table.play(HOST, do.MoveOn("first"))
    table.play(ANA, do.Answer("phone the hospice"))

    (chosen,) = table.play(ANA, do.SetCheckBack(weeks=2))

    assert isinstance(chosen, on.CheckBackSet)
    assert chosen.due_at == datetime(2026, 12, 21, 10, tzinfo=UTC)


def test_a_check_back_can_only_be_for_a_day_to_come_within_a_year() -> None:
    """Yesterday can't be asked about, nor the next decade."""
    table = asking()
    table.play(HOST, do.MoveOn("first"))
    table.play(ANA, do.Answer("phone the hospice"))

    assert refusal_of(lambda: table.play(ANA, do.SetCheckBack(on=NOON.date()))) == "date_past"
    far = NOON.date() + timedelta(days=366)
    assert refusal_of(lambda: table.play(ANA, do.SetCheckBack(on=far))) == "date_too_far"
    assert refusal_of(lambda: table.play(BEN, do.SetCheckBack(weeks=2))) == "no_step_yet"


# --- time ---


def test_a_live_chat_that_nobody_touches_is_finished_and_then_sent() -> None:
    """24 hours each, and nothing happens a second earlier."""
    table = answered()
    table.wait(hours=23, minutes=59)
    assert names(table.play(None, do.Tick())) == ["HostMissed"]
    assert table.play(None, do.Tick()) == ()
    table.wait(minutes=1)
    assert names(table.play(None, do.Tick())) == ["Finished"]
    assert table.play(None, do.Tick()) == ()
    table.wait(hours=24)
    assert names(table.play(None, do.Tick())) == ["Closed", "ResponseDue", "ResponseDue"]


def test_a_chat_that_nobody_begins_closes_after_a_day() -> None:
    """The room is free for another."""
    table = started()
    table.wait(hours=24)

    assert names(table.play(None, do.Tick())) == ["Closed"]


def test_an_open_chat_asks_its_next_question_at_ten_two_working_days_on_and_ends_itself() -> None:
    """Begun on Monday 7 December 2026: Wednesday, Friday, and sent a day later."""
    table = asking(pace=Pace.OPEN)
    table.play(ANA, do.Answer("over days"))
    moments = []
    while table.chat.next_at is not None:
        table.now = table.chat.next_at
        moments.append((table.now, names(table.play(None, do.Tick()))[0]))
    moments = [(at, name) for at, name in moments if not name.startswith(("Host", "Remind"))]

    assert moments == [
        (datetime(2026, 12, 9, 10, tzinfo=UTC), "QuestionAsked"),
        (datetime(2026, 12, 11, 10, tzinfo=UTC), "Finished"),
        (datetime(2026, 12, 12, 10, tzinfo=UTC), "Closed"),
    ]


def test_a_paused_open_chat_asks_nothing_for_a_week_and_is_then_finished() -> None:
    """Nobody's answers are kept waiting for ever."""
    table = asking(pace=Pace.OPEN)
    table.play(ANA, do.Answer("over days"))
    table.play(HOST, do.Pause())
    table.wait(days=6, hours=23)
    assert names(table.play(None, do.Tick())) == ["HostMissed"]
    table.wait(hours=1)

    assert names(table.play(None, do.Tick())) == ["Finished"]


def test_resuming_an_open_chat_gives_the_question_its_days_anew() -> None:
    """The pause does not eat the team's time."""
    table = asking(pace=Pace.OPEN)
    table.play(HOST, do.Pause())
    table.wait(days=3)
    table.play(HOST, do.Resume())

    assert table.chat.due_at == datetime(2026, 12, 14, 10, tzinfo=UTC)


def test_a_host_who_is_away_over_a_weekend_is_not_missed() -> None:
    """Begun on Friday at noon, an open chat misses its host on Tuesday at noon, and says so once."""
    table = asking(pace=Pace.OPEN)
    table.now = NOON + timedelta(days=4)
    table.play(HOST, do.Pause())
    table.wait(days=2)
    assert names(table.play(None, do.Tick())) == ["HostWaitedFor"]
    assert table.chat.away_at == NOON + timedelta(days=8)
    table.wait(days=2)
    assert names(table.play(None, do.Tick())) == ["HostMissed"]
    assert table.chat.host_away


def test_a_host_who_comes_back_is_not_away() -> None:
    """Leading again takes the offer to take over away."""
    table = asking()
    table.wait(minutes=10)
    table.play(None, do.Tick())
    table.play(HOST, do.MoveOn("first"))

    assert not table.chat.host_away


def test_evolve_counts_every_event() -> None:
    """The version is how two replicas notice one another."""
    table = closed()

    assert table.chat.version == 1 + len(table.happened)
    assert evolve(table.chat, on.PostWanted(at=NOON, slot="opening")) == replace(
        table.chat, version=table.chat.version + 1
    )
