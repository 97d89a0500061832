"""Survey stores: a ledger of what each is to be told and was told; failures in a row of a gate."""

import sqlalchemy as sa
from alembic import op

from storage.types import Id, UtcTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "survey_ledger",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("subject", Id(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("sending", sa.Text(), nullable=False),
        sa.Column("asked_at", UtcTime(), nullable=False),
        sa.Column("told_revision", sa.Integer(), nullable=True),
        sa.Column("told_sending", sa.Text(), nullable=True),
        sa.Column("told_at", UtcTime(), nullable=True),
        sa.CheckConstraint(
            "topic IN ('response', 'reflection', 'story', 'contact')", name=op.f("ck_survey_ledger_topic")
        ),
        sa.CheckConstraint("sending IN ('submitted', 'revised', 'withdrawn')", name=op.f("ck_survey_ledger_sending")),
        sa.CheckConstraint(
            "told_sending IN ('submitted', 'revised', 'withdrawn')", name=op.f("ck_survey_ledger_told_sending")
        ),
        sa.PrimaryKeyConstraint("number", name="pk_survey_ledger"),
        sa.UniqueConstraint("destination", "subject", name="uq_survey_ledger_destination_subject"),
    )
    op.create_index("ix_survey_ledger_subject", "survey_ledger", ["subject"])
    op.add_column("gate", sa.Column("failures", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.add_column("gate", sa.Column("trying", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("outbox", sa.Column("since", UtcTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("outbox", "since")
    op.drop_column("gate", "trying")
    op.drop_column("gate", "failures")
    op.drop_index("ix_survey_ledger_subject", "survey_ledger")
    op.drop_table("survey_ledger")
