"""Havrutas and their sessions, as they first were."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "havrutas",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("book", sa.String(length=60), nullable=False),
        sa.Column("creator_id", sa.Uuid(), nullable=False),
        sa.Column("current_section", sa.String(length=100), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name="havrutas_pkey"),
    )
    op.create_table(
        "havruta_members",
        sa.Column("havruta_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "joined_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["havruta_id"],
            ["havrutas.id"],
            name="havruta_members_havruta_id_fkey",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("havruta_id", "user_id", name="havruta_members_pkey"),
    )
    op.create_index("idx_havruta_members_user", "havruta_members", ["user_id", "havruta_id"])
    op.create_table(
        "havruta_sessions",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("havruta_id", sa.Uuid(), nullable=False),
        sa.Column("start_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "sections_studied",
            postgresql.ARRAY(sa.String(length=100)),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["havruta_id"],
            ["havrutas.id"],
            name="havruta_sessions_havruta_id_fkey",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="havruta_sessions_pkey"),
    )


def downgrade() -> None:
    op.drop_table("havruta_sessions")
    op.drop_table("havruta_members")
    op.drop_table("havrutas")
