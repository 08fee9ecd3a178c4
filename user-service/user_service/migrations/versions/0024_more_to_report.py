"""Messages and notes of havrutas can be reported, and people are notified of messages."""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

REPORTED = "about IN ('person', 'study_session', 'message', 'havruta')"
KINDS = (
    "kind IN ('invitation', 'reminder', 'session_booked', 'session_requested', "
    "'session_request_declined', 'session_moved', 'session_cancelled', 'waitlist_promotion', "
    "'havruta_session_started', 'application_decided', 'report_decided', 'content_hidden', "
    "'invitation_accepted', 'invitation_declined', 'person_joined', 'person_left', 'removed', "
    "'made_host', 'made_owner', 'session_planned', 'havruta_archived', 'student_enrolled', "
    "'enrollment_changed', 'parent_joined', 'parent_left', 'session_request_withdrawn', "
    "'review_received')"
)


def upgrade() -> None:
    _check("reports", "about", f"{REPORTED[:-1]}, 'havruta_message', 'note')")
    _check("mail_preferences", "kind", f"{KINDS[:-1]}, 'havruta_message')")


def downgrade() -> None:
    # What was said about a kind that is no longer known has no meaning.
    op.execute("DELETE FROM mail_preferences WHERE kind = 'havruta_message'")
    op.execute("DELETE FROM reports WHERE about IN ('havruta_message', 'note')")
    _check("mail_preferences", "kind", KINDS)
    _check("reports", "about", REPORTED)


def _check(table: str, column: str, check: str) -> None:
    name = op.f(f"{table}_{column}_check")
    op.drop_constraint(name, table)
    op.create_check_constraint(name, table, check)
