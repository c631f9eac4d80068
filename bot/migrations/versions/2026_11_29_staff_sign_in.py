"""How staff sign in: sessions, passwords, invitations, passkeys, and how often it was tried."""

import sqlalchemy as sa
from alembic import op

from catalog.ground import record

revision = "2026_11_29_staff_sign_in"
down_revision = "2026_11_29_speaker"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "oidc_visit",
        sa.Column("state_hash", record.Words(), nullable=False),
        sa.Column("browser_hash", record.Words(), nullable=False),
        sa.Column("ends_at", record.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("state_hash"),
        sqlite_strict=True,
    )
    op.create_index("oidc_visit_end", "oidc_visit", ["ends_at"], unique=False)
    op.create_table(
        "sign_in_count",
        sa.Column("key", record.Words(), nullable=False),
        sa.Column("tries", record.Whole(), nullable=False),
        sa.Column("since", record.Instant(), nullable=False),
        sa.Column("last_at", record.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
        sqlite_strict=True,
    )
    op.create_index("sign_in_count_last", "sign_in_count", ["last_at"], unique=False)
    op.create_table(
        "known_browser",
        sa.Column("token_hash", record.Words(), nullable=False),
        sa.Column("staff_id", record.Words(), nullable=False),
        sa.Column("known_since", record.Instant(), nullable=False),
        sa.Column("used_at", record.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("token_hash"),
        sqlite_strict=True,
    )
    op.create_index("known_browser_person", "known_browser", ["staff_id"], unique=False)
    op.create_table(
        "passkey",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("credential_id", record.Bytes(), nullable=False),
        sa.Column("public_key", record.Bytes(), nullable=False),
        sa.Column("staff_id", record.Words(), nullable=False),
        sa.Column("name", record.Words(), nullable=False),
        sa.Column("sign_count", record.Whole(), nullable=False),
        sa.Column("added_at", record.Instant(), nullable=False),
        sa.Column("used_at", record.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("credential_id"),
        sqlite_strict=True,
    )
    op.create_index("passkey_person", "passkey", ["staff_id"], unique=False)
    op.create_table(
        "passkey_challenge",
        sa.Column("challenge_hash", record.Words(), nullable=False),
        sa.Column("staff_id", record.Words(), nullable=True),
        sa.Column("ends_at", record.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("challenge_hash"),
        sqlite_strict=True,
    )
    op.create_index("passkey_challenge_end", "passkey_challenge", ["ends_at"], unique=False)
    op.create_table(
        "staff_invitation",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("token_hash", record.Words(), nullable=False),
        sa.Column("staff_id", record.Words(), nullable=False),
        sa.Column("made_by", record.Words(), nullable=False),
        sa.Column("made_at", record.Instant(), nullable=False),
        sa.Column("ends_at", record.Instant(), nullable=False),
        sa.Column("used_at", record.Instant(), nullable=True),
        sa.Column("revoked_at", record.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
        sqlite_strict=True,
    )
    op.create_index("staff_invitation_person", "staff_invitation", ["staff_id"], unique=False)
    op.create_table(
        "staff_password",
        sa.Column("staff_id", record.Words(), nullable=False),
        sa.Column("digest", record.Words(), nullable=False),
        sa.Column("set_at", record.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("staff_id"),
        sqlite_strict=True,
    )
    op.create_table(
        "staff_session",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("token_hash", record.Words(), nullable=False),
        sa.Column("staff_id", record.Words(), nullable=False),
        sa.Column("role", record.Words(), nullable=False),
        sa.Column("how", record.Words(), nullable=False),
        sa.Column("agent", record.Words(), nullable=True),
        sa.Column("csrf_secret", record.Bytes(), nullable=False),
        sa.Column("idle_seconds", record.Whole(), nullable=False),
        sa.Column("started_at", record.Instant(), nullable=False),
        sa.Column("seen_at", record.Instant(), nullable=False),
        sa.Column("ends_at", record.Instant(), nullable=False),
        sa.Column("ended_at", record.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
        sqlite_strict=True,
    )
    op.create_index(
        "staff_session_person", "staff_session", ["staff_id", "started_at"], unique=False
    )
