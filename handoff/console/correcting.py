"""A capture that was given to the wrong piece (訂正), and a file that is no capture at all (除外).

POST /console/captures/{asset}/correct   it shows another piece, another part, or nobody knows what
POST /console/captures/{asset}/aside     a test shot, a tag nobody can read: nothing for any piece

Each names where the capture was seen; whoever comes second is told that it lies elsewhere by now.
Both lead back to where they were pressed. Who and why stand in the journal and in the evidence log.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from catalog.ground import journal
from catalog.ground.errors import Malformed
from catalog.ground.journal import Entry
from catalog.ground.record import AssetId, UnitId
from handoff.console.door import HOME, Visit, checked, onward, place
from handoff.console.item import unit_of
from handoff.console.item_changes import Form
from handoff.console.office import Office
from handoff.staff.permissions import Act
from media.assets.kinds import Aside, Part, Wrong
from media.assets.queries import asset_of
from media.sharing import correcting

_BACK = {"tray": "/tray", "aside": "/tray?list=aside"}
Why = TypeVar("Why", Wrong, Aside)
_TOLD = frozenset({"assigned", "corrected", "laid_aside"})


class WhyUnknown(Malformed):
    """A correction has one of the reasons that are offered."""


def add(made: APIRouter, office: Office) -> None:
    """The addresses of corrections."""

    @made.post("/captures/{asset}/correct")
    async def correct(request: Request, asset: str) -> Response:
        visit, form = await checked(office, request, Act.CAPTURE)
        return await _done(office, request, asset, form, _correction(visit, asset, form), "moved")

    @made.post("/captures/{asset}/aside")
    async def aside(request: Request, asset: str) -> Response:
        visit, form = await checked(office, request, Act.CAPTURE)
        return await _done(office, request, asset, form, _laying(visit, asset, form), "aside")


async def _done(
    office: Office, request: Request, asset: str, form: Form, unit: Callable[[Session], None],
    told: str,
) -> Response:  # fmt: skip
    await office.units.write(unit)
    back = _BACK.get(form.get("back", ""))
    if back is None:
        return onward(f"{place('captures', asset)}?done={told}", request)
    return onward(f"{HOME}{back}{'&' if '?' in back else '?'}done={told}", request)


def _correction(visit: Visit, asset: str, form: Form) -> Callable[[Session], None]:
    part = form.get("part", "")

    def unit(db: Session) -> None:
        asset_of(db, AssetId(asset))
        why = _why(form, Wrong)
        code = form.get("code", "").strip()
        to = UnitId(unit_of(db, code).id) if code else None
        correcting.correct(
            db, AssetId(asset), to, seen=_seen(form),
            part=Part(part) if part in set(Part) else None, why=why,
            actor=visit.session.actor.name, now=visit.now,
        )  # fmt: skip

    return unit


def _laying(visit: Visit, asset: str, form: Form) -> Callable[[Session], None]:
    def unit(db: Session) -> None:
        asset_of(db, AssetId(asset))
        correcting.lay_aside(
            db, AssetId(asset), seen=_seen(form), why=_why(form, Aside),
            actor=visit.session.actor.name, now=visit.now,
        )  # fmt: skip

    return unit


def _seen(form: Form) -> UnitId | None:
    """The piece it was shown with; none in the tray and among what is laid aside."""
    told = form.get("seen", "")
    return UnitId(told) if told else None


def _why(form: Form, offered: type[Why]) -> Why:
    told = form.get("why", "")
    if told not in set(offered):
        raise WhyUnknown
    return offered(told)


def changes_of(db: Session, asset_id: AssetId) -> list[Entry]:
    """Which pieces a capture was given to and taken off, and by whom, the latest first; none where
    it is still where it came in.
    """
    return [each for each in journal.of(db, f"asset:{asset_id}") if each.verb in _TOLD][::-1]


def offered() -> dict[str, Any]:
    """What the forms offer."""
    return {"parts": list(Part), "wrongs": list(Wrong), "asides": list(Aside)}
