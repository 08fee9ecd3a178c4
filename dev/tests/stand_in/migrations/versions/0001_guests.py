import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table("guests", sa.Column("name", sa.Text, nullable=False))


def downgrade() -> None:
    op.drop_table("guests")
