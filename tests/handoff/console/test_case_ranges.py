"""Ranges by a person at the console (QUO-1, QUO-4, QUO-6), and what the appraiser saw held against
what the seller said (R-056).
"""

from collections.abc import Iterator

import pytest
from sqlmodel import select

from catalog.buyback import appraisal, inquiry
from catalog.buyback.inquiry import PieceWish
from catalog.buyback.stages import Stage
from catalog.buyback.tables import Quote
from catalog.duties.actors import BOT, Role
from catalog.grading.scale import Grade
from catalog.ground.money import Yen
from catalog.ground.session.database import Database
from catalog.items.kinds import Category
from tests.catalog.buyback.deals import Deals, basis, offer
from tests.handoff.console.test_case_intake import open_tasks, page_of
from tests.handoff.console.window import Opened, window

TOLD = {"condition": "fine", "warranty_card": "yes", "box": "unknown", "altered": "no"}
WISH = PieceWish(Category.WATCH, "デイトナ", "Rolex", "Daytona", "116500LN", answers=TOLD)


@pytest.fixture
def deals(database: Database) -> Deals:
    return Deals(database)


@pytest.fixture
def seat(deals: Deals) -> Iterator[Opened]:
    with window(deals.database, lambda: deals.now) as opened:
        yield opened


def quotes(deals: Deals) -> list[Quote]:
    return deals.database.read(lambda db: list(db.exec(select(Quote).order_by(Quote.number))))


def drafted(deals: Deals) -> str:
    """The bot may not tell so high a range by itself."""
    case_id = deals.inquiry(deals.seller(), WISH)
    high = basis(reference=Yen(2_500_000))
    deals.do(inquiry.quote, deals.piece(case_id).id, high, actor=BOT)
    assert quotes(deals)[-1].state == "drafted"
    return case_id


def test_a_drafted_range_is_let_out_and_the_customer_told_at_once(
    deals: Deals, seat: Opened
) -> None:
    """QUO-6: by whoever may offer, once; its task is done by it, and by nothing else."""
    case_id = drafted(deals)
    [task] = open_tasks(deals, "quote_review")
    page, appraiser, store = (
        page_of(deals, case_id),
        seat("田中", Role.APPRAISER),
        seat("中村", Role.STORE),
    )
    assert f'href="{page}#piece-1"' in appraiser.page(f"/console/tasks/{task.id}")
    assert f"{page}/let_out" not in store.page(page)
    assert appraiser.send(page, f"{page}/let_out", times=2).status_code == 303
    [quote] = quotes(deals)
    assert (quote.state, deals.stage(case_id)) == ("open", Stage.QUOTED)
    assert deals.notices(f"case:{case_id}").count("quoted") == 1
    assert deals.told(f"case:{case_id}", "quoted")["high"] == quote.high
    assert open_tasks(deals, "quote_review") == []


def test_another_range_takes_the_place_of_a_drafted_one(deals: Deals, seat: Opened) -> None:
    """QUO-4: shown before it is told; what was drafted is withdrawn and told to nobody."""
    case_id = drafted(deals)
    page, appraiser = page_of(deals, case_id), seat("田中", Role.APPRAISER)
    told = {"grade": "B", "age_years": "5", "shown": "6", "required": "6",
            "reference": "1,000,000", "missing-box": "yes"}  # fmt: skip
    shown = appraiser.send(page, f"{page}/range", **told)
    assert [each.state for each in quotes(deals)] == ["drafted"]  # only looked at
    assert appraiser.confirm(shown, times=2).status_code == 303
    before, after = quotes(deals)
    assert (before.state, after.state) == ("withdrawn", "open")
    assert after.inputs["missing"] == ["box"]
    assert f"¥{after.low:,}〜¥{after.high:,}" in shown.text
    assert deals.notices(f"case:{case_id}").count("quoted") == 1
    assert open_tasks(deals, "quote_review") == []


def test_too_few_comparables_wait_for_a_reference_price(deals: Deals, seat: Opened) -> None:
    """QUO-1: asked again, it is asked again."""
    case_id = deals.inquiry(deals.seller(), WISH)
    piece, unknown = deals.piece(case_id).id, basis(reference=None)
    deals.do(inquiry.quote, piece, unknown, actor=BOT)
    assert len(open_tasks(deals, "reference_price")) == 1
    page, appraiser = page_of(deals, case_id), seat("田中", Role.APPRAISER)
    told = {"grade": "A", "age_years": "5", "shown": "6", "required": "6"}
    refused = appraiser.send(page, f"{page}/range", **told)
    assert refused.status_code == 409
    assert "基準価格を記入してください" in refused.text
    shown = appraiser.send(page, f"{page}/range", **told, reference="900000")
    assert appraiser.confirm(shown).status_code == 303
    assert open_tasks(deals, "reference_price") == []
    deals.do(inquiry.quote, piece, unknown, actor=BOT)
    assert len(open_tasks(deals, "reference_price")) == 1


def test_what_differs_from_the_sellers_words_is_shown(deals: Deals, seat: Opened) -> None:
    """R-056: who did not know said nothing else; what is left open is not compared."""
    case_id = deals.here(deals.seller(), WISH)
    page, appraiser = page_of(deals, case_id), seat("田中", Role.APPRAISER)
    told = {"amount": "400000", "grade": "AB", "age_years": "5", "shown": "14", "required": "14",
            "reference": "1500000", "found-condition": "worn", "found-warranty_card": "yes",
            "found-box": "no", "is_jewelry": "yes"}  # fmt: skip
    assert "ご申告: 目立つ傷なし" in appraiser.page(page)
    assert appraiser.confirm(appraiser.send(page, f"{page}/appraise", **told)).status_code == 303
    found = deals.piece(case_id).findings
    assert found == {
        "condition": "worn", "warranty_card": "yes", "box": "no", "is_jewelry": True,
    }  # fmt: skip
    shown = appraiser.page(page).partition("お客様のご申告と違う点")[2].partition("</dd>")[0]
    assert "状態(ご申告: 目立つ傷なし / 現物: 使用感あり)" in shown
    assert "箱" not in shown


def test_an_inquiry_without_a_price_is_closed_by_a_button(deals: Deals, seat: Opened) -> None:
    """R-047: only after its customer was told; nobody is late with it before or after."""
    case_id = deals.inquiry(deals.seller(), WISH)
    page, appraiser = page_of(deals, case_id), seat("田中", Role.APPRAISER)
    assert f"{page}/close" not in appraiser.page(page)
    told = {"grade": "B", "age_years": "5", "shown": "6", "required": "6", "reference": "10000"}
    shown = appraiser.send(page, f"{page}/range", **told)
    assert "お値段が付きません" in shown.text
    appraiser.confirm(shown)
    assert deals.case(case_id).alarm_at is None
    assert appraiser.send(page, f"{page}/close", times=2).status_code == 303
    assert deals.stage(case_id) is Stage.CLOSED
    assert deals.notices(f"case:{case_id}") == ["inquiry", "no_offer"]


def test_an_approved_offer_is_sent_back_before_it_goes_out(deals: Deals, seat: Opened) -> None:
    """R-057: its grade changed after the approval, and it is priced anew."""
    case_id = deals.here(deals.seller(), WISH)
    page, manager = page_of(deals, case_id), seat("佐藤", Role.MANAGER)
    piece = deals.piece(case_id)
    made = deals.do(appraisal.appraise, piece.id, offer(), actor=manager.actor).made
    deals.do(appraisal.approve, made, actor=manager.actor)
    deals.grade(piece, Grade.C)
    assert manager.send(page, f"{page}/send").status_code == 409
    assert manager.send(page, f"{page}/send_back", reason="ランクの変更").status_code == 303
    assert deals.stage(case_id) is Stage.APPRAISING
