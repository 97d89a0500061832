"""Everything that the product shows in Slack, as it is laid out: `tests/fixtures/slack/golden/*.json`.

After a change that is meant, write them with `WRITE_GOLDENS=1 make test ARGS=tests/adapters/slack/test_goldens.py`,
draw them with `make pictures`, and look at them as somebody would who is tired.
"""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.slack.block_rules import problems_of_message, problems_of_view
from tests.adapters.slack.goldens import goldens
from tests.peers.slack_blocks import readable, text_of

HERE = Path(__file__).parents[2] / "fixtures" / "slack" / "golden"
WRITE = bool(os.environ.get("WRITE_GOLDENS"))
NAMES = sorted(goldens())
MESSAGES = [name for name in NAMES if goldens()[name][0] in {"message", "ephemeral"}]
VIEWS = [name for name in NAMES if name not in MESSAGES]


def payload(name: str) -> dict[str, Any]:
    """What is laid out under a name, as Slack gets it."""
    laid: dict[str, Any] = json.loads(json.dumps(goldens()[name][1]))
    return laid


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


@pytest.mark.parametrize("name", MESSAGES)
def test_slack_takes_the_message(name: str) -> None:
    """By Slack's own types, its SDK and our rules."""
    assert problems_of_message(payload(name)) == []


@pytest.mark.parametrize("name", VIEWS)
def test_slack_takes_the_view(name: str) -> None:
    """By Slack's own types, its SDK and our rules."""
    assert problems_of_view(payload(name)) == []


@pytest.mark.parametrize("name", MESSAGES)
def test_the_text_says_the_same_as_the_blocks(name: str) -> None:
    """Telephones and screen readers get every word, in order, but for people's own and links, which notify nobody."""
    laid = payload(name)
    blocks = [block for block in laid["blocks"] if block["type"] != "rich_text" and not _is_link(block)]
    words = text_of(blocks).split()

    assert words == readable(laid["text"]).split() or not blocks
    assert not [quoted for quoted in _quoted(laid) if quoted in laid["text"]]


def _is_link(block: dict[str, Any]) -> bool:
    return re.fullmatch(r"<https:[^>]+>", block.get("text", {}).get("text", "")) is not None


def _quoted(laid: dict[str, Any]) -> Iterator[str]:
    for block in laid["blocks"]:
        if block["type"] == "rich_text":
            yield text_of([block])


@pytest.mark.parametrize("name", NAMES)
def test_nobody_has_to_choose_among_too_many(name: str) -> None:
    """At most six buttons stand in a row, and one of them at most is the main one."""
    rows = [block["elements"] for block in payload(name)["blocks"] if block["type"] == "actions"]

    assert [row for row in rows if len(row) > 6] == []
    assert [row for row in rows if sum(one.get("style") == "primary" for one in row) > 1] == []
