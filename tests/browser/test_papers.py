"""Each paper printed from a real browser: whole on A4, nothing beyond the edge of the sheet."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from catalog.duties.papers import page
from catalog.duties.papers.facts import Paper
from tests.browser.chromium import chromium
from tests.catalog.duties.papers.told import TOLD

_MM = 96 / 25.4
_SHEET = {True: (297, 210), False: (210, 297)}  # landscape or not, in millimetres
_MARGIN = {True: 20, False: 26}
_BEYOND = """() => [...document.querySelectorAll("body *")]
    .filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1
        || e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== "inline")
    .map(e => e.tagName + ": " + e.textContent.slice(0, 40))"""
_BOX = re.compile(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.mark.parametrize("kind", list(Paper))
def test_a_paper_fits_on_a4(browser: Browser, kind: Paper) -> None:
    is_wide = kind is Paper.LEDGER
    width, height = _SHEET[is_wide]
    sheet = browser.new_page(
        viewport={"width": int((width - _MARGIN[is_wide]) * _MM), "height": int(height * _MM)}
    )
    sheet.emulate_media(media="print")
    sheet.set_content(page.render(kind, TOLD[kind]))
    assert sheet.evaluate(_BEYOND) == []
    printed = sheet.pdf(prefer_css_page_size=True, print_background=True)
    boxes = {tuple(round(float(side) / 72 * 25.4) for side in box) for box in _BOX.findall(printed)}
    assert boxes == {(width, height)}
    sheet.close()


def test_the_red_frame_is_red_when_printed(browser: Browser) -> None:
    sheet = browser.new_page()
    sheet.emulate_media(media="print")
    sheet.set_content(page.render(Paper.VISIT_DOCUMENT, TOLD[Paper.VISIT_DOCUMENT]))
    frame = sheet.locator(".red-frame")
    for rule in ("border-top-color", "color"):
        assert frame.evaluate(f"e => getComputedStyle(e)['{rule}']") == "rgb(192, 0, 0)"
    least = frame.locator("li").first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    assert least >= 8 / 72 * 96  # eight points
    sheet.close()
