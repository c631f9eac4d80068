"""A name is the same name however it is written (QUO-8)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.duties.identity.names import keyed, plain_name, stamp


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("髙橋　花子", "高橋花子"),
        ("山﨑 邊子", "山崎辺子"),
        ("たかはし はなこ", "ﾀｶﾊｼ ﾊﾅｺ"),
        ("ジョウシマ リュウ", "ｼﾞﾖｳｼﾏ ﾘﾕｳ"),
        ("スーザン・リー", "ｽ-ｻﾞﾝ ﾘ-"),
        ("Ｍａｒｙ Smith", "MARY SMITH"),
    ],
)
def test_ways_of_writing_one_name_are_one(one: str, other: str) -> None:
    assert plain_name(one) == plain_name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("高橋花子", "高橋花代"), ("ハシモト", "バシモト"), ("斉藤", "斎藤"), ("オノ", "オーノ")],
)
def test_other_names_stay_other(one: str, other: str) -> None:
    assert plain_name(one) != plain_name(other)


@given(st.text(max_size=30))
def test_folding_twice_is_folding_once(name: str) -> None:
    assert plain_name(plain_name(name)) == plain_name(name)


def test_a_hash_tells_nothing_across_keys() -> None:
    assert keyed("高橋花子", b"a" * 32) == keyed("髙橋 花子", b"a" * 32)
    assert keyed("高橋花子", b"a" * 32) != keyed("高橋花子", b"b" * 32)
    assert stamp("a b", b"a" * 32) != stamp("ab", b"a" * 32)
