"""Every table says whether it holds something of a person, and then what forgets it and where it
is handed out (R-137). A new table is in neither list, and this test tells so.
"""

import importlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import Session, SQLModel

import bot.migrations.models  # noqa: F401  # every table there is
from bot.pages import taking
from catalog.customers import actions as customers
from catalog.customers.passes import Passed
from tests.databases import fresh

NOW = datetime(2026, 11, 28, 5, 0, tzinfo=UTC)
IDS = "tells ids, moments and amounts only: nobody, once the register has forgotten the name"
LAW = "kept by law, sealed where it names somebody: duties.retention"
TOKEN = "a hash of what was given out; it opens nothing any more"  # no password
DRAFT = "never said to anybody: words somebody of the shop has not sent"
SECRET = "the shop's own: never told to whom it is about"


@dataclass(frozen=True, slots=True)
class Personal:
    """`erased`: the verb that forgets it, or why it stays. `told`: its key in `data.json`, or why
    it is not handed out.
    """

    erased: str
    told: str


_TALK = "conversations.inbox.queries.scrub_conversation"
PERSONAL = {
    "customer": Personal("catalog.customers.erasing.erase", "customer"),
    "contact": Personal("catalog.customers.erasing.unlink", "addresses"),
    "consent": Personal(IDS, "consents"),
    "taste": Personal("catalog.customers.tastes.forget_all", "tastes"),
    "page_pass": Personal("catalog.customers.passes.forget", TOKEN),
    "link_try": Personal("catalog.customers.erasing.unlink", TOKEN),
    "link_ask": Personal("catalog.customers.erasing.unlink", TOKEN),
    "unit_watcher": Personal("catalog.items.watchers.unwatch_all", "watched"),
    "wish": Personal("catalog.items.wishes.actions.forget_all", "wishes"),
    "unit_hold": Personal("catalog.items.holds.actions.release", "holds"),
    "share": Personal("media.sharing.shares.revoke_all", "shares"),
    "shared_asset": Personal("media.sharing.shares.revoke_all", "shares"),
    "inbox": Personal(_TALK, "conversations"),
    "web_visitor": Personal(IDS, TOKEN),
    "web_letter": Personal(IDS, "conversations"),
    "outbox": Personal("conversations.outbox.actions.scrub_conversation", "conversations"),
    "thread": Personal("conversations.threads.actions.forget", "conversations"),
    "received_file": Personal("media.intake.received.erase", "conversations"),
    "attachment": Personal("media.intake.received.erase", "conversations"),
    "capture_wait": Personal("media.intake.tasks.stop_waiting", "conversations"),
    "media_pass": Personal("media.sharing.passes.revoke_for_conversation", TOKEN),
    "media_view": Personal(IDS, "conversations"),
    "viewing": Personal(IDS, "shares"),
    "look": Personal(IDS, "shares"),
    "ticket": Personal(IDS, "conversations"),
    "note": Personal("handoff.desk.notes.scrub", "conversations"),
    "note_mention": Personal(IDS, "of the shop's own people"),
    "draft": Personal("handoff.desk.drafts.forget", DRAFT),
    "seen": Personal(IDS, "of the shop's own people"),
    "presence": Personal("gone after seconds", "of the shop's own people"),
    "message_words": Personal("handoff.desk.search.forget", "conversations"),
    "next_step": Personal("handoff.clientbook.next_steps.forget", SECRET),
    "conversation_label": Personal("handoff.desk.labels.forget", "conversations"),
    "appointment": Personal(IDS, "appointments"),
    "slack_thread": Personal("handoff.slack.actions.forget", IDS),
    "slack_remark": Personal(IDS, IDS),
    "slack_gesture": Personal("emptied as soon as it is worked off", SECRET),
    "slack_said": Personal(IDS, IDS),
    "feed": Personal(IDS, IDS),
    "slack_file": Personal("handoff.slack.actions.forget", IDS),
    "worklist": Personal("catalog.ground.worklist.forget", "asked_of_us"),
    "person_key": Personal("catalog.duties.sealing.erase_key", TOKEN),
    "dispute": Personal("media.disputes.closing.forget", "disputes"),
    "dispute_exhibit": Personal(IDS, "disputes"),
    "condition_seen": Personal(IDS, "told in the chat it was said in"),
    "journal": Personal(IDS, "each act stands in the register it was done in"),
    "sale_order": Personal(IDS, "orders"),
    "order_line": Personal(IDS, "orders"),
    "tender": Personal(IDS, "orders"),
    "refund": Personal(IDS, "orders"),
    "return_case": Personal(IDS, "orders"),
    "buyback_case": Personal(IDS, "sales"),
    "case_piece": Personal(IDS, "sales"),
    "quote": Personal(IDS, "sales"),
    "referral": Personal(IDS, "sales"),
    "referral_proposal": Personal(IDS, "sales"),
    "posting": Personal(IDS, "payouts"),
    "payout": Personal(IDS, "payouts"),
    "payee_account": Personal("catalog.buyback.payouts.accounts.forget", "accounts"),
    "contract": Personal(IDS, "consignments"),
    "guarantee_request": Personal(IDS, "consignments"),
    "price_proposal": Personal(IDS, "consignments"),
    "credit_account": Personal(IDS, "credit"),
    "credit_lot": Personal(IDS, "credit"),
    "credit_entry": Personal(IDS, "credit"),
    "credit_hold": Personal(IDS, "credit"),
    "credit_hold_part": Personal(IDS, "credit"),
    "credit_refund": Personal(IDS, "credit"),
    "credit_receivable": Personal(IDS, "credit"),
    "credit_till_code": Personal(IDS, TOKEN),
    "credit_consent": Personal(IDS, "credit_consents"),
    "unit": Personal(IDS, "consignments"),
    "identity_check": Personal(LAW, "identity_checks"),
    "identity_reading": Personal(LAW, SECRET),
    "guardian_consent": Personal(LAW, "identity_checks"),
    "contract_cash": Personal(LAW, "cash"),
    "cash_part": Personal(LAW, "cash"),
    "diligence": Personal(LAW, "due_diligence"),
    "suspicious_deal": Personal(LAW, SECRET),
    "ledger_row": Personal(LAW, "ledger"),
    "visit": Personal(LAW, "visits"),
    "visit_refusal": Personal(LAW, "visit_refusals"),
    "statutory_document": Personal(LAW, "documents"),
    "rescission": Personal(LAW, "documents"),
    # Firms and the people of the shop and of firms: under contract, by no chat.
    "partner": Personal("a firm", "a firm"),
    "partner_seat": Personal("ended by the firm", "a firm"),
    "partner_invitation": Personal(TOKEN, TOKEN),
    "partner_invitation_try": Personal("wrong tries stay counted", TOKEN),
    "partner_grant": Personal("a firm", "a firm"),
    "staff": Personal("an employee", "an employee"),
    "staff_session": Personal("handoff.staff.sessions.sweep", "an employee"),
    "push_subscription": Personal("handoff.staff.push.actions.remove_all", "an employee"),
    "staff_password": Personal("an employee", TOKEN),
    "staff_invitation": Personal("an employee", TOKEN),
    "known_browser": Personal("an employee", TOKEN),
    "passkey": Personal("an employee", TOKEN),
    "passkey_challenge": Personal("an employee", TOKEN),
    "oidc_visit": Personal(TOKEN, TOKEN),
    "sign_in_count": Personal(TOKEN, TOKEN),
    "staff_skills": Personal("an employee", "an employee"),
    "shift_weekday": Personal("an employee", "an employee"),
    "shift_day": Personal("an employee", "an employee"),
    "shift_window": Personal("an employee", "an employee"),
    "api_key": Personal(TOKEN, TOKEN),
    "approval": Personal("an employee", SECRET),
}
NOBODYS = frozenset(
    {
        "appointment_quarter",
        "asset",
        "blob",
        "breach",
        "calendar_stamp",
        "capture_task",
        "channel_quota",
        "bare_rendition",
        "chapter",
        "code_number",
        "comparable",
        "comparison",
        "comparison_candidates",
        "grade_alias",
        "grading",
        "canned",
        "canned_text",
        "label",
        "macro",
        "leadership",
        "loan",
        "log_leaf",
        "log_node",
        "notice_hit",
        "open_day",
        "open_weekday",
        "outside_event",
        "parcel",
        "parcel_event",
        "parcel_unit",
        "payout_batch",
        "payout_line",
        "piece_cost",
        "police_notice",
        "police_order",
        "policy_version",
        "price_event",
        "recovery_claim",
        "registration",
        "mask_set",
        "rendition",
        "condition_report",
        "report_certificate",
        "report_finding",
        "finding_gram",
        "sale_exhibit",
        "sale_record",
        "shot_list",
        "stock_place",
        "style",
        "suspicion",
        "capture_session",
        "session_capture",
        "taken_file",
        "laid_aside",
        "station_look",
        "unit_flag",
        "unit_words",
        "upload",
        "wanted_piece",
        "blob_copy",
        "checkpoint_stamp",
        "deletion_wish",
        "fixity_pass",
        "journal_head",
        "leaf_export",
        "legal_hold",
        "log_checkpoint",
        "log_key",
        "quarantined",
        "store_place",
    }
)
# A column that names a person, an address of theirs or what they said.
_NAMES_SOMEBODY = re.compile(
    r"customer(_id)?|conversation|address|who|holder|email|phone|birthday|(family|given)_(name|kana)"
    r"|sealed|counterparty|identity_id|account_id|words|name_key|body|messages|memory"
)
_NOT_SO = {"unit_words", "leadership", "canned_text"}  # of pieces, of processes, of the shop


def test_every_table_is_known_to_be_personal_or_nobodys() -> None:
    tables = set(SQLModel.metadata.tables)
    assert not PERSONAL.keys() & NOBODYS
    assert tables == PERSONAL.keys() | NOBODYS


def test_no_table_that_names_somebody_is_nobodys() -> None:
    found = {
        f"{table.name}.{column.name}"
        for table in SQLModel.metadata.tables.values()
        for column in table.columns
        if table.name in NOBODYS - _NOT_SO and _NAMES_SOMEBODY.fullmatch(column.name)
    }
    assert not found


def test_no_row_of_a_persons_register_hangs_on_a_table_that_is_nobodys() -> None:
    found = {
        f"{table.name} → {key.column.table.name}"
        for table in SQLModel.metadata.tables.values()
        for key in table.foreign_keys
        if table.name in NOBODYS and key.column.table.name in {"customer", "identity_check"}
    }
    assert not found


@pytest.mark.parametrize("table", sorted(PERSONAL))
def test_what_forgets_it_is_there(table: str) -> None:
    told = PERSONAL[table].erased
    module, _, verb = told.rpartition(".")
    if " " not in told:
        assert callable(getattr(importlib.import_module(module), verb))


def test_what_is_handed_out_has_each_register(tmp_path: Path) -> None:
    def unit(db: Session) -> set[str]:
        who = customers.register(
            db, "C-1", "佐藤", given_name=None, language="ja", by="test", now=NOW
        )
        customers.bind(db, who, "line", "U1", by="test", now=NOW)
        passed = Passed(who, "line", "U1", "ja", NOW)
        return set(taking.of(db, passed, now=NOW).told)

    with fresh("sqlite", tmp_path) as database:
        told = database.write(unit)
    wanted = {each.told for each in PERSONAL.values() if each.told.replace("_", "").isalpha()}
    assert wanted <= told
    assert told - wanted == {"taken_at"}
