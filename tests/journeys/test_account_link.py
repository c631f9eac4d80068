"""Account link (R-118, account.link, decision 0024): order number and e-mail bring a code to the
address on file, the code and LINE's own dialog link the chat; nothing less does.
"""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse

from catalog.customers import actions as customers
from catalog.customers import linking
from catalog.customers.actions import Particulars
from catalog.ground.record import CustomerId
from catalog.orders.lines import parse as order_line
from catalog.orders.opening import take_lines
from tests.databases import fresh_url
from tests.journeys.test_condition_films import buttons
from tests.line_platform import in_loop
from tests.mailbox import Mailbox, mailbox
from tests.scripted import Scripted
from tests.shop import PUBLIC_URL, RunningShop, item, open_shop

AFTERNOON = datetime(2026, 11, 28, 5, 0, tzinfo=UTC)  # 14:00 in Tokyo
ORDER = "ORD-20261101-0001"
EMAIL = "misaki@example.com"
WORDS = Scripted(
    {
        "会員連携したい": ("account.link", {}),
        "委託どう？": ("consign.status", {}),
        "link my account please": ("account.link", {}),
    }
)


async def bought(
    shop: RunningShop, *, number: str = "C-1", email: str = EMAIL, order: str = ORDER
) -> CustomerId:
    """A customer of the register who once bought a watch and is linked nowhere."""
    now = shop.clock()
    code = f"W-1{number.removeprefix('C-'):0>4}"
    await shop.stock(item(code))

    def unit(db: Any) -> CustomerId:
        customer = customers.register(
            db, number, "佐藤", given_name="美咲", language="ja",
            more=Particulars(email=email, phone="090-1234-5678"), by="test", now=now,
        )  # fmt: skip
        cells = {
            "order_no": order, "customer_no": number, "unit_code": code,
            "sold_price": "1000000", "ordered_at": "2026-11-01T12:00:00+09:00",
            "delivered_on": "2026-11-03", "state": "closed",
        }  # fmt: skip
        took = take_lines(db, [order_line(cells)], by="test", now=now)
        assert took.taken == 1, took
        return customer

    return await shop.shop.units.write(unit)


def urls(message: Any) -> list[str]:
    """Where the buttons of a message lead."""
    return re.findall(rf"{re.escape(PUBLIC_URL)}[^\"']+", str(message))


async def link_page(shop: RunningShop, user: str) -> str:
    """The token of the page the chat leads to."""
    [card] = await shop.says(user, "会員連携したい")
    [url] = [each for each in urls(card) if "/link?" in each]
    return url.partition("t=")[2]


async def post(shop: RunningShop, path: str, **fields: str) -> tuple[int, str, str]:
    """Send a form: status, where it leads, the page."""
    async with shop.http.post(f"{shop.url}{path}", data=fields, allow_redirects=False) as answer:
        return answer.status, answer.headers.get("location", ""), await answer.text()


async def code_asked(
    shop: RunningShop, token: str, *, order: str = ORDER, email: str = EMAIL
) -> tuple[int, str, str]:
    return await post(shop, "/link", t=token, order_no=order, email=email)


async def arrived(shop: RunningShop, box: Mailbox, count: int = 1) -> str:
    await shop.until(lambda: len(box.letters) >= count, "the mail")
    return box.code()


def owner(shop: RunningShop, user: str) -> Any:
    return shop.one("SELECT customer_id FROM contact WHERE address = :user", user=user)


def test_a_chat_is_linked_by_the_code_to_the_address_on_file_and_lines_own_dialog(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        with mailbox() as box:
            async with open_shop(
                database_url, tmp_path, at=AFTERNOON, understanding=WORDS, smtp_url=box.url
            ) as shop:
                customer = await bought(shop)
                misaki = shop.line.add_user()
                token = await link_page(shop, misaki)
                async with shop.http.get(f"{shop.url}/link?t={token}") as answer:
                    assert answer.status == 200
                    assert_private(answer)
                    assert "ご注文番号" in await answer.text()
                status, onward, _ = await code_asked(shop, token, email=EMAIL.upper())
                assert (status, onward.startswith("/link/code?t=")) == (303, True)
                code = await arrived(shop, box)
                assert box.letters[0]["To"] == EMAIL
                assert owner(shop, misaki) is None  # a code alone links nobody on LINE
                status, dialog, _ = await post(shop, "/link/code", t=token, code=code)
                assert status == 303
                assert dialog.startswith(f"{shop.line.base}/dialog/bot/accountLink?linkToken=")
                assert owner(shop, misaki) is None
                [told] = await shop.tells(misaki, shop.line.press_link(misaki, dialog))
                assert "連携が完了" in told["text"]
                assert owner(shop, misaki) == customer
                assert shop.line.refused == []
                taps = [each["action"]["data"] for each in told["quickReply"]["items"]]
                assert taps[:2] == ["membership.page", "membership.unlink"]
                [asked] = await shop.says(misaki, "連携を解除したい")
                [unlink] = [
                    each["action"]["data"]
                    for each in asked["quickReply"]["items"]
                    if each["action"].get("data", "").startswith("membership.unlinked")
                ]
                assert owner(shop, misaki) == customer
                [told] = await shop.taps(misaki, unlink)
                assert "解除いたしました" in told["text"]
                assert owner(shop, misaki) is None
                [told] = await shop.taps(misaki, unlink)  # pressed again
                assert "連携しておりません" in told["text"]
                secret = [code, token]
                assert not [
                    row
                    for table in ("link_try", "link_ask", "journal", "worklist")
                    for row in shop.rows(f"SELECT * FROM {table}")
                    if any(each in str(row) for each in secret)
                ]

    journey()


def assert_private(answer: ClientResponse) -> None:
    """Nobody keeps the page, nobody is told its address, nobody frames it."""
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize(
    ("order", "email"),
    [(ORDER, "other@example.com"), ("ORD-20260101-9999", EMAIL), ("nothing", "no address")],
)
def test_the_answer_is_the_same_whoever_is_unknown(order: str, email: str, tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        with mailbox() as box, fresh_url("sqlite", tmp_path) as url:
            async with open_shop(
                url, tmp_path, at=AFTERNOON, understanding=WORDS, smtp_url=box.url
            ) as shop:
                await bought(shop)
                known, unknown = shop.line.add_user(), shop.line.add_user()
                right, wrong = await link_page(shop, known), await link_page(shop, unknown)
                answers = [
                    await code_asked(shop, right),
                    await code_asked(shop, wrong, order=order, email=email),
                ]
                pages = []
                for token, (status, onward, page) in zip((right, wrong), answers, strict=True):
                    async with shop.http.get(f"{shop.url}{onward}") as answer:
                        told = (await answer.text()).replace(token, "T")
                    _, _, tried = await post(shop, "/link/code", t=token, code="000000")
                    pages.append(
                        (status, onward.replace(token, "T"), page, told, tried.replace(token, "T"))
                    )
                assert pages[0] == pages[1]
                await arrived(shop, box)
                await shop.settled()
                assert len(box.letters) == 1

    journey()


def test_five_tries_ten_minutes_and_only_so_many_codes(tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        with mailbox() as box, fresh_url("sqlite", tmp_path) as url:
            async with open_shop(
                url, tmp_path, at=AFTERNOON, understanding=WORDS, smtp_url=box.url
            ) as shop:
                await bought(shop)
                misaki = shop.line.add_user()
                token = await link_page(shop, misaki)
                await code_asked(shop, token)
                code = await arrived(shop, box)
                wrong = f"{(int(code) + 1) % 1_000_000:06}"
                for _ in range(linking.TRIES):
                    status, _, page = await post(shop, "/link/code", t=token, code=wrong)
                    assert (status, 'role="alert"' in page) == (422, True)
                assert (await post(shop, "/link/code", t=token, code=code))[0] == 422
                await code_asked(shop, token)
                late = await arrived(shop, box, 2)
                shop.clock.move(linking.CODE_LIFE + timedelta(seconds=1))
                assert (await post(shop, "/link/code", t=token, code=late))[0] == 422
                await code_asked(shop, token)
                assert (await code_asked(shop, token))[0] == 429  # the fourth within the hour
                other = await link_page(shop, shop.line.add_user())
                assert (await code_asked(shop, other))[0] == 429  # by the order number too
                assert (await code_asked(shop, other, order="ORD-20260101-0001"))[0] == 303

    journey()


def test_a_page_passed_on_links_nobody_else(tmp_path: Path) -> None:
    """Somebody has a customer finish a page of theirs: LINE refuses the other person, and a nonce
    that comes back for another address binds nothing.
    """

    @in_loop
    async def journey() -> None:
        with mailbox() as box, fresh_url("sqlite", tmp_path) as url:
            async with open_shop(
                url, tmp_path, at=AFTERNOON, understanding=WORDS, smtp_url=box.url
            ) as shop:
                await bought(shop)
                thief, misaki = shop.line.add_user(), shop.line.add_user()
                token = await link_page(shop, thief)
                await code_asked(shop, token)
                code = await arrived(shop, box)
                _, dialog, _ = await post(shop, "/link/code", t=token, code=code)
                await shop.hear(shop.line.press_link(misaki, dialog))
                nonce = dialog.partition("nonce=")[2]
                from tests import line_events

                forged = line_events.account_link_event(
                    misaki, nonce, at=shop.clock(), reply_token=shop.line.issue_reply_token(misaki)
                )
                [told] = await shop.tells(misaki, forged)
                assert "できませんでした" in told["text"]
                assert shop.one("SELECT count(*) FROM contact WHERE customer_id IS NOT NULL") == 0
                assert shop.line.sent_to(thief)[-1:] != [told]

    journey()


def test_a_nonce_works_once(tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        with mailbox() as box, fresh_url("sqlite", tmp_path) as url:
            async with open_shop(
                url, tmp_path, at=AFTERNOON, understanding=WORDS, smtp_url=box.url
            ) as shop:
                await bought(shop)
                misaki = shop.line.add_user()
                token = await link_page(shop, misaki)
                await code_asked(shop, token)
                _, dialog, _ = await post(
                    shop, "/link/code", t=token, code=await arrived(shop, box)
                )
                event = shop.line.press_link(misaki, dialog)
                await shop.tells(misaki, event)
                [asked] = await shop.taps(misaki, "membership.unlink")
                data = next(each for each in buttons_of(asked) if "unlinked" in each)
                await shop.taps(misaki, data)
                again = {
                    **event, "webhookEventId": "01J00000000000000000000000",
                    "replyToken": shop.line.issue_reply_token(misaki),
                }  # fmt: skip
                [told] = await shop.tells(misaki, again)
                assert "できませんでした" in told["text"]
                assert owner(shop, misaki) is None

    journey()


def buttons_of(message: Any) -> list[str]:
    return buttons(message)


def test_without_a_mail_server_staff_give_out_the_code(tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        with fresh_url("sqlite", tmp_path) as url:
            async with open_shop(url, tmp_path, at=AFTERNOON, understanding=WORDS) as shop:
                customer = await bought(shop)
                misaki = shop.line.add_user()
                token = await link_page(shop, misaki)
                _, onward, _ = await code_asked(shop, token)
                async with shop.http.get(f"{shop.url}{onward}") as answer:
                    assert "本日 14:15までに" in await answer.text()
                [(subject, facts)] = shop.rows(
                    "SELECT subject, facts FROM worklist WHERE kind = 'task'"
                )
                assert subject == f"customer:{customer}"
                link = re.findall(r'"link": "(\w+)"', facts)[0]
                now, secret = shop.clock(), shop.shop.settings.link_secret
                issued = await shop.shop.units.write(
                    lambda db: linking.issue(db, link, secret, by="test", now=now)
                )
                status, dialog, _ = await post(shop, "/link/code", t=token, code=issued.code)
                assert status == 303
                await shop.tells(misaki, shop.line.press_link(misaki, dialog))
                assert owner(shop, misaki) == customer

    journey()


def test_a_mail_that_was_not_taken_is_sent_again_with_a_new_code(tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        with mailbox() as box, fresh_url("sqlite", tmp_path) as url:
            box.refuses = 1
            async with open_shop(
                url, tmp_path, at=AFTERNOON, understanding=WORDS, smtp_url=box.url
            ) as shop:
                await bought(shop)
                token = await link_page(shop, shop.line.add_user())
                await code_asked(shop, token)
                code = await arrived(shop, box)
                assert (await post(shop, "/link/code", t=token, code=code))[0] == 303

    journey()


def test_line_not_answering_costs_no_try(tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        with mailbox() as box, fresh_url("sqlite", tmp_path) as url:
            async with open_shop(
                url, tmp_path, at=AFTERNOON, understanding=WORDS, smtp_url=box.url
            ) as shop:
                await bought(shop)
                token = await link_page(shop, shop.line.add_user())
                await code_asked(shop, token)
                code = await arrived(shop, box)
                shop.line.fail_next("500", on="link-token")
                assert (await post(shop, "/link/code", t=token, code=code))[0] == 503
                assert shop.one("SELECT tries_left FROM link_try") == linking.TRIES
                assert (await post(shop, "/link/code", t=token, code=code))[0] == 303

    journey()


def test_where_the_platform_has_no_dialog_the_code_itself_links(tmp_path: Path) -> None:
    """Web chat and Slack (R-118): the chat is told, and both addresses are one customer."""

    @in_loop
    async def journey() -> None:
        with mailbox() as box, fresh_url("sqlite", tmp_path) as url:
            async with open_shop(
                url, tmp_path, at=AFTERNOON, understanding=WORDS, smtp_url=box.url
            ) as shop:
                customer = await bought(shop)
                misaki = shop.line.add_user()
                now = shop.clock()
                await shop.shop.units.write(
                    lambda db: customers.bind(db, customer, "line", misaki, by="test", now=now)
                )
                token = await shop.shop.units.write(
                    lambda db: linking.begin(db, "web", "visitor-1", lang="en", now=now)
                )
                await code_asked(shop, token)
                code = await arrived(shop, box)
                assert box.letters[0]["Subject"] == "Your code to link your membership"
                status, _, page = await post(shop, "/link/code", t=token, code=code)
                assert (status, "Your membership is linked" in page) == (200, True)
                assert owner(shop, "visitor-1") == owner(shop, misaki) == customer

    journey()


@pytest.mark.parametrize("path", ["/link?t=never", "/link/code?t=never", "/link", "/my/never"])
def test_an_address_that_opens_nothing_says_the_same_everywhere(path: str, tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        with fresh_url("sqlite", tmp_path) as url:
            async with (
                open_shop(url, tmp_path, at=AFTERNOON) as shop,
                shop.http.get(f"{shop.url}{path}") as answer,
            ):
                assert answer.status == 404
                assert "このページは開けません" in await answer.text()
                assert_private(answer)

    journey()


def test_a_linked_person_is_offered_their_page_and_a_group_is_not_told_links(
    tmp_path: Path,
) -> None:
    @in_loop
    async def journey() -> None:
        with fresh_url("sqlite", tmp_path) as url:
            async with open_shop(url, tmp_path, at=AFTERNOON, understanding=WORDS) as shop:
                misaki = shop.line.add_user()
                await shop.is_customer(misaki, number="C-1")
                [told] = await shop.says(misaki, "会員連携したい")
                assert "お済みです" in told["text"]
                group = shop.line.join_group()
                from tests import line_events

                event = line_events.in_group(shop.line.tap(misaki, "membership.page"), group)
                event["replyToken"] = shop.line.issue_reply_token(group)
                [told] = await shop.tells(group, event)
                assert "1対1" in told["text"]
                assert not urls(told)

    journey()
