"""Commands about what is to leave. What organisers do to it is in the audit."""

from collections.abc import Sequence
from typing import Annotated

import typer

from adapters.cli import reports
from adapters.cli.parts import Parts, Told, refuse
from bot.outbox import OutboxLine, Status
from bot.ports import Transaction

MOST_LISTED = 200
MOST_REPLAYED = 100_000

commands = typer.Typer(help="What is to leave: messages and responses.", no_args_is_help=True)

Destination = Annotated[
    str | None, typer.Option(help="Only what goes there: a survey store, or a gate as `outbox list` shows it.")
]
Ids = Annotated[list[int] | None, typer.Argument(metavar="[ID]...", help="Which, as `outbox list` shows them.")]


@commands.command("list")
def list_(
    context: typer.Context,
    status: Annotated[
        list[Status] | None, typer.Option(help="Which to show; may be given again. Usual: what is not done.")
    ] = None,
    destination: Destination = None,
) -> None:
    """Show what waits or failed, the oldest first, without anybody's words."""
    told: Told = context.obj
    lines = told.run(_listed(told.parts, status or [*reports.WAITING, *reports.FAILED], destination))
    typer.echo("\n".join(reports.outbox(lines[:MOST_LISTED])) if lines else "There is nothing to show.")
    if len(lines) > MOST_LISTED:
        typer.echo(f"Only the first {MOST_LISTED} are shown.")


async def _listed(parts: Parts, statuses: Sequence[Status], destination: str | None) -> Sequence[OutboxLine]:
    async with parts.store() as store:
        return await store.read(lambda tx: tx.outbox.listed(statuses, MOST_LISTED + 1, destination))


@commands.command()
def show(
    context: typer.Context, row: Annotated[int, typer.Argument(metavar="ID", help="Which, as `outbox list` shows it.")]
) -> None:
    """Show everything about one row, without anybody's words."""
    told: Told = context.obj
    line = told.run(_line(told.parts, row))
    if line is None:
        refuse(f"There is no row {row}: see `outbox list`.")
    typer.echo("\n".join(reports.row(line, told.parts.now())))


async def _line(parts: Parts, row: int) -> OutboxLine | None:
    async with parts.store() as store:
        return await store.read(lambda tx: tx.outbox.line(row))


@commands.command()
def replay(
    context: typer.Context,
    ids: Ids = None,
    all_dead: Annotated[bool, typer.Option("--all-dead", help="All that were given up.")] = False,  # noqa: FBT002
    destination: Destination = None,
) -> None:
    """Try again what is dead, unknown or expired. A program that is running does it at once."""
    if bool(ids) == all_dead:
        raise typer.BadParameter("give ids or --all-dead, and not both")
    if ids and destination:
        raise typer.BadParameter("--destination goes with --all-dead", param_hint="--destination")
    told: Told = context.obj
    done = told.run(_replay(told.parts, ids, destination))
    typer.echo(f"{done} of {len(ids)} will be tried again." if ids else f"{done} will be tried again.")
    _refuse_if_less(done, ids, "Only what is dead, unknown or expired can be tried again")


async def _replay(parts: Parts, ids: Sequence[int] | None, destination: str | None) -> int:
    now = parts.now()

    def work(tx: Transaction) -> int:
        wanted = ids or [line.id for line in tx.outbox.listed([Status.DEAD], MOST_REPLAYED, destination)]
        done = [id_ for id_ in wanted if tx.outbox.replay([id_], now)]
        for id_ in done:
            tx.upkeep.note("outbox_replayed", f"outbox:{id_}", parts.who, now)
        return len(done)

    async with parts.store() as store:
        return await store.transact(work)


@commands.command()
def discard(
    context: typer.Context,
    ids: Annotated[list[int], typer.Argument(metavar="ID...", help="Which, as `outbox list` shows them.")],
    why: Annotated[str, typer.Option(help="The reason, for the audit. Without names or anybody's words.")],
) -> None:
    """Give up what waits or failed, with a written reason."""
    if not why.strip():
        raise typer.BadParameter("write a reason", param_hint="--why")
    told: Told = context.obj
    done = told.run(_discard(told.parts, ids, why.strip()))
    typer.echo(f"{done} of {len(ids)} discarded.")
    _refuse_if_less(done, ids, "The others are not there, or done already")


async def _discard(parts: Parts, ids: Sequence[int], why: str) -> int:
    now = parts.now()
    async with parts.store() as store:
        return await store.transact(lambda tx: tx.outbox.discard(ids, why, parts.who, now))


def _refuse_if_less(done: int, ids: Sequence[int] | None, why: str) -> None:
    if ids and done < len(set(ids)):
        typer.echo(f"{why}: see `outbox list`.", err=True)
        raise typer.Exit(1)
