"""The wording file: what ships loads, and a file that is wrong is refused with its name, the line and what to do."""

from pathlib import Path

import pytest

from storage.wording import load_wording
from storage.yaml_files import BadFile

SHIPPED = Path(__file__).parents[2] / "conversations" / "wording" / "en.yaml"

GOOD = """\
button:
  yes: "Yes"
  my_answers: My answers
typed:
  yes: [yes, Yes please.]
  my_answers:
    - my answers
question:
  number: Question {number} of {questions}
  answered:
    none: Nobody yet.
    one: 1 person.
    other: "{count} people."
"""

COMMANDS = (
    *("help", "begin", "next", "back", "pass", "finish", "send", "pause", "resume", "status"),
    *("privacy", "support", "start", "practise", "yes", "cancel"),
)

WRONG = {
    "no buttons": (GOOD.replace("button:", "knob:"), 1, "‘button’ is missing; add it"),
    "an empty sentence": (GOOD.replace("Nobody yet.", '""'), 11, "‘none’ is empty; write something"),
    "a sentence that is a list": (GOOD.replace("Nobody yet.", "[no, body]"), 11, "‘none’ must be words"),
    "no plural": (GOOD.replace("    other:", "    more:"), 10, "‘other’ is missing; add it"),
    "an unknown form": (GOOD + "    two: A pair.\n", 14, "‘two’ is not a field that belongs here"),
    "a section without keys": (GOOD + "more:\n", 14, "‘more’ has nothing after it"),
    "a section that is a sentence": (GOOD + "more: Hello.\n", 14, "‘more’ must be a group of fields"),
    "a word for no button": (
        GOOD.replace("  my_answers:\n    -", "  mine:\n    -"),
        6,
        "there is no button ‘mine’; add it or correct the name",
    ),
    "a word that means two things": (
        GOOD.replace("- my answers", "- YES."),
        7,
        "‘YES.’ is typed for ‘yes’ too; a word may mean one thing",
    ),
    "a fact without a name": (GOOD.replace("{number}", "{}"), 9, "‘number’ has a brace that is wrong"),
    "a fact that reaches inside": (GOOD.replace("{number}", "{number.real}"), 9, "has a brace that is wrong"),
    "a fact with a format": (GOOD.replace("{number}", "{number:>9999}"), 9, "has a brace that is wrong"),
    "an open brace": (GOOD.replace("{count}", "{count"), 10, "‘answered’ has a brace that is wrong"),
}


@pytest.mark.parametrize(("text", "line", "reason"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_wording_is_refused_with_its_place(tmp_path: Path, text: str, line: int, reason: str) -> None:
    """Who edits the sentences learns the file, the line and what to do."""
    path = tmp_path / "en.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(BadFile) as bad:
        load_wording(path)

    assert (bad.value.path, bad.value.line) == (path, line)
    assert reason in str(bad.value)


def test_what_is_loaded_is_said(tmp_path: Path) -> None:
    """Sentences, counted sentences, labels and typed words come out as they stand in the file."""
    path = tmp_path / "en.yaml"
    path.write_text(GOOD, encoding="utf-8")
    wording = load_wording(path)

    assert wording.say("question.number", number=1, questions=4) == "Question 1 of 4"
    assert wording.say("question.answered", count=3) == "3 people."
    assert wording.label("yes") == "Yes"
    assert wording.typed == {"yes": "yes", "yes please": "yes", "my answers": "my_answers"}


def test_every_command_of_the_product_can_be_typed() -> None:
    """Everything works by button and by typed word."""
    typed = load_wording(SHIPPED).typed

    for word in COMMANDS:
        assert typed[word] == word
    assert typed["my answers"] == "my_answers"
    assert typed["stop asking me"] == "stop_asking"
