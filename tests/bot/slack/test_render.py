"""Letters in Block Kit: always within Slack's limits, nothing lost on the way."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.check import SlackWouldRefuse, check
from bot.slack.render import render
from conversations.messages import Button, Card, Cards, Choices, Clip, Letter, Picture, Text, Tone
from tests.bot.line.letters import PATIENT, letters
from tests.slack_rules import problems, size_of

PUBLIC = "https://demo.akashi.invalid"


def blocks(*told: Letter) -> list[Mapping[str, Any]]:
    [[message]] = render(told)
    return list(message["blocks"])


@PATIENT
@given(st.lists(letters, max_size=8))
def test_whatever_a_flow_writes_slack_takes(told: list[Letter]) -> None:
    calls = render(told)
    assert render(told) == calls
    for [message] in calls:
        assert problems(dict(message)) == []
        assert size_of(message["blocks"]) <= 13_200
        assert 0 < len(message["text"]) <= 4_000
    drawn = [each for [message] in calls for block in message["blocks"]
             if block["type"] == "actions" for each in block["elements"]]  # fmt: skip
    assert len(drawn) == sum(_buttons(letter) for letter in told)


def _buttons(letter: Letter) -> int:
    match letter:
        case Choices():
            return len(letter.options)
        case Card():
            return len(letter.buttons)
        case Cards():
            return sum(len(card.buttons) for card in letter.cards)
        case _:
            return 0


@PATIENT
@given(st.text("あ<&> .\n", min_size=1, max_size=20_000).filter(lambda text: bool(text.strip())))
def test_a_long_text_is_split_and_no_word_of_it_is_lost(text: str) -> None:
    told = "".join(
        block["text"]["text"] for [message] in render([Text(text)]) for block in message["blocks"]
    )
    bare = told.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert "".join(bare.split()) == "".join(text.split())


def test_a_film_is_its_poster_and_a_link_that_says_what_it_shows() -> None:
    poster, link = blocks(Clip(f"{PUBLIC}/m/a?x=1&y=2", f"{PUBLIC}/m/b", "w:1", said="デイトナ"))
    assert poster == {"type": "image", "image_url": f"{PUBLIC}/m/b", "alt_text": "デイトナ"}
    assert link["text"]["text"] == f"<{PUBLIC}/m/a?x=1&amp;y=2|▶ デイトナ>"
    (still,) = blocks(Picture(f"{PUBLIC}/m/c", f"{PUBLIC}/m/d"))
    assert still["image_url"] == f"{PUBLIC}/m/c"
    assert still["alt_text"] == "▣"


def test_buttons_carry_what_comes_back_and_links_open() -> None:
    (_, row) = blocks(
        Choices(
            "どれに",
            (
                Button("見る", data="media.show?sku=W-1", tone=Tone.MAIN),
                Button("開く", url=f"{PUBLIC}/s/1", tone=Tone.LINK),
            ),
        )
    )
    first, second = row["elements"]
    assert (first["value"], first["style"]) == ("media.show?sku=W-1", "primary")
    assert "url" not in first
    assert second["url"] == f"{PUBLIC}/s/1"
    assert "value" not in second
    assert first["action_id"] != second["action_id"]


def test_no_word_becomes_a_mention_and_addresses_become_links() -> None:
    [[message]] = render([Text("<!channel> <@U1> & https://a.example/x?y=1&z=2、です")])
    told = message["blocks"][0]["text"]
    assert told["text"] == (
        "&lt;!channel&gt; &lt;@U1&gt; &amp; <https://a.example/x?y=1&amp;z=2>、です"
    )
    assert told["verbatim"] is True
    assert "<" not in message["text"]


def test_one_answer_is_one_message_until_it_is_too_large() -> None:
    card = Card("時計", lines=tuple((f"項目{n}", "値" * 300) for n in range(4)))
    assert len(render([Text("一"), Text("二"), card])) == 1
    calls = render([Cards((card,) * 30, "三十点")])
    assert len(calls) > 1
    assert all(len(call) == 1 for call in calls)
    assert calls[0][0]["text"].startswith("三十点")
    told = json.dumps(calls, ensure_ascii=False)
    assert told.count("*時計*") == 30


@pytest.mark.parametrize(
    ("letter", "place"),
    [
        (Picture("http://example.com/a.jpg", f"{PUBLIC}/b"), "blocks[0].image_url"),
        (Choices("?", (Button("x", data="a" * 2_001),)), "blocks[1].elements[0].value"),
        (Choices("?", (Button("x", url="javascript:alert(1)"),)), "blocks[1].elements[0].url"),
        (Text("  "), "text"),
        (Text("\ud83d"), "message"),
    ],
)
def test_what_slack_would_refuse_is_told_with_its_place(letter: Letter, place: str) -> None:
    with pytest.raises(SlackWouldRefuse) as refused:
        render([letter])
    assert refused.value.place == place


def section(text: Any) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def button(number: int = 0, **more: Any) -> dict[str, Any]:
    label = {"type": "plain_text", "text": "はい"}
    return {"type": "button", "text": label, "action_id": f"tap:{number}", "value": "a", **more}


def actions(*elements: Any) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        [section("x")] * 51,
        [section("x" * 3_001)],
        [section("")],
        [section("x" * 3_000)] * 5,
        [{"type": "section"}],
        [{"type": "section", "fields": [{"type": "mrkdwn", "text": "x"}] * 11}],
        [{"type": "section", "fields": [{"type": "mrkdwn", "text": "x" * 2_001}]}],
        [{**section("x"), "expand": True}],
        [{"type": "video"}],
        ["divider"],
        [actions(*(button(n) for n in range(26)))],
        [actions()],
        [actions(button(), button())],
        [actions(button(1), button(2)), actions(button(2))],
        [actions(button(style="bold"))],
        [actions(button(value="a" * 2_001))],
        [actions(button(url="https://a.example"))],
        [actions(button(text={"type": "plain_text", "text": "x" * 76}))],
        [actions(button(text={"type": "mrkdwn", "text": "x"}))],
        [{"type": "image", "image_url": "https://a.example/a", "alt_text": ""}],
        [{"type": "image", "image_url": "https://a.example/" + "a" * 3_000, "alt_text": "a"}],
        [{"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}] * 11}],
    ],
)
def test_the_checker_refuses(wrong: list[Any]) -> None:
    with pytest.raises(SlackWouldRefuse):
        check([{"text": "x", "blocks": wrong}])


def test_the_checker_takes_what_is_just_within() -> None:
    check([{"text": "x", "blocks": [section("x" * 3_000), actions(*map(button, range(25)))]}])
    check([{"text": "x" * 4_000, "blocks": [{"type": "divider"}] * 50}])
    for many in ([], [{"text": "x", "blocks": [section("x")]}] * 2):
        with pytest.raises(SlackWouldRefuse):
            check(many)
