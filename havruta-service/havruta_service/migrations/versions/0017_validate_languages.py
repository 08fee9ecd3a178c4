"""The languages of all invitations are known ones."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE invitations VALIDATE CONSTRAINT invitations_language_check")


def downgrade() -> None:
    """The constraint goes with its column."""
