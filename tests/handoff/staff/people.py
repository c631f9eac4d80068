"""Members of staff for tests."""

from datetime import datetime

from pwdlib.hashers.argon2 import Argon2Hasher

from catalog.duties.actors import Actor, Role
from catalog.ground.record import StaffId
from catalog.ground.session.database import Database
from handoff.staff import actions, passwords

AGENT = "Mozilla/5.0 (Macintosh) Safari/605"


def hire(
    database: Database,
    now: datetime,
    name: str = "佐藤 花子",
    role: Role = Role.ADVISER,
    email: str | None = "hanako@example.jp",
) -> StaffId:
    """Somebody who works here."""
    return database.write(
        lambda db: actions.add(db, name, role, email=email, slack_id=None, by="test", now=now)
    )


def acting(staff_id: StaffId, role: Role = Role.ADVISER) -> Actor:
    """The same as verbs know them."""
    return Actor(staff_id, role)


GOOD = "Kinmokusei no kaori 7"
WRONG = "Kinmokusei no kaori 8"
HOME, ABROAD = "203.0.113.7", "198.51.100.9"


def give_password(database: Database, staff_id: StaffId, now: datetime, digest: str = "") -> str:
    """The person's password is GOOD; its digest."""
    kept = digest or Argon2Hasher(time_cost=1, memory_cost=8192, parallelism=1).hash(GOOD)
    database.write(lambda db: passwords.put(db, staff_id, kept, by="test", now=now))
    return kept
