"""Give a message that comes without a `seq` the next number of its session.

The service gives the number itself, in the statement that writes the message, and does not meet the trigger.
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# The update locks the session's row, as the service does: numbers have no gaps, and follow the order of commits.
FUNCTION = """
CREATE FUNCTION number_message() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE study_sessions SET last_seq = last_seq + 1 WHERE id = NEW.session_id
    RETURNING last_seq INTO NEW.seq;
    RETURN NEW;
END $$
"""
TRIGGER = """
CREATE TRIGGER number_message BEFORE INSERT ON chat_messages
FOR EACH ROW WHEN (NEW.seq IS NULL) EXECUTE FUNCTION number_message()
"""


def upgrade() -> None:
    op.execute(FUNCTION)
    op.execute(TRIGGER)


def downgrade() -> None:
    op.execute("DROP TRIGGER number_message ON chat_messages")
    op.execute("DROP FUNCTION number_message")
