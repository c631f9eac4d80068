"""The console in a real browser, with the whole shop behind it and a line that can be cut.

Not here: how each page looks and reads, `test_console_pages`; a server that is killed,
`test_console_apart`.
"""

import gzip
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import APIResponse, Browser, BrowserContext, Page, Route, expect
from sqlalchemy import insert
from sqlmodel import Session, col, select

from catalog.ground.record import ConversationId
from conversations.inbox.tables import Heard
from handoff.console.scripts import script
from handoff.desk import notes
from handoff.staff import sessions
from tests.browser.chromium import chromium, without
from tests.browser.furnished import PASSWORD, Shelf
from tests.browser.running import Running

PERSON = "人と話したい"
SATO, TANAKA = "佐藤 花子", "田中 一郎"

# What a browser counts as the page moving under its reader (layout shift, without what follows a
# press of theirs).
WATCH_MOVES = """() => {
  window.moved = 0;
  new PerformanceObserver((list) => {
    for (const each of list.getEntries()) if (!each.hadRecentInput) window.moved += each.value;
  }).observe({type: 'layout-shift', buffered: true});
}"""
# Somebody has another window before this one.
LOOK_AWAY = """() => {
  Object.defineProperty(document, 'hidden', {value: true, configurable: true});
  Object.defineProperty(document, 'visibilityState', {value: 'hidden', configurable: true});
  document.dispatchEvent(new Event('visibilitychange'));
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if script() is None:
        without("bundled scripts of the console (npm)")
    with chromium() as found:
        yield found


@pytest.fixture
def context(browser: Browser, shelf: Shelf) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport={"width": 1280, "height": 800}, locale="ja-JP")
    opened.add_cookies([shelf.cookie(SATO)])
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext, running: Running) -> Iterator[Page]:
    """The inbox. What the page complains of (its policy included) fails the test."""
    troubles: list[str] = []
    opened = inbox(context, running, troubles=troubles)
    yield opened
    assert troubles == []


def inbox(
    context: BrowserContext,
    running: Running,
    *,
    troubles: list[str] | None = None,
    to: str = "list=all",
) -> Page:
    """The inbox, connected."""
    opened = context.new_page()
    if troubles is not None:
        opened.on("pageerror", lambda error: troubles.append(str(error)))
    opened.goto(f"{running.url}/console/inbox?{to}")
    expect(opened.locator("#link-state")).to_have_text("最新")
    return opened


def customer(running: Running, words: str = PERSON) -> tuple[str, ConversationId]:
    """Somebody new on LINE who has said this and was answered."""
    shop = running.shop
    user = shop.line.add_user()
    running.wait_for(shop.says(user, words))
    return user, ConversationId(f"line:{user}")


def hears(running: Running, user: str, *words: str) -> None:
    """The shop hears it, and all that follows is done."""

    async def hear() -> None:
        await running.shop.hear(*(running.shop.line.say(user, each) for each in words))
        await running.shop.settled()

    running.wait_for(hear())


def line_of(page: Page, talk: ConversationId) -> Any:
    return page.locator(f'.line[data-conversation="{talk}"]')


def open_talk(page: Page, talk: ConversationId) -> None:
    line_of(page, talk).locator("a").click()
    expect(page.locator(f'.talk[data-conversation="{talk}"]')).to_be_visible()


def sent_to(running: Running, user: str) -> list[str]:
    return [each.get("text", "") for each in running.shop.line.sent_to(user)]


def test_a_whole_handoff_by_keyboard_in_25_presses(page: Page, running: Running) -> None:
    """Seen, opened, claimed, answered by a canned reply whose variable is filled in, noted with a
    mention, ended. Typed words are no presses; every key that does something is one.
    """
    user, talk = customer(running)
    expect(line_of(page, talk)).to_be_visible()
    pressed = 0

    def press(*keys: str) -> None:
        nonlocal pressed
        for key in keys:
            page.keyboard.press(key)
            pressed += 1

    press("j", "Enter")
    expect(page.locator(f'.talk[data-conversation="{talk}"]')).to_be_visible()
    press("c")
    expect(page.locator(".head .state.claimed")).to_contain_text(SATO)
    press("r", "/")
    page.keyboard.insert_text("はじめて")
    expect(page.locator(".canned button")).to_have_count(1)
    press("Tab", "Enter")
    expect(page.locator("#reply")).to_have_value(
        f"お問い合わせありがとうございます。担当の{SATO}でございます。"
        "お探しのお品物やご希望をお聞かせください。"
    )
    press("Control+Enter")
    expect(page.locator(".entry.staff .sent")).to_have_count(1)
    press("Escape", "n")
    page.keyboard.insert_text("@田中 在庫の確認をお願いします")
    press("Control+Enter")
    expect(page.locator(".entry.note")).to_contain_text("在庫の確認")
    press("Escape", "e")
    expect(page.locator(".head .state.bot")).to_be_visible()
    assert pressed <= 25
    running.wait_for(running.shop.settled())
    told = sent_to(running, user)
    assert any(each.startswith("お問い合わせありがとうございます") for each in told)
    assert all("在庫の確認" not in each for each in told)


def test_what_a_customer_writes_is_there_at_once_and_the_title_counts_it(
    page: Page, running: Running
) -> None:
    user, talk = customer(running)
    other, second = customer(running)
    open_talk(page, talk)
    hears(running, user, "一つめ", "二つめ")
    expect(page.locator(".entry.heard").last).to_contain_text("二つめ")
    expect(line_of(page, second)).to_contain_class("unread")
    before = page.locator(".line.unread").count()
    hears(running, other, "別の会話です")
    expect(line_of(page, second).locator(".badge")).to_have_text("2")
    expect(line_of(page, second)).to_have_count(1)
    assert page.title().startswith(f"({before}) ")
    expect(page.locator(".line").first).to_have_attribute("data-conversation", second)


def test_a_look_of_a_colleague_moves_no_line_and_is_over_when_they_look_elsewhere(
    page: Page, browser: Browser, running: Running, shelf: Shelf
) -> None:
    _, first = customer(running)
    _, second = customer(running)
    expect(page.locator(".line").first).to_have_attribute("data-conversation", second)
    elsewhere = browser.new_context(locale="ja-JP")
    elsewhere.add_cookies([shelf.cookie(TANAKA)])
    tanaka = inbox(elsewhere, running, to=f"list=all&c={first}")
    expect(line_of(page, first)).to_contain_text(f"{TANAKA} 閲覧中")
    expect(page.locator(".line").first).to_have_attribute("data-conversation", second)
    open_talk(tanaka, second)
    expect(line_of(page, second)).to_contain_text(f"{TANAKA} 閲覧中")
    expect(line_of(page, first)).not_to_contain_text("閲覧中")
    elsewhere.close()


def test_a_burst_is_shown_whole_in_order_and_once(page: Page, running: Running) -> None:
    """A hundred messages of one conversation."""
    user, talk = customer(running)
    open_talk(page, talk)
    page.get_by_role("button", name="担当する").click()
    expect(page.locator(".head .state.claimed")).to_be_visible()
    words = [f"連続 {n:03}" for n in range(100)]
    hears(running, user, *words[:50])
    hears(running, user, *words[50:])
    expect(page.locator(".entry.heard").last).to_contain_text("連続 099")
    shown = page.locator(".entry.heard .words").all_inner_texts()
    burst = [each for each in shown if each.startswith("連続")]
    assert burst == words[-len(burst) :] and len(burst) >= 50
    for _ in range(3):
        page.locator(".entries").evaluate("each => { each.scrollTop = 0; }")
        page.wait_for_timeout(50)
    expect(page.locator(".entry.heard", has_text="連続 000")).to_have_count(1)
    shown = page.locator(".entry.heard .words").all_inner_texts()
    assert [each for each in shown if each.startswith("連続")] == words


def test_a_hundred_conversations_come_in_and_the_page_stands_still(
    context: BrowserContext, running: Running
) -> None:
    """Each line once, and next to nothing moves under whoever reads (CLS ≤ 0.1)."""
    page = inbox(context, running)
    page.evaluate(WATCH_MOVES)
    shop = running.shop
    users = [shop.line.add_user() for _ in range(100)]

    async def come() -> None:
        for n in range(0, 100, 20):
            events = [shop.line.say(each, PERSON) for each in users[n : n + 20]]
            await shop.hear(*events)
        await shop.settled()

    running.wait_for(come())
    for user in (users[0], users[-1]):
        expect(line_of(page, ConversationId(f"line:{user}"))).to_have_count(1)
    page.wait_for_function("() => document.querySelectorAll('.line.unread').length >= 100")
    there = page.locator(".line").evaluate_all("all => all.map((x) => x.dataset.conversation)")
    assert {f"line:{each}" for each in users} <= set(there)
    assert len(there) == len(set(there))
    assert page.evaluate("window.moved") <= 0.1


@pytest.mark.parametrize("which", ["closed", "late", "mentions"])
def test_a_list_of_what_the_server_found_takes_no_other_in(
    context: BrowserContext, running: Running, which: str
) -> None:
    page = inbox(context, running, to=f"list={which}")
    other = inbox(context, running)
    _, talk = customer(running)
    expect(line_of(other, talk)).to_be_visible()
    expect(line_of(page, talk)).to_have_count(1)
    expect(line_of(page, talk)).to_be_hidden()


def test_a_cut_line_is_told_and_nothing_is_lost_or_doubled(page: Page, running: Running) -> None:
    user, talk = customer(running)
    open_talk(page, talk)
    running.cut()
    try:
        expect(page.locator("#link-state")).to_have_text("再接続中…")
        for n in range(3):
            hears(running, user, f"切断中 {n}")
    finally:
        running.mend()
    expect(page.locator("#link-state")).to_have_text("最新", timeout=8_000)
    expect(page.locator(".entry.heard").last).to_contain_text("切断中 2")
    shown = page.locator(".entry.heard .words").all_inner_texts()
    assert [each for each in shown if each.startswith("切断中")] == [
        f"切断中 {n}" for n in range(3)
    ]
    expect(line_of(page, talk)).to_have_count(1)


def test_out_of_sight_the_title_still_counts(page: Page, running: Running) -> None:
    """Whoever has another window before this one sees it by the title; what is open stays unread
    until they are back.
    """
    user, talk = customer(running)
    open_talk(page, talk)
    before = page.locator(".line.unread:not([hidden])").count()
    page.evaluate(LOOK_AWAY)
    hears(running, user, "まだですか?")
    expect(line_of(page, talk)).to_contain_class("chosen unread")
    page.wait_for_function("told => document.title.startsWith(told)", arg=f"({before + 1}) ")


def test_of_five_thousand_messages_few_stand_there_and_reading_back_does_not_jump(
    page: Page, running: Running
) -> None:
    _, talk = customer(running)
    running.wait_for(running.shop.shop.units.write(lambda db: _many(db, talk, 5_000)))
    page.goto(f"{running.url}/console/inbox?list=all&c={talk}")
    entries = page.locator(".entries")
    expect(page.locator(".entry.heard").last).to_be_in_viewport()
    assert page.locator(".entry").count() <= 200
    for _ in range(6):
        first = page.locator(".entry").first.get_attribute("id")
        entries.evaluate("each => { each.scrollTop = 60; }")
        top = page.locator(f"#{first}").bounding_box()
        page.wait_for_function("id => document.querySelector('.entry').id !== id", arg=first)
        now = page.locator(f"#{first}").bounding_box()
        assert top is not None and now is not None
        assert abs(now["y"] - top["y"]) <= 2
        assert page.locator(".entry").count() <= 200
    page.get_by_role("link", name="最新のやり取りへ").click()
    expect(page.locator(".entry.heard").last).to_contain_text("5000 通め")
    expect(page.locator(".entry.heard").last).to_be_in_viewport()


def _many(db: Session, talk: ConversationId, count: int) -> None:
    """As if the customer had written so often."""
    one = db.exec(select(Heard).where(Heard.conversation == talk).order_by(col(Heard.id))).first()
    assert one is not None
    rows = []
    for n in range(1, count + 1):
        told = one.model_dump(exclude={"id"})
        told["event_id"], told["message_id"] = f"many:{talk}:{n}", f"many:{talk}:{n}"
        told["event_at"] = one.event_at + timedelta(milliseconds=n)
        told["body"] = one.body.replace(PERSON, f"{n} 通め")
        rows.append(told)
    db.connection().execute(insert(Heard), rows)


def test_enter_of_an_input_method_sends_nothing_and_its_escape_leaves_no_box(
    page: Page, running: Running
) -> None:
    user, talk = customer(running)
    open_talk(page, talk)
    before = len(sent_to(running, user))
    page.keyboard.press("r")
    box = page.locator("#reply")
    session = page.context.new_cdp_session(page)
    session.send(
        "Input.imeSetComposition", {"text": "とけい", "selectionStart": 3, "selectionEnd": 3}
    )
    box.dispatch_event(
        "keydown", {"key": "Enter", "keyCode": 229, "ctrlKey": True, "bubbles": True}
    )
    box.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "ctrlKey": True})
    for more in ({"isComposing": True}, {"keyCode": 229}):
        box.dispatch_event("keydown", {"key": "Escape", "bubbles": True, **more})
    expect(box).to_be_focused()
    session.send("Input.insertText", {"text": "時計"})
    page.keyboard.press("Enter")
    expect(box).to_have_value("時計\n")
    assert len(sent_to(running, user)) == before


def test_single_keys_are_quiet_in_fields_with_modifiers_and_when_turned_off(
    page: Page, running: Running
) -> None:
    _, talk = customer(running)
    open_talk(page, talk)
    page.keyboard.press("n")
    page.keyboard.type("creaks?")
    expect(page.locator("#note")).to_have_value("creaks?")
    expect(page.locator(".head .state.waiting")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("m")
    expect(page.get_by_role("button", name="至急で保留")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="至急で保留")).to_be_hidden()
    for keys in ("Control+c", "Alt+e", "Meta+r"):
        page.keyboard.press(keys)
    expect(page.locator(".head .state.waiting")).to_be_visible()
    page.keyboard.press("?")
    page.locator("#keys-off").check()
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    page.wait_for_timeout(200)
    expect(page.locator(".head .state.waiting")).to_be_visible()
    page.keyboard.press("?")
    page.locator("#keys-off").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    expect(page.locator(".head .state.claimed")).to_be_visible()


def test_a_draft_stays_with_its_conversation_and_its_writer(
    page: Page, browser: Browser, running: Running, shelf: Shelf
) -> None:
    """Through another conversation, another owner, a reload and another browser."""
    _, first = customer(running)
    _, second = customer(running)
    open_talk(page, first)
    page.keyboard.press("r")
    with page.expect_response("**/talk/draft"):
        page.keyboard.insert_text("Aさまへの下書き")
    open_talk(page, second)
    expect(page.locator("#reply")).to_have_value("")
    open_talk(page, first)
    expect(page.locator("#reply")).to_have_value("Aさまへの下書き")
    elsewhere = browser.new_context(locale="ja-JP")
    elsewhere.add_cookies([shelf.cookie(TANAKA)])
    tanaka = inbox(elsewhere, running, to=f"list=all&c={first}")
    expect(tanaka.locator("#reply")).to_have_value("")
    tanaka.get_by_role("button", name="担当する").click()
    expect(page.locator(".head .state.claimed")).to_contain_text(TANAKA)
    expect(page.locator("#reply")).to_have_value("Aさまへの下書き")
    page.reload()
    expect(page.locator("#reply")).to_have_value("Aさまへの下書き")
    elsewhere.clear_cookies()
    elsewhere.add_cookies([shelf.cookie(SATO)])
    own = inbox(elsewhere, running, to=f"list=all&c={first}")
    expect(own.locator("#reply")).to_have_value("Aさまへの下書き")
    elsewhere.close()


def test_the_focus_stays_on_a_line_that_moves(page: Page, running: Running) -> None:
    user, talk = customer(running)
    customer(running)
    link = line_of(page, talk).locator("a")
    expect(link).to_be_visible()
    link.focus()
    expect(link).to_be_focused()
    hears(running, user, "もう一言")
    expect(line_of(page, talk)).to_contain_text("引き継ぎ待ち")
    expect(page.locator(".line").first).to_have_attribute("data-conversation", talk)
    expect(line_of(page, talk).locator("a")).to_be_focused()


def test_words_typed_before_a_press_is_answered_stay(page: Page, running: Running) -> None:
    """On a slow line the conversation is drawn anew under whoever has begun to write."""
    _, talk = customer(running)
    open_talk(page, talk)

    typed = False

    def slow(route: Route) -> None:
        answer = route.fetch()
        for _ in range(200):
            if not typed:
                page.wait_for_timeout(100)
        route.fulfill(response=answer)

    page.route("**/console/talk/claim", slow)
    with page.expect_response("**/console/talk/claim"):
        page.keyboard.press("c")
        expect(page.locator(".head .state.claimed")).to_be_visible()
        page.keyboard.press("r")
        page.keyboard.insert_text("本日お送りします")
        typed = True
    expect(page.locator(".head").get_by_role("button", name="対応を終える")).to_be_visible()
    page.wait_for_timeout(200)
    expect(page.locator("#reply")).to_have_value("本日お送りします")
    expect(page.locator("#reply")).to_be_focused()


def test_what_is_searched_for_last_is_what_is_shown_on_a_slow_line(
    page: Page, running: Running
) -> None:
    _, talk = customer(running)
    open_talk(page, talk)
    page.keyboard.press("c")
    expect(page.locator(".head .state.claimed")).to_contain_text(SATO)
    hanging: list[Route] = []
    page.route(
        "**/console/talk/canned?*",
        lambda route: route.continue_() if hanging else hanging.append(route),
    )
    page.keyboard.press("r")
    with page.expect_request("**/console/talk/canned?*"):
        page.keyboard.press("/")
    for typed in ("は", "じめて"):
        page.keyboard.insert_text(typed)
        page.wait_for_timeout(400)
    expect(page.locator(".canned button")).to_have_count(1)


def test_an_answer_that_comes_after_its_news_takes_nothing_away_from_who_went_on(
    page: Page, running: Running
) -> None:
    """The stream tells of a claim before its own answer is there: the menu that was opened and the
    words that were typed in it meanwhile stay.
    """
    _, talk = customer(running)
    open_talk(page, talk)
    held: list[tuple[Route, APIResponse]] = []
    page.route("**/console/talk/claim", lambda route: held.append((route, route.fetch())))
    page.keyboard.press("c")
    expect(page.locator(".head .state.claimed")).to_contain_text(SATO)
    page.keyboard.press("r")
    page.keyboard.press("/")
    page.keyboard.insert_text("はじめて")
    expect(page.locator(".canned button")).to_have_count(1)
    for _ in range(500):
        if held:
            break
        page.wait_for_timeout(20)
    (route, answer) = held.pop()
    with page.expect_response("**/console/talk/claim"):
        route.fulfill(response=answer)
    page.wait_for_timeout(500)
    expect(page.locator(".canned button")).to_have_count(1)
    expect(page.locator('input[name="canned"]')).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#reply")).to_have_value(re.compile("お問い合わせありがとうございます"))


def test_a_moved_conversation_asks_once_before_it_sends(page: Page, running: Running) -> None:
    user, talk = customer(running)
    open_talk(page, talk)
    page.keyboard.press("c")
    expect(page.locator(".head .state.claimed")).to_be_visible()
    page.keyboard.press("r")
    page.keyboard.insert_text("本日お送りします")
    hears(running, user, "明日にしてください")
    expect(page.locator(".entry.heard").last).to_contain_text("明日にしてください")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".came")).to_be_visible()
    expect(page.locator("#reply")).to_have_value("本日お送りします")
    assert "本日お送りします" not in sent_to(running, user)
    page.get_by_role("button", name="お客様へ送信").click()
    expect(page.locator(".entry.staff .sent")).to_have_count(1)
    assert sent_to(running, user).count("本日お送りします") == 1


def test_an_answer_to_what_was_just_read_leaves_at_once(page: Page, running: Running) -> None:
    """Nothing came while it was written; and what was read is read."""
    user, talk = customer(running)
    _, other = customer(running)
    open_talk(page, talk)
    page.keyboard.press("c")
    expect(page.locator(".head .state.claimed")).to_be_visible()
    hears(running, user, "何時までですか")
    expect(page.locator(".entry.heard").last).to_contain_text("何時までですか")
    page.keyboard.press("r")
    page.keyboard.insert_text("20時まででございます")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".entry.staff .sent")).to_have_count(1)
    assert sent_to(running, user).count("20時まででございます") == 1
    hears(running, user, "伺います")
    expect(page.locator(".entry.heard").last).to_contain_text("伺います")
    with page.expect_response("**/talk/seen"):
        open_talk(page, other)
    page.reload()
    expect(line_of(page, talk)).to_contain_text("伺います")
    expect(line_of(page, talk)).not_to_contain_class("unread")


def test_words_that_leave_while_they_are_kept_do_not_stand_there_again(
    page: Page, running: Running
) -> None:
    user, talk = customer(running)
    open_talk(page, talk)
    page.keyboard.press("c")
    expect(page.locator(".head .state.claimed")).to_be_visible()
    page.keyboard.press("r")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/talk/draft", hold)
    with page.expect_request("**/talk/draft"):
        page.keyboard.insert_text("本日お送りします")
    page.keyboard.press("Control+Enter")
    held[0].continue_()
    expect(page.locator(".entry.staff .sent")).to_have_count(1)
    expect(page.locator("#reply")).to_have_value("")
    page.reload()
    expect(page.locator("#reply")).to_have_value("")
    expect(line_of(page, talk)).not_to_contain_text("下書き")
    assert sent_to(running, user).count("本日お送りします") == 1


def test_what_is_not_answered_is_told_and_takes_no_part_of_the_page_away(
    page: Page, running: Running
) -> None:
    """A line that is down, a proxy that answers for the shop; the words stay, and are kept."""
    user, talk = customer(running)
    open_talk(page, talk)
    page.keyboard.press("c")
    expect(page.locator(".head .state.claimed")).to_be_visible()
    told, unkept = page.locator("#notice"), "**/talk/draft"

    def proxy(route: Route) -> None:
        route.fulfill(status=502, content_type="text/html", body="<h1>Bad Gateway</h1>")

    page.route(unkept, proxy)
    page.route("**/talk/reply", lambda route: route.abort())
    page.keyboard.press("r")
    page.keyboard.insert_text("本日お送りします")
    page.keyboard.press("Control+Enter")
    expect(told).to_contain_text("応答がありませんでした")
    page.unroute("**/talk/reply")
    for path in ("reply", "head*", "entries*"):
        page.route(f"**/console/talk/{path}", proxy)
    told.evaluate("each => each.replaceChildren()")
    page.keyboard.press("Control+Enter")
    expect(told).to_contain_text("応答がありませんでした")
    with page.expect_response("**/console/talk/head*"):
        hears(running, user, "お願いします")
    expect(page.locator(".head .state.claimed")).to_be_visible()
    expect(page.locator("#reply")).to_have_value("本日お送りします")
    for path in ("reply", "head*", "entries*"):
        page.unroute(f"**/console/talk/{path}")
    with page.expect_response(lambda each: each.url.endswith("/talk/draft") and each.ok):
        page.unroute(unkept)
    expect(page.locator(".entry.heard").last).to_contain_text("お願いします")
    expect(told).to_contain_text("応答がありませんでした")
    assert "Bad Gateway" not in page.content()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".came")).to_be_visible()
    page.get_by_role("button", name="お客様へ送信").click()
    expect(page.locator(".entry.staff .sent")).to_have_count(1)
    expect(told).to_be_empty()
    assert sent_to(running, user).count("本日お送りします") == 1


def test_what_is_unread_begun_and_called_for_is_each_persons_own_and_live(
    page: Page, running: Running, shelf: Shelf
) -> None:
    shop = running.shop
    _, first = customer(running)
    _, second = customer(running, "こんにちは")
    running.wait_for(shop.settled())
    expect(line_of(page, second)).to_contain_class("unread")  # the answer of the bot reads nothing
    open_talk(page, first)
    page.keyboard.press("n")
    with page.expect_response("**/talk/draft"):
        page.keyboard.insert_text("途中")
    open_talk(page, second)
    expect(line_of(page, first)).to_contain_text("下書き")

    def call(db: Session) -> None:
        by, words, now = shelf.staff[TANAKA], f"@{SATO} お願いします", shop.clock()
        notes.add(db, first, by, words, source="console", key=f"call:{first}", now=now)

    running.wait_for(shop.shop.units.write(call))
    expect(line_of(page, first)).to_contain_text("@あなた")
    expect(line_of(page, first)).to_contain_text("下書き")
    expect(line_of(page, first)).not_to_contain_class("unread")
    open_talk(page, first)
    expect(line_of(page, first)).not_to_contain_text("@あなた")
    page.keyboard.press("u")
    expect(line_of(page, first).locator(".badge")).to_have_text("1")
    with page.expect_response("**/talk/seen"):
        open_talk(page, second)
    page.reload()
    expect(line_of(page, first).locator(".badge")).to_have_text("1")
    open_talk(page, first)
    expect(line_of(page, first)).not_to_contain_class("unread")


def test_what_is_read_or_put_back_in_one_window_is_so_in_the_other(
    page: Page, context: BrowserContext, running: Running
) -> None:
    """Unread is a person's, not a window's: neither shows, nor reads again, what the other one did
    away with or put back.
    """
    _, talk = customer(running)
    other = inbox(context, running)
    for window in (page, other):
        expect(line_of(window, talk)).to_contain_class("unread")
    open_talk(page, talk)
    expect(line_of(other, talk)).not_to_contain_class("unread")
    open_talk(other, talk)
    with page.expect_response("**/talk/seen"):
        page.keyboard.press("u")
    for window in (page, other):
        expect(line_of(window, talk).locator(".badge")).to_have_text("1")
    with other.expect_request("**/talk/seen", timeout=20_000) as asked:
        pass
    told = parse_qs(asked.value.post_data or "", keep_blank_values=True)
    assert (told["c"], told["upto"]) == ([talk], [""]), "it is not read again by being open"
    expect(line_of(other, talk)).to_contain_class("unread")


def test_a_session_that_ends_leads_through_the_door_and_back_with_nothing_lost(
    browser: Browser, running: Running, shelf: Shelf
) -> None:
    """R-142: the page of a session that is ended shows nothing more, and whoever comes in again is
    where they were, with what came meanwhile and the words they had just typed.
    """
    shop = running.shop
    user, talk = customer(running)
    opened = browser.new_context(locale="ja-JP")
    page = opened.new_page()

    def sign_in() -> None:
        page.locator("#who").fill(TANAKA)
        page.locator("#password").fill(PASSWORD)
        page.get_by_role("button", name="サインイン", exact=True).click()

    page.goto(f"{running.url}/console/inbox?list=all")
    sign_in()
    expect(page.locator("#link-state")).to_have_text("最新")
    open_talk(page, talk)
    kept = {each["name"]: each["value"] for each in opened.cookies()}
    now, token = shop.clock(), kept[shop.shop.office.cookie]
    held = running.wait_for(shop.shop.units.read(lambda db: sessions.find(db, token, now=now)))
    page.route("**/console/talk/draft", lambda route: route.abort())  # no time to keep it
    page.locator("#reply").fill("ただいま確認しております")
    running.wait_for(
        shop.shop.units.write(lambda db: sessions.end(db, held.id, held.actor, now=now))
    )
    expect(page.locator("#who")).to_be_visible()
    assert PERSON not in page.content()
    page.unroute("**/console/talk/draft")
    hears(running, user, "まだですか")
    sign_in()
    expect(page.locator(f'.talk[data-conversation="{talk}"]')).to_contain_text("まだですか")
    expect(page.locator("#reply")).to_have_value("ただいま確認しております")
    opened.close()


def test_a_page_nobody_touches_says_so_of_what_it_asks_for(page: Page, running: Running) -> None:
    """R-142: customers who write keep no session alive."""
    user, _ = customer(running)
    asked: list[bool] = []
    counts = "**/console/inbox/counts*"
    with page.expect_request(counts):  # a hand was there since the page was opened
        hears(running, user, "こんにちは")
    page.on("request", lambda each: asked.append("x-unattended" in each.headers))
    with page.expect_request(counts):
        hears(running, user, "もしもし")
    assert asked and all(asked)
    page.mouse.move(200, 200)
    with page.expect_request(counts) as told:
        hears(running, user, "もしもーし")
    assert "x-unattended" not in told.value.headers


def test_without_scripts_staff_sign_in_read_claim_and_reply(
    browser: Browser, running: Running, shelf: Shelf
) -> None:
    user, talk = customer(running)
    context = browser.new_context(java_script_enabled=False, locale="ja-JP")
    page = context.new_page()
    page.goto(f"{running.url}/console/inbox?list=all")
    page.locator("#who").fill(TANAKA)
    page.locator("#password").fill(PASSWORD)
    page.get_by_role("button", name="サインイン", exact=True).click()
    line_of(page, talk).locator("a").click()
    page.get_by_role("button", name="担当する").click()
    page.locator("#reply").fill("スクリプトなしの返信です")
    page.get_by_role("button", name="お客様へ送信").click()
    expect(page.locator(".entry.staff")).to_contain_text("スクリプトなしの返信です")
    running.wait_for(running.shop.settled())
    assert sent_to(running, user)[-1] == "スクリプトなしの返信です"
    context.close()


def test_the_inbox_is_light_is_our_own_and_stands_still(
    context: BrowserContext, running: Running
) -> None:
    """JS ≤ 40 kB and CSS ≤ 20 kB compressed, from nobody else, CLS ≤ 0.02."""
    page = context.new_page()
    loaded: list[str] = []
    page.on("request", lambda asked: loaded.append(asked.url))
    page.add_init_script(f"({WATCH_MOVES})()")
    page.goto(f"{running.url}/console/inbox?list=all")
    expect(page.locator("#link-state")).to_have_text("最新")
    assert loaded and all(url.startswith((running.url, "blob:", "data:")) for url in loaded)
    sizes = {
        kind: sum(
            len(gzip.compress(page.request.get(url).body())) for url in loaded if url.endswith(kind)
        )
        for kind in (".js", ".css")
    }
    assert 0 < sizes[".js"] <= 40_000
    assert 0 < sizes[".css"] <= 20_000
    assert page.evaluate("window.moved") <= 0.02
