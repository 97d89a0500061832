"""The console as a person meets it: `python app.py chat` on a real terminal, and with a file or a pipe in its place."""

import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Self

import pytest

HERE = Path(__file__).parents[3]
CHAT = [sys.executable, "app.py", "chat"]
TRANSCRIPTS = HERE / "tests" / "transcripts"
PATIENCE_SECONDS = 60
A_DAY = re.compile(r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day \d+ [A-Z][a-z]+ \d{4}")


@pytest.fixture
def settings(tmp_path: Path) -> Mapping[str, str]:
    """Keep what the program keeps in a folder of this test's own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TEAM_LEEDS_")}
    return {**kept, "TEAM_LEEDS_DATA_DIR": str(tmp_path / "data"), "TERM": "xterm", "COLUMNS": "80"}


class Terminal:
    """A terminal with the program on it, and a person at its keyboard."""

    def __init__(self, settings: Mapping[str, str]) -> None:
        self._keyboard, self.screen = pty.openpty()
        self.before = termios.tcgetattr(self.screen)
        self.program = subprocess.Popen(
            CHAT, cwd=HERE, env=settings, stdin=self.screen, stdout=self.screen, stderr=self.screen, process_group=0
        )
        self._unread = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.program.kill()
        self.program.wait()
        os.close(self._keyboard)
        os.close(self.screen)

    def type(self, text: str) -> None:
        """Press these keys."""
        os.write(self._keyboard, text.encode())

    def read_until(self, words: str) -> str:
        """What is shown until these words are."""
        until = monotonic() + PATIENCE_SECONDS
        while words.encode() not in self._unread:
            ready, _, _ = select.select([self._keyboard], [], [], max(0, until - monotonic()))
            assert ready, f"never saw {words!r}, only {self._unread!r}"
            self._unread += os.read(self._keyboard, 65_536)
        shown, _, self._unread = self._unread.partition(words.encode())
        return shown.decode() + words

    def ends(self) -> int:
        """The program's exit code, once it has ended by itself."""
        return self.program.wait(PATIENCE_SECONDS)


@contextmanager
def begun(settings: Mapping[str, str]) -> Iterator[Terminal]:
    """Open a terminal on which question 1 stands."""
    with Terminal(settings) as terminal:
        terminal.read_until("» ")
        terminal.type("Ana > start team-leeds live\nAna > begin\n")
        terminal.read_until("[Next question]")
        terminal.read_until("» ")
        yield terminal


def test_a_chat_in_a_terminal(settings: Mapping[str, str]) -> None:
    """It says what to type, answers come back at once, and Ctrl-D ends it with nothing lost."""
    with Terminal(settings) as terminal:
        assert "type Ana > start" in terminal.read_until("» ")
        terminal.type("Ana > start team-leeds live\n")
        terminal.read_until("Cancel the chat")
        terminal.type("Ana > begin\nBen: It was hard.\n")
        terminal.read_until("1 person has answered here.")
        terminal.read_until("only Ben sees this")
        terminal.type("\x04")

        assert "Nothing is lost" in terminal.read_until("go on.")
        assert terminal.ends() == 0


def test_ctrl_c_ends_it_and_leaves_the_terminal_as_it_was(settings: Mapping[str, str]) -> None:
    """In the middle of a line too."""
    with begun(settings) as terminal:
        terminal.type("Ben: half an ans")
        terminal.read_until("half an ans")
        os.kill(terminal.program.pid, signal.SIGINT)

        assert "Nothing is lost" in terminal.read_until("go on.")
        assert terminal.ends() == 0
        assert termios.tcgetattr(terminal.screen) == terminal.before


def test_a_killed_chat_goes_on(settings: Mapping[str, str]) -> None:
    """Kill the process in the middle, start it again: the chat stands there, with its buttons."""
    with begun(settings) as terminal:
        terminal.type("Ben: It was hard.\n")
        terminal.read_until("only Ben sees this")
        terminal.program.kill()
        terminal.program.wait()

    with Terminal(settings) as again:
        shown = again.read_until("» ")
        assert "type Ana > start" not in shown
        assert "This is where it stands." in shown
        assert "1 person has answered here." in shown
        again.type("Ana > next question\n")
        again.read_until("Question 2 of 4")


def test_a_very_long_line_is_typed_whole(settings: Mapping[str, str]) -> None:
    """A terminal of its own cuts lines at 4,095 characters; ours does not."""
    with begun(settings) as terminal:
        words = " ".join(["word"] * 1200)
        for start in range(0, len(words), 500):
            terminal.type(("Ben: " if start == 0 else "") + words[start : start + 500])
            terminal.read_until(words[start : start + 500][-3:])
        terminal.type("\n")
        terminal.read_until("only Ben sees this")
        terminal.type("Ben > my answers\n")
        terminal.read_until("said to your team")

        assert terminal.read_until("[Change it]").count("word") == 1200


def held(settings: Mapping[str, str], transcript: str) -> str:
    """What is shown for a transcript on standard input."""
    with (TRANSCRIPTS / transcript).open("rb") as lines:
        done = subprocess.run(CHAT, cwd=HERE, env=settings, stdin=lines, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode()


@pytest.mark.parametrize("transcript", ["practice.txt", "empty.txt", "support-and-privacy.txt"])
def test_a_transcript_is_real_input(settings: Mapping[str, str], transcript: str) -> None:
    """The program itself shows what the transcripts expect, but for the day it is. No letter is in them: those wait."""
    expected = (TRANSCRIPTS / transcript).with_suffix(".expected").read_bytes().decode()
    shown = held(settings, transcript)

    assert words_of(shown) == words_of(expected)


def words_of(shown: str) -> list[str]:
    """What is shown, word by word, with one word for every day."""
    return A_DAY.sub("DAY", shown).split()


def test_a_reader_who_goes_away_is_no_error(settings: Mapping[str, str]) -> None:
    """`python app.py chat | head` ends without a traceback."""
    with subprocess.Popen(
        CHAT, cwd=HERE, env=settings, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as program:
        assert program.stdin
        assert program.stdout
        assert program.stderr
        program.stdout.close()
        program.stdin.write(b"Ana > start team-leeds live\n" * 3)
        program.stdin.close()

        assert program.wait(PATIENCE_SECONDS) == 0
        assert program.stderr.read() == b""
