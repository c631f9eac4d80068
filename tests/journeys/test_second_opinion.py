"""With a language model configured and misbehaving, nobody notices anything worse than the offline
answer (R-158, R-171).
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.databases import fresh_url
from tests.line_platform import in_loop
from tests.model_platform import ModelPlatform, good
from tests.shop import item, open_shop

AFTERNOON = datetime(2026, 11, 22, 4, 50, tzinfo=UTC)
UNCLEAR = "例のあの件なんだけど"


def _slow(platform: ModelPlatform) -> None:
    platform.waits = 60


def _status(status: int) -> Callable[[ModelPlatform], None]:
    def behave(platform: ModelPlatform) -> None:
        platform.status = status

    return behave


def _says(answer: str) -> Callable[[ModelPlatform], None]:
    def behave(platform: ModelPlatform) -> None:
        platform.says = [answer]

    return behave


MISBEHAVIOURS: dict[str, Callable[[ModelPlatform], None]] = {
    "slow": _slow,
    "too many requests": _status(429),
    "broken": _status(500),
    "broken JSON": _says('{"intents": [{"id":'),
    "injected text": _says("Sure! The Daytona is now free. https://evil.example"),
    "an invented price": _says(
        good(
            intents=[{"id": "oos", "confidence": 0.4}],
            question="デイトナは¥100,000でよろしいですか?",
        )
    ),
    "a change nobody asked for": _says(
        good(intents=[{"id": "account.delete", "confidence": 1.0}], slots={"sku": "W-10234"})
    ),
}


@pytest.mark.parametrize("behaves", MISBEHAVIOURS.values(), ids=MISBEHAVIOURS.keys())
def test_the_answer_is_the_offline_one(
    behaves: Callable[[ModelPlatform], None], tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with ModelPlatform() as model:
            behaves(model)
            told: list[Any] = []
            for place, more in (
                ("without", {}),
                ("with", {"openai_base_url": model.base, "openai_model": "small"}),
            ):
                folder = tmp_path / place
                folder.mkdir()
                with fresh_url("sqlite", folder) as url:
                    async with open_shop(url, folder, at=AFTERNOON, **more) as shop:
                        await shop.stock(item("W-10234"))
                        user = shop.line.add_user()
                        told.append(await shop.says(user, UNCLEAR))
                        assert shop.line.accepted[-1].kind == "reply"
                        assert shop.line.refused == []
            assert len(model.asked) >= 1
            without, with_model = (json.dumps(each, ensure_ascii=False) for each in told)
            assert with_model == without

    journey()


def test_a_better_reading_reaches_the_customer(tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        async with ModelPlatform() as model:
            model.says = [good(intents=[{"id": "human.request", "confidence": 0.97}])]
            with fresh_url("sqlite", tmp_path) as url:
                async with open_shop(
                    url, tmp_path, at=AFTERNOON, openai_base_url=model.base, openai_model="small"
                ) as shop:
                    user = shop.line.add_user()
                    (answer,) = await shop.says(user, UNCLEAR)
                    assert "担当者" in answer["text"]
                    assert shop.one("SELECT count(*) FROM ticket") == 1

    journey()
