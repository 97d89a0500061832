"""Asks Slack about tokens, outside any room: either it answers, or it refuses, or it is away.

No error's text is passed on: it quotes what was sent, and here that is secrets. Slack's name for an error is.
"""

import re
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientError, encode_basic_auth
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.outside import Busy

NAME = re.compile(r"[a-z0-9_]{1,60}")
PASSING = frozenset(
    {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "ratelimited", "rate_limited"}
)
THROTTLED = 429

AWAY = (ClientError, SlackClientError, OSError, TimeoutError, ValueError, AttributeError)
"""The last two: slack_sdk on a body that is no JSON object."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who the app is to Slack when it asks for tokens."""

    client_id: str
    client_secret: str = field(repr=False)


class Refused(Exception):
    """Slack will not do it; the text is its own name for why."""


async def asked(question: Awaitable[AsyncSlackResponse]) -> Mapping[str, Any]:
    """What Slack answers. Raises Refused; Busy when it is away or the answer is none."""
    trouble: Exception
    try:
        answer = (await question).data
        if isinstance(answer, dict):
            return answer
        trouble = Busy("slack_away")
    except SlackApiError as error:
        trouble = _meaning(error.response)
    except AWAY:
        trouble = Busy("slack_away")
    raise trouble  # out here it carries nothing of the other error


async def tokens_for(client: AsyncWebClient, credentials: Credentials, **given: str) -> Mapping[str, Any]:
    """What Slack gives for a code or a refresh token. Raises as `asked`.

    slack_sdk's own method builds the header in a way that aiohttp gives up.
    """
    who = encode_basic_auth(credentials.client_id, credentials.client_secret)
    return await asked(client.api_call("oauth.v2.access", data=given, headers={"Authorization": who}))


def _meaning(response: object) -> Exception:
    data = getattr(response, "data", None)
    error = str(data.get("error", "")) if isinstance(data, dict) else ""
    if getattr(response, "status_code", 0) == THROTTLED or error in {"ratelimited", "rate_limited"}:
        return Busy("throttled", _seconds(getattr(response, "headers", None)), throttled=True)
    if error in PASSING or not NAME.fullmatch(error):
        return Busy("slack_away")
    return Refused(error)


def _seconds(headers: Mapping[str, str] | None) -> float | None:
    said = (headers or {}).get("Retry-After", "")
    return float(said) if said.isascii() and said.isdigit() else None
