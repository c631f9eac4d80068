"""One task of the shop (その他の作業): what it is about in plain words, whom to call and until
when, and who says that it was done.

GET  /console/tasks/{task}          the task, open or ended
POST /console/tasks/{task}/done     it was done; a note of what was done may go with it

Whoever may do it may end it (`desk.tasks`); what is ended by its answer is answered on a page of
its own, and what is ended by a step leads to the form of that step.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from sqlmodel import Session, select

from catalog.customers import queries as customers
from catalog.ground.record import CustomerId
from catalog.items.tables import Unit
from handoff.appointments.tables import Appointment
from handoff.console import doing, owed
from handoff.console.asked import maybe_words
from handoff.console.door import HOME, Visit, checked, onward, who
from handoff.console.naming import Name, names_of
from handoff.console.office import Office
from handoff.console.pages import page
from handoff.desk import tasks
from handoff.desk.tasks import BY_STEP, DECIDED, ENDING, Todo
from handoff.dialogue.looking_over import LOOK
from handoff.dialogue.visits.calls import CALL_BACK
from handoff.staff import masking
from handoff.staff.permissions import Act, NotAllowed

Number = Annotated[int, Path(ge=0, le=2**62)]
Done = Annotated[str, Query(max_length=20)]
_DAYS = ("due_on", "on", "base_on")
_YEN = ("amount", "wanted", "price", "deposit")
_NUMBERS = ("order_no", "return_no", "contract_no")


def add(made: APIRouter, office: Office) -> None:
    """The addresses of a task."""

    @made.get("/tasks/{task}")
    async def one(request: Request, task: Number, done: Done = "") -> Response:
        visit = await who(office, request)

        def look(db: Session) -> dict[str, Any] | str:
            todo = tasks.seen_by(db, task, visit.session.actor)
            return owed.ANSWERED_AT.get(todo.name) or _facts(db, visit, todo)

        found = await office.units.read(look)
        if isinstance(found, str):
            return onward(f"{HOME}/{found}", request)
        return page("task", visit.lang, {**found, "done": done})

    @made.post("/tasks/{task}/done")
    async def end(request: Request, task: Number) -> Response:
        visit, form = await checked(office, request, Act.LOOK)
        actor = visit.session.actor
        if not any(visit.may(act) for act in ENDING):
            raise NotAllowed(Act.TALK)
        note = maybe_words(form, "note", most=tasks.MOST_NOTE)
        is_new = await office.units.write(
            lambda db: tasks.end(db, task, actor=actor, note=note, now=visit.now)
        )
        return onward(f"{HOME}/tasks/{task}?done={'ended' if is_new else 'before'}", request)


def _facts(db: Session, visit: Visit, todo: Todo) -> dict[str, Any]:
    place = owed.place_of(db, todo.about)
    form = doing.form_of(db, todo) if todo.is_open else None
    return {
        "visit": visit,
        "now": visit.now,
        "todo": todo,
        "place": place if place.href != HOME else None,
        "form": form if form is not None and visit.may(form.act) else None,
        "is_by_step": todo.name in BY_STEP,
        "who": _who(db, todo) or place.who,
        "call": _call(db, visit, todo) if todo.name == CALL_BACK else None,
        "pieces": _pieces(db, todo.facts),
        "days": {name: day for name in _DAYS if (day := _day(todo.facts.get(name)))},
        "yen": {name: told for name in _YEN if isinstance(told := todo.facts.get(name), int)},
        "numbers": {
            name: told for name in _NUMBERS if isinstance(told := todo.facts.get(name), str)
        },
        "starts_at": _starts_at(db, todo.facts),
        "adviser": _words(todo.facts, "adviser"),
        "lang_told": _words(todo.facts, "lang"),
        "why": _words(todo.facts, "why") if todo.name == LOOK else None,
        "block": _words(todo.facts, "block"),
        "phase": _words(todo.facts, "phase"),
        "bank": _bank(todo.facts),
        "ended_by": names_of(db, [todo.ended_by]).get(todo.ended_by or ""),
        "most_note": tasks.MOST_NOTE,
        "may_end": todo.name not in DECIDED | BY_STEP and visit.may(tasks.act_to_end(todo.name)),
    }


def _who(db: Session, todo: Todo) -> Name | None:
    """Whom the facts name, where the thing itself names nobody."""
    told = todo.facts.get("to") or todo.facts.get("customer")
    if not isinstance(told, str):
        return None
    subject = told if ":" in told else f"customer:{told}"
    found = names_of(db, [subject])[subject]
    return found if found.sort != "system" else None


def _call(db: Session, visit: Visit, todo: Todo) -> dict[str, Any]:
    """Which number is to be called, as far as whoever looks may see it; and whether it is the one
    of the register.
    """
    told, customer = _words(todo.facts, "phone"), _words(todo.facts, "customer")
    on_file = customers.phone_of(db, CustomerId(customer)) if customer and not told else None
    return {
        "number": masking.phone(told or on_file, visit.session.actor),
        "is_on_file": told is None,
        "is_masked": not visit.may(Act.SEE_CONTACT),
    }


def _pieces(db: Session, facts: Mapping[str, Any]) -> list[Unit]:
    """The pieces the facts name by their code or id."""
    codes = {told for name in ("unit", "code") if isinstance(told := facts.get(name), str)}
    ids = {told for name in ("unit_id", "unit") if isinstance(told := facts.get(name), str)}
    found = [*db.exec(select(Unit).where(Unit.code.in_(codes)))]  # type: ignore[attr-defined]  # a column
    known = {unit.id for unit in found}
    return [*found, *(unit for each in ids - known if (unit := db.get(Unit, each)) is not None)]


def _bank(facts: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Of which line of which list the bank says something else than before."""
    return facts if isinstance(facts.get("list"), int) and "outcome" in facts else None


def _starts_at(db: Session, facts: Mapping[str, Any]) -> datetime | None:
    """Of the appointment it is about."""
    appointment = _words(facts, "appointment")
    found = db.get(Appointment, appointment) if appointment else None
    return found.starts_at if found is not None else None


def _day(told: object) -> date | None:
    try:
        return date.fromisoformat(told) if isinstance(told, str) else None
    except ValueError:
        return None


def _words(facts: Mapping[str, Any], name: str) -> str | None:
    told = facts.get(name)
    return told if isinstance(told, str) and told else None
