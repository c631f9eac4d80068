"""The chat page in a real browser, with the whole shop behind it and a line that can be cut."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.chromium import chromium
from tests.browser.running import Running

GREETINGS = {
    "ja": "いらっしゃいませ",
    "en": "Welcome",
    "zh_hant": "歡迎光臨",
    "zh_hans": "欢迎光临",
    "ko": "어서 오십시오",
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with Running(tmp_path_factory.mktemp("shop")) as found:
        yield found


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport={"width": 390, "height": 844}, locale="ja-JP")
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext, running: Running) -> Iterator[Page]:
    troubles: list[str] = []
    opened = open_page(context, running.url + "/chat", troubles)
    yield opened
    assert troubles == []


def open_page(context: BrowserContext, url: str, troubles: list[str] | None = None) -> Page:
    """The page, read in. What it complains of (its policy included) is gathered."""
    opened = context.new_page()
    if troubles is not None:
        opened.on("pageerror", lambda error: troubles.append(str(error)))
        opened.on(
            "console",
            lambda told: troubles.append(told.text) if told.type == "error" else None,
        )
    opened.goto(url)
    expect(opened.locator("body")).to_have_attribute("data-live", "true")
    return opened


def say(page: Page, words: str) -> None:
    page.locator("#words").fill(words)
    page.locator("#words").press("Enter")


def test_a_film_is_asked_for_and_a_part_of_it_by_keyboard_alone(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    if not page.locator("#words").evaluate("words => words === document.activeElement"):
        page.locator("#words").focus()
    page.keyboard.type("W-10234の動画を見せて")
    page.keyboard.press("Enter")
    card = page.locator("article.card")
    expect(card).to_contain_text("コスモグラフ デイトナ", timeout=15_000)
    expect(page.locator("#words")).to_have_value("")
    expect(page.locator("#log")).to_have_attribute("aria-live", "polite")
    for _ in range(12):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.textContent") == "裏蓋を見る":
            break
    page.keyboard.press("Enter")
    expect(page.locator(".line.visitor").last).to_contain_text("裏蓋を見る")
    expect(page.locator("article.card")).to_have_count(2, timeout=15_000)
    expect(page.locator("article.card").last).to_contain_text("裏蓋")


def test_a_film_plays_in_the_page_from_the_shops_own_address(page: Page) -> None:
    say(page, "W-10234の動画を見せて")
    poster = page.locator(".film-poster")
    expect(poster).to_be_visible(timeout=15_000)
    poster.click()
    film = page.locator("video.film")
    expect(film).to_have_js_property("ended", True, timeout=20_000)
    assert film.evaluate("film => film.currentSrc").startswith(page.evaluate("location.origin"))


def test_offered_answers_are_gone_once_one_was_given(page: Page) -> None:
    quick = page.locator("#quick")
    say(page, "こんにちは")
    expect(quick.get_by_role("button", name="担当者と話す")).to_be_visible(timeout=15_000)
    quick.get_by_role("button", name="担当者と話す").click()
    expect(page.locator(".line.visitor").last).to_contain_text("担当者と話す")
    expect(page.locator(".line.visitor.pending")).to_have_count(0)
    expect(page.locator(".line.shop").last).to_contain_text("担当者", timeout=15_000)
    expect(quick.get_by_role("button", name="担当者と話す")).to_have_count(0)


def test_enter_belongs_to_the_input_method_while_it_composes(page: Page) -> None:
    box = page.locator("#words")
    box.fill("だいや")
    box.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True})
    box.dispatch_event("keydown", {"key": "Enter", "keyCode": 229, "bubbles": True})
    expect(box).to_have_value("だいや")
    assert page.locator(".line.visitor").count() == 0


def test_words_are_shown_as_words_whatever_they_are(page: Page) -> None:
    say(page, "<img src=x onerror=alert(1)> <b>太字</b>")
    expect(page.locator(".line.visitor .words")).to_have_text(
        "<img src=x onerror=alert(1)> <b>太字</b>"
    )
    expect(page.locator(".line.visitor.pending")).to_have_count(0)


def test_pictures_are_shown_thanked_for_and_still_there_when_the_page_is_opened_again(
    page: Page, tmp_path: Path
) -> None:
    pictures = [tmp_path / "a.png", tmp_path / "b.png"]
    for picture in pictures:
        page.screenshot(path=picture)
    page.locator("#files").set_input_files(pictures)
    expect(page.locator(".line.visitor .picture")).to_have_count(2)
    expect(page.locator(".line.shop").last).to_contain_text("2点", timeout=15_000)
    page.reload()
    shown = page.locator(".line.visitor .picture img")
    expect(shown).to_have_count(2)
    page.wait_for_function(
        "() => [...document.querySelectorAll('.visitor .picture img')]"
        ".every(img => img.naturalWidth > 0)"
    )
    page.locator(".line.visitor .picture").last.click()
    expect(page.locator("#lightbox img")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#lightbox")).to_be_hidden()


def test_what_is_neither_picture_nor_film_is_refused_in_words(
    context: BrowserContext, running: Running, tmp_path: Path
) -> None:
    page = open_page(context, running.url + "/chat")
    note = tmp_path / "note.png"
    note.write_text("only a name")
    page.locator("#files").set_input_files(note)
    expect(page.locator("#notice")).to_have_text("写真か動画をお送りください。")
    expect(page.locator(".line.visitor.failed .mark")).to_have_text("送信できませんでした")


def test_two_tabs_of_a_browser_are_one_visitor_and_another_browser_is_another(
    browser: Browser, context: BrowserContext, running: Running
) -> None:
    first = open_page(context, running.url + "/chat")
    say(first, "こんにちは")
    expect(first.locator(".line.shop").last).to_be_visible(timeout=15_000)
    expect(first.locator("#log .line.shop")).to_have_count(1, timeout=15_000)
    second = open_page(context, running.url + "/chat")
    expect(second.locator("#log .line")).to_have_count(2)
    say(second, "営業時間を教えて")
    expect(first.locator(".line.visitor").last).to_contain_text("営業時間を教えて")
    expect(first.locator("#log .line.shop")).to_have_count(2, timeout=15_000)
    stranger = browser.new_context()
    expect(open_page(stranger, running.url + "/chat").locator("#log .line")).to_have_count(0)
    stranger.close()


def test_a_cut_line_is_told_and_what_was_written_meanwhile_arrives_once(
    context: BrowserContext, running: Running
) -> None:
    page = open_page(context, running.url + "/chat")
    say(page, "こんにちは")
    expect(page.locator("#log .line.shop")).to_have_count(1, timeout=15_000)
    running.cut()
    try:
        expect(page.locator("#standing")).to_be_visible(timeout=15_000)
        say(page, "営業時間を教えて")
        expect(page.locator(".line.visitor.pending")).to_have_count(1)
    finally:
        running.mend()
    expect(page.locator("#log .line.shop")).to_have_count(2, timeout=40_000)
    expect(page.locator("#standing")).to_be_hidden(timeout=15_000)
    expect(page.locator(".line.visitor.pending, .line.visitor.failed")).to_have_count(0)
    page.reload()
    expect(page.locator("#log .line.visitor")).to_have_count(2)


@pytest.mark.parametrize("lang", list(GREETINGS))
def test_at_320_pixels_nothing_is_cut_off_sideways(
    browser: Browser, running: Running, lang: str
) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 568}, locale="ja-JP")
    page = open_page(context, f"{running.url}/chat?lang={lang}")
    expect(page.locator(".greeting .words")).to_contain_text(GREETINGS[lang])
    say(page, "W-10234")
    expect(page.locator("article.card").last).to_be_visible(timeout=15_000)
    page.locator(".more summary").click()
    expect(page.locator(".more-menu")).to_be_visible()
    wide = page.evaluate(
        "() => [document.documentElement, document.getElementById('thread')]"
        ".map(each => each.scrollWidth - each.clientWidth)"
    )
    assert wide == [0, 0]
    small = page.evaluate(
        "() => [...document.querySelectorAll('button:not(.unsend), summary, .more-menu a')]"
        ".filter(each => each.offsetParent && each.getBoundingClientRect().height < 43.9)"
        ".map(each => each.outerHTML)"
    )
    assert small == []
    context.close()


def test_nothing_moves_for_who_asks_for_stillness(browser: Browser, running: Running) -> None:
    context = browser.new_context(reduced_motion="reduce", locale="ja-JP")
    page = open_page(context, running.url + "/chat")
    say(page, "こんにちは")
    expect(page.locator("#log .line.shop")).to_have_count(1, timeout=15_000)
    moving = page.evaluate(
        "() => [...document.querySelectorAll('*')]"
        ".filter(each => getComputedStyle(each).animationName !== 'none').length"
    )
    assert moving == 0
    context.close()


def test_a_conversation_is_ended_on_a_shared_computer(
    context: BrowserContext, running: Running
) -> None:
    page = open_page(context, running.url + "/chat")
    say(page, "こんにちは")
    expect(page.locator("#log .line.shop")).to_have_count(1, timeout=15_000)
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator(".more summary").click()
    page.locator("#leave").click()
    expect(page.locator("#log .line")).to_have_count(0)
    expect(page.locator(".greeting")).to_be_visible()
