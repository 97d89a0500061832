"""What a person is shown alone: true, short, and nobody else's."""

from datetime import date
from pathlib import Path

import pytest

from conversations.messages import plain
from conversations.model import Terms
from conversations.panels import help_, privacy, start_form, status, support
from conversations.support import Directory, Scope, SupportEntry
from conversations.wording import period
from storage.wording import load_wording
from tests.conversations.chats import BY_STAGE, GUIDE

WORDING = load_wording(Path(__file__).parents[2] / "conversations" / "wording" / "en.yaml")


def test_privacy_says_how_long_things_are_kept_here() -> None:
    """The controller decides, and people are told what was decided, not what is usual."""
    text = plain(privacy(Terms(link_days=30, words_days=365), WORDING))

    assert "deleted 30 days after the chat ends" in text
    assert "for 12 months" in text
    assert "90 days" not in text


def test_privacy_names_who_is_in_charge_once_somebody_is() -> None:
    """Controller, contact and notice are shown where they are set."""
    set_ = privacy(Terms(controller="Leeds Trust", contact="0113 000", notice="https://leeds.example/notice"), WORDING)

    assert "Leeds Trust is in charge of what you say here. Questions? Write to 0113 000." in plain(set_)
    assert "https://leeds.example/notice" in plain(set_)
    assert "is in charge" not in plain(privacy(Terms(), WORDING))


@pytest.mark.parametrize(("days", "words"), [(1, "1 day"), (90, "90 days"), (365, "12 months"), (730, "24 months")])
def test_a_period_is_said_as_people_say_it(days: int, words: str) -> None:
    """Whole years in months, else days."""
    assert period(days) == words


@pytest.mark.parametrize("stage", [None, *BY_STAGE])
def test_help_and_status_stand_at_every_stage(stage: str | None) -> None:
    """Whatever happens, somebody who is lost is told what can be done now."""
    chat = BY_STAGE[stage]().chat if stage else None  # type: ignore[index]

    assert plain(help_(chat, WORDING))
    assert plain(status(chat, GUIDE if chat else None, WORDING))


def test_support_shows_whom_to_talk_to_and_that_nobody_watches() -> None:
    """A local entry that has expired is not shown."""
    old = SupportEntry("Local", "Anyone", "1", "Always", "Team", date(2025, 1, 1), Scope.LOCAL, date(2026, 1, 1))
    national = SupportEntry("Samaritans", "Anyone", "116 123", "Always", "Team", date(2026, 1, 1), Scope.NATIONAL)
    text = plain(support(Directory((old, national)), date(2026, 12, 7), WORDING))

    assert "No one is watching" in text
    assert "116 123" in text
    assert "Local" not in text


def test_start_asks_for_guide_and_pace() -> None:
    """With two guides and no default the person chooses, and may say which organisation the room is of."""
    form = start_form({"two": GUIDE}, WORDING)

    assert [field.key for field in form.fields] == ["guide", "pace", "organisation"]
