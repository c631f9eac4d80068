"""The capture station in a real browser with tus-js-client: over a line that is cut again and
again, after the tab was closed, paused, cancelled, dropped, and without scripts (R-005, R-007).
"""

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, expect

from handoff.console.scripts import script
from tests.browser.chromium import chromium, without
from tests.browser.cutting import CuttingLine
from tests.browser.furnished import hired
from tests.browser.running import Running

MB = 1_000_000
CHUNK = 8 * 1024 * 1024


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, dict[str, Any]]]:
    if script("station.js") is None:
        without("bundled scripts of the console (npm)")
    with Running(tmp_path_factory.mktemp("shop")) as running:
        yield running, hired(running)


def _context(
    browser: Browser, house: tuple[Running, dict[str, Any]], **more: Any
) -> BrowserContext:
    running, people = house
    context = browser.new_context(locale="ja-JP", **more)
    context.add_cookies([{
        "name": running.shop.shop.office.cookie, "value": people["tokens"]["田中 一郎"],
        "url": "https://127.0.0.1/", "httpOnly": True, "secure": True, "sameSite": "Lax",
    }])  # fmt: skip
    return context


@pytest.fixture
def context(browser: Browser, house: tuple[Running, dict[str, Any]]) -> Iterator[BrowserContext]:
    context = _context(browser, house)
    yield context
    context.close()


def _picture(path: Path, size: int) -> Path:
    """Bytes that begin as a JPEG does: kept, whatever can be shown of them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(b"\xff\xd8\xff\xe0")
        for _ in range(size // MB):
            file.write(os.urandom(MB))
    return path


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _open(page: Page, url: str, **asked: str) -> None:
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    page.goto(f"{url}/console/station?{query}")
    expect(page.locator("#station-list")).to_be_attached()


def _taken(page: Page, count: int = 1, *, seconds: float = 60) -> None:
    expect(page.locator('.upload[data-state="taken"]')).to_have_count(count, timeout=seconds * 1000)


def _cut(running: Running, *, least: int, most: int) -> CuttingLine:
    async def opened() -> CuttingLine:
        line = CuttingLine(urlsplit(running.shop.url).port or 0, least=least, most=most)
        await line.open()
        return line

    return running.wait_for(opened())  # type: ignore[no-any-return]  # what it opened


def _over_a_cutting_line(
    context: BrowserContext, running: Running, film: Path, *, least: int, most: int, seconds: float
) -> CuttingLine:
    """Before its half the tab is closed; a new one goes on with the same file."""
    size, digest = film.stat().st_size, _digest(film)
    line = _cut(running, least=least, most=most)
    try:
        page = context.new_page()
        _open(page, line.url, code="W-10234", part="dial")
        page.set_input_files("#s-files", str(film))
        page.wait_for_function(
            "() => document.querySelector('.upload progress')?.value > 0.4", timeout=seconds * 1000
        )
        page.close()
        page = context.new_page()
        _open(page, line.url, code="W-10234", part="dial")
        page.set_input_files("#s-files", str(film))
        _taken(page, seconds=seconds)
        assert (
            page.locator("#station-list .upload-state a").get_attribute("href")
            == "/console/items/W-10234"
        )
        page.close()
    finally:
        running.wait_for(line.close())
    found = running.shop.one(f"SELECT count(*) FROM asset WHERE sha256 = '{digest}'")
    held = running.shop.one(f"SELECT bytes FROM blob WHERE sha256 = '{digest}'")
    assert (found, held) == (1, size)
    kept = running.shop.shop.store.path(f"originals/{digest[:2]}/{digest[2:4]}/{digest}")
    assert kept is not None and _digest(kept) == digest
    return line


def test_a_film_arrives_whole_over_a_line_that_is_cut_and_after_the_tab_was_closed(
    context: BrowserContext, house: tuple[Running, dict[str, Any]], tmp_path: Path
) -> None:
    film = _picture(tmp_path / "W-10234_dial_01.jpg", 24 * MB)
    line = _over_a_cutting_line(context, house[0], film, least=4 * MB, most=8 * MB, seconds=90)
    assert line.cuts >= 2
    # Cut within chunks: what a browser repeats by itself, on lines that had shown the page.
    assert line.sent <= film.stat().st_size * 1.1 + 2 * CHUNK, (line.sent, line.cuts)


@pytest.mark.soak
def test_150_megabytes_arrive_over_a_line_cut_after_12_to_25_and_after_the_tab_was_closed(
    context: BrowserContext, house: tuple[Running, dict[str, Any]], tmp_path: Path
) -> None:
    film = _picture(tmp_path / "W-10234_dial_02.jpg", 150 * MB)
    line = _over_a_cutting_line(context, house[0], film, least=12 * MB, most=25 * MB, seconds=300)
    assert line.sent <= film.stat().st_size * 1.1, (line.sent, line.cuts)


def test_files_are_chosen_dropped_and_pasted_and_each_tells_where_it_went(
    context: BrowserContext, house: tuple[Running, dict[str, Any]], tmp_path: Path
) -> None:
    running, _ = house
    page = context.new_page()
    _open(page, running.url)
    chosen = [
        _picture(tmp_path / "W-10235_01.jpg", MB), _picture(tmp_path / "IMG_9.jpg", MB),
        _picture(tmp_path / "IMG_10.jpg", MB),
    ]  # fmt: skip
    page.set_input_files("#s-files", [str(each) for each in chosen])
    _taken(page, 3)
    names = page.locator("#station-list .upload-name").all_inner_texts()
    assert names == ["IMG_9.jpg", "IMG_10.jpg", "W-10235_01.jpg"]
    states = page.locator("#station-list .upload-state").all_inner_texts()
    assert ["未整理" in each for each in states] == [True, True, False]
    assert "W-10235" in states[2]
    drop = """([name, kind]) => {
      const data = new DataTransfer();
      const bytes = new Uint8Array([255, 216, 255, name.length]);
      const file = new File([bytes, name], name, {type: "image/jpeg"});
      data.items.add(file);
      document.dispatchEvent(kind === "drop"
        ? new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true})
        : new ClipboardEvent("paste", {clipboardData: data, bubbles: true}));
    }"""
    page.evaluate(drop, ["W-10236_02.jpg", "drop"])
    page.evaluate(drop, ["W-10236_case_back.jpg", "paste"])
    _taken(page, 5)
    part = running.shop.one("SELECT part FROM asset WHERE name = 'W-10236_case_back.jpg'")
    assert part == "case_back"
    page.reload()
    page.set_input_files("#s-files", str(chosen[1]))  # the card is put in once more
    _taken(page)
    assert running.shop.one("SELECT count(*) FROM asset WHERE name = 'IMG_9.jpg'") == 1
    page.close()


def _sending(page: Page, path: Path) -> None:
    """Chosen, and its first bytes are on their way."""
    with page.expect_request(lambda request: request.method == "PATCH"):
        page.set_input_files("#s-files", str(_picture(path, 2 * MB)))


def test_one_is_paused_resumed_cancelled_and_an_unfinished_one_discarded(
    context: BrowserContext, house: tuple[Running, dict[str, Any]], tmp_path: Path
) -> None:
    running, _ = house
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    line = {"is": "still"}

    def carried(route: Route) -> None:
        if route.request.method != "PATCH" or line["is"] == "open":
            route.continue_()
        elif line["is"] == "cut":
            route.abort()
        elif line["is"] == "late":
            route.fetch()  # it arrived, and nobody is told

    page.route("**/upload/*", carried)
    _open(page, running.url, code="W-10234")
    _sending(page, tmp_path / "a.jpg")
    page.get_by_role("button", name="一時停止 a.jpg").click()
    expect(page.locator("#station-list .upload-state")).to_have_text("一時停止中")
    line["is"] = "open"
    page.get_by_role("button", name="再開 a.jpg").click()
    _taken(page)
    line["is"] = "still"
    _sending(page, tmp_path / "b.jpg")
    page.get_by_role("button", name="取消 b.jpg").click()
    expect(page.locator('.upload[data-state="cancelled"]')).to_be_visible()
    line["is"] = "late"
    _sending(page, tmp_path / "d.jpg")
    arrived = "SELECT count(*) FROM asset WHERE name = 'd.jpg'"
    for _ in range(600):
        if running.shop.one(arrived):
            break
        page.wait_for_timeout(50)
    page.get_by_role("button", name="取消 d.jpg").click()
    _taken(page, 2)
    expect(page.locator("#station-list")).to_contain_text(
        "取り消せませんでした。 商品に付きました。"
    )
    line["is"] = "cut"
    _sending(page, tmp_path / "c.jpg")
    _open(page, running.url)  # it asks first, and goes
    left = page.locator("#station-left")
    expect(left).to_contain_text("c.jpg")
    expect(left).not_to_contain_text("b.jpg")
    left.get_by_role("button", name="破棄 c.jpg").click()
    expect(left).to_be_hidden()
    page.close()


def test_no_file_without_a_piece_overtakes_another_and_a_failed_one_holds_up_the_rest(
    context: BrowserContext, house: tuple[Running, dict[str, Any]], tmp_path: Path
) -> None:
    """It may be the tag of the next piece; whoever goes on without it begins a new sitting."""
    running, _ = house
    page = context.new_page()
    begun: list[Request] = []
    asked: list[int] = []

    def carried(route: Route) -> None:
        request = route.request
        if request.method == "POST":
            begun.append(request)
            if len(begun) == 2:
                route.fulfill(status=413, json={"error": {"why": "UploadTooLong"}})
                return
        if request.method == "GET" and request.url != f"{running.url}/upload" and len(asked) < 2:
            asked.append(len(begun))  # it is whole, and the store is away
            route.fulfill(json={"state": "whole"})
            return
        route.continue_()

    page.route(re.compile(r"/upload(/[^/]*)?$"), carried)
    _open(page, running.url)
    chosen = [_picture(tmp_path / f"IMG_2{each}.jpg", MB) for each in range(4)]
    page.set_input_files("#s-files", [str(each) for each in chosen])
    expect(page.locator('.upload[data-state="failed"]')).to_have_count(1)
    _taken(page, 1)
    assert asked == [1, 1]
    expect(page.locator('.upload[data-state="waiting"]')).to_have_count(2)
    expect(page.locator("#station-said")).to_contain_text("続きは止めてあります")
    page.get_by_role("button", name="すべて再開").click()
    _taken(page, 3)
    sittings = [
        running.shop.one(f"SELECT station FROM upload WHERE name = 'IMG_2{each}.jpg'")
        for each in (0, 2, 3)
    ]
    assert sittings[0] != sittings[1] == sittings[2]
    page.close()


def test_whoever_is_signed_out_meanwhile_is_told_and_nothing_is_lost(
    browser: Browser, house: tuple[Running, dict[str, Any]], tmp_path: Path
) -> None:
    running, _ = house
    context = _context(browser, house)
    page = context.new_page()
    _open(page, running.url, code="W-10234")
    kept = context.cookies("https://127.0.0.1/")
    context.clear_cookies()
    page.set_input_files("#s-files", str(_picture(tmp_path / "d.jpg", MB)))
    expect(page.locator("#station-list .upload-state")).to_contain_text("サインインが切れました")
    context.add_cookies(kept)  # type: ignore[arg-type]  # what it told itself
    page.get_by_role("button", name="再開 d.jpg").click()
    _taken(page)
    context.close()


def test_without_scripts_a_form_takes_files_in(
    browser: Browser, house: tuple[Running, dict[str, Any]], tmp_path: Path
) -> None:
    running, _ = house
    context = _context(browser, house, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{running.url}/console/station?code=W-10234")
    page.get_by_role("button", name="取り込む").click()
    expect(page.locator(".problem-box")).to_contain_text("ファイルが選ばれていません")
    files = [_picture(tmp_path / "e_case_back.jpg", MB), tmp_path / "f.pdf"]
    files[1].write_bytes(b"%PDF-1.7")
    page.set_input_files("#s-files", [str(each) for each in files])
    page.get_by_role("button", name="取り込む").click()
    came = page.locator("section", has_text="取り込み済").first
    expect(came).to_contain_text("e_case_back.jpg: 商品に付きました。 W-10234")
    expect(came).to_contain_text("f.pdf: 写真でも動画でもないため取り込めません。")
    assert running.shop.one("SELECT part FROM asset WHERE name = 'e_case_back.jpg'") == "case_back"
    context.close()
