"""What organisers are shown of campaigns, as lines of plain text: numbers, rooms and times, and no person. Pure."""

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from adapters.cli.reports import columns
from bot.campaigns import MINUTE, Rehearsal, Share, Unreached
from conversations.campaigns import NOT_POSTED, TOO_LATE, Campaign, CampaignRoom, State, state_of
from conversations.model import Pace
from conversations.scheduling import BEFORE, Reminder
from conversations.wording import Wording, clock, day

MOST_WORKSPACES, MOST_LINES, MOST_ROOMS = 12, 5, 5
REHEARSED = "Rehearsal: nothing is sent, and nothing is written."
UNREACHED = {
    Unreached.NO_APP: "no app of that name is set up here",
    Unreached.NEVER_JOINED: "nobody has joined the room",
    Unreached.NOT_INSTALLED: "the bot is not installed in the workspace",
    Unreached.NEVER_ADDED: "the bot was never added to the room",
    Unreached.GONE: "the room was closed to the bot",
}
WHY = {
    TOO_LATE: "nothing ran while it was time",
    NOT_POSTED: "its first post has not arrived yet",
    "already_open": "a chat was open there already",
    "cancelled": "cancelled",
    "replaced": "its host changed it",
    "room_gone": "the room was closed to the bot",
    "outcome_unseen": "nobody saw whether its first post arrived",
}


def rehearsal(one: Rehearsal, named: int) -> list[str]:
    """How a campaign would go, in a page; `named` rooms are in the file."""
    asked = one.asked
    return [
        f"Guide     {asked.guide.title} ({asked.guide.key}, version {asked.guide.version})",
        f"Pace      {_pace(one)}",
        f"Rooms     {_rooms(one, named)}",
        f"When      {_when(one)}",
        f"Told      {_told(one)}",
        f"Over      {_moment(one.ends_at, asked.zone)}, at the latest" if one.held else "Over      nothing begins",
        f"Support   {_support(one)}",
        "",
        *_shares(one),
        *_unreached(one),
    ]


def refusals(one: Rehearsal, *, leave_out: bool) -> list[str]:
    """Why a campaign can't be begun so: a sentence each."""
    said = []
    if one.past:
        said.append("The time is past.")
    if one.on_holiday:
        said.append(f"{day(one.asked.first.date())} is a bank holiday: choose another day.")
    if one.too_short:
        said.append(f"--spread is too short: so many rooms take {_span(one.needed)} at the rates that are allowed.")
    if one.expiring:
        names = ", ".join(f"‘{entry.name}’ ({day(entry.expires_on)})" for entry in one.expiring if entry.expires_on)
        said.append(f"Support entries expire before it ends: {names}; check them and give them a later day.")
    if one.taken:
        others = ", ".join(sorted({str(campaign)[:8] for _, campaign in one.taken}))
        said.append(f"{_count(len(one.taken), 'room')} of these begin a campaign on that day already: {others}.")
    if not one.held:
        said.append("No room can be reached.")
    elif one.unreached and not leave_out:
        said.append(f"{_count(len(one.unreached), 'room')} can't be reached: take them out, or add --leave-out.")
    return said


def begun(made: Campaign) -> list[str]:
    """That a campaign is planned."""
    short = str(made.id)[:8]
    return [
        f"Campaign {made.id} is planned, in {_count(made.rooms, 'room')}.",
        f"`campaign show {short}` shows how it goes; `campaign cancel {short}` stops it.",
    ]


def listed(campaigns: Sequence[Campaign]) -> list[str]:
    """A line for each campaign."""
    rows = [["id", "when", "guide", "pace", "rooms", "cancelled (UTC)"]]
    for one in campaigns:
        cancelled = "-" if one.cancelled_at is None else f"{one.cancelled_at:%Y-%m-%d %H:%M}"
        when = f"{one.first:%Y-%m-%d %H:%M} {one.zone}"
        rows.append([str(one.id)[:8], when, one.guide, str(one.pace), f"{one.rooms:,}", cancelled])
    return columns(rows)


def shown(one: Campaign, rooms: Iterable[CampaignRoom], wording: Wording) -> list[str]:
    """How many rooms of a campaign stand where, and why; a few by name where something is wrong."""
    counts: Counter[State] = Counter()
    whys: Counter[tuple[State, str]] = Counter()
    names: defaultdict[tuple[State, str], list[str]] = defaultdict(list)
    for room in rooms:
        state, why = state_of(room)
        counts[state] += 1
        if why is not None:
            whys[state, why] += 1
            if len(names[state, why]) < MOST_ROOMS:
                names[state, why].append(_room(room))
    cancelled = "" if one.cancelled_at is None else f", cancelled on {_moment(one.cancelled_at, one.zone)}"
    lines = [
        f"Campaign {one.id}: {one.guide}, {one.pace}, {day(one.first.date())} from {clock(one.first.time())}{cancelled}"
    ]
    for state in State:
        lines.append(f"  {state}: {counts[state]:,}")
        for (of, why), count in sorted(whys.items()):
            if of is state:
                more = "" if count <= MOST_ROOMS else f" and {count - MOST_ROOMS:,} more"
                lines.append(f"    {_why(why, wording)}: {count:,} ({', '.join(names[of, why])}{more})")
    return lines


def every_room(rooms: Iterable[CampaignRoom]) -> Iterator[str]:
    """Where every room stands, as lines of CSV."""
    yield "platform,workspace,room,due (UTC),state,why"
    for one in rooms:
        state, why = state_of(one)
        at = one.room
        cells = (at.channel, at.workspace, at.address, f"{one.due_at:%Y-%m-%d %H:%M}", str(state), why or "")
        line = io.StringIO()
        csv.writer(line, lineterminator="").writerow(cells)
        yield line.getvalue()


def _pace(one: Rehearsal) -> str:
    guide = one.asked.guide
    if one.asked.pace is Pace.LIVE:
        return f"live, about {guide.minutes} minutes"
    return f"open, {_count(len(guide.questions), 'question')} of {_count(guide.open_days, 'working day')} each"


def _rooms(one: Rehearsal, named: int) -> str:
    workspaces = _count(len(one.shares), "workspace")
    said = f"{len(one.held):,} of {named:,} in {workspaces}"
    if one.unhosted:
        said += (
            f"; {one.unhosted:,} have no host: somebody there presses I’ll host, or the chat closes after 15 minutes"
        )
    return said


def _when(one: Rehearsal) -> str:
    asked = one.asked
    last = max((share.last_at for share in one.shares), default=None)
    until = "" if last is None else f" to {_moment(last, asked.zone, asked.first)}"
    return f"{day(asked.first.date())}, {clock(asked.first.time())}{until} ({asked.zone}), each room at its own moment"


def _told(one: Rehearsal) -> str:
    if one.asked.reminder is Reminder.NONE:
        return "not before"
    told = [held.reminder_at for held in one.held if held.reminder_at is not None]
    before = "a day before" if BEFORE[one.asked.reminder] >= timedelta(days=1) else "an hour before"
    if not told:
        return f"not before: {before} is past" if one.held else before
    said = f"{before}, from {_moment(min(told), one.asked.zone)}"
    untold = len(one.held) - len(told)
    return f"{said}; not {_count(untold, 'room')}, for which that is past" if untold else said


def _support(one: Rehearsal) -> str:
    if not one.expiring:
        return "every entry is shown until then"
    return ", ".join(f"‘{entry.name}’ expires on {day(entry.expires_on)}" for entry in one.expiring if entry.expires_on)


def _shares(one: Rehearsal) -> list[str]:
    rows = [["workspace", "rooms", "a minute", "allowed", "first", "last", "last post leaves"]]
    largest = sorted(one.shares, key=lambda share: -share.rooms)[:MOST_WORKSPACES]
    rows += [_share(share, one) for share in largest]
    lines = columns(rows) if one.shares else []
    more = len(one.shares) - MOST_WORKSPACES
    if more > 0:
        left = max(share.left_at for share in one.shares)
        lines.append(f"and {more:,} smaller workspaces; the last post of all leaves at {_time(left, one)}")
    return lines


def _share(share: Share, one: Rehearsal) -> list[str]:
    minutes = max(one.window / MINUTE, 1)
    return [
        f"{share.channel} {share.workspace}",
        f"{share.rooms:,}",
        f"{ceil(share.rooms / minutes):,}",
        "any" if share.allowed is None else f"{share.allowed.per_second * 60:,.0f}",
        _time(share.first_at, one),
        _time(share.last_at, one),
        _time(share.left_at, one),
    ]


def _unreached(one: Rehearsal) -> list[str]:
    if not one.unreached:
        return ["", "Every room can be reached."]
    lines: defaultdict[Unreached, list[int]] = defaultdict(list)
    for room, why in one.unreached:
        lines[why].append(room.line)
    said = ["", f"{_count(len(one.unreached), 'room')} can’t be reached:"]
    for why, numbers in lines.items():
        shown_ones = ", ".join(str(number) for number in numbers[:MOST_LINES])
        more = f" and {len(numbers) - MOST_LINES:,} more" if len(numbers) > MOST_LINES else ""
        where = "line" if len(numbers) == 1 else "lines"
        said.append(f"  {UNREACHED[why]}: {len(numbers):,} ({where} {shown_ones}{more})")
    return said


def _why(why: str, wording: Wording) -> str:
    sentence = wording.sentences.get(f"refused.{why}")
    return WHY.get(why) or (why if sentence is None or not isinstance(sentence, str) else sentence.partition(".")[0])


def _room(one: CampaignRoom) -> str:
    return f"{one.room.channel} {one.room.workspace} {one.room.address}"


def _moment(at: datetime, zone: str, beside: datetime | None = None) -> str:
    """A moment in a zone; its day is left out where it is that of the wall-clock time `beside`."""
    wall = at.astimezone(ZoneInfo(zone))
    said = clock(wall.time().replace(second=0, microsecond=0))
    return said if beside is not None and beside.date() == wall.date() else f"{day(wall.date())}, {said}"


def _time(at: datetime, one: Rehearsal) -> str:
    return _moment(at, one.asked.zone, one.asked.first)


def _span(span: timedelta) -> str:
    minutes = max(1, ceil(span / MINUTE))
    hours, rest = divmod(minutes, 60)
    return " ".join([*([_count(hours, "hour")] if hours else []), *([_count(rest, "minute")] if rest else [])])


def _count(count: int, what: str) -> str:
    return f"1 {what}" if count == 1 else f"{count:,} {what}s"
