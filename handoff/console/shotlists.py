"""Lists of shots (撮影リスト, R-004): what is photographed of each category, as the shop wants it.

    GET  /console/shotlists              each category's list in force, and its versions
    POST /console/shotlists/{category}   a new version, in force from now on

Whoever writes the shop's words writes them. A report keeps the version it was begun with.
"""

from typing import Any

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from catalog.grading import shotlists
from catalog.grading.checklists import Shot
from catalog.grading.shotlists import ShotListMalformed, ShotListMissing, ShotListMoved
from catalog.ground.record import UnitId
from catalog.items.kinds import Category
from catalog.items.tables import Style
from handoff.console.door import HOME, Visit, checked, onward, who
from handoff.console.item import PieceMissing, unit_of
from handoff.console.item_changes import Form
from handoff.console.naming import names_of
from handoff.console.office import Office
from handoff.console.pages import page
from handoff.staff.permissions import Act
from media.assets.kinds import Part
from media.report import queries

_SPARE = 3  # empty rows for new shots


class GuideMissing(ShotListMalformed):
    """The piece named as a guide has no capture of that shot. `code`: the shot."""


def add(made: APIRouter, office: Office) -> None:
    """The addresses of the lists."""

    @made.get("/shotlists")
    async def lists(request: Request, done: str = "") -> Response:
        visit = await who(office, request)
        facts = await office.units.read(lambda db: _lists(db, visit))
        return page("shotlists", visit.lang, {**facts, "done": done if done.isalpha() else ""})

    @made.post("/shotlists/{category}")
    async def write(request: Request, category: str) -> Response:
        visit, form = await checked(office, request, Act.WRITE_WORDS)
        if category not in set(Category):
            raise ShotListMissing(category)
        kind = Category(category)

        def unit(db: Session) -> None:
            shots = _shots_of(db, kind, form)
            by = visit.session.actor.name
            shotlists.write(db, kind, shots, after=_version(form), by=by, now=visit.now)

        try:
            await office.units.write(unit)
        except (ShotListMoved, ShotListMalformed) as refused:
            facts = await office.units.read(lambda db: _lists(db, visit))
            problem = {"kind": type(refused).__name__, "of": refused, "at": category}
            status = 409 if isinstance(refused, ShotListMoved) else 422
            told = {**facts, "done": "", "problem": problem}
            return page("shotlists", visit.lang, told, status=status)
        return onward(f"{HOME}/shotlists?done=written#{category}", request)


def _lists(db: Session, visit: Visit) -> dict[str, Any]:
    lists = {each: shotlists.versions(db, each) for each in Category}
    people = [row.written_by for rows in lists.values() for row in rows]
    return {
        "visit": visit,
        "now": visit.now,
        "lists": lists,
        "parts": list(Part),
        "spare": _SPARE,
        "names": names_of(db, people),
    }


def _version(form: Form) -> int:
    """Which version was seen; 0, which none is, when the form does not tell."""
    told = form.get("version", "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 9 else 0


def _shots_of(db: Session, category: Category, form: Form) -> list[Shot]:
    """The rows of the form in their order; a row whose label is empty is left out. Raises
    ShotListMalformed, GuideMissing.
    """
    rows: list[tuple[int, int, Shot]] = []
    for n in range(shotlists.MOST_SHOTS + _SPARE):
        told = form.get(f"told_{n}", "").strip()
        if not told:
            continue
        part, code = form.get(f"part_{n}", ""), form.get(f"code_{n}", "").strip()
        shot = Shot(
            code=code,
            told=told,
            part=part if part in set(Part) else None,
            is_film=form.get(f"film_{n}") == "yes",
            told_en=form.get(f"told_en_{n}", "").strip(),
            is_required=form.get(f"required_{n}") == "yes",
            guide=_guide(db, category, code, form, n),
        )
        place = form.get(f"place_{n}", "")
        is_number = place.isascii() and place.isdigit() and len(place) < 4
        rows.append((int(place) if is_number else 999, n, shot))
    return [shot for _, _, shot in sorted(rows, key=lambda row: row[:2])]


def _guide(db: Session, category: Category, code: str, form: Form, n: int) -> str | None:
    """The capture that shows how: what is there already, or of the piece that is named now."""
    named = form.get(f"guide_{n}", "").strip()
    if not named:
        before = shotlists.current(db, category).shot(code)
        return before.guide if before is not None else None
    if named == "-":
        return None
    try:
        unit = unit_of(db, named)
    except PieceMissing:
        raise GuideMissing(code, "has no guide of that piece") from None
    if db.get_one(Style, unit.style_id).category != category.value:
        raise GuideMissing(code, "has no guide of that piece")
    shown = queries.progress(db, UnitId(unit.id)).shown
    if code not in shown:
        raise GuideMissing(code, "has no guide of that piece")
    return shown[code].id
