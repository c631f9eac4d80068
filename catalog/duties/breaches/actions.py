"""Noting a leak, its deadlines as tasks, and what was reported (漏えい等報告・本人通知)."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Session, col, select

from catalog.duties.actors import Actor
from catalog.duties.breaches.tables import Breach
from catalog.duties.identity.actions import StaffNeeded
from catalog.duties.rules import DatesContradict, breach_deadlines, is_breach_reportable
from catalog.ground import journal, worklist
from catalog.ground.calendar import at_tokyo, tokyo_day
from catalog.ground.errors import Malformed, Missing
from catalog.ground.record import new_id


class BreachMissing(Missing):
    """There is no such leak in the register."""


class BreachMalformed(Malformed):
    """A leak without a description or with fewer than no people."""


class Step(StrEnum):
    """What is sent."""

    PRELIMINARY = "preliminary"
    FINAL = "final"
    PEOPLE = "people"


# The tasks that are done once a step was sent.
_TASKS = {
    Step.PRELIMINARY: ("breach_preliminary", "breach_preliminary_limit"),
    Step.PEOPLE: ("breach_people",),
    Step.FINAL: ("breach_final",),
}


@dataclass(frozen=True, slots=True)
class NewBreach:
    """A leak as it was found. `what` names no person."""

    discovered_on: date
    what: str
    people: int
    is_sensitive: bool = False
    has_financial_harm: bool = False
    has_wrongful_purpose: bool = False


def note(db: Session, breach: NewBreach, *, actor: Actor, now: datetime, key: str) -> str:
    """Enter a leak; the deadlines become tasks for the morning of each day (PII-1).

    Raises StaffNeeded, BreachMalformed, DatesContradict.
    """
    request = {
        "discovered_on": breach.discovered_on.isoformat(),
        "what": breach.what,
        "people": breach.people,
        "flags": [breach.is_sensitive, breach.has_financial_harm, breach.has_wrongful_purpose],
    }
    stored = journal.stored_result(db, key, request)
    if stored is not None:
        return str(stored["breach"])
    if not actor.is_staff:
        raise StaffNeeded(actor)
    if breach.people < 0 or not breach.what.strip():
        raise BreachMalformed("a leak has a description and a number of people")
    if breach.discovered_on > tokyo_day(now):
        raise DatesContradict("a leak found on a day to come")
    row = _row(breach, by=actor.name, now=now)
    db.add(row)
    db.flush()
    if row.is_reportable:
        _ask(db, row, now=now)
    journal.record(
        db,
        f"breach:{row.id}",
        "breach_noted",
        actor=actor.name,
        at=now,
        facts={"people": row.people, "is_reportable": row.is_reportable},
        key=key,
        request=request,
        result={"breach": row.id},
    )
    return row.id


def _row(breach: NewBreach, *, by: str, now: datetime) -> Breach:
    dates = breach_deadlines(breach.discovered_on, has_wrongful_purpose=breach.has_wrongful_purpose)
    return Breach(
        id=new_id(now),
        discovered_on=breach.discovered_on,
        what=breach.what,
        people=breach.people,
        is_sensitive=breach.is_sensitive,
        has_financial_harm=breach.has_financial_harm,
        has_wrongful_purpose=breach.has_wrongful_purpose,
        is_reportable=is_breach_reportable(
            people=breach.people,
            is_sensitive=breach.is_sensitive,
            has_financial_harm=breach.has_financial_harm,
            has_wrongful_purpose=breach.has_wrongful_purpose,
        ),
        preliminary_target=dates.preliminary_target,
        preliminary_limit=dates.preliminary_limit,
        final_limit=dates.final_limit,
        noted_by=by,
        noted_at=now,
    )


def _ask(db: Session, row: Breach, *, now: datetime) -> None:
    subject = f"breach:{row.id}"
    for name, day in (
        ("breach_preliminary", row.preliminary_target),
        ("breach_preliminary_limit", row.preliminary_limit),
        ("breach_people", row.preliminary_limit),
        ("breach_final", row.final_limit),
    ):
        facts = {"breach": row.id, "through": day.isoformat()}
        worklist.task(db, name, subject, due_at=at_tokyo(day, 9), now=now, facts=facts)


def note_sent(
    db: Session, breach_id: str, step: Step, on: date, *, actor: Actor, now: datetime
) -> bool:
    """A report went out, or the people were told, and its tasks are ended; False when that was
    noted before (PII-1).

    Raises StaffNeeded, BreachMissing, DatesContradict.
    """
    if not actor.is_staff:
        raise StaffNeeded(actor)
    row = db.exec(
        select(Breach)
        .where(Breach.id == breach_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise BreachMissing(breach_id)
    if not row.discovered_on <= on <= tokyo_day(now):
        raise DatesContradict("sent before it was found, or on a day to come")
    column = {
        Step.PRELIMINARY: "preliminary_sent_on",
        Step.FINAL: "final_sent_on",
        Step.PEOPLE: "people_told_on",
    }[step]
    if getattr(row, column) is not None:
        return False
    setattr(row, column, on)
    db.flush()
    worklist.close_tasks(db, f"breach:{breach_id}", *_TASKS[step], now=now)
    facts = {"step": step.value, "on": on.isoformat()}
    journal.record(
        db, f"breach:{breach_id}", "breach_step_sent", actor=actor.name, at=now, facts=facts
    )
    return True


def late(db: Session, day: date) -> list[tuple[str, Step]]:
    """What should have been sent before that day and was not (PII-1)."""
    rows = db.exec(select(Breach).where(col(Breach.discovered_on) < day).order_by(col(Breach.id)))
    return [(row.id, step) for row in rows if row.is_reportable for step in _late(row, day)]


def _late(row: Breach, day: date) -> list[Step]:
    limits = (
        (Step.PRELIMINARY, row.preliminary_sent_on, row.preliminary_limit),
        (Step.FINAL, row.final_sent_on, row.final_limit),
    )
    return [step for step, sent_on, limit in limits if sent_on is None and limit < day]
