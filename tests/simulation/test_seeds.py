"""Two hundred histories a run, twenty thousand in the soak; a failing seed is named."""

from pathlib import Path

import pytest

from tests.databases import fresh
from tests.simulation.world import history


def all_hold(folder: Path, seeds: range) -> None:
    """No world of these seeds is broken."""
    with fresh("sqlite", folder) as database:
        broken = {}
        for seed in seeds:
            try:
                found = history(database, seed)
            except Exception as error:
                error.add_note(f"seed {seed}")
                raise
            if found:
                broken[seed] = found
        assert not broken, f"{len(broken)} seeds are broken: {dict(list(broken.items())[:5])}"


@pytest.mark.parametrize("first", range(0, 200, 50))
def test_whatever_fails_nothing_is_lost_doubled_stuck_or_out_of_order(
    first: int, tmp_path: Path
) -> None:
    all_hold(tmp_path, range(first, first + 50))


@pytest.mark.soak
@pytest.mark.parametrize("first", range(1_000, 21_000, 500))
def test_in_twenty_thousand_histories_nothing_is_lost_doubled_stuck_or_out_of_order(
    first: int, tmp_path: Path
) -> None:
    all_hold(tmp_path, range(first, first + 500))
