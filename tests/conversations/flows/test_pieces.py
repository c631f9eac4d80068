"""Pieces by chat: the last one, lists, grades with their reasons, groups, several codes (R-030,
R-036, R-085, R-087, R-122, R-134).
"""

from dataclasses import replace
from pathlib import Path

from sqlmodel import Session

from catalog.grading.tables import Grading
from catalog.items.kinds import UnitState
from catalog.items.tables import Unit
from catalog.partners import actions as partners
from conversations.messages import Cards, Clip, Picture
from media.assets.kinds import AssetKind
from tests.conversations.flows import stall
from tests.conversations.flows.stall import NOW, Person, ask, told
from tests.databases import fresh

LAST = "この1点のみ"


def test_the_last_one_is_said_only_while_it_is(tmp_path: Path) -> None:
    def unit(db: Session) -> None:
        first, second = stall.piece(db, 1042), stall.piece(db, 1043)
        stall.piece(db, 1050, model="Submariner")
        who = Person("U1")
        assert LAST not in told(ask(db, who, "pieces.show?sku=W-1042"))
        db.get_one(Unit, second).state = UnitState.SOLD.value
        db.flush()
        assert LAST in told(ask(db, who, "pieces.show?sku=W-1042"))
        db.get_one(Unit, first).state = UnitState.RESERVED.value
        db.flush()
        reserved = told(ask(db, who, "pieces.show?sku=W-1042"))
        assert LAST not in reserved
        assert "商談中" in reserved
        gone = ask(db, who, "pieces.show?sku=W-1043")
        nowhere = ask(db, who, "pieces.show?sku=W-9999")
        assert told(gone).replace("W-1043", "X") == told(nowhere).replace("W-9999", "X")

    with fresh("sqlite", tmp_path) as database:
        database.write(unit)


def test_a_grade_is_explained_with_this_piece_s_own_marks(tmp_path: Path) -> None:
    def unit(db: Session) -> None:
        unit_id = stall.piece(db, 1042, grade="AB", media=(AssetKind.FILM,))
        asset = stall.capture(db, unit_id, AssetKind.STILL, part="case")
        stall.piece(db, 1043, grade="AB", media=(AssetKind.STILL,))
        db.add(
            Grading(
                unit_id=unit_id, version=1, grade="AB", standing="final", source="staff",
                scale_version=1, axes={"case": 3, "dial": 5},
                evidence={"case": [{"asset": asset, "region": [0, 0, 1, 1]}]},
                graded_by="staff:1", graded_at=NOW,
            )
        )  # fmt: skip
        db.flush()
        who = Person("U1")
        who.memory = replace(who.memory, unit="W-1042")
        answer = ask(db, who, "item.detail", {"grade": "AB"}, text="ABって?")
        assert "軽い使用感" in told(answer)
        assert "ケース: 軽い。手に取ると分かる" in told(answer)
        assert "文字盤" not in told(answer)
        assert [each for each in answer.letters if isinstance(each, Picture)]
        english = told(ask(db, who, "item.detail", {"grade": "AB"}, lang="en"))
        assert "lightly used" in english
        assert "case: light, seen in the hand" in english
        (picture, card) = ask(db, who, "details.sample?grade=AB&category=watch").letters
        assert isinstance(picture, Picture)
        assert "W-1043" in repr(card)
        dial = told(ask(db, who, "media.defect", {"part": "dial"}))
        assert "文字盤・針: 傷みなし" in dial
        assert "撮影を手配" in dial
        crown = told(ask(db, who, "media.defect", {"part": "crown"}))
        assert "傷みの記録はございません" in crown
        unsure = told(ask(db, who, "item.detail", {"grade": "D"}))
        assert "ランクAB" in unsure  # nobody knows D: the piece's own is explained

    with fresh("sqlite", tmp_path) as database:
        database.write(unit)


def test_what_is_not_recorded_is_said_to_be_so(tmp_path: Path) -> None:
    def unit(db: Session) -> None:
        unit_id = stall.piece(db, 1042)
        row = db.get_one(Unit, unit_id)
        row.accessories, row.notes = "箱・保証書", "仕入先 田中様"
        db.flush()
        answer = told(ask(db, Person("U1"), "item.detail", {"sku": ["W-1042"]}))
        assert "箱・保証書" in answer
        assert "記録なし" in answer
        assert "担当者が現物を確認" in answer
        assert "田中" not in answer

    with fresh("sqlite", tmp_path) as database:
        database.write(unit)


def test_a_list_keeps_to_budget_grade_and_ten_cards(tmp_path: Path) -> None:
    def unit(db: Session) -> None:
        for number in range(1000, 1012):
            stall.piece(db, number, price=900_000)
        stall.piece(db, 1100, price=1_100_000)
        stall.piece(db, 1101, price=900_000, brand="Omega", model="Speedmaster")
        stall.piece(db, 1102, price=900_000, grade="C")
        text = "ロレックス 100万以下 在庫"
        answer = ask(db, Person("U1"), "catalog.bulk", {"brand": "rolex"}, text=text)
        (carousel,) = (each for each in answer.letters if isinstance(each, Cards))
        assert len(carousel.cards) == 10
        assert "W-1100" not in told(answer)
        assert "W-1101" not in told(answer)
        better = told(
            ask(db, Person("U1"), "catalog.bulk", {"brand": "rolex"}, text="Aランクのロレックス")
        )
        assert "W-1102" not in better
        none = told(ask(db, Person("U1"), "catalog.bulk", {"brand": "rolex", "money": 1_000}))
        assert "alerts.seek?brand=rolex&money=1000" in none
        alike = told(ask(db, Person("U1"), "", text="W-1102と同じモデルの他の状態"))
        assert alike.index("W-1000") < alike.index("W-1001")
        assert "W-1101" not in alike

    with fresh("sqlite", tmp_path) as database:
        database.write(unit)


def test_ten_codes_at_once_fit_one_free_reply(tmp_path: Path) -> None:
    def unit(db: Session) -> None:
        codes = []
        for number in range(1000, 1010):
            stall.piece(db, number, media=(AssetKind.FILM,) if number < 1008 else ())
            codes.append(f"W-{number}")
        who = Person("U1")
        many = ask(db, who, "media.request", {"sku": [*codes[:9], "W-9999"], "media": "video"})
        assert len(many.letters) <= 5
        assert "見つかりません" in told(many)
        assert "撮影を手配" in told(many)
        few = ask(db, who, "media.request", {"sku": codes[:3], "media": "video"})
        assert len([each for each in few.letters if isinstance(each, Clip)]) == 3
        assert len(few.letters) == 5

    with fresh("sqlite", tmp_path) as database:
        database.write(unit)


def test_in_a_group_each_speaker_has_their_own_rights(tmp_path: Path) -> None:
    """R-036: also in the middle of somebody else's talk."""

    def unit(db: Session) -> None:
        stall.piece(db, 1042, state=UnitState.UNLISTED, media=(AssetKind.FILM,))
        partner = partners.enter(db, "GINZA", "銀座", by="t", now=NOW)
        partners.seat(db, partner, "line", "Ua", by="t", now=NOW)
        partners.grant(
            db, partner, ["W-1042"], rights=["media", "link"], media_kinds=["film"],
            expires_on=None, by="t", now=NOW,
        )  # fmt: skip
        speaker, other = Person("Ua", "G1"), Person("Uz", "G1")
        shown = ask(db, speaker, "media.request", {"sku": ["W-1042"], "media": "video"})
        assert isinstance(shown.letters[0], Clip)
        other.memory = speaker.memory
        for what in ("media.request", "item.price", "item.detail", "media.defect"):
            answer = told(ask(db, replace(other), what, {"deictic": True}))
            assert "作品" not in answer
            assert "Daytona" not in answer
        for what in ("links.ask?sku=W-1042", "links.mine", "retail.loans", "alerts.wishes"):
            assert "1対1" in told(ask(db, speaker, what))

    with fresh("sqlite", tmp_path) as database:
        database.write(unit)
