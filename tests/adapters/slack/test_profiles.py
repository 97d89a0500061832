"""On whose clock people in Slack are written to: the zone of their profile, read beside what they do."""

import asyncio
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest

from bot.outside import Address
from conversations.model import NO_WISHES, Wishes
from tests.adapters.slack.composing import Place
from tests.bot.composing import MONDAY
from tests.canary import MARK
from tests.peers.slack_faults import ApiError, Fault, Held, RateLimited, ServerError

pytestmark = pytest.mark.usefixtures("logged")

ASKED = "users.info"
WORDS = f"Hard, {MARK}"


async def answered(place: Place, opening: str, who: str = "Cat") -> None:
    """Have somebody answer, with all that follows."""
    await place.peer.say(who, "team", WORDS, opening)
    await place.settle()


async def wishes(place: Place, who: str = "Cat") -> Wishes:
    """What is known of somebody."""
    at = Address(place.app.name, "T1", place.peer.world.user(who).id)
    return await place.bot.store.read(lambda tx: tx.reading.wishes(at))


def asked_for(place: Place, who: str = "Cat") -> int:
    """How often Slack was asked for somebody."""
    person = place.peer.world.user(who).id
    return sum(call.arguments == {"user": person} for call in place.peer.calls if call.method == ASKED)


async def test_it_is_read_once_and_again_after_a_week(place: Place) -> None:
    """Who has done nothing in a chat is not looked up, whoever else is in the channel."""
    place.peer.world.user("Cat").zone = "Asia/Kolkata"
    opening = await place.begun()
    assert asked_for(place) == 0
    await answered(place, opening)
    await answered(place, opening)
    assert (asked_for(place), await wishes(place)) == (1, Wishes(profile_zone="Asia/Kolkata"))

    place.peer.world.user("Cat").zone = "America/New_York"
    place.clock.now = MONDAY + timedelta(days=6)
    await answered(place, opening)
    assert (asked_for(place), await wishes(place)) == (1, Wishes(profile_zone="Asia/Kolkata"))
    place.clock.now += timedelta(days=2)
    await answered(place, opening)

    assert (asked_for(place), await wishes(place)) == (2, Wishes(profile_zone="America/New_York"))
    assert asked_for(place, "Dev") == 0


async def test_reminders_come_in_the_hours_of_the_profile(place: Place) -> None:
    """A time that somebody types is on their own clock, and so are the hours in which the bot writes."""
    place.peer.world.user("Cat").zone = "America/New_York"
    opening = await place.started(words="start open")
    await place.peer.press("Ana", "Begin")
    await place.settle()
    await answered(place, opening)
    await place.peer.press("Ana", "Next question")
    await place.settle()

    await place.peer.press("Cat", "Remind me")
    await place.peer.submit("Cat", {"Or a time, like tomorrow at 2pm": "tomorrow at 8am"})
    await place.settle()
    place.clock.now = datetime(2026, 12, 8, 13, 29, tzinfo=UTC)
    await place.bot.schedules.tick()
    await place.settle()
    assert place.peer.directs("Cat") == []
    place.clock.now = datetime(2026, 12, 8, 13, 30, tzinfo=UTC)
    await place.bot.schedules.tick()
    await place.settle()

    assert "is open until" in place.peer.directs("Cat")[-1]


@pytest.mark.parametrize(("zone", "kept"), [(None, NO_WISHES), ("Mars/Olympus", NO_WISHES), ("", NO_WISHES)])
async def test_a_profile_without_a_zone_that_we_know(place: Place, zone: str | None, kept: Wishes) -> None:
    """The room's counts, and nobody asks again that week."""
    place.peer.world.user("Cat").zone = zone
    opening = await place.begun()
    await answered(place, opening)
    place.clock.wait(seconds=86_400)
    await answered(place, opening)

    assert (asked_for(place), await wishes(place)) == (1, kept)


async def test_an_installation_without_the_scope(place: Place, logged: StringIO) -> None:
    """The room's zone counts; Slack is asked once a day, and no log calls it a fault."""
    place.peer.narrow(place.peer.bot.scopes - {"users:read"})
    opening = await place.begun()
    for who in ("Ben", "Cat", "Dev"):
        await answered(place, opening, who)

    assert place.peer.count(ASKED) == 1
    assert await wishes(place) == NO_WISHES
    assert "slack_refuses" not in logged.getvalue()
    assert "slack_not_shown" not in logged.getvalue()
    place.clock.wait(seconds=86_400)
    await answered(place, opening)
    assert place.peer.count(ASKED) == 2


async def test_who_chose_a_zone_is_not_looked_up(place: Place) -> None:
    """What a person chose goes before their profile, which is then nobody's business."""
    opening = await place.begun()
    await place.peer.command("Cat", "team", "my settings")
    await place.peer.press("Cat", "My time zone")
    await place.peer.submit("Cat", {"Time zone": "India"})
    await place.settle()

    await answered(place, opening)

    assert (asked_for(place), await wishes(place)) == (0, Wishes(zone="Asia/Kolkata"))


async def test_who_wants_no_asking_is_not_looked_up(place: Place) -> None:
    """Who is never written to has no hours."""
    opening = await place.begun()
    await place.peer.command("Cat", "team", "stop asking me")
    await place.settle()

    await answered(place, opening)

    assert (asked_for(place), await wishes(place)) == (0, Wishes(stopped=True))


@pytest.mark.parametrize(
    "fault", [RateLimited(30), ServerError(), ApiError("user_not_found"), ApiError("access_denied")], ids=repr
)
async def test_slack_can_not_say_now(place: Place, fault: Fault) -> None:
    """The answer counts all the same; the next day it is tried again."""
    opening = await place.begun()
    place.peer.fail(ASKED, fault)
    await answered(place, opening)
    await answered(place, opening)
    assert asked_for(place) == 1
    assert await wishes(place) == NO_WISHES
    assert len(await place.words()) == 2

    place.clock.wait(seconds=86_400)
    await answered(place, opening)

    assert (asked_for(place), await wishes(place)) == (2, Wishes(profile_zone="Europe/London"))


async def test_slack_says_wait_and_nobody_else_is_looked_up_until_then(place: Place) -> None:
    """It told us to slow down: we do, for everybody there."""
    opening = await place.begun()
    place.peer.fail(ASKED, RateLimited(300))
    await answered(place, opening, "Ben")
    await answered(place, opening)
    assert (asked_for(place, "Ben"), asked_for(place)) == (1, 0)

    place.clock.wait(seconds=301)
    await answered(place, opening)

    assert asked_for(place) == 1


async def test_nobody_waits_for_it(place: Place) -> None:
    """However long Slack takes to say it, the answer has its mark and its receipt."""
    opening = await place.begun()
    held = Held(asyncio.Event())
    place.peer.fail(ASKED, held)
    said = await place.peer.say("Cat", "team", WORDS, opening)

    await held.arrived.wait()
    await place.bot.delivery.drain()

    assert [answer.status for answer in said.answers] == [200]
    assert await place.words() == [WORDS]
    held.gate.set()
    await place.settle()
    assert await wishes(place) == Wishes(profile_zone="Europe/London")
