"""Chapters of a film (チャプター): where a shot or a part begins, as staff mark it, and the list a
player reads (WebVTT). Rows are added and taken back, never changed.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, update
from sqlmodel import Field, Session, col, select

from catalog.ground import journal
from catalog.ground.errors import Malformed, Missing, Refused
from catalog.ground.record import STRICT, AssetId, Instant, Row, Whole, Words, new_id
from catalog.ground.session.database import insert_once
from media.assets.kinds import AssetKind, Part
from media.assets.queries import asset_of

MOST_LABEL = 60
MOST_CHAPTERS = 60
_LONGEST_MS = 24 * 60 * 60 * 1000


class ChapterMissing(Missing):
    """No such chapter of that film."""


class ChapterMalformed(Malformed):
    """Not a moment of a film, or a name of no sense."""

    def __init__(self, field: str) -> None:
        super().__init__(f"a chapter needs another {field}")
        self.field = field


class ChaptersRefused(Refused):
    """Only films have chapters, one at a moment, and not more than sixty."""

    def __init__(self) -> None:
        super().__init__("this capture takes no such chapter")


class Chapter(Row, table=True):
    """From `at_ms` on it shows this. `open_key` is set while it counts: one at a moment."""

    __tablename__ = "chapter"
    __table_args__ = (UniqueConstraint("open_key"), Index("chapter_asset", "asset_id"), STRICT)

    id: str = Field(primary_key=True, sa_type=Words)
    asset_id: str = Field(sa_type=Words, foreign_key="asset.id")
    at_ms: int = Field(sa_type=Whole)
    part: str | None = Field(default=None, sa_type=Words)
    label: str = Field(sa_type=Words)
    open_key: str | None = Field(default=None, sa_type=Words)
    marked_by: str = Field(sa_type=Words)
    marked_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)


def of(db: Session, asset_id: AssetId) -> Sequence[Chapter]:
    """Those that count, in order."""
    return db.exec(
        select(Chapter)
        .where(Chapter.asset_id == asset_id, col(Chapter.open_key).is_not(None))
        .order_by(col(Chapter.at_ms))
    ).all()


def mark(
    db: Session,
    asset_id: AssetId,
    at_ms: int,
    label: str,
    *,
    part: Part | None,
    by: str,
    now: datetime,
) -> None:
    """From there on it shows that; the same again changes nothing.

    Raises AssetMissing, ChapterMalformed, ChaptersRefused.
    """
    label = " ".join("".join(each if each.isprintable() else " " for each in label).split())
    if not 0 <= at_ms <= _LONGEST_MS:
        raise ChapterMalformed("moment")
    if not label or len(label) > MOST_LABEL:
        raise ChapterMalformed("label")
    if asset_of(db, asset_id).kind != AssetKind.FILM.value:
        raise ChaptersRefused
    if len(of(db, asset_id)) >= MOST_CHAPTERS:
        raise ChaptersRefused
    facts: dict[str, Any] = {"at_ms": at_ms, "label": label, "part": part.value if part else None}
    key = f"{asset_id}|{at_ms}"
    told = {"asset_id": asset_id, "open_key": key, "marked_by": by, "marked_at": now}
    if not insert_once(db, Chapter, {"id": new_id(now), **facts, **told}):
        before = db.exec(select(Chapter).where(Chapter.open_key == key)).one()
        if (before.label, before.part) != (label, facts["part"]):
            raise ChaptersRefused
        return
    journal.record(db, f"asset:{asset_id}", "chapter_marked", actor=by, at=now, facts=facts)


def end(db: Session, asset_id: AssetId, chapter_id: str, *, by: str, now: datetime) -> None:
    """It does not count any more. Raises ChapterMissing."""
    ended = db.connection().execute(
        update(Chapter)
        .where(
            col(Chapter.id) == chapter_id,
            col(Chapter.asset_id) == asset_id,
            col(Chapter.open_key).is_not(None),
        )
        .values(open_key=None, ended_at=now)
        .returning(col(Chapter.at_ms))
    )
    at_ms = ended.scalar()
    if at_ms is None:
        raise ChapterMissing(chapter_id)
    journal.record(
        db, f"asset:{asset_id}", "chapter_ended", actor=by, at=now, facts={"at_ms": at_ms}
    )


def webvtt(told: Sequence[tuple[int, str]], *, until_ms: int) -> str:
    """The list a player reads: moment and name of each, in order; the last one lasts to the end.

    A name is one line of plain words in it, whatever signs it has.
    """
    lines = ["WEBVTT", ""]
    for n, (at_ms, name) in enumerate(told):
        following = told[n + 1][0] if n + 1 < len(told) else max(until_ms, at_ms + 1)
        plain = " ".join(name.split()).replace("&", "&amp;").replace("<", "&lt;")
        lines += [f"{_clock(at_ms)} --> {_clock(following)}", plain.replace(">", "&gt;"), ""]
    return "\n".join(lines)


def _clock(ms: int) -> str:
    seconds, rest = divmod(ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"
