"""The dealer's ledger: entered once, never changed, corrected by a new row (KOB-2, KOB-3, INV-1,
R-061).
"""

import csv
import io
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from catalog.duties.identity.queries import readings
from catalog.duties.invoices import IdentityNeededForDeduction, SellerTax
from catalog.duties.ledger.actions import (
    AlreadyCorrected,
    AlreadyEntered,
    Correction,
    CorrectionUnexplained,
    CounterpartyMissing,
    LedgerEntry,
    LedgerRowMissing,
    correct,
    enter,
)
from catalog.duties.ledger.queries import (
    Counterparty,
    DaysContradict,
    accountant_csv,
    csv_of,
    lines,
    seal_counterparty,
)
from catalog.duties.rules import ItemKind
from catalog.duties.tables import LedgerKind, LedgerRow
from catalog.ground import journal
from catalog.ground.money import Yen
from catalog.ground.record import UnitId
from catalog.ground.session.database import Database
from tests.catalog.duties.law import KEYS, NOW, TODAY, checked, customer, piece


def bought(db: Session, unit: UnitId, *, about: str = "case:1", price: int = 980_000) -> LedgerRow:
    who = customer(db)
    entry = LedgerEntry(
        unit, LedgerKind.BOUGHT, ItemKind.WATCH, about, Yen(price), who, checked(db, who),
        seller=SellerTax(False),
    )  # fmt: skip
    return enter(db, entry, by="staff:1", now=NOW)


def read(db: Session) -> "list[dict[str, str]]":
    told = lines(db, KEYS, TODAY, TODAY, by="staff:9", now=NOW)
    return list(csv.DictReader(io.StringIO(csv_of(told))))


def test_a_purchase_says_all_the_law_wants_and_opening_it_is_logged(database: Database) -> None:
    def unit(db: Session) -> None:
        row = bought(db, piece(db, serial="7X12345"))
        assert (row.direction, row.keep_through) == ("in", date(2029, 11, 22))
        assert row.is_by_law and row.is_ledger_only_deduction
        told = read(db)[-1]
        assert told["年月日"] == "2026-11-22"
        assert (told["受払"], told["区分"], told["品目"], told["数量"]) == (
            "受入", "買受け", "時計", "1"
        )  # fmt: skip
        assert told["特徴"] == "Rolex Daytona 116500LN 7X12345"
        assert (told["相手方氏名"], told["職業"], told["年齢"]) == ("髙橋 花子", "会社員", "41")
        assert told["相手方住所"] == "東京都港区南青山1-2-3"
        assert told["確認の方法"] == "対面での本人確認書類の提示"
        assert told["代価(円)"] == "980000"
        assert row.identity_id is not None
        assert [each.read_by for each in readings(db, row.identity_id)] == ["staff:9"]
        assert journal.of(db, f"unit:{row.unit_id}")[-1].facts["ledger"] == row.id

    database.write(unit)


def test_the_same_unit_in_the_same_deal_is_entered_once(database: Database) -> None:
    def unit(db: Session) -> None:
        there = piece(db)
        first = bought(db, there)
        with pytest.raises(AlreadyEntered) as again:
            bought(db, there)
        assert again.value.row_id == first.id
        bought(db, there, about="case:2")

    database.write(unit)


def test_a_piece_of_the_public_comes_in_with_its_counterparty_kob_2(database: Database) -> None:
    def unit(db: Session) -> None:
        there = piece(db)
        nobody = LedgerEntry(there, LedgerKind.CONSIGNED_IN, ItemKind.BAG, "contract:1")
        with pytest.raises(CounterpartyMissing):
            enter(db, nobody, by="t", now=NOW)
        cheap = LedgerEntry(there, LedgerKind.BOUGHT, ItemKind.BAG, "case:1", Yen(9_999))
        assert not enter(db, cheap, by="t", now=NOW).is_by_law
        book = LedgerEntry(there, LedgerKind.BOUGHT, ItemKind.BOOK, "case:2", Yen(100))
        with pytest.raises(CounterpartyMissing):
            enter(db, book, by="t", now=NOW)

    database.write(unit)


def test_a_deduction_without_invoice_needs_the_identity_record_inv_1(database: Database) -> None:
    def unit(db: Session) -> None:
        there = piece(db)
        told = seal_counterparty(db, KEYS, Counterparty("佐藤", "横浜市"), now=NOW)
        entry = LedgerEntry(
            there, LedgerKind.BOUGHT, ItemKind.WATCH, "case:1", Yen(10_000), counterparty=told,
            seller=SellerTax(False),
        )  # fmt: skip
        with pytest.raises(IdentityNeededForDeduction):
            enter(db, entry, by="t", now=NOW)

    database.write(unit)


def test_a_buyer_is_sealed_with_the_row_and_read_back(database: Database) -> None:
    def unit(db: Session) -> None:
        there = piece(db)
        buyer = seal_counterparty(db, KEYS, Counterparty("鈴木 一郎", "大阪市", "", None), now=NOW)
        sold = LedgerEntry(
            there, LedgerKind.SOLD, ItemKind.WATCH, "order:1", Yen(1_200_000), counterparty=buyer
        )
        row = enter(db, sold, by="t", now=NOW)
        assert (row.direction, row.is_by_law) == ("out", True)
        bag = LedgerEntry(there, LedgerKind.SOLD, ItemKind.BAG, "order:2", Yen(1_200_000))
        assert not enter(db, bag, by="t", now=NOW).is_by_law
        assert read(db)[-2]["相手方氏名"] == "鈴木 一郎"

    database.write(unit)


def test_a_correction_is_a_new_row_and_the_old_one_stands_kob_2(database: Database) -> None:
    def unit(db: Session) -> None:
        old = bought(db, piece(db))
        assert old.id is not None
        with pytest.raises(CorrectionUnexplained):
            correct(db, old.id, Correction(" "), by="staff:1", now=NOW, key="0")
        told = Correction("桁の誤り", price=Yen(98_000))
        new = correct(db, old.id, told, by="staff:1", now=NOW, key="1")
        assert correct(db, old.id, told, by="staff:1", now=NOW, key="1") == new
        with pytest.raises(AlreadyCorrected):
            correct(db, old.id, told, by="staff:1", now=NOW, key="2")
        with pytest.raises(LedgerRowMissing):
            correct(db, 10_000, told, by="staff:1", now=NOW, key="3")
        correct(db, new, Correction("再確認", features="黒文字盤"), by="t", now=NOW, key="4")
        rows = {row.id: row for row in db.exec(select(LedgerRow))}
        assert (rows[old.id].price, rows[new].price, rows[new].corrects) == (
            980_000,
            98_000,
            old.id,
        )
        printed = {each["番号"]: each for each in read(db)}
        assert printed[str(old.id)]["訂正先"] == str(new)
        assert printed[str(new)]["訂正の理由"] == "桁の誤り"

    database.write(unit)


@pytest.mark.parametrize("statement", ["UPDATE ledger_row SET price = 1", "DELETE FROM ledger_row"])
def test_the_database_itself_refuses_to_change_the_ledger_kob_2(
    database: Database, statement: str
) -> None:
    database.write(lambda db: bought(db, piece(db)))
    with pytest.raises(DBAPIError, match="append-only"):
        database.write(lambda db: db.connection().execute(text(statement)))
    count = database.read(lambda db: len(db.exec(select(LedgerRow.id)).all()))
    assert count == 2


def test_opening_stock_is_in_the_ledger_without_counterparty(database: Database) -> None:
    def unit(db: Session) -> None:
        piece(db)
        told = read(db)
        assert [each["区分"] for each in told] == ["開始時在庫"]
        assert told[0]["記載の根拠"] == "任意"

    database.write(unit)


def test_only_the_days_asked_for_are_printed(database: Database) -> None:
    def unit(db: Session) -> None:
        piece(db)
        later = NOW + timedelta(days=1)
        piece(db, "W-2", now=later)
        assert [each["商品番号"] for each in read(db)] == ["W-10234"]
        with pytest.raises(DaysContradict):
            lines(db, KEYS, TODAY, TODAY - timedelta(days=1), by="t", now=NOW)

    database.write(unit)


def test_a_cell_that_looks_like_a_formula_is_quoted(database: Database) -> None:
    def unit(db: Session) -> None:
        who = customer(db)
        there = piece(db)
        entry = LedgerEntry(
            there, LedgerKind.BOUGHT, ItemKind.WATCH, "case:1", Yen(10_000), who, checked(db, who),
            features=" ＝HYPERLINK(1)",
        )  # fmt: skip
        enter(db, entry, by="t", now=NOW)
        assert read(db)[-1]["特徴"] == "' ＝HYPERLINK(1)"

    database.write(unit)


def test_the_accountant_sees_purchases_as_corrected_and_no_names_inv_1(database: Database) -> None:
    def unit(db: Session) -> None:
        old = bought(db, piece(db))
        assert old.id is not None
        registered = SellerTax(True, "T7000012050002")
        told = Correction("登録事業者", seller=registered)
        new = correct(db, old.id, told, by="t", now=NOW, key="1")
        text_of = accountant_csv(db, TODAY, TODAY)
        assert "髙橋" not in text_of
        rows = {each["番号"]: each for each in csv.DictReader(io.StringIO(text_of))}
        assert str(old.id) not in rows
        assert rows[str(new)]["登録番号"] == "T7000012050002"
        assert rows[str(new)]["帳簿のみ控除"] == ""

    database.write(unit)
