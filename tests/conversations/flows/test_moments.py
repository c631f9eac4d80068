"""A still out of a film, asked for in words and by button, by whoever may see the film and nobody
else (R-003, R-027).
"""

from pathlib import Path

import pytest
from sqlalchemy import update
from sqlmodel import Session, col, select

from catalog.ground import worklist
from catalog.ground.record import AssetId
from catalog.partners import actions as partners
from conversations.flows.flow import Answer
from conversations.messages import Card, Choices, Picture
from media import chapters
from media.assets.kinds import MOMENT_WORK, AssetKind, Part
from media.renditions import moments
from media.renditions.tables import Recipe, Rendition, RenditionState
from tests.conversations.flows import stall
from tests.conversations.flows.stall import NOW, Person, ask, told
from tests.databases import fresh

LANGUAGES = ("ja", "en", "zh_hans", "zh_hant", "ko")


def buttons(answer: Answer) -> dict[str, str]:
    """What stands behind each button of the last letter, by its label."""
    last = answer.letters[-1]
    assert isinstance(last, Choices)
    return {each.label: each.data or "" for each in last.options}


def film(db: Session, number: int = 1042, *, lasts_ms: int = 20_000) -> AssetId:
    """Of a piece that is for sale."""
    asset = stall.capture(db, stall.piece(db, number), AssetKind.FILM)
    db.connection().execute(
        update(Rendition)
        .where(col(Rendition.asset_id) == asset, col(Rendition.recipe) == Recipe.FILM.value)
        .values(duration_ms=lasts_ms)
    )
    return AssetId(asset)


def made(db: Session, asset: AssetId, at_ms: int) -> None:
    """As the worker does."""
    db.add(
        Rendition(
            id=f"{asset}-{at_ms}", asset_id=asset, recipe=Recipe.MOMENT.value, version=1,
            at_ms=at_ms, state=RenditionState.READY.value, key=f"k/{asset}/{at_ms}", sha256="0",
            bytes=1, mime="image/jpeg", made_at=NOW,
        )
    )  # fmt: skip
    db.flush()


def due(db: Session) -> list[tuple[str, int, str]]:
    """What is to be made, and for whom."""
    rows = db.exec(select(worklist.Work).where(worklist.Work.kind == MOMENT_WORK)).all()
    return [(each.subject, each.facts["at_ms"], each.facts["conversation"]) for each in rows]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_still_is_asked_for_in_words_made_once_and_shown_when_it_is_there(
    lang: str, tmp_path: Path
) -> None:
    def unit(db: Session) -> None:
        asset, who = film(db), Person("Ua")
        for _ in range(2):
            answer = ask(db, who, "", text="W-1042の0:12の静止画をください", lang=lang)
            assert "0:12" in told(answer)
            assert not isinstance(answer.letters[0], Picture)
        assert due(db) == [(asset, 12_000, "line:Ua")]
        made(db, asset, 12_000)
        answer = ask(db, who, "", text="0:12の静止画", lang=lang)  # of what is talked about
        picture = answer.letters[0]
        assert isinstance(picture, Picture) and picture.url == picture.preview_url
        assert picture.url.startswith("https://shop.example/m/")
        assert len(due(db)) == 1

    with fresh("sqlite", tmp_path) as database:
        database.write(unit)


def test_a_moment_is_chosen_by_the_parts_the_film_shows_or_by_where_it_is(tmp_path: Path) -> None:
    def unit(db: Session) -> None:
        asset, who = film(db), Person("Ua")
        shown = ask(db, who, "media.request", {"sku": ["W-1042"], "media": "video"})
        card = shown.letters[-1]
        assert isinstance(card, Card)
        button = next(each for each in card.buttons if each.label == "静止画にする")
        pressed = button.data or ""
        plain = ask(db, who, pressed)
        assert list(buttons(plain))[:3] == ["0:05", "0:10", "0:15"]
        chapters.mark(db, asset, 8000, "裏", part=Part.CASE_BACK, by="t", now=NOW)
        chapters.mark(db, asset, 11_500, "店の覚え書き", part=None, by="t", now=NOW)
        told_ = buttons(ask(db, who, pressed))
        assert list(told_)[:2] == ["0:08 裏蓋", "0:11"]
        assert "覚え書き" not in repr(told_)
        ask(db, who, told_["0:08 裏蓋"])
        ask(db, who, "", text="裏蓋の静止画を見せて")
        assert due(db) == [(asset, 8000, "line:Ua")]
        beyond = ask(db, who, "", text="W-1042の3分の静止画")
        assert due(db) == [(asset, 8000, "line:Ua")]
        assert "静止画" in told(beyond)

    with fresh("sqlite", tmp_path) as database:
        database.write(unit)


def test_a_still_is_for_whoever_may_see_the_film(tmp_path: Path) -> None:
    def unit(db: Session) -> None:
        asset = film(db)
        other = film(db, 1043)
        made(db, asset, 1000)
        made(db, other, 1000)
        partner = partners.enter(db, "GINZA", "銀座リテール", by="t", now=NOW)
        partners.seat(db, partner, "line", "Ua", by="t", now=NOW)
        partners.grant(
            db, partner, ["W-1042"], rights=["media"], media_kinds=["film"], expires_on=None,
            by="t", now=NOW,
        )  # fmt: skip
        partners.grant(
            db, partner, ["W-1043"], rights=["media"], media_kinds=["still"], expires_on=None,
            by="t", now=NOW,
        )  # fmt: skip
        who = Person("Ua")
        shown = ask(db, who, "stills.at", {"sku": "W-1042", "at": "1000"})
        assert isinstance(shown.letters[0], Picture)
        nowhere = told(ask(db, Person("Ua"), "stills.at", {"sku": "W-9999", "at": "1000"}))
        hidden = told(ask(db, Person("Ua"), "stills.at", {"sku": "W-1043", "at": "1000"}))
        assert hidden == nowhere.replace("W-9999", "W-1043")
        # a button that was tampered with leads to the film of the piece it names, never to another
        forged = ask(db, who, "stills.at", {"sku": "W-1042", "asset": other, "at": "2000"})
        assert not isinstance(forged.letters[0], Picture)
        assert due(db) == [(asset, 2000, "line:Ua")]
        for at in ("x", "-1", "9" * 40, "１"):
            answer = ask(db, who, "stills.at", {"sku": "W-1042", "at": at})
            assert buttons(answer), at
        assert len(due(db)) == 1

    with fresh("sqlite", tmp_path) as database:
        database.write(unit)


def test_where_nothing_can_be_made_a_person_is_offered(tmp_path: Path) -> None:
    def unit(db: Session) -> None:
        asset = film(db, lasts_ms=90_000)
        for second in range(moments.MOST):
            made(db, asset, second * 1000)
        answer = ask(db, Person("Ua"), "stills.at", {"sku": "W-1042", "at": "75000"})
        assert "担当者" in told(answer) and due(db) == []

    with fresh("sqlite", tmp_path) as database:
        database.write(unit)
