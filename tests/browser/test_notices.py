"""Notices in a real browser: turned on and off on one's own page, tried out, shown once by the
service worker, and not offered where a browser cannot. The browser's own push service is the world
outside: a strict stand-in takes its place.
"""

import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from handoff.console.scripts import script
from tests.browser.chromium import chromium, without
from tests.browser.furnished import PASSWORD, hired
from tests.browser.running import Running
from tests.browser.test_console_pages import AXE
from tests.push_platform import PushPlatform, StandInBrowser

# What `PushManager` does in a browser that has a push service.
SUBSCRIBES = """
const made = %s, KEPT = "stand-in.push";
const held = () => localStorage.getItem(KEPT) && {
  endpoint: made.endpoint, options: {}, toJSON: () => made,
  unsubscribe: async () => localStorage.removeItem(KEPT) ?? true,
};
PushManager.prototype.getSubscription = async () => held();
PushManager.prototype.subscribe = async (options) => {
  if (!options.userVisibleOnly || new Uint8Array(options.applicationServerKey).length !== 65) {
    throw new TypeError("not what a browser wants");
  }
  localStorage.setItem(KEPT, "yes");
  return held();
};
"""


@dataclass
class House:
    """The shop and the push service its staff's browsers name."""

    running: Running
    push: PushPlatform

    def device(self) -> StandInBrowser:
        service = self.running.shop.shop.push
        assert service is not None
        return self.push.add_browser(key=service.server_key.public)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    if script() is None:
        without("bundled scripts of the console (npm)")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    inside = (f"http://127.0.0.1:{port}",)
    with Running(tmp_path_factory.mktemp("shop"), push_inside=inside) as running:
        push = PushPlatform(clock=running.shop.clock, port=port)
        running.wait_for(push.__aenter__())
        hired(running)
        yield House(running, push)
        running.wait_for(push.__aexit__(None, None, None))


@pytest.fixture
def context(browser: Browser, house: House) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport={"width": 1280, "height": 800}, locale="ja-JP")
    opened.grant_permissions(["notifications"], origin=house.running.url)
    yield opened
    opened.close()


def at_ones_own(context: BrowserContext, house: House, troubles: list[str]) -> Page:
    page = context.new_page()
    page.on("pageerror", lambda error: troubles.append(str(error)))
    sign_in(page, house)
    page.on("console", lambda told: troubles.append(told.text) if told.type == "error" else None)
    return page


def sign_in(page: Page, house: House) -> None:
    """As somebody of the shop, with the password, to their own page."""
    page.goto(f"{house.running.url}/console/me")
    page.locator("#who").fill("田中 一郎")
    page.locator("#password").fill(PASSWORD)
    page.get_by_role("button", name="サインイン", exact=True).click()
    page.wait_for_url("**/console/me")


def sign_out(page: Page) -> None:
    page.locator("summary", has_text="田中 一郎").click()
    page.get_by_role("button", name="サインアウト").click()
    page.wait_for_url("**/console/sign-in*")


def turn_on(page: Page) -> None:
    page.get_by_role("button", name="この端末で通知を受け取る").click()
    expect(page.locator("#notices .here:visible")).to_be_visible()
    expect(page.locator("#notices-on")).to_be_hidden()


def shown(page: Page) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate(
        """async () => (await (await navigator.serviceWorker.getRegistration("/console"))
            .getNotifications()).map(each => ({
                title: each.title, body: each.body, tag: each.tag, path: each.data.path}))"""
    )
    return found


def deliver(page: Page, house: House, told: dict[str, Any]) -> None:
    """The browser's own push service brings it."""
    cdp = page.context.new_cdp_session(page)
    found: list[str] = []
    cdp.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: found.extend(
            each["registrationId"] for each in event["registrations"] if not each["isDeleted"]
        ),
    )
    cdp.send("ServiceWorker.enable")
    page.wait_for_timeout(100)
    cdp.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": house.running.url, "registrationId": found[0], "data": json.dumps(told)},
    )
    cdp.detach()


def test_notices_are_turned_on_tried_and_turned_off(context: BrowserContext, house: House) -> None:
    troubles: list[str] = []
    device = house.device()
    context.add_init_script(SUBSCRIBES % json.dumps(device.subscription))
    page = at_ones_own(context, house, troubles)
    expect(page.locator("#notices .rows li")).to_have_count(0)
    turn_on(page)
    scope = page.evaluate(
        "async () => (await navigator.serviceWorker.getRegistration('/console')).scope"
    )
    assert scope == f"{house.running.url}/console"
    page.get_by_role("button", name="この端末に試しに送る").click()
    expect(page.locator(".told")).to_contain_text("試しに送りました")
    for _ in range(200):
        if device.taken:
            break
        page.wait_for_timeout(50)
    [told] = device.told
    assert house.push.refused == []
    for _ in range(2):  # brought twice, it is there once
        deliver(page, house, told)
    for _ in range(100):
        if shown(page):
            break
        page.wait_for_timeout(50)
    page.wait_for_timeout(200)
    assert shown(page) == [
        {"title": "通知を受け取れます", "body": "この端末への試し送りです。", "tag": "test",
         "path": "/console/me"}
    ]  # fmt: skip
    page.get_by_role("button", name="通知を止める").click()
    expect(page.locator(".told")).to_contain_text("終了しました")
    expect(page.locator("#notices .rows li")).to_have_count(0)
    expect(page.locator("#notices-on")).to_be_visible()
    assert troubles == []


def test_who_signs_in_again_in_the_same_browser_goes_on_being_told(
    context: BrowserContext, house: House
) -> None:
    troubles: list[str] = []
    context.add_init_script(SUBSCRIBES % json.dumps(house.device().subscription))
    page = at_ones_own(context, house, troubles)
    turn_on(page)
    sign_out(page)
    page.close()
    page = at_ones_own(context, house, troubles)
    expect(page.locator("#notices .here:visible")).to_be_visible()
    sign_out(page)  # and in the same tab
    page = at_ones_own(context, house, troubles)
    expect(page.locator("#notices .here:visible")).to_be_visible()
    assert troubles == []


@pytest.mark.parametrize("lacking", ["PushManager", "Notification"])
def test_nothing_is_offered_where_a_browser_cannot(
    context: BrowserContext, house: House, lacking: str
) -> None:
    troubles: list[str] = []
    context.add_init_script(f"delete window.{lacking};")
    page = at_ones_own(context, house, troubles)
    expect(page.locator("#sessions")).to_be_visible()
    page.wait_for_timeout(200)
    expect(page.locator("#notices-on")).to_be_hidden()
    assert troubles == []


def test_without_scripts_nothing_is_offered(browser: Browser, house: House) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, house)
    assert page.locator("#notices-on").is_hidden()
    context.close()


def test_a_refusal_of_the_browser_is_told_in_words(browser: Browser, house: House) -> None:
    context = browser.new_context(locale="ja-JP")
    context.add_init_script("Notification.requestPermission = async () => 'denied';")
    troubles: list[str] = []
    page = at_ones_own(context, house, troubles)
    page.get_by_role("button", name="この端末で通知を受け取る").click()
    expect(page.locator("#notices-problem")).to_contain_text("通知が許可されていません")
    assert troubles == []
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_the_section_is_for_everybody(
    browser: Browser, house: House, scheme: Any, width: int
) -> None:
    """Axe finds nothing, and nothing is wider than a small telephone."""
    if not AXE.exists():
        without("axe-core (npm)")
    context = browser.new_context(
        color_scheme=scheme, locale="ja-JP", viewport={"width": width, "height": 640}
    )
    context.grant_permissions(["notifications"], origin=house.running.url)
    context.add_init_script(SUBSCRIBES % json.dumps(house.device().subscription))
    page = at_ones_own(context, house, [])
    turn_on(page)
    page.evaluate(Path(AXE).read_text())
    found = page.evaluate(
        "() => axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})"
    )
    told = [
        (each["id"], [node["html"][:200] for node in each["nodes"]]) for each in found["violations"]
    ]
    assert told == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    context.close()
