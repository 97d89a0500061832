"""Messages as Block Kit blocks and the text that says the same. Pure, so its tests are golden files.

1. Long text is split, never cut: over several blocks, and over several messages where one would not hold it.
2. People's words stand in `rich_text`, where nothing is a mention, a link or a format.
3. What notifies has nobody's words: `quiet` is what a new message says first, and the whole is put in its place.
4. Buttons belong to what stands above them: a line parts them from what follows.

Limits: docs.slack.dev, "Block Kit" reference; "chat.update": 4,000 bytes of text; 13,000 characters in all is what
Slack really takes (platform-facts).
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from adapters.slack.text import escaped
from bot.splitting import bytes_of, cut
from conversations.actions import sure
from conversations.messages import Button, Buttons, Heading, Link, Message, Note, Part, Quote, Text, Tone, plain
from conversations.wording import Wording
from conversations.words import safe

Block = Mapping[str, Any]

MOST_BLOCKS, MOST_CHARACTERS, MOST_TEXT_BYTES = 50, 12_500, 3_900
"""Of a message. What is left is for the name of its first block, and for what Slack adds."""
FEW, LETTERS_OF_FEW, CODE_OF_FEW = 10, 600, 200
"""Parts and buttons, letters, and letters of a code that surely fit a message: most do, and are not weighed."""
MOST_OF_A_LETTER = 6
"""The most bytes that a letter becomes: one that is spelt out."""
MOST_IN_BLOCK, MOST_IN_NOTE, MOST_IN_HEADER, MOST_IN_LABEL, MOST_IN_ROW = 2_900, 1_900, 150, 75, 25
LINE: Block = {"type": "divider"}
STYLES = {Tone.MAIN: "primary", Tone.GRAVE: "danger"}


@dataclass(frozen=True, slots=True)
class Dialog:
    """What Slack's own "sure?" dialog says beside the question itself."""

    not_yet: str

    @classmethod
    def of(cls, wording: Wording) -> "Dialog":
        """The dialog in the words of `wording`."""
        return cls(wording.say("slack.not_yet"))


_WIDEST = Dialog("?" * 30)


@dataclass(frozen=True, slots=True)
class Weight:
    """What parts take of a message: blocks, characters of them as JSON, bytes of the text that says the same."""

    blocks: int = 0
    characters: int = 0
    text_bytes: int = 0

    def __add__(self, other: "Weight") -> "Weight":
        return Weight(
            self.blocks + other.blocks, self.characters + other.characters, self.text_bytes + other.text_bytes
        )


def render(message: Message, dialog: Dialog, key: str | None = None) -> Mapping[str, Any]:
    """`message` as the arguments `text` and `blocks`. `key` names the first block, so that the message is known again.

    It has to fit one message: see `split`.
    """
    blocks = [dict(block) for block in blocks_of(message.parts, dialog)]
    if key is not None:
        blocks[0]["block_id"] = key
    return {"text": escaped(plain(quiet(message))), "blocks": blocks}


def split(message: Message) -> Sequence[Message]:
    """`message` as one or several that Slack takes, in order; together they say every word of it."""
    pieces = [piece for whole in message.parts for piece in _pieces(whole)]
    if _surely_fit(pieces):
        return [replace(message, parts=tuple(pieces) or (Text(message.summary),))]
    messages: list[Message] = []
    parts: list[Part] = []
    taken = Weight()
    for part in pieces:
        weight = weigh(part)
        if parts and not _fits(taken + weight):
            messages.append(replace(message, parts=tuple(parts)))
            parts, taken = [], Weight()
        parts.append(part)
        taken += weight
    return [*messages, replace(message, parts=tuple(parts) or (Text(message.summary),))]


def quiet(message: Message) -> Message:
    """`message` as far as it may notify: without anybody's words, and without a link of theirs."""
    bare = tuple(part for part in message.parts if not isinstance(part, Quote | Link))
    return replace(message, parts=bare or (Text(message.summary),))


def is_quiet(message: Message) -> bool:
    """Whether nobody's words are in `message`, nor a link of theirs."""
    return not any(isinstance(part, Quote | Link) for part in message.parts)


def blocks_of(parts: Iterable[Part], dialog: Dialog) -> Iterator[Block]:
    """The blocks that lay `parts` out, in order. No two buttons of a message are called alike."""
    pressed, parted = 0, True
    for part in (piece for whole in parts for piece in _pieces(whole)):
        if not parted and not isinstance(part, Buttons):
            yield LINE
        parted = not isinstance(part, Buttons)
        match part:
            case Heading(text=text) if len(safe(text)) <= MOST_IN_HEADER:
                yield {"type": "header", "text": {"type": "plain_text", "text": safe(text)}}
            case Heading(text=text) | Text(text=text):
                yield {"type": "section", "text": {"type": "mrkdwn", "text": escaped(text)}}
            case Note(text=text, room=room):
                named = escaped(text) + (f" <#{escaped(room)}>" if room else "")
                yield {"type": "context", "elements": [{"type": "mrkdwn", "text": named}]}
            case Quote(text=text):
                said = {"type": "rich_text_quote", "elements": [{"type": "text", "text": safe(text)}]}
                yield {"type": "rich_text", "elements": [said]}
            case Link(text=text, address=address):
                yield {"type": "section", "text": {"type": "mrkdwn", "text": f"<{escaped(address)}|{escaped(text)}>"}}
            case Buttons(buttons=buttons):
                elements = [_button(button, place, dialog) for place, button in enumerate(buttons, start=pressed)]
                pressed += len(elements)
                yield {"type": "actions", "elements": elements}


def weigh(part: Part) -> Weight:
    """What `part` takes of a message, or of a modal, with the line after it."""
    blocks = list(blocks_of((part,), _WIDEST)) + [LINE] * isinstance(part, Buttons)
    characters = len(json.dumps(blocks, ensure_ascii=False, separators=(",", ":")))
    text = "" if isinstance(part, Quote | Link) else escaped(plain(Message("", (part,))))
    return Weight(len(blocks), characters, bytes_of(text) + 1)


def _surely_fit(pieces: Sequence[Part]) -> bool:
    """Whether `pieces` fit one message whatever their letters become there. A button may say its label three times."""
    buttons = [button for piece in pieces if isinstance(piece, Buttons) for button in piece.buttons]
    letters = sum(len(piece.text) for piece in pieces if not isinstance(piece, Buttons))
    letters += sum(3 * len(button.label) + len(button.sure or "") for button in buttons)
    letters += sum(len(piece.address) for piece in pieces if isinstance(piece, Link))
    return (
        max(len(pieces), len(buttons)) <= FEW
        and letters <= LETTERS_OF_FEW
        and all(len(button.code) <= CODE_OF_FEW for button in buttons)
    )


def _fits(weight: Weight) -> bool:
    return (
        weight.blocks <= MOST_BLOCKS and weight.characters <= MOST_CHARACTERS and weight.text_bytes <= MOST_TEXT_BYTES
    )


def _pieces(part: Part) -> Iterator[Part]:
    """`part`, in as many of its kind as it takes for each to be one block; none where it shows nothing."""
    match part:
        case Buttons(buttons=buttons):
            for start in range(0, len(buttons), MOST_IN_ROW):
                yield Buttons(buttons[start : start + MOST_IN_ROW])
        case Link():
            yield part
        case Quote(text=text):
            yield from (Quote(piece) for piece in cut(text, _bytes_when_safe, MOST_IN_BLOCK) if piece)
        case Heading(text=text) | Text(text=text) | Note(text=text):
            most = MOST_IN_NOTE if isinstance(part, Note) else MOST_IN_BLOCK
            if len(text) * MOST_OF_A_LETTER <= most:
                yield from (part,) if text.strip() else ()
                return
            pieces = cut(text, _bytes_when_escaped, most)
            yield from (replace(part, text=piece) for piece in pieces if piece.strip())


def _bytes_when_safe(text: str) -> int:
    return bytes_of(safe(text))


def _bytes_when_escaped(text: str) -> int:
    return bytes_of(escaped(text))


def _button(button: Button, place: int, dialog: Dialog) -> Mapping[str, Any]:
    made: dict[str, Any] = {
        "type": "button",
        "action_id": f"press-{place}",
        "text": {"type": "plain_text", "text": safe(button.label)[:MOST_IN_LABEL]},
        "value": button.code,
    }
    if button.tone in STYLES:
        made["style"] = STYLES[button.tone]
    if button.sure is not None:
        made["value"] = sure(button.code)
        made["confirm"] = {
            "title": {"type": "plain_text", "text": button.label},
            "text": {"type": "plain_text", "text": button.sure},
            "confirm": {"type": "plain_text", "text": button.label},
            "deny": {"type": "plain_text", "text": dialog.not_yet},
        }
    return made
