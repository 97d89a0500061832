"""Which chats and stories are an analyst's to read: by who hosted, and by the workspace of the room.

A host is known by a random id for as long as their address is kept beside it. What nobody can tell, this can't either.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Text, bindparam, or_, select, type_coerce

from bot.analysts import Reach
from bot.outside import Address
from bot.registers import EVERYWHERE
from conversations.events import HostTook, Started
from storage.sql import Sql, Statement, literal, one_of
from storage.tables import chats, events, people, rooms, stories
from storage.types import IDS, NAMES

BY_ADDRESS = Statement(
    select(people.c.id, people.c.channel).where(people.c.address == bindparam("address", type_=Text()))
)
_them = bindparam("people", type_=IDS)
HOSTED = Statement(select(chats.c.id).where(one_of(chats.c.host, _them)))
_facts: Any = type_coerce(events.c.data, JSON())
_names = bindparam("names", type_=NAMES)
HOSTED_ONCE = Statement(
    select(events.c.chat)
    .distinct()
    .where(
        or_(
            (events.c.type == literal(Started.__name__)) & one_of(_facts["host"].as_string(), _names),
            (events.c.type == literal(HostTook.__name__)) & one_of(_facts["person"].as_string(), _names),
        )
    )
)
"""Also of chats that somebody else leads, or led, since."""
TOLD_IN_CHATS = Statement(select(stories.c.id, stories.c.chat).where(stories.c.chat.is_not(None)))
IN_WORKSPACES = Statement(
    select(chats.c.id)
    .join(rooms, rooms.c.id == chats.c.room)
    .where(rooms.c.channel == bindparam("channel", type_=Text()), one_of(rooms.c.workspace, _names))
)


def reach_of(sql: Sql, who: Address, scopes: Iterable[str]) -> Reach:
    """What an analyst may read whose role counts in the workspaces `scopes`, perhaps `EVERYWHERE`."""
    hosted = _hosted(sql, who)
    told = sql.all(TOLD_IN_CHATS)
    told_there = frozenset(story for story, chat in told if chat in hosted)
    names = sorted(scopes)
    if EVERYWHERE in names:
        return Reach(hosted=hosted, told_there=told_there, chats=None, stories=None)
    within = frozenset(row[0] for row in sql.all(IN_WORKSPACES, channel=who.channel, names=names))
    return Reach(
        hosted=hosted,
        told_there=told_there,
        chats=within,
        stories=frozenset(story for story, chat in told if chat in within),
    )


def _hosted(sql: Sql, who: Address) -> frozenset[UUID]:
    """The chats that somebody ever hosted, in any workspace, through any app of the same platform."""
    found = sql.all(BY_ADDRESS, address=who.address)
    them = [id_ for id_, channel in found if _platform(channel) == _platform(who.channel)]
    if not them:
        return frozenset()
    rows = [*sql.all(HOSTED, people=them), *sql.all(HOSTED_ONCE, names=[str(id_) for id_ in them])]
    return frozenset(row[0] for row in rows)


def _platform(channel: str) -> str:
    return channel.partition("-")[0]
