"""Whose piece it is asks for its record and where it is (R-022, R-078); nobody else learns it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.app import FLOWS
from catalog.ground.record import CustomerId, UnitId
from catalog.ground.session.database import Database
from catalog.items.custody import Phase, stretches
from catalog.items.kinds import UnitState
from catalog.items.tables import Unit
from conversations.flows.own_pieces import theirs
from conversations.wording.custody.voice import voice
from media.assets.kinds import AssetKind
from media.intake import tasks
from media.report.timeline import witnessed
from tests.catalog.consignment.shelf import Shelf
from tests.catalog.items.test_custody import PAST, steps
from tests.conversations.flows import stall
from tests.conversations.flows.stall import Person
from tests.media.captures import NOON


class Talk:
    """A consignor with a bag at the shop, and somebody else."""

    def __init__(self, database: Database) -> None:
        self.shelf = Shelf(database)
        self.owner, self.other, self.visitor = Person("own"), Person("other"), Person("visitor")
        self.customer: CustomerId = database.write(lambda db: stall.customer(db, "own", "C-90"))
        database.write(lambda db: stall.customer(db, "other", "C-91"))
        self.shelf.identify(self.customer)
        self.unit = self.shelf.piece(self.customer)
        self.shelf.go(minutes=60)
        self.contract = self.shelf.propose(self.customer, self.unit).contract_id
        self.shelf.agree(self.contract, self.customer)
        self.shelf.go(minutes=60)
        self.shelf.move(self.unit, UnitState.LISTED)

    def says(self, who: Person, text: str, lang: str = "ja") -> str:
        now = self.shelf.now + timedelta(minutes=5)
        return stall.told(
            self.shelf.database.write(
                lambda db: stall.ask(db, who, "", text=text, lang=lang, now=now)
            )
        )

    def films(self, minutes: int, kind: AssetKind = AssetKind.FILM) -> str:
        at = self.shelf.now - timedelta(minutes=minutes)
        unit = UnitId(self.unit)
        return self.shelf.database.write(lambda db: stall.capture(db, unit, kind, at=at))

    def code(self) -> str:
        return str(self.shelf.read(lambda db: db.get_one(Unit, self.unit).code))


@pytest.fixture
def talk(database: Database) -> Iterator[Talk]:
    yield Talk(database)


def test_where_it_is_with_a_date_for_each_step_and_what_shows_it(talk: Talk) -> None:
    """R-022: the customer's own steps, and the truth where nothing was filmed."""
    told = talk.says(talk.owner, "私のバッグはいま?")
    words = voice("ja")
    for phase in (Phase.APPRAISAL, Phase.STORAGE):
        assert words.phase(phase.value) in told
    assert "撮影記録なし" in told and "Clip(" not in told
    talk.films(30)
    told = talk.says(talk.owner, "私のバッグはいま?")
    assert "動画1点" in told and told.count("Clip(") == 1
    assert "「保管」です" in told
    for text, lang in (
        ("Where is my bag?", "en"), ("我的包在哪裡", "zh_hant"), ("我的包在哪里", "zh_hans"),
        ("내 가방 어디 있나요", "ko"),
    ):  # fmt: skip
        assert voice(lang).phase("storage") in talk.says(talk.owner, text, lang), lang


def test_the_record_of_ones_own_piece_and_a_capture_where_there_is_none(talk: Talk) -> None:
    """R-078, R-002: a true answer, and the film is arranged once."""
    told = talk.says(talk.owner, "私のバッグの状態")
    assert "手配" in told and "Clip(" not in told
    waiting = talk.shelf.read(lambda db: tasks.open_for(db, UnitId(talk.unit)))
    assert [each.kind for each in waiting] == ["film"]
    talk.says(talk.owner, "私のバッグの状態")
    assert len(talk.shelf.read(lambda db: tasks.open_for(db, UnitId(talk.unit)))) == 1
    talk.films(150)
    told = talk.says(talk.owner, "私のバッグの状態を見せてください")
    assert "SHA-256" in told and "Clip(" in told and talk.code() in told


def test_others_and_the_unknown_learn_nothing(talk: Talk) -> None:
    talk.films(30)
    for text in ("私のバッグの状態", "私のバッグはいま?", f"{talk.code()}の管理の経過"):
        assert voice("ja").none() in talk.says(talk.other, text), text
        assert "membership.link" in talk.says(talk.visitor, text), text
    group = Person("own", group="family")
    assert "Clip(" not in talk.says(group, "私のバッグの状態")


@given(told=PAST.filter(bool), minutes=st.integers(0, 3000))
@settings(deadline=None)
def test_a_past_is_cut_where_it_is_somebody_elses(
    told: list[tuple[int, UnitState, str]], minutes: int
) -> None:
    """A buyer sees nothing of before the sale, another nothing of what came after it."""
    whole = witnessed(stretches(steps(told)), [])
    bought_at = NOON + timedelta(minutes=minutes)
    assert all(each.stretch.since >= bought_at for each in theirs(whole, bought_at=bought_at))
    hidden = {Phase.SENT, Phase.DELIVERED, Phase.COMING_BACK}
    assert not hidden & {each.stretch.phase for each in theirs(whole, bought_at=None)}


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("私の時計の状態", "own.state"),
        ("預けたバッグの状態を教えてください", "own.state"),
        ("the condition of my watch", "own.state"),
        ("我的手錶的狀態", "own.state"),
        ("我的手表状态", "own.state"),
        ("내 시계 상태 보여주세요", "own.state"),
        ("私の時計はいま？", "own.way"),
        ("私の時計は今どこですか", "own.way"),
        ("預けた品物の状況を教えて", "own.way"),
        ("管理の経過", "own.way"),
        ("Where is my watch now?", "own.way"),
        ("W-10234の管理の経過", "own.way"),
        ("状況は？", None),
        ("私の時計を売りたい", None),
        ("私の時計の値段", None),
        ("where is my order", None),
    ],
)
def test_what_people_write_for_it(text: str, command: str | None) -> None:
    found = FLOWS.command(text)
    assert (found[0] if found else None) == command
