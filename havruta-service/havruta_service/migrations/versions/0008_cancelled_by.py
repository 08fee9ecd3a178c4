"""Keep by whom a session was cancelled: the reason is in their words, and goes with their account."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("havruta_sessions", sa.Column("cancelled_by", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("havruta_sessions", "cancelled_by")
