"""The first tables."""

import sqlalchemy as sa
from alembic import op

from storage.types import ID, IDS_AND_FACTS, UtcTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def numbered() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(), nullable=False)


def upgrade() -> None:
    op.create_table(
        "audit",
        numbered(),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_at", "audit", ["at"])

    op.create_table(
        "gate",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("rate", sa.Float(), nullable=False),
        sa.Column("burst", sa.Float(), nullable=False),
        sa.Column("tokens", sa.Float(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("paused_until", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("key", name="pk_gate"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "guides",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", IDS_AND_FACTS, nullable=False),
        sa.PrimaryKeyConstraint("key", "version", name="pk_guides"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "inbox",
        sa.Column("delivery", sa.Text(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("delivery", name="pk_inbox"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_inbox_at", "inbox", ["at"])

    op.create_table(
        "lane",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("wake_at", UtcTime(), nullable=True),
        sa.Column("not_before", UtcTime(), nullable=True),
        sa.Column("lease_until", UtcTime(), nullable=True),
        sa.Column("token", ID, nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("attempted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_lane"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_lane_wake_at",
        "lane",
        ["wake_at", "priority"],
        sqlite_where=sa.text("wake_at IS NOT NULL"),
        postgresql_where=sa.text("wake_at IS NOT NULL"),
    )

    op.create_table(
        "outbox",
        numbered(),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("gate", sa.Text(), nullable=False),
        sa.Column("chat", ID, nullable=True),
        sa.Column("slot", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("effect", IDS_AND_FACTS, nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("retrying", sa.Boolean(), nullable=False),
        sa.Column("due_at", UtcTime(), nullable=False),
        sa.Column("expires_at", UtcTime(), nullable=True),
        sa.Column("done_at", UtcTime(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("remote_ref", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "status IN ('ready', 'attempted', 'sent', 'handed_over', 'unknown', 'cancelled', 'expired', 'dead')",
            name=op.f("ck_outbox_status"),
        ),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("key", name="uq_outbox_key"),
    )
    op.create_index(
        "ix_outbox_active",
        "outbox",
        ["lane", "priority", "id"],
        sqlite_where=sa.text("status IN ('ready', 'attempted')"),
        postgresql_where=sa.text("status IN ('ready', 'attempted')"),
    )
    op.create_index(
        "ix_outbox_done_at",
        "outbox",
        ["done_at"],
        sqlite_where=sa.text("done_at IS NOT NULL"),
        postgresql_where=sa.text("done_at IS NOT NULL"),
    )

    op.create_table(
        "people",
        sa.Column("id", ID, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("stop_asking", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
        sa.UniqueConstraint("channel", "workspace", "address", name="uq_people_channel_workspace_address"),
    )
    op.create_table(
        "survey_responses",
        sa.Column("subject", ID, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("about", IDS_AND_FACTS, nullable=True),
        sa.Column("verbatim", sa.Text(), nullable=True),
        sa.Column("nonresponse", sa.Text(), nullable=True),
        sa.Column("permission", sa.Text(), nullable=True),
        sa.Column("at", UtcTime(), nullable=False),
        sa.CheckConstraint("permission IN ('stay', 'themes', 'quote')", name=op.f("ck_survey_responses_permission")),
        sa.CheckConstraint("status IN ('submitted', 'revised', 'withdrawn')", name=op.f("ck_survey_responses_status")),
        sa.PrimaryKeyConstraint("subject", "place", name="pk_survey_responses"),
        sa.UniqueConstraint("subject", "link_id", name="uq_survey_responses_subject_link_id"),
    )
    op.create_table(
        "workspaces",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("default_guide", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("channel", "workspace", name="pk_workspaces"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rooms",
        sa.Column("id", ID, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=True),
        sa.Column("sector", sa.Text(), nullable=True),
        sa.Column("team", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["channel", "workspace"], ["workspaces.channel", "workspaces.workspace"], name="fk_rooms_channel_workspace"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_rooms"),
        sa.UniqueConstraint("channel", "workspace", "address", name="uq_rooms_channel_workspace_address"),
    )
    op.create_table(
        "chats",
        sa.Column("id", ID, nullable=False),
        sa.Column("room", ID, nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("host", ID, nullable=True),
        sa.Column("next_at", UtcTime(), nullable=True),
        sa.Column("started_at", UtcTime(), nullable=False),
        sa.Column("over_at", UtcTime(), nullable=True),
        sa.Column("snapshot", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "stage IN ('gathering', 'asking', 'reviewing', 'closed', 'cancelled')", name=op.f("ck_chats_stage")
        ),
        sa.ForeignKeyConstraint(["room"], ["rooms.id"], name="fk_chats_room"),
        sa.PrimaryKeyConstraint("id", name="pk_chats"),
    )
    op.create_index(
        "ix_chats_next_at",
        "chats",
        ["next_at"],
        sqlite_where=sa.text("next_at IS NOT NULL"),
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.create_index(
        "ix_chats_over_at",
        "chats",
        ["over_at"],
        sqlite_where=sa.text("over_at IS NOT NULL"),
        postgresql_where=sa.text("over_at IS NOT NULL"),
    )
    op.create_index("ix_chats_room_started_at", "chats", ["room", "started_at"])
    op.create_index(
        "uq_chats_one_open_per_room",
        "chats",
        ["room"],
        unique=True,
        sqlite_where=sa.text("over_at IS NULL"),
        postgresql_where=sa.text("over_at IS NULL"),
    )

    op.create_table(
        "schedules",
        sa.Column("id", ID, nullable=False),
        sa.Column("room", ID, nullable=False),
        sa.Column("host", ID, nullable=True),
        sa.Column("guide", sa.Text(), nullable=False),
        sa.Column("pace", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("first", sa.Text(), nullable=False),
        sa.Column("repeat", sa.Text(), nullable=False),
        sa.Column("reminder", sa.Boolean(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("next_local", sa.Text(), nullable=True),
        sa.Column("next_at", UtcTime(), nullable=True),
        sa.CheckConstraint("pace IN ('live', 'open')", name=op.f("ck_schedules_pace")),
        sa.ForeignKeyConstraint(["host"], ["people.id"], name="fk_schedules_host"),
        sa.ForeignKeyConstraint(["room"], ["rooms.id"], name="fk_schedules_room"),
        sa.PrimaryKeyConstraint("id", name="pk_schedules"),
    )
    op.create_index(
        "ix_schedules_next_at",
        "schedules",
        ["next_at"],
        sqlite_where=sa.text("next_at IS NOT NULL"),
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )

    op.create_table(
        "events",
        sa.Column("chat", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("data", IDS_AND_FACTS, nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["chat"], ["chats.id"], name="fk_events_chat"),
        sa.PrimaryKeyConstraint("chat", "number", name="pk_events"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "participants",
        sa.Column("id", ID, nullable=False),
        sa.Column("chat", ID, nullable=False),
        sa.Column("person", ID, nullable=True),
        sa.Column("response_key", ID, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("standing", sa.Boolean(), nullable=False),
        sa.Column("passed", IDS_AND_FACTS, nullable=False),
        sa.Column("sat_out", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["chat"], ["chats.id"], name="fk_participants_chat"),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name="fk_participants_person"),
        sa.PrimaryKeyConstraint("id", name="pk_participants"),
        sa.UniqueConstraint("chat", "person", name="uq_participants_chat_person"),
        sa.UniqueConstraint("response_key", name="uq_participants_response_key"),
    )
    op.create_index("ix_participants_person", "participants", ["person"])

    op.create_table(
        "posts",
        sa.Column("chat", ID, nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("remote_ref", sa.Text(), nullable=True),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["chat"], ["chats.id"], name="fk_posts_chat"),
        sa.PrimaryKeyConstraint("chat", "slot", name="pk_posts"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "reflections",
        sa.Column("chat", ID, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["chat"], ["chats.id"], name="fk_reflections_chat"),
        sa.PrimaryKeyConstraint("chat", name="pk_reflections"),
    )
    op.create_table(
        "answers",
        sa.Column("id", ID, nullable=False),
        sa.Column("chat", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("participant", ID, nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("visibility", sa.Text(), nullable=False),
        sa.Column("permission", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.CheckConstraint("permission IN ('stay', 'themes', 'quote')", name=op.f("ck_answers_permission")),
        sa.CheckConstraint("visibility = 'team' OR permission <> 'stay'", name=op.f("ck_answers_private_never_stays")),
        sa.CheckConstraint("visibility IN ('team', 'programme')", name=op.f("ck_answers_visibility")),
        sa.ForeignKeyConstraint(["chat"], ["chats.id"], name="fk_answers_chat"),
        sa.ForeignKeyConstraint(["participant"], ["participants.id"], name="fk_answers_participant"),
        sa.PrimaryKeyConstraint("id", name="pk_answers"),
        sa.UniqueConstraint("chat", "number", name="uq_answers_chat_number"),
    )
    op.create_index(
        "uq_answers_chat_ref",
        "answers",
        ["chat", "ref"],
        unique=True,
        sqlite_where=sa.text("ref IS NOT NULL"),
        postgresql_where=sa.text("ref IS NOT NULL"),
    )

    op.create_table(
        "commitments",
        sa.Column("participant", ID, nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("due_at", UtcTime(), nullable=True),
        sa.Column("progress", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "progress IN ('done', 'under_way', 'changed', 'let_go')", name=op.f("ck_commitments_progress")
        ),
        sa.ForeignKeyConstraint(["participant"], ["participants.id"], name="fk_commitments_participant"),
        sa.PrimaryKeyConstraint("participant", name="pk_commitments"),
    )
    op.create_table(
        "stories",
        sa.Column("id", ID, nullable=False),
        sa.Column("chat", ID, nullable=True),
        sa.Column("participant", ID, nullable=True),
        sa.Column("permission", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.CheckConstraint("permission IN ('stay', 'themes', 'quote')", name=op.f("ck_stories_permission")),
        sa.ForeignKeyConstraint(["chat"], ["chats.id"], name="fk_stories_chat"),
        sa.ForeignKeyConstraint(["participant"], ["participants.id"], name="fk_stories_participant"),
        sa.PrimaryKeyConstraint("id", name="pk_stories"),
    )


def downgrade() -> None:
    op.drop_table("stories")
    op.drop_table("commitments")

    op.drop_table("answers")
    op.drop_table("reflections")
    op.drop_table("posts")

    op.drop_table("participants")
    op.drop_table("events")

    op.drop_table("schedules")

    op.drop_table("chats")
    op.drop_table("rooms")
    op.drop_table("workspaces")
    op.drop_table("survey_responses")
    op.drop_table("people")

    op.drop_table("outbox")

    op.drop_table("lane")

    op.drop_table("inbox")
    op.drop_table("guides")
    op.drop_table("gate")

    op.drop_table("audit")
