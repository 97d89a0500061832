"""When a person may be written to: working days, 8:30am to 5:30pm on their own clock, never while they are away."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.cadence import is_working_day
from conversations.model import NO_WISHES, Calendar, Wishes
from conversations.quiet import FROM, TO, may_send_at, nudges_between

LONDON = "Europe/London"
EASTER = frozenset({date(2026, 4, 3), date(2026, 4, 6)})
CHRISTMAS = frozenset({date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1)})
WORKDAYS = Calendar(LONDON, EASTER | CHRISTMAS)

moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(  # noqa: DTZ001 -- given a zone at once
    lambda wall: wall.replace(tzinfo=UTC)
)
zones = st.sampled_from([None, LONDON, "Europe/Paris", "Asia/Kolkata", "America/New_York", "Pacific/Kiritimati"])
wishes = st.builds(Wishes, st.booleans(), st.none() | st.dates(date(2026, 1, 1), date(2027, 12, 31)), zones, zones)


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "sent"),
    [
        ("2026-12-07T10:00", "2026-12-07T10:00"),
        ("2026-12-07T08:29", "2026-12-07T08:30"),
        ("2026-12-07T08:30", "2026-12-07T08:30"),
        ("2026-12-07T17:29", "2026-12-07T17:29"),
        ("2026-12-07T17:30", "2026-12-08T08:30"),
        ("2026-12-11T18:00", "2026-12-14T08:30"),
        ("2026-12-12T12:00", "2026-12-14T08:30"),
        ("2026-12-24T20:00", "2026-12-29T08:30"),
        ("2026-12-25T12:00", "2026-12-29T08:30"),
        ("2026-04-02T18:00", "2026-04-07T07:30"),
        ("2026-03-27T18:00", "2026-03-30T07:30"),
        ("2026-10-23T18:00", "2026-10-26T08:30"),
        ("2026-03-29T00:30", "2026-03-30T07:30"),
        ("2026-10-25T01:30", "2026-10-26T08:30"),
    ],
)
def test_what_is_due_outside_the_hours_waits_for_the_next(moment: str, sent: str) -> None:
    """Evenings, weekends, Easter, Christmas with its substitute day, and both clock changes are waited out."""
    assert may_send_at(_utc(moment), NO_WISHES, WORKDAYS) == _utc(sent)


@pytest.mark.parametrize(
    ("zone", "sent"),
    [
        (None, "2026-12-07T08:30"),
        ("Europe/Paris", "2026-12-07T07:30"),
        ("Asia/Kolkata", "2026-12-07T06:00"),
        ("America/New_York", "2026-12-07T13:30"),
    ],
)
def test_the_hours_are_the_persons_own(zone: str | None, sent: str) -> None:
    """Half past eight is where they are; the room's clock stands in for who chose none."""
    assert may_send_at(_utc("2026-12-07T06:00"), Wishes(zone=zone), WORKDAYS) == _utc(sent)


def test_the_zone_that_somebody_chose_goes_before_that_of_their_profile() -> None:
    """Their platform may tell one, which counts until they choose; it goes before the room's."""
    early = _utc("2026-12-07T06:00")
    both = Wishes(zone="Asia/Kolkata", profile_zone="America/New_York")

    assert may_send_at(early, both, WORKDAYS) == early
    assert may_send_at(early, Wishes(profile_zone="America/New_York"), WORKDAYS) == _utc("2026-12-07T13:30")


def test_nobody_is_written_to_while_they_are_away() -> None:
    """On the day on which they are back at half past eight; if that is a Sunday, on Monday."""
    back = [Wishes(back_on=date(2026, 12, day)) for day in (7, 8, 13)]

    assert [may_send_at(_utc("2026-12-07T10:00"), wished, WORKDAYS) for wished in back] == [
        _utc("2026-12-07T10:00"),
        _utc("2026-12-08T08:30"),
        _utc("2026-12-14T08:30"),
    ]


@given(moments, wishes)
def test_no_moment_breaks_the_rule(moment: datetime, wished: Wishes) -> None:
    """Whoever asks when to send is never told a time outside the hours, on a free day, while away, or after a stop."""
    sent = may_send_at(moment, wished, WORKDAYS)

    assert (sent is None) == wished.stopped
    if sent is not None:
        own = replace(WORKDAYS, zone=wished.zone or wished.profile_zone or LONDON)
        wall = sent.astimezone(ZoneInfo(own.zone))
        assert FROM <= wall.time() < TO
        assert is_working_day(wall.date(), own)
        assert wished.back_on is None or wall.date() >= wished.back_on
        assert sent >= moment


@given(moments, wishes)
def test_what_may_be_sent_then_may_be_sent_then(moment: datetime, wished: Wishes) -> None:
    """Asked again at that moment the rule says the same: a message that waited is not put off once more."""
    sent = may_send_at(moment, wished, WORKDAYS)

    assert sent is None or may_send_at(sent, wished, WORKDAYS) == sent


@given(moments, wishes)
def test_nothing_waits_longer_than_it_has_to(moment: datetime, wished: Wishes) -> None:
    """At no earlier quarter of an hour could it have been sent."""
    sent = may_send_at(moment, replace(wished, back_on=None), WORKDAYS)
    earlier = [] if sent is None else [moment + timedelta(minutes=15 * n) for n in range(700)]

    assert [at for at in earlier if sent and at < sent and may_send_at(at, wished, WORKDAYS) == at] == []


@pytest.mark.parametrize(
    ("asked", "until", "nudges"),
    [
        # 46 hours of which 16 count: half of them are over on Tuesday at 11am
        ("2026-12-07T12:00", "2026-12-09T10:00", ["2026-12-08T11:00", "2026-12-08T15:48"]),
        # over a weekend
        ("2026-12-10T10:00", "2026-12-14T10:00", ["2026-12-11T10:00", "2026-12-11T15:24"]),
        # over Christmas
        ("2026-12-23T10:00", "2026-12-29T10:00", ["2026-12-24T10:00", "2026-12-24T15:24"]),
        # over the spring clock change
        ("2026-03-27T10:00", "2026-03-31T09:00", ["2026-03-30T09:00", "2026-03-30T14:24"]),
    ],
)
def test_reminders_come_at_half_and_four_fifths_of_the_time_that_people_work(
    asked: str, until: str, nudges: list[str]
) -> None:
    """Nobody has anything of a weekend: only hours in which we may write count."""
    assert list(nudges_between(_utc(asked), _utc(until), WORKDAYS)) == [_utc(at) for at in nudges]


@given(moments, st.integers(0, 400))
def test_every_reminder_falls_into_the_questions_time_and_our_hours(asked: datetime, hours: int) -> None:
    """Whatever the window: never before, never after, never at night; and none where there is no such hour."""
    until = asked + timedelta(hours=hours)
    nudges = nudges_between(asked, until, WORKDAYS)

    assert list(nudges) == sorted(nudges)
    assert all(asked <= at < until and may_send_at(at, NO_WISHES, WORKDAYS) == at for at in nudges)
    assert len(nudges) == 2 or (len(nudges) == 0 and may_send_at(asked, NO_WISHES, WORKDAYS) >= until)  # type: ignore[operator]


def test_the_hours_are_half_past_eight_to_half_past_five() -> None:
    """As product and wording say."""
    assert (time(8, 30), time(17, 30)) == (FROM, TO)
