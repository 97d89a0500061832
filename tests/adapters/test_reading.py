"""Exported lines read back: all that was there, or one clear sentence that quotes nobody."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings

from adapters.export.lines import line_of
from adapters.export.reading import MOST_BYTES, CannotImport, reading
from bot.outside import SurveyEvent
from tests.adapters.survey import events
from tests.adapters.survey.events import CONSENT, withdrawn
from tests.holding import MANY_HELD

WORDS = "Tired, and proud of us"
DAY = datetime(2026, 12, 8, tzinfo=UTC)


def held(event: SurveyEvent) -> SurveyEvent:
    """Make of `event` what the built-in store gives back of it."""
    return replace(event, number=0, time=DAY)


ONE = held(events.response(1, WORDS, None))
STORY = held(replace(events.story(), consent=replace(CONSENT, credit="Ana, Ward 7")))
GONE = held(replace(withdrawn(ONE), subject=UUID(int=8), pace=None, fieldwork_start="", fieldwork_end=""))

Json = dict[str, Any]


def written(folder: Path, *lines: str | bytes) -> Path:
    """Write a file of lines."""
    path = folder / "responses.jsonl"
    path.write_bytes(b"".join((line.encode() if isinstance(line, str) else line) + b"\n" for line in lines))
    return path


def read(path: Path) -> Sequence[SurveyEvent]:
    """Read a file back, after it was checked."""
    with reading(path) as lines:
        count = lines.check()
        found = list(lines.events())
    assert len(found) == count
    return found


def refused(path: Path) -> str:
    """Say how a file is refused; the sentence quotes nobody."""
    with reading(path) as lines, pytest.raises(CannotImport) as refusal:
        lines.check()
    said = str(refusal.value)
    assert WORDS not in said
    assert (said.count("\n"), said[-1]) == (0, ".")
    return said.removeprefix(f"{path}, ")


def changed(event: SurveyEvent, change: Callable[[Json], object]) -> str:
    """Make a line with something else in it."""
    said = json.loads(line_of(event))
    change(said)
    return json.dumps(said)


@given(MANY_HELD)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_written_is_read_back(tmp_path: Path, many: Sequence[SurveyEvent]) -> None:
    """Whatever the store holds, and the same bytes when it is written again."""
    path = written(tmp_path, *map(line_of, many))

    found = read(path)

    assert list(found) == list(many)
    assert written(tmp_path, *map(line_of, found)).read_bytes() == path.read_bytes()


def test_files_that_went_through_an_editor_are_read(tmp_path: Path) -> None:
    """With a mark at the start, Windows' line ends, an empty line, and no end to the last one."""
    path = tmp_path / "responses.jsonl"
    path.write_bytes(f"\ufeff{line_of(ONE)}\r\n\r\n{line_of(GONE)}".encode())

    assert read(path) == [ONE, GONE]


def test_lines_are_handed_over_together(tmp_path: Path) -> None:
    """As many as are wanted, the last ones too."""
    many = [replace(ONE, subject=UUID(int=number)) for number in range(1, 8)]

    with reading(written(tmp_path, *map(line_of, many))) as lines:
        assert [len(batch) for batch in lines.batches(3)] == [3, 3, 1]


def test_a_file_of_nothing_is_nothing(tmp_path: Path) -> None:
    """What was exported before the first chat."""
    assert read(written(tmp_path)) == []


NO = "; nothing was imported."


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (WORDS, "line 2 is not JSON"),
        ("{", "line 2 is not JSON"),
        (changed(ONE, lambda said: said.update(team="\ud800")), "line 2 is not JSON"),
        ('{"a": NaN}]', "line 2 is not JSON"),
        ("[" * 100_000, "line 2 is not JSON"),
        (f'["{WORDS}"]', "line 2 is not an object in JSON, one response a line"),
        (b'{"a": "\xff"}', "line 2 is not UTF-8"),
        ('{"a": 1, "a": 2}', "line 2 names one field twice"),
        ("{}", "line 2 is none of ours: ‘format’ must be team-leeds-chats/survey"),
    ],
)
def test_what_is_no_line_of_ours(line: str | bytes, says: str, tmp_path: Path) -> None:
    """The line is named, and what it is not."""
    assert refused(written(tmp_path, line_of(GONE), line)) == f"{says}: nothing was imported."


def put(*path: str | int, value: object) -> Callable[[Json], object]:
    """Put `value` at a place in a line."""

    def change(said: Json) -> None:
        at: Any = said
        for step in path[:-1]:
            at = at[step]
        at[path[-1]] = value

    return change


def without(name: str) -> Callable[[Json], object]:
    """Take a field out."""
    return lambda said: said.pop(name)


NO_VERSION = "has a version that is not known here; this program reads version 1: use a newer one"
A_KEY = "must be a key, such as 0b0a7c1e-3d5f-4a7e-9a64-2f6f3f0f7a35"
A_PART = "title, what_happened, how_it_felt, who_was_involved, what_difference, what_i_learned"
AN_ITEM = {"link_id": "q1", "verbatim": WORDS, "nonresponse": None, "permission": "themes"}


@pytest.mark.parametrize(
    ("event", "change", "says"),
    [
        (ONE, put("version", value=2), NO_VERSION),
        (ONE, put("version", value=True), NO_VERSION),
        (ONE, put("revison", value=1), "has ‘revison’, which is not a field that is known here"),
        (ONE, put(WORDS, value=1), "has a field that is not known here"),
        (ONE, put("items", 0, "mood", value=1), "has ‘mood’ in ‘items’, which is not a field that is known here"),
        (ONE, put("revision", value="1"), "has ‘revision’, which must be a whole number, without quotation marks"),
        (ONE, put("revision", value=0), "has ‘revision’, which must be 1 or more"),
        (ONE, put("revision", value=2**31), "has ‘revision’, which must be 2147483647 or less"),
        (ONE, put("complete", value=WORDS), "has ‘complete’, which must be true or false"),
        (ONE, put("items", value=WORDS), "has ‘items’, which must be a list"),
        (ONE, put("items", 0, value=WORDS), "has ‘items’, which must be an object in JSON"),
        (
            ONE,
            put("items", 0, "verbatim", value=1),
            "has ‘verbatim’ in ‘items’, which must be words in quotation marks",
        ),
        (
            ONE,
            put("items", 0, "verbatim", value=f"{WORDS}\x00"),
            "has ‘verbatim’ in ‘items’, which has a character in it that no database takes (NUL)",
        ),
        (
            ONE,
            put("items", 0, "permission", value="stay"),
            "has ‘permission’ in ‘items’, which must be 'themes' or 'quote'",
        ),
        (
            ONE,
            put("items", 0, "nonresponse", value="skipped"),
            "needs either ‘verbatim’ or ‘nonresponse’ in each of ‘items’",
        ),
        (ONE, put("items", value=[AN_ITEM, AN_ITEM]), "has two ‘items’ with one ‘link_id’"),
        (ONE, put("items", 0, "link_id", value=WORDS), "has ‘link_id’ in ‘items’, which is not written as ours are"),
        (ONE, put("response_key", value=WORDS), f"has ‘response_key’, which {A_KEY}"),
        (ONE, put("status", value="sent"), "has ‘status’, which must be 'submitted', 'revised' or 'withdrawn'"),
        (ONE, put("topic", value="contact"), "has ‘topic’, which must be 'response', 'reflection' or 'story'"),
        (ONE, put("day", value="8 December"), "has ‘day’, which must be a day, such as 2026-12-08"),
        (ONE, put("fieldwork_end", value="2026-02-30"), "has ‘fieldwork_end’, which must be a day, such as 2026-12-08"),
        (ONE, put("fieldwork_end", value="yesterday"), "has ‘fieldwork_end’, which is not written as ours are"),
        (ONE, without("guide"), "has ‘guide’, which is missing; add it"),
        (ONE, put("guide", value=None), "needs ‘guide’, ‘guide_version’, ‘chat_key’ and ‘pace’: only a story has none"),
        (ONE, put("organisation", value=1), "has ‘organisation’, which must be words in quotation marks"),
        (STORY, put("consent", value=None), "needs ‘consent’ for a story, and for nothing else"),
        (STORY, put("consent", "website", value="no"), "has ‘website’ in ‘consent’, which must be true or false"),
        (STORY, put("items", 0, "link_id", value="credit"), f"is a story, whose ‘items’ are {A_PART}"),
        (GONE, put("items", value=[AN_ITEM]), "is withdrawn, and has ‘items’ all the same; take the words out"),
        (GONE, put("team", value=WORDS), "has ‘team’, which is not a field that is known here"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_line(
    event: SurveyEvent, change: Callable[[Json], object], says: str, tmp_path: Path
) -> None:
    """One sentence for each kind of mistake, with the field, and never what stands there."""
    assert refused(written(tmp_path, changed(event, change))) == f"line 1 {says}: nothing was imported."


def test_a_key_that_comes_twice(tmp_path: Path) -> None:
    """Nobody could say which of the two counts."""
    path = written(tmp_path, line_of(GONE), line_of(ONE), line_of(replace(ONE, revision=2)))

    assert refused(path) == "line 3 has the ‘response_key’ of line 2; keep the newer one: nothing was imported."


def test_a_file_for_an_analyst_is_none(tmp_path: Path) -> None:
    """It has not all that the store had."""
    assert "was written for an analyst" in refused(written(tmp_path, line_of(ONE, for_analyst=True)))


def test_a_line_without_end_is_not_read_to_its_end(tmp_path: Path) -> None:
    """However large the file is, little of it is in memory."""
    path = tmp_path / "endless.jsonl"
    with path.open("wb") as file:
        file.truncate(MOST_BYTES * 4)

    assert refused(path) == "line 1 is too long to be one of ours: nothing was imported."


@pytest.mark.parametrize("name", ["there-is-none.jsonl", "."])
def test_what_is_no_file(name: str, tmp_path: Path) -> None:
    """Who mistypes a name is told."""
    with (
        pytest.raises(CannotImport, match="is no file: name one that `export --format jsonl` wrote"),
        reading(tmp_path / name),
    ):
        pass


def test_a_file_that_changes_meanwhile_is_said_to(tmp_path: Path) -> None:
    """Some of it may be imported by then, and doing it again does no harm."""
    path = written(tmp_path, line_of(ONE))
    with reading(path) as lines:
        lines.check()
        path.write_text("{}\n")
        with pytest.raises(CannotImport, match="somebody changed the file while it was imported: import it again"):
            list(lines.events())
