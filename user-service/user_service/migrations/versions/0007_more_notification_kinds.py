"""Preferences about the notifications of tutoring: booked, requested, declined."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BEFORE = (
    "kind IN ('invitation', 'reminder', 'session_moved', 'session_cancelled', "
    "'waitlist_promotion', 'havruta_session_started')"
)
AFTER = (
    "kind IN ('invitation', 'reminder', 'session_booked', 'session_requested', "
    "'session_request_declined', 'session_moved', 'session_cancelled', 'waitlist_promotion', "
    "'havruta_session_started')"
)
ADDED = "kind IN ('session_booked', 'session_requested', 'session_request_declined')"


def upgrade() -> None:
    _replace(AFTER)


def downgrade() -> None:
    # What was said about a kind that is no longer known has no meaning.
    op.execute(f"DELETE FROM mail_preferences WHERE {ADDED}")  # noqa: S608  # a constant
    _replace(BEFORE)


def _replace(check: str) -> None:
    op.drop_constraint(op.f("mail_preferences_kind_check"), "mail_preferences")
    op.create_check_constraint(op.f("mail_preferences_kind_check"), "mail_preferences", check)
