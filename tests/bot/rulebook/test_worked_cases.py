"""Worked cases of every rule, read from the trade's text by somebody who did not see the code."""

from collections import Counter
from pathlib import Path
from typing import Any

import orjson
import pytest

from bot.rulebook import book

CASES = [
    orjson.loads(line)
    for line in (Path(__file__).parent / "worked_cases.jsonl").read_bytes().splitlines()
]
BY_RULE = Counter(case["rule"] for case in CASES if "result" in case)


def _asked(case: dict[str, Any]) -> str:
    return orjson.dumps(
        {key: case[key] for key in ("id", "rule", "input", "policy") if key in case}
    ).decode()


@pytest.mark.parametrize("rule", sorted(book.RULES))
def test_every_worked_case_of_a_rule_is_right(rule: str) -> None:
    assert BY_RULE[rule] >= 3, "a rule without cases"
    wrong = []
    for case in CASES:
        if case["rule"] != rule or "result" not in case:
            continue
        answer = book.answer(_asked(case))
        told = answer.get("result", answer)
        if any(told.get(key, "nothing") != value for key, value in case["result"].items()):
            wrong.append((case["id"], case["result"], told))
    assert wrong == []


def test_every_malformed_input_is_answered_as_such_on_its_line() -> None:
    wrong = [
        (case["id"], answer)
        for case in CASES
        if case.get("error")
        for answer in [book.answer(_asked(case))]
        if answer.get("error", {}).get("kind") != case["error"] or answer["id"] != case["id"]
    ]
    assert wrong == []


@pytest.mark.parametrize("line", ["", "{", "[]", "7", '"x"', '{"rule": 3}', '{"rule": "MON-3"}'])
def test_a_line_that_is_no_question_is_answered_too(line: str) -> None:
    assert book.answer(line)["error"]["kind"] == "Malformed"


def test_an_override_counts_for_its_line_alone() -> None:
    tiers = [[0, 5000], [100_000, 6000]]
    question = {"id": 1, "rule": "CON-3", "input": {"sold_price_tax_incl": 100_000}}
    with_tiers = {**question, "policy": {"con.tiers": tiers}}
    assert book.answer(orjson.dumps(with_tiers).decode())["result"]["payout"] == 60_000
    assert book.answer(orjson.dumps(question).decode())["result"]["payout"] == 80_000


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("con.tiers", [[0, 8000], [100_000, 7000]]),
        ("con.tiers", [[1, 8000]]),
        ("con.tiers", []),
        ("con.tiers", [[0, 10_001]]),
        ("con.drop_steps", [[60, 1000], [30, 2000]]),
        ("con.term_days", 0),
        ("con.rounding", "sideways"),
        ("pay.cutoff", "25:00"),
        ("quo.approval_limits", {"appraiser": 3, "senior": 2, "manager": 1}),
        ("crd.bonus_bps", 10.5),
        ("crd.life_days.return", True),
        ("kob.identity_always", 1),
        ("kob.seller_age", 17),
        ("ntf.quiet", ["21:00"]),
        ("no.such.term", 1),
    ],
)
def test_terms_that_cannot_be_are_refused_by_name(key: str, value: Any) -> None:
    line = {"id": 1, "rule": "MON-3", "input": {"value": 1}, "policy": {key: value}}
    asked = {**line, "rule": "CON-3", "input": {"sold_price_tax_incl": 1}}
    told = [
        book.answer(orjson.dumps(each).decode()) for each in (line, asked, *_askers(key, value))
    ]
    refused = [each["error"] for each in told if "error" in each]
    assert refused and all(each["kind"] == "Malformed" for each in refused)
    assert any(key in each["detail"] for each in refused)


def _askers(key: str, value: Any) -> list[dict[str, Any]]:
    """One worked question of every rule, with the override."""
    first: dict[str, dict[str, Any]] = {}
    for case in CASES:
        if "result" in case:
            first.setdefault(case["rule"], case)
    return [
        {"id": 1, "rule": rule, "input": case["input"], "policy": {key: value}}
        for rule, case in first.items()
    ]


def test_every_term_is_listed_with_what_it_is_and_its_default() -> None:
    listed = book.policy_list()
    keys = [each["key"] for each in listed]
    assert keys == sorted(set(keys))
    assert all(each["told"] for each in listed)
    assert {"con.tiers", "pay.cutoff", "crd.bonus_bps", "ntf.quiet"} <= set(keys)
