"""The real program in either peer: a team's chats are planned in Slack, and held by themselves.

A new host is in a hurry and types a few things wrong; somebody who leads nothing there is told so, alone.
"""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.outside import Address
from tests.peers.ageing import due_now
from tests.peers.either import PEERS, Opens, Peer
from tests.peers.serving import free_port, program
from tests.peers.talk import TEAM, Talk, took
from tests.peers.test_whole_chat import settings_of

pytestmark = pytest.mark.peers

QUIET = "quiet"
"""A channel that nobody spoke for."""
WHEN, ENDS = "When, like every second Tuesday at 10am", "Last day, if there is one"
EACH_DAY = re.compile(r"Tuesday \d+ \w+ \d{4}")
WRONG = {
    "the kettle": "I can't read that time.",
    "Tuesday at 10": "Is that in the morning or in the afternoon?",
    "1 November 2021 at 10am": "That time is already past.",
}
"""What somebody types who is in a hurry, and what stands at the box then."""
AT_A_TIME = "Or a time, like tomorrow at 2pm"
REMINDED = "I will remind you of later questions, at most twice in this chat."
NOT_THEIRS = "Only an organiser, or whoever leads chats in this room, can do that."


@pytest.mark.parametrize("opens", PEERS.values(), ids=PEERS)
async def test_a_team_plans_its_chats(opens: Opens, tmp_path: Path) -> None:
    """Join, a form, a look at what was understood; seen, paused, changed, held at once and cancelled."""
    port = free_port()
    async with opens(f"http://127.0.0.1:{port}") as peer, program(tmp_path, port, settings_of(peer)) as bot:
        talk = Talk(peer, bot)
        await planned_by_form(talk)
        await listed_and_paused(talk)
        await not_for_everybody(talk)
        await changed(talk)
        await held_at_once(talk)
        await cancelled(talk)

    assert [line for line in bot.log if "Leeds Trust" in line or "kettle" in line] == []


async def planned_by_form(talk: Talk) -> None:
    """What can't be read stands at its box, and nothing else has to be filled in again."""
    peer = talk.peer
    took(await peer.command("Ana", TEAM, "join"))
    took(await peer.submit("Ana", {"Your organisation": "Leeds Trust", "Your team, if you like": "Ward 7"}))
    assert "This room belongs to Leeds Trust now." in peer.text_of_view("Ana")
    took(await peer.press("Ana", "Schedule chats", "view"))
    chosen = {"Tell the room before": "hour", "On a bank holiday": "hold"}
    for words, told in WRONG.items():
        took(await peer.submit("Ana", {WHEN: words, **chosen}))
        chosen = {}
        assert told in peer.text_of_view("Ana")
    took(await peer.submit("Ana", {WHEN: "every second Tuesday at 10am", ENDS: "1 December 2021"}))
    assert "already past." in peer.text_of_view("Ana")
    took(await peer.submit("Ana", {ENDS: ""}))
    understood = peer.text_of_view("Ana")

    assert "This is what I understood: every second Tuesday at 10am, next on" in understood
    assert "The room is told an hour before." in understood
    assert are_fortnightly(days_in(understood))
    took(await peer.press("Ana", "Yes, save it", "view"))
    await talk.hears("Ana", "Saved: every second Tuesday at 10am, next on")


async def listed_and_paused(talk: Talk) -> None:
    """The next three dates stand there in words; a pause moves them, and *Go on* brings them back."""
    peer = talk.peer
    await peer.close_view("Ana")
    took(await peer.command("Ana", TEAM, "schedules"))
    listed = peer.whispers("Ana")[-1]
    took(await peer.press("Ana", "Pause until", TEAM))
    took(await peer.submit("Ana", {"Held again from": "2021-12-01"}))
    assert "That day is today or already past." in peer.text_of_view("Ana")
    first, second, _ = days_in(listed)
    took(await peer.submit("Ana", {"Held again from": f"{first + timedelta(days=1)}"}))
    await talk.hears("Ana", f"Paused. The next chat is on {in_words(second)}.")
    took(await peer.command("Ana", TEAM, "go on"))

    await talk.hears("Ana", f"It goes on. The next chat is on {in_words(first)}.")
    assert are_fortnightly(days_in(listed))


async def not_for_everybody(talk: Talk) -> None:
    """Ben leads nothing here: he is told so, and nobody else is."""
    peer = talk.peer
    before = peer.alone("Ana")
    for words in ("schedule", "schedules", 'schedule "every Friday at 2pm"', "join Another, charity"):
        took(await peer.command("Ben", TEAM, words))
        await talk.until(lambda: NOT_THEIRS in peer.text_of_view("Ben") or NOT_THEIRS in peer.whispers("Ben")[-1:])
        if peer.view("Ben") is not None:
            await peer.close_view("Ben")

    assert peer.posts(TEAM) == []
    assert peer.alone("Ana") == before


async def changed(talk: Talk) -> None:
    """The form is filled in already; what stood counts until the new one is agreed to."""
    peer = talk.peer
    took(await peer.command("Ana", TEAM, "change schedule"))
    assert "every second Tuesday at 10am" in peer.text_of_view("Ana")
    took(await peer.submit("Ana", {WHEN: "every second Tuesday at 2:30pm"}))
    assert "This is what I understood: every second Tuesday at 2:30pm" in peer.text_of_view("Ana")
    took(await peer.press("Ana", "Yes, save it", "view"))

    await talk.hears("Ana", "Saved: every second Tuesday at 2:30pm")


async def held_at_once(talk: Talk) -> None:
    """A chat starts beside those that are planned; who planned it leads it."""
    peer = talk.peer
    took(await peer.command("Ana", TEAM, "run now"))
    await talk.until(lambda: peer.bot_posts(TEAM))
    talk.opening = peer.bot_posts(TEAM)[0].ts
    await talk.presses("Ana", "Begin")

    await talk.asked(1)


async def cancelled(talk: Talk) -> None:
    """After a question; then nothing is planned."""
    peer = talk.peer
    took(await peer.command("Ana", TEAM, "cancel schedule"))
    await talk.presses("Ana", "Cancel schedule")
    await talk.hears("Ana", "This schedule is cancelled.")
    took(await peer.command("Ana", TEAM, "schedules"))

    await talk.hears("Ana", "Nothing is planned here.")


@pytest.mark.parametrize("opens", PEERS.values(), ids=PEERS)
async def test_a_chat_that_an_organiser_planned_starts_by_itself(opens: Opens, tmp_path: Path) -> None:
    """In a channel that nobody spoke for, once, led by whoever is there; the program was ended in between."""
    port = free_port()
    async with opens(f"http://127.0.0.1:{port}") as peer:
        settings = settings_of(peer) | {"TEAM_LEEDS_ORGANISERS": organiser(peer, "Dev")}
        async with program(tmp_path, port, settings) as bot:
            talk = Talk(peer, bot, channel=QUIET)
            took(await peer.command("Ana", QUIET, "schedules"))
            await talk.hears("Ana", "Type join first.")
            took(await peer.command("Dev", QUIET, 'schedule "tomorrow 2pm" open nobody none hold'))
            await talk.presses("Dev", "Yes, save it")
            await talk.hears("Dev", "Saved: ")
            took(await peer.command("Dev", TEAM, "schedules"))
            listed = peer.whispers("Dev")[-1]
            await bot.kill()
            here = peer.world.channel(QUIET)
            await due_now(bot.database, Address("slack", here.team, here.id))
            await bot.start()
            await talk.until(lambda: peer.bot_posts(QUIET))
            talk.opening = peer.bot_posts(QUIET)[0].ts
            await talk.presses("Ben", "I'll host")
            await talk.presses("Ben", "Begin")
            await talk.asked(1)
            await reminded(talk)
            await away(talk)

    assert "Room: nobody has said yet whose it is. #quiet" in listed


async def reminded(talk: Talk) -> None:
    """What is not clear is asked back in the form; who asked to be reminded is told so alone."""
    peer = talk.peer
    stands = talk.said()
    await talk.presses("Cat", "Remind me")
    await talk.until(lambda: peer.view("Cat"))
    took(await peer.submit("Cat", {AT_A_TIME: "at 2"}))
    assert "Is that in the morning or in the afternoon?" in peer.text_of_view("Cat")
    took(await peer.submit("Cat", {AT_A_TIME: "", "When": "On later questions"}))

    await talk.hears("Cat", REMINDED)
    assert talk.said() == stands


async def away(talk: Talk) -> None:
    """Until a day that is to come; the settings say so."""
    peer = talk.peer
    took(await peer.command("Cat", QUIET, "my settings"))
    await talk.presses("Cat", "Away until…")
    await talk.until(lambda: peer.view("Cat"))
    took(await peer.submit("Cat", {"Your first day back": "2021-12-01"}))
    assert "already past." in peer.text_of_view("Cat")
    back = datetime.now(UTC).date() + timedelta(days=30)
    took(await peer.submit("Cat", {"Your first day back": f"{back}"}))

    await talk.hears("Cat", f"I won't ask you anything in private before {in_words(back)}.")


def organiser(peer: Peer, name: str) -> str:
    """Somebody as the settings name them."""
    who = peer.world.user(name)
    return f"slack:{who.team}:{who.id}"


def days_in(text: str) -> Sequence[date]:
    """The next days, as they are said."""
    return [datetime.strptime(one, "%A %d %B %Y").replace(tzinfo=UTC).date() for one in EACH_DAY.findall(text)]


def are_fortnightly(days: Sequence[date]) -> bool:
    """Whether they are three to come, two weeks apart."""
    first, second, third = days
    return datetime.now(UTC).date() <= first and second - first == third - second == timedelta(days=14)


def in_words(day: date) -> str:
    """A day as people say it."""
    return f"{day:%A} {day.day} {day:%B %Y}"
