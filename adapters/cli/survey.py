"""Commands about survey stores outside."""

from collections.abc import Sequence
from typing import Annotated

import typer

from adapters.cli import survey_reports
from adapters.cli.parts import Told, refuse

commands = typer.Typer(help="Survey stores outside.", no_args_is_help=True)
limesurvey = typer.Typer(help="LimeSurvey.", no_args_is_help=True)
commands.add_typer(limesurvey, name="limesurvey")


@commands.callback()
def survey() -> None:
    """Survey stores outside."""


@commands.command("reconcile")
def reconcile_all(
    context: typer.Context,
    destinations: Annotated[list[str] | None, typer.Argument(help="Which. Usual: all that can be asked.")] = None,
) -> None:
    """Compare what survey stores hold with what they were told; ask again for what was withdrawn and is still there."""
    _reconcile(context, destinations or [])


def _reconcile(context: typer.Context, destinations: Sequence[str]) -> None:
    told: Told = context.obj
    done = told.run(told.parts.reconcile(destinations))
    for one in done:
        typer.echo("\n".join(survey_reports.compared(one)))
    if not done:
        typer.echo("None of the survey stores can be asked what it holds.")
    if not all(one.is_clean for one in done):
        raise typer.Exit(1)


@limesurvey.command()
def setup(
    context: typer.Context,
    title: Annotated[str, typer.Option(help="What the survey is called in LimeSurvey.")] = "Team Leeds chats",
) -> None:
    """Make a survey that takes responses, with the questions of the guides here and hidden fields for the rest."""
    told: Told = context.obj
    number = told.do(lambda: told.parts.set_up_limesurvey(title))
    typer.echo(f"Made survey {number}. Set TEAM_LEEDS_LIMESURVEY_SURVEY={number}, and name limesurvey in")
    typer.echo("TEAM_LEEDS_DESTINATIONS. Then run: python app.py survey limesurvey check")


@limesurvey.command()
def check(
    context: typer.Context,
    number: Annotated[
        int | None, typer.Option("--survey", min=1, help="The survey's number. Usual: what the settings say.")
    ] = None,
) -> None:
    """Check that the survey is as responses need it, and say what to do where it is not."""
    told: Told = context.obj
    found = told.do(lambda: told.parts.check_limesurvey(number))
    typer.echo("\n".join(f"{'yes' if is_right else 'NO '}  {says}" for is_right, says in found))
    wrong = sum(not is_right for is_right, _ in found)
    if wrong:
        refuse(f"{wrong} of {len(found)} things are to be put right.")
    typer.echo("The survey is ready.")


@limesurvey.command()
def reconcile(context: typer.Context) -> None:
    """Compare what LimeSurvey holds with what it was told; ask again for what was withdrawn and is still there."""
    _reconcile(context, ["limesurvey"])
