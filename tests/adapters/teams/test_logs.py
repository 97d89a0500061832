"""What Teams' libraries log: they know bodies and tokens, and neither gets into a log, however much is asked for."""

import io
import logging
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from bot import logs
from storage.opening import open_store
from tests.adapters.teams.rigged import teams_rig
from tests.logging_left import left_as_found

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 12, 8, 10, 0, tzinfo=UTC)
WORDS = "I was so tired that I could not sleep"
NOT_LIBRARIES = frozenset({"concurrent", "concurrent.futures"})
"""Python's own, which know nothing of anybody."""
LISTED = """
import logging, adapters.teams.app
print(*(name for name in logging.root.manager.loggerDict))
"""


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Leave logging as it was found."""
    with left_as_found():
        yield


def test_every_logger_that_comes_with_teams_is_quiet() -> None:
    """Nothing below a warning is said by a library, whatever its version adds."""
    ran = subprocess.run([sys.executable, "-c", LISTED], capture_output=True, text=True, check=True)
    names = set(ran.stdout.split()) - NOT_LIBRARIES
    logs.set_up("DEBUG", "json", lambda: NOW, io.StringIO(), debug=True)

    assert {"msrest.http_logger", "msal.application", "requests_oauthlib.oauth2_session", "azure.core"} <= names
    assert [name for name in names if logging.getLogger(name).isEnabledFor(logging.INFO)] == []


async def test_a_turn_leaves_no_words_and_no_token(tmp_path: Path) -> None:
    """With everything switched on that can be."""
    stream = io.StringIO()
    logs.set_up("DEBUG", "json", lambda: NOW, stream, debug=True)
    store = await open_store(tmp_path / "chats.sqlite", fresh=uuid4)
    async with teams_rig(store) as (peer, _, bot):
        await peer.say("Ana", "group", "start two", mention=True)
        await bot.deliver()
        await peer.press("Ana", "Begin", "group")
        await bot.deliver()
        await peer.say("Ben", "group", WORDS, mention=True)
        await bot.deliver()
        await peer.until(lambda: bool(peer.alone("Ben")))
        secrets = {WORDS, peer.app.secret, *peer.world.tokens}
    await store.close()

    assert "delivery_settled" in stream.getvalue()
    assert [secret for secret in secrets if secret in stream.getvalue()] == []
