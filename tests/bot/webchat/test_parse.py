"""What the page may send becomes an event, and nothing else does."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.webchat.parse import NotAMessage, NotAWebEvent, file_heard, read, to_event
from conversations.messages import (
    Event,
    Place,
    Said,
    SentFile,
    SentKind,
    Tapped,
    Unknown,
    Unsent,
    Watched,
)

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
VISITOR = "01JVISITOR"
ID = "m-1234567"
_JSON = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**60), 2**60), st.floats(), st.text(),
    st.lists(st.text(), max_size=2), st.dictionaries(st.text(), st.text(), max_size=2),
)  # fmt: skip
_PLACE = st.fixed_dictionaries({"latitude": st.floats() | _JSON, "longitude": st.floats() | _JSON})
_TOLD = st.fixed_dictionaries(
    {"id": st.just(ID) | _JSON},
    optional={
        "text": st.text() | _JSON,
        "tap": st.text() | _JSON,
        "said": st.text() | _JSON,
        "place": _PLACE | _JSON,
        "unsend": st.just("m-7654321") | _JSON,
        "watched": st.text() | _JSON,
    },
)


def event_of(body: str) -> Event:
    return to_event(body, inbox_id=7, received_at=NOW)


def heard(**told: Any) -> Event:
    return event_of(read(VISITOR, orjson.dumps({"id": ID, **told})).body)


@pytest.mark.parametrize(
    ("told", "body"),
    [
        ({"text": "W-10234の動画"}, Said(f"{VISITOR}/{ID}", "W-10234の動画")),
        ({"tap": "help.show", "said": "使い方"}, Tapped("help.show")),
        ({"tap": "help.show"}, Tapped("help.show")),
        (
            {"place": {"latitude": 35.67, "longitude": 139.76}},
            Place(f"{VISITOR}/{ID}", 35.67, 139.76),
        ),
        ({"unsend": "m-7654321"}, Unsent(f"{VISITOR}/m-7654321")),
        ({"watched": "film:1"}, Watched("film:1")),
    ],
)
def test_each_thing_a_visitor_does_is_an_event_of_their_conversation(
    told: dict[str, Any], body: object
) -> None:
    event = heard(**told)
    assert event.body == body
    assert (event.channel, event.conversation, event.sender) == ("web", f"web:{VISITOR}", VISITOR)
    assert event.event_id == f"{VISITOR}/{ID}"
    assert event.reply_token is None
    assert not event.is_group


def test_a_file_keeps_what_it_came_with() -> None:
    sent = SentFile(
        f"{VISITOR}/{ID}", SentKind.IMAGE, name="鞄.jpg", size=9, set_id=f"{VISITOR}/set-00001",
        set_index=1, set_total=2,
    )  # fmt: skip
    assert event_of(file_heard(VISITOR, ID, sent).body).body == sent


@settings(deadline=None)  # the machine may be busy
@given(_TOLD)
def test_whatever_is_posted_is_refused_or_understood(told: dict[str, Any]) -> None:
    body = orjson.dumps(told, default=str)
    try:
        kept = read(VISITOR, body)
    except NotAMessage:
        return
    event = event_of(kept.body)
    assert not isinstance(event.body, Unknown)
    assert event.conversation == f"web:{VISITOR}"


@settings(deadline=None)  # the machine may be busy
@given(st.binary())
def test_bytes_that_are_no_message_are_refused(body: bytes) -> None:
    with pytest.raises(NotAMessage):
        read(VISITOR, body)


@settings(deadline=None)  # the machine may be busy
@given(st.dictionaries(st.sampled_from(["kind", "id", "visitor", "text", "tap", "file"]), _JSON))
def test_a_stored_row_is_always_an_event(kept: dict[str, Any]) -> None:
    event = event_of(orjson.dumps(kept).decode())
    assert event.conversation.startswith("web:")


def test_an_emptied_row_is_unknown_and_one_that_is_no_object_is_malformed() -> None:
    assert event_of("{}").body == Unknown("none")
    for raw in ("[]", "", "null", "x"):
        with pytest.raises(NotAWebEvent):
            event_of(raw)
