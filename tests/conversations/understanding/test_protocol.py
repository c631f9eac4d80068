"""`akashi understand`: a JSON line in, a JSON line out, whatever is in it."""

import json
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.understanding.protocol import Talks


def ask(talks: Talks, **asked: Any) -> dict[str, Any]:
    told = {"id": "1", "now": "2026-09-16T10:00:00+09:00", **asked}
    answer: dict[str, Any] = json.loads(talks.answer(json.dumps(told).encode()))
    return answer


def test_the_printed_forms() -> None:
    answer = ask(Talks(), text="W-10234を9/30の15時まで取り置き、3万円")
    assert answer["intents"][0]["intent"] == "item.hold"
    assert answer["slots"]["sku"] == "W-10234"
    assert answer["slots"]["money"] == "JPY:30000"
    assert (answer["slots"]["date"], answer["slots"]["time"]) == ("2026-09-30", "15:00")
    assert (answer["lang"], answer["abstain"], answer["flags"]) == ("ja", False, [])
    assert ask(Talks(), text="W-20001 W-20002 まとめて")["slots"]["sku"] == ["W-20001", "W-20002"]
    assert ask(Talks(), text="请用中文")["lang"] == "zh"


def test_a_session_remembers_and_a_history_tells() -> None:
    talks = Talks()
    ask(talks, text="W-30412のベゼルの写真ください", session="s")
    assert ask(talks, text="じゃあ裏蓋は?", session="s")["intents"][0]["intent"] == "media.request"
    history = [{"role": "user", "text": "W-30412のベゼルの写真ください"}]
    told = ask(Talks(), text="じゃあ裏蓋は?", history=history)
    assert told["intents"][0]["intent"] == "media.request"


@pytest.mark.parametrize("line", [b"{", b"[]", b'"x"', b'{"text": 5}', b'{"text":"x","now":"y"}'])
def test_what_is_no_request_is_answered_on_its_line(line: bytes) -> None:
    answer = json.loads(Talks().answer(line))
    assert answer["error"]["kind"] == "Malformed"


@given(st.text(max_size=400))
def test_every_text_gets_an_answer(text: str) -> None:
    line = json.dumps({"id": 1, "text": text}).encode()
    answer = json.loads(Talks().answer(line))
    assert answer["intents"]


def test_the_longest_texts_get_an_answer() -> None:
    for text in (
        "あ" * 20_000,
        "1" * 20_000,
        "W-10234 " * 2_500,
        "\x00" * 20_000,
        "はい、" * 6_000,
    ):
        assert ask(Talks(), text=text)["intents"]


def test_the_command_answers_line_by_line_without_web_or_database() -> None:
    code = (
        "import sys; from bot.cli import main, understand;"
        "print([m for m in ('fastapi', 'sqlalchemy', 'sqlmodel', 'pydantic') if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert told.stdout.strip() == "[]"
    ran = subprocess.run(
        [sys.executable, "-m", "bot", "understand"],
        input='{"id":"a","text":"残高確認"}\n\n{"id":"b","text":""}\n',
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    first, second = (json.loads(line) for line in ran.stdout.splitlines())
    assert first["intents"][0]["intent"] == "credit.balance"
    assert (second["id"], second["flags"]) == ("b", ["unreadable"])
