"""What a notification is about, such as `tutoring_session:7`. Notifications of before say nothing of it."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notifications", sa.Column("about", sa.String(100), nullable=True))


def downgrade() -> None:
    op.drop_column("notifications", "about")
