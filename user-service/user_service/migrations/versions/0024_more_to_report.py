"""Messages and notes of havrutas can be reported."""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

BEFORE = ("person", "study_session", "message", "havruta")
AFTER = (*BEFORE, "havruta_message", "note")


def upgrade() -> None:
    _check(AFTER)


def downgrade() -> None:
    # What was said about a kind that is no longer known has no meaning.
    op.execute("DELETE FROM reports WHERE about IN ('havruta_message', 'note')")
    _check(BEFORE)


def _check(kinds: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.drop_constraint(op.f("reports_about_check"), "reports")
    op.create_check_constraint(op.f("reports_about_check"), "reports", f"about IN ({listed})")
