"""The real program in Teams, by either peer: a team's chats are planned by mention and in dialogs, and held.

A new host is in a hurry and types a few things wrong; somebody who leads nothing there is told so, alone.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.peers.ageing import due_now
from tests.peers.serving import free_port, program
from tests.peers.teams_in_playground import in_playground
from tests.peers.teams_rooms import TENANT, Opens
from tests.peers.teams_stand_in import stand_in
from tests.peers.teams_talk import TeamsTalk
from tests.peers.test_whole_plan import (
    AT_A_TIME,
    ENDS,
    NOT_THEIRS,
    REMINDED,
    WHEN,
    WRONG,
    are_fortnightly,
    days_in,
    in_words,
)

pytestmark = pytest.mark.peers

PEERS: Mapping[str, Opens] = {"stand-in": stand_in, "playground": in_playground}


@pytest.mark.parametrize("opens", PEERS.values(), ids=PEERS)
async def test_a_team_plans_its_chats(opens: Opens, tmp_path: Path) -> None:
    """Join, a form, a look at what was understood; seen, paused, changed, held at once and cancelled."""
    port = free_port()
    async with opens(f"http://127.0.0.1:{port}") as teams, program(tmp_path, port, teams.settings) as bot:
        talk = TeamsTalk(teams.room("channel"), bot)
        await planned_by_dialog(talk)
        await listed_and_paused(talk)
        await not_for_everybody(talk)
        await changed(talk)
        await held_at_once(talk)
        await cancelled(talk)

    assert [line for line in bot.log if any(words in line for words in ("Leeds Trust", "kettle", *teams.secrets))] == []


async def planned_by_dialog(talk: TeamsTalk) -> None:
    """What can't be read stands at its box, and nothing else has to be filled in again."""
    room = talk.room
    await room.speak("Ana", "join")
    await talk.opens("Ana", "Say whose room")
    joined = await room.fill_in("Ana", {"Your organisation": "Leeds Trust", "Your team, if you like": "Ward 7"})
    assert "This room belongs to Leeds Trust now." in joined
    await room.press_in_dialog("Ana", "Schedule chats")
    chosen = {"Tell the room before": "hour", "On a bank holiday": "hold"}
    for words, told in WRONG.items():
        asked_back = await room.fill_in("Ana", {WHEN: words, **chosen})
        chosen = {}
        assert told in asked_back
        assert words in asked_back
    asked_back = await room.fill_in("Ana", {WHEN: "every second Tuesday at 10am", ENDS: "1 December 2021"})
    assert "already past." in asked_back
    understood = await room.fill_in("Ana", {ENDS: ""})

    assert "This is what I understood: every second Tuesday at 10am, next on" in understood
    assert "The room is told an hour before." in understood
    assert are_fortnightly(days_in(understood))
    assert "Saved: every second Tuesday at 10am" in await room.press_in_dialog("Ana", "Yes, save it")
    room.close("Ana")


async def listed_and_paused(talk: TeamsTalk) -> None:
    """The next three dates stand there in words; a pause moves them, and *Go on* brings them back."""
    room = talk.room
    await room.speak("Ana", "schedules")
    await talk.hears("Ana", "What is planned here")
    listed = next(one for one in room.alone("Ana") if one.startswith("What is planned here"))
    first, second, third = days_in(listed)
    assert are_fortnightly((first, second, third))
    await talk.opens("Ana", "Pause until")
    assert "That day is today or already past." in await room.fill_in("Ana", {"Held again from": "2021-12-01"})
    await room.send("Ana", {"Held again from": f"{first + timedelta(days=1)}"})
    room.close("Ana")
    await talk.hears("Ana", f"Paused. The next chat is on {in_words(second)}.")
    await room.speak("Ana", "go on")

    await talk.hears("Ana", f"It goes on. The next chat is on {in_words(first)}.")


async def not_for_everybody(talk: TeamsTalk) -> None:
    """Ben leads nothing here: he is told so, and the room is not."""
    room = talk.room
    await room.speak("Ana", "schedule")
    await talk.says("[Schedule chats]")
    before = talk.said()
    assert NOT_THEIRS in await talk.opens("Ben", "Schedule chats")
    room.close("Ben")

    assert talk.said() == before


async def changed(talk: TeamsTalk) -> None:
    """The form is filled in already; what stood counts until the new one is agreed to."""
    room = talk.room
    await room.speak("Ana", "change schedule")
    assert "every second Tuesday at 10am" in await talk.opens("Ana", "Change")
    understood = await room.fill_in("Ana", {WHEN: "every second Tuesday at 2:30pm"})
    assert "This is what I understood: every second Tuesday at 2:30pm" in understood
    assert "Saved: every second Tuesday at 2:30pm" in await room.press_in_dialog("Ana", "Yes, save it")
    room.close("Ana")


async def held_at_once(talk: TeamsTalk) -> None:
    """A chat starts beside those that are planned; who planned it leads it."""
    await talk.room.speak("Ana", "run now")
    await talk.says("There are four questions.")
    talk.thread = talk.opening.thread
    await talk.presses("Ana", "Begin")

    await talk.asked(1)


async def cancelled(talk: TeamsTalk) -> None:
    """After a question; then nothing is planned."""
    await talk.room.speak("Ana", "cancel schedule")
    await talk.hears("Ana", "Press the button to cancel it.")
    await talk.presses("Ana", "Cancel schedule")
    await talk.hears("Ana", "This schedule is cancelled.")
    await talk.room.speak("Ana", "schedules")

    await talk.hears("Ana", "Nothing is planned here.")


@pytest.mark.parametrize("opens", PEERS.values(), ids=PEERS)
async def test_a_chat_that_an_organiser_planned_starts_by_itself(opens: Opens, tmp_path: Path) -> None:
    """In a group chat that nobody spoke for, once, led by whoever is there; the program was ended in between."""
    port = free_port()
    async with opens(f"http://127.0.0.1:{port}") as teams:
        settings = {**teams.settings, "TEAM_LEEDS_ORGANISERS": f"teams:{TENANT}:{teams.object_id('Ana')}"}
        async with program(tmp_path, port, settings) as bot:
            talk = TeamsTalk(teams.room("group chat"), bot)
            await talk.room.speak("Ana", 'schedule "tomorrow 2pm" open nobody none hold')
            await talk.presses("Ana", "Yes, save it")
            await talk.hears("Ana", "Saved: ")
            await teams.room("one to one").speak("Ana", "schedules")
            await talk.hears("Ana", "Room: nobody has said yet whose it is.")
            await bot.kill()
            await due_now(bot.database, talk.room.at)
            await bot.start()
            await talk.presses("Ben", "I'll host")
            await talk.presses("Ben", "Begin")
            await talk.asked(1)
            await reminded(talk)
            await away(TeamsTalk(teams.room("one to one"), bot))


async def reminded(talk: TeamsTalk) -> None:
    """What is not clear is asked back in the dialog; who asked to be reminded is told so alone."""
    stands = talk.said()
    await talk.opens("Cat", "Remind me")
    assert "Is that in the morning or in the afternoon?" in await talk.room.fill_in("Cat", {AT_A_TIME: "at 2"})
    await talk.room.send("Cat", {AT_A_TIME: "", "When": "On later questions"})

    await talk.hears("Cat", REMINDED)
    assert talk.said() == stands


async def away(own: TeamsTalk) -> None:
    """Until a day that is to come; the settings say so."""
    await own.room.speak("Ana", "my settings")
    await own.opens("Ana", "Away until…")
    assert "already past." in await own.room.fill_in("Ana", {"Your first day back": "2021-12-01"})
    back = datetime.now(UTC).date() + timedelta(days=30)
    await own.room.send("Ana", {"Your first day back": f"{back}"})

    await own.hears("Ana", f"I won't ask you anything in private before {in_words(back)}.")
