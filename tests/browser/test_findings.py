"""Findings on a share page in a real browser (R-019, R-023): in the list, on the picture and on the
film's first picture, and as pins in the close view, at their place however it is turned and moved.
"""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect

from catalog.ground.record import AssetId
from catalog.ground.worklist import DueWork
from handoff.console.scripts import DIST, script
from media.assets.kinds import AssetKind
from media.intake.take import Entrance, Wish, take
from media.originals.local import LocalStore
from media.originals.replicas import Replicas
from media.renditions import actions, making, queries
from media.report import actions as reports
from media.report.rules import FindingKind, Mark, Pin, Severity
from media.sharing.pages import Scripts
from media.sharing.routes import Counter, media_router
from tests.browser.chromium import chromium, without
from tests.databases import fresh
from tests.media import captures
from tests.media.report.desk import BY
from tests.media.sharing.test_looking_in import PHONE
from tests.media.sharing.test_reporting import Front
from tests.media.sharing.test_routes import running

MARKS = {1: (0.1, 0.2), 2: (0.9, 0.85), 3: (0.5, 0.4)}
# How far the middle of a pin is from its place, in pixels of the screen.
OFF = """([n, x, y]) => {
  const { viewer } = document.querySelector(".viewer");
  const pin = viewer.element.querySelector(`.pin[data-pin="${n}"]`).getBoundingClientRect();
  const size = viewer.world.getItemAt(0).getContentSize();
  const place = viewer.viewport.imageToViewportCoordinates(x * size.x, y * size.y);
  const at = viewer.viewport.pixelFromPoint(place, true);
  const edge = viewer.container.getBoundingClientRect();
  return Math.hypot(
    pin.left + pin.width / 2 - edge.left - at.x, pin.top + pin.height / 2 - edge.top - at.y,
  );
}"""
TURNED = """([zoom, degrees]) => new Promise((done) => {
  const { viewer } = document.querySelector(".viewer");
  viewer.viewport.setRotation(degrees, true);
  viewer.viewport.zoomTo(viewer.viewport.getHomeZoom() * zoom, null, true);
  viewer.addOnceHandler("animation-finish", () => done());
  viewer.forceRedraw();
  requestAnimationFrame(() => requestAnimationFrame(() => done()));
})"""
IN_SIGHT = """() => {
  const edge = document.querySelector(".viewer").getBoundingClientRect();
  const pin = document.activeElement.getBoundingClientRect();
  return pin.left >= edge.left && pin.right <= edge.right
    && pin.top >= edge.top && pin.bottom <= edge.bottom;
}"""
SCROLLED = """() => [...document.querySelectorAll(".viewer, .viewer *")]
  .some((each) => each.scrollTop || each.scrollLeft)"""


class Fair(Front):
    """A picture with more pixels than are shown at once and a film, and what was found in them."""

    def show(self) -> str:
        """The address of a page about them."""
        wide = captures.still(self.folder / "W-10234_dial_02.jpg", width=3000, height=2200)
        still, film = self._taken(wide), self._taken(captures.film(self.folder / "film.mp4"))
        draft = self.draft()
        found = [(still, *MARKS[n]) for n in MARKS] + [(film, 0.25, 0.5)]
        for asset, x, y in found:
            mark = Mark(round(x * 1_000_000), round(y * 1_000_000))
            told = Pin(asset, mark, FindingKind.SCRATCH, Severity.LIGHT, "線傷がございます", 800)
            edition = self.edition(draft)
            self.write(
                lambda db, told=told, edition=edition: reports.pin(
                    db, draft.id, told, edition=edition, by=BY, now=self.later()
                )
            )
        self.issue(draft)
        return f"/s/{self.share().token}"

    def _taken(self, path: Path) -> AssetId:
        entrance = Entrance(self.database, self.store, actor=BY)
        asset = take(path, entrance, now=self.later(), wish=Wish("W-10234")).asset_id
        kinds = [making.RENDITION, making.TILING] if path.suffix == ".jpg" else [making.RENDITION]
        for kind in kinds:
            work = DueWork(1, kind, asset, asset, {}, 0, self.now, self.now)
            due = self.read(lambda db, work=work: queries.job(db, work))
            assert due.kind is (AssetKind.STILL if path.suffix == ".jpg" else AssetKind.FILM)
            made = making.make(due, making.Tools(self.store))
            self.write(lambda db, due=due, made=made: actions.record(db, due, made, now=self.now))
        return asset

    def scripted(self) -> FastAPI:
        """Its pages with their scripts."""
        page, look = script("share.js"), script("look.js")
        assert page is not None
        assert look is not None
        scripts = Scripts(DIST, page.file, page.integrity, look.file, look.integrity)
        app = FastAPI()
        app.include_router(
            media_router(
                Counter(
                    self.database, self.store, Replicas(self.store), self.watch, lambda: self.now,
                    scripts=scripts, is_https=False,
                )
            )
        )  # fmt: skip
        return app


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if script("share.js") is None:
        without("bundled scripts of the console (npm)")
    folder = tmp_path_factory.mktemp("fair")
    (folder / "staging").mkdir()
    with fresh("sqlite", folder) as database:
        fair = Fair(database, LocalStore(folder / "media"), folder)
        path = fair.show()
        with running(fair.scripted()) as web:
            yield f"http://127.0.0.1:{web.port}{path}"
        fair.watch.flush()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 900, "height": 900}, locale="ja-JP", user_agent=PHONE
    )
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda told: complaints.append(told.text) if told.type == "error" else 0)
    opened.goto(address)
    yield opened
    context.close()
    assert [each for each in complaints if "404" not in each] == []


def test_what_was_found_leads_from_the_list_to_its_place_and_back(page: Page) -> None:
    """By keyboard alone; whoever hears the page is told which finding it is."""
    link = page.get_by_role("link", name="線傷 · 軽い · 0.8 mm").first
    link.press("Enter")
    page.wait_for_selector(".viewer[data-opened] .pin")
    pin = page.get_by_role("button", name="1 線傷 · 軽い · 0.8 mm")
    expect(pin).to_be_focused()
    assert page.evaluate(IN_SIGHT)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="2 線傷 · 軽い · 0.8 mm")).to_be_focused()
    assert page.evaluate(IN_SIGHT), "what gets the focus is brought into what is seen"
    assert not page.evaluate(SCROLLED)
    assert page.evaluate(OFF, [2, *MARKS[2]]) <= 1
    page.keyboard.press("Enter")
    expect(page.locator("#finding-2")).to_be_focused()
    page.locator("#finding-3 a").press("Enter")
    expect(page.get_by_role("button", name="3 線傷 · 軽い · 0.8 mm")).to_be_focused()
    page.mouse.move(5, 5)
    page.get_by_role("button", name="3 線傷 · 軽い · 0.8 mm").click()
    expect(page.locator("#finding-3")).to_be_focused()


def test_a_pin_stands_on_its_place_however_the_picture_is_turned_and_moved(page: Page) -> None:
    page.locator("a[data-picture]").first.press("Enter")
    page.wait_for_selector(".viewer[data-opened] .pin")
    expect(page.locator(".viewer .openseadragon-canvas").first).to_be_focused()
    for zoom, degrees in product((1, 1.7, 6, 20), (0, 90, 180, 270)):
        page.evaluate(TURNED, [zoom, degrees])
        off = {n: page.evaluate(OFF, [n, *place]) for n, place in MARKS.items()}
        assert max(off.values()) <= 1, (zoom, degrees, off)


def test_a_picture_and_a_film_bear_their_marks_without_the_close_view(
    page: Page, browser: Browser, address: str
) -> None:
    """The film on its first picture alone; the picture without scripts too."""
    mark = page.locator("figure:has(video) .pins")
    expect(mark).to_be_visible()
    expect(page.locator("figure:has(video) .findings li")).to_have_count(1)
    page.evaluate("() => document.querySelector('video').dispatchEvent(new Event('play'))")
    expect(mark).to_be_hidden()
    plain = browser.new_context(java_script_enabled=False, locale="ja-JP", user_agent=PHONE)
    without_scripts = plain.new_page()
    without_scripts.goto(address)
    picture = without_scripts.locator("figure:has(.findings):has(img)")
    edge = picture.locator("img").bounding_box()
    assert edge is not None
    for n, (x, y) in MARKS.items():
        box = picture.locator(".pins svg").nth(n - 1).locator("circle").bounding_box()
        assert box is not None
        assert box["x"] + box["width"] / 2 == pytest.approx(edge["x"] + edge["width"] * x, abs=1)
        assert box["y"] + box["height"] / 2 == pytest.approx(edge["y"] + edge["height"] * y, abs=1)
    assert without_scripts.locator("figure:has(video) .pins").is_hidden()
    plain.close()
