"""Second factors, recovery codes, and tickets of sign-ins that wait for a code."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "second_factors",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True)),
        sa.Column("last_step", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="second_factors_user_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name="second_factors_pkey"),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="recovery_codes_user_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("code_hash", name="recovery_codes_pkey"),
    )
    op.create_index("idx_recovery_codes_user", "recovery_codes", ["user_id"])
    op.create_table(
        "sign_in_tickets",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="sign_in_tickets_user_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name="sign_in_tickets_pkey"),
    )
    op.create_index("idx_sign_in_tickets_user", "sign_in_tickets", ["user_id", "created_at"])
    op.create_index("idx_sign_in_tickets_expiry", "sign_in_tickets", ["expires_at"])
    op.add_column("sign_ins", sa.Column("confirmed_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("sign_ins", "confirmed_at")
    op.drop_table("sign_in_tickets")
    op.drop_table("recovery_codes")
    op.drop_table("second_factors")
