"""How often it may be tried to sign in (試行回数の制限): per account, per source, and in all.

A try is counted before it is looked at, under the rows' locks, so that a thousand at once are a
thousand; the right one is forgiven afterwards. The wait grows to a quarter of an hour and no
further, and a refused try is not counted: no stranger can lock an account for good. A browser in
which the person has signed in before has a count of its own and never waits for strangers; one of
the shop that several people use is known by a token of each of them, all in its one cookie.

The counts are rows, by hash, so that they hold over processes and restarts. Not here: the limits
(`rules`).
"""

import hashlib
import ipaddress
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from catalog.ground.errors import Refused
from catalog.ground.record import StaffId
from catalog.ground.session.database import insert_once
from handoff.staff import rules
from handoff.staff.rules import ACCOUNT, ALL, ASKS, BROWSER, SOURCE, Limit, Tries
from handoff.staff.sessions import hashed
from handoff.staff.tables import KnownBrowser, TryCount

_BETWEEN = "."  # in no token
_MOST_PEOPLE = 8  # of one browser: who used it last
_LONGEST_COOKIE = 1_000
_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
KEPT_FOR = timedelta(days=1)  # no window is longer
BROWSER_KNOWN_FOR = timedelta(days=400)


class TooManyAttempts(Refused):
    """Tried too often; `retry_after_seconds`. The same whether there is such a person or not."""

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(f"tried too often; again in {retry_after_seconds} seconds")
        self.retry_after_seconds = retry_after_seconds


@dataclass(frozen=True, slots=True)
class Counted:
    """What one try was counted under. `browser`: what the cookie of a known browser says."""

    account: str | None
    source: str | None
    browser: str | None = None


def source_of(address: str) -> str:
    """What a caller can hardly change: the IPv4 address, the /64 of an IPv6 one."""
    try:
        told = ipaddress.ip_address(address.strip().partition("%")[0])
    except ValueError:
        return "unknown"
    mapped = told.ipv4_mapped if isinstance(told, ipaddress.IPv6Address) else None
    if isinstance(told, ipaddress.IPv4Address) or mapped is not None:
        return str(mapped or told)
    return str(ipaddress.ip_network((told, 64), strict=False))


def admit(
    db: Session,
    account: str,
    staff_id: StaffId | None,
    *,
    address: str,
    browser: str | None,
    now: datetime,
) -> Counted:
    """Count a try for this account, whoever it belongs to, or refuse it. `browser`: what the cookie
    of a known browser says. Raises TooManyAttempts.
    """
    people = _people(db, browser, now=now)
    if staff_id is not None and staff_id in people:
        counted = Counted(_key("browser", f"{staff_id} {people[staff_id]}"), None, browser)
        _count(db, [(counted.account or "", BROWSER)], now=now)
        return counted
    counted = Counted(_key("account", account), _key("source", source_of(address)), browser)
    limits = [(counted.account or "", ACCOUNT), (counted.source or "", SOURCE), ("all", ALL)]
    _count(db, limits, now=now)
    return counted


def ask(db: Session, *, address: str, now: datetime) -> None:
    """Count a question that costs a row: a challenge, a visit to the identity provider. Raises
    TooManyAttempts.
    """
    _count(db, [(_key("asks", source_of(address)), ASKS)], now=now)


def forgive(db: Session, counted: Counted) -> None:
    """It was the right one: the account begins anew, the source has one try less."""
    db.connection().execute(delete(TryCount).where(col(TryCount.key) == counted.account))
    db.connection().execute(
        update(TryCount)
        .where(col(TryCount.key) == counted.source, col(TryCount.tries) > 0)
        .values(tries=col(TryCount.tries) - 1)
    )


def know(db: Session, staff_id: StaffId, *, browser: str | None, now: datetime) -> str:
    """The person signed in here: what the browser is known by from now on, for a cookie that
    outlives the session. Whoever it was known by before stays.
    """
    people = _people(db, browser, now=now)
    token = people.pop(staff_id, None)
    if token is not None:
        db.connection().execute(
            update(KnownBrowser)
            .where(col(KnownBrowser.token_hash) == hashed(token))
            .values(used_at=now)
        )
    else:
        token = secrets.token_urlsafe(32)
        db.add(
            KnownBrowser(token_hash=hashed(token), staff_id=staff_id, known_since=now, used_at=now)
        )
        db.flush()
    return _BETWEEN.join([token, *people.values()][:_MOST_PEOPLE])


def is_known(db: Session, browser: str, staff_id: StaffId, *, now: datetime) -> bool:
    """Whether this person has signed in in that browser before."""
    return staff_id in _people(db, browser, now=now)


def _people(db: Session, browser: str | None, *, now: datetime) -> dict[StaffId, str]:
    """Who has signed in in that browser before, the last first, and the token of each; what is
    planted there is nobody's.
    """
    if not browser or len(browser) > _LONGEST_COOKIE:
        return {}
    tokens = {hashed(each): each for each in browser.split(_BETWEEN)[:_MOST_PEOPLE]}
    found = db.exec(
        select(KnownBrowser.token_hash, KnownBrowser.staff_id).where(
            col(KnownBrowser.token_hash).in_(list(tokens)),
            col(KnownBrowser.used_at) > now - BROWSER_KNOWN_FOR,
        )
    )
    whose = {key: StaffId(staff_id) for key, staff_id in found}
    people: dict[StaffId, str] = {}
    for key, token in tokens.items():
        if key in whose:
            people.setdefault(whose[key], token)
    return people


def forget_browsers(db: Session, staff_id: StaffId) -> None:
    """No browser is this person's any more."""
    db.connection().execute(delete(KnownBrowser).where(col(KnownBrowser.staff_id) == staff_id))


def sweep(db: Session, *, now: datetime) -> None:
    """Forget counts and browsers nobody has used for long."""
    before = now - KEPT_FOR
    db.connection().execute(delete(TryCount).where(col(TryCount.last_at) < before))
    old = now - BROWSER_KNOWN_FOR
    db.connection().execute(delete(KnownBrowser).where(col(KnownBrowser.used_at) < old))


def _count(db: Session, limits: list[tuple[str, Limit]], *, now: datetime) -> None:
    """Count under every key or under none; locked in the order they are told."""
    before = [(key, limit, _locked(db, key)) for key, limit in limits]
    longest = max(rules.wait(limit, tries, now=now) for _, limit, tries in before)
    if longest > timedelta(0):
        raise TooManyAttempts(ceil(longest.total_seconds()))
    for key, limit, tries in before:
        after = rules.tried(limit, tries, now=now)
        db.connection().execute(
            update(TryCount)
            .where(col(TryCount.key) == key)
            .values(tries=after.count, since=after.since, last_at=after.last_at)
        )


def _locked(db: Session, key: str) -> Tries | None:
    """The row of that key, ours until the unit ends."""
    fresh = {"key": key, "tries": 0, "since": _EPOCH, "last_at": _EPOCH}
    insert_once(db, TryCount, fresh)
    found = db.exec(
        select(TryCount.tries, TryCount.since, TryCount.last_at)
        .where(TryCount.key == key)
        .with_for_update()
    ).one()
    return Tries(*found) if found[0] else None


def _key(kind: str, what: str) -> str:
    return hashlib.sha256(f"akashi sign-in {kind} {what}".encode()).hexdigest()
