"""The demo shop: what it holds, how it is seeded, and who may see what."""

import asyncio
from collections import Counter
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, select

from bot.app import compose
from bot.cli import demo
from bot.cli.demo import Place
from bot.demo import seeding, shooting
from bot.demo.pieces import FILM, FOR_RETAILER, NOT_FILMED, PIECES, SHOWN_FIRST, STILL, Shot
from bot.simulator import personas
from catalog.buyback.queries import open_offers
from catalog.consignment import queries as consignment
from catalog.consignment.prices import open_proposal
from catalog.customers import tastes
from catalog.duties.tables import LedgerRow
from catalog.ground import worklist
from catalog.ground.record import CustomerId
from catalog.items import queries as items
from catalog.items.kinds import Category
from catalog.items.wishes.queries import wishes_of
from catalog.orders import queries as orders
from media.assets.kinds import AssetKind, Part
from media.decoding import ffmpeg, rules, sniff
from media.renditions import queries as renditions
from media.renditions.making import KINDS
from tests.bot.demo.opened import StillClock, only, open_demo, seeded


def test_the_shop_holds_forty_pieces_and_more_in_all_four_categories() -> None:
    codes = [piece.line.code for piece in PIECES]
    assert len(codes) == len(set(codes)) >= 44
    assert {piece.line.category for piece in PIECES} == set(Category)
    models = Counter(piece.line.model for piece in PIECES)
    assert (models["Cosmograph Daytona"], models["Submariner"]) == (1, 2)
    captured = [piece for piece in PIECES if piece.shots]
    filmed = [piece for piece in PIECES if Shot(FILM) in piece.shots]
    assert len(captured) * 4 > len(PIECES) * 3
    assert len(filmed) * 2 > len(PIECES)
    assert not next(each.shots for each in PIECES if each.line.code == NOT_FILMED)


def test_every_piece_can_be_drawn_and_says_when_it_was_captured(now: datetime) -> None:
    for piece, _, number in shooting.planned(PIECES):
        moment = shooting.captured_at(piece, number, now=now)
        assert 1 <= (now - moment).days <= 22
        assert 11 <= moment.hour < 19


def test_a_demo_film_needs_only_a_new_box(tmp_path: Path, now: datetime) -> None:
    seeding.lay_out_spares(tmp_path, None)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["B-20011_01.mp4", "W-10240_01.mp4", "W-10240_case_back_01.mp4"]
    path = tmp_path / "W-10240_01.mp4"
    sniff.must_be(path)
    facts = ffmpeg.look(ffmpeg.find(), path)
    assert rules.plan(facts) == rules.Remux()
    assert 2.5 < facts.seconds < 6


def test_seeding_leaves_pieces_captures_and_nothing_to_be_done(
    tmp_path: Path, now: datetime
) -> None:
    place = Place(tmp_path / "demo", "127.0.0.1", 1)
    clock = StillClock(now)
    pieces = [
        only(SHOWN_FIRST, Shot(FILM), Shot(FILM, Part.CASE_BACK)),
        only("B-20013", Shot(STILL, Part.CORNER)),
        only(FOR_RETAILER),
    ]
    assert seeded(place, pieces, clock) == seeding.Seeded(units=3, films=2, stills=1)
    shop = compose(demo.settings(place), clock=clock)
    try:
        shop.database.read(lambda db: _look(db, now))
        left = shop.database.write(
            lambda db: worklist.claim(db, KINDS, worker="test", now=now, lease_seconds=1)
        )
        assert left == []
    finally:
        shop.close()


def _look(db: Session, now: datetime) -> None:
    unit_id = items.id_of_code(db, SHOWN_FIRST)
    assert unit_id is not None
    film = renditions.showable(db, unit_id, AssetKind.FILM)
    assert film is not None
    assert (film.part, film.is_pending, film.width, film.height) == (None, False, 1280, 720)
    assert 1 <= (now - film.captured_at).days <= 22
    assert len(db.exec(select(LedgerRow.unit_id)).all()) == 3
    today = now.date()
    retailer = items.viewer(db, "line", personas.GINZA.user_id, today=today)
    guest = items.viewer(db, "line", personas.MISAKI.user_id, today=today)
    assert guest.customer is not None
    assert [len(items.by_codes(db, [FOR_RETAILER], viewer=who)) for who in (retailer, guest)] == [
        1,
        0,
    ]


def test_secrets_are_made_once_and_readable_by_the_owner_alone(tmp_path: Path) -> None:
    place = Place(tmp_path, "127.0.0.1", 8000)
    first, second = demo.settings(place), demo.settings(place)
    assert first.data_keys == second.data_keys
    assert first.line_channel_secret == second.line_channel_secret
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o600


def test_looking_for_something_else_is_not_answered_with_the_piece_of_before(
    tmp_path: Path, now: datetime
) -> None:
    async def talk() -> None:
        async with open_demo(tmp_path / "demo", [only(SHOWN_FIRST)], at=now) as opened:
            shown = await opened.say("emma", f"How much is {SHOWN_FIRST}?")
            assert "Rolex Cosmograph Daytona 116500LN" in str(shown[-1].message)
            other = await opened.say("emma", "I am looking for a green umbrella")
            assert SHOWN_FIRST not in str(other[-1].message)
            again = await opened.say("emma", "Is it still available?")
            assert SHOWN_FIRST in str(again[-1].message)

    asyncio.run(talk())


def test_the_customers_have_something_of_everything_to_try(tmp_path: Path, now: datetime) -> None:
    place = Place(tmp_path / "demo", "127.0.0.1", 1)
    clock = StillClock(now)
    seeded(place, [only(piece.line.code) for piece in PIECES], clock)
    shop = compose(demo.settings(place), clock=clock)
    try:
        shop.database.read(lambda db: _looks_whole(db, now))
    finally:
        shop.close()


def _looks_whole(db: Session, now: datetime) -> None:
    for person in (personas.MISAKI, personas.EMMA):
        who = items.viewer(db, "line", person.user_id, today=now.date()).customer
        assert who is not None
        assert len(open_offers(db, who, now=now)) == 1
        (consigned,) = consignment.of_customer(db, who, now=now)
        assert open_proposal(db, consigned.contract_id) is not None
        assert sorted(each.order.state for each in orders.bought(db, who)) == [
            "delivered",
            "shipped",
        ]
        assert len(tastes.of(db, CustomerId(who))) == len(wishes_of(db, f"customer:{who}")) == 1
    due = db.exec(select(worklist.Work).where(worklist.Work.state == "due")).all()
    assert not [work.kind for work in due if work.kind in {"notice", "task"}]
