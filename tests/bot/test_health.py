"""What operators see: alive, ready, figures; nothing personal."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.databases import ENGINES, fresh_url
from tests.line_platform import in_loop
from tests.shop import RunningShop, item, open_shop

AFTERNOON = datetime(2026, 11, 22, 4, 50, tzinfo=UTC)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_three_pages_answer_with_figures_and_no_names(engine: str, tmp_path: Path) -> None:
    @in_loop
    async def story() -> None:
        with fresh_url(engine, tmp_path) as url:
            async with open_shop(url, tmp_path, at=AFTERNOON) as shop:
                await shop.stock(item("W-10234"))
                user = shop.line.add_user()
                await shop.says(user, "W-10234の動画")
                for page in ("healthz", "readyz"):
                    async with shop.http.get(f"{shop.url}/{page}") as answer:
                        assert answer.status == 200
                left = 'akashi_letters_total{state="sent",way="reply"} 1.0'
                metrics = await _metrics(shop)
                for _ in range(100):  # a letter is counted once its row is written
                    if left in metrics:
                        break
                    await asyncio.sleep(0.05)
                    metrics = await _metrics(shop)
                assert left in metrics
                assert 'akashi_webhook_total{status="200"} 1.0' in metrics
                assert "akashi_inbox_due 0.0" in metrics
                assert 'akashi_media_bytes{kind="originals"}' in metrics
                assert 'akashi_original_copies{place="first",state="kept"}' in metrics
                assert user not in metrics

    story()


async def _metrics(shop: RunningShop) -> str:
    async with shop.http.get(f"{shop.url}/metrics") as answer:
        assert answer.status == 200
        return await answer.text()


def test_unknown_addresses_and_passes_open_nothing(tmp_path: Path) -> None:
    @in_loop
    async def story() -> None:
        with fresh_url("sqlite", tmp_path) as url:
            async with open_shop(url, tmp_path) as shop:
                for page in ("m/unknown", "m/" + "x" * 500, "m/..%2f..%2fetc%2fpasswd"):
                    async with shop.http.get(f"{shop.url}/{page}") as answer:
                        assert answer.status == 404
                async with shop.http.get(f"{shop.url}/line/webhook") as answer:
                    assert answer.status == 405
                for hidden in ("docs", "openapi.json", "simulator"):
                    async with shop.http.get(f"{shop.url}/{hidden}") as answer:
                        assert answer.status == 404

    story()
