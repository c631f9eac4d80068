"""Reads on tickets (対応状況)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Session, col, func, or_, select

from catalog.ground import policy, worklist
from catalog.ground.record import ConversationId, StaffId, TicketId
from catalog.ground.worklist import Work
from handoff.desk.moves import DeskTerms
from handoff.desk.tables import Ticket, TicketState

ALERT = "desk.alert"
_LATELY = timedelta(days=7)
_MOST_ALERTS = 500


class Alarm(StrEnum):
    """Why somebody of the shop is called."""

    CALLED = "called"  # a customer waits
    RISEN = "risen"  # nobody came: the next of the chain
    ASSIGNED = "assigned"  # somebody gave it to them
    GIVEN_BACK = "given_back"  # whoever had it could not go on
    MISSED = "missed"  # nobody came by the time the customer was told
    LATE = "late"  # who has it said nothing by that time
    SILENT = "silent"  # who has it leaves the customer waiting
    WOKEN = "woken"  # what was put aside until now is taken up again


@dataclass(frozen=True, slots=True)
class Alert:
    """Somebody of the shop is called to a ticket. `why`: the rule that chose them; `is_over`:
    nobody has to come any more.
    """

    id: int
    ticket: TicketId
    alarm: Alarm
    level: int
    staff: Sequence[StaffId]
    why: str | None
    at: datetime
    is_over: bool


def terms(db: Session) -> DeskTerms:
    """How long a ticket may lie, as the shop has settled it."""
    return policy.current(db).of(DeskTerms)


def of_id(db: Session, ticket_id: TicketId) -> Ticket:
    """That ticket. Raises NoResultFound for one that never was."""
    return db.get_one(Ticket, ticket_id, populate_existing=True)


def open_of(db: Session, conversation: ConversationId) -> Ticket | None:
    """The open ticket of a conversation, as it stands now."""
    found = select(Ticket).where(Ticket.open_key == conversation)
    return db.exec(found.execution_options(populate_existing=True)).first()


def ended_lately(
    db: Session, conversation: ConversationId, *, within: int, now: datetime
) -> Ticket | None:
    """The conversation's last ticket, when it ended no more than so many hours ago."""
    found = (
        select(Ticket)
        .where(
            Ticket.conversation == conversation,
            Ticket.state == TicketState.CLOSED.value,
            col(Ticket.closed_at) > now - timedelta(hours=within),
        )
        .order_by(col(Ticket.closed_at).desc(), col(Ticket.id).desc())
        .execution_options(populate_existing=True)
    )
    return db.exec(found).first()


def waiting(db: Session, *, limit: int = 200) -> list[Ticket]:
    """Who waits for a person: customers served first, then the earliest promise (R-131)."""
    return list(
        db.exec(
            select(Ticket)
            .where(Ticket.state == TicketState.WAITING.value)
            .order_by(col(Ticket.priority).desc(), col(Ticket.promised_at), col(Ticket.id))
            .limit(limit)
        )
    )


def of_conversation(db: Session, conversation: ConversationId) -> list[Ticket]:
    """Every time this conversation waited for a person, the oldest first."""
    return list(
        db.exec(select(Ticket).where(Ticket.conversation == conversation).order_by(col(Ticket.id)))
    )


def of_person(db: Session, staff: StaffId) -> list[Ticket]:
    """The open tickets somebody has, and those they were asked to take, the oldest first."""
    held = col(Ticket.state).in_([TicketState.CLAIMED.value, TicketState.SNOOZED.value])
    asked = col(Ticket.state) == TicketState.WAITING.value
    theirs = or_((col(Ticket.owner) == staff) & held, (col(Ticket.asked_first) == staff) & asked)
    return list(
        db.exec(
            select(Ticket)
            .where(theirs)
            .order_by(col(Ticket.id))
            .execution_options(populate_existing=True)
        )
    )


def loads(db: Session, *, now: datetime) -> dict[StaffId, tuple[int, datetime | None]]:
    """How many conversations each of the shop has or is asked to take, and when they took the last
    one of the week.
    """
    held = db.exec(
        select(Ticket.owner, func.count())
        .where(Ticket.state == TicketState.CLAIMED.value)
        .group_by(col(Ticket.owner))
    )
    asked = db.exec(
        select(Ticket.asked_first, func.count())
        .where(Ticket.state == TicketState.WAITING.value, col(Ticket.asked_first).is_not(None))
        .group_by(col(Ticket.asked_first))
    )
    taken = db.exec(
        select(Ticket.owner, func.max(col(Ticket.claimed_at)))
        .where(col(Ticket.claimed_at) > now - _LATELY, col(Ticket.owner).is_not(None))
        .group_by(col(Ticket.owner))
    )
    counts: dict[str, int] = {}
    for staff, count in [*held, *asked]:
        counts[str(staff)] = counts.get(str(staff), 0) + count
    last = {str(staff): at for staff, at in taken}
    return {StaffId(each): (counts.get(each, 0), last.get(each)) for each in {*counts, *last}}


def alerts_for(
    db: Session, staff: StaffId, *, now: datetime, within: timedelta = timedelta(hours=12)
) -> list[Alert]:
    """What this person was called to lately, the latest first."""
    rows = db.exec(
        select(Work)
        .where(Work.kind == ALERT, col(Work.written_at) > now - within)
        .order_by(col(Work.id).desc())
        .limit(_MOST_ALERTS)
    ).all()
    mine = [row for row in rows if staff in row.facts.get("staff", ())]
    tickets = {str(row.facts["ticket"]) for row in mine}
    found = select(Ticket.id, Ticket.state).where(col(Ticket.id).in_(tickets))
    states = dict(db.exec(found).all())
    return [_as_it_stands(row, states) for row in mine]


def alert_of(work: worklist.DueWork | Work) -> Alert:
    """What a row of kind `desk.alert` says."""
    facts = work.facts
    return Alert(
        id=work.id or 0,
        ticket=TicketId(str(facts["ticket"])),
        alarm=Alarm(str(facts["alarm"])),
        level=int(facts["level"]),
        staff=tuple(StaffId(each) for each in facts["staff"]),
        why=facts["why"],
        at=work.written_at,
        is_over=False,
    )


def alert_as_it_stands(db: Session, work: worklist.DueWork) -> Alert:
    """The same, and whether somebody still has to come."""
    alert = alert_of(work)
    called = [each for each in alert.staff if is_called_for(db, alert.ticket, alert.alarm, each)]
    is_over = not is_called_for(db, alert.ticket, alert.alarm, None)
    return replace(alert, staff=tuple(called), is_over=is_over)


def is_called_for(db: Session, ticket: TicketId, alarm: Alarm, staff: StaffId | None) -> bool:
    """Whether the ticket still stands as that alarm found it; `staff`: for this person, who may
    have been given it and has it no more.
    """
    found = db.exec(select(Ticket.state, Ticket.owner).where(Ticket.id == ticket)).first()
    if found is None or found[0] not in _wanted(alarm):
        return False
    return alarm is not Alarm.ASSIGNED or staff is None or found[1] == staff


def latest_of(db: Session, conversation: ConversationId) -> TicketId | None:
    """The last ticket of a conversation, open or not."""
    found = db.exec(
        select(Ticket.id)
        .where(Ticket.conversation == conversation)
        .order_by(col(Ticket.opened_at).desc(), col(Ticket.id).desc())
        .limit(1)
    ).first()
    return TicketId(found) if found is not None else None


def _as_it_stands(row: Work, states: dict[str, str]) -> Alert:
    alert = alert_of(row)
    return replace(alert, is_over=states.get(alert.ticket) not in _wanted(alert.alarm))


def _wanted(alarm: Alarm) -> frozenset[str]:
    """How a ticket stands while that alarm is one."""
    match alarm:
        case Alarm.LATE:  # also where it was put aside without a word
            return frozenset({TicketState.CLAIMED.value, TicketState.SNOOZED.value})
        case Alarm.ASSIGNED | Alarm.SILENT | Alarm.WOKEN:
            return frozenset({TicketState.CLAIMED.value})
        case _:
            return frozenset({TicketState.WAITING.value})
