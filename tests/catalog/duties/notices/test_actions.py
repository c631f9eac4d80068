"""Stolen-goods notices, hits and suspicions: frozen at once, ruled by a person (KOB-4, KOB-8)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from catalog.duties.actors import BOT
from catalog.duties.identity.actions import StaffNeeded
from catalog.duties.notices import matching
from catalog.duties.notices.actions import (
    HitMissing,
    NewNotice,
    NoticeMalformed,
    RuledOtherwise,
    SuspicionMissing,
    Wanted,
    match_intake,
    receive,
    rule,
    settle_suspicion,
    suspect,
)
from catalog.duties.notices.holding import Ruling
from catalog.duties.notices.tables import NoticeHit, PoliceNotice
from catalog.ground import journal
from catalog.ground.journal import KeyUsedOtherwise
from catalog.ground.session.database import Database
from catalog.items.kinds import UnitState
from catalog.items.tables import Unit
from tests.catalog.duties.law import CLERK, NOW, TODAY, piece, state_of, tasks


def told(*pieces: Wanted, arrived_on: date = TODAY, number: str = "1") -> NewNotice:
    return NewNotice("警視庁", number, arrived_on, pieces)


def taken(db: Session, notice: NewNotice, key: str = "k") -> list[str]:
    return list(receive(db, notice, by="staff:1", now=NOW, key=key).hits)


def test_a_serial_in_stock_freezes_the_unit_and_asks_for_a_report(database: Database) -> None:
    def unit(db: Session) -> None:
        there, other = piece(db, serial="7X 123-45"), piece(db, "W-2", serial="OTHER1")
        hits = taken(db, told(Wanted(serial="7x12345")))
        assert len(hits) == 1
        assert (state_of(db, there), state_of(db, other)) == ("police_hold", "listed")
        assert [task.subject for task in tasks(db, "police_report")] == [f"unit:{there}"]
        assert db.get_one(Unit, there).state_before == "listed"
        assert journal.verify(db, f"unit:{there}")
        row = db.exec(select(PoliceNotice)).one()
        assert row.keep_through == date(2027, 5, 22)

    database.write(unit)


def test_words_hit_only_when_each_fits_and_no_serial_says_otherwise(database: Database) -> None:
    def unit(db: Session) -> None:
        there = piece(db)
        assert not taken(db, told(Wanted(features="ロレックス 116500LN 白文字盤")), "1")
        assert not taken(db, told(Wanted(features="ロレックス デイトナ"), number="2"), "2")
        assert len(tasks(db, "notice_by_hand")) == 1
        assert taken(db, told(Wanted(features="rolex 116500LN"), number="3"), "3")
        assert state_of(db, there) == "police_hold"
        with_serial = piece(db, "W-2", serial="ABC1")
        other = Wanted(serial="XYZ9", features="Rolex Daytona 116500LN")
        receive(db, told(other, number="4"), by="t", now=NOW, key="4")
        assert state_of(db, with_serial) == "listed"

    database.write(unit)


@given(st.lists(st.text("abc12", min_size=1, max_size=5), max_size=5))
def test_a_description_fits_whoever_has_all_its_words(spoken: list[str]) -> None:
    features = " ".join(spoken)
    assert matching.fits(features, features + " zzz") == matching.is_telling(features)
    if matching.is_telling(features):
        assert not matching.fits(features + " qqq", features)


@pytest.mark.parametrize(("later", "hits"), [(181, 1), (182, 0)])
def test_each_intake_is_held_against_notices_for_six_months(
    database: Database, later: int, hits: int
) -> None:
    def unit(db: Session) -> None:
        assert not taken(db, told(Wanted(serial="7X12345")))
        there = piece(db, serial="7X12345", state=UnitState.RECEIVED)
        when = NOW + timedelta(days=later)
        assert len(match_intake(db, there, when)) == hits
        assert not match_intake(db, there, when)
        assert state_of(db, there) == ("police_hold" if hits else "received")

    assert TODAY + timedelta(days=181) == date(2027, 5, 22)
    database.write(unit)


def test_a_piece_not_in_hand_is_told_but_not_moved(database: Database) -> None:
    def unit(db: Session) -> None:
        taken(db, told(Wanted(serial="7X12345")))
        there = piece(db, serial="7X12345", state=UnitState.EXPECTED)
        assert match_intake(db, there, NOW)
        assert state_of(db, there) == "expected"
        assert len(tasks(db, "police_report")) == 1

    database.write(unit)


def test_a_person_rules_and_another_piece_goes_back_where_it_stood(database: Database) -> None:
    def unit(db: Session) -> None:
        there = piece(db, serial="7X12345", state=UnitState.RESERVED)
        (hit,) = taken(db, told(Wanted(serial="7X12345")))
        with pytest.raises(StaffNeeded):
            rule(db, hit, Ruling.ANOTHER_PIECE, actor=BOT, now=NOW)
        with pytest.raises(HitMissing):
            rule(db, "none", Ruling.ANOTHER_PIECE, actor=CLERK, now=NOW)
        assert not rule(db, hit, Ruling.REPORTED, report_no="R-1", actor=CLERK, now=NOW)
        assert state_of(db, there) == "police_hold"
        assert rule(db, hit, Ruling.ANOTHER_PIECE, actor=CLERK, now=NOW)
        assert not rule(db, hit, Ruling.ANOTHER_PIECE, actor=CLERK, now=NOW)
        assert state_of(db, there) == "reserved"
        with pytest.raises(RuledOtherwise):
            rule(db, hit, Ruling.REPORTED, actor=CLERK, now=NOW)
        assert db.get_one(NoticeHit, hit).report_no == "R-1"

    database.write(unit)


def test_a_suspicion_is_one_tap_and_freezes_kob_8(database: Database) -> None:
    def unit(db: Session) -> None:
        there = piece(db)
        with pytest.raises(StaffNeeded):
            suspect(db, there, "no papers", actor=BOT, now=NOW, key="0")
        first = suspect(db, there, "no papers", actor=CLERK, now=NOW, key="1")
        assert suspect(db, there, "no papers", actor=CLERK, now=NOW, key="1") == first
        with pytest.raises(KeyUsedOtherwise):
            suspect(db, there, "other", actor=CLERK, now=NOW, key="1")
        second = suspect(db, there, "asked too little", actor=CLERK, now=NOW, key="2")
        assert len(tasks(db, "police_report")) == 2
        verbs = [entry.verb for entry in journal.of(db, f"unit:{there}")]
        assert verbs == ["opening_stock", "suspected", "suspected"]
        assert not settle_suspicion(db, first, report_no=None, actor=CLERK, now=NOW)
        assert state_of(db, there) == "police_hold"
        assert settle_suspicion(db, second, report_no="R-2", actor=CLERK, now=NOW)
        assert state_of(db, there) == "listed"
        assert not settle_suspicion(db, second, report_no="R-2", actor=CLERK, now=NOW)
        with pytest.raises(SuspicionMissing):
            settle_suspicion(db, "none", report_no=None, actor=CLERK, now=NOW)
        assert journal.differences(db, [Unit]) == []

    database.write(unit)


def test_a_notice_twice_is_one_and_an_empty_one_is_refused(database: Database) -> None:
    def unit(db: Session) -> None:
        piece(db, serial="7X12345")
        first = taken(db, told(Wanted(serial="7X12345")))
        assert taken(db, told(Wanted(serial="7X12345"))) == first
        for bad in (told(), told(Wanted()), told(Wanted(serial="--"))):
            with pytest.raises(NoticeMalformed):
                taken(db, bad, "x")

    database.write(unit)
