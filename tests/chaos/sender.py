"""A process that sends what waits, and does nothing else: the real store, outbox, delivery and survey stores.

Each line of its input sets its clock ahead, by so many seconds. It ends with its input, once what is under way is done.
It is started by a nursery (tests/kill/nursery.py).
"""

import asyncio
import random
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from adapters.survey.email import Config as EmailConfig
from adapters.survey.email import Email
from adapters.survey.limesurvey import Config as LimeSurveyConfig
from adapters.survey.limesurvey import LimeSurvey
from adapters.survey.webhook import Config as WebhookConfig
from adapters.survey.webhook import Webhook
from bot.delivery import LEASE, Delivery
from bot.house import House
from bot.logs import set_up
from bot.outbox import Rate
from bot.outside import Address, InDoubt, SurveyStore
from bot.performing import Performer
from conversations.messages import Message
from storage.opening import OpenStore, open_store
from storage.survey import EmbeddedSurvey
from tests.adapters.survey.limesurvey_stage import PASSWORD, SURVEY, USER
from tests.chaos.fast import SECONDS, SECONDS_TO_CONNECT, Fast
from tests.kill.worker import HOUSE
from tests.peers.mail import HOST
from tests.peers.webhook_receiver import SECRET

CHANNEL = "patient"
FROM, TO = "chats@leeds.example", "programme@leeds.example"
PACE = Rate(5.0, 16.0)
"""Fast enough; the gate is there since it rests after failures."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a sender sends from (a database) and to (addresses by destination), and how its clock goes."""

    name: str
    folder: str
    place: str
    to: Mapping[str, str]
    since: float
    ahead: float
    gated: bool


def ordered(fields: dict[str, Any]) -> Order:
    """What is asked of this process."""
    return Order(**fields)


def house(destinations: Iterable[str]) -> House:
    """What a chat is about, and where it goes."""
    return replace(HOUSE, destinations=tuple(destinations))


def survey_stores(to: Mapping[str, str], store: OpenStore, clock: Fast) -> Mapping[str, SurveyStore]:
    """The destinations, by name. What is signed and dated has the real time, which the other side has too."""
    return {name: _survey_store(name, where, store, clock) for name, where in to.items()}


def _survey_store(name: str, where: str, store: OpenStore, clock: Fast) -> SurveyStore:
    match name:
        case "webhook":
            return Webhook(
                WebhookConfig(
                    url=where,
                    secrets=(SECRET,),
                    source="urn:chaos",
                    seconds=SECONDS,
                    seconds_to_connect=SECONDS_TO_CONNECT,
                ),
                lambda: datetime.now(UTC),
            )
        case "limesurvey":
            return LimeSurvey(
                LimeSurveyConfig(
                    url=where,
                    user=USER,
                    password=PASSWORD,
                    survey=SURVEY,
                    seconds=SECONDS,
                    seconds_to_connect=SECONDS_TO_CONNECT,
                ),
                clock,
            )
        case "email":
            return Email(
                EmailConfig(
                    host=HOST,
                    port=int(where),
                    security="off",
                    sender=FROM,
                    to=TO,
                    seconds=SECONDS,
                    seconds_to_connect=SECONDS_TO_CONNECT,
                ),
                lambda: datetime.now(UTC),
            )
        case _:
            return EmbeddedSurvey(store)


class Room:
    """Takes everything that is posted, and keeps nothing."""

    name = CHANNEL
    in_doubt = InDoubt.AGAIN
    gap = timedelta(0)

    async def post(self, message: Message, to: Address, key: str, replacing: str | None, under: str | None) -> str:
        return replacing or key

    async def find(self, key: str, to: Address, under: str | None) -> str | None:
        return None

    async def whisper(self, message: Message, to: Address, room: Address, under: str | None) -> None:
        """It is read."""

    async def mark(self, ref: str, room: Address, *, counts: bool) -> bool:
        return False

    async def direct(self, message: Message, to: Address, key: str) -> None:
        """It is read."""


def delivery_of(store: OpenStore, stores: Mapping[str, SurveyStore], clock: Fast, *, gated: bool = True) -> Delivery:
    """What sends, with everything as it is elsewhere."""

    async def hold(_: object) -> None:
        """Nothing is scheduled here."""

    performer = Performer(
        store,
        house(stores),
        {CHANNEL: Room()},
        stores,
        clock=clock,
        chance=random.random,
        hold=hold,
    )
    return Delivery(store, performer, clock, lambda gate: PACE if gated and gate in stores else None, lease=LEASE)


async def main(order: Order) -> None:
    """Send until the end of the input."""
    clock = Fast(order.since, timedelta(seconds=order.ahead))
    set_up("WARNING", "json", clock, sys.stderr)
    store = await open_store(order.place, fresh=uuid4)
    stores = survey_stores(order.to, store, clock)
    delivery = delivery_of(store, stores, clock, gated=order.gated)
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    delivering = asyncio.create_task(delivery.run())
    async for line in lines:
        clock.ahead = timedelta(seconds=float(line))
        delivery.stir()
    delivery.end()
    await delivering
    for survey_store in stores.values():
        await survey_store.close()
    await store.close()
