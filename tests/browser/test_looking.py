"""Looking closely and comparing in a real browser (R-018, R-019; console checks 23, 24):
tiles, a scale bar, pins and chapters by keyboard; two pictures that show the same place.
"""

import gzip
import json
import math
import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect
from sqlmodel import Session

from catalog.ground.calendar import tokyo_day
from catalog.ground.record import UnitId
from catalog.items import queries as items
from catalog.items.rules import Viewer
from catalog.partners import actions as partners
from catalog.partners import queries as granted
from handoff.console.scripts import script
from media.report import actions as writing
from media.report import queries as reports
from media.report.rules import FindingKind, Mark, Pin, Severity
from media.sharing import shares
from tests.browser.chromium import chromium, without
from tests.browser.furnished import Shelf
from tests.browser.running import Running

SATO = "佐藤 花子"
READY = "#compare[data-ready]"
# Where each of the two looks: left, top, width and height in widths of its picture.
BOUNDS = """() => ["earlier", "later"].map((id) => {
  const { x, y, width, height } = akashiLook.opened(id).viewport.getBounds(true);
  return [x, y, width, height];
})"""
CENTRES = """() => ["earlier", "later"].map((id) => {
  const viewport = akashiLook.opened(id).viewport;
  const { x, y } = viewport.getCenter(true);
  return [x, y, viewport.getZoom(true), viewport.getRotation(true)];
})"""
# Where a film is sent to, whatever it has played by the time somebody looks.
NOTES = """() => { const film = document.querySelector("video");
  film.addEventListener("seeking", () => { window.sought ??= film.currentTime; }); }"""
SOUGHT = "() => Math.abs((window.sought ?? 0) - 0.4) < 0.05"
STILL = """() => ["earlier", "later"].every((id) => {
  const { viewport } = akashiLook.opened(id);
  return Math.abs(viewport.getZoom(true) - viewport.getZoom()) < 1e-9
    && viewport.getCenter(true).distanceTo(viewport.getCenter()) < 1e-9;
})"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if script("look.js") is None:
        without("bundled scripts of the console (npm)")
    with chromium() as found:
        yield found


@pytest.fixture
def page(browser: Browser, shelf: Shelf) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="ja-JP")
    context.add_cookies([shelf.cookie(SATO)])
    opened = context.new_page()
    complaints: list[str] = []

    def heard(told: ConsoleMessage) -> None:
        if told.type == "error":
            complaints.append(told.text)

    opened.on("console", heard)
    yield opened
    context.close()
    assert complaints == [], "nothing is against the policy of the page, nothing fails to load"


def _bounds(page: Page) -> list[list[float]]:
    page.wait_for_function(STILL)
    return list(page.evaluate(BOUNDS))


def _are_alike(page: Page) -> list[float]:
    """Both look at the same place, within 0.1 % of what is seen; where that is."""
    earlier, later = _bounds(page)
    assert all(
        math.isclose(a, b, abs_tol=0.001 * max(earlier[2], earlier[3]))
        for a, b in zip(earlier, later, strict=True)
    ), (earlier, later)
    return earlier


def test_a_large_picture_comes_in_tiles_with_a_scale_and_moves_by_keyboard(
    page: Page, running: Running, shelf: Shelf
) -> None:
    asked: list[str] = []
    page.on("response", lambda answer: asked.append(f"{answer.status} {answer.url}"))
    page.goto(f"{running.url}/console/captures/{shelf.still}")
    page.wait_for_selector("#picture[data-opened]")
    bar = page.locator("#picture .scale")
    expect(bar).to_be_visible()
    assert bar.inner_text().strip() == "200 µm"
    width = float(page.locator(".scale-bar").evaluate("each => each.getBoundingClientRect().width"))
    shown = float(page.evaluate(
        "() => { const v = akashiLook.opened('picture');"
        " return v.world.getItemAt(0).viewportToImageZoom(v.viewport.getZoom(true)); }"
    ))  # fmt: skip
    assert width == pytest.approx(200 / 0.5 * shown, abs=5)
    page.locator("#picture .openseadragon-canvas").focus()
    zoom = "() => akashiLook.opened('picture').viewport.getZoom()"
    before = float(page.evaluate(zoom))
    for _ in range(6):
        page.keyboard.press("+")
    assert float(page.evaluate(zoom)) > before * 3
    page.wait_for_timeout(1500)
    assert bar.inner_text().strip() != "200 µm"
    page.keyboard.press("0")
    assert float(page.evaluate(zoom)) == pytest.approx(before, rel=0.01)
    page.get_by_role("button", name="拡大").click()
    assert float(page.evaluate(zoom)) > before * 1.2
    tiles = [each for each in asked if "/console/tiles/" in each]
    assert len(tiles) > 3
    assert all(each.startswith("200 ") for each in tiles)


def test_a_chapter_leads_to_its_moment(page: Page, running: Running, shelf: Shelf) -> None:
    page.goto(f"{running.url}/console/captures/{shelf.film}")
    page.wait_for_function("() => document.getElementById('film').readyState >= 1")
    button = page.get_by_role("button", name="0:00 文字盤").first
    page.evaluate(NOTES)
    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_function(SOUGHT)
    cues = page.evaluate(
        "() => new Promise(done => { const [track] = document.getElementById('film').textTracks;"
        " track.mode = 'hidden'; const look = () => track.cues?.length"
        " ? done([...track.cues].map(each => [each.startTime, each.text])) : setTimeout(look, 50);"
        " look(); })"
    )
    assert cues == [[0.4, "文字盤"]]


def test_after_any_gesture_both_pictures_show_the_same_place(
    page: Page, running: Running, shelf: Shelf
) -> None:
    page.goto(f"{running.url}/console/compare?a={shelf.still}&b={shelf.later}")
    page.wait_for_selector(READY)
    home = _are_alike(page)
    seen = [home]
    for side, move in (("earlier", -240), ("later", 300), ("earlier", -120)):
        box = page.locator(f"#{side}").bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.4
        page.mouse.move(x, y)
        page.mouse.wheel(0, move)
        seen.append(_are_alike(page))
        page.mouse.down()
        page.mouse.move(x - 90, y + 60, steps=6)
        page.mouse.up()
        seen.append(_are_alike(page))
    assert len({tuple(each) for each in seen}) == len(seen), "every gesture moved something"
    page.locator("#later .openseadragon-canvas").focus()
    for key in ("+", "+", "ArrowLeft", "ArrowDown", "-"):
        before = _bounds(page)[1]
        page.keyboard.press(key)
        assert _are_alike(page) != before
    page.locator("#earlier .openseadragon-canvas").focus()
    page.keyboard.press("0")
    assert _are_alike(page) == pytest.approx(home, abs=0.01)


# How far what is in the middle of the leading picture is from the middle of the other, in pixels of
# the screen.
DRIFT = """([scale, degrees, x, y]) => {
  const turned = degrees * Math.PI / 180;
  const [a, b] = ["earlier", "later"].map((id) => akashiLook.opened(id).viewport);
  const at = a.getCenter(true);
  const there = at.clone();
  there.x = at.x * Math.cos(turned) * scale - at.y * Math.sin(turned) * scale + x;
  there.y = at.x * Math.sin(turned) * scale + at.y * Math.cos(turned) * scale + y;
  const seen = b.pixelFromPoint(there, true);
  const size = b.getContainerSize();
  return Math.hypot(seen.x - size.x / 2, seen.y - size.y / 2);
}"""


@pytest.mark.parametrize("is_laid", [False, True])
def test_a_hundred_steps_leave_the_two_where_they_belong(
    page: Page, running: Running, shelf: Shelf, is_laid: bool
) -> None:
    """No drift adds up, led by either, turned too, and laid over each other by two points."""
    page.goto(f"{running.url}/console/compare?a={shelf.still}&b={shelf.later}")
    page.wait_for_selector(READY)
    laying = {"scale": 1.0, "degrees": 0.0, "x": 0.0, "y": 0.0}
    if is_laid:
        page.evaluate(
            "points => { const form = document.querySelector('form.laying');"
            " form.elements.points.value = points; form.requestSubmit(); }",
            "[[0.2,0.3],[0.8,0.3],[0.35,0.2],[0.35,0.65]]",
        )
        expect(page.locator(".done")).to_contain_text("位置合わせを保存しました")
        page.wait_for_selector(READY)
        laying = json.loads(str(page.locator("#compare").get_attribute("data-laying")))
        assert laying["degrees"] == pytest.approx(90)
        assert laying["scale"] == pytest.approx(0.75)
    told = [*(laying[name] for name in ("scale", "degrees", "x", "y"))]
    dice, worst = random.Random(20261130), 0.0
    keys = ["+", "+", "-", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"]
    for n in range(100):
        if n % 10 == 0:
            page.locator(f"#{dice.choice(['earlier', 'later'])} .openseadragon-canvas").focus()
        if n % 25 == 24:
            page.get_by_role("button", name="90度回す").click()
        else:
            page.keyboard.press(dice.choice(keys))
        if n % 10 == 9:
            page.wait_for_function(STILL)
            worst = max(worst, float(page.evaluate(DRIFT, told)))
    assert worst <= 1
    if is_laid:
        page.get_by_role("button", name="位置合わせを外す").click()
        page.wait_for_selector(READY)


def test_wiping_blinking_and_unlocking_by_keyboard(
    page: Page, running: Running, shelf: Shelf
) -> None:
    page.goto(f"{running.url}/console/compare?a={shelf.still}&b={shelf.later}")
    page.wait_for_selector(READY)
    compare = page.locator("#compare")
    page.locator("#earlier .openseadragon-canvas").focus()
    page.keyboard.press("2")
    expect(compare).to_have_attribute("data-mode", "wipe")
    page.locator("#wipe").focus()
    page.keyboard.press("End")
    assert page.locator(".taken.later").evaluate("each => each.style.clipPath").endswith("100%)")
    page.keyboard.press("3")
    expect(compare).to_have_attribute("data-mode", "blink")
    told = page.locator(".which")
    expect(told).to_have_text("後の写真")
    page.keyboard.press("b")
    expect(told).to_have_text("前の写真")
    assert (
        page.locator(".taken.later").evaluate("each => getComputedStyle(each).visibility")
        == "hidden"
    )
    page.keyboard.press("1")
    page.keyboard.press("l")
    page.locator("#later .openseadragon-canvas").focus()
    page.keyboard.press("+")
    earlier, later = _bounds(page)
    assert later[2] < earlier[2] * 0.95
    page.keyboard.press("l")
    _are_alike(page)
    page.locator("#note").focus()
    page.keyboard.press("2")
    expect(compare).to_have_attribute("data-mode", "beside")


def test_two_points_of_each_lay_them_over_each_other(
    page: Page, running: Running, shelf: Shelf
) -> None:
    """Shifted and half as large in the later one: the same place is shown, at twice the zoom."""
    page.goto(f"{running.url}/console/compare?a={shelf.still}&b={shelf.later}")
    page.wait_for_selector(READY)
    page.get_by_role("button", name="印を付け始める").click()
    pan = "([id, x, y]) => akashiLook.opened(id).viewport.panTo({x, y}, true)"
    for side, label, points in (
        ("earlier", "前の写真に印を付ける", ((0.2, 0.3), (0.8, 0.3))),
        ("later", "後の写真に印を付ける", ((0.3, 0.35), (0.6, 0.35))),
    ):
        for x, y in points:
            page.evaluate(pan, [side, x, y])
            page.get_by_role("button", name=label).focus()
            page.keyboard.press("Enter")
    page.get_by_role("button", name="位置合わせを保存する").click()
    expect(page.locator(".done")).to_contain_text("位置合わせを保存しました")
    page.wait_for_selector(READY)
    page.locator("#earlier .openseadragon-canvas").focus()
    for key in ("+", "+", "ArrowRight"):
        page.keyboard.press(key)
        page.wait_for_function(STILL)
        (x, y, zoom, _), (there_x, there_y, there_zoom, _) = page.evaluate(CENTRES)
        assert there_x == pytest.approx(0.3 + (x - 0.2) / 2, abs=0.002)
        assert there_y == pytest.approx(0.35 + (y - 0.3) / 2, abs=0.002)
        assert there_zoom == pytest.approx(2 * zoom, rel=0.002)
    page.get_by_role("button", name="位置合わせを外す").click()
    page.wait_for_selector(READY)
    _are_alike(page)


def test_what_a_report_found_leads_from_the_list_to_its_pin_and_back(
    page: Page, running: Running, shelf: Shelf
) -> None:
    """R-019, in the house: the report that is being written counts too; a film has the list."""
    page.goto(f"{running.url}/console/captures/{shelf.film}")
    line = page.locator("#finding-1 a")
    expect(line).to_have_text("線傷 · 軽い · 0.8 mm")
    assert str(line.get_attribute("href")) == f"/console/condition/{shelf.report}#pin-1"

    def found(db: Session) -> None:
        report = reports.report_of(db, shelf.report)
        told = Pin(shelf.later, Mark(900_000, 800_000), FindingKind.DENT, Severity.CLEAR, "打痕")
        writing.pin(
            db, report.id, told, edition=report.edition, by="test", now=running.shop.clock()
        )

    running.wait_for(running.shop.shop.units.write(found))
    page.goto(f"{running.url}/console/captures/{shelf.later}")
    page.wait_for_selector("#picture[data-opened]")
    page.get_by_role("link", name="打痕 · 見て分かる").press("Enter")
    pin = page.get_by_role("button", name="打痕 · 見て分かる")
    expect(pin).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".found li")).to_be_focused()


def test_pins_given_to_a_picture_stand_where_they_belong(
    page: Page, running: Running, shelf: Shelf
) -> None:
    """R-019: points by parts of its sides, reached by keyboard, called by number and name."""

    def with_pins(route: Any) -> None:
        answer = route.fetch()
        pins = '"pins": [{"x": 0.25, "y": 0.5, "n": 1, "label": "線傷"}]'
        route.fulfill(response=answer, body=answer.text().replace('"pins": []', pins))

    page.route("**/console/captures/*", with_pins)
    page.goto(f"{running.url}/console/captures/{shelf.still}")
    page.wait_for_selector("#picture[data-opened]")
    pin = page.get_by_role("button", name="1 線傷")
    expect(pin).to_be_visible()
    box = pin.bounding_box()
    assert box is not None
    wanted = page.evaluate(
        "() => { const v = akashiLook.opened('picture');"
        " const p = v.viewport.imageToViewportCoordinates(750, 1100);"
        " const at = v.viewport.viewportToViewerElementCoordinates(p);"
        " const r = v.element.getBoundingClientRect(); return [at.x + r.left, at.y + r.top]; }"
    )
    middle = [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]
    assert middle == pytest.approx(wanted, abs=2)


def _share(running: Running, code: str = "UMEDA", kind: str = "still") -> str:
    """The address of a page about W-10237, made by a retailer."""
    shop = running.shop
    now = shop.clock()

    def unit(db: Session) -> str:
        firm = partners.enter(db, code, "梅田リテール", by="test", now=now)
        partners.grant(
            db, firm, ["W-10237"], rights=("media", "link"), media_kinds=(kind,),
            expires_on=None, by="test", now=now,
        )  # fmt: skip
        viewer = Viewer(partner=firm, grants=granted.grants_on(db, firm, tokyo_day(now)))
        piece = items.by_id(db, UnitId(str(items.id_of_code(db, "W-10237"))), viewer=viewer)
        assert piece is not None
        made = shares.share(
            db,
            piece,
            viewer,
            ends_at=now + timedelta(days=3),
            lang="ja",
            now=now,
            key=f"look {code}",
        )
        return str(made.token)

    return f"{running.url}/s/{running.wait_for(shop.shop.units.write(unit))}"


def test_a_share_page_brings_the_viewer_when_a_picture_is_tapped(
    page: Page, browser: Browser, running: Running
) -> None:
    """Console checks 4 and 21: a small page, which works without scripts too."""
    address = _share(running)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    scripts = [each for each in asked if each.endswith(".js")]
    assert len(scripts) == 1
    content = page.request.get(scripts[0]).body()
    assert len(gzip.compress(content)) < 30_000
    page.get_by_role("link", name="文字盤").first.press("Enter")
    page.wait_for_selector(".viewer[data-opened]")
    page.keyboard.press("+")
    page.wait_for_timeout(500)
    tiles = [each for each in asked if "/s/t/" in each]
    assert len(tiles) > 1
    signed = {each.split("/s/t/")[1].split("/")[0] for each in tiles}
    assert len(signed) == 1, "one signature covers all tiles of a picture"
    base = f"{running.url}/s/t/{signed.pop()}"
    assert page.request.get(f"{base}/12/0_0.jpg").status == 200
    gone = page.request.get(f"{running.url}/s/unknown").text()
    share, viewing, rendition, until, signature = base.rsplit("/", 1)[1].split(".")
    root = f"{running.url}/s/t"
    for each in (
        f"{base}/12/99_99.jpg", f"{base}/t.dzi/x", f"{root}/x/12/0_0.jpg",
        f"{root}/{share}.{viewing}.{rendition}.{until}0.{signature}/12/0_0.jpg",
        f"{root}/{share}.{viewing}.{rendition}.{until}.{'0' * 32}/12/0_0.jpg",
        f"{running.url}/s/b/{share}.{viewing}.{rendition}.{until}.{signature}",
    ):  # fmt: skip
        answer = page.request.get(each)
        assert (answer.status, answer.text()) == (404, gone), each
    plain = browser.new_context(java_script_enabled=False, locale="ja-JP")
    without_scripts = plain.new_page()
    without_scripts.goto(address)
    link = without_scripts.get_by_role("link", name="文字盤").first
    found = without_scripts.request.get(running.url + str(link.get_attribute("href")))
    assert (found.status, found.headers["content-type"]) == (200, "image/jpeg")
    plain.close()


def test_a_chapter_of_a_share_page_plays_where_the_film_stands(
    page: Page, browser: Browser, running: Running
) -> None:
    """R-010, by keyboard; without scripts the link opens the film at that moment."""
    address = _share(running, "TENJIN", "film")
    page.goto(address)
    link = page.get_by_role("link", name="0:00 文字盤").first
    page.evaluate(NOTES)
    link.press("Enter")
    page.wait_for_function(SOUGHT)
    page.wait_for_selector("a[data-seek][aria-current='true']")
    assert page.url == address
    assert page.evaluate("() => document.activeElement.dataset.seek") == "400"
    expect(page.locator(".over")).to_be_hidden()
    plain = browser.new_context(java_script_enabled=False, locale="ja-JP")
    without_scripts = plain.new_page()
    without_scripts.goto(address)
    place = str(without_scripts.locator("a[data-seek]").first.get_attribute("href"))
    assert place.endswith("#t=0.4")
    found = without_scripts.request.get(running.url + place.partition("#")[0])
    assert (found.status, found.headers["content-type"]) == (200, "video/mp4")
    plain.close()


# What an address is after its ten minutes: the same page of nothing as one nobody signed.
ENDED = """(film) => {
  film.src = film.getAttribute("src").replace(/[0-9a-f]+$/, "0");
  film.load();
  film.play().catch(() => {});
}"""
FAILS_AT = """(film) => new Promise((done) => {
  film.addEventListener("seeked", () => { film.dispatchEvent(new Event("error")); done(); },
                        { once: true });
  film.currentTime = 0.4;
})"""


def test_a_film_of_a_share_page_goes_on_when_its_address_has_ended(
    browser: Browser, running: Running, shelf: Shelf
) -> None:
    """R-010, R-029: where it was, without a word; what is closed by then says so."""
    assert shelf.film
    context = browser.new_context(locale="ja-JP")
    page = context.new_page()
    page.goto(_share(running, "IKEDA", "film"))
    film, over = page.locator("video").first, page.locator(".over").first
    before = str(film.get_attribute("src"))
    film.evaluate(ENDED)
    page.wait_for_function("() => document.querySelector('video').readyState >= 2")
    after = str(film.get_attribute("src"))
    assert after != before
    assert after.split(".")[:3] == before.split(".")[:3], "the same film, for the same viewing"
    expect(over).to_be_hidden()
    page.reload()
    before = str(film.get_attribute("src"))
    film.evaluate("(film) => { film.preload = 'auto'; film.load(); }")
    page.wait_for_function("() => document.querySelector('video').readyState >= 2")
    film.evaluate(FAILS_AT)
    page.wait_for_function(
        "(before) => { const film = document.querySelector('video');"
        " return film.getAttribute('src') !== before && film.readyState >= 2"
        " && Math.abs(film.currentTime - 0.4) < 0.05; }",
        arg=before,
    )
    expect(over).to_be_hidden()
    page.reload()
    share = before.rpartition("/")[2].split(".")[0]
    shop = running.shop
    running.wait_for(
        shop.shop.units.write(
            lambda db: shares.revoke(db, share, None, now=shop.clock(), by="test")
        )
    )
    film.evaluate(ENDED)
    expect(over).to_be_visible()
    context.close()
