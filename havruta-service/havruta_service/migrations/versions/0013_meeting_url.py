"""Where the members of a havruta meet online."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("havrutas", sa.Column("meeting_url", sa.String(length=500)))


def downgrade() -> None:
    op.drop_column("havrutas", "meeting_url")
