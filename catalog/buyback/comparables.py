"""What like pieces were sold for (相場): taken in from lists, looked up for a price."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import insert
from sqlmodel import Session, col, select

from catalog.buyback import rules
from catalog.buyback.lines import ComparableLine
from catalog.buyback.tables import Comparable
from catalog.buyback.terms import QuoteTerms
from catalog.grading.scale import Grade
from catalog.ground.calendar import tokyo_day
from catalog.ground.lines import Taken
from catalog.ground.money import Yen
from catalog.ground.record import new_id
from catalog.items import lexicon
from catalog.items.words import plain_key

_AT_ONCE = 1_000
_MOST = 200


def take_lines(db: Session, lines: Sequence[ComparableLine], *, by: str, now: datetime) -> Taken:
    """Take sales in; one that is known already, or told twice, is left out."""
    del by  # prices of others are no act of the shop's books
    today = tokyo_day(now)
    refused = [
        (n, "sold_on: is yet to come") for n, each in enumerate(lines) if each.sold_on > today
    ]
    late = {n for n, _ in refused}
    keys = {each.key for each in lines}
    known = _known(db, sorted(keys))
    fresh: dict[str, ComparableLine] = {}
    there = []
    for number, line in enumerate(lines):
        if number in late:
            continue
        if line.key in known or line.key in fresh:
            there.append(line.key)
        else:
            fresh[line.key] = line
    if fresh:
        rows = [_row(line, now=now).model_dump() for line in fresh.values()]
        db.connection().execute(insert(Comparable), rows)
    return Taken(len(fresh), there, refused=refused)


def _known(db: Session, keys: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(keys), _AT_ONCE):
        some = keys[start : start + _AT_ONCE]
        wanted = select(Comparable.comparable_key).where(col(Comparable.comparable_key).in_(some))
        found.update(db.exec(wanted))
    return found


def _row(line: ComparableLine, *, now: datetime) -> Comparable:
    return Comparable(
        id=new_id(now),
        comparable_key=line.key,
        brand_key=line.brand_key,
        model_key=line.model_key,
        reference_key=line.reference_key,
        price=line.price,
        grade=line.grade.value,
        sold_on=line.sold_on,
        source=line.source,
        written_at=now,
    )


def like(
    db: Session,
    terms: QuoteTerms,
    *,
    brand: str | None,
    model: str | None,
    reference: str | None,
    on: date,
) -> Sequence[Comparable]:
    """Recent sales of the same reference, or of the same model where there is none (QUO-1); the
    latest first.
    """
    brand_key = lexicon.brand_id(brand)
    reference_key, model_key = plain_key(reference), lexicon.model_id(model, brand)
    if brand_key is None or (reference_key is None and model_key is None):
        return ()
    same = (
        col(Comparable.reference_key) == reference_key
        if reference_key is not None
        else col(Comparable.model_key) == model_key
    )
    return db.exec(
        select(Comparable)
        .where(
            Comparable.brand_key == brand_key,
            same,
            col(Comparable.sold_on) >= on - timedelta(days=terms.comparable_days),
            col(Comparable.sold_on) <= on,
        )
        .order_by(col(Comparable.sold_on).desc(), col(Comparable.id))
        .limit(_MOST)
    ).all()


def as_rule(row: Comparable) -> rules.Comparable:
    """A row as the price rule takes it."""
    return rules.Comparable(Yen(row.price), Grade(row.grade), row.sold_on)
