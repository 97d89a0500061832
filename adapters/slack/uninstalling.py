"""What Slack tells of a workspace, or of a whole organisation, that let the bot go.

It is read before it is known whose delivery it is: of two such events the second comes from a workspace where the bot
is not installed any more, and that is no reason for Slack to come again.
Source: docs.slack.dev, "app_uninstalled event", "tokens_revoked event".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.slack.tokens import Tokens

SECOND = timedelta(seconds=1)
"""Slack says when in whole seconds."""


@dataclass(frozen=True, slots=True)
class LetGo:
    """Where the bot is installed no more: a workspace, or the organisation of an org-wide installation."""

    workspace: str
    said_at: datetime | None
    """UTC; what was installed later stays."""


def let_go(body: Mapping[str, Any]) -> LetGo | None:
    """What a delivery says of it; None for every other delivery."""
    event = body.get("event")
    match event if body.get("type") == "event_callback" else None:
        case {"type": "app_uninstalled"}:
            slack = SECOND
        case {"type": "tokens_revoked", "tokens": {"bot": [_, *_]}}:
            slack = timedelta(0)
        case _:
            return None
    workspace, at = _installed_in(body), body.get("event_time")
    said_at = datetime.fromtimestamp(at, UTC) + slack if isinstance(at, int) else None
    return LetGo(workspace, said_at) if workspace else None


async def heed(body: Mapping[str, Any], tokens: Tokens) -> bool:
    """Forget an installation if `body` says so; whether it is about that, and there is nothing more to it.

    Raises StoreDown.
    """
    gone = let_go(body)
    if gone is not None:
        await tokens.forget(gone.workspace, gone.said_at)
    return gone is not None


def _installed_in(body: Mapping[str, Any]) -> str | None:
    match body.get("authorizations"):
        case [{"is_enterprise_install": True, "enterprise_id": str(enterprise)}, *_]:
            return enterprise
        case [{"team_id": str(team)}, *_]:
            return team
        case _:
            pass
    match body:
        case {"is_enterprise_install": True | "true", "enterprise_id": str(enterprise)}:
            return enterprise
        case {"team_id": str(team)}:
            return team
        case {"enterprise_id": str(enterprise)}:
            return enterprise
        case _:
            return None
