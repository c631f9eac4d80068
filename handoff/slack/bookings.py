"""What happened to an appointment, told in the channel to whoever it is for, by name
(予約のお知らせ): a customer who booked has no thread as long as nobody waits.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from catalog.ground import worklist
from catalog.ground.record import ConversationId, new_id
from handoff.appointments.tables import Appointment
from handoff.dialogue.visits import calling
from handoff.dialogue.visits.calling import Call
from handoff.slack import cards, queries
from handoff.slack.cards import Message
from handoff.slack.queries import StaffSlack
from handoff.staff.tables import Staff

POST = "slack.appointment"  # work: the channel hears of an appointment


def tell(
    db: Session, work: worklist.DueWork, call: Call, *, due_at: datetime, now: datetime
) -> bool:
    """Once; what the post is known by is fixed before the first try."""
    facts = {
        **work.facts, "told": call.what, "called": list(call.staff), "post": new_id(now),
    }  # fmt: skip
    key = f"{work.kind}:{work.id}"
    return worklist.add(db, POST, work.subject, key, due_at=due_at, now=now, facts=facts)


def message(
    db: Session, work: worklist.DueWork, slack: StaffSlack, *, now: datetime
) -> Message | None:
    """As it stands when it is posted; None: nobody has to be told any more."""
    call = calling.due(db, work, now=now)
    if call is None or call.what != work.facts["told"]:
        return None
    row, words = call.appointment, queries.words(db)
    told = words.appointment(call.what, row.kind, _customer(db, row), row.starts_at, row.store)
    url = f"{slack.public_url}{call.path}" if slack.public_url else None
    return cards.booking(told, _slack_ids(db, work.facts["called"]), words, url=url)


def _customer(db: Session, row: Appointment) -> str:
    return queries.called(db, ConversationId(row.conversation), queries.words(db))


def _slack_ids(db: Session, staff: Sequence[str]) -> list[str]:
    found = select(Staff.slack_id).where(
        col(Staff.id).in_(staff), col(Staff.slack_id).is_not(None), col(Staff.left_at).is_(None)
    )
    return [str(each) for each in db.exec(found.order_by(col(Staff.id)))]
