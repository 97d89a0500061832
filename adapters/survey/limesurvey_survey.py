"""Making a LimeSurvey survey for responses, and checking one: from the command line, and there alone.

citric is synchronous and waits for ever by itself; here it waits as long as a delivery would. What LimeSurvey answers
goes no further than to be told apart: every sentence below is ours.
"""

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import requests
from citric import Client
from citric.exceptions import (
    InvalidJSONResponseError,
    LimeSurveyError,
    ResponseMismatchError,
    RPCInterfaceNotEnabledError,
)

from adapters.survey.limesurvey_answers import meaning
from adapters.survey.limesurvey_checks import CannotReachLimeSurvey, Check, of_fields, of_settings
from adapters.survey.limesurvey_file import PAST, SETTINGS, structure
from adapters.survey.outward import may_be_called

TITLE: Final = "Team Leeds chats"
ACTIVATION: Final = {"anonymized": False, "datestamp": True, "ipaddr": False, "refurl": False, "savetimings": False}
SECONDS_TO_CONNECT, SECONDS = 3.0, 20.0
WHY: Final[Mapping[str, str]] = {
    "unauthorised": "LimeSurvey refuses the user or the password. After three refusals it locks us out for 10 minutes.",
    "locked_out": "LimeSurvey has locked us out after wrong passwords. Wait 10 minutes, then try again once.",
    "no_permission": "LimeSurvey does not let this account do that: it needs to create surveys, or to own this one.",
    "no_such_survey": "LimeSurvey has no survey with this number.",
}
OFF: Final = "LimeSurvey's JSON-RPC is off: switch it on in Configuration, Global settings, Interfaces."
NO_LIMESURVEY: Final = (
    "What answers there is not LimeSurvey's RemoteControl, whose address ends with /admin/remotecontrol."
)
AWAY: Final = "LimeSurvey can't be reached, or takes longer than 20 seconds. Is its address right?"
OTHERWISE: Final = "LimeSurvey would not do that, for a reason that we don't know."
INSECURE: Final = "LimeSurvey needs an address that begins with https://, unless it is on this machine."


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Where RemoteControl is, and who we are there."""

    url: str
    user: str
    password: str = field(repr=False)


class _Bounded(requests.Session):
    """Waits no longer than a delivery would, and follows nobody elsewhere."""

    def request(self, *order: Any, **options: Any) -> requests.Response:  # noqa: ANN401 -- passed on as it comes
        bounds = {"timeout": (SECONDS_TO_CONNECT, SECONDS), "allow_redirects": False}
        response = super().request(*order, **{**options, **bounds})
        if response.is_redirect:
            raise requests.HTTPError
        return response


def set_up(access: Access, title: str, questions: Mapping[str, str]) -> int:
    """Make an active survey for `questions`, by key; returns its number. Raises CannotReachLimeSurvey."""
    with _logged_in(access) as client:
        survey = int(client.import_survey(io.BytesIO(structure(title, questions)), "txt"))
        client.session.set_survey_properties(survey, {**SETTINGS, "expires": PAST})
        client.session.activate_survey(survey, {name: "Y" if on else "N" for name, on in ACTIVATION.items()})
        return survey


def check(access: Access, survey: int, questions: Sequence[str], clock: Callable[[], datetime]) -> Sequence[Check]:
    """What is right and what is not with a survey. `clock` gives UTC. Raises CannotReachLimeSurvey."""
    with _logged_in(access) as client:
        settings: dict[str, Any] = {**client.get_survey_properties(survey)}
        given = client.get_fieldmap(survey)
        hidden = {
            str(entry["title"]): _is_hidden(client, int(entry["qid"]))
            for entry in given.values()
            if entry.get("qid") and entry.get("title")
        }
    return (*of_settings(settings, clock()), *of_fields(given, hidden, questions))


def _is_hidden(client: Client, question: int) -> bool:
    found = client.session.get_question_properties(question, ["attributes"])["attributes"]
    return isinstance(found, dict) and str(found.get("hidden")) == "1"


@contextmanager
def _logged_in(access: Access) -> Iterator[Client]:
    if not may_be_called(access.url):
        raise CannotReachLimeSurvey(INSECURE)
    trouble = None
    try:
        with (
            _Bounded() as session,
            Client(access.url, access.user, access.password, requests_session=session) as client,
        ):
            yield client
    except RPCInterfaceNotEnabledError:
        trouble = OFF
    except (InvalidJSONResponseError, ResponseMismatchError, requests.HTTPError):
        trouble = NO_LIMESURVEY
    except LimeSurveyError as refused:
        trouble = WHY.get(str(meaning(str(refused))), OTHERWISE)
    except requests.RequestException:
        trouble = AWAY
    if trouble is not None:
        raise CannotReachLimeSurvey(trouble)  # outside of what was caught, whose text may quote anything
