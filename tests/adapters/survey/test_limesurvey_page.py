"""docs/survey-store.md about LimeSurvey: every field and every reason stands there, and its commands are ours."""

import re
from pathlib import Path

from typer.testing import CliRunner

from adapters.cli.commands import main
from adapters.survey import limesurvey, limesurvey_answers, limesurvey_responses, limesurvey_rows, limesurvey_wire
from adapters.survey.limesurvey_rows import DATES, HIDDEN, NONRESPONSE, PERMISSION, REFLECTION, WORDS, code
from app import App
from bot.survey_settings import OF

ROOT = Path(__file__).parents[3]
WHOLE = (ROOT / "docs" / "survey-store.md").read_text()
PAGE = WHOLE.partition("## LimeSurvey")[2].partition("\n## ")[0]
MODULES = (limesurvey, limesurvey_answers, limesurvey_responses, limesurvey_rows, limesurvey_wire)


def test_every_column_stands_there() -> None:
    """So that whoever owns the survey knows what each is."""
    columns = {"id", "token", *DATES, *HIDDEN, code(WORDS, REFLECTION)}
    columns |= {code(kind, "feelings") for kind in (WORDS, PERMISSION, NONRESPONSE)}

    assert {name for name in columns if f"`{name}`" not in PAGE} == set()


def test_every_reason_that_pauses_or_buries_stands_there() -> None:
    """As organisers see it."""
    sources = "\n".join(Path(module.__file__ or "").read_text() for module in MODULES)
    reasons = set(re.findall(r'(?:AtFault|Poison)(?:, |\()"([a-z_]+)"', sources))
    reasons |= set(re.findall(r'Difference\("([a-z_]+)"\)', sources)) | set(limesurvey_wire.AT_FAULT.values())

    told = set(re.findall(r"`([a-z_]+)`", PAGE))
    assert {"survey_closed", "cut", "unauthorised", "id_not_kept"} <= reasons
    assert reasons - told == {"bad_address", "no_such_type"}  # which no settings and no event of ours come to


def test_its_settings_and_commands_are_ours() -> None:
    """Whoever follows the page meets no other."""
    settings = set(re.findall(r"export TEAM_LEEDS_([A-Z_]+)=", PAGE))
    commands = re.findall(r"python app\.py ([a-z ]+)", PAGE)

    assert {name.lower() for name in settings} - set(OF) == {"destinations"}
    assert commands == ["survey limesurvey setup", "survey limesurvey check", "survey limesurvey reconcile"]
    for command in commands:
        told = CliRunner().invoke(main, [*command.split(), "--help"], obj=lambda debug: App(debug=debug))
        assert told.exit_code == 0
