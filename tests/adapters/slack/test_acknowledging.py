"""People see that what they did was taken, soon after it was kept. Nothing waits for that; nothing is shown twice."""

import pytest

from adapters.slack.app import session
from adapters.slack.telling import Telling
from conversations.messages import Message, Text
from tests.adapters.slack.channels import calls_of, methods_of
from tests.adapters.slack.composing import Place
from tests.bot.composing import WORDING
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


async def test_a_receipt_takes_the_place_of_the_one_that_was_pressed(place: Place) -> None:
    """Receipts do not pile up, and old choices are not left standing beside new ones."""
    peer, opening = place.peer, await place.begun()
    await peer.say("Ben", "team", "It was hard", opening)
    await place.settle()
    await peer.press("Ben", "Keep in team")
    await place.settle()

    assert peer.whispers("Ben") == ["Your answer to question 1 stays in the team. The programme won't get it."]


@pytest.mark.parametrize("gone", ["{}/actions/T1/none", "http://127.0.0.1:9/actions/T1/none"])
async def test_a_receipt_that_cannot_take_a_place_says_so(place: Place, gone: str) -> None:
    """Half an hour later Slack takes nothing in place of a private message any more: then it comes beside it."""
    async with session() as through:
        methods = methods_of(place.peer, through)
        telling = Telling(methods, calls_of(place.peer, methods), place.channel, WORDING)

        assert not await telling.instead(gone.format(place.peer.address), Message("Kept.", (Text("Kept."),)))


async def test_what_came_of_a_choice_stands_where_it_was_offered(place: Place) -> None:
    """*Pass* in *More* is answered in *More*: nobody wonders whether anything happened."""
    peer, _ = place.peer, await place.begun()
    await peer.press("Ben", "More")
    await peer.press("Ben", "Pass")
    await place.settle()

    assert "That is fine. You passed on this question." in peer.text_of_view("Ben")
    assert peer.whispers("Ben") == []
