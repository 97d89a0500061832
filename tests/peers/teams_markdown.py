"""How a card's text looks to a person: Teams reads part of Markdown in it, wanted or not."""

import html
import re
from typing import Final

_ESCAPED: Final = re.compile(r"\\([!-/:-@\[-`{-~])")
_LINK: Final = re.compile(r"\[([^\[\]\n]*)\]\([^()\s]*\)")
_STRONG: Final = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_LEAN: Final = re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])|(?<!\w)_(?=\S)([^_\n]+?)(?<=\S)_(?!\w)")
_POINT: Final = re.compile(r"\s*(?:[-*+]|\d+[.)])\s")
_PARTED: Final = re.compile(r"\n[ \t]*\n\s*|\r\n?|\u2028")
_KEPT: Final = 0xE000
"""Escaped characters wait in a private part of Unicode until the marks have been read."""


def readable(text: str) -> str:
    """Give a text of a card as a person reads it: marks gone, and a single line break is a space."""
    paragraphs = (_joined(part) for part in _PARTED.split(text))
    return "\n".join(_plain(paragraph) for paragraph in paragraphs if paragraph)


def _joined(paragraph: str) -> str:
    found = ""
    for line in paragraph.split("\n"):
        is_point = _POINT.match(line) is not None
        found += ("" if not found else "\n" if is_point or line.startswith("#") else " ") + line.strip()
    return found


def _plain(text: str) -> str:
    kept = _ESCAPED.sub(lambda found: chr(_KEPT + ord(found[1])), text)
    kept = _LINK.sub(r"\1", kept)
    kept = _STRONG.sub(r"\2", kept)
    kept = _LEAN.sub(lambda found: found[1] or found[2], kept)
    kept = html.unescape(kept)
    return "".join(chr(ord(one) - _KEPT) if _KEPT <= ord(one) < _KEPT + 128 else one for one in kept)
