"""The real program in either peer: four people hold a whole chat, and what they let go arrives, and nothing else."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.peers.either import PEERS, Opens, Peer, token_of
from tests.peers.serving import free_port, program
from tests.peers.talk import TEAM, Talk, took

pytestmark = pytest.mark.peers

KEPT = "I was afraid for my own family."
SHORT, LONG = "It was hard.", "It was hard, and we laughed a lot."
GONE = "I can't say that here after all."
UNSAFE = "I did not feel safe, and nobody asked."
LATE = "It was lonely. I want to say that."
FRIDAYS = "We met the care home's nurses every Friday."
TIME = "Half an hour a week would do."
STEP = "I will ring the hospice team on Monday."
REFLECTION = "We are tired & proud."
FOUR_PEOPLE_AND_A_REFLECTION = 5
ALL = (KEPT, SHORT, LONG, GONE, UNSAFE, LATE, FRIDAYS, TIME, STEP, REFLECTION)


def settings_of(peer: Peer) -> dict[str, str]:
    """What an administrator sets for one workspace."""
    return {
        "TEAM_LEEDS_SLACK_SIGNING_SECRET": peer.app.signing_secret,
        "TEAM_LEEDS_SLACK_BOT_TOKEN": token_of(peer),
        "TEAM_LEEDS_SLACK_API_URL": peer.api_url,
    }


@pytest.mark.timeout(300)  # seconds; what was under way at the kill is looked for after half a minute
@pytest.mark.parametrize("opens", PEERS.values(), ids=PEERS)
async def test_a_team_holds_a_whole_chat(opens: Opens, tmp_path: Path) -> None:
    """A kill, a host who leaves, an edit, a withdrawal, a late and a private answer: everybody's words go their way."""
    port = free_port()
    async with opens(f"http://127.0.0.1:{port}") as peer, program(tmp_path, port, settings_of(peer)) as bot:
        talk = Talk(peer, bot)
        await talk.start("Ana")
        await first_question(talk)
        await second_question(talk)
        await third_question(talk)
        await last_question(talk)
        await end(talk)
        await bot.stop()

        arrived = await bot.exported()

    assert words_by_question(arrived) == {
        "feelings": sorted([LONG, UNSAFE, LATE]),
        "together": [FRIDAYS],
        "easier": [TIME],
        "steps": [STEP],
        "reflection": [REFLECTION],
    }
    assert [line for line in bot.log if any(words in line for words in (*ALL, token_of(peer)))] == []


async def first_question(talk: Talk) -> None:
    """Three people answer in the thread, one privately; one keeps it in the team, one edits, one takes it back."""
    await talk.presses("Ana", "Begin")
    await talk.asked(1)
    took(await talk.says("Ana", KEPT))
    await talk.presses("Ana", "Keep in team")
    await talk.hears("Ana", "stays in the team")
    ben, cat = await talk.says("Ben", SHORT), await talk.says("Cat", GONE)
    await talk.asked(1, "3 people have answered here.")

    await talk.sends("Dev", "Answer privately", UNSAFE)
    await talk.hears("Dev", "Your host can't see it.")
    took(await talk.peer.edit("Ben", TEAM, ben.ts, LONG))
    took(await talk.peer.delete("Cat", TEAM, cat.ts))

    await talk.asked(1, "2 people have answered here.")


async def second_question(talk: Talk) -> None:
    """The bot is killed as the host moves on; what was said meanwhile comes again, and somebody takes over."""
    await talk.presses("Ana", "Next question")
    await talk.bot.kill()
    (missed,) = (await talk.says("Ben", FRIDAYS)).deliveries
    assert not any(answer.is_good for answer in missed.answers)
    await talk.minutes_pass(11)
    await talk.bot.start()
    await talk.comes_again(missed)
    await talk.asked(2, "1 person has answered here.")
    assert talk.question(2).thread_ts == talk.opening  # it stands once, though nobody saw it arrive

    await talk.presses("Ben", "Take over as host")
    await talk.hears("Ben", "You are the host now.")
    await talk.presses("Ana", "Next question")
    await talk.hears("Ana", "Only the host can do that.")


async def third_question(talk: Talk) -> None:
    """One answers the first question late, while the third is open."""
    await talk.presses("Ben", "Next question")
    await talk.asked(3)
    await talk.sends("Cat", "Answer this one", LATE, question=1)
    took(await talk.says("Ana", TIME))

    await talk.asked(1, "3 people have answered here.")
    await talk.asked(3, "1 person has answered here.")


async def last_question(talk: Talk) -> None:
    """One names a step, and chooses when to be asked about it."""
    await talk.presses("Ben", "Next question")
    await talk.asked(4)
    took(await talk.says("Dev", STEP))
    await talk.presses("Dev", "6 weeks")
    await talk.hears("Dev", "Only you will see it.")
    await talk.asked(4, "1 person has answered here.")


async def end(talk: Talk) -> None:
    """The host looks back, adds a reflection and sends, once Slack has asked whether they are sure."""
    await talk.presses("Ben", "Finish")
    await talk.sends("Ben", "Add a reflection", REFLECTION)
    await talk.presses("Ben", "Send")
    assert talk.peer.asked[-1].text == "Send this chat to the programme now?"

    await talk.until(lambda: REFLECTION in talk.said()[-1])
    assert "4 people took part here." in talk.said()[-1]
    await talk.bot.logs('"do": "forward", "status": "sent"', times=FOUR_PEOPLE_AND_A_REFLECTION)


def words_by_question(arrived: Iterable[dict[str, Any]]) -> dict[str, list[str]]:
    """Every word that arrived, by the question that it answers."""
    words: dict[str, list[str]] = {}
    for one in arrived:
        for item in one["items"]:
            if item["verbatim"] is not None:
                words.setdefault(item["link_id"], []).append(item["verbatim"])
    return {question: sorted(said) for question, said in words.items()}
