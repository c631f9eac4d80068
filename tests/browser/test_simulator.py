"""The simulator's page in a real browser, with a tiny shop behind it."""

import asyncio
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.bot.simulator.echo_shop import PUBLIC_URL, EchoShop, Event, RunningClock, echo_shop
from tests.browser.chromium import chromium, without

FILM = {
    "type": "video",
    "originalContentUrl": f"{PUBLIC_URL}/m/film.mp4",
    "previewImageUrl": f"{PUBLIC_URL}/m/poster.jpg",
    "trackingId": "film-W-10234",
}
CARD_BODY = {
    "type": "box",
    "layout": "vertical",
    "spacing": "sm",
    "contents": [
        {"type": "text", "text": "腕時計 W-10234", "weight": "bold", "size": "lg", "wrap": True},
        {"type": "separator", "margin": "md"},
        {
            "type": "box",
            "layout": "baseline",
            "contents": [
                {"type": "text", "text": "状態", "size": "sm", "color": "#666666", "flex": 2},
                {"type": "text", "text": "A", "size": "sm", "flex": 5, "wrap": True},
            ],
        },
    ],
}
CARD = {
    "type": "flex",
    "altText": "腕時計 W-10234",
    "contents": {
        "type": "bubble",
        "hero": {
            "type": "image",
            "url": f"{PUBLIC_URL}/m/poster.jpg",
            "size": "full",
            "aspectRatio": "20:13",
            "aspectMode": "cover",
        },
        "body": CARD_BODY,
        "footer": {
            "type": "box",
            "layout": "vertical",
            "contents": [
                {
                    "type": "button",
                    "style": "primary",
                    "action": {
                        "type": "postback",
                        "label": "動画を見る",
                        "data": "film:W-10234",
                        "displayText": "動画を見せて",
                    },
                }
            ],
        },
    },
}
PARTS = {
    "items": [
        {"type": "action", "action": {"type": "message", "label": label, "text": label}}
        for label in ("裏蓋アップ", "ブレス", "担当者と話す")
    ]
}


async def respond(shop: EchoShop, event: Event) -> None:
    """Answer as the words ask: a film, a card, slowly, or the same words with quick replies."""
    token = event.get("replyToken")
    said = event.get("message", {}).get("text") or event.get("postback", {}).get("data")
    if token is None or said is None:
        return
    user_id = event["source"]["userId"]
    messages: list[Any] = [{"type": "text", "text": f"「{said}」ですね。", "quickReply": PARTS}]
    if said.startswith("film"):
        messages = [FILM]
    elif said == "card":
        messages = [CARD]
    elif said == "slow":
        body: dict[str, Any] = {"chatId": user_id, "loadingSeconds": 60}
        await shop.call("POST", "/v2/bot/chat/loading/start", body=body)
        return
    body = {"replyToken": token, "messages": messages}
    status, answer, _ = await shop.call("POST", "/v2/bot/message/reply", body=body)
    assert status == 200, answer


def _media(folder: Path) -> None:
    program = shutil.which("ffmpeg")
    if program is None:
        imageio_ffmpeg = pytest.importorskip("imageio_ffmpeg")
        program = imageio_ffmpeg.get_ffmpeg_exe()
    made = [program, "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=s=640x360:d=1:r=12"]
    h264 = ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-movflags", "+faststart"]
    subprocess.run([*made, *h264, str(folder / "film.mp4")], check=True)
    subprocess.run([*made, "-frames:v", "1", str(folder / "poster.jpg")], check=True)


class Running:
    """The echo shop on a thread of its own, for the browser's synchronous calls."""

    def __init__(self, media: Path) -> None:
        self.clock = RunningClock()
        self.shop: EchoShop
        self._media = media
        self._ready = threading.Event()
        self._end = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))

    def __enter__(self) -> "Running":
        self._thread.start()
        assert self._ready.wait(20)
        return self

    def __exit__(self, *error: object) -> None:
        self._end.set()
        self._thread.join(20)

    async def _run(self) -> None:
        hints = {"misaki": ["W-10234の動画を見せて"]}
        async with echo_shop(
            self.clock, respond=respond, media=self._media, hints=hints
        ) as self.shop:
            self._ready.set()
            await asyncio.to_thread(self._end.wait)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("media")
    try:
        _media(folder)
    except (OSError, subprocess.CalledProcessError):
        without("ffmpeg")
    return folder


@pytest.fixture
def running(media: Path) -> Iterator[Running]:
    with Running(media) as found:
        yield found


@pytest.fixture
def page(browser: Browser, running: Running) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 1320, "height": 860}, locale="ja-JP")
    troubles: list[str] = []
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    opened.on(
        "console",
        lambda told: troubles.append(told.text) if told.type == "error" else None,
    )
    opened.goto(f"{running.shop.base_url}/simulator")
    expect(opened.locator("body")).to_have_attribute("data-live", "true")
    yield opened
    opened.close()
    assert troubles == []


def phone(page: Page, who: str = "misaki") -> Locator:
    return page.locator(f"#phone-{who}")


def say(page: Page, words: str, who: str = "misaki") -> None:
    box = phone(page, who).locator("textarea")
    box.fill(words)
    box.press("Enter")


def eventually(page: Page, is_so: Callable[[], bool], *, tries: int = 250) -> None:
    """Wait for a condition outside the page."""
    for _ in range(tries):
        if is_so():
            return
        page.wait_for_timeout(20)
    pytest.fail("waited too long")


def test_a_text_appears_is_read_and_answered_by_a_free_reply(page: Page) -> None:
    say(page, "W-10234の動画")
    own = phone(page).locator(".line.persona", has_text="W-10234の動画")
    expect(own.locator(".mark")).to_have_text("既読")
    answer = phone(page).locator(".line.shop", has_text="「W-10234の動画」ですね。")
    expect(answer.locator(".via")).to_have_text("返信・無料")
    expect(phone(page).locator(".reply-token")).to_have_text("返信トークン 使用済み")
    assert phone(page, "emma").locator(".line").count() == 0


def test_each_phone_speaks_its_owners_language(page: Page) -> None:
    say(page, "hello", "emma")
    own = phone(page, "emma").locator(".line.persona")
    expect(own.locator(".mark")).to_have_text("Read")
    expect(phone(page, "emma").get_by_role("button", name="Send", exact=True)).to_be_visible()
    expect(phone(page, "ginza").get_by_role("button", name="送信", exact=True)).to_be_visible()


def test_quick_replies_vanish_with_the_next_message(page: Page) -> None:
    say(page, "こんにちは")
    quick = phone(page).locator(".quick")
    expect(quick.get_by_role("button")).to_have_count(3)
    quick.get_by_role("button", name="裏蓋アップ").click()
    expect(phone(page).locator(".line.shop", has_text="「裏蓋アップ」ですね。")).to_be_visible()
    expect(quick.get_by_role("button")).to_have_count(3)
    say(page, "card")
    expect(phone(page).locator(".flex-bubble")).to_be_visible()
    expect(quick).to_be_hidden()


def test_a_card_is_drawn_and_its_button_speaks_for_the_person(page: Page) -> None:
    say(page, "card")
    card = phone(page).locator(".flex-bubble")
    expect(card.locator(".flex-text", has_text="腕時計 W-10234")).to_have_css("font-weight", "700")
    picture = card.locator("img")
    origin = page.evaluate("location.origin")
    expect(picture).to_have_attribute("src", f"{origin}/m/poster.jpg")
    page.wait_for_function("img => img.naturalWidth > 0", arg=picture.element_handle())
    card.get_by_role("button", name="動画を見る").click()
    expect(phone(page).locator(".line.persona", has_text="動画を見せて")).to_be_visible()
    expect(phone(page).locator(".film-poster")).to_be_visible()


def test_a_film_plays_from_here_and_its_end_is_told(page: Page, running: Running) -> None:
    say(page, "film")
    phone(page).get_by_role("button", name="動画を再生").click()
    film = phone(page).locator("video.film")
    expect(film).to_have_js_property("ended", True, timeout=20_000)
    assert film.evaluate("film => film.videoWidth") == 640
    assert film.evaluate("film => film.currentSrc").startswith(running.shop.base_url)

    def ends() -> list[Event]:
        return [e for e in running.shop.events if e["type"] == "videoPlayComplete"]

    eventually(page, lambda: bool(ends()))
    assert [end["videoPlayComplete"]["trackingId"] for end in ends()] == ["film-W-10234"]


def test_the_loading_animation_goes_with_the_answer(page: Page) -> None:
    say(page, "slow")
    expect(phone(page).locator(".dots")).to_be_visible()
    say(page, "はい")
    expect(phone(page).locator(".line.shop", has_text="「はい」ですね。")).to_be_visible()
    expect(phone(page).locator(".dots")).to_have_count(0)


def test_the_shops_clock_is_moved_and_set_back(page: Page, running: Running) -> None:
    offset = page.locator("#shop-offset")
    expect(offset).to_be_hidden()
    page.get_by_role("button", name="03:00").click()
    expect(page.locator("#shop-time")).to_contain_text("03:00:")
    page.get_by_role("button", name="明日").click()
    expect(offset).to_contain_text("1日")
    say(page, "まだいますか")
    expect(phone(page).locator(".line.persona .about time")).to_contain_text("03:0")
    page.get_by_role("button", name="1か月後").click()
    expect(phone(page).locator(".reply-token")).to_be_visible()
    page.get_by_role("button", name="今に戻す").click()
    expect(offset).to_be_hidden()
    assert running.clock.offset == timedelta(0)


def test_unsending_and_blocking_are_seen_on_the_phone(page: Page) -> None:
    say(page, "間違えた")
    own = phone(page).locator(".line.persona", has_text="間違えた")
    own.hover()
    own.get_by_role("button", name="取消").click()
    expect(phone(page).get_by_text("メッセージの送信を取り消しました")).to_be_visible()
    expect(own).to_have_count(0)
    phone(page).get_by_role("button", name="ブロック", exact=True).click()
    expect(phone(page).locator("textarea")).to_be_disabled()
    phone(page).get_by_role("button", name="ブロック解除").click()
    expect(phone(page).locator("textarea")).to_be_enabled()


def test_enter_within_an_input_method_sends_nothing(page: Page) -> None:
    box = phone(page).locator("textarea")
    box.focus()
    session = page.context.new_cdp_session(page)
    session.send(
        "Input.imeSetComposition", {"text": "どうが", "selectionStart": 3, "selectionEnd": 3}
    )
    composing = {"type": "rawKeyDown", "windowsVirtualKeyCode": 229, "key": "Process"}
    session.send("Input.dispatchKeyEvent", {**composing, "code": "Enter"})
    expect(phone(page).locator(".line.persona")).to_have_count(0)
    session.send("Input.insertText", {"text": "動画"})
    box.press("Enter")
    expect(phone(page).locator(".line.persona")).to_have_count(1)


def test_a_page_opened_later_sees_what_was_said(page: Page, browser: Browser) -> None:
    say(page, "先に言いました")
    expect(phone(page).locator(".line.shop")).to_have_count(1)
    later = browser.new_page(viewport={"width": 1320, "height": 860})
    later.goto(page.url)
    own = phone(later).locator(".line.persona", has_text="先に言いました")
    expect(own.locator(".mark")).to_have_text("既読")
    expect(phone(later).locator(".line.shop")).to_have_count(1)
    later.close()


def test_a_picture_goes_out_and_can_be_enlarged(page: Page, running: Running, media: Path) -> None:
    phone(page).locator("input.files").set_input_files(media / "poster.jpg")
    picture = phone(page).locator(".picture img")
    page.wait_for_function("img => img.naturalWidth > 0", arg=picture.element_handle())
    picture.click()
    expect(page.locator("#lightbox img")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#lightbox")).to_be_hidden()

    def kinds() -> list[str | None]:
        return [event.get("message", {}).get("type") for event in running.shop.events]

    eventually(page, lambda: "image" in kinds())


def test_a_narrow_page_shows_one_phone_and_never_scrolls_sideways(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    say(page, "card")
    expect(phone(page).locator(".flex-bubble")).to_be_visible()
    expect(phone(page, "emma")).to_be_hidden()
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 320
    page.get_by_role("button", name="Emma Clarke").click()
    expect(phone(page, "emma")).to_be_visible()
    expect(phone(page)).to_be_hidden()
