"""Who watched what (閲覧記録): the messenger says that a film was played to its end.

The tracking id that travels with a film is the digest kept of its pass, so it says nothing by
itself and opens nothing. Views of pages and refusals are not here yet; they come with share pages.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, func
from sqlalchemy import select as select_columns
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session, col, select

from catalog.ground.record import STRICT, ConversationId, Instant, Row, UnitId, Whole, Words
from catalog.items.tables import Unit
from media.assets.tables import Asset
from media.renditions.tables import Rendition
from media.sharing.passes import token_hash
from media.sharing.tables import MediaPass


class MediaView(Row, table=True):
    """One film played to its end by the one it was sent to. The same telling twice is one row."""

    __tablename__ = "media_view"
    __table_args__ = (
        UniqueConstraint("token_hash", "at"),
        Index("media_view_talk", "conversation", "at"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=Whole)
    token_hash: str = Field(sa_type=Words, foreign_key="media_pass.token_hash")
    asset_id: str = Field(sa_type=Words, foreign_key="asset.id", index=True)
    conversation: str = Field(sa_type=Words)
    at: datetime = Field(sa_type=Instant)
    told_at: datetime = Field(sa_type=Instant)


def tracking_id(token: str) -> str:
    """What travels with the film and comes back when it was watched (64 characters)."""
    return token_hash(token)


def watched(
    db: Session, tracking_id: str, *, conversation: ConversationId, at: datetime, now: datetime
) -> bool:
    """Keep that this film was watched; False for an id we never sent into this conversation."""
    asset_id = db.exec(
        select(Rendition.asset_id).where(
            MediaPass.token_hash == tracking_id,
            MediaPass.conversation == conversation,
            Rendition.id == MediaPass.rendition_id,
        )
    ).first()
    if asset_id is None:
        return False
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    added: Any = db.connection().execute(
        insert(MediaView)
        .values(
            token_hash=tracking_id,
            asset_id=asset_id,
            conversation=conversation,
            at=at,
            told_at=now,
        )
        .on_conflict_do_nothing()
        .returning(col(MediaView.id))
    )
    return added.first() is not None


@dataclass(frozen=True, slots=True)
class Interest:
    """How often a piece was shown in somebody's chat, and how often a film of it was watched to its
    end.
    """

    shown: int
    watched: int


def interest(
    db: Session, unit_id: UnitId, *, since: datetime, but: ConversationId | None = None
) -> Interest:
    """What there was of it since that moment; `but` leaves out the one who asks. Film and poster of
    one letter are one showing.
    """
    letters = (
        select(MediaPass.conversation, MediaPass.issued_at)
        .join(Rendition, col(Rendition.id) == col(MediaPass.rendition_id))
        .join(Asset, col(Asset.id) == col(Rendition.asset_id))
        .where(
            Asset.unit_id == unit_id,
            col(MediaPass.issued_at) >= since,
            col(MediaPass.conversation) != (but or ""),
        )
        .distinct()
        .subquery()
    )
    shown = db.exec(select(func.count()).select_from(letters)).one()
    watched = db.exec(
        select(func.count())
        .select_from(MediaView)
        .join(Asset, col(Asset.id) == col(MediaView.asset_id))
        .where(
            Asset.unit_id == unit_id,
            col(MediaView.at) >= since,
            col(MediaView.conversation) != (but or ""),
        )
    ).one()
    return Interest(int(shown), int(watched))


def of_asset(db: Session, asset_id: str) -> list[MediaView]:
    """Every time a film of this asset was watched to its end, latest first."""
    return list(
        db.exec(
            select(MediaView)
            .where(MediaView.asset_id == asset_id)
            .order_by(col(MediaView.at).desc())
        )
    )


def of_conversation(db: Session, conversation: ConversationId) -> list[MediaView]:
    """Every film that was watched to its end there, the oldest first."""
    return list(
        db.exec(
            select(MediaView)
            .where(MediaView.conversation == conversation)
            .order_by(col(MediaView.at), col(MediaView.id))
        )
    )


@dataclass(frozen=True, slots=True)
class Looked:
    """A film or picture that was sent into somebody's chats: when last, and when last watched to
    its end (films alone tell).
    """

    code: str
    title: str
    kind: str
    part: str | None
    sent_at: datetime
    watched_at: datetime | None


def looked(
    db: Session, conversations: Collection[str], *, limit: int = 100, offset: int = 0
) -> list[Looked]:
    """What was sent into these conversations, capture by capture, the latest first."""
    if not conversations:
        return []
    sent = func.max(col(MediaPass.issued_at))
    kept = func.max(col(MediaView.at))
    what: Any = (Unit.code, Unit.title, Asset.kind, Asset.part)
    rows: Any = db.connection().execute(
        select_columns(*what, sent, kept)
        .select_from(MediaPass)
        .join(Rendition, col(Rendition.id) == col(MediaPass.rendition_id))
        .join(Asset, col(Asset.id) == col(Rendition.asset_id))
        .join(Unit, col(Unit.id) == col(Asset.unit_id))
        .outerjoin(MediaView, col(MediaView.token_hash) == col(MediaPass.token_hash))
        .where(col(MediaPass.conversation).in_(conversations))
        .group_by(col(Asset.id), *what)
        .order_by(sent.desc(), col(Asset.id))
        .limit(limit)
        .offset(offset)
    )
    return [Looked(*row) for row in rows]


def counted(db: Session, conversations: Collection[str]) -> int:
    """How many captures were sent into these conversations."""
    query = (
        select(func.count(func.distinct(col(Rendition.asset_id))))
        .select_from(MediaPass)
        .join(Rendition, col(Rendition.id) == col(MediaPass.rendition_id))
        .join(Asset, col(Asset.id) == col(Rendition.asset_id))
        .where(col(MediaPass.conversation).in_(conversations), col(Asset.unit_id).is_not(None))
    )
    return int(db.exec(query).one())
