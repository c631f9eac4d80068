"""Letters become LINE's JSON: whole, in order, within the limits."""

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.line.check import LineWouldRefuse, check
from bot.line.limits import units
from bot.line.render import render, shorten, split_text
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
from tests.bot.line.letters import FILM, PARTS, PATIENT, PUBLIC, WATCH, letters, words


def only(letter: Letter) -> Any:
    [[message]] = render([letter])
    return message


@settings(PATIENT, max_examples=150)
@given(st.lists(letters, max_size=12))
def test_every_rendering_passes_the_checker_and_holds_at_most_five_messages_a_call(
    written: list[Letter],
) -> None:
    calls = render(written)
    assert all(1 <= len(call) <= 5 for call in calls)
    assert all(len(call) == 5 for call in calls[:-1])
    for call in calls:
        check(call)
    assert bool(calls) == bool(written)


@settings(PATIENT, max_examples=80)
@given(st.lists(letters, min_size=1, max_size=12))
def test_quick_replies_stand_on_the_very_last_message_only(written: list[Letter]) -> None:
    flat: list[Any] = [message for call in render(written) for message in call]
    assert all("quickReply" not in message for message in flat[:-1])
    offered = any(isinstance(one, Choices) and one.options for one in written)
    assert ("quickReply" in flat[-1]) is offered


@PATIENT
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=400), st.integers(2, 60))
@example("あ" * 7 + "👩‍👩‍👧" * 5, 12)
@example(" " * 50 + "a", 10)
def test_splitting_loses_nothing_but_white_space(text: str, most: int) -> None:
    pieces = split_text(text, most)
    assert all(units(piece) <= most for piece in pieces) or not text.strip()
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_a_long_text_is_cut_at_paragraphs_before_sentences() -> None:
    first, second = "一" * 3000 + "。", "二" * 3000
    assert split_text(f"{first}\n\n{second}") == [first, second]
    assert split_text(first + second) == [first, second]


def test_a_text_of_emoji_is_counted_as_line_counts_it() -> None:
    [[one, two]] = render([Text("😀" * 2501)])
    assert units(one["text"]) == 5000
    assert two["text"] == "😀"


def test_a_family_is_not_torn_apart() -> None:
    family = "👩‍👩‍👧"
    assert all(not piece.startswith("\u200d") for piece in split_text(family * 40, 50))


def test_an_empty_text_is_refused_rather_than_sent() -> None:
    with pytest.raises(LineWouldRefuse):
        render([Text(" ")])


def test_the_main_answer_is_film_card_and_quick_replies_in_one_call() -> None:
    [[film, card, question]] = render([FILM, WATCH, PARTS])
    assert film == {
        "type": "video",
        "originalContentUrl": f"{PUBLIC}/m/film",
        "previewImageUrl": f"{PUBLIC}/m/poster",
        "trackingId": "w:01K9",
    }
    assert card["altText"] == WATCH.said
    assert question["text"] == PARTS.text
    assert [one["action"]["data"] for one in question["quickReply"]["items"]] == [
        "part:dial",
        "part:bracelet",
    ]


def test_a_card_shows_picture_heading_lines_note_and_buttons() -> None:
    bubble = only(WATCH)["contents"]
    assert bubble["hero"]["url"] == WATCH.picture_url
    heading, rows, note = bubble["body"]["contents"]
    assert heading["text"] == WATCH.heading
    assert [tuple(cell["text"] for cell in row["contents"]) for row in rows["contents"]] == list(
        WATCH.lines
    )
    assert note["text"] == WATCH.note
    main, other, link = bubble["footer"]["contents"]
    assert [one["style"] for one in (main, other, link)] == ["primary", "secondary", "link"]
    assert other["action"] == {
        "type": "postback",
        "label": "担当者と話す",
        "data": "human",
        "displayText": "担当者と話したいです",
    }
    assert main["action"]["displayText"] == "裏蓋を見る"
    assert link["action"]["type"] == "uri"


def test_a_card_without_spoken_words_says_its_own_lines() -> None:
    card = Card("証", lines=(("番号", "W-1"), ("", "在庫あり")), note="注")
    assert only(card)["altText"] == "証\n番号 W-1\n在庫あり\n注"


def test_cards_become_a_carousel_and_one_card_a_bubble() -> None:
    assert only(Cards((WATCH, WATCH), "二点"))["contents"]["type"] == "carousel"
    assert only(Cards((WATCH,), "一点"))["contents"]["type"] == "bubble"


def test_cards_too_heavy_for_one_carousel_go_on_in_the_next() -> None:
    heavy = Card("重い", lines=tuple((f"項目{n}", "あ" * 200) for n in range(12)))
    [messages] = render([Cards((heavy,) * 8, "八点")])
    assert [len(one["contents"]["contents"]) for one in messages] == [4, 4]


def test_a_picture_has_its_preview() -> None:
    picture = only(Picture(f"{PUBLIC}/m/a", f"{PUBLIC}/m/b"))
    assert (picture["originalContentUrl"], picture["previewImageUrl"]) == (
        f"{PUBLIC}/m/a",
        f"{PUBLIC}/m/b",
    )


def test_addresses_are_percent_encoded_once() -> None:
    picture = only(Picture(f"{PUBLIC}/m/写真 1", f"{PUBLIC}/m/%E5%86%99"))
    assert picture["originalContentUrl"] == f"{PUBLIC}/m/%E5%86%99%E7%9C%9F%201"
    assert picture["previewImageUrl"] == f"{PUBLIC}/m/%E5%86%99"


def test_http_is_refused() -> None:
    with pytest.raises(LineWouldRefuse):
        render([Clip("http://example.com/a", f"{PUBLIC}/b")])


def test_a_long_label_is_shortened_and_said_in_full() -> None:
    label = "ご来店のご予約とお問い合わせはこちらからどうぞ"
    [one] = only(Choices("どうぞ。", (Button(label, data="visit"),)))["quickReply"]["items"]
    assert one["action"]["label"] == label[:19] + "…"
    assert one["action"]["displayText"] == label


def test_choices_of_several_letters_come_together_the_latest_first_to_stay() -> None:
    early = Choices("一", tuple(Button(f"早{n}", data=f"e{n}") for n in range(10)))
    late = Choices("二", tuple(Button(f"遅{n}", data=f"l{n}") for n in range(8)))
    [[_, last]] = render([early, late])
    kept = [one["action"]["data"] for one in last["quickReply"]["items"]]
    assert kept == [f"e{n}" for n in range(5)] + [f"l{n}" for n in range(8)]


def test_the_same_choice_is_offered_once() -> None:
    [[_, last]] = render([PARTS, PARTS])
    assert len(last["quickReply"]["items"]) == 2


def test_a_link_may_be_a_quick_reply() -> None:
    [one] = only(Choices("どうぞ。", (Button("地図", url=f"{PUBLIC}/s/1", tone=Tone.LINK),)))[
        "quickReply"
    ]["items"]
    assert one["action"] == {"type": "uri", "label": "地図", "uri": f"{PUBLIC}/s/1"}


@PATIENT
@given(words(120), st.integers(2, 60))
def test_a_shortened_text_is_one_line_that_fits(text: str, most: int) -> None:
    short = shorten(text, most)
    assert len(short) <= most
    assert "\n" not in short


@pytest.mark.parametrize(("label", "share"), [("価格", 2), ("商品番号", 2), ("委託の想定価格", 3)])
def test_a_long_label_gets_room_and_is_never_cut(label: str, share: int) -> None:
    card = Card("デイトナ", lines=(("価格", "¥1"), (label, "¥2")))
    [[message]] = render([card])
    rows = message["contents"]["body"]["contents"][1]["contents"]
    names = [row["contents"][0] for row in rows]
    assert [name["flex"] for name in names] == [share, share]
    assert all(name["wrap"] for name in names)
