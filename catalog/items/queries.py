"""Reads on units: by code, by what people call them, by free words; and who is asking."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, text, true
from sqlmodel import Session, col, select

from catalog.ground.record import CustomerId, PartnerId, UnitId
from catalog.ground.session.hot import Hot, HotList
from catalog.items import lexicon
from catalog.items.rules import (
    HIDDEN_FROM_PARTNERS,
    SHOWN_TO_ALL,
    VISITOR,
    Standing,
    Viewer,
    can_see,
)
from catalog.items.tables import OwnerKind, Style, Unit, UnitWords
from catalog.items.words import code_of, codes, fold, grams, plain_key, together, words
from catalog.partners.tables import Grant


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """What a conversation may tell of a unit."""

    id: UnitId
    code: str
    title: str
    category: str
    brand: str | None
    model: str | None
    reference: str | None
    state: str
    grade: str | None
    price: int | None

    def named(self, lang: str) -> str:
        """The shop's own title; for who reads no Japanese the brand, model and reference, where
        these are known and in Latin letters.
        """
        if lang == "ja" or not (self.brand and self.model):
            return self.title
        model, reference = self.model, self.reference or ""
        told = together([self.brand, None if reference.startswith(model) else model, reference])
        return told if all(each < "\u0250" for each in told) else self.title


_FACTS: Any = (
    Unit.id,
    Unit.code,
    Unit.title,
    Style.category,
    Style.brand,
    Style.model,
    Style.reference,
    Unit.state,
    Unit.grade,
    Unit.price,
)
_WITH_STYLE: Any = Unit.__table__.join(Style.__table__)  # type: ignore[attr-defined]  # joined by foreign key


def viewer(db: Session, channel: str, address: str | None, *, today: date) -> Viewer:
    """Who writes from that address, with today's grants. Somebody unknown is a visitor."""
    if address is None:
        return VISITOR
    known = _WHO(db, channel=channel, address=address)[0]
    if known[0] is None and known[1] is None:
        return VISITOR
    customer = CustomerId(known[0]) if known[0] else None
    if known[1] is None:
        return Viewer(customer=customer)
    grants = db.exec(
        select(Grant.unit_code).where(
            Grant.partner_id == known[1],
            col(Grant.revoked_at).is_(None),
            or_(col(Grant.expires_on).is_(None), col(Grant.expires_on) >= today),
        )
    ).all()
    return Viewer(
        customer=customer,
        partner=PartnerId(known[1]),
        granted=frozenset(code for code in grants if code is not None),
        granted_all=None in grants,
    )


_WHO = Hot(
    "SELECT (SELECT customer_id FROM contact WHERE channel = :channel AND address = :address),"
    " (SELECT partner_id FROM partner_seat WHERE channel = :channel AND address = :address)"
)


def visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """`rules.can_see` as a condition on `unit`; a property test holds the two together."""
    if viewer.sees_all:
        return true()
    allowed: list[ColumnElement[bool]] = [col(Unit.state).in_([s.value for s in SHOWN_TO_ALL])]
    if viewer.customer is not None:
        allowed.append(
            and_(
                col(Unit.owner_id) == viewer.customer,
                col(Unit.owner_kind) != OwnerKind.DEALER.value,
            )
        )
    if viewer.partner is not None:
        granted = or_(
            col(Unit.code).in_(sorted(viewer.granted)),
            and_(
                true() if viewer.granted_all else false(),
                col(Unit.owner_kind) == OwnerKind.DEALER.value,
            ),
        )
        hidden = [state.value for state in HIDDEN_FROM_PARTNERS]
        allowed.append(and_(granted, col(Unit.state).not_in(hidden)))
    return or_(*allowed)


_BY_CODES = HotList(
    "SELECT u.id, u.code, u.title, s.category, s.brand, s.model, s.reference, u.state, u.grade,"
    " u.price, u.owner_kind, u.owner_id FROM unit u JOIN style s ON s.id = u.style_id"
    " WHERE u.code IN ({})"
)


def by_codes(db: Session, wanted: Sequence[str], *, viewer: Viewer) -> list[UnitFacts]:
    """Those of the codes that exist and may be seen, in the order asked."""
    found = {}
    for row in _BY_CODES(db, wanted):
        if can_see(viewer, Standing(row[1], row[7], row[10], row[11])):
            found[row[1]] = UnitFacts(*row[:10])
    return [found[code] for code in wanted if code in found]


def by_id(db: Session, unit_id: UnitId, *, viewer: Viewer) -> UnitFacts | None:
    """The unit when it may be seen."""
    row = (
        db.connection()
        .execute(
            select(*_FACTS)
            .select_from(_WITH_STYLE)
            .where(col(Unit.id) == unit_id, visible_to(viewer))
        )
        .first()
    )
    return UnitFacts(*row) if row else None


def id_of_code(db: Session, code: str) -> UnitId | None:
    """The unit with exactly that code, whoever may see it."""
    found = db.exec(select(Unit.id).where(Unit.code == code)).first()
    return UnitId(found) if found else None


def by_name(
    db: Session,
    *,
    brand: str | None,
    model: str | None,
    viewer: Viewer,
    limit: int,
) -> list[UnitFacts]:
    """Units of a brand and family by their lexicon ids, newest first."""
    wanted = [visible_to(viewer)]
    if brand is not None:
        wanted.append(col(Style.brand_key) == brand)
    if model is not None:
        wanted.append(col(Style.model_key) == model)
    rows = db.connection().execute(
        select(*_FACTS)
        .select_from(_WITH_STYLE)
        .where(*wanted)
        .order_by(col(Unit.written_at).desc(), col(Unit.code))
        .limit(limit)
    )
    return [UnitFacts(*row) for row in rows]


def search(db: Session, asked: str, *, viewer: Viewer, limit: int = 20) -> list[UnitFacts]:
    """What free words find: an exact code, reference or serial first, then every word as 2-grams
    (R-090).
    """
    exact = _exact(db, asked, viewer=viewer, limit=limit)
    if exact:
        return exact
    terms = terms_of(asked)
    if not terms:
        return []
    return _by_grams(db, terms, viewer=viewer, limit=limit)


Term = list[str]
"""One thing asked for, as the plain words any of which will do."""

_MOST_WAYS = 12


def terms_of(asked: str) -> list[Term]:
    """Each name of a brand or family stands for all its names, every other word for itself."""
    folded = fold(asked)
    terms: list[Term] = []
    rest = folded
    for mention in reversed(lexicon.mentions(folded)):
        ways = [_plain(alias) for alias in lexicon.aliases_of(mention.entry.id)]
        terms.insert(0, [way for way in ways if way][:_MOST_WAYS])
        rest = rest[: mention.start] + " " + rest[mention.end :]
    terms.extend([_plain(word)] for word in words(rest))
    return [term for term in terms if term and term[0]]


def _plain(word: str) -> str:
    return "".join(each for each in word if each.isalnum())


def _exact(db: Session, asked: str, *, viewer: Viewer, limit: int) -> list[UnitFacts]:
    written = codes(asked) or [code for code in [code_of(asked)] if code]
    found = by_codes(db, written, viewer=viewer) if written else []
    if found:
        return found
    key = plain_key(asked)
    if key is None or not any(each.isdigit() for each in key):
        return []
    rows = db.connection().execute(
        select(*_FACTS)
        .select_from(_WITH_STYLE)
        .where(
            or_(col(Style.reference_key) == key, col(Unit.serial_key) == key), visible_to(viewer)
        )
        .order_by(col(Unit.code))
        .limit(limit)
    )
    return [UnitFacts(*row) for row in rows]


_ENOUGH = 400  # candidates re-checked word by word


def _by_grams(db: Session, terms: Sequence[Term], *, viewer: Viewer, limit: int) -> list[UnitFacts]:
    table: Any = UnitWords.__table__  # type: ignore[attr-defined]  # SQLModel gives every table class one
    columns: Any = (*_FACTS, table.c.words)
    query = (
        select(*columns)
        .select_from(_WITH_STYLE.join(table, table.c.unit_id == col(Unit.id)))
        .where(visible_to(viewer))
    )
    if db.get_bind().dialect.name == "sqlite":
        matching = text("SELECT rowid FROM unit_grams WHERE unit_grams MATCH :match")
        query = query.where(table.c.number.in_(matching.bindparams(match=_match(terms))))
    else:
        for term in terms:
            held = [table.c.grams.op("@>")(sorted(grams(way))) for way in term]
            query = query.where(or_(*held))
    rows = db.connection().execute(query.order_by(table.c.number.desc()).limit(_ENOUGH))
    kept = []
    for row in rows:
        haystack = row[-1]
        if all(any(way in haystack for way in term) for term in terms):
            kept.append(UnitFacts(*row[:-1]))
            if len(kept) == limit:
                break
    return kept


def _match(terms: Sequence[Term]) -> str:
    """FTS5: every term in one of its ways, a way by all its 2-grams."""
    told = []
    for term in terms:
        ways = [" AND ".join(f'"{gram}"' for gram in sorted(grams(way))) for way in term]
        told.append("(" + " OR ".join(f"({way})" for way in ways if way) + ")")
    return " AND ".join(told)


def words_of(unit: Unit, style: Style) -> str:
    """All a unit can be found by, folded, each word without its inner marks."""
    told = [
        unit.code,
        unit.title,
        style.brand,
        style.model,
        style.reference,
        unit.serial,
        *lexicon.aliases_of(style.brand_key),
        *lexicon.aliases_of(style.model_key),
    ]
    plain = (
        "".join(each for each in word if each.isalnum())
        for part in told
        if part
        for word in words(fold(part))
    )
    return " ".join(dict.fromkeys(plain))
