"""Chats are planned in Slack from where no chat is held: from home, by shortcut, in one's own chat with the bot."""

from dataclasses import replace

import pytest

from bot.registers import Holder, Role
from conversations.scheduling import Repeat
from tests.adapters.slack.composing import Place
from tests.adapters.slack.test_planning import UNDERSTOOD, WHEN, joined, planned

pytestmark = pytest.mark.usefixtures("logged")

FORTNIGHTLY = {WHEN: "every second Tuesday at 10am"}


async def asked_for(place: Place, how: str, by: str = "Ana") -> None:
    """Have somebody open the form for a schedule where they are in no channel."""
    peer = place.peer
    if how == "home":
        await peer.open_home(by)
        await place.settle()
        await peer.press(by, "Schedule chats", "home")
    elif how == "shortcut":
        await peer.shortcut(by, "schedule_chats")
    else:
        await peer.command(by, peer.world.direct(peer.bot, f"U0{by.upper()}").id, "schedule")


@pytest.mark.parametrize("how", ["command", "shortcut", "home"])
async def test_a_host_plans_from_anywhere(place: Place, how: str) -> None:
    """The form asks for the channel, the proposal names it, and what is saved counts there."""
    peer = place.peer
    await joined(place)
    await asked_for(place, how)
    await peer.submit("Ana", {**FORTNIGHTLY, "Channel": "team"})
    proposal = peer.text_of_view("Ana")
    await peer.press("Ana", "Yes, save it", "view")
    await place.settle()
    (schedule,) = await planned(place)

    assert UNDERSTOOD in proposal
    assert "Room: Ward 7. #team" in proposal
    assert "Saved: every second Tuesday at 10am" in peer.text_of_view("Ana")
    assert schedule.plan.repeat is Repeat.FORTNIGHTLY
    assert len(peer.world.views["U0ANA"]) == 1


async def test_a_proposal_from_anywhere_is_changed(place: Place) -> None:
    """The form that comes back asks for no channel again; what was chosen stays, and is named again."""
    peer = place.peer
    await joined(place)
    await asked_for(place, "home")
    await peer.submit("Ana", {WHEN: "every Friday at 2pm", "Channel": "team"})
    await peer.press("Ana", "Change", "view")
    await place.settle()
    form = peer.text_of_view("Ana")
    await peer.submit("Ana", FORTNIGHTLY)
    proposal = peer.text_of_view("Ana")
    await peer.press("Ana", "Yes, save it", "view")
    await place.settle()
    (schedule,) = await planned(place)

    assert "Channel" not in form
    assert "Room: Ward 7. #team" in proposal
    assert schedule.plan.repeat is Repeat.FORTNIGHTLY


@pytest.mark.parametrize(
    ("channel", "is_bens", "told"),
    [
        ("quiet", True, "Only an organiser, or whoever leads chats in this room, can do that."),
        ("quiet", False, "Type join first."),
        ("hidden", False, "I am not in that channel yet."),
    ],
)
async def test_a_channel_where_one_cant_plan(place: Place, channel: str, told: str, *, is_bens: bool) -> None:
    """The reason stands at the box of the channel, what was typed stays, and another channel can be chosen."""
    peer = place.peer
    await joined(place)
    if is_bens:
        await joined(place, "Ben", channel)
    before = (await place.bot.everything())["rooms"]
    await asked_for(place, "shortcut")
    await peer.submit("Ana", {**FORTNIGHTLY, "Channel": channel})
    view = peer.view("Ana")
    assert view is not None
    assert list(view.errors) == ["room"]
    assert told in peer.text_of_view("Ana")
    assert (await place.bot.everything())["rooms"] == before
    await peer.submit("Ana", {"Channel": "team"})

    assert UNDERSTOOD in peer.text_of_view("Ana")
    assert "Room: Ward 7. #team" in peer.text_of_view("Ana")


async def test_whoever_led_a_chat_plans_from_anywhere(place: Place) -> None:
    """As in that channel, though nobody said yet whose it is."""
    peer = place.peer
    await place.begun()
    await asked_for(place, "home")
    await peer.submit("Ana", {**FORTNIGHTLY, "Channel": "team"})

    assert UNDERSTOOD in peer.text_of_view("Ana")
    assert "Room: nobody has said yet whose it is. #team" in peer.text_of_view("Ana")


async def test_an_organiser_plans_for_any_channel(place: Place) -> None:
    """Also for one that was never heard of."""
    peer = place.peer
    cat = Holder(replace(place.room("team"), address="U0CAT"), Role.ORGANISER, "T1")
    await place.bot.store.transact(lambda tx: tx.roles.give(cat))
    await asked_for(place, "home", "Cat")
    await peer.submit("Cat", {**FORTNIGHTLY, "Channel": "team"})
    await peer.press("Cat", "Yes, save it", "view")
    await place.settle()

    assert len(await planned(place)) == 1


async def test_who_leads_nowhere_is_offered_nothing_at_home(place: Place) -> None:
    """By the shortcut they are told where to ask."""
    peer = place.peer
    await joined(place)
    await peer.open_home("Ben")
    await place.settle()
    await peer.shortcut("Ben", "schedule_chats")

    assert "Schedule chats" not in peer.home("Ben")
    assert "Please do this in the room of your team." in peer.text_of_view("Ben")
