"""Figures: exact counts and shares over a period."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from catalog.duties.actors import Actor, Role
from catalog.ground.calendar import ShopHours
from catalog.ground.session.database import Database
from handoff.desk import actions as desk
from handoff.desk import figures
from handoff.desk.figures import share_bp, spread
from handoff.desk.tables import TicketReason
from media.assets.tables import Asset, Blob
from media.disputes.tables import Dispute, Exhibit
from tests.catalog.items.pieces import listed
from tests.handoff.desk.talk import says, talk_of

SATO = Actor("sato", Role.ADVISER)
MINUTE = timedelta(minutes=1)
HELLO = [[{"type": "text", "text": "hello"}]]


@given(st.lists(st.timedeltas(timedelta(), timedelta(days=3)), min_size=1))
def test_a_spread_names_waits_that_were(waits: list[timedelta]) -> None:
    told = spread(waits)
    assert told.count == len(waits)
    assert told.middle in waits and told.ninth in waits
    assert told.middle is not None and told.ninth is not None and told.middle <= told.ninth


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_share_is_never_more_than_there_is(part: int, whole: int) -> None:
    told = share_bp(min(part, whole), whole)
    assert told is not None and 0 <= told <= 10_000
    assert share_bp(0, 0) is None


def test_the_first_answer_counts_working_time_and_promises_kept(
    database: Database, now: datetime
) -> None:
    for n, (answered, kept) in enumerate(((5, True), (25, False))):
        user = "U" + f"{n + 40:032x}"
        says(database, user, "こんにちは", now=now)
        talk = talk_of(user)
        ticket = database.write(
            lambda db, talk=talk: desk.call(  # type: ignore[misc]  # bound at once
                db, talk, TicketReason.ASKED, lang="ja", about_unit=None,
                promised_at=now + 10 * MINUTE, now=now,
            )
        ).ticket  # fmt: skip
        at = now + answered * MINUTE
        database.write(lambda db, ticket=ticket, at=at: desk.claim(db, ticket, SATO, now=at))  # type: ignore[misc]  # bound at once
        database.write(
            lambda db, talk=talk, at=at, n=n: desk.answer(  # type: ignore[misc]  # bound at once
                db, talk, SATO, HELLO, key=str(n), now=at
            )
        )
        database.write(lambda db, ticket=ticket, at=at: desk.close(db, ticket, SATO, now=at))  # type: ignore[misc]  # bound at once
        assert kept == (answered <= 10)
    day = now.date()
    told = database.read(
        lambda db: figures.of(db, day, day, hours=ShopHours(), now=now + 60 * MINUTE)
    )
    assert told.tickets == 2
    assert (told.first_answer.middle, told.first_answer.ninth) == (5 * MINUTE, 25 * MINUTE)
    assert told.kept_promises_bp == 5_000
    empty = database.read(
        lambda db: figures.of(
            db, day + timedelta(days=1), day + timedelta(days=1), hours=ShopHours(), now=now
        )
    )
    assert empty.tickets == 0 and empty.first_answer.middle is None


def test_claims_that_ended_and_those_a_capture_of_before_the_sale_answered(
    database: Database, now: datetime
) -> None:
    """R-024."""
    sold = now - timedelta(days=30)
    (unit,) = listed(database, "W-1")

    def claim(db: Session, n: int, captured_at: datetime | None) -> None:
        row = Dispute(
            id=f"d{n}", conversation=f"line:{n}", unit_id=unit, state="closed", sold_at=sold,
            frozen="", promised_at=now, opened_at=now - timedelta(days=2), closed_at=now,
        )  # fmt: skip
        db.add(row)
        db.flush()
        if captured_at is not None:
            digest = f"{n:064x}"
            db.add(Blob(sha256=digest, bytes=1, mime="video/mp4", kept_at=now))
            db.flush()
            db.add(
                Asset(
                    id=f"a{n}", unit_id=unit, kind="film", sha256=digest, name="x.mp4",
                    source="upload", place="", captured_at=captured_at, time_source="file",
                    readiness="ready", log_number=n, received_at=now,
                )
            )  # fmt: skip
            db.flush()
            told = {"asset_id": f"a{n}", "sha256": digest, "kind": "film"}
            db.add(Exhibit(dispute_id=row.id, captured_at=captured_at, **told))

    def unit_of_work(db: Session) -> None:
        claim(db, 1, sold - timedelta(days=1))
        claim(db, 2, sold + timedelta(days=1))  # shows nothing of before
        claim(db, 3, None)

    database.write(unit_of_work)
    day = now.date()
    told = database.read(lambda db: figures.of(db, day, day, hours=ShopHours(), now=now))
    assert (told.claims, told.claims_with_proof, told.claims_bp) == (3, 1, 3_333)
    later = day + timedelta(days=1)
    none = database.read(lambda db: figures.of(db, later, later, hours=ShopHours(), now=now))
    assert (none.claims, none.claims_bp) == (0, None)
