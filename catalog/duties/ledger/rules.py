"""Which way a ledger row goes and whether the law asks for it (古物台帳). Pure."""

from catalog.duties.rules import LEGAL_FLOOR, NO_FLOOR, ItemKind, ledger_row_required
from catalog.duties.tables import Direction, LedgerKind
from catalog.duties.terms import DutyTerms
from catalog.ground.money import Yen

_OUT = frozenset({LedgerKind.SOLD, LedgerKind.CONSIGNMENT_DELIVERED, LedgerKind.RETURNED})
BOUGHT_FOR_STOCK = frozenset({LedgerKind.BOUGHT, LedgerKind.EXCHANGED})


def direction_of(kind: LedgerKind) -> Direction:
    """受入 or 払出 (KOB-2)."""
    return Direction.OUT if kind in _OUT else Direction.IN


def is_by_law(
    terms: DutyTerms, *, kind: LedgerKind, item_kind: ItemKind, price: Yen | None
) -> bool:
    """Whether the law wants the row; the house may enter more (KOB-2). A price not known yet
    counts as one above every floor.
    """
    if kind is LedgerKind.OPENING_STOCK:
        return False
    known = LEGAL_FLOOR if price is None else price
    if direction_of(kind) is Direction.OUT:
        return ledger_row_required(terms, kind=item_kind, price=Yen(known)).by_law
    return known >= LEGAL_FLOOR or item_kind in NO_FLOOR
