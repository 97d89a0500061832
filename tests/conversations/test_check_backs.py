"""Check-backs: asked once on the day that somebody chose, once more if they say so, and never after that."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from conversations import commands as do
from conversations import events as on
from conversations.effects import Direct, Effect, Forget, Receipt, Whisper, effects_of
from conversations.messages import Quote, buttons_of, plain
from conversations.model import Chat, Progress, Stage, Wishes
from conversations.posts import RoomView, closing
from conversations.receipts import PersonView, receipt
from conversations.refusals import NotNow
from tests.bot.composing import WORDING
from tests.conversations.chats import ANA, GUIDE, HOST, Table, asking, participant_id

TWO_WEEKS = datetime(2026, 12, 21, 10, tzinfo=UTC)


def with_a_step() -> Table:
    """Ana named a step, and wants to be asked in two weeks."""
    table = asking()
    table.play(HOST, do.MoveOn("first"))
    table.play(ANA, do.Answer("phone the hospice"))
    table.play(ANA, do.SetCheckBack(weeks=2))
    return table


def asked(progress: Progress | None = None) -> Table:
    """Ana was asked, and said how it is going."""
    table = with_a_step()
    table.now = TWO_WEEKS
    if progress is not None:
        table.play(ANA, do.FollowUp(progress))
    return table


def refusal_of(work: Callable[[], object]) -> str:
    """Why something can't be done."""
    with pytest.raises(NotNow) as refused:
        work()
    return refused.value.key


def followed(table: Table, command: do.Command) -> list[Effect]:
    """What a command of Ana's makes happen outside the chat."""
    return [effect for event in table.play(ANA, command) for effect in effects_of(event, table.chat, GUIDE)]


def test_until_the_day_has_come_it_may_be_another() -> None:
    """One letter, at the day that was chosen last."""
    table = with_a_step()

    (first, _), (second, _) = (followed(table, do.SetCheckBack(weeks=weeks)) for weeks in (6, 2))

    assert isinstance(first, Direct)
    assert isinstance(second, Direct)
    assert first.key == second.key
    assert second.due_at == TWO_WEEKS


def test_under_way_may_ask_for_one_more_day() -> None:
    """And only under way: with a letter of its own, and after that never again."""
    table = asked()
    _, told = followed(table, do.FollowUp(Progress.UNDER_WAY))
    again, _ = followed(table, do.SetCheckBack(weeks=2))
    table.now = datetime(2027, 1, 4, 10, tzinfo=UTC)
    _, told_again = followed(table, do.FollowUp(Progress.UNDER_WAY))

    assert isinstance(told, Whisper)
    assert told.receipt is Receipt.ONCE_MORE
    assert isinstance(again, Direct)
    assert again.key.endswith("check_back:again")
    assert isinstance(told_again, Whisper)
    assert told_again.receipt is Receipt.FOLLOWED_UP
    assert refusal_of(lambda: table.play(ANA, do.SetCheckBack(weeks=2))) == "check_back_over"


@pytest.mark.parametrize("progress", [Progress.DONE, Progress.CHANGED, Progress.LET_GO])
def test_whoever_is_done_is_not_asked_again(progress: Progress) -> None:
    """No second ask: not by a button of an old receipt either."""
    table = asked(progress)

    assert refusal_of(lambda: table.play(ANA, do.SetCheckBack(weeks=2))) == "check_back_over"


def test_an_old_button_asks_nobody_twice() -> None:
    """Who has been asked and said nothing yet is not asked again."""
    table = asked()

    assert refusal_of(lambda: table.play(ANA, do.SetCheckBack(weeks=6))) == "check_back_asked"


def test_the_second_day_may_change_and_be_given_up_too() -> None:
    """It is theirs until it has come; what they said stands, and they may say more."""
    table = asked(Progress.UNDER_WAY)
    table.play(ANA, do.SetCheckBack(weeks=6))
    later, _ = followed(table, do.SetCheckBack(weeks=2))
    never, _ = followed(table, do.SetCheckBack())

    assert isinstance(later, Direct)
    assert isinstance(never, Forget)
    assert never.key == later.key
    assert table.play(ANA, do.FollowUp(Progress.DONE))


def test_who_tells_before_they_are_asked_is_not_asked() -> None:
    """The letter that waits is taken back."""
    table = with_a_step()
    forget, _ = followed(table, do.FollowUp(Progress.DONE))

    assert isinstance(forget, Forget)
    assert forget.key.endswith(":check_back")


def test_nobody_is_asked_once_we_no_longer_know_whose_step_it_was() -> None:
    """The link is deleted 90 days after the chat, or when the controller says: no day after that is promised."""
    table = with_a_step()
    last = table.now.date() + timedelta(days=89)
    table.play(ANA, do.SetCheckBack(on=last))
    assert refusal_of(lambda: table.play(ANA, do.SetCheckBack(on=last + timedelta(days=1)))) == "date_too_far"

    table.play(HOST, do.Finish())
    table.play(HOST, do.Send(sure=True))
    table.wait(days=30)

    assert table.stage is Stage.CLOSED
    assert table.play(ANA, do.SetCheckBack(on=last))
    assert refusal_of(lambda: table.play(ANA, do.SetCheckBack(on=last + timedelta(days=1)))) == "date_too_far"


def test_a_day_on_which_somebody_is_away_is_the_one_they_are_back() -> None:
    """And whoever wants no asking is told so when they choose a day."""
    table = with_a_step()
    key = participant_id(ANA)
    table.participants[key] = replace(table.participants[key], wishes=Wishes(back_on=date(2027, 1, 11)))
    (chosen,) = table.play(ANA, do.SetCheckBack(weeks=2))
    assert isinstance(chosen, on.CheckBackSet)
    assert chosen.due_at == datetime(2027, 1, 11, 8, 30, tzinfo=UTC)

    table.participants[key] = replace(table.participants[key], wishes=Wishes(stopped=True))

    assert refusal_of(lambda: table.play(ANA, do.SetCheckBack(weeks=2))) == "stopped"


def test_one_more_asking_is_offered_in_so_many_words() -> None:
    """With the same four choices as the first, none of them pressing."""
    offered = receipt(Receipt.ONCE_MORE, with_a_step().chat, GUIDE, PersonView(), WORDING)

    assert [button.label for button in buttons_of(offered)] == ["2 weeks", "6 weeks", "A date", "None"]
    assert not any(isinstance(part, Quote) for part in offered.parts)


# --- what the room is told next time -----------------------------------------------------------------------------


def closed() -> Chat:
    """A chat that was sent."""
    table = with_a_step()
    table.play(HOST, do.Finish())
    table.play(HOST, do.Send(sure=True))
    return table.chat


@pytest.mark.parametrize(
    ("done", "said"),
    [
        (0, None),
        (1, None),
        (4, None),
        (5, "5 to 10 are done"),
        (10, "5 to 10 are done"),
        (11, "11 to 20 are done"),
        (20, "11 to 20 are done"),
        (21, "over 20 are done"),
    ],
)
def test_the_room_hears_of_done_steps_in_bands(done: int, said: str | None) -> None:
    """Of fewer than five nothing is said: one of two would tell of one person."""
    text = plain(closing(closed(), GUIDE, RoomView({}, 3, steps_done=done), WORDING))

    assert (said in text) if said else ("Last time" not in text)
