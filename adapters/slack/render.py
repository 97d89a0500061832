"""Messages as Block Kit blocks and the text that says the same. Pure, so its tests are golden files.

1. Long text is split, never cut: over several blocks, and over several messages where one would not hold it.
2. People's words stand in `rich_text`, where nothing is a mention, a link or a format.
3. What notifies has nobody's words: `quiet` is what a new message says first, and the whole is put in its place.

Limits: docs.slack.dev, "Block Kit" reference; 13,000 characters in all is what Slack really takes (platform-facts).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from adapters.slack.text import escaped
from conversations.actions import sure
from conversations.messages import Button, Buttons, Heading, Message, Note, Part, Quote, Text, Tone, plain
from conversations.wording import Wording
from conversations.words import safe

Block = Mapping[str, Any]

MOST_BLOCKS, MOST_IN_ALL = 50, 12_000
MOST_IN_SECTION, MOST_IN_HEADER, MOST_IN_LABEL, MOST_IN_ROW = 2_900, 150, 75, 25
"""Below Slack's own where what is escaped counts for more than it shows."""
STYLES = {Tone.MAIN: "primary", Tone.GRAVE: "danger"}


@dataclass(frozen=True, slots=True)
class Dialog:
    """What Slack's own "sure?" dialog says beside the question itself."""

    not_yet: str

    @classmethod
    def of(cls, wording: Wording) -> "Dialog":
        """The dialog in the words of `wording`."""
        return cls(wording.say("slack.not_yet"))


def render(message: Message, dialog: Dialog, key: str | None = None) -> Mapping[str, Any]:
    """`message` as the arguments `text` and `blocks`. `key` names the first block, so that the message is known again.

    It has to fit one message: see `split`.
    """
    blocks = [dict(block) for block in blocks_of(message.parts, dialog)]
    if key is not None:
        blocks[0]["block_id"] = key
    return {"text": escaped(plain(_without_quotes(message))), "blocks": blocks}


def split(message: Message) -> Sequence[Message]:
    """`message` as one or several that Slack takes, in order; together they say every word of it."""
    messages: list[Message] = []
    parts: list[Part] = []
    for part in (piece for whole in message.parts for piece in _pieces(whole)):
        if parts and not _fits([*parts, part]):
            messages.append(replace(message, parts=tuple(parts)))
            parts = []
        parts.append(part)
    return [*messages, replace(message, parts=tuple(parts))]


def quiet(message: Message) -> Message:
    """`message` as far as it may notify: without anybody's words."""
    bare = _without_quotes(message)
    return bare if bare.parts else replace(message, parts=(Text(message.summary),))


def is_quiet(message: Message) -> bool:
    """Whether nobody's words are in `message`."""
    return not any(isinstance(part, Quote) for part in message.parts)


def blocks_of(parts: Iterable[Part], dialog: Dialog, first: int = 0) -> Iterator[Block]:
    """The blocks that lay `parts` out, in order. Buttons count from `first`: no two in a message are called alike."""
    pressed = first
    for part in (piece for whole in parts for piece in _pieces(whole)):
        match part:
            case Heading(text=text) if len(safe(text)) <= MOST_IN_HEADER:
                yield {"type": "header", "text": {"type": "plain_text", "text": safe(text)}}
            case Heading(text=text) | Text(text=text):
                yield {"type": "section", "text": {"type": "mrkdwn", "text": escaped(text)}}
            case Note(text=text):
                yield {"type": "context", "elements": [{"type": "mrkdwn", "text": escaped(text)}]}
            case Quote(text=text):
                said = {"type": "rich_text_quote", "elements": [{"type": "text", "text": safe(text)}]}
                yield {"type": "rich_text", "elements": [said]}
            case Buttons(buttons=buttons):
                elements = [_button(button, place, dialog) for place, button in enumerate(buttons, start=pressed)]
                pressed += len(elements)
                yield {"type": "actions", "elements": elements}


def size(part: Part) -> int:
    """How many characters `part` takes of a message."""
    match part:
        case Buttons(buttons=buttons):
            return sum(len(button.label) + len(button.code) + len(button.sure or "") + 40 for button in buttons)
        case Quote(text=text):
            return len(safe(text))
        case Heading(text=text) | Text(text=text) | Note(text=text):
            return 2 * len(escaped(text))  # in the blocks, and in the text that says the same


def _fits(parts: Sequence[Part]) -> bool:
    return len(parts) <= MOST_BLOCKS and sum(size(part) for part in parts) <= MOST_IN_ALL


def _pieces(part: Part) -> Iterator[Part]:
    """`part`, in as many of its kind as it takes for each to be one block."""
    match part:
        case Buttons(buttons=buttons):
            for start in range(0, len(buttons), MOST_IN_ROW):
                yield Buttons(buttons[start : start + MOST_IN_ROW])
        case Quote(text=text):
            yield from (Quote(piece) for piece in _cut(text, safe))
        case Heading(text=text) | Text(text=text) | Note(text=text):
            yield from (replace(part, text=piece) for piece in _cut(text, escaped))


def _cut(text: str, written: Any) -> Iterator[str]:  # noqa: ANN401 -- text to text; Callable would need an import for it
    """`text` in pieces that are short enough as they are written, broken after a space where there is one."""
    rest = text
    while len(written(rest)) > MOST_IN_SECTION:
        most = MOST_IN_SECTION
        while len(written(rest[:most])) > MOST_IN_SECTION:
            most = most * 3 // 4
        at = rest.rfind(" ", most // 2, most) + 1 or most
        yield rest[:at]
        rest = rest[at:]
    yield rest or "\u200b"  # an empty text is no text to Slack


def _without_quotes(message: Message) -> Message:
    return replace(message, parts=tuple(part for part in message.parts if not isinstance(part, Quote)))


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
