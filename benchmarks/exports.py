"""Measures exports, imports and `outbox list` with 100,000 of each: the whole commands, as an organiser runs them.

1. Each command is a process of its own, so its memory is its own: the most that it ever held, as the system counts it.
2. The responses are what people write: four answers of a few sentences, some very long, one in 50 withdrawn; some
   stories beside them. They come into the database by `import`, and out of it by `export`.
"""

import asyncio
import filecmp
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from uuid import UUID, uuid4

from sqlalchemy import bindparam, false, insert, literal_column

from adapters.cli.outbox import MOST_LISTED
from adapters.cli.reports import FAILED, WAITING, outbox
from adapters.export.lines import line_of
from benchmarks.asked import machine, parser, server
from benchmarks.report import Report, under
from bot.exported import Form
from bot.outbox import Status
from bot.outside import Consent, Item, SurveyEvent, Topic
from conversations.events import Sending
from conversations.model import Pace, Permission
from conversations.stories import PARTS
from storage.opening import open_store
from storage.sql import Statement, Values
from storage.tables import outbox as table
from storage.types import UtcTime

APP = Path(__file__).parents[1] / "app.py"
WATCHED = f"""
import atexit, runpy, sys
from benchmarks.measuring import resident_bytes
atexit.register(lambda: print(resident_bytes(most=True), file=sys.stderr))
runpy.run_path({str(APP)!r}, run_name="__main__")
"""
"""What the system counts for a child begins with its parent's memory; what a process says of itself does not."""
NOW = datetime(2026, 12, 8, tzinfo=UTC)
QUESTIONS = ("feelings", "together", "easier", "steps")
TALK = "we met the other team and wrote one rota it was hard at first and then it held for all of us"
MEGABYTES, SECONDS = under(200, " MB"), under(1, " s")
TOGETHER = 1_000
"""Rows of the outbox that are made in one transaction."""
_given = ("key", "lane", "gate", "kind", "effect", "status", "reason")
_same = {"priority": literal_column("20"), "attempts": literal_column("1"), "retrying": false()}
_times = dict.fromkeys(("due_at", "since", "done_at"), bindparam("at", type_=UtcTime()))
_row_of = {name: bindparam(name, type_=table.c[name].type) for name in _given}
ADD = Statement(insert(table).values({**_row_of, **_same, **_times}))


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command took: seconds, and the most memory, in bytes."""

    seconds: float
    memory: int


def main() -> None:
    """Measure what the command line asks for."""
    asked = parser("python -m benchmarks.exports", __doc__, quick="10,000 in place of 100,000")
    words = asked.parse_args()
    report = Report()
    many = 10_000 if words.quick else 100_000
    with tempfile.TemporaryDirectory(prefix="benchmark-", dir=words.folder) as name, server(words) as postgres:
        folder = Path(name)
        report.heading(machine(folder))
        places = {} if words.postgres else {"SQLite": f"sqlite:///{folder}/team-leeds.sqlite"}
        if postgres is not None:
            places["PostgreSQL"] = postgres.url(postgres.create())
        file = folder / "many.jsonl"
        _write(file, many)
        for kind, place in places.items():
            report.heading(f"{kind}, {many:,} responses ({file.stat().st_size / 1e6:,.0f} MB of JSON Lines)")
            _measure(place, folder, file, many, report)
    report.end()


def _measure(place: str, folder: Path, file: Path, many: int, report: Report) -> None:
    environment = {**os.environ, "TEAM_LEEDS_DATABASE_URL": place}
    _told(report, "import", _run(environment, "import", str(file)), many)
    for form in Form:
        out = folder / f"out-{form}"
        ran = _run(environment, "export", "--format", form, "--out", str(out), "--force")
        _told(report, f"export --format {form}", ran, many)
    same = filecmp.cmp(folder / "out-jsonl" / "responses.jsonl", file, shallow=False)
    report.line("the same bytes come out as went in", "yes" if same else "NO")
    asyncio.run(_list(place, many, report))
    ran = _run(environment, "outbox", "list")
    report.line("the whole command, from start to end", f"{ran.seconds:.2f} s")


def _told(report: Report, name: str, ran: Ran, many: int) -> None:
    peak = ran.memory / 1e6
    shown = f"{peak:.0f} MB at most; {many / ran.seconds:,.0f} a second"
    report.wanted(name, shown, peak, MEGABYTES)


def _run(environment: Mapping[str, str], *arguments: str) -> Ran:
    """Run a command of ours to its end, and have it say in the end what it needed. Raises CalledProcessError."""
    began = perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, *arguments], env=environment, cwd=APP.parent, capture_output=True, check=True
    )
    return Ran(perf_counter() - began, int(done.stderr.split()[-1]))


def _write(file: Path, many: int) -> None:
    chance = random.Random(7)
    keys = sorted(chance.getrandbits(128) for _ in range(many))
    with file.open("w", encoding="utf-8") as lines:
        for number, key in enumerate(keys):
            lines.write(f"{line_of(_event(number, UUID(int=key), chance))}\n")


def _event(number: int, key: UUID, chance: random.Random) -> SurveyEvent:
    made = SurveyEvent(
        id=UUID(int=chance.getrandbits(128)),
        subject=key,
        number=0,
        revision=1,
        sending=Sending.SUBMITTED,
        topic=Topic.RESPONSE,
        time=NOW,
        guide="team-leeds",
        guide_version=1,
        chat_key=UUID(int=number // 6 + 1),
        pace=Pace.LIVE,
        complete=True,
        organisation="A hospice",
        sector="third sector",
        team=f"Ward {number % 40}",
        fieldwork_start="2026-12-08",
        fieldwork_end="2026-12-08",
        items=tuple(Item(question, _said(chance), None, Permission.THEMES) for question in QUESTIONS),
    )
    return _other(made, number, chance)


def _other(made: SurveyEvent, number: int, chance: random.Random) -> SurveyEvent:
    """A withdrawal or a story, in place of some of the responses."""
    if number % 50 == 0:
        return SurveyEvent(
            id=made.id,
            subject=made.subject,
            number=0,
            revision=2,
            sending=Sending.WITHDRAWN,
            topic=Topic.RESPONSE,
            time=NOW,
            chat_key=made.chat_key,
        )
    if number % 50 == 1:
        return SurveyEvent(
            id=made.id,
            subject=made.subject,
            number=0,
            revision=1,
            sending=Sending.SUBMITTED,
            topic=Topic.STORY,
            time=NOW,
            fieldwork_start="2026-12-08",
            fieldwork_end="2026-12-08",
            items=tuple(Item(part, _said(chance), None, None) for part in PARTS),
            consent=Consent(
                internal=True, website=False, social_media=False, credit="Ward 7", wording="1", on=NOW.date()
            ),
        )
    return made


def _said(chance: random.Random) -> str:
    length = 3_000 if chance.random() < 1 / 500 else chance.randrange(5, 60)
    return " ".join(chance.choices(TALK.split(), k=length))


async def _list(place: str, many: int, report: Report) -> None:
    """Make rows that were given up, after three times as many that were sent; then list them, and count them."""
    store = await open_store(place, fresh=uuid4)
    for first in range(0, many * 4, TOGETHER):
        rows = [_row(number, dead=number >= many * 3) for number in range(first, first + TOGETHER)]
        await store.transact(lambda tx, rows=rows: tx.sql.later(ADD, rows, in_order=True))  # type: ignore[misc]
    for name, statuses in {"outbox list": [*WAITING, *FAILED], "outbox list --status dead": [Status.DEAD]}.items():
        began = perf_counter()
        lines = outbox(await store.read(lambda tx, statuses=statuses: tx.outbox.listed(statuses, MOST_LISTED)))  # type: ignore[misc]
        seconds = perf_counter() - began
        assert len(lines) == MOST_LISTED + 1
        report.wanted(name, f"{seconds:.3f} s, of {many:,} dead and {many * 3:,} sent", seconds, SECONDS)
    began = perf_counter()
    await store.read(lambda tx: tx.upkeep.counts(NOW))
    report.line("what `status` counts then", f"{perf_counter() - began:.3f} s")
    await store.close()


def _row(number: int, *, dead: bool) -> Values:
    about = {"do": "forward", "destination": "webhook", "subject": str(UUID(int=number + 1)), "revision": 1}
    status, reason = (Status.DEAD, "poison") if dead else (Status.SENT, None)
    told = {"key": f"webhook:{number}", "lane": f"webhook:{number}", "gate": "webhook", "kind": "forward"}
    return {**told, "effect": about, "status": status.value, "reason": reason, "at": NOW - timedelta(hours=1)}


if __name__ == "__main__":
    main()
