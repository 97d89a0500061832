"""Invented sentences in which what points at one person is marked, and how well it is found."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.identifiers import Found, find
from conversations.identifying import Identifier

SENTENCES = Path(__file__).parents[1] / "fixtures" / "identifiers" / "sentences.txt"
_MARK = re.compile(r"<(?P<kind>[a-z_]+)\|(?P<text>[^>]*)>")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A sentence, and what is to be found in it."""

    text: str
    expected: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """How many were found that are there, that are not, and how many of those that are there were not found."""

    hits: int
    false: int
    missed: int

    @property
    def precision(self) -> float:
        """Of what was found, how much is there."""
        return self.hits / (self.hits + self.false)

    @property
    def recall(self) -> float:
        """Of what is there, how much was found."""
        return self.hits / (self.hits + self.missed)


def labelled() -> list[Labelled]:
    """Every sentence of the sample."""
    lines = SENTENCES.read_text(encoding="utf-8").splitlines()
    return [_read(line) for line in lines if line and not line.startswith("# ") and line != "#"]


def _read(line: str) -> Labelled:
    text, expected, end = "", [], 0
    for mark in _MARK.finditer(line):
        text += line[end : mark.start()]
        expected.append(Found(Identifier(mark["kind"]), len(text), len(text) + len(mark["text"])))
        text += mark["text"]
        end = mark.end()
    return Labelled(text + line[end:], tuple(expected))


def measured(sample: Sequence[Labelled], kind: Identifier) -> Measured:
    """How well one kind is found in the sample."""
    pairs = [(_of(kind, one.expected), _of(kind, find(one.text))) for one in sample]
    return Measured(
        hits=sum(len(expected & found) for expected, found in pairs),
        false=sum(len(found - expected) for expected, found in pairs),
        missed=sum(len(expected - found) for expected, found in pairs),
    )


def report(sample: Sequence[Labelled]) -> Iterator[str]:
    """The numbers of each kind, a line each."""
    for kind in Identifier:
        one = measured(sample, kind)
        yield f"{kind:20} found {one.hits:3}, false {one.false}, missed {one.missed}"


def _of(kind: Identifier, found: Sequence[Found]) -> set[Found]:
    return {one for one in found if one.kind is kind}


if __name__ == "__main__":
    print("\n".join(report(labelled())))  # noqa: T201 -- what it is run for
