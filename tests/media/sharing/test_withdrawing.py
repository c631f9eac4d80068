"""A grant that ended shows nothing any more, wherever it was sent (R-027, R-029): the same page as
an address nobody gave out; everybody else's go on.
"""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlmodel import Session, col

from catalog.customers import actions as customers
from catalog.ground import journal
from catalog.ground.record import ConversationId, PartnerId, UnitId
from catalog.ground.session.database import Database
from catalog.items import queries as items
from catalog.items.rules import STAFF, Viewer
from catalog.items.tables import Unit
from catalog.partners import actions as partners
from catalog.partners import queries as granted
from media.originals.local import LocalStore
from media.renditions.tables import Rendition
from media.sharing import passes, shares, withdrawing
from media.sharing.shares import Given, Made
from media.sharing.unchanged import OpenTiles
from tests.media.captures import NOON
from tests.media.sharing.test_routes import Desk, Web, serving

TODAY = date(2026, 9, 17)


@pytest.fixture
def desk(database: Database, store: LocalStore, tmp_path: Path) -> Desk:
    return Desk(database, store, tmp_path / "shots")


def firm(
    desk: Desk, code: str, *, until: date | None = None, everything: bool = False,
    kinds: str = "film;still",
) -> PartnerId:  # fmt: skip
    def unit(db: Session) -> PartnerId:
        partner = partners.enter(db, code, code, by="t", now=NOON)
        partners.seat(db, partner, "line", f"U{code}", by="t", now=NOON)
        partners.grant(
            db, partner, None if everything else ["W-10234"], rights=["media", "link"],
            media_kinds=kinds.split(";"), expires_on=until, by="t", now=NOON,
        )  # fmt: skip
        return partner

    return desk.database.write(unit)


def sent(desk: Desk, partner: PartnerId | None, who: str) -> str:
    """A picture in the chat of that address."""
    conversation = ConversationId(f"line:{who}")
    return desk.database.write(
        lambda db: passes.issue(db, [desk.full], conversation, now=NOON, partner=partner)
    )[desk.full]


def page(desk: Desk, partner: PartnerId) -> str:
    def unit(db: Session) -> str | None:
        viewer = Viewer(partner=partner, grants=granted.grants_on(db, partner, TODAY))
        unit = items.by_id(db, UnitId("unit-W-10234"), viewer=STAFF)
        assert unit is not None
        return shares.share(
            db, unit, viewer, ends_at=NOON + timedelta(days=20), lang="ja", now=NOON, key="share"
        ).token

    token = desk.database.write(unit)
    assert token is not None
    return token


def status(web: Web, token: str) -> tuple[int, str]:
    answer = web.get(f"/m/{token}")
    return answer.status, answer.text if answer.status == 404 else ""


def test_what_was_sent_under_a_revoked_grant_is_the_page_of_an_unknown_address(
    desk: Desk,
) -> None:
    ginza, umeda = firm(desk, "GINZA"), firm(desk, "UMEDA")
    theirs, others = sent(desk, ginza, "UGINZA"), sent(desk, umeda, "UUMEDA")
    customers_own = sent(desk, None, "Umisaki")
    passed_on = page(desk, ginza)
    with serving(desk.counter("https://shop.example/c")) as web:
        unknown = status(web, "unknown")
        assert [status(web, each)[0] for each in (theirs, others, customers_own)] == [200] * 3
        assert web.get(f"/s/{passed_on}").status == 200
        ended = desk.database.write(
            lambda db: withdrawing.withdraw(db, ginza, "W-10234", by="t", now=NOON)
        )
        assert (ended.grants, ended.passes, ended.shares) == (1, 1, 1)
        assert status(web, theirs) == unknown
        assert web.head(f"/m/{theirs}").status == 404
        assert web.get(f"/s/{passed_on}").status == 404
        assert [status(web, each)[0] for each in (others, customers_own)] == [200, 200]
        again = desk.database.write(
            lambda db: withdrawing.withdraw(db, ginza, "W-10234", by="t", now=NOON)
        )
        assert (again.grants, again.passes, again.shares) == (0, 0, 0)
        desk.database.write(
            lambda db: partners.grant(
                db, ginza, ["W-10234"], rights=["media", "link"], media_kinds=["still"],
                expires_on=None, by="t", now=NOON,
            )
        )  # fmt: skip
        assert status(web, theirs) == unknown  # what was withdrawn does not come back
        assert status(web, sent(desk, ginza, "UGINZA"))[0] == 200


def test_a_pass_ends_with_the_last_day_of_its_grant(desk: Desk) -> None:
    ginza = firm(desk, "GINZA", until=TODAY)
    token = sent(desk, ginza, "UGINZA")
    with serving(desk.counter()) as web:
        assert status(web, token)[0] == 200
        desk.at = NOON + timedelta(days=1)
        assert status(web, token) == status(web, "unknown")


def test_a_piece_the_partner_still_sees_by_another_grant_stays_open(desk: Desk) -> None:
    ginza = firm(desk, "GINZA", everything=True)
    token = sent(desk, ginza, "UGINZA")
    ended = desk.database.write(
        lambda db: withdrawing.withdraw(db, ginza, "W-10234", by="t", now=NOON)
    )
    assert (ended.grants, ended.passes) == (0, 0)
    desk.database.read(lambda db: passes.find(db, token, now=NOON))
    desk.database.write(lambda db: withdrawing.withdraw(db, ginza, by="t", now=NOON))
    with pytest.raises(passes.PassUnknown):
        desk.database.read(lambda db: passes.find(db, token, now=NOON))


def test_a_grant_on_films_alone_opens_no_picture(desk: Desk) -> None:
    ginza = firm(desk, "GINZA", kinds="film")
    token = sent(desk, ginza, "UGINZA")
    with pytest.raises(passes.PassUnknown):
        desk.database.read(lambda db: passes.find(db, token, now=NOON))


def test_a_seat_that_changed_firms_does_not_open_what_the_first_was_sent(desk: Desk) -> None:
    ginza, umeda = firm(desk, "GINZA"), firm(desk, "UMEDA")
    token = sent(desk, ginza, "UGINZA")
    desk.database.write(lambda db: partners.seat(db, umeda, "line", "UGINZA", by="t", now=NOON))
    desk.database.write(lambda db: withdrawing.withdraw(db, ginza, by="t", now=NOON))
    with pytest.raises(passes.PassUnknown):
        desk.database.read(lambda db: passes.find(db, token, now=NOON))


def test_somebody_of_a_firm_still_sees_what_is_their_own(desk: Desk) -> None:
    ginza = firm(desk, "GINZA")
    token = sent(desk, ginza, "UGINZA")

    def own(db: Session) -> None:
        who = customers.register(
            db, "C-1", "佐藤", given_name=None, language="ja", by="t", now=NOON
        )
        customers.bind(db, who, "line", "UGINZA", by="t", now=NOON)
        piece = db.get_one(Unit, "unit-W-10234")
        piece.owner_kind, piece.owner_id = "buyer", who

    desk.database.write(own)
    desk.database.write(lambda db: withdrawing.withdraw(db, ginza, by="t", now=NOON))
    desk.database.read(lambda db: passes.find(db, token, now=NOON))


def for_firm(desk: Desk, partner: PartnerId, key: str = "shop") -> Made:
    """A page the shop made for the firm."""

    def unit(db: Session) -> Made:
        piece = items.by_id(db, UnitId("unit-W-10234"), viewer=STAFF)
        assert piece is not None
        return shares.share(
            db, piece, STAFF, ends_at=NOON + timedelta(days=20), lang="ja", now=NOON, key=key,
            given=Given(audience=f"partner:{partner}"), by="staff:1",
        )  # fmt: skip

    return desk.database.write(unit)


@pytest.mark.parametrize("code", ["W-10234", None])
def test_what_the_shop_made_for_a_firm_ends_with_its_grant(desk: Desk, code: str | None) -> None:
    """The page, its pictures and tiles, at the next request; everybody else's go on."""
    ginza, umeda = firm(desk, "GINZA"), firm(desk, "UMEDA")
    theirs, others = for_firm(desk, ginza), for_firm(desk, umeda, "other")
    with serving(desk.counter("https://shop.example/c")) as web:
        text = web.get(f"/s/{theirs.token}").text
        pictures = re.findall(r"/s/b/[\w.-]+", text)
        assert pictures
        assert {web.get(each).status for each in pictures} == {200}
        ended = desk.database.write(
            lambda db: withdrawing.withdraw(db, ginza, code, by="staff:9", now=NOON)
        )
        assert (ended.grants, ended.shares) == (1, 1)
        unknown = web.get("/s/unknown")
        for each in (f"/s/{theirs.token}", *pictures):
            gone = web.get(each)
            assert (gone.status, gone.text) == (404, unknown.text)
        assert web.get(f"/s/{others.token}").status == 200
    told = desk.database.read(lambda db: journal.of(db, "unit:unit-W-10234"))
    (closed,) = [each for each in told if each.verb == "unshared"]
    assert (closed.actor, closed.facts["share"]) == ("staff:9", theirs.share_id)


def test_what_the_shop_made_for_a_firm_ends_with_the_day_of_its_grant(desk: Desk) -> None:
    """A firm that never had one is shown what the shop wished to show it, until all is ended."""
    ginza = firm(desk, "GINZA", until=TODAY)
    other = desk.database.write(lambda db: partners.enter(db, "KOBE", "KOBE", by="t", now=NOON))
    by_grant, by_wish = for_firm(desk, ginza), for_firm(desk, other, "wish")
    with serving(desk.counter()) as web:
        text = web.get(f"/s/{by_grant.token}").text
        (picture, *_) = re.findall(r"/s/b/[\w.-]+", text)
        assert web.get(f"/s/{by_wish.token}").status == 200
        desk.at = NOON + timedelta(days=1)
        gone = web.get(f"/s/{by_grant.token}")
        assert (gone.status, gone.text) == (404, web.get("/s/unknown").text)
        assert web.get(picture).status == 404
        assert web.get(f"/s/{by_wish.token}").status == 200
        withdrawn = desk.database.write(
            lambda db: withdrawing.withdraw(db, other, "W-10234", by="t", now=NOON)
        )
        assert withdrawn.shares == 1
        assert web.get(f"/s/{by_wish.token}").status == 404


def test_a_tile_that_lay_open_ends_with_the_firms_grant(desk: Desk) -> None:
    ginza = firm(desk, "GINZA")
    made = for_firm(desk, ginza)
    which = update(Rendition).where(col(Rendition.id) == desk.full)
    with serving(desk.counter()) as web:
        text = web.get(f"/s/{made.token}").text
    (address,) = [each for each in re.findall(r"/s/b/([\w.-]+)", text) if desk.full in each]
    desk.database.write(lambda db: db.connection().execute(which.values(recipe="tiles")))
    tiles = OpenTiles()

    def found() -> str:
        return desk.database.read(lambda db: tiles.find(db, address, seats={}, now=NOON)[0])

    assert found() == found() == desk.key
    desk.database.write(lambda db: partners.revoke(db, ginza, by="t", now=NOON))
    with pytest.raises(passes.PassUnknown):
        found()
