"""A response as a row of LimeSurvey's: what each field is called, what stands in it, and what came back of it. Pure.

1. A question is known by its code. What its column is called is LimeSurvey's affair, and is read from the survey.
2. Every field of a survey of ours is written each time, so that nothing older stays. A withdrawal empties all but ids.
3. Dates are days: LimeSurvey would stamp the moment, which tells more than an answer does.
4. MariaDB cuts a text at 65,535 bytes without a word; what is longer is not sent.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from hashlib import sha256
from typing import Final

from bot.outside import Item, Poison, SurveyEvent
from conversations.events import Sending
from conversations.model import Permission
from conversations.words import readable

FIRST: Final = 1_000_000_000
"""Ids from here on are ours: LimeSurvey counts its own from 1."""
MOST_BYTES: Final = 65_535
REFLECTION: Final = "reflection"
REVISION, STATE = "tlrevision", "tlstate"
KEPT: Final = ("tltopic", "tlchat", "tlguide", "tlversion")
TOLD: Final = ("tlorganisation", "tlsector", "tlteam", "tlpace", "tlstart", "tlend", "tldisposition")
HIDDEN: Final = (REVISION, STATE, *KEPT, *TOLD)
"""What is not a question's: ids and facts that are kept when it is withdrawn, and facts that are not."""
DATES: Final = ("submitdate", "startdate", "datestamp")
WORDS, PERMISSION, NONRESPONSE = "q", "p", "n"
"""What the code of a question's field begins with."""
LONGEST_TAIL: Final = 19
_TAIL: Final = re.compile(r"[a-z0-9]{1,19}")


def code(kind: str, question: str) -> str:
    """The code of a question's field: letters and digits, 20 at most, and no other question's."""
    if _TAIL.fullmatch(question):
        return f"{kind}{question}"
    plain = re.sub(r"[^a-z0-9]", "", question)[: LONGEST_TAIL - 8]
    return f"{kind}{plain}{sha256(question.encode()).hexdigest()[:8]}"


def codes(questions: Iterable[str]) -> tuple[str, ...]:
    """The codes of every field that is needed for these questions."""
    return (*HIDDEN, *(code(kind, question) for question in questions for kind in (WORDS, PERMISSION, NONRESPONSE)))


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a survey: their columns by code, and the dates that it keeps."""

    columns: Mapping[str, str]
    dates: tuple[str, ...]

    @classmethod
    def read(cls, given: object) -> "Fields":
        """The fields that `get_fieldmap` lists."""
        entries = given if isinstance(given, dict) else {}
        columns = {
            str(entry["title"]): str(name)
            for name, entry in entries.items()
            if isinstance(entry, dict) and entry.get("title") and entry.get("qid")
        }
        return cls(columns, tuple(name for name in DATES if name in entries))


@dataclass(frozen=True, slots=True)
class Row:
    """What is to stand under one id."""

    id: int
    token: str
    revision: int
    day: str
    values: Mapping[str, str] = field(repr=False)
    """By code; of every field that the survey has."""

    def new(self, fields: Fields) -> Mapping[str, object]:
        """As it is added."""
        dates = dict.fromkeys(fields.dates, f"{self.day} 00:00:00")
        return {"id": self.id, "token": self.token, **dates, **self._columns(fields)}

    def changed(self, fields: Fields) -> Mapping[str, object]:
        """As it is written over what is there."""
        return {"id": self.id, **self._columns(fields)}

    def _columns(self, fields: Fields) -> Mapping[str, str]:
        return {fields.columns[name]: value for name, value in self.values.items()}


@dataclass(frozen=True, slots=True)
class Stored:
    """What stands under one id. `revision` None: nobody can tell."""

    id: int
    token: str | None
    revision: int | None
    values: Mapping[str, str] = field(repr=False)

    @classmethod
    def read(cls, given: Mapping[str, object]) -> "Stored | None":
        """A row of an export by codes; None for the empty one that stands for no row."""
        number = str(given.get("id") or "")
        if not number.isdigit():
            return None
        values = {str(name): "" if value is None else str(value) for name, value in given.items()}
        revision = values.get(REVISION, "")
        token = values.get("token") or None
        return cls(int(number), token, int(revision) if revision.isdecimal() else None, values)

    @property
    def is_withdrawn(self) -> bool:
        """Whether it is a tombstone."""
        return self.values.get(STATE) == Sending.WITHDRAWN


def missing(event: SurveyEvent, fields: Fields) -> frozenset[str]:
    """The codes that this event needs and the survey does not have."""
    return frozenset(codes(item.link_id for item in event.items)) - fields.columns.keys()


def row_of(event: SurveyEvent, fields: Fields) -> Row:
    """What is to stand there after `event`, for whose every field there is a place. Raises Poison."""
    facts = {REVISION: str(event.revision), STATE: event.sending.value, **_ids(event)}
    if event.sending is not Sending.WITHDRAWN:
        facts |= _facts(event)
        for item in event.items:
            facts |= _item(item)
    values = dict.fromkeys(fields.columns, "") | {name: readable(value) for name, value in facts.items()}
    if any(len(value.encode()) > MOST_BYTES for value in values.values()):
        raise Poison("too_large")
    day = event.fieldwork_end or event.time.astimezone(UTC).date().isoformat()
    return Row(FIRST + event.number, str(event.subject), event.revision, day, values)


def _ids(event: SurveyEvent) -> Mapping[str, str]:
    told = (event.topic, event.chat_key, event.guide, event.guide_version)
    return {name: "" if value is None else str(value) for name, value in zip(KEPT, told, strict=True)}


def _facts(event: SurveyEvent) -> Mapping[str, str]:
    told = (
        event.organisation,
        event.sector,
        event.team,
        event.pace,
        event.fieldwork_start,
        event.fieldwork_end,
        "complete" if event.complete else "partial",
    )
    return {name: "" if value is None else str(value) for name, value in zip(TOLD, told, strict=True)}


def _item(item: Item) -> Mapping[str, str]:
    """A question's three fields. What is to stay in the team is left out here too, whatever the caller says."""
    question, stays = item.link_id, item.permission is Permission.STAY
    if item.verbatim is None or stays:
        return {code(NONRESPONSE, question): "withheld" if stays else item.nonresponse or "skipped"}
    permission = "" if item.permission is None else item.permission.value
    return {code(WORDS, question): item.verbatim, code(PERMISSION, question): permission}


@dataclass(frozen=True, slots=True)
class Difference:
    """How what stands there differs from what was to: a field is gone or takes nothing, a text was cut or changed."""

    kind: str


GONE, CUT, CHANGED = Difference("field_missing"), Difference("cut"), Difference("changed")


def difference(meant: Row, stored: Stored) -> Difference | None:
    """The worst difference between the two, if there is one."""
    found = {_between(value, stored.values.get(name)) for name, value in meant.values.items()}
    return next((kind for kind in (GONE, CUT, CHANGED) if kind in found), None)


def _between(meant: str, stands: str | None) -> Difference | None:
    if stands is None or (meant.strip() and not stands.strip()):
        return GONE
    wanted, found = (text.replace("\r\n", "\n").strip() for text in (meant, stands))
    if wanted == found:
        return None
    return CUT if wanted.startswith(found) and wanted else CHANGED
