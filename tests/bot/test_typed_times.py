# ruff: noqa: DTZ001 -- wall-clock times have no zone
"""Times that people type: read as British people mean them, and asked back where they can be read in two ways."""

import sys
from datetime import datetime, time

import pytest

from bot.typed_times import Rhythm, read_rhythm, read_time, warm
from conversations.refusals import NotNow
from conversations.scheduling import LAST, Repeat

SUNDAY = datetime(2026, 11, 22, 14, 30)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("tomorrow 2pm", datetime(2026, 11, 23, 14)),
        ("Tomorrow at 2:30 pm.", datetime(2026, 11, 23, 14, 30)),
        ("5pm", datetime(2026, 11, 22, 17)),
        ("today at 16:00", datetime(2026, 11, 22, 16)),
        ("8 Dec at 10am", datetime(2026, 12, 8, 10)),
        ("10am on 8 December", datetime(2026, 12, 8, 10)),
        ("8/12 14:00", datetime(2026, 12, 8, 14)),
        ("12/8 10am", datetime(2027, 8, 12, 10)),
        ("7 Dec 9.30am", datetime(2026, 12, 7, 9, 30)),
        ("Monday 7 December 2026 9:30am", datetime(2026, 12, 7, 9, 30)),
        ("Monday, 7 December 2026, 9:30", datetime(2026, 12, 7, 9, 30)),
        ("2026-12-07 09:30", datetime(2026, 12, 7, 9, 30)),
        ("1st of March at 10am", datetime(2027, 3, 1, 10)),
        ("29 February at 10am", datetime(2028, 2, 29, 10)),
        ("Tuesday 10am", datetime(2026, 11, 24, 10)),
        ("next Tuesday 10am", datetime(2026, 11, 24, 10)),
        ("Monday week at 3pm", datetime(2026, 11, 30, 15)),
        ("Sunday at 10am", datetime(2026, 11, 29, 10)),
        ("midday on Friday", datetime(2026, 11, 27, 12)),
        ("noon tomorrow", datetime(2026, 11, 23, 12)),
        ("tomorrow at midnight", datetime(2026, 11, 23)),
        ("in 6 weeks at 10am", datetime(2027, 1, 3, 10)),
        ("in 2 hours", datetime(2026, 11, 22, 16, 30)),
        ("12am tomorrow", datetime(2026, 11, 23)),
        ("12pm tomorrow", datetime(2026, 11, 23, 12)),
    ],
)
def test_one_moment(text: str, meant: datetime) -> None:
    """British order of day and month; what is past this year is meant next year."""
    assert read_time(text, SUNDAY) == meant
    assert read_rhythm(text, SUNDAY) == Rhythm(meant)


@pytest.mark.parametrize(
    ("text", "first", "repeat", "nth"),
    [
        ("every Tuesday at 10am", datetime(2026, 11, 24, 10), Repeat.WEEKLY, None),
        ("every Sunday at 3pm", datetime(2026, 11, 22, 15), Repeat.WEEKLY, None),
        ("every Sunday at 2pm", datetime(2026, 11, 29, 14), Repeat.WEEKLY, None),
        ("weekly on Wed at 16:00", datetime(2026, 11, 25, 16), Repeat.WEEKLY, None),
        ("every second Tuesday at 10am", datetime(2026, 11, 24, 10), Repeat.FORTNIGHTLY, None),
        ("every other Thursday at midday", datetime(2026, 11, 26, 12), Repeat.FORTNIGHTLY, None),
        ("fortnightly on Mondays at 2pm", datetime(2026, 11, 23, 14), Repeat.FORTNIGHTLY, None),
        ("every two weeks on Friday 9.30am", datetime(2026, 11, 27, 9, 30), Repeat.FORTNIGHTLY, None),
        ("the second Tuesday of every month at 10am", datetime(2026, 12, 8, 10), Repeat.MONTHLY, 2),
        ("every second Tuesday of the month at 10am", datetime(2026, 12, 8, 10), Repeat.MONTHLY, 2),
        ("monthly on the 4th Friday at 10am", datetime(2026, 11, 27, 10), Repeat.MONTHLY, 4),
        ("every month on the last Friday at 2pm", datetime(2026, 11, 27, 14), Repeat.MONTHLY, LAST),
    ],
)
def test_what_repeats(text: str, first: datetime, repeat: Repeat, nth: int | None) -> None:
    """From the next such day on."""
    assert read_rhythm(text, SUNDAY) == Rhythm(first, repeat, nth)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "time_unclear"),
        ("the kettle", "time_unclear"),
        ("10", "time_unclear"),
        ("31 Feb 10am", "time_unclear"),
        ("25pm tomorrow", "time_unclear"),
        ("tomorrow 13am", "time_unclear"),
        ("tomorrow 24:30", "time_unclear"),
        ("every day at 10am", "time_repeats"),
        ("every month", "time_repeats"),
        ("every third Tuesday at 10am", "time_repeats"),
        ("every Tuesday and Thursday at 10am", "time_repeats"),
        ("8 Dec", "time_of_day"),
        ("Tuesday", "time_of_day"),
        ("every Tuesday", "time_of_day"),
        ("in 6 weeks", "time_of_day"),
        ("Tuesday at 10", "time_half"),
        ("tomorrow at 2.30", "time_half"),
        ("every Tuesday at 9", "time_half"),
        ("2pm", "time_past"),
        ("yesterday 3pm", "time_past"),
        ("31/12/25 10am", "time_far"),
        ("8 December 2029 at 10am", "time_far"),
        ("Monday 8 December 2026 9:30am", "time_weekday"),
    ],
)
def test_a_clear_question_comes_back(text: str, why: str) -> None:
    """Nothing is guessed: what is missing, past or said in two ways is asked about."""
    with pytest.raises(NotNow) as refused:
        read_rhythm(text, SUNDAY)
    assert (refused.value.key, refused.value.field) == (why, "when")


def test_a_usual_time_of_day() -> None:
    """Where a day is enough, such as for a check-back."""
    assert read_time("8 Dec", SUNDAY, usual=time(10)) == datetime(2026, 12, 8, 10)
    assert read_time("in 6 weeks", SUNDAY, usual=time(10)) == datetime(2027, 1, 3, 10)


def test_once_it_is_warm_nothing_more_is_loaded() -> None:
    """Whoever types the first date waits no longer than the next."""
    warm()
    loaded = set(sys.modules)

    for text in (
        "tomorrow 2pm",
        "in 6 weeks at 9am",
        "8/12 at 9:30",
        "next Friday at 9am",
        "in an hour",
        "13 March 9am",
    ):
        read_time(text, SUNDAY)

    assert set(sys.modules) == loaded
