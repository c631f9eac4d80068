"""Somebody sells before anybody knows who they are, and is known later (R-116, R-118)."""

from pathlib import Path
from typing import Any

from catalog.buyback import appraisal
from catalog.buyback.payouts import accounts
from catalog.buyback.payouts import queries as payouts
from catalog.duties.actors import Actor, Role
from catalog.duties.identity.methods import Method
from tests.catalog.buyback.deals import ACCOUNT, APPRAISER, KEYS
from tests.catalog.duties import law
from tests.databases import fresh_url
from tests.journeys.selling import deals_of, press, words
from tests.journeys.test_account_link import (
    AFTERNOON,
    arrived,
    bought,
    code_asked,
    link_page,
    owner,
    post,
)
from tests.journeys.test_webchat import Browser, buttons
from tests.line_platform import in_loop
from tests.mailbox import mailbox
from tests.scripted import Scripted
from tests.shop import open_shop

SELLS = {
    "サブマリーナを売りたい": ("sell.quote", {"brand": "rolex", "model": "submariner"}),
    "会員連携したい": ("account.link", {}),
    "状況は？": ("sell.arrival", {}),
    "その金額で売ります": ("sell.accept", {}),
}


def test_a_newcomer_who_links_has_their_sale_with_them_and_is_paid_as_who_they_are(
    database_url: str, tmp_path: Path
) -> None:
    """R-116, R-118: begun as nobody, offered, linked, asked, accepted, paid."""

    @in_loop
    async def journey() -> None:
        with mailbox() as box:
            async with open_shop(
                database_url,
                tmp_path,
                at=AFTERNOON,
                understanding=Scripted(SELLS),
                smtp_url=box.url,
            ) as shop:
                known = await bought(shop)
                now = shop.clock()

                def checked(db: Any) -> None:
                    law.checked(db, known, method=Method.ID_COPY_MAIL_AND_ACCOUNT, now=now)
                    accounts.name_account(
                        db, KEYS, known, ACCOUNT, by="t", now=now, key=f"acc:{known}"
                    )

                await shop.shop.units.write(checked)
                user, other = shop.line.add_user(), shop.line.add_user()
                told = await shop.says(user, "サブマリーナを売りたい")
                told = await press(shop, user, told, "時計")
                told = await press(shop, user, told, "はじめて利用する")
                new, case_id, case_no = shop.rows(
                    "SELECT customer_id, id, case_no FROM buyback_case"
                )[0]
                assert new != known
                deals = deals_of(shop)
                seller = Actor(new, Role.CUSTOMER)
                deals.submit(seller, case_id)
                deals.arrive(case_id)
                [piece] = deals.pieces(case_id)
                deals.do(appraisal.begin_appraisal, piece.id, actor=APPRAISER)
                deals.grade(deals.piece(case_id))
                deals.offered(case_id, 98_000)
                token = await link_page(shop, user)
                await code_asked(shop, token)
                code = await arrived(shop, box)
                _, dialog, _ = await post(shop, "/link/code", t=token, code=code)
                told = await shop.tells(user, shop.line.press_link(user, dialog))
                assert "連携が完了" in words(told)
                assert f"買取のご依頼：{case_no}" in words(told)
                assert owner(shop, user) == known
                told = await shop.says(user, "状況は？")
                assert case_no in words(told)
                told = await shop.says(other, "状況は？")
                assert case_no not in words(told)
                told = await shop.says(user, "その金額で売ります")
                assert "98,000" in words(told)
                told = await press(shop, user, told, "買取で進む")
                told = await press(shop, user, told, "銀行")
                told = await press(shop, user, told, "¥98,000で確定する")
                [payout] = deals.payouts(case_id)
                assert payout.customer_id == known

                def paid_to(db: Any) -> tuple[Any, Any]:
                    payee = payouts.payee_of(db, payout)
                    return payee and payee.customer_id, payouts.block(db, payout)

                assert shop.shop.database.read(paid_to) == (known, None)
                assert shop.line.refused == []

    journey()


def test_on_the_web_page_the_code_alone_brings_the_sale_along(tmp_path: Path) -> None:
    """R-118: where no platform asks, with the letter that lists it; a repeat adds nothing."""

    @in_loop
    async def journey() -> None:
        with mailbox() as box, fresh_url("sqlite", tmp_path) as url:
            async with open_shop(
                url, tmp_path, at=AFTERNOON, understanding=Scripted(SELLS), smtp_url=box.url
            ) as shop:
                known = await bought(shop)
                visitor = Browser(shop)
                await visitor.open()
                told = await visitor.says("サブマリーナを売りたい")
                told = await visitor.taps(buttons(told)["時計"])
                told = await visitor.taps(buttons(told)["はじめて利用する"])
                [(new, case_no)] = shop.rows("SELECT customer_id, case_no FROM buyback_case")
                assert new != known
                told = await visitor.says("会員連携したい")
                [page] = [each for each in buttons(told).values() if "/link?" in each]
                token = page.partition("t=")[2]
                await code_asked(shop, token)
                code = await arrived(shop, box)
                assert (await post(shop, "/link/code", t=token, code=code))[0] in {200, 303}
                await shop.settled()
                told = await visitor.says("状況は？")
                assert case_no in str(told)
                said = str(await visitor.history())
                assert f"買取のご依頼：{case_no}" in said
                await post(shop, "/link/code", t=token, code=code)
                assert shop.rows("SELECT customer_id FROM buyback_case") == [(known,)]
                became = "SELECT count(*) FROM journal WHERE verb = 'became'"
                assert shop.one(became) == 1

    journey()
