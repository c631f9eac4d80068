"""Logs tell events by ids: no word, name, address, link or token of anybody (R-137)."""

import sys
from pathlib import Path

import pytest
import structlog
from structlog._config import BoundLoggerLazyProxy
from structlog.testing import capture_logs

from tests.databases import fresh_url
from tests.journeys.test_account_link import urls
from tests.journeys.test_own_data import AFTERNOON, SECRET, WORDS, linked, sends_photo
from tests.line_platform import in_loop
from tests.shop import PUBLIC_URL, open_shop


@pytest.fixture(autouse=True)
def fresh_loggers() -> None:
    """A program that ran in this process before has fixed where its loggers write."""
    structlog.reset_defaults()
    for module in list(sys.modules.values()):
        log = vars(module).get("log")
        if isinstance(log, BoundLoggerLazyProxy):
            vars(log).pop("bind", None)


def test_a_customers_day_leaves_nothing_of_theirs_in_the_logs(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    @in_loop
    async def journey() -> None:
        with fresh_url("sqlite", tmp_path) as url, capture_logs() as logged:
            async with open_shop(url, tmp_path, at=AFTERNOON, understanding=WORDS) as shop:
                misaki = shop.line.add_user()
                await linked(shop, misaki)
                await shop.settled()
                await shop.says(misaki, SECRET)
                await sends_photo(shop, misaki)
                await shop.taps(misaki, "data.export")
                await shop.taps(misaki, "membership.page")
                await shop.settled()
                links = [
                    each for message in shop.line.sent_to(misaki) for each in urls(message)
                    if each.startswith(f"{PUBLIC_URL}/my/")
                ]  # fmt: skip
                assert len(links) == 2
                for link in links:
                    async with shop.http.get(shop.url + link.removeprefix(PUBLIC_URL)) as page:
                        assert page.status == 200
            told = repr(logged) + caplog.text
            assert "line.answered" in told
            tokens = [each.rpartition("/")[2].partition("?")[0] for each in links]
            private = ["サトウミサキ", "misaki@example.com", "+819012345678", "革ベルト", misaki]
            for word in (SECRET, *private, *tokens, *shop.line.access_token.split()):
                assert word not in told, word

    journey()
