"""One shop for all that is looked at in the console."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.furnished import Shelf, furnished
from tests.browser.running import Running

_PATIENCE_MS = (
    15_000  # a busy machine draws a page late, and that is not what these tests are about
)


@pytest.fixture(scope="session", autouse=True)
def patience() -> None:
    """How long what is expected of a page may take to be there."""
    expect.set_options(timeout=_PATIENCE_MS)


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with Running(tmp_path_factory.mktemp("shop")) as found:
        yield found


@pytest.fixture(scope="session")
def shelf(running: Running) -> Shelf:
    return furnished(running)
