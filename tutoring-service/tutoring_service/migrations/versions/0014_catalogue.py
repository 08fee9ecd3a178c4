"""Keep what the catalogue of tutors is read from, and whether a review says who wrote it.

The worker fills the listings: the first time as soon as it finds tutors without one.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

LISTED = sa.text("newest_course_id IS NOT NULL")


def upgrade() -> None:
    op.add_column(
        "reviews",
        sa.Column("is_named", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    _create_listings()


def downgrade() -> None:
    op.drop_table("tutor_listings")
    op.drop_column("reviews", "is_named")


def _create_listings() -> None:
    table = "tutor_listings"
    op.create_table(
        table,
        sa.Column("tutor_id", sa.Uuid(), nullable=False),
        sa.Column("newest_course_id", sa.Integer()),
        sa.Column("subjects", ARRAY(sa.String(length=100)), nullable=False),
        sa.Column("subject_keys", ARRAY(sa.Text()), nullable=False),
        sa.Column("languages", ARRAY(sa.Text()), nullable=False),
        sa.Column("weekdays", ARRAY(sa.Text()), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("rating_average", sa.Float()),
        sa.Column("rating_count", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("refreshed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(rating_average IS NULL) = (rating_count = 0)",
            name=op.f("tutor_listings_rating_check"),
        ),
        sa.PrimaryKeyConstraint("tutor_id", name="tutor_listings_pkey"),
    )
    rank, newest = sa.text("rank DESC"), sa.text("newest_course_id DESC")
    op.create_index("idx_tutor_listings_rank", table, [rank, newest], postgresql_where=LISTED)
    op.create_index("idx_tutor_listings_newest", table, [newest], postgresql_where=LISTED)
    at_once = {"fastupdate": "off"}
    op.create_index(
        "idx_tutor_listings_words",
        table,
        ["words"],
        postgresql_using="gin",
        postgresql_ops={"words": "gin_trgm_ops"},
        postgresql_with=at_once,
    )
    op.create_index(
        "idx_tutor_listings_filters",
        table,
        ["subject_keys", "languages", "weekdays"],
        postgresql_using="gin",
        postgresql_with=at_once,
    )
    op.create_index("idx_tutor_listings_refreshed", table, ["refreshed_at"])
