"""Papers say every field, escape what others wrote, and stand on their own (KOB-2, TOK-2, INV-1,
PRE-3, R-061, R-062).
"""

import re
from dataclasses import fields, is_dataclass, replace
from datetime import date
from html import unescape
from typing import Any

import pytest

from catalog.duties.ledger.queries import LedgerLine
from catalog.duties.papers import page
from catalog.duties.papers.facts import Deposit, Paper, VisitPurchase
from tests.catalog.duties.papers.told import DEALER, PARTY, TOLD

_TAG = re.compile(r"<style>.*?</style>|<[^>]+>", re.DOTALL)
# Not printed: what a page leaves out by its kind.
_SILENT = {
    (Paper.LEDGER, "keep_through"), (Paper.LEDGER, "email"), (Paper.LEDGER, "complaints"),
    (Paper.PREPAID_NOTICE, "authority"), (Paper.PREPAID_NOTICE, "licence_no"),
    (Paper.PREPAID_NOTICE, "phone"), (Paper.PREPAID_NOTICE, "email"),
    (Paper.PREPAID_NOTICE, "seller_number"),
}  # fmt: skip


def words(kind: Paper) -> str:
    return unescape(_TAG.sub(" ", page.render(kind, TOLD[kind])))


def values(kind: Paper, told: Any) -> "list[str]":
    """Everything the facts say, as it must be found on the page."""
    found: list[str] = []
    for each in fields(told):
        value = getattr(told, each.name)
        if (kind, each.name) in _SILENT or (
            each.name == "complaints" and kind is not Paper.PREPAID_NOTICE
        ):
            continue
        found += said(kind, each.name, value, told)
    return found


def said(kind: Paper, name: str, value: Any, told: Any) -> "list[str]":
    if is_dataclass(value):
        return values(kind, value)
    if isinstance(value, (list, tuple)):
        return [word for each in value for word in said(kind, name, each, told)]
    if isinstance(value, bool) or value is None:
        return []
    if isinstance(value, date):
        return [value.isoformat() if isinstance(told, LedgerLine) else page.day(value)]
    if isinstance(value, int):
        if name == "rate":
            return [page.percent(value)]
        return [f"{value:,}円" if value >= 10_000 else str(value)]
    return [value] if value else []


@pytest.mark.parametrize("kind", list(Paper))
def test_every_field_is_on_the_page(kind: Paper) -> None:
    text = words(kind)
    missing = [each for each in values(kind, TOLD[kind]) if each not in text]
    assert missing == []


@pytest.mark.parametrize("kind", list(Paper))
def test_a_page_loads_nothing_and_runs_nothing(kind: Paper) -> None:
    text = page.render(kind, TOLD[kind])
    for loaded in ("<script", "http:", "https:", "url(", "@import", "<link", "<img", " style="):
        assert loaded not in text
    assert text.startswith("<!doctype html>")
    assert 'lang="ja"' in text


def test_what_others_wrote_cannot_become_markup() -> None:
    evil = "<script>alert(1)</script>"
    told = TOLD[Paper.DEPOSIT_RECEIPT]
    assert isinstance(told, Deposit)
    text = page.render(
        Paper.DEPOSIT_RECEIPT,
        replace(
            told, customer=replace(PARTY, name=evil), note=evil, dealer=replace(DEALER, name=evil)
        ),
    )
    assert evil not in text
    assert text.count("&lt;script&gt;") >= 3


def test_the_visit_document_says_the_eight_days_in_a_red_frame_tok_2() -> None:
    text = page.render(Paper.VISIT_DOCUMENT, TOLD[Paper.VISIT_DOCUMENT])
    framed = text[
        text.index('<div class="red-frame">') : text.index("</div>", text.index('red-frame">'))
    ]
    for told in (
        "8日以内",
        "受け取った日を1日目",
        "発した時",
        "違約金",
        "当店の費用",
        "引渡しを拒む",
    ):
        assert told in framed
    told_facts = TOLD[Paper.VISIT_DOCUMENT]
    assert isinstance(told_facts, VisitPurchase)
    request = page.render(Paper.VISIT_DOCUMENT, replace(told_facts, is_only_request=True))
    assert "申込書面" in request
    assert "契約書面" not in request


def test_credit_for_ever_and_credit_with_an_end_are_told_apart_pre_3() -> None:
    text = words(Paper.PREPAID_NOTICE)
    assert "買取代金による付与: 期限なし" in text
    assert "返品による付与: 発行日の翌日から180日" in text


def test_facts_of_another_paper_are_a_mistake() -> None:
    with pytest.raises(TypeError):
        page.render(Paper.LEDGER, TOLD[Paper.VISIT_DOCUMENT])


@pytest.mark.parametrize(
    ("rate", "told"), [(9_000, "90%"), (7_550, "75.5%"), (8_505, "85.05%"), (0, "0%")]
)
def test_rates_read_as_percent(rate: int, told: str) -> None:
    assert page.percent(rate) == told
