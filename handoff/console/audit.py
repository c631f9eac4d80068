"""The journal (監査記録): who did what when, by subject, actor, verb and day; whether its chains
hold; a file of it for whoever may take files out.

    GET  /console/audit               the acts that were sought, a page at a time
    POST /console/audit/verify        every chain of the journal, or one subject's
    POST /console/audit/export        the acts that were sought, as CSV, all of them
"""

import csv
import io
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from sqlmodel import Session

from catalog.ground import journal
from catalog.ground.calendar import TOKYO, at_tokyo
from catalog.ground.journal import Entry, Sought
from catalog.ground.lines import safe_cell
from handoff.console.asked import names
from handoff.console.door import Visit, checked, who
from handoff.console.office import Office
from handoff.console.pages import PRIVATE, page
from handoff.staff.permissions import Act, need

A_PAGE = 50
_LINES_AT_ONCE = 1_000
_HIDDEN = "rows"  # what was written, column by column: for machines
_LAST_ROW = 2**62

Before = Annotated[int | None, Query(ge=1, le=_LAST_ROW)]


def add(made: APIRouter, office: Office) -> None:
    """The addresses of the journal."""

    @made.get("/audit")
    async def audit(request: Request, before: Before = None) -> Response:
        visit = await who(office, request, Act.AUDIT)
        return await _page(office, visit, _asked(request.query_params), before=before)

    @made.post("/audit/verify")
    async def verify(request: Request) -> Response:
        visit, form = await checked(office, request, Act.AUDIT)
        subject = form.get("subject", "").strip()

        def look(db: Session) -> list[str]:
            if subject and not subject.endswith(":"):
                return [] if journal.verify(db, subject) else [subject]
            return journal.broken(db)

        broken = await office.units.read(look)
        return await _page(office, visit, _asked(form), broken=broken, whose=subject)

    @made.post("/audit/export")
    async def export(request: Request) -> Response:
        visit, form = await checked(office, request, Act.EXPORT)
        need(visit.session.actor, Act.AUDIT)
        asked = _asked(form)

        def unit(db: Session) -> tuple[Sought, int]:
            sought = _sought(db, asked)
            many, last = journal.count(db, sought)
            told = {name: value for name, value in asked.items() if name != "actor" and value}
            journal.record(
                db, "journal", "exported", actor=visit.session.actor.name, at=visit.now,
                facts={"lines": many, **told},
            )  # fmt: skip
            return sought, last

        sought, last = await office.units.write(unit)
        name = f"journal-{visit.now.astimezone(TOKYO):%Y%m%d-%H%M}.csv"
        kept = {**PRIVATE, "Content-Disposition": f'attachment; filename="{name}"'}
        lines = _lines(office, sought, before=last + 1)
        return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=kept)


async def _lines(office: Office, sought: Sought, *, before: int) -> AsyncIterator[str]:
    """All that was sought, to the first act; only a page of it is ever held."""
    yield "\ufeff"  # a BOM, so that spreadsheets of this country read it as UTF-8
    yield _csv([_HEAD])
    while True:
        entries = await office.units.read(
            lambda db, end=before: journal.search(db, sought, before=end, limit=_LINES_AT_ONCE)  # type: ignore[misc]  # bound at once
        )
        if not entries:
            return
        yield _csv([_cells(each) for each in entries])
        before = entries[-1].id or 0


def _asked(form: Mapping[str, str]) -> dict[str, str]:
    wanted = ("subject", "actor", "verb", "since", "until")
    return {name: form.get(name, "").strip()[:120] for name in wanted}


def _sought(db: Session, asked: Mapping[str, str]) -> Sought:
    since, until = _day(asked["since"]), _day(asked["until"])
    actor = asked["actor"].strip()
    named = tuple(who for who, name in names(db).items() if name == actor)  # who left, too
    return Sought(
        subject=asked["subject"].strip() or None,
        actors=(named or (actor,)) if actor else None,
        verb=asked["verb"].strip() or None,
        since=at_tokyo(since) if since is not None else None,
        until=at_tokyo(until + timedelta(days=1)) if until is not None else None,
    )


def _day(told: str) -> date | None:
    try:
        day = date.fromisoformat(told)
    except ValueError:
        return None
    return day if date(2000, 1, 1) <= day <= date(2200, 1, 1) else None


async def _page(
    office: Office,
    visit: Visit,
    asked: Mapping[str, str],
    *,
    before: int | None = None,
    broken: list[str] | None = None,
    whose: str = "",
) -> Response:
    def look(db: Session) -> dict[str, Any]:
        found = journal.search(db, _sought(db, asked), before=before, limit=A_PAGE + 1)
        return {
            "people": names(db),
            "entries": [
                {
                    "at": each.at,
                    "subject": each.subject,
                    "number": each.number,
                    "verb": each.verb,
                    "actor": each.actor,
                    "facts": facts_of(each),
                }
                for each in found[:A_PAGE]
            ],
            "after": found[A_PAGE - 1].id if len(found) > A_PAGE else None,
        }

    facts = await office.units.read(look)
    filled = {name: value for name, value in asked.items() if value}
    told = {
        "visit": visit, "asked": asked, "broken": broken, "whose": whose, "before": before,
        "here": urlencode(filled),
    }  # fmt: skip
    return page("audit", visit.lang, {**told, **facts})


def facts_of(entry: Entry) -> str:
    """An act's facts on one line, without the columns it wrote."""
    told = {name: value for name, value in entry.facts.items() if name != _HIDDEN}
    return json.dumps(told, ensure_ascii=False, sort_keys=True) if told else ""


_HEAD = ("at", "subject", "number", "verb", "actor", "facts", "hash", "previous")


def _cells(entry: Entry) -> Sequence[Any]:
    at = entry.at.astimezone(TOKYO).isoformat(timespec="milliseconds")
    told = (at, entry.subject, entry.number, entry.verb, entry.actor, facts_of(entry), entry.hash)
    return [safe_cell(value) for value in (*told, entry.previous)]


def _csv(rows: Sequence[Sequence[Any]]) -> str:
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue()
