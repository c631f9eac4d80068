"""Tastes: kept on a yes, shown, forgotten; never another's, never without end (R-117)."""

from datetime import datetime, timedelta

import pytest

from catalog.customers import actions as customers
from catalog.customers import tastes
from catalog.customers.tastes import TasteMalformed, TasteMissing, TooManyTastes
from catalog.ground.record import CustomerId
from catalog.ground.session.database import Database


@pytest.fixture
def misaki(database: Database, now: datetime) -> CustomerId:
    return database.write(
        lambda db: customers.register(
            db, "C-1", "佐藤", given_name=None, language="ja", by="test", now=now
        )
    )


def hear(database: Database, who: CustomerId, words: str, now: datetime) -> str | None:
    return database.write(lambda db: tastes.hear(db, who, words, now=now))


def test_what_was_heard_shows_only_after_a_yes(
    database: Database, misaki: CustomerId, now: datetime
) -> None:
    taste = hear(database, misaki, "  革ベルト派 ", now)
    assert taste is not None
    assert database.read(lambda db: tastes.of(db, misaki)) == []
    for _ in range(2):
        database.write(lambda db: tastes.keep(db, misaki, taste, by="customer", now=now))
    [kept] = database.read(lambda db: tastes.of(db, misaki))
    assert kept.words == "革ベルト派"
    assert hear(database, misaki, "革ベルト派", now) is None
    later = now + tastes.ANSWER_WITHIN + timedelta(seconds=1)
    hear(database, misaki, "手首16cm", now)
    database.write(lambda db: tastes.forget_unanswered(db, now=later))
    assert [each.words for each in database.read(lambda db: tastes.of(db, misaki))] == [
        "革ベルト派"
    ]


def test_nobody_keeps_or_forgets_anothers(
    database: Database, misaki: CustomerId, now: datetime
) -> None:
    other = database.write(
        lambda db: customers.register(
            db, "C-2", "鈴木", given_name=None, language="ja", by="test", now=now
        )
    )
    taste = hear(database, misaki, "革ベルト派", now) or ""
    with pytest.raises(TasteMissing):
        database.write(lambda db: tastes.keep(db, other, taste, by="customer", now=now))
    with pytest.raises(TasteMissing):
        database.write(lambda db: tastes.forget(db, other, taste, by="customer", now=now))


@pytest.mark.parametrize("words", ["", "   ", "あ" * 61, "改\x00行"])
def test_only_a_short_phrase(
    database: Database, misaki: CustomerId, now: datetime, words: str
) -> None:
    with pytest.raises(TasteMalformed):
        hear(database, misaki, words, now)


def test_not_without_end(database: Database, misaki: CustomerId, now: datetime) -> None:
    for number in range(tastes.MOST):
        taste = hear(database, misaki, f"好み{number}", now) or ""
        database.write(
            lambda db, taste=taste: tastes.keep(db, misaki, taste, by="customer", now=now)  # type: ignore[misc]  # bound at once
        )
    with pytest.raises(TooManyTastes):
        hear(database, misaki, "もう一つ", now)
