"""What the embedded survey store holds, as files: CSV with a frictionless data package, JSON Lines, or a workbook.

1. One response is in memory at a time; a file has its name only once it is whole, and only its owner reads it.
2. They stand in the order of their keys, which are random: it says nothing of who wrote when.
3. Words are written exactly as they were said (docs/decisions/0008): whoever opens the CSV in a spreadsheet is told
   how many of them a spreadsheet might take for a formula.
4. What was withdrawn is there without words, so that whoever has an older file learns of it.
"""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from adapters.export.lines import line_of
from adapters.export.package import FIELDS, columns, data_package
from adapters.export.part import CannotExport, becoming, in_words
from adapters.export.tables import Cell, rows_of, table_of
from bot.exported import Exported, Form
from bot.outside import SurveyEvent, Topic
from conversations.events import Sending

FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # noqa: RUF001 -- the wide ones work in spreadsheets too
"""What words begin with that a spreadsheet may take for a formula."""

ONLY_OURS = 0o700

FILES: Mapping[Form, tuple[str, ...]] = {
    Form.CSV: ("responses.csv", "stories.csv", "datapackage.json"),
    Form.JSONL: ("responses.jsonl",),
    Form.XLSX: ("responses.xlsx",),
}

Put = Callable[[SurveyEvent], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is wanted: which form, where, of which guide (None: all), and whether to write over what is there.

    With a guide there are no stories, which are told under none. `for_analyst`: what is written is not all there is.
    """

    form: Form
    folder: Path
    guide: str | None = None
    force: bool = False
    for_analyst: bool = False

    @property
    def files(self) -> tuple[Path, ...]:
        """What will be there."""
        return tuple(self.folder / name for name in FILES[self.form])


@dataclass(slots=True)
class _Done:
    """How far it is."""

    responses: int = 0
    stories: int = 0
    formulas: int = 0

    def count(self, event: SurveyEvent) -> None:
        """Count what was written."""
        if event.topic is Topic.STORY:
            self.stories += 1
        else:
            self.responses += 1
        self.formulas += sum((item.verbatim or "").startswith(FORMULA) for item in event.items)


def refuse_overwriting(order: Order) -> None:
    """Raise CannotExport if a file is in the way that `order` may not write over."""
    if order.force:
        return
    for path in order.files:
        if path.exists():
            raise CannotExport(f"{path} is there already: choose another folder, or add --force to write over it.")


def write(order: Order, events: Iterable[SurveyEvent], now: datetime, written: Callable[[int], None]) -> Exported:
    """Write `events`, in place of what is there; `written` hears how many responses are done. `now` is UTC.

    Raises CannotExport, and what `events` raise.
    """
    with in_words(order.folder):
        order.folder.mkdir(ONLY_OURS, parents=True, exist_ok=True)
    done = _Done()
    guides: set[str] = set()
    with _WRITERS[order.form](order, now) as put:
        for event in events:
            if event.guide is not None:
                guides.add(event.guide)
            if _is_wanted(event, order.guide):
                put(event)
                done.count(event)
                written(done.responses + done.stories)
        if order.guide is not None and order.guide not in guides:
            known = f"there are some under {', '.join(sorted(guides))}" if guides else "there is none at all yet"
            raise CannotExport(f"There is no response under the guide ‘{order.guide}’; {known}.")
    formulas = done.formulas if order.form is Form.CSV else 0
    return Exported(files=order.files, responses=done.responses, stories=done.stories, formulas=formulas)


def _is_wanted(event: SurveyEvent, guide: str | None) -> bool:
    """Whether it goes into a file of `guide`. A withdrawal that has lost its guide goes into all."""
    if guide is None:
        return True
    if event.topic is Topic.STORY:
        return False
    return event.guide == guide or (event.guide is None and event.sending is Sending.WITHDRAWN)


@contextmanager
def _as_csv(order: Order, now: datetime) -> Iterator[Put]:
    with ExitStack() as stack:
        parts = {name: stack.enter_context(becoming(order.folder / f"{name}.csv")) for name in FIELDS}
        tables = {name: csv.writer(part, lineterminator="\r\n") for name, part in parts.items()}  # RFC 4180
        for name, table in tables.items():
            table.writerow(columns(FIELDS[name]))
        yield lambda event: tables[table_of(event)].writerows([_spelt(cell) for cell in row] for row in rows_of(event))
        package = stack.enter_context(becoming(order.folder / FILES[Form.CSV][-1]))
        package.write(json.dumps(data_package(parts, now), ensure_ascii=False, indent=2) + "\n")


def _spelt(cell: Cell) -> Cell:
    return str(cell).lower() if isinstance(cell, bool) else cell


@contextmanager
def _as_lines(order: Order, _: datetime) -> Iterator[Put]:
    def put(event: SurveyEvent) -> None:
        part.write(f"{line_of(event, for_analyst=order.for_analyst)}\n")

    with becoming(order.files[0]) as part:
        yield put


@contextmanager
def _as_workbook(order: Order, now: datetime) -> Iterator[Put]:
    from adapters.export.sheets import workbook  # noqa: PLC0415 -- the other forms need not wait for it to load

    def put(event: SurveyEvent) -> None:
        for row in rows_of(event):
            sheets.put(table_of(event), row)

    with becoming(order.files[0]) as part, workbook(part.file, order.folder, now) as sheets:
        yield put


_WRITERS = {Form.CSV: _as_csv, Form.JSONL: _as_lines, Form.XLSX: _as_workbook}
