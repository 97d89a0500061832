"""Everything that the product shows in Teams, as it is laid out: `tests/fixtures/teams/golden/*.json`.

After a change that is meant, write them with `WRITE_GOLDENS=1 make test ARGS=tests/adapters/teams/test_goldens.py`,
draw them with `make pictures`, and look at them as somebody would who is tired.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from conversations.messages import Quote
from tests.adapters.golden_panels import many_answers
from tests.adapters.teams.card_rules import problems_of_activity, problems_of_dialog
from tests.adapters.teams.cards import actions, quotes
from tests.adapters.teams.goldens import MANY_PAGES, goldens

HERE = Path(__file__).parents[2] / "fixtures" / "teams" / "golden"
WRITE = bool(os.environ.get("WRITE_GOLDENS"))
NAMES = sorted(goldens())


def payload(name: str) -> dict[str, Any]:
    """What is laid out under a name, as Teams gets it."""
    laid: dict[str, Any] = json.loads(json.dumps(goldens()[name][1]))
    return laid


def card(name: str) -> dict[str, Any]:
    """The card in it."""
    laid = payload(name)
    attached = laid["task"]["value"]["card"] if "task" in laid else laid["attachments"][0]
    made: dict[str, Any] = attached["content"]
    return made


@pytest.mark.parametrize("name", NAMES)
def test_it_looks_as_it_did(name: str) -> None:
    """What people see changes when somebody means it to, and at no other time."""
    path = HERE / f"{name}.json"
    laid = json.dumps({"kind": goldens()[name][0], "payload": payload(name)}, ensure_ascii=False, indent=2) + "\n"
    if WRITE:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(laid, encoding="utf-8")
    assert laid == path.read_text(encoding="utf-8")


def test_nothing_is_kept_that_is_not_shown() -> None:
    """A file whose message is gone goes too."""
    kept = {path.stem for path in HERE.glob("*.json")}
    if WRITE:
        for name in kept - set(NAMES):
            (HERE / f"{name}.json").unlink()
        kept &= set(NAMES)
    assert kept == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_teams_takes_it(name: str) -> None:
    """By the schema of cards and our own rules."""
    problems = problems_of_dialog if goldens()[name][0] == "dialog" else problems_of_activity
    assert problems(payload(name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_nothing_that_notifies_has_anybodys_words(name: str) -> None:
    """The summary is what telephones show."""
    summary = payload(name).get("summary", "")

    assert [said for said in quotes(card(name)) if said in summary] == []


@pytest.mark.parametrize("name", NAMES)
def test_one_button_of_a_card_stands_out_at_most(name: str) -> None:
    """Nobody has to choose between two main ways."""
    main = [one for one in actions(card(name)) if one.get("style") == "positive"]

    assert len(main) <= 1


def test_all_pages_of_many_answers_are_drawn() -> None:
    """Together they show every one of them, once."""
    shown = [said for page in range(MANY_PAGES) for said in quotes(card(f"my_answers_page_{page + 1}"))]

    assert shown == [part.text for part in many_answers().parts if isinstance(part, Quote)]
