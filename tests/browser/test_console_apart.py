"""The console of a process of its own, which is killed under an open page; and of one whose house
has no bundled scripts.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from catalog.ground.record import ConversationId
from handoff.console.scripts import script
from handoff.desk import notes
from tests.browser.apart import NAME, Apart
from tests.browser.chromium import chromium, without
from tests.browser.furnished import without_scripts


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


def _inbox(browser: Browser, apart: Apart, user: str) -> Page:
    context = browser.new_context(locale="ja-JP")
    context.add_cookies([apart.cookie])
    page = context.new_page()
    page.goto(f"{apart.url}/console/inbox?list=all&c=line:{user}")
    return page


def test_killed_for_three_seconds_nothing_is_lost_or_doubled(
    browser: Browser, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """What was acknowledged before, written meanwhile by another process, and heard afterwards; the
    page says that it is cut off, and that it is not any more. How soon is noted, not held: a busy
    machine starts programs slowly.
    """
    if script() is None:
        without("bundled scripts of the console (npm)")
    with Apart(tmp_path) as apart:
        user = apart.user()
        apart.hears(user, "はじめまして")
        page = _inbox(browser, apart, user)
        expect(page.locator("#link-state")).to_have_text("最新", timeout=15_000)
        apart.hears(user, "落ちる前")
        apart.kill()
        killed_at = time.monotonic()
        expect(page.locator("#link-state")).to_have_text("再接続中…", timeout=10_000)
        talk, staff = ConversationId(f"line:{user}"), apart.staff_id
        for n in range(3):
            apart.database.write(
                lambda db, n=n: notes.add(  # type: ignore[misc]  # bound at once
                    db, talk, staff, f"停止中 {n}", source="console", key=f"down:{n}",
                    now=apart.now(),
                )
            )  # fmt: skip
        time.sleep(max(0.0, 3.0 - (time.monotonic() - killed_at)))
        apart.start()
        back_at = time.monotonic()
        expect(page.locator("#link-state")).to_have_text("最新", timeout=15_000)
        record_property("seconds until the page knew", time.monotonic() - back_at)
        apart.hears(user, "戻ったあと")
        expect(page.locator(".entry.heard").last).to_contain_text("戻ったあと", timeout=15_000)
        heard = page.locator(".entry.heard .words").all_inner_texts()
        assert [each for each in heard if each != "はじめまして"] == ["落ちる前", "戻ったあと"]
        noted = page.locator(".entry.note .words").all_inner_texts()
        assert noted == [f"停止中 {n}" for n in range(3)]
        expect(page.locator(f'.line[data-conversation="{talk}"]')).to_have_count(1)
        assert NAME in page.locator(".entry.note .by").first.inner_text()


def test_where_no_script_was_ever_bundled_the_console_works_by_forms(
    browser: Browser, tmp_path: Path
) -> None:
    """As after a set-up without npm."""
    house = tmp_path / "house"
    house.mkdir()
    with Apart(tmp_path, house=without_scripts(house)) as apart:
        user = apart.user()
        apart.hears(user, "はじめまして")
        page = _inbox(browser, apart, user)
        assert page.locator("script").count() == 0
        page.get_by_role("button", name="担当する").click()
        page.locator("#reply").fill("スクリプトなしで返信します")
        page.get_by_role("button", name="お客様へ送信").click()
        expect(page.locator(".entry.staff")).to_contain_text("スクリプトなしで返信します")
        apart.was_told(user, "スクリプトなしで返信します")
