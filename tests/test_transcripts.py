"""Whole chats as text: `tests/transcripts/*.txt` is what people type, and `*.expected` what everybody then sees.

Each file is real input: `python app.py chat < tests/transcripts/team-leeds.txt`. In those of `timed/` a line such as
`@ +24 hours` lets time pass, which only these tests can do; in those of `handoff/` there is a survey that people open
themselves. After a change that is meant, write what is expected anew with
`WRITE_TRANSCRIPTS=1 make test ARGS=tests/test_transcripts.py`, and read it as somebody would who is tired.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.console.lines import Edits, Fills, Line, Says
from adapters.console.parse import parse, who
from adapters.console.reader import ReadLines
from bot.outbox import Status
from conversations.events import Sending
from tests.adapters.console.composing import HOUSE, Console, console
from tests.adapters.console.reading import blocks

HERE = Path(__file__).parent / "transcripts"
TRANSCRIPTS = sorted(path.relative_to(HERE) for path in HERE.rglob("*.txt"))
HANDING_OVER = replace(HOUSE, own_survey=lambda _: "https://survey.example/s/123?key=random")
WRITE = bool(os.environ.get("WRITE_TRANSCRIPTS"))


async def held(transcript: Path, folder: Path, *, handing_over: bool) -> Console:
    """Hold the chats in a transcript over a new database in `folder`."""
    async with console(folder, HANDING_OVER if handing_over else HOUSE) as here:
        reading = os.open(transcript, os.O_RDONLY)
        try:
            await here.hold(ReadLines(reading))
        finally:
            os.close(reading)
        return here


def hands_over(transcript: Path) -> bool:
    """Whether the survey of a transcript is one that people open themselves."""
    return transcript.parts[0] == "handoff"


def typed(transcript: Path) -> Sequence[Line]:
    """What every line of a transcript means; one that is no text means nothing."""
    return [parse(_text(line)) for line in (HERE / transcript).read_bytes().split(b"\n")]


def _text(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return ""


def private_words(transcript: Path) -> Mapping[str, str]:
    """What was said privately, and by whom. Who said nothing else has private words in their edits too."""
    lines = typed(transcript)
    openly = {who(line.name) for line in lines if isinstance(line, Says) and not line.private}
    said = {line.words: who(line.name) for line in lines if isinstance(line, Says) and line.private}
    said |= {line.words: who(line.name) for line in lines if isinstance(line, Edits) and who(line.name) not in openly}
    said |= {line.words: who(line.name) for line in lines if isinstance(line, Fills)}
    return {words: author for words, author in said.items() if words.strip()}


@pytest.mark.parametrize("transcript", TRANSCRIPTS, ids=str)
async def test_everybody_sees_what_is_expected(transcript: Path, tmp_path: Path) -> None:
    """A chat reads the same, word for word, until somebody means it to change."""
    shown = (await held(HERE / transcript, tmp_path, handing_over=hands_over(transcript))).out.getvalue()

    expected = (HERE / transcript).with_suffix(".expected")
    if WRITE:
        expected.write_bytes(shown.encode())
    assert shown == expected.read_bytes().decode()


@pytest.mark.parametrize("transcript", TRANSCRIPTS, ids=str)
def test_private_words_are_shown_to_their_author_alone(transcript: Path) -> None:
    """Neither the room nor the host nor anybody else is ever shown what somebody said privately."""
    shown = blocks((HERE / transcript).with_suffix(".expected").read_bytes().decode())
    assert shown

    for words, author in private_words(transcript).items():
        assert [block for block in shown if words in block.text and block.to != author] == []


@pytest.mark.parametrize("transcript", TRANSCRIPTS, ids=str)
async def test_nobody_else_can_tell_that_anything_was_said_privately(transcript: Path, tmp_path: Path) -> None:
    """With the private answers left out, the room, the host and all others see exactly the same, numbers included."""
    authors = set(private_words(transcript).values())
    without = tmp_path / "without.txt"
    lines = (HERE / transcript).read_bytes().split(b"\n")
    kept = [
        b"#" if isinstance(line, Says) and line.private else said
        for said, line in zip(lines, typed(transcript), strict=True)
    ]
    without.write_bytes(b"\n".join(kept))

    with_them = blocks((HERE / transcript).with_suffix(".expected").read_bytes().decode())
    without_them = blocks((await held(without, tmp_path, handing_over=hands_over(transcript))).out.getvalue())

    assert [b for b in without_them if b.to not in authors] == [b for b in with_them if b.to not in authors]


def test_a_private_answer_is_found_where_it_does_not_belong() -> None:
    """The two tests above can fail: blocks are told apart by who sees them."""
    shown = blocks("Ben (private): secret\n\n  ~ Question 1: secret\n\n    (only Ana sees this)\n    a\n    > secret\n")

    assert [block.to for block in shown if "secret" in block.text] == [None, "ana"]


async def test_what_reaches_the_programme(tmp_path: Path) -> None:
    """Private answers go, what is kept in the team does not, and changes after sending go on as revisions."""
    async with console(tmp_path) as here:
        reading = os.open(HERE / "team-leeds.txt", os.O_RDONLY)
        await here.hold(ReadLines(reading))
        os.close(reading)
        rows = [row async for row in here.survey.rows()]
        waiting = await here.store.read(
            lambda tx: tx.outbox.listed([status for status in Status if status is not Status.SENT], 100)
        )

    words = {row.verbatim for row in rows if row.verbatim}
    assert words == {
        "We met the care home's nurses every Friday.\nIt saved us ten phone calls a week.",
        "I will ask the physio and the pharmacy team to join our Friday call.",
        "I did not feel safe at work, and nobody asked.\nI want to say this to the team too. It was lonely.",
        "The food bank rang us before anybody else did.",
        "Time. Half an hour a week would do.",
        "I will talk to someone at the Freedom to Speak Up office.",
        "We are tired, and we are proud. We want half an hour a week to meet.",
    }
    statuses = sorted((row.status, row.revision) for row in rows if row.link_id is None)
    assert statuses == [
        (Sending.REVISED, 2),
        (Sending.SUBMITTED, 1),
        (Sending.SUBMITTED, 1),
        (Sending.WITHDRAWN, 2),
    ]
    assert {line.status for line in waiting} <= {Status.READY, Status.CANCELLED}
