"""Reminders and settings in Teams: asked for in a dialog, sent one to one, known to nobody else."""

from datetime import UTC, datetime

import pytest

from tests.adapters.teams.composing import Place
from tests.canary import MARK

pytestmark = pytest.mark.usefixtures("logged")

CHOICES = "[2 weeks] [6 weeks] [A date] [None]"
STEP = f"I will ring the hospice, {MARK}"


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


@pytest.mark.parametrize("where", ["heard", "group"])
async def test_a_step_that_is_under_way(place: Place, where: str) -> None:
    """Asked about alone, on the day that was chosen, and once more on another; then never again."""
    peer, opening = place.peer, await place.begun(place=where)
    for _ in range(3):
        await peer.press("Ana", "Next question", where)
        await place.settle()
    await peer.say("Ben", where, STEP, mention=True, thread=None if where == "group" else opening)
    await place.settle()
    await peer.press("Ben", "2 weeks", "Ben")
    for label in ("Finish", "Send"):
        await peer.press("Ana", label, where)
        await place.settle()
    stands = peer.seen("Dev", where)

    await at(place, datetime(2026, 12, 21, 17, tzinfo=UTC))
    assert "You chose a step in a Team Leeds Chat on Monday 7 December 2026." in peer.alone("Ben")[-1]
    await peer.press("Ben", "See my step", "Ben")
    assert STEP in peer.text_of_dialog("Ben")
    peer.close_dialog("Ben")
    await peer.press("Ben", "Under way", "Ben")
    await place.settle()
    assert peer.alone("Ben")[-1].endswith("May we ask you one more time? Only you would see it.\n" + CHOICES)
    await peer.press("Ben", "A date", "Ben")
    await peer.submit("Ben", {"Day": "2026-12-20"})
    assert "already past" in peer.text_of_dialog("Ben")
    await peer.submit("Ben", {"Day": "2027-01-12"})
    await place.settle()
    await at(place, datetime(2027, 1, 12, 17, tzinfo=UTC))
    await peer.press("Ben", "Done", "Ben")
    await place.settle()
    assert "Thank you for telling us." in peer.alone("Ben")[-1]
    await at(place, datetime(2027, 3, 12, 17, tzinfo=UTC))

    asked = {name: "\n".join(peer.alone(name)).count("How is it going?") for name in ("Ana", "Ben", "Cat", "Dev")}
    assert asked == {"Ana": 0, "Ben": 2, "Cat": 0, "Dev": 0}
    assert [line for line in peer.notified if MARK in line] == []
    assert peer.seen("Dev", where) == stands


async def test_who_asked_to_be_left_alone(place: Place) -> None:
    """*Stop asking me* holds for a reminder that they asked for before; *Ask me again* ends it."""
    peer, opening = place.peer, await place.started(words="start open")
    await peer.press("Ana", "Begin", opening)
    await place.settle()
    await peer.press("Cat", "Remind me", "heard")
    await peer.submit("Cat", {"Or a time, like tomorrow at 2pm": "tomorrow at 2pm"})
    await place.settle()
    await peer.say("Cat", "Cat", "my settings")
    await place.settle()
    await peer.press("Cat", "Stop asking me", "Cat")
    await place.settle()
    told = peer.alone("Cat")[-1]
    await at(place, datetime(2026, 12, 8, 16, tzinfo=UTC))
    await peer.say("Cat", "Cat", "my settings")
    await place.settle()
    settings = peer.alone("Cat")[-1]
    await peer.press("Cat", "Ask me again", "Cat")
    await place.settle()

    assert "We won't ask you anything privately again." in told
    assert "I don't ask you anything in private." in settings
    assert "is open until" not in "\n".join(peer.alone("Cat"))
    assert "I may remind you in private again" in peer.alone("Cat")[-1]
