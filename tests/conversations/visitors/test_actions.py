"""Entries of a page: once, in order, by the bell of their own conversation, on both databases."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from catalog.ground.record import ConversationId, LetterId
from catalog.ground.session.database import Database
from conversations.outbox import actions as outbox
from conversations.outbox.actions import Envelope
from conversations.threads.tables import Thread
from conversations.visitors import actions as visitors
from conversations.visitors import queries
from conversations.visitors.actions import Hearing, Visitor, VisitorMissing
from tests.databases import ENGINES, fresh, listen

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with fresh(request.param, tmp_path) as opened:
        yield opened


def entered(database: Database, token: str) -> Visitor:
    return database.write(lambda db: visitors.enter(db, token, lang="en", now=NOW))


def written(database: Database, visitor: Visitor, fact: str) -> LetterId:
    envelope = Envelope(fact, "web", visitor.conversation, "test")
    call = [{"type": "text", "text": fact}]
    return database.write(lambda db: outbox.put(db, envelope, [call], now=NOW)).ids[0]


def test_a_token_is_one_visitor_and_is_kept_as_a_hash_only(database: Database) -> None:
    token = visitors.new_token()
    first, again = entered(database, token), entered(database, token)
    assert first == again
    assert entered(database, visitors.new_token()) != first
    assert database.read(lambda db: queries.find(db, token)) == first
    assert database.read(lambda db: queries.find(db, visitors.hash_of(token))) is None
    lang = database.read(
        lambda db: db.exec(select(Thread.lang).where(Thread.id == first.conversation)).one()
    )
    assert lang == "en"


def test_one_letter_stands_once_however_often_it_is_told(database: Database) -> None:
    visitor = entered(database, "t")
    letter = written(database, visitor, "一")

    def tell(db: Session) -> tuple[int, bool]:
        return visitors.tell(db, visitor.conversation, letter, now=NOW)

    told = []
    threads = [threading.Thread(target=lambda: told.append(database.write(tell))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({entry for entry, _ in told}) == 1
    assert sorted(is_new for _, is_new in told) == [False] * 5 + [True]


def test_what_is_read_after_an_entry_is_all_that_came_later(database: Database) -> None:
    visitor, other = entered(database, "t"), entered(database, "u")
    for n in range(3):
        heard = Hearing(f"m-000000{n}", f'{{"n": {n}}}')
        assert database.write(
            lambda db, heard=heard: visitors.hear(db, visitor, heard, now=NOW)  # type: ignore[misc]  # bound at once
        )
        assert not database.write(
            lambda db, heard=heard: visitors.hear(db, visitor, heard, now=NOW)  # type: ignore[misc]  # bound at once
        )
    page = database.read(lambda db: queries.after(db, visitor, 0, limit=10))
    assert [each.heard for each in page.entries] == [f'{{"n": {n}}}' for n in range(3)]
    second = page.entries[1].id
    later = database.read(lambda db: queries.after(db, visitor, second, limit=10))
    assert [each.heard for each in later.entries] == ['{"n": 2}']
    earlier = database.read(lambda db: queries.before(db, visitor, second, limit=10))
    assert [each.heard for each in earlier.entries] == ['{"n": 0}']
    assert database.read(lambda db: queries.after(db, other, 0, limit=10)).entries == []


def test_the_bell_rings_for_the_conversation_and_dots_end_with_the_letter(
    database: Database,
) -> None:
    visitor = entered(database, "t")
    letter = written(database, visitor, "一")
    rung = threading.Event()
    listen(database, lambda topics: rung.set() if visitor.conversation in topics else None)
    until = NOW + timedelta(seconds=20)
    database.write(lambda db: visitors.wait(db, visitor.conversation, until=until))
    assert rung.wait(10)
    page = database.read(lambda db: queries.after(db, visitor, 0, limit=10))
    assert page.waiting_until == until
    database.write(lambda db: visitors.tell(db, visitor.conversation, letter, now=NOW))
    page = database.read(lambda db: queries.after(db, visitor, 0, limit=10))
    assert (page.waiting_until, len(page.entries)) == (None, 1)


def test_nobody_is_told_who_never_came(database: Database) -> None:
    for nobody in ("web:nobody", "line:U1"):
        with pytest.raises(VisitorMissing):
            database.write(
                lambda db, to=nobody: visitors.tell(db, ConversationId(to), LetterId(1), now=NOW)  # type: ignore[misc]  # bound at once
            )
