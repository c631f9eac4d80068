"""Chapters on a share page: shots and parts in the reader's language, and nothing else of what was
written (R-010, R-029); only those of films that stand on the page.
"""

import re
from html import unescape
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from catalog.grading.checklists import CHECKLISTS
from catalog.ground.record import AssetId
from catalog.ground.session.database import Database
from catalog.items.kinds import Category
from media import chapters
from media.assets.kinds import AssetKind, Part
from media.assets.tables import Asset
from media.originals.local import LocalStore
from media.sharing import pages, scenes
from media.sharing.opening import Opened
from tests.conversations.flows import stall
from tests.conversations.flows.stall import NOW
from tests.media import captures
from tests.media.sharing.test_looking_in import Door
from tests.media.sharing.test_shares import ginza, made, opened

MARKED = (
    (0, "文字盤正面", None),
    (1_500, "ｄｉａｌ， Front", Part.DIAL),
    (83_500, "佐藤 IMG_0042.MOV 傷あり", Part.CLASP),
    (90_000, "佐藤のメモ", None),
    (3_725_250, "タイムグラファー", None),
)
NAMES = {
    "ja": ["文字盤正面", "文字盤正面", "クラスプ", "場面4", "タイムグラファー"],
    "en": ["Dial, front", "Dial, front", "Clasp", "Scene 4", "Timegrapher"],
    "zh_hant": ["面盤", "面盤", "錶扣", "場景4", "Timegrapher"],
    "zh_hans": ["表盘", "表盘", "表扣", "场景4", "Timegrapher"],
    "ko": ["다이얼", "다이얼", "버클", "장면 4", "Timegrapher"],
}


def _mark(db: Session, film: str, at_ms: int, label: str, part: Part | None) -> None:
    chapters.mark(db, AssetId(film), at_ms, label, part=part, by="佐藤", now=NOW)


def _links(page: str) -> list[tuple[str, str, str]]:
    """The moment, the clock and the name of each chapter on a page."""
    found = re.findall(
        r'#t=([\d.]+)" data-seek="\d+"><span class="clock">([\d:]+)</span> <span[^>]*>([^<]*)<',
        page,
    )
    return [(at, clock, unescape(name)) for at, clock, name in found]


def test_a_chapter_is_told_as_a_shot_or_a_part_in_every_language(database: Database) -> None:
    def unit(db: Session) -> Opened:
        piece = stall.piece(db, 1042, media=(AssetKind.STILL,))
        film = stall.capture(db, piece, AssetKind.FILM)
        for told in MARKED:
            _mark(db, film, *told)
        return opened(db, made(db, ginza(db)))

    there = database.write(unit)
    for lang, names in NAMES.items():
        page = pages.page(there, lang=lang, address="/s/x", contact_url=None, now=NOW)
        found = _links(page)
        assert [name for _, _, name in found] == names
        assert [at for at, _, _ in found] == ["0.0", "1.5", "83.5", "90.0", "3725.25"]
        assert [clock for _, clock, _ in found] == ["0:00", "0:01", "1:23", "1:30", "62:05"]
        assert "佐藤" not in page
        assert "IMG_0042" not in page


def test_only_films_of_the_page_tell_their_chapters_and_what_was_taken_back_is_gone(
    database: Database,
) -> None:
    def unit(db: Session) -> None:
        piece = stall.piece(db, 1042, media=(AssetKind.STILL,))
        film = stall.capture(db, piece, AssetKind.FILM)
        _mark(db, film, 0, "裏蓋", None)
        _mark(db, film, 500, "ラグ", None)
        page = made(db, ginza(db))
        later = stall.capture(db, piece, AssetKind.FILM, part="clasp")
        _mark(db, later, 0, "クラスプ", None)
        [shown, still] = opened(db, page).shown
        assert [each.told for each in shown.scenes] == ["裏蓋", "ラグ"]
        assert still.scenes == ()
        [first, _] = chapters.of(db, AssetId(film))
        chapters.end(db, AssetId(film), first.id, by="佐藤", now=NOW)
        [shown, _] = opened(db, page).shown
        assert [each.told for each in shown.scenes] == ["ラグ"]

    database.write(unit)


def test_a_chapter_leads_into_the_film_by_an_address_of_the_page(
    database: Database, store: LocalStore, tmp_path: Path
) -> None:
    """Behind a PIN the page and its chapters need the seat, as everything there does; a moment
    after the end of the film is no chapter.
    """
    door = Door(database, store, tmp_path / "shots")
    door._ready(captures.film(tmp_path / "film.mp4"))

    def mark(db: Session) -> None:
        [film] = [each for each in _films(db) if each]
        for at, label in ((200, "裏蓋"), (30_000, "ラグ")):
            _mark(db, film, at, label, None)

    database.write(mark)
    shared = door.share(most_opened=1)
    somebody, other = door.browser(), door.browser()
    assert _links(somebody.page(shared).text) == []
    somebody.tell(shared)
    page = somebody.page(shared).text
    assert _links(page) == [("0.2", "0:00", "裏蓋")]
    [address] = re.findall(r'href="(/s/b/[^"#]+)#t=0.2"', page)
    assert f'src="{address}"' in page
    piece = somebody.ask(address, headers={"Range": "bytes=0-9"})
    assert (piece.status_code, len(piece.content)) == (206, 10)
    assert other.ask(address).status_code == 404
    assert sum(each.times for each in door.looks()) == door.asked


def _films(db: Session) -> list[str]:
    return list(db.exec(select(Asset.id).where(Asset.kind == AssetKind.FILM.value)))


@given(
    st.text(max_size=60) | st.sampled_from(["文字盤正面", "dial, front"]),
    st.sampled_from(Part),
    st.integers(0, 10**8),
)
def test_a_label_the_checklist_does_not_know_is_never_told(
    label: str, part: Part, at_ms: int
) -> None:
    """Whatever hands write there: what goes out is from the checklist and the list of parts."""
    shots = CHECKLISTS[Category.WATCH].shots
    found = scenes.scene(at_ms, part, label, shots)
    assert (found.told, found.told_en) in {("", ""), *((each.told, each.told_en) for each in shots)}
    assert (found.at_ms, found.part) == (at_ms, part)
