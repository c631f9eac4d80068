"""The first house: every table of the foundation, on either database."""

import sqlalchemy as sa
from alembic import op

from catalog.duties.tables import APPEND_ONLY
from catalog.ground import record
from catalog.items.search_index import SQLITE_INDEX
from catalog.items.tables import GramList

revision = "2026_11_22_first_house"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_key",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("name", record.Words(), nullable=False),
        sa.Column("digest", record.Words(), nullable=False),
        sa.Column("scopes", record.Words(), nullable=False),
        sa.Column("added_by", record.Words(), nullable=False),
        sa.Column("added_at", record.Instant(), nullable=False),
        sa.Column("revoked_at", record.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
        sqlite_strict=True,
    )
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
        "breach",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("discovered_on", record.Day(), nullable=False),
        sa.Column("what", record.Words(), nullable=False),
        sa.Column("people", record.Whole(), nullable=False),
        sa.Column("is_sensitive", record.YesNo(), nullable=False),
        sa.Column("has_financial_harm", record.YesNo(), nullable=False),
        sa.Column("has_wrongful_purpose", record.YesNo(), nullable=False),
        sa.Column("is_reportable", record.YesNo(), nullable=False),
        sa.Column("preliminary_target", record.Day(), nullable=False),
        sa.Column("preliminary_limit", record.Day(), nullable=False),
        sa.Column("final_limit", record.Day(), nullable=False),
        sa.Column("preliminary_sent_on", record.Day(), nullable=True),
        sa.Column("final_sent_on", record.Day(), nullable=True),
        sa.Column("people_told_on", record.Day(), nullable=True),
        sa.Column("noted_by", record.Words(), nullable=False),
        sa.Column("noted_at", record.Instant(), nullable=False),
        sa.CheckConstraint("people >= 0", name="breach_people"),
        sa.PrimaryKeyConstraint("id"),
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
        "code_number",
        sa.Column("letter", record.Words(), nullable=False),
        sa.Column("last", record.Whole(), nullable=False),
        sa.PrimaryKeyConstraint("letter"),
        sqlite_strict=True,
    )
    op.create_table(
        "comparable",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("comparable_key", record.Words(), nullable=False),
        sa.Column("brand_key", record.Words(), nullable=False),
        sa.Column("model_key", record.Words(), nullable=False),
        sa.Column("reference_key", record.Words(), nullable=True),
        sa.Column("price", record.Whole(), nullable=False),
        sa.Column("grade", record.Words(), nullable=False),
        sa.Column("sold_on", record.Day(), nullable=False),
        sa.Column("source", record.Words(), nullable=True),
        sa.Column("written_at", record.Instant(), nullable=False),
        sa.CheckConstraint("price > 0", name="comparable_price"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("comparable_key"),
        sqlite_strict=True,
    )
    op.create_index(
        "comparable_model", "comparable", ["brand_key", "model_key", "sold_on"], unique=False
    )
    op.create_index(
        "comparable_reference", "comparable", ["reference_key", "sold_on"], unique=False
    )
    op.create_table(
        "customer",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("customer_no", record.Words(), nullable=False),
        sa.Column("family_name", record.Words(), nullable=False),
        sa.Column("given_name", record.Words(), nullable=True),
        sa.Column("family_kana", record.Words(), nullable=True),
        sa.Column("given_kana", record.Words(), nullable=True),
        sa.Column("email", record.Words(), nullable=True),
        sa.Column("phone", record.Words(), nullable=True),
        sa.Column("birthday", record.Day(), nullable=True),
        sa.Column("marketing_opt_in", record.YesNo(), nullable=False),
        sa.Column("adviser", record.Words(), nullable=True),
        sa.Column("language", record.Words(), nullable=False),
        sa.Column("written_at", record.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("customer_no"),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_customer_email"), "customer", ["email"], unique=False)
    op.create_index(op.f("ix_customer_phone"), "customer", ["phone"], unique=False)
    op.create_table(
        "grade_alias",
        sa.Column("partner_id", record.Words(), nullable=False),
        sa.Column("alias_key", record.Words(), nullable=False),
        sa.Column("grade", record.Words(), nullable=False),
        sa.Column("written_by", record.Words(), nullable=False),
        sa.Column("written_at", record.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("partner_id", "alias_key"),
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
        "outside_event",
        sa.Column("id", record.Whole(), nullable=False),
        sa.Column("source", record.Words(), nullable=False),
        sa.Column("event_id", record.Words(), nullable=False),
        sa.Column("kind", record.Words(), nullable=False),
        sa.Column("body_hash", record.Words(), nullable=False),
        sa.Column("about", record.Words(), nullable=True),
        sa.Column("taken_at", record.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("source", "event_id"),
        sqlite_strict=True,
    )
    op.create_table(
        "parcel",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("direction", record.Words(), nullable=False),
        sa.Column("about", record.Words(), nullable=False),
        sa.Column("carrier", record.Words(), nullable=False),
        sa.Column("tracking_no", record.Words(), nullable=True),
        sa.Column("state", record.Words(), nullable=False),
        sa.Column("made_by", record.Words(), nullable=False),
        sa.Column("made_at", record.Instant(), nullable=False),
        sa.Column("state_at", record.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("carrier", "tracking_no"),
        sqlite_strict=True,
    )
    op.create_index("parcel_about", "parcel", ["about"], unique=False)
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
        "payout_batch",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("number", record.Whole(), nullable=False),
        sa.Column("transfer_on", record.Day(), nullable=False),
        sa.Column("status", record.Words(), nullable=False),
        sa.Column("count", record.Whole(), nullable=False),
        sa.Column("total", record.Whole(), nullable=False),
        sa.Column("made_by", record.Words(), nullable=False),
        sa.Column("made_at", record.Instant(), nullable=False),
        sa.Column("released_by", record.Words(), nullable=True),
        sa.Column("released_at", record.Instant(), nullable=True),
        sa.Column("sent_at", record.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
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
        "police_notice",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("authority", record.Words(), nullable=False),
        sa.Column("number", record.Words(), nullable=False),
        sa.Column("arrived_on", record.Day(), nullable=False),
        sa.Column("keep_through", record.Day(), nullable=False),
        sa.Column("noted_by", record.Words(), nullable=False),
        sa.Column("noted_at", record.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("authority", "number"),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_police_notice_keep_through"), "police_notice", ["keep_through"], unique=False
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
        "posting",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("about", record.Words(), nullable=False),
        sa.Column("account", record.Words(), nullable=False),
        sa.Column("amount", record.Whole(), nullable=False),
        sa.Column("document", record.Words(), nullable=False),
        sa.Column("posted_at", record.Instant(), nullable=False),
        sa.CheckConstraint("amount <> 0", name="posting_amount"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("posting_about", "posting", ["about"], unique=False)
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
        op.f("ix_received_file_conversation"), "received_file", ["conversation"], unique=False
    )
    op.create_table(
        "rescission",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("case_id", record.Words(), nullable=False),
        sa.Column("message_id", record.Words(), nullable=True),
        sa.Column("dispatched_at", record.Instant(), nullable=False),
        sa.Column("last_day", record.Day(), nullable=True),
        sa.Column("noted_by", record.Words(), nullable=False),
        sa.Column("noted_at", record.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_id"),
        sqlite_strict=True,
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
        "stock_place",
        sa.Column("name", record.Words(), nullable=False),
        sa.Column("rank", record.Whole(), nullable=False),
        sa.Column("ships", record.YesNo(), nullable=False),
        sa.Column("hands_over", record.YesNo(), nullable=False),
        sa.Column("written_at", record.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
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
        sa.Column("gtin", record.Words(), nullable=True),
        sa.Column("size", record.Words(), nullable=True),
        sa.Column("colour", record.Words(), nullable=True),
        sa.Column("title", record.Words(), nullable=True),
        sa.Column("description", record.Words(), nullable=True),
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
        "buyback_case",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("case_no", record.Words(), nullable=False),
        sa.Column("customer_id", record.Words(), nullable=False),
        sa.Column("purpose", record.Words(), nullable=False),
        sa.Column("channel", record.Words(), nullable=True),
        sa.Column("state", record.Words(), nullable=False),
        sa.Column("version", record.Whole(), nullable=False),
        sa.Column("policy_version", record.Whole(), nullable=False),
        sa.Column("rejected_choice", record.Words(), nullable=True),
        sa.Column("terms_text", record.Words(), nullable=True),
        sa.Column("terms_told_at", record.Instant(), nullable=True),
        sa.Column("settlement_wish", record.Words(), nullable=True),
        sa.Column("offset_order", record.Words(), nullable=True),
        sa.Column("identity_id", record.Words(), nullable=True),
        sa.Column("seller_is_registered", record.YesNo(), nullable=True),
        sa.Column("seller_number", record.Words(), nullable=True),
        sa.Column("is_bought_back", record.YesNo(), nullable=False),
        sa.Column("alarm_at", record.Instant(), nullable=True),
        sa.Column("opened_at", record.Instant(), nullable=False),
        sa.Column("changed_at", record.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_no"),
        sqlite_strict=True,
    )
    op.create_index("buyback_case_alarm", "buyback_case", ["alarm_at"], unique=False)
    op.create_index("buyback_case_customer", "buyback_case", ["customer_id"], unique=False)
    op.create_index("buyback_case_state", "buyback_case", ["state"], unique=False)
    op.create_table(
        "consent",
        sa.Column("id", record.Whole(), nullable=False),
        sa.Column("customer_id", record.Words(), nullable=False),
        sa.Column("category", record.Words(), nullable=False),
        sa.Column("given", record.YesNo(), nullable=False),
        sa.Column("text_version", record.Words(), nullable=False),
        sa.Column("source", record.Words(), nullable=False),
        sa.Column("given_at", record.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("consent_of", "consent", ["customer_id", "category", "id"], unique=False)
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
        "contract_cash",
        sa.Column("about", record.Words(), nullable=False),
        sa.Column("customer_id", record.Words(), nullable=False),
        sa.Column("total", record.Whole(), nullable=False),
        sa.Column("changed_at", record.Instant(), nullable=False),
        sa.CheckConstraint("total >= 0", name="contract_cash_total"),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
        ),
        sa.PrimaryKeyConstraint("about"),
        sqlite_strict=True,
    )
    op.create_table(
        "credit_account",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("customer_id", record.Words(), nullable=False),
        sa.Column("opened_at", record.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("customer_id"),
        sqlite_strict=True,
    )
    op.create_table(
        "credit_consent",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("customer_id", record.Words(), nullable=False),
        sa.Column("purpose", record.Words(), nullable=False),
        sa.Column("text_version", record.Words(), nullable=False),
        sa.Column("document", record.Words(), nullable=True),
        sa.Column("source", record.Words(), nullable=False),
        sa.Column("given_at", record.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("credit_consent_customer", "credit_consent", ["customer_id"], unique=False)
    op.create_table(
        "identity_check",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("customer_id", record.Words(), nullable=False),
        sa.Column("method", record.Words(), nullable=False),
        sa.Column("document", record.Words(), nullable=False),
        sa.Column("evidence", record.Json(), nullable=False),
        sa.Column("sealed", record.Bytes(), nullable=False),
        sa.Column("name_keys", record.Json(), nullable=False),
        sa.Column("is_of_age", record.YesNo(), nullable=False),
        sa.Column("policy_version", record.Whole(), nullable=False),
        sa.Column("verified_on", record.Day(), nullable=False),
        sa.Column("verified_at", record.Instant(), nullable=False),
        sa.Column("verified_by", record.Words(), nullable=False),
        sa.Column("valid_through", record.Day(), nullable=False),
        sa.Column("revoked_at", record.Instant(), nullable=True),
        sa.Column("destroyed_at", record.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index(
        "identity_check_customer", "identity_check", ["customer_id", "valid_through"], unique=False
    )
    op.create_table(
        "parcel_event",
        sa.Column("id", record.Whole(), nullable=False),
        sa.Column("parcel_id", record.Words(), nullable=False),
        sa.Column("told", record.Words(), nullable=False),
        sa.Column("at", record.Instant(), nullable=False),
        sa.Column("state", record.Words(), nullable=True),
        sa.Column("noted_at", record.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["parcel_id"],
            ["parcel.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("parcel_id", "told", "at"),
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
        "partner_invitation",
        sa.Column("code_hash", record.Words(), nullable=False),
        sa.Column("partner_id", record.Words(), nullable=False),
        sa.Column("made_by", record.Words(), nullable=False),
        sa.Column("made_at", record.Instant(), nullable=False),
        sa.Column("ends_at", record.Instant(), nullable=False),
        sa.Column("used_at", record.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["partner_id"],
            ["partner.id"],
        ),
        sa.PrimaryKeyConstraint("code_hash"),
        sqlite_strict=True,
    )
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
        "payee_account",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("customer_id", record.Words(), nullable=False),
        sa.Column("sealed", record.Bytes(), nullable=False),
        sa.Column("name_key", record.Words(), nullable=False),
        sa.Column("written_by", record.Words(), nullable=False),
        sa.Column("written_at", record.Instant(), nullable=False),
        sa.Column("ended_at", record.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index(
        "payee_account_current",
        "payee_account",
        ["customer_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "sale_order",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("order_no", record.Words(), nullable=False),
        sa.Column("customer_id", record.Words(), nullable=False),
        sa.Column("channel", record.Words(), nullable=False),
        sa.Column("delivery", record.Words(), nullable=False),
        sa.Column("place", record.Words(), nullable=True),
        sa.Column("state", record.Words(), nullable=False),
        sa.Column("version", record.Whole(), nullable=False),
        sa.Column("policy_version", record.Whole(), nullable=False),
        sa.Column("goods", record.Whole(), nullable=False),
        sa.Column("shipping", record.Whole(), nullable=False),
        sa.Column("total", record.Whole(), nullable=False),
        sa.Column("credit_wanted", record.Whole(), nullable=False),
        sa.Column("credit_hold", record.Words(), nullable=True),
        sa.Column("pickup_code", record.Words(), nullable=True),
        sa.Column("exchange_of", record.Words(), nullable=True),
        sa.Column("ordered_at", record.Instant(), nullable=False),
        sa.Column("reserved_until", record.Instant(), nullable=True),
        sa.Column("paid_at", record.Instant(), nullable=True),
        sa.Column("delivered_on", record.Day(), nullable=True),
        sa.Column("last_return_day", record.Day(), nullable=True),
        sa.Column("ended_at", record.Instant(), nullable=True),
        sa.Column("written_at", record.Instant(), nullable=False),
        sa.Column("changed_at", record.Instant(), nullable=False),
        sa.CheckConstraint("goods >= 0 AND shipping >= 0", name="sale_order_amounts"),
        sa.CheckConstraint("total = goods + shipping", name="sale_order_total"),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("order_no"),
        sqlite_strict=True,
    )
    op.create_index("sale_order_customer", "sale_order", ["customer_id"], unique=False)
    op.create_index("sale_order_state", "sale_order", ["state", "reserved_until"], unique=False)
    op.create_index("sale_order_window", "sale_order", ["state", "last_return_day"], unique=False)
    op.create_table(
        "statutory_document",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("case_id", record.Words(), nullable=False),
        sa.Column("customer_id", record.Words(), nullable=False),
        sa.Column("sha256", record.Words(), nullable=False),
        sa.Column("sealed", record.Bytes(), nullable=False),
        sa.Column("issued_by", record.Words(), nullable=False),
        sa.Column("issued_at", record.Instant(), nullable=False),
        sa.Column("delivery", record.Words(), nullable=True),
        sa.Column("consent_id", record.Words(), nullable=True),
        sa.Column("delivered_at", record.Instant(), nullable=True),
        sa.Column("received_on", record.Day(), nullable=True),
        sa.Column("keep_through", record.Day(), nullable=False),
        sa.Column("destroyed_at", record.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("statutory_document_case", "statutory_document", ["case_id"], unique=False)
    op.create_table(
        "suspicious_deal",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("about", record.Words(), nullable=False),
        sa.Column("customer_id", record.Words(), nullable=False),
        sa.Column("reason", record.Words(), nullable=False),
        sa.Column("noted_by", record.Words(), nullable=False),
        sa.Column("noted_at", record.Instant(), nullable=False),
        sa.Column("decision", record.Words(), nullable=True),
        sa.Column("decided_by", record.Words(), nullable=True),
        sa.Column("decided_at", record.Instant(), nullable=True),
        sa.Column("report_no", record.Words(), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_suspicious_deal_about"), "suspicious_deal", ["about"], unique=False)
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
        sa.Column("state_before", record.Words(), nullable=True),
        sa.Column("price", record.Whole(), nullable=True),
        sa.Column("cost", record.Whole(), nullable=True),
        sa.Column("case_id", record.Words(), nullable=True),
        sa.Column("reserved_for", record.Words(), nullable=True),
        sa.Column("reserved_until", record.Instant(), nullable=True),
        sa.Column("grade", record.Words(), nullable=True),
        sa.Column("accessories", record.Words(), nullable=True),
        sa.Column("notes", record.Words(), nullable=True),
        sa.Column("graders", record.Whole(), nullable=False),
        sa.Column("publish_gate", record.Words(), nullable=True),
        sa.Column("listed_at", record.Instant(), nullable=True),
        sa.Column("written_at", record.Instant(), nullable=False),
        sa.Column("changed_at", record.Instant(), nullable=False),
        sa.CheckConstraint("price >= 0 AND cost >= 0", name="unit_yen"),
        sa.ForeignKeyConstraint(
            ["style_id"],
            ["style.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_unit_case_id"), "unit", ["case_id"], unique=False)
    op.create_index("unit_owner", "unit", ["owner_id"], unique=False)
    op.create_index("unit_serial", "unit", ["serial_key"], unique=False)
    op.create_index("unit_state", "unit", ["state"], unique=False)
    op.create_index("unit_style", "unit", ["style_id"], unique=False)
    op.create_table(
        "visit",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("customer_id", record.Words(), nullable=False),
        sa.Column("message_id", record.Words(), nullable=False),
        sa.Column("asked_at", record.Instant(), nullable=False),
        sa.Column("kinds", record.Json(), nullable=False),
        sa.Column("scope", record.Words(), nullable=False),
        sa.Column("place", record.Words(), nullable=False),
        sa.Column("place_filed_on", record.Day(), nullable=True),
        sa.Column("visit_on", record.Day(), nullable=False),
        sa.Column("staff_id", record.Words(), nullable=True),
        sa.Column("licence_no", record.Words(), nullable=True),
        sa.Column("case_id", record.Words(), nullable=True),
        sa.Column("noted_by", record.Words(), nullable=False),
        sa.Column("noted_at", record.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("message_id"),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_visit_case_id"), "visit", ["case_id"], unique=False)
    op.create_index("visit_customer", "visit", ["customer_id"], unique=False)
    op.create_table(
        "wanted_piece",
        sa.Column("id", record.Whole(), nullable=False),
        sa.Column("notice_id", record.Words(), nullable=False),
        sa.Column("item_kind", record.Words(), nullable=True),
        sa.Column("serial", record.Words(), nullable=True),
        sa.Column("serial_key", record.Words(), nullable=True),
        sa.Column("features", record.Words(), nullable=False),
        sa.CheckConstraint("serial_key IS NOT NULL OR features <> ''", name="wanted_piece_told"),
        sa.ForeignKeyConstraint(
            ["notice_id"],
            ["police_notice.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_wanted_piece_notice_id"), "wanted_piece", ["notice_id"], unique=False)
    op.create_index("wanted_piece_serial", "wanted_piece", ["serial_key"], unique=False)
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
        "case_piece",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("case_id", record.Words(), nullable=False),
        sa.Column("number", record.Whole(), nullable=False),
        sa.Column("stage", record.Words(), nullable=False),
        sa.Column("stage_before", record.Words(), nullable=True),
        sa.Column("category", record.Words(), nullable=False),
        sa.Column("title", record.Words(), nullable=False),
        sa.Column("brand", record.Words(), nullable=True),
        sa.Column("model", record.Words(), nullable=True),
        sa.Column("reference", record.Words(), nullable=True),
        sa.Column("serial", record.Words(), nullable=True),
        sa.Column("known_unit_id", record.Words(), nullable=True),
        sa.Column("unit_id", record.Words(), nullable=True),
        sa.Column("answers", record.Json(), nullable=False),
        sa.Column("findings", record.Json(), nullable=False),
        sa.Column("flags", record.Json(), nullable=False),
        sa.Column("arrival", record.Json(), nullable=False),
        sa.Column("rejected_reasons", record.Json(), nullable=False),
        sa.Column("disposal_consent", record.Words(), nullable=True),
        sa.Column("is_withdrawn", record.YesNo(), nullable=False),
        sa.Column("price", record.Whole(), nullable=True),
        sa.Column("bank", record.Whole(), nullable=False),
        sa.Column("credit", record.Whole(), nullable=False),
        sa.Column("offset_part", record.Whole(), nullable=False),
        sa.Column("means", record.Words(), nullable=True),
        sa.Column("credit_consent", record.Words(), nullable=True),
        sa.Column("credit_lot", record.Words(), nullable=True),
        sa.Column("bonus_lot", record.Words(), nullable=True),
        sa.Column("accepted_at", record.Instant(), nullable=True),
        sa.Column("keeps_goods", record.YesNo(), nullable=False),
        sa.Column("moved_at", record.Instant(), nullable=False),
        sa.CheckConstraint(
            "price IS NULL OR price = bank + credit + offset_part", name="case_piece_parts"
        ),
        sa.CheckConstraint("price IS NULL OR price > 0", name="case_piece_price"),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["buyback_case.id"],
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["unit.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_id", "number"),
        sqlite_strict=True,
    )
    op.create_index("case_piece_unit", "case_piece", ["unit_id"], unique=False)
    op.create_table(
        "cash_part",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("about", record.Words(), nullable=False),
        sa.Column("amount", record.Whole(), nullable=False),
        sa.Column("paid_at", record.Instant(), nullable=False),
        sa.Column("noted_by", record.Words(), nullable=False),
        sa.CheckConstraint("amount > 0", name="cash_part_amount"),
        sa.ForeignKeyConstraint(
            ["about"],
            ["contract_cash.about"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("cash_part_about", "cash_part", ["about"], unique=False)
    op.create_table(
        "contract",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("contract_no", record.Words(), nullable=False),
        sa.Column("unit_id", record.Words(), nullable=False),
        sa.Column("customer_id", record.Words(), nullable=False),
        sa.Column("case_id", record.Words(), nullable=True),
        sa.Column("quote_id", record.Words(), nullable=True),
        sa.Column("renewed_from", record.Words(), nullable=True),
        sa.Column("state", record.Words(), nullable=False),
        sa.Column("version", record.Whole(), nullable=False),
        sa.Column("policy_version", record.Whole(), nullable=False),
        sa.Column("initial_list_price", record.Whole(), nullable=False),
        sa.Column("min_price", record.Whole(), nullable=False),
        sa.Column("guarantee_amount", record.Whole(), nullable=True),
        sa.Column("offered_now", record.Whole(), nullable=True),
        sa.Column("carried_guarantee", record.Whole(), nullable=True),
        sa.Column("carried_through", record.Day(), nullable=True),
        sa.Column("settles_in", record.Words(), nullable=False),
        sa.Column("consent_id", record.Words(), nullable=True),
        sa.Column("proposed_at", record.Instant(), nullable=False),
        sa.Column("identity_id", record.Words(), nullable=True),
        sa.Column("in_custody_at", record.Instant(), nullable=True),
        sa.Column("accepted_at", record.Instant(), nullable=True),
        sa.Column("text_version", record.Words(), nullable=True),
        sa.Column("text_sha256", record.Words(), nullable=True),
        sa.Column("start_on", record.Day(), nullable=True),
        sa.Column("last_day", record.Day(), nullable=True),
        sa.Column("drops_done", record.Whole(), nullable=False),
        sa.Column("withdraw_asked_at", record.Instant(), nullable=True),
        sa.Column("sold_at", record.Instant(), nullable=True),
        sa.Column("sale_kind", record.Words(), nullable=True),
        sa.Column("order_id", record.Words(), nullable=True),
        sa.Column("basis", record.Whole(), nullable=True),
        sa.Column("rate_bps", record.Whole(), nullable=True),
        sa.Column("payout", record.Whole(), nullable=True),
        sa.Column("commission", record.Whole(), nullable=True),
        sa.Column("commission_tax", record.Whole(), nullable=True),
        sa.Column("delivered_on", record.Day(), nullable=True),
        sa.Column("pay_on", record.Day(), nullable=True),
        sa.Column("paid_by", record.Words(), nullable=True),
        sa.Column("paid_at", record.Instant(), nullable=True),
        sa.Column("ended_at", record.Instant(), nullable=True),
        sa.Column("written_at", record.Instant(), nullable=False),
        sa.Column("changed_at", record.Instant(), nullable=False),
        sa.CheckConstraint(
            "basis IS NULL OR basis = payout + commission", name="contract_balances"
        ),
        sa.CheckConstraint("min_price >= 0 AND initial_list_price >= 0", name="contract_prices"),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["unit.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("contract_no"),
        sqlite_strict=True,
    )
    op.create_index("contract_customer", "contract", ["customer_id"], unique=False)
    op.create_index(
        "contract_live",
        "contract",
        ["unit_id"],
        unique=True,
        sqlite_where=sa.text(
            "state IN ('active', 'agreed', 'return_window', 'returning', 'sold', 'term_ended')"
        ),
        postgresql_where=sa.text(
            "state IN ('active', 'agreed', 'return_window', 'returning', 'sold', 'term_ended')"
        ),
    )
    op.create_index("contract_start", "contract", ["state", "start_on"], unique=False)
    op.create_index("contract_term", "contract", ["state", "last_day"], unique=False)
    op.create_index("contract_unit", "contract", ["unit_id"], unique=False)
    op.create_table(
        "credit_hold",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("account_id", record.Words(), nullable=False),
        sa.Column("amount", record.Whole(), nullable=False),
        sa.Column("state", record.Words(), nullable=False),
        sa.Column("held_at", record.Instant(), nullable=False),
        sa.Column("ends_at", record.Instant(), nullable=False),
        sa.Column("ended_at", record.Instant(), nullable=True),
        sa.Column("document", record.Words(), nullable=True),
        sa.Column("channel", record.Words(), nullable=False),
        sa.Column("policy_version", record.Whole(), nullable=False),
        sa.CheckConstraint("amount > 0", name="credit_hold_amount"),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["credit_account.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("credit_hold_document", "credit_hold", ["document"], unique=False)
    op.create_index(
        "credit_hold_open",
        "credit_hold",
        ["account_id", "ends_at"],
        unique=False,
        sqlite_where=sa.text("state = 'held'"),
        postgresql_where=sa.text("state = 'held'"),
    )
    op.create_table(
        "credit_lot",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("account_id", record.Words(), nullable=False),
        sa.Column("origin", record.Words(), nullable=False),
        sa.Column("is_paid", record.YesNo(), nullable=False),
        sa.Column("amount", record.Whole(), nullable=False),
        sa.Column("remaining", record.Whole(), nullable=False),
        sa.Column("held", record.Whole(), nullable=False),
        sa.Column("captured", record.Whole(), nullable=False),
        sa.Column("refunded", record.Whole(), nullable=False),
        sa.Column("expired", record.Whole(), nullable=False),
        sa.Column("reversed", record.Whole(), nullable=False),
        sa.Column("issued_at", record.Instant(), nullable=False),
        sa.Column("first_issued_on", record.Day(), nullable=False),
        sa.Column("expires_on", record.Day(), nullable=True),
        sa.Column("document", record.Words(), nullable=True),
        sa.Column("channel", record.Words(), nullable=False),
        sa.Column("policy_version", record.Whole(), nullable=False),
        sa.Column("restores", record.Words(), nullable=True),
        sa.Column("consent_id", record.Words(), nullable=True),
        sa.CheckConstraint(
            "amount = remaining + held + captured - refunded + expired + reversed",
            name="credit_lot_adds_up",
        ),
        sa.CheckConstraint("amount > 0", name="credit_lot_amount"),
        sa.CheckConstraint("expired >= 0 AND reversed >= 0", name="credit_lot_gone"),
        sa.CheckConstraint("held >= 0", name="credit_lot_held"),
        sa.CheckConstraint("refunded >= 0 AND captured >= refunded", name="credit_lot_captured"),
        sa.CheckConstraint("remaining >= 0", name="credit_lot_remaining"),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["credit_account.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("credit_lot_account", "credit_lot", ["account_id"], unique=False)
    op.create_index("credit_lot_document", "credit_lot", ["document"], unique=False)
    op.create_index(
        "credit_lot_ends",
        "credit_lot",
        ["expires_on", "account_id"],
        unique=False,
        sqlite_where=sa.text("remaining > 0"),
        postgresql_where=sa.text("remaining > 0"),
    )
    op.create_table(
        "credit_refund",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("account_id", record.Words(), nullable=False),
        sa.Column("document", record.Words(), nullable=False),
        sa.Column("number", record.Whole(), nullable=False),
        sa.Column("amount", record.Whole(), nullable=False),
        sa.Column("to_credit", record.Whole(), nullable=False),
        sa.Column("to_other", record.Whole(), nullable=False),
        sa.Column("other_paid", record.Whole(), nullable=False),
        sa.Column("refunded_on", record.Day(), nullable=False),
        sa.Column("refunded_at", record.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["credit_account.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("document", "number"),
        sqlite_strict=True,
    )
    op.create_table(
        "credit_till_code",
        sa.Column("digest", record.Words(), nullable=False),
        sa.Column("account_id", record.Words(), nullable=False),
        sa.Column("most", record.Whole(), nullable=True),
        sa.Column("shown_at", record.Instant(), nullable=False),
        sa.Column("ends_at", record.Instant(), nullable=False),
        sa.Column("used_at", record.Instant(), nullable=True),
        sa.Column("used_key", record.Words(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["credit_account.id"],
        ),
        sa.PrimaryKeyConstraint("digest"),
        sqlite_strict=True,
    )
    op.create_index("credit_till_code_account", "credit_till_code", ["account_id"], unique=False)
    op.create_table(
        "diligence",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("about", record.Words(), nullable=False),
        sa.Column("customer_id", record.Words(), nullable=False),
        sa.Column("identity_id", record.Words(), nullable=False),
        sa.Column("purpose", record.Words(), nullable=False),
        sa.Column("sealed", record.Bytes(), nullable=False),
        sa.Column("done_by", record.Words(), nullable=False),
        sa.Column("done_at", record.Instant(), nullable=False),
        sa.Column("keep_through", record.Day(), nullable=False),
        sa.Column("destroyed_at", record.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["identity_id"],
            ["identity_check.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("diligence_about", "diligence", ["about"], unique=False)
    op.create_index(op.f("ix_diligence_identity_id"), "diligence", ["identity_id"], unique=False)
    op.create_table(
        "grading",
        sa.Column("id", record.Whole(), nullable=False),
        sa.Column("unit_id", record.Words(), nullable=False),
        sa.Column("version", record.Whole(), nullable=False),
        sa.Column("grade", record.Words(), nullable=False),
        sa.Column("standing", record.Words(), nullable=False),
        sa.Column("source", record.Words(), nullable=False),
        sa.Column("scale_version", record.Whole(), nullable=False),
        sa.Column("axes", record.Json(), nullable=True),
        sa.Column("evidence", record.Json(), nullable=True),
        sa.Column("found", record.Json(), nullable=True),
        sa.Column("is_override", record.YesNo(), nullable=False),
        sa.Column("reason", record.Words(), nullable=True),
        sa.Column("version_before", record.Whole(), nullable=True),
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
        "guardian_consent",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("identity_id", record.Words(), nullable=False),
        sa.Column("about", record.Words(), nullable=False),
        sa.Column("evidence", record.Json(), nullable=False),
        sa.Column("sealed", record.Bytes(), nullable=False),
        sa.Column("agreed_at", record.Instant(), nullable=False),
        sa.Column("noted_by", record.Words(), nullable=False),
        sa.Column("noted_at", record.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["identity_id"],
            ["identity_check.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index(
        "guardian_consent_identity", "guardian_consent", ["identity_id", "about"], unique=False
    )
    op.create_table(
        "identity_reading",
        sa.Column("id", record.Whole(), nullable=False),
        sa.Column("identity_id", record.Words(), nullable=False),
        sa.Column("purpose", record.Words(), nullable=False),
        sa.Column("read_by", record.Words(), nullable=False),
        sa.Column("read_at", record.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["identity_id"],
            ["identity_check.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("identity_reading_identity", "identity_reading", ["identity_id"], unique=False)
    op.create_table(
        "ledger_row",
        sa.Column("id", record.Whole(), nullable=False),
        sa.Column("entry_key", record.Words(), nullable=False),
        sa.Column("unit_id", record.Words(), nullable=False),
        sa.Column("entered_on", record.Day(), nullable=False),
        sa.Column("direction", record.Words(), nullable=False),
        sa.Column("kind", record.Words(), nullable=False),
        sa.Column("item_kind", record.Words(), nullable=False),
        sa.Column("quantity", record.Whole(), nullable=False),
        sa.Column("features", record.Words(), nullable=False),
        sa.Column("price", record.Whole(), nullable=True),
        sa.Column("about", record.Words(), nullable=True),
        sa.Column("customer_id", record.Words(), nullable=True),
        sa.Column("identity_id", record.Words(), nullable=True),
        sa.Column("method", record.Words(), nullable=True),
        sa.Column("counterparty", record.Bytes(), nullable=True),
        sa.Column("sealed_for", record.Words(), nullable=True),
        sa.Column("is_by_law", record.YesNo(), nullable=False),
        sa.Column("seller_is_registered", record.YesNo(), nullable=True),
        sa.Column("seller_number", record.Words(), nullable=True),
        sa.Column("is_ledger_only_deduction", record.YesNo(), nullable=False),
        sa.Column("corrects", record.Whole(), nullable=True),
        sa.Column("reason", record.Words(), nullable=True),
        sa.Column("keep_through", record.Day(), nullable=False),
        sa.Column("written_by", record.Words(), nullable=False),
        sa.Column("written_at", record.Instant(), nullable=False),
        sa.CheckConstraint("direction IN ('in', 'out')", name="ledger_row_direction"),
        sa.CheckConstraint("price IS NULL OR price >= 0", name="ledger_row_price"),
        sa.CheckConstraint("quantity > 0", name="ledger_row_quantity"),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["unit.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("entry_key"),
        sqlite_strict=True,
    )
    op.create_index("ledger_row_day", "ledger_row", ["entered_on"], unique=False)
    op.create_index("ledger_row_identity", "ledger_row", ["identity_id"], unique=False)
    op.create_index("ledger_row_unit", "ledger_row", ["unit_id"], unique=False)
    op.create_table(
        "loan",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("unit_id", record.Words(), nullable=False),
        sa.Column("partner_id", record.Words(), nullable=False),
        sa.Column("place_before", record.Words(), nullable=False),
        sa.Column("lent_by", record.Words(), nullable=False),
        sa.Column("lent_at", record.Instant(), nullable=False),
        sa.Column("due_on", record.Day(), nullable=True),
        sa.Column("ended_at", record.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["partner_id"],
            ["partner.id"],
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["unit.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index(
        "loan_open",
        "loan",
        ["unit_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("loan_partner", "loan", ["partner_id"], unique=False)
    op.create_table(
        "notice_hit",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("wanted_id", record.Whole(), nullable=False),
        sa.Column("unit_id", record.Words(), nullable=False),
        sa.Column("ground", record.Words(), nullable=False),
        sa.Column("found_at", record.Instant(), nullable=False),
        sa.Column("ruling", record.Words(), nullable=True),
        sa.Column("ruled_by", record.Words(), nullable=True),
        sa.Column("ruled_at", record.Instant(), nullable=True),
        sa.Column("report_no", record.Words(), nullable=True),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["unit.id"],
        ),
        sa.ForeignKeyConstraint(
            ["wanted_id"],
            ["wanted_piece.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("wanted_id", "unit_id"),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_notice_hit_unit_id"), "notice_hit", ["unit_id"], unique=False)
    op.create_table(
        "order_line",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("order_id", record.Words(), nullable=False),
        sa.Column("number", record.Whole(), nullable=False),
        sa.Column("unit_id", record.Words(), nullable=False),
        sa.Column("price", record.Whole(), nullable=False),
        sa.Column("state", record.Words(), nullable=False),
        sa.Column("owner_kind", record.Words(), nullable=False),
        sa.Column("owner_id", record.Words(), nullable=True),
        sa.Column("sent_from", record.Words(), nullable=True),
        sa.Column("seal_id", record.Words(), nullable=True),
        sa.Column("serial_read", record.Words(), nullable=True),
        sa.Column("packing_video", record.Words(), nullable=True),
        sa.Column("packed_by", record.Words(), nullable=True),
        sa.Column("packed_at", record.Instant(), nullable=True),
        sa.Column("parcel_id", record.Words(), nullable=True),
        sa.Column("shipped_at", record.Instant(), nullable=True),
        sa.Column("delivered_on", record.Day(), nullable=True),
        sa.Column("last_return_day", record.Day(), nullable=True),
        sa.CheckConstraint("price >= 0", name="order_line_price"),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["sale_order.id"],
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["unit.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("order_id", "number"),
        sqlite_strict=True,
    )
    op.create_index(
        "order_line_live",
        "order_line",
        ["unit_id"],
        unique=True,
        sqlite_where=sa.text(
            "state IN ('delivered', 'open', 'packed', 'paid', 'returning', 'shipped')"
        ),
        postgresql_where=sa.text(
            "state IN ('delivered', 'open', 'packed', 'paid', 'returning', 'shipped')"
        ),
    )
    op.create_index("order_line_unit", "order_line", ["unit_id"], unique=False)
    op.create_table(
        "parcel_unit",
        sa.Column("parcel_id", record.Words(), nullable=False),
        sa.Column("unit_id", record.Words(), nullable=False),
        sa.ForeignKeyConstraint(
            ["parcel_id"],
            ["parcel.id"],
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["unit.id"],
        ),
        sa.PrimaryKeyConstraint("parcel_id", "unit_id"),
        sqlite_strict=True,
    )
    op.create_index("parcel_unit_unit", "parcel_unit", ["unit_id"], unique=False)
    op.create_table(
        "payout",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("about", record.Words(), nullable=False),
        sa.Column("document", record.Words(), nullable=False),
        sa.Column("customer_id", record.Words(), nullable=False),
        sa.Column("means", record.Words(), nullable=False),
        sa.Column("amount", record.Whole(), nullable=False),
        sa.Column("due_on", record.Day(), nullable=False),
        sa.Column("status", record.Words(), nullable=False),
        sa.Column("hands", record.Json(), nullable=False),
        sa.Column("identity_id", record.Words(), nullable=True),
        sa.Column("is_exempt", record.YesNo(), nullable=False),
        sa.Column("payee_id", record.Words(), nullable=True),
        sa.Column("batch_id", record.Words(), nullable=True),
        sa.Column("line", record.Whole(), nullable=True),
        sa.Column("bank_ref", record.Words(), nullable=True),
        sa.Column("failure", record.Words(), nullable=True),
        sa.Column("attempts", record.Whole(), nullable=False),
        sa.Column("planned_by", record.Words(), nullable=False),
        sa.Column("planned_at", record.Instant(), nullable=False),
        sa.Column("paid_by", record.Words(), nullable=True),
        sa.Column("ended_at", record.Instant(), nullable=True),
        sa.Column("late_told_on", record.Day(), nullable=True),
        sa.CheckConstraint("amount > 0", name="payout_amount"),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["payout_batch.id"],
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["payee_id"],
            ["payee_account.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("payout_about", "payout", ["about"], unique=False)
    op.create_index("payout_batch_line", "payout", ["batch_id", "line"], unique=False)
    op.create_index(
        "payout_document",
        "payout",
        ["document"],
        unique=True,
        sqlite_where=sa.text("status <> 'cancelled'"),
        postgresql_where=sa.text("status <> 'cancelled'"),
    )
    op.create_index("payout_due", "payout", ["status", "due_on"], unique=False)
    op.create_table(
        "piece_cost",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("unit_id", record.Words(), nullable=False),
        sa.Column("order_id", record.Words(), nullable=True),
        sa.Column("kind", record.Words(), nullable=False),
        sa.Column("amount", record.Whole(), nullable=False),
        sa.Column("note", record.Words(), nullable=True),
        sa.Column("written_by", record.Words(), nullable=False),
        sa.Column("written_at", record.Instant(), nullable=False),
        sa.CheckConstraint("amount <> 0", name="piece_cost_amount"),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["unit.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("piece_cost_unit", "piece_cost", ["unit_id"], unique=False)
    op.create_table(
        "police_order",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("unit_id", record.Words(), nullable=False),
        sa.Column("authority", record.Words(), nullable=False),
        sa.Column("number", record.Words(), nullable=False),
        sa.Column("from_on", record.Day(), nullable=False),
        sa.Column("through", record.Day(), nullable=False),
        sa.Column("noted_by", record.Words(), nullable=False),
        sa.Column("noted_at", record.Instant(), nullable=False),
        sa.Column("lifted_at", record.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["unit.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("authority", "number", "unit_id"),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_police_order_unit_id"), "police_order", ["unit_id"], unique=False)
    op.create_table(
        "price_event",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("unit_id", record.Words(), nullable=False),
        sa.Column("price_before", record.Whole(), nullable=True),
        sa.Column("price_after", record.Whole(), nullable=False),
        sa.Column("reason", record.Words(), nullable=False),
        sa.Column("consent_ref", record.Words(), nullable=True),
        sa.Column("changed_by", record.Words(), nullable=False),
        sa.Column("changed_at", record.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["unit.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("price_event_unit", "price_event", ["unit_id", "changed_at"], unique=False)
    op.create_table(
        "recovery_claim",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("unit_id", record.Words(), nullable=False),
        sa.Column("stolen_on", record.Day(), nullable=False),
        sa.Column("claimed_on", record.Day(), nullable=False),
        sa.Column("is_free_of_charge", record.YesNo(), nullable=False),
        sa.Column("report_no", record.Words(), nullable=False),
        sa.Column("noted_by", record.Words(), nullable=False),
        sa.Column("noted_at", record.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["unit.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_recovery_claim_unit_id"), "recovery_claim", ["unit_id"], unique=False)
    op.create_table(
        "suspicion",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("unit_id", record.Words(), nullable=False),
        sa.Column("reason", record.Words(), nullable=False),
        sa.Column("noted_by", record.Words(), nullable=False),
        sa.Column("noted_at", record.Instant(), nullable=False),
        sa.Column("report_no", record.Words(), nullable=True),
        sa.Column("settled_by", record.Words(), nullable=True),
        sa.Column("settled_at", record.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["unit.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_suspicion_unit_id"), "suspicion", ["unit_id"], unique=False)
    op.create_table(
        "tender",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("order_id", record.Words(), nullable=False),
        sa.Column("kind", record.Words(), nullable=False),
        sa.Column("amount", record.Whole(), nullable=False),
        sa.Column("refunded", record.Whole(), nullable=False),
        sa.Column("reference", record.Words(), nullable=False),
        sa.Column("received_at", record.Instant(), nullable=False),
        sa.CheckConstraint("amount > 0", name="tender_amount"),
        sa.CheckConstraint("refunded >= 0 AND refunded <= amount", name="tender_refunded"),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["sale_order.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("order_id", "kind", "reference"),
        sqlite_strict=True,
    )
    op.create_table(
        "unit_flag",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("unit_id", record.Words(), nullable=False),
        sa.Column("kind", record.Words(), nullable=False),
        sa.Column("other_id", record.Words(), nullable=False),
        sa.Column("raised_at", record.Instant(), nullable=False),
        sa.Column("cleared_at", record.Instant(), nullable=True),
        sa.Column("cleared_by", record.Words(), nullable=True),
        sa.Column("reason", record.Words(), nullable=True),
        sa.ForeignKeyConstraint(
            ["other_id"],
            ["unit.id"],
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["unit.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("unit_id", "kind", "other_id"),
        sqlite_strict=True,
    )
    op.create_table(
        "unit_hold",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("unit_id", record.Words(), nullable=False),
        sa.Column("holder", record.Words(), nullable=False),
        sa.Column("until", record.Instant(), nullable=False),
        sa.Column("placed_by", record.Words(), nullable=False),
        sa.Column("placed_at", record.Instant(), nullable=False),
        sa.Column("released_by", record.Words(), nullable=True),
        sa.Column("released_at", record.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["unit.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("unit_hold_holder", "unit_hold", ["holder", "until"], unique=False)
    op.create_index("unit_hold_unit", "unit_hold", ["unit_id", "until"], unique=False)
    op.create_table(
        "unit_watcher",
        sa.Column("id", record.Whole(), nullable=False),
        sa.Column("unit_id", record.Words(), nullable=False),
        sa.Column("who", record.Words(), nullable=False),
        sa.Column("since", record.Instant(), nullable=False),
        sa.Column("ended_at", record.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["unit.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("unit_id", "who"),
        sqlite_strict=True,
    )
    op.create_index("unit_watcher_who", "unit_watcher", ["who"], unique=False)
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
            "unit_words_grams", "unit_words", ["grams"], unique=False, postgresql_using="gin"
        )
    op.create_table(
        "visit_refusal",
        sa.Column("id", record.Whole(), nullable=False),
        sa.Column("customer_id", record.Words(), nullable=False),
        sa.Column("visit_id", record.Words(), nullable=True),
        sa.Column("refused_at", record.Instant(), nullable=False),
        sa.Column("noted_by", record.Words(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"],
            ["visit.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index(
        "visit_refusal_customer", "visit_refusal", ["customer_id", "refused_at"], unique=False
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
        "credit_entry",
        sa.Column("id", record.Whole(), nullable=False),
        sa.Column("lot_id", record.Words(), nullable=False),
        sa.Column("kind", record.Words(), nullable=False),
        sa.Column("amount", record.Whole(), nullable=False),
        sa.Column("yen", record.Whole(), nullable=False),
        sa.Column("command_key", record.Words(), nullable=False),
        sa.Column("at", record.Instant(), nullable=False),
        sa.Column("document", record.Words(), nullable=True),
        sa.Column("reason", record.Words(), nullable=True),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["credit_lot.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("lot_id", "kind", "command_key"),
        sqlite_strict=True,
    )
    op.create_table(
        "credit_hold_part",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("hold_id", record.Words(), nullable=False),
        sa.Column("place", record.Whole(), nullable=False),
        sa.Column("lot_id", record.Words(), nullable=False),
        sa.Column("amount", record.Whole(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hold_id"],
            ["credit_hold.id"],
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["credit_lot.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("hold_id", "place"),
        sqlite_strict=True,
    )
    op.create_table(
        "credit_receivable",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("account_id", record.Words(), nullable=False),
        sa.Column("lot_id", record.Words(), nullable=False),
        sa.Column("amount", record.Whole(), nullable=False),
        sa.Column("settled", record.Whole(), nullable=False),
        sa.Column("document", record.Words(), nullable=True),
        sa.Column("written_at", record.Instant(), nullable=False),
        sa.CheckConstraint("amount > 0", name="credit_receivable_amount"),
        sa.CheckConstraint("settled >= 0 AND settled <= amount", name="credit_receivable_settled"),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["credit_account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["credit_lot.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("credit_receivable_account", "credit_receivable", ["account_id"], unique=False)
    op.create_index("credit_receivable_lot", "credit_receivable", ["lot_id"], unique=False)
    op.create_table(
        "guarantee_request",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("contract_id", record.Words(), nullable=False),
        sa.Column("state", record.Words(), nullable=False),
        sa.Column("reason", record.Words(), nullable=True),
        sa.Column("message_id", record.Words(), nullable=True),
        sa.Column("sent_at", record.Instant(), nullable=False),
        sa.Column("lapsed_at", record.Instant(), nullable=True),
        sa.Column("amount", record.Whole(), nullable=True),
        sa.Column("pay_on", record.Day(), nullable=True),
        sa.Column("written_at", record.Instant(), nullable=False),
        sa.Column("decided_at", record.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contract_id"],
            ["contract.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index(
        "guarantee_parked",
        "guarantee_request",
        ["contract_id"],
        unique=True,
        sqlite_where=sa.text("state = 'parked'"),
        postgresql_where=sa.text("state = 'parked'"),
    )
    op.create_table(
        "price_proposal",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("contract_id", record.Words(), nullable=False),
        sa.Column("state", record.Words(), nullable=False),
        sa.Column("price", record.Whole(), nullable=False),
        sa.Column("reason", record.Words(), nullable=True),
        sa.Column("message_id", record.Words(), nullable=True),
        sa.Column("written_at", record.Instant(), nullable=False),
        sa.Column("answered_at", record.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contract_id"],
            ["contract.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index(
        "proposal_open",
        "price_proposal",
        ["contract_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "quote",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("case_id", record.Words(), nullable=False),
        sa.Column("piece_id", record.Words(), nullable=False),
        sa.Column("number", record.Whole(), nullable=False),
        sa.Column("kind", record.Words(), nullable=False),
        sa.Column("state", record.Words(), nullable=False),
        sa.Column("amount", record.Whole(), nullable=True),
        sa.Column("low", record.Whole(), nullable=True),
        sa.Column("high", record.Whole(), nullable=True),
        sa.Column("evidence", record.Words(), nullable=False),
        sa.Column("comparables", record.Json(), nullable=False),
        sa.Column("inputs", record.Json(), nullable=False),
        sa.Column("result", record.Json(), nullable=False),
        sa.Column("policy_version", record.Whole(), nullable=False),
        sa.Column("is_below_floor", record.YesNo(), nullable=False),
        sa.Column("is_auto", record.YesNo(), nullable=False),
        sa.Column("reasons", record.Json(), nullable=False),
        sa.Column("evidence_ids", record.Json(), nullable=False),
        sa.Column("beside", record.Json(), nullable=True),
        sa.Column("wanted", record.Whole(), nullable=True),
        sa.Column("made_by", record.Words(), nullable=False),
        sa.Column("made_at", record.Instant(), nullable=False),
        sa.Column("sent_at", record.Instant(), nullable=True),
        sa.Column("valid_through", record.Day(), nullable=True),
        sa.CheckConstraint("amount IS NULL OR amount > 0", name="quote_amount"),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["buyback_case.id"],
        ),
        sa.ForeignKeyConstraint(
            ["piece_id"],
            ["case_piece.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("piece_id", "number"),
        sqlite_strict=True,
    )
    op.create_index(
        "quote_open",
        "quote",
        ["piece_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index("quote_valid", "quote", ["state", "valid_through"], unique=False)
    op.create_table(
        "referral",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("case_id", record.Words(), nullable=False),
        sa.Column("piece_id", record.Words(), nullable=False),
        sa.Column("partner_id", record.Words(), nullable=False),
        sa.Column("own_offer", record.Whole(), nullable=True),
        sa.Column("indication", record.Whole(), nullable=True),
        sa.Column("reason", record.Words(), nullable=False),
        sa.Column("consent", record.Words(), nullable=False),
        sa.Column("consent_text", record.Words(), nullable=False),
        sa.Column("is_sent_on", record.YesNo(), nullable=False),
        sa.Column("agreed_at", record.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["buyback_case.id"],
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"],
            ["partner.id"],
        ),
        sa.ForeignKeyConstraint(
            ["piece_id"],
            ["case_piece.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("referral_case", "referral", ["case_id"], unique=False)
    op.create_table(
        "refund",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("order_id", record.Words(), nullable=False),
        sa.Column("tender_id", record.Words(), nullable=False),
        sa.Column("return_id", record.Words(), nullable=True),
        sa.Column("amount", record.Whole(), nullable=False),
        sa.Column("paid_as", record.Words(), nullable=False),
        sa.Column("reference", record.Words(), nullable=True),
        sa.Column("refunded_by", record.Words(), nullable=False),
        sa.Column("refunded_at", record.Instant(), nullable=False),
        sa.CheckConstraint("amount > 0", name="refund_amount"),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["sale_order.id"],
        ),
        sa.ForeignKeyConstraint(
            ["tender_id"],
            ["tender.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("refund_order", "refund", ["order_id"], unique=False)
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
        "return_case",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("return_no", record.Words(), nullable=False),
        sa.Column("order_id", record.Words(), nullable=False),
        sa.Column("line_id", record.Words(), nullable=False),
        sa.Column("unit_id", record.Words(), nullable=False),
        sa.Column("kind", record.Words(), nullable=False),
        sa.Column("reason", record.Words(), nullable=False),
        sa.Column("state", record.Words(), nullable=False),
        sa.Column("version", record.Whole(), nullable=False),
        sa.Column("asked_at", record.Instant(), nullable=False),
        sa.Column("new_order_id", record.Words(), nullable=True),
        sa.Column("comparison_id", record.Words(), nullable=True),
        sa.Column("compared_by", record.Words(), nullable=True),
        sa.Column("findings", record.Json(), nullable=False),
        sa.Column("refund_amount", record.Whole(), nullable=True),
        sa.Column("written_at", record.Instant(), nullable=False),
        sa.Column("changed_at", record.Instant(), nullable=False),
        sa.Column("ended_at", record.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["line_id"],
            ["order_line.id"],
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["sale_order.id"],
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["unit.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("return_no"),
        sqlite_strict=True,
    )
    op.create_index(
        "return_open",
        "return_case",
        ["line_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('asked', 'compared', 'disputed', 'received', 'underway')"),
        postgresql_where=sa.text(
            "state IN ('asked', 'compared', 'disputed', 'received', 'underway')"
        ),
    )
    op.create_index("return_order", "return_case", ["order_id"], unique=False)
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
        "approval",
        sa.Column("id", record.Whole(), nullable=False),
        sa.Column("quote_id", record.Words(), nullable=False),
        sa.Column("person", record.Words(), nullable=False),
        sa.Column("role", record.Words(), nullable=False),
        sa.Column("approved_at", record.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["quote_id"],
            ["quote.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("quote_id", "person"),
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
    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)
