"""Commands by their form, codes in groups, lent pieces, and news asked for (R-031, R-033, R-034,
R-120).
"""

from pathlib import Path

import pytest
from sqlmodel import Session

from bot.app import FLOWS
from catalog.ground.record import PartnerId
from catalog.items import watchers
from catalog.items.places import actions as places
from catalog.items.wishes.queries import wishes_of
from catalog.partners import actions as partners
from catalog.partners.invitations import invite
from tests.conversations.flows import stall
from tests.conversations.flows.stall import NOW, Person, ask, told
from tests.databases import fresh


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("W-1042 状態", "pieces.status"),
        ("ｗ－１０４２の状態を教えてください。", "pieces.status"),
        ("@akashi W-1042 status", "pieces.status"),
        ("取り置き一覧", "holds.mine"),
        ("取置一覧", "holds.mine"),
        ("W-1042の取り置きを延長してください", "holds.extend"),
        ("取り置きキャンセル", "holds.release"),
        ("リンク一覧", "links.mine"),
        ("お知らせ一覧", "alerts.watches"),
        ("探し物一覧", "alerts.wishes"),
        ("W-1042のお知らせを止めて", "alerts.unwatch"),
        ("預かり一覧", "retail.loans"),
        ("同じモデルの他の状態", "lists.similar"),
        ("W-1042と同じ型のほかの商品はありますか", "lists.similar"),
        ("abcde-fgh23", "retail.join"),
        ("招待コード: ABCDE FGH23", "retail.join"),
        ("コードはABCDEFGH23です", "retail.join"),
        ("取り置きについて教えて", None),
        ("W-1042の状態の動画を見せて", None),
        ("datejust36", None),
        ("リンクを開けません", None),
        ("", None),
        ("あ" * 5000, None),
    ],
)
def test_a_command_is_known_by_its_form(text: str, name: str | None) -> None:
    found = FLOWS.command(text)
    assert (found[0] if found else None) == name
    if found and "1042" in text.translate(str.maketrans("１０４２", "1042")):
        assert found[1]["sku"] == "W-1042"


def arranged(db: Session) -> PartnerId:
    stall.piece(db, 1042)
    stall.piece(db, 1043)
    partner = partners.enter(db, "GINZA", "銀座リテール", by="t", now=NOW)
    partners.seat(db, partner, "line", "Ua", by="t", now=NOW)
    partners.grant(
        db, partner, ["W-1042"], rights=["media"], media_kinds=["film"], expires_on=None,
        by="t", now=NOW,
    )  # fmt: skip
    return partner


def test_a_code_in_a_group_is_neither_used_nor_looked_at(tmp_path: Path) -> None:
    def unit(db: Session) -> None:
        partner = arranged(db)
        code = invite(db, partner, by="t", now=NOW)
        assert "ご利用いただけません" in told(ask(db, Person("Un", "G1"), "", text=code))
        assert "銀座リテール様" in told(ask(db, Person("Un"), "", text=code))

    with fresh("sqlite", tmp_path) as database:
        database.write(unit)


def test_lent_pieces_are_told_to_the_firm_that_has_them(tmp_path: Path) -> None:
    def unit(db: Session) -> None:
        partner = arranged(db)
        places.lend(db, stall.UnitId("unit-1042"), partner, by="s", now=NOW, key="k")
        assert "W-1042 作品1042" in told(ask(db, Person("Ua"), "", text="預かり一覧"))
        assert "ございません" in told(ask(db, Person("Uz"), "", text="預かり一覧"))

    with fresh("sqlite", tmp_path) as database:
        database.write(unit)


def test_a_piece_is_watched_and_let_go_also_when_its_grant_has_ended(tmp_path: Path) -> None:
    def unit(db: Session) -> None:
        partner = arranged(db)
        who, name = Person("Ua"), f"partner:{partner}"
        assert "お知らせします" in told(ask(db, who, "alert.subscribe", {"sku": ["W-1042"]}))
        assert watchers.watched_by(db, name) == ["unit-1042"]
        refused = told(ask(db, who, "alerts.watch?sku=W-1043"))
        nowhere = told(ask(db, who, "alerts.watch?sku=W-9999"))
        assert refused.replace("W-1043", "X") == nowhere.replace("W-9999", "X")
        partners.revoke(db, partner, by="t", now=NOW)
        assert "作品" not in told(ask(db, who, "", text="お知らせ一覧"))
        stopped = told(ask(db, who, "", text="W-1042のお知らせを止めて"))
        assert "止めました" in stopped
        assert "作品" not in stopped
        assert watchers.watched_by(db, name) == []

    with fresh("sqlite", tmp_path) as database:
        database.write(unit)


def test_a_wish_is_asked_for_step_by_step_and_a_tampered_button_keeps_nothing(
    tmp_path: Path,
) -> None:
    def unit(db: Session) -> None:
        arranged(db)
        owner = stall.customer(db, "U1")
        who = Person("U1")
        assert "どのような商品" in told(ask(db, who, "alert.subscribe", text="入荷したら教えて"))
        assert who.memory.expecting == "alert.subscribe"
        question = ask(db, who, "alert.subscribe", {"brand": "rolex", "model": "daytona"})
        assert "ロレックス" in told(question)
        assert who.memory.pending is not None
        kept = told(ask(db, who, who.memory.pending.tap))
        assert "ただいま2点" in kept
        ask(db, who, "alerts.keep?brand=nobody&money=-5&grade=Z&category=boat")
        ask(db, who, "alerts.keep")
        (wish,) = wishes_of(db, f"customer:{owner}")
        assert (wish.sought.brand, wish.sought.model) == ("rolex", "daytona")
        assert "すでに終了" in told(ask(db, Person("Ua"), f"alerts.forget?wish={wish.id}"))
        assert "終了しました" in told(ask(db, who, f"alerts.forget?wish={wish.id}"))
        like = told(ask(db, who, "alerts.seek?like=W-1042"))
        assert "ロレックス" in like

    with fresh("sqlite", tmp_path) as database:
        database.write(unit)
