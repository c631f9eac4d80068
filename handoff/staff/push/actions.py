"""Verbs on browsers that may be told things: chosen, kept through signing in anew, ended; and news
as due rows, one for each browser, so that a push service that is away holds up nothing.

A row tells a kind, an id and a path of the console, never a name and never words of anybody.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from catalog.ground import journal, worklist
from catalog.ground.errors import Missing
from catalog.ground.record import StaffId, from_millis, new_id, to_millis
from catalog.ground.worklist import DueWork
from handoff.staff.push import queries
from handoff.staff.push.rules import MOST_A_PERSON, Told
from handoff.staff.push.tables import PushSubscription
from handoff.staff.sessions import SignedIn
from handoff.staff.tables import StaffSession

PUSH = "staff.push"  # work: one browser is told something
_LONGEST_AGENT = 200


class BrowserMissing(Missing):
    """No such browser, it is told nothing any more, or another person's."""


@dataclass(frozen=True, slots=True)
class News:
    """What is told. `what`: its kind; `about`: the id it is about, which a later one of the same
    replaces on the screen; `path`: what a click opens; `facts`: counts for the words.
    """

    what: str
    about: str
    path: str
    facts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Due:
    """One browser is to be told this. `at`: since when it is news."""

    browser: str
    staff: StaffId
    news: News
    at: datetime


def subscribe(
    db: Session,
    session: SignedIn,
    told: Told,
    *,
    server_key: str,
    lang: str,
    agent: str | None,
    now: datetime,
) -> str:
    """This browser is told things from now on, as this person's; its id. Whoever had it before has
    it no more. Past the most a person has, the one of the longest standing ends.
    """
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    values: dict[str, Any] = {
        "staff_id": session.staff_id, "session_id": session.id, "p256dh": told.p256dh,
        "auth": told.auth, "server_key": server_key, "lang": lang,
        "agent": agent[:_LONGEST_AGENT] if agent else None, "since": now, "told_at": None,
        "ended_at": None,
    }  # fmt: skip
    kept = db.connection().execute(
        insert(PushSubscription)
        .values(id=new_id(now), endpoint=told.endpoint, **values)
        .on_conflict_do_update(index_elements=["endpoint"], set_=values)
        .returning(col(PushSubscription.id))
    )
    browser = str(kept.scalar_one())
    db.expire_all()
    theirs = [each.id for each in queries.of(db, [session.staff_id], now=now)]
    over = [each for each in theirs if each != browser][: max(0, len(theirs) - MOST_A_PERSON)]
    if over:
        _end(db, [col(PushSubscription.id).in_(over)], now=now)
    _record(db, session.staff_id, "push_on", browser, by=session.actor.name, now=now)
    return browser


def keep(db: Session, session: SignedIn, endpoint: str) -> bool:
    """The browser of somebody who has signed in anew goes on being told; False where it was not
    theirs or is told nothing.
    """
    kept = db.connection().execute(
        update(PushSubscription)
        .where(
            col(PushSubscription.endpoint) == endpoint,
            col(PushSubscription.staff_id) == session.staff_id,
            col(PushSubscription.ended_at).is_(None),
        )
        .values(session_id=session.id)
    )
    return bool(kept.rowcount)


def end(db: Session, browser: str, session: SignedIn, *, now: datetime) -> None:
    """One of one's own browsers is told nothing any more. Raises BrowserMissing."""
    whose = [
        col(PushSubscription.id) == browser, col(PushSubscription.staff_id) == session.staff_id,
    ]  # fmt: skip
    if not _end(db, whose, now=now):
        raise BrowserMissing("no such browser")
    _record(db, session.staff_id, "push_off", browser, by=session.actor.name, now=now)


def gone(db: Session, browser: str, endpoint: str, *, now: datetime) -> bool:
    """Its push service knows it no more. False when it was ended or chosen anew before."""
    whose = [col(PushSubscription.id) == browser, col(PushSubscription.endpoint) == endpoint]
    ended = _end(db, whose, now=now)
    for staff_id in ended:
        _record(db, StaffId(staff_id), "push_gone", browser, by="bot", now=now)
    return bool(ended)


def reached(db: Session, browser: str, *, now: datetime) -> None:
    """Its push service took a message."""
    db.connection().execute(
        update(PushSubscription).where(col(PushSubscription.id) == browser).values(told_at=now)
    )


def remove_all(db: Session, staff_id: StaffId) -> None:
    """Nothing is left of the browsers of somebody who works here no more."""
    db.connection().execute(
        delete(PushSubscription).where(col(PushSubscription.staff_id) == staff_id)
    )


def sweep(db: Session, *, before: datetime) -> None:
    """Forget what ended before that moment, and what hangs on sessions that are forgotten."""
    gone_sessions = col(PushSubscription.session_id).not_in(select(StaffSession.id))
    over = or_(col(PushSubscription.ended_at) < before, gone_sessions)
    db.connection().execute(delete(PushSubscription).where(over))


def tell(
    db: Session,
    staff: Collection[StaffId],
    news: News,
    *,
    key: str,
    now: datetime,
    due_at: datetime | None = None,
) -> int:
    """Every browser of these people is told, once by `key`; how many there are."""
    browsers = queries.of(db, staff, now=now)
    for browser in browsers:
        tell_one(db, browser.id, browser.staff_id, news, key=key, now=now, due_at=due_at)
    return len(browsers)


def tell_one(
    db: Session,
    browser: str,
    staff: StaffId,
    news: News,
    *,
    key: str,
    now: datetime,
    due_at: datetime | None = None,
) -> None:
    """The same for one browser."""
    at = max(due_at or now, now)
    facts = {
        "browser": browser, "what": news.what, "about": news.about, "path": news.path,
        "facts": dict(news.facts), "at": to_millis(at),
    }  # fmt: skip
    worklist.add(db, PUSH, f"staff:{staff}", f"{key}:{browser}", due_at=at, now=now, facts=facts)


def due_of(work: DueWork) -> Due:
    """What a row of kind `staff.push` says."""
    told = work.facts
    news = News(str(told["what"]), str(told["about"]), str(told["path"]), dict(told["facts"]))
    staff = StaffId(work.subject.removeprefix("staff:"))
    return Due(str(told["browser"]), staff, news, from_millis(int(told["at"])))


def _end(db: Session, whose: list[Any], *, now: datetime) -> list[str]:
    ended = db.connection().execute(
        update(PushSubscription)
        .where(*whose, col(PushSubscription.ended_at).is_(None))
        .values(ended_at=now)
        .returning(col(PushSubscription.staff_id))
    )
    return [str(row[0]) for row in ended]


def _record(
    db: Session, staff_id: StaffId, verb: str, browser: str, *, by: str, now: datetime
) -> None:
    facts = {"browser": browser}
    journal.record(db, f"staff:{staff_id}", verb, actor=by, at=now, facts=facts)
