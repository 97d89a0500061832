"""Reminders and settings in Slack: asked for in a modal, sent one to one, known to nobody else."""

from datetime import UTC, datetime

import pytest

from tests.adapters.slack.composing import Place
from tests.canary import MARK

pytestmark = pytest.mark.usefixtures("logged")

STEP = f"I will ring the hospice, {MARK}"


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


async def test_a_step_that_is_under_way(place: Place) -> None:
    """Asked about alone, on the day that was chosen, and once more on another; then never again."""
    peer, opening = place.peer, await place.begun()
    for _ in range(3):
        await peer.press("Ana", "Next question")
        await place.settle()
    await peer.say("Ben", "team", STEP, opening)
    await place.settle()
    await peer.press("Ben", "2 weeks")
    for label in ("Finish", "Send"):
        await peer.press("Ana", label, "team")
        await place.settle()
    stands = peer.thread("team", opening)

    await at(place, datetime(2026, 12, 21, 17, tzinfo=UTC))
    assert "You chose a step in a Team Leeds Chat on Monday 7 December 2026." in peer.directs("Ben")[-1]
    await peer.press("Ben", "See my step")
    assert STEP in peer.text_of_view("Ben")
    await peer.close_view("Ben")
    await peer.press("Ben", "Under way")
    await place.settle()
    assert "May we ask you one more time?" in peer.alone("Ben")[-1]
    await peer.press("Ben", "A date")
    await peer.submit("Ben", {"Day": "2026-12-20"})
    assert "already past" in peer.text_of_view("Ben")
    await peer.submit("Ben", {"Day": "2027-01-12"})
    await place.settle()
    await at(place, datetime(2027, 1, 12, 17, tzinfo=UTC))
    await peer.press("Ben", "Done")
    await place.settle()
    assert "Thank you for telling us." in peer.alone("Ben")[-1]
    await at(place, datetime(2027, 3, 12, 17, tzinfo=UTC))

    asked = {name: "\n".join(peer.directs(name)).count("How is it going?") for name in ("Ana", "Ben", "Cat", "Dev")}
    assert asked == {"Ana": 0, "Ben": 2, "Cat": 0, "Dev": 0}
    assert MARK not in "\n".join(peer.directs("Ben"))
    assert peer.thread("team", opening) == stands


async def test_who_asked_to_be_left_alone(place: Place) -> None:
    """*Stop asking me* holds for a reminder that they asked for before; *Ask me again* ends it."""
    peer, _ = place.peer, await place.started(words="start open")
    await peer.press("Ana", "Begin")
    await place.settle()
    await peer.press("Cat", "Remind me")
    await peer.submit("Cat", {"Or a time, like tomorrow at 2pm": "tomorrow at 2pm"})
    await place.settle()
    await peer.command("Cat", "team", "my settings")
    await peer.press("Cat", "Stop asking me", "team")
    await place.settle()
    told = peer.whispers("Cat")[-1]
    await at(place, datetime(2026, 12, 8, 16, tzinfo=UTC))
    await peer.command("Cat", "team", "my settings")
    settings = peer.whispers("Cat")[-1]
    await peer.press("Cat", "Ask me again", "team")
    await place.settle()

    assert "We won't ask you anything privately again." in told
    assert "I don't ask you anything in private." in settings
    assert peer.directs("Cat") == []
    assert "I may remind you in private again" in peer.whispers("Cat")[-1]
