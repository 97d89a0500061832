"""Whether a delivery looks like Slack's at all: bolt trips over anything else, and it would never succeed. Pure."""

from collections.abc import Mapping
from typing import Any

OBJECTS = ("container", "enterprise", "event", "message", "team", "user", "view")


def looks_like_slacks(body: Mapping[str, Any]) -> bool:
    """Whether objects are objects, and a workspace or an organisation is named."""
    if not all(isinstance(body.get(name) or {}, dict) for name in OBJECTS):
        return False
    team, enterprise = body.get("team") or {}, body.get("enterprise") or {}
    ids = ("team_id", "enterprise_id", "context_team_id")
    named = [*(body.get(name) for name in ids), team.get("id"), enterprise.get("id")]
    return any(named) and all(isinstance(name or "", str) for name in named)
