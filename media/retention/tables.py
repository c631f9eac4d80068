"""The marks of the places, checks of all originals, what was put aside, legal holds, and wishes to
delete (保全・廃棄).
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from catalog.ground.record import STRICT, Instant, Row, Whole, Words


class WishState(StrEnum):
    """Where a wish to delete stands."""

    ASKED = "asked"
    REFUSED = "refused"
    CONFIRMED = "confirmed"
    STOPPED = "stopped"  # a hold came before the bytes went
    DELETING = "deleting"  # the log says so; the bytes go
    DONE = "done"


class StorePlace(Row, table=True):
    """The mark of a place (first, second, renditions). `marked_at` None until it lies there too."""

    __tablename__ = "store_place"

    place: str = Field(primary_key=True, sa_type=Words)
    mark: str = Field(sa_type=Words)
    given_at: datetime = Field(sa_type=Instant)
    marked_at: datetime | None = Field(default=None, sa_type=Instant)


class FixityPass(Row, table=True):
    """One check of every original in every place; `ended_at` None while it goes on. `unread`:
    copies that could not be looked at, because their place or their file did not answer.
    """

    __tablename__ = "fixity_pass"
    __table_args__ = (Index("fixity_pass_begun", "started_at"), STRICT)

    id: str = Field(primary_key=True, sa_type=Words)
    started_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    originals: int = Field(default=0, sa_type=Whole)
    bytes: int = Field(default=0, sa_type=Whole)
    wrong: int = Field(default=0, sa_type=Whole)
    repaired: int = Field(default=0, sa_type=Whole)
    lost: int = Field(default=0, sa_type=Whole)
    unread: int = Field(default=0, sa_type=Whole)


class Quarantined(Row, table=True):
    """Bytes that lay under a name and were not it."""

    __tablename__ = "quarantined"
    __table_args__ = (UniqueConstraint("replica", "key"), STRICT)

    id: str = Field(primary_key=True, sa_type=Words)
    replica: str = Field(sa_type=Words)
    key: str = Field(sa_type=Words)
    sha256: str = Field(sa_type=Words)
    found_at: datetime = Field(sa_type=Instant)


class LegalHold(Row, table=True):
    """Nothing of this may be deleted: `about` is `asset:ID` or `unit:ID`, `until` None without an
    end.
    """

    __tablename__ = "legal_hold"
    __table_args__ = (Index("legal_hold_about", "about"), STRICT)

    id: str = Field(primary_key=True, sa_type=Words)
    about: str = Field(sa_type=Words)
    until: datetime | None = Field(default=None, sa_type=Instant)
    reason: str = Field(sa_type=Words)
    placed_by: str = Field(sa_type=Words)
    placed_at: datetime = Field(sa_type=Instant)
    lifted_by: str | None = Field(default=None, sa_type=Words)
    lifted_at: datetime | None = Field(default=None, sa_type=Instant)


class DeletionWish(Row, table=True):
    """Somebody wishes an original deleted; somebody else answers. `open_key` is the digest while it
    is open: one wish at a time.
    """

    __tablename__ = "deletion_wish"
    __table_args__ = (UniqueConstraint("open_key"), Index("deletion_wish_state", "state"), STRICT)

    id: str = Field(primary_key=True, sa_type=Words)
    sha256: str = Field(sa_type=Words, foreign_key="blob.sha256")
    open_key: str | None = Field(default=None, sa_type=Words)
    state: str = Field(sa_type=Words)
    reason: str = Field(sa_type=Words)
    asked_by: str = Field(sa_type=Words)
    asked_at: datetime = Field(sa_type=Instant)
    answered_by: str | None = Field(default=None, sa_type=Words)
    answered_at: datetime | None = Field(default=None, sa_type=Instant)
    log_number: int | None = Field(default=None, sa_type=Whole)


class LeafExport(Row, table=True):
    """How many leaves of the log lie in the store too."""

    __tablename__ = "leaf_export"

    id: int = Field(primary_key=True, sa_type=Whole, sa_column_kwargs={"autoincrement": False})
    size: int = Field(sa_type=Whole)
    at: datetime = Field(sa_type=Instant)
