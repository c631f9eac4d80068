"""The lexicon is data: enough names, no hidden double meanings, every spelling of one name the same
(R-090).
"""

from collections import Counter

import pytest

from catalog.items import lexicon, names, repair
from catalog.items.lexicon import mentions, readings
from catalog.items.names import NAMES, Alias
from catalog.items.search_index import (
    among_token,
    brand_token,
    named_token,
    own_token,
    word_token,
)
from catalog.items.words import fold, sound_key

WRITTEN_BY_HAND = [alias for alias in names.aliases() if alias.entry.kind in NAMES]


def test_there_are_more_than_twelve_hundred_names_of_brands_and_families() -> None:
    assert len({sound_key(alias.written) for alias in WRITTEN_BY_HAND}) >= 1_200


@pytest.mark.parametrize(
    ("first", "last", "least"),
    [("ァ", "ヺ", 1_500), ("\u4e00", "\u9fff", 500), ("가", "힣", 500)],
)
def test_customers_are_met_in_their_own_script(first: str, last: str, least: int) -> None:
    told = [a for a in WRITTEN_BY_HAND if any(first <= each <= last for each in a.written)]
    assert len(told) >= least


def test_a_name_with_two_meanings_is_marked() -> None:
    hidden = {
        key: [alias.entry.id for alias in meanings]
        for key, meanings in names.by_key().items()
        if sum(not _is_marked(alias) for alias in meanings) > 1
    }
    assert hidden == {}


def _is_marked(alias: Alias) -> bool:
    return alias.is_shared or alias.is_weak or alias.is_cell


def test_no_name_folds_to_nothing_and_each_line_says_something() -> None:
    assert [alias.written for alias in names.aliases() if not sound_key(alias.written)] == []
    assert [name.id for name in names.names() if not all(name.names)] == []


def test_ids_are_unique_within_their_kind() -> None:
    counted = Counter((name.kind, name.id) for name in names.names())
    assert [entry for entry, count in counted.items() if count > 1] == []


def test_every_family_has_a_known_brand_and_known_parents() -> None:
    brands = {name.id for name in names.names() if name.kind == "brand"}
    for name in names.names():
        if name.kind == "family":
            assert name.brand in brands, name.id
        for parent in name.parents:
            above = names.family(parent)
            assert above is not None, (name.id, parent)
            assert above.brand == name.brand, (name.id, parent)


def test_colours_said_by_nicknames_are_known_words() -> None:
    words = {name.id for name in names.names() if name.kind == "soft"}
    assert {said for alias in names.aliases() for said in alias.soft} <= words


def test_no_two_entries_share_a_token_of_the_index() -> None:
    for kinds, token in (
        (("brand",), brand_token),
        (("brand",), named_token),
        (("family",), own_token),
        (("family",), among_token),
        (("soft", "thing"), word_token),
    ):
        counted = Counter(token(name.id) for name in names.names() if name.kind in kinds)
        assert [each for each, count in counted.items() if count > 1] == []
        assert all(len(each) > 2 and each.isalnum() for each in counted)


@pytest.mark.parametrize(
    "ways",
    [
        ("デイトナ", "でいとな", "ﾃﾞｲﾄﾅ", "ＤＡＹＴＯＮＡ", "Daytona", "迪通拿", "데이토나"),
        ("サブマリーナー", "サブマリーナ", "ｻﾌﾞﾏﾘｰﾅ", "さぶまりーな", "水鬼"),
        ("ヴァシュロン", "バシュロン", "ばしゅろん", "江詩丹頓", "江诗丹顿"),
        ("ルイ・ヴィトン", "ルイヴィトン", "ルイビトン", "ﾙｲ ｳﾞｨﾄﾝ", "路易威登"),
        ("Hermès", "hermes", "エルメス", "愛馬仕", "에르메스"),
        ("ネヴァーフル", "ネバーフル", "Neverfull"),
        ("オイパペ41", "オイスターパーペチュアル 41", "Oyster Perpetual 41"),
        ("GMTマスターII", "GMTマスター2", "gmt-master ii"),
        ("エクツー", "エクスプローラーⅡ", "エクスプローラー2"),
    ],
)
def test_every_way_of_writing_a_name_means_the_same(ways: tuple[str, ...]) -> None:
    assert len({mentions(fold(way))[0].entry.id for way in ways}) == 1


@pytest.mark.parametrize(
    ("text", "family", "says"),
    [
        ("黒サブ", "submariner", ("black",)),
        ("青サブありますか", "submariner", ("blue",)),
        ("ハルク", "submariner", ("green",)),
        ("白エク", "explorer_2", ("white",)),
        ("スピマス", "speedmaster", ()),
        ("マトラッセ", "classic_flap", ()),
    ],
)
def test_a_nickname_says_family_and_colour(text: str, family: str, says: tuple[str, ...]) -> None:
    (found,) = mentions(fold(text))
    assert (found.entry.id, found.soft) == (family, says)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("チューダー スタイル", ["tudor", "tudor_style"]),
        ("スタイルの良い時計", []),
        ("I love it, play the video", []),
        ("エンジンの音", []),
        ("タンクトップ", []),
        ("Tudor Heritage", ["tudor", "tudor_heritage"]),
        ("ロンジン ヘリテージ", ["longines", "longines_heritage"]),
    ],
)
def test_everyday_words_are_names_only_beside_their_brand(text: str, found: list[str]) -> None:
    assert [mention.entry.id for mention in mentions(fold(text))] == found


def test_a_shared_name_tells_what_else_it_may_mean() -> None:
    (found,) = (each for each in readings(fold("ヘリテージ"), is_lenient=True))
    meant = {found.entry.id, *(name.id for name in found.others)}
    assert {"longines_heritage", "tissot_heritage", "tudor_heritage"} <= meant


def test_families_know_their_sizes() -> None:
    assert {name.id for name in names.narrower("datejust")} >= {"datejust_36", "lady_datejust"}
    assert names.wider("royal_oak_offshore") == ("royal_oak",)
    assert lexicon.model_id("Datejust 36", "Rolex") == "datejust_36"
    assert lexicon.model_id("Submariner Date 41mm", "ロレックス") == "submariner"
    assert lexicon.brand_id("Junghans Max Bill") == "junghans"
    assert lexicon.brand_id("誰も知らない") == "誰モ知ラナイ"


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("デトナ", "デトナ"),
        ("ノーラチス", "ノチラス"),
        ("datjust", "datejust"),
        ("nautlius", "nautilus"),
        ("롤랙스", "롤렉스"),
    ],
)
def test_one_slip_in_a_name_is_put_right(word: str, meant: str) -> None:
    assert meant in [each.key for each in repair.near(word)]


@pytest.mark.parametrize("written", ["116500LM", "5711", "iw371446", "サブ2", "F123456", "a1"])
def test_digits_are_never_put_right(written: str) -> None:
    assert repair.near(written) == []


def test_two_names_written_as_one_word_come_apart() -> None:
    assert repair.apart("rolexsubmariner") == "rolex submariner"
    assert repair.apart("unknownword") is None


@pytest.mark.parametrize("name", ["サブ", "ロレ", "デイトナ", "ケース", "sub ", "黒サブ"])
def test_a_name_said_a_thousand_times_is_read_like_any_text(name: str) -> None:
    found = mentions(fold(name * 1_000))
    assert all(each.end <= len(name) * 1_000 for each in found)
