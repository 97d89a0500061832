"""The real program in Teams, by either peer: people hold whole chats, and what they let go arrives, and nothing else.

The Playground is Microsoft's own client; it sends no tokens, so the program lets everybody in there. Our stand-in has
tokens and Teams' pace.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.peers.serving import Program, free_port, program
from tests.peers.teams_in_playground import in_playground
from tests.peers.teams_rooms import Opens, Teams
from tests.peers.teams_stand_in import stand_in
from tests.peers.teams_talk import TeamsTalk

pytestmark = pytest.mark.peers

PEERS: Mapping[str, Opens] = {"stand-in": stand_in, "playground": in_playground}

KEPT = "I was afraid for my own family."
SHORT, LONG = "It was hard.", "It was hard, and we laughed a lot."
GONE = "I can't say that here after all."
UNSAFE = "I did not feel safe, and nobody asked."
LATE = "It was lonely. I want to say that."
FRIDAYS = "We met the care home's nurses every Friday."
RANG = "I rang the hospice, and they rang back."
TIME = "Half an hour a week would do."
STEP = "I will ring the hospice team on Monday."
REFLECTION = "We are tired & proud."
ALONE = {
    "privacy": "Private answers skip the room.",
    "support": "These people can help.",
    "my answers": "Your answers",
    "start": "A chat needs a channel.",
    "stop asking me": "We won't ask you anything privately again.",
}
"""What somebody types to the bot alone, and what it says."""
IS_IN = "Your answer is in. Only you see this line."
ALL = (KEPT, SHORT, LONG, GONE, UNSAFE, LATE, FRIDAYS, RANG, TIME, STEP, REFLECTION)


@pytest.mark.timeout(300)  # seconds; a program is started twice, and a peer
@pytest.mark.parametrize("opens", PEERS.values(), ids=PEERS)
async def test_a_team_holds_a_whole_chat_in_a_thread(opens: Opens, tmp_path: Path) -> None:
    """A kill, a host who leaves, an edit, a withdrawal, a late and a private answer: everybody's words go their way."""
    port = free_port()
    async with opens(f"http://127.0.0.1:{port}") as teams, program(tmp_path, port, teams.settings) as bot:
        talk = TeamsTalk(teams.room("channel"), bot)
        await talk.start("Ana")
        await first_question(talk)
        await second_question(talk)
        await third_question(talk)
        await last_question(talk)
        await end(talk)
        arrived = await words_that_arrived(bot)
        written = talk.room.everything()

    assert arrived == {
        "feelings": sorted([LONG, UNSAFE, LATE]),
        "together": sorted([FRIDAYS, RANG]),
        "easier": [TIME],
        "steps": [STEP],
        "reflection": [REFLECTION],
    }
    assert not any(words in written for words in (KEPT, SHORT, UNSAFE, GONE, FRIDAYS, RANG, TIME, STEP))
    keeps_quiet(bot, teams)


async def first_question(talk: TeamsTalk) -> None:
    """Three people answer in the thread, one privately; one keeps it in the team, one edits, one takes it back."""
    await talk.presses("Ana", "Begin")
    await talk.asked(1, "Use Answer. I can't see replies.")
    ben, cat = await talk.replies("Ben", SHORT), await talk.replies("Cat", GONE)
    await talk.mentions("Ana", KEPT)
    await talk.asked(1, "Reply here", "3 people have answered here.")
    await talk.presses("Ana", "Keep in team")
    await talk.hears("Ana", "stays in the team")

    await talk.sends("Dev", "Answer privately", UNSAFE)
    await talk.hears("Dev", "Your host can't see it.")
    await talk.room.edit("Ben", ben, LONG, talk.thread)
    await talk.room.delete("Cat", cat, talk.thread)

    await talk.asked(1, "2 people have answered here.")
    assert IS_IN not in talk.question(1).text
    for who, words in {"Ben": IS_IN, "Dev": IS_IN, "Cat": "2 people have answered here."}.items():
        assert words in await talk.room.view(who, talk.question(1).id)


async def second_question(talk: TeamsTalk) -> None:
    """The bot is killed; what was said meanwhile comes again, twice; the clock offers the room to take over."""
    await talk.presses("Ana", "Next question")
    await talk.asked(2, "Reply here")
    await talk.replies("Dev", FRIDAYS)
    await talk.asked(2, "1 person has answered here.")
    await talk.bot.kill()
    await talk.room.unheard("Ben", RANG, talk.thread)
    await talk.passes(timedelta(minutes=11))
    await talk.bot.start()
    await talk.room.come_again()
    await talk.asked(2, "2 people have answered here.")

    await talk.presses("Ben", "Take over as host")
    await talk.hears("Ben", "You are the host now.")
    await talk.presses("Ana", "Next question")
    await talk.hears("Ana", "Only the host can do that.")


async def third_question(talk: TeamsTalk) -> None:
    """The next question is posted into the thread that stood before the kill; one answers the first one late."""
    await talk.presses("Ben", "Next question")
    await talk.asked(3)
    await talk.sends("Cat", "Answer", LATE, question=1)
    await talk.replies("Ana", TIME)

    await talk.asked(1, "3 people have answered here.", f"Cat\n{LATE}")
    await talk.asked(3, "1 person has answered here.")


async def last_question(talk: TeamsTalk) -> None:
    """One names a step, and chooses alone when to be asked about it."""
    await talk.presses("Ben", "Next question")
    await talk.asked(4)
    await talk.mentions("Ana", STEP)
    await talk.presses("Ana", "6 weeks")
    await talk.hears("Ana", "Only you will see it.")
    await talk.asked(4, "1 person has answered here.")


async def end(talk: TeamsTalk) -> None:
    """The host looks back, adds a reflection and sends, once they were asked whether they are sure."""
    await talk.presses("Ben", "Finish")
    await talk.sends("Ben", "Add a reflection", REFLECTION)
    await talk.presses("Ben", "Send")

    await talk.says("4 people took part here.", REFLECTION)
    for number in (1, 2, 3, 4):
        talk.question(number)  # each stands once, in the one thread
    await talk.bot.logs('"do": "forward", "status": "sent"', times=5)  # four people, and the reflection


@pytest.mark.parametrize("opens", PEERS.values(), ids=PEERS)
async def test_a_team_holds_a_whole_chat_in_a_group_chat(opens: Opens, tmp_path: Path) -> None:
    """No threads, no replies: people answer by form. The clock ends the chat, once the program is back from a kill."""
    port = free_port()
    async with opens(f"http://127.0.0.1:{port}") as teams, program(tmp_path, port, teams.settings) as bot:
        talk = TeamsTalk(teams.room("group chat"), bot)
        await talk.start("Ana")
        await by_form(talk)
        await talk.mentions("Ana", "finish")
        await talk.hears("Ana", "What was said in the room")
        await bot.kill()
        await talk.passes(timedelta(hours=25))
        await bot.start()
        await talk.says("Thank you. 3 people took part here.")
        await bot.logs('"do": "forward", "status": "sent"', times=4)
        arrived = await words_that_arrived(bot)
        written = talk.room.everything()

    assert arrived == {"feelings": sorted([FRIDAYS, UNSAFE, TIME]), "together": [RANG]}
    assert UNSAFE not in written
    keeps_quiet(bot, teams)


async def by_form(talk: TeamsTalk) -> None:
    """Answers for the team stand in the question's post, by first name; one is withdrawn, and goes from there."""
    await talk.presses("Ana", "Begin")
    await talk.asked(1, "Use Answer. I can't see replies.")
    await talk.sends("Ben", "Answer", FRIDAYS)
    await talk.sends("Cat", "Answer", GONE)
    await talk.sends("Dev", "Answer privately", UNSAFE)
    await talk.mentions("Ana", TIME)
    await talk.asked(1, "3 people have answered here.", f"Ben\n{FRIDAYS}", f"Cat\n{GONE}")

    await talk.opens("Cat", "More")
    assert GONE in await talk.room.press_in_dialog("Cat", "My answers")
    await talk.room.press_in_dialog("Cat", "Withdraw")
    await talk.asked(1, "2 people have answered here.")
    assert GONE not in talk.question(1).text

    await talk.presses("Ana", "Next question")
    await talk.sends("Cat", "Answer", RANG, question=2)
    await talk.asked(2, "1 person has answered here.", f"Cat\n{RANG}")


@pytest.mark.parametrize("opens", PEERS.values(), ids=PEERS)
async def test_somebody_is_alone_with_the_bot(opens: Opens, tmp_path: Path) -> None:
    """Help, who sees what, support, their own words behind a button, and to be asked nothing more."""
    port = free_port()
    async with opens(f"http://127.0.0.1:{port}") as teams, program(tmp_path, port, teams.settings) as bot:
        team, own = TeamsTalk(teams.room("group chat"), bot), TeamsTalk(teams.room("one to one"), bot)
        await own.room.speak("Ana", "help")
        await own.says("I hold a short chat with your team.")
        await team.start("Ana")
        await team.presses("Ana", "Begin")
        await team.sends("Ana", "Answer privately", UNSAFE)
        for words, said in ALONE.items():
            await own.room.speak("Ana", words)
            await own.says(said)
        read = await own.opens("Ana", "My answers")
        written = own.room.everything()

    assert "Your answers. Only you see this." in read
    assert UNSAFE in read
    assert UNSAFE not in written
    keeps_quiet(bot, teams)


async def words_that_arrived(bot: Program) -> dict[str, list[str]]:
    """Stop the program, and give every word that it let go, by the question that it answers."""
    await bot.stop()
    return words_by_question(await bot.exported())


def words_by_question(arrived: Iterable[dict[str, Any]]) -> dict[str, list[str]]:
    """Every word of some responses, by the question that it answers."""
    words: dict[str, list[str]] = {}
    for one in arrived:
        for item in one["items"]:
            if item["verbatim"] is not None:
                words.setdefault(item["link_id"], []).append(item["verbatim"])
    return {question: sorted(said) for question, said in words.items()}


def keeps_quiet(bot: Program, teams: Teams) -> None:
    """See that no line of the log has somebody's words in it, or a secret."""
    assert [line for line in bot.log if any(words in line for words in (*ALL, *teams.secrets))] == []
