"""A passkey on the page of whoever it is of: called otherwise, by them alone."""

from collections.abc import Iterator

import pytest

from catalog.duties.actors import Role
from catalog.ground.session.database import Database
from handoff.staff.tables import Passkey
from tests.catalog.items.pieces import NOW
from tests.handoff.console.window import Opened, Seat, window

PAGE, PATH = "/console/me", "/console/me/passkeys/rename"


@pytest.fixture
def seat(database: Database) -> Iterator[Opened]:
    with window(database, lambda: NOW) as opened:
        yield opened


def test_a_device_is_called_otherwise_by_its_owner_alone(database: Database, seat: Opened) -> None:
    mine, other = seat("田中", Role.ADVISER), seat("社長", Role.OWNER)
    row = Passkey(
        id="P1", credential_id=b"c", public_key=b"k", staff_id=mine.staff_id, name="iPhone",
        sign_count=0, added_at=NOW,
    )  # fmt: skip
    database.write(lambda db: db.add(row))

    def renamed(person: Seat, name: str) -> int:
        csrf = person.form(PAGE, "/console/sign-out").fields["csrf"]
        told = {"csrf": csrf, "passkey": "P1", "name": name}
        return int(person.post(PATH, told).status_code)

    assert renamed(other, "盗んだ電話") == 404
    assert renamed(mine, " ") == 422
    assert renamed(mine, "x" * 61) == 422
    assert renamed(mine, "店のスマートフォン") == 303
    assert database.read(lambda db: db.get_one(Passkey, "P1").name) == "店のスマートフォン"
