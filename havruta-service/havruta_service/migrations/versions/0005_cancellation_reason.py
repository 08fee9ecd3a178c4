"""A cancelled session keeps the reason that was given for it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "havruta_sessions", sa.Column("cancellation_reason", sa.String(length=500), nullable=True)
    )


def downgrade() -> None:
    op.drop_column("havruta_sessions", "cancellation_reason")
