"""Commands for somebody who asks what is kept about them, or that it is erased. The audit notes both, by ids."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from adapters.cli.parts import Told, refuse
from bot.erased import Erased, Stands
from bot.outside import Address
from bot.whereabouts import FORMS, person_at, written
from conversations.mine import Survey

commands = typer.Typer(help="What is kept about one person: hand it over, or erase it.", no_args_is_help=True)

User = Annotated[str, typer.Option(help=f"Who: {FORMS}. An app with a name is slack-NAME.")]

CALLED_BACK = (
    "Can't be called back: e-mails, downloads and published findings. "
    "Messages stay in their rooms until somebody deletes them there."
)
FORGOT: Mapping[str, tuple[str, str]] = {
    "participants": ("the link to 1 chat", "the links to {count} chats"),
    "commitments": ("1 check-back", "{count} check-backs"),
    "reminders": ("1 reminder", "{count} reminders"),
    "people": ("their settings", ""),
    "references": ("how they are reached and called", ""),
    "proposals": ("1 schedule that they had not agreed to", "{count} schedules that they had not agreed to"),
    "schedules_made": ("whose 1 schedule is", "whose {count} schedules are"),
    "schedules_hosted": ("who hosts 1 schedule", "who hosts {count} schedules"),
    "rooms_hosted": ("who leads 1 room", "who leads {count} rooms"),
}
"""What was forgotten, by what it was: one of it, and several."""


@commands.command()
def export(
    context: typer.Context,
    *,
    user: User,
    out: Annotated[Path, typer.Option(help="The folder to write to. It is made if it is not there.")],
) -> None:
    """Write all that is kept about somebody as two new files, JSON and text, for them alone."""
    who, told = _person(user), _told(context)
    saved = told.run(told.parts.hand_over(who, out))
    if saved is None:
        typer.echo(f"Nothing is kept about {written(who)}.")
        return
    typer.echo(f"All that is kept about {written(who)} is in {saved.folder}: {' and '.join(saved.names)}.")
    typer.echo("Hand it to them in person or by a safe way, then delete it.")


@commands.command()
def erase(
    context: typer.Context,
    *,
    user: User,
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
) -> None:
    """Withdraw all that somebody said, everywhere, and forget who they are. It can't be undone."""
    who, told = _person(user), _told(context)
    if not yes:
        typer.confirm(f"Erase {written(who)}, with all that they said? It can't be undone", abort=True)
    erased = told.run(told.parts.erase(who))
    if erased is None:
        typer.echo(f"Nothing is kept about {written(who)}.")
        return
    typer.echo("\n".join(_said(who, erased)))


@commands.command()
def check(
    context: typer.Context,
    keys: Annotated[list[UUID], typer.Argument(help="The keys that `person erase` named.")],
) -> None:
    """Look what survey stores did since somebody was erased."""
    told = _told(context)
    stands = told.run(told.parts.erased(keys))
    lines = list(_stores(stands))
    typer.echo("\n".join(lines) if lines else "No survey store was ever told of anything under these keys.")


def _person(user: str) -> Address:
    try:
        return person_at(user)
    except ValueError:
        refuse(f"‘{user}’ names nobody: write {FORMS}.")


def _told(context: typer.Context) -> Told:
    told: Told = context.obj
    return told


def _said(who: Address, erased: Erased) -> Iterator[str]:
    done = erased.withdrawn
    counts = {"answer": done.answers, "reflection": done.reflections, "contact request": done.requests}
    said = [_many(count, what) for what, count in counts.items() if count]
    said += [f"{done.stories} {'story' if done.stories == 1 else 'stories'}"] if done.stories else []
    yield f"{written(who)} is erased."
    if said:
        yield f"Withdrawn: {', '.join(said)}."
    if done.left:
        yield f"{_many(done.left, 'chat')} without a host now: anybody there is offered to take over."
    forgot = [_counted(count, *FORGOT[name]) for name, count in erased.forgot.items() if count and name in FORGOT]
    if forgot:
        yield f"Forgotten: {', '.join(forgot)}."
    if erased.roles:
        roles = ", ".join(f"{holder.role} in {holder.scope}" for holder in erased.roles)
        yield f"They keep their roles ({roles}): `organiser remove {written(who)}` takes them away."
    for elsewhere in erased.elsewhere:
        yield f"The same id is known elsewhere: if it is the same person, erase {written(elsewhere)} too."
    yield from _stores(erased.stands)
    yield CALLED_BACK


def _stores(stands: Stands) -> Iterator[str]:
    """What each survey store did, and under which keys to look again."""
    begins = {
        Survey.DONE: "Gone from",
        Survey.ASKED: "Asked to remove it",
        Survey.FAILED: "Could not be removed by us, see to it there",
    }
    for did, begin in begins.items():
        stores = sorted({store for by_store in stands.values() for store, what in by_store.items() if what is did})
        if stores:
            yield f"{begin}: {', '.join(stores)}."
    open_ = [key for key, by_store in stands.items() if set(by_store.values()) - {Survey.DONE}]
    if open_:
        yield f"Look again: python app.py person check {' '.join(map(str, open_))}"


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _counted(count: int, one: str, several: str) -> str:
    return one if count == 1 or not several else several.format(count=count)
