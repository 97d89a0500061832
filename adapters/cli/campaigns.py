"""Commands about campaigns: one chat in each of many rooms. Each change is in the audit."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from adapters.cli.parts import Told, refuse

commands = typer.Typer(help="One chat in each of many rooms.", invoke_without_command=True)

Id = Annotated[str, typer.Argument(metavar="ID", help="Which, as `campaign list` shows it; its beginning is enough.")]


class Kind(StrEnum):
    """Paces, as they are written on the command line."""

    LIVE = "live"
    OPEN = "open"


class Before(StrEnum):
    """When rooms hear of it before."""

    DAY = "day"
    HOUR = "hour"
    NONE = "none"


@commands.callback()
def campaign(
    context: typer.Context,
    *,
    rooms: Annotated[Path | None, typer.Option(help="A CSV file of rooms, as `rooms export` writes it.")] = None,
    guide: Annotated[str | None, typer.Option(help="The key of the guide. Usual: the default guide.")] = None,
    at: Annotated[str | None, typer.Option(help="When, like “Monday 7 December 2026 9:30am”.")] = None,
    pace: Annotated[Kind, typer.Option(help="Led by a host, or questions that stay open for days.")] = Kind.LIVE,
    spread: Annotated[
        str | None, typer.Option(help="Over how long the rooms begin, like 2h or 45m. Usual: as short as can be.")
    ] = None,
    reminder: Annotated[Before, typer.Option(help="When each room is told before.")] = Before.DAY,
    rehearse: Annotated[
        bool, typer.Option("--rehearse", help="Show how it would go. Nothing is sent or kept.")
    ] = False,
    leave_out: Annotated[bool, typer.Option("--leave-out", help="Go on without rooms that can't be reached.")] = False,
) -> None:
    """Begin one chat in each of many rooms, over a stretch of time. Try it with --rehearse first."""
    if context.invoked_subcommand is not None:
        return
    if rooms is None or at is None:
        refuse("Say --rooms and --at; `campaign --help` shows how. `campaign list` shows what there is.")
    from adapters.cli import campaigning  # noqa: PLC0415 -- help shows at once: it needs no calendar

    told: Told = context.obj
    order = campaigning.Order(
        rooms=rooms,
        guide=guide,
        at=at,
        pace=pace,
        spread=spread,
        reminder=reminder,
        only_rehearse=rehearse,
        leave_out=leave_out,
    )
    done = told.run(campaigning.plan(told.parts, order))
    if done.lines:
        typer.echo("\n".join(done.lines))
    if done.refused:
        refuse(done.refused)


@commands.command("list")
def list_(context: typer.Context) -> None:
    """Show every campaign."""
    from adapters.cli import campaigning  # noqa: PLC0415 -- as above

    told: Told = context.obj
    typer.echo("\n".join(told.run(campaigning.listed(told.parts))))


@commands.command()
def show(
    context: typer.Context,
    which: Id,
    every_room: Annotated[  # noqa: FBT002 -- Typer makes an option of it
        bool, typer.Option("--every-room", help="A line for each room, as CSV.")
    ] = False,
) -> None:
    """Show what became of the rooms of a campaign: how many wait, have begun, were skipped or failed, and why."""
    from adapters.cli import campaigning  # noqa: PLC0415 -- as above

    told: Told = context.obj
    typer.echo("\n".join(told.run(campaigning.shown(told.parts, which, every_room=every_room))))


@commands.command()
def cancel(context: typer.Context, which: Id) -> None:
    """Begin no more chats of a campaign. Chats that have begun go on."""
    from adapters.cli import campaigning  # noqa: PLC0415 -- as above

    told: Told = context.obj
    stopped = told.run(campaigning.cancel(told.parts, which))
    if stopped is None:
        refuse("It was cancelled before; nothing was changed.")
    chats = "1 chat" if stopped == 1 else f"{stopped:,} chats"
    typer.echo(f"{chats} will not begin. What has begun goes on.")
