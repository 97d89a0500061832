"""Many rooms with a weekly schedule each, and a clock that can be set."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from benchmarks.filling import fill
from benchmarks.places import Place
from benchmarks.works import AnyStore, guide, house
from bot.outside import Address
from bot.ports import Transaction
from bot.timetable import arranged
from conversations.model import Pace
from conversations.scheduling import OnHoliday, Plan, Reminder, Repeat, Schedule

CHANNEL, WORKSPACE, ZONE = "benchmark", "one", "Europe/London"
WEEK = timedelta(days=7)
FIRST = datetime.combine(datetime(2026, 12, 8, tzinfo=UTC).date(), time(10), ZoneInfo(ZONE))
"""When the first chats are held: a Tuesday."""
HELD = FIRST.astimezone(UTC)
TOLD = HELD - timedelta(days=1)
BEFORE = TOLD - timedelta(days=1)


@dataclass(slots=True)
class Ahead:
    """A clock that goes as the real one, from a moment of ours on."""

    real: Callable[[], datetime]
    by: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return self.real() + self.by

    def set_to(self, moment: datetime) -> None:
        """Let it be `moment` now."""
        self.by = moment - self.real()


async def weekly(place: Place, rooms: int, *, told: bool) -> None:
    """Give so many rooms a chat a week, of which they are told a day before, or not."""
    store = await place.open()
    await store.transact(lambda tx: _one(tx, told=told))
    await store.close()
    await fill(place, rooms - 1)


def _one(tx: Transaction, *, told: bool) -> None:
    room = tx.chats.lock_room(Address(CHANNEL, WORKSPACE, str(uuid4())), ZONE)  # an id: it differs in each copy
    plan = Plan(
        guide=guide().key,
        pace=Pace.LIVE,
        first=FIRST.replace(tzinfo=None),
        repeat=Repeat.WEEKLY,
        on_holiday=OnHoliday.HOLD,  # every week counts the same
        reminder=Reminder.DAY if told else Reminder.NONE,
    )
    host = tx.chats.person(Address(CHANNEL, WORKSPACE, str(uuid4())))
    schedule = Schedule(id=uuid4(), room=room.id, plan=plan, host=host)
    tx.schedules.keep(arranged(schedule, house().calendar(ZONE), BEFORE), BEFORE)


async def waiting(store: AnyStore) -> bool:
    """Whether anything is still to leave."""
    return await store.read(lambda tx: tx.outbox.next_wake()) is not None
