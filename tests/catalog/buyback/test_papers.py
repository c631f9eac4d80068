"""What the papers of a case say, and that they print."""

from datetime import date

import pytest

from catalog.buyback import papers
from catalog.buyback.papers import NothingToPrint, Sides
from catalog.duties.identity.methods import Method
from catalog.duties.papers import page
from catalog.duties.papers.facts import Dealer, Paper, Party
from catalog.duties.rules import Channel
from tests.catalog.buyback.deals import Deals

SIDES = Sides(
    Dealer("明石商会", "東京都港区1-1", "東京都公安委員会", "第301234567890号"),
    Party("高橋 花子", "東京都港区南青山1-2-3"),
    "担当 田中",
    "みずほ 青山 普通 ***4567",
)
TODAY = date(2026, 10, 9)


def test_a_deposit_receipt_names_what_lies_in_the_shop(deals: Deals) -> None:
    """預り証."""
    seller = deals.seller()
    case_id = deals.inquiry(seller)
    with pytest.raises(NothingToPrint):
        deals.database.read(lambda db: papers.deposit_receipt(db, case_id, SIDES, issued_on=TODAY))
    deals.submit(seller, case_id)
    deals.arrive(case_id)
    told = deals.database.read(
        lambda db: papers.deposit_receipt(db, case_id, SIDES, issued_on=TODAY)
    )
    assert (told.channel, told.purpose, told.unwanted) == ("宅配買取", "査定", "無料で返送")
    assert [piece.title for piece in told.pieces] == ["デイトナ"]
    assert "デイトナ" in page.render(Paper.DEPOSIT_RECEIPT, told)


def test_a_statement_says_price_parts_and_day(deals: Deals) -> None:
    """買取明細書."""
    seller = deals.seller()
    case_id = deals.here(seller)
    deals.accept(seller, deals.offered(case_id), credit=100_000)
    told = deals.database.read(lambda db: papers.purchase(db, case_id, SIDES))
    assert (told.total, told.concluded_on) == (400_000, TODAY)
    assert [(each.means, each.amount, each.pay_on) for each in told.payments] == [
        ("銀行振込", 300_000, TODAY),
        ("ストアクレジット", 100_000, None),
    ]
    assert told.identity_method
    assert "400,000" in page.render(Paper.PURCHASE_STATEMENT, told)


def test_the_document_of_a_visit_says_all_the_law_wants(deals: Deals) -> None:
    """TOK-2."""
    seller = deals.seller(method=Method.FACE_TO_FACE)
    case_id = deals.here(seller, channel=Channel.HOME_VISIT)
    deals.accept(seller, deals.offered(case_id), keeps_goods=True)
    told = deals.database.read(lambda db: papers.visit_purchase(db, case_id, SIDES))
    assert (told.staff_licence_no, told.place) == ("12-345", "お客様の住所")
    assert told.handed_over == "クーリング・オフ期間の経過後"
    assert "クーリング" in page.render(Paper.VISIT_DOCUMENT, told)
    assert deals.unit(case_id).custody == "customer"
