"""Figures: exact counts and shares over a period."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from catalog.buyback.tables import BuybackCase, CasePiece, Quote
from catalog.customers import actions as customers
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
    within = sum(1 for wait in waits if wait <= told.ninth)
    before = sum(1 for wait in waits if wait < told.ninth)
    assert before * 10 < len(waits) * 9 <= within * 10  # the shortest time nine of ten fit into


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


def test_what_a_repair_would_cost_is_no_offer_to_buy(database: Database, now: datetime) -> None:
    """R-169: the rate of buyback is of buyback cases."""

    def offer(db: Session, who: str, n: int, purpose: str, state: str) -> None:
        case = BuybackCase(
            id=f"c{n}", case_no=f"B-{n}", customer_id=who, purpose=purpose, state="offered",
            policy_version=0, opened_at=now, changed_at=now,
        )  # fmt: skip
        piece = CasePiece(
            id=f"p{n}", case_id=case.id, number=1, stage="offered", category="bag", title="ケリー",
            moved_at=now,
        )  # fmt: skip
        quote = Quote(
            id=f"q{n}", case_id=case.id, piece_id=piece.id, number=1, kind="binding", state=state,
            amount=100_000, evidence="complete", inputs={}, result={}, policy_version=0,
            made_by="staff:A1", made_at=now, sent_at=now,
        )  # fmt: skip
        for row in (case, piece, quote):
            db.add(row)
            db.flush()

    def unit(db: Session) -> None:
        who = customers.register(db, "C-1", "佐藤", given_name=None, language="ja", by="t", now=now)
        offer(db, who, 1, "buyback", "accepted")
        offer(db, who, 2, "buyback", "open")
        offer(db, who, 3, "repair", "accepted")

    database.write(unit)
    day = now.date()
    held = database.read(lambda db: figures.of(db, day, day, hours=ShopHours(), now=now))
    assert (held.quotes_sent, held.quotes_accepted, held.accepted_yen) == (2, 1, 100_000)


def test_a_piece_counts_as_shown_by_a_film_that_can_be_looked_at(
    database: Database, now: datetime
) -> None:
    """R-169: no photographed tag, none that failed, none whose original is gone."""
    cases: list[tuple[str, dict[str, object], str]] = [
        ("W-1", {}, "kept"),
        ("W-2", {"is_tag": True}, "kept"),
        ("W-3", {"readiness": "failed"}, "kept"),
        ("W-4", {}, "lost"),
        ("W-5", {"readiness": "pages"}, "kept"),
        ("W-6", {"readiness": "poster"}, "kept"),
        ("W-7", {}, "deleted"),
    ]
    codes = [code for code, _, _ in cases]
    units = dict(zip(codes, listed(database, *codes), strict=True))

    def unit(db: Session) -> None:
        for n, (code, facts, state) in enumerate(cases):
            digest = f"{n:064x}"
            db.add(Blob(sha256=digest, bytes=1, mime="video/mp4", kept_at=now, state=state))
            db.flush()
            film = {
                "id": f"a{n}", "unit_id": units[code], "kind": "film", "sha256": digest,
                "name": "x.mp4", "source": "upload", "place": "", "captured_at": now,
                "time_source": "file", "readiness": "whole", "log_number": n, "received_at": now,
            }  # fmt: skip
            db.add(Asset(**{**film, **facts}))

    database.write(unit)
    day = now.date()
    held = database.read(lambda db: figures.of(db, day, day, hours=ShopHours(), now=now))
    assert (held.listed, held.listed_with_film) == (7, 2)
