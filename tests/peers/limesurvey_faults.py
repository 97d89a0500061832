"""What can go wrong with a call of the stand-in LimeSurvey, as a test orders it."""

import asyncio
from dataclasses import dataclass, field
from typing import Final

from tests.peers.slack_faults import DropAfterAccepting, DropBeforeAccepting, Held, Passes, ServerError
from tests.peers.teams_faults import FailsAfterAccepting

__all__ = [
    "ANY",
    "Answers",
    "DropAfterAccepting",
    "DropBeforeAccepting",
    "Empty",
    "Fails",
    "FailsAfterAccepting",
    "Fault",
    "Faults",
    "Held",
    "Huge",
    "Lands",
    "Passes",
    "Redirects",
    "Says",
    "ServerError",
    "Unreadable",
]

ANY: Final = "*"


@dataclass(frozen=True, slots=True)
class Empty:
    """HTTP 200 and nothing: PHP ended half-way. `done`: after it had done what was asked."""

    done: bool = False


@dataclass(frozen=True, slots=True)
class Unreadable:
    """HTTP 200 and something that is no JSON: a page, or a warning of PHP in front."""

    text: str = "<br />\n<b>Warning</b>: something in remotecontrol_handle.php on line 1<br />"


@dataclass(frozen=True, slots=True)
class Says:
    """HTTP 200 with a sentence as `status`; nothing is done."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Answers:
    """HTTP 200 with any result; nothing is done."""

    result: object


@dataclass(frozen=True, slots=True)
class Fails:
    """HTTP 200 with a sentence as `error`, as when the database throws; nothing is done."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Lands:
    """The connection is lost at once; the work began, and is written when `gate` opens. `landed` is set then.

    An update writes the whole row as it was when the work began, with what was asked.
    """

    gate: asyncio.Event = field(default_factory=asyncio.Event)
    landed: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True)
class Huge:
    """An answer of so many bytes; `taken` counts those that the caller let through."""

    size: int = 50_000_000
    taken: int = 0


@dataclass(frozen=True, slots=True)
class Redirects:
    """302 to somewhere else; nothing is done."""

    to: str


Fault = (
    Answers
    | DropAfterAccepting
    | DropBeforeAccepting
    | Empty
    | Fails
    | FailsAfterAccepting
    | Held
    | Huge
    | Lands
    | Passes
    | Redirects
    | Says
    | ServerError
    | Unreadable
)


class Faults:
    """The faults that are still to happen, each once, in order: by method, or with any (ANY)."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[Fault]] = {}

    def add(self, method: str, *faults: Fault) -> None:
        """Have the next calls of `method` go wrong, one by one."""
        self._waiting.setdefault(method, []).extend(faults)

    def take(self, method: str) -> Fault | None:
        """Give what goes wrong with this call."""
        for key in (method, ANY):
            if self._waiting.get(key):
                return self._waiting[key].pop(0)
        return None
