"""The shop's own terms as versioned data: what may differ from dealer to dealer and from year to
year (方針・取引条件).

Each subject declares its terms as a frozen class whose fields are made with `term`: a key, a
default and a reader that refuses what cannot be. A version is never changed, only followed by
another; it holds every value in force, so a new default of the code never reaches back. Contracts
keep the number of the version they were made under.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, field, fields
from datetime import datetime, time
from typing import Any, TypeVar, cast

from sqlalchemy import UniqueConstraint
from sqlmodel import Field as Column
from sqlmodel import Session, col, select

from catalog.ground.calendar import QuietHours
from catalog.ground.errors import Malformed, Stale
from catalog.ground.record import STRICT, Instant, Json, Row, Whole, Words
from catalog.ground.session.database import insert_once

T = TypeVar("T")
E = TypeVar("E")

SHOP = "shop"  # the one set of terms a shop has


class PolicyMalformed(Malformed):
    """A value a term cannot have. `key`, `why`."""

    def __init__(self, key: str, why: str) -> None:
        super().__init__(f"{key}: {why}")
        self.key = key
        self.why = why


class OutOfRange(ValueError):
    """A number beyond a term's limits. `least`, `most`."""

    def __init__(self, value: int, least: int, most: int) -> None:
        super().__init__(f"{value} is not between {least} and {most}")
        self.least = least
        self.most = most


class NotWhole(ValueError):
    """Something that is no whole number."""

    def __init__(self, value: Any) -> None:
        super().__init__(f"a whole number is wanted, not {value!r}")


class TermsMoved(Stale):
    """Another version of the terms was written meanwhile; look at it first."""


def term(key: str, default: Any, read: Callable[[Any], Any], told: str) -> Any:
    """One field of a class of terms. `read` turns JSON into the value or raises ValueError; `told`
    says the type and meaning in one line.
    """
    metadata = {"key": key, "read": read, "told": told, "default": default}
    return field(default_factory=lambda: read(default), metadata=metadata)


def whole(least: int = 0, most: int = 10**12) -> Callable[[Any], int]:
    """A whole number within limits; never a float, never true or false."""

    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise NotWhole(value)
        if not least <= value <= most:
            raise OutOfRange(value, least, most)
        return value

    return read


def rate(value: Any) -> int:
    """Basis points, 0 to 20,000."""
    return whole(0, 20_000)(value)


def flag(value: Any) -> bool:
    """true or false."""
    if not isinstance(value, bool):
        raise ValueError(f"true or false is wanted, not {value!r}")
    return value


def optional(read: Callable[[Any], T]) -> Callable[[Any], T | None]:
    """The same or null."""
    return lambda value: None if value is None else read(value)


def one_of(kinds: type[E]) -> Callable[[Any], E]:
    """A member of an enumeration by its name."""

    def read(value: Any) -> E:
        try:
            return kinds(value)  # type: ignore[call-arg]  # an enumeration looks its member up
        except ValueError:
            names = ", ".join(str(kind) for kind in cast("Iterable[Any]", kinds))
            raise ValueError(f"{value!r} is none of {names}") from None

    return read


def clock(value: Any) -> time:
    """`HH:MM`, Tokyo wall clock."""
    if not isinstance(value, str):
        raise ValueError(f"HH:MM is wanted, not {value!r}")
    return time.fromisoformat(value)


def pairs(
    first: Callable[[Any], T], second: Callable[[Any], E]
) -> Callable[[Any], tuple[tuple[T, E], ...]]:
    """A list of pairs."""

    def read(value: Any) -> tuple[tuple[T, E], ...]:
        if not isinstance(value, Sequence) or isinstance(value, str):
            raise ValueError("a list of pairs is wanted")
        if any(not isinstance(each, Sequence) or len(each) != 2 for each in value):
            raise ValueError("a list of pairs is wanted")
        return tuple((first(each[0]), second(each[1])) for each in value)

    return read


def table(names: Iterable[str], read_value: Callable[[Any], T]) -> Callable[[Any], Mapping[str, T]]:
    """An object with exactly these names."""
    wanted = tuple(names)

    def read(value: Any) -> Mapping[str, T]:
        if not isinstance(value, Mapping) or set(value) != set(wanted):
            raise ValueError(f"an object with {', '.join(wanted)} is wanted")
        return {name: read_value(value[name]) for name in wanted}

    return read


def numbers(least: int, most: int) -> Callable[[Any], tuple[int, ...]]:
    """A list of whole numbers."""

    def read(value: Any) -> tuple[int, ...]:
        if not isinstance(value, Sequence) or isinstance(value, str):
            raise ValueError("a list of whole numbers is wanted")
        return tuple(whole(least, most)(each) for each in value)

    return read


def _quiet(value: Any) -> QuietHours:
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != 2:
        raise ValueError('two times are wanted: ["21:00", "09:00"]')
    return QuietHours(clock(value[0]), clock(value[1]))


@dataclass(frozen=True, slots=True)
class NoticeTerms:
    """When the shop starts messages by itself (NTF-1, CRD-11, CON-9)."""

    quiet: QuietHours = term(
        "ntf.quiet", ["21:00", "09:00"], _quiet, "two HH:MM: no message is started between them"
    )
    send_time: time = term("ntf.send_time", "10:00", clock, "HH:MM at which reminders go out")
    marketing_a_month: int = term(
        "ntf.marketing_a_month", 4, whole(), "letters a month to one person that no deal asks for"
    )


def terms_of(kind: type[T]) -> tuple[Field[Any], ...]:
    """The fields of a class of terms."""
    return fields(kind)  # type: ignore[arg-type]  # every class of terms is a dataclass


def read(kind: type[T], values: Mapping[str, Any]) -> T:
    """The terms with these values by key, defaults for the rest. Raises PolicyMalformed."""
    given: dict[str, Any] = {}
    for each in terms_of(kind):
        key = each.metadata["key"]
        if key not in values:
            continue
        try:
            given[each.name] = each.metadata["read"](values[key])
        except (ValueError, Malformed) as wrong:
            raise PolicyMalformed(key, str(wrong)) from None
    return kind(**given)


def known_keys(kinds: Iterable[type[Any]]) -> dict[str, Field[Any]]:
    """Every key there is, with its field."""
    return {each.metadata["key"]: each for kind in kinds for each in terms_of(kind)}


@dataclass(frozen=True, slots=True)
class Policy:
    """One version: its number (0: the defaults of the code) and its values by key."""

    version: int = 0
    values: Mapping[str, Any] = field(default_factory=dict)
    _read: dict[type[Any], Any] = field(default_factory=dict, compare=False, repr=False)

    def of(self, kind: type[T]) -> T:
        """The terms of one subject."""
        terms = self._read.get(kind, MISSING)
        if terms is MISSING:
            terms = self._read[kind] = read(kind, self.values)
        return cast("T", terms)


DEFAULTS = Policy()


class PolicyVersion(Row, table=True):
    """One version of the shop's terms: every value in force, by key. Never changed."""

    __tablename__ = "policy_version"
    __table_args__ = (UniqueConstraint("name", "version"), STRICT)

    id: int | None = Column(default=None, primary_key=True, sa_type=Whole)
    name: str = Column(sa_type=Words)
    version: int = Column(sa_type=Whole)
    terms: dict[str, Any] = Column(sa_type=Json)
    written_by: str = Column(sa_type=Words)
    written_at: datetime = Column(sa_type=Instant)


def current(db: Session) -> Policy:
    """The version in force; the defaults of the code while none was written."""
    return _as_policy(
        db.exec(
            select(PolicyVersion)
            .where(PolicyVersion.name == SHOP)
            .order_by(col(PolicyVersion.version).desc())
            .limit(1)
        ).first()
    )


def at(db: Session, version: int) -> Policy:
    """The version a contract was made under."""
    return _as_policy(
        db.exec(
            select(PolicyVersion).where(
                PolicyVersion.name == SHOP, PolicyVersion.version == version
            )
        ).first()
    )


def history(db: Session, *, limit: int) -> list[PolicyVersion]:
    """The versions there were, the latest first."""
    rows = select(PolicyVersion).where(PolicyVersion.name == SHOP)
    return list(db.exec(rows.order_by(col(PolicyVersion.version).desc()).limit(limit)))


def _as_policy(row: PolicyVersion | None) -> Policy:
    return Policy(row.version, row.terms) if row is not None else DEFAULTS


def amend(
    db: Session,
    changes: Mapping[str, Any],
    *,
    known: Iterable[type[Any]],
    by: str,
    now: datetime,
    seen: int | None = None,
) -> Policy:
    """Write the next version: the one in force with these changes, whole and checked. `seen`: the
    version the changes were made on.

    Raises PolicyMalformed for an unknown key, a value a term cannot have, or terms that contradict
    each other, and TermsMoved; nothing is written then.
    """
    kinds = tuple(known)
    keys = known_keys(kinds)
    if strange := sorted(set(changes) - set(keys)):
        raise PolicyMalformed(strange[0], "there is no such term")
    before = current(db)
    if seen is not None and seen != before.version:
        raise TermsMoved(f"version {before.version} is in force, {seen} was looked at")
    defaults = {key: each.metadata["default"] for key, each in keys.items()}
    values = defaults | dict(before.values) | dict(changes)
    for kind in kinds:
        read(kind, values)
    row = {
        "name": SHOP,
        "version": before.version + 1,
        "terms": values,
        "written_by": by,
        "written_at": now,
    }
    if not insert_once(db, PolicyVersion, row):
        raise TermsMoved(f"version {before.version + 1} was written by somebody else")
    return Policy(before.version + 1, values)


def begin(db: Session, *, known: Iterable[type[Any]], now: datetime) -> Policy:
    """Write the first version, so that later defaults of the code do not reach back. Several
    processes may begin at once.
    """
    before = current(db)
    if before.version:
        return before
    try:
        return amend(db, {}, known=known, by="defaults", now=now)
    except TermsMoved:
        return current(db)
