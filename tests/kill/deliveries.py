"""What a platform brings, as a line of JSON: the same line whenever it is brought again."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from bot.conversation import Incoming
from bot.outside import Address
from conversations import commands as do
from conversations.actions import Ask, decode
from conversations.model import Permission, Visibility
from tests.conversations.chats import GUIDE
from tests.kill.rooms import WORKSPACE

STAY = "keep in team"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Something that somebody does. `ref` names a message; a form's answer has none and is found by its question.

    `about` is the tag of the words that are changed; the bot is not told.
    """

    id: str
    channel: str
    room: str
    who: str
    does: str
    words: str = ""
    ref: str | None = None
    question: str | None = None
    code: str = ""
    about: str = ""

    def line(self, said_at: datetime) -> bytes:
        """This delivery as it is sent; `said_at` is the platform's time."""
        return json.dumps(asdict(self) | {"said_at": said_at.isoformat()}).encode() + b"\n"


def incoming(line: bytes) -> Incoming:
    """What a line brings."""
    fields: dict[str, str] = json.loads(line)
    said_at = datetime.fromisoformat(fields.pop("said_at"))
    delivery = Delivery(**fields)
    return Incoming(
        delivery=delivery.id,
        ask=_ask(delivery),
        said_at=said_at,
        room=Address(delivery.channel, WORKSPACE, delivery.room),
        person=Address(delivery.channel, WORKSPACE, delivery.who),
        chat=_chat(delivery),
    )


def _ask(delivery: Delivery) -> Ask:
    which = do.Which(ref=delivery.ref, question=delivery.question)
    asks: Mapping[str, Ask] = {
        "start": do.Start(GUIDE.key),
        "begin": do.Begin(),
        "answer": do.Answer(delivery.words, Visibility.TEAM, delivery.question, delivery.ref),
        "answer privately": do.Answer(delivery.words, Visibility.PROGRAMME, delivery.question, delivery.ref),
        "edit": do.Edit(which, delivery.words),
        "withdraw": do.Withdraw(which),
        STAY: do.SetPermission(Permission.STAY, which),
        "next": do.MoveOn(delivery.question),
        "finish": do.Finish(),
        "reflect": do.Reflect(delivery.words),
        "send": do.Send(sure=True),
        "cancel": do.Cancel(sure=True),
    }
    return decode(delivery.code).ask if delivery.code else asks[delivery.does]


def _chat(delivery: Delivery) -> UUID | None:
    return decode(delivery.code).chat if delivery.code else None
