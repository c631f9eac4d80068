"""Pieces for tests: listed ones by the opening stock, entered ones, and how a unit stands."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import Session, select

from catalog.duties.opening import open_stock
from catalog.ground import journal
from catalog.ground.money import Yen
from catalog.ground.record import PartnerId, UnitId
from catalog.ground.session.database import Database
from catalog.ground.worklist import Work
from catalog.items import actions
from catalog.items.actions import Owner
from catalog.items.entering import NewPiece, enter
from catalog.items.kinds import Category, OwnerKind, UnitState
from catalog.items.styles import StyleFacts
from catalog.items.tables import Unit
from catalog.partners import actions as partners
from tests.shop import item

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=30)
DEALER = Owner(OwnerKind.DEALER)
DAYTONA = StyleFacts(Category.WATCH, "コスモグラフ デイトナ", "ロレックス", "デイトナ", "116500LN")


def listed(database: Database, *codes: str, **cells: str) -> list[UnitId]:
    """Pieces on sale, a million yen each."""
    lines = [item(code, **cells) for code in codes]
    database.write(lambda db: open_stock(db, lines, by="test", now=NOW))
    return [id_of(database, code) for code in codes]


def id_of(database: Database, code: str) -> UnitId:
    """The unit with that code."""
    return UnitId(database.read(lambda db: db.exec(select(Unit.id).where(Unit.code == code)).one()))


def entered(
    database: Database,
    *,
    key: str = "enter-1",
    owner: Owner = DEALER,
    state: UnitState = UnitState.RECEIVED,
    style: StyleFacts = DAYTONA,
    custody: str = "dealer:shop",
    is_twin_seen: bool = False,
    **more: Any,
) -> Unit:
    """A piece entered by hand."""
    piece = NewPiece(style=style, price=Yen(more.pop("price", 900_000)), **more)
    return database.write(
        lambda db: enter(
            db,
            piece,
            owner=owner,
            custody=custody,
            state=state,
            is_twin_seen=is_twin_seen,
            by="staff:1",
            now=NOW,
            key=key,
        )
    )


def walked(database: Database, unit_id: UnitId, *states: UnitState, **more: Any) -> None:
    """The unit brought through these states."""

    def unit(db: Session) -> None:
        for state in states:
            actions.move(db, unit_id, state, by="staff:1", now=NOW, verb=state.value, **more)

    database.write(unit)


def unit_of(database: Database, unit_id: UnitId) -> Unit:
    """The unit as it stands."""
    return database.read(lambda db: db.get_one(Unit, unit_id))


def verbs_of(database: Database, unit_id: UnitId) -> list[str]:
    """What the journal tells of it."""
    return database.read(lambda db: [each.verb for each in journal.of(db, f"unit:{unit_id}")])


def due(database: Database, kind: str) -> Sequence[Work]:
    """The due rows of that kind."""
    return database.read(
        lambda db: db.exec(select(Work).where(Work.kind == kind).order_by(Work.id)).all()  # type: ignore[arg-type]  # a column
    )


def is_replayed(database: Database) -> bool:
    """Whether the journal alone rebuilds every unit."""
    return database.read(lambda db: journal.differences(db, [Unit])) == []


def retailer(
    database: Database,
    *codes: str,
    rights: Sequence[str] = ("media", "price", "hold"),
    media_kinds: Sequence[str] = ("film", "still"),
    code: str = "GINZA",
) -> PartnerId:
    """A partner with grants on these codes; on every dealer's piece when none is named."""

    def unit(db: Session) -> PartnerId:
        partner = partners.enter(db, code, "銀座リテール", by="test", now=NOW)
        partners.grant(
            db,
            partner,
            codes or None,
            rights=rights,
            media_kinds=media_kinds,
            expires_on=None,
            by="test",
            now=NOW,
        )
        return partner

    return database.write(unit)
