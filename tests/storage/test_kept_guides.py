"""A chat goes on with the questions it began with, whatever becomes of the guide's file."""

from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from storage.kept_guides import GuideChanged
from storage.opening import open_store
from tests.conversations.chats import GUIDE


async def test_a_guide_is_kept_as_it_was_and_found_again(tmp_path: Path) -> None:
    """Also after a restart, and when its file is gone."""
    store = await open_store(tmp_path / "chats.db", fresh=uuid4)
    await store.transact(lambda tx: tx.guides.keep([GUIDE]))
    await store.close()

    store = await open_store(tmp_path / "chats.db", fresh=uuid4)
    kept = await store.transact(lambda tx: tx.guides.keep([]))
    await store.close()

    assert kept == {(GUIDE.key, GUIDE.version): GUIDE}


async def test_a_guide_that_changed_under_its_version_is_refused_by_name(tmp_path: Path) -> None:
    """Else people who answered one question would be shown another above their words."""
    store = await open_store(tmp_path / "chats.db", fresh=uuid4)
    await store.transact(lambda tx: tx.guides.keep([GUIDE]))

    with pytest.raises(GuideChanged, match="‘two’ differs from the version 1 that is in use: give .* version 2"):
        await store.transact(lambda tx: tx.guides.keep([replace(GUIDE, title="Other")]))
    newer = replace(GUIDE, title="Other", version=2)
    kept = await store.transact(lambda tx: tx.guides.keep([newer]))
    await store.close()

    assert set(kept) == {("two", 1), ("two", 2)}
