"""What is known of the e-mails with invitations: how many went out, and which addresses want none."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "invitations",
        sa.Column("inviter_username", sa.String(length=50), server_default="", nullable=False),
    )
    op.create_table(
        "invitation_sends",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("sender_id", sa.Uuid(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="invitation_sends_pkey"),
    )
    op.create_index("idx_invitation_sends_sender", "invitation_sends", ["sender_id", "sent_at"])
    op.create_index("idx_invitation_sends_sent_at", "invitation_sends", ["sent_at"])
    op.create_table(
        "invitation_emails",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("address_sha256", sa.String(length=64), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="invitation_emails_pkey"),
    )
    op.create_index(
        "idx_invitation_emails_address", "invitation_emails", ["address_sha256", "sent_at"]
    )
    op.create_index("idx_invitation_emails_sent_at", "invitation_emails", ["sent_at"])
    op.create_table(
        "invitation_refusals",
        sa.Column("address_sha256", sa.String(length=64), nullable=False),
        sa.Column("havruta_id", sa.Uuid(), nullable=False),
        sa.Column("inviter_id", sa.Uuid(), nullable=False),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["havruta_id"],
            ["havrutas.id"],
            name="invitation_refusals_havruta_id_fkey",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "address_sha256", "havruta_id", "inviter_id", name="invitation_refusals_pkey"
        ),
    )
    op.create_index("idx_invitation_refusals_inviter", "invitation_refusals", ["inviter_id"])
    op.create_index("idx_invitation_refusals_refused_at", "invitation_refusals", ["refused_at"])
    op.create_table(
        "invitation_opt_outs",
        sa.Column("address_sha256", sa.String(length=64), nullable=False),
        sa.Column("opted_out_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("address_sha256", name="invitation_opt_outs_pkey"),
    )


def downgrade() -> None:
    for table in (
        "invitation_opt_outs",
        "invitation_refusals",
        "invitation_emails",
        "invitation_sends",
    ):
        op.drop_table(table)
    op.drop_column("invitations", "inviter_username")
