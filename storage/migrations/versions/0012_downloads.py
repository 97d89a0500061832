"""Links by which people are handed what is kept about them: fingerprints of secrets, and until when they work."""

import sqlalchemy as sa
from alembic import op

from storage.types import Id, UtcTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "downloads",
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("person", Id(), nullable=False),
        sa.Column("until", UtcTime(), nullable=False),
        sa.CheckConstraint("file IN ('txt', 'json')", name=op.f("ck_downloads_file")),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name="fk_downloads_person"),
        sa.PrimaryKeyConstraint("fingerprint", "file", name="pk_downloads"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_downloads_person", "downloads", ["person"])


def downgrade() -> None:
    op.drop_index("ix_downloads_person", "downloads")
    op.drop_table("downloads")
