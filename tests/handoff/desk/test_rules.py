"""When a person comes in although nobody asked (R-151): each rule, and their order."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.ground.money import Yen
from handoff.desk.rules import POINTS, EscalationTerms, Why, escalation

TERMS = EscalationTerms()
CALM: dict[str, Any] = {"unclear": 0, "points": 0, "price": None, "has_adviser": False}


@pytest.mark.parametrize(
    ("intent", "facts", "why"),
    [
        ("media.dispute", {}, Why.CLAIM),
        ("oos", {"unclear": 1}, None),
        ("oos", {"unclear": 2}, Why.DOUBT),
        ("item.price", {"price": Yen(4_999_999)}, None),
        ("item.price", {"price": Yen(5_000_000)}, Why.VALUE),
        ("credit.balance", {"price": Yen(9_000_000)}, None),
        ("sell.quote", {"has_adviser": True}, Why.VIP),
        ("credit.balance", {"has_adviser": True}, None),
        ("item.hold", {"points": 5}, None),
        ("item.hold", {"points": 6}, Why.LEAD),
        ("chat.thanks", {"points": 60}, None),
    ],
)
def test_each_rule_has_its_edge(intent: str, facts: dict[str, Any], why: Why | None) -> None:
    assert escalation(TERMS, intent, **{**CALM, **facts}) == why


@given(
    intent=st.sampled_from([*POINTS, "oos", "chat.thanks", "media.dispute"]),
    unclear=st.integers(0, 5),
    points=st.integers(0, 30),
    price=st.none() | st.integers(0, 10**8).map(Yen),
    has_adviser=st.booleans(),
)
def test_more_of_a_sign_never_silences_the_desk(
    intent: str, unclear: int, points: int, price: Yen | None, has_adviser: bool
) -> None:
    before = escalation(
        TERMS, intent, unclear=unclear, points=points, price=price, has_adviser=has_adviser
    )
    if before is not None:
        more = escalation(
            TERMS, intent, unclear=unclear + 1, points=points + 1, price=price, has_adviser=True
        )
        assert more is not None
