"""Words on their way out of the built-in survey store, and back into it: here alone, and always in the audit."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from adapters.cli.parts import Told, refuse
from adapters.cli.reports import band
from bot.exported import Exported, Form, Imported
from bot.outside import Address
from bot.whereabouts import FORMS, person_at


def export(
    context: typer.Context,
    *,
    form: Annotated[
        Form,
        typer.Option(
            "--format",
            help="csv: one row an answer; xlsx: the same for spreadsheets; jsonl: everything, for `import`.",
        ),
    ],
    out: Annotated[Path, typer.Option(help="The folder to write to. It is made if it is not there.")],
    guide: Annotated[str | None, typer.Option(help="Only responses under this guide, by its key.")] = None,
    analyst: Annotated[
        str | None, typer.Option(help=f"Only what this analyst may read. Who: {FORMS}.", metavar="WHO")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over what is there.")] = False,
) -> None:
    """Write what the built-in survey store holds to files."""
    told: Told = context.obj
    who = None if analyst is None else _person(analyst)
    with _progress("{task.completed:,.0f} responses") as written:
        exported = told.run(told.parts.export(form, out, guide, who, written, force=force))
    typer.echo("\n".join(_exported(exported, in_bands=who is not None)))


def take_back(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `export --format jsonl` wrote.")],
) -> None:
    """Read exported JSON Lines back into the built-in survey store; nothing newer is written over."""
    told: Told = context.obj
    with _progress("{task.completed:,.0f} lines") as taken:
        imported = told.run(told.parts.take_back(file, taken))
    typer.echo("\n".join(_imported(imported, file)))


@contextmanager
def _progress(says: str) -> Iterator[Callable[[int], None]]:
    """What hears how far it is, and shows it on a terminal."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415 -- only long work on a terminal pays for it
    from rich.progress import Progress, SpinnerColumn, TextColumn  # noqa: PLC0415

    columns = (SpinnerColumn(), TextColumn(says))
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=None)
        yield lambda done: progress.update(task, completed=done)


def _person(analyst: str) -> Address:
    try:
        return person_at(analyst)
    except ValueError:
        refuse(f"‘{analyst}’ names nobody: write {FORMS}.")


def _exported(exported: Exported, *, in_bands: bool) -> Iterator[str]:
    """What was written. What an analyst may read may be of few chats: it is counted in bands."""
    stories = next((path for path in exported.files if path.stem == "stories"), exported.files[0])
    yield f"{_counted(exported.responses, 'response', 'responses', in_bands=in_bands)} in {exported.files[0]}."
    if exported.stories:
        yield f"{_counted(exported.stories, 'story', 'stories', in_bands=in_bands)} in {stories}."
    if exported.formulas:
        yield (
            f"A spreadsheet may take {_number(exported.formulas, in_bands=in_bands)} of the answers for a formula:"
            " import the column as text, or take --format xlsx."
        )


def _counted(count: int, one: str, many: str, *, in_bands: bool) -> str:
    if count == 1 and not in_bands:
        return f"1 {one} is"
    number = _number(count, in_bands=in_bands)
    return f"{number[0].upper()}{number[1:]} {many} are"


def _number(count: int, *, in_bands: bool) -> str:
    return band(count) if in_bands else f"{count:,}"


def _imported(imported: Imported, file: Path) -> Iterator[str]:
    yield f"{imported.taken:,} of {imported.lines:,} lines of {file} are imported."
    if imported.held:
        yield f"Passed over, since they are held as they are, or newer: {imported.held:,}."
    if imported.overtaken:
        yield f"Passed over, since people changed or withdrew them later: {imported.overtaken:,}."
