"""People see that what they did was taken, soon after it was kept. Nothing waits for that; nothing is shown twice."""

from tests.adapters.slack.composing import Place
from tests.peers.slack_faults import RateLimited, ServerError

MARK = "reactions.add"


async def test_a_receipt_needs_no_row_of_the_outbox(place: Place) -> None:
    """An answer costs one transaction: its receipt is shown with the reply, and leaves nothing to be claimed."""
    opening = await place.begun()
    said = await place.peer.say("Ben", "team", "It was hard", opening)
    await place.app.settled()

    assert place.peer.reactions("team", said.ts) == {"white_check_mark": [place.peer.bot.bot_user]}
    assert "Your team can see this." in place.peer.whispers("Ben")[-1]
    assert [line.kind for line in await place.bot.outbox() if line.kind == "whisper" and line.id > 2] == []


async def test_slow_down_holds_receipts_and_loses_none(place: Place) -> None:
    """Four people answer while Slack says "slow down": each is marked once, none before its time."""
    peer, opening = place.peer, await place.begun()
    peer.fail(MARK, RateLimited(20), RateLimited(5))
    said = [await peer.say(name, "team", f"{name} says", opening) for name in ("Ana", "Ben", "Cat", "Dev")]
    await place.settle()

    marked = [peer.reactions("team", one.ts) for one in said]
    assert marked == [{"white_check_mark": [peer.bot.bot_user]}] * 4
    assert peer.count(MARK) == 6
    assert peer.hasty == []


async def test_a_receipt_that_comes_too_late_is_not_shown(place: Place) -> None:
    """After five minutes nobody knows any more what it was about; the answer stays."""
    peer, opening = place.peer, await place.begun()
    peer.fail(MARK, RateLimited(600))
    await peer.say("Ben", "team", "It was hard", opening)
    await place.settle()

    assert peer.count(MARK) == 1
    assert await place.words() == ["It was hard"]


async def test_a_receipt_that_fails_is_not_tried_again(place: Place) -> None:
    """It is a courtesy, and the answer is kept."""
    peer, opening = place.peer, await place.begun()
    peer.fail(MARK, ServerError(500))
    await peer.say("Ben", "team", "It was hard", opening)
    await place.settle()

    assert peer.count(MARK) == 1
    assert await place.words() == ["It was hard"]
