"""Bytes handed out: asked for by the hundred, permitted by the books, counted one by one (R-023;
acceptance checks 15 and 17).
"""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy import event
from sqlmodel import Session, select

from catalog.ground.session.sqlite import SqliteDatabase
from media.originals.local import LocalStore
from media.sharing import looks
from media.sharing.looks import Seen, What
from media.sharing.tables import Share
from tests.databases import fresh
from tests.media.sharing.test_looking_in import Door, door

__all__ = ["door"]


def test_a_film_in_a_hundred_pieces_is_permitted_a_few_times(
    store: LocalStore, tmp_path: Path
) -> None:
    """Where a commit is seen without asking, a player's pieces ask the books when something may
    have changed, not each of them.
    """
    with fresh("sqlite", tmp_path) as database:
        assert isinstance(database, SqliteDatabase)
        door = Door(database, store, tmp_path / "shots")
        asked: list[int] = []
        event.listen(database._readers, "checkout", lambda *_: asked.append(1))
        reader, address = door.browser(), f"/m/{door.issue()}"
        for n in range(100):
            piece = reader.ask(address, headers={"range": f"bytes={n}-{n + 9}"})
            assert (piece.status_code, piece.content) == (206, door.content[n : n + 10])
        assert len(asked) <= 30  # the record of looks is written once a second
        assert sum(each.times for each in door.looks()) == door.asked


def test_who_looks_never_waits_for_the_record(door: Door) -> None:
    """However much is to be written, and while somebody else has the database."""
    busy, free = threading.Event(), threading.Event()

    def holds(_: Session) -> None:
        busy.set()
        assert free.wait(30)

    holder = threading.Thread(target=door.database.write, args=(holds,))
    holder.start()
    assert busy.wait(30)
    try:
        seen = [Seen(What.LETTER, network=f"10.{n // 256}.{n % 256}.0/24") for n in range(1200)]
        for each in seen:
            door.watch.saw(each)
        assert holder.is_alive()
    finally:
        free.set()
        holder.join(30)
    assert sum(each.times for each in door.looks()) == len(seen)


def test_a_page_opens_as_often_as_it_may_however_many_come_at_once(door: Door) -> None:
    """The count of openings is exact, and so is the end of them."""
    made = door.share(most_opened=5)
    readers = [door.browser() for _ in range(12)]
    with ThreadPoolExecutor(len(readers)) as crowd:
        answers = list(crowd.map(lambda each: each.tell(made).status_code, readers))
    assert sorted(answers) == [303] * 5 + [404] * 7
    assert door.database.read(lambda db: db.exec(select(Share.opened)).one()) == 5
    assert len(door.database.read(lambda db: looks.viewings_of(db, made.share_id))) == 5
