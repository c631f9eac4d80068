"""Every row of the registers goes into lines and comes back from them as it was, on either engine
(issue: everything lost, then restored).
"""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import Session, SQLModel

from bot.backup import rows
from bot.backup.rows import CopyMalformed, RegistersInUse
from bot.cli import demo
from bot.cli.demo import Place
from bot.demo.pieces import SHOWN_FIRST, STILL, Shot
from bot.migrations.history import HEAD
from catalog.ground import journal
from catalog.ground.session.database import Database
from catalog.ground.session.opening import open_database
from catalog.items import search_index
from catalog.items.rules import STAFF
from catalog.items.search import search
from tests.bot.demo.opened import StillClock, only, seeded
from tests.databases import fresh


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> Sequence[bytes]:
    """The copy of a small shop with customers, deals, captures and a log."""
    folder = tmp_path_factory.mktemp("shop")
    place = Place(folder, "127.0.0.1", 1)
    seeded(
        place,
        (only(SHOWN_FIRST, Shot(STILL)),),
        StillClock(datetime.fromisoformat("2026-11-22T05:00:00Z")),
    )
    opened = open_database(demo.settings(place).database_url)
    try:
        return _copied(opened)
    finally:
        opened.close()


def _copied(database: Database) -> list[bytes]:
    return database.read(lambda db: list(rows.written(db, HEAD)))


def _put_back(database: Database, lines: Sequence[bytes]) -> dict[str, int]:
    with database.engine().begin() as connection:
        rows.need_empty(connection)
        told = iter(lines)
        assert rows.revision_of(told) == HEAD
        return rows.put_back(connection, told)


def test_every_row_comes_back_as_it_was_on_either_engine(
    lines: Sequence[bytes], database: Database
) -> None:
    counts = _put_back(database, lines)
    assert min(counts[name] for name in ("customer", "journal", "log_leaf", "asset", "rendition"))
    assert _copied(database) == list(lines)


def test_the_copy_holds_every_table_but_what_is_made_anew(lines: Sequence[bytes]) -> None:
    told = [json.loads(each) for each in lines]
    named = {each["table"] for each in told if isinstance(each, dict) and "table" in each}
    assert named == set(SQLModel.metadata.tables) - rows.MADE_ANEW


def test_a_shop_that_came_back_goes_on_counting_and_is_found_by_words(
    lines: Sequence[bytes], database: Database, now: datetime
) -> None:
    _put_back(database, lines)
    database.write(search_index.rebuild)
    found = database.read(lambda db: search(db, "デイトナ", viewer=STAFF))
    assert SHOWN_FIRST in str(found)

    def numbers(db: Session) -> tuple[int, int]:
        last = db.connection().execute(text("SELECT max(id) FROM journal")).scalar_one()
        journal.record(db, "shop:test", "opened", actor="test", at=now)
        return last, db.connection().execute(text("SELECT max(id) FROM journal")).scalar_one()

    last, after = database.write(numbers)
    assert after == last + 1


def test_a_copy_never_goes_over_registers_in_use(
    lines: Sequence[bytes], database: Database
) -> None:
    _put_back(database, lines)
    with pytest.raises(RegistersInUse):
        _put_back(database, lines)


@pytest.mark.parametrize("broken", ["no end", "a row less", "no JSON", "another head", "more"])
def test_a_copy_that_is_not_whole_leaves_the_database_empty(
    lines: Sequence[bytes], tmp_path: Path, broken: str
) -> None:
    told = list(lines)
    row = next(n for n, each in enumerate(told) if each.startswith(b"["))
    if broken == "no end":
        del told[-1]
    elif broken == "a row less":
        del told[row]
    elif broken == "no JSON":
        told[row] = told[row][:-3]
    elif broken == "another head":
        told[0] = b'{"akashi": 99}\n'
    else:
        told.append(told[row])
    with fresh("sqlite", tmp_path) as database:
        with pytest.raises(CopyMalformed):
            _put_back(database, told)
        with database.engine().begin() as connection:
            rows.need_empty(connection)
