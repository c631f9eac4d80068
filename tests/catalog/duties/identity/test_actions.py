"""Checks are whole, sealed, signed by a person, and every reading is known (KOB-1, KOB-7, PII-1,
R-061).
"""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from catalog.duties import sealing
from catalog.duties.actors import BOT, Actor, Role
from catalog.duties.identity.actions import (
    Doubt,
    Guardian,
    IdentityUnknown,
    NewCheck,
    Purpose,
    StaffNeeded,
    agree_as_guardian,
    name_key,
    open_identity,
    revoke,
    take_picture,
    verify,
)
from catalog.duties.identity.documents import Document, Fate, NumberForbidden, Picture, Side
from catalog.duties.identity.methods import Evidence, Method
from catalog.duties.identity.queries import (
    IdentityMissing,
    SellerTooYoung,
    is_verified_name,
    readings,
    require_identity,
)
from catalog.duties.identity.rules import EvidenceMissing, PersonMalformed, Seen
from catalog.duties.identity.tables import IdentityCheck
from catalog.duties.rules import Channel, Deal, ItemKind
from catalog.ground import journal
from catalog.ground.journal import KeyUsedOtherwise
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId
from catalog.ground.session.database import Database
from tests.catalog.duties.law import (
    CLERK,
    HANAKO,
    KEYS,
    NOW,
    TODAY,
    checked,
    customer,
    house,
    seen_for,
    tasks,
)


def required(
    db: Session,
    who: CustomerId,
    *,
    on: date = TODAY,
    total: int = 50_000,
    kind: ItemKind = ItemKind.WATCH,
    deal: Deal = Deal.BUYBACK,
    is_own_sale: bool = False,
    channel: Channel | None = None,
    about: str | None = None,
) -> str | None:
    return require_identity(
        db, who, deal=deal, total=Yen(total), kinds=[kind], on=on, is_own_sale=is_own_sale,
        channel=channel, about=about,
    )  # fmt: skip


def test_a_check_is_opened_by_name_and_every_reading_is_logged(database: Database) -> None:
    def unit(db: Session) -> None:
        who = customer(db)
        identity = checked(db, who)
        seen = open_identity(db, KEYS, identity, by="staff:2", purpose=Purpose.POLICE, now=NOW)
        assert seen == HANAKO
        assert [(each.read_by, each.purpose) for each in readings(db, identity)] == [
            ("staff:2", "police")
        ]
        assert required(db, who) == identity
        assert journal.verify(db, f"customer:{who}")

    database.write(unit)


def test_what_was_seen_lies_nowhere_in_the_clear(database: Database) -> None:
    database.write(lambda db: checked(db, customer(db)))

    def everything(db: Session) -> str:
        rows = [
            db.connection().execute(text(f"SELECT * FROM {table}")).all()
            for table in ("identity_check", "journal", "worklist")
        ]
        return repr(rows)

    told = database.read(everything)
    for secret in (HANAKO.name, "高橋花子", HANAKO.kana, HANAKO.address, "012345678900", "1985"):
        assert secret not in told


def test_the_same_check_sent_twice_is_one_and_another_under_its_key_is_refused(
    database: Database,
) -> None:
    def unit(db: Session) -> None:
        who = customer(db)
        first = checked(db, who, key="k")
        assert checked(db, who, key="k") == first
        assert len(db.exec(select(IdentityCheck)).all()) == 1
        with pytest.raises(KeyUsedOtherwise):
            checked(db, who, person=replace(HANAKO, address="大阪市"), key="k")

    database.write(unit)


@pytest.mark.parametrize("actor", [BOT, Actor("c", Role.CUSTOMER)])
def test_only_a_person_of_the_shop_signs_for_a_check(database: Database, actor: Actor) -> None:
    def unit(db: Session) -> None:
        made = NewCheck(customer(db), Method.FACE_TO_FACE, HANAKO, seen_for(Method.FACE_TO_FACE))
        with pytest.raises(StaffNeeded):
            verify(db, KEYS, made, actor=actor, now=NOW, key="k")
        assert not db.exec(select(IdentityCheck)).all()

    database.write(unit)


def test_a_check_without_its_evidence_or_a_part_of_the_person_is_refused_kob_1(
    database: Database,
) -> None:
    def unit(db: Session) -> None:
        who = customer(db)
        copy = NewCheck(who, Method.ID_COPY_MAIL_AND_ACCOUNT, HANAKO, [Seen(Evidence.ID_COPY, "a")])
        with pytest.raises(EvidenceMissing):
            verify(db, KEYS, copy, actor=CLERK, now=NOW, key="1")
        for part in ("name", "kana", "address", "occupation"):
            with pytest.raises(PersonMalformed) as empty:
                checked(db, who, person=replace(HANAKO, **{part: " "}))
            assert empty.value.part == part

    database.write(unit)


@pytest.mark.parametrize("document", [Document.MY_NUMBER_CARD, Document.HEALTH_INSURANCE])
def test_numbers_that_may_not_be_noted_are_refused_pii_1(
    database: Database, document: Document
) -> None:
    def unit(db: Session) -> None:
        who = customer(db)
        with pytest.raises(NumberForbidden):
            checked(db, who, person=replace(HANAKO, document=document))
        checked(db, who, person=replace(HANAKO, document=document, document_number=None))

    database.write(unit)


def test_the_back_of_a_my_number_card_is_destroyed_and_an_insurer_is_masked_pii_1(
    database: Database,
) -> None:
    def unit(db: Session) -> None:
        who = customer(db)
        back = Picture(Document.MY_NUMBER_CARD, Side.BACK)
        assert take_picture(db, who, "a1", back, by="bot", now=NOW) is Fate.DESTROY
        card = Picture(Document.HEALTH_INSURANCE)
        assert take_picture(db, who, "a2", card, by="bot", now=NOW) is Fate.MASK
        for kept in (Picture(Document.MY_NUMBER_CARD), replace(card, is_masked=True)):
            assert take_picture(db, who, "a3", kept, by="bot", now=NOW) is Fate.KEEP
        assert [each.facts["asset"] for each in tasks(db, "identity_picture_destroy")] == ["a1"]
        assert [each.facts["asset"] for each in tasks(db, "identity_picture_mask")] == ["a2"]

    database.write(unit)


def test_no_deal_without_a_check_and_none_is_asked_where_nobody_asks_kob_1(
    database: Database,
) -> None:
    def unit(db: Session) -> None:
        who = customer(db)
        for total in (1, 50_000):
            with pytest.raises(IdentityMissing):
                required(db, who, total=total)
        house(db, kob__identity_always=False)
        assert required(db, who, total=9_999) is None
        assert required(db, who, is_own_sale=True) is None
        for asked in ({"total": 10_000}, {"total": 1, "kind": ItemKind.BOOK}):
            with pytest.raises(IdentityMissing):
                required(db, who, **asked)  # type: ignore[arg-type]  # two plain facts
        with pytest.raises(IdentityMissing):
            required(db, who, is_own_sale=True, deal=Deal.CONSIGNMENT)

    database.write(unit)


def test_a_known_seller_is_not_asked_again_while_the_check_serves_kob_1(
    database: Database,
) -> None:
    def unit(db: Session) -> None:
        who = customer(db)
        identity = checked(db, who)
        assert required(db, who, on=TODAY + timedelta(days=365)) == identity
        for day in (TODAY + timedelta(days=366), TODAY - timedelta(days=1)):
            with pytest.raises(IdentityMissing):
                required(db, who, on=day)

    database.write(unit)


def test_a_check_by_pictures_serves_no_deal_from_april_2027_aml_1(database: Database) -> None:
    def unit(db: Session) -> None:
        who = customer(db)
        identity = checked(db, who, method=Method.FACE_AND_ID_IMAGE)
        assert required(db, who, on=date(2027, 3, 31)) == identity
        with pytest.raises(IdentityMissing):
            required(db, who, on=date(2027, 4, 1))

    database.write(unit)


def test_by_courier_nobody_stood_at_the_counter_kob_1(database: Database) -> None:
    def unit(db: Session) -> None:
        who = customer(db)
        shown = checked(db, who)
        with pytest.raises(IdentityMissing):
            required(db, who, channel=Channel.MAIL_IN)
        chip = checked(db, who, method=Method.FACE_AND_IC_CHIP)
        assert required(db, who, channel=Channel.MAIL_IN) == chip
        assert required(db, who, channel=Channel.HOME_VISIT) == shown

    database.write(unit)


def test_another_customers_check_and_a_revoked_one_serve_nothing(database: Database) -> None:
    def unit(db: Session) -> None:
        who, other = customer(db), customer(db)
        identity = checked(db, who)
        with pytest.raises(IdentityMissing):
            required(db, other)
        revoke(db, identity, doubt=Doubt.FORGED, by="staff:1", now=NOW)
        revoke(db, identity, doubt=Doubt.FORGED, by="staff:1", now=NOW)
        with pytest.raises(IdentityMissing):
            required(db, who)
        verbs = [entry.verb for entry in journal.of(db, f"customer:{who}")]
        assert verbs.count("identity_revoked") == 1

    database.write(unit)


def test_below_18_a_guardian_agrees_to_this_deal_before_a_person_kob_7(database: Database) -> None:
    def unit(db: Session) -> None:
        who = customer(db)
        young = checked(db, who, person=replace(HANAKO, born_on=date(2008, 11, 23)))
        with pytest.raises(SellerTooYoung):
            required(db, who, about="case:1")
        mother = Guardian("高橋 文子", "母", "03-0000-0000")
        agreed = {"about": "case:1", "agreed_at": NOW, "now": NOW}
        with pytest.raises(StaffNeeded):
            agree_as_guardian(db, KEYS, young, mother, [], actor=BOT, key="g", **agreed)  # type: ignore[arg-type]  # plain facts
        for _ in range(2):
            agree_as_guardian(db, KEYS, young, mother, [], actor=CLERK, key="g", **agreed)  # type: ignore[arg-type]  # plain facts
        assert required(db, who, about="case:1") == young
        for about in ("case:2", None):
            with pytest.raises(SellerTooYoung):
                required(db, who, about=about)

    database.write(unit)


def test_on_the_18th_birthday_nobody_else_is_asked_kob_7(database: Database) -> None:
    def unit(db: Session) -> None:
        who = customer(db)
        identity = checked(db, who, person=replace(HANAKO, born_on=date(2008, 11, 22)))
        assert required(db, who) == identity

    database.write(unit)


def test_an_account_in_another_name_is_not_the_verified_one_quo_8(database: Database) -> None:
    def unit(db: Session) -> None:
        who, other = customer(db), customer(db)
        identity = checked(db, who)

        def key(name: str, whose: CustomerId = who) -> str:
            return name_key(db, KEYS, whose, name, now=NOW)

        assert is_verified_name(db, identity, key("ﾀｶﾊｼ ﾊﾅｺ"))
        assert is_verified_name(db, identity, key("高橋花子"))
        assert not is_verified_name(db, identity, key("ﾀｶﾊｼ ﾀﾛｳ"))
        assert not is_verified_name(db, identity, key("高橋花子", other))

    database.write(unit)


def test_erasing_a_customer_leaves_what_the_law_orders_kept(database: Database) -> None:
    def unit(db: Session) -> None:
        who = customer(db)
        identity = checked(db, who)
        sealing.erase_key(db, f"customer:{who}", now=NOW)
        told = open_identity(db, KEYS, identity, by="t", purpose=Purpose.AUTHORITY, now=NOW)
        assert told.name == HANAKO.name
        with pytest.raises(IdentityUnknown):
            open_identity(db, KEYS, "none", by="t", purpose=Purpose.AUTHORITY, now=NOW)

    database.write(unit)
