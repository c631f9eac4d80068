"""Every kind of LINE event becomes an Event, and nothing in one can raise."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.line.parse import NotAnEvent, conversation_of, event_id_of, to_event
from catalog.ground.errors import Malformed
from conversations.messages import (
    AccountLinked,
    Body,
    Edited,
    Event,
    Followed,
    JoinedGroup,
    LeftGroup,
    MembersChanged,
    Place,
    Said,
    SentFile,
    SentKind,
    Sticker,
    Tapped,
    Unfollowed,
    Unknown,
    Unsent,
    Watched,
)
from tests import line_events as line
from tests.bot.line.letters import PATIENT

NOW = datetime(2026, 11, 3, 1, 0, tzinfo=UTC)
USER = "U" + "a" * 32
GROUP = "C" + "b" * 32
TOKEN = "757913772c4646b784d4b7ce46d12671"


def read(event: Any, *, received_at: datetime = NOW) -> Event:
    return to_event(orjson.dumps(event), inbox_id=7, received_at=received_at)


def test_a_text_one_to_one_is_whole() -> None:
    event = line.text_event(
        USER,
        "W-10234の動画を見せて",
        message_id="1",
        at=NOW - timedelta(seconds=1),
        reply_token=TOKEN,
    )
    assert read(event) == Event(
        inbox_id=7,
        channel="line",
        event_id=event["webhookEventId"],
        conversation=conversation_of(event),
        sender=USER,
        at=NOW - timedelta(seconds=1),
        received_at=NOW,
        reply_token=TOKEN,
        reply_until=NOW + timedelta(seconds=45),
        is_standby=False,
        is_group=False,
        body=Said("1", "W-10234の動画を見せて", addressed=True),
    )
    assert conversation_of(event) == f"line:{USER}"


@pytest.mark.parametrize(
    ("event", "body"),
    [
        (
            line.image_event(USER, message_id="2", set_id="S", index=2, total=3),
            SentFile("2", SentKind.IMAGE, set_id="S", set_index=2, set_total=3),
        ),
        (
            line.image_event(USER, message_id="2", outside_url="https://example.com/a.jpg"),
            SentFile("2", SentKind.IMAGE, outside_url="https://example.com/a.jpg"),
        ),
        (
            line.video_event(USER, message_id="3"),
            SentFile("3", SentKind.VIDEO, duration_ms=20_000),
        ),
        (line.audio_event(USER, message_id="4"), SentFile("4", SentKind.AUDIO, duration_ms=3_000)),
        (
            line.file_event(USER, message_id="5"),
            SentFile("5", SentKind.FILE, name="鑑定書.pdf", size=2_138),
        ),
        (line.postback_event(USER, "part:dial"), Tapped("part:dial")),
        (line.follow_event(USER), Followed(unblocked=False)),
        (line.follow_event(USER, is_unblocked=True), Followed(unblocked=True)),
        (line.unfollow_event(USER), Unfollowed()),
        (line.unsend_event(USER, "9"), Unsent("9")),
        (line.video_play_complete_event(USER, "w:1"), Watched("w:1")),
        (line.account_link_event(USER, "n"), AccountLinked("n", succeeded=True)),
        (line.account_link_event(USER, "n", result="failed"), AccountLinked("n", succeeded=False)),
        (line.join_event(GROUP), JoinedGroup()),
        (line.leave_event(GROUP), LeftGroup()),
        (line.members_event(GROUP, joined=2), MembersChanged(joined=2, left=0)),
        (line.members_event(GROUP, left=1), MembersChanged(joined=0, left=1)),
        (line.edited_event(USER, "1", "やはり裏蓋"), Edited("1", "やはり裏蓋", addressed=True)),
        (line.event("beacon", USER, beacon={"hwid": "d4", "type": "enter"}), Unknown("beacon")),
        (line.event("membership", USER, membership={"type": "joined"}), Unknown("membership")),
        (line.event("activated", None, chatControl={"expireAt": 1}), Unknown("activated")),
        (line.event("botSuspended", None), Unknown("botSuspended")),
        (line.event("delivery", USER, delivery={"data": "x"}), Unknown("delivery")),
        (line.event("somethingNew", USER), Unknown("somethingNew")),
        (line.message_event(USER, {"type": "hologram", "id": "1"}), Unknown("message.hologram")),
        (line.message_event(USER, {"type": "text", "id": "1"}), Unknown("message.text")),
        (line.message_event(USER, {"type": "image"}), Unknown("message.image")),
        (line.message_event(USER, {"type": "location", "id": "1"}), Unknown("message.location")),
        (line.event("postback", USER), Unknown("postback")),
        (line.event("unsend", USER, unsend=None), Unknown("unsend")),
        (line.event("\n<b>", USER), Unknown("__b_")),
        ({}, Unknown("none")),
    ],
)
def test_each_kind_of_event_has_its_body(event: Any, body: Body) -> None:
    assert read(event).body == body


def test_a_sticker_has_its_words() -> None:
    body = read(line.sticker_event(USER, keywords=("Yes", "OK"))).body
    assert isinstance(body, Sticker)
    assert body.keywords == ("Yes", "OK")


def test_a_place_has_degrees_and_address() -> None:
    body = read(line.location_event(USER)).body
    assert isinstance(body, Place)
    assert (body.latitude, body.longitude) == (35.6717, 139.765)
    assert body.address == "東京都中央区銀座4丁目"


@pytest.mark.parametrize(
    ("event", "addressed"),
    [
        (line.text_event(USER, "今日はどこで？"), False),
        (line.text_event(USER, "@証 W-1の動画", mentions_bot=True), True),
        (line.text_event(USER, "Akashi W-1 please"), True),
        (line.text_event(USER, "ＡＫＡＳＨＩさん、動画"), True),
        (line.text_event(USER, "@akashi W-1"), True),
        (line.text_event(USER, "証、W-1の動画"), True),
        (line.text_event(USER, "証さんお願い"), True),
        (line.text_event(USER, "証明書はありますか"), False),
        (line.text_event(USER, "akashiyaki食べたい"), False),
        (line.text_event(USER, "これ証に聞いて"), False),
    ],
)
def test_in_a_group_the_bot_is_addressed_by_mention_or_name(event: Any, addressed: bool) -> None:
    parsed = read(line.in_group(event, GROUP))
    assert parsed.is_group
    assert isinstance(parsed.body, Said)
    assert parsed.body.addressed is addressed


def test_an_edit_in_a_group_is_addressed_like_a_text() -> None:
    event = line.in_group(line.edited_event(USER, "1", "証、裏蓋"), GROUP)
    assert read(event).body == Edited("1", "証、裏蓋", addressed=True)


def test_a_group_is_one_conversation_with_the_sender_known() -> None:
    event = read(line.in_group(line.text_event(USER, "a"), GROUP))
    assert (event.conversation, event.sender) == (f"line:{GROUP}", USER)


def test_a_room_is_a_conversation_too() -> None:
    event = {**line.text_event(USER, "a"), "source": {"type": "room", "roomId": "R1"}}
    assert (read(event).conversation, read(event).sender) == ("line:R1", None)
    assert read(event).is_group


def test_an_event_without_source_has_the_unknown_lane() -> None:
    event = read(line.account_link_event(USER, "n", result="failed"))
    assert (event.conversation, event.sender) == ("line:unknown", None)


def test_standby_has_no_reply_token() -> None:
    event = read(line.text_event(USER, "a", mode="standby", reply_token=TOKEN))
    assert event.is_standby
    assert (event.reply_token, event.reply_until) == (None, None)


def test_the_consoles_dead_tokens_are_none() -> None:
    assert read(line.text_event(USER, "Hello, world", reply_token="0" * 32)).reply_token is None


def test_a_redelivered_event_can_be_answered_45_seconds_from_now_but_20_minutes_at_most() -> None:
    def until(age: timedelta) -> datetime | None:
        event = line.text_event(USER, "a", at=NOW - age, reply_token=TOKEN)
        return read(line.redelivered(event)).reply_until

    assert until(timedelta(minutes=5)) == NOW + timedelta(seconds=45)
    assert until(timedelta(minutes=20)) == NOW
    assert until(timedelta(minutes=25)) == NOW - timedelta(minutes=5)


def test_absent_id_and_time_are_made_up_the_same_each_delivery() -> None:
    event = line.text_event(USER, "a")
    del event["webhookEventId"], event["timestamp"]
    first, second = read(event), read(line.redelivered(event))
    assert first.event_id == second.event_id
    assert first.event_id == event_id_of(event)
    assert first.event_id.startswith("sha256-")
    assert first.at == NOW


def test_half_an_emoji_does_not_lose_the_message() -> None:
    raw = b'{"type":"message","message":{"type":"text","id":"1","text":"W-1 \\ud83d"}}'
    assert to_event(raw, inbox_id=1, received_at=NOW).body == Said("1", "W-1 ?")


@pytest.mark.parametrize("raw", [b"", b"[]", b'"a"', b"null", b"{", "\x00", b"\xff", b"[" * 5000])
def test_what_is_no_json_object_is_malformed(raw: bytes | str) -> None:
    with pytest.raises(NotAnEvent) as refusal:
        to_event(raw, inbox_id=1, received_at=NOW)
    assert isinstance(refusal.value, Malformed)


_value = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["type", "id", "text", "data", "userId", "members", "mentionees", "isSelf"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)
_kinds = [
    "message", "messageEdited", "unsend", "follow", "unfollow", "postback", "videoPlayComplete",
    "accountLink", "join", "leave", "memberJoined", "memberLeft", "beacon", "new",
]  # fmt: skip
_keys = [
    "message", "source", "timestamp", "mode", "webhookEventId", "deliveryContext", "replyToken",
    "unsend", "follow", "postback", "videoPlayComplete", "link", "joined", "left",
]  # fmt: skip


@PATIENT
@given(st.sampled_from(_kinds), st.dictionaries(st.sampled_from(_keys), _value))
def test_nothing_in_an_object_can_raise(kind: str, fields: dict[str, Any]) -> None:
    event = read({"type": kind, **fields})
    assert event.conversation.startswith("line:")
    assert event.at.tzinfo is not None
    assert event.event_id


@pytest.mark.parametrize(
    "build",
    [line.text_event, line.postback_event, line.unsend_event, line.video_play_complete_event],
)
def test_the_events_of_these_tests_are_those_of_the_sdk(build: Callable[..., Any]) -> None:
    from linebot.v3.webhooks import Event as SdkEvent

    event = build(USER, "x", reply_token=TOKEN)
    assert SdkEvent.from_dict(event).to_dict()["type"] == event["type"]
