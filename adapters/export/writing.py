"""What the embedded survey store holds, as files: CSV with a frictionless data package, or JSON Lines.

1. One row, or one line, is in memory at a time; a file has its name only once it is whole, and only its owner reads it.
2. Rows stand in the order of their response keys, which are random: it says nothing of who wrote when.
3. Words are written exactly as they were said (docs/decisions/0008): whoever opens the CSV in a spreadsheet is told
   how many of them a spreadsheet might take for a formula.
4. A withdrawn response is one row without words, so that whoever has an older file learns of it.
"""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol
from uuid import UUID

from adapters.export.package import COLUMNS, WHOLE, data_package
from adapters.export.part import CannotExport, Part, becoming, in_words
from conversations.events import Sending

FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # noqa: RUF001 -- the wide ones work in spreadsheets too
"""What words begin with that a spreadsheet may take for a formula."""

ONLY_OURS = 0o700


class Form(StrEnum):
    """The kinds of files."""

    CSV = "csv"
    JSONL = "jsonl"


FILES: Mapping[Form, tuple[str, ...]] = {
    Form.CSV: ("responses.csv", "datapackage.json"),
    Form.JSONL: ("responses.jsonl",),
}


class Row(Protocol):
    """A row of the survey store. `link_id` None is the response itself; its `about` holds for the rows after it."""

    @property
    def subject(self) -> UUID: ...
    @property
    def revision(self) -> int: ...
    @property
    def status(self) -> Sending: ...
    @property
    def about(self) -> Mapping[str, object] | None: ...
    @property
    def link_id(self) -> str | None: ...
    @property
    def verbatim(self) -> str | None: ...
    @property
    def nonresponse(self) -> str | None: ...
    @property
    def permission(self) -> str | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is wanted: which form, where, of which guide (None: all), and whether to write over what is there."""

    form: Form
    folder: Path
    guide: str | None = None
    force: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was written. `formulas`: answers that a spreadsheet may take for a formula."""

    files: tuple[Path, ...]
    responses: int
    formulas: int

    def says(self) -> list[str]:
        """What to tell whoever asked."""
        count = "1 response is" if self.responses == 1 else f"{self.responses:,} responses are"
        told = [f"{count} in {self.files[0]}."]
        if self.formulas:
            told.append(
                f"A spreadsheet may take {self.formulas:,} of the answers for a formula: import the column as text."
            )
        return told


@dataclass(slots=True)
class _Response:
    """One response with its items, gathered from its rows."""

    first: Row
    about: Mapping[str, object]
    items: list[Row] = field(default_factory=list)


def refuse_overwriting(order: Order) -> None:
    """Raise CannotExport if a file is in the way that `order` may not write over."""
    if order.force:
        return
    for path in (order.folder / name for name in FILES[order.form]):
        if path.exists():
            raise CannotExport(f"{path} is there already: choose another folder, or add --force to write over it.")


def write(order: Order, rows: Iterable[Row], now: datetime, written: Callable[[int], None]) -> Exported:
    """Write what `rows` say, in place of what is there; `written` hears how many responses are done. `now` is UTC.

    Raises CannotExport, and what `rows` raise.
    """
    with in_words(order.folder):
        order.folder.mkdir(ONLY_OURS, parents=True, exist_ok=True)
    guides: set[str] = set()
    done = formulas = 0
    path = order.folder / FILES[order.form][0]
    with becoming(path) as part:
        put = _csv_writer(part) if order.form is Form.CSV else _jsonl_writer(part)
        for response in _responses(rows):
            guides.add(str(response.about["guide"]))
            if order.guide in {None, response.about["guide"]}:
                put(response)
                done += 1
                formulas += sum((item.verbatim or "").startswith(FORMULA) for item in response.items)
                written(done)
        if order.guide is not None and not done:
            known = f"there are some under {', '.join(sorted(guides))}" if guides else "there is none at all yet"
            raise CannotExport(f"There is no response under the guide ‘{order.guide}’; {known}.")
    if order.form is Form.CSV:
        with becoming(order.folder / FILES[Form.CSV][1]) as package:
            package.write(json.dumps(data_package(path.name, part, now), ensure_ascii=False, indent=2) + "\n")
    return Exported(files=tuple(order.folder / name for name in FILES[order.form]), responses=done, formulas=formulas)


def _responses(rows: Iterable[Row]) -> Iterator[_Response]:
    response: _Response | None = None
    for row in rows:
        if row.link_id is None:
            if response is not None:
                yield response
            response = _Response(row, row.about or {})
        elif response is not None:
            response.items.append(row)
    if response is not None:
        yield response


def _csv_writer(part: Part) -> Callable[[_Response], None]:
    lines = csv.writer(part, lineterminator="\r\n")  # RFC 4180
    lines.writerow(COLUMNS)

    def put(response: _Response) -> None:
        first, about = response.first, response.about
        same = (first.subject, first.revision, first.status, about["guide"], about["guide_version"], about["chat_key"])
        if first.status is Sending.WITHDRAWN:
            lines.writerow((*same, WHOLE, None, None, None))
        for item in response.items:
            lines.writerow((*same, item.link_id, item.verbatim, item.nonresponse, item.permission))

    return put


def _jsonl_writer(part: Part) -> Callable[[_Response], None]:
    def put(response: _Response) -> None:
        first = response.first
        items = [
            {
                "link_id": item.link_id,
                "verbatim": item.verbatim,
                "nonresponse": item.nonresponse,
                "permission": item.permission,
            }
            for item in response.items
        ]
        whole = {
            "response_key": str(first.subject),
            "revision": first.revision,
            "status": first.status,
            **response.about,
            "items": items,
        }
        part.write(json.dumps(whole, ensure_ascii=False) + "\n")

    return put
