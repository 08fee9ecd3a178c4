"""A session that names no assessment is of the default one, in its current version: so the older
application's columns suffice to insert it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

FUNCTION = """
CREATE FUNCTION choose_default_assessment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT v.assessment_id, v.id INTO NEW.assessment_id, NEW.version_id
    FROM assessments a JOIN assessment_versions v ON v.assessment_id = a.id
    WHERE a.is_default AND v.is_current;
    RETURN NEW;
END $$
"""
TRIGGER = """
CREATE TRIGGER choose_default_assessment BEFORE INSERT ON student_responses
FOR EACH ROW WHEN (NEW.assessment_id IS NULL) EXECUTE FUNCTION choose_default_assessment()
"""


def upgrade() -> None:
    op.alter_column("student_responses", "shuffle_seed", server_default=sa.text("0"))
    op.execute(FUNCTION)
    op.execute(TRIGGER)


def downgrade() -> None:
    op.execute("DROP TRIGGER choose_default_assessment ON student_responses")
    op.execute("DROP FUNCTION choose_default_assessment")
    op.alter_column("student_responses", "shuffle_seed", server_default=None)
