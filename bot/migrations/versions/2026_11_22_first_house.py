"""The first house: every table of the foundation, on either database."""

import sqlalchemy as sa
from alembic import op

from catalog.ground import record
from catalog.items.search_index import SQLITE_INDEX
from catalog.items.tables import GramList

revision = "2026_11_22_first_house"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "blob",
        sa.Column("sha256", record.Words(), nullable=False),
        sa.Column("bytes", record.Whole(), nullable=False),
        sa.Column("mime", record.Words(), nullable=False),
        sa.Column("kept_at", record.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("sha256"),
        sqlite_strict=True,
    )
    op.create_table(
        "channel_quota",
        sa.Column("channel", record.Words(), nullable=False),
        sa.Column("limited", record.Whole(), nullable=True),
        sa.Column("used", record.Whole(), nullable=False),
        sa.Column("looked_at", record.Instant(), nullable=False),
        sa.Column("is_spent", record.YesNo(), nullable=False),
        sa.PrimaryKeyConstraint("channel"),
        sqlite_strict=True,
    )
    op.create_table(
        "customer",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("customer_no", record.Words(), nullable=False),
        sa.Column("family_name", record.Words(), nullable=False),
        sa.Column("given_name", record.Words(), nullable=True),
        sa.Column("language", record.Words(), nullable=False),
        sa.Column("written_at", record.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("customer_no"),
        sqlite_strict=True,
    )
    op.create_table(
        "inbox",
        sa.Column("id", record.Whole(), nullable=False),
        sa.Column("channel", record.Words(), nullable=False),
        sa.Column("event_id", record.Words(), nullable=False),
        sa.Column("conversation", record.Words(), nullable=False),
        sa.Column("message_id", record.Words(), nullable=True),
        sa.Column("event_at", record.Instant(), nullable=False),
        sa.Column("received_at", record.Instant(), nullable=False),
        sa.Column("body", record.Words(), nullable=False),
        sa.Column("state", record.Words(), nullable=False),
        sa.Column("attempts", record.Whole(), nullable=False),
        sa.Column("due_at", record.Instant(), nullable=False),
        sa.Column("last_error", record.Words(), nullable=True),
        sa.Column("ended_at", record.Instant(), nullable=True),
        sa.Column("scrubbed_at", record.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("channel", "event_id"),
        sqlite_strict=True,
    )
    op.create_index(
        "inbox_dead",
        "inbox",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'dead'"),
        postgresql_where=sa.text("state = 'dead'"),
    )
    op.create_index(
        "inbox_due",
        "inbox",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'due'"),
        postgresql_where=sa.text("state = 'due'"),
    )
    op.create_index(
        "inbox_lane",
        "inbox",
        ["conversation", "event_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'due'"),
        postgresql_where=sa.text("state = 'due'"),
    )
    op.create_index("inbox_message", "inbox", ["message_id"], unique=False)
    op.create_table(
        "journal",
        sa.Column("id", record.Whole(), nullable=False),
        sa.Column("subject", record.Words(), nullable=False),
        sa.Column("number", record.Whole(), nullable=False),
        sa.Column("verb", record.Words(), nullable=False),
        sa.Column("actor", record.Words(), nullable=False),
        sa.Column("at", record.Instant(), nullable=False),
        sa.Column("facts", record.Json(), nullable=False),
        sa.Column("key", record.Words(), nullable=True),
        sa.Column("request_hash", record.Words(), nullable=True),
        sa.Column("result", record.Json(), nullable=True),
        sa.Column("previous", record.Words(), nullable=False),
        sa.Column("hash", record.Words(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
        sa.UniqueConstraint("subject", "number"),
        sqlite_strict=True,
    )
    op.create_index("journal_at", "journal", ["at"], unique=False)
    op.create_table(
        "leadership",
        sa.Column("duty", record.Words(), nullable=False),
        sa.Column("holder", record.Words(), nullable=False),
        sa.Column("until", record.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("duty"),
        sqlite_strict=True,
    )
    op.create_table(
        "log_leaf",
        sa.Column("number", record.Whole(), autoincrement=False, nullable=False),
        sa.Column("kind", record.Words(), nullable=False),
        sa.Column("payload", record.Words(), nullable=False),
        sa.Column("hash", record.Bytes(), nullable=False),
        sa.Column("appended_at", record.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sqlite_strict=True,
    )
    op.create_table(
        "log_node",
        sa.Column("level", record.Whole(), nullable=False),
        sa.Column("number", record.Whole(), nullable=False),
        sa.Column("hash", record.Bytes(), nullable=False),
        sa.PrimaryKeyConstraint("level", "number"),
        sqlite_strict=True,
    )
    op.create_table(
        "outbox",
        sa.Column("id", record.Whole(), nullable=False),
        sa.Column("dedupe", record.Words(), nullable=False),
        sa.Column("channel", record.Words(), nullable=False),
        sa.Column("conversation", record.Words(), nullable=False),
        sa.Column("purpose", record.Words(), nullable=False),
        sa.Column("priority", record.Whole(), nullable=False),
        sa.Column("messages", record.Words(), nullable=False),
        sa.Column("reply_token", record.Words(), nullable=True),
        sa.Column("reply_until", record.Instant(), nullable=True),
        sa.Column("retry_key", record.Words(), nullable=False),
        sa.Column("expires_at", record.Instant(), nullable=True),
        sa.Column("state", record.Words(), nullable=False),
        sa.Column("due_at", record.Instant(), nullable=False),
        sa.Column("attempts", record.Whole(), nullable=False),
        sa.Column("first_tried_at", record.Instant(), nullable=True),
        sa.Column("is_unclear", record.YesNo(), nullable=False),
        sa.Column("sent_as", record.Words(), nullable=True),
        sa.Column("leased_by", record.Words(), nullable=True),
        sa.Column("request_id", record.Words(), nullable=True),
        sa.Column("last_error", record.Words(), nullable=True),
        sa.Column("written_at", record.Instant(), nullable=False),
        sa.Column("ended_at", record.Instant(), nullable=True),
        sa.Column("scrubbed_at", record.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("dedupe"),
        sqlite_strict=True,
    )
    op.create_index(
        "outbox_due",
        "outbox",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("state IN ('due', 'sending')"),
        postgresql_where=sa.text("state IN ('due', 'sending')"),
    )
    op.create_index(
        "outbox_lane",
        "outbox",
        ["conversation", "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('due', 'sending')"),
        postgresql_where=sa.text("state IN ('due', 'sending')"),
    )
    op.create_index(
        "outbox_rider",
        "outbox",
        ["conversation"],
        unique=False,
        sqlite_where=sa.text("state IN ('due', 'ambiguous', 'waiting')"),
        postgresql_where=sa.text("state IN ('due', 'ambiguous', 'waiting')"),
    )
    op.create_table(
        "partner",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("partner_code", record.Words(), nullable=False),
        sa.Column("name", record.Words(), nullable=False),
        sa.Column("written_at", record.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("partner_code"),
        sqlite_strict=True,
    )
    op.create_table(
        "person_key",
        sa.Column("person", record.Words(), nullable=False),
        sa.Column("wrapped_by", record.Words(), nullable=False),
        sa.Column("wrapped", record.Bytes(), nullable=True),
        sa.Column("made_at", record.Instant(), nullable=False),
        sa.Column("erased_at", record.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("person"),
        sqlite_strict=True,
    )
    op.create_table(
        "policy_version",
        sa.Column("id", record.Whole(), nullable=False),
        sa.Column("name", record.Words(), nullable=False),
        sa.Column("version", record.Whole(), nullable=False),
        sa.Column("terms", record.Json(), nullable=False),
        sa.Column("written_by", record.Words(), nullable=False),
        sa.Column("written_at", record.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name", "version"),
        sqlite_strict=True,
    )
    op.create_table(
        "received_file",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("conversation", record.Words(), nullable=False),
        sa.Column("channel", record.Words(), nullable=False),
        sa.Column("message_id", record.Words(), nullable=False),
        sa.Column("kind", record.Words(), nullable=False),
        sa.Column("name", record.Words(), nullable=True),
        sa.Column("set_id", record.Words(), nullable=True),
        sa.Column("state", record.Words(), nullable=False),
        sa.Column("source", record.Words(), nullable=False),
        sa.Column("sha256", record.Words(), nullable=True),
        sa.Column("size", record.Whole(), nullable=True),
        sa.Column("key", record.Words(), nullable=True),
        sa.Column("sent_at", record.Instant(), nullable=False),
        sa.Column("wanted_at", record.Instant(), nullable=False),
        sa.Column("stored_at", record.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("channel", "message_id"),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_received_file_conversation"),
        "received_file",
        ["conversation"],
        unique=False,
    )
    op.create_table(
        "staff",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("name", record.Words(), nullable=False),
        sa.Column("role", record.Words(), nullable=False),
        sa.Column("email", record.Words(), nullable=True),
        sa.Column("slack_id", record.Words(), nullable=True),
        sa.Column("added_at", record.Instant(), nullable=False),
        sa.Column("left_at", record.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email"),
        sa.UniqueConstraint("name"),
        sa.UniqueConstraint("slack_id"),
        sqlite_strict=True,
    )
    op.create_table(
        "style",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("style_key", record.Words(), nullable=False),
        sa.Column("category", record.Words(), nullable=False),
        sa.Column("brand", record.Words(), nullable=True),
        sa.Column("brand_key", record.Words(), nullable=True),
        sa.Column("model", record.Words(), nullable=True),
        sa.Column("model_key", record.Words(), nullable=True),
        sa.Column("reference", record.Words(), nullable=True),
        sa.Column("reference_key", record.Words(), nullable=True),
        sa.Column("written_at", record.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("style_key"),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_style_reference_key"), "style", ["reference_key"], unique=False)
    op.create_index("style_brand", "style", ["brand_key", "model_key"], unique=False)
    op.create_table(
        "thread",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("channel", record.Words(), nullable=False),
        sa.Column("lang", record.Words(), nullable=True),
        sa.Column("memory", record.Json(), nullable=False),
        sa.Column("version", record.Whole(), nullable=False),
        sa.Column("leased_by", record.Words(), nullable=True),
        sa.Column("lease_until", record.Instant(), nullable=True),
        sa.Column("opened_at", record.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_table(
        "ticket",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("conversation", record.Words(), nullable=False),
        sa.Column("open_key", record.Words(), nullable=True),
        sa.Column("state", record.Words(), nullable=False),
        sa.Column("reason", record.Words(), nullable=False),
        sa.Column("lang", record.Words(), nullable=False),
        sa.Column("about_unit", record.Words(), nullable=True),
        sa.Column("promised_at", record.Instant(), nullable=False),
        sa.Column("opened_at", record.Instant(), nullable=False),
        sa.Column("closed_at", record.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("open_key"),
        sqlite_strict=True,
    )
    op.create_index("ticket_state", "ticket", ["state", "promised_at"], unique=False)
    op.create_table(
        "worklist",
        sa.Column("id", record.Whole(), nullable=False),
        sa.Column("kind", record.Words(), nullable=False),
        sa.Column("subject", record.Words(), nullable=False),
        sa.Column("work_key", record.Words(), nullable=False),
        sa.Column("facts", record.Json(), nullable=False),
        sa.Column("state", record.Words(), nullable=False),
        sa.Column("due_at", record.Instant(), nullable=False),
        sa.Column("attempts", record.Whole(), nullable=False),
        sa.Column("leased_by", record.Words(), nullable=True),
        sa.Column("lease_until", record.Instant(), nullable=True),
        sa.Column("last_error", record.Words(), nullable=True),
        sa.Column("written_at", record.Instant(), nullable=False),
        sa.Column("ended_at", record.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("kind", "work_key"),
        sqlite_strict=True,
    )
    op.create_index(
        "worklist_due",
        "worklist",
        ["kind", "due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'due'"),
        postgresql_where=sa.text("state = 'due'"),
    )
    op.create_table(
        "contact",
        sa.Column("channel", record.Words(), nullable=False),
        sa.Column("address", record.Words(), nullable=False),
        sa.Column("customer_id", record.Words(), nullable=True),
        sa.Column("is_blocked", record.YesNo(), nullable=False),
        sa.Column("first_seen_at", record.Instant(), nullable=False),
        sa.Column("changed_at", record.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
        ),
        sa.PrimaryKeyConstraint("channel", "address"),
        sqlite_strict=True,
    )
    op.create_table(
        "partner_grant",
        sa.Column("id", record.Whole(), nullable=False),
        sa.Column("partner_id", record.Words(), nullable=False),
        sa.Column("unit_code", record.Words(), nullable=True),
        sa.Column("rights", record.Words(), nullable=False),
        sa.Column("media_kinds", record.Words(), nullable=False),
        sa.Column("expires_on", record.Day(), nullable=True),
        sa.Column("granted_at", record.Instant(), nullable=False),
        sa.Column("revoked_at", record.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["partner_id"],
            ["partner.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("partner_grant_of", "partner_grant", ["partner_id", "unit_code"], unique=False)
    op.create_table(
        "partner_seat",
        sa.Column("channel", record.Words(), nullable=False),
        sa.Column("address", record.Words(), nullable=False),
        sa.Column("partner_id", record.Words(), nullable=False),
        sa.Column("bound_at", record.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id"],
            ["partner.id"],
        ),
        sa.PrimaryKeyConstraint("channel", "address"),
        sqlite_strict=True,
    )
    op.create_table(
        "unit",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("code", record.Words(), nullable=False),
        sa.Column("style_id", record.Words(), nullable=False),
        sa.Column("title", record.Words(), nullable=False),
        sa.Column("serial", record.Words(), nullable=True),
        sa.Column("serial_key", record.Words(), nullable=True),
        sa.Column("owner_kind", record.Words(), nullable=False),
        sa.Column("owner_id", record.Words(), nullable=True),
        sa.Column("custody", record.Words(), nullable=False),
        sa.Column("state", record.Words(), nullable=False),
        sa.Column("version", record.Whole(), nullable=False),
        sa.Column("price", record.Whole(), nullable=True),
        sa.Column("grade", record.Words(), nullable=True),
        sa.Column("accessories", record.Words(), nullable=True),
        sa.Column("notes", record.Words(), nullable=True),
        sa.Column("publish_gate", record.Words(), nullable=True),
        sa.Column("written_at", record.Instant(), nullable=False),
        sa.Column("changed_at", record.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["style_id"],
            ["style.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
        sqlite_strict=True,
    )
    op.create_index("unit_owner", "unit", ["owner_id"], unique=False)
    op.create_index("unit_serial", "unit", ["serial_key"], unique=False)
    op.create_index("unit_state", "unit", ["state"], unique=False)
    op.create_index("unit_style", "unit", ["style_id"], unique=False)
    op.create_table(
        "asset",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("unit_id", record.Words(), nullable=True),
        sa.Column("part", record.Words(), nullable=True),
        sa.Column("kind", record.Words(), nullable=False),
        sa.Column("sha256", record.Words(), nullable=False),
        sa.Column("name", record.Words(), nullable=False),
        sa.Column("source", record.Words(), nullable=False),
        sa.Column("place", record.Words(), nullable=False),
        sa.Column("hinted_code", record.Words(), nullable=True),
        sa.Column("is_tag", record.YesNo(), nullable=False),
        sa.Column("captured_at", record.Instant(), nullable=False),
        sa.Column("time_source", record.Words(), nullable=False),
        sa.Column("device", record.Words(), nullable=True),
        sa.Column("spot", record.Json(), nullable=True),
        sa.Column("readiness", record.Words(), nullable=False),
        sa.Column("log_number", record.Whole(), nullable=False),
        sa.Column("received_at", record.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sha256"],
            ["blob.sha256"],
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["unit.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sha256", "place"),
        sqlite_strict=True,
    )
    op.create_index("asset_unit", "asset", ["unit_id", "kind", "captured_at"], unique=False)
    op.create_table(
        "grading",
        sa.Column("id", record.Whole(), nullable=False),
        sa.Column("unit_id", record.Words(), nullable=False),
        sa.Column("version", record.Whole(), nullable=False),
        sa.Column("grade", record.Words(), nullable=False),
        sa.Column("source", record.Words(), nullable=False),
        sa.Column("graded_by", record.Words(), nullable=False),
        sa.Column("graded_at", record.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["unit.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("unit_id", "version"),
        sqlite_strict=True,
    )
    op.create_table(
        "ledger_row",
        sa.Column("id", record.Whole(), nullable=False),
        sa.Column("unit_id", record.Words(), nullable=False),
        sa.Column("entered_on", record.Day(), nullable=False),
        sa.Column("kind", record.Words(), nullable=False),
        sa.Column("item_kind", record.Words(), nullable=False),
        sa.Column("quantity", record.Whole(), nullable=False),
        sa.Column("features", record.Words(), nullable=False),
        sa.Column("corrects", record.Whole(), nullable=True),
        sa.Column("written_at", record.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["unit.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("ledger_row_unit", "ledger_row", ["unit_id"], unique=False)
    op.create_table(
        "unit_words",
        sa.Column("number", record.Whole(), nullable=False),
        sa.Column("unit_id", record.Words(), nullable=False),
        sa.Column("words", record.Words(), nullable=False),
        sa.Column("grams", GramList(), nullable=True),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["unit.id"],
        ),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("unit_id"),
        sqlite_strict=True,
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(SQLITE_INDEX)
    else:
        op.create_index(
            "unit_words_grams",
            "unit_words",
            ["grams"],
            unique=False,
            postgresql_using="gin",
        )
    op.create_table(
        "capture_task",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("unit_id", record.Words(), nullable=False),
        sa.Column("part", record.Words(), nullable=True),
        sa.Column("kind", record.Words(), nullable=True),
        sa.Column("state", record.Words(), nullable=False),
        sa.Column("open_key", record.Words(), nullable=True),
        sa.Column("due_at", record.Instant(), nullable=False),
        sa.Column("asset_id", record.Words(), nullable=True),
        sa.Column("opened_at", record.Instant(), nullable=False),
        sa.Column("closed_at", record.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["asset_id"],
            ["asset.id"],
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["unit.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("open_key"),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_capture_task_unit_id"), "capture_task", ["unit_id"], unique=False)
    op.create_table(
        "rendition",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("asset_id", record.Words(), nullable=False),
        sa.Column("recipe", record.Words(), nullable=False),
        sa.Column("version", record.Whole(), nullable=False),
        sa.Column("state", record.Words(), nullable=False),
        sa.Column("key", record.Words(), nullable=True),
        sa.Column("sha256", record.Words(), nullable=True),
        sa.Column("bytes", record.Whole(), nullable=True),
        sa.Column("mime", record.Words(), nullable=True),
        sa.Column("width", record.Whole(), nullable=True),
        sa.Column("height", record.Whole(), nullable=True),
        sa.Column("duration_ms", record.Whole(), nullable=True),
        sa.Column("error", record.Words(), nullable=True),
        sa.Column("made_at", record.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asset_id"],
            ["asset.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("asset_id", "recipe", "version"),
        sqlite_strict=True,
    )
    op.create_table(
        "tag_session",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("folder", record.Words(), nullable=False),
        sa.Column("open_folder", record.Words(), nullable=True),
        sa.Column("unit_id", record.Words(), nullable=False),
        sa.Column("opened_by", record.Words(), nullable=False),
        sa.Column("opened_at", record.Instant(), nullable=False),
        sa.Column("closed_at", record.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["opened_by"],
            ["asset.id"],
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["unit.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("open_folder"),
        sqlite_strict=True,
    )
    op.create_table(
        "taken_file",
        sa.Column("path", record.Words(), nullable=False),
        sa.Column("size", record.Whole(), nullable=False),
        sa.Column("mtime_ns", record.Whole(), nullable=False),
        sa.Column("asset_id", record.Words(), nullable=False),
        sa.Column("taken_at", record.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asset_id"],
            ["asset.id"],
        ),
        sa.PrimaryKeyConstraint("path", "size", "mtime_ns"),
        sqlite_strict=True,
    )
    op.create_table(
        "capture_wait",
        sa.Column("task_id", record.Words(), nullable=False),
        sa.Column("conversation", record.Words(), nullable=False),
        sa.Column("lang", record.Words(), nullable=False),
        sa.Column("asked_at", record.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["capture_task.id"],
        ),
        sa.PrimaryKeyConstraint("task_id", "conversation"),
        sqlite_strict=True,
    )
    op.create_table(
        "media_pass",
        sa.Column("token_hash", record.Words(), nullable=False),
        sa.Column("rendition_id", record.Words(), nullable=False),
        sa.Column("conversation", record.Words(), nullable=False),
        sa.Column("purpose", record.Words(), nullable=False),
        sa.Column("issued_at", record.Instant(), nullable=False),
        sa.Column("expires_at", record.Instant(), nullable=False),
        sa.Column("revoked_at", record.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["rendition_id"],
            ["rendition.id"],
        ),
        sa.PrimaryKeyConstraint("token_hash"),
        sqlite_strict=True,
    )
    op.create_index("media_pass_conversation", "media_pass", ["conversation"], unique=False)
    op.create_index("media_pass_rendition", "media_pass", ["rendition_id"], unique=False)
    op.create_table(
        "media_view",
        sa.Column("id", record.Whole(), nullable=False),
        sa.Column("token_hash", record.Words(), nullable=False),
        sa.Column("asset_id", record.Words(), nullable=False),
        sa.Column("conversation", record.Words(), nullable=False),
        sa.Column("at", record.Instant(), nullable=False),
        sa.Column("told_at", record.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asset_id"],
            ["asset.id"],
        ),
        sa.ForeignKeyConstraint(
            ["token_hash"],
            ["media_pass.token_hash"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash", "at"),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_media_view_asset_id"), "media_view", ["asset_id"], unique=False)
