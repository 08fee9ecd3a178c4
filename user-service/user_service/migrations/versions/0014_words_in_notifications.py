"""Keep of a notification which of its words another person wrote: they go with that person's account."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notifications", sa.Column("author_id", sa.Uuid(), nullable=True))
    op.add_column(
        "notifications",
        sa.Column(
            "words", postgresql.ARRAY(sa.String(50)), server_default=sa.text("'{}'"), nullable=False
        ),
    )


def downgrade() -> None:
    op.drop_column("notifications", "words")
    op.drop_column("notifications", "author_id")
