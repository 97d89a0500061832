"""Every table. Words live in `answers.text`, `reflections.text`, `stories.text`, `contacts.text`, and the survey store.

1. People are kept apart from their words: `participants` is the only link, and it goes 90 days after the chat.
2. Events, posts, outbox and audit hold ids and facts, never words.
3. What is looked for among few rows of many (open, due, active) has a partial index.
"""

from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.sql.elements import ColumnElement

from bot.downloads import File
from bot.outbox import Status
from bot.outside import Topic
from bot.registers import Role
from conversations.events import Sending
from conversations.model import Pace, Permission, Progress, Stage, Visibility
from conversations.scheduling import Ended, OnHoliday, Reminder, Repeat, Standing
from storage.sql import literal
from storage.types import ID, IDS_AND_FACTS, UtcTime

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMING)


def _one_of(column: str, kinds: type[StrEnum]) -> CheckConstraint:
    names = ", ".join(f"'{kind}'" for kind in kinds)
    return CheckConstraint(f"{column} IN ({names})", name=column)


def _partial(table: Table, name: str, where: ColumnElement[bool], *columns: str, unique: bool = False) -> None:
    Index(name, *(table.c[column] for column in columns), unique=unique, sqlite_where=where, postgresql_where=where)


workspaces = Table(
    "workspaces",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("workspace", Text, primary_key=True),
    Column("name", Text),
    Column("default_guide", Text),
    Column("enterprise", Text),  # the organisation that it was last seen in
    sqlite_with_rowid=False,
)

guides = Table(
    "guides",
    metadata,
    Column("key", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("body", IDS_AND_FACTS, nullable=False),
    sqlite_with_rowid=False,
)

rooms = Table(
    "rooms",
    metadata,
    Column("id", ID, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("workspace", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("organisation", Text),
    Column("sector", Text),
    Column("team", Text),
    Column("host", ID),  # who leads what is scheduled here
    Column("joined_at", UtcTime),
    ForeignKeyConstraint(["channel", "workspace"], ["workspaces.channel", "workspaces.workspace"]),
    UniqueConstraint("channel", "workspace", "address"),
)

people = Table(
    "people",
    metadata,
    Column("id", ID, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("workspace", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("stop_asking", Boolean, nullable=False, default=False),
    Column("back_on", Text),  # the day before which they are asked nothing
    Column("zone", Text),  # that they chose
    Column("wished_at", UtcTime),  # when they last changed one of the two
    Column("profile_zone", Text),  # that their platform tells of them
    Column("profile_read_at", UtcTime),
    UniqueConstraint("channel", "workspace", "address"),
)

chats = Table(
    "chats",
    metadata,
    Column("id", ID, primary_key=True),
    Column("room", ID, ForeignKey(rooms.c.id), nullable=False),
    Column("stage", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("host", ID),
    Column("next_at", UtcTime),
    Column("started_at", UtcTime, nullable=False),
    Column("over_at", UtcTime),
    Column("snapshot", Text, nullable=False),  # JSON: see storage.snapshots
    _one_of("stage", Stage),
    Index("ix_chats_room_started_at", "room", "started_at"),
)
_partial(chats, "uq_chats_one_open_per_room", chats.c.over_at.is_(None), "room", unique=True)
_partial(chats, "ix_chats_next_at", chats.c.next_at.is_not(None), "next_at")
_partial(chats, "ix_chats_over_at", chats.c.over_at.is_not(None), "over_at")

participants = Table(
    "participants",
    metadata,
    Column("id", ID, primary_key=True),
    Column("chat", ID, ForeignKey(chats.c.id), nullable=False),
    Column("person", ID, ForeignKey(people.c.id)),
    Column("response_key", ID, nullable=False, unique=True),
    Column("revision", Integer, nullable=False, default=0),
    Column("standing", Boolean, nullable=False, default=False),
    Column("passed", IDS_AND_FACTS, nullable=False),
    Column("sat_out", Boolean, nullable=False, default=False),
    UniqueConstraint("chat", "person"),
    Index("ix_participants_person", "person"),
)

events = Table(
    "events",
    metadata,
    Column("chat", ID, ForeignKey(chats.c.id), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("type", Text, nullable=False),
    Column("data", IDS_AND_FACTS, nullable=False),
    Column("at", UtcTime, nullable=False),
    sqlite_with_rowid=False,
)

answers = Table(
    "answers",
    metadata,
    Column("id", ID, primary_key=True),
    Column("chat", ID, ForeignKey(chats.c.id), nullable=False),
    Column("number", Integer, nullable=False),  # of the event that brought it: parts keep that order
    Column("participant", ID, ForeignKey(participants.c.id), nullable=False),
    Column("question", Text, nullable=False),
    Column("visibility", Text, nullable=False),
    Column("permission", Text, nullable=False),
    Column("ref", Text),
    Column("version", Integer, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Column("text", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("said_at", UtcTime),  # the platform's time of the words that stand: an edit that arrives late is older
    _one_of("visibility", Visibility),
    _one_of("permission", Permission),
    CheckConstraint("visibility = 'team' OR permission <> 'stay'", name="private_never_stays"),
    UniqueConstraint("chat", "number"),
)
_partial(answers, "uq_answers_chat_ref", answers.c.ref.is_not(None), "chat", "ref", unique=True)

reflections = Table(
    "reflections",
    metadata,
    Column("chat", ID, ForeignKey(chats.c.id), primary_key=True),
    Column("text", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
)

commitments = Table(
    "commitments",
    metadata,
    Column("participant", ID, ForeignKey(participants.c.id), primary_key=True),
    Column("question", Text, nullable=False),
    Column("due_at", UtcTime),
    Column("progress", Text),
    Column("again", Boolean, nullable=False, server_default=false()),  # they are asked for the second and last time
    _one_of("progress", Progress),
)

reminders = Table(
    "reminders",
    metadata,
    Column("participant", ID, ForeignKey(participants.c.id), primary_key=True),
    Column("due_at", UtcTime),
    Column("number", Integer),  # of the question post that `due_at` is about
    Column("after_number", Integer),  # of every post after this one they are reminded too
    Column("sent", Integer, nullable=False),
)

stories = Table(
    "stories",
    metadata,
    Column("id", ID, primary_key=True),
    Column("person", ID, ForeignKey(people.c.id)),
    Column("chat", ID, ForeignKey(chats.c.id)),
    Column("revision", Integer, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Column("internal", Boolean, nullable=False),
    Column("website", Boolean, nullable=False),
    Column("social_media", Boolean, nullable=False),
    Column("consent", Text, nullable=False),  # the version of the sentences that its author saw, and on which day
    Column("consented_on", Text, nullable=False),
    Column("text", Text, nullable=False),  # JSON: its parts, and the credit
    Column("at", UtcTime, nullable=False),
)
_partial(stories, "ix_stories_person", stories.c.person.is_not(None), "person", "at")

contacts = Table(
    "contacts",
    metadata,
    Column("id", ID, primary_key=True),  # of the story whose author is reached so; else its own
    Column("person", ID, ForeignKey(people.c.id)),
    Column("of_story", Boolean, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Column("text", Text, nullable=False),  # JSON: how somebody is reached, and what they wrote about it
    Column("at", UtcTime, nullable=False),
)
_partial(contacts, "ix_contacts_person", contacts.c.person.is_not(None), "person", "at")

posts = Table(
    "posts",
    metadata,
    Column("chat", ID, ForeignKey(chats.c.id), primary_key=True),
    Column("slot", Text, primary_key=True),
    Column("remote_ref", Text),
    Column("wanted", Integer, nullable=False),
    Column("sent", Integer, nullable=False),
    sqlite_with_rowid=False,
)
_partial(posts, "ix_posts_remote_ref", posts.c.remote_ref.is_not(None), "remote_ref")

inbox = Table(
    "inbox",
    metadata,
    Column("delivery", Text, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Index("ix_inbox_at", "at"),
    sqlite_with_rowid=False,
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigInteger().with_variant(Integer(), "sqlite"), Identity(), primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("lane", Text, nullable=False),
    Column("gate", Text, nullable=False),
    Column("chat", ID),
    Column("slot", Text),
    Column("kind", Text, nullable=False),
    Column("effect", IDS_AND_FACTS, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("retrying", Boolean, nullable=False),  # waits for another attempt, and its lane waits with it
    Column("due_at", UtcTime, nullable=False),
    Column("since", UtcTime),  # when it was due at first: `due_at` is put off by every attempt that fails
    Column("expires_at", UtcTime),
    Column("done_at", UtcTime),
    Column("reason", Text),
    Column("remote_ref", Text),
    _one_of("status", Status),
)
ACTIVE = outbox.c.status.in_([literal(Status.READY), literal(Status.ATTEMPTED)])
_partial(outbox, "ix_outbox_active", ACTIVE, "lane", "priority", "id")
_partial(outbox, "ix_outbox_done_at", outbox.c.done_at.is_not(None), "done_at")

lane = Table(
    "lane",
    metadata,
    Column("key", Text, primary_key=True),
    Column("wake_at", UtcTime),
    Column("not_before", UtcTime),
    Column("lease_until", UtcTime),
    Column("token", ID),
    Column("priority", Integer, nullable=False),
    Column("attempted", Boolean, nullable=False),  # something in it was, at some time
    sqlite_with_rowid=False,
)
_partial(lane, "ix_lane_awake", lane.c.wake_at.is_not(None), "priority", "wake_at")

gate = Table(
    "gate",
    metadata,
    Column("key", Text, primary_key=True),
    Column("rate", Float, nullable=False),
    Column("burst", Float, nullable=False),
    Column("tokens", Float, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("paused_until", UtcTime),
    Column("failures", Integer, nullable=False, server_default=text("0")),  # in a row, of a survey store
    Column("trying", Boolean, nullable=False, server_default=false()),
    sqlite_with_rowid=False,
)

schedules = Table(
    "schedules",
    metadata,
    Column("id", ID, primary_key=True),
    Column("room", ID, ForeignKey(rooms.c.id), nullable=False),
    Column("owner", ID, ForeignKey(people.c.id)),
    Column("host", ID, ForeignKey(people.c.id)),
    Column("guide", Text, nullable=False),
    Column("pace", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("first", Text, nullable=False),  # wall-clock time in `zone`, as is `next_wall`
    Column("repeat", Text, nullable=False),
    Column("nth", Integer),
    Column("on_holiday", Text, nullable=False),
    Column("reminder", Text, nullable=False),
    Column("until", Text),  # a day, as is `paused_until`
    Column("standing", Text, nullable=False),
    Column("ended", Text),
    Column("campaign", ID),
    Column("spread", Integer, nullable=False),  # seconds
    Column("paused_until", Text),
    Column("replaces", ID),
    Column("next_wall", Text),
    Column("next_at", UtcTime),
    Column("reminder_at", UtcTime),
    Column("wake_at", UtcTime),
    Column("made_at", UtcTime, nullable=False),
    _one_of("pace", Pace),
    _one_of("repeat", Repeat),
    _one_of("on_holiday", OnHoliday),
    _one_of("reminder", Reminder),
    _one_of("standing", Standing),
    _one_of("ended", Ended),
    Index("ix_schedules_room", "room"),
)
_partial(schedules, "ix_schedules_wake_at", schedules.c.wake_at.is_not(None), "wake_at")

campaigns = Table(
    "campaigns",
    metadata,
    Column("id", ID, primary_key=True),
    Column("guide", Text, nullable=False),
    Column("pace", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("first", Text, nullable=False),  # wall-clock time in `zone`
    Column("window", Integer, nullable=False),  # seconds
    Column("made_at", UtcTime, nullable=False),
    Column("cancelled_at", UtcTime),
    _one_of("pace", Pace),
)

campaign_rooms = Table(
    "campaign_rooms",
    metadata,
    Column("schedule", ID, primary_key=True),
    Column("campaign", ID, ForeignKey(campaigns.c.id), nullable=False),
    Column("room", ID, ForeignKey(rooms.c.id), nullable=False),
    Column("due_at", UtcTime, nullable=False),
    Column("start_key", Text, nullable=False),  # of the outbox row that starts the chat, and of its first post
    Column("opening_key", Text),
    Column("missed", Text),  # why no chat began
    Index("ix_campaign_rooms_campaign", "campaign", "schedule"),
)

roles = Table(
    "roles",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("workspace", Text, primary_key=True),
    Column("address", Text, primary_key=True),
    Column("role", Text, primary_key=True),
    Column("scope", Text, primary_key=True),  # a workspace, or `everywhere`
    _one_of("role", Role),
    sqlite_with_rowid=False,
)

installations = Table(
    "installations",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("workspace", Text, primary_key=True),  # of an org-wide installation: the organisation
    Column("org_wide", Boolean, nullable=False),
    Column("bot_user", Text, nullable=False),
    Column("bot", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("sealed", Text, nullable=False),  # the tokens: see storage.sealing
    Column("expires_at", UtcTime),
    Column("refreshing_until", UtcTime),  # the lease of the one process that asks for new tokens
    Column("at", UtcTime, nullable=False),
    sqlite_with_rowid=False,
)

references = Table(
    "references",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("workspace", Text, primary_key=True),
    Column("address", Text, primary_key=True),
    Column("body", IDS_AND_FACTS, nullable=False),
    sqlite_with_rowid=False,
)

downloads = Table(
    "downloads",
    metadata,
    Column("fingerprint", Text, primary_key=True),  # of the secret in a link, which is kept nowhere
    Column("file", Text, primary_key=True),
    Column("person", ID, ForeignKey(people.c.id), nullable=False),
    Column("until", UtcTime, nullable=False),
    _one_of("file", File),
    Index("ix_downloads_person", "person"),
    sqlite_with_rowid=False,
)

survey_responses = Table(
    "survey_responses",
    metadata,
    Column("subject", ID, primary_key=True),
    Column("place", Integer, primary_key=True),  # 0 is the response itself, its items count from 1
    Column("link_id", Text),
    Column("revision", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("about", IDS_AND_FACTS),
    Column("verbatim", Text),
    Column("nonresponse", Text),
    Column("permission", Text),
    Column("at", UtcTime, nullable=False),
    _one_of("status", Sending),
    _one_of("permission", Permission),
    UniqueConstraint("subject", "link_id"),
)

survey_ledger = Table(
    "survey_ledger",
    metadata,
    Column("number", BigInteger().with_variant(Integer(), "sqlite"), Identity(), primary_key=True),
    Column("destination", Text, nullable=False),
    Column("subject", ID, nullable=False),
    Column("topic", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("sending", Text, nullable=False),
    Column("asked_at", UtcTime, nullable=False),
    Column("told_revision", Integer),
    Column("told_sending", Text),
    Column("told_at", UtcTime),
    _one_of("topic", Topic),
    _one_of("sending", Sending),
    _one_of("told_sending", Sending),
    UniqueConstraint("destination", "subject"),
    Index("ix_survey_ledger_subject", "subject"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", BigInteger().with_variant(Integer(), "sqlite"), Identity(), primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("who", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("why", Text),
    Index("ix_audit_at", "at"),
)
