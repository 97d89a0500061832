"""What is shown reads well on paper and on a terminal, in the same order, and whoever stops reading stops nothing."""

import io
import os

import pytest

from adapters.console.render import Row, Style
from adapters.console.screen import PLAIN_WIDTH, Screen, Seen


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """It does."""
        return True


def rows(*texts: str, style: Style = Style.TEXT) -> tuple[Row, ...]:
    """Rows that say this."""
    return tuple(Row(text, style) for text in texts)


def test_who_sees_what_is_told_by_where_it_stands() -> None:
    """What was typed at the edge, the room's two columns in, one person's four."""
    out = io.StringIO()
    screen = Screen(out)

    screen.echo("Ana: hello")
    screen.show(Seen.ROOM, rows("To all", ""))
    screen.show(Seen.PERSON, rows("To one"), "Ana")
    screen.echo("Ben: hello")
    screen.echo("# and so on")

    assert out.getvalue() == "Ana: hello\n\n  To all\n\n\n    To one\n\nBen: hello\n# and so on\n"


def test_changes_stand_together() -> None:
    """Two posts that changed are two rows, not two paragraphs; the same change is said once a turn."""
    out = io.StringIO()
    screen = Screen(out)

    for text in ("~ one", "~ two", "~ one"):
        screen.show(Seen.ROOM, rows(text, style=Style.CHANGE))
    screen.echo("Ana: hello")
    screen.show(Seen.ROOM, rows("~ one", style=Style.CHANGE))

    assert out.getvalue() == "\n  ~ one\n  ~ two\n\nAna: hello\n\n  ~ one\n"


def test_the_order_does_not_depend_on_who_was_delivered_first() -> None:
    """The room first, then what people were told, then letters by name."""
    out = io.StringIO()
    screen = Screen(out)

    screen.hold()
    screen.show(Seen.LETTER, rows("to Zoe"), "Zoe")
    screen.show(Seen.PERSON, rows("to Ben"), "Ben")
    screen.show(Seen.LETTER, rows("to Ana"), "Ana")
    screen.show(Seen.ROOM, rows("to all"))
    screen.show(Seen.PERSON, rows("to Ana"), "Ana")
    assert (out.getvalue(), screen.blocks) == ("", 5)
    screen.release()

    assert out.getvalue().split("\n\n") == ["\n  to all", "    to Ben", "    to Ana", "    to Ana", "    to Zoe\n"]


def test_nothing_on_paper_is_coloured() -> None:
    """A file or a pipe gets plain text, 80 columns wide."""
    out = io.StringIO()
    screen = Screen(out)
    screen.show(Seen.ROOM, rows("== Question 1 ==", style=Style.HEADING))

    assert "\x1b" not in out.getvalue()
    assert screen.width(Seen.ROOM) == PLAIN_WIDTH - 2
    assert screen.width(Seen.PERSON) == PLAIN_WIDTH - 4


@pytest.mark.parametrize(("columns", "width"), [("40", 38), ("300", 98)])
def test_a_terminal_is_used_as_far_as_people_like_to_read(
    monkeypatch: pytest.MonkeyPatch, columns: str, width: int
) -> None:
    """Rows are as wide as the terminal, up to 100 columns."""
    monkeypatch.setenv("COLUMNS", columns)

    assert Screen(Terminal()).width(Seen.ROOM) == width


def test_a_terminal_shows_what_stands_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bold headings, and the words stay the same; NO_COLOR and dumb terminals are rich's to respect."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    out = Terminal()
    Screen(out).show(Seen.ROOM, rows("== [bold]Question[/] :smile: ==", style=Style.HEADING))

    assert "\x1b[1m" in out.getvalue()
    assert "== [bold]Question[/] :smile: ==" in out.getvalue()


def test_what_is_being_typed_is_kept_when_something_else_is_shown() -> None:
    """A question that comes by itself does not eat half an answer."""
    out = Terminal()
    screen = Screen(out)
    screen.unfinished = lambda: "» Ana: half an ans"

    screen.show(Seen.ROOM, rows("Question 2"))

    assert out.getvalue().startswith("\r\x1b[K\n")
    assert out.getvalue().endswith("  Question 2\n\n» Ana: half an ans")


def test_whoever_stops_reading_is_no_error() -> None:
    """`python app.py chat < file | head` ends; the chat itself goes on being kept."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as pipe:
        screen = Screen(pipe)
        screen.echo("Ana: hello")
        assert screen.gone
        screen.show(Seen.ROOM, rows("Question 2"))


def test_a_letter_that_a_terminal_cant_show_is_spelt_out() -> None:
    """An old terminal shows a number in place of an emoji, and the chat goes on."""
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")
    Screen(out).show(Seen.ROOM, rows("Well done 👏 café"))

    assert raw.getvalue() == b"\n  Well done \\U0001f44f caf\\xe9\n"
