"""The parts that forward, put together as app.py does it, for any survey stores."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import uuid4

from adapters.survey.webhook import Config, Webhook
from benchmarks.delivering import CountingChannel
from benchmarks.works import PLACE, AnyStore, Works, house, now
from bot.conversation import Conversation
from bot.delivery import Delivery
from bot.outbox import Rate
from bot.outside import SurveyStore
from bot.performing import Performer
from bot.showing import Showing
from storage.support import load_support

SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SOURCE = "urn:team-leeds-chats"
UNHELD = Rate(1_000_000.0, 1_000_000.0)
"""As app.py has it for a rate of 0: the gate is there for its rest after failures alone."""


def webhook(url: str) -> Webhook:
    """The destination `webhook`, at this address."""
    return Webhook(Config(url=url, secrets=(SECRET,), source=SOURCE), now)


def forwarding(store: AnyStore, destinations: Sequence[str], survey_stores: Mapping[str, SurveyStore]) -> Works:
    """The parts on `store`, of chats that go to `destinations`. Nothing is sent until somebody runs `delivery`."""
    here = replace(house(), destinations=tuple(destinations))
    channel = CountingChannel()

    def stirred() -> None:
        delivery.stir()

    showing = Showing(store, here, load_support(PLACE / "support.yaml"), now)
    conversation = Conversation(store=store, house=here, showing=showing, clock=now, fresh=uuid4, stirred=stirred)
    performer = Performer(
        store=store,
        house=here,
        channels={channel.name: channel},
        survey_stores=survey_stores,
        clock=now,
        chance=random.random,
        hold=conversation.hold,
    )
    delivery = Delivery(store, performer, now, lambda gate: UNHELD if gate in survey_stores else None)
    return Works(conversation, delivery)
