"""What a person wrote, made fit to keep: nothing is cut, judged or put in other words."""

import re

from conversations.refusals import NotNow

MOST = 16_000
"""Characters in one message. LimeSurvey on MariaDB cuts at 65,535 bytes without a word; 16,000 always fits."""

_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_DRIVES = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202d\u202e]")
_LINE_ENDS = re.compile(r"\r\n?|[\u2028\u2029]")


def fit(text: str) -> str:
    """`text` without control characters and outer white space. Raises NotNow when it is empty or too long."""
    kept = readable(text).strip()
    if not kept.strip(_INVISIBLE):
        raise NotNow("empty", field="words")
    if len(kept) > MOST:
        raise NotNow("too_long", field="words", length=f"{len(kept):,}", most=f"{MOST:,}")
    return kept


def readable(text: str) -> str:
    """`text` without control characters and lone surrogates, its lines ended alike."""
    return _UNSEEN.sub("", _LINE_ENDS.sub("\n", text))


def safe(text: str) -> str:
    """`text` with what could drive somebody's screen spelt out: control characters, and those that turn text round."""
    return _DRIVES.sub(_spelt, text.replace("\t", "    "))


def _spelt(letter: re.Match[str]) -> str:
    code = ord(letter[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"  # noqa: PLR2004 -- Latin-1
