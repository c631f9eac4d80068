"""What the stand-in refuses of a message, and that it takes what LINE takes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.simulator.refusals import LineRefusal, check_messages

URL = "https://demo.akashi.invalid/m/abc"
PICTURE = {"type": "image", "originalContentUrl": URL, "previewImageUrl": URL}
FILM = {**PICTURE, "type": "video", "trackingId": "film-1"}
POSTBACK = {"type": "postback", "label": "動画", "data": "film"}


def flex(contents: Any, **rest: Any) -> dict[str, Any]:
    return {"type": "flex", "altText": "カード", "contents": contents, **rest}


def bubble(*components: Any, **rest: Any) -> dict[str, Any]:
    body = {"type": "box", "layout": "vertical", "contents": list(components)}
    return {"type": "bubble", "body": body, **rest}


def with_quick(*actions: Any) -> dict[str, Any]:
    items = [{"type": "action", "action": action} for action in actions]
    return {"type": "text", "text": "選ぶ", "quickReply": {"items": items}}


HERO_FILM = {
    "type": "video",
    "url": URL,
    "previewUrl": URL,
    "altContent": {"type": "image", "url": URL},
}

TAKEN = [
    {"type": "text", "text": "はい"},
    PICTURE,
    FILM,
    with_quick(*[POSTBACK] * 13),
    flex(bubble({"type": "text", "text": "時計", "color": "#1a2b3c"})),
    flex({"type": "carousel", "contents": [bubble({"type": "separator"})] * 12}),
    flex(bubble({"type": "button", "action": POSTBACK}, size="mega", hero=HERO_FILM)),
    {
        "type": "template",
        "altText": "はい？",
        "template": {"type": "confirm", "text": "はい？", "actions": [POSTBACK, POSTBACK]},
    },
]
REFUSED: list[tuple[Any, str]] = [
    ({"type": "text", "text": ""}, "messages[0].text"),
    ({"type": "text", "text": "😀" * 2_501}, "messages[0].text"),
    ({"type": "poem"}, "messages[0].type"),
    ("text", "messages[0]"),
    ({**PICTURE, "originalContentUrl": "http://x/y"}, "messages[0].originalContentUrl"),
    ({**PICTURE, "originalContentUrl": "https://x/写真"}, "messages[0].originalContentUrl"),
    ({"type": "video", "originalContentUrl": URL}, "messages[0].previewImageUrl"),
    ({**FILM, "trackingId": "空白 あり"}, "messages[0].trackingId"),
    (with_quick(*[POSTBACK] * 14), "messages[0].quickReply.items"),
    (with_quick({**POSTBACK, "label": "あ" * 21}), "messages[0].quickReply.items[0].action.label"),
    (with_quick({**POSTBACK, "data": ""}), "messages[0].quickReply.items[0].action.data"),
    (
        with_quick({"type": "uri", "label": "x", "uri": "javascript:alert(1)"}),
        "messages[0].quickReply.items[0].action.uri",
    ),
    (flex(bubble(), altText=""), "messages[0].altText"),
    (flex(bubble({"type": "text", "text": ""})), "messages[0].contents.body.contents[0].text"),
    (
        flex(bubble({"type": "text", "text": "x", "color": "red"})),
        "messages[0].contents.body.contents[0].color",
    ),
    (flex(bubble(HERO_FILM)), "messages[0].contents.body.contents[0].type"),
    (flex(bubble(size="nano", hero=HERO_FILM)), "messages[0].contents.hero"),
    (
        flex({"type": "carousel", "contents": [bubble(hero=HERO_FILM)]}),
        "messages[0].contents.contents[0].hero",
    ),
    (flex({"type": "carousel", "contents": [bubble()] * 13}), "messages[0].contents.contents"),
    (flex(bubble({"type": "text", "text": "x" * 31_000})), "messages[0].contents"),
]


@pytest.mark.parametrize("message", TAKEN)
def test_what_line_takes_is_taken(message: Any) -> None:
    assert check_messages([message]) == [message]


@pytest.mark.parametrize(("message", "place"), REFUSED)
def test_what_line_refuses_is_refused_with_its_place(message: Any, place: str) -> None:
    with pytest.raises(LineRefusal) as refusal:
        check_messages([message])
    assert refusal.value.status == 400
    assert place in [fault["property"] for fault in refusal.value.answer["details"]]


@pytest.mark.parametrize("messages", [None, [], [TAKEN[0]] * 6, {"type": "text"}])
def test_one_to_five_messages_go_together(messages: Any) -> None:
    with pytest.raises(LineRefusal):
        check_messages(messages)


@given(st.text(min_size=1, max_size=5_200))
def test_texts_are_counted_in_utf_16_units(words: str) -> None:
    is_short = sum(2 if ord(each) > 0xFFFF else 1 for each in words) <= 5_000
    try:
        check_messages([{"type": "text", "text": words}])
    except LineRefusal:
        assert not is_short
    else:
        assert is_short
