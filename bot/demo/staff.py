"""The demo's people of the shop (見本の担当者): one of each role that the console looks different
for, all with one password that the guide tells. Only the demo has one.
"""

from collections.abc import Sequence
from datetime import datetime

from catalog.duties.actors import Role
from catalog.ground.session.database import Database
from handoff.staff import actions, passwords

PASSWORD = "hikari no naka de"
PEOPLE: Sequence[tuple[str, Role, str]] = (
    ("佐藤 健", Role.OWNER, "sato@example.com"),
    ("田中 彩", Role.ADVISER, "tanaka@example.com"),
    ("鈴木 玄", Role.APPRAISER, "suzuki@example.com"),
    ("高橋 遥", Role.REMOTE, "takahashi@example.com"),
    ("伊藤 実", Role.ACCOUNTING, "ito@example.com"),
)


def hire(database: Database, *, by: str, now: datetime) -> None:
    """Take them on, each with the demo's password."""
    for name, role, email in PEOPLE:
        digest = passwords.digest_of(PASSWORD, name=name, email=email)
        staff_id = database.write(
            lambda db, name=name, role=role, email=email: actions.add(  # type: ignore[misc]  # bound at once
                db, name, role, email=email, slack_id=None, by=by, now=now
            )
        )
        database.write(
            lambda db, staff_id=staff_id, digest=digest: passwords.put(  # type: ignore[misc]  # bound at once
                db, staff_id, digest, by=by, now=now
            )
        )
