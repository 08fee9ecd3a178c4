"""Reports of people and of what they wrote."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

ABOUT = "'person', 'study_session', 'message', 'havruta'"
KINDS = "'harassment', 'hate', 'sexual', 'danger', 'spam', 'impersonation', 'other'"
DECISIONS = "'dismiss', 'hide', 'suspend'"
BEFORE = (
    "kind IN ('invitation', 'reminder', 'session_booked', 'session_requested', "
    "'session_request_declined', 'session_moved', 'session_cancelled', 'waitlist_promotion', "
    "'havruta_session_started', 'application_decided')"
)
AFTER = (
    "kind IN ('invitation', 'reminder', 'session_booked', 'session_requested', "
    "'session_request_declined', 'session_moved', 'session_cancelled', 'waitlist_promotion', "
    "'havruta_session_started', 'application_decided', 'report_decided', 'content_hidden')"
)
IS_OPEN = sa.text("decided_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "reports",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("about", sa.String(length=20), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid()),
        sa.Column("words", JSONB(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("text", sa.String(length=2000)),
        sa.Column("reporter_id", sa.Uuid()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision", sa.String(length=20)),
        sa.Column("reason", sa.String(length=500)),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("decided_by", sa.Uuid()),
        sa.CheckConstraint(f"about IN ({ABOUT})", name=op.f("reports_about_check")),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("reports_kind_check")),
        sa.CheckConstraint(f"decision IN ({DECISIONS})", name=op.f("reports_decision_check")),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decision IS NULL)", name=op.f("reports_decided_check")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["users.id"], name="reports_author_id_fkey", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["reporter_id"], ["users.id"], name="reports_reporter_id_fkey", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="reports_pkey"),
    )
    op.create_index(
        "reports_open_key",
        "reports",
        ["reporter_id", "about", "about_id"],
        unique=True,
        postgresql_where=IS_OPEN,
    )
    op.create_index("idx_reports_open", "reports", ["created_at", "id"], postgresql_where=IS_OPEN)
    op.create_index(
        "idx_reports_open_about", "reports", ["about", "about_id"], postgresql_where=IS_OPEN
    )
    op.create_index(
        "idx_reports_decided",
        "reports",
        ["decided_at", "id"],
        postgresql_where=sa.text("decided_at IS NOT NULL"),
    )
    op.create_index("idx_reports_reporter", "reports", ["reporter_id", "created_at", "id"])
    op.create_index("idx_reports_author", "reports", ["author_id"])
    _replace(AFTER)


def downgrade() -> None:
    # What was said about a kind that is no longer known has no meaning.
    op.execute("DELETE FROM mail_preferences WHERE kind IN ('report_decided', 'content_hidden')")
    _replace(BEFORE)
    op.drop_table("reports")


def _replace(check: str) -> None:
    op.drop_constraint(op.f("mail_preferences_kind_check"), "mail_preferences")
    op.create_check_constraint(op.f("mail_preferences_kind_check"), "mail_preferences", check)
