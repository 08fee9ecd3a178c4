"""Applications for roles, and preferences about the notifications of what became of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

BEFORE = (
    "kind IN ('invitation', 'reminder', 'session_booked', 'session_requested', "
    "'session_request_declined', 'session_moved', 'session_cancelled', 'waitlist_promotion', "
    "'havruta_session_started')"
)
AFTER = (
    "kind IN ('invitation', 'reminder', 'session_booked', 'session_requested', "
    "'session_request_declined', 'session_moved', 'session_cancelled', 'waitlist_promotion', "
    "'havruta_session_started', 'application_decided')"
)


def upgrade() -> None:
    op.create_table(
        "applications",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("subjects", ARRAY(sa.String(length=100)), nullable=False),
        sa.Column("status", sa.String(length=20), server_default="pending", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=500)),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("decided_by", sa.Uuid()),
        sa.CheckConstraint("role IN ('tutor', 'author')", name=op.f("applications_role_check")),
        sa.CheckConstraint(
            "status IN ('pending', 'accepted', 'declined', 'withdrawn')",
            name=op.f("applications_status_check"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(decided_at, decided_by)"
            " = CASE WHEN status IN ('accepted', 'declined') THEN 2 ELSE 0 END",
            name=op.f("applications_decided_check"),
        ),
        sa.CheckConstraint(
            "CASE status WHEN 'declined' THEN reason IS NOT NULL"
            " WHEN 'accepted' THEN true ELSE reason IS NULL END",
            name=op.f("applications_reason_check"),
        ),
        sa.CheckConstraint("cardinality(subjects) <= 20", name=op.f("applications_subjects_check")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="applications_user_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="applications_pkey"),
    )
    op.create_index(
        "applications_pending_key",
        "applications",
        ["user_id", "role"],
        unique=True,
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_index("idx_applications_user", "applications", ["user_id", "created_at", "id"])
    op.create_index("idx_applications_status", "applications", ["status", "created_at", "id"])
    _replace(AFTER)


def downgrade() -> None:
    # What was said about a kind that is no longer known has no meaning.
    op.execute("DELETE FROM mail_preferences WHERE kind = 'application_decided'")
    _replace(BEFORE)
    op.drop_table("applications")


def _replace(check: str) -> None:
    op.drop_constraint(op.f("mail_preferences_kind_check"), "mail_preferences")
    op.create_check_constraint(op.f("mail_preferences_kind_check"), "mail_preferences", check)
