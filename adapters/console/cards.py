"""What the terminal itself says: how to begin, everything that can be typed, and goodbye."""

from datetime import date

from adapters.console.forms import JOINS, PLANS
from adapters.console.lines import ChecksBack, Edits, Moves, Presses, Reflects, Says, Withdraws, write
from adapters.console.render import Row, Style, wrap
from conversations.wording import Wording

SOMEBODY = "Ana"


def said(wording: Wording, *keys: str, width: int) -> tuple[Row, ...]:
    """The sentences called `keys` (section `console`), each a paragraph."""
    return tuple(Row(text) for key in keys for text in wrap(wording.say(f"console.{key}"), width))


def welcome(wording: Wording, width: int) -> tuple[Row, ...]:
    """What to do first."""
    return said(wording, "welcome", "first", "how", "seen", width=width)


def how(wording: Wording, day: date, width: int) -> tuple[Row, ...]:
    """Everything that can be typed; `day` is an example."""
    words = wording.say("console.your_words")
    lines = {
        "says": write(Says(SOMEBODY, words)),
        "says_privately": write(Says(SOMEBODY, words, private=True)),
        "says_late": write(Says(SOMEBODY, words, question=1)),
        "says_late_privately": write(Says(SOMEBODY, words, private=True, question=1)),
        "presses": write(Presses(SOMEBODY, wording.label("begin").lower())),
        "edits": write(Edits(SOMEBODY, words, 1)),
        "withdraws": write(Withdraws(SOMEBODY, 1)),
        "moves": write(Moves(SOMEBODY, 1, 2)),
        "reflects": write(Reflects(SOMEBODY, words)),
        "checks_back": write(ChecksBack(SOMEBODY, day)),
        "joins": write(Presses(SOMEBODY, JOINS)),
        "plans": write(Presses(SOMEBODY, f"{PLANS} live")),
        "planned": write(Presses(SOMEBODY, wording.label("schedules").lower())),
        "tells": write(Presses(SOMEBODY, wording.label("story").lower())),
        "quit": "quit",
    }
    rows = list(said(wording, "card", width=width))
    for name, line in lines.items():
        rows += [Row(f"  {line}", Style.BUTTONS), *(Row(row, Style.NOTE) for row in _below(name, wording, width))]
    return tuple(rows)


def _below(name: str, wording: Wording, width: int) -> list[str]:
    return wrap(wording.say(f"console.card_{name}"), width, "    ", "    ")
