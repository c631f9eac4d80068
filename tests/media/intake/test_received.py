"""What people send: sealed, shown to staff, hidden when taken back, unreadable when erased."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalog.duties import sealing
from catalog.duties.sealing import DataKeys, PersonErased
from catalog.ground import worklist
from catalog.ground.errors import Unavailable
from catalog.ground.record import ConversationId
from catalog.ground.session.database import Database
from media.intake import received
from media.intake.received import Kept, ReceivedMissing, Wanted
from media.intake.tables import ReceivedState
from media.originals.local import LocalStore
from tests.media.captures import NOON

KEYS = DataKeys((b"k" * 32,))
MISAKI = ConversationId("line:Umisaki")
PHOTO = b"a photograph of the case back" * 5000


class Letterbox:
    """Takes in, keeps and opens, in trade words."""

    def __init__(self, database: Database, store: LocalStore) -> None:
        self.database, self.store = database, store

    def want(self, message_id: str = "m1") -> bool:
        return self.database.write(
            lambda db: received.want(
                db, MISAKI, message_id, kind="image", name="時計.jpg", sent_at=NOON, now=NOON
            )
        )

    def wanted(self) -> Wanted:
        [row] = self.database.read(lambda db: received.of_conversation(db, MISAKI))
        return self.database.read(lambda db: received.wanted(db, row.id))

    def keep(self, wanted: Wanted) -> Kept:
        key = self.database.write(lambda db: received.sealing_key(db, MISAKI, KEYS, now=NOON))
        return received.keep(self.store, wanted, key, [PHOTO[:1000], PHOTO[1000:]])

    def stored(self, wanted: Wanted, kept: Kept) -> bool:
        return self.database.write(lambda db: received.stored(db, wanted.file_id, kept, now=NOON))

    def plain(self, file_id: str) -> bytes:
        chunks = self.database.read(lambda db: received.plain(db, self.store, file_id, KEYS))
        return b"".join(chunks)


@pytest.fixture
def box(database: Database, store: LocalStore) -> Letterbox:
    return Letterbox(database, store)


def test_a_sent_picture_is_kept_sealed_with_its_digest(box: Letterbox) -> None:
    assert box.want()
    assert not box.want()
    wanted = box.wanted()
    kept = box.keep(wanted)
    assert box.stored(wanted, kept)
    assert kept.sha256 == hashlib.sha256(PHOTO).hexdigest()
    assert kept.size == len(PHOTO)
    assert kept.key.startswith("received/")
    sealed = b"".join(box.store.open(kept.key))
    assert b"photograph" not in sealed
    assert box.plain(wanted.file_id) == PHOTO
    [row] = box.database.read(lambda db: received.of_conversation(db, MISAKI))
    assert row.source == "LINE, may be recompressed"


def test_what_was_taken_back_is_shown_to_nobody(box: Letterbox) -> None:
    box.want()
    wanted = box.wanted()
    box.stored(wanted, box.keep(wanted))
    assert box.database.write(lambda db: received.hide(db, "line", "m1"))
    assert box.database.read(lambda db: received.of_conversation(db, MISAKI)) == []
    with pytest.raises(ReceivedMissing):
        box.plain(wanted.file_id)
    assert not box.database.write(lambda db: received.hide(db, "line", "unknown"))


def test_what_was_taken_back_before_it_was_fetched_is_not_stored(box: Letterbox) -> None:
    box.want()
    wanted = box.wanted()
    kept = box.keep(wanted)
    box.database.write(lambda db: received.hide(db, "line", "m1"))
    assert not box.stored(wanted, kept)


def test_what_the_platform_lost_is_gone(box: Letterbox) -> None:
    box.want()
    wanted = box.wanted()
    assert box.database.write(lambda db: received.gone(db, wanted.file_id))
    assert not box.stored(wanted, Kept("received/x", received.Sha256("0" * 64), 1))
    state = box.database.read(lambda db: received.wanted(db, wanted.file_id)).state
    assert state is ReceivedState.GONE


def test_erasing_a_person_makes_their_files_unreadable_for_ever(box: Letterbox) -> None:
    box.want()
    wanted = box.wanted()
    kept = box.keep(wanted)
    box.stored(wanted, kept)
    key = box.database.read(lambda db: sealing.known_key(db, MISAKI, KEYS))
    assert box.database.write(lambda db: received.erase(db, MISAKI, now=NOON)) == 1
    with pytest.raises(ReceivedMissing):
        box.plain(wanted.file_id)
    with pytest.raises(PersonErased):
        box.database.read(lambda db: sealing.known_key(db, MISAKI, KEYS))
    (due,) = box.database.write(
        lambda db: worklist.claim(db, [received.DELETE], worker="w", now=NOON, lease_seconds=5)
    )
    assert due.subject == kept.key
    again = box.keep(wanted)  # who comes back begins anew, and the old key does not
    assert not box.stored(wanted, again)
    assert box.database.read(lambda db: sealing.known_key(db, MISAKI, KEYS)) != key


def test_a_platform_that_breaks_off_leaves_nothing(box: Letterbox, tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield PHOTO
        raise Unavailable("the platform went away")

    box.want()
    wanted = box.wanted()
    with pytest.raises(Unavailable):
        received.keep(box.store, wanted, bytes(32), broken())
    assert list(box.store.staging.iterdir()) == []


def test_what_is_too_large_is_refused(box: Letterbox) -> None:
    box.want()
    piece = bytes(1_000_000)
    endless = (piece for _ in range(received.MOST_BYTES // len(piece) + 1))
    with pytest.raises(received.ReceivedTooLarge):
        received.keep(box.store, box.wanted(), bytes(32), endless)
    assert list(box.store.staging.iterdir()) == []
