"""Which notifications reach a person where and when, and what of them belongs in a calendar."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("mail_preferences", _shown())
    op.add_column("notifications", _shown())
    op.add_column("notifications", sa.Column("emailed_at", MOMENT))
    op.add_column("notifications", sa.Column("calendar", postgresql.JSONB()))
    op.create_table(
        "quiet_hours",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("begins", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.CheckConstraint("begins <> ends", name=op.f("quiet_hours_ends_check")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], ondelete="CASCADE", name=op.f("quiet_hours_user_id_fkey")
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("quiet_hours_pkey")),
    )


def _shown() -> sa.Column[bool]:
    return sa.Column("in_app", sa.Boolean(), server_default=sa.text("true"), nullable=False)


def downgrade() -> None:
    op.drop_table("quiet_hours")
    op.drop_column("notifications", "calendar")
    op.drop_column("notifications", "emailed_at")
    # What was not shown in the app would appear there.
    op.execute("DELETE FROM notifications WHERE NOT in_app")
    op.drop_column("notifications", "in_app")
    op.drop_column("mail_preferences", "in_app")
