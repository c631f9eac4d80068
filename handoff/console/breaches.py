"""`/console/breaches`: leaks of personal data (漏えい等の記録, PII-1): what was found, until when
the commission and the people are told, and what was sent.

GET  /console/breaches          the register, and the form of a new one
POST /console/breaches/note     whoever finds a leak notes it; the deadlines become tasks
POST /console/breaches/sent     a report went out, or the people were told

No name and no number of anybody stands here: whoever reads the register learns that there was a
leak, not whose.
"""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from catalog.duties.breaches import actions, queries
from catalog.duties.breaches.actions import NewBreach, Step
from catalog.duties.breaches.tables import Breach
from catalog.ground.calendar import tokyo_day
from handoff.console.asked import FieldMalformed, count_of, day_of, key_of, names, words_of
from handoff.console.door import HOME, Visit, checked, onward, who
from handoff.console.office import Office
from handoff.console.pages import page
from handoff.staff.permissions import Act

Offset = Annotated[int, Query(ge=0, le=100_000)]

AT_ONCE = 50
_MOST_PEOPLE = 100_000_000
_MOST_WORDS = 600


def add(made: APIRouter, office: Office) -> None:
    """The addresses."""

    @made.get("/breaches")
    async def register(request: Request, offset: Offset = 0) -> Response:
        visit = await who(office, request)
        facts = await office.units.read(lambda db: _shown(db, visit, offset))
        return page("breaches", visit.lang, {"visit": visit, "offset": offset, **facts})

    @made.post("/breaches/note")
    async def note(request: Request) -> Response:
        visit, form = await checked(office, request, Act.LOOK)
        told = NewBreach(
            day_of(form, "discovered_on"),
            words_of(form, "what", most=_MOST_WORDS),
            count_of(form, "people", most=_MOST_PEOPLE),
            is_sensitive=form.get("sensitive") == "yes",
            has_financial_harm=form.get("financial") == "yes",
            has_wrongful_purpose=form.get("wrongful") == "yes",
        )
        actor, key = visit.session.actor, key_of(form, visit)
        await office.units.write(
            lambda db: actions.note(db, told, actor=actor, now=visit.now, key=key)
        )
        return onward(f"{HOME}/breaches", request)

    @made.post("/breaches/sent")
    async def sent(request: Request) -> Response:
        visit, form = await checked(office, request, Act.APPROVE)
        if form.get("step") not in set(Step):
            raise FieldMalformed("step")
        step, on, breach = Step(form["step"]), day_of(form, "on"), form.get("breach", "")
        actor = visit.session.actor
        await office.units.write(
            lambda db: actions.note_sent(db, breach, step, on, actor=actor, now=visit.now)
        )
        return onward(f"{HOME}/breaches", request)


def _shown(db: Session, visit: Visit, offset: int) -> dict[str, Any]:
    rows = queries.register(db, limit=AT_ONCE, offset=offset)
    today = tokyo_day(visit.now)
    return {
        "rows": [(each, _steps(each, today)) for each in rows],
        "step": AT_ONCE,
        "today": today,
        "people": names(db),
    }


def _steps(row: Breach, today: date) -> list[dict[str, Any]]:
    """What is sent about a leak that has to be reported: from when it is wished, until when, when
    it was, and whether it is late.
    """
    if not row.is_reportable:
        return []
    told = (
        (Step.PRELIMINARY, row.preliminary_target, row.preliminary_limit, row.preliminary_sent_on),
        (Step.PEOPLE, None, row.preliminary_limit, row.people_told_on),
        (Step.FINAL, None, row.final_limit, row.final_sent_on),
    )
    return [
        {
            "name": step.value,
            "target": target,
            "limit": limit,
            "sent_on": sent_on,
            "is_late": sent_on is None and limit < today,
        }
        for step, target, limit, sent_on in told
    ]
