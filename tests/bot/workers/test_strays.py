"""What lies among the originals and no register knows is told, put aside, never served and never
deleted (R-008); what two deleted and a disk brought back is gone again.
"""

import pytest
from sqlmodel import select

from catalog.duties.actors import Actor, Role
from catalog.ground import journal, worklist
from catalog.ground.record import Sha256
from media.assets.kinds import BlobState
from media.assets.tables import Asset, Blob
from media.originals.reading import Condition, look
from media.originals.store import original_key
from media.retention import deleting, passes, queries, strays
from media.retention.rebuilding import rebuild
from media.retention.strays import STRAY, STRAY_TASK, Stray
from tests.media.shelves import Shelves, digest, place

CONTENT = b"a film of a watch" * 1000
STRANGE = b"what somebody laid there" * 100


@pytest.fixture
def shelves(shelves: Shelves) -> Shelves:
    """With one original in both."""
    shelves.keep(CONTENT)
    shelves.run()
    return shelves


def lay(shelves: Shelves, content: bytes, **facts: object) -> Sha256:
    """Among the originals of the first place, and written down nowhere."""
    staged = shelves.first.staging / "killed.part"
    staged.write_bytes(content)
    shelves.first.put(staged, digest(content), facts=facts)
    return digest(content)


def a_pass(shelves: Shelves) -> None:
    shelves.later(days=1)
    shelves.database.write(lambda db: passes.begin(db, shelves.now))
    shelves.run()


def tasks(shelves: Shelves) -> list[str]:
    return [str(row.facts["task"]) for row in shelves.database.read(worklist.open_tasks)]


def told(shelves: Shelves) -> list[Stray]:
    return shelves.database.read(strays.standing)


def test_what_nobody_knows_is_told_and_put_aside_after_the_days_of_grace(shelves: Shelves) -> None:
    name = lay(shelves, STRANGE)
    a_pass(shelves)
    assert tasks(shelves) == [], "it may be coming in just now"
    shelves.later(hours=1)
    assert shelves.run(STRAY) == 1
    assert tasks(shelves) == [STRAY_TASK]
    assert told(shelves) == [Stray("first", original_key(name))]
    for _ in range(6):
        a_pass(shelves)
    assert place(shelves.first, name).exists()
    assert len(told(shelves)) == 1
    shelves.later(days=1)
    assert shelves.run(STRAY) == 1
    assert not place(shelves.first, name).exists()
    (aside,) = shelves.database.read(queries.put_aside)
    assert b"".join(shelves.first.open(aside.key)) == STRANGE
    assert tasks(shelves) == []
    acts = shelves.database.read(lambda db: journal.of(db, f"original:{name}"))
    assert [each.verb for each in acts] == ["put_aside"]
    shelves.later(hours=1)
    shelves.run()
    a_pass(shelves)
    shelves.later(hours=1)
    assert shelves.run(STRAY) == 0
    assert look(shelves.first, digest(CONTENT)).condition is Condition.GOOD


def test_what_came_in_meanwhile_stays_where_it_is(shelves: Shelves) -> None:
    name = lay(shelves, STRANGE)
    a_pass(shelves)
    shelves.keep(STRANGE, name="again.jpg")
    shelves.later(hours=1)
    shelves.run()
    assert tasks(shelves) == []
    shelves.later(days=8)
    shelves.run()
    assert look(shelves.first, name).condition is Condition.GOOD
    assert shelves.database.read(queries.put_aside) == []


def test_what_is_taken_in_at_the_moment_it_is_put_aside_is_brought_back(shelves: Shelves) -> None:
    name = lay(shelves, STRANGE)
    a_pass(shelves)
    shelves.later(hours=1)
    shelves.run(STRAY)
    shelves.later(days=7)
    shelves.run(STRAY)
    shelves.database.write(
        lambda db: db.add(
            Blob(sha256=name, bytes=len(STRANGE), mime="image/jpeg", kept_at=shelves.now)
        )
    )
    shelves.later(hours=1)
    assert shelves.run(STRAY) == 1
    assert look(shelves.first, name).condition is Condition.GOOD
    assert shelves.second is not None
    assert look(shelves.second, name).condition is Condition.GOOD


def test_a_rebuild_takes_in_what_tells_what_it_is(shelves: Shelves) -> None:
    name = lay(shelves, STRANGE, media="still", mime="image/jpeg", name="killed.jpg")
    a_pass(shelves)
    shelves.later(hours=1)
    shelves.run()
    assert tasks(shelves) == [STRAY_TASK]
    rebuild(shelves.database, shelves.first, now=shelves.now)
    shelves.later(days=7)
    shelves.run()
    assert tasks(shelves) == []
    assert look(shelves.first, name).condition is Condition.GOOD
    taken = select(Asset.name).where(Asset.sha256 == name)
    assert shelves.database.read(lambda db: db.exec(taken).all()) == ["killed.jpg"]


def test_what_two_deleted_and_a_disk_brought_back_is_gone_again(shelves: Shelves) -> None:
    one, other = Actor("one", Role.MANAGER), Actor("other", Role.OWNER)
    name, now = digest(CONTENT), shelves.now.replace(year=shelves.now.year + 11)
    shelves.now = now
    wish = shelves.database.write(
        lambda db: deleting.ask(db, name, reason="期限経過", actor=one, now=now)
    )
    shelves.database.write(lambda db: deleting.agree(db, wish, actor=other, now=now))
    shelves.run()
    path = place(shelves.first, digest(CONTENT))
    assert not path.exists()
    path.write_bytes(CONTENT)
    a_pass(shelves)
    shelves.later(hours=1)
    shelves.run()
    assert not path.exists()
    acts = shelves.database.read(lambda db: journal.of(db, f"original:{digest(CONTENT)}"))
    assert acts[-1].verb == "buried_again"
    state = shelves.database.read(lambda db: db.get_one(Blob, digest(CONTENT)).state)
    assert state == BlobState.DELETED.value
    assert tasks(shelves) == []


def test_a_name_that_is_no_originals_is_told_and_left(shelves: Shelves) -> None:
    odd = place(shelves.first, digest(CONTENT)).parent / ".hidden"
    odd.write_bytes(STRANGE)
    wrong = place(shelves.first, digest(CONTENT)).parent / digest(STRANGE)
    wrong.write_bytes(STRANGE)
    made_up = place(shelves.first, digest(CONTENT)).with_name(f"{digest(CONTENT)}.01MADEUP.json")
    made_up.write_bytes(b'{"asset": "01MADEUP", "media": "still"}')
    a_pass(shelves)
    shelves.later(hours=1)
    assert shelves.run(STRAY) == 3
    assert len(told(shelves)) == 3
    shelves.later(days=8)
    shelves.run()
    assert odd.exists()
    assert wrong.exists()
    assert made_up.exists()
