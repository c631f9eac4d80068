"""Entering and correcting the dealer's ledger. Rows are never changed nor deleted; the database
refuses it too.

Not here: reading and printing (`queries`), and when a deal enters (the cases above know).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, select

from catalog.duties.identity.tables import IdentityCheck
from catalog.duties.invoices import SellerTax, is_ledger_only
from catalog.duties.ledger.rules import BOUGHT_FOR_STOCK, direction_of, is_by_law
from catalog.duties.rules import ItemKind, retain_ledger_through
from catalog.duties.tables import Direction, LedgerKind, LedgerRow
from catalog.duties.terms import DutyTerms
from catalog.ground import journal, policy
from catalog.ground.calendar import tokyo_day
from catalog.ground.errors import Malformed, Missing, Refused
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId, UnitId
from catalog.items.tables import Style, Unit
from catalog.items.words import together


class LedgerRowMissing(Missing):
    """There is no such row in the ledger."""


class AlreadyEntered(Refused):
    """The unit is in the ledger for this kind and deal. `row_id`: its row."""

    def __init__(self, row_id: int) -> None:
        super().__init__(f"ledger row {row_id} says it already")
        self.row_id = row_id


class AlreadyCorrected(Refused):
    """A newer row corrects this one; correct that. `by_row`."""

    def __init__(self, by_row: int) -> None:
        super().__init__(f"ledger row {by_row} corrects it already")
        self.by_row = by_row


class CounterpartyMissing(Malformed):
    """A row that the law wants names its counterparty."""


class CorrectionUnexplained(Malformed):
    """A correction without its reason."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A counterparty without an identity check, sealed by `queries.seal_counterparty`."""

    content: bytes
    sealed_for: str


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One piece that came in or went out. `about`: the deal (`case:…`, `contract:…`, `order:…`).

    `features`: None takes brand, model, reference and serial of the unit. `identity_id` comes from
    `identity.queries.require_identity`.
    """

    unit_id: UnitId
    kind: LedgerKind
    item_kind: ItemKind
    about: str
    price: Yen | None = None
    customer_id: CustomerId | None = None
    identity_id: str | None = None
    counterparty: Sealed | None = None
    features: str | None = None
    on: date | None = None
    seller: SellerTax | None = None


def enter(db: Session, entry: LedgerEntry, *, by: str, now: datetime) -> LedgerRow:
    """Write one row, dated today unless `on` says another Tokyo day (KOB-2, R-061).

    Raises AlreadyEntered, CounterpartyMissing, IdentityNeededForDeduction.
    """
    key = f"{entry.kind.value}:{entry.unit_id}:{entry.about}"
    before = db.exec(select(LedgerRow.id).where(LedgerRow.entry_key == key)).first()
    if before is not None:
        raise AlreadyEntered(before)
    terms = policy.current(db).of(DutyTerms)
    row = _row(db, entry, terms, key=key, by=by, now=now)
    db.add(row)
    db.flush()
    _note(db, row, "entered_in_ledger", by=by, now=now)
    return row


def _row(
    db: Session, entry: LedgerEntry, terms: DutyTerms, *, key: str, by: str, now: datetime
) -> LedgerRow:
    by_law = is_by_law(terms, kind=entry.kind, item_kind=entry.item_kind, price=entry.price)
    is_told = entry.identity_id is not None or entry.counterparty is not None
    if direction_of(entry.kind) is Direction.IN and by_law and not is_told:
        raise CounterpartyMissing(f"{key}: no identity check")
    entered_on = entry.on or tokyo_day(now)
    is_deducted = is_ledger_only(
        entry.seller,
        is_for_stock=entry.kind in BOUGHT_FOR_STOCK,
        price=entry.price or Yen(0),
        has_identity=entry.identity_id is not None,
    )
    return LedgerRow(
        entry_key=key,
        unit_id=entry.unit_id,
        entered_on=entered_on,
        direction=direction_of(entry.kind).value,
        kind=entry.kind.value,
        item_kind=entry.item_kind.value,
        quantity=1,
        features=entry.features or _features(db, entry.unit_id),
        price=entry.price,
        about=entry.about,
        customer_id=entry.customer_id,
        identity_id=entry.identity_id,
        method=_method(db, entry.identity_id),
        counterparty=entry.counterparty.content if entry.counterparty else None,
        sealed_for=entry.counterparty.sealed_for if entry.counterparty else None,
        is_by_law=by_law,
        seller_is_registered=entry.seller.is_registered if entry.seller else None,
        seller_number=entry.seller.number if entry.seller else None,
        is_ledger_only_deduction=is_deducted,
        keep_through=retain_ledger_through(terms, entered_on),
        written_by=by,
        written_at=now,
    )


def _features(db: Session, unit_id: UnitId) -> str:
    unit, style = db.exec(
        select(Unit, Style).where(Unit.id == unit_id, Unit.style_id == Style.id)
    ).one()
    return together([style.brand, style.model, style.reference, unit.serial]) or unit.title


def _method(db: Session, identity_id: str | None) -> str | None:
    if identity_id is None:
        return None
    return db.exec(select(IdentityCheck.method).where(IdentityCheck.id == identity_id)).one()


def _note(db: Session, row: LedgerRow, verb: str, *, by: str, now: datetime) -> None:
    facts = {
        "ledger": row.id,
        "kind": row.kind,
        "price": row.price,
        "about": row.about,
        "customer": row.customer_id,
        "corrects": row.corrects,
    }
    told = {name: value for name, value in facts.items() if value is not None}
    journal.record(db, f"unit:{row.unit_id}", verb, actor=by, at=now, facts=told)


@dataclass(frozen=True, slots=True)
class Correction:
    """What a corrected row says otherwise; None: as before."""

    reason: str
    features: str | None = None
    price: Yen | None = None
    item_kind: ItemKind | None = None
    entered_on: date | None = None
    identity_id: str | None = None
    seller: SellerTax | None = None
    counterparty: Sealed | None = None


def correct(
    db: Session, row_id: int, correction: Correction, *, by: str, now: datetime, key: str
) -> int:
    """Write a new row that stands for an older one and says why; its number (KOB-2).

    Raises LedgerRowMissing, AlreadyCorrected.
    """
    request = {"row": row_id, **_plain(correction)}
    stored = journal.stored_result(db, key, request)
    if stored is not None:
        return int(stored["row"])
    if not correction.reason.strip():
        raise CorrectionUnexplained("a correction says why")
    old = db.exec(select(LedgerRow).where(LedgerRow.id == row_id).with_for_update()).first()
    if old is None:
        raise LedgerRowMissing(str(row_id))
    newer = db.exec(select(LedgerRow.id).where(LedgerRow.corrects == row_id)).first()
    if newer is not None:
        raise AlreadyCorrected(newer)
    row = _corrected(db, old, correction, by=by, now=now)
    db.add(row)
    db.flush()
    journal.record(
        db,
        f"unit:{row.unit_id}",
        "ledger_corrected",
        actor=by,
        at=now,
        facts={"ledger": row.id, "corrects": row_id},
        key=key,
        request=request,
        result={"row": row.id},
    )
    return int(row.id or 0)


def _plain(correction: Correction) -> Mapping[str, Any]:
    seller, who = correction.seller, correction.counterparty
    named = {"counterparty": who.sealed_for} if who else {}
    return {
        **named,
        "reason": correction.reason,
        "features": correction.features,
        "price": correction.price,
        "item_kind": correction.item_kind.value if correction.item_kind else None,
        "entered_on": correction.entered_on.isoformat() if correction.entered_on else None,
        "identity": correction.identity_id,
        "seller": [seller.is_registered, seller.number] if seller else None,
    }


def _corrected(
    db: Session, old: LedgerRow, told: Correction, *, by: str, now: datetime
) -> LedgerRow:
    terms = policy.current(db).of(DutyTerms)
    kind = LedgerKind(old.kind)
    price = told.price if told.price is not None else old.price
    item_kind = told.item_kind or ItemKind(old.item_kind)
    entered_on = told.entered_on or old.entered_on
    identity_id = told.identity_id or old.identity_id
    values = old.model_dump(exclude={"id"}) | {
        "entry_key": f"corrects:{old.id}",
        "entered_on": entered_on,
        "item_kind": item_kind.value,
        "features": told.features or old.features,
        "price": price,
        "identity_id": identity_id,
        "method": _method(db, identity_id),
        "is_by_law": is_by_law(
            terms, kind=kind, item_kind=item_kind, price=Yen(price) if price is not None else None
        ),
        "corrects": old.id,
        "reason": told.reason,
        "keep_through": max(old.keep_through, retain_ledger_through(terms, entered_on)),
        "written_by": by,
        "written_at": now,
    }
    if told.counterparty is not None:
        values |= {
            "counterparty": told.counterparty.content,
            "sealed_for": told.counterparty.sealed_for,
        }
    if told.seller is not None:
        values |= {
            "seller_is_registered": told.seller.is_registered,
            "seller_number": told.seller.number,
            "is_ledger_only_deduction": is_ledger_only(
                told.seller,
                is_for_stock=kind in BOUGHT_FOR_STOCK,
                price=Yen(price or 0),
                has_identity=identity_id is not None,
            ),
        }
    return LedgerRow(**values)


def opening_row(
    unit_id: UnitId,
    item_kind: ItemKind,
    features: str,
    *,
    terms: DutyTerms,
    by: str,
    now: datetime,
) -> dict[str, Any]:
    """The columns of a row for a piece that was in stock before this register began (KOB-2)."""
    entered_on = tokyo_day(now)
    return {
        "entry_key": f"{LedgerKind.OPENING_STOCK.value}:{unit_id}",
        "unit_id": unit_id,
        "entered_on": entered_on,
        "direction": Direction.IN.value,
        "kind": LedgerKind.OPENING_STOCK.value,
        "item_kind": item_kind.value,
        "quantity": 1,
        "features": features,
        "is_by_law": False,
        "is_ledger_only_deduction": False,
        "keep_through": retain_ledger_through(terms, entered_on),
        "written_by": by,
        "written_at": now,
    }
