"""What buying looked like (買取の集計): what was told against what was offered, month by month.

The law on misleading prices asks that a range is honest; this shows it (ADV-1).
"""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from catalog.buyback.rules import QuoteKind
from catalog.buyback.tables import CasePiece, Quote
from catalog.ground.calendar import add_months, at_tokyo, tokyo_day
from catalog.ground.money import WHOLE
from catalog.items.kinds import Category


@dataclass(frozen=True, slots=True)
class Honesty:
    """One category in one month. `told` and `offered`: sums of the prices behind the ranges and of
    the binding offers that followed; `ratio_bps` of the two; how many fell outside their range.
    """

    month: date
    category: Category
    offers: int
    told: int
    offered: int
    ratio_bps: int
    below: int
    above: int


def binding_by_provisional(db: Session, first: date, last: date) -> list[Honesty]:
    """Binding offers sent in these months (by their first days, both counted) against the range
    told last before each, by month and category (ADV-1).
    """
    begins, ends = at_tokyo(first.replace(day=1)), at_tokyo(add_months(last.replace(day=1), 1))
    offers = db.exec(
        select(Quote, CasePiece.category)
        .where(
            Quote.piece_id == CasePiece.id,
            Quote.kind == QuoteKind.BINDING.value,
            col(Quote.sent_at) >= begins,
            col(Quote.sent_at) < ends,
        )
        .order_by(col(Quote.sent_at), col(Quote.id))
    ).all()
    ranges = _ranges(db, {quote.piece_id for quote, _ in offers})
    groups: dict[tuple[date, str], list[tuple[Quote, Quote]]] = {}
    for quote, category in offers:
        told = [each for each in ranges.get(quote.piece_id, ()) if each.number < quote.number]
        if told and quote.sent_at is not None:
            month = tokyo_day(quote.sent_at).replace(day=1)
            groups.setdefault((month, category), []).append((quote, told[-1]))
    return [_summed(*key, pairs) for key, pairs in sorted(groups.items())]


def _ranges(db: Session, piece_ids: set[str]) -> dict[str, list[Quote]]:
    found: dict[str, list[Quote]] = {}
    wanted = sorted(piece_ids)
    for start in range(0, len(wanted), 500):
        rows = db.exec(
            select(Quote)
            .where(
                col(Quote.piece_id).in_(wanted[start : start + 500]),
                Quote.kind == QuoteKind.PROVISIONAL.value,
                col(Quote.sent_at).is_not(None),
            )
            .order_by(col(Quote.number))
        )
        for row in rows:
            found.setdefault(row.piece_id, []).append(row)
    return found


def _summed(month: date, category: str, pairs: list[tuple[Quote, Quote]]) -> Honesty:
    told = sum(each.result["buyback"] or 0 for _, each in pairs)
    offered = sum(quote.amount or 0 for quote, _ in pairs)
    return Honesty(
        month=month,
        category=Category(category),
        offers=len(pairs),
        told=told,
        offered=offered,
        ratio_bps=offered * WHOLE // told if told else 0,
        below=sum((quote.amount or 0) < (each.low or 0) for quote, each in pairs),
        above=sum((quote.amount or 0) > (each.high or 0) for quote, each in pairs),
    )
