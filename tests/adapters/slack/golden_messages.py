"""What stands in the room, and what one person is told there or by letter, as Slack gets it."""

from collections.abc import Iterator, Mapping
from typing import Any

from adapters.slack.render import Dialog, quiet, render, split
from conversations.effects import CLOSING, say_key
from conversations.messages import Message
from conversations.model import Stage
from conversations.posts import RoomView, post
from tests.adapters import golden_messages
from tests.adapters.golden_messages import THREE, For, Said, sentence
from tests.adapters.slack.golden_chats import GUIDE, LONG, TIRED, chat
from tests.bot.composing import WORDING

Golden = tuple[str, Mapping[str, Any]]
"""What kind of thing it is (message, ephemeral, modal, home), and what Slack gets."""
Named = Iterator[tuple[str, Golden]]

DIALOG = Dialog.of(WORDING)
OUR_SENTENCES = ("slack.away", "slack.no_words", "slack.broadcast", "slack.command_help")


def messages() -> Named:
    """All of them."""
    for name, said in golden_messages.messages():
        yield name, _laid(said)
    yield from _long_and_quiet()
    for key in OUR_SENTENCES:
        yield key.replace(".", "_"), _laid(sentence(key))


def alone(message: Message) -> Golden:
    """A message that fades."""
    return "ephemeral", render(message, DIALOG)


def _laid(said: Said) -> Golden:
    match said.whom:
        case For.ALONE:
            return alone(said.message)
        case For.LETTER:
            return "message", render(said.message, DIALOG, "direct:key")
        case For.ROOM:
            assert said.chat is not None
            return "message", render(said.message, DIALOG, say_key(said.chat.id, said.slot))


def _long_and_quiet() -> Named:
    """A closing with a reflection as it first arrives, and one that takes several messages."""
    over = chat(Stage.CLOSED, 4)
    key = say_key(over.id, CLOSING)
    reflected = post(CLOSING, over, GUIDE, RoomView(THREE.answered, 3, TIRED), WORDING)
    yield "closing_reflection_as_it_arrives", ("message", render(quiet(reflected), DIALOG, key))
    long = post(CLOSING, over, GUIDE, RoomView(THREE.answered, 3, LONG), WORDING)
    for number, piece in enumerate(split(long), start=1):
        yield f"closing_long_reflection_{number}", ("message", render(piece, DIALOG, f"{key}#{number}"))
