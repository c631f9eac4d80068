"""Whoever speaks speaks alone (R-152), and nobody who called for a person is forgotten (R-154)."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalog.ground.session.sqlite import SqliteDatabase
from tests.databases import fresh
from tests.handoff.desk.evening import Evening

STEPS = 120
NOON = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)  # a Wednesday in Tokyo


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An empty database, to be copied for every evening."""
    folder = tmp_path_factory.mktemp("evening")
    with fresh("sqlite", folder):
        pass
    yield folder / "akashi.db"


def all_hold(empty: Path, folder: Path, seeds: range) -> None:
    """Nothing is broken on any of these evenings."""
    broken: list[str] = []
    for seed in seeds:
        path = folder / f"{seed}.db"
        shutil.copy(empty, path)
        database = SqliteDatabase(str(path))
        try:
            broken += Evening(database, seed, NOON).run(STEPS)
        except Exception as error:
            error.add_note(f"seed {seed}")
            raise
        finally:
            database.close()
            for left in folder.glob(f"{seed}.db*"):
                left.unlink()
    assert not broken, broken[:5]


def test_in_whatever_order_things_happen_one_party_speaks(empty: Path, tmp_path: Path) -> None:
    all_hold(empty, tmp_path, range(40))


@pytest.mark.soak
@pytest.mark.parametrize("first", range(1_000, 11_000, 500))
def test_ten_thousand_evenings(empty: Path, tmp_path: Path, first: int) -> None:
    all_hold(empty, tmp_path, range(first, first + 500))


def test_on_postgres_too(tmp_path: Path) -> None:
    with fresh("postgres", tmp_path) as database:
        assert not Evening(database, 7, NOON, customers=3).run(600)
