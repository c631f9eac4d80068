"""Commands by their form, codes in groups, lent pieces, and news asked for (R-031, R-033, R-034,
R-120).
"""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete
from sqlmodel import Session, col, select

from bot.app import FLOWS
from bot.line.render import render as line_render
from bot.slack.render import render as slack_render
from catalog.ground.record import PartnerId
from catalog.ground.session.database import Database
from catalog.items import watchers
from catalog.items.kinds import OwnerKind
from catalog.items.places import actions as places
from catalog.items.wishes.queries import wishes_of
from catalog.partners import actions as partners
from catalog.partners import queries as granted
from catalog.partners.invitations import invite
from conversations.flows.flow import Answer
from conversations.messages import Choices, Text
from media.assets.kinds import AssetKind
from media.intake.tables import CaptureTask, CaptureWait
from media.sharing import looks, opening, pin, shares
from media.sharing.looks import What
from media.sharing.opening import Visitor
from media.sharing.pages import LANGUAGES
from media.sharing.tables import Look, Share, SharedAsset
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
        ("何回見られた?", "links.looked"),
        ("W-1042のリンクは何回見られましたか？", "links.looked"),
        ("閲覧回数を教えてください", "links.looked"),
        ("How many times has my link been opened?", "links.looked"),
        ("链接被浏览了多少次", "links.looked"),
        ("連結被看過幾次？", "links.looked"),
        ("링크 몇 번 봤나요?", "links.looked"),
        ("何回払いできますか", None),
        ("お知らせ一覧", "alerts.watches"),
        ("探し物一覧", "alerts.wishes"),
        ("W-1042のお知らせを止めて", "alerts.unwatch"),
        ("預かり一覧", "retail.loans"),
        ("同じモデルの他の状態", "lists.similar"),
        ("W-1042と同じ型のほかの商品はありますか", "lists.similar"),
        ("abcde-fgh23", "retail.join"),
        ("招待コード: ABCDE FGH23", "retail.join"),
        ("コードはABCDEFGH23です", "retail.join"),
        ("別のカットを頼む", "media.another"),
        ("W-1042を別の角度で撮ってください", "media.another"),
        ("W-1042の撮り直しをお願いします", "media.another"),
        ("Another angle of W-1042, please", "media.another"),
        ("静止画", "stills.ask"),
        ("０：１２の静止画をください", "stills.ask"),
        ("W-1042の裏蓋の静止画を見せて", "stills.ask"),
        ("1分5秒のところのスクショが欲しいです", "stills.ask"),
        ("Still at 0:12 of W-1042, please", "stills.ask"),
        ("3分の静止画", "stills.ask"),
        ("1분 5초의 정지 화면", "stills.ask"),
        ("W-1042 0:12的截圖", "stills.ask"),
        ("0:12 정지 화면 보내 주세요", "stills.ask"),
        ("静止画の方が綺麗ですね", None),
        ("別の動画を見せて", None),
        ("角度を変えてもう少し安くなりますか", None),
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


def test_another_shot_is_asked_for_in_words_by_a_firm_and_is_no_others(tmp_path: Path) -> None:
    """R-035: as behind the button."""

    def unit(db: Session) -> None:
        partner = arranged(db)
        assert "新しく撮影" in told(ask(db, Person("Ua"), "", text="W-1042の別のカットを頼む"))
        (wait,) = db.exec(select(CaptureWait)).all()
        assert (wait.conversation, wait.partner_id) == ("line:Ua", partner)
        before = told(ask(db, Person("Ub"), "media.show", {"sku": "W-1042"}))
        assert told(ask(db, Person("Uc"), "", text="W-1042の別のカットを頼む")) == before
        assert len(db.exec(select(CaptureTask)).all()) == 1
        hidden = told(ask(db, Person("Ua"), "", text="W-1043の撮り直し"))
        assert hidden == told(ask(db, Person("Ua"), "", text="W-9999の撮り直し")).replace(
            "W-9999", "W-1043"
        )

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


def _buttons(answer: Answer, name: str) -> list[str]:
    """What is behind the buttons of that name under an answer."""
    options = [
        each for letter in answer.letters if isinstance(letter, Choices) for each in letter.options
    ]
    return [each.data for each in options if each.data and each.data.startswith(f"{name}?")]


def test_a_pin_comes_in_a_message_of_its_own_and_only_to_who_made_the_page(
    database: Database,
) -> None:
    """R-029, in five languages, on LINE and on Slack; nothing of it is kept but its digest."""

    def unit(db: Session) -> None:
        stall.piece(db, 1042, media=(AssetKind.FILM, AssetKind.STILL))
        for code, address in (("GINZA", "Ua"), ("UMEDA", "Ub")):
            firm = partners.enter(db, code, f"{code}リテール", by="t", now=NOW)
            partners.seat(db, firm, "line", address, by="t", now=NOW)
            partners.grant(
                db, firm, ["W-1042"], rights=["media", "link"], media_kinds=["film", "still"],
                expires_on=None, by="t", now=NOW,
            )  # fmt: skip
        ginza, umeda, group = Person("Ua"), Person("Ub"), Person("Ua", "G1")
        for lang in LANGUAGES:
            until = (NOW + timedelta(days=9)).isoformat()
            told_of = {"sku": ["W-1042"], "until": until, "once": lang}
            made = ask(db, ginza, "links.make", told_of, lang=lang)
            [offered] = _buttons(made, "links.pin")
            ask(db, group, offered, lang=lang)
            stranger = ask(db, umeda, offered, lang=lang)
            assert not any(each.pin_hash for each in db.exec(select(Share)))
            with_pin = ask(db, ginza, offered, lang=lang)
            link, secret = with_pin.letters
            assert isinstance(secret, Text)
            [digits] = re.findall(r"\d{6}", secret.text)
            [fresh] = [each for each in db.exec(select(Share)) if each.pin_hash]
            assert pin.fits(digits, str(fresh.pin_hash))
            assert (fresh.holder, fresh.revoked_at) == (
                f"partner:{granted.by_code(db, 'GINZA')}",
                None,
            )
            assert digits not in told(Answer([link], with_pin.memory))
            assert _buttons(with_pin, "links.pin") == []
            for render, calls in ((line_render, 1), (slack_render, 2)):
                sent = render(with_pin.letters)
                assert len(sent) == calls
                messages = [json.dumps(each, ensure_ascii=False) for call in sent for each in call]
                assert [digits in each for each in messages] == [False, True]
            shares.revoke(db, fresh.id, None, now=NOW)
            again = ask(db, ginza, offered, lang=lang)
            assert told(again) == told(stranger), "closed, another's and unknown: one answer"
            db.connection().execute(delete(SharedAsset))
            db.connection().execute(delete(Share))

    database.write(unit)


def test_who_passed_a_page_on_is_told_how_often_it_was_opened(database: Database) -> None:
    """R-023, for a firm and for a customer, in five languages; nobody hears of another's."""

    def unit(db: Session) -> None:
        owner = stall.customer(db, "Uc")
        stall.piece(db, 1042, media=(AssetKind.FILM,))
        stall.piece(
            db, 1043, media=(AssetKind.FILM,), owner=OwnerKind.CONSIGNOR, owner_id=str(owner)
        )
        firm = partners.enter(db, "GINZA", "銀座リテール", by="t", now=NOW)
        partners.seat(db, firm, "line", "Ua", by="t", now=NOW)
        partners.grant(
            db, firm, ["W-1042"], rights=["media", "link"], media_kinds=["film"],
            expires_on=None, by="t", now=NOW,
        )  # fmt: skip
        ginza, misaki = Person("Ua"), Person("Uc")
        until = (NOW + timedelta(days=9)).isoformat()
        for who, code in ((ginza, "W-1042"), (ginza, "W-1042"), (misaki, "W-1043")):
            again = f"{code} {len(list(db.exec(select(Share))))}"
            ask(db, who, "links.make", {"sku": [code], "until": until, "once": again})
        older, newer, own = db.exec(select(Share).order_by(col(Share.id))).all()
        for row in (newer, newer, own):
            viewing, _ = opening.enter(db, row.id, Visitor("", "phone"), now=NOW)
            what = {"what": What.PAGE.value, "result": looks.SHOWN, "times": 1}
            db.add(Look(at=NOW, share_id=row.id, viewing_id=viewing, **what))
        shares.revoke(db, older.id, None, now=NOW, by="t")
        db.expire_all()
        said = told(ask(db, ginza, "", text="何回見られた?"))
        assert "W-1042 作品1042: 2回(最終 " in said
        assert "W-1042 作品1042: 0回・終了" in said
        assert "W-1043" not in said
        assert "W-1043 作品1043: 1回" in told(ask(db, misaki, "", text="閲覧回数は?"))
        for lang in LANGUAGES:
            told_in = told(ask(db, ginza, "links.looked", lang=lang))
            assert "2" in told_in.partition("作品1042")[2]
            assert lang == "ja" or "お渡し" not in told_in
        assert "W-1042" not in told(ask(db, misaki, "", text="W-1042のリンクは何回見られた?"))
        partners.revoke(db, firm, by="t", now=NOW)
        assert "作品" not in told(ask(db, ginza, "", text="何回見られた?"))
        assert "作品" not in told(ask(db, ginza, "", text="リンク一覧")), "what is shut is not open"
        for asked in ("links.looked", "links.mine"):
            assert "作品" not in told(ask(db, Person("Ustranger"), asked))

    database.write(unit)


def test_a_grant_that_ends_between_the_offer_and_the_tap_makes_no_page(
    database: Database,
) -> None:
    """R-027: the answer is that to a piece there never was; nor does the button of a PIN."""

    def unit(db: Session) -> None:
        stall.piece(db, 1042, media=(AssetKind.FILM,))
        firm = partners.enter(db, "GINZA", "銀座リテール", by="t", now=NOW)
        partners.seat(db, firm, "line", "Ua", by="t", now=NOW)
        rights = {"rights": ["media", "link"], "media_kinds": ["film"], "expires_on": None}
        partners.grant(db, firm, ["W-1042"], by="t", now=NOW, **rights)
        ginza = Person("Ua")
        until = (NOW + timedelta(days=9)).isoformat()
        made = ask(db, ginza, "links.make", {"sku": ["W-1042"], "until": until, "once": "1"})
        [locks] = _buttons(made, "links.pin")
        ask(db, ginza, "media.share", {"sku": ["W-1042"]})
        assert ginza.memory.pending is not None
        offered = ginza.memory.pending.tap
        partners.revoke(db, firm, by="t", now=NOW)
        refused = told(ask(db, ginza, offered))
        nowhere = told(ask(db, ginza, offered.replace("1042", "9999")))
        assert refused.replace("W-1042", "X") == nowhere.replace("W-9999", "X")
        assert "閉じております" in told(ask(db, ginza, locks))
        assert len(list(db.exec(select(Share)))) == 1

    database.write(unit)
