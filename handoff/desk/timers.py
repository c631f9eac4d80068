"""When a ticket's clock strikes (対応期限): the chain is told, a silent owner's conversation goes
back, what was put aside is taken up (R-154, R-156). All of it in working time.

Not here: what the customer is told of it (`dialogue`); the worker that claims the rows (`bot`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Session

from catalog.duties.actors import SCHEDULER
from catalog.ground.calendar import ShopHours, round_up_to
from catalog.ground.record import StaffId, TicketId, to_millis
from catalog.ground.worklist import DueWork
from handoff.desk import actions, queries, routing
from handoff.desk.moves import HELD, Level, is_owed, rises_at, silent_at
from handoff.desk.queries import Alarm
from handoff.desk.tables import Ticket, TicketState
from handoff.desk.watch import Watched


class Struck(StrEnum):
    """What came of it."""

    NOTHING = "nothing"  # the ticket has moved on
    LATER = "later"  # that much working time has not passed yet
    TOLD_CHAIN = "told_chain"
    PROMISED_ANEW = "promised_anew"  # nobody came in time: the customer is told a new one
    LATE = "late"  # the owner has not said a word by the time promised
    GAVE_BACK = "gave_back"  # the owner was silent: the queue, with a new time
    SILENT = "silent"  # the owner was silent, and keeps it
    WOKE = "woke"


@dataclass(frozen=True, slots=True)
class Strike:
    """What came of one due row. `again_at`: when to look again; `promised_at`: the new promise."""

    what: Struck
    ticket: Ticket | None = None
    again_at: datetime | None = None
    promised_at: datetime | None = None


_NOTHING = Strike(Struck.NOTHING)


def strike(
    db: Session, work: DueWork, *, hours: ShopHours, answer_lead: timedelta, now: datetime
) -> Strike:
    """Look at what is due. `answer_lead`: working time within which a person answers. Nothing is
    decided on what somebody may be changing: the conversation is locked first.
    """
    ticket = db.get(Ticket, str(work.facts["ticket"]), populate_existing=True)
    if ticket is None or ticket.version != work.facts["version"]:
        return _NOTHING
    ticket = actions.locked(db, TicketId(ticket.id))
    if ticket.version != work.facts["version"]:
        return _NOTHING
    ticket_id, terms = TicketId(ticket.id), queries.terms(db)
    state = TicketState(ticket.state)
    # A shop that missed one promise makes no equally short one, and apologises less and less often.
    soonest = round_up_to(hours.after_work(now, answer_lead * 4 ** min(ticket.misses, 3)), 5)
    match Watched(str(work.facts["what"])):
        case Watched.LEAD | Watched.MANAGER as what:
            level = Level.LEAD if what is Watched.LEAD else Level.MANAGER
            at = rises_at(terms, level, ticket.waits_since or ticket.opened_at, hours)
            if at > now:
                return Strike(Struck.LATER, ticket, again_at=at)
            if ticket.level >= level:
                return _NOTHING
            actions.rise(db, ticket_id, level, now=now)
            return Strike(Struck.TOLD_CHAIN, ticket)
        case Watched.PROMISE if state is TicketState.WAITING:
            actions.promise(db, ticket_id, promised_at=soonest, now=now)
            return Strike(Struck.PROMISED_ANEW, ticket, promised_at=soonest)
        case Watched.PROMISE if state in HELD and is_owed(ticket.kept_at, at=now):
            actions.rise(db, ticket_id, Level.MANAGER, now=now, alarm=Alarm.LATE)
            return Strike(Struck.LATE, ticket)
        case Watched.SILENCE if (
            state is TicketState.CLAIMED
            and ticket.unanswered_since is not None
            and to_millis(ticket.unanswered_since) == work.facts["since"]
        ):
            at = silent_at(terms, ticket.unanswered_since, hours)
            if at > now:
                return Strike(Struck.LATER, ticket, again_at=at)
            if not terms.returns_silent:
                actions.rise(db, ticket_id, Level.MANAGER, now=now, alarm=Alarm.SILENT)
                return Strike(Struck.SILENT, ticket)
            actions.give_back(db, ticket_id, actor=SCHEDULER, promised_at=soonest, now=now)
            return Strike(Struck.GAVE_BACK, ticket, promised_at=soonest)
        case Watched.WAKE if state is TicketState.SNOOZED:
            actions.wake(db, ticket_id, actor=SCHEDULER, now=now)
            if ticket.owner is not None:
                routing.alert(db, ticket, Alarm.WOKEN, [StaffId(ticket.owner)], now=now)
            return Strike(Struck.WOKE, ticket)
        case _:
            return _NOTHING
