"""Column types hold the same values on both databases, and refuse what is not theirs."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError, StatementError
from sqlmodel import Session, select

from catalog.customers.tables import Contact
from catalog.ground.record import from_millis, new_id, to_millis
from catalog.ground.session.database import Database
from catalog.partners.actions import enter, grant
from catalog.partners.tables import Grant

NOON = datetime(2026, 11, 22, 3, 0, 0, 123_000, tzinfo=UTC)


def _contact(at: datetime, *, is_blocked: bool = True) -> Contact:
    return Contact(
        channel="line", address="U1", is_blocked=is_blocked, first_seen_at=at, changed_at=at
    )


def test_moments_come_back_aware_in_utc_to_the_millisecond(database: Database) -> None:
    tokyo = NOON.astimezone(timezone(timedelta(hours=9)))
    database.write(lambda db: db.add(_contact(tokyo)))
    row = database.read(lambda db: db.exec(select(Contact)).one())
    assert row.changed_at == NOON
    assert row.changed_at.utcoffset() == timedelta(0)
    assert row.is_blocked is True


def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises((StatementError, ValueError)):
        database.write(lambda db: db.add(_contact(datetime(2026, 1, 1))))


def test_days_come_back_as_days(database: Database) -> None:
    def unit(db: Session) -> None:
        partner = enter(db, "G", "Ginza", by="t", now=NOON)
        grant(
            db,
            partner,
            ["W-1"],
            rights=["media"],
            media_kinds=["film"],
            expires_on=date(2026, 12, 31),
            by="t",
            now=NOON,
        )

    database.write(unit)
    assert database.read(lambda db: db.exec(select(Grant.expires_on)).one()) == date(2026, 12, 31)


def test_text_in_a_number_column_is_refused_by_the_database(database: Database) -> None:
    from sqlalchemy import text

    insert = text(
        "INSERT INTO channel_quota (channel, used, looked_at, is_spent) VALUES ('x', 'abc', 0, 0)"
    )
    with pytest.raises(DBAPIError):
        database.write(lambda db: db.connection().execute(insert))
    database.write(lambda db: db.connection().execute(text("DELETE FROM channel_quota")))


@given(st.integers(0, 4_102_444_800_000))
def test_milliseconds_and_moments_are_each_others_inverse(millis: int) -> None:
    assert to_millis(from_millis(millis)) == millis


def test_ids_sort_by_their_moment() -> None:
    earlier, later = new_id(NOON), new_id(NOON + timedelta(milliseconds=1))
    assert earlier < later
    assert len(earlier) == 26
