"""Browsers of staff for tests, without a push service behind them."""

from datetime import datetime

from catalog.ground.record import StaffId
from catalog.ground.session.database import Database
from handoff.staff import sessions
from handoff.staff.push import actions
from handoff.staff.push.rules import Told
from handoff.staff.sessions import How, SignedIn

SERVICE = "https://push.example.com"


def signed_in(database: Database, staff: StaffId, now: datetime) -> SignedIn:
    """A session of theirs."""

    def unit(db: object) -> SignedIn:
        token = sessions.begin(db, staff, how=How.PASSWORD, agent=None, now=now)  # type: ignore[arg-type]  # a session
        found = sessions.find(db, token, now=now)  # type: ignore[arg-type]  # a session
        assert found is not None
        return found

    return database.write(unit)


def told(name: str = "a") -> Told:
    """What a browser tells of itself."""
    return Told(f"{SERVICE}/{name}", b"\x04" + b"\x07" * 64, b"\x01" * 16)


def choose(
    database: Database, session: SignedIn, now: datetime, name: str = "a", *, lang: str = "ja"
) -> str:
    """That browser is told things from now on."""
    return database.write(
        lambda db: actions.subscribe(
            db, session, told(name), server_key="k", lang=lang, agent="Firefox", now=now
        )
    )
