"""Rendition (表示用データ): one file made from one asset by one version of one recipe, or why it
could not be made.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from catalog.ground.record import STRICT, Instant, Row, Whole, Words


class Recipe(StrEnum):
    """What is made."""

    FILM = "film"  # MP4 a messenger takes
    LONG = "long"  # MP4 for pages alone, of a film a messenger does not take
    POSTER = "poster"  # a still of the film, its preview
    FULL = "full"  # a still of at most 2048 px
    PREVIEW = "preview"  # of at most 800 px and 1 MB
    TILES = "tiles"  # all its pixels, as a Deep Zoom pyramid in one zip
    MOMENT = "moment"  # a still of what a film shows at one moment, under 1 MB


class RenditionState(StrEnum):
    """Whether there is a file."""

    READY = "ready"
    WAITING = "waiting"  # something outside is missing; it is tried again
    FAILED = "failed"  # it will never be made from these bytes


VERSIONS: dict[Recipe, int] = {
    Recipe.FILM: 1,
    Recipe.LONG: 1,
    Recipe.POSTER: 1,
    Recipe.FULL: 1,
    Recipe.PREVIEW: 1,
    Recipe.TILES: 1,
    Recipe.MOMENT: 1,
}


class Rendition(Row, table=True):
    """`key` and the facts of the file are set when it is ready, `error` otherwise. `at_ms`: where
    in the film a `MOMENT` is; 0 for every other recipe, which has one row a version.
    """

    __tablename__ = "rendition"
    __table_args__ = (UniqueConstraint("asset_id", "recipe", "version", "at_ms"), STRICT)

    id: str = Field(primary_key=True, sa_type=Words)
    asset_id: str = Field(sa_type=Words, foreign_key="asset.id")
    recipe: str = Field(sa_type=Words)
    version: int = Field(sa_type=Whole)
    at_ms: int = Field(default=0, sa_type=Whole)
    state: str = Field(sa_type=Words)
    key: str | None = Field(default=None, sa_type=Words)
    sha256: str | None = Field(default=None, sa_type=Words)
    bytes: int | None = Field(default=None, sa_type=Whole)
    mime: str | None = Field(default=None, sa_type=Words)
    width: int | None = Field(default=None, sa_type=Whole)
    height: int | None = Field(default=None, sa_type=Whole)
    duration_ms: int | None = Field(default=None, sa_type=Whole)
    error: str | None = Field(default=None, sa_type=Words)
    made_at: datetime = Field(sa_type=Instant)
