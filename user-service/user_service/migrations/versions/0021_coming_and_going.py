"""Preferences about who comes and goes; by whom a notification came about, and for how many events it stands."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

BEFORE = (
    "kind IN ('invitation', 'reminder', 'session_booked', 'session_requested', "
    "'session_request_declined', 'session_moved', 'session_cancelled', 'waitlist_promotion', "
    "'havruta_session_started', 'application_decided', 'report_decided', 'content_hidden')"
)
ADDED = (
    "'invitation_accepted', 'invitation_declined', 'person_joined', 'person_left', 'removed', "
    "'made_host', 'made_owner', 'session_planned', 'havruta_archived', 'student_enrolled', "
    "'enrollment_changed', 'parent_joined', 'parent_left', 'session_request_withdrawn', "
    "'review_received'"
)
AFTER = f"{BEFORE[:-1]}, {ADDED})"


def upgrade() -> None:
    _replace(AFTER)
    op.add_column("notifications", sa.Column("actor_id", sa.Uuid()))
    times = sa.Column("times", sa.Integer(), server_default=sa.text("1"), nullable=False)
    op.add_column("notifications", times)


def downgrade() -> None:
    op.drop_column("notifications", "times")
    op.drop_column("notifications", "actor_id")
    # What was said about a kind that is no longer known has no meaning.
    op.execute(f"DELETE FROM mail_preferences WHERE kind IN ({ADDED})")  # noqa: S608  # a constant
    _replace(BEFORE)


def _replace(check: str) -> None:
    op.drop_constraint(op.f("mail_preferences_kind_check"), "mail_preferences")
    op.create_check_constraint(op.f("mail_preferences_kind_check"), "mail_preferences", check)
