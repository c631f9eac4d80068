"""Letters that were kept back and may go again (送信の再開): the talk they waited for is over,
or the month has room.

While they waited nothing left the house, so no earlier try counts against them; only one whose
outcome nobody knows keeps the life of its key. What the shop starts by itself goes at an hour it
may write at (NTF-1, NTF-2). Not here: that they are kept back (`actions`, `rules`).
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from catalog.ground import policy
from catalog.ground.policy import NoticeTerms
from catalog.ground.record import ConversationId
from catalog.ground.session.hot import Hot, HotList
from conversations.outbox.tables import Priority

COUNTS_AS_REPLY = timedelta(hours=24)  # what was asked for longer ago is no answer any more
# Answers to what a person of the shop deals with; nobody should read them an hour later.
ANSWERS = "purpose IN ('answer', 'apology', 'slow answer', 'still looking', 'received')"
# A word of the desk answers who asked for a person; partners have no quiet hours.
_SHOP_STARTS = (
    f"((priority > {Priority.ASKED.value} AND purpose <> 'desk') OR written_at <= :a_day_ago)"
    " AND NOT EXISTS (SELECT 1 FROM partner_seat s WHERE s.channel = outbox.channel"
    " AND s.address = substr(outbox.conversation, length(outbox.channel) + 2))"
)
_EARLIEST = f"CASE WHEN {_SHOP_STARTS} THEN :morning ELSE :now END"
_ANEW = (
    " attempts = 0, first_tried_at = CASE WHEN is_unclear = :yes THEN first_tried_at END,"
    f" due_at = CASE WHEN due_at > {_EARLIEST} THEN due_at ELSE {_EARLIEST} END"
)
_AFTER_TALK = Hot(
    f"UPDATE outbox SET state = CASE WHEN NOT ({ANSWERS}) THEN 'due'"
    " WHEN is_unclear = :yes THEN 'ambiguous' ELSE 'suppressed' END,"
    f" last_error = CASE WHEN {ANSWERS} THEN 'a person took over' ELSE last_error END,"
    f" ended_at = CASE WHEN {ANSWERS} THEN :now END,{_ANEW}"
    " WHERE conversation = :conversation AND state = 'held' RETURNING state"
)
_WITHIN_MONTH = HotList(
    "UPDATE outbox SET state = CASE WHEN written_by IS NULL AND EXISTS (SELECT 1 FROM thread t"
    " WHERE t.id = outbox.conversation AND t.speaker IS NOT NULL) THEN 'held' ELSE 'due' END,"
    f" ended_at = NULL,{_ANEW}"
    " WHERE channel = :channel AND state = 'waiting' AND priority IN ({}) RETURNING state"
)


def after_talk(db: Session, conversation: ConversationId, *, now: datetime) -> int:
    """What a talk held back is due, its answers are dropped. How many are due."""
    rows = _AFTER_TALK(db, conversation=conversation, yes=True, **_hours(db, now))
    return sum(row[0] == "due" for row in rows)


def within_month(
    db: Session, channel: str, priorities: Collection[Priority], *, now: datetime
) -> int:
    """What waited for the month's messages is due, as far as they are there for it and no person
    of the shop speaks there meanwhile. How many.
    """
    numbers = [priority.value for priority in priorities]
    rows = _WITHIN_MONTH(db, numbers, channel=channel, yes=True, **_hours(db, now))
    return sum(row[0] == "due" for row in rows)


_UNTIL_MORNING = HotList(
    "UPDATE outbox SET state = 'due', attempts = 0, leased_by = NULL, due_at = :morning,"
    " first_tried_at = CASE WHEN is_unclear = :yes OR state = 'sending' THEN first_tried_at END,"
    " is_unclear = CASE WHEN state = 'sending' THEN :yes ELSE is_unclear END"
    f" WHERE id IN ({{}}) AND {_SHOP_STARTS} RETURNING id"
)


def until_morning(db: Session, late: Sequence[int], *, now: datetime) -> set[int]:
    """Of letters that should have left earlier, when it was no night yet, those that wait for the
    morning now; none by day.
    """
    hours = _hours(db, now)
    if hours["morning"] <= now:
        return set()
    del hours["now"]
    return {row[0] for row in _UNTIL_MORNING(db, late, yes=True, **hours)}


def _hours(db: Session, now: datetime) -> dict[str, datetime]:
    quiet = policy.current(db).of(NoticeTerms).quiet
    return {"now": now, "morning": quiet.next_send(now), "a_day_ago": now - COUNTS_AS_REPLY}
