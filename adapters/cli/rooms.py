"""Commands about rooms, and about what is planned in them."""

from pathlib import Path
from typing import Annotated

import typer

from adapters.cli.parts import Told

rooms = typer.Typer(help="Rooms that were joined.", no_args_is_help=True)
schedules = typer.Typer(help="What is planned.", no_args_is_help=True)

Force = Annotated[bool, typer.Option("--force", help="Write over what is there.")]


@rooms.callback()
def about_rooms() -> None:
    """Rooms that were joined."""


@schedules.callback()
def about_schedules() -> None:
    """What is planned."""


@rooms.command("export")
def export_rooms(
    context: typer.Context,
    *,
    out: Annotated[Path | None, typer.Option(help="The file to write. Usual: standard output.")] = None,
    force: Force = False,
) -> None:
    """Write the rooms that were joined as CSV, for `campaign`: whose they are, and no person."""
    told: Told = context.obj
    written = told.run(told.parts.rooms(out, force=force))
    if out is not None:
        typer.echo(f"{'1 room is' if written == 1 else f'{written:,} rooms are'} in {out}.")


@schedules.command("export")
def export_schedules(
    context: typer.Context,
    *,
    out: Annotated[Path, typer.Option(help="The file to write.")] = Path("schedules.ics"),
    workspace: Annotated[
        list[str] | None, typer.Option(help="Only in this workspace or tenant, by its id; may be given again.")
    ] = None,
    force: Force = False,
) -> None:
    """Write what is planned as a file that calendars read (.ics): rooms, times and guides, and no person."""
    told: Told = context.obj
    written = told.run(told.parts.calendar(out, workspace or (), force=force))
    typer.echo(f"{'1 schedule is' if written == 1 else f'{written:,} schedules are'} in {out}.")
