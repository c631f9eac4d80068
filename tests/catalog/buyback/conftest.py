"""Buyback on each engine."""

import pytest

from catalog.ground.session.database import Database
from tests.catalog.buyback.deals import Deals


@pytest.fixture
def deals(database: Database) -> Deals:
    """A shop that has bought nothing yet."""
    return Deals(database)
