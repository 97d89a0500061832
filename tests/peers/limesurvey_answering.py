"""What RemoteControl of the stand-in LimeSurvey does with responses.

1. `add_response` checks nothing: columns that are not there are dropped without a word, an id that is chosen is taken,
   and the survey need not be open, only have its table.
2. `update_response` names columns that are not there, leaves the token alone, and needs an active survey whose answers
   may be changed after completion. It reads the row, and writes all of it.
3. An export of no row is one row of nothing.
"""

import base64
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from tests.peers.limesurvey_things import Database, Json, Refused, Row, Survey
from tests.peers.limesurvey_world import Asked, whole

Write = Callable[[], object]
"""The last step of a method: it writes, and gives the answer."""

DATES: Final = ("datestamp", "startdate")


def _table(survey: Survey, sentence: str) -> tuple[str, ...]:
    if survey.columns is None:
        raise Refused(sentence)
    return survey.columns


def _kept(database: Database, row: Mapping[str, object]) -> Row:
    return {name: None if value is None else database.kept(name, _text(value)) for name, value in row.items()}


def _stripped(value: str | None) -> str | None:
    return None if value is None else value.replace("'", "").replace("`", "")


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else ""
    return str(value)


def add_response(asked: Asked) -> Write:
    """Add a response, with the id that was chosen or the next one."""
    world, survey = asked.world, asked.survey()
    columns = _table(survey, "No survey response table")
    data = {"startlanguage": survey.language, **asked.data(1)}
    stamp = world.clock().strftime("%Y-%m-%d %H:%M:%S")
    for name in ("submitdate", *(date for date in DATES if survey.says("datestamp") == "Y")):
        if not data.get(name, stamp):
            del data[name]
        else:
            data.setdefault(name, stamp)

    def write() -> object:
        chosen = 0 if world.chooses_ids else whole(data.get("id") or 0)
        key = chosen or max(survey.rows, default=0) + 1
        if key in survey.rows:
            raise world.database.duplicate(survey.sid, key)
        row = dict.fromkeys(columns) | {name: data[name] for name in columns if name in data} | {"id": key}
        kept = _kept(world.database, row)
        survey.rows[key] = {name: _stripped(value) for name, value in kept.items()} if world.strips_quotes else kept
        return world.given(key)

    return write


def update_response(asked: Asked) -> Write:
    """Change a response, by its id or its token."""
    survey, data = asked.survey("Invalid survey ID"), dict(asked.data(1))
    if not survey.is_active:
        raise Refused("Survey is not active")
    if survey.says("alloweditaftercompletion") != "Y":
        raise Refused("Survey does not allow edit after completion")
    columns = _table(survey, "No survey response table")
    if data.get("id") is None and data.get("token") is None:
        raise Refused("Missing response identifier (id|token)")
    found = _found(survey, data)
    if not found:
        raise Refused("No matching Response")
    if len(found) > 1:
        raise Refused("More then one matching response, updateing multiple responses at once is not supported")
    unknown = [name for name in data if name not in columns]
    if unknown:
        raise Refused(f"Invalid Column names supplied: {', '.join(unknown)}")
    data.pop("token", None)
    read = dict(survey.rows[found[0]])

    def write() -> object:
        if found[0] in survey.rows:
            survey.rows[found[0]] = read | _kept(asked.world.database, data)
        return True

    return write


def _found(survey: Survey, data: Json) -> list[int]:
    if data.get("id") is not None:
        key = whole(data["id"])
        return [key] if key in survey.rows else []
    return _by_token(survey, [data["token"]])


def _by_token(survey: Survey, tokens: Iterable[object]) -> list[int]:
    wanted = {str(token) for token in tokens}
    return [key for key, row in survey.rows.items() if row.get("token") in wanted]


def delete_response(asked: Asked) -> Write:
    """Take a response away."""
    survey, key = asked.survey(), whole(asked.at(1))
    if key not in survey.rows:
        raise Refused("Response Id not found")

    def write() -> object:
        survey.rows.pop(key, None)
        return {str(key): "deleted"}

    return write


def export_responses(asked: Asked) -> object:
    """Give responses in the order of their ids, as JSON in base64.

    Survey, format, language, status, headings, answers, first id, last id, fields.
    """
    survey = asked.survey()
    _exportable(survey, asked.at(1), asked.at(2))
    low, high = whole(asked.at(6) or 1), whole(asked.at(7) or max(survey.rows))
    return _exported(survey, [key for key in sorted(survey.rows) if low <= key <= high], asked.names(8))


def export_responses_by_token(asked: Asked) -> object:
    """Give the responses with one of these tokens, as JSON in base64.

    Survey, format, tokens, language, status, headings, answers, fields.
    """
    survey, tokens = asked.survey(), asked.at(2)
    _exportable(survey, asked.at(1), asked.at(3))
    found = _by_token(survey, tokens if isinstance(tokens, list) else [tokens])
    if not found and not isinstance(tokens, list):
        raise Refused("No Response found for Token")
    return _exported(survey, sorted(found), asked.names(7))


def _exportable(survey: Survey, form: object, language: object) -> None:
    _table(survey, "No Data, survey table does not exist.")
    if not survey.rows:
        raise Refused("No Data, could not get max id.")
    if language and language != survey.language:
        raise Refused("Language code not found for this survey.")
    if form != "json":
        raise Refused("this stand-in exports JSON only")


def _exported(survey: Survey, keys: list[int], fields: list[str] | None) -> str:
    known = survey.field_map()
    wanted = fields or list(known)
    heads = [known[name]["title"] or name if name in known else name for name in wanted]
    rows: list[Row] = [survey.rows[key] for key in keys] or [dict.fromkeys(wanted, "")]
    given = [dict(zip(heads, (row.get(name) for name in wanted), strict=True)) for row in rows]
    return base64.b64encode(json.dumps({"responses": given}).encode()).decode()


def get_response_ids(asked: Asked) -> object:
    """Give the ids of the responses with this token."""
    return _by_token(asked.survey(), [asked.at(1)])


WRITING: Final[Mapping[str, tuple[Callable[[Asked], Write], int]]] = {
    "add_response": (add_response, 2),
    "update_response": (update_response, 2),
    "delete_response": (delete_response, 2),
}
READING: Final[Mapping[str, tuple[Callable[[Asked], object], int]]] = {
    "export_responses": (export_responses, 2),
    "export_responses_by_token": (export_responses_by_token, 3),
    "get_response_ids": (get_response_ids, 2),
}
"""By name: what is done, and how many arguments it can't do without."""
