"""What the commands are made of, and how what goes wrong in them is told.

1. What goes wrong is one sentence on standard error that says what to do, and exit code 1; a mistyped command is 2.
2. A traceback is shown only with --debug, because the texts of errors may quote people.
"""

import asyncio
import traceback
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from pathlib import Path
from typing import NoReturn, Protocol, TypeVar
from uuid import UUID

import typer

from bot.downloads import Saved
from bot.erased import Erased, Stands
from bot.exported import Exported, Form, Imported
from bot.house import House
from bot.ledger import Compared
from bot.outbox import Rate
from bot.outside import Address
from bot.ports import Store
from bot.registers import Through
from conversations.model import Guide
from conversations.support import Directory

T = TypeVar("T")

DEBUG = "--debug"
INTERRUPTED = 130
"""The exit code of a program that Ctrl-C stopped."""


class Parts(Protocol):
    """app.py makes each when it is asked for, so that a command pays for nothing else."""

    who: str
    """Who asks, for the audit: an id."""

    @property
    def house(self) -> House:
        """What every chat here shares."""
        ...

    def now(self) -> datetime:
        """The time, UTC."""
        ...

    async def chat(self) -> None:
        """Hold a chat in this terminal until it is left."""
        ...

    async def serve(self, host: str | None, port: int | None) -> None:
        """Serve until told to stop; None is what the settings say."""
        ...

    def store(self) -> AbstractAsyncContextManager[Store]:
        """The store, open and up to date for as long as the block."""
        ...

    async def export(
        self,
        form: Form,
        folder: Path,
        guide: str | None,
        analyst: Address | None,
        written: Callable[[int], None],
        *,
        force: bool,
    ) -> Exported:
        """Write what the survey store holds (what `analyst` may read of it) as files; `written` hears how far it is."""
        ...

    async def take_back(self, path: Path, taken: Callable[[int], None]) -> Imported:
        """Take back into the survey store what was exported as JSON Lines; `taken` hears how far it is."""
        ...

    async def hand_over(self, who: Address, folder: Path) -> Saved | None:
        """Write all that is kept about somebody to new files in `folder`; None, if nothing is."""
        ...

    async def erase(self, who: Address) -> Erased | None:
        """Withdraw all that somebody said and forget who they are; None, if nothing is kept about them."""
        ...

    async def erased(self, keys: Sequence[UUID]) -> Stands:
        """What survey stores did since then about what they knew under these keys."""
        ...

    def guides(self, folder: Path | None) -> Sequence[Guide]:
        """Every version of every guide in `folder`, or of those that chats here can follow."""
        ...

    async def reconcile(self, names: Sequence[str]) -> Sequence[Compared]:
        """Compare the survey stores of these names (none: all that can be asked) with the ledger."""
        ...

    def manifest(self, url: str, form: str, app: str, *, socket: bool) -> str:
        """The manifest of a Slack app that is reached at `url`, as `yaml` or `json`."""
        ...

    def package(self, app_id: str, url: str, out: Path, *, notice: str | None, replies: bool) -> None:
        """Write the package of a Teams app that is reached at `url` to a new file."""
        ...

    def set_up_limesurvey(self, title: str) -> int:
        """Make a survey in LimeSurvey that takes responses; returns its number."""
        ...

    def check_limesurvey(self, survey: int | None) -> Sequence[tuple[bool, str]]:
        """Each thing about a survey in LimeSurvey (None: that of the settings): whether it is right, and the words."""
        ...

    async def rooms(self, out: Path | None, *, force: bool) -> int:
        """Write the rooms that were joined to a file, or to standard output; returns how many."""
        ...

    async def calendar(self, out: Path, workspaces: Sequence[str], *, force: bool) -> int:
        """Write what is planned in workspaces (none named: in all) as a file for calendars; returns how much."""
        ...

    def fresh(self) -> UUID:
        """A random id."""
        ...

    def through(self) -> Mapping[str, Through]:
        """How the rooms of each platform that is set up are reached."""
        ...

    def rate_of(self, gate: str) -> Rate | None:
        """The rate of a gate."""
        ...

    def support(self) -> Directory:
        """The support directory."""
        ...

    def explain(self, error: Exception) -> str | None:
        """One sentence about what went wrong, if it is for people to put right; None for a bug of ours."""
        ...


def refuse(sentence: str) -> NoReturn:
    """Tell why a command is not done, and end it. Raises typer.Exit."""
    typer.echo(sentence, err=True)
    raise typer.Exit(1)


class Told:
    """The parts, with whatever goes wrong in them told."""

    def __init__(self, parts: Parts, *, debug: bool) -> None:
        self.parts = parts
        self._debug = debug

    def run(self, work: Coroutine[object, object, T]) -> T:
        """What `work` returns. Raises typer.Exit."""
        return self.do(lambda: asyncio.run(work))

    def do(self, work: Callable[[], T]) -> T:
        """What `work` returns. Raises typer.Exit."""
        try:
            return work()
        except (typer.Exit, BrokenPipeError):  # whoever reads what we print has enough: Typer ends quietly
            raise
        except KeyboardInterrupt:
            code = INTERRUPTED
        except Exception as error:  # noqa: BLE001 -- every error ends here, as a sentence
            self._tell(error)
            code = 1
        raise typer.Exit(code)

    def _tell(self, error: Exception) -> None:
        if self._debug:
            traceback.print_exception(error)
        typer.echo(self.parts.explain(error) or _mistake(error), err=True)


def _mistake(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{type(error).__name__} in {Path(frame.filename).name}:{frame.lineno}"
    return f"This is a mistake in the program ({where}): please report it, without anybody's words."
