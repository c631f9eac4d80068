"""Each night what was only needed for a moment is forgotten, and nothing else."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import func, select

from bot.slots import SLOTS
from catalog.ground.session.database import Database
from handoff.staff import attempts, oidc, passkeys, sessions
from handoff.staff.passkeys import site_of
from handoff.staff.sessions import How
from handoff.staff.tables import (
    KnownBrowser,
    OidcVisit,
    PasskeyChallenge,
    StaffSession,
    TryCount,
)
from tests.handoff.staff.people import AGENT, HOME, hire

TABLES: tuple[Any, ...] = (TryCount, PasskeyChallenge, OidcVisit, StaffSession, KnownBrowser)


def test_what_was_needed_for_a_moment_is_forgotten(database: Database, now: datetime) -> None:
    hanako = hire(database, now)

    def unit(db: Any) -> None:
        attempts.admit(db, "hanako", None, address=HOME, browser=None, now=now)
        attempts.know(db, hanako, browser=None, now=now)
        passkeys.begin_authentication(db, site_of("https://shop.example"), address=HOME, now=now)
        oidc.depart(db, address=HOME, now=now)
        sessions.begin(db, hanako, how=How.PASSWORD, agent=AGENT, now=now)

    database.write(unit)
    sweep = next(slot for slot in SLOTS if slot.name == "sign-in-sweep").load()

    def counted(db: Any) -> list[bool]:
        return [bool(db.exec(select(func.count()).select_from(each)).one()) for each in TABLES]

    def left(days: int) -> list[bool]:
        database.write(lambda db: sweep(db, now + timedelta(days=days)))
        return database.read(counted)

    assert left(0) == [True] * 5
    assert left(2) == [False, False, False, True, True]
    assert left(59) == [False, False, False, True, True]
    assert left(61) == [False, False, False, False, True]
    assert left(401) == [False] * 5
