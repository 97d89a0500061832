"""One line of exported JSON Lines, read back: what `adapters/export/lines.py` writes, and nothing else.

1. Other fields, other kinds of values and a key that comes twice are refused.
2. A refusal never quotes what a line says: it may be somebody's words.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Annotated, Final, Literal, TypeVar
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from adapters.export.lines import FOR_ANALYSTS, FORMAT, VERSION
from bot.outside import Consent, Item, SurveyEvent, Topic
from conversations.events import Sending
from conversations.model import Pace, Permission
from conversations.stories import PARTS

MOST: Final = 2**31 - 1
"""What our databases take for a whole number."""
NO_JSON: Final = "is not JSON"


class WrongLine(Exception):
    """It is no line of ours; the text goes on after its number."""


def _plain(words: str) -> str:
    if "\0" in words:
        raise ValueError("has a character in it that no database takes (NUL)")
    return words


def _day(text: str) -> str:
    try:
        date.fromisoformat(text or "2026-12-08")
    except ValueError:
        raise ValueError("must be a day, such as 2026-12-08") from None
    return text


Words = Annotated[str, AfterValidator(_plain)]
Day = Annotated[str, Field(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$"), AfterValidator(_day)]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$", max_length=200)]
Number = Annotated[int, Field(ge=1, le=MOST)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", hide_input_in_errors=True)


class _Item(_Strict):
    link_id: Key
    verbatim: Words | None
    nonresponse: Literal["skipped", "not_asked", "withheld"] | None
    permission: Literal["themes", "quote"] | None

    def as_told(self) -> Item:
        """As a survey store is told of it."""
        permission = None if self.permission is None else Permission(self.permission)
        return Item(self.link_id, self.verbatim, self.nonresponse, permission)


class _Consent(_Strict):
    internal: bool
    website: bool
    social_media: bool
    credit: Words | None
    wording: Words
    on: date

    def as_told(self) -> Consent:
        """As a survey store is told of it."""
        return Consent(self.internal, self.website, self.social_media, self.credit, self.wording, self.on)


class _Ids(_Strict):
    """What every line says; of what was withdrawn, nothing more."""

    format: str
    version: int
    response_key: UUID
    revision: Number
    status: Sending
    topic: Literal["response", "reflection", "story"]
    event: UUID
    day: date
    guide: Key | None
    guide_version: Number | None
    chat_key: UUID | None
    items: list[_Item]


class _Whole(_Ids):
    pace: Pace | None
    complete: bool
    organisation: Words | None
    sector: Words | None
    team: Words | None
    fieldwork_start: Day
    fieldwork_end: Day
    consent: _Consent | None


M = TypeVar("M", bound=_Ids)


def event_of(line: bytes) -> SurveyEvent:
    """What a line says, in UTF-8. Raises WrongLine."""
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise WrongLine("is not UTF-8") from None
    said = _json(text)
    _refuse_others(said)
    if said.get("status") == Sending.WITHDRAWN:
        return _withdrawn(_checked(_Ids, text))
    return _standing(_checked(_Whole, text))


def _json(text: str) -> Mapping[str, object]:
    try:
        said = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise WrongLine(NO_JSON) from None
    if not isinstance(said, dict):
        raise WrongLine("is not an object in JSON, one response a line")
    return said


def _once(pairs: list[tuple[str, object]]) -> Mapping[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise WrongLine("names one field twice")
    return found


def _refuse_others(said: Mapping[str, object]) -> None:
    """Refuse what is no line of this format and version, before its fields are looked at."""
    if said.get("format") == FOR_ANALYSTS:
        raise WrongLine("was written for an analyst, and has not all that there was: take a file without --analyst")
    if said.get("format") != FORMAT:
        raise WrongLine(f"is none of ours: ‘format’ must be {FORMAT}")
    if said.get("version") != VERSION or isinstance(said["version"], bool):
        raise WrongLine(f"has a version that is not known here; this program reads version {VERSION}: use a newer one")


def _checked(model: type[M], text: str) -> M:
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        raise WrongLine(_reason(error.errors(include_url=False, include_input=False)[0])) from None


def _withdrawn(said: _Ids) -> SurveyEvent:
    if said.items:
        raise WrongLine("is withdrawn, and has ‘items’ all the same; take the words out")
    return SurveyEvent(
        id=said.event,
        subject=said.response_key,
        number=0,
        revision=said.revision,
        sending=said.status,
        topic=Topic(said.topic),
        time=datetime.combine(said.day, time(), UTC),
        guide=said.guide,
        guide_version=said.guide_version,
        chat_key=said.chat_key,
    )


def _standing(said: _Whole) -> SurveyEvent:
    _refuse_half(said)
    return SurveyEvent(
        id=said.event,
        subject=said.response_key,
        number=0,
        revision=said.revision,
        sending=said.status,
        topic=Topic(said.topic),
        time=datetime.combine(said.day, time(), UTC),
        guide=said.guide,
        guide_version=said.guide_version,
        chat_key=said.chat_key,
        pace=said.pace,
        complete=said.complete,
        organisation=said.organisation,
        sector=said.sector,
        team=said.team,
        fieldwork_start=said.fieldwork_start,
        fieldwork_end=said.fieldwork_end,
        items=tuple(item.as_told() for item in said.items),
        consent=None if said.consent is None else said.consent.as_told(),
    )


def _refuse_half(said: _Whole) -> None:
    """Refuse what each field allows and all of them together don't mean anything."""
    keys = [item.link_id for item in said.items]
    if len(set(keys)) < len(keys):
        raise WrongLine("has two ‘items’ with one ‘link_id’")
    if any((item.verbatim is None) is (item.nonresponse is None) for item in said.items):
        raise WrongLine("needs either ‘verbatim’ or ‘nonresponse’ in each of ‘items’")
    is_story = Topic(said.topic) is Topic.STORY
    if is_story is (said.consent is None):
        raise WrongLine("needs ‘consent’ for a story, and for nothing else")
    if is_story and not set(keys) <= set(PARTS):
        raise WrongLine(f"is a story, whose ‘items’ are {', '.join(PARTS)}")
    if not is_story and None in {said.guide, said.guide_version, said.chat_key, said.pace}:
        raise WrongLine("needs ‘guide’, ‘guide_version’, ‘chat_key’ and ‘pace’: only a story has none")


_REASONS: Final = {
    "missing": "is missing; add it",
    "extra_forbidden": "is not a field that is known here",
    "string_type": "must be words in quotation marks",
    "int_type": "must be a whole number, without quotation marks",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "model_type": "must be an object in JSON",
    "enum": "must be {expected}",
    "literal_error": "must be {expected}",
    "greater_than_equal": "must be {ge} or more",
    "less_than_equal": "must be {le} or less",
    "string_too_long": "is too long to be one of ours",
    "string_pattern_mismatch": "is not written as ours are",
    "uuid_type": "must be a key, such as 0b0a7c1e-3d5f-4a7e-9a64-2f6f3f0f7a35",
    "uuid_parsing": "must be a key, such as 0b0a7c1e-3d5f-4a7e-9a64-2f6f3f0f7a35",
    "date_type": "must be a day, such as 2026-12-08",
    "date_parsing": "must be a day, such as 2026-12-08",
    "date_from_datetime_parsing": "must be a day, such as 2026-12-08",
    "date_from_datetime_inexact": "must be a day, such as 2026-12-08",
    "value_error": "{error}",
}
"""What is said for pydantic's kinds of error. The name of the field stands before it; nothing that it holds does."""


def _reason(problem: ErrorDetails) -> str:
    if problem["type"] == "json_invalid":
        return NO_JSON
    place = problem["loc"]
    name = next((step for step in reversed(place) if isinstance(step, str)), "it")
    within = f" in ‘{place[0]}’" if name != place[0] else ""
    if not _NAME.fullmatch(name):
        return f"has a field{within} that is not known here"
    said = _REASONS.get(problem["type"], "can't be used as it is")
    return f"has ‘{name}’{within}, which {said.format(**problem.get('ctx', {}))}"


_NAME: Final = re.compile(r"[a-z_]{1,30}")
"""What may be a field of ours, or a newer version's; anything else could be somebody's words."""
