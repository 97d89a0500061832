"""The schema that messages and forms are held against is Slack's own types, and nothing else."""

from pathlib import Path

import pytest

from tests.peers.programs import printed_by

SCHEMA = Path(__file__).parents[1] / "fixtures" / "slack" / "schema" / "blocks.json"


@pytest.mark.peers
def test_the_committed_schema_is_what_the_types_give() -> None:
    """Nobody mends the schema by hand; `make slack-schema` writes it."""
    assert printed_by("schema.mjs") == SCHEMA.read_text()
