"""What a LimeSurvey survey must be like so that responses can be kept there, each thing in plain words. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from adapters.survey.limesurvey_file import LONG_TEXT
from adapters.survey.limesurvey_rows import WORDS, code, codes

LONG_TEXTS: Final = frozenset({LONG_TEXT, "U"})


class CannotReachLimeSurvey(Exception):
    """It can't be asked, or won't do it; the text is one sentence of ours that says what to do."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing: whether it is right, what it is, and what to do when it is not."""

    is_right: bool
    says: str
    to_do: str = ""


_SETTINGS: Final = (
    ("active", "Y", "It is active.", "Activate it in LimeSurvey."),
    ("anonymized", "N", "It keeps the response key.", "It is anonymous: make a new one with `setup`."),
    ("datestamp", "Y", "It keeps dates.", "It is not date-stamped: make a new one with `setup`."),
    (
        "alloweditaftercompletion",
        "Y",
        "Responses can be changed later.",
        "In LimeSurvey set “Allow multiple responses or update responses” to On.",
    ),
    ("ipaddr", "N", "It keeps no IP addresses.", "It keeps IP addresses: make a new one with `setup`."),
    ("refurl", "N", "It keeps no referring pages.", "It keeps referring pages: make a new one with `setup`."),
    ("listpublic", "N", "It is not listed in public.", "In LimeSurvey set “List survey publicly” to Off."),
)
"""By LimeSurvey's name: what it must be, and the words for when it is, and for when it is not."""


def of_settings(found: Mapping[str, Any], now: datetime) -> Iterator[Check]:
    """What is right with the survey's settings. `now` is UTC; LimeSurvey's own time may be hours from it."""
    for name, wanted, says, to_do in _SETTINGS:
        yield Check(str(found.get(name)) == wanted, says, to_do)
    expired = _moment(found.get("expires"))
    yield Check(
        expired is not None and expired < now.replace(tzinfo=None),
        "People can't fill it in: its end is in the past.",
        "In LimeSurvey set “Expiry date/time” to a day in the past. The bot can write all the same.",
    )


def of_fields(
    given: Mapping[str, Mapping[str, Any]], hidden: Mapping[str, bool], questions: Sequence[str]
) -> Iterator[Check]:
    """What is right with its fields: `given` by column, and which are hidden, by code. `questions` by key."""
    kinds = {str(entry["title"]): str(entry["type"]) for entry in given.values() if entry.get("qid")}
    words = [code(WORDS, key) for key in questions]
    for name in words:
        says = f"It has the question “{name}”, for long texts."
        to_do = f"It has no long-text question “{name}”: rename it back, or add it as docs/survey-store.md says."
        yield Check(kinds.get(name) in LONG_TEXTS, says, to_do)
    others = [name for name in codes(questions) if name not in words]
    gone = [name for name in others if name not in kinds]
    yield Check(
        not gone,
        f"It has the {len(others)} fields for what belongs to them.",
        f"These are missing: {', '.join(gone)}. Rename them back, or add them as docs/survey-store.md says.",
    )
    shown = [name for name in others if name in kinds and not hidden.get(name)]
    yield Check(
        not shown,
        "Those fields are hidden from people.",
        f"In LimeSurvey set “Always hide this question” to On for: {', '.join(shown)}.",
    )


def _moment(given: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(given)).replace(tzinfo=None)
    except ValueError:
        return None
