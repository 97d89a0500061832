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

from bot.ports import Address, Scene, StoreDown
from conversations import events as on
from conversations.engine import Needs
from conversations.events import Event
from conversations.model import Chat, Part, Participant, Room
from storage import rows, saying, snapshots
from storage import statements as st
from storage.sql import Row, Sql

NOBODY = Address("", "", "")
"""An address that matches nobody: the clock's."""

TRIES = 3


class SqlInbox:
    """Deliveries that were seen."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def accept(self, delivery: str, now: datetime) -> bool:
        return self._sql.run(st.ACCEPT, delivery=delivery, at=now) == 1


class SqlChats:
    """Chats with the people in them."""

    def __init__(self, sql: Sql, fresh: Callable[[], UUID]) -> None:
        self._sql = sql
        self._fresh = fresh

    def lock(
        self, chat: UUID, within: Address | None, person: Address | None, needs: Needs, ref: str | None
    ) -> Scene | None:
        for _ in range(TRIES):
            row = self._read_locked(chat, person, ref)
            if row is None:
                return None
            scene = _scene(row)
            if within is not None and (scene.room.channel, scene.room.workspace) != (within.channel, within.workspace):
                return None
            if person is not None and scene.participant is None:
                scene = self._take_part(scene, person)
            if person is None or scene.participant is not None:
                return self._with_parts(scene, needs)
        raise StoreDown("a participant could not be added")

    def _read_locked(self, chat: UUID, person: Address | None, ref: str | None) -> Row | None:
        who = person or NOBODY
        for _ in range(TRIES):
            row = self._sql.one(
                st.LOCK_CHAT, chat=chat, channel=who.channel, workspace=who.workspace, address=who.address, ref=ref
            )
            if row is None or row[0] == row[1]:
                return row
        raise StoreDown("a chat changed while it was locked")

    def _take_part(self, scene: Scene, who: Address) -> Scene:
        """The scene with `who` in it; without them when somebody else let them in at this moment."""
        person = scene.person or self._new_person(who) or self.person(who)
        new = Participant(id=self._fresh(), response=self._fresh())
        added = self._sql.run(
            st.ADD_PARTICIPANT,
            id=new.id,
            chat=scene.chat.id,
            person=person,
            response_key=new.response,
            revision=new.revision,
            standing=new.standing,
            passed=[],
            sat_out=False,
        )
        return replace(scene, person=person, participant=new, participants={new.id: new}) if added else scene

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
            self._sql.run(st.ADD_WORKSPACE, channel=room.channel, workspace=room.workspace)
            self._sql.run(st.ADD_ROOM, id=self._fresh(), zone=zone, **here)
            row = self._sql.one(st.LOCK_ROOM, **here)
        if row is None:
            raise StoreDown("a room could not be added")
        return rows.room(row)

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
        person = self._person_at(who) or self._new_person(who) or self._person_at(who)
        if person is None:
            raise StoreDown("a person could not be added")
        return person

    def _person_at(self, who: Address) -> UUID | None:
        person: UUID | None = self._sql.value(
            st.PERSON_AT, channel=who.channel, workspace=who.workspace, address=who.address
        )
        return person

    def _new_person(self, who: Address) -> UUID | None:
        """The id of a person who was not there; none when they are."""
        person = self._fresh()
        added = self._sql.run(
            st.ADD_PERSON,
            id=person,
            channel=who.channel,
            workspace=who.workspace,
            address=who.address,
            stop_asking=False,
        )
        return person if added else None

    def stop_asking(self, person: UUID) -> None:
        self._sql.run(st.STOP_ASKING, person=person)

    def due(self, now: datetime, most: int) -> Sequence[UUID]:
        return [row[0] for row in self._sql.all(st.DUE, now=now, most=most)]

    def save(self, before: Chat | None, after: Chat, events: Sequence[Event], words: str | None) -> None:
        if before is None:
            self._add(after)
            first = 1
        else:
            self._update(before, after)
            first = before.version + 1
        self._sql.many(st.ADD_EVENT, [_event(after.id, number, event) for number, event in enumerate(events, first)])
        for number, event in enumerate(events, first):
            saying.record(self._sql, after.id, number, event, words)
        if after.practice and any(isinstance(event, on.Closed | on.Cancelled) for event in events):
            for forget in st.FORGET_PRACTICE:
                self._sql.run(forget, chat=after.id)

    def _add(self, chat: Chat) -> None:
        self._sql.run(
            st.ADD_CHAT,
            id=chat.id,
            room=chat.room,
            stage=chat.stage.value,
            version=chat.version,
            host=chat.host,
            next_at=chat.next_at,
            started_at=chat.started_at,
            over_at=chat.over_at,
            snapshot=snapshots.write(chat),
        )

    def _update(self, before: Chat, after: Chat) -> None:
        saved = self._sql.run(
            st.SAVE_CHAT,
            chat=after.id,
            before=before.version,
            new_version=after.version,
            new_next_at=after.next_at,
            new_snapshot=snapshots.write(after),
        )
        if (after.stage, after.host) != (before.stage, before.host):
            self._sql.run(
                st.SET_STAGE,
                chat=after.id,
                new_stage=after.stage.value,
                new_host=after.host,
                new_over_at=after.over_at,
            )
        if saved != 1:
            raise StoreDown("the chat was changed by somebody else at the same time")


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
