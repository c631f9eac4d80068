"""What tests of the law's duties begin with: a customer, a checked person, a piece in hand."""

from datetime import UTC, date, datetime
from itertools import count

from sqlmodel import Session, select

from catalog.customers.actions import register
from catalog.duties.actors import Actor, Role
from catalog.duties.identity.actions import NewCheck, verify
from catalog.duties.identity.documents import Document
from catalog.duties.identity.methods import METHODS, Method
from catalog.duties.identity.rules import Person, Seen
from catalog.duties.opening import open_stock
from catalog.duties.sealing import DataKeys
from catalog.ground import policy
from catalog.ground.record import CustomerId, UnitId
from catalog.ground.worklist import Work
from catalog.items.kinds import UnitState
from catalog.items.tables import Unit
from tests.shop import item

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)  # Sunday 14:00 in Tokyo
TODAY = date(2026, 11, 22)
KEYS = DataKeys((b"k" * 32,))
CLERK = Actor("s1", Role.STORE)
MANAGER = Actor("m1", Role.MANAGER)
HANAKO = Person(
    name="髙橋 花子",
    kana="たかはし はなこ",
    address="東京都港区南青山1-2-3",
    born_on=date(1985, 4, 1),
    occupation="会社員",
    document=Document.DRIVING_LICENCE,
    document_number="012345678900",
)
_NUMBERS = count(1)


def customer(db: Session, *, now: datetime = NOW) -> CustomerId:
    """Somebody in the register."""
    number = f"C-{next(_NUMBERS)}"
    return register(db, number, "高橋", given_name="花子", language="ja", by="t", now=now)


def seen_for(method: Method) -> list[Seen]:
    """All a method needs, the first of each group."""
    return [
        Seen(sorted(group)[0], f"asset:{n}", "a" * 64)
        for n, group in enumerate(METHODS[method].needs)
    ]


def checked(
    db: Session,
    who: CustomerId,
    *,
    person: Person = HANAKO,
    method: Method = Method.FACE_TO_FACE,
    now: datetime = NOW,
    key: str = "",
) -> str:
    """A check of that customer; its id."""
    made = NewCheck(who, method, person, seen_for(method))
    return verify(db, KEYS, made, actor=CLERK, now=now, key=key or f"check:{next(_NUMBERS)}")


def piece(
    db: Session,
    code: str = "W-10234",
    *,
    state: UnitState = UnitState.LISTED,
    now: datetime = NOW,
    **cells: str,
) -> UnitId:
    """A piece of the shop in that state."""
    told = {"brand": "Rolex", "model": "Daytona", "reference": "116500LN", **cells}
    open_stock(db, [item(code, **told)], by="t", now=now)
    unit = db.exec(select(Unit).where(Unit.code == code)).one()
    unit.state = state.value
    db.add(unit)
    db.flush()
    return UnitId(unit.id)


def state_of(db: Session, unit_id: UnitId) -> str:
    """Where it stands."""
    return db.get_one(Unit, unit_id).state


def tasks(db: Session, name: str) -> list[Work]:
    """The staff tasks of that name."""
    rows = db.exec(select(Work).where(Work.kind == "task")).all()
    return [row for row in rows if row.facts["task"] == name]


def house(db: Session, **changes: object) -> None:
    """Set terms of the house by key, `__` for the dot."""
    from bot.rulebook.book import TERMS
    from catalog.duties.terms import DealerTerms

    known = [*TERMS, *({DealerTerms} - set(TERMS))]
    told = {key.replace("__", ".", 1): value for key, value in changes.items()}
    policy.amend(db, told, known=known, by="t", now=NOW)
