"""How fast Slack may be told things: shared by all processes, at the gates of each workspace."""

from bot.outbox import Rate
from bot.outgoing import RECEIPTS

SLACK = "slack"
"""What channels in Slack are called, or how their names begin."""

POSTS, WHISPERS = Rate(per_second=4, burst=4), Rate(per_second=1.5, burst=20)
"""Slack takes a few hundred messages a minute in a workspace, and of each kind of receipt 50 to 100."""


def rate_of(gate: str) -> Rate | None:
    """How fast what waits at `gate` may go, if it goes to Slack."""
    if not gate.startswith((f"{SLACK}:", f"{SLACK}-")):
        return None
    return WHISPERS if gate.endswith(f":{RECEIPTS}") else POSTS
