"""Teams: how rooms and people are reached again, after a restart too."""

import sqlalchemy as sa
from alembic import op

from storage.types import IdsAndFacts

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "references",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("body", IdsAndFacts(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "workspace", "address", name="pk_references"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("references")
