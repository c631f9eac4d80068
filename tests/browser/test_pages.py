"""The customers' pages in a real browser: nothing wider than a small phone, usable by keyboard,
nothing the policy of the page refuses.
"""

import asyncio
import re
import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from catalog.customers import linking
from tests.browser.chromium import chromium
from tests.databases import fresh_url
from tests.journeys.test_account_link import bought
from tests.journeys.test_own_page import member, own_page
from tests.shop import RunningShop, open_shop

AFTERNOON = datetime(2026, 11, 28, 5, 0, tzinfo=UTC)
_LANGUAGES = ("ja", "en", "zh_hant", "zh_hans", "ko")


class OpenShop:
    """The shop, running in a loop of its own beside the browser."""

    def __init__(self, shop: RunningShop, loop: asyncio.AbstractEventLoop) -> None:
        self.shop = shop
        self._loop = loop
        self.token = ""
        self.misaki = ""

    def do(self, deed: Callable[[], Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(deed(), self._loop).result(60)


@pytest.fixture(scope="module")
def open_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenShop]:
    folder: Path = tmp_path_factory.mktemp("pages")
    loop = asyncio.new_event_loop()
    running = threading.Thread(target=loop.run_forever, daemon=True)
    running.start()

    def do(deed: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(deed, loop).result(60)

    with fresh_url("sqlite", folder) as url:
        opening = open_shop(url, folder, at=AFTERNOON)
        shop = do(opening.__aenter__())
        house = OpenShop(shop, loop)
        house.misaki = shop.line.add_user()
        do(member(shop, house.misaki))
        do(bought(shop, number="C-9", email="web@example.com", order="ORD-20261101-0009"))
        try:
            yield house
        finally:
            do(opening.__aexit__(None, None, None))
            loop.call_soon_threadsafe(loop.stop)
            running.join()
            loop.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A small phone; what the browser complains of fails the test."""
    opened = browser.new_page(viewport={"width": 320, "height": 640})
    complaints: list[str] = []
    opened.on("console", lambda said: complaints.extend([said.text] * (said.type == "error")))
    yield opened
    opened.close()
    assert complaints == []


_BEYOND = """() => [...document.querySelectorAll("body *")]
    .filter(e => !e.matches(".skip") && e.getBoundingClientRect().right > 320.5)
    .map(e => e.tagName + ": " + e.textContent.slice(0, 40))"""


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.evaluate(_BEYOND) == []


@pytest.mark.parametrize("lang", _LANGUAGES)
def test_the_own_page_fits_a_small_phone(phone: Page, open_house: OpenShop, lang: str) -> None:
    path = open_house.do(lambda: own_page(open_house.shop, open_house.misaki))
    phone.goto(f"{open_house.shop.url}{path}?lang={lang}")
    expect(phone.locator("h1")).to_be_visible()
    assert phone.evaluate("getComputedStyle(document.body).margin") == "0px"  # the styles are there
    fits(phone)
    small = phone.evaluate(
        """() => [...document.querySelectorAll("button, input:not([type=hidden]), select, nav a")]
            .filter(e => e.getBoundingClientRect().height < 43).map(e => e.outerHTML)"""
    )
    assert small == []


def test_a_notice_is_switched_by_keyboard_alone(phone: Page, open_house: OpenShop) -> None:
    path = open_house.do(lambda: own_page(open_house.shop, open_house.misaki))
    phone.goto(f"{open_house.shop.url}{path}?lang=ja")
    phone.keyboard.press("Tab")
    expect(phone.locator(".skip")).to_be_focused()
    wanted = "新着・キャンペーンのお知らせ: 受け取る"
    for _ in range(60):
        phone.keyboard.press("Tab")
        if phone.evaluate("document.activeElement.getAttribute('aria-label')") == wanted:
            break
    outline = phone.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("status")).to_have_text("変更を保存しました。")
    expect(
        phone.get_by_role("button", name="新着・キャンペーンのお知らせ: 停止する")
    ).to_be_visible()


@pytest.mark.parametrize("lang", _LANGUAGES)
def test_a_chat_is_linked_by_keyboard_on_a_small_phone(
    phone: Page, open_house: OpenShop, lang: str
) -> None:
    house, shop = open_house, open_house.shop
    now, secret = shop.clock(), shop.shop.settings.link_secret

    def write(unit: Callable[[Any], Any]) -> Any:
        return house.do(lambda: shop.shop.units.write(unit))

    visitor = f"v-{lang}-{uuid.uuid4().hex}"
    write(lambda db: [db.delete(row) for row in db.exec(linking.select(linking.LinkAsk))])
    token = write(lambda db: linking.begin(db, "web", visitor, lang=lang, now=now))
    phone.goto(f"{shop.url}/link?t={token}")
    fits(phone)
    phone.locator("#order-no").focus()
    phone.keyboard.type("ORD-20261101-0009")
    phone.keyboard.press("Tab")
    phone.keyboard.type("web@example.com")
    phone.keyboard.press("Enter")
    expect(phone.locator("#code")).to_be_visible()
    fits(phone)
    link = shop.one("SELECT id FROM link_try WHERE address = :who", who=visitor)
    issued = write(lambda db: linking.issue(db, link, secret, by="test", now=now))
    phone.locator("#code").focus()
    phone.keyboard.type(issued.code)
    phone.keyboard.press("Enter")
    expect(phone.locator("#code")).to_have_count(0)
    fits(phone)
    owner = "SELECT customer_id FROM contact WHERE address = :who"
    assert shop.one(owner, who=visitor) is not None


def test_no_link_of_a_page_tells_its_address(phone: Page, open_house: OpenShop) -> None:
    path = open_house.do(lambda: own_page(open_house.shop, open_house.misaki))
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(str(request.headers.get("referer", ""))))
    phone.goto(f"{open_house.shop.url}{path}?lang=ja")
    phone.get_by_role("link", name="English").click()
    expect(phone.locator("h1")).to_have_text("My page")
    token = re.escape(path)
    assert not [each for each in asked if re.search(token, each)]
