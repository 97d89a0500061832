"""docs/chat-stages.md is the engine's table. `python -m tests.conversations.test_chat_stages` writes it again."""

from pathlib import Path
from typing import get_args

from conversations.commands import Command
from conversations.engine import ALLOWED
from conversations.model import Stage

PAGE = Path(__file__).parents[2] / "docs" / "chat-stages.md"

HEAD = """# The stages of a chat

Made from the engine's table (`conversations/engine.py`, `ALLOWED`) by
`python -m tests.conversations.test_chat_stages`; a test holds the two together. Pause is a flag, not a stage: a paused
chat takes answers and asks nothing.

```
            Begin                 Finish, or 24 h               Send, or 24 h
gathering ----------> asking ----------------------> reviewing ---------------> closed
    |                   |   <----------------------      |
    |                   |        Back                    |
    +-------------------+--------------------------------+-- Cancel ----------> cancelled
```

A chat in which nobody said anything in the room goes from asking to closed at once.

| command | what it does | """


def page() -> str:
    """The page as it has to be."""
    stages = list(Stage)
    lines = [HEAD + " | ".join(stages) + " |", "|---|---|" + ":-:|" * len(stages)]
    for kind in get_args(Command):
        marks = ["●" if kind in ALLOWED[stage] else "" for stage in stages]
        says = " ".join((kind.__doc__ or "").split())
        lines.append(f"| `{kind.__name__}` | {says} | " + " | ".join(marks) + " |")
    lines += [
        "",
        "`Start` opens a chat where the room has no open one. What is refused is answered to that person alone.",
    ]
    return "\n".join(lines) + "\n"


def test_the_page_is_the_engines_table() -> None:
    """Nobody reads a table that is out of date."""
    assert PAGE.read_text(encoding="utf-8") == page()


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
