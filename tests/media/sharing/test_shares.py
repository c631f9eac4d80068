"""Share pages (R-029): frozen when made, named, priceless, ending, revocable; one answer to every
address that opens nothing.
"""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from catalog.ground.record import CustomerId, PartnerId, UnitId
from catalog.ground.session.database import Database
from catalog.items import queries as items
from catalog.items.kinds import OwnerKind, UnitState
from catalog.items.queries import UnitFacts
from catalog.items.rules import STAFF, Viewer
from catalog.partners import actions as partners
from catalog.partners import queries as granted
from media.assets.kinds import AssetKind
from media.sharing import opening, pages, shares
from media.sharing.opening import NOBODY, Opened
from media.sharing.passes import PassUnknown
from media.sharing.shares import (
    Made,
    NothingToShare,
    ShareEndMalformed,
    ShareMissing,
)
from media.sharing.tables import SharedAsset
from tests.conversations.flows import stall
from tests.conversations.flows.stall import NOW

END = NOW + timedelta(days=30)
BOTH = (AssetKind.FILM, AssetKind.STILL)


def ginza(db: Session, rights: str = "media link", kinds: str = "film still") -> PartnerId:
    partner = partners.enter(db, "GINZA", "銀座リテール", by="t", now=NOW)
    partners.grant(
        db, partner, ["W-1042"], rights=rights.split(), media_kinds=kinds.split(),
        expires_on=None, by="t", now=NOW,
    )  # fmt: skip
    return partner


def viewer(db: Session, partner: PartnerId) -> Viewer:
    return Viewer(partner=partner, grants=granted.grants_on(db, partner, NOW.date()))


def facts(db: Session, unit_id: UnitId) -> UnitFacts:
    unit = items.by_id(db, unit_id, viewer=STAFF)
    assert unit is not None
    return unit


def made(db: Session, partner: PartnerId, *, key: str = "k", days: int = 30) -> Made:
    unit = facts(db, UnitId("unit-1042"))
    return shares.share(
        db, unit, viewer(db, partner), ends_at=NOW + timedelta(days=days), lang="ja", now=NOW,
        key=key,
    )  # fmt: skip


def opened(db: Session, page: Made, *, days: int = 0) -> Opened:
    return opening.opened(db, page.token or "", NOBODY, now=NOW + timedelta(days=days))


def test_a_page_shows_what_there_was_when_it_was_made(database: Database) -> None:
    def unit(db: Session) -> None:
        stall.piece(db, 1042, media=BOTH)
        page = made(db, ginza(db))
        stall.capture(db, UnitId("unit-1042"), AssetKind.FILM, at=NOW + timedelta(hours=1))
        there = opened(db, page)
        assert [each.media.kind for each in there.shown] == [AssetKind.FILM, AssetKind.STILL]
        assert all(len(each.sha256) == 64 for each in there.shown)
        assert (there.made_for, page.assets) == ("銀座リテール", 2)
        for lang in pages.LANGUAGES:
            told = pages.page(there, lang=lang, address="/s/x", contact_url="tel:1", now=NOW)
            assert f'<html lang="{pages.LANGUAGES[lang]}">' in told
            assert "銀座リテール" in told
            assert "W-1042" in told
            assert f"{1_001_042:,}" not in told
            assert all(each.sha256 in told for each in there.shown)
        again = made(db, PartnerId(there_partner(db)))
        assert (again.share_id, again.token) == (page.share_id, None)

    database.write(unit)


def there_partner(db: Session) -> str:
    found = granted.by_code(db, "GINZA")
    assert found is not None
    return found


def test_it_closes_by_time_by_its_maker_and_with_the_grant(database: Database) -> None:
    def unit(db: Session) -> None:
        stall.piece(db, 1042, media=BOTH)
        partner = ginza(db)
        page, other = made(db, partner), made(db, partner, key="k2")
        there = opened(db, page)
        film = there.shown[0].media.film or ""
        address = opening.byte_address(there, film, now=NOW)
        assert opening.find_bytes(db, address, seats={}, now=NOW).mime == "video/mp4"
        with pytest.raises(PassUnknown):
            opening.find_bytes(db, address, seats={}, now=NOW + opening.BYTES_LIVE)
        share, nobody, rendition, until, signature = address.split(".")
        for wrong in (
            f"{share}.{nobody}.{there.shown[1].media.full}.{until}.{signature}",
            f"{other.share_id}.{nobody}.{rendition}.{until}.{signature}",
            f"{share}.{nobody}.{rendition}.{int(until) + 1}.{signature}",
            f"{share}.another.{rendition}.{until}.{signature}",
            f"{share}.{nobody}.{rendition}.{until}.{signature[:-1]}é",
            "x", "....", "a.b.c.d.e",
        ):  # fmt: skip
            with pytest.raises(PassUnknown):
                opening.find_bytes(db, wrong, seats={}, now=NOW)
        with pytest.raises(PassUnknown):
            opened(db, page, days=30)
        with pytest.raises(ShareMissing):
            shares.revoke(db, page.share_id, "partner:another", now=NOW)
        shares.revoke(db, page.share_id, f"partner:{partner}", now=NOW)
        with pytest.raises(ShareMissing):
            shares.revoke(db, page.share_id, f"partner:{partner}", now=NOW)
        for gone in (
            lambda: opened(db, page),
            lambda: opening.find_bytes(db, address, seats={}, now=NOW),
        ):
            with pytest.raises(PassUnknown):
                gone()
        mine = shares.shares_of(db, f"partner:{partner}", now=NOW)
        assert [each.share_id for each in mine] == [other.share_id]
        partners.revoke(db, partner, by="t", now=NOW)
        with pytest.raises(PassUnknown):
            opened(db, other)

    database.write(unit)


@pytest.mark.parametrize(
    ("rights", "kinds", "shown"),
    [
        ("media link", "film", [AssetKind.FILM]),
        ("media link", "still", [AssetKind.STILL]),
        ("media link", "report", None),
        ("media", "film still", None),
        ("link price", "film still", None),
    ],
)
def test_only_what_was_granted_with_the_right_to_pass_on(
    database: Database, rights: str, kinds: str, shown: list[AssetKind] | None
) -> None:
    def unit(db: Session) -> None:
        stall.piece(db, 1042, media=BOTH)
        partner = ginza(db, rights, kinds)
        if shown is None:
            with pytest.raises(ShareMissing):
                made(db, partner)
        else:
            there = opened(db, made(db, partner))
            assert [each.media.kind for each in there.shown] == shown

    database.write(unit)


def test_an_end_is_required_and_an_empty_page_is_not_made(database: Database) -> None:
    def unit(db: Session) -> None:
        stall.piece(db, 1042)
        partner = ginza(db)
        for days in (0, 91):
            with pytest.raises(ShareEndMalformed):
                made(db, partner, days=days, key=f"d{days}")
        with pytest.raises(NothingToShare):
            made(db, partner)

    database.write(unit)


def test_a_customer_shares_their_own_piece_and_no_other(database: Database) -> None:
    def unit(db: Session) -> None:
        owner = stall.customer(db, "U1")
        stall.piece(
            db, 1042, media=BOTH, state=UnitState.DELIVERED, owner=OwnerKind.BUYER, owner_id=owner
        )
        stall.piece(db, 1043, media=BOTH)
        who = Viewer(customer=CustomerId(owner))
        page = shares.share(
            db, facts(db, UnitId("unit-1042")), who, ends_at=END, lang="en", now=NOW, key="k"
        )
        assert opened(db, page).made_for is None
        for seen in (who, Viewer()):
            with pytest.raises(ShareMissing):
                shares.share(
                    db, facts(db, UnitId("unit-1043")), seen, ends_at=END, lang="ja", now=NOW,
                    key="k2",
                )  # fmt: skip

    database.write(unit)


@pytest.mark.parametrize(
    ("wanted", "accepted", "made_in", "lang"),
    [
        ("ko", "ja", "ja", "ko"),
        (None, "en-US,en;q=0.9", "ja", "en"),
        (None, "zh-TW", "ja", "zh_hant"),
        (None, "zh-CN,zh;q=0.9", "ja", "zh_hans"),
        (None, None, "zh", "zh_hant"),
        ("xx", "fr", "en", "en"),
        (None, "", "nowhere", "ja"),
    ],
)
def test_the_page_speaks_the_reader_s_language(
    wanted: str | None, accepted: str | None, made_in: str, lang: str
) -> None:
    assert pages.language_for(wanted, accepted, made_in) == lang


def test_every_catalogue_has_every_sentence() -> None:
    from babel.messages.pofile import read_po

    told = []
    for lang in pages.LANGUAGES:
        if lang != "ja":
            with (pages.TEMPLATES / f"{lang}.po").open("rb") as file:
                catalogue = read_po(file)
            assert all(each.string for each in catalogue if each.id), lang
            told.append({str(each.id) for each in catalogue if each.id})
    assert all(each == told[0] for each in told)
    words = {*pages.PARTS.values(), *pages.KINDS.values(), *pages.GRADES.values()}
    assert words <= told[0]


def test_a_large_set_is_shown_whole_sheet_by_sheet(database: Database) -> None:
    """Nothing of it is left out: every capture is on one sheet, in the order it was frozen in."""

    def unit(db: Session) -> None:
        stall.piece(db, 1042, media=BOTH)
        for n in range(93):
            at = NOW - timedelta(minutes=n + 1)
            stall.capture(db, UnitId("unit-1042"), AssetKind.STILL, at=at)
        page = made(db, ginza(db))
        assert page.assets == 95
        token = page.token or ""
        sheets = [opening.opened(db, token, NOBODY, now=NOW, sheet=n) for n in (1, 2, 3)]
        assert [len(each.shown) for each in sheets] == [40, 40, 15]
        shown = [each.media.asset_id for sheet in sheets for each in sheet.shown]
        frozen = db.exec(
            select(SharedAsset.asset_id)
            .where(SharedAsset.share_id == page.share_id)
            .order_by(col(SharedAsset.place))
        ).all()
        assert shown == list(frozen)
        for lang in pages.LANGUAGES:
            told = pages.page(sheets[1], lang=lang, address="/s/x", contact_url=None, now=NOW)
            assert "95" in told
            assert "41" in told
            for n in (1, 2, 3):
                assert f'href="/s/x?lang={lang}&amp;sheet={n}"' in told
        assert opening.opened(db, token, NOBODY, now=NOW, sheet=99).sheet.number == 3
        assert len(opening.peeped(db, token, now=NOW).shown) == 95

    database.write(unit)
