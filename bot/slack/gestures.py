"""Slack's JSON of what staff do, as gestures of ours. Pure and forgiving: what is not whole is
none.

Which delivery is staff's is decided by its form alone, before anything is looked up: the commands
of staff, buttons and windows whose names are the desk's, whatever is written in the handoff
channel, the app's own page.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from bot.slack.parse import (
    ACTION,
    EVENT,
    bot_of,
    channel_of,
    files_of,
    inner,
    message_of,
    plain,
    team_of,
    words,
)
from handoff.slack import cards
from handoff.slack.gestures import (
    Altered,
    CameHome,
    Commanded,
    Gesture,
    Person,
    Pressed,
    Submitted,
    Wrote,
)
from handoff.slack.handling import COMMANDS

Json = Mapping[str, Any]
VIEW = "view_submission"
CLOSED = "view_closed"
_CALL = re.compile(r"<[@!]([^<>|]*)(?:\|([^<>]*))?>")
_WRITTEN = frozenset({None, "file_share", "thread_broadcast", "me_message"})
_PRESSES = frozenset({cards.CLAIM, cards.REPLY, cards.SNOOZE, cards.WAKE, cards.CLOSE})


def is_staffs(payload: Json, channel: str) -> bool:
    """Whether this delivery is the desk's and not a conversation with the shop."""
    if "command" in payload:
        return payload.get("command") in COMMANDS
    kind = payload.get("type")
    if kind in (VIEW, CLOSED):
        return True
    if kind == ACTION:
        return any(_name(each).startswith(f"{cards.ACT}:") for each in _actions(payload))
    event = inner(payload, "event")
    if kind != EVENT:
        return False
    if event.get("type") in ("app_home_opened", "file_shared"):
        return True
    is_there = bool(channel) and channel_of(payload) == channel
    return is_there and event.get("type") in ("message", "app_mention")


def gesture_of(payload: Json) -> Gesture | None:
    """The gesture of a delivery that is staff's; None for what means nothing to the desk."""
    match payload.get("type"):
        case "block_actions":
            return _pressed(payload)
        case "view_submission":
            return _submitted(payload)
        case "event_callback":
            return _event(payload)
        case _:
            return None


def command_of(payload: Json) -> Commanded:
    """A slash command of staff."""
    person = _person(words(payload, "user_id"), words(payload, "team_id"), payload)
    typed = plain(words(payload, "text") or "", bot=None)
    return Commanded(person, words(payload, "command") or "", typed)


def key_of(payload: Json) -> str | None:
    """What tells one gesture from the next, the same at every delivery of it."""
    found = gesture_of(payload)
    return found.key if found is not None else None


def _person(user: str | None, team: str | None, payload: Json) -> Person:
    """`is_ours`: the person's workspace is the app's own, so a guest of a shared channel is not."""
    home = team_of(payload) or words(payload, "team_id") or words(inner(payload, "team"), "id")
    return Person(user or "", bool(user) and team is not None and team == home)


def _pressed(payload: Json) -> Pressed | None:
    action = next((each for each in _actions(payload) if _name(each) in _PRESSES), None)
    ticket = words(action, "value") if action is not None else None
    trigger = words(payload, "trigger_id")
    if action is None or ticket is None or trigger is None:
        return None
    user, container = inner(payload, "user"), inner(payload, "container")
    team = words(inner(payload, "team"), "id")
    person = Person(
        words(user, "id") or "", team is not None and (words(user, "team_id") or team) == team
    )
    is_home = container.get("type") == "view"
    channel = None if is_home else words(container, "channel_id")
    message = inner(payload, "message")
    thread = words(container, "thread_ts") or words(message, "thread_ts")
    thread = thread or words(container, "message_ts")
    if container.get("is_ephemeral") is True:  # a command's answer heads no thread
        thread = None
    # The trigger is new with every press and the same in every repeated delivery.
    return Pressed(
        f"press:{trigger}", person, _name(action), ticket, trigger, channel,
        thread if channel is not None else None,
    )  # fmt: skip


def _submitted(payload: Json) -> Submitted | None:
    view, user = inner(payload, "view"), inner(payload, "user")
    kind, view_id = words(view, "callback_id"), words(view, "id")
    if kind not in (cards.REPLY, cards.SNOOZE) or view_id is None:
        return None
    team = words(inner(payload, "team"), "id")
    person = Person(
        words(user, "id") or "", team is not None and (words(user, "team_id") or team) == team
    )
    values, about = inner(inner(view, "state"), "values"), _about(view)
    files = _value(values, cards.FILES).get("files")
    chosen = inner(_value(values, cards.UNTIL), "selected_option")
    return Submitted(
        f"view:{view_id}",
        person,
        kind,
        words(about, "ticket") or "",
        text=words(_value(values, cards.TEXT), "value") or "",
        files=tuple(
            str(each["id"])
            for each in (files if isinstance(files, list) else [])
            if isinstance(each, dict) and words(each, "id")
        ),
        until=words(chosen, "value"),
        day=words(_value(values, cards.DAY), "selected_date"),
        clock=words(_value(values, cards.CLOCK), "selected_time"),
        at_home=about.get("home") is True,
    )


def _about(view: Json) -> Json:
    """What we gave the window along."""
    try:
        told = json.loads(words(view, "private_metadata") or "{}")
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _value(values: Json, name: str) -> Json:
    return inner(inner(values, name), name)


def _event(payload: Json) -> Gesture | None:
    event = inner(payload, "event")
    if event.get("type") == "app_home_opened":
        return _came_home(payload, event)
    if event.get("type") != "message":  # a mention comes as a message as well
        return None
    message, channel = message_of(payload), words(event, "channel")
    if channel is None:
        return None
    gone = _deleted(event)
    if gone is not None:
        thread = words(inner(event, "previous_message"), "thread_ts") or gone
        return Altered(f"gone:{channel}:{gone}", channel, thread, gone, _moment(event), None)
    if _is_a_bots(message, payload) or _is_a_bots(event, payload):
        return None
    match event.get("subtype"):
        case "message_changed":
            return _changed(payload, event, channel)
        case str() | None as subtype if subtype in _WRITTEN:
            return _wrote(payload, event, channel)
        case _:
            return None


def _deleted(event: Json) -> str | None:
    """The message that is gone; one with a thread under it is changed into a tombstone instead."""
    if event.get("subtype") == "message_deleted":
        return words(event, "deleted_ts")
    message = inner(event, "message")
    is_gone = event.get("subtype") == "message_changed" and message.get("subtype") == "tombstone"
    return words(message, "ts") if is_gone else None


def _changed(payload: Json, event: Json, channel: str) -> Altered | None:
    message = inner(event, "message")
    ts, before = words(message, "ts"), inner(event, "previous_message")
    if ts is None:
        return None
    text = words(message, "text") or ""
    if text == (words(before, "text") or ""):
        return None  # Slack itself added a preview
    at = _moment(event)
    thread = words(message, "thread_ts") or ts
    return Altered(f"edit:{channel}:{ts}:{at}", channel, thread, ts, at, _typed(text))


def _moment(event: Json) -> str:
    """When the change was made, as Slack stamps it."""
    return words(event, "event_ts") or words(event, "ts") or ""


def _wrote(payload: Json, event: Json, channel: str) -> Wrote | None:
    ts, thread = words(event, "ts"), words(event, "thread_ts")
    if ts is None or thread is None or thread == ts:
        return None
    person = _person(
        words(event, "user"), words(event, "user_team") or words(event, "team"), payload
    )
    text = _with_signs(_typed(words(event, "text") or ""), event)
    # One that lies outside Slack cannot be fetched; whoever wanted it sent is told so then.
    files = tuple(str(each["id"]) for each in files_of(event))
    return Wrote(f"message:{channel}:{ts}", person, channel, thread, ts, text, files)


def _typed(text: str) -> str:
    """What was typed. Who is called stays as `@`: words that begin with a colleague's name are for
    the colleague, and what an agreed word is made of has no name in it.
    """
    return plain(_CALL.sub(lambda mark: f"@{(mark[2] or '').lstrip('@')}", text), bot=None)


def _came_home(payload: Json, event: Json) -> CameHome | None:
    user = words(event, "user")
    if user is None or event.get("tab", "home") != "home":
        return None
    # Slack does not tell the person's workspace here; only those the register knows see anything.
    key = f"home:{words(payload, 'event_id') or user}"
    return CameHome(key, Person(user, is_ours=True))


def _is_a_bots(message: Json, payload: Json) -> bool:
    if message.get("bot_id") or message.get("subtype") == "bot_message":
        return True
    user = words(message, "user")
    return user is not None and user in (bot_of(payload), "USLACKBOT")


def _with_signs(text: str, event: Json) -> str:
    """Slack writes `:bow:` for a sign; its blocks tell which one it is."""
    for name, code in _signs(event.get("blocks")):
        try:
            sign = "".join(chr(int(each, 16)) for each in code.split("-"))
        except (ValueError, OverflowError):
            continue
        text = text.replace(f":{name}:", sign)
    return text


def _signs(value: Any) -> list[tuple[str, str]]:
    """Name and code points of every sign in the blocks of a message."""
    if isinstance(value, list):
        return [found for each in value for found in _signs(each)]
    if not isinstance(value, dict):
        return []
    name, code = value.get("name"), value.get("unicode")
    if value.get("type") == "emoji" and isinstance(name, str) and isinstance(code, str):
        return [(name, code)]
    return [found for each in value.values() for found in _signs(each)]


def _actions(payload: Json) -> list[Json]:
    found = payload.get("actions")
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _name(action: Json) -> str:
    return words(action, "action_id") or ""
