"""A stall of pieces with every state, owner and kind of media, and a way to ask a flow directly."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import Session

from bot.app import FLOWS
from catalog.customers import actions as customers
from catalog.ground.calendar import tokyo_day
from catalog.ground.record import ConversationId, CustomerId, UnitId
from catalog.items import queries as items
from catalog.items.kinds import OwnerKind, UnitState
from catalog.items.tables import Style, Unit
from conversations.flows.flow import Answer, Asked, ConversationTerms, read_tap
from conversations.messages import Event, Said
from conversations.threads.memory import Memory
from media.assets.kinds import AssetKind, Readiness
from media.assets.tables import Asset, Blob
from media.renditions.tables import Recipe, Rendition, RenditionState

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)  # Sunday 14:00 in Tokyo
TERMS = ConversationTerms("https://shop.example")
RECIPES = {
    AssetKind.FILM: (Recipe.FILM, Recipe.POSTER),
    AssetKind.STILL: (Recipe.FULL, Recipe.PREVIEW),
}


@dataclass(slots=True)
class Person:
    """Somebody who writes from one address; their conversation remembers."""

    address: str
    group: str | None = None
    memory: Memory = field(default_factory=Memory)
    heard: int = 0


def ask(
    db: Session,
    who: Person,
    what: str,
    slots: Mapping[str, Any] | None = None,
    *,
    text: str = "",
    lang: str = "ja",
    now: datetime = NOW,
) -> Answer:
    """The answer to an intent (`item.price`) or, with a `?` or a verb of a flow, to a button."""
    who.heard += 1
    event = Event(
        inbox_id=who.heard,
        channel="line",
        event_id=f"{who.address}:{who.heard}",
        conversation=ConversationId(f"line:{who.group or who.address}"),
        sender=who.address,
        at=now,
        received_at=now,
        reply_token=None,
        reply_until=None,
        is_standby=False,
        is_group=who.group is not None,
        body=Said("1", text),
    )
    command = FLOWS.command(text) if text and not what else None
    name, told = command if command is not None else read_tap(what)
    is_intent = name in FLOWS.intents
    step = FLOWS.for_intent(name) if is_intent else FLOWS.for_tap(name)
    before = who.memory
    make = None if is_intent else FLOWS.beforehand(name)
    asked = Asked(
        db, event, name if is_intent else "", {**told, **(slots or {})}, before.heard(),
        items.viewer(db, "line", who.address, today=tokyo_day(now)), lang, TERMS, now,
        before.expecting, before.pending, make() if make is not None else None,
    )  # fmt: skip
    answer = step(asked)
    who.memory = answer.memory
    return answer


def piece(
    db: Session,
    number: int,
    *,
    state: UnitState = UnitState.LISTED,
    owner: OwnerKind = OwnerKind.DEALER,
    owner_id: str | None = None,
    media: tuple[AssetKind, ...] = (),
    brand: str = "Rolex",
    model: str = "Daytona",
    grade: str = "A",
    price: int | None = None,
) -> UnitId:
    """A piece `W-<number>` of a style all of one brand and model share."""
    key = f"{brand}:{model}".lower()
    if db.get(Style, key) is None:
        db.add(
            Style(
                id=key, style_key=key, category="watch", brand=brand, brand_key=brand.lower(),
                model=model, model_key=model.lower(), written_at=NOW,
            )
        )  # fmt: skip
        db.flush()
    unit = Unit(
        id=f"unit-{number}", code=f"W-{number}", style_id=key, title=f"作品{number}",
        owner_kind=owner.value, owner_id=owner_id, custody="dealer:shop", state=state.value,
        price=price if price is not None else 1_000_000 + number, grade=grade,
        written_at=NOW + timedelta(milliseconds=number), changed_at=NOW,
    )  # fmt: skip
    db.add(unit)
    db.flush()
    for kind in media:
        capture(db, UnitId(unit.id), kind)
    return UnitId(unit.id)


def capture(
    db: Session, unit_id: UnitId, kind: AssetKind, *, part: str | None = None, at: datetime = NOW
) -> str:
    """A capture that can be shown; its asset id."""
    name = f"{unit_id}-{kind.value}-{part}-{int(at.timestamp())}"
    digest = hashlib.sha256(name.encode()).hexdigest()
    db.add(Blob(sha256=digest, bytes=1, mime="video/mp4", kept_at=at))
    db.flush()
    db.add(
        Asset(
            id=name, unit_id=unit_id, kind=kind.value, part=part, sha256=digest, name=name,
            source=name, place=name, captured_at=at, time_source="camera",
            readiness=Readiness.WHOLE.value, log_number=1, received_at=at,
        )
    )  # fmt: skip
    db.flush()
    for recipe in RECIPES[kind]:
        db.add(
            Rendition(
                id=f"{name}-{recipe.value}", asset_id=name, recipe=recipe.value, version=1,
                state=RenditionState.READY.value, key=f"k/{name}/{recipe.value}", sha256=digest,
                bytes=1, mime="video/mp4", width=320, height=240, made_at=at,
            )
        )  # fmt: skip
    db.flush()
    return name


def customer(db: Session, address: str, number: str = "C-1") -> CustomerId:
    """A linked customer."""
    found = customers.register(
        db, number, "佐藤", given_name=None, language="ja", by="test", now=NOW
    )
    customers.bind(db, found, "line", address, by="test", now=NOW)
    return found


def told(answer: Answer) -> str:
    """Everything of an answer as one text."""
    return repr(list(answer.letters))
