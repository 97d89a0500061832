"""What a person typed in Teams, out of what Teams makes of it. Pure; it never raises on bad input.

1. The HTML beside a message is read, where there is any: its text has been seen plain, escaped and as HTML.
2. Our own mention is taken out by its entity, never by counting letters. A mention of a person is `@colleague`.
3. A quoted message is somebody else's words: it is left out.
"""

import re
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from typing import Any

HTML = "text/html"
MENTION, REPLY = "http://schema.skype.com/Mention", "http://schema.skype.com/Reply"
BLOCKS = frozenset({"p", "div", "li", "ul", "ol", "h1", "h2", "h3", "pre", "blockquote"})
VOID = frozenset({"br", "img", "hr", "input", "meta", "link"})
_AROUND_BREAKS = re.compile(r" *\n *")
_AT = re.compile(r"<at[^>]*>.*?</at>", re.DOTALL)


def words_of(activity: Mapping[str, Any], bot_id: str) -> str:
    """What the person wrote, without our own mention. Nobody is named by it."""
    mentions = _mentions(activity)
    said_for = ["" if who == bot_id else "@colleague" for who, _ in mentions]
    for attachment in activity.get("attachments") or ():
        content = attachment.get("content") if attachment.get("contentType") == HTML else None
        if isinstance(content, str):
            return _typed(content, said_for)
    text = str(activity.get("text") or "")
    if activity.get("textFormat") == "xml":
        return _typed(text, said_for)
    for (_, said), instead in zip(mentions, said_for, strict=True):
        text = text.replace(said, instead, 1)
    return _AT.sub("@colleague", text).strip()


def addresses(activity: Mapping[str, Any], bot_id: str) -> bool:
    """Whether the person speaks to the bot: by its name, or in their own chat with it."""
    alone = (activity.get("conversation") or {}).get("conversationType") == "personal"
    return alone or any(who == bot_id for who, _ in _mentions(activity))


def _mentions(activity: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """Who is mentioned, by id, and what stands for it in the text; in the order of the text."""
    entities = (entity for entity in activity.get("entities") or () if entity.get("type") == "mention")
    entities = (entity for entity in entities if entity.get("text"))
    return [(str((one.get("mentioned") or {}).get("id", "")), str(one.get("text") or "")) for one in entities]


def _typed(html: str, mentions: Sequence[str]) -> str:
    reader = _Reader(mentions)
    reader.feed(html)
    reader.close()
    text = _AROUND_BREAKS.sub("\n", "".join(reader.said)).replace("\u00a0", " ")
    return re.sub(r"\n{3,}", "\n\n", text).strip()


class _Reader(HTMLParser):
    """Reads what stands in the HTML of a message. `mentions` are said in place of those in it, by number."""

    def __init__(self, mentions: Sequence[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._mentions = mentions
        self._unread = 0
        """How many elements deep we are in what is not to be read."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = dict(attrs)
        if self._unread:
            self._unread += tag not in VOID
        elif about.get("itemtype") in {MENTION, REPLY}:
            self._unread = 1
            if about["itemtype"] == MENTION:
                self.said.append(self._mentioned(about.get("itemid")))
        elif tag == "br":
            self.said.append("\n")
        elif tag in {"emoji", "img"}:
            self.said.append(about.get("alt") or "")
        elif tag in BLOCKS:
            self._break()

    def handle_endtag(self, tag: str) -> None:
        if self._unread:
            self._unread -= tag not in VOID
        elif tag in BLOCKS:
            self._break()

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.said.append(re.sub(r"[ \t\r\n]+", " ", data))

    def _break(self) -> None:
        """A block begins on a line of its own."""
        if self.said and not self.said[-1].endswith("\n"):
            self.said.append("\n")

    def _mentioned(self, number: str | None) -> str:
        known = number is not None and number.isdecimal() and int(number) < len(self._mentions)
        return self._mentions[int(number)] if known and number is not None else "@colleague"
