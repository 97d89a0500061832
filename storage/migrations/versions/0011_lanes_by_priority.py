"""Lanes that are awake are found by priority first, so that many that are due cost no more than a few."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0008"
branch_labels = None
depends_on = None

AWAKE = sa.text("wake_at IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_lane_awake", "lane", ["priority", "wake_at"], postgresql_where=AWAKE, sqlite_where=AWAKE)
    op.drop_index("ix_lane_wake_at", "lane")


def downgrade() -> None:
    op.create_index("ix_lane_wake_at", "lane", ["wake_at", "priority"], postgresql_where=AWAKE, sqlite_where=AWAKE)
    op.drop_index("ix_lane_awake", "lane")
