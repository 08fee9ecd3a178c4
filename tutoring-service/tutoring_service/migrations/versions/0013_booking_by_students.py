"""Courses whose students book free times themselves, and what a student writes to that.

The checks read the table once: it has a row for each course, which is little.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

COLUMNS = (
    ("booking", sa.String(length=10), "ask"),
    ("session_minutes", sa.Integer(), sa.text("60")),
    ("minimum_notice_minutes", sa.Integer(), sa.text("1440")),
    ("buffer_before_minutes", sa.Integer(), sa.text("0")),
    ("buffer_after_minutes", sa.Integer(), sa.text("0")),
)
CHECKS = {
    "booking": "booking IN ('ask', 'book')",
    "session_minutes": "session_minutes BETWEEN 5 AND 720",
    "minimum_notice_minutes": "minimum_notice_minutes BETWEEN 0 AND 43200",
    "buffer_before_minutes": "buffer_before_minutes BETWEEN 0 AND 240",
    "buffer_after_minutes": "buffer_after_minutes BETWEEN 0 AND 240",
    "most_per_week": "most_per_week BETWEEN 1 AND 50",
}


def upgrade() -> None:
    for name, kind, default in COLUMNS:
        op.add_column("courses", sa.Column(name, kind, server_default=default, nullable=False))
    op.add_column("courses", sa.Column("most_per_week", sa.Integer()))
    for name, condition in CHECKS.items():
        op.create_check_constraint(op.f(f"courses_{name}_check"), "courses", condition)
    op.add_column("session_bookings", sa.Column("note", sa.String(length=1000)))


def downgrade() -> None:
    op.drop_column("session_bookings", "note")
    for name in CHECKS:
        op.drop_column("courses", name)
