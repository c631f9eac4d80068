"""Pages that are passed on (共有リンク, R-023, R-029): which there are, who opened them, what they
took, and making one.

    GET  /console/shares?list=&code=&offset=   the open ones, or all
    GET  /console/shares?mark=                 whose page a file with that mark was taken from
    GET  /console/shares/{share}?offset=       one: its viewings, and every request
    POST /console/shares/{share}/close         it opens nothing any more
    GET  /console/items/{code}/share           how far, until when, for whom, with a PIN
    POST /console/items/{code}/share           make it; the address and the PIN are shown this once
"""

import asyncio
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from catalog.ground.calendar import TOKYO, tokyo_day
from catalog.ground.errors import Malformed, Refused
from catalog.ground.record import AssetId, UnitId
from catalog.items import queries as items
from catalog.items.rules import STAFF
from catalog.items.words import code_of
from handoff.console.asked import count_of, day_of, key_of, maybe_words
from handoff.console.door import HOME, Visit, checked, onward, who
from handoff.console.item import unit_of
from handoff.console.item_changes import HolderUnknown, holder_of
from handoff.console.naming import names_of
from handoff.console.office import Office
from handoff.console.pages import page
from handoff.staff.permissions import Act, NotAllowed, need
from media.assets.tables import Asset
from media.report import queries as reports
from media.sharing import looks, pin, shares
from media.sharing.kinds import Reach
from media.sharing.pages import LANGUAGE_NAMES
from media.sharing.shares import Given, Made

AT_ONCE = 50
LOOKS_AT_ONCE = 200
_LONGEST_NOTE = 100
_LONGEST_CODE = 60
_END_OF_DAY = time(23, 59)
_SHOT = "shot-"
_READ = (Act.SHARE, Act.AUDIT)

Offset = Annotated[int, Query(ge=0, le=1_000_000)]


class ReachUnknown(Malformed):
    """A page goes as far as one of those that are offered."""


@dataclass(frozen=True, slots=True)
class _Typed:
    """What the form says."""

    ends_at: datetime
    lang: str
    given: Given
    key: str


def add(made: APIRouter, office: Office) -> None:
    """The addresses of share pages."""

    @made.get("/shares")
    async def every(
        request: Request,
        which: Annotated[str, Query(alias="list", max_length=10)] = "open",
        code: Annotated[str, Query(max_length=_LONGEST_CODE)] = "",
        mark: Annotated[str, Query(max_length=30)] = "",
        offset: Offset = 0,
    ) -> Response:
        visit = await _reader(office, request)
        if mark.strip():
            found = await office.units.read(lambda db: looks.share_of_mark(db, mark))
            if found is not None:
                return onward(f"{HOME}/shares/{found}", request)
        written = code_of(code) or code.strip() or None
        open_at = visit.now if which != "all" else None

        def read(db: Session) -> dict[str, Any]:
            rows = shares.every(db, open_at=open_at, code=written, limit=AT_ONCE, offset=offset)
            shut = shares.shut(db, [each.share_id for each in rows], now=visit.now)
            return {"rows": rows, "names": _names(db, rows), "shut": shut}

        told = {
            "visit": visit, "now": visit.now, "chosen": "open" if open_at else "all",
            "code": code, "mark": mark, "offset": offset, "step": AT_ONCE,
            **await office.units.read(read),
        }  # fmt: skip
        return page("shares", visit.lang, told)

    @made.get("/shares/{share}")
    async def one(request: Request, share: str, done: str = "", offset: Offset = 0) -> Response:
        visit = await _reader(office, request)

        def read(db: Session) -> dict[str, Any]:
            row = shares.page_of(db, share)
            seen = looks.viewings_of(db, row.share_id)
            return {
                "share": row, "names": _names(db, [row]), "viewings": seen,
                "marks": {each.viewing_id: each.mark for each in seen},
                "looks": looks.of_share(db, row.share_id, limit=LOOKS_AT_ONCE, offset=offset),
                "counted": looks.counted(db, row.share_id),
                "shut": shares.shut(db, [row.share_id], now=visit.now),
            }  # fmt: skip

        told = {
            "visit": visit, "now": visit.now, "done": done == "close", "offset": offset,
            "step": LOOKS_AT_ONCE,
        }  # fmt: skip
        return page("share", visit.lang, {**told, **await office.units.read(read)})

    @made.post("/shares/{share}/close")
    async def close(request: Request, share: str) -> Response:
        visit, _ = await checked(office, request, Act.SHARE)
        by = visit.session.actor.name
        await office.units.write(lambda db: shares.revoke(db, share, None, now=visit.now, by=by))
        return onward(f"{HOME}/shares/{share}?done=close", request)

    @made.get("/items/{code}/share")
    async def ask(request: Request, code: str) -> Response:
        visit = await who(office, request, Act.SHARE)
        told = await office.units.read(lambda db: _form(db, visit, code))
        return page("share_new", visit.lang, told)

    @made.post("/items/{code}/share")
    async def give(request: Request, code: str) -> Response:
        visit, form = await checked(office, request, Act.SHARE)
        secret = pin.fresh() if form.get("pin") == "yes" else None
        kept = await asyncio.to_thread(pin.digest, secret) if secret is not None else None
        make = functools.partial(_make, visit=visit, code=code, form=form, pin_hash=kept)
        try:
            done = await office.units.write(make)
        except (Malformed, Refused) as wrong:
            if isinstance(wrong, NotAllowed):
                raise
            told = await office.units.read(lambda db: _form(db, visit, code))
            problem = {"problem": type(wrong).__name__, "typed": form}
            return page("share_new", visit.lang, {**told, **problem}, status=422)
        told = {
            "visit": visit, "made": done, "code": code, "pin": secret if done.token else None,
            "address": f"{office.public_url}/s/{done.token}" if done.token else None,
        }  # fmt: skip
        return page("share_made", visit.lang, told)


async def _reader(office: Office, request: Request) -> Visit:
    """Whoever makes such pages, or reads the journal. Raises NotAllowed."""
    visit = await who(office, request)
    if not any(visit.may(act) for act in _READ):
        raise NotAllowed(Act.SHARE)
    return visit


def _names(db: Session, rows: list[shares.SharePage]) -> Mapping[str, Any]:
    return names_of(
        db, [name for each in rows for name in (each.made_by or each.holder, each.audience)]
    )


def _form(db: Session, visit: Visit, code: str) -> dict[str, Any]:
    unit = unit_of(db, code)
    facts = items.by_id(db, UnitId(unit.id), viewer=STAFF)
    assert facts is not None
    report = reports.in_force(db, facts.id)
    shown = [db.get_one(Asset, each) for each in shares.offered(db, facts, STAFF)]
    return {
        "visit": visit, "unit": unit, "shown": shown, "reaches": _reaches(visit),
        "languages": LANGUAGE_NAMES, "until": tokyo_day(shares.usual_end(db, now=visit.now)),
        "latest": tokyo_day(shares.latest_end(db, now=visit.now)), "today": tokyo_day(visit.now),
        "report": report, "is_old_report": report is not None and reports.is_of_before(db, report),
        "typed": {"report": "yes"}, "problem": None,
    }  # fmt: skip


def _reaches(visit: Visit) -> list[Reach]:
    return [each for each in Reach if each is not Reach.ORIGINAL or visit.may(Act.EXPORT)]


def _make(
    db: Session, *, visit: Visit, code: str, form: Mapping[str, str], pin_hash: str | None
) -> Made:
    unit = unit_of(db, code)
    facts = items.by_id(db, UnitId(unit.id), viewer=STAFF)
    assert facts is not None
    typed = _typed(db, visit, form, pin_hash)
    return shares.share(
        db, facts, STAFF, ends_at=typed.ends_at, lang=typed.lang, now=visit.now, key=typed.key,
        given=typed.given, by=visit.session.actor.name,
    )  # fmt: skip


def _typed(db: Session, visit: Visit, form: Mapping[str, str], pin_hash: str | None) -> _Typed:
    """Raises FieldMalformed, ReachUnknown, HolderUnknown, NotAllowed."""
    try:
        reach = Reach(form.get("reach", Reach.TILES.value))
    except ValueError:
        raise ReachUnknown("no such reach") from None
    if reach is Reach.ORIGINAL:
        need(visit.session.actor, Act.EXPORT)
    told = form.get("audience", "").strip()
    if len(told) > _LONGEST_CODE:
        raise HolderUnknown(told[:_LONGEST_CODE])
    shots = {
        AssetId(name.removeprefix(_SHOT))
        for name, told in form.items()
        if name.startswith(_SHOT) and told == "yes"
    }
    given = Given(
        reach=reach,
        pin_hash=pin_hash,
        most_opened=count_of(form, "most", most=shares.MOST_OPENED)
        if form.get("most", "").strip()
        else None,
        only=shots or None,
        audience=holder_of(db, told) if told else None,
        note=maybe_words(form, "note", most=_LONGEST_NOTE),
        with_report=form.get("report") == "yes",
    )
    lang = form.get("lang", "ja")
    return _Typed(
        end_of(form), lang if lang in LANGUAGE_NAMES else "ja", given, key_of(form, visit)
    )


def end_of(form: Mapping[str, str]) -> datetime:
    """The end of the day that was typed. Raises FieldMalformed."""
    return datetime.combine(day_of(form, "until"), _END_OF_DAY, TOKYO)
