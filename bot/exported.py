"""What went out of the built-in survey store as files, and what came back into it: numbers and places, no words."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Form(StrEnum):
    """What is exported is written as one of these."""

    CSV = "csv"
    JSONL = "jsonl"
    XLSX = "xlsx"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was written. `formulas`: answers that a spreadsheet may take for a formula when it opens the CSV file."""

    files: tuple[Path, ...]
    responses: int
    stories: int
    formulas: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of the lines of a file.

    `held`: the store has that revision or a higher one. `overtaken`: people changed or withdrew it since.
    """

    taken: int = 0
    held: int = 0
    overtaken: int = 0

    @property
    def lines(self) -> int:
        """How many there were."""
        return self.taken + self.held + self.overtaken

    def __add__(self, other: "Imported") -> "Imported":
        """Both together."""
        return Imported(
            taken=self.taken + other.taken,
            held=self.held + other.held,
            overtaken=self.overtaken + other.overtaken,
        )
