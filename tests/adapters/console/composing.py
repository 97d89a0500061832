"""A whole console on a temporary SQLite file: the real engine, storage and delivery, with a clock and ids of ours."""

import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from tempfile import TemporaryFile
from uuid import UUID, uuid4

from adapters.console.channel import ConsoleChannel
from adapters.console.reader import Lines, ReadLines
from adapters.console.screen import Screen
from adapters.console.session import Session
from adapters.export.person import save_new
from bot.conversation import Conversation, Due, Reply
from bot.delivery import Delivery
from bot.downloads import File, Saved
from bot.house import House
from bot.performing import Performer
from bot.ports import Retention
from bot.schedules import Schedules
from bot.showing import Showing
from conversations.model import Calendar
from storage.calendar import england
from storage.guides import load_all_versions
from storage.opening import open_store
from storage.sqlite import SqliteStore
from storage.support import load_support
from storage.survey import EmbeddedSurvey
from storage.wording import load_wording

SHIPPED = Path(__file__).parents[3] / "conversations"

WORDING = load_wording(SHIPPED / "wording" / "en.yaml")
GUIDES = {(guide.key, guide.version): guide for guide in load_all_versions(SHIPPED / "guides")}
SUPPORT = load_support(SHIPPED / "support.yaml")

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
A_LINE = timedelta(seconds=20)
"""How long people take to type a line."""

HOUSE = House(
    guides=GUIDES,
    default_guide=None,
    wording=WORDING,
    calendar=lambda zone: Calendar(zone, england(range(2026, 2028))),
    destinations=("embedded",),
    downloads=True,
)


class FakeClock:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = TUESDAY

    def __call__(self) -> datetime:
        return self.now


def counted_ids() -> Callable[[], UUID]:
    """Make ids that are 1, 2, 3 ..., so that every run has the same."""
    numbers = iter(range(1, 1 << 40))
    return lambda: UUID(int=next(numbers))


class TypedOut:
    """Lines that were written before, as if a person typed each in its time.

    A line `@ +24 hours` (or days, minutes) lets that time pass instead, and everything happen that time makes happen.
    """

    typed = False

    def __init__(self, lines: Lines, clock: FakeClock, schedules: Schedules) -> None:
        self._lines = lines
        self._clock = clock
        self._schedules = schedules

    async def next(self) -> str | None:
        self._clock.now += A_LINE
        line = await self._lines.next()
        passes = re.fullmatch(r"@ \+(\d+) (days?|hours?|minutes?)", line or "")
        if passes is None:
            return line
        unit = passes[2] if passes[2].endswith("s") else f"{passes[2]}s"
        self._clock.now += timedelta(**{unit: int(passes[1])})
        await self._schedules.tick()
        return f"# {passes[1]} {passes[2]} later"

    def unfinished(self) -> str | None:
        return None

    def close(self) -> None:
        pass


@dataclass
class Console:
    """One process's console over a store, and what it showed."""

    store: SqliteStore
    clock: FakeClock
    fresh: Callable[[], UUID]
    folder: Path
    house: House = HOUSE
    out: StringIO = field(default_factory=StringIO)

    def __post_init__(self) -> None:
        """Compose the parts as app.py does."""
        self.screen = Screen(self.out)
        self.channel = ConsoleChannel(self.screen, self.house.wording)
        self.survey = EmbeddedSurvey(self.store)
        performer = Performer(
            self.store,
            self.house,
            {self.channel.name: self.channel},
            {"embedded": self.survey},
            clock=self.clock,
            chance=lambda: 0.5,
            hold=self.hold_due,
        )
        self.delivery = Delivery(self.store, performer, self.clock, lambda _: None)
        showing = Showing(self.store, self.house, SUPPORT, self.clock)
        self.conversation = Conversation(
            self.store, self.house, showing, clock=self.clock, fresh=self.fresh, stirred=self.delivery.stir
        )
        self.schedules = Schedules(self.store, self.conversation, self.house, self.clock, Retention())

    async def hold_due(self, due: Due) -> Reply | None:
        """What delivery has done to chats."""
        return await self.conversation.hold(due)

    def save(self, texts: Mapping[File, str], name: str) -> Saved:
        """Write files beside the database, and name them as if they were where the program was started."""
        return replace(save_new(self.folder / "my-answers", texts, name), folder="my-answers")

    async def hold(self, lines: Lines) -> None:
        """Take `lines` to their end."""
        session = Session(
            conversation=self.conversation,
            delivery=self.delivery,
            store=self.store,
            house=self.house,
            channel=self.channel,
            screen=self.screen,
            lines=TypedOut(lines, self.clock, self.schedules),
            save=self.save,
            clock=self.clock,
            fresh=self.fresh,
        )
        await session.run()

    async def type(self, *lines: str | bytes) -> str:
        """Take these lines and say what was shown for them."""
        before = self.out.tell()
        with TemporaryFile() as file:
            file.writelines((line.encode() if isinstance(line, str) else line) + b"\n" for line in lines)
            file.seek(0)
            await self.hold(ReadLines(file.fileno()))
        return self.out.getvalue()[before:]


@asynccontextmanager
async def console(folder: Path, house: House = HOUSE) -> AsyncIterator[Console]:
    """A console over a new database in `folder`."""
    store = await open_store(folder / "team-leeds.sqlite", fresh=uuid4)
    assert isinstance(store, SqliteStore)
    try:
        yield Console(store, FakeClock(), counted_ids(), folder, house)
    finally:
        await store.close()
