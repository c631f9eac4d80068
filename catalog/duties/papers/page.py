"""Rendering a paper as one self-contained HTML page for A4 (帳票の印刷): no script, nothing loaded
from elsewhere, every word of outside data escaped.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from catalog.duties.papers import facts
from catalog.duties.papers.facts import Facts, Paper

_TEMPLATES = Path(__file__).with_name("templates")
_WEEKDAYS = "月火水木金土日"

# Which facts a paper is made of.
MADE_OF: Mapping[Paper, type[Any]] = {
    Paper.LEDGER: facts.LedgerSheet,
    Paper.DEPOSIT_RECEIPT: facts.Deposit,
    Paper.PURCHASE_STATEMENT: facts.Purchase,
    Paper.PURCHASE_ACCEPTANCE: facts.Purchase,
    Paper.PAYMENT_NOTICE: facts.PaymentNotice,
    Paper.VISIT_DOCUMENT: facts.VisitPurchase,
    Paper.PREPAID_NOTICE: facts.PrepaidNotice,
}


def render(kind: Paper, told: Facts) -> str:
    """The page. Raises TypeError for facts of another paper."""
    if not isinstance(told, MADE_OF[kind]):
        raise TypeError(f"{kind.value} is made of {MADE_OF[kind].__name__}")
    template = _pages().get_template(f"{kind.value}.html")
    rendered: str = template.render(paper=told, dealer=told.dealer)
    return rendered


def yen(amount: int | None) -> str:
    """`1,250,000円`; nothing for an amount not known."""
    return "" if amount is None else f"{amount:,}円"


def day(told: date | None) -> str:
    """`2026年11月22日(日)`."""
    if told is None:
        return ""
    return f"{told.year}年{told.month}月{told.day}日({_WEEKDAYS[told.weekday()]})"


def percent(rate: int) -> str:
    """Basis points as `85%` or `82.5%`."""
    whole, rest = divmod(rate, 100)
    return f"{whole}%" if not rest else f"{whole}.{rest:02d}".rstrip("0") + "%"


@cache
def _pages() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    pages = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters.update(yen=yen, day=day, percent=percent)
    return pages
