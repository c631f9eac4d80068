"""How originals are kept (保管状況, R-011, R-013): how much there is and how long there is room,
each place, the last check, what is wrong, lost or put aside, legal holds, and deletions that wait
for a second person.

    GET  /console/storage
    POST /console/storage/check      check every original from now on
    POST /console/storage/hold       nothing of a piece, or of one capture, is deleted
    POST /console/storage/lift       a hold is not needed any more
    POST /console/storage/delete     wish an original deleted
    POST /console/storage/answer     agree to a wish of somebody else, or refuse it
"""

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session, col, select

from catalog.ground import journal
from catalog.ground.calendar import at_tokyo
from catalog.ground.errors import Malformed, Missing, Refused, Stale
from catalog.ground.record import AssetId, Sha256, UnitId
from catalog.items.queries import id_of_code
from catalog.items.tables import Unit
from catalog.items.words import code_of
from handoff.console.asked import day_of, names, words_of
from handoff.console.door import HOME, Visit, checked, onward, who
from handoff.console.office import Office
from handoff.console.pages import page
from handoff.staff.permissions import Act
from media.assets.queries import asset_of
from media.assets.tables import Asset
from media.originals.store import StoreUnavailable
from media.retention import deleting, holding, passes, places, queries, strays
from media.retention.deleting import NotYetDeletable, SecondPersonNeeded, WishKnown
from media.retention.places import Space
from media.retention.queries import Barrier
from media.retention.tables import DeletionWish, LegalHold

Done = Annotated[str, Query(max_length=20)]
_LONGEST_REASON = 500


class NothingNamed(Missing):
    """Neither a piece nor a capture has this name."""

    def __init__(self, told: str) -> None:
        super().__init__(f"nothing is named {told[:40]!r}")


def add(made: APIRouter, office: Office) -> None:
    """The addresses of storage."""

    @made.get("/storage")
    async def storage(request: Request, done: Done = "") -> Response:
        visit = await who(office, request, Act.REPORT)
        return await _page(office, visit, {"done": done})

    @made.post("/storage/check")
    async def check(request: Request) -> Response:
        visit, _ = await checked(office, request, Act.KEEP)

        def unit(db: Session) -> None:
            begun = passes.begin_now(db, visit.now)
            by = visit.session.actor.name
            journal.record(db, "storage", "check_begun", actor=by, at=visit.now,
                           facts={"pass": begun})  # fmt: skip

        await office.units.write(unit)
        return onward(f"{HOME}/storage?done=check", request)

    _add_holds(made, office)
    _add_deletions(made, office)


def _add_holds(made: APIRouter, office: Office) -> None:
    @made.post("/storage/hold")
    async def hold(request: Request) -> Response:
        visit, form = await checked(office, request, Act.KEEP)
        try:
            reason = words_of(form, "reason", most=_LONGEST_REASON)
            until = at_tokyo(day_of(form, "until")) if form.get("until", "").strip() else None
            told = words_of(form, "about", most=64)
            await office.units.write(lambda db: _hold(db, told, until, reason, visit))
        except (Missing, Malformed, Stale) as wrong:
            return await _wrong(office, visit, "hold", wrong, form)
        return onward(f"{HOME}/storage?done=hold", request)

    @made.post("/storage/lift")
    async def lift(request: Request) -> Response:
        visit, form = await checked(office, request, Act.KEEP)
        hold_id, by = form.get("id", ""), visit.session.actor.name
        await office.units.write(lambda db: holding.lift(db, hold_id, by=by, now=visit.now))
        return onward(f"{HOME}/storage?done=lift", request)


def _add_deletions(made: APIRouter, office: Office) -> None:
    @made.post("/storage/delete")
    async def delete(request: Request) -> Response:
        visit, form = await checked(office, request, Act.KEEP)
        actor = visit.session.actor
        try:
            reason, told = words_of(form, "reason", most=_LONGEST_REASON), form.get("about", "")

            def unit(db: Session) -> None:
                sha256 = _digest(db, told.strip())
                deleting.ask(db, sha256, reason=reason, actor=actor, now=visit.now)

            await office.units.write(unit)
        except (Missing, Malformed, NotYetDeletable, WishKnown) as wrong:
            return await _wrong(office, visit, "delete", wrong, form)
        return onward(f"{HOME}/storage?done=delete", request)

    @made.post("/storage/answer")
    async def answer(request: Request) -> Response:
        visit, form = await checked(office, request, Act.KEEP)
        actor, wish = visit.session.actor, form.get("id", "")
        step = deleting.agree if form.get("answer") == "yes" else deleting.refuse
        try:
            await office.units.write(lambda db: step(db, wish, actor=actor, now=visit.now))
        except (NotYetDeletable, SecondPersonNeeded) as wrong:
            return await _wrong(office, visit, "answer", wrong, {})
        is_listed = form.get("from") == "approvals"
        return onward(f"{HOME}/{'approvals' if is_listed else 'storage?done=answer'}", request)


def _hold(db: Session, told: str, until: datetime | None, reason: str, visit: Visit) -> str:
    code = code_of(told)
    unit_id = id_of_code(db, code) if code is not None else None
    about: AssetId | UnitId | None = unit_id
    if about is None:
        about = AssetId(asset_of(db, AssetId(told)).id)
    return holding.place(
        db, about, is_unit=unit_id is not None, until=until, reason=reason,
        by=visit.session.actor.name, now=visit.now,
    )  # fmt: skip


def _digest(db: Session, told: str) -> Sha256:
    """The original of a capture, by the capture's id or its own digest."""
    if len(told) == 64:
        return Sha256(queries.blob_of(db, told.lower()).sha256)
    if not told:
        raise NothingNamed(told)
    return Sha256(asset_of(db, AssetId(told)).sha256)


async def _wrong(
    office: Office,
    visit: Visit,
    what: str,
    wrong: Missing | Malformed | Refused | Stale,
    form: Mapping[str, str],
) -> Response:
    problem = {
        "form": what,
        "why": type(wrong).__name__ if isinstance(wrong, Refused | Stale) else "field",
        "barriers": wrong.barriers if isinstance(wrong, NotYetDeletable) else [],
    }
    status = 409 if isinstance(wrong, Refused | Stale) else 422
    typed = {name: form.get(name, "")[:500] for name in ("about", "until", "reason")}
    return await _page(office, visit, {"problem": problem, f"typed_{what}": typed}, status=status)


async def _page(
    office: Office, visit: Visit, more: Mapping[str, Any], *, status: int = 200
) -> Response:
    space, away = await asyncio.to_thread(_places, office)
    facts = await office.units.read(lambda db: _look(db, office, visit, space))
    empty = {"about": "", "until": "", "reason": ""}
    shown = {
        "visit": visit, "done": "", "problem": None, "typed_hold": empty, "typed_delete": empty,
        "typed_answer": empty, "now": visit.now, "away": away, **facts, **more,
    }  # fmt: skip
    return page("storage", visit.lang, shown, status=status)


def _places(office: Office) -> tuple[Space, list[str]]:
    """How much room there is, and which places are not there."""
    stores = [each.store for each in office.replicas.all] if office.replicas else [office.store]
    away: list[str] = []
    for each in stores:
        with contextlib.suppress(StoreUnavailable):
            away += places.away([each])
    return places.space_in(stores), away


def _look(db: Session, office: Office, visit: Visit, space: Space) -> dict[str, Any]:
    holds, wishes = queries.holds(db, now=visit.now), queries.wishes(db)
    return {
        "usage": queries.usage(db, space, now=visit.now),
        "places": office.places,
        "strays": strays.standing(db),
        "standing": queries.standing(db, office.places),
        "current": queries.open_pass(db),
        "last": queries.last_pass(db, is_ended=True),
        "aside": queries.put_aside(db),
        "terms": queries.terms(db),
        "holds": holds,
        "held": _titles(db, holds),
        "wishes": with_barriers(db, wishes, now=visit.now),
        "captures": captures_of(db, wishes),
        "people": names(db),
    }  # fmt: skip


def _titles(db: Session, holds: list[LegalHold]) -> dict[str, str]:
    """What is held, as people call it: a piece by its code, a capture by its name."""
    units = [each.about.partition(":")[2] for each in holds if each.about.startswith("unit:")]
    assets = [each.about.partition(":")[2] for each in holds if each.about.startswith("asset:")]
    found = {
        f"unit:{unit}": f"{code} {title}"
        for unit, code, title in db.exec(
            select(Unit.id, Unit.code, Unit.title).where(col(Unit.id).in_(units))
        )
    }
    for asset, name in db.exec(select(Asset.id, Asset.name).where(col(Asset.id).in_(assets))):
        found[f"asset:{asset}"] = name
    return found


def with_barriers(
    db: Session, wishes: list[DeletionWish], *, now: datetime
) -> list[tuple[DeletionWish, list[Barrier]]]:
    """Each wish with what keeps its original from being deleted now."""
    return [(each, queries.barriers(db, Sha256(each.sha256), now=now)) for each in wishes]


def captures_of(db: Session, wishes: list[DeletionWish]) -> dict[str, list[str]]:
    """The captures that go with each original somebody wishes deleted."""
    found: dict[str, list[str]] = {}
    digests = [each.sha256 for each in wishes]
    for digest, name in db.exec(
        select(Asset.sha256, Asset.name).where(col(Asset.sha256).in_(digests))
    ):
        found.setdefault(digest, []).append(name)
    return found
