"""Slack's Web API: one call at a time, and every way it can end as what the caller does next.

1. An error's text may quote what was sent. It is never logged, raised or kept: only Slack's own name for the error is.
   So what is raised here is raised outside of what was caught.
2. What may have happened though nobody saw it is Unseen, unless a second time does no harm: then it is Busy.

Source: docs.slack.dev, each method's "Errors"; "Rate limits".
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from enum import Enum
from typing import Any

import structlog
from aiohttp import ClientConnectorError, ClientError, ConnectionTimeoutError
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack.tokens import NotInstalled, Tokens
from bot.outside import AtFault, Busy, Poison, RoomGone, Unseen

log = structlog.get_logger()

ROOM_GONE = frozenset(
    {"channel_not_found", "is_archived", "not_in_channel", "user_not_in_channel", "channel_is_archived"}
    | {"user_not_found", "cannot_dm_bot", "user_disabled", "messages_tab_disabled", "is_inactive", "thread_not_found"}
    | {"restricted_action", "restricted_action_read_only_channel", "restricted_action_thread_locked"}
    | {"restricted_action_thread_only_channel", "restricted_action_non_threadable_channel"}
)
UNINSTALLED = frozenset({"token_revoked", "account_inactive", "invalid_auth", "not_authed", "app_uninstalled"})
"""The workspace let us go: as good as a room that is gone, until it takes us back."""
AT_FAULT = frozenset({"missing_scope", "no_permission", "access_denied", "org_login_required", "ekm_access_denied"})
"""Somebody has to change something at Slack; nothing is wrong with the message."""
PASSING = frozenset(
    {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org", "ratelimited"}
    | {"accesslimited", "message_limit_exceeded", "rate_limited"}
)
DID_NOT_HAPPEN = frozenset({"ratelimited", "rate_limited", "accesslimited", "service_unavailable"})
NAME, LONGEST_WAIT = re.compile(r"[a-z0-9_]{1,60}"), re.compile(r"[0-9]{1,5}")
NOBODY_SAW = (ClientError, SlackClientError, OSError, TimeoutError)
NO_ANSWER = (ValueError, AttributeError)
"""What slack_sdk makes of an answer that is no JSON object."""
THROTTLED, SERVER_FAILED = 429, 500


class Twice(Enum):
    """What a second call would do."""

    HARMLESS = "harmless"
    HARMFUL = "harmful"


Method = Callable[..., Awaitable[AsyncSlackResponse]]


class SlackError(Exception):
    """Slack refuses, by its own name for it (`error`): for what the caller treats by itself."""

    def __init__(self, error: str) -> None:
        """`error` is a name, never a text."""
        super().__init__(error)
        self.error = error


class Web:
    """Calls to the Web API of one app, with the token of the workspace that is meant."""

    def __init__(self, tokens: Tokens) -> None:
        """The methods that are called share one client, and that one session."""
        self._tokens = tokens

    async def call(
        self,
        method: Method,
        workspace: str,
        twice: Twice = Twice.HARMLESS,
        expects: frozenset[str] = frozenset(),
        **arguments: object,
    ) -> Mapping[str, Any]:
        """Do `method` there. Raises RoomGone, Busy, Unseen, Poison, AtFault; SlackError for errors in `expects`."""
        try:
            token = (await self._tokens.fresh(workspace)).token
        except NotInstalled:
            raise RoomGone("not_installed") from None
        trouble: Exception
        try:
            answer = (await method(token=token, **arguments)).data
            if isinstance(answer, dict):
                return answer
            trouble = _unseen(twice, "server_failed")
        except SlackApiError as refused:
            trouble = self._meaning(refused.response, workspace, twice, expects)
        except (ClientConnectorError, ConnectionTimeoutError):
            trouble = Busy("unreachable")
        except NOBODY_SAW:
            trouble = _unseen(twice, "connection_lost")
        except NO_ANSWER:
            trouble = _unseen(twice, "server_failed")
        raise trouble

    def _meaning(self, response: object, workspace: str, twice: Twice, expects: frozenset[str]) -> Exception:
        status: int = getattr(response, "status_code", 0) or getattr(response, "status", 0)
        data = getattr(response, "data", None)
        error = str(data.get("error", "")) if isinstance(data, dict) else ""
        if status == THROTTLED or error in {"ratelimited", "rate_limited"}:
            return Busy("throttled", _retry_after(response), throttled=True)
        if error in expects:
            return SlackError(error)
        if error in UNINSTALLED:
            self._tokens.dropped_token(workspace)
            return RoomGone(error)
        if error == "token_expired":
            self._tokens.dropped_token(workspace)
            return Busy(error, 1.0)
        if error in ROOM_GONE:
            return RoomGone(error)
        if error in AT_FAULT:
            log.error("slack_refuses", workspace=workspace, error=error, needed=_named(data, "needed"))
            return AtFault(error)
        if error in DID_NOT_HAPPEN:
            return Busy(error)
        if error in PASSING or status >= SERVER_FAILED or not NAME.fullmatch(error):
            return _unseen(twice, "server_failed")
        log.error("slack_refuses", workspace=workspace, error=error)
        return Poison(error)


def _unseen(twice: Twice, reason: str) -> Exception:
    return Unseen(reason) if twice is Twice.HARMFUL else Busy(reason)


def _retry_after(response: object) -> float | None:
    """The seconds that Slack wants us to wait, one at least, if it says so."""
    said = (getattr(response, "headers", None) or {}).get("Retry-After", "")
    return float(max(1, int(said))) if LONGEST_WAIT.fullmatch(said) else None


def _named(data: object, name: str) -> str | None:
    """A list of scopes that Slack names; nothing else gets through."""
    said = data.get(name) if isinstance(data, dict) else None
    return said if isinstance(said, str) and re.fullmatch(r"[a-z:._,]{1,200}", said) else None
