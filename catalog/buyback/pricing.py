"""How a price comes about (査定の根拠): the comparables and facts it rests on, every step, and the
same again later (R-064).
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from catalog.buyback import comparables, rules
from catalog.buyback.rules import Evidence, Piece, Price
from catalog.buyback.tables import CasePiece, Comparable, Quote
from catalog.buyback.terms import QuoteTerms
from catalog.grading.scale import Grade
from catalog.ground import policy
from catalog.ground.errors import Missing, Refused
from catalog.ground.money import Yen
from catalog.items.kinds import Category


class QuoteMissing(Missing):
    """There is no such quote."""


class ReferenceNeeded(Refused):
    """Too few comparables: a person sets the reference price (QUO-1). `found`."""

    def __init__(self, found: int) -> None:
        super().__init__(f"{found} comparables are too few")
        self.found = found


@dataclass(frozen=True, slots=True)
class Basis:
    """What is known of a piece when a price is made. `reference`: set by a person, None: from the
    comparables. `shown` of `required` shots. `customer_margin`: realised with the customer in 24
    months.
    """

    grade: Grade
    age_years: int
    shown: int
    required: int
    missing: frozenset[str] = frozenset()
    days_to_sell: int | None = None
    customer_margin: Yen = Yen(0)
    reference: Yen | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A price with all it rests on. `inputs` and `result` are kept with the quote."""

    price: Price
    evidence: Evidence
    used: Sequence[str]
    inputs: Mapping[str, Any]
    result: Mapping[str, Any]


def make(db: Session, terms: QuoteTerms, piece: CasePiece, basis: Basis, *, on: date) -> Made:
    """Price a piece on that Tokyo day (QUO-1, QUO-2, QUO-3). Raises ReferenceNeeded,
    PriceMalformed, AccessoryUnknown.
    """
    found: Sequence[Comparable] = ()
    reference = basis.reference
    if reference is None:
        found = comparables.like(
            db, terms, brand=piece.brand, model=piece.model, reference=piece.reference, on=on
        )
        sales = [comparables.as_rule(each) for each in found]
        reference = rules.reference_price(terms, Category(piece.category), sales, on)
        if reference is None:
            raise ReferenceNeeded(len(found))
    evidence = rules.evidence_class(shown=basis.shown, required=basis.required)
    price = _priced(terms, Category(piece.category), basis, reference, evidence)
    inputs = {
        **asdict(basis),
        "grade": basis.grade.value,
        "missing": sorted(basis.missing),
        "category": piece.category,
        "reference": reference,
        "is_set_by_person": basis.reference is not None,
        "on": on.isoformat(),
    }
    return Made(price, evidence, [each.id for each in found], inputs, asdict(price))


def _priced(
    terms: QuoteTerms, category: Category, basis: Basis, reference: Yen, evidence: Evidence
) -> Price:
    piece = Piece(category, basis.grade, basis.age_years, basis.days_to_sell, basis.missing)
    return rules.buyback_quote(
        terms,
        piece,
        reference=reference,
        evidence=evidence,
        customer_margin=basis.customer_margin,
    )


@dataclass(frozen=True, slots=True)
class Again:
    """A quote's price made anew from what was kept; `is_same`: it is what was told."""

    inputs: Mapping[str, Any]
    result: Mapping[str, Any]
    is_same: bool


def again(db: Session, quote_id: str) -> Again:
    """Make a quote's price once more, from its own inputs, comparables and terms (R-064). Raises
    QuoteMissing.
    """
    quote = db.get(Quote, quote_id)
    if quote is None:
        raise QuoteMissing(quote_id)
    kept = quote.inputs
    terms = policy.at(db, quote.policy_version).of(QuoteTerms)
    category = Category(kept["category"])
    reference: Yen | None = Yen(kept["reference"])
    if not kept["is_set_by_person"]:
        rows = db.exec(select(Comparable).where(col(Comparable.id).in_(quote.comparables)))
        sales = [comparables.as_rule(each) for each in rows]
        day = date.fromisoformat(kept["on"])
        reference = rules.reference_price(terms, category, sales, day)
    basis = Basis(
        grade=Grade(kept["grade"]),
        age_years=kept["age_years"],
        shown=kept["shown"],
        required=kept["required"],
        missing=frozenset(kept["missing"]),
        days_to_sell=kept["days_to_sell"],
        customer_margin=Yen(kept["customer_margin"]),
    )
    result: Mapping[str, Any] = {}
    if reference is not None:
        evidence = rules.evidence_class(shown=basis.shown, required=basis.required)
        result = asdict(_priced(terms, category, basis, reference, evidence))
    return Again(kept, result, result == quote.result)
