"""A buyer sees the state of the piece as it was sold, and says that they have (R-015, R-016)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from catalog.customers import actions as customers
from catalog.ground.session.opening import open_database
from catalog.items.kinds import UnitState
from conversations.wording.custody.voice import voice as custody_voice
from conversations.wording.orders.voice import voice
from conversations.wording.pieces.voice import voice as pieces_voice
from media.originals.local import LocalStore
from media.report import actions, sales
from tests.conversations.flows import stall
from tests.conversations.flows.stall import Person, told
from tests.databases import fresh_url
from tests.media.report.desk import BY, Desk, lose
from tests.media.report.test_sales import Sold

SHOW = "condition.show?order_no=O-1&line=L1"


class Talk:
    """The buyer's chat, and a stranger's."""

    def __init__(self, sold: Sold) -> None:
        self.sold, self.desk = sold, sold.desk
        self.buyer, self.other = Person("buyer"), Person("other")
        self.desk.write(self._link)

    def _link(self, db: Session) -> None:
        customers.bind(db, self.sold.buyer, "line", "buyer", by=BY, now=self.desk.now)
        stall.customer(db, "other", "C-2")

    def ask(self, who: Person, what: str, **more: Any) -> str:
        now = self.desk.later()
        return told(self.desk.write(lambda db: stall.ask(db, who, what, now=now, **more)))


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talk]:
    with fresh_url("sqlite", tmp_path) as url:
        database = open_database(url)
        yield Talk(Sold(Desk(database, LocalStore(tmp_path / "media"), tmp_path / "in")))
        database.close()


def test_the_order_leads_to_its_record_and_the_tap_is_kept(talk: Talk) -> None:
    words = voice("ja")
    assert words.button("condition_now") in talk.ask(talk.buyer, "order.show?order_no=O-1")
    talk.sold.freeze()
    assert words.button("condition") in talk.ask(talk.buyer, "order.show?order_no=O-1")
    card = talk.ask(talk.buyer, SHOW)
    assert "6時側の線傷 (0.8 mm)" in card
    assert f"/verify/{talk.sold.issued.code}" in card
    assert words.button("condition_seen") in card
    answer = talk.ask(talk.buyer, f"condition.seen?report={talk.sold.report.id}")
    assert "記録いたしました" in answer
    seen = talk.desk.read(lambda db: sales.seen_by(db, talk.sold.buyer, talk.sold.report.id))
    assert seen.manifest_sha256 == talk.sold.issued.manifest_sha256
    assert words.button("condition_seen") not in talk.ask(talk.buyer, SHOW)


def test_who_confirms_a_corrected_report_is_shown_the_correction(talk: Talk) -> None:
    """R-016: what they saw stays noted as what they saw; the correction is confirmed by itself."""
    desk, first = talk.desk, talk.sold.report
    better = desk.write(lambda db: actions.correct(db, first.id, by=BY, now=desk.later()))
    issued = desk.issue(better, key="k2")
    for lang in ("ja", "en", "zh_hant", "zh_hans", "ko"):
        answer = talk.ask(talk.buyer, f"condition.seen?report={first.id}", lang=lang)
        assert voice(lang).condition_corrected() in answer
        assert f"/verify/{issued.code}" in answer
        assert f"condition.seen?report={better.id}" in answer
    seen = desk.read(lambda db: sales.seen_by(db, talk.sold.buyer, first.id))
    assert seen.manifest_sha256 == talk.sold.issued.manifest_sha256
    assert desk.read(lambda db: sales.seen_by(db, talk.sold.buyer, better.id)) is None
    answer = talk.ask(talk.buyer, f"condition.seen?report={better.id}")
    assert voice("ja").condition_corrected() not in answer
    assert desk.read(lambda db: sales.seen_by(db, talk.sold.buyer, better.id)) is not None


def test_asked_in_words_it_is_the_piece_that_was_bought(talk: Talk) -> None:
    talk.sold.freeze()
    for words in ("購入時の状態", "購入時の状態を見せて", "Show me the condition as sold"):
        assert "6時側の線傷" in talk.ask(talk.buyer, "", text=words), words


def test_a_grade_is_explained_with_what_the_report_of_the_piece_found(talk: Talk) -> None:
    """R-085: meaning, the piece's own findings, a sample one tap away; R-078 for what is theirs."""
    answer = talk.ask(talk.other, "details.grade?sku=W-10234")
    assert "ランクAB" in answer and "details.sample" in answer
    assert "状態報告書の指摘です" in answer and "1 6時側の線傷 (0.8 mm)" in answer
    english = talk.ask(talk.other, "details.grade?sku=W-10234", lang="en")
    assert "Findings of the condition report" in english and "6時側の線傷" in english
    talk.sold.freeze()
    for words in ("私の時計の状態", "Show me the condition of my watch"):
        assert "6時側の線傷" in talk.ask(talk.buyer, "", text=words), words
    assert "6時側の線傷" not in talk.ask(talk.other, "", text="私の時計の状態")


def test_what_came_back_is_never_told_by_the_record_of_before_as_it_is_now(talk: Talk) -> None:
    """R-004, R-085: grade and report of an earlier stay are told as such, in five languages."""
    desk, grade, detail = talk.desk, "details.grade?sku=W-10234", "details.tell?sku=W-10234"
    desk.moves(UnitState.LISTED, "dealer:shop")
    before = custody_voice("ja").of_before()
    assert before not in talk.ask(talk.other, grade) + talk.ask(talk.buyer, SHOW)
    desk.moves(UnitState.DELIVERED, "buyer")
    desk.moves(UnitState.RETURN_IN, "carrier")
    desk.moves(UnitState.LISTED, "dealer:shop")
    shown = talk.ask(talk.buyer, SHOW)
    assert before in shown and "現在の状態" not in shown.replace(before, "")
    for lang in ("ja", "en", "zh_hant", "zh_hans", "ko"):
        answer = talk.ask(talk.other, grade, lang=lang)
        assert answer.count(custody_voice(lang).of_before()) == 1
        assert pieces_voice(lang).grade_of_before("AB") in talk.ask(talk.other, detail, lang=lang)


def test_the_card_says_which_originals_are_lost(talk: Talk) -> None:
    """R-008: the pictures made from it stay, and nobody takes them for the original."""
    talk.sold.freeze()
    assert "原本が現在保管されていません" not in talk.ask(talk.buyer, SHOW)
    lose(talk.desk, talk.sold.before["dial"])
    for lang in ("ja", "en", "zh_hant", "zh_hans", "ko"):
        assert voice(lang).condition_lost(1) in talk.ask(talk.buyer, SHOW, lang=lang)


def test_a_stranger_sees_nothing_and_confirms_nothing(talk: Talk) -> None:
    talk.sold.freeze()
    nothing = voice("ja").no_condition()
    assert nothing in talk.ask(talk.other, SHOW)
    assert nothing in talk.ask(talk.other, f"condition.seen?report={talk.sold.report.id}")
    assert nothing in talk.ask(talk.buyer, "condition.seen?report=nobody")
    assert nothing in talk.ask(talk.buyer, "condition.show?order_no=O-9&line=L1")


def test_five_languages_say_it(talk: Talk) -> None:
    talk.sold.freeze()
    for lang in ("ja", "en", "zh_hant", "zh_hans", "ko"):
        card = talk.ask(talk.buyer, SHOW, lang=lang)
        assert voice(lang).button("condition_page") in card
        assert len(voice(lang).button("condition_seen")) <= 20
