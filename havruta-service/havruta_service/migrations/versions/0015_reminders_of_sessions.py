"""Remind members of the sessions that are planned already, as of new ones."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        INSERT INTO session_reminders (session_id, minutes_before, due_at)
        SELECT id, before, CASE WHEN due_at >= now() THEN due_at END
        FROM havruta_sessions, unnest(ARRAY[1440, 15]) AS before,
            LATERAL (SELECT start_time - make_interval(mins => before) AS due_at) AS due
        WHERE status = 'scheduled' AND start_time > now()
        ON CONFLICT DO NOTHING
    """)


def downgrade() -> None:
    op.execute("DELETE FROM session_reminders")
