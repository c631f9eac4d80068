"""Pins of a condition report set in a real browser: by mouse in the picture, by keyboard, and by
numbers where no script runs.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from handoff.console.scripts import script
from tests.browser.chromium import chromium, without
from tests.browser.furnished import Shelf
from tests.browser.running import Running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if script() is None:
        without("bundled scripts of the console (npm)")
    with chromium() as found:
        yield found


def _page(browser: Browser, shelf: Shelf, *, scripts: bool = True) -> Page:
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, locale="ja-JP", java_script_enabled=scripts
    )
    context.add_cookies([shelf.cookie("佐藤 花子")])
    return context.new_page()


def test_a_pin_is_set_by_mouse_and_by_keyboard(
    browser: Browser, running: Running, shelf: Shelf
) -> None:
    """R-019."""
    page = _page(browser, shelf)
    page.goto(f"{running.url}/console/condition/{shelf.report}")
    frame = page.locator(".pinboard .frame").first
    frame.scroll_into_view_if_needed()
    box = frame.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.5)
    form = page.locator("#add-pin")
    expect(form.locator("[name=told]")).to_be_focused()
    assert abs(float(form.locator("[name=x]").input_value()) - 25) < 1
    assert abs(float(form.locator("[name=y]").input_value()) - 50) < 1
    page.keyboard.type("マウスの指摘")
    page.keyboard.press("Enter")
    expect(page.locator(".findings")).to_contain_text("マウスの指摘")

    page.locator(".place-pin").first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(form.locator("[name=told]")).to_be_focused()
    assert form.locator("[name=x]").input_value() == "55"
    assert form.locator("[name=y]").input_value() == "50.5"
    page.keyboard.type("キーボードの指摘")
    page.keyboard.press("Enter")
    expect(page.locator(".findings")).to_contain_text("キーボードの指摘")
    page.context.close()


def test_without_scripts_the_same_form_takes_numbers(
    browser: Browser, running: Running, shelf: Shelf
) -> None:
    page = _page(browser, shelf, scripts=False)
    page.goto(f"{running.url}/console/condition/{shelf.report}")
    assert not page.locator(".place-pin").first.is_visible()
    form = page.locator("#add-pin")
    form.locator("[name=x]").fill("10")
    form.locator("[name=y]").fill("20")
    form.locator("[name=told]").fill("数字の指摘")
    form.locator("button").click()
    assert "数字の指摘" in page.locator(".findings").inner_text()
    page.context.close()
