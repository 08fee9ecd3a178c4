"""Phase 1: sessions have a status, a last activity and a current page.

What the published instructions leave out: the sessions that are there get the status and the last
activity of their own past, instead of all being active just now. And times carry their zone.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATUS = postgresql.ENUM(
    "active", "completed", "user_abandoned_not_completed", name="sessionstatus", create_type=False
)


def upgrade() -> None:
    STATUS.create(op.get_bind())
    op.add_column(
        "student_responses",
        sa.Column("status", STATUS, nullable=False, server_default=sa.text("'active'")),
    )
    op.add_column(
        "student_responses",
        sa.Column(
            "last_activity", sa.DateTime(timezone=True), server_default=sa.text("CURRENT_TIMESTAMP")
        ),
    )
    op.add_column(
        "student_responses",
        sa.Column("current_page_id", sa.Integer(), sa.ForeignKey("pages.id"), nullable=True),
    )
    op.execute("""
        UPDATE student_responses
        SET status = CASE WHEN completed_at IS NULL THEN 'active' ELSE 'completed' END::sessionstatus,
            last_activity = COALESCE(completed_at, created_at)
    """)
    op.create_index("idx_student_responses_status", "student_responses", ["status"])


def downgrade() -> None:
    # The index goes with its column; dropped first, it can be named.
    op.drop_index("idx_student_responses_status", "student_responses")
    op.drop_column("student_responses", "current_page_id")
    op.drop_column("student_responses", "last_activity")
    op.drop_column("student_responses", "status")
    STATUS.drop(op.get_bind())
