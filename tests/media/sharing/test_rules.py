"""Ranges and conditions of HTTP, against the plain reading of RFC 9110."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.sharing.rules import Answer, Beyond, Piece, Unchanged, Whole, answer, sheet_of

ETAG = '"abc"'


def asked(
    wanted: str | None, *, size: int = 10, if_range: str | None = None, match: str | None = None
) -> Answer:
    return answer(size, ETAG, wanted=wanted, if_range=if_range, if_none_match=match)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (None, Whole()),
        ("bytes=0-", Piece(0, 10)),
        ("bytes=0-0", Piece(0, 1)),
        ("bytes=3-5", Piece(3, 6)),
        ("Bytes=3-5", Piece(3, 6)),
        ("bytes=3-500", Piece(3, 10)),
        ("bytes=-4", Piece(6, 10)),
        ("bytes=-400", Piece(0, 10)),
        ("bytes=9-9", Piece(9, 10)),
        ("bytes=10-", Beyond()),
        ("bytes=99999999999999999999999999-", Beyond()),
        ("bytes=-0", Beyond()),
        ("bytes=5-3", Whole()),
        ("bytes=0-1,3-4", Whole()),
        ("bytes=", Whole()),
        ("bytes=-", Whole()),
        ("bytes=a-b", Whole()),
        ("bytes=１-２", Whole()),
        ("items=0-1", Whole()),
    ],
)
def test_a_range_is_answered(wanted: str | None, found: Answer) -> None:
    assert asked(wanted) == found


def test_a_range_of_another_version_gets_all_of_it() -> None:
    assert asked("bytes=3-5", if_range=ETAG) == Piece(3, 6)
    for other in ('"other"', 'W/"abc"', "Wed, 21 Oct 2026 07:28:00 GMT"):
        assert asked("bytes=3-5", if_range=other) == Whole()


def test_who_has_it_already_is_sent_nothing() -> None:
    for match in (ETAG, 'W/"abc"', '"x", "abc"', "*"):
        assert asked("bytes=3-5", match=match) == Unchanged()
    assert asked(None, match='"x"') == Whole()


def test_nothing_of_an_empty_file_can_be_a_piece() -> None:
    for wanted in ("bytes=0-", "bytes=-1", "bytes=0-0"):
        assert asked(wanted, size=0) == Beyond()


@given(st.text(max_size=40), st.integers(0, 10**12))
def test_any_header_has_an_answer_inside_the_file(wanted: str, size: int) -> None:
    found = asked(f"bytes={wanted}", size=size)
    if isinstance(found, Piece):
        assert 0 <= found.start < found.stop <= size


@given(st.integers(0, 500), st.integers(1, 60), st.integers(-3, 600))
def test_every_capture_is_on_one_sheet(count: int, at_once: int, wanted: int) -> None:
    sheets = sheet_of(count, 1, at_once=at_once).sheets
    every = [sheet_of(count, n, at_once=at_once) for n in range(1, sheets + 1)]
    assert [n for each in every for n in range(each.start, each.stop)] == list(range(count))
    assert all(each.stop - each.start <= at_once for each in every)
    found = sheet_of(count, wanted, at_once=at_once)
    assert found == every[max(1, min(wanted, sheets)) - 1]
    whole = sheet_of(count, None, at_once=at_once)
    assert (whole.start, whole.stop, whole.sheets) == (0, count, 1)
