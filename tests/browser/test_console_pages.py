"""Every page of the console in a real browser: nothing stands in anybody's way, in light and dark
(axe), nothing is cut off at 320 pixels or at 200 %, and in English nothing is left in Japanese.

The list of pages is held against the routes: one that is added must be put here.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from catalog.ground import worklist
from handoff.console.routes import console_router
from tests.browser.chromium import chromium, without
from tests.browser.furnished import Shelf
from tests.browser.running import Running
from tests.handoff.console.full_shop import APART, CALL
from tests.house.tree import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

# Each route, and where it is looked at. `{…}`: facts of the shelf.
PAGES = {
    "/console": ["", "?list=capture", "?list=ending", "?list=tasks"],
    "/console/inbox": ["?list=all", "?list=closed", "?list=all&c={talk}"],
    "/console/inbox/bulk": ["?list=waiting"],
    "/console/later": [""],
    "/console/appointments": ["?day={day}", ""],
    "/console/appointments/new": ["?no={customer_no}&kind=call_back&day={day}"],
    "/console/appointments/{appointment}/move": ["{appointment}/move"],
    "/console/finds": [""],
    "/console/tasks/{task}": ["{todo}"],
    "/console/newcomers": [""],
    "/console/newcomers/{task}": ["{apart}"],
    "/console/customer": ["?c={talk}"],
    "/console/customers/{customer}": ["{customer}"],
    "/console/customers/{customer}/identity": [
        "{customer}/identity",
        "{customer}/identity?method=two_documents_and_mail",
    ],
    "/console/search": ["", "?q=佐藤", "?q=xyzzy"],
    "/console/items": [""],
    "/console/items/new": ["?q=ロレックス"],
    "/console/items/import": [""],
    "/console/items/{code}": ["W-10237"],
    "/console/items/{code}/reports": ["W-10237/reports"],
    "/console/items/{code}/consign": ["{owned}/consign"],
    "/console/items/{code}/police": ["W-10237/police"],
    "/console/condition/{report}": ["{report}"],
    "/console/shotlists": [""],
    "/console/captures": [""],
    "/console/captures/{asset}": ["{still}", "{film}"],
    "/console/captures/{asset}/masks": ["{still}/masks", "{film}/masks"],
    "/console/compare": ["?a={still}&b={later}", "?a={still}"],
    "/console/disputes/{dispute}": ["{dispute}"],
    "/console/station": ["", "?code=W-10237&part=dial"],
    "/console/stations": ["", "?code=W-10237"],
    "/console/media": ["", "?q=W-10237", "?part=dial&kind=film"],
    "/console/tray": ["", "?list=aside"],
    "/console/cases": [""],
    "/console/cases/{no}": ["{case}"],
    "/console/cases/{no}/refer/{number}": ["{case}/refer/1"],
    "/console/duties": ["?about={deal}"],
    "/console/breaches": [""],
    "/console/consignments": [""],
    "/console/consignments/{no}": ["{contract}"],
    "/console/orders": [""],
    "/console/sale": [""],
    "/console/orders/{no:path}": ["{order}"],
    "/console/credit": [""],
    "/console/credit/{no:path}": ["{customer_no}"],
    "/console/payouts": [""],
    "/console/payouts/{number}": ["{batch}"],
    "/console/approvals": [""],
    "/console/hours": [""],
    "/console/shifts": [""],
    "/console/shifts/person": ["?p={me}"],
    "/console/reports": [""],
    "/console/storage": [""],
    "/console/shares": ["?list=all"],
    "/console/shares/{share}": ["{share}"],
    "/console/items/{code}/share": ["W-10237/share"],
    "/console/words": [""],
    "/console/words/reply": [""],
    "/console/words/macro": [""],
    "/console/partners": [""],
    "/console/partners/one": ["?id={partner}"],
    "/console/policy": [""],
    "/console/policy/edit": ["?of=CreditTerms"],
    "/console/line": [""],
    "/console/staff": [""],
    "/console/staff/book": ["?p={colleague}"],
    "/console/keys": [""],
    "/console/audit": [""],
    "/console/me": [""],
    "/console/sign-in": [""],
    "/console/talk/send": ["?c={talk}"],
    "/console/{path:path}": ["no-such-page"],
}
# No pages of their own: parts of one, bytes, the stream, and ways through.
NO_PAGES = {
    "/console/inbox/lines", "/console/inbox/counts", "/console/talk", "/console/talk/entries",
    "/console/talk/head", "/console/talk/canned", "/console/stream", "/console/static/{name}",
    "/console/bare/{bare}", "/console/bare/{bare}/{level}/{tile}",
    "/console/media/{rendition}", "/console/tiles/{rendition}/{level}/{tile}",
    "/console/stations/live", "/console/items/{code}/check",
    "/console/captures/{asset}/chapters.vtt", "/console/files/{file}",
    "/console/cases/{no}/photos/{file}",
    "/console/condition/{report}/certificate", "/console/oidc", "/console/oidc/go",
    "/console/welcome", "/console/worker.js", "/console/duties/papers/{document}",
}  # fmt: skip
PLACES = [f"{route.partition('{')[0]}{rest}" for route, all_ in PAGES.items() for rest in all_]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def facts(running: Running, shelf: Shelf) -> dict[str, str]:
    """What stands for the places of an address."""
    shop = running.shop
    user = shop.line.add_user()
    running.wait_for(shop.says(user, "W-10237の動画を見せて"))
    running.wait_for(shop.says(user, "人と話したい"))
    running.wait_for(
        shop.shop.units.write(
            lambda db: worklist.task(
                db, "call_back", f"conversation:line:{user}", due_at=shop.clock(), now=shop.clock(),
                facts={"phone": "+819012345678", "unit": "W-10237", "lang": "ja"},
            )
        )
    )  # fmt: skip
    return {
        "talk": f"line:{user}", "case": shelf.case, "contract": shelf.contract,
        "order": shelf.order, "batch": str(shelf.batch), "partner": shelf.partner,
        "customer": shelf.customer, "customer_no": shelf.customer_no,
        "still": shelf.still, "later": shelf.later, "film": shelf.film,
        "me": shelf.staff["田中 一郎"], "colleague": shelf.staff["田中 一郎"],
        "apart": str(shop.one(APART)), "todo": str(shop.one(CALL)), "report": shelf.report,
        "dispute": shelf.dispute,
        "deal": f"case:{shop.one('SELECT id FROM buyback_case ORDER BY id LIMIT 1')}",
        "share": shelf.share, "appointment": shelf.appointment, "day": shelf.day,
        "owned": str(shop.one("SELECT code FROM unit WHERE owner_kind = 'customer' LIMIT 1")),
    }  # fmt: skip


@pytest.fixture(scope="module")
def page(browser: Browser, shelf: Shelf) -> Iterator[Page]:
    if not AXE.exists():
        without("axe-core (npm)")
    context = browser.new_context(viewport={"width": 1360, "height": 820}, locale="ja-JP")
    context.add_cookies([shelf.cookie("佐藤 花子")])
    # The policy of the pages lets in no script but ours; this one is put in from outside of it.
    yield context.new_page()
    context.close()


def test_every_page_is_looked_at(running: Running) -> None:
    office, stream = running.shop.shop.office, running.shop.shop.consoles
    routes = {
        route.path  # type: ignore[attr-defined]  # every one is an APIRoute
        for route in console_router(office, stream).routes
        if "GET" in route.methods  # type: ignore[attr-defined]  # the same
    }
    assert routes - NO_PAGES == set(PAGES)


@pytest.mark.parametrize("place", PLACES)
def test_nothing_stands_in_anybodys_way(
    page: Page, running: Running, facts: dict[str, str], place: str
) -> None:
    """Light and dark, wide and narrow: 320 pixels are what 200 % of 640 leave."""
    page.set_viewport_size({"width": 1360, "height": 820})
    page.emulate_media(color_scheme="light")
    page.goto(running.url + place.format(**facts))
    assert _overhang(page) <= 0
    page.evaluate(AXE.read_text())
    assert _violations(page, LEVELS) == []
    page.emulate_media(color_scheme="dark")
    assert _violations(page, ["color-contrast"]) == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert _overhang(page) <= 0
    assert _violations(page, LEVELS) == []


def _overhang(page: Page) -> int:
    """Pixels that can only be seen by moving the page sideways."""
    return int(page.evaluate("() => document.documentElement.scrollWidth - innerWidth"))


def _violations(page: Page, only: list[str]) -> list[Any]:
    found = page.evaluate("only => axe.run(document, {runOnly: only})", only)
    return [
        (each["id"], [node["html"][:300] for node in each["nodes"]]) for each in found["violations"]
    ]
