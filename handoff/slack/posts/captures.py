"""The morning's captures, as the channel is told of them (撮影待ちのお知らせ, R-021): as many as
there are when it is posted. Not here: on which mornings (`desk.digest`).
"""

from datetime import datetime, timedelta

from sqlmodel import Session

from catalog.ground.calendar import at_tokyo, tokyo_day
from catalog.ground.worklist import DueWork
from handoff.desk import digest
from handoff.slack import cards, queries
from handoff.slack.cards import Message
from handoff.slack.posts import actions
from handoff.slack.queries import StaffSlack

POST = "slack.owed"  # work: the channel is told what captures somebody waits for


def tell(db: Session, day: str, *, now: datetime) -> bool:
    """Those of that day, which is today: no later day is told of them."""
    ends = at_tokyo(tokyo_day(now) + timedelta(days=1))
    return actions.put(db, POST, "captures", day, due_at=now, until=ends, now=now, facts={})


def message(db: Session, work: DueWork, slack: StaffSlack, *, now: datetime) -> Message | None:
    """What is posted; None once nobody waits, or the day is over."""
    if tokyo_day(now).isoformat() != work.key:
        return None
    count = digest.owed(db, now=now)
    if count.is_nothing:
        return None
    return cards.owed(count, queries.words(db), url=slack.page("/console/captures"))
