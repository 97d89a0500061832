"""Commands about survey stores outside."""

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
    told: Told = context.obj
    found = told.run(told.parts.reconcile_limesurvey())
    typer.echo("\n".join(survey_reports.compared(found)))
    if not found.is_clean:
        raise typer.Exit(1)
