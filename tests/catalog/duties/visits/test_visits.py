"""Buying at home: asked for, named, documented, and held for eight days (TOK-1, TOK-2, KOB-8,
R-062).
"""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from catalog.duties.actors import BOT
from catalog.duties.identity.actions import StaffNeeded
from catalog.duties.papers.facts import Paper, VisitPurchase
from catalog.duties.rules import ItemKind, Place
from catalog.duties.visits import cooling_off
from catalog.duties.visits.actions import (
    KindNotNamed,
    LicenceCardMissing,
    NewVisit,
    OnlyAppraisal,
    PlaceRefused,
    Scope,
    SolicitationRefused,
    VisitMalformed,
    VisitMissing,
    ask_visit,
    assign,
    bind_case,
    refuse,
    require_visit,
    standing_refusal,
)
from catalog.duties.visits.cooling_off import RescissionLate, rescind
from catalog.duties.visits.documents import (
    ConsentMissing,
    Delivery,
    DocumentMissing,
    Receipt,
    ReceivedOtherwise,
    issue,
    note_received,
    opened,
)
from catalog.duties.visits.tables import StatutoryDocument, VisitRefusal
from catalog.ground import journal
from catalog.ground.calendar import at_tokyo
from catalog.ground.record import CustomerId
from catalog.ground.session.database import Database
from catalog.items.kinds import UnitState
from catalog.items.tables import Unit
from tests.catalog.duties.law import CLERK, KEYS, NOW, TODAY, customer, piece, state_of
from tests.catalog.duties.papers.told import TOLD

PURCHASE = TOLD[Paper.VISIT_DOCUMENT]
assert isinstance(PURCHASE, VisitPurchase)
SOON = TODAY + timedelta(days=3)


def wish(who: CustomerId, **other: object) -> NewVisit:
    asked = NewVisit(
        who, "message:1", NOW, [ItemKind.WATCH, ItemKind.BAG], Scope.MAY_OFFER,
        Place.COUNTERPARTY_HOME, SOON,
    )  # fmt: skip
    return replace(asked, **other)  # type: ignore[arg-type]  # fields by name


def asked(db: Session, who: CustomerId, key: str = "v", **other: object) -> str:
    return ask_visit(db, wish(who, **other), by="bot", now=NOW, key=key)


def test_a_visit_rests_on_the_customers_own_message_and_named_kinds_tok_2(
    database: Database,
) -> None:
    def unit(db: Session) -> None:
        who = customer(db)
        for bad in ({"message_id": " "}, {"kinds": []}):
            with pytest.raises(VisitMalformed):
                asked(db, who, **bad)
        visit = asked(db, who)
        assert asked(db, who) == visit
        with pytest.raises(StaffNeeded):
            assign(db, visit, "s2", "行-1", actor=BOT, now=NOW)
        with pytest.raises(LicenceCardMissing):
            assign(db, visit, "s2", " ", actor=CLERK, now=NOW)
        with pytest.raises(LicenceCardMissing):
            require_visit(db, visit, customer=who, kinds=[ItemKind.BAG], makes_offer=True)
        assign(db, visit, "s2", "行-1", actor=CLERK, now=NOW)
        found = require_visit(db, visit, customer=who, kinds=[ItemKind.BAG], makes_offer=True)
        assert found.licence_no == "行-1"
        with pytest.raises(KindNotNamed):
            require_visit(db, visit, customer=who, kinds=[ItemKind.GOLD], makes_offer=False)
        with pytest.raises(KindNotNamed):
            bind_case(db, visit, "1", kinds=[ItemKind.GOLD], by="t", now=NOW)
        bind_case(db, visit, "1", kinds=[ItemKind.WATCH], by="t", now=NOW)
        with pytest.raises(VisitMissing):
            require_visit(db, visit, customer=customer(db), kinds=[], makes_offer=False)

    database.write(unit)


def test_who_wants_an_appraisal_gets_no_offer_tok_2(database: Database) -> None:
    def unit(db: Session) -> None:
        who = customer(db)
        visit = asked(db, who, scope=Scope.APPRAISE_ONLY)
        assign(db, visit, "s2", "行-1", actor=CLERK, now=NOW)
        require_visit(db, visit, customer=who, kinds=[ItemKind.BAG], makes_offer=False)
        with pytest.raises(OnlyAppraisal):
            require_visit(db, visit, customer=who, kinds=[ItemKind.BAG], makes_offer=True)

    database.write(unit)


def test_a_temporary_shop_not_filed_in_time_is_no_place_kob_8(database: Database) -> None:
    def unit(db: Session) -> None:
        who = customer(db)
        for filed_on in (None, SOON - timedelta(days=2)):
            with pytest.raises(PlaceRefused):
                asked(db, who, place=Place.FILED_TEMPORARY_SHOP, place_filed_on=filed_on)
        asked(db, who, place=Place.FILED_TEMPORARY_SHOP, place_filed_on=SOON - timedelta(days=3))

    database.write(unit)


def test_after_a_no_only_the_customer_opens_the_subject_again_tok_2(database: Database) -> None:
    def unit(db: Session) -> None:
        who = customer(db)
        visit = asked(db, who)
        assert standing_refusal(db, who) is None
        at = NOW + timedelta(hours=1)
        for _ in range(2):
            refuse(db, who, visit_id=visit, by="staff:1", now=at, key="no")
        assert len(db.exec(select(VisitRefusal)).all()) == 1
        assert standing_refusal(db, who) == at
        stranger = customer(db)
        with pytest.raises(VisitMissing):
            refuse(db, stranger, visit_id=visit, by="staff:1", now=at, key="foreign")
        with pytest.raises(SolicitationRefused):
            require_visit(db, visit, customer=who, kinds=[], makes_offer=False)
        with pytest.raises(SolicitationRefused):
            asked(db, who, "2", message_id="message:0", asked_at=NOW)
        own = asked(db, who, "3", message_id="message:2", asked_at=NOW + timedelta(hours=2))
        assert own != visit
        assert standing_refusal(db, who) is None

    database.write(unit)


def documented(db: Session, case: str = "1", *, received_on: date | None = TODAY) -> str:
    document = issue(db, KEYS, case, customer(db), PURCHASE, by="t", now=NOW, key=f"d{case}")
    if received_on is not None:
        receipt = Receipt(received_on, Delivery.PAPER)
        later = at_tokyo(received_on, 23)
        note_received(db, document.id, receipt, actor=CLERK, now=max(NOW, later))
    return document.id


def test_the_document_is_sealed_once_with_its_hash_tok_2(database: Database) -> None:
    def unit(db: Session) -> None:
        document = documented(db)
        row = db.exec(select(StatutoryDocument)).one()
        assert row.id == document
        assert "髙橋".encode() not in row.sealed
        assert "髙橋 花子" in opened(db, KEYS, document)
        again = issue(
            db, KEYS, "1", CustomerId(row.customer_id), PURCHASE, by="t", now=NOW, key="d1"
        )
        assert again.id == document
        with pytest.raises(DocumentMissing):
            opened(db, KEYS, "none")

    database.write(unit)


def test_electronic_delivery_needs_consent_beforehand_tok_2(database: Database) -> None:
    def unit(db: Session) -> None:
        document = documented(db, received_on=None)

        def taken(**more: object) -> None:
            receipt = Receipt(TODAY, Delivery.ELECTRONIC, **more)  # type: ignore[arg-type]  # by name
            note_received(db, document, receipt, actor=CLERK, now=NOW)

        late = NOW + timedelta(minutes=1)
        for bad in ({}, {"consent_id": "message:9"}, {"consent_id": "m", "consented_at": late}):
            with pytest.raises(ConsentMissing):
                taken(**bad)
        taken(consent_id="message:9", consented_at=NOW)
        taken(consent_id="message:9", consented_at=NOW)
        with pytest.raises(StaffNeeded):
            note_received(db, document, Receipt(TODAY, Delivery.PAPER), actor=BOT, now=NOW)
        other = Receipt(TODAY - timedelta(days=1), Delivery.PAPER)
        with pytest.raises(ReceivedOtherwise):
            note_received(db, document, other, actor=CLERK, now=NOW)

    database.write(unit)


def test_no_day_before_the_document_nor_after_today_can_be_the_first(database: Database) -> None:
    def unit(db: Session) -> None:
        document = documented(db, received_on=None)
        for day in (TODAY - timedelta(days=1), TODAY + timedelta(days=1)):
            with pytest.raises(ReceivedOtherwise):
                note_received(db, document, Receipt(day, Delivery.PAPER), actor=CLERK, now=NOW)

    database.write(unit)


def test_a_no_on_day_eight_counts_and_on_day_nine_it_is_late_tok_1(database: Database) -> None:
    def unit(db: Session) -> None:
        for case in ("1", "2", "3"):
            documented(db, case)
        last = at_tokyo(TODAY + timedelta(days=8)) - timedelta(milliseconds=1)
        arrived = last + timedelta(days=4)
        first = rescind(db, "1", dispatched_at=last, by="bot", now=arrived, message_id="m")
        assert first.last_day == TODAY + timedelta(days=7)
        assert rescind(db, "1", dispatched_at=last, by="bot", now=arrived) == first
        with pytest.raises(RescissionLate) as late:
            over = last + timedelta(milliseconds=1)
            rescind(db, "2", dispatched_at=over, by="bot", now=arrived)
        assert late.value.last_day == TODAY + timedelta(days=7)
        years = NOW + timedelta(days=2_000)
        assert rescind(db, "4", dispatched_at=years, by="bot", now=years).last_day is None
        assert journal.verify(db, "case:1")

    database.write(unit)


def test_the_hold_ends_at_midnight_after_the_eighth_day_r_062(database: Database) -> None:
    def unit(db: Session) -> None:
        pieces = {}
        for case in ("over", "rescinded", "undocumented"):
            there = piece(db, f"W-{len(pieces) + 1}00", state=UnitState.COOLING_OFF_HOLD)
            db.get_one(Unit, there).case_id = case
            pieces[case] = there
        db.flush()
        documented(db, "over")
        documented(db, "rescinded")
        rescind(db, "rescinded", dispatched_at=NOW, by="bot", now=NOW)
        midnight = at_tokyo(TODAY + timedelta(days=8))
        cooling_off.run(db, midnight - timedelta(seconds=1))
        assert {state_of(db, each) for each in pieces.values()} == {"cooling_off_hold"}
        for _ in range(2):
            cooling_off.run(db, midnight)
            assert {case: state_of(db, each) for case, each in pieces.items()} == {
                "over": "preparing",
                "rescinded": "cooling_off_hold",
                "undocumented": "cooling_off_hold",
            }
        verbs = [entry.verb for entry in journal.of(db, f"unit:{pieces['over']}")]
        assert verbs == ["opening_stock", "cooling_off_over"]

    database.write(unit)


@settings(max_examples=30)
@given(st.integers(0, 20), st.integers(0, 86_399_999))
def test_no_moment_is_both_free_and_rescindable_tok_1(day: int, millis: int) -> None:
    from catalog.duties.rules import cooling_off_last_day, end_of, is_rescission_effective

    at = at_tokyo(TODAY + timedelta(days=day)) + timedelta(milliseconds=millis)
    last = cooling_off_last_day(TODAY)
    assert last is not None
    assert is_rescission_effective(TODAY, at) == (at < end_of(last)) == (day <= 7)


def test_a_newer_document_begins_the_days_anew_tok_1(database: Database) -> None:
    def unit(db: Session) -> None:
        documented(db)
        later = NOW + timedelta(days=5)
        newer = issue(db, KEYS, "1", customer(db), PURCHASE, by="t", now=later, key="newer")
        assert cooling_off.last_day(db, "1") == TODAY + timedelta(days=7)
        receipt = Receipt(TODAY + timedelta(days=5), Delivery.PAPER)
        note_received(db, newer.id, receipt, actor=CLERK, now=later)
        assert cooling_off.last_day(db, "1") == TODAY + timedelta(days=12)

    database.write(unit)
