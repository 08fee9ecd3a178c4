"""What tutors say about themselves, and which reviews their public pages may show."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tutor_profiles",
        sa.Column("tutor_id", sa.Uuid(), nullable=False),
        sa.Column("about", sa.String(length=2000)),
        sa.Column("languages", ARRAY(sa.String(length=35)), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "cardinality(languages) <= 20", name=op.f("tutor_profiles_languages_check")
        ),
        sa.PrimaryKeyConstraint("tutor_id", name="tutor_profiles_pkey"),
    )
    # What is there was written for the participants: it stays with them until its author says otherwise.
    op.add_column(
        "reviews",
        sa.Column("public", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )


def downgrade() -> None:
    op.drop_column("reviews", "public")
    op.drop_table("tutor_profiles")
