"""Where a delivery came from: the room, its thread, the person, and how both are reached again. Pure.

1. A room is a conversation without its thread; a thread is named by the post that began it.
2. A person is known by their id in the directory, which is the same in every conversation.

Source: learn.microsoft.com, "Bot activity handlers"; "Proactive messages".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.outside import Address
from bot.registers import Reference

THREAD = ";messageid="
PERSONAL, CHANNEL = "personal", "channel"


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where somebody did something. `under` is the post that began the thread they did it in."""

    room: Reference
    person: Reference
    under: str | None


def whereabouts(body: Mapping[str, Any], name: str) -> Whereabouts:
    """Read it from a delivery to the channel called `name`. Raises KeyError, TypeError for what Teams never writes."""
    conversation, sender, data = body["conversation"], body["from"], body.get("channelData") or {}
    tenant = str((data.get("tenant") or {}).get("id") or conversation["tenantId"])
    room, _, thread = str(conversation["id"]).partition(THREAD)
    kind = str(conversation.get("conversationType") or PERSONAL)
    service_url, bot_id = str(body["serviceUrl"]), str(body["recipient"]["id"])
    person = str(sender.get("aadObjectId") or sender["id"])
    return Whereabouts(
        room=Reference(
            at=Address(name, tenant, room),
            kind=kind,
            team_id=_id(data, "team"),
            channel_id=room if kind == CHANNEL else None,
            service_url=service_url,
            bot_id=bot_id,
        ),
        person=Reference(
            at=Address(name, tenant, person),
            kind=PERSONAL,
            user_id=str(sender["id"]),
            given_name=_given_name(sender.get("name")),
            conversation_id=room if kind == PERSONAL else None,
            service_url=service_url,
            bot_id=bot_id,
        ),
        under=thread or None,
    )


def _id(data: Mapping[str, Any], name: str) -> str | None:
    found = (data.get(name) or {}).get("id")
    return str(found) if found else None


def _given_name(name: object) -> str | None:
    """The first of somebody's names: what their team calls them."""
    return name.split()[0] if isinstance(name, str) and name.strip() else None
