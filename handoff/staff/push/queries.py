"""Reads on browsers that may be told things. One is reached while its session may last, its person
works here and has the same role; that nobody touches the session for a night ends nothing, because
a call is for those who do not sit before it.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from catalog.ground.record import StaffId
from handoff.staff.push.tables import PushSubscription
from handoff.staff.tables import Staff, StaffSession


@dataclass(frozen=True, slots=True)
class Browser:
    """One that is reached."""

    id: str
    staff_id: StaffId
    session_id: str
    endpoint: str = field(repr=False)
    p256dh: bytes = field(repr=False)
    auth: bytes = field(repr=False)
    server_key: str
    lang: str
    agent: str | None
    since: datetime
    told_at: datetime | None


def _live(now: datetime) -> Any:
    return (
        select(PushSubscription)
        .join(StaffSession, col(StaffSession.id) == col(PushSubscription.session_id))
        .join(Staff, col(Staff.id) == col(PushSubscription.staff_id))
        .where(
            col(PushSubscription.ended_at).is_(None),
            col(StaffSession.staff_id) == col(PushSubscription.staff_id),
            col(StaffSession.ended_at).is_(None),
            col(StaffSession.ends_at) > now,
            col(StaffSession.role) == col(Staff.role),
            col(Staff.left_at).is_(None),
        )
        .order_by(col(PushSubscription.since), col(PushSubscription.id))
    )


def of(db: Session, staff: Collection[StaffId], *, now: datetime) -> list[Browser]:
    """The browsers of these people, those of the longest standing first."""
    rows = db.exec(_live(now).where(col(PushSubscription.staff_id).in_(sorted(set(staff)))))
    return [_browser(row) for row in rows]


def one(db: Session, browser: str, *, now: datetime) -> Browser | None:
    """That browser, while it is reached."""
    row = db.exec(_live(now).where(PushSubscription.id == browser)).first()
    return _browser(row) if row is not None else None


def _browser(row: PushSubscription) -> Browser:
    return Browser(
        id=row.id,
        staff_id=StaffId(row.staff_id),
        session_id=row.session_id,
        endpoint=row.endpoint,
        p256dh=row.p256dh,
        auth=row.auth,
        server_key=row.server_key,
        lang=row.lang,
        agent=row.agent,
        since=row.since,
        told_at=row.told_at,
    )
