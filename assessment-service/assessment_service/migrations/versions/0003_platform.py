"""Several assessments in published versions, sessions that may belong to a person, experience
points.

The questionnaire that is there becomes the first version of an assessment, which stays what is
started when none is named. Of several answers to one question the latest stays.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ADOPT_QUESTIONNAIRE = """
INSERT INTO assessments (slug, is_default) SELECT 'questionnaire', true
WHERE EXISTS (SELECT FROM pages) OR EXISTS (SELECT FROM student_responses);

INSERT INTO assessment_versions (assessment_id, number, revision, is_current, published_at, definition)
SELECT id, 1, 1, true, now(), jsonb_build_object(
    'title', 'Questionnaire',
    'pages', COALESCE((
        SELECT jsonb_agg(jsonb_build_object(
            'key', 'p' || pages.id,
            'title', pages.title,
            'questions', COALESCE((
                SELECT jsonb_agg(settings || jsonb_build_object(
                    'key', 'q' || questions.id,
                    'type', question_type,
                    'text', question_text,
                    'required', required
                ) ORDER BY position, questions.id)
                FROM questions WHERE page_id = pages.id
            ), '[]')
        ) ORDER BY position, pages.id)
        FROM pages
    ), '[]')
)
FROM assessments;

UPDATE pages SET version_id = assessment_versions.id, key = 'p' || pages.id, position = ranked.position
FROM assessment_versions, (SELECT id, row_number() OVER (ORDER BY position, id) AS position FROM pages) AS ranked
WHERE ranked.id = pages.id;

UPDATE questions SET key = 'q' || questions.id, position = ranked.position
FROM (
    SELECT id, row_number() OVER (PARTITION BY page_id ORDER BY position, id) AS position FROM questions
) AS ranked
WHERE ranked.id = questions.id;

UPDATE student_responses SET assessment_id = assessment_versions.assessment_id, version_id = assessment_versions.id
FROM assessment_versions;
"""

KEEP_THE_LATEST_ANSWER = """
DELETE FROM question_answers AS older USING question_answers AS newer
WHERE older.response_id = newer.response_id AND older.question_id = newer.question_id
  AND (older.created_at, older.id) < (newer.created_at, newer.id);

-- The empty choice counts how often a question was answered at all.
UPDATE question_answers SET choices = ARRAY[''] || CASE
    WHEN question_type = 'text' THEN ARRAY[]::text[]
    WHEN question_type = 'ordering' THEN ARRAY(
        SELECT place || ':' || key FROM jsonb_array_elements_text(value) WITH ORDINALITY AS ranked (key, place)
    )
    WHEN jsonb_typeof(value) = 'array' THEN ARRAY(SELECT jsonb_array_elements_text(value))
    ELSE ARRAY[value #>> '{}']
END
FROM questions WHERE questions.id = question_id;

INSERT INTO xp_awards (response_id, question_id, amount, awarded_at)
SELECT response_id, question_id, 10, created_at FROM question_answers;

UPDATE student_responses SET questions_answered = awarded.count, total_xp = awarded.sum
FROM (SELECT response_id, count(*), sum(amount) FROM xp_awards GROUP BY response_id) AS awarded
WHERE awarded.response_id = student_responses.id;
"""

RESTORE_SETTINGS = """
UPDATE questions SET required = COALESCE((question ->> 'required')::boolean, true),
    settings = question - ARRAY['key', 'type', 'text', 'required']
FROM pages JOIN assessment_versions ON assessment_versions.id = pages.version_id,
    jsonb_array_elements(definition -> 'pages') AS page, jsonb_array_elements(page -> 'questions') AS question
WHERE pages.id = questions.page_id AND page ->> 'key' = pages.key AND question ->> 'key' = questions.key
"""

FIX_PUBLISHED_VERSIONS = """
CREATE FUNCTION refuse_change_of_published_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'assessment version % is published', OLD.id USING ERRCODE = 'restrict_violation';
END
$$;

CREATE TRIGGER published_versions_are_fixed BEFORE UPDATE OF definition ON assessment_versions
FOR EACH ROW WHEN (OLD.published_at IS NOT NULL AND OLD.definition IS DISTINCT FROM NEW.definition)
EXECUTE FUNCTION refuse_change_of_published_version();
"""


def upgrade() -> None:
    create_versions()
    create_tallies_and_awards()
    extend_questionnaire()
    op.execute(ADOPT_QUESTIONNAIRE)
    op.execute(KEEP_THE_LATEST_ANSWER)
    constrain_questionnaire()
    op.execute(FIX_PUBLISHED_VERSIONS)


def create_versions() -> None:
    op.create_table(
        "assessments",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("slug", sa.String(80), nullable=False, unique=True),
        sa.Column("author_id", sa.Uuid()),
        sa.Column("is_default", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            nullable=False,
            server_default=sa.text("now()"),
        ),
        sa.CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND slug <> 'mine'", name="slug"),
    )
    op.create_index(
        "assessments_one_default_key",
        "assessments",
        ["is_default"],
        unique=True,
        postgresql_where=sa.text("is_default"),
    )
    op.create_index("idx_assessments_author_id", "assessments", ["author_id", "id"])
    op.create_table(
        "assessment_versions",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "assessment_id",
            sa.Integer(),
            sa.ForeignKey("assessments.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("definition", postgresql.JSONB(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            nullable=False,
            server_default=sa.text("now()"),
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            nullable=False,
            server_default=sa.text("now()"),
        ),
        sa.Column("published_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("assessment_id", "number"),
        sa.UniqueConstraint("assessment_id", "id"),
        sa.CheckConstraint(
            "NOT is_current OR published_at IS NOT NULL", name="current_is_published"
        ),
    )
    op.create_index(
        "assessment_versions_one_current_key",
        "assessment_versions",
        ["assessment_id"],
        unique=True,
        postgresql_where=sa.text("is_current"),
    )
    op.create_index(
        "assessment_versions_one_draft_key",
        "assessment_versions",
        ["assessment_id"],
        unique=True,
        postgresql_where=sa.text("published_at IS NULL"),
    )


def create_tallies_and_awards() -> None:
    op.create_table(
        "answer_tallies",
        sa.Column(
            "question_id",
            sa.Integer(),
            sa.ForeignKey("questions.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("choice", sa.Text(), primary_key=True),
        sa.Column("times", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "xp_awards",
        sa.Column(
            "response_id",
            sa.Integer(),
            sa.ForeignKey("student_responses.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("question_id", sa.Integer(), sa.ForeignKey("questions.id"), primary_key=True),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column(
            "awarded_at",
            sa.DateTime(timezone=True),
            nullable=False,
            server_default=sa.text("now()"),
        ),
        sa.CheckConstraint("amount >= 0", name="amount"),
    )


def extend_questionnaire() -> None:
    op.add_column("pages", sa.Column("version_id", sa.Integer()))
    op.add_column("pages", sa.Column("key", sa.String(60)))
    op.add_column("questions", sa.Column("key", sa.String(60)))
    op.add_column("question_answers", sa.Column("choices", postgresql.ARRAY(sa.Text())))
    op.add_column("question_answers", sa.Column("client_seq", sa.BigInteger()))
    for column in (
        sa.Column("assessment_id", sa.Integer()),
        sa.Column("version_id", sa.Integer()),
        sa.Column("user_id", sa.Uuid()),
        sa.Column("attempt", sa.Integer()),
        sa.Column("ends_at", sa.DateTime(timezone=True)),
        sa.Column("expired_at", sa.DateTime(timezone=True)),
        sa.Column("shuffle_seed", sa.BigInteger(), nullable=False, server_default=sa.text("0")),
        sa.Column("questions_answered", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("total_xp", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("result", postgresql.JSONB()),
        sa.Column("tallied_at", sa.DateTime(timezone=True)),
    ):
        op.add_column("student_responses", column)


def constrain_questionnaire() -> None:
    op.drop_column("question_answers", "id")
    op.drop_column("questions", "settings")
    op.drop_column("questions", "required")
    for table, column in (
        ("pages", "version_id"),
        ("pages", "key"),
        ("questions", "key"),
        ("question_answers", "choices"),
        ("student_responses", "assessment_id"),
        ("student_responses", "version_id"),
        ("student_responses", "last_activity"),
    ):
        op.alter_column(table, column, nullable=False)
    op.alter_column("student_responses", "shuffle_seed", server_default=None)
    op.create_foreign_key(
        None, "pages", "assessment_versions", ["version_id"], ["id"], ondelete="CASCADE"
    )
    op.create_unique_constraint(None, "pages", ["version_id", "key"])
    op.create_unique_constraint(None, "pages", ["version_id", "position"])
    op.create_unique_constraint(None, "questions", ["page_id", "key"])
    op.create_unique_constraint(None, "questions", ["page_id", "position"])
    op.create_primary_key(None, "question_answers", ["response_id", "question_id"])
    op.create_foreign_key(
        None,
        "student_responses",
        "assessment_versions",
        ["assessment_id", "version_id"],
        ["assessment_id", "id"],
    )
    op.create_unique_constraint(None, "student_responses", ["user_id", "assessment_id", "attempt"])
    op.create_check_constraint(
        "completed_at", "student_responses", "(status = 'completed') = (completed_at IS NOT NULL)"
    )
    op.create_check_constraint(
        "expired_at", "student_responses", "expired_at IS NULL OR status = 'active'"
    )
    op.create_check_constraint(
        "attempt", "student_responses", "(user_id IS NULL) = (attempt IS NULL)"
    )
    op.create_check_constraint(
        "counters", "student_responses", "questions_answered >= 0 AND total_xp >= 0"
    )
    op.create_index(
        "student_responses_one_open_key",
        "student_responses",
        ["user_id", "assessment_id"],
        unique=True,
        postgresql_where=sa.text("status = 'active' AND expired_at IS NULL"),
    )
    op.create_index("idx_student_responses_user_id", "student_responses", ["user_id", "id"])
    op.create_index("idx_student_responses_version_id", "student_responses", ["version_id"])
    op.create_index(
        "idx_student_responses_untallied",
        "student_responses",
        ["version_id"],
        postgresql_where=sa.text("tallied_at IS NULL"),
    )
    op.create_index(
        "idx_student_responses_ends_at",
        "student_responses",
        ["ends_at"],
        postgresql_where=sa.text("status = 'active' AND ends_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.add_column(
        "questions",
        sa.Column("required", sa.Boolean(), nullable=False, server_default=sa.text("true")),
    )
    op.add_column(
        "questions",
        sa.Column("settings", postgresql.JSONB(), nullable=False, server_default=sa.text("'{}'")),
    )
    op.execute(RESTORE_SETTINGS)
    op.execute("DROP TRIGGER published_versions_are_fixed ON assessment_versions")
    op.execute("DROP FUNCTION refuse_change_of_published_version")
    op.drop_constraint("question_answers_pkey", "question_answers")
    op.add_column(
        "question_answers", sa.Column("id", sa.Integer(), sa.Identity(), primary_key=True)
    )
    op.create_primary_key(None, "question_answers", ["id"])
    op.alter_column("student_responses", "last_activity", nullable=True)
    # The constraints and indexes go with their columns.
    for table, columns in {
        "question_answers": ["choices", "client_seq"],
        "questions": ["key"],
        "pages": ["version_id", "key"],
        "student_responses": [
            "tallied_at",
            "result",
            "total_xp",
            "questions_answered",
            "shuffle_seed",
            "expired_at",
            "ends_at",
            "attempt",
            "user_id",
            "version_id",
            "assessment_id",
        ],
    }.items():
        for column in columns:
            op.drop_column(table, column)
    op.drop_constraint("student_responses_completed_at_check", "student_responses")
    for table in ("xp_awards", "answer_tallies", "assessment_versions", "assessments"):
        op.drop_table(table)
    op.drop_constraint("questions_page_id_position_key", "questions")
