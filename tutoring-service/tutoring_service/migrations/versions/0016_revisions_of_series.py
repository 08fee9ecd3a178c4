"""Count the revisions of deleted occurrences for their series."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    count = sa.Column("sequence", sa.Integer(), server_default=sa.text("0"), nullable=False)
    op.add_column("session_series", count)


def downgrade() -> None:
    op.drop_column("session_series", "sequence")
