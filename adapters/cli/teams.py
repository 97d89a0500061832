"""Commands about Microsoft Teams."""

from pathlib import Path
from typing import Annotated

import typer

from adapters.cli.parts import Told

commands = typer.Typer(help="Microsoft Teams.", no_args_is_help=True)


@commands.callback()
def teams() -> None:
    """Microsoft Teams."""


@commands.command()
def package(
    context: typer.Context,
    *,
    app_id: Annotated[str, typer.Option("--app-id", help="The application (client) id of the bot's registration.")],
    url: Annotated[str, typer.Option(help="Where Teams reaches this server, like https://chats.example.org.")],
    out: Annotated[Path, typer.Option(help="The file to write; it may not be there yet.")] = Path("package.zip"),
    notice: Annotated[
        str | None, typer.Option(help="The privacy notice that Teams shows beside the app; else the server's address.")
    ] = None,
    replies: Annotated[
        bool,
        typer.Option(
            "--with-replies/--without-replies",
            help="Ask each team to let the bot read replies that don't mention it, so that they count as answers.",
        ),
    ] = True,
) -> None:
    """Write the app's package, to upload in Teams or its admin centre."""
    told: Told = context.obj
    told.do(lambda: told.parts.package(app_id, url, out, notice=notice, replies=replies))
    typer.echo(f"Wrote {out}.")
