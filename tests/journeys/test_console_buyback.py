"""A whole buyback, the seller in the chat and the shop at its console alone: from words to money
(R-038, R-044, R-046, R-050, R-057, R-061, QUO-6, QUO-8, KOB-1).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from catalog.buyback.stages import Stage
from catalog.duties.actors import Role
from catalog.grading.checklists import CHECKLISTS
from catalog.items.kinds import Category
from tests.catalog.buyback.deals import Deals
from tests.handoff.console.clerk import Clerk, clerk
from tests.handoff.console.test_identity import BANK, PERSON
from tests.handoff.console.window import Form, forms
from tests.journeys.selling import FRIDAY, deals_of, picture, press, sends, sold_before, words
from tests.journeys.test_selling import SCRIPT
from tests.line_platform import in_loop_for
from tests.scripted import Scripted
from tests.shop import RunningShop, open_shop

_SECONDS = 300.0  # a whole case is many pages
_RESULT_AT = 113  # where a bank writes what became of a transfer


@dataclass
class Counter:
    """The shop's people at their browsers."""

    shop: RunningShop
    deals: Deals
    case_id: str
    no: str
    customer: str

    async def form(self, who: Clerk, page: str, action: str, **holding: str) -> Form:
        """The form of that page that goes there."""
        shown = await who.get(page)
        assert shown.status == 200, (page, shown.status)
        found = [
            each
            for each in forms(shown.text)
            if each.action == f"/console{action}" and holding.items() <= each.fields.items()
        ]
        assert found, (page, action)
        return found[0]

    async def send(self, who: Clerk, page: str, action: str, **typed: str) -> str:
        """Fill it in and send it, and confirm what is shown first; where it leads."""
        made = await self.form(who, page, action)
        answer = await who.post(action, **{**made.fields, **typed})
        if answer.status == 200:
            [sure] = [each for each in forms(answer.text) if each.fields.get("sure") == "yes"]
            answer = await who.post(action, **sure.fields)
        assert answer.status == 303, (action, answer.status, answer.text[-600:])
        return answer.headers["location"]

    async def upload(
        self, who: Clerk, path: str, field: str, raw: bytes, name: str, **more: str
    ) -> str:
        """A form with a file; the page that answers."""
        form = aiohttp.FormData(default_to_multipart=True)
        for key, value in {"csrf": who.csrf, **more}.items():
            form.add_field(key, value)
        form.add_field(field, raw, filename=name)
        headers = {
            "origin": self.shop.url, "sec-fetch-site": "same-origin",
            "cookie": f"{self.shop.shop.office.cookie}={who.token}",
        }  # fmt: skip
        url = f"{self.shop.url}/console{path}"
        async with self.shop.http.post(url, data=form, headers=headers) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.text()

    def stage(self) -> Stage:
        """Where the piece stands."""
        return self.deals.stage(self.case_id)


async def _asked_and_priced(shop: RunningShop, user: str) -> None:
    """Words alone: the bot drafts, a person decides."""
    told = await shop.says(user, "ロレックスのサブマリーナを売りたいです")
    told = await press(shop, user, told, "時計")
    told = await press(shop, user, told, "写真なしで進む")
    for choice in ("目立つ傷なし", "はい", "はい", "いいえ", "2〜5年"):
        told = await press(shop, user, told, choice)
    assert shop.rows("SELECT state, amount FROM quote") == [("drafted", None)]


async def _sent_in(shop: RunningShop, user: str) -> None:
    told = await shop.says(user, "宅配でお願いします")
    told = await press(shop, user, told, "無料で返送")
    told = await press(shop, user, told, "申し込む")
    await press(shop, user, told, "小")


async def _taken_in(at: Counter, store: Clerk) -> None:
    """The kit leaves; the parcel comes, is photographed and opened."""
    page = f"/cases/{at.no}"
    await at.send(store, page, f"{page}/kit", tracking_no="1234-5678")
    code = at.deals.unit(at.case_id).code
    await at.upload(store, "/station", "file", picture(11), "box.jpg", code=code)
    there = "SELECT count(*) FROM asset WHERE unit_id IS NOT NULL"
    await at.shop.until(lambda: at.shop.one(there) == 1, "the picture of the parcel")
    await at.send(
        store, page, f"{page}/arrive", **{"seal": "whole", "grams-1": "480", "serial-1": "K123456"}
    )
    assert at.stage() is Stage.ARRIVED


async def _offered(at: Counter, appraiser: Clerk, senior: Clerk, amount: int) -> None:
    """Graded, priced against the seller's words, approved by another, sent."""
    page, code = f"/cases/{at.no}", at.deals.unit(at.case_id).code
    await at.send(appraiser, page, f"{page}/begin")
    axes = {f"axis_{axis.id}": str(axis.best - 1) for axis in CHECKLISTS[Category.WATCH].axes}
    await at.send(appraiser, f"/items/{code}", f"/items/{code}/grade", **axes)
    graded = at.deals.unit(at.case_id).grade or ""
    await at.send(
        appraiser, page, f"{page}/appraise", amount=str(amount), grade=graded, age_years="3",
        **{"found-condition": "light_marks", "found-box": "yes"},
    )  # fmt: skip
    shown = (await senior.get(page)).text
    assert "状態(" in shown.partition("お客様のご申告と違う点")[2].partition("</dd>")[0]
    await at.send(senior, page, f"{page}/approve")
    await at.send(appraiser, page, f"{page}/send")
    assert at.stage() is Stage.OFFERED


async def _known(at: Counter, store: Clerk, user: str) -> None:
    """Where they are paid, and who they are: by a copy they send in the chat."""
    whole = f"/customers/{at.customer}/identity"
    page = f"{whole}?case={at.no}"
    await at.send(store, page, f"/customers/{at.customer}/account", **BANK)
    assert at.stage() is Stage.ACCEPTED
    await sends(at.shop, user, picture(12))
    stored = "SELECT id FROM received_file WHERE state = 'stored'"
    await at.shop.until(lambda: len(at.shop.rows(stored)) == 1, "the copy of the document")
    copy = {"file-0": at.shop.one(stored), "document-0": "driving_licence"}
    seen = {**copy, "seen-1": "123-45-67890-1"}
    await at.send(store, page, whole, **PERSON, **seen)
    assert at.stage() is Stage.PAY_SCHEDULED


async def _paid(at: Counter, maker: Clerk, other: Clerk) -> None:
    """A list by four eyes, the bank's file, and its answer: the same file with a mark a line."""
    listed = await at.send(maker, "/payouts", "/payouts/prepare")
    path = listed.removeprefix("/console")
    await at.send(other, path, f"{path}/release")
    content = await _file(at, other, path)
    lines = content.split(b"\r\n")
    answered = [
        line[:_RESULT_AT] + b"0" + line[_RESULT_AT + 1 :] if line[:1] == b"2" else line
        for line in lines
    ]
    page = await at.upload(other, f"{path}/result", "answer", b"\r\n".join(answered), "r.txt")
    assert "入金 1 件、差し戻し 0 件" in page


async def _file(at: Counter, who: Clerk, path: str) -> bytes:
    made = await at.form(who, path, f"{path}/file")
    headers: dict[str, Any] = {
        "origin": at.shop.url, "sec-fetch-site": "same-origin",
        "cookie": f"{at.shop.shop.office.cookie}={who.token}",
    }  # fmt: skip
    url = f"{at.shop.url}/console{path}/file"
    async with at.shop.http.post(url, data=made.fields, headers=headers) as answer:
        assert answer.status == 200
        return await answer.read()


def test_a_seller_in_the_chat_is_paid_by_a_shop_at_its_console(
    database_url: str, tmp_path: Path
) -> None:
    """No step needs the command line, the demo or a hand in the database."""

    @in_loop_for(_SECONDS)
    async def journey() -> None:
        async with open_shop(
            database_url, tmp_path, at=FRIDAY, understanding=Scripted(SCRIPT)
        ) as shop:
            user, deals = shop.line.add_user(), deals_of(shop)
            deals.originator()
            customer = await shop.is_customer(user, number="C-77001")
            await sold_before(shop, 1_000_000, 1_010_000, 990_000)
            store = await clerk(shop, "中村", Role.STORE)
            appraiser = await clerk(shop, "田中", Role.APPRAISER)
            senior = await clerk(shop, "高橋", Role.MANAGER)
            maker = await clerk(shop, "経理一", Role.ACCOUNTING)
            other = await clerk(shop, "経理二", Role.ACCOUNTING)

            await _asked_and_priced(shop, user)
            case_id, no = shop.rows("SELECT id, case_no FROM buyback_case")[0]
            at = Counter(shop, deals, case_id, no, customer)
            await at.send(appraiser, f"/cases/{no}", f"/cases/{no}/let_out")
            await _heard(shop, user, "仮査定")
            await _sent_in(shop, user)
            await _taken_in(at, store)
            await _heard(shop, user, "1234-5678")
            await _heard(shop, user, "封印に異常はございませんでした")
            low = shop.one("SELECT low FROM quote")
            await _offered(at, appraiser, senior, low)
            await _heard(shop, user, f"¥{low:,}")

            told = await shop.says(user, "その金額で売ります")
            for button in ("買取で進む", "銀行振込", f"¥{low:,}で確定する"):
                told = await press(shop, user, told, button)
            assert at.stage() is Stage.ACCEPTED
            await _known(at, store, user)
            await _heard(shop, user, "10月9日(金)")
            await _paid(at, maker, other)
            assert at.stage() is Stage.PAID
            await _heard(shop, user, "お支払い")

            due = "SELECT work_key FROM worklist WHERE kind = 'task' AND state = 'due'"
            assert [row[0] for row in shop.rows(due) if f"case:{case_id}" in row[0]] == []
            deals.adds_up()
            assert shop.line.refused == []

    journey()


async def _heard(shop: RunningShop, user: str, what: str) -> None:
    """The customer has it in the chat."""
    await shop.until(lambda: what in words(shop.line.sent_to(user)), f"{what} in the chat")
