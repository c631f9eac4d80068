"""One shop for all that is looked at in the console."""

from collections.abc import Iterator

import pytest

from tests.browser.furnished import Shelf, furnished
from tests.browser.running import Running


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with Running(tmp_path_factory.mktemp("shop")) as found:
        yield found


@pytest.fixture(scope="session")
def shelf(running: Running) -> Shelf:
    return furnished(running)
