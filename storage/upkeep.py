"""What is deleted when its time is over, and what an organiser may count.

1. The link between a person and their answers goes first, then the words, then what is left of the traffic.
2. What nobody has dealt with (dead, unknown) is not traffic and stays.
3. How somebody is reached goes with the last link to them, and that of a place that never had a chat at once: whoever
   speaks there again is heard again.
4. A lane of forwarding outlives its rows: it remembers that something was sent, which a late withdrawal needs to know.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Table, and_, bindparam, delete, exists, null, or_, select, update

from bot.outbox import OutboxCount, Status
from bot.ports import Counts, Retention
from conversations.model import Stage
from conversations.scheduling import Standing
from storage import outbox_statements as ob
from storage import statements as st
from storage.sql import Sql, Statement, literal
from storage.tables import (
    answers,
    audit,
    campaign_rooms,
    campaigns,
    chats,
    commitments,
    contacts,
    downloads,
    inbox,
    lane,
    outbox,
    participants,
    people,
    references,
    reflections,
    reminders,
    rooms,
    schedules,
    stories,
    survey_ledger,
    survey_responses,
)
from storage.types import UtcTime


def _at(table: Table) -> ColumnElement[bool]:
    """Whether a row of `table` has the address of a reference."""
    return and_(*(table.c[name] == references.c[name] for name in ("channel", "workspace", "address")))


_BEFORE = bindparam("before", type_=UtcTime())
_over = select(chats.c.id).where(chats.c.over_at.is_not(None), chats.c.over_at <= _BEFORE)
_hosts = exists().where(chats.c.host == people.c.id, or_(chats.c.over_at.is_(None), chats.c.over_at > _BEFORE))
_known = exists().where(participants.c.person == people.c.id)
_plans = or_(
    exists().where(schedules.c.owner == people.c.id),
    exists().where(schedules.c.host == people.c.id),
    exists().where(rooms.c.host == people.c.id),
)
_tells = or_(exists().where(stories.c.person == people.c.id), exists().where(contacts.c.person == people.c.id))
_steps_of_over = select(participants.c.id).where(participants.c.chat.in_(_over))
_traffic = (Status.SENT, Status.HANDED_OVER, Status.CANCELLED, Status.EXPIRED)

UNLINK = Statement(
    update(participants).values(person=null()).where(participants.c.person.is_not(None), participants.c.chat.in_(_over))
)
_wished_lately = and_(people.c.wished_at.is_not(None), people.c.wished_at > _BEFORE)
_takes_along = exists().where(downloads.c.person == people.c.id)
_left = and_(~_known, ~_hosts, ~_plans, ~_tells, ~_wished_lately, ~_takes_along)
FORGET_PEOPLE = Statement(delete(people).where(people.c.stop_asking.is_not(True), _left))
FORGET_WISHES = Statement(
    update(people)
    .values(back_on=null(), zone=null(), wished_at=null(), profile_zone=null(), profile_read_at=null())
    .where(or_(people.c.wished_at.is_not(None), people.c.profile_read_at.is_not(None)), _left)
)
"""Of who wants no asking that alone is remembered: to forget it would be to ask again."""
OLD_REMINDERS = Statement(
    delete(reminders).where(
        reminders.c.participant.in_(
            select(participants.c.id).join(chats, chats.c.id == participants.c.chat).where(chats.c.over_at.is_not(None))
        )
    )
)
"""Who asked to be reminded, and how often they were: nobody needs that once the chat is over."""
OLD_CAMPAIGN_ROOMS = Statement(delete(campaign_rooms).where(campaign_rooms.c.due_at < _BEFORE))
OLD_CAMPAIGNS = Statement(
    delete(campaigns).where(campaigns.c.made_at < _BEFORE, ~exists().where(campaign_rooms.c.campaign == campaigns.c.id))
)
OLD_SCHEDULES = Statement(
    delete(schedules).where(
        schedules.c.standing == literal(Standing.ENDED),
        schedules.c.made_at < _BEFORE,
        ~exists().where(campaign_rooms.c.schedule == schedules.c.id),  # it says what became of a room
    )
)
OLD_REFERENCES = Statement(
    delete(references).where(
        ~exists().where(_at(rooms)),
        ~select(people.c.id).where(_at(people), or_(_known, _hosts, _plans, _tells)).correlate(references).exists(),
    )
)
OLD_DOWNLOADS = Statement(delete(downloads).where(downloads.c.until <= _BEFORE))
OLD_ANSWERS = Statement(delete(answers).where(answers.c.chat.in_(_over)))
OLD_REFLECTIONS = Statement(delete(reflections).where(reflections.c.chat.in_(_over)))
OLD_STEPS = Statement(delete(commitments).where(commitments.c.participant.in_(_steps_of_over)))
OLD_STORIES = Statement(delete(stories).where(stories.c.at <= _BEFORE))
UNLINK_STORIES = Statement(
    update(stories).values(person=null()).where(stories.c.person.is_not(None), stories.c.at <= _BEFORE)
)
_told = exists().where(survey_ledger.c.subject == contacts.c.id)
DELIVERED_CONTACTS = Statement(
    delete(contacts).where(
        _told.where(survey_ledger.c.told_at <= _BEFORE),
        ~_told.where(survey_ledger.c.told_at > _BEFORE),
    )
)
OLD_CONTACTS = Statement(delete(contacts).where(contacts.c.at <= _BEFORE))
"""How somebody is reached goes so long after it was delivered; at the latest with the link to whoever it reaches."""
OLD_RESPONSES = Statement(delete(survey_responses).where(survey_responses.c.at <= _BEFORE))
OLD_AUDIT = Statement(delete(audit).where(audit.c.at <= _BEFORE))
OLD_INBOX = Statement(delete(inbox).where(inbox.c.at <= _BEFORE))
OLD_OUTBOX = Statement(
    delete(outbox).where(
        outbox.c.done_at.is_not(None),
        outbox.c.done_at <= _BEFORE,
        outbox.c.status.in_([literal(status) for status in _traffic]),
    )
)
OLD_LANES = Statement(
    delete(lane).where(
        lane.c.wake_at.is_(None),
        lane.c.lease_until.is_(None),
        or_(lane.c.not_before.is_(None), lane.c.not_before <= _BEFORE),
        ~exists().where(and_(outbox.c.lane == lane.c.key)),
    )
)


class SqlUpkeep:
    """Upkeep inside one transaction."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def purge(self, now: datetime, keep: Retention) -> Mapping[str, int]:
        linked, worded = now - keep.link, now - keep.words
        traffic = now - keep.traffic
        return {
            "participants": self._sql.run(UNLINK, before=linked),
            "downloads": self._sql.run(OLD_DOWNLOADS, before=now),
            "campaign_rooms": self._sql.run(OLD_CAMPAIGN_ROOMS, before=linked),
            "campaigns": self._sql.run(OLD_CAMPAIGNS, before=linked),
            "schedules": self._sql.run(OLD_SCHEDULES, before=linked),
            "stories_unlinked": self._sql.run(UNLINK_STORIES, before=linked),
            "contacts_delivered": self._sql.run(DELIVERED_CONTACTS, before=now - keep.contact),
            "contacts": self._sql.run(OLD_CONTACTS, before=linked),
            "people": self._sql.run(FORGET_PEOPLE, before=linked),
            "wishes": self._sql.run(FORGET_WISHES, before=linked),
            "reminders": self._sql.run(OLD_REMINDERS),
            "references": self._sql.run(OLD_REFERENCES, before=linked),
            "answers": self._sql.run(OLD_ANSWERS, before=worded),
            "reflections": self._sql.run(OLD_REFLECTIONS, before=worded),
            "commitments": self._sql.run(OLD_STEPS, before=worded),
            "stories": self._sql.run(OLD_STORIES, before=worded),
            "survey_responses": self._sql.run(OLD_RESPONSES, before=worded),
            "audit": self._sql.run(OLD_AUDIT, before=now - keep.audit),
            "inbox": self._sql.run(OLD_INBOX, before=traffic),
            "lane": self._sql.run(OLD_LANES, before=worded),
            "outbox": self._sql.run(OLD_OUTBOX, before=traffic),
        }

    def counts(self, now: datetime) -> Counts:
        return Counts(
            chats={Stage(stage): count for stage, count in self._sql.all(st.CHATS_BY_STAGE)},
            took_part=self._sql.value(st.TOOK_PART),
            outbox=[
                OutboxCount(
                    kind=kind, destination=gate, status=Status(status), reason=why, count=count, oldest_due_at=oldest
                )
                for kind, gate, status, why, count, oldest in self._sql.all(ob.ROWS_BY_KIND, now=now)
            ],
            resting={key: until for key, until, _ in self._sql.all(ob.RESTING, now=now)},
        )

    def note(self, action: str, about: str, by: str, now: datetime) -> None:
        self._sql.run(ob.AUDIT, at=now, who=by, action=action, about=about, why=None)
