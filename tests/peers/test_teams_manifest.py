"""Microsoft's own schema takes the manifest of our app."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from adapters.teams.package import SCHEMA_VERSION, manifest
from tests.peers.programs import NODE_FOLDER, node

pytestmark = pytest.mark.peers

SCHEMAS = NODE_FOLDER / "node_modules" / "@microsoft" / "app-manifest" / "build" / "json-schemas" / "teams"
BOT, URL = "01234567-89ab-cdef-0123-456789abcdef", "https://chats.example.org"


def problems(made: object) -> list[str]:
    """What the schema refuses in a manifest."""
    schema: dict[str, Any] = json.loads((SCHEMAS / f"v{SCHEMA_VERSION}" / "MicrosoftTeams.schema.json").read_text())
    return [error.message for error in Draft4Validator(schema).iter_errors(json.loads(json.dumps(made)))]


def released() -> list[str]:
    """Every version that there is a schema of, the oldest first."""
    found = [re.fullmatch(r"v(\d+)\.(\d+)", path.name) for path in Path(SCHEMAS).iterdir()]
    versions = sorted((int(one[1]), int(one[2])) for one in found if one is not None)
    return [f"{major}.{minor}" for major, minor in versions]


@pytest.mark.parametrize("replies", [True, False])
def test_microsofts_schema_takes_the_manifest(*, replies: bool) -> None:
    """With the right to read replies, and without."""
    assert node()
    assert problems(manifest(BOT, URL, replies=replies)) == []


def test_the_schema_can_refuse() -> None:
    """It looks at what is in it."""
    assert problems({**manifest(BOT, URL), "odd": 1}) != []
    assert problems({**manifest(BOT, URL), "bots": [{"botId": "odd", "scopes": ["groupchat"]}]}) != []


def test_it_is_the_newest_version() -> None:
    """Once Microsoft releases another, this says so when its package is taken over."""
    assert released()[-1] == SCHEMA_VERSION
