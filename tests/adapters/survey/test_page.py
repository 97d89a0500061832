"""docs/survey-store.md: its example meets the schemas, its program works, and nothing that we send is left out."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook as Signer
from standardwebhooks import WebhookVerificationError

from adapters.survey.letters import QUESTIONS
from adapters.survey.payload import text_of
from bot.outside import TAKES, SurveyEvent
from conversations.events import Sending
from storage.guides import load_guides
from tests.adapters.survey.events import response, withdrawn
from tests.adapters.survey.schemas import FILES, reading, reading_cloudevents
from tests.peers.webhook_receiver import SECRET

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "survey-store.md").read_text()
SETTINGS = (ROOT / "docs" / "settings.md").read_text()


def blocks(language: str) -> list[str]:
    """The pieces of the page in one language, without what indents them."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^ *```$", PAGE, re.DOTALL | re.MULTILINE)
    return ["\n".join(line.removeprefix(indent) for line in text.split("\n")) for indent, text in found]


def fields(schema: Any) -> Iterator[str]:  # noqa: ANN401 -- any piece of a schema
    """Every name and every value that a schema knows."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        yield from (value for value in schema.get("enum", ()) if isinstance(value, str))
        for piece in schema.values():
            yield from fields(piece)
    elif isinstance(schema, list):
        for piece in schema:
            yield from fields(piece)


def signed(event: SurveyEvent) -> tuple[bytes, dict[str, str]]:
    """A request as we send it."""
    body, now = text_of(event, "urn:team-leeds-chats"), datetime.now(UTC)
    signature = Signer(SECRET).sign(str(event.id), now, body)
    stamp = str(int(now.timestamp()))
    return body.encode(), {"webhook-id": str(event.id), "webhook-timestamp": stamp, "webhook-signature": signature}


def test_the_example_is_an_event() -> None:
    """By our schemas, read strictly, and by CloudEvents'; and about a guide that ships."""
    (block,) = blocks("json")
    example = json.loads(block)

    reading("event", strictly=True).validate(example)
    reading_cloudevents().validate(example)
    instrument = example["data"]["instrument"]
    guide = load_guides(ROOT / "conversations" / "guides")[instrument["guide"]]
    assert instrument["version"] == guide.version
    assert [item["link_id"] for item in example["data"]["items"]] == [one.key for one in guide.questions]


def test_the_program_on_the_page_does_what_it_says() -> None:
    """It takes what is ours, keeps the highest revision, and forgets what was withdrawn."""
    (program,) = blocks("python")
    there: dict[str, Any] = {}
    exec(program, there)  # noqa: S102 -- our own page; people are to copy it
    first, second, gone = response(1, "One."), response(2, "Two.", sending=Sending.REVISED), withdrawn(response(1), 3)

    for event in (first, second, first):
        there["take"](*signed(event), SECRET)
    (kept,) = there["kept"].values()
    assert kept[0] == "0000000002"
    assert kept[1]["items"][0]["responses"] == [{"verbatim": "Two."}]
    there["take"](*signed(gone), SECRET)
    there["take"](*signed(second), SECRET)
    assert list(there["kept"].values()) == [("0000000003", None)]
    body, headers = signed(first)
    with pytest.raises(WebhookVerificationError):
        there["take"](body + b" ", headers, SECRET)


def test_the_secret_on_the_page_is_one() -> None:
    """What the command prints signs, and the settings take it."""
    (command,) = re.findall(r'python3 -c "(.*)"', PAGE)
    printed: list[str] = []
    exec(command, {"print": printed.append})  # noqa: S102 -- as above

    assert re.fullmatch(r"whsec_[A-Za-z0-9+/=]{32,120}", printed[0])
    assert Signer(printed[0]).sign("id", datetime.now(UTC), "body").startswith("v1,")


@pytest.mark.parametrize("name", sorted({name for schema in FILES.values() for name in fields(schema)}))
def test_every_field_is_explained(name: str) -> None:
    """And every value that a field can have."""
    assert f"`{name.removeprefix('uk.leeds.teamchats.')}`" in PAGE


@pytest.mark.parametrize("part", QUESTIONS)
def test_every_part_of_a_story_is_explained(part: str) -> None:
    """By its key."""
    assert f"`{part}`" in PAGE


def test_every_destination_and_setting_on_the_page_is_one() -> None:
    """As settings.md has them."""
    assert set(re.findall(r"^\| `([a-z]+)` \|", PAGE, re.MULTILINE)) >= set(TAKES)
    for setting in re.findall(r"TEAM_LEEDS_[A-Z_]+", PAGE):
        assert f"`{setting}`" in SETTINGS
