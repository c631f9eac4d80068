"""Finding a browser: the system's Chromium, or a loud skip (REQUIRE_ALL=1: a failure)."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser

from bench.chromium import executable, launched


def without(what: str) -> None:
    """Skip for want of a program, or fail where everything is required."""
    if os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(f"{what} is required (REQUIRE_ALL=1)")
    pytest.skip(f"no {what}")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running browser."""
    found = executable()
    if found is None:
        without("Chromium")
    else:
        with launched(found) as browser:
            yield browser
