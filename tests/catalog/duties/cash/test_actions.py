"""Cash of one contract never passes the limit unseen (AML-1)."""

import threading

import pytest
from sqlalchemy import update
from sqlmodel import Session, select

from catalog.duties.actors import BOT
from catalog.duties.cash.actions import (
    CashAboveLimit,
    CashMalformed,
    DealMissing,
    DecidedOtherwise,
    DiligenceMissing,
    NewCash,
    NewDiligence,
    decide_suspicious,
    note_diligence,
    note_suspicious,
    require_diligence,
    take_cash,
)
from catalog.duties.cash.tables import CashPart, ContractCash, Diligence, SuspiciousDeal
from catalog.duties.identity.actions import StaffNeeded
from catalog.duties.rules import ItemKind
from catalog.ground import journal
from catalog.ground.journal import KeyUsedOtherwise
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId
from catalog.ground.session.database import Database
from tests.catalog.duties.law import CLERK, KEYS, MANAGER, NOW, checked, customer, house, tasks


def paid(
    db: Session, who: CustomerId, amount: int, key: str, kind: ItemKind = ItemKind.DIAMOND
) -> int:
    cash = NewCash("case:1", who, [kind], Yen(amount))
    return take_cash(db, cash, by="staff:1", now=NOW, key=key)


def test_all_instalments_of_a_contract_are_summed(database: Database) -> None:
    def unit(db: Session) -> None:
        who = customer(db)
        assert paid(db, who, 1_500_000, "1") == 1_500_000
        assert paid(db, who, 1_500_000, "1") == 1_500_000
        assert paid(db, who, 500_000, "2") == 2_000_000
        with pytest.raises(CashAboveLimit) as above:
            paid(db, who, 1, "3")
        assert (above.value.would_be, above.value.limit) == (2_000_001, 2_000_000)
        with pytest.raises(KeyUsedOtherwise):
            paid(db, who, 2, "2")
        for amount in (0, -1):
            with pytest.raises(CashMalformed):
                paid(db, who, amount, "4")
        assert db.exec(select(ContractCash.total)).one() == 2_000_000
        assert sum(db.exec(select(CashPart.amount))) == 2_000_000
        assert journal.differences(db, [ContractCash, CashPart]) == []

    database.write(unit)


def test_a_plain_watch_has_no_limit(database: Database) -> None:
    def unit(db: Session) -> None:
        assert paid(db, customer(db), 9_000_000, "1", ItemKind.WATCH) == 9_000_000

    database.write(unit)


def test_above_the_limit_the_house_must_want_it_and_know_the_customer(database: Database) -> None:
    def unit(db: Session) -> None:
        who = customer(db)
        identity = checked(db, who)
        asked = {"kinds": [ItemKind.GOLD], "cash": Yen(2_000_001)}
        require_diligence(db, "case:1", kinds=[ItemKind.GOLD], cash=Yen(2_000_000))
        require_diligence(db, "case:1", kinds=[ItemKind.BAG], cash=Yen(9_000_000))
        with pytest.raises(CashAboveLimit):
            require_diligence(db, "case:1", **asked)  # type: ignore[arg-type]  # plain facts
        house(db, aml__takes_cash_above_limit=True)
        with pytest.raises(DiligenceMissing):
            require_diligence(db, "case:1", **asked)  # type: ignore[arg-type]  # plain facts
        with pytest.raises(CashAboveLimit):
            paid(db, who, 2_000_001, "1")
        told = NewDiligence("case:1", who, identity, "相続品の換金", "会社員", "相続")
        with pytest.raises(StaffNeeded):
            note_diligence(db, KEYS, told, actor=BOT, now=NOW, key="d")
        first = note_diligence(db, KEYS, told, actor=CLERK, now=NOW, key="d")
        assert note_diligence(db, KEYS, told, actor=CLERK, now=NOW, key="d") == first
        row = db.exec(select(Diligence)).one()
        assert row.keep_through.isoformat() == "2033-11-22"
        assert "会社員".encode() not in row.sealed
        require_diligence(db, "case:1", **asked)  # type: ignore[arg-type]  # plain facts
        assert paid(db, who, 2_000_001, "1") == 2_000_001

    database.write(unit)


def test_two_payments_at_once_never_pass_the_limit(database: Database) -> None:
    who = database.write(customer)
    answers: list[object] = []

    def pay(key: str) -> None:
        try:
            answers.append(database.write(lambda db: paid(db, who, 300_000, key)))
        except CashAboveLimit as refused:
            answers.append(refused)

    threads = [threading.Thread(target=pay, args=(str(n),)) for n in range(10)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sum(isinstance(each, int) for each in answers) == 6
    assert database.read(lambda db: db.exec(select(ContractCash.total)).one()) == 1_800_000


def test_a_suspicious_deal_is_a_task_at_any_amount_and_no_word_to_the_customer(
    database: Database,
) -> None:
    def unit(db: Session) -> None:
        who = customer(db)
        with pytest.raises(StaffNeeded):
            note_suspicious(db, "case:1", who, "hurry", actor=BOT, now=NOW, key="1")
        first = note_suspicious(db, "case:1", who, "hurry", actor=CLERK, now=NOW, key="1")
        assert note_suspicious(db, "case:1", who, "hurry", actor=CLERK, now=NOW, key="1") == first
        (task,) = tasks(db, "suspicious_deal_report")
        assert "hurry" not in repr(task.facts)
        decide_suspicious(db, first, report_no="S-1", actor=CLERK, now=NOW)
        assert db.get_one(SuspiciousDeal, first).decision == "reported"
        with pytest.raises(DealMissing):
            decide_suspicious(db, "none", report_no=None, actor=CLERK, now=NOW)

    database.write(unit)


def test_a_report_to_the_authorities_is_never_taken_back_by_an_older_page(
    database: Database,
) -> None:
    """AML-1: what was not reported may still be; the same decision again writes nothing."""

    def unit(db: Session) -> None:
        who = customer(db)
        note = note_suspicious(db, "case:1", who, "hurry", actor=CLERK, now=NOW, key="1")
        for number in (None, None, "S-1", "S-1"):
            decide_suspicious(db, note, report_no=number, actor=CLERK, now=NOW)
        for number in (None, "S-2"):
            with pytest.raises(DecidedOtherwise) as before:
                decide_suspicious(db, note, report_no=number, actor=MANAGER, now=NOW)
            assert before.value.report_no == "S-1"
        row = db.get_one(SuspiciousDeal, note)
        assert (row.decision, row.report_no, row.decided_by) == ("reported", "S-1", CLERK.name)
        verbs = [each.verb for each in journal.of(db, "case:1")]
        assert verbs.count("suspicious_deal_decided") == 2

    database.write(unit)


def test_what_was_decided_while_a_page_was_read_is_seen_by_its_button(database: Database) -> None:
    def unit(db: Session) -> None:
        note = note_suspicious(db, "case:1", customer(db), "hurry", actor=CLERK, now=NOW, key="1")
        assert db.get_one(SuspiciousDeal, note).decision is None
        elsewhere = update(SuspiciousDeal).values(decision="reported", report_no="S-1")
        db.connection().execute(elsewhere)
        with pytest.raises(DecidedOtherwise):
            decide_suspicious(db, note, report_no=None, actor=CLERK, now=NOW)

    database.write(unit)
