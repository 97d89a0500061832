"""Stories and contact requests. The words of each are one JSON text; how an author is reached is a row by itself.

Whoever reads one says whose it is, and gets it only if it is theirs: for delivery alone nobody does.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from json import JSONEncoder, loads
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, bindparam, delete, false, or_, select
from sqlalchemy.dialects.postgresql import insert

from bot.kept_stories import KeptRequest, KeptStory
from bot.outside import Address
from conversations.stories import Request, Story, Use
from storage.sql import Row, Sql, Statement, Values
from storage.statements import THEM
from storage.tables import contacts, people, stories
from storage.types import ID

CREDIT = "credit"
_dumps = JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _keep(table: Table, *changed: str) -> Statement:
    """Write a row; of one that is there `changed` alone: whose it is, and since when, stays."""
    new = insert(table).values({column.name: bindparam(column.name) for column in table.c})
    return Statement(
        new.on_conflict_do_update(index_elements=["id"], set_={name: new.excluded[name] for name in changed})
    )


_USES = tuple(str(use) for use in Use)
KEEP = _keep(stories, "revision", "withdrawn", *_USES, "consent", "consented_on", "text")
KEEP_CONTACT = _keep(contacts, "revision", "withdrawn", "text")
FORGET_CONTACT = Statement(delete(contacts).where(contacts.c.id == bindparam("which", type_=ID)))

_STORY = tuple(stories.c[name] for name in ("id", "chat", "revision", "withdrawn", *_USES, "consent", "consented_on"))
_STORIES = select(*_STORY, stories.c.text, stories.c.at, contacts.c.text).outerjoin(
    contacts, contacts.c.id == stories.c.id
)
_REQUESTS = select(contacts.c.id, contacts.c.revision, contacts.c.withdrawn, contacts.c.text, contacts.c.at)
_IS_REQUEST = contacts.c.of_story == false()


def _which(column: ColumnElement[Any]) -> ColumnElement[bool]:
    """The one with an id; every one, where that is None."""
    wanted = bindparam("which", type_=ID)
    return or_(wanted.is_(None), column == wanted)


_OWN = (
    _STORIES.join(people, people.c.id == stories.c.person)
    .where(THEM, stories.c.withdrawn == false())
    .order_by(stories.c.at.desc(), stories.c.id)
)
_OWN_REQUESTS = (
    _REQUESTS.join(people, people.c.id == contacts.c.person)
    .where(THEM, _IS_REQUEST, contacts.c.withdrawn == false())
    .order_by(contacts.c.at.desc(), contacts.c.id)
)
OF = Statement(_STORIES.where(stories.c.id == bindparam("which", type_=ID)))
OWN = Statement(_OWN)
LOCK = Statement(_OWN.where(_which(stories.c.id)).limit(1).with_for_update(of=stories))
REQUEST = Statement(_REQUESTS.where(_IS_REQUEST, contacts.c.id == bindparam("which", type_=ID)))
OWN_REQUESTS = Statement(_OWN_REQUESTS)
LOCK_REQUEST = Statement(_OWN_REQUESTS.where(_which(contacts.c.id)).limit(1).with_for_update(of=contacts))


class SqlStories:
    """Stories and contact requests inside one transaction."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def keep(self, kept: KeptStory, author: UUID) -> None:
        self._sql.later(KEEP, [_row(kept, author)], in_order=True)
        if kept.story.contact and not kept.withdrawn:
            self._sql.later(KEEP_CONTACT, [_contact(kept, author)], in_order=True)
        else:
            self._sql.run(FORGET_CONTACT, which=kept.id)

    def lock(self, who: Address, story: UUID | None) -> KeptStory | None:
        row = self._sql.one(LOCK, which=story, **_them(who))
        return None if row is None else _kept(row)

    def of(self, story: UUID) -> KeptStory | None:
        row = self._sql.one(OF, which=story)
        return None if row is None else _kept(row)

    def own(self, who: Address) -> Sequence[KeptStory]:
        return [_kept(row) for row in self._sql.all(OWN, **_them(who))]

    def keep_request(self, kept: KeptRequest, author: UUID) -> None:
        request = kept.request
        words = {"reach": request.reach, "about": request.about, "when": request.when}
        row: Values = {
            "id": kept.id,
            "person": author,
            "of_story": False,
            "revision": kept.revision,
            "withdrawn": kept.withdrawn,
            "text": "" if kept.withdrawn else _dumps(words),
            "at": kept.at,
        }
        self._sql.later(KEEP_CONTACT, [row], in_order=True)

    def lock_request(self, who: Address, request: UUID | None) -> KeptRequest | None:
        row = self._sql.one(LOCK_REQUEST, which=request, **_them(who))
        return None if row is None else _request(row)

    def request(self, request: UUID) -> KeptRequest | None:
        row = self._sql.one(REQUEST, which=request)
        return None if row is None else _request(row)

    def own_requests(self, who: Address) -> Sequence[KeptRequest]:
        return [_request(row) for row in self._sql.all(OWN_REQUESTS, **_them(who))]


def _them(who: Address) -> Mapping[str, str]:
    return {"channel": who.channel, "workspace": who.workspace, "address": who.address}


def _row(kept: KeptStory, author: UUID) -> Values:
    story = kept.story
    words = {**story.parts, **({CREDIT: story.credit} if story.credit else {})}
    return {
        "id": kept.id,
        "person": author,
        "chat": kept.chat,
        "revision": kept.revision,
        "withdrawn": kept.withdrawn,
        **{str(use): use in story.uses for use in Use},
        "consent": story.consent,
        "consented_on": kept.on.isoformat(),
        "text": "" if kept.withdrawn else _dumps(words),
        "at": kept.at,
    }


def _contact(kept: KeptStory, author: UUID) -> Values:
    return {
        "id": kept.id,
        "person": author,
        "of_story": True,
        "revision": kept.revision,
        "withdrawn": False,
        "text": _dumps({"reach": kept.story.contact}),
        "at": kept.at,
    }


def _kept(row: Row) -> KeptStory:
    id_, chat, revision, withdrawn, *rest = row
    allowed, (consent, on, text, at, contact) = rest[: len(_USES)], rest[len(_USES) :]
    words: dict[str, str] = loads(text) if text else {}
    credit = words.pop(CREDIT, "")
    story = Story(
        parts=words,
        uses=frozenset(use for use, may in zip(Use, allowed, strict=True) if may),
        credit=credit,
        contact=loads(contact)["reach"] if contact else "",
        consent=consent,
    )
    return KeptStory(
        id=id_,
        chat=chat,
        revision=revision,
        story=story,
        on=date.fromisoformat(on),
        at=at,
        withdrawn=bool(withdrawn),
    )


def _request(row: Row) -> KeptRequest:
    id_, revision, withdrawn, text, at = row
    words = loads(text) if text else {"reach": ""}
    return KeptRequest(id=id_, revision=revision, request=Request(**words), at=at, withdrawn=bool(withdrawn))
