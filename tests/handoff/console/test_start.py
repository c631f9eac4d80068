"""The first page: what the shop owes today, told by name, each row one press from where it is done;
and the language of a browser.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from sqlmodel import Session

from bot.demo import dealings
from bot.demo.pieces import piece
from catalog.customers import actions as customers
from catalog.duties.actors import Role
from catalog.duties.opening import open_stock
from catalog.ground import worklist
from catalog.ground.record import ConversationId, UnitId
from catalog.ground.session.database import Database
from catalog.items.queries import id_of_code
from conversations.threads import actions as threads
from handoff.console.start import SHOWN
from handoff.desk import actions as desk
from handoff.desk.tables import TicketReason
from media.assets.kinds import AssetKind
from media.intake import tasks
from tests.catalog.duties.law import KEYS
from tests.handoff.console.window import Opened, window

NOW = datetime(2026, 11, 24, 4, 50, tzinfo=UTC)  # Tuesday 13:50 in Tokyo
TALK = ConversationId("line:Umisaki")


@pytest.fixture
def seat(database: Database) -> Iterator[Opened]:
    with window(database, lambda: NOW) as opened:
        yield opened


def _owing(db: Session) -> None:
    """A customer with an offer, an order, credit that ends, a promise that is late, and tasks."""
    dealings.set_up(db, now=NOW)
    pieces = [piece(code) for code in ("B-20017", "W-10245", "B-20018", "W-10242")]
    open_stock(db, [each.line for each in pieces], by="test", now=NOW - timedelta(days=60))
    who = customers.register(
        db, "C-10001", "佐藤", given_name="美咲", language="ja", by="test", now=NOW
    )
    customers.bind(db, who, "line", "Umisaki", by="test", now=NOW)
    dealings.deal(db, KEYS, who, "C-10001", dealings.MISAKI, pieces, now=NOW)
    early = NOW - timedelta(hours=2)
    threads.open_in(db, TALK, "line", lang="ja", now=early)
    desk.call(
        db, TALK, TicketReason.COMPLAINT, lang="ja", about_unit=None,
        promised_at=early + timedelta(minutes=10), now=early,
    )  # fmt: skip
    unit = UnitId(id_of_code(db, "W-10242") or "")
    tasks.ask(
        db, unit, part=None, kind=AssetKind.FILM, conversation=TALK, lang="ja",
        promised_at=NOW + timedelta(hours=1), now=NOW,
    )  # fmt: skip
    worklist.task(db, "call_back", f"conversation:{TALK}", due_at=NOW, now=NOW)
    worklist.task(db, "second_grading", f"unit:{unit}", due_at=NOW, now=NOW)
    worklist.task(db, "erase_elsewhere", f"customer:{who}", due_at=NOW, now=NOW)


def test_what_is_owed_is_told_by_name_and_leads_to_where_it_is_done(
    database: Database, seat: Opened
) -> None:
    database.write(_owing)
    owner = seat("社長", Role.OWNER)
    page = owner.page("/console")
    told = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))
    for words in (
        "W-10242",
        "佐藤 美咲 様",
        "お電話を折り返す",
        "2人目の採点をする",
        "ご意見・苦情",
    ):
        assert words in told, words
    assert not re.search(r"\b(call_back|second_grading|complaint|customer:|unit:|line:U)", told)
    rows = page.partition('class="owed"')[2]
    links = {unescape(each) for each in re.findall(r'<td[^>]*><a href="([^"]+)"', rows)}
    assert {"/console/items/W-10242", f"/console/inbox?list=all&c={'line%3AUmisaki'}"} <= links
    for each in links:
        assert owner.get(each).status_code == 200, each


@pytest.mark.parametrize(
    "which",
    ["capture", "appraise", "approve", "pay", "ending", "expiring", "silent", "undelivered",
     "unmatched", "tasks"],
)  # fmt: skip
def test_each_list_stands_alone_too(database: Database, seat: Opened, which: str) -> None:
    database.write(_owing)
    page = seat("社長", Role.OWNER).page(f"/console?list={which}")
    assert page.count('class="owed"') == 1


def test_the_last_of_a_long_list_is_reached_too(database: Database, seat: Opened) -> None:
    """R-165: a list has as many pages as it needs."""

    def unit(db: Session) -> None:
        for n in range(SHOWN + 1):
            due_at = NOW + timedelta(minutes=n)
            worklist.task(db, "call_back", f"conversation:line:U{n}", due_at=due_at, now=NOW)

    database.write(unit)
    manager = seat("佐藤", Role.MANAGER)
    first = manager.page("/console?list=tasks")
    assert first.count('<td data-label="対応期限">') == SHOWN
    onward = re.search(r'href="(/console\?list=tasks&offset=\d+)">次へ', unescape(first))
    assert onward is not None
    last = manager.page(onward[1])
    assert last.count('<td data-label="対応期限">') == 1
    assert "前へ" in last


def test_nothing_left_is_said_only_where_no_conversation_waits_either(
    database: Database, seat: Opened
) -> None:
    owner = seat("社長", Role.OWNER)
    empty = '<p class="empty">残っている作業はありません。</p>'
    assert empty in owner.page("/console")

    def unit(db: Session) -> None:
        threads.open_in(db, TALK, "line", lang="ja", now=NOW)
        desk.call(
            db, TALK, TicketReason.ASKED, lang="ja", about_unit=None,
            promised_at=NOW + timedelta(minutes=10), now=NOW,
        )  # fmt: skip

    database.write(unit)
    page = owner.page("/console")
    assert empty not in page
    assert "会話のほかに残っている作業はありません。" in page


def test_a_browser_reads_the_language_its_owner_chose(seat: Opened) -> None:
    owner = seat("Sato", Role.OWNER)
    owner.send("/console/me", "/console/me/language", lang="en")
    assert '<html lang="en">' in owner.page("/console")
    owner.send("/console/me", "/console/me/language", lang="xx")
    assert '<html lang="ja">' in owner.page("/console")
