"""Slack: where the bot is installed, when words were said, and which chat a post belongs to."""

import sqlalchemy as sa
from alembic import op

from storage.types import UtcTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "installations",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("org_wide", sa.Boolean(), nullable=False),
        sa.Column("bot_user", sa.Text(), nullable=False),
        sa.Column("bot", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("expires_at", UtcTime(), nullable=True),
        sa.Column("refreshing_until", UtcTime(), nullable=True),
        sa.Column("at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "workspace", name="pk_installations"),
        sqlite_with_rowid=False,
    )
    op.add_column("workspaces", sa.Column("enterprise", sa.Text(), nullable=True))
    op.add_column("answers", sa.Column("said_at", UtcTime(), nullable=True))
    op.create_index(
        "ix_posts_remote_ref",
        "posts",
        ["remote_ref"],
        sqlite_where=sa.text("remote_ref IS NOT NULL"),
        postgresql_where=sa.text("remote_ref IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_posts_remote_ref", "posts")
    op.drop_column("answers", "said_at")
    op.drop_column("workspaces", "enterprise")
    op.drop_table("installations")
