"""What the law ordered kept is destroyed when its time is over, not a day before (KOB-3, PII-1,
AML-1).
"""

from datetime import date, timedelta

import pytest
from sqlmodel import Session

from catalog.duties import retention
from catalog.duties.cash.actions import NewDiligence, note_diligence
from catalog.duties.identity.actions import IdentityUnknown, Purpose, open_identity
from catalog.duties.identity.tables import IdentityCheck
from catalog.duties.ledger.actions import LedgerEntry, enter
from catalog.duties.ledger.queries import Counterparty, lines, seal_counterparty
from catalog.duties.rules import ItemKind
from catalog.duties.sealing import PersonErased
from catalog.duties.tables import LedgerKind
from catalog.ground.calendar import add_months, at_tokyo
from catalog.ground.money import Yen
from catalog.ground.session.database import Database
from tests.catalog.duties.law import CLERK, KEYS, NOW, TODAY, checked, customer, piece, tasks


def is_open(db: Session, identity: str) -> bool:
    try:
        open_identity(db, KEYS, identity, by="t", purpose=Purpose.AUTHORITY, now=NOW)
    except (IdentityUnknown, PersonErased):
        return False
    return True


def test_a_check_no_deal_came_of_goes_when_it_serves_no_more(database: Database) -> None:
    def unit(db: Session) -> None:
        identity = checked(db, customer(db))
        through = db.get_one(IdentityCheck, identity).valid_through
        retention.run(db, at_tokyo(through, 23))
        assert is_open(db, identity)
        for _ in range(2):
            retention.run(db, at_tokyo(through + timedelta(days=1)))
        assert not is_open(db, identity)
        row = db.get_one(IdentityCheck, identity)
        assert (row.sealed, row.name_keys) == (b"", [])
        (task,) = tasks(db, "identity_picture_destroy")
        assert task.facts["assets"] == ["asset:0"]

    database.write(unit)


def test_a_check_in_the_ledger_is_kept_for_36_months_kob_3(database: Database) -> None:
    def unit(db: Session) -> None:
        who = customer(db)
        identity = checked(db, who)
        entry = LedgerEntry(
            piece(db), LedgerKind.BOUGHT, ItemKind.WATCH, "case:1", Yen(90_000), who, identity
        )
        enter(db, entry, by="t", now=NOW)
        last = add_months(TODAY, 36)
        retention.run(db, at_tokyo(last, 23))
        assert is_open(db, identity)
        retention.run(db, at_tokyo(last + timedelta(days=1)))
        assert not is_open(db, identity)
        told = lines(db, KEYS, TODAY, TODAY, by="t", now=NOW)[-1]
        assert (told.counterparty.is_gone, told.price) == (True, 90_000)

    database.write(unit)


@pytest.mark.parametrize(("day", "kept"), [(date(2033, 11, 22), True), (date(2033, 11, 23), False)])
def test_due_diligence_keeps_a_check_for_seven_years_aml_1(
    database: Database, day: date, kept: bool
) -> None:
    def unit(db: Session) -> None:
        who = customer(db)
        identity = checked(db, who)
        told = NewDiligence("case:1", who, identity, "換金", "会社員")
        note_diligence(db, KEYS, told, actor=CLERK, now=NOW, key="d")
        retention.run(db, at_tokyo(day))
        assert is_open(db, identity) == kept

    database.write(unit)


def test_a_buyer_in_the_ledger_becomes_unreadable_and_the_row_stays_kob_3(
    database: Database,
) -> None:
    def unit(db: Session) -> None:
        buyer = seal_counterparty(db, KEYS, Counterparty("鈴木", "大阪市"), now=NOW)
        sold = LedgerEntry(
            piece(db), LedgerKind.SOLD, ItemKind.WATCH, "order:1", Yen(90_000), counterparty=buyer
        )
        enter(db, sold, by="t", now=NOW)
        last = add_months(TODAY, 36)
        for day, gone in ((last, False), (last + timedelta(days=1), True)):
            retention.run(db, at_tokyo(day))
            told = lines(db, KEYS, TODAY, TODAY, by="t", now=NOW)[-1]
            assert told.counterparty.is_gone == gone

    database.write(unit)
