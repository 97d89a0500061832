"""Schedules as people make them, whom a room belongs to, and who may organise. No schedule was ever kept before."""

import sqlalchemy as sa
from alembic import op

from storage.types import Id, UtcTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

WAITS = "wake_at IS NOT NULL"


def upgrade() -> None:
    op.drop_index("ix_schedules_next_at", "schedules")
    op.drop_table("schedules")
    op.create_table(
        "schedules",
        sa.Column("id", Id(), nullable=False),
        sa.Column("room", Id(), nullable=False),
        sa.Column("owner", Id(), nullable=True),
        sa.Column("host", Id(), nullable=True),
        sa.Column("guide", sa.Text(), nullable=False),
        sa.Column("pace", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("first", sa.Text(), nullable=False),
        sa.Column("repeat", sa.Text(), nullable=False),
        sa.Column("nth", sa.Integer(), nullable=True),
        sa.Column("on_holiday", sa.Text(), nullable=False),
        sa.Column("reminder", sa.Text(), nullable=False),
        sa.Column("until", sa.Text(), nullable=True),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("ended", sa.Text(), nullable=True),
        sa.Column("campaign", Id(), nullable=True),
        sa.Column("spread", sa.Integer(), nullable=False),
        sa.Column("paused_until", sa.Text(), nullable=True),
        sa.Column("replaces", Id(), nullable=True),
        sa.Column("next_wall", sa.Text(), nullable=True),
        sa.Column("next_at", UtcTime(), nullable=True),
        sa.Column("reminder_at", UtcTime(), nullable=True),
        sa.Column("wake_at", UtcTime(), nullable=True),
        sa.Column("made_at", UtcTime(), nullable=False),
        sa.CheckConstraint("pace IN ('live', 'open')", name=op.f("ck_schedules_pace")),
        sa.CheckConstraint("repeat IN ('once', 'weekly', 'fortnightly', 'monthly')", name=op.f("ck_schedules_repeat")),
        sa.CheckConstraint("on_holiday IN ('skip', 'move', 'hold')", name=op.f("ck_schedules_on_holiday")),
        sa.CheckConstraint("reminder IN ('none', 'hour', 'day')", name=op.f("ck_schedules_reminder")),
        sa.CheckConstraint("standing IN ('proposed', 'active', 'ended')", name=op.f("ck_schedules_standing")),
        sa.CheckConstraint("ended IN ('over', 'cancelled', 'replaced', 'room_gone')", name=op.f("ck_schedules_ended")),
        sa.ForeignKeyConstraint(["room"], ["rooms.id"], name="fk_schedules_room"),
        sa.ForeignKeyConstraint(["owner"], ["people.id"], name="fk_schedules_owner"),
        sa.ForeignKeyConstraint(["host"], ["people.id"], name="fk_schedules_host"),
        sa.PrimaryKeyConstraint("id", name="pk_schedules"),
    )
    op.create_index(
        "ix_schedules_wake_at",
        "schedules",
        ["wake_at"],
        sqlite_where=sa.text(WAITS),
        postgresql_where=sa.text(WAITS),
    )
    op.create_index("ix_schedules_room", "schedules", ["room"])
    op.add_column("rooms", sa.Column("host", Id(), nullable=True))
    op.add_column("rooms", sa.Column("joined_at", UtcTime(), nullable=True))
    op.create_table(
        "roles",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.CheckConstraint("role IN ('organiser', 'analyst')", name=op.f("ck_roles_role")),
        sa.PrimaryKeyConstraint("channel", "workspace", "address", "role", "scope", name="pk_roles"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("roles")
    op.drop_column("rooms", "joined_at")
    op.drop_column("rooms", "host")
    op.drop_index("ix_schedules_room", "schedules")
    op.drop_index("ix_schedules_wake_at", "schedules")
    op.drop_table("schedules")
    op.create_table(
        "schedules",
        sa.Column("id", Id(), nullable=False),
        sa.Column("room", Id(), nullable=False),
        sa.Column("host", Id(), nullable=True),
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
