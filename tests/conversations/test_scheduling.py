"""A schedule in words: how often, and when next."""

from datetime import datetime

import pytest

from conversations.model import Pace
from conversations.scheduling import Plan, Repeat, in_words
from tests.bot.composing import WORDING


def wall(text: str) -> datetime:
    """A naive wall-clock time."""
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("repeat", "coming", "said"),
    [
        (Repeat.ONCE, [], "Monday 29 March 2027 at 10am, with no more dates to come"),
        (Repeat.ONCE, ["2027-03-29T10:00"], "Monday 29 March 2027 at 10am"),
        (
            Repeat.ONCE,
            ["2027-03-30T10:00"],
            "Monday 29 March 2027 at 10am, moved to Tuesday 30 March 2027 for a bank holiday",
        ),
        (Repeat.WEEKLY, ["2027-03-30T10:00"], "every Monday at 10am, next on Tuesday 30 March 2027"),
        (
            Repeat.WEEKLY,
            ["2027-03-30T10:00", "2027-04-05T10:00"],
            "every Monday at 10am, next on Tuesday 30 March 2027 and Monday 5 April 2027",
        ),
    ],
)
def test_the_days_are_those_on_which_chats_are_held(repeat: Repeat, coming: list[str], said: str) -> None:
    """Also where a bank holiday moves them: nobody comes on the wrong day."""
    plan = Plan(guide="two", pace=Pace.LIVE, first=wall("2027-03-29T10:00"), repeat=repeat)

    assert in_words(plan, [wall(one) for one in coming], WORDING) == said
