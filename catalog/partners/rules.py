"""What a partner may do with a unit (取引先の権限, R-027). Pure."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from catalog.ground.errors import Malformed


class Right(StrEnum):
    """What a grant allows."""

    MEDIA = "media"  # see its films and pictures
    PRICE = "price"  # know its price
    HOLD = "hold"  # have it held
    LINK = "link"  # pass a link on to a customer of their own


class MediaKind(StrEnum):
    """Which media a grant with `media` covers."""

    FILM = "film"
    STILL = "still"
    REPORT = "report"


class GrantMalformed(Malformed):
    """A right or a kind of media nobody knows. `told`."""

    def __init__(self, told: str) -> None:
        super().__init__(f"{told[:40]!r} is no right and no kind of media")
        self.told = told


@dataclass(frozen=True, slots=True)
class GrantFacts:
    """A grant that was not revoked. `unit_code` None: every piece the shop owns; valid through
    `expires_on`.
    """

    unit_code: str | None
    rights: frozenset[Right]
    media_kinds: frozenset[MediaKind]
    expires_on: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether it still holds on that Tokyo day."""
        return self.expires_on is None or day <= self.expires_on

    def covers(self, code: str, *, is_dealers: bool) -> bool:
        """Whether it is about that unit."""
        return self.unit_code == code or (self.unit_code is None and is_dealers)

    def allows(self, right: Right | None = None, media_kinds: Collection[MediaKind] = ()) -> bool:
        """Whether it gives that right, and one of those kinds of media (which needs the right to
        media).
        """
        wanted = ({right} if right is not None else set()) | (
            {Right.MEDIA} if media_kinds else set()
        )
        return wanted <= self.rights and (
            not media_kinds or not self.media_kinds.isdisjoint(media_kinds)
        )


def may(
    grants: Iterable[GrantFacts],
    code: str,
    *,
    is_dealers: bool,
    today: date,
    right: Right | None = None,
    media_kind: MediaKind | None = None,
) -> bool:
    """Whether one of the partner's grants allows it today: to know of the unit at all, a right, or
    a kind of media (which needs the right to media).
    """
    kinds = (media_kind,) if media_kind is not None else ()
    return any(
        grant.holds_on(today)
        and grant.covers(code, is_dealers=is_dealers)
        and grant.allows(right, kinds)
        for grant in grants
    )


def rights_of(told: Sequence[str]) -> frozenset[Right]:
    """Raises GrantMalformed."""
    return frozenset(_right(each) for each in told)


def media_kinds_of(told: Sequence[str]) -> frozenset[MediaKind]:
    """Raises GrantMalformed."""
    return frozenset(_kind(each) for each in told)


def _right(told: str) -> Right:
    try:
        return Right(told.strip().lower())
    except ValueError:
        raise GrantMalformed(told) from None


def _kind(told: str) -> MediaKind:
    try:
        return MediaKind(told.strip().lower())
    except ValueError:
        raise GrantMalformed(told) from None
