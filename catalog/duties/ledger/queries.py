"""Reading the dealer's ledger (古物台帳の閲覧): over days, with who the counterparties are.

Every counterparty that is opened is logged as a reading of their identity check.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import TypeVar

from sqlmodel import Session, col, func, select

from catalog.duties.identity.actions import (
    IdentityUnknown,
    Purpose,
    open_identity,
    sealed,
    unsealed,
)
from catalog.duties.identity.methods import METHODS, Method
from catalog.duties.identity.rules import Person
from catalog.duties.ledger.actions import Sealed
from catalog.duties.rules import ItemKind, age_on
from catalog.duties.sealing import DataKeys, PersonErased
from catalog.duties.tables import LedgerKind, LedgerRow
from catalog.ground.errors import Malformed
from catalog.ground.lines import safe_cell
from catalog.ground.record import new_id
from catalog.items.tables import Unit

T = TypeVar("T")

_AT_ONCE = 500
KINDS: Mapping[LedgerKind, str] = {
    LedgerKind.OPENING_STOCK: "開始時在庫",
    LedgerKind.BOUGHT: "買受け",
    LedgerKind.CONSIGNED_IN: "委託",
    LedgerKind.EXCHANGED: "交換",
    LedgerKind.SOLD: "売却",
    LedgerKind.CONSIGNMENT_DELIVERED: "委託に基づく引渡し",
    LedgerKind.RETURNED: "返還",
}
DIRECTIONS: Mapping[str, str] = {"in": "受入", "out": "払出"}
ITEM_KINDS: Mapping[ItemKind, str] = {
    ItemKind.WATCH: "時計",
    ItemKind.WATCH_JEWELRY: "時計(宝飾)",
    ItemKind.WATCH_NOT_JEWELRY: "時計",
    ItemKind.DIAMOND: "宝石",
    ItemKind.JEWELRY: "宝飾品",
    ItemKind.GOLD: "貴金属",
    ItemKind.BAG: "バッグ",
    ItemKind.APPAREL: "衣類",
    ItemKind.ART: "美術品",
    ItemKind.BOOK: "書籍",
    ItemKind.CD_DVD_BD: "CD・DVD・BD",
    ItemKind.GAME_SOFTWARE: "ゲームソフト",
    ItemKind.MOTORCYCLE: "自動二輪車",
    ItemKind.MOTORCYCLE_PART: "自動二輪車部品",
    ItemKind.AIRCON_OUTDOOR_UNIT: "エアコン室外機",
    ItemKind.HEAT_PUMP_UNIT: "給湯器ヒートポンプ",
    ItemKind.ELECTRIC_WIRE: "電線",
    ItemKind.METAL_GRATING: "グレーチング",
}


class DaysContradict(Malformed):
    """A range that ends before it begins."""


@dataclass(frozen=True, slots=True)
class Counterparty:
    """Who stood on the other side. `is_gone`: kept long enough, its key destroyed since."""

    name: str = ""
    address: str = ""
    occupation: str = ""
    age: int | None = None
    is_gone: bool = False


NOBODY = Counterparty()
GONE = Counterparty(is_gone=True)


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A row as it is printed."""

    number: int
    entered_on: date
    direction: str
    kind: str
    code: str
    item_kind: str
    quantity: int
    features: str
    price: int | None
    counterparty: Counterparty
    method: str
    about: str
    is_by_law: bool
    corrects: int | None
    corrected_by: int | None
    reason: str
    keep_through: date


def seal_counterparty(db: Session, keys: DataKeys, told: Counterparty, *, now: datetime) -> Sealed:
    """A buyer for `actions.LedgerEntry.counterparty`, under a key of this row's own (KOB-2)."""
    owner = f"ledger:{new_id(now)}"
    return Sealed(sealed(db, keys, owner, asdict(told), now=now), owner)


def rows(db: Session, first: date, last: date) -> list[LedgerRow]:
    """Every row of these days, both counted, in the order written. Raises DaysContradict."""
    if last < first:
        raise DaysContradict(f"{last} is before {first}")
    wanted = select(LedgerRow).where(
        col(LedgerRow.entered_on) >= first, col(LedgerRow.entered_on) <= last
    )
    return list(db.exec(wanted.order_by(col(LedgerRow.entered_on), col(LedgerRow.id))))


def rows_of(db: Session, unit_id: str) -> list[LedgerRow]:
    """Every row of one piece, the oldest first; who stood on the other side is not opened."""
    return list(
        db.exec(
            select(LedgerRow)
            .where(LedgerRow.unit_id == unit_id)
            .order_by(col(LedgerRow.entered_on), col(LedgerRow.id))
        )
    )


def came_in_on(db: Session, unit_id: str) -> date | None:
    """The day a piece first came into the shop's hands; nothing of who brought it."""
    return db.exec(
        select(func.min(LedgerRow.entered_on)).where(
            LedgerRow.unit_id == unit_id, LedgerRow.direction == "in"
        )
    ).first()


def lines(
    db: Session,
    keys: DataKeys,
    first: date,
    last: date,
    *,
    by: str,
    now: datetime,
    purpose: Purpose = Purpose.LEDGER,
) -> list[LedgerLine]:
    """The rows with their counterparties opened, for printing and showing (KOB-2, R-061). Writes
    the readings. Raises DaysContradict, DataKeyMissing.
    """
    found = rows(db, first, last)
    codes, corrected = _codes(db, found), _corrected(db, found)
    people: dict[str, Person | None] = {}
    for row in found:
        if row.identity_id is not None and row.identity_id not in people:
            people[row.identity_id] = _opened(
                db, keys, row.identity_id, by=by, now=now, purpose=purpose
            )
    return [
        _line(
            row,
            code=codes[row.unit_id],
            who=_who(db, keys, row, people),
            corrected_by=corrected.get(row.id or 0),
        )
        for row in found
    ]


def _opened(
    db: Session, keys: DataKeys, identity_id: str, *, by: str, now: datetime, purpose: Purpose
) -> Person | None:
    """Each check is opened, and logged, once per reading of the ledger; None when its time is
    over.
    """
    try:
        return open_identity(db, keys, identity_id, by=by, purpose=purpose, now=now)
    except (IdentityUnknown, PersonErased):
        return None


def _codes(db: Session, found: Sequence[LedgerRow]) -> dict[str, str]:
    codes: dict[str, str] = {}
    for some in _some({row.unit_id for row in found}):
        codes.update(db.exec(select(Unit.id, Unit.code).where(col(Unit.id).in_(some))).all())
    return codes


def _corrected(db: Session, found: Sequence[LedgerRow]) -> dict[int, int]:
    newer: dict[int, int] = {}
    for some in _some({row.id for row in found if row.id}):
        for old, new in db.exec(
            select(LedgerRow.corrects, LedgerRow.id).where(col(LedgerRow.corrects).in_(some))
        ):
            newer[old or 0] = new or 0
    return newer


def _some(values: Iterable[T]) -> Iterator[list[T]]:
    """A few at a time: no statement has endless parameters."""
    waiting = list(values)
    return (waiting[at : at + _AT_ONCE] for at in range(0, len(waiting), _AT_ONCE))


def _who(
    db: Session, keys: DataKeys, row: LedgerRow, people: Mapping[str, Person | None]
) -> Counterparty:
    if row.identity_id is not None:
        person = people[row.identity_id]
        if person is None:
            return GONE
        age = age_on(person.born_on, row.entered_on)
        return Counterparty(person.name, person.address, person.occupation, age)
    if row.counterparty is None or row.sealed_for is None:
        return NOBODY
    try:
        return Counterparty(**unsealed(db, keys, row.sealed_for, row.counterparty))
    except PersonErased:
        return GONE


def _line(row: LedgerRow, *, code: str, who: Counterparty, corrected_by: int | None) -> LedgerLine:
    return LedgerLine(
        number=row.id or 0,
        entered_on=row.entered_on,
        direction=DIRECTIONS[row.direction],
        kind=KINDS[LedgerKind(row.kind)],
        code=code,
        item_kind=ITEM_KINDS[ItemKind(row.item_kind)],
        quantity=row.quantity,
        features=row.features,
        price=row.price,
        counterparty=who,
        method=METHODS[Method(row.method)].told if row.method else "",
        about=row.about or "",
        is_by_law=row.is_by_law,
        corrects=row.corrects,
        corrected_by=corrected_by,
        reason=row.reason or "",
        keep_through=row.keep_through,
    )


_HEADING = (
    "番号", "年月日", "受払", "区分", "商品番号", "品目", "数量", "特徴", "代価(円)",
    "相手方氏名", "相手方住所", "職業", "年齢", "確認の方法", "取引", "記載の根拠", "訂正元",
    "訂正先", "訂正の理由", "保存期限",
)  # fmt: skip


def csv_of(told: Sequence[LedgerLine]) -> str:
    """The ledger as CSV for a spreadsheet (KOB-2); a cell that begins like a formula is quoted."""
    return _csv(_HEADING, (_cells(line) for line in told))


def _cells(line: LedgerLine) -> Sequence[object]:
    who = line.counterparty
    return (
        line.number,
        line.entered_on,
        line.direction,
        line.kind,
        line.code,
        line.item_kind,
        line.quantity,
        line.features,
        line.price,
        "(保存期間経過)" if who.is_gone else who.name,
        who.address,
        who.occupation,
        who.age,
        line.method,
        line.about,
        "法定" if line.is_by_law else "任意",
        line.corrects,
        line.corrected_by,
        line.reason,
        line.keep_through,
    )


_INVOICE_HEADING = (
    "番号", "年月日", "区分", "商品番号", "品目", "支払対価(円)", "登録事業者", "登録番号",
    "帳簿のみ控除", "本人確認記録", "取引",
)  # fmt: skip


def accountant_csv(db: Session, first: date, last: date) -> str:
    """Purchases of these days with their invoice fields, latest corrections only, no names (INV-1).

    Raises DaysContradict.
    """
    found = rows(db, first, last)
    codes, corrected = _codes(db, found), _corrected(db, found)
    bought = (
        (
            row.id,
            row.entered_on,
            KINDS[LedgerKind(row.kind)],
            codes[row.unit_id],
            ITEM_KINDS[ItemKind(row.item_kind)],
            row.price,
            {True: "はい", False: "いいえ", None: ""}[row.seller_is_registered],
            row.seller_number,
            "はい" if row.is_ledger_only_deduction else "",
            row.identity_id,
            row.about,
        )
        for row in found
        if row.direction == "in" and row.id not in corrected
    )
    return _csv(_INVOICE_HEADING, bought)


def _csv(heading: Sequence[str], told: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(heading)
    for cells in told:
        writer.writerow([safe_cell(cell) for cell in cells])
    return out.getvalue()
