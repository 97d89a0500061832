"""What an administrator does with LimeSurvey by command line: makes the survey, checks it, and reads what is wrong."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from typer.testing import CliRunner, Result

from adapters.cli.commands import main
from adapters.cli.survey_reports import compared
from app import App
from bot.ledger import Compared, Entry
from bot.outside import Topic
from conversations.events import Sending
from tests.logging_left import left_as_found
from tests.peers.limesurvey import LimeSurveyPeer, limesurvey_peer
from tests.peers.slack_stage import Clock

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No settings of anybody's; leave logging as it was found."""
    for name in os.environ:
        if name.upper().startswith("TEAM_LEEDS_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    with left_as_found():
        yield


@pytest.fixture
async def peer(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[LimeSurveyPeer]:
    """An installation that the settings know."""
    async with limesurvey_peer(Clock()) as made:
        made.account("bot", "a-password")
        monkeypatch.setenv("TEAM_LEEDS_LIMESURVEY_URL", made.url)
        monkeypatch.setenv("TEAM_LEEDS_LIMESURVEY_USER", "bot")
        monkeypatch.setenv("TEAM_LEEDS_LIMESURVEY_PASSWORD", "a-password")
        yield made


async def run(*arguments: str) -> Result:
    """Run a command beside the stand-in."""
    return await asyncio.to_thread(
        CliRunner().invoke, main, list(arguments), obj=lambda debug: App(debug=debug, clock=lambda: NOW)
    )


async def test_a_survey_is_made_and_found_right(peer: LimeSurveyPeer, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the questions of the guides here; its number is what the settings want."""
    made = await run("survey", "limesurvey", "setup")
    number = peer.survey.sid
    monkeypatch.setenv("TEAM_LEEDS_LIMESURVEY_SURVEY", str(number))
    checked = await run("survey", "limesurvey", "check")

    assert (made.exit_code, made.stderr, made.stdout.splitlines()) == (
        0,
        "",
        [
            f"Made survey {number}. Set TEAM_LEEDS_LIMESURVEY_SURVEY={number}, and name limesurvey in",
            "TEAM_LEEDS_DESTINATIONS. Then run: python app.py survey limesurvey check",
        ],
    )
    assert (checked.exit_code, checked.stderr) == (0, "")
    lines = checked.stdout.splitlines()
    assert lines[0] == "yes  It is active."
    assert lines[-1] == "The survey is ready."
    assert [line for line in lines if "question" in line] == [
        f"yes  It has the question “q{key}”, for long texts."
        for key in ("feelings", "together", "easier", "steps", "reflection")
    ]


async def test_the_usual_guide_words_the_questions(peer: LimeSurveyPeer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where two guides ask under one key."""
    monkeypatch.setenv("TEAM_LEEDS_DEFAULT_GUIDE", "team-leeds-today")
    await run("survey", "limesurvey", "setup", "--title", "Ours")

    wordings = {one.code: one.text for one in peer.survey.questions.values()}
    assert (peer.survey.title, wordings["qfeelings"]) == ("Ours", "How has it felt for you at work lately?")


async def test_what_is_wrong_is_told_and_the_exit_code_says_so(peer: LimeSurveyPeer) -> None:
    """One line each, with what to do."""
    await run("survey", "limesurvey", "setup")
    peer.survey.properties["listpublic"] = "Y"
    checked = await run("survey", "limesurvey", "check", "--survey", str(peer.survey.sid))

    assert "NO   In LimeSurvey set “List survey publicly” to Off." in checked.stdout.splitlines()
    assert (checked.exit_code, checked.stderr) == (1, "1 of 15 things are to be put right.\n")


async def test_both_sides_are_compared(peer: LimeSurveyPeer, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is there, what is not, and what should not be; the exit code says whether they agree."""
    await run("survey", "limesurvey", "setup")
    monkeypatch.setenv("TEAM_LEEDS_LIMESURVEY_SURVEY", str(peer.survey.sid))
    monkeypatch.setenv("TEAM_LEEDS_DESTINATIONS", "embedded, limesurvey")
    clean = await run("survey", "limesurvey", "reconcile")
    peer.survey.rows[1_000_000_007] = dict.fromkeys(peer.survey.columns or ()) | {
        "id": "1000000007",
        "token": "0f8fad5b-d9cb-469f-a165-70867728950e",
    }
    extra = await run("survey", "limesurvey", "reconcile")
    peer.survey.deactivate()
    away = await run("survey", "limesurvey", "reconcile")

    assert [(one.exit_code, one.stdout.splitlines()) for one in (clean, extra, away)] == [
        (0, ["limesurvey holds 0 things; 0 still to be told.", "Both sides say the same of 0 things."]),
        (
            1,
            [
                "limesurvey holds 1 thing; 0 still to be told.",
                "Extra: it was never told of it by us. (1)",
                "  0f8fad5b-d9cb-469f-a165-70867728950e",
            ],
        ),
        (1, ["limesurvey could not be asked what it holds (survey_closed). Nothing was compared."]),
    ]
    assert clean.stderr == ""


def test_a_comparison_shows_keys_alone_and_counts_the_rest() -> None:
    """Each kind of difference has its own words."""
    keys = [UUID(int=number) for number in range(23)]
    entry = Entry(
        destination="limesurvey",
        subject=keys[3],
        topic=Topic.RESPONSE,
        number=3,
        revision=2,
        sending=Sending.WITHDRAWN,
    )
    found = Compared(destination="limesurvey", held=1_234, missing=keys, behind=keys[:1], present=[entry])

    lines = list(compared(found))

    assert [line for line in lines if not line.startswith("  ")] == [
        "limesurvey holds 1,234 things; 0 still to be told.",
        "Missing: it was told, and does not hold it. (23)",
        "Behind: it holds an older revision than it was told. (1)",
        "Withdrawn but present: it was told to take it out, and is told again now. (1)",
    ]
    assert lines.count("  and 3 more") == 1
    assert len(lines) == 4 + 20 + 1 + 2


async def test_what_can_not_be_asked_is_one_sentence(peer: LimeSurveyPeer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong password, no number, no settings."""
    numberless = await run("survey", "limesurvey", "check")
    monkeypatch.setenv("TEAM_LEEDS_LIMESURVEY_PASSWORD", "wrong")
    refused = await run("survey", "limesurvey", "setup")
    monkeypatch.delenv("TEAM_LEEDS_LIMESURVEY_PASSWORD")
    unset = await run("survey", "limesurvey", "setup")

    assert [(one.exit_code, one.stderr) for one in (numberless, refused, unset)] == [
        (1, "Say which survey with --survey, or set TEAM_LEEDS_LIMESURVEY_SURVEY.\n"),
        (
            1,
            "LimeSurvey refuses the user or the password. After three refusals it locks us out for 10 minutes.\n",
        ),
        (
            1,
            "Set TEAM_LEEDS_LIMESURVEY_URL, TEAM_LEEDS_LIMESURVEY_USER and TEAM_LEEDS_LIMESURVEY_PASSWORD.\n",
        ),
    ]
    assert peer.access.tries == [False]
