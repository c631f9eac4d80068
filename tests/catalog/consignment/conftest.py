"""The shop on each engine."""

import pytest

from catalog.ground.session.database import Database
from tests.catalog.consignment.shelf import Shelf


@pytest.fixture
def shelf(database: Database) -> Shelf:
    """A shop with nothing in it."""
    return Shelf(database)
