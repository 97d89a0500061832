"""What organisers are shown, as lines of plain text: numbers and ids, never words. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.outbox import OutboxCount, OutboxLine, Status
from bot.ports import Counts
from conversations.model import Guide, Stage

WAITING = (Status.READY, Status.ATTEMPTED)
FAILED = (Status.DEAD, Status.UNKNOWN)

BANDS = ((20, "over 20"), (10, "11 to 20"), (4, "5 to 10"))
"""What holds more people than its number; of fewer, somebody could be counted out."""


def status(counts: Counts, now: datetime) -> list[str]:
    """Chats by stage, how many took part, what waits and what failed; `now` is UTC."""
    chats = [f"  {stage}: {counts.chats[stage]}" for stage in Stage if stage in counts.chats]
    deliveries = [
        f"  {kind} to {destination}: {state}"
        for kind, destination in sorted({(line.kind, line.destination) for line in counts.outbox})
        for state in _states(
            [line for line in counts.outbox if (line.kind, line.destination) == (kind, destination)], now
        )
    ]
    return [
        "Chats",
        *(chats or ["  none yet"]),
        "People who took part",
        f"  {band(counts.took_part)}",
        "Deliveries",
        *(deliveries or ["  nothing waits, nothing failed"]),
        *_resting(counts, now),
    ]


def _resting(counts: Counts, now: datetime) -> list[str]:
    """What nothing goes to for a while, since it failed or asked for it."""
    lines = [f"  {key}: in {age(until - now)}" for key, until in sorted(counts.resting.items())]
    return ["Left alone for a while, and tried again", *lines] if lines else []


def band(people: int) -> str:
    """How many people, so that nobody can be counted out."""
    return next((words for over, words in BANDS if people > over), "fewer than 5")


def age(span: timedelta) -> str:
    """A length of time, in its largest unit."""
    minutes = int(span.total_seconds()) // 60
    for unit, length in (("day", 24 * 60), ("hour", 60), ("minute", 1)):
        if minutes >= length:
            count = minutes // length
            return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
    return "less than a minute"


def outbox(lines: Sequence[OutboxLine]) -> list[str]:
    """Rows of the outbox in columns."""
    rows = [["id", "status", "kind", "destination", "attempts", "due (UTC)", "reason", "key"]]
    for line in lines:
        due, reason = f"{line.due_at:%Y-%m-%d %H:%M}", line.reason or "-"
        cells = (line.id, line.status, line.kind, line.destination, line.attempts, due, reason, line.key)
        rows.append([str(cell) for cell in cells])
    return columns(rows)


def row(line: OutboxLine, now: datetime) -> list[str]:
    """Everything about one row of the outbox; `now` is UTC."""
    since = line.since or line.due_at
    facts = {
        "id": str(line.id),
        "key": line.key,
        "kind": line.kind,
        "destination": line.destination,
        "status": line.status,
        "attempts": str(line.attempts),
        "due at first": f"{since:%Y-%m-%d %H:%M} UTC, {age(now - since)} ago" if since <= now else _minute(since),
        "due": _minute(line.due_at),
        "too late from": _minute(line.expires_at),
        "done": _minute(line.done_at),
        "reason": line.reason or "-",
    }
    return columns(list(facts.items()))


def _minute(at: datetime | None) -> str:
    return "-" if at is None else f"{at:%Y-%m-%d %H:%M} UTC"


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows as lines, each column as wide as what is in it."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def guides(found: Sequence[Guide]) -> list[str]:
    """A line for each guide."""
    return [
        f"{guide.key}, version {guide.version}: {guide.title}. "
        f"{_count(len(guide.questions), 'question')}, {_count(guide.minutes, 'minute')}."
        for guide in found
    ]


def _count(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _reasons(lines: Sequence[OutboxCount]) -> str:
    """Why they failed: classes of failure, never a text of the other side."""
    why = [(line.count, line.reason) for line in lines if line.reason is not None]
    return f" ({', '.join(f'{count} {reason}' for count, reason in why)})" if why else ""


def _states(lines: Sequence[OutboxCount], now: datetime) -> list[str]:
    said = []
    for words, statuses in (("waiting", WAITING), ("failed", FAILED)):
        meant = [line for line in lines if line.status in statuses]
        due = [line.oldest_due_at for line in meant if line.oldest_due_at is not None]
        if meant:
            oldest = f"the oldest for {age(now - min(due))}" if due else "none due yet"
            said.append(f"{sum(line.count for line in meant)} {words}, {oldest}{_reasons(meant)}")
    return said
