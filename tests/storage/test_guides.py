"""Guides are data: what ships loads, and a file that is wrong is refused with its name, the line and what to do."""

import re
from contextlib import suppress
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.model import Kind
from storage.guides import load_all_versions, load_guide, load_guides
from storage.yaml_files import MOST_BYTES, BadFile

SHIPPED = Path(__file__).parents[2] / "conversations" / "guides"

GOOD = """\
key: small
version: 1
title: A small guide
opening: Hello.
closing: Goodbye.
asks_feelings: false
open_days: 2
questions:
  - key: first
    kind: open
    minutes: 5
    wording: How is it going?
    purpose: to hear it.
  - key: second
    kind: commitment
    minutes: 5
    wording: What will you do?
    purpose: to do it.
"""

HEAD, _, _ = GOOD.partition("questions:")

QUESTION = """\
  - key: q{number}
    kind: open
    minutes: 5
    wording: How is it going?
    purpose: to hear it.
"""


def _swapped(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new, 1)


WRONG = {
    "no questions": (HEAD + "questions: []\n", 8, "‘questions’ needs at least 1"),
    "13 questions": (
        HEAD + "questions:\n" + "".join(QUESTION.format(number=number) for number in range(13)),
        8,
        "‘questions’ may have 12 at most",
    ),
    "questions that are no list": (HEAD + "questions: many\n", 8, "‘questions’ must be a list"),
    "a question that is only words": (HEAD + "questions:\n  - How are you?\n", 9, "must be a group of fields"),
    "a question key twice": (
        _swapped("key: second", "key: first"),
        14,
        "‘first’ is the key of question 1 too; give this question another",
    ),
    "an unknown field": (
        _swapped("    minutes: 5", "    colour: red\n    minutes: 5"),
        11,
        "‘colour’ is not a field that belongs here",
    ),
    "a missing field": (_swapped("    purpose: to do it.\n", ""), 14, "‘purpose’ is missing; add it"),
    "a missing field at the top": (_swapped("title: A small guide\n", ""), 1, "‘title’ is missing; add it"),
    "a wrong kind": (_swapped("kind: commitment", "kind: promise"), 15, "‘kind’ must be 'open' or 'commitment'"),
    "version 0": (_swapped("version: 1", "version: 0"), 2, "‘version’ must be 1 or more"),
    "a version in words": (_swapped("version: 1", "version: one"), 2, "‘version’ must be a whole number"),
    "a version with a part": (_swapped("version: 1", "version: 1.5"), 2, "‘version’ must be a whole number"),
    "empty wording": (_swapped("How is it going?", '""'), 12, "‘wording’ is empty; write something"),
    "wording of white space": (_swapped("How is it going?", '"  "'), 12, "‘wording’ is empty; write something"),
    "no wording at all": (_swapped("How is it going?", ""), 12, "‘wording’ has nothing after it"),
    "wording that goes on and on": (
        _swapped("How is it going?", "why " * 300),
        12,
        "‘wording’ is longer than 1000 characters; shorten it",
    ),
    "a number for a title": (_swapped("A small guide", "2026"), 3, "‘title’ must be words; put it in quotation marks"),
    "words for yes or no": (_swapped("feelings: false", "feelings: no"), 6, "must be true or false"),
    "a key with spaces": (_swapped("key: small", "key: my guide"), 1, "‘key’ must be small letters, digits"),
    "a key of a question with spaces": (_swapped("key: second", "key: the second"), 14, "‘key’ must be small letters"),
    "a field written twice": (
        _swapped("title: A small guide\n", "title: A small guide\ntitle: Another\n"),
        4,
        "‘title’ is written twice, first on line 3; keep one of them",
    ),
    "not YAML": (_swapped("title: A small guide", "title: 'A small guide"), 3, "this is not YAML"),
    "a bracket that is never closed": (_swapped("Hello.", "[Hello."), 4, "this is not YAML"),
    "something that is no character": (_swapped("Hello.", "Hel\uffff"), 4, "invisible control character"),
    "wrong indentation": (_swapped("    kind: open", "   kind: open"), 10, "this is not YAML"),
    "a colon in the middle": (_swapped("Hello.", "Hello: you"), 4, "this is not YAML"),
    "a list at the top": ("- one\n- two\n", 1, "the file must be made of fields"),
    "only words": ("\nhello\n", 2, "the file must be made of fields"),
    "an empty file": ("", None, "the file is empty"),
    "only a comment": ("# nothing yet\n", None, "the file is empty"),
    "two documents": (GOOD + "---\n" + GOOD, 19, "this is not YAML"),
    "an anchor": (_swapped("Hello.", "&hello Hello."), 4, "anchors and aliases"),
    "an alias": (_swapped("Hello.", "*hello"), 4, "anchors and aliases"),
    "a tag": (_swapped("Hello.", "!!python/name:os.system Hello."), 4, "tags (!) are not used here"),
    "a field that is a list": (_swapped("title:", "[title]:"), 3, "the name of a field must be one word"),
    "nested without end": (_swapped("Hello.", "[" * 5000), 4, "there are more than 8 levels"),
    "a control character": (_swapped("Hello.", "Hel\x07lo."), 4, "invisible control character"),
    "an escaped control character": (_swapped("Hello.", r'"Hel\x07lo."'), 4, "invisible control character"),
    "half a character": (_swapped("Hello.", r'"Hel\ud800lo."'), 4, "invisible control character"),
    "a control character in a name": (_swapped("title:", r'"ti\x07tle":'), 3, "invisible control character"),
    "writing turned round": (_swapped("Hello.", "Hel\u202elo."), 4, "invisible control character"),
}

OUR_OWN_NAMES = frozenset(
    {"str", "int", "bool", "dict", "list_type", "NoneType", "pydantic", "Kind", "_Guide", "_Question"}
)


@pytest.mark.parametrize(("text", "line", "reason"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_guide_is_refused_with_its_place(tmp_path: Path, text: str, line: int | None, reason: str) -> None:
    """Who edits a guide learns the file, the line and what to do, in one sentence without our names of types."""
    path = tmp_path / "wrong.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(BadFile) as bad:
        load_guides(tmp_path)

    assert (bad.value.path, bad.value.line) == (path, line)
    assert reason in bad.value.reason
    where = f"{path}, line {line}: " if line else f"{path}: "
    assert str(bad.value) == f"{where}{bad.value.reason}."
    assert not OUR_OWN_NAMES & set(re.findall(r"\w+", bad.value.reason))


def test_the_first_of_several_mistakes_is_named(tmp_path: Path) -> None:
    """A file is mended from the top."""
    path = tmp_path / "wrong.yaml"
    path.write_text(_swapped("kind: open", "kind: poem").replace("version: 1", "version: -1"), encoding="utf-8")

    with pytest.raises(BadFile, match=r"line 2: ‘version’ must be 1 or more"):
        load_guide(path)


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    """Words are never guessed: a file that is not UTF-8 is refused where it stops being so."""
    path = tmp_path / "wrong.yaml"
    path.write_bytes(_swapped("Goodbye.", "Adiós.").encode("latin-1"))

    with pytest.raises(BadFile, match=r"wrong\.yaml, line 5: this is not UTF-8; save the file"):
        load_guide(path)


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    """No more than 256 KB are ever read."""
    path = tmp_path / "wrong.yaml"
    path.write_bytes(GOOD.encode() + b"#" * MOST_BYTES)

    with pytest.raises(BadFile, match=r"the file is larger than 256 KB") as bad:
        load_guide(path)
    assert bad.value.line is None


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """A wrong name is said, not shown as a stack of calls."""
    with pytest.raises(BadFile, match=r"none\.yaml: there is no such file; check its name\.$") as bad:
        load_guide(tmp_path / "none.yaml")
    assert bad.value.line is None


def test_a_folder_in_place_of_a_file_is_refused(tmp_path: Path) -> None:
    """What can't be read is said so."""
    (tmp_path / "odd.yaml").mkdir()

    with pytest.raises(BadFile, match=r"odd\.yaml: the file can't be read"):
        load_guides(tmp_path)


def test_a_folder_without_guides_is_refused(tmp_path: Path) -> None:
    """A chat without a guide can't be, so the bot doesn't start without one."""
    with pytest.raises(BadFile, match="there is no guide in this folder"):
        load_guides(tmp_path)
    with pytest.raises(BadFile, match="there is no such folder"):
        load_guides(tmp_path / "elsewhere")


def test_the_same_version_twice_is_refused(tmp_path: Path) -> None:
    """Findings never merge versions, so two files can't both be version 1 of a guide."""
    (tmp_path / "a.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "b.yaml").write_text(GOOD, encoding="utf-8")

    with pytest.raises(BadFile, match=r"b\.yaml, line 2: ‘small’ version 1 is in a\.yaml too; raise the version"):
        load_guides(tmp_path)


def test_a_newer_version_takes_over_and_the_old_one_stays(tmp_path: Path) -> None:
    """New chats walk through the newest version; chats that began with an older one still find it."""
    (tmp_path / "a.yaml").write_text(_swapped("version: 1", "version: 10"), encoding="utf-8")
    (tmp_path / "b.yaml").write_text(_swapped("version: 1", "version: 9"), encoding="utf-8")

    assert load_guides(tmp_path)["small"].version == 10
    assert [guide.version for guide in load_all_versions(tmp_path)] == [9, 10]


@given(st.text(max_size=200) | st.lists(st.sampled_from(GOOD.splitlines() + list(":-{}[]&*!'\"#|>?%@")), max_size=30))
def test_whatever_stands_in_a_file_is_a_guide_or_refused(
    tmp_path_factory: pytest.TempPathFactory, said: object
) -> None:
    """No file can end the bot with anything but a sentence for who edits it."""
    text = said if isinstance(said, str) else "\n".join(cast("list[str]", said))
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))

    with suppress(BadFile):
        load_guide(path)


def test_a_file_from_windows_loads(tmp_path: Path) -> None:
    """A mark at the start and Windows line ends change nothing."""
    path = tmp_path / "windows.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())

    assert load_guide(path).questions[1].kind is Kind.COMMITMENT


PROGRAMMES_WORDS = """\
How has it felt for you during the pandemic?
an opportunity for everyone to pause, listen and acknowledge the challenges, or opportunities, it has brought.
Have you been able to work together with colleagues from different health, care or third sector teams/services \
during the pandemic? And what benefits has that brought?
to collect stories of joined-up working, what worked well, what would be "even better if", and a baseline of whether \
it matters.
What might make it easier for you, or encourage you, to build effective relationships with colleagues in other health, \
care or third sector teams/services?
it guides senior leaders in ways to shape, develop and improve our networks.
What steps will you take now to build connections with other colleagues in other health, care or third sector \
teams/services?
the call to action: what you and your team can do right now to embrace a Team Leeds culture.
"""


def test_the_default_guide_asks_the_four_questions_in_the_programmes_words() -> None:
    """The wording and the purposes are the programme's and are kept exactly."""
    guide = load_guides(SHIPPED)["team-leeds"]

    assert (guide.title, guide.version, guide.open_days) == ("Team Leeds Hearts and Minds", 1, 2)
    assert guide.asks_feelings
    words = [words for question in guide.questions for words in (question.wording, question.purpose)]
    assert words == PROGRAMMES_WORDS.splitlines()


def test_the_four_questions_take_half_an_hour_and_end_with_a_step() -> None:
    """A live chat is about 30 minutes; only the last question asks for a commitment."""
    guide = load_guides(SHIPPED)["team-leeds"]

    assert [question.minutes for question in guide.questions] == [7, 8, 8, 7]
    assert [question.kind for question in guide.questions] == [Kind.OPEN, Kind.OPEN, Kind.OPEN, Kind.COMMITMENT]


def test_the_second_guide_is_the_first_without_the_pandemic() -> None:
    """Guides are data: another one needs no code."""
    guides = load_guides(SHIPPED)
    first, second = guides["team-leeds"], guides["team-leeds-today"]

    assert list(guides) == ["team-leeds", "team-leeds-today"]
    assert second.title == "Team Leeds today"
    assert [question.wording for question in second.questions] == [
        "How has it felt for you at work lately?",
        first.questions[1].wording.replace("during the pandemic", "in the past year"),
        first.questions[2].wording,
        first.questions[3].wording,
    ]
    assert [question.key for question in second.questions] == [question.key for question in first.questions]
