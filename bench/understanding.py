"""What reading messages reaches and costs: the figures on messages nobody trained on, the command's
start, memory and milliseconds, and a shop that is talked to by taps, codes and free words.
"""

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from statistics import fmean

import orjson

from bench import processes
from bench.path import at_rate, seeded
from bench.processes import ROOT
from bench.reading import rows, scored
from bench.result import Result, percentile, within
from bench.setting import Setting
from bench.stand_in import standing_in
from conversations.ports import Situation
from conversations.understanding import classifier, encoder
from conversations.understanding.normal import classified, normal
from conversations.understanding.offline import read

RATE = 100
GOALS = {
    "intent": 0.88, "intent ja": 0.86, "intent worst language": 0.84, "macro-F1": 0.87,
    "kansai, kana, voice, typo": 0.78, "slot F1": 0.93, "exact frame": 0.80,
    "out of scope recall": 0.80, "flags found": 0.90, "dialogue turns": 0.88,
    "whole dialogues": 0.65, "two intents": 0.80, "language": 0.99,
}  # fmt: skip
LIMITS = {"false rejects": 0.04, "ECE": 0.06, "false flags": 0.01, "harmful": 0.0}
_NOW = datetime(2026, 9, 16, 1, 0, tzinfo=UTC)
_LONG = ("あ" * 20_000, "1" * 20_000, "W-10234 " * 2_500, "はい、" * 6_000, "ロレックス" * 4_000)


def run(setting: Setting) -> list[Result]:
    """Everything, one after the other."""
    return [*_figures(), *_command(), *_cost(), *_talk(setting)]


def _figures() -> Iterator[Result]:
    figures = scored(rows("messages"), rows("dialogues")).figures()
    for name, goal in GOALS.items():
        figure = figures[name]
        yield Result("NLU", name, figure, "", f"≥ {goal:g}", figure >= goal)
    for name, most in LIMITS.items():
        yield within("NLU", name, figures[name], most, unit="")


def _command() -> Iterator[Result]:
    begun = time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "understand"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as asked:  # fmt: skip
        assert asked.stdin is not None
        assert asked.stdout is not None

        def ask(text: str) -> float:
            line = orjson.dumps({"id": "1", "text": text, "now": _NOW.isoformat()})
            since = time.monotonic()
            asked.stdin.write(line + b"\n")  # type: ignore[union-attr]
            asked.stdin.flush()  # type: ignore[union-attr]
            asked.stdout.readline()  # type: ignore[union-attr]
            return (time.monotonic() - since) * 1000

        ask("残高確認")
        start = time.monotonic() - begun
        texts = [row["text"] for row in rows("messages")]
        for text in texts[:20]:
            ask(text)
        took = [ask(text) for text in texts]
        longest = max(ask(text) for text in _LONG)
        memory = processes.rss_mb(asked.pid)
        asked.stdin.close()
    yield within("NLU", "akashi understand: start to the first answer", start, 1.5, unit="s")
    yield within("NLU", "akashi understand: p50", percentile(took, 50), 5.0, unit="ms")
    yield within("NLU", "akashi understand: p99", percentile(took, 99), 15.0, unit="ms")
    yield within("NLU", "akashi understand: longest message", longest, 50.0, unit="ms")
    yield within("NLU", "akashi understand: memory", memory, 220.0, unit="MB")


def _cost() -> Iterator[Result]:
    """CPU of one reading of a mix of 50 % taps, 20 % codes and 30 % free words; taps are not
    read.
    """
    encoder.loaded()
    situation = Situation(now=_NOW)
    free = [row["text"] for row in rows("messages")][::3]
    weights = classifier.trained()
    refined = [
        weights.guess(classified(normal(text).folded), spoken=text).is_refined for text in free
    ]
    coded = _cpu_us(lambda: read("W-10234の動画を見せてください", situation), 400)
    worded = fmean([_cpu_us(partial(read, text, situation), 1) for text in free])
    yield Result("NLU", "CPU of one reading, code", coded, "µs", "(told)", True)
    yield Result("NLU", "CPU of one reading, free words", worded, "µs", "(told)", True)
    yield Result(
        "NLU", "CPU a message of the mix", 0.2 * coded + 0.3 * worded, "µs", "(told)", True
    )
    yield Result(
        "NLU",
        "of free words the encoder was asked",
        sum(refined) / len(refined),
        "",
        "(told)",
        True,
    )


def _cpu_us(act: object, times: int) -> float:
    assert callable(act)
    begun = time.process_time()
    for _ in range(times):
        act()
    return (time.process_time() - begun) / times * 1e6


def _talk(setting: Setting) -> Iterator[Result]:
    with contextlib.ExitStack() as stack:
        line = stack.enter_context(standing_in(setting.folder))
        shop = seeded(setting).copy(setting.place("talk"), line.base)
        talks = tuple(row["text"] for row in rows("messages"))
        with shop.running() as server:
            at_rate(setting, server, line, rate=20, seconds=3, talks=talks)  # the encoder is loaded
            told = at_rate(setting, server, line, rate=RATE, talks=talks)
    answers = told.answers
    yield within("NLU", f"{RATE}/s talked to: lost", float(answers.lost), 0.0, unit="")
    yield within("NLU", f"{RATE}/s talked to: doubled", float(answers.doubled), 0.0, unit="")
    yield Result(
        "NLU",
        f"{RATE}/s talked to: by reply token",
        told.by_reply,
        "",
        "≥ 0.8",
        told.by_reply >= 0.8,
    )
    yield within("NLU", f"{RATE}/s talked to: p99", answers.p99, 200.0, unit="ms")
    yield Result("NLU", f"{RATE}/s talked to: CPU a message", told.cpu_us, "µs", "(told)", True)
    yield Result("NLU", f"{RATE}/s talked to: memory", told.rss_mb, "MB", "(told)", True)
