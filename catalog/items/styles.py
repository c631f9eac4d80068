"""Finding or making the style (型) of a piece, the same way for one piece and for a list."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import Session, col, select

from catalog.ground.errors import Missing
from catalog.ground.record import StyleId, new_id
from catalog.items import lexicon
from catalog.items.kinds import Category
from catalog.items.tables import Style
from catalog.items.words import plain_key


class StyleMissing(Missing):
    """There is no such style."""


@dataclass(frozen=True, slots=True)
class StyleFacts:
    """What is told of a style. `title`: what a piece is called when nothing else is known of it."""

    category: Category
    title: str
    brand: str | None = None
    model: str | None = None
    reference: str | None = None
    gtin: str | None = None
    size: str | None = None
    colour: str | None = None
    description: str | None = None


def style_key(facts: StyleFacts) -> str:
    """What makes two pieces the same style: category, brand, model and reference, else the title;
    and size and colour where these are told.
    """
    told = (lexicon.brand_id(facts.brand), plain_key(facts.model), plain_key(facts.reference))
    named = told if any(told) else (plain_key(facts.title),)
    axes = [f"{axis}={plain_key(value)}" for axis, value in _axes(facts) if plain_key(value)]
    return "|".join([facts.category, *(part or "" for part in named), *axes])


def _axes(facts: StyleFacts) -> tuple[tuple[str, str | None], ...]:
    return (("size", facts.size), ("colour", facts.colour))


def found_or_made(db: Session, wanted: Iterable[StyleFacts], *, now: datetime) -> dict[str, Style]:
    """The styles by their keys; those not there yet are made, also when somebody else is making
    them at the same moment.
    """
    by_key = {style_key(facts): facts for facts in wanted}
    found = _known(db, by_key)
    fresh = [_row(key, facts, now=now) for key, facts in by_key.items() if key not in found]
    if not fresh:
        return found
    insert = sqlite_insert if db.get_bind().dialect.name == "sqlite" else postgresql_insert
    rows = [style.model_dump() for style in fresh]
    db.connection().execute(insert(Style).on_conflict_do_nothing(), rows)
    return found | _known(db, [style.style_key for style in fresh])


def _known(db: Session, keys: Iterable[str]) -> dict[str, Style]:
    rows = db.exec(select(Style).where(col(Style.style_key).in_(list(keys))))
    return {style.style_key: style for style in rows}


def _row(key: str, facts: StyleFacts, *, now: datetime) -> Style:
    return Style(
        id=new_id(now),
        style_key=key,
        category=facts.category.value,
        brand=facts.brand,
        brand_key=lexicon.brand_id(facts.brand),
        model=facts.model,
        model_key=lexicon.model_id(facts.model, facts.brand),
        reference=facts.reference,
        reference_key=plain_key(facts.reference),
        gtin=facts.gtin,
        size=facts.size,
        colour=facts.colour,
        title=facts.title,
        description=facts.description,
        written_at=now,
    )


def by_id(db: Session, style_id: StyleId) -> Style:
    """Raises StyleMissing."""
    style = db.get(Style, style_id)
    if style is None:
        raise StyleMissing(style_id)
    return style


def facts_of(style: Style) -> StyleFacts:
    """What a further piece of the style takes over from it (R-082)."""
    return StyleFacts(
        category=Category(style.category),
        title=style.title or style.model or style.brand or style.style_key,
        brand=style.brand,
        model=style.model,
        reference=style.reference,
        gtin=style.gtin,
        size=style.size,
        colour=style.colour,
        description=style.description,
    )
