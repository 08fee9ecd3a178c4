"""The reason of a cancellation is called `cancellation_reason`, as in every service.

Renamed in one step, because nothing has been released: no code of before runs next to this.
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("session_bookings", "cancel_reason", new_column_name="cancellation_reason")


def downgrade() -> None:
    op.alter_column("session_bookings", "cancellation_reason", new_column_name="cancel_reason")
