"""The parts on one store, put together as app.py does it: the real house, wording, guides and calendar."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import TextIO
from uuid import uuid4

from benchmarks.one_connection import OneConnection
from benchmarks.one_thread import OneThread
from bot import logs
from bot.conversation import Conversation
from bot.delivery import Delivery
from bot.house import House
from bot.outbox import RateOf
from bot.outside import Channel
from bot.performing import Performer
from bot.showing import Showing
from conversations.model import Calendar, Guide
from storage.calendar import EnglandsHolidays
from storage.guides import load_all_versions
from storage.postgres import PostgresStore
from storage.sqlite import SqliteStore
from storage.support import load_support
from storage.survey import EmbeddedSurvey
from storage.wording import load_wording

PLACE = Path(__file__).parent.parent / "conversations"
GUIDE = "team-leeds"


AnyStore = SqliteStore | PostgresStore | OneThread | OneConnection


@dataclass(frozen=True, slots=True)
class Works:
    """What takes deliveries, and what sends."""

    conversation: Conversation
    delivery: Delivery


def log_from(level: str, stream: TextIO) -> None:
    """Log from `level` up, as the program does."""
    logs.set_up(level, "json", now, stream)


def now() -> datetime:
    """The clock, UTC."""
    return datetime.now(UTC)


@cache
def house() -> House:
    """Everything that chats share, as it ships."""
    return House(
        guides={(guide.key, guide.version): guide for guide in load_all_versions(PLACE / "guides")},
        default_guide=None,
        wording=load_wording(PLACE / "wording" / "en.yaml"),
        calendar=partial(Calendar, holidays=EnglandsHolidays()),
        destinations=("embedded",),
    )


def guide() -> Guide:
    """The guide that every chat here walks through: four questions."""
    return house().newest()[GUIDE]


def works(
    store: AnyStore,
    channels: Mapping[str, Channel],
    clock: Callable[[], datetime] = now,
    rate_of: RateOf = lambda _gate: None,
) -> Works:
    """The parts on `store`. Nothing is sent until somebody runs `delivery`."""

    def stirred() -> None:
        delivery.stir()

    showing = Showing(store, house(), load_support(PLACE / "support.yaml"), clock)
    conversation = Conversation(store=store, house=house(), showing=showing, clock=clock, fresh=uuid4, stirred=stirred)
    performer = Performer(
        store=store,
        house=house(),
        channels=channels,
        survey_stores={"embedded": EmbeddedSurvey(store)},
        clock=clock,
        chance=random.random,
        hold=conversation.hold,
    )
    delivery = Delivery(store, performer, clock, rate_of)
    return Works(conversation, delivery)
