"""Walks through the whole chat: a share in every run, ten thousand in the soak; a failing seed is
named with the steps that led there.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalog.ground.session.sqlite import SqliteDatabase
from tests.databases import fresh
from tests.walks import town
from tests.walks.walk import Walk

STEPS = 12


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The town's file, to be copied for every walk."""
    folder = tmp_path_factory.mktemp("town")
    with fresh("sqlite", folder) as database:
        town.build(database)
    yield folder / "akashi.db"


def all_hold(built: Path, folder: Path, seeds: range) -> None:
    """Nothing is broken in any walk of these seeds."""
    broken: dict[int, list[str]] = {}
    for seed in seeds:
        path = folder / f"{seed}.db"
        shutil.copy(built, path)
        database = SqliteDatabase(str(path))
        try:
            found = Walk(database, seed).run(STEPS)
        except Exception as error:
            error.add_note(f"seed {seed}")
            raise
        finally:
            database.close()
            for left in folder.glob(f"{seed}.db*"):
                left.unlink()
        if found:
            broken[seed] = found
    assert not broken, f"{len(broken)} walks are broken: {dict(list(broken.items())[:5])}"


def test_wherever_people_walk_nothing_is_bound_invented_or_left_without_a_person(
    built: Path, tmp_path: Path
) -> None:
    all_hold(built, tmp_path, range(24))


@pytest.mark.soak
@pytest.mark.parametrize("first", range(1_000, 11_000, 250))
def test_ten_thousand_walks(built: Path, tmp_path: Path, first: int) -> None:
    all_hold(built, tmp_path, range(first, first + 250))
