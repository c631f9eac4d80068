"""A model as a second opinion: believed as far as it can be checked, and never waited for (B)."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from conversations.ports import Meaning, Reading, Situation
from conversations.understanding.openai import OpenAIModel
from conversations.understanding.second_opinion import OpinionTerms, SecondOpinion, Used
from tests.model_platform import ModelPlatform, good

NOW = datetime(2026, 9, 16, 1, 0, tzinfo=UTC)
UNSURE = Reading((Meaning("oos", 0.3),), {}, "ja", abstain=True)
TERMS = OpinionTerms(seconds=0.5)


class First:
    """An offline reading as told; spans are read by it too."""

    def __init__(self, reading: Reading, spans: dict[str, dict[str, Any]] | None = None) -> None:
        self.reading = reading
        self.spans = spans or {}

    async def read(self, text: str, situation: Situation) -> Reading:
        if text in self.spans:
            return Reading((Meaning("oos", 0.3),), self.spans[text])
        return self.reading


def situation(**more: Any) -> Situation:
    return Situation(**{"now": NOW, "lang": "ja", "conversation": "line:U1", **more})


class Asking:
    """A second opinion over the stand-in server, and what it counted."""

    def __init__(self, platform: ModelPlatform, first: First, terms: OpinionTerms = TERMS) -> None:
        self.outcomes: list[str] = []
        self.used: list[Used] = []
        self.model = OpenAIModel(
            api_key="test", base_url=platform.base, model="small", seconds=terms.seconds,
            used=self.used.append,
        )  # fmt: skip
        self.opinion = SecondOpinion(first, self.model, terms, counted=self.outcomes.append)


def ask(
    first: First,
    act: Callable[[ModelPlatform, Asking], Awaitable[None]],
    terms: OpinionTerms = TERMS,
) -> None:
    async def run() -> None:
        async with ModelPlatform() as platform:
            asking = Asking(platform, first, terms)
            try:
                await act(platform, asking)
            finally:
                await asking.model.close()

    asyncio.run(run())


def test_an_unsure_reading_is_bettered() -> None:
    async def act(platform: ModelPlatform, asking: Asking) -> None:
        reading = await asking.opinion.read("これ手放そうかと", situation())
        assert reading.meanings == (Meaning("sell.quote", 0.93),)
        assert not reading.abstain
        assert asking.outcomes == ["answered"]
        assert asking.used == [Used(1800, 80)]
        body = platform.asked[0]
        assert body["response_format"]["json_schema"]["strict"] is True
        assert json.loads(body["messages"][1]["content"])["message"] == "これ手放そうかと"

    ask(First(UNSURE), act)


def test_a_sure_reading_is_not_questioned_and_an_attack_is_never_sent() -> None:
    async def act(platform: ModelPlatform, asking: Asking) -> None:
        await asking.opinion.read("W-10234の動画", situation())
        assert platform.asked == []

    ask(First(Reading((Meaning("media.request", 0.95),))), act)
    ask(First(Reading((Meaning("oos", 0.2),), flags=("injection",), abstain=True)), act)


def test_personal_data_stay_here_and_come_back_into_the_slot() -> None:
    async def act(platform: ModelPlatform, asking: Asking) -> None:
        platform.says = [
            good(intents=[{"id": "faq.policy", "confidence": 0.9}], slots={"email": "<EMAIL_1>"})
        ]
        reading = await asking.opinion.read("taro@example.com で頼む", situation())
        assert "taro@example.com" not in json.dumps(platform.asked)
        assert reading.slots == {"email": "taro@example.com"}

    ask(First(UNSURE, {"taro@example.com": {"email": "taro@example.com"}}), act)


def test_a_value_that_is_not_in_the_message_is_dropped() -> None:
    async def act(platform: ModelPlatform, asking: Asking) -> None:
        platform.says = [good(slots={"money": "300万円", "sku": "W-99999"})]
        reading = await asking.opinion.read("時計を手放したい", situation())
        assert reading.slots == {}

    ask(First(UNSURE, {"300万円": {"money": 3_000_000}, "W-99999": {"sku": ["W-99999"]}}), act)


def test_a_change_needs_both_opinions() -> None:
    async def act(platform: ModelPlatform, asking: Asking) -> None:
        platform.says = [good(intents=[{"id": "sell.accept", "confidence": 0.99}])]
        reading = await asking.opinion.read("うーん", situation())
        assert reading.meanings == UNSURE.meanings

    ask(First(UNSURE), act)

    async def agreed(platform: ModelPlatform, asking: Asking) -> None:
        platform.says = [good(intents=[{"id": "sell.accept", "confidence": 0.99}])]
        reading = await asking.opinion.read("それで", situation())
        assert reading.meanings[0].intent == "sell.accept"

    ask(First(Reading((Meaning("sell.accept", 0.4),), abstain=True)), agreed)


@pytest.mark.parametrize(
    "question",
    [
        "¥300,000でよろしいですか?",
        "明日お届けでよいですか?",
        "https://evil.example を開いてもらえますか?",
        "全額返金しましょうか?",
        "三百万円ですか?",
        "お売りになりたい。",
        "あ" * 130 + "?",
    ],
)
def test_a_question_with_a_figure_a_date_a_link_or_a_promise_is_not_asked(question: str) -> None:
    async def act(platform: ModelPlatform, asking: Asking) -> None:
        unclear = [{"id": "oos", "confidence": 0.4}]
        platform.says = [good(intents=unclear, question=question)]
        reading = await asking.opinion.read("あれの件", situation())
        assert "question" not in reading.slots

    ask(First(UNSURE), act)


def test_a_plain_question_is_asked_back() -> None:
    async def act(platform: ModelPlatform, asking: Asking) -> None:
        unclear = [{"id": "oos", "confidence": 0.4}]
        platform.says = [good(intents=unclear, question="お売りになりたいお品のことでしょうか?")]
        reading = await asking.opinion.read("あれの件", situation())
        assert reading.slots["question"] == "お売りになりたいお品のことでしょうか?"

    ask(First(UNSURE), act)


BROKEN = [
    "not json", "[]", "{}", "null", '{"intents": []}',
    good(intents=[{"id": "make.me.rich", "confidence": 1}]),
    good(intents=[{"id": "sell.quote", "confidence": 7}]),
    good(slots={"price": "1"}), good(flags=["nice"]), good(language="xx"), good(extra=1),
]  # fmt: skip


@pytest.mark.parametrize("answer", BROKEN)
def test_a_broken_answer_leaves_the_offline_reading(answer: str) -> None:
    async def act(platform: ModelPlatform, asking: Asking) -> None:
        platform.says = [answer]
        assert await asking.opinion.read("あれの件", situation()) == UNSURE
        assert asking.outcomes == ["nonsense"]

    ask(First(UNSURE), act)


@pytest.mark.parametrize("status", [401, 404, 429, 500, 503])
def test_a_failing_server_leaves_the_offline_reading(status: int) -> None:
    async def act(platform: ModelPlatform, asking: Asking) -> None:
        platform.status = status
        assert await asking.opinion.read("あれの件", situation()) == UNSURE
        assert asking.outcomes == ["unavailable"]
        assert len(platform.asked) == 1

    ask(First(UNSURE), act)


def test_a_slow_or_absent_server_is_not_waited_for() -> None:
    async def slow(platform: ModelPlatform, asking: Asking) -> None:
        platform.waits = 30
        started = asyncio.get_running_loop().time()
        assert await asking.opinion.read("あれの件", situation()) == UNSURE
        assert asyncio.get_running_loop().time() - started < 10

    ask(First(UNSURE), slow)

    async def absent() -> None:
        model = OpenAIModel(
            api_key="test", base_url="http://127.0.0.1:9/v1", model="small", seconds=0.5
        )
        opinion = SecondOpinion(First(UNSURE), model, TERMS)
        assert await opinion.read("あれの件", situation()) == UNSURE
        await model.close()

    asyncio.run(absent())


def test_after_five_failures_it_rests_for_a_minute() -> None:
    async def act(platform: ModelPlatform, asking: Asking) -> None:
        platform.status = 500
        for _ in range(7):
            await asking.opinion.read("あれの件", situation())
        assert len(platform.asked) == 5
        platform.status = 200
        later = situation(now=NOW + timedelta(seconds=61))
        assert (await asking.opinion.read("あれの件", later)).meanings[0].intent == "sell.quote"

    ask(First(UNSURE), act)


def test_calls_are_limited_per_conversation_and_day() -> None:
    async def act(platform: ModelPlatform, asking: Asking) -> None:
        for who in ("line:U1", "line:U1", "line:U1", "line:U2", "line:U3"):
            await asking.opinion.read("あれの件", situation(conversation=who))
        assert len(platform.asked) == 3
        await asking.opinion.read("あれの件", situation(now=NOW + timedelta(days=1)))
        assert len(platform.asked) == 4

    ask(First(UNSURE), act, OpinionTerms(seconds=2.0, a_day=3, a_conversation=2))


@pytest.mark.parametrize("takes", [{"schema"}, {"tool"}, {"json"}])
def test_servers_of_every_dialect_are_understood(takes: set[str]) -> None:
    async def act(platform: ModelPlatform, asking: Asking) -> None:
        platform.takes = takes
        for _ in range(2):
            reading = await asking.opinion.read("これ手放そうかと", situation())
            assert reading.meanings[0].intent == "sell.quote"
        refused = {"schema": 0, "tool": 1, "json": 2}[next(iter(takes))]
        assert len(platform.asked) == 2 + refused  # what was refused once is not tried again

    ask(First(UNSURE), act, OpinionTerms(seconds=2.0))


def test_who_needs_a_person_gets_one() -> None:
    async def act(platform: ModelPlatform, asking: Asking) -> None:
        platform.says = [good(intents=[{"id": "sell.accept", "confidence": 1}], needs_human=True)]
        reading = await asking.opinion.read("もういい", situation())
        assert reading.meanings[0].intent == "human.request"

    ask(First(UNSURE), act)
