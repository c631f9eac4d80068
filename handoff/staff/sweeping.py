"""What nobody needs any more of how staff came in, forgotten each night (slot `sign-in-sweep`):
counts of tries after a day, challenges and visits nobody answered, sessions a month after their
end, and browsers that are told nothing any more.
"""

from datetime import datetime, timedelta

from sqlmodel import Session

from handoff.staff import attempts, oidc, passkeys, sessions
from handoff.staff.push import actions as push

SESSIONS_KEPT_FOR = timedelta(days=30)


def run(db: Session, at: datetime) -> None:
    """Forget it as of that moment."""
    attempts.sweep(db, now=at)
    passkeys.sweep(db, now=at)
    oidc.sweep(db, now=at)
    sessions.sweep(db, before=at - SESSIONS_KEPT_FOR)
    push.sweep(db, before=at - SESSIONS_KEPT_FOR)
