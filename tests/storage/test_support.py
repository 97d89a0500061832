"""The support directory: national services always, local ones until they expire; a wrong file is refused."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.support import NOTICE, Directory, Scope, SupportEntry
from storage.support import load_support
from storage.yaml_files import BadFile

SHIPPED = Path(__file__).parents[2] / "conversations" / "support.yaml"

CHECKED = date(2026, 11, 2)
LAST = date(2026, 12, 8)

GOOD = """\
entries:
  - name: Leeds listening line
    contact: call 0113 496 0000
    for_whom: Anyone who works in Leeds
    hours: Weekdays, 9am to 5pm
    owner: Team Leeds programme team
    checked_on: 2026-11-02
    expires_on: 2026-12-08
    scope: local
"""

WRONG = {
    "no entries": ("entries: []\n", 1, "‘entries’ needs at least 1; add some"),
    "an unknown field": (GOOD + "    colour: red\n", 10, "‘colour’ is not a field that belongs here"),
    "a missing field": (GOOD.replace("    hours: Weekdays, 9am to 5pm\n", ""), 2, "‘hours’ is missing; add it"),
    "a number as contact": (GOOD.replace("call 0113 496 0000", "999"), 3, "‘contact’ must be words; put it in quot"),
    "an unknown scope": (GOOD.replace("scope: local", "scope: world"), 9, "‘scope’ must be 'national' or 'local'"),
    "a day that is none": (GOOD.replace("2026-12-08", "2026-02-30"), 8, "there is no day 2026-02-30"),
    "a day in words": (GOOD.replace("2026-12-08", "8 December"), 8, "‘expires_on’ must be a day, written such as"),
    "a local entry for ever": (
        GOOD.replace("    expires_on: 2026-12-08\n", ""),
        2,
        "‘Leeds listening line’ is local and has no expires_on; add the last day it is shown",
    ),
    "expired before it was checked": (GOOD.replace("2026-12-08", "2026-11-01"), 8, "expires before it was checked"),
}


@pytest.mark.parametrize(("text", "line", "reason"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_directory_is_refused_with_its_place(tmp_path: Path, text: str, line: int, reason: str) -> None:
    """Who edits the directory learns the file, the line and what to do."""
    path = tmp_path / "support.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(BadFile) as bad:
        load_support(path)

    assert (bad.value.path, bad.value.line) == (path, line)
    assert reason in str(bad.value)


def test_the_shipped_directory_names_the_national_services() -> None:
    """Somebody in distress always finds whom to call, whatever the date."""
    directory = load_support(SHIPPED)

    assert {entry.scope for entry in directory.entries} == {Scope.NATIONAL}
    assert directory.shown(date(2050, 1, 1)) == directory.entries
    contacts = " | ".join(f"{entry.name}: {entry.contact}" for entry in directory.entries)
    for service in ("999", "NHS 111", "116 123", "text SHOUT to 85258", "GP", "Occupational health", "Speak Up Guard"):
        assert service in contacts


def test_an_entry_of_the_shipped_directory_ends_without_a_full_stop() -> None:
    """The bot's own sentence ends each part, so that none has two."""
    for entry in load_support(SHIPPED).entries:
        assert not [part for part in (entry.name, entry.for_whom, entry.contact, entry.hours) if part.endswith(".")]


def test_a_local_entry_is_shown_until_it_expires(tmp_path: Path) -> None:
    """Nobody is sent to a service that nobody has checked for too long."""
    path = tmp_path / "support.yaml"
    path.write_text(GOOD, encoding="utf-8")
    directory = load_support(path)

    assert directory.shown(LAST) == directory.entries
    assert directory.shown(LAST + timedelta(days=1)) == ()


def _entry(scope: Scope, last: date | None) -> SupportEntry:
    return SupportEntry("Name", "Anyone", "call", "Always", "Owner", CHECKED, scope, last)


def test_an_owner_is_told_of_an_entry_30_days_before_it_expires() -> None:
    """An owner has a month to check an entry again."""
    directory = Directory((_entry(Scope.LOCAL, LAST),))

    assert directory.expiring(LAST - timedelta(days=31)) == ()
    assert directory.expiring(LAST - timedelta(days=30)) == directory.entries
    assert directory.expiring(LAST) == directory.entries
    assert directory.expiring(LAST + timedelta(days=1)) == ()


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_a_national_entry_never_goes(today: date, last: date) -> None:
    """A check date on a national service informs its owner and blocks nothing."""
    directory = Directory((_entry(Scope.NATIONAL, last), _entry(Scope.LOCAL, last)))

    assert directory.entries[0] in directory.shown(today)
    assert (directory.entries[1] in directory.shown(today)) == (today <= last)
    assert directory.expiring(today) == (directory.entries[1:] if today <= last <= today + NOTICE else ())
