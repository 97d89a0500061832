"""Commands about Slack."""

from enum import StrEnum
from typing import Annotated

import typer

from adapters.cli.parts import Told

commands = typer.Typer(help="Slack.", no_args_is_help=True)


class Form(StrEnum):
    """What a manifest is written as."""

    YAML = "yaml"
    JSON = "json"


@commands.command()
def manifest(
    context: typer.Context,
    url: Annotated[str, typer.Option(help="Where Slack reaches this server, like https://chats.example.org.")],
    form: Annotated[Form, typer.Option("--format", help="What to write it as.")] = Form.YAML,
    app: Annotated[str, typer.Option("--app", help="The name of one of several apps, as in the settings.")] = "",
    socket: Annotated[  # noqa: FBT002 -- Typer makes an option of it
        bool, typer.Option("--socket", help="For Socket Mode: Slack is called, and never calls.")
    ] = False,
) -> None:
    """Print the manifest to make the app with, at api.slack.com/apps."""
    told: Told = context.obj
    typer.echo(told.do(lambda: told.parts.manifest(url, form, app, socket=socket)), nl=False)
