"""The commands. The work is done by the parts that app.py hands over; here is what is asked and what is shown."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from adapters.cli import campaigns, exports, organisers, outbox, person, reports, rooms, slack, survey, teams
from adapters.cli.parts import DEBUG, Parts, Told
from bot.ports import Counts

Make = Callable[[bool], Parts]
"""Makes the parts, with or without debug."""


main = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
guides = typer.Typer(help="The questions.", no_args_is_help=True)
database = typer.Typer(help="The database.", no_args_is_help=True)
main.command("export")(exports.export)
main.command("import")(exports.take_back)
main.add_typer(campaigns.commands, name="campaign")
main.add_typer(organisers.commands, name="organiser")
main.add_typer(outbox.commands, name="outbox")
main.add_typer(guides, name="guides")
main.add_typer(database, name="db")
main.add_typer(person.commands, name="person")
main.add_typer(rooms.rooms, name="rooms")
main.add_typer(rooms.schedules, name="schedules")
main.add_typer(slack.commands, name="slack")
main.add_typer(survey.commands, name="survey")
main.add_typer(teams.commands, name="teams")


def run(make: Make, arguments: Sequence[str]) -> None:
    """Do what `arguments` ask for, and end the process with the exit code."""
    main(args=hoisted(arguments), obj=make, prog_name="python app.py")


def hoisted(arguments: Sequence[str]) -> list[str]:
    """`arguments` with --debug first: people add it at the end of what failed."""
    rest = [argument for argument in arguments if argument != DEBUG]
    return [DEBUG, *rest] if len(rest) < len(arguments) else rest


@main.callback()
def begin(
    context: typer.Context,
    debug: Annotated[  # noqa: FBT002 -- Typer makes an option of it
        bool, typer.Option(DEBUG, help="Show tracebacks. They may hold people's words: pass them on to nobody.")
    ] = False,
) -> None:
    """Team Leeds Chats: questions for a team to talk through together.

    Settings come from TEAM_LEEDS_... variables and from team-leeds.toml; docs/settings.md lists them.
    """
    make: Make = context.obj
    context.obj = Told(make(debug), debug=debug)


@main.command()
def chat(context: typer.Context) -> None:
    """Hold a chat in this terminal.

    Several people can share it: "Ana: words" answers as Ana. Lines are also read from a file or a pipe.
    """
    told: Told = context.obj
    told.run(told.parts.chat())


@main.command()
def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="The address to listen on. Usual: 127.0.0.1, this machine.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="The port to listen on. Usual: 3978.")] = None,
) -> None:
    """Serve Slack, deliver what waits, keep the time and answer on /healthz and /readyz, until SIGTERM or Ctrl-C."""
    told: Told = context.obj
    told.run(told.parts.serve(host, port))


@main.command()
def status(context: typer.Context) -> None:
    """Show chats by stage, how many people took part, and what waits or failed."""
    told: Told = context.obj
    counts, now = told.run(_counts(told.parts))
    typer.echo("\n".join(reports.status(counts, now)))


async def _counts(parts: Parts) -> tuple[Counts, datetime]:
    now = parts.now()
    async with parts.store() as store:
        return await store.read(lambda tx: tx.upkeep.counts(now)), now


@guides.command()
def check(
    context: typer.Context,
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="Usual: all the guides that chats here can follow.")
    ] = None,
) -> None:
    """Check guide files, and say where one is wrong."""
    told: Told = context.obj
    typer.echo("\n".join(reports.guides(told.do(lambda: told.parts.guides(folder)))))


@database.command()
def upgrade(context: typer.Context) -> None:
    """Make the tables, or bring them up to date. `chat` and `serve` do it when they start."""
    told: Told = context.obj
    told.run(_upgrade(told.parts))
    typer.echo("The database is up to date.")


async def _upgrade(parts: Parts) -> None:
    async with parts.store():
        pass
