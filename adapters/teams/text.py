"""What a person typed in Teams, out of what Teams makes of it. Pure; it never raises on bad input.

1. The HTML beside a message is read, where there is any: its text has been seen plain, escaped and as HTML.
2. Our own mention is taken out by its entity, never by counting letters, with the comma after it. A mention of a person
   is `@colleague`.
3. A quoted message is somebody else's words: it is left out. A picture has no words.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from html.parser import HTMLParser
from typing import Any

HTML = "text/html"
MENTION, REPLY = "http://schema.skype.com/Mention", "http://schema.skype.com/Reply"
EMOJI = "http://schema.skype.com/Emoji"
BLOCKS = frozenset({"p", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "blockquote", "tr", "table"})
BY_HAND = frozenset({"pre", "codeblock"})
LISTS = frozenset({"ul", "ol"})
VOID = frozenset({"br", "img", "hr", "input", "meta", "link"})
OURS = "\ue000"
"""Stands for our own mention until it is taken out: no sign that anybody types."""
COLLEAGUE = "@colleague"

NUMBER = re.compile(r"[0-9]{1,4}")
_AT = re.compile(r"<at[^>]*>.*?</at>", re.DOTALL)
_WHITE = re.compile(r"[ \t\r\n]+")
_AT_FIRST = re.compile(rf"^\s*(?:{OURS}\s*)+[,:;]?\s*")
_AT_LAST = re.compile(rf"\s*,?\s*{OURS}\s*([.!?]*)\s*$")
_BETWEEN = re.compile(rf" ?{OURS} ?")


def words_of(activity: Mapping[str, Any], bot_id: str) -> str:
    """What the person wrote, without our own mention. Nobody is named by it."""
    mentions = _mentions(activity)
    said_for = [OURS if who == bot_id else COLLEAGUE for who, _ in mentions]
    html = next(_html(activity), None)
    text = str(activity.get("text") or "").replace(OURS, "")
    if html is not None:
        return _bare(_typed(html.replace(OURS, ""), said_for))
    if activity.get("textFormat") == "xml":
        return _bare(_typed(text, said_for))
    for (_, said), instead in zip(mentions, said_for, strict=True):
        text = text.replace(said, instead, -1 if instead == OURS else 1)
    return _bare(_AT.sub(COLLEAGUE, text))


def addresses(activity: Mapping[str, Any], bot_id: str) -> bool:
    """Whether the person speaks to the bot: by its name, or in their own chat with it."""
    alone = (activity.get("conversation") or {}).get("conversationType") == "personal"
    return alone or any(who == bot_id for who, _ in _mentions(activity))


def has_pictures(activity: Mapping[str, Any]) -> bool:
    """Whether the message holds what we can't take: a picture, a file, a card."""
    kinds = [one.get("contentType") for one in activity.get("attachments") or ()]
    return any(kind != HTML for kind in kinds) or any("<img" in html for html in _html(activity))


def _html(activity: Mapping[str, Any]) -> Iterator[str]:
    for attachment in activity.get("attachments") or ():
        content = attachment.get("content") if attachment.get("contentType") == HTML else None
        if isinstance(content, str):
            yield content


def _mentions(activity: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """Who is mentioned, by id, and what stands for it in the text; in the order of the text."""
    entities = (entity for entity in activity.get("entities") or () if entity.get("type") == "mention")
    entities = (entity for entity in entities if entity.get("text"))
    return [(str((one.get("mentioned") or {}).get("id", "")), str(one.get("text") or "")) for one in entities]


def _bare(text: str) -> str:
    """Without our own mention: what it was parted from is parted as if it had never been there."""
    text = _AT_LAST.sub(r"\1", _AT_FIRST.sub("", text))
    return _BETWEEN.sub(_gap, text).strip()


def _gap(found: re.Match[str]) -> str:
    return " " if found[0] == f" {OURS} " else ""


def _typed(html: str, mentions: Sequence[str]) -> str:
    reader = _Reader(mentions)
    reader.feed(html)
    reader.close()
    lines = "".join(reader.said).replace("\u00a0", " ").split("\n")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)).strip("\n").rstrip()


class _Reader(HTMLParser):
    """Reads what stands in the HTML of a message. `mentions` are said in place of those in it, by number."""

    def __init__(self, mentions: Sequence[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._mentions = mentions
        self._met = 0
        """How many mentions were met that have no number."""
        self._lists: list[int | None] = []
        """The lists that we are in: the number of the last item, None where they are not numbered."""
        self._as_it_is = 0
        """How many elements deep we are in what is laid out by hand."""
        self._unread = 0
        """How many elements deep we are in what is not to be read."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = dict(attrs)
        if self._unread:
            self._unread += tag not in VOID
        elif tag == "at" or about.get("itemtype") in {MENTION, REPLY}:
            self._unread = 1
            if about.get("itemtype") != REPLY:
                self.said.append(self._mentioned(about.get("itemid") or about.get("id")))
        elif tag == "br":
            self.said.append("\n")
        elif tag == "emoji" or (tag == "img" and about.get("itemtype") == EMOJI):
            self.said.append(about.get("alt") or "")
        elif tag in BLOCKS | BY_HAND:
            self._block(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._unread:
            self._unread -= tag not in VOID
            return
        if tag in LISTS and self._lists:
            self._lists.pop()
        self._as_it_is -= tag in BY_HAND and self._as_it_is > 0
        if tag in BLOCKS | BY_HAND:
            self._break()

    def handle_data(self, data: str) -> None:
        if self._unread:
            return
        if self._as_it_is:
            self.said.append(data)
            return
        text = _WHITE.sub(" ", data)
        self.said.append(text.lstrip(" ") if self._on_new_line() else text)

    def _block(self, tag: str) -> None:
        self._break()
        if tag in LISTS:
            self._lists.append(0 if tag == "ol" else None)
        elif tag in BY_HAND:
            self._as_it_is += 1
        elif tag == "li":
            self.said.append(self._item())

    def _item(self) -> str:
        """What stands before an item of a list."""
        indent = "\u00a0\u00a0" * (len(self._lists) - 1)
        number = self._lists[-1] if self._lists else None
        if number is None:
            return f"{indent}- "
        self._lists[-1] = number + 1
        return f"{indent}{number + 1}. "

    def _break(self) -> None:
        """A block begins on a line of its own."""
        if not self._on_new_line():
            self.said.append("\n")

    def _on_new_line(self) -> bool:
        last = next((piece for piece in reversed(self.said) if piece), "\n")
        return last.endswith("\n")

    def _mentioned(self, number: str | None) -> str:
        place = int(number) if number is not None and NUMBER.fullmatch(number) else self._met
        self._met += 1
        return self._mentions[place] if place < len(self._mentions) else COLLEAGUE
