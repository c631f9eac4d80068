"""What Slack delivers, as rows of the inbox and as events of ours."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.slack.keeping import rows_of
from bot.slack.parse import NotASlackEvent, plain, to_event
from conversations.messages import Edited, Event, Said, SentFile, SentKind, Tapped, Unknown, Unsent
from tests import slack_events as events
from tests.slack_events import BOT, TEAM

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
TS = "1795323000.000200"
USER, DM, ROOM = "U0RIN00001", "D0RIN00001", "C0ROOM0001"
THEIRS = "T0RETAIL1"


def heard(delivery: dict[str, Any]) -> list[Event]:
    rows = rows_of(delivery, received_at=NOW)
    assert len({row.event_id for row in rows}) == len(rows)
    found = []
    for n, row in enumerate(rows):
        event = to_event(row.body, inbox_id=n, received_at=NOW)
        assert (event.conversation, event.event_id) == (row.conversation, row.event_id)
        assert event.at == row.event_at
        found.append(event)
    return found


def test_one_to_one_the_conversation_is_the_persons_address() -> None:
    (event,) = heard(events.callback(events.message(USER, DM, "こんにちは", ts=TS)))
    assert event.conversation == f"slack:{TEAM}/{USER}"
    assert event.sender == f"{TEAM}/{USER}"
    assert event.body == Said(TS, "こんにちは")
    assert not event.is_group
    assert event.at == datetime(2026, 11, 22, 4, 50, tzinfo=UTC)
    assert event.reply_token is None


def test_words_buttons_and_commands_of_one_person_are_one_conversation() -> None:
    said = events.callback(events.message(USER, DM, "はい", ts=TS))
    tapped = events.pressed(USER, DM, "media.show?sku=W-1", at=NOW)
    asked = events.command(USER, ROOM, "W-1")
    assert {heard(each)[0].conversation for each in (said, tapped, asked)} == {
        f"slack:{TEAM}/{USER}"
    }
    assert {heard(each)[0].sender for each in (said, tapped, asked)} == {f"{TEAM}/{USER}"}
    assert heard(tapped)[0].body == Tapped("media.show?sku=W-1")
    assert heard(asked)[0].body == Said("", "W-1")
    assert heard(events.command(USER, ROOM, ""))[0].body == Tapped("help.show")


def test_in_a_shared_channel_the_team_is_the_persons_own() -> None:
    told = events.mention(USER, ROOM, f"<@{BOT}> W-1", ts=TS, team=THEIRS)
    (event,) = heard(events.callback(told))
    assert event.sender == f"{THEIRS}/{USER}"
    assert event.conversation == f"slack:{TEAM}/{ROOM}/{TS}"
    assert event.is_group
    assert event.body == Said(TS, "W-1", addressed=True)
    (tap,) = heard(events.pressed(USER, ROOM, "a.b", at=NOW, thread=TS, team=THEIRS))
    assert (tap.sender, tap.conversation) == (event.sender, event.conversation)


def test_a_message_with_files_is_its_words_and_each_file() -> None:
    front = events.file("front.jpg", mimetype="image/jpeg", size=7)
    film = events.file("film.mov", mimetype="video/quicktime")
    gone = {**events.file("x", mimetype="image/png"), "mode": "tombstone"}
    told = events.message(
        USER, DM, "見積もりを", ts=TS, subtype="file_share", files=[front, gone, film]
    )
    words, first, second = heard(events.callback(told))
    assert words.body == Said(TS, "見積もりを")
    assert first.body == SentFile(
        front["id"], SentKind.IMAGE, name="front.jpg", size=7, set_id=TS, set_index=1, set_total=2
    )
    assert isinstance(second.body, SentFile)
    assert second.body.kind is SentKind.VIDEO
    assert [row.message_id for row in rows_of(events.callback(told), received_at=NOW)] == [
        TS, front["id"], film["id"],
    ]  # fmt: skip
    back = heard(events.callback(events.deleted(told, ts=TS)))
    assert [each.body for each in back] == [Unsent(TS), Unsent(front["id"]), Unsent(film["id"])]
    assert (
        "見積もり"
        not in rows_of(events.callback(events.deleted(told, ts=TS)), received_at=NOW)[0].body
    )


def test_a_file_kept_elsewhere_is_never_fetched() -> None:
    link = {**events.file("doc", mimetype="application/vnd.google-apps"), "is_external": True}
    told = events.message(USER, DM, "", ts=TS, subtype="file_share", files=[link])
    (event,) = heard(events.callback(told))
    assert isinstance(event.body, SentFile)
    assert event.body.outside_url is not None


def test_a_message_that_heads_a_thread_is_taken_back_too() -> None:
    said = events.message(USER, DM, "W-1", ts=TS)
    (event,) = heard(events.callback(events.tombstone(said, ts="1795323009.000100")))
    assert event.body == Unsent(TS)
    assert event.conversation == f"slack:{TEAM}/{USER}"


def test_an_edit_in_a_channel_counts_when_it_speaks_to_the_bot() -> None:
    said = events.message(USER, ROOM, "W-1", ts=TS)
    assert heard(events.callback(events.changed(said, "W-2", ts=TS))) == []
    (event,) = heard(events.callback(events.changed(said, f"<@{BOT}> W-2", ts=TS)))
    assert event.body == Edited(TS, "W-2")
    assert event.conversation == f"slack:{TEAM}/{ROOM}/{TS}"


def test_a_mention_one_to_one_is_not_heard_twice() -> None:
    told = events.mention(USER, DM, f"<@{BOT}> W-1", ts=TS)
    assert heard(events.callback(told)) == []


def test_what_slack_adds_later_is_kept_and_not_answered() -> None:
    (event,) = heard(events.callback({"type": "huddle_began", "event_ts": TS}))
    assert event.body == Unknown("huddle_began")
    assert event.conversation == "slack:unknown"
    later = events.message(USER, DM, "?", ts=TS, subtype="new_kind")
    assert heard(events.callback(later))[0].body == Unknown("message.new_kind")
    assert heard({"type": "view_submission", "view": {}}) == []


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (f"<@{BOT}> W-1 &amp; W-2", "W-1 & W-2"),
        (f"ねえ <@{BOT}|akashi> W-1", "ねえ  W-1"),
        ("<https://a.example/x?y=1&amp;z=2|ここ>", "https://a.example/x?y=1&z=2"),
        ("<mailto:a@b.jp|a@b.jp> <tel:03-1|03-1>", "a@b.jp 03-1"),
        ("<#C1|商品> <!here> <@U2|林>", "#商品  林"),
        ("3 &lt; 4", "3 < 4"),
        ("&amp;lt; &#36820;信: &yen; &quot;", "&lt; &#36820;信: &yen; &quot;"),
    ],
)
def test_marks_are_read_as_they_were_seen(written: str, read: str) -> None:
    assert plain(written, bot=BOT) == read


def test_what_is_no_object_is_refused() -> None:
    for raw in ("[]", "", "{", "3"):
        with pytest.raises(NotASlackEvent):
            to_event(raw, inbox_id=1, received_at=NOW)
    assert isinstance(to_event("{}", inbox_id=1, received_at=NOW).body, Unknown)


_plain = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
_json = st.recursive(
    _plain | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
_KEYS = [
    "user", "team", "text", "ts", "channel", "files", "message", "previous_message", "event_ts",
    "deleted_ts", "bot_id", "thread_ts",
]  # fmt: skip
_broken = st.dictionaries(st.sampled_from(_KEYS), _json, max_size=6)


@settings(deadline=None)
@given(
    kind=st.sampled_from(["message", "app_mention", "member_joined_channel", "other"]),
    broken=_broken,
    subtype=st.sampled_from([None, "message_changed", "message_deleted", "file_share"]),
    more=_json,
)
def test_no_shape_of_an_event_breaks_the_way_in(
    kind: str, broken: dict[str, Any], subtype: str | None, more: Any
) -> None:
    event = {**broken, "type": kind, "subtype": subtype}
    for delivery in (
        {"type": "event_callback", "event": event, "authorizations": more},
        {"type": "event_callback", "event": more},
        {"type": "block_actions", "actions": more, "user": more, "message": broken},
        {"command": "/akashi", "text": more, "user_id": more},
    ):
        rows = rows_of(delivery, received_at=NOW)
        for row in rows:
            to_event(row.body, inbox_id=1, received_at=NOW)
            assert row.conversation.startswith("slack:")
            assert row.event_id


def test_half_an_emoji_is_kept_readable() -> None:
    told = events.callback(events.message(USER, DM, "\ud83d", ts=TS))
    (event,) = heard(json.loads(json.dumps(told)))
    assert event.body == Said(TS, "?")
