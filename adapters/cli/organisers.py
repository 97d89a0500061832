"""Commands about who organises. Each change is in the audit."""

from collections.abc import Callable, Sequence
from typing import Annotated

import typer

from adapters.cli.parts import Parts, Told, refuse
from adapters.cli.reports import columns
from bot.house import House
from bot.outside import Address
from bot.ports import Transaction
from bot.registers import EVERYWHERE, Holder, Role
from bot.whereabouts import FORMS, is_workspace, person_at, written

SETTINGS = {Role.ORGANISER: "TEAM_LEEDS_ORGANISERS", Role.ANALYST: "TEAM_LEEDS_ANALYSTS"}

commands = typer.Typer(help="Who schedules chats, and who reads words to make findings.", no_args_is_help=True)

Who = Annotated[str, typer.Argument(help=f"Who: {FORMS}. An app with a name is slack-NAME.")]
In = Annotated[list[str] | None, typer.Option("--in", help="A workspace or tenant, by its id; may be given again.")]
Everywhere = Annotated[bool, typer.Option("--everywhere", help="In every workspace.")]
Analyst = Annotated[bool, typer.Option("--analyst", help="Not to organise, but to read words and make findings.")]


@commands.command()
def add(
    context: typer.Context, *, who: Who, within: In = None, everywhere: Everywhere = False, analyst: Analyst = False
) -> None:
    """Let somebody organise: in their own workspace, in those that are named, or everywhere."""
    holders = _holders(who, within, everywhere=everywhere, analyst=analyst) or [_own(who, analyst=analyst)]
    told: Told = context.obj
    gave = told.run(_changed(told.parts, holders, "added", lambda tx, holder: tx.roles.give(holder)))
    for holder, new in zip(holders, gave, strict=True):
        does = "organises" if holder.role is Role.ORGANISER else "is an analyst"
        already = "" if new else " already; nothing was changed"
        typer.echo(f"{written(holder.who)} {does} {_where(holder)}{already}.")


@commands.command()
def remove(
    context: typer.Context, *, who: Who, within: In = None, everywhere: Everywhere = False, analyst: Analyst = False
) -> None:
    """Take that back: for the workspaces that are named, else wherever it was given."""
    named = _holders(who, within, everywhere=everywhere, analyst=analyst)
    told: Told = context.obj
    one = _own(who, analyst=analyst)
    gone, by_settings = told.run(_removed(told.parts, one, named))
    for holder in gone:
        does = "organises" if holder.role is Role.ORGANISER else "is an analyst"
        typer.echo(f"{written(holder.who)} {does} no longer {_where(holder)}.")
    if by_settings:
        typer.echo(f"The settings name {written(one.who)} too: take them out of {SETTINGS[one.role]}.", err=True)
    if not gone:
        refuse(f"{written(one.who)} was not given that; `organiser list` shows who was.")


@commands.command("list")
def list_(context: typer.Context) -> None:
    """Show who organises and who is an analyst, where, and who said so."""
    told: Told = context.obj
    holders = told.run(_listed(told.parts))
    house = told.do(lambda: told.parts.house)
    by_settings = [(who, role) for role in Role for who in sorted(_by_settings(house, role), key=written)]
    rows = [[written(who), str(role), who.workspace, "the settings"] for who, role in by_settings]
    rows += [[written(holder.who), str(holder.role), holder.scope, "organiser add"] for holder in holders]
    lines = columns([["who", "role", "where", "named by"], *rows])
    typer.echo("\n".join(lines) if rows else "Nobody organises yet: `organiser add` lets somebody.")


async def _changed(
    parts: Parts, holders: Sequence[Holder], done: str, change: Callable[[Transaction, Holder], bool]
) -> list[bool]:
    """Do `change` for each of `holders`, with a line in the audit where it changed something."""
    now = parts.now()

    def work(tx: Transaction) -> list[bool]:
        changed = [change(tx, holder) for holder in holders]
        for holder, new in zip(holders, changed, strict=True):
            if new:
                tx.upkeep.note(f"{holder.role}_{done}", f"{written(holder.who)} {holder.scope}", parts.who, now)
        return changed

    async with parts.store() as store:
        return await store.transact(work)


async def _removed(parts: Parts, one: Holder, named: Sequence[Holder]) -> tuple[list[Holder], bool]:
    """What was taken from the holder of `one`, and whether the settings name them as well."""
    held = [holder for holder in await _listed(parts) if (holder.who, holder.role) == (one.who, one.role)]
    going = [holder for holder in held if not named or holder in named]
    await _changed(parts, going, "removed", lambda tx, holder: tx.roles.take(holder))
    return going, one.who in _by_settings(parts.house, one.role)


def _by_settings(house: House, role: Role) -> frozenset[Address]:
    return house.organisers if role is Role.ORGANISER else house.analysts


async def _listed(parts: Parts) -> Sequence[Holder]:
    async with parts.store() as store:
        return await store.read(lambda tx: tx.roles.listed())


def _own(who: str, *, analyst: bool) -> Holder:
    """The role of `who` in their own workspace."""
    found = _person(who)
    return Holder(found, Role.ANALYST if analyst else Role.ORGANISER, found.workspace)


def _holders(who: str, within: Sequence[str] | None, *, everywhere: bool, analyst: bool) -> list[Holder]:
    """The roles that the options name; none when they name no place."""
    one = _own(who, analyst=analyst)
    if everywhere and within:
        refuse("Say --everywhere or --in, not both.")
    for workspace in within or ():
        if not is_workspace(one.who.channel, workspace):
            refuse(f"‘{workspace}’ is no workspace of {one.who.channel}: name it by its id, like {one.who.workspace}.")
    scopes = [EVERYWHERE] if everywhere else dict.fromkeys(within or ())
    return [Holder(one.who, one.role, scope) for scope in scopes]


def _person(who: str) -> Address:
    try:
        return person_at(who)
    except ValueError:
        refuse(f"‘{who}’ names nobody: write {FORMS}.")


def _where(holder: Holder) -> str:
    return EVERYWHERE if holder.scope == EVERYWHERE else f"in {holder.scope}"
