"""What happened to an appointment, told in the channel to whoever it is for, by name
(予約のお知らせ): a customer who booked has no thread as long as nobody waits.
"""

from datetime import datetime

from sqlmodel import Session

from catalog.ground.record import ConversationId
from catalog.ground.worklist import DueWork
from handoff.appointments.tables import Appointment
from handoff.dialogue.visits import calling
from handoff.dialogue.visits.calling import Call
from handoff.slack import cards, queries
from handoff.slack.cards import Message
from handoff.slack.posts import actions
from handoff.slack.queries import StaffSlack

POST = "slack.appointment"  # work: the channel hears of an appointment


def tell(db: Session, work: DueWork, call: Call, *, due_at: datetime, now: datetime) -> bool:
    """Once for each time somebody is called to it, as long as it is not over."""
    facts = {**work.facts, "told": call.what, "called": list(call.staff)}
    return actions.put(
        db, POST, work.subject, f"{work.kind}:{work.id}", due_at=due_at,
        until=call.appointment.ends_at, now=now, facts=facts,
    )  # fmt: skip


def message(db: Session, work: DueWork, slack: StaffSlack, *, now: datetime) -> Message | None:
    """As it stands when it is posted; None: nobody has to be told any more."""
    call = calling.due(db, work, now=now)
    if call is None or call.what != work.facts["told"]:
        return None
    row, words = call.appointment, queries.words(db)
    told = words.appointment(call.what, row.kind, _customer(db, row), row.starts_at, row.store)
    called = queries.slack_ids(db, work.facts["called"])
    return cards.booking(told, called, words, url=slack.page(call.path))


def _customer(db: Session, row: Appointment) -> str:
    return queries.called(db, ConversationId(row.conversation), queries.words(db))
