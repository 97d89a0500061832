"""What LimeSurvey's answers ask for. Nearly every error is HTTP 200 with a sentence; none of them goes any further.

1. A text of the database may quote what was sent, and so may contain any other sentence. Its SQLSTATE alone is read.
2. Other sentences are known as a whole, or by how they begin; what follows there names columns only.
3. A sentence that nobody knows is tried again: most of what can happen to a web server passes.

Source: LimeSurvey 6's `remotecontrol_handle.php` and 5's, whose sentences differ by "Error: " and full stops;
PostgreSQL's "Error Codes"; MariaDB's "Error Codes and SQLSTATE".
"""

import re
from collections.abc import Mapping
from typing import Final

from bot.outside import AtFault, Busy, Poison

Kind = type[Exception]


class SessionLost(Exception):
    """The session's key is none any more: it is over, or somebody released it."""


class Taken(Exception):
    """There is a response with this id already, or LimeSurvey did not say why it added none."""


class NotThere(Exception):
    """There is no such response, or none at all."""


_CODE: Final = re.compile(r"SQLSTATE\[([0-9A-Z]{5})\]")
_SENTENCES: Final[Mapping[str, tuple[Kind, str]]] = {
    "invalid session key": (SessionLost, ""),
    "invalid user name or password": (AtFault, "unauthorised"),
    "no permission": (AtFault, "no_permission"),
    "invalid survey id": (AtFault, "no_such_survey"),
    "invalid surveyid": (AtFault, "no_such_survey"),
    "survey is not active": (AtFault, "survey_closed"),
    "no survey response table": (AtFault, "survey_closed"),
    "no data, survey table does not exist": (AtFault, "survey_closed"),
    "no available data": (AtFault, "survey_closed"),
    "survey does not allow edit after completion": (AtFault, "not_editable"),
    "unable to add response": (Taken, ""),
    "unable to edit response": (Poison, "refused"),
    "no matching response": (NotThere, ""),
    "no data, could not get max id": (NotThere, ""),
    "no data": (NotThere, ""),
}
_BEGINNINGS: Final[Mapping[str, tuple[Kind, str]]] = {
    "you have exceeded the number of maximum login attempts": (AtFault, "locked_out"),
    "invalid column names supplied": (AtFault, "field_missing"),
}
_STATES: Final[Mapping[str, tuple[Kind, str]]] = {
    "22": (Poison, "data_error"),  # too long, or no text of this database
    "23": (Taken, ""),  # the primary key is the only thing there that is unique
    "42S02": (AtFault, "survey_closed"),
    "42P01": (AtFault, "survey_closed"),
    "42S22": (AtFault, "field_missing"),
    "42703": (AtFault, "field_missing"),
}
"""By the code, or by its class."""


def trouble(result: object, error: object) -> Exception | None:
    """What an answer asks for; None: it is none of an error."""
    if error is not None:
        return meaning(str(error))
    status = result.get("status") if isinstance(result, dict) else None
    return meaning(status) if isinstance(status, str) and status != "OK" else None


def meaning(sentence: str) -> Exception:
    """What a sentence of LimeSurvey asks for."""
    state = _CODE.search(sentence)
    if state is not None:
        return _of_database(state[1])
    plain = sentence.strip().lower().removeprefix("error:").strip().rstrip(".")
    for beginning, (kind, reason) in _BEGINNINGS.items():
        if plain.startswith(beginning):
            return kind(reason)
    kind, reason = _SENTENCES.get(plain, (Busy, "unknown_answer"))
    return kind(reason)


def _of_database(state: str) -> Exception:
    kind, reason = _STATES.get(state) or _STATES.get(state[:2]) or (Busy, "database")
    return kind(reason)
