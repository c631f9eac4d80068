"""A capture session that nobody ended (撮影セッションの期限): after so many hours without a shot
it takes in nothing more, so that what is photographed the next morning is not taken for yesterday's
piece.
"""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from catalog.ground import policy
from catalog.ground.policy import term, whole
from media.assets.tables import Asset
from media.intake.tables import CaptureSession, SessionCapture


@dataclass(frozen=True, slots=True)
class CaptureTerms:
    """How long a session waits for its next shot."""

    session_hours: int = term(
        "capture.session_hours",
        8,
        whole(1, 72),
        "hours without a shot after which a capture session takes in nothing more",
    )


def terms(db: Session) -> CaptureTerms:
    """The terms in force."""
    return policy.current(db).of(CaptureTerms)


def latest_of(db: Session, session: CaptureSession) -> Asset | None:
    """The last capture that came in during it."""
    return db.exec(
        select(Asset)
        .where(SessionCapture.session_id == session.id, SessionCapture.asset_id == Asset.id)
        .order_by(col(Asset.id).desc())
        .limit(1)
    ).first()
