"""The language of an invitation's e-mail; of older ones English."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    language = sa.Column("language", sa.String(length=2), server_default="en", nullable=False)
    op.add_column("invitations", language)
    # The next migration asks the rows: this one has a strong lock.
    op.execute(
        "ALTER TABLE invitations ADD CONSTRAINT invitations_language_check"
        " CHECK (language IN ('en', 'he')) NOT VALID"
    )


def downgrade() -> None:
    op.drop_column("invitations", "language")
