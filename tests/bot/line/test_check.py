"""The local limit checker against LINE's limits, one example for each, and against the second list
of them.
"""

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.line.check import LineWouldRefuse, check
from bot.line.render import render
from catalog.ground.errors import Malformed
from tests.bot.line.letters import FILM, PARTS, PATIENT, WATCH, letters
from tests.line_rules import message_problems

Json = dict[str, Any]
HTTPS = "https://demo.akashi.invalid/m/abc"


def text(words: str = "はい", **more: Any) -> Json:
    return {"type": "text", "text": words, **more}


def quick(*actions: Json) -> Json:
    return {"items": [{"type": "action", "action": action} for action in actions]}


def postback(label: str = "はい", data: str = "yes", **more: Any) -> Json:
    return {"type": "postback", "label": label, "data": data, **more}


def uri(address: str) -> Json:
    return {"type": "uri", "label": "開く", "uri": address}


def film(**more: Any) -> Json:
    return {"type": "video", "originalContentUrl": HTTPS, "previewImageUrl": HTTPS, **more}


def flex(contents: Json, alt: str = "カード") -> Json:
    return {"type": "flex", "altText": alt, "contents": contents}


def box(*contents: Json, layout: str = "vertical", **more: Any) -> Json:
    return {"type": "box", "layout": layout, "contents": list(contents), **more}


def bubble(*contents: Json, **more: Any) -> Json:
    return {"type": "bubble", "body": box(*contents), **more}


def words(said: str = "証", **more: Any) -> Json:
    return {"type": "text", "text": said, **more}


def hero_film() -> Json:
    return {
        "type": "video",
        "url": HTTPS,
        "previewUrl": HTTPS,
        "altContent": {"type": "image", "url": HTTPS},
    }


def buttons(**more: Any) -> Json:
    return {"type": "template", "altText": "t", "template": {"type": "buttons", **more}}


def columns(*entries: Json) -> Json:
    template = {"type": "carousel", "columns": list(entries)}
    return {"type": "template", "altText": "t", "template": template}


TAKEN: list[list[Json]] = [
    [text("あ" * 5000)],
    [text("😀" * 2500)],
    [text() for _ in range(5)],
    [text(quickReply=quick(*[postback(str(n)) for n in range(13)]))],
    [text(quickReply=quick(postback("😀" * 20, "d" * 300, displayText="あ" * 300)))],
    [text(quickReply=quick({"type": "camera", "label": "撮る"}))],
    [text(quickReply=quick({"type": "message", "label": "m", "text": "あ" * 300}))],
    [text(quickReply=quick(uri("tel:0312345678")))],
    [text(quickReply=quick(uri("https://example.com/path?q=Good%20morning#Good%20afternoon")))],
    [text(sender={"name": "担当 佐藤", "iconUrl": HTTPS})],
    [film(trackingId="w:01K9-.=,+*()%$&;:@{}!?<>[]")],
    [{"type": "image", "originalContentUrl": HTTPS, "previewImageUrl": HTTPS}],
    [flex(bubble(words(), {"type": "separator", "margin": "md"}))],
    [flex({"type": "bubble", "size": "mega", "hero": hero_film()})],
    [flex({"type": "carousel", "contents": [bubble(words()) for _ in range(12)]})],
    [flex(bubble({"type": "text", "contents": [{"type": "span", "text": "証"}]}))],
    [flex(bubble({"type": "button", "action": postback("あ" * 40)}))],
    [flex(bubble(words(action=uri("line://ti/p/1"))))],
    [buttons(text="あ" * 160, actions=[postback()] * 4)],
    [columns(*[{"text": "あ" * 120, "actions": [postback()] * 3}] * 10)],
    [
        {
            "type": "template",
            "altText": "t",
            "template": {"type": "confirm", "text": "あ" * 240, "actions": [postback()] * 2},
        }
    ],
]

REFUSED: list[tuple[str, list[Json]]] = [
    ("messages", []),
    ("messages", [text() for _ in range(6)]),
    ("messages[0].type", [{"type": "imagemap"}]),
    ("messages[0].type", [{}]),
    ("messages[0].text", [text("")]),
    ("messages[0].text", [text(" \n")]),
    ("messages[0].text", [text("あ" * 5001)]),
    ("messages[0].text", [text("😀" * 2500 + "a")]),
    ("messages[1].text", [text(), text("")]),
    ("messages[0].colour", [text(colour="red")]),
    ("messages", [text("\ud83d")]),
    ("messages[0].quickReply.items", [text(quickReply={"items": []})]),
    ("messages[0].quickReply.items", [text(quickReply=quick(*[postback()] * 14))]),
    ("messages[0].quickReply.items[0].action.label", [text(quickReply=quick(postback("a" * 21)))]),
    ("messages[0].quickReply.items[0].action.label", [text(quickReply=quick(postback("")))]),
    (
        "messages[0].quickReply.items[0].action.data",
        [text(quickReply=quick(postback(data="d" * 301)))],
    ),
    (
        "messages[0].quickReply.items[0].action.displayText",
        [text(quickReply=quick(postback(displayText="あ" * 301)))],
    ),
    (
        "messages[0].quickReply.items[0].action.text",
        [text(quickReply=quick(postback(displayText="a", text="a")))],
    ),
    (
        "messages[0].quickReply.items[0].action.text",
        [text(quickReply=quick({"type": "message", "label": "m", "text": "あ" * 301}))],
    ),
    ("messages[0].quickReply.items[0].action.uri", [text(quickReply=quick(uri("javascript:1")))]),
    (
        "messages[0].quickReply.items[0].action.uri",
        [text(quickReply=quick(uri("https://example.com/" + "a" * 1000)))],
    ),
    (
        "messages[0].quickReply.items[0].action.uri",
        [text(quickReply=quick(uri("https://example.com/写真")))],
    ),
    (
        "messages[0].quickReply.items[0].action.type",
        [text(quickReply=quick({"type": "richmenuswitch", "label": "a", "data": "b"}))],
    ),
    ("messages[0].sender.name", [text(sender={"name": "あ" * 21})]),
    ("messages[0].sender.name", [text(sender={"name": "LINE 佐藤"})]),
    ("messages[0].originalContentUrl", [film(originalContentUrl="http://example.com/a.mp4")]),
    ("messages[0].originalContentUrl", [film(originalContentUrl=HTTPS + "a" * 2000)]),
    ("messages[0].originalContentUrl", [film(originalContentUrl="https://例え.jp/a")]),
    ("messages[0].originalContentUrl", [film(originalContentUrl="https://a.jp/%zz")]),
    ("messages[0].originalContentUrl", [film(originalContentUrl="https:///a")]),
    ("messages[0].previewImageUrl", [{"type": "video", "originalContentUrl": HTTPS}]),
    ("messages[0].previewImageUrl", [{"type": "image", "originalContentUrl": HTTPS}]),
    ("messages[0].trackingId", [film(trackingId="a" * 101)]),
    ("messages[0].trackingId", [film(trackingId="")]),
    ("messages[0].trackingId", [film(trackingId="視聴")]),
    ("messages[0].trackingId", [film(trackingId="a_b")]),
    ("messages[0].altText", [flex(bubble(words()), alt="")]),
    ("messages[0].altText", [flex(bubble(words()), alt="あ" * 1501)]),
    ("messages[0].contents.type", [flex({"type": "panel"})]),
    ("messages[0].contents", [flex({"type": "bubble"})]),
    ("messages[0].contents.body.type", [flex({"type": "bubble", "body": words()})]),
    ("messages[0].contents.body.contents[0].text", [flex(bubble(words("")))]),
    ("messages[0].contents.body.contents[0].colour", [flex(bubble(words(colour="#000000")))]),
    ("messages[0].contents.body.contents[0].color", [flex(bubble(words(color="black")))]),
    ("messages[0].contents.body.contents[0].size", [flex(bubble(words(size="huge")))]),
    (
        "messages[0].contents.body.contents[0].action.label",
        [flex(bubble({"type": "button", "action": {"type": "postback", "data": "a"}}))],
    ),
    (
        "messages[0].contents.body.contents[0].action.label",
        [flex(bubble({"type": "button", "action": postback("あ" * 41)}))],
    ),
    (
        "messages[0].contents.body.contents[0].contents[0].type",
        [flex(bubble(box({"type": "button", "action": postback()}, layout="baseline")))],
    ),
    ("messages[0].contents.body.contents[0].type", [flex(bubble(hero_film()))]),
    ("messages[0].contents.hero", [flex({"type": "bubble", "size": "nano", "hero": hero_film()})]),
    (
        "messages[0].contents.contents[0].hero",
        [flex({"type": "carousel", "contents": [bubble(words(), hero=hero_film(), size="mega")]})],
    ),
    ("messages[0].contents", [flex(bubble(*[words("あ" * 100)] * 120))]),
    (
        "messages[0].contents",
        [flex({"type": "carousel", "contents": [bubble(*[words("あ" * 100)] * 15)] * 12})],
    ),
    ("messages[0].contents.contents", [flex({"type": "carousel", "contents": []})]),
    (
        "messages[0].contents.contents",
        [flex({"type": "carousel", "contents": [bubble(words())] * 13})],
    ),
    (
        "messages[0].contents.contents",
        [
            flex(
                {
                    "type": "carousel",
                    "contents": [bubble(words(), size="kilo"), bubble(words(), size="giga")],
                }
            )
        ],
    ),
    ("messages[0].template.text", [buttons(text="あ" * 161, actions=[postback()])]),
    ("messages[0].template.text", [buttons(title="t", text="あ" * 61, actions=[postback()])]),
    ("messages[0].template.title", [buttons(title="あ" * 41, text="a", actions=[postback()])]),
    ("messages[0].template.actions", [buttons(text="a", actions=[postback()] * 5)]),
    ("messages[0].template.columns", [columns(*[{"text": "a", "actions": [postback()]}] * 11)]),
    (
        "messages[0].template.columns",
        [
            columns(
                {"text": "a", "actions": [postback()]}, {"text": "a", "actions": [postback()] * 2}
            )
        ],
    ),
]


@pytest.mark.parametrize("messages", TAKEN, ids=range(len(TAKEN)))
def test_what_line_takes_up_to_its_limits_passes(messages: list[Json]) -> None:
    check(messages)
    assert message_problems(messages) == []


@pytest.mark.parametrize(("place", "messages"), REFUSED, ids=range(len(REFUSED)))
def test_what_line_refuses_is_refused_here_with_its_place(place: str, messages: list[Json]) -> None:
    with pytest.raises(LineWouldRefuse) as refusal:
        check(messages)
    assert refusal.value.property == place
    assert refusal.value.reason
    assert isinstance(refusal.value, Malformed)


def test_the_refusal_does_not_repeat_what_was_written() -> None:
    with pytest.raises(LineWouldRefuse) as refusal:
        check([text("秘密" * 3000)])
    assert "秘密" not in str(refusal.value)


_junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


def _places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner: list[tuple[Any, ...]] = []
    entries: Any = ()
    if isinstance(value, dict):
        entries = value.items()
    elif isinstance(value, list):
        entries = enumerate(value)
    for key, one in entries:
        inner += [(*at, key), *_places(one, (*at, key))]
    return inner


@settings(PATIENT, max_examples=200)
@given(st.data())
def test_whatever_is_broken_in_a_message_is_refused_or_harmless(data: st.DataObject) -> None:
    messages: Any = copy.deepcopy(render([FILM, WATCH, PARTS])[0])
    *way, last = data.draw(st.sampled_from(_places(messages)))
    spot = messages
    for key in way:
        spot = spot[key]
    spot[last] = data.draw(_junk)
    try:
        check(messages)
    except LineWouldRefuse:
        return
    assert message_problems(messages) == []


@settings(PATIENT, max_examples=60)
@given(st.lists(letters, min_size=1, max_size=6))
def test_what_passes_here_passes_the_second_list_of_limits_and_the_sdk_models(
    written: list[Any],
) -> None:
    for call in render(written):
        check(call)
        assert message_problems([dict(message) for message in call]) == []
