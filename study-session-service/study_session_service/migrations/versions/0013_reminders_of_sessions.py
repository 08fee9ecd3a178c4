"""Remind people of the sessions that are open already, as of new ones."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        INSERT INTO session_reminders (session_id, minutes_before, due_at)
        SELECT id, minutes, CASE WHEN due_at >= now() THEN due_at END
        FROM study_sessions, unnest(ARRAY[1440, 15]) AS minutes,
            LATERAL (SELECT start_time - make_interval(mins => minutes) AS due_at) AS due
        WHERE is_open AND start_time > now()
        ON CONFLICT DO NOTHING
    """)


def downgrade() -> None:
    op.execute("DELETE FROM session_reminders")
