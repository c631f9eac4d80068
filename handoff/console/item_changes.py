"""What is done with a piece (商品の変更): each is one verb of the register, once per form.

POST /console/items/{code}/words     title, serial, accessories, notes
POST /console/items/{code}/price     a new list price, with its reason
POST /console/items/{code}/state     a move by hand
POST /console/items/{code}/publish   put on sale, through the gate
POST /console/items/{code}/hold      kept for a customer or a partner
POST /console/items/{code}/release   the hold ends
POST /console/items/{code}/flag      a doubt about the serial is cleared
"""

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from catalog.customers import queries as customers
from catalog.duties import publishing
from catalog.duties.steps import step
from catalog.ground.errors import Malformed, Refused, Stale
from catalog.ground.money import Yen, YenMalformed, parse_yen
from catalog.ground.record import UnitId
from catalog.items import prices, serials
from catalog.items.entering import Told, describe
from catalog.items.holds import actions as holds
from catalog.items.holds.actions import HoldMissing
from catalog.items.holds.tables import Hold
from catalog.items.kinds import Category, UnitState
from catalog.items.rules import CUSTOMER, PARTNER
from catalog.items.tables import Style, Unit, UnitFlag
from catalog.partners import queries as partners
from handoff.console.door import HOME, NotFromHere, Visit, checked, onward
from handoff.console.item import unit_of, whole
from handoff.console.moving import ahead
from handoff.console.office import Office
from handoff.console.pages import page
from handoff.staff.permissions import Act
from media.intake import shots

Form = Mapping[str, str]
Change = Callable[[Session, Unit, Visit, Form], object]

_LONGEST_KEY = 64
LONGEST_TITLE = 200
LONGEST_WORDS = 2_000


class WordsTooLong(Malformed):
    """A field holds more than it may. `column`, `most`."""

    def __init__(self, column: str, most: int) -> None:
        super().__init__(f"{column} has more than {most} characters")
        self.column = column
        self.most = most


class HolderUnknown(Refused):
    """No customer and no firm has that number. `told`."""

    def __init__(self, told: str) -> None:
        super().__init__("nobody has that number")
        self.told = told


class PriceUnread(Malformed):
    """What stands in the price field is no amount."""


def add(made: APIRouter, office: Office) -> None:
    """The addresses of the changes."""
    changes: dict[str, Change] = {
        "words": _words,
        "price": _price,
        "state": _state,
        "publish": _publish,
        "hold": _hold,
        "release": _release,
    }
    for name, change in changes.items():
        offer(made, office, name, Act.EDIT_PIECE, change)
    offer(made, office, "flag", Act.OFFER, _flag)  # it may be stolen: who appraises says it is not


def offer(made: APIRouter, office: Office, name: str, act: Act, change: Change) -> None:
    """One change of a piece under its own address; what it refuses is told on the piece's page."""

    @made.post(f"/items/{{code}}/{name}")
    async def done(request: Request, code: str) -> Response:
        visit, form = await checked(office, request, act)

        def unit(db: Session) -> str:
            piece = unit_of(db, code)
            change(db, piece, visit, form)
            return piece.code

        try:
            told = await office.units.write(unit)
        except (Refused, Stale, Malformed) as refused:
            if isinstance(refused, NotFromHere):
                raise
            return await _refused(office, visit, code, name, refused)
        return onward(f"{HOME}/items/{told}?done={name}#{name}", request)


async def _refused(
    office: Office, visit: Visit, code: str, name: str, refused: Refused | Stale | Malformed
) -> Response:
    """The page as it is, and on top why not and what to do."""
    facts = await office.units.read(lambda db: whole(db, visit, code))
    problem = {"kind": type(refused).__name__, "of": refused, "at": name}
    status = 422 if isinstance(refused, Malformed) else 409
    return page("item", visit.lang, {**facts, "done": "", "problem": problem}, status=status)


def key_of(form: Form, visit: Visit) -> str:
    """One form is one command, however often it is sent. Raises NotFromHere."""
    key = form.get("key", "")
    if not key or len(key) > _LONGEST_KEY:
        raise NotFromHere
    return f"console:{visit.session.staff_id}:{key}"


def _by(visit: Visit) -> dict[str, Any]:
    return {"by": visit.session.actor.name, "now": visit.now}


def text(form: Form, column: str, most: int) -> str:
    """A field's words. Raises WordsTooLong."""
    told = form.get(column, "").replace("\r\n", "\n").strip()
    if len(told) > most:
        raise WordsTooLong(column, most)
    return told


def _words(db: Session, unit: Unit, visit: Visit, form: Form) -> None:
    serial = text(form, "serial", LONGEST_TITLE)
    told = Told(
        title=text(form, "title", LONGEST_TITLE),
        serial=serial if serial != (unit.serial or "") else None,
        accessories=text(form, "accessories", LONGEST_WORDS),
        notes=text(form, "notes", LONGEST_WORDS),
    )
    is_seen = form.get("twin_seen") == "yes"
    key = key_of(form, visit)
    describe(db, UnitId(unit.id), told, is_twin_seen=is_seen, key=key, **_by(visit))


def yen_of(form: Form, column: str = "price") -> Yen:
    """An amount as people write it. Raises PriceUnread."""
    try:
        return parse_yen(form.get(column, "").strip())
    except YenMalformed:
        raise PriceUnread("no amount") from None


def _price(db: Session, unit: Unit, visit: Visit, form: Form) -> None:
    prices.reprice(
        db, UnitId(unit.id), yen_of(form), reason=text(form, "reason", LONGEST_WORDS),
        key=key_of(form, visit), **_by(visit),
    )  # fmt: skip


def _state(db: Session, unit: Unit, visit: Visit, form: Form) -> None:
    to = form.get("to", "")
    if to not in set(UnitState):
        raise NotFromHere
    reason = text(form, "reason", LONGEST_WORDS)
    step(db, UnitId(unit.id), UnitState(to), reason=reason, key=key_of(form, visit), **_by(visit))


def _publish(db: Session, unit: Unit, visit: Visit, form: Form) -> None:
    category = Category(db.get_one(Style, unit.style_id).category)
    taken = shots.of_units(db, {UnitId(unit.id): category})[UnitId(unit.id)]
    publishing.publish(db, UnitId(unit.id), taken, key=key_of(form, visit), **_by(visit))


def _hold(db: Session, unit: Unit, visit: Visit, form: Form) -> None:
    holder = holder_of(db, form.get("holder", "").strip())
    until = ahead(form.get("until", ""), now=visit.now)
    holds.hold(db, UnitId(unit.id), holder, until, key=key_of(form, visit), **_by(visit))


def holder_of(db: Session, told: str) -> str:
    """`customer:ID` or `partner:ID` by what staff call them. Raises HolderUnknown."""
    customer = customers.by_number(db, told)
    if customer is not None:
        return f"{CUSTOMER}{customer}"
    partner = partners.by_code(db, told)
    if partner is None:
        raise HolderUnknown(told)
    return f"{PARTNER}{partner}"


def _release(db: Session, unit: Unit, visit: Visit, form: Form) -> None:
    placed = db.get(Hold, form.get("hold", ""))
    if placed is None or placed.unit_id != unit.id:
        raise HoldMissing("no such hold of this piece")
    holds.release(db, placed.id, **_by(visit))


def _flag(db: Session, unit: Unit, visit: Visit, form: Form) -> None:
    flag = db.get(UnitFlag, form.get("flag", ""))
    if flag is None or flag.unit_id != unit.id:
        raise serials.FlagMissing("no such flag of this piece")
    reason = text(form, "reason", LONGEST_WORDS)
    serials.clear_flag(db, flag.id, reason=reason, key=key_of(form, visit), **_by(visit))
