"""Issue, find and revoke passes to media (閲覧パス). A messenger fetches when the person looks, so
they live long; what was sent under a partner's grants opens only while these hold (R-027).
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from catalog.customers.linking import owner
from catalog.ground.calendar import tokyo_day
from catalog.ground.errors import Missing
from catalog.ground.record import AssetId, ConversationId, PartnerId
from catalog.ground.session.hot import Hot
from catalog.items.rules import Standing, Viewer, can_see
from catalog.items.tables import Unit
from catalog.partners import queries as partners
from media.assets.kinds import AssetKind
from media.assets.tables import Asset
from media.renditions.tables import Recipe, Rendition, RenditionState
from media.sharing.kinds import MEDIA_KINDS, Why
from media.sharing.tables import MediaPass

LIFE = timedelta(days=400)
_TOKEN_BYTES = 16
_MOST_TOKEN = 64
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class About:
    """What somebody asked for, as far as it is known: by which share and viewing or which pass, and
    which file of which capture.
    """

    share_id: str | None = None
    viewing_id: str | None = None
    pass_hash: str | None = None
    asset_id: str | None = None
    rendition_id: str | None = None


NOTHING = About()


class PassUnknown(Missing):
    """Never issued, expired, revoked, or nothing behind it: one answer. `why` and `about` are for
    the record of looks alone.
    """

    def __init__(self, why: Why = Why.UNKNOWN, about: About = NOTHING) -> None:
        super().__init__("no such pass")
        self.why = why
        self.about = about


@dataclass(frozen=True, slots=True)
class Passed:
    """What a pass opens."""

    key: str
    sha256: str
    size: int
    mime: str
    about: About = NOTHING


def issue(
    db: Session,
    rendition_ids: Sequence[str],
    conversation: ConversationId,
    *,
    now: datetime,
    purpose: str = "letter",
    partner: PartnerId | None = None,
) -> dict[str, str]:
    """A fresh token for each rendition. The tokens are never stored and never logged. `partner`: by
    whose grants it is shown.
    """
    tokens = {each: secrets.token_urlsafe(_TOKEN_BYTES) for each in rendition_ids}
    for rendition_id, token in tokens.items():
        _ISSUE(
            db,
            token_hash=token_hash(token),
            rendition_id=rendition_id,
            conversation=conversation,
            purpose=purpose,
            partner_id=partner,
            issued_at=now,
            expires_at=now + LIFE,
        )
    return tokens


def find(db: Session, token: str, *, now: datetime) -> Passed:
    """What the token opens. Raises PassUnknown."""
    if len(token) > _MOST_TOKEN:
        raise PassUnknown
    row = db.exec(
        select(Rendition, MediaPass).where(
            MediaPass.token_hash == token_hash(token), Rendition.id == MediaPass.rendition_id
        )
    ).first()
    if row is None:
        raise PassUnknown
    made, given = row
    about = About(pass_hash=given.token_hash, asset_id=made.asset_id, rendition_id=made.id)
    if given.revoked_at is not None:
        raise PassUnknown(Why.REVOKED, about)
    if given.expires_at <= now:
        raise PassUnknown(Why.ENDED, about)
    if given.partner_id is not None and not _still_sees(
        db, given.partner_id, given.conversation, made.asset_id, now=now
    ):
        raise PassUnknown(Why.FOREIGN, about)
    return passed(made, about)


def passed(made: Rendition, about: About = NOTHING) -> Passed:
    """The file of a rendition; tiles are never given whole. Raises PassUnknown."""
    if made.state != RenditionState.READY.value or made.recipe == Recipe.TILES:
        raise PassUnknown(Why.GONE, about)
    if made.key is None or made.sha256 is None or made.bytes is None or made.mime is None:
        raise PassUnknown(Why.GONE, about)
    return Passed(made.key, made.sha256, made.bytes, made.mime, about)


def _still_sees(
    db: Session, partner: str, conversation: str, asset_id: str, *, now: datetime
) -> bool:
    """Whether the partner's grants of today show it; what is the person's own they see anyway."""
    shown = db.exec(
        select(Asset.kind, Unit).where(Asset.id == asset_id, Unit.id == Asset.unit_id)
    ).first()
    if shown is None:
        return False
    kind, unit = shown
    channel, _, address = conversation.partition(":")
    firm = PartnerId(partner)
    viewer = Viewer(owner(db, channel, address), firm, partners.grants_on(db, firm, tokyo_day(now)))
    return can_see(
        viewer.able_to(None, MEDIA_KINDS[AssetKind(kind)]),
        Standing(unit.code, unit.state, unit.owner_kind, unit.owner_id),
    )


def revoke_unseen(db: Session, partner: PartnerId, *, now: datetime) -> int:
    """What the partner may not see today does not open any more, whatever it is granted later; how
    many passes that were.
    """
    given = db.exec(
        select(MediaPass.token_hash, MediaPass.conversation, Rendition.asset_id).where(
            MediaPass.partner_id == partner,
            col(MediaPass.revoked_at).is_(None),
            col(MediaPass.expires_at) > now,
            Rendition.id == MediaPass.rendition_id,
        )
    ).all()
    seen: dict[tuple[str, str], bool] = {}
    gone = []
    for token, conversation, asset_id in given:
        about = (conversation, asset_id)
        if about not in seen:
            seen[about] = _still_sees(db, partner, conversation, asset_id, now=now)
        if not seen[about]:
            gone.append(token)
    return sum(
        _revoke(db, col(MediaPass.token_hash).in_(gone[n : n + _AT_ONCE]), now)
        for n in range(0, len(gone), _AT_ONCE)
    )


def of_rendition(db: Session, rendition_id: str) -> Passed:
    """What somebody of the shop sees without a pass. Raises PassUnknown."""
    row = db.get(Rendition, rendition_id) if len(rendition_id) <= _MOST_TOKEN else None
    if row is None:
        raise PassUnknown
    return passed(row)


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
    " (token_hash, rendition_id, conversation, purpose, partner_id, issued_at, expires_at)"
    " VALUES (:token_hash, :rendition_id, :conversation, :purpose, :partner_id, :issued_at,"
    " :expires_at)"
)
