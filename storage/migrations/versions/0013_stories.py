"""Stories as people tell them, with what may be done with each; and contact requests. No story was kept before."""

import sqlalchemy as sa
from alembic import op

from storage.types import Id, UtcTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("stories")
    op.create_table(
        "stories",
        sa.Column("id", Id(), nullable=False),
        sa.Column("person", Id(), nullable=True),
        sa.Column("chat", Id(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("internal", sa.Boolean(), nullable=False),
        sa.Column("website", sa.Boolean(), nullable=False),
        sa.Column("social_media", sa.Boolean(), nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("consented_on", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["chat"], ["chats.id"], name="fk_stories_chat"),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name="fk_stories_person"),
        sa.PrimaryKeyConstraint("id", name="pk_stories"),
    )
    op.create_table(
        "contacts",
        sa.Column("id", Id(), nullable=False),
        sa.Column("person", Id(), nullable=True),
        sa.Column("of_story", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name="fk_contacts_person"),
        sa.PrimaryKeyConstraint("id", name="pk_contacts"),
    )
    for table in ("stories", "contacts"):
        known = sa.text("person IS NOT NULL")
        op.create_index(f"ix_{table}_person", table, ["person", "at"], sqlite_where=known, postgresql_where=known)


def downgrade() -> None:
    for table in ("stories", "contacts"):
        op.drop_index(f"ix_{table}_person", table)
        op.drop_table(table)
    op.create_table(
        "stories",
        sa.Column("id", Id(), nullable=False),
        sa.Column("chat", Id(), nullable=True),
        sa.Column("participant", Id(), nullable=True),
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
