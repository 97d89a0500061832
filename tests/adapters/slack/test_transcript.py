"""A whole chat in Slack as text: `tests/transcripts/slack.expected` is what four people do, and what they then see.

After a change that is meant, write it anew with `WRITE_TRANSCRIPTS=1 make test ARGS=tests/adapters/slack`, and read it
as somebody would who is tired.
"""

import os
from pathlib import Path

from conversations.model import Stage
from storage.opening import OpenStore
from tests.adapters.slack.composing import slack_place
from tests.adapters.slack.watching import Play

EXPECTED = Path(__file__).parents[2] / "transcripts" / "slack.expected"
WRITE = bool(os.environ.get("WRITE_TRANSCRIPTS"))

PRIVATE = "I did not feel safe, and nobody asked."


async def first_question(play: Play) -> None:
    """Three people answer in the thread, one privately; one keeps it in the team, one edits, one takes it back."""
    await play.presses("Ben", "Begin")
    await play.presses("Ana", "Begin")
    await play.says("Ana", "I was afraid for my own family.")
    await play.presses("Ana", "Keep in team")
    said = await play.says("Ben", "It was hard.")
    await play.edits("Ben", said, "It was hard, and we laughed a lot.")
    said = await play.says("Cat", "I can't say that here after all.")
    await play.deletes("Cat", said)
    await play.presses("Dev", "Answer privately")
    await play.sends("Dev", {"Your words": PRIVATE})


async def second_question(play: Play) -> None:
    """One passes; the host goes away, and somebody takes over."""
    await play.presses("Ana", "Next question")
    await play.says("Ben", "We met the care home's nurses every Friday.")
    await play.presses("Dev", "More")
    await play.presses("Dev", "Pass")
    await play.closes("Dev")
    await play.minutes_pass(11)
    await play.presses("Ben", "Take over as host")
    await play.presses("Ana", "Next question")


async def third_question(play: Play) -> None:
    """One answers the first question late, and looks at all that they said."""
    await play.presses("Ben", "Next question")
    await play.presses("Cat", "Answer this one", play.question(1))
    await play.sends("Cat", {"Your words": "It was lonely. I want to say that."})
    await play.says("Cat", "my answers")
    await play.presses("Cat", "My answers")
    await play.closes("Cat")


async def end(play: Play) -> None:
    """One names a step; the host looks back, adds a reflection and sends."""
    await play.presses("Ben", "Next question")
    await play.says("Dev", "I will ring the hospice team on Monday.")
    await play.presses("Dev", "6 weeks")
    await play.presses("Ben", "Finish")
    await play.presses("Ben", "Read back")
    await play.presses("Ben", "Add a reflection")
    await play.sends("Ben", {"Your words": "We are tired & proud."})
    await play.presses("Ben", "Send")
    await play.comes_home("Dev")


async def test_a_whole_chat_reads_as_it_did(store: OpenStore) -> None:
    """Word for word, until somebody means it to change; and only its author is ever shown what was said privately."""
    async with slack_place(store, default_guide=None) as place:
        play = Play(place)
        await play.orders("Ana", "start")
        await play.sends("Ana", {"Your organisation": "Leeds"})
        await first_question(play)
        await second_question(play)
        await third_question(play)
        await end(play)
        stage = (await place.chat()).stage

    if WRITE:
        EXPECTED.write_text(play.written())
    assert play.written() == EXPECTED.read_text()
    assert stage is Stage.CLOSED
    assert {who for who, shown in play.to_one if PRIVATE in shown} == {"Dev"}
    assert [shown for shown in play.to_all if PRIVATE in shown] == []
