"""What lies in the database as text stands for one chat, whichever it is."""

import json
from dataclasses import fields, replace
from datetime import timedelta
from typing import get_args
from uuid import uuid4

import pytest

from conversations import events as on
from conversations.events import Event
from conversations.model import Ask, Chat, Pace, Stage, Unconfirmed
from storage import snapshots
from storage.sql import SQLITE
from storage.types import IDS_AND_FACTS
from tests.storage.talking import NOON

BARE = Chat(
    id=uuid4(),
    room=uuid4(),
    guide="two",
    guide_version=3,
    pace=Pace.LIVE,
    zone="Europe/London",
    practice=False,
    stage=Stage.GATHERING,
    version=1,
    host=None,
    started_at=NOON,
    touched_at=NOON,
    hosted_at=NOON,
)
FULL = replace(
    BARE,
    pace=Pace.OPEN,
    practice=True,
    stage=Stage.ASKING,
    version=40,
    host=uuid4(),
    organisation="Leeds Community",
    sector="health",
    team="Ward 5 – nights",
    asks=(Ask("first", 1, NOON), Ask("second", 2, NOON + timedelta(microseconds=1))),
    paused_at=NOON,
    unconfirmed=Unconfirmed("send", uuid4(), NOON),
    reflected=True,
    finished_at=NOON,
    over_at=NOON,
    nudges_at=(NOON, NOON + timedelta(days=1)),
    remind_at=NOON,
)


@pytest.fixture(autouse=True)
def nothing_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every chat be read from its text."""
    monkeypatch.setattr(snapshots, "_known", {})


@pytest.mark.parametrize("chat", [BARE, FULL], ids=["bare", "full"])
def test_a_chat_is_the_same_after_the_way_there_and_back(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    """No field is lost, also none that is added later."""
    text = snapshots.write(chat)
    monkeypatch.setattr(snapshots, "_known", {})

    assert snapshots.read(text) == chat
    assert snapshots.read(text) is snapshots.read(text)


def test_every_field_of_a_chat_is_written() -> None:
    """Whoever adds one to the model is told here."""
    never_empty = {field.name for field in fields(Chat) if getattr(FULL, field.name) is not None}

    assert never_empty <= set(json.loads(snapshots.write(FULL)))


def test_memory_of_chats_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many chats there are, only the latest are remembered."""
    known: dict[str, Chat] = {}
    monkeypatch.setattr(snapshots, "_known", known)
    monkeypatch.setattr(snapshots, "MOST_KNOWN", 10)

    for version in range(100):
        snapshots.write(replace(BARE, version=version))

    assert len(known) <= 10


def test_every_event_can_be_written() -> None:
    """Ids and facts as JSON, for each kind of event that there is."""
    assert set(snapshots.FACTS) == set(get_args(Event))
    cancelled = on.Cancelled(at=NOON, person=uuid4(), private=(uuid4(), uuid4()))
    write = IDS_AND_FACTS.bind_processor(SQLITE)
    written = json.loads(write(snapshots.event_as_json(cancelled)) or "")
    assert written == {"person": str(cancelled.person), "private": [str(author) for author in cancelled.private]}
    with pytest.raises(TypeError, match="object"):
        write({"what": object()})
