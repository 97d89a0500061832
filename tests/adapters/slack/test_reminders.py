"""Reminders and settings in Slack: asked for in a modal, sent one to one, known to nobody else."""

from datetime import UTC, datetime

import pytest

from tests.adapters.slack.composing import Place
from tests.canary import MARK

pytestmark = pytest.mark.usefixtures("logged")


async def at(place: Place, moment: datetime) -> None:
    """Let it be `moment`, with all that follows."""
    place.clock.now = moment
    await place.bot.schedules.tick()
    await place.settle()


async def test_a_reminder_that_somebody_asked_for(place: Place) -> None:
    """What is not clear is asked back in the modal; then the bot says what it understood, and keeps to it."""
    peer, opening = place.peer, await place.started(words="start open")
    await peer.press("Ana", "Begin")
    await place.settle()
    seen = peer.thread("team", opening)
    await peer.press("Cat", "Remind me")
    await peer.submit("Cat", {"Or a time, like tomorrow at 2pm": "at 2"})
    assert "Is that in the morning or in the afternoon?" in peer.text_of_view("Cat")
    await peer.submit("Cat", {"Or a time, like tomorrow at 2pm": "tomorrow at 2pm"})
    await place.settle()
    assert "I will remind you on Tuesday 8 December 2026 at 2pm." in peer.whispers("Cat")[-1]

    await at(place, datetime(2026, 12, 8, 14, tzinfo=UTC))

    assert "is open until" in peer.directs("Cat")[-1]
    assert [name for name in ("Ana", "Ben", "Dev") if peer.directs(name)] == []
    assert peer.thread("team", opening) == seen
    await peer.press("Cat", "Answer privately")
    await peer.submit("Cat", {"Your words": f"Late, {MARK}"})
    await place.settle()
    assert "The programme team reads this" in peer.whispers("Cat")[-1]
