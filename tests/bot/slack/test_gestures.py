"""Slack's JSON of what staff do: which delivery is theirs, and what it is."""

import copy
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.gestures import command_of, gesture_of, is_staffs
from handoff.slack import cards
from handoff.slack.gestures import (
    Altered,
    CameHome,
    Commanded,
    Person,
    Pressed,
    Submitted,
    Turn,
    Wrote,
)
from tests import slack_events as events
from tests.slack_events import BOT, TEAM

Json = dict[str, Any]
NOW = datetime(2026, 11, 24, 4, 50, tzinfo=UTC)
ROOM, THREAD, SATO = "C0HANDOFF", "1700000000.000100", "U0SATO0001"
ME = Person(SATO, is_ours=True)
CLAIM: Json = {
    "type": "button", "action_id": cards.CLAIM, "value": "T1",
    "text": {"type": "plain_text", "text": "担当する"},
}  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)


def message(text: str, **more: Any) -> Json:
    ts = events.stamp(NOW)
    return events.message(SATO, ROOM, text, ts=ts, **{"thread_ts": THREAD, **more})


def test_words_in_a_thread_of_the_channel() -> None:
    told = message("メモ &lt;b&gt; <https://a.example|a>")
    payload = events.callback(told)
    assert is_staffs(payload, ROOM)
    assert not is_staffs(payload, "C0ELSEWHERE")
    assert not is_staffs(payload, "")
    assert gesture_of(payload) == Wrote(
        f"message:{ROOM}:{told['ts']}", ME, ROOM, THREAD, told["ts"], "メモ <b> https://a.example"
    )


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("<@U0SATO0001> 返信: これで?", "@ 返信: これで?"),
        ("<@U0SATO0001|sato> 返信: これで?", "@sato 返信: これで?"),
        ("<!channel> 返信: 全員", "@ 返信: 全員"),
        ("返信<@U0SATO0001>: x", "返信@: x"),
        ("返信: <@U0AKASHI1>です", "返信: @です"),
    ],
)
def test_a_call_to_a_colleague_stays_visible_before_the_words(typed: str, text: str) -> None:
    told = gesture_of(events.callback(message(typed)))
    assert isinstance(told, Wrote)
    assert told.text == text


def test_signs_are_read_as_signs() -> None:
    element = {"type": "emoji", "name": "bow", "unicode": "1f647-200d-2640-fe0f"}
    blocks = [{"type": "rich_text", "elements": [{"type": "section", "elements": [element]}]}]
    told = gesture_of(events.callback(message("承りました :bow: :unknown:", blocks=blocks)))
    assert isinstance(told, Wrote)
    assert told.text == "承りました 🙇\u200d♀\ufe0f :unknown:"


def test_files_come_with_their_words_and_foreign_ones_so_that_they_are_answered_for() -> None:
    mine = events.file("a.jpg", mimetype="image/jpeg")
    theirs = {**events.file("b.jpg", mimetype="image/jpeg"), "is_external": True}
    told = gesture_of(events.callback(message("返信:", subtype="file_share", files=[mine, theirs])))
    assert isinstance(told, Wrote)
    assert told.files == (mine["id"], theirs["id"])


@pytest.mark.parametrize(
    "more",
    [
        {"bot_id": "B1"},
        {"user": BOT},
        {"user": "USLACKBOT"},
        {"subtype": "bot_message"},
        {"subtype": "channel_join"},
        {"thread_ts": None},
    ],
)
def test_what_no_person_wrote_in_a_thread_is_nothing(more: Json) -> None:
    payload = events.callback({**message("返信: 承りました"), **more})
    assert is_staffs(payload, ROOM)
    assert gesture_of(payload) is None


def test_the_first_message_of_a_thread_is_no_answer_in_it() -> None:
    told = message("返信: 承りました")
    assert gesture_of(events.callback({**told, "thread_ts": told["ts"]})) is None


def test_a_guest_of_another_workspace_is_none_of_ours() -> None:
    payload = events.callback(message("返信: x", user_team="T0ELSE", team="T0ELSE"))
    told = gesture_of(payload)
    assert isinstance(told, Wrote)
    assert not told.person.is_ours


def test_edits_and_deletions() -> None:
    before = message("返信: 一")
    edited = gesture_of(events.callback(events.changed(before, "返信: 二", ts="1700000009.1")))
    assert isinstance(edited, Altered)
    assert (edited.ts, edited.text) == (before["ts"], "返信: 二")
    thread = before["thread_ts"]
    assert edited.turn == Turn(f"{ROOM}:{thread}", "1700000009.1")
    for gone in (events.deleted(before, ts="1.2"), events.tombstone(before, ts="1.2")):
        told = gesture_of(events.callback(gone))
        key = f"gone:{ROOM}:{before['ts']}"
        assert told == Altered(key, ROOM, thread, before["ts"], "1.2", None)
    preview = events.changed(before, before["text"], ts="1700000010.1")
    assert gesture_of(events.callback(preview)) is None


def test_a_button_of_a_card_and_of_the_apps_own_page() -> None:
    on_card = events.pressed_button(SATO, ROOM, THREAD, CLAIM, at=NOW)
    trigger = on_card["trigger_id"]
    assert is_staffs(on_card, ROOM)
    assert gesture_of(on_card) == Pressed(
        f"press:{trigger}", ME, cards.CLAIM, "T1", trigger, ROOM, THREAD
    )
    at_home = events.pressed_button(SATO, None, None, CLAIM, at=NOW)
    told = gesture_of(at_home)
    assert isinstance(told, Pressed)
    assert (told.channel, told.thread) == (None, None)
    link = {**CLAIM, "action_id": cards.CONSOLE, "url": "https://shop.example"}
    opened = events.pressed_button(SATO, ROOM, THREAD, link, at=NOW)
    assert is_staffs(opened, ROOM)
    assert gesture_of(opened) is None


def test_buttons_of_retailers_are_not_the_desks() -> None:
    assert not is_staffs(events.pressed(SATO, "D1", "media.show", at=NOW), ROOM)
    assert not is_staffs(events.command(SATO, "C1", "W-10234の動画"), ROOM)
    assert not is_staffs(events.callback(events.message(SATO, "D1", "やあ", ts="1.1")), ROOM)


def test_a_window_that_was_sent_off() -> None:
    view = {
        "id": "V1", "type": "modal", "callback_id": cards.REPLY,
        "private_metadata": '{"ticket": "T1"}',
    }  # fmt: skip
    values = {
        "text": {"text": {"type": "plain_text_input", "value": "お待たせ"}},
        "files": {"files": {"type": "file_input", "files": [{"id": "F1"}, {"id": "F2"}]}},
    }
    told = gesture_of(events.submitted(SATO, view, values))
    assert told == Submitted("view:V1", ME, cards.REPLY, "T1", text="お待たせ", files=("F1", "F2"))
    broken = events.submitted(SATO, {**view, "private_metadata": "{"}, {})
    assert gesture_of(broken) == Submitted("view:V1", ME, cards.REPLY, "")
    assert gesture_of(events.submitted(SATO, {**view, "callback_id": "else"}, {})) is None


def test_the_apps_own_page_and_commands() -> None:
    home = events.came_home(SATO, at=NOW)
    assert is_staffs(home, ROOM)
    assert gesture_of(home) == CameHome(f"home:{home['event_id']}", ME)
    assert gesture_of(events.came_home(SATO, at=NOW, tab="messages")) is None
    told = events.command(SATO, "C1", " W-10234 ", name="/item")
    assert is_staffs(told, ROOM)
    assert command_of(told) == Commanded(ME, "/item", "W-10234")
    assert command_of({**told, "team_id": None}) == Commanded(
        Person(SATO, is_ours=False), "/item", "W-10234"
    )


@given(JSON, st.sampled_from(["event_callback", "block_actions", "view_submission", "x"]))
def test_whatever_comes_is_a_gesture_or_nothing(body: Any, kind: str) -> None:
    payload = {"type": kind, "event": body, "view": body, "actions": [body], "user": body}
    is_staffs(payload, ROOM)
    gesture_of(payload)


@given(st.data())
def test_a_delivery_with_a_hole_in_it_is_a_gesture_or_nothing(data: st.DataObject) -> None:
    whole = data.draw(
        st.sampled_from(
            [
                events.callback(message("返信: x")),
                events.pressed_button(SATO, ROOM, THREAD, CLAIM, at=NOW),
                events.submitted(SATO, {"id": "V", "callback_id": cards.SNOOZE}, {}),
                events.callback(events.changed(message("a"), "b", ts="1.1")),
            ]
        )
    )
    payload = copy.deepcopy(whole)
    at: Any = payload
    while isinstance(at, dict) and at:
        key = data.draw(st.sampled_from(sorted(at)))
        if not isinstance(at[key], dict) or data.draw(st.booleans()):
            at[key] = data.draw(JSON)
            break
        at = at[key]
    gesture_of(payload)
    assert TEAM
