"""What like pieces were sold for: taken in once, and what a price is made of again later."""

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.buyback import inquiry, pricing, referrals, reports
from catalog.buyback.cases import CaseMalformed
from catalog.buyback.comparables import take_lines
from catalog.buyback.lines import OPTIONAL, REQUIRED, ComparableLine, parse
from catalog.buyback.pricing import ReferenceNeeded
from catalog.buyback.referrals import Introduction, ReferralRefused
from catalog.buyback.stages import Stage
from catalog.duties.actors import BOT
from catalog.ground.calendar import TOKYO
from catalog.ground.lines import LineMalformed, Taken
from catalog.ground.money import Yen
from catalog.partners.actions import enter as enter_partner
from tests.catalog.buyback.deals import APPRAISER, NOW, Deals, basis
from tests.catalog.duties import law

GOOD = {
    "brand": "ロレックス",
    "model": "デイトナ",
    "reference": "116500LN",
    "price": "1,500,000",
    "grade": "A",
    "sold_on": "2026-10-01",
    "source": "auction",
}


def sale(**cells: str) -> ComparableLine:
    """A line of the list."""
    return parse({**GOOD, **cells})


def take(deals: Deals, *lines: ComparableLine) -> Taken:
    """Taken in."""
    return deals.database.write(lambda db: take_lines(db, lines, by="t", now=deals.now))


def test_a_sale_told_twice_is_one(deals: Deals) -> None:
    """QUO-1: also under another spelling of the brand."""
    first = take(deals, sale(), sale(brand="Rolex"), sale(price="1400000"))
    assert (first.taken, len(first.already_there)) == (2, 1)
    again = take(deals, sale(), sale(price="1400000"), sale(sold_on="2030-01-01"))
    assert (again.taken, len(again.already_there)) == (0, 2)
    assert again.refused == [(2, "sold_on: is yet to come")]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("brand", ""), ("model", ""), ("price", "0"), ("price", "-1"), ("price", "1.5"),
        ("grade", "Z"), ("sold_on", "yesterday"), ("sold_on", "2026-02-30"),
        ("source", "x" * 501), ("brand", "a\x00"),
    ],
)  # fmt: skip
def test_a_bad_cell_is_named(column: str, value: str) -> None:
    with pytest.raises(LineMalformed) as bad:
        sale(**{column: value})
    assert bad.value.column == column


@given(st.dictionaries(st.sampled_from([*REQUIRED, *OPTIONAL]), st.text(max_size=30)))
def test_any_cells_are_a_line_or_a_clear_refusal(cells: dict[str, str]) -> None:
    try:
        line = parse(cells)
    except LineMalformed as bad:
        assert bad.column in {*REQUIRED, *OPTIONAL}
    else:
        assert line.price > 0


def test_five_thousand_lines_go_in_at_once(deals: Deals) -> None:
    lines = [sale(price=str(1_000_000 + n)) for n in range(5_000)]
    assert take(deals, *lines).taken == 5_000
    assert len(take(deals, *lines).already_there) == 5_000


def test_a_range_rests_on_the_sales_of_its_day_and_is_made_again_later(deals: Deals) -> None:
    """R-064, QUO-1: new sales do not change what was told."""
    take(deals, *[sale(price=str(price)) for price in (900_000, 1_000_000, 1_100_000)])
    seller = deals.seller()
    piece = deals.piece(deals.inquiry(seller))
    done = deals.do(inquiry.quote, piece.id, basis(reference=None), actor=BOT)
    assert deals.tasks("quote_review") == []  # a million and below, every shot: sent unaided
    told = deals.told(f"case:{done.case_id}", "quoted")
    deals.later(days=5)
    take(deals, *[sale(price=str(price)) for price in (100_000, 110_000)])
    deals.database.write(lambda db: law.house(db, quo__high_bps=12_000))
    again = deals.database.read(lambda db: pricing.again(db, done.made or ""))
    assert again.is_same
    assert again.inputs["reference"] == 1_000_000
    assert (again.result["low"], again.result["high"]) == (told["low"], told["high"])


def test_too_few_sales_are_a_persons_business(deals: Deals) -> None:
    """QUO-1."""
    take(deals, sale(), sale(price="1"))
    seller = deals.seller()
    piece = deals.piece(deals.inquiry(seller))
    with pytest.raises(ReferenceNeeded) as few:
        deals.do(inquiry.quote, piece.id, basis(reference=None), actor=APPRAISER)
    assert few.value.found == 2


def test_the_month_shows_what_was_told_against_what_was_offered(deals: Deals) -> None:
    """ADV-1."""
    seller = deals.seller()
    case_id = deals.inquiry(seller)
    deals.do(inquiry.quote, deals.piece(case_id).id, basis(), actor=APPRAISER)
    deals.submit(seller, case_id)
    deals.arrive(case_id)
    from catalog.buyback import appraisal
    from tests.catalog.buyback.deals import MANAGER, offer

    piece = deals.piece(case_id)
    deals.do(appraisal.begin_appraisal, piece.id, actor=APPRAISER)
    deals.grade(piece)
    told = offer(565_000, reasons=["polish"], evidence=["a:1"])
    quote_id = deals.do(appraisal.appraise, piece.id, told, actor=APPRAISER).made
    deals.do(appraisal.approve, quote_id, actor=MANAGER)
    deals.do(appraisal.send_offer, quote_id, actor=APPRAISER)
    october = date(2026, 10, 1)
    (row,) = deals.database.read(lambda db: reports.binding_by_provisional(db, october, october))
    assert (row.told, row.offered, row.ratio_bps) == (1_130_000, 565_000, 5_000)
    assert (row.offers, row.below, row.above) == (1, 1, 0)
    september = date(2026, 9, 1)
    assert deals.database.read(
        lambda db: reports.binding_by_provisional(db, september, september)
    ) == []  # fmt: skip


def _partner(deals: Deals) -> str:
    return deals.database.write(
        lambda db: enter_partner(db, "GINZA", "銀座", by="t", now=deals.now)
    )


def test_a_customer_is_sent_on_with_consent_only(deals: Deals) -> None:
    """QUO-7, R-053: kept with reason; 5 % more or nothing of ours."""
    partner = _partner(deals)
    seller = deals.seller()
    case_id = deals.inquiry(seller)
    piece = deals.piece(case_id)
    deals.do(inquiry.quote, piece.id, basis(), actor=APPRAISER)  # up to 1,180,000

    def told(**more: Any) -> Introduction:
        given = {"reason": "specialist", "consent": "m1", "consent_text": "v1", **more}
        return Introduction(partner, **given)

    with pytest.raises(CaseMalformed):
        deals.do(referrals.refer, piece.id, told(consent=" "), actor=seller)
    with pytest.raises(ReferralRefused):
        low = told(indication=Yen(1_238_999))
        deals.do(referrals.refer, piece.id, low, actor=seller)
    deals.do(referrals.refer, piece.id, told(indication=Yen(1_239_000)), actor=seller)
    assert deals.stage(case_id) is Stage.REFERRED
    (row,) = deals.database.read(
        lambda db: referrals.referrals(db, since=datetime(2026, 1, 1, tzinfo=TOKYO))
    )
    assert (row.reason, row.own_offer, row.consent) == ("specialist", 1_180_000, "m1")
    assert row.agreed_at >= NOW


def test_goods_in_hand_go_straight_to_the_other_dealer(deals: Deals) -> None:
    """R-053."""
    partner = _partner(deals)
    seller = deals.seller()
    case_id = deals.here(seller)
    deals.offered(case_id)
    told = Introduction(
        partner, "specialist", "m1", "v1", indication=Yen(500_000), sends_goods=True
    )
    deals.do(referrals.refer, deals.piece(case_id).id, told, actor=seller)
    assert deals.stage(case_id) is Stage.REFERRED
    unit = deals.unit(case_id)
    assert (unit.state, unit.custody, unit.owner_kind) == ("referred", "partner", "customer")
