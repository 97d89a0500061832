"""What somebody's Teams was made to send: it reaches no room but the one that Teams itself says they are in."""

from typing import Any

import pytest

from tests.adapters.teams.composing import Place
from tests.canary import MARK
from tests.peers.teams_sending import Delivery, Done

pytestmark = pytest.mark.usefixtures("logged")

FINE, HARD = f"Fine, {MARK}", f"Hard, {MARK}"
FORM = {"fields": ["words"], "field.words": HARD}


async def forged(place: Place, opened: Done, data: dict[str, Any]) -> str:
    """What comes back for what a dialog that was `opened` was made to send: of the team's chat, in its thread."""
    there = {"room": place.peer.world.place("team").id, "under": place.opening("team")}
    activity = {**opened.deliveries[0].activity, "name": "task/submit", "id": f"f:{data['code']}"}
    activity["value"] = {"data": {**data, "context": there}}
    delivery = Delivery(opened.deliveries[0].app, activity)
    await place.peer.sender.send([delivery])
    await place.settle()
    return delivery.answers[-1].body


async def with_answers(place: Place) -> Done:
    """Have the team answer by form in its channel, and Cat open a dialog in her own chat with the bot."""
    peer = place.peer
    await place.begun(place="team")
    await peer.press("Ben", "Answer", "team")
    await peer.submit("Ben", {"Your words": FINE})
    await peer.install("Cat")
    await place.settle()
    return await peer.press("Cat", "Who can see this", "Cat")


@pytest.mark.parametrize("code", ["all_answers::feelings", "status::", "help::", "read_back::"])
async def test_nobody_reads_in_another_room(place: Place, code: str) -> None:
    """Neither what a team said there, nor where its chat stands."""
    shown = await forged(place, await with_answers(place), {"code": code})

    assert (MARK in shown, "Question 1" in shown) == (False, False)


@pytest.mark.parametrize(
    "data", [{"code": "pass::feelings"}, {"code": "take_over::"}, {"code": "form_answer::feelings", **FORM}], ids=str
)
async def test_nobody_does_anything_in_another_room(place: Place, data: dict[str, Any]) -> None:
    """Nothing that only says where it is to happen is done there."""
    opened = await with_answers(place)
    chat = await place.chat("team")
    await forged(place, opened, data)

    assert (await place.chat("team"), await place.words("team")) == (chat, [FINE])
