"""A campaign as it would go: who, when, how fast, what stands in its way. What is found here is what is then done.

1. Each room begins at a moment of its own, which its address alone decides: a rehearsal and the campaign are the same.
2. Only one moment is planned for, and it is no bank holiday: nothing is moved.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from hashlib import sha256
from math import ceil
from uuid import UUID

from bot.house import House
from bot.outbox import Rate, RateOf
from bot.outgoing import gate_of
from bot.outside import Address
from bot.ports import Transaction
from bot.registers import Reached, Through
from bot.timetable import arranged
from conversations import cadence
from conversations.campaigns import Campaign
from conversations.model import Calendar, Guide, Pace
from conversations.scheduling import OnHoliday, Plan, Reminder, Schedule
from conversations.support import Directory, SupportEntry

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A room as a line of a file names it."""

    line: int
    at: Address


class Unreached(StrEnum):
    """Why a room can't be reached."""

    NO_APP = "no_app"
    NEVER_JOINED = "never_joined"
    NOT_INSTALLED = "not_installed"
    NEVER_ADDED = "never_added"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to begin: `first` is a naive wall-clock time in `zone`. `window` None: as long as it takes."""

    guide: Guide
    pace: Pace
    first: datetime
    zone: str
    window: timedelta | None
    reminder: Reminder


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What was found about the rooms of a file."""

    rooms: Mapping[Address, Reached]
    gone: frozenset[UUID]
    installed: frozenset[tuple[str, str]]
    taken: Mapping[UUID, UUID]
    """Rooms in which another campaign begins on that day, with its id."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one workspace gets. `allowed`: messages a second; None is as many as there are."""

    channel: str
    workspace: str
    rooms: int
    allowed: Rate | None
    first_at: datetime
    last_at: datetime
    """When the last room begins, and (`left_at`) when its post has left (UTC)."""
    left_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """How a campaign would go. All times are UTC."""

    asked: Asked
    window: timedelta
    needed: timedelta
    """The shortest window that the rates allow."""
    held: Sequence[Schedule]
    shares: Sequence[Share]
    unreached: Sequence[tuple[Wanted, Unreached]]
    taken: Sequence[tuple[Wanted, UUID]]
    expiring: Sequence[SupportEntry]
    ends_at: datetime
    on_holiday: bool
    past: bool

    @property
    def unhosted(self) -> int:
        """Rooms in which nobody is known to lead."""
        return sum(one.host is None for one in self.held)

    @property
    def too_short(self) -> bool:
        """Whether the rates need a longer window."""
        return self.window < self.needed


def found(tx: Transaction, wanted: Sequence[Wanted], first: datetime) -> Known:
    """What we know of the rooms that are wanted."""
    workspaces = dict.fromkeys((one.at.channel, one.at.workspace) for one in wanted)
    heard_of = {
        Address(one.room.channel, one.room.workspace, one.room.address): one
        for where in workspaces
        for one in tx.rooms.reached(*where)
    }
    return Known(
        rooms=heard_of,
        gone=tx.rooms.gone(),
        installed=frozenset(where for where in workspaces if tx.rooms.installed(*where)),
        taken=tx.campaigns.on(first.date()),
    )


def rehearsed(
    asked: Asked,
    wanted: Sequence[Wanted],
    known: Known,
    *,
    through: Mapping[str, Through],
    rate_of: RateOf,
    house: House,
    directory: Directory,
    campaign: UUID,
    fresh: Callable[[], UUID],
    now: datetime,
) -> Rehearsal:
    """How a campaign would go. `through` says how the rooms of each channel are reached; `now` is UTC."""
    why = {one: _unreached(one.at, known, through) for one in wanted}
    reached = [one for one in wanted if why[one] is None]
    needed = _needed(reached, rate_of)
    window = asked.window if asked.window is not None else MINUTE * ceil(needed / MINUTE)
    calendar = house.calendar(asked.zone)
    plan = partial(_schedule, asked=asked, known=known, window=window, calendar=calendar, campaign=campaign, now=now)
    pairs = [(one, plan(one, id_=fresh())) for one in reached]
    last = max((held.next_at for _, held in pairs if held.next_at is not None), default=now)
    ends_at = _ends_at(last, asked, calendar)
    today, end = cadence.local_day(now, asked.zone), cadence.local_day(ends_at, asked.zone)
    shown_then = directory.shown(end)
    return Rehearsal(
        asked=asked,
        window=window,
        needed=needed,
        held=[held for _, held in pairs],
        shares=list(_shares(pairs, rate_of)),
        unreached=[(one, reason) for one, reason in why.items() if reason is not None],
        taken=[(one, known.taken[held.room]) for one, held in pairs if held.room in known.taken],
        expiring=[entry for entry in directory.shown(today) if entry not in shown_then],
        ends_at=ends_at,
        on_holiday=asked.first.date() in calendar.holidays,
        past=cadence.resolve(asked.first, asked.zone) <= now,
    )


def begin(tx: Transaction, rehearsal: Rehearsal, campaign: UUID, now: datetime) -> Campaign:
    """Plan the campaign as it was rehearsed."""
    asked = rehearsal.asked
    made = Campaign(
        id=campaign,
        guide=asked.guide.key,
        pace=asked.pace,
        first=asked.first,
        zone=asked.zone,
        window=rehearsal.window,
        made_at=now,
        rooms=len(rehearsal.held),
    )
    for one in rehearsal.held:
        tx.schedules.keep(one, now)
    tx.campaigns.keep(made, rehearsal.held)
    return made


def spread_of(at: Address, window: timedelta) -> timedelta:
    """How long after the others' first a room begins: always the same for the same room and window."""
    seconds = int(window.total_seconds())
    if seconds < 1:
        return timedelta(0)
    told = sha256(f"{at.channel}:{at.workspace}:{at.address}".encode()).digest()
    return timedelta(seconds=int.from_bytes(told[:8]) % seconds)


def _unreached(at: Address, known: Known, through: Mapping[str, Through]) -> Unreached | None:
    """Why nothing would reach a room, if so."""
    by, room = through.get(at.channel), known.rooms.get(at)
    if by is None:
        return Unreached.NO_APP
    if by is Through.INSTALLATION and (at.channel, at.workspace) not in known.installed:
        return Unreached.NOT_INSTALLED
    if room is None or room.room.joined_at is None:
        return Unreached.NEVER_JOINED
    if by is Through.REFERENCE and not room.known_how:
        return Unreached.NEVER_ADDED
    return Unreached.GONE if room.room.id in known.gone else None


def _needed(reached: Sequence[Wanted], rate_of: RateOf) -> timedelta:
    """The shortest window in which what is allowed lets every room's first post through."""
    waits = [0.0]
    for gate, count in Counter(gate_of(one.at.channel, one.at.workspace) for one in reached).items():
        rate = rate_of(gate)
        if rate is not None:
            waits.append((count - rate.burst) / rate.per_second)
    return timedelta(seconds=ceil(max(waits)))


def _schedule(
    one: Wanted,
    *,
    asked: Asked,
    known: Known,
    window: timedelta,
    calendar: Calendar,
    campaign: UUID,
    id_: UUID,
    now: datetime,
) -> Schedule:
    room = known.rooms[one.at].room
    plan = Plan(
        guide=asked.guide.key,
        pace=asked.pace,
        first=asked.first,
        zone=asked.zone,
        on_holiday=OnHoliday.HOLD,
        reminder=asked.reminder,
    )
    made = Schedule(
        id=id_, room=room.id, plan=plan, host=room.host, campaign=campaign, spread=spread_of(one.at, window)
    )
    at = cadence.resolve(asked.first, asked.zone) + made.spread
    return arranged(made, calendar, now) if at > now else replace(made, next_wall=asked.first, next_at=at)


def _ends_at(last: datetime, asked: Asked, calendar: Calendar) -> datetime:
    """When the chat that begins last is over, if its questions stay open as long as they may."""
    if asked.pace is Pace.LIVE:
        return last + timedelta(minutes=asked.guide.minutes)
    for _ in asked.guide.questions:
        last = cadence.open_until(last, asked.guide.open_days, calendar)
    return last


def _shares(pairs: Iterable[tuple[Wanted, Schedule]], rate_of: RateOf) -> Iterator[Share]:
    due: dict[tuple[str, str], list[datetime]] = {}
    for one, held in pairs:
        if held.next_at is not None:
            due.setdefault((one.at.channel, one.at.workspace), []).append(held.next_at)
    for (channel, workspace), at in sorted(due.items()):
        rate = rate_of(gate_of(channel, workspace))
        yield Share(channel, workspace, len(at), rate, min(at), max(at), _left_at(sorted(at), rate))


def _left_at(due: Sequence[datetime], rate: Rate | None) -> datetime:
    """When the last of what is due then has left, one after the other at that rate."""
    apart = timedelta(0) if rate is None else timedelta(seconds=1 / rate.per_second)
    left = due[0]
    for at in due[1:]:
        left = max(at, left + apart)
    return left
