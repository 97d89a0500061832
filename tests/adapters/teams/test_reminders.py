"""Reminders and settings in Teams: asked for in a dialog, sent one to one, known to nobody else."""

from datetime import UTC, datetime

import pytest

from tests.adapters.teams.composing import Place
from tests.canary import MARK

pytestmark = pytest.mark.usefixtures("logged")


async def at(place: Place, moment: datetime) -> None:
    """Let it be `moment`, with all that follows."""
    place.clock.now = moment
    await place.bot.schedules.tick()
    await place.settle()


async def test_a_reminder_that_somebody_asked_for(place: Place) -> None:
    """What is not clear is asked back in the dialog; then the bot says what it understood, and keeps to it."""
    peer, opening = place.peer, await place.started(words="start open")
    await peer.press("Ana", "Begin", opening)
    await place.settle()
    seen = peer.seen("Dev", "heard")
    await peer.press("Cat", "Remind me", "heard")
    await peer.submit("Cat", {"Or a time, like tomorrow at 2pm": "at 2"})
    assert "Is that in the morning or in the afternoon?" in "\n".join(peer.alone("Cat"))
    await peer.submit("Cat", {"Or a time, like tomorrow at 2pm": "tomorrow at 2pm"})
    await place.settle()
    assert "I will remind you on Tuesday 8 December 2026 at 2pm." in "\n".join(peer.alone("Cat"))

    await at(place, datetime(2026, 12, 8, 14, tzinfo=UTC))

    asked = {name: "\n".join(peer.alone(name)).count("is open until") for name in ("Ana", "Ben", "Cat", "Dev")}
    assert asked == {"Ana": 0, "Ben": 0, "Cat": 1, "Dev": 0}
    assert peer.seen("Dev", "heard") == seen
    await peer.press("Cat", "Answer privately", "Cat")
    await peer.submit("Cat", {"Your words": f"Late, {MARK}"})
    await place.settle()
    assert await place.words() == [f"Late, {MARK}"]
