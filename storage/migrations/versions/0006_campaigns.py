"""Campaigns: what was begun in which rooms, and what became of each."""

import sqlalchemy as sa
from alembic import op

from storage.types import Id, UtcTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "campaigns",
        sa.Column("id", Id(), nullable=False),
        sa.Column("guide", sa.Text(), nullable=False),
        sa.Column("pace", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("first", sa.Text(), nullable=False),
        sa.Column("window", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcTime(), nullable=False),
        sa.Column("cancelled_at", UtcTime(), nullable=True),
        sa.CheckConstraint("pace IN ('live', 'open')", name=op.f("ck_campaigns_pace")),
        sa.PrimaryKeyConstraint("id", name="pk_campaigns"),
    )
    op.create_table(
        "campaign_rooms",
        sa.Column("schedule", Id(), nullable=False),
        sa.Column("campaign", Id(), nullable=False),
        sa.Column("room", Id(), nullable=False),
        sa.Column("due_at", UtcTime(), nullable=False),
        sa.Column("start_key", sa.Text(), nullable=False),
        sa.Column("opening_key", sa.Text(), nullable=True),
        sa.Column("missed", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["campaign"], ["campaigns.id"], name="fk_campaign_rooms_campaign"),
        sa.ForeignKeyConstraint(["room"], ["rooms.id"], name="fk_campaign_rooms_room"),
        sa.PrimaryKeyConstraint("schedule", name="pk_campaign_rooms"),
    )
    op.create_index("ix_campaign_rooms_campaign", "campaign_rooms", ["campaign", "schedule"])


def downgrade() -> None:
    op.drop_index("ix_campaign_rooms_campaign", "campaign_rooms")
    op.drop_table("campaign_rooms")
    op.drop_table("campaigns")
