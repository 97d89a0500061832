"""One typed line says whose a room is, and when it holds its chats."""

from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.actions import Ask, decode, encode, submitted, typed
from conversations.commands import Panel, Show
from conversations.model import Pace
from conversations.planning import Join, Propose, Rest, Sector, needs_room
from conversations.refusals import NotNow
from conversations.scheduling import OnHoliday, Reminder
from storage.wording import load_wording

WORDING = load_wording(Path(__file__).parents[2] / "conversations" / "wording" / "en.yaml")
WHEN = "every second tuesday at 10am"


def asked(text: str) -> Ask:
    """What a line to the bot asks for."""
    found = typed(text, WORDING, addressed=True)
    assert found is not None
    return found.ask


@pytest.mark.parametrize(
    ("text", "ask"),
    [
        ("join Leeds Trust, hospital, Ward 7", Join("Leeds Trust", Sector.HOSPITAL, "Ward 7")),
        ("Join  Leeds   Trust , Hospital.", Join("Leeds Trust", Sector.HOSPITAL)),
        ("join Smith, Jones and Co, mental health", Join("Smith, Jones and Co", Sector.MENTAL_HEALTH)),
        ("join GP, general_practice, A, B", Join("GP", Sector.GENERAL_PRACTICE, "A, B")),
    ],
)
def test_whose_a_room_is(text: str, ask: Join) -> None:
    """Names stay as they were typed."""
    assert asked(text) == ask


@pytest.mark.parametrize("text", ["join us for lunch", "join Leeds Trust", "join Leeds Trust, nurses"])
def test_a_kind_of_work_is_needed(text: str) -> None:
    """The person is told which there are."""
    with pytest.raises(NotNow) as refused:
        asked(text)

    assert refused.value.key == "which_sector"
    assert "mental health" in str(refused.value.facts["sectors"])


@pytest.mark.parametrize(
    ("rest", "ask"),
    [
        (f'"{WHEN}"', Propose(when=WHEN)),
        (f"“{WHEN}” open", Propose(when=WHEN, pace=Pace.OPEN)),
        (f"'{WHEN}' team-leeds live", Propose(when=WHEN, pace=Pace.LIVE, guide="team-leeds")),
        (f'"{WHEN}" nobody', Propose(when=WHEN, hosts=False)),
        (
            f'"{WHEN}" me hour move until 30 June 2027',
            Propose(when=WHEN, hosts=True, reminder=Reminder.HOUR, on_holiday=OnHoliday.MOVE, until="30 june 2027"),
        ),
        (WHEN, Propose(when=WHEN)),
        (f"{WHEN} open until 30 June 2027", Propose(when=WHEN, pace=Pace.OPEN, until="30 june 2027")),
        (f"{WHEN} until 30 June 2027", Propose(when=WHEN, until="30 june 2027")),
        (
            f"{WHEN} live team-leeds hour",
            Propose(when=WHEN, pace=Pace.LIVE, guide="team-leeds", reminder=Reminder.HOUR),
        ),
        (f"open {WHEN}", Propose(when=WHEN, pace=Pace.OPEN)),
        (f'"{WHEN} live', Propose(when=WHEN, pace=Pace.LIVE)),
        (f'"{WHEN}" until 30 June 2027 open me', Propose(when=WHEN, pace=Pace.OPEN, hosts=True, until="30 june 2027")),
        (f'"{WHEN}" live live', Propose(when=WHEN, pace=Pace.LIVE)),
        (f'"{WHEN}" team leeds', Propose(when=WHEN, guide="team leeds")),
    ],
)
def test_when_chats_are_held(rest: str, ask: Propose) -> None:
    """What stands in marks is the time; without them it goes as far as the pace, or the last day."""
    assert asked(f"schedule {rest}") == ask


@pytest.mark.parametrize(
    ("rest", "why"),
    [
        ("open live", "not_both"),
        ("me nobody", "not_both"),
        ("hour day", "not_both"),
        ("skip hold", "not_both"),
        ("until", "until_unclear"),
        ("until me", "until_unclear"),
    ],
)
def test_what_can_mean_two_things_is_asked_about(rest: str, why: str) -> None:
    """Nothing that somebody typed is passed over."""
    with pytest.raises(NotNow) as refused:
        asked(f'schedule "{WHEN}" {rest}')

    assert refused.value.key == why


def test_a_change_is_one() -> None:
    """It is about the schedule that the room has."""
    assert asked(f'change schedule "{WHEN}"') == Propose(when=WHEN, changes=True)


@pytest.mark.parametrize(
    "text", ["pause schedule until 8 January", "pause until 8 January", "pause schedule 8 January"]
)
def test_a_pause_has_a_day(text: str) -> None:
    """As somebody writes it."""
    assert asked(text) == Rest(typed="8 january")


@pytest.mark.parametrize(("words", "panel"), [("join", Panel.JOIN), ("schedule", Panel.SCHEDULE)])
def test_a_word_alone_opens_the_form(words: str, panel: Panel) -> None:
    """Nobody has to know how a line is written."""
    assert asked(words) == Show(panel)


def test_a_form_knows_its_room() -> None:
    """Or the schedule that it changes."""
    room = UUID(int=7)
    fields = {"when": WHEN, "guide": "two", "pace": "live", "host": "same", "reminder": "day", "holiday": "skip"}
    new = submitted(encode("form_schedule", None, f"@{room.hex}"), fields).ask
    change = submitted(encode("form_schedule", None, room), fields).ask

    assert isinstance(new, Propose)
    assert isinstance(change, Propose)
    assert (new.room, new.replaces, new.changes, new.hosts) == (room, None, False, None)
    assert (change.room, change.replaces, change.changes) == (None, room, True)
    assert decode(encode("schedule", None, room)).ask == Show(Panel.SCHEDULE, part=room)


@pytest.mark.parametrize(
    ("ask", "needs"),
    [
        (Join("Leeds", Sector.OTHER), True),
        (Join("Leeds", Sector.OTHER, room=UUID(int=1)), False),
        (Propose(when=WHEN), True),
        (Propose(when=WHEN, room=UUID(int=1)), False),
        (Propose(when=WHEN, changes=True), False),
        (Rest(), False),
    ],
)
def test_what_is_about_the_room_where_it_is_asked(ask: Join | Propose | Rest, needs: bool) -> None:  # noqa: FBT001 -- a table
    """It can't be asked for elsewhere."""
    assert needs_room(ask) is needs


@given(st.sampled_from(["join", "schedule", "change schedule", "pause until"]), st.text(max_size=80))
def test_nothing_that_is_typed_breaks_anything(words: str, rest: str) -> None:
    """It is a command, or it is refused."""
    try:
        found = typed(f"{words} {rest}", WORDING, addressed=True)
    except NotNow as refused:
        assert refused.key == "which_sector"  # noqa: PT017 -- either end is right; which one depends on the words
    else:
        assert found is None or isinstance(found.ask, Join | Propose | Rest | Show)
