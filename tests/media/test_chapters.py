"""Chapters of a film: marked by staff, one at a moment, read by a player whatever their names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from catalog.ground import journal
from catalog.ground.record import AssetId, Sha256
from catalog.ground.session.database import Database
from media import chapters
from media.assets.kinds import AssetKind, Part, TimeSource
from media.chapters import ChapterMalformed, ChapterMissing, ChaptersRefused
from media.intake.receive import Capture, receive
from tests.media import captures
from tests.media.captures import NOON


def _capture(db: Session, kind: AssetKind = AssetKind.FILM) -> AssetId:
    told = Capture(
        sha256=Sha256(kind.value.encode().hex().ljust(64, "0")), size=10, mime="video/mp4",
        kind=kind, name="a", source=kind.value, unit_id=None, part=None, captured_at=NOON,
        time_source=TimeSource.CAMERA,
    )  # fmt: skip
    return receive(db, told, actor="test", now=NOON).asset_id


def _mark(
    db: Session, film: AssetId, at: int, label: str = "裏蓋", part: Part | None = None
) -> None:
    chapters.mark(db, film, at, label, part=part, by="sato", now=NOON)


def test_chapters_stand_in_order_and_the_same_twice_is_one(database: Database) -> None:
    captures.unit(database)

    def story(db: Session) -> None:
        film = _capture(db)
        _mark(db, film, 9_000)
        _mark(db, film, 1_000, "文字盤", Part.DIAL)
        _mark(db, film, 9_000)
        assert [(each.at_ms, each.label) for each in chapters.of(db, film)] == [
            (1_000, "文字盤"), (9_000, "裏蓋"),
        ]  # fmt: skip
        with pytest.raises(ChaptersRefused):
            _mark(db, film, 9_000, "別の名前")
        [first, last] = chapters.of(db, film)
        chapters.end(db, film, last.id, by="sato", now=NOON)
        assert [each.id for each in chapters.of(db, film)] == [first.id]
        with pytest.raises(ChapterMissing):
            chapters.end(db, film, last.id, by="sato", now=NOON)
        _mark(db, film, 9_000, "別の名前")
        verbs = [each.verb for each in journal.of(db, f"asset:{film}")]
        assert verbs.count("chapter_marked") == 3
        assert verbs.count("chapter_ended") == 1

    database.write(story)


def test_a_picture_has_none_and_a_moment_is_one_of_a_film(database: Database) -> None:
    def story(db: Session) -> None:
        film, still = _capture(db), _capture(db, AssetKind.STILL)
        with pytest.raises(ChaptersRefused):
            _mark(db, still, 0)
        for at, label in ((-1, "x"), (10**9, "x"), (0, " \n "), (0, "長" * 61)):
            with pytest.raises(ChapterMalformed):
                _mark(db, film, at, label)
        [] = chapters.of(db, film)
        _mark(db, film, 0)
        [mine] = chapters.of(db, film)
        with pytest.raises(ChapterMissing):
            chapters.end(db, still, mine.id, by="sato", now=NOON)
        for n in range(1, chapters.MOST_CHAPTERS):
            _mark(db, film, n)
        with pytest.raises(ChaptersRefused):
            _mark(db, film, 99_999)

    database.write(story)


@given(
    st.lists(st.tuples(st.integers(0, 10**7), st.text(min_size=1, max_size=60)), max_size=8),
    st.integers(0, 10**7),
)
def test_whatever_a_chapter_is_called_it_is_one_line_of_the_list(
    told: list[tuple[int, str]], until_ms: int
) -> None:
    text = chapters.webvtt(sorted(told), until_ms=until_ms)
    lines = text.split("\n")
    assert lines[0] == "WEBVTT"
    assert sum(" --> " in line for line in lines) == len(told)
    assert "<" not in text
