"""Letters in the page's JSON, as data."""

import pytest

from bot.webchat.render import WebWouldRefuse, render
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

HERE = "https://shop.example"
CARD = Card(
    "デイトナ",
    lines=(("商品番号", "W-10234"),),
    note="税込",
    picture_url=f"{HERE}/m/p",
    buttons=(
        Button("動画", data="media.show", tone=Tone.MAIN),
        Button("地図", url="https://maps.example/", tone=Tone.LINK),
    ),
)
SHOWN = {
    "heading": "デイトナ",
    "lines": [["商品番号", "W-10234"]],
    "note": "税込",
    "picture": f"{HERE}/m/p",
    "buttons": [
        {"label": "動画", "tone": "main", "tap": "media.show", "said": "動画"},
        {"label": "地図", "tone": "link", "url": "https://maps.example/"},
    ],
}


def test_an_answer_is_one_call_with_everything_in_order() -> None:
    letters: list[Letter] = [
        Text("はい"),
        Choices("どちらですか", (Button("左", data="a", said="左をください"),)),
        CARD,
        Cards((CARD, CARD), "2点"),
        Clip(f"{HERE}/m/f", f"{HERE}/m/s", "w:1", "裏蓋の動画"),
        Picture(f"{HERE}/m/a", f"{HERE}/m/b", "文字盤"),
    ]
    [call] = render(letters)
    offered = {"label": "左", "tone": "other", "tap": "a", "said": "左をください"}
    assert call == [
        {"type": "text", "text": "はい"},
        {"type": "choices", "text": "どちらですか", "options": [offered]},
        {"type": "card", **SHOWN},
        {"type": "cards", "said": "2点", "cards": [SHOWN, SHOWN]},
        {
            "type": "clip", "url": f"{HERE}/m/f", "poster": f"{HERE}/m/s", "tracking": "w:1",
            "said": "裏蓋の動画",
        },
        {"type": "picture", "url": f"{HERE}/m/a", "preview": f"{HERE}/m/b", "said": "文字盤"},
    ]  # fmt: skip


@pytest.mark.parametrize(
    "letter",
    [
        Picture("http://shop.example/a", f"{HERE}/b"),
        Clip(f"{HERE}/a", "data:image/png;base64,AAAA"),
        Card("x", picture_url="http://shop.example/a"),
        Choices("x", (Button("y", data="x" * 301),)),
        Choices("x", (Button("y"),)),
        Choices("x", (Button("y", url="javascript:alert(1)"),)),
    ],
)
def test_what_a_page_must_not_show_is_refused(letter: Letter) -> None:
    with pytest.raises(WebWouldRefuse):
        render([letter])
