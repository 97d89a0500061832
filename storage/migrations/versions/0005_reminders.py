"""Private reminders in open chats, a second check-back, and what people wish for all their chats."""

import sqlalchemy as sa
from alembic import op

from storage.types import Id, UtcTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("people", sa.Column("back_on", sa.Text(), nullable=True))
    op.add_column("people", sa.Column("zone", sa.Text(), nullable=True))
    op.add_column("people", sa.Column("wished_at", UtcTime(), nullable=True))
    op.add_column("commitments", sa.Column("again", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "reminders",
        sa.Column("participant", Id(), nullable=False),
        sa.Column("due_at", UtcTime(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("after_number", sa.Integer(), nullable=True),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["participant"], ["participants.id"], name="fk_reminders_participant"),
        sa.PrimaryKeyConstraint("participant", name="pk_reminders"),
    )


def downgrade() -> None:
    op.drop_table("reminders")
    op.drop_column("commitments", "again")
    op.drop_column("people", "wished_at")
    op.drop_column("people", "zone")
    op.drop_column("people", "back_on")
