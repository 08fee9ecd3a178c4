"""Words in notifications that go with the account of either of two people."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notifications", sa.Column("coauthor_id", sa.Uuid()))


def downgrade() -> None:
    # What goes with an account that the rows would not name any longer.
    op.execute("UPDATE notifications SET data = data - words WHERE coauthor_id IS NOT NULL")
    op.drop_column("notifications", "coauthor_id")
