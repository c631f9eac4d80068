"""Both ways side by side, where a piece stands, terms by their end, what is guaranteed."""

import pytest

from catalog.consignment import papers, queries, selling
from catalog.consignment.contracts import ContractMissing, locked
from catalog.consignment.papers import NotSettled
from catalog.consignment.states import SaleKind
from catalog.duties.papers.facts import Dealer, Party
from catalog.ground.money import Yen
from catalog.items.kinds import UnitState
from tests.catalog.consignment.shelf import Shelf, day, tokyo

DEALER = Dealer("明石時計店", "東京都", "東京都公安委員会", "第1号")


def test_both_options_are_shown_side_by_side(shelf: Shelf) -> None:
    """R-067, R-068: amounts, dates, the rate, the expected payout, the term, the guarantee."""
    shelf.now = tokyo("2026-10-09 15:00")
    told = shelf.read(
        lambda db: queries.options(
            db,
            buyback=Yen(200_000),
            list_price=Yen(300_000),
            low=Yen(250_000),
            high=Yen(310_000),
            now=shelf.now,
        )
    )
    assert told.buyback is not None
    assert (told.buyback.amount, told.buyback.pay_on) == (200_000, day("2026-10-13"))
    side = told.consignment
    assert side is not None
    assert (side.at_list.rate_bps, side.at_list.payout) == (8_500, 255_000)
    assert (side.low.payout, side.high.payout) == (200_000, 263_500)
    assert (side.term_days, side.last_day, side.guarantee) == (180, day("2027-04-07"), 200_000)
    cheap = shelf.read(
        lambda db: queries.options(db, buyback=Yen(9_000), list_price=Yen(15_000), now=shelf.now)
    )
    assert (cheap.consignment, cheap.why_not, cheap.least_price) == (
        None, "below_least_price", 20_000,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("price", "rate", "payout"),
    [
        (49_999, 7_000, 35_000), (50_000, 7_500, 37_500), (99_999, 7_500, 75_000),
        (100_000, 8_000, 80_000), (299_999, 8_000, 240_000), (300_000, 8_500, 255_000),
        (999_999, 8_500, 850_000), (1_000_000, 9_000, 900_000),
    ],
)  # fmt: skip
def test_what_would_i_get_is_answered_to_the_yen(
    shelf: Shelf, price: int, rate: int, payout: int
) -> None:
    """R-069: the edges of the tiers."""
    told = shelf.read(lambda db: queries.payout_at(db, Yen(price)))
    assert (told.rate_bps, told.payout) == (rate, payout)


def test_where_a_piece_stands(shelf: Shelf) -> None:
    """R-066."""
    who = shelf.consignor()
    contract_id, unit_id = shelf.consigned(who, guarantee=200_000)
    shelf.go(days=10)
    told = shelf.read(lambda db: queries.status(db, contract_id, now=shelf.now))
    assert (told.stage, told.listed_since, told.price, told.payout_at_price) == (
        "listed", day("2026-10-01"), 300_000, 255_000,
    )  # fmt: skip
    assert (told.days_left, told.guarantee) == (170, 200_000)
    shelf.move(unit_id, UnitState.UNLISTED)
    told = shelf.read(lambda db: queries.of_customer(db, who, now=shelf.now))[0]
    assert (told.stage, told.listed_since) == ("unlisted", None)
    with pytest.raises(ContractMissing):
        shelf.read(lambda db: queries.status(db, "none", now=shelf.now))


def test_terms_are_listed_by_their_end_and_guarantees_add_up(shelf: Shelf) -> None:
    """R-070, R-072."""
    who = shelf.consignor()
    first, unit_id = shelf.consigned(who, guarantee=200_000)
    shelf.go(days=3)
    second, _ = shelf.consigned(who, guarantee=150_000)
    rows = shelf.read(queries.terms_by_end)
    assert [row.contract_id for row in rows] == [first, second]
    market = {str(unit_id): Yen(120_000)}
    told = shelf.read(lambda db: queries.exposure(db, on=day("2026-10-05"), market=market))
    assert (told.owed, told.short, len(told.rows)) == (350_000, 80_000, 2)
    over = shelf.read(lambda db: queries.exposure(db, on=day("2027-03-31")))
    assert over.owed == 150_000


def test_a_payment_notice_says_price_rate_commission_tax_and_day(shelf: Shelf) -> None:
    """R-075, INV-1."""
    who = shelf.consignor()
    contract_id, unit_id = shelf.consigned(who)

    def notice() -> papers.PaymentNotice:
        return shelf.read(
            lambda db: papers.payment_notice(
                db,
                [contract_id],
                dealer=DEALER,
                customer=Party("佐藤"),
                account="****123",
                issued_on=day("2026-10-02"),
            )
        )

    with pytest.raises(NotSettled):
        notice()
    shelf.database.write(
        lambda db: selling.sold(
            db,
            locked(db, contract_id),
            Yen(300_000),
            kind=SaleKind.IN_STORE,
            order_id="o1",
            by="t",
            now=shelf.now,
        )
    )
    told = notice()
    (sale,) = told.sales
    assert (sale.code, sale.price, sale.rate, sale.commission, sale.commission_tax) == (
        shelf.unit(unit_id).code, 300_000, 8_500, 45_000, 4_090,
    )  # fmt: skip
    assert (told.total, told.payments[0].means, told.payments[0].account) == (
        255_000, "銀行振込", "****123",
    )  # fmt: skip
