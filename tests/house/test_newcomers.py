"""Every column that names a customer says what happens to it when a newcomer turns out to be a
known customer (R-118, decision 0037): moved by its own register, or kept as it was recorded and
why. A new column is in neither list, and this test tells so.
"""

import importlib

import pytest
from sqlmodel import Session, SQLModel, text

import bot.migrations.models  # noqa: F401  # every table there is

RECORDED = "recorded of who it was then; found through customers.newcomers.whole"
MOVED = {
    "contact.customer_id": "catalog.customers.newcomers.become",
    "taste.customer_id": "catalog.customers.newcomers.become",
    "unit.owner_id": "catalog.items.newcomers.move",
    "unit_hold.holder": "catalog.items.newcomers.move",
    "unit_watcher.who": "catalog.items.newcomers.move",
    "wish.who": "catalog.items.newcomers.move",
    "credit_lot.account_id": "catalog.credit.newcomers.move",
    "credit_hold.account_id": "catalog.credit.newcomers.move",
    "credit_receivable.account_id": "catalog.credit.newcomers.move",
    "credit_till_code.account_id": "catalog.credit.newcomers.move",
    "buyback_case.customer_id": "catalog.buyback.newcomers.move",
    "contract.customer_id": "catalog.consignment.newcomers.move",
    "sale_order.customer_id": "catalog.orders.newcomers.move",
    "order_line.owner_id": "catalog.orders.newcomers.move",
    "share.holder": "media.sharing.newcomers.move",
}
KEPT = {
    "consent.customer_id": "each answer stays; the latest is given again for the known customer",
    "page_pass.customer_id": "opens nothing any more: the address is another customer's",
    "link_try.customer_id": "settled for whoever the newcomer is by then",
    "credit_account.customer_id": "stays empty; the customer has one account",
    "credit_refund.account_id": "never changed; found by its order",
    "credit_consent.customer_id": RECORDED,
    "payout.customer_id": RECORDED,
    "payee_account.customer_id": "sealed and compared under the newcomer's own key; " + RECORDED,
    "identity_check.customer_id": "of the person who was checked; " + RECORDED,
    "contract_cash.customer_id": RECORDED,
    "diligence.customer_id": RECORDED,
    "suspicious_deal.customer_id": RECORDED,
    "ledger_row.customer_id": "the dealer's ledger is never rewritten; " + RECORDED,
    "visit.customer_id": RECORDED,
    "visit_refusal.customer_id": RECORDED,
    "statutory_document.customer_id": RECORDED,
    "next_step.customer_id": RECORDED,
    "appointment.customer": RECORDED,
    "condition_seen.customer_id": RECORDED,
}
_NAMES = {"customer", "customer_id", "owner_id", "who", "holder"}
_OTHERS = {"leadership.holder"}  # a process


def naming_a_customer() -> set[str]:
    return {
        f"{table.name}.{column.name}"
        for table in SQLModel.metadata.tables.values()
        for column in table.columns
        if column.name in _NAMES
        or any(
            key.target_fullname in {"customer.id", "credit_account.id"}
            for key in column.foreign_keys
        )
    } - _OTHERS


def left_behind(db: Session, customer: str) -> list[str]:
    """Moved columns that still name this customer, or an account of theirs."""
    accounts = "SELECT id FROM credit_account WHERE customer_id = :customer"
    found = []
    for column in sorted(MOVED):
        table, name = column.split(".")
        names = f"IN ({accounts})" if name == "account_id" else "IN (:customer, :who)"
        wanted = text(f"SELECT count(*) FROM {table} WHERE {name} {names}")
        told = {"customer": customer, "who": f"customer:{customer}"}
        if "account" in name:
            del told["who"]
        if db.connection().execute(wanted, told).scalar():
            found.append(column)
    return found


def test_every_column_that_names_a_customer_is_moved_or_kept_for_a_reason() -> None:
    assert not MOVED.keys() & KEPT.keys()
    assert naming_a_customer() == MOVED.keys() | KEPT.keys()


@pytest.mark.parametrize("column", sorted(MOVED))
def test_what_moves_it_is_there(column: str) -> None:
    module, _, verb = MOVED[column].rpartition(".")
    assert callable(getattr(importlib.import_module(module), verb))
