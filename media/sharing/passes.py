"""Issue, find and revoke passes to media (閲覧パス). A messenger fetches when the person looks, so
they live long.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from catalog.ground.errors import Missing
from catalog.ground.record import AssetId, ConversationId
from catalog.ground.session.hot import Hot
from media.renditions.tables import Rendition, RenditionState
from media.sharing.tables import MediaPass

LIFE = timedelta(days=400)
_TOKEN_BYTES = 16
_MOST_TOKEN = 64


class PassUnknown(Missing):
    """Never issued, expired, revoked, or nothing behind it: one answer."""

    def __init__(self) -> None:
        super().__init__("no such pass")


@dataclass(frozen=True, slots=True)
class Passed:
    """What a pass opens."""

    key: str
    sha256: str
    size: int
    mime: str


def issue(
    db: Session,
    rendition_ids: Sequence[str],
    conversation: ConversationId,
    *,
    now: datetime,
    purpose: str = "letter",
) -> dict[str, str]:
    """A fresh token for each rendition. The tokens are never stored and never logged."""
    tokens = {each: secrets.token_urlsafe(_TOKEN_BYTES) for each in rendition_ids}
    for rendition_id, token in tokens.items():
        _ISSUE(
            db,
            token_hash=token_hash(token),
            rendition_id=rendition_id,
            conversation=conversation,
            purpose=purpose,
            issued_at=now,
            expires_at=now + LIFE,
        )
    return tokens


def find(db: Session, token: str, *, now: datetime) -> Passed:
    """What the token opens. Raises PassUnknown."""
    if len(token) > _MOST_TOKEN:
        raise PassUnknown
    row = db.exec(
        select(Rendition.key, Rendition.sha256, Rendition.bytes, Rendition.mime).where(
            MediaPass.token_hash == token_hash(token),
            col(MediaPass.revoked_at).is_(None),
            col(MediaPass.expires_at) > now,
            Rendition.id == MediaPass.rendition_id,
            Rendition.state == RenditionState.READY.value,
        )
    ).first()
    if row is None:
        raise PassUnknown
    key, sha256, size, mime = row
    if key is None or sha256 is None or size is None or mime is None:
        raise PassUnknown
    return Passed(key, sha256, size, mime)


def revoke_for_conversation(db: Session, conversation: ConversationId, *, now: datetime) -> int:
    """Nothing sent into this conversation opens any more; how many passes that were."""
    return _revoke(db, col(MediaPass.conversation) == conversation, now)


def revoke_for_asset(db: Session, asset_id: AssetId, *, now: datetime) -> int:
    """Nothing made from this asset opens any more, whoever got it."""
    made = select(Rendition.id).where(Rendition.asset_id == asset_id)
    return _revoke(db, col(MediaPass.rendition_id).in_(made), now)


def token_hash(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _revoke(db: Session, which: Any, now: datetime) -> int:
    revoked: Any = db.connection().execute(
        update(MediaPass).where(which, col(MediaPass.revoked_at).is_(None)).values(revoked_at=now)
    )
    return int(revoked.rowcount)


_ISSUE = Hot(
    "INSERT INTO media_pass"
    " (token_hash, rendition_id, conversation, purpose, issued_at, expires_at)"
    " VALUES (:token_hash, :rendition_id, :conversation, :purpose, :issued_at, :expires_at)"
)
