"""The time zone that a platform tells of a person, and when it did."""

import sqlalchemy as sa
from alembic import op

from storage.types import UtcTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("people", sa.Column("profile_zone", sa.Text(), nullable=True))
    op.add_column("people", sa.Column("profile_read_at", UtcTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("people", "profile_read_at")
    op.drop_column("people", "profile_zone")
