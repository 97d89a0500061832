"""What is delivered to us, and chats with the people in them.

1. A chat's row is locked before anything of it is read. If the lock was waited for, everything is read again:
   PostgreSQL reads the locked row anew, and what was joined to it as it stood before the wait.
2. A participant exists from their first command on, even a refused one: nobody learns of it, and no second is made.
3. Every event becomes a row of `events` under the version that the chat had after it, and changes at most one row of
   what people said.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from bot.outside import Address
from bot.ports import Scene, StoreDown
from conversations import events as on
from conversations.engine import Needs
from conversations.events import Event
from conversations.model import Chat, Part, Participant, Room, Wishes
from storage import rows, saying, snapshots
from storage import statements as st
from storage.sql import Row, Sql, Statement, Values

NOBODY = Address("", "", "")
"""An address that matches nobody: the clock's."""

CHANGED = "the chat was changed by somebody else at the same time"


class SqlInbox:
    """Deliveries that were seen."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def accept(self, delivery: str, now: datetime) -> bool:
        return self._sql.run(st.ACCEPT, delivery=delivery, at=now) == 1

    def seen(self, delivery: str) -> bool:
        return self._sql.one(st.SEEN, delivery=delivery) is not None


class SqlChats:
    """Chats with the people in them."""

    def __init__(self, sql: Sql, fresh: Callable[[], UUID]) -> None:
        self._sql = sql
        self._fresh = fresh

    def lock(
        self, chat: UUID | None, within: Address | None, person: Address | None, needs: Needs, ref: str | None
    ) -> Scene | None:
        row = self._read_locked(chat, within, person, ref)
        if row is None:
            return None
        scene = _scene(row)
        wished = row[4 + rows.ROOM + rows.PARTICIPANT - rows.WISHES : 4 + rows.ROOM + rows.PARTICIPANT]
        if within is not None and (scene.room.channel, scene.room.workspace) != (within.channel, within.workspace):
            return None
        if person is not None and scene.participant is None:
            scene = self._take_part(scene, person, rows.wishes(wished))
        return self._with_parts(scene, needs)

    def _read_locked(
        self, chat: UUID | None, within: Address | None, person: Address | None, ref: str | None
    ) -> Row | None:
        who, room = person or NOBODY, within or NOBODY
        asked = {"channel": who.channel, "workspace": who.workspace, "address": who.address, "ref": ref}
        if chat is None:
            here = {"in_channel": room.channel, "in_workspace": room.workspace, "in_room": room.address}
            row = self._sql.one(st.LOCK_LATEST, **here, **asked)
        else:
            row = self._sql.one(st.LOCK_CHAT, chat=chat, **asked)
        if row is None or row[0] == row[1]:
            return row
        return self._sql.one(st.LOCK_CHAT, chat=snapshots.read(row[2]).id, **asked)  # it was waited for

    def _take_part(self, scene: Scene, who: Address, wishes: Wishes) -> Scene:
        person = scene.person or self._new_person(who)
        new = Participant(id=self._fresh(), response=self._fresh(), wishes=wishes)
        row: Values = {
            "id": new.id,
            "chat": scene.chat.id,
            "person": person,
            "response_key": new.response,
            "revision": new.revision,
            "standing": new.standing,
            "passed": [],
            "sat_out": False,
        }
        self._sql.later(st.ADD_PARTICIPANT, [row], "somebody took part for the first time, twice at once")
        return replace(scene, person=person, participant=new, participants={new.id: new})

    def _with_parts(self, scene: Scene, needs: Needs) -> Scene:
        match needs:
            case Needs.MINE if scene.participant is not None:
                return _add(
                    scene, self._sql.all(st.PARTS_OF_PARTICIPANT, chat=scene.chat.id, participant=scene.participant.id)
                )
            case Needs.ALL:
                everyone = self._sql.all(st.PARTICIPANTS, chat=scene.chat.id)
                return _add(scene, self._sql.all(st.PARTS_OF_CHAT, chat=scene.chat.id), everyone)
            case _:
                return scene

    def lock_room(self, room: Address, zone: str) -> Room:
        here = {"channel": room.channel, "workspace": room.workspace, "address": room.address}
        row = self._sql.one(st.LOCK_ROOM, **here)
        if row is None:
            self._sql.later(st.ADD_WORKSPACE, [{"channel": room.channel, "workspace": room.workspace}])
            self._sql.later(st.ADD_ROOM, [{"id": self._fresh(), "zone": zone, **here}])
            row = self._sql.one(st.LOCK_ROOM, **here)
        if row is None:
            raise StoreDown("a room could not be added")
        return rows.room(row)

    def describe_room(self, room: Room, organisation: str) -> Room:
        self._sql.later(st.DESCRIBE_ROOM, [{"room": room.id, "new_organisation": organisation}])
        return replace(room, organisation=organisation)

    def join_room(self, room: Room) -> None:
        row: Values = {
            "room": room.id,
            "new_organisation": room.organisation,
            "new_sector": room.sector,
            "new_team": room.team,
            "new_host": room.host,
            "new_joined_at": room.joined_at,
        }
        self._sql.later(st.JOIN_ROOM, [row])

    def open_in(self, room: Address) -> UUID | None:
        chat: UUID | None = self._sql.value(
            st.OPEN_IN, channel=room.channel, workspace=room.workspace, address=room.address
        )
        return chat

    def latest_in(self, room: Address) -> UUID | None:
        chat: UUID | None = self._sql.value(
            st.LATEST_IN, channel=room.channel, workspace=room.workspace, address=room.address
        )
        return chat

    def person(self, who: Address) -> UUID:
        person: UUID | None = self._sql.value(
            st.PERSON_AT, channel=who.channel, workspace=who.workspace, address=who.address
        )
        return person or self._new_person(who)

    def _new_person(self, who: Address) -> UUID:
        person = self._fresh()
        row: Values = {
            "id": person,
            "channel": who.channel,
            "workspace": who.workspace,
            "address": who.address,
            "stop_asking": False,
        }
        self._sql.later(st.ADD_PERSON, [row], "somebody came for the first time, twice at once")
        return person

    def wish(self, person: UUID, wishes: Wishes, now: datetime) -> None:
        self._sql.run(
            st.WISH,
            person=person,
            new_stop_asking=wishes.stopped,
            new_back_on=None if wishes.back_on is None else wishes.back_on.isoformat(),
            new_zone=wishes.zone,
            new_wished_at=now,
        )

    def in_zone(self, who: Address, zone: str | None, now: datetime) -> None:
        them = {"channel": who.channel, "workspace": who.workspace, "address": who.address}
        self._sql.run(st.IN_ZONE, **them, new_zone=zone, new_read_at=now)

    def due(self, now: datetime, most: int) -> Sequence[UUID]:
        return [row[0] for row in self._sql.all(st.DUE, now=now, most=most)]

    def save(self, before: Chat | None, after: Chat, events: Sequence[Event], words: str | None) -> None:
        first = 1 if before is None else before.version + 1
        written: dict[Statement, list[Values]] = {}
        for number, event in enumerate(events, first):
            written.setdefault(st.ADD_EVENT, []).append(_event(after.id, number, event))
            said = saying.writes(self._sql, after.id, number, event, words)
            if said is not None:
                written.setdefault(said[0], []).append(said[1])
        self._save_chat(before, after)
        for statement, values in written.items():
            self._sql.later(statement, values)
        if after.practice and any(isinstance(event, on.Closed | on.Cancelled) for event in events):
            for forget in st.FORGET_PRACTICE:
                self._sql.run(forget, chat=after.id)

    def _save_chat(self, before: Chat | None, after: Chat) -> None:
        of_any_event: Values = {
            "version": after.version,
            "next_at": after.next_at,
            "snapshot": snapshots.write(after),
        }
        if before is not None and (after.stage, after.host) == (before.stage, before.host):
            changed: Values = {"chat": after.id, "before": before.version, **of_any_event}
            self._sql.later(st.SAVE_CHAT, [changed], CHANGED)
            return
        whole: Values = {
            **of_any_event,
            "stage": after.stage.value,
            "host": after.host,
            "over_at": after.over_at,
        }
        if before is None:
            new: Values = {"id": after.id, "room": after.room, "started_at": after.started_at, **whole}
            self._sql.later(st.ADD_CHAT, [new])
        else:
            turned: Values = {"chat": after.id, "before": before.version, **whole}
            self._sql.later(st.SAVE_WHOLE_CHAT, [turned], CHANGED)


def _event(chat: UUID, number: int, event: Event) -> dict[str, object]:
    return {
        "chat": chat,
        "number": number,
        "type": type(event).__name__,
        "data": snapshots.event_as_json(event),
        "at": event.at,
    }


def _scene(row: Row) -> Scene:
    room, who = 4, 4 + rows.ROOM
    part = who + rows.PARTICIPANT
    participant = None if row[who] is None else rows.participant(row[who:part])
    return Scene(
        chat=snapshots.read(row[2]),
        room=rows.room(row[room:who]),
        person=row[3],
        participant=participant,
        parts=() if row[part] is None else (rows.part(row[part:]),),
        participants={} if participant is None else {participant.id: participant},
    )


def _add(scene: Scene, parts: Sequence[Row], everyone: Sequence[Row] = ()) -> Scene:
    others: dict[UUID, Participant] = {row[0]: rows.participant(row) for row in everyone}
    found: tuple[Part, ...] = tuple(rows.part(row) for row in parts)
    return replace(scene, parts=found, participants={**scene.participants, **others})
