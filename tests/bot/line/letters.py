"""Letters as a flow would write them, whole and at random, for the tests of this folder."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from conversations.messages import (
    Button,
    Card,
    Cards,
    Choices,
    Clip,
    Letter,
    Picture,
    Text,
    Tone,
)

# A busy machine is slow, not wrong.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
PUBLIC = "https://demo.akashi.invalid"

# No lone surrogates: wording never makes them. Everything else a shop may write, emoji above all.
_signs = st.one_of(
    st.characters(exclude_categories=["Cs"]), st.sampled_from("証動画ヴィ👩‍👩‍👧🏽é。\n 　.")
)


def words(most: int, *, least: int = 1) -> st.SearchStrategy[str]:
    """Text that is not blank."""
    return st.text(_signs, min_size=least, max_size=most).filter(lambda text: bool(text.strip()))


urls = st.builds("{}/m/{}".format, st.just(PUBLIC), st.text("abcXYZ019-_é 写", max_size=60))
buttons = st.one_of(
    st.builds(
        Button,
        label=words(60),
        data=st.text("abc:0123456789-", min_size=1, max_size=300),
        said=st.none() | words(400),
        tone=st.sampled_from(Tone),
    ),
    st.builds(Button, label=words(60), url=urls, tone=st.sampled_from(Tone)),
)
cards = st.builds(
    Card,
    heading=words(300),
    lines=st.lists(
        st.tuples(st.text(_signs, max_size=60), st.text(_signs, max_size=200)), max_size=6
    ).map(tuple),
    note=st.none() | words(200),
    picture_url=st.none() | urls,
    buttons=st.lists(buttons, max_size=3).map(tuple),
    said=st.text(_signs, max_size=2000),
)
letters: st.SearchStrategy[Letter] = st.one_of(
    st.builds(Text, words(200)),
    st.builds(Choices, words(100), st.lists(buttons, max_size=13).map(tuple)),
    cards,
    st.builds(
        Cards, st.lists(cards, min_size=1, max_size=14).map(tuple), st.text(_signs, max_size=50)
    ),
    st.builds(Clip, urls, urls, st.none() | st.text("abcXYZ019-.:;", min_size=1, max_size=100)),
    st.builds(Picture, urls, urls),
)

FILM = Clip(f"{PUBLIC}/m/film", f"{PUBLIC}/m/poster", "w:01K9")
WATCH = Card(
    heading="ロレックス サブマリーナ 116610LN",
    lines=(("商品番号", "W-10234"), ("グレード", "A"), ("撮影日", "2026年11月3日")),
    note="動画は撮影したままで、加工していません。",
    picture_url=f"{PUBLIC}/m/still",
    buttons=(
        Button("裏蓋を見る", data="part:W-10234:case_back", tone=Tone.MAIN),
        Button("担当者と話す", data="human", said="担当者と話したいです"),
        Button("商品ページ", url=f"{PUBLIC}/s/1", tone=Tone.LINK),
    ),
    said="ロレックス サブマリーナ W-10234 グレードA",
)
PARTS = Choices(
    "ほかにご覧になりたい部分はございますか。",
    (Button("文字盤", data="part:dial"), Button("ブレスレット", data="part:bracelet")),
)
