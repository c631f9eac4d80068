"""Search over customers, pieces and messages, on both databases."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from bot.app import READERS
from catalog.customers import actions as customers
from catalog.customers.actions import Particulars
from catalog.duties.actors import Actor, Role
from catalog.ground.session.database import Database
from conversations.inbox import queries as inbox
from conversations.messages import Card, Text
from handoff.desk import erasing, search
from handoff.desk.search import MessageWords, Part
from handoff.staff.permissions import ALLOWED, Act
from tests import line_events
from tests.handoff.desk.talk import heard, says, talk_of, writes

USER = "U" + "7" * 32
STORE, REMOTE = Actor("a", Role.STORE), Actor("b", Role.REMOTE)
WITHOUT = [
    Actor("c", role) for role in Role if role in ALLOWED and Act.SEE_CONTACT not in ALLOWED[role]
]


def customer(database: Database, now: datetime) -> None:
    more = Particulars("サトウ", "ハナコ", "hanako@example.jp", "090-1234-5678")

    def unit(db: Session) -> None:
        customers.register(
            db, "C-10", "佐藤", given_name="花子", language="ja", more=more, by="t", now=now
        )
        customers.register(db, "C-11", "鈴木", given_name=None, language="ja", by="t", now=now)

    database.write(unit)


@pytest.mark.parametrize(
    ("asked", "remote_finds"),
    [
        ("佐藤", True), ("佐藤 花子", True), ("さとう", True), ("ｻﾄｳ", True),
        ("サトウ　はなこ", True), ("c-10", True), ("Ｃ－１０", True), ("090-1234-5678", False),
        ("０９０１２３４５６７８", False),
        ("HANAKO@example.jp", False),
    ],
)  # fmt: skip
def test_a_customer_is_found_by_any_spelling_and_by_contact_only_for_who_may(
    database: Database, now: datetime, asked: str, remote_finds: bool
) -> None:
    customer(database, now)
    found = database.read(lambda db: search.customers(db, asked, STORE))
    assert [each.customer_no for each in found] == ["C-10"]
    remote = database.read(lambda db: search.customers(db, asked, REMOTE))
    assert [each.customer_no for each in remote] == (["C-10"] if remote_finds else [])


@pytest.mark.parametrize("asked", ["example", "090", "1234", "%", "_", "'", "花子 鈴木"])
def test_parts_of_a_contact_and_signs_find_nobody(
    database: Database, now: datetime, asked: str
) -> None:
    customer(database, now)
    assert database.read(lambda db: search.customers(db, asked, STORE)) == []


def catch_up(database: Database, now: datetime) -> int:
    return database.write(lambda db: search.catch_up(db, READERS, now=now))


def found(database: Database, asked: str) -> list[str]:
    told = database.read(lambda db: search.everything(db, READERS, asked, STORE))
    return [each.entry for each in told.messages]


def test_words_are_found_by_any_spelling_until_they_are_emptied(
    database: Database, now: datetime
) -> None:
    says(database, USER, "デイトナの黒文字盤、ご予算は３００万円", now=now)
    card = Card("オメガ スピードマスター", (("価格", "¥800,000"),))
    writes(database, USER, [Text("かしこまりました"), card], now=now)
    assert catch_up(database, now) == 2
    assert catch_up(database, now) == 0
    for asked in ("デイトナ", "でいとな", "ﾃﾞｲﾄﾅ 300万", "黒文字盤"):
        assert found(database, asked) == ["h1"]
    assert found(database, "すぴーどますたー") == ["w1"]
    assert found(database, "デイトナ オメガ") == []
    assert found(database, "%") == []
    database.write(lambda db: inbox.scrub(db, [1], now=now + timedelta(minutes=1)))
    assert found(database, "デイトナ") == []  # from that moment, whatever jobs have run
    database.write(search.take_out)
    kept = database.read(lambda db: db.exec(select(MessageWords.source)).all())
    assert list(kept) == ["w"]
    erased = talk_of(USER)
    database.write(lambda db: erasing.forget(db, f"conversation:{erased}", now=now))
    assert found(database, "スピードマスター") == []


def found_by(database: Database, asked: str, actor: Actor) -> list[str]:
    told = database.read(lambda db: search.messages(db, READERS, asked, actor))
    return [each.entry for each in told]


@pytest.mark.parametrize("actor", WITHOUT, ids=lambda actor: actor.role.value)
def test_what_a_role_may_not_see_of_a_contact_it_finds_nothing_by(
    database: Database, now: datetime, actor: Actor
) -> None:
    """R-142: a number, a mail or a postal address is not read digit by digit by searching."""
    says(
        database, USER, "デイトナの件、０９０－１２３４－５６７８まで。東京都港区青山1-2-3", now=now
    )
    heard(database, line_events.location_event(USER, at=now), now=now)
    writes(database, USER, [Card("ご予約", (("お電話", "090-8765-4321"),))], now=now)
    writes(database, USER, [Text("hanako@example.jp に送りました")], now=now)
    catch_up(database, now)
    by_contact = ("090-1", "1234", "青山", "銀座4丁目", "8765", "hanako", "デイトナ 090")
    assert [words for words in by_contact if found_by(database, words, actor)] == []
    assert [words for words in by_contact if not found_by(database, words, STORE)] == []
    assert found_by(database, "デイトナ 5678", actor) == ["h1"]  # the last four are shown
    assert found_by(database, "ご予約", actor) == ["w1"]


def test_behind_what_is_hidden_from_them_they_find_what_is_not(
    database: Database, now: datetime
) -> None:
    """R-142: nothing that may be found is pushed off the page by what may not."""
    says(database, USER, "型番090の在庫", now=now)
    for minute in range(3):
        says(database, USER, "090-1234-5678です", now=now + timedelta(minutes=minute))
    catch_up(database, now)
    told = database.read(lambda db: search.messages(db, READERS, "090", REMOTE, limit=1))
    assert [each.entry for each in told] == ["h1"]


def test_a_search_goes_on_after_its_first_page(database: Database, now: datetime) -> None:
    for minute in range(5):
        says(database, USER, f"デイトナ{minute}", now=now + timedelta(minutes=minute))
    catch_up(database, now)

    def page(offset: int) -> tuple[list[str], bool]:
        told = database.read(
            lambda db: search.everything(
                db, READERS, "デイトナ", STORE, only=Part.MESSAGES, offset=offset, limit=2
            )
        )
        return [each.entry for each in told.messages], Part.MESSAGES in told.more

    assert [page(0), page(2), page(4)] == [
        (["h5", "h4"], True), (["h3", "h2"], True), (["h1"], False),
    ]  # fmt: skip
