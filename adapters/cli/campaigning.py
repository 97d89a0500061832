"""What the commands about campaigns do."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from adapters.cli import campaign_reports as reports
from adapters.cli.parts import Parts, refuse
from adapters.cli.rooms_file import BadRooms, read_rooms
from bot.campaigns import Asked, Rehearsal, Wanted, begin, found, rehearsed
from bot.house import House
from bot.ports import Transaction
from bot.typed_times import read_time
from conversations.campaigns import Campaign
from conversations.model import Guide, Pace
from conversations.refusals import NotNow
from conversations.scheduling import Reminder

LONGEST = timedelta(days=7)
_SPAN = re.compile(
    r"(?:(\d{1,2})\s*d(?:ays?)?)?\s*(?:(\d{1,3})\s*h(?:ours?)?)?\s*(?:(\d{1,4})\s*m(?:in(?:ute)?s?)?)?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What somebody asks for, as they wrote it."""

    rooms: Path
    guide: str | None
    at: str
    pace: str
    spread: str | None
    reminder: str
    only_rehearse: bool
    leave_out: bool


@dataclass(frozen=True, slots=True)
class Done:
    """What to tell them, and why it was refused, if so."""

    lines: Sequence[str]
    refused: str | None = None


async def plan(parts: Parts, order: Order) -> Done:
    """Rehearse a campaign, and begin it where that is asked for and nothing stands in its way. Raises typer.Exit."""
    asked = _asked(parts, order)
    try:
        wanted = read_rooms(order.rooms)
    except BadRooms as bad:
        refuse(str(bad))
    rehearsal, made = await _planned(parts, asked, wanted, order)
    wrong = reports.refusals(rehearsal, leave_out=order.leave_out)
    page = reports.rehearsal(rehearsal, len(wanted))
    if order.only_rehearse:
        return Done([reports.REHEARSED, "", *page], "\n".join(["It would be refused.", *wrong]) if wrong else None)
    if made is None:
        return Done((), "\n".join([*wrong, "Nothing was written; --rehearse shows the whole of it."]))
    return Done([*page, "", *reports.begun(made)])


async def listed(parts: Parts) -> Sequence[str]:
    """A line for each campaign."""
    async with parts.store() as store:
        campaigns = await store.read(lambda tx: tx.campaigns.listed())
    return reports.listed(campaigns) if campaigns else ["There is no campaign yet."]


async def shown(parts: Parts, which: str, *, every_room: bool) -> Sequence[str]:
    """What became of the rooms of a campaign. Raises typer.Exit."""

    def work(tx: Transaction) -> list[str]:
        one = _one(tx, which)
        rooms = tx.campaigns.rooms_of(one.id)
        return list(reports.every_room(rooms)) if every_room else reports.shown(one, rooms, parts.house.wording)

    async with parts.store() as store:
        return await store.read(work)


async def cancel(parts: Parts, which: str) -> int | None:
    """Begin no more chats; returns how many were still to begin, None if that was done before. Raises typer.Exit."""
    now = parts.now()

    def work(tx: Transaction) -> int | None:
        one = _one(tx, which)
        stopped = tx.campaigns.cancel(one.id, now)
        if stopped is not None:
            tx.upkeep.note("campaign_cancelled", f"{one.id} {stopped} chats", parts.who, now)
        return stopped

    async with parts.store() as store:
        return await store.transact(work)


def _asked(parts: Parts, order: Order) -> Asked:
    house = parts.house
    wall = parts.now().astimezone(ZoneInfo(house.zone)).replace(tzinfo=None)
    try:
        first = read_time(order.at, wall)
    except NotNow as refusal:
        if refusal.key == "time_unclear":
            refuse("--at must be a day and a time, like “Monday 7 December 2026 9:30am”.")
        refuse(f"--at: {house.wording.say(f'refused.{refusal.key}', **refusal.facts)}")
    return Asked(
        guide=_guide(house, order.guide),
        pace=Pace(order.pace),
        first=first,
        zone=house.zone,
        window=_span(order.spread),
        reminder=Reminder(order.reminder),
    )


def _guide(house: House, key: str | None) -> Guide:
    guides = house.newest()
    key = key or house.default_guide or (next(iter(guides)) if len(guides) == 1 else None)
    if key is None or key not in guides:
        refuse(f"--guide must be one of {', '.join(guides)}.")
    return guides[key]


def _span(text: str | None) -> timedelta | None:
    """A length of time as people write it."""
    if text is None:
        return None
    match = _SPAN.fullmatch(text.strip())
    days, hours, minutes = (int(number or 0) for number in match.groups()) if match and text.strip() else (0, 0, 0)
    span = timedelta(days=days, hours=hours, minutes=minutes)
    if match is None or not text.strip() or span > LONGEST:
        refuse("--spread must be a length of time up to 7 days, like 2h, 45m or 1h30m.")
    return span


async def _planned(
    parts: Parts, asked: Asked, wanted: Sequence[Wanted], order: Order
) -> tuple[Rehearsal, Campaign | None]:
    """How it would go; and the campaign, where it is begun."""
    now, campaign = parts.now(), parts.fresh()

    def rehearse(tx: Transaction) -> Rehearsal:
        return rehearsed(
            asked,
            wanted,
            found(tx, wanted, asked.first),
            through=parts.through(),
            rate_of=parts.rate_of,
            house=parts.house,
            directory=parts.support(),
            campaign=campaign,
            fresh=parts.fresh,
            now=now,
        )

    def work(tx: Transaction) -> tuple[Rehearsal, Campaign | None]:
        rehearsal = rehearse(tx)
        if reports.refusals(rehearsal, leave_out=order.leave_out):
            return rehearsal, None
        made = begin(tx, rehearsal, campaign, now)
        tx.upkeep.note("campaign_begun", f"{campaign} {made.rooms} rooms", parts.who, now)
        return rehearsal, made

    async with parts.store() as store:
        if order.only_rehearse:
            return await store.read(rehearse), None
        return await store.transact(work)


def _one(tx: Transaction, which: str) -> Campaign:
    """The campaign whose id begins so. Raises typer.Exit."""
    start = which.strip().lower()
    like = [one for one in tx.campaigns.listed() if start and str(one.id).startswith(start)]
    if len(like) != 1:
        several = "Several campaigns begin so" if like else "There is no such campaign"
        refuse(f"{several}; `campaign list` shows them.")
    return like[0]
