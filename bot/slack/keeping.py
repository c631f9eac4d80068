"""What of one delivery of Slack is kept: an inbox row for each thing that happened, or none.

Left out, so that no stranger's words are stored: what the shop's own bot or another one wrote, and
what people say to each other in a channel. A message with files is one row for its words and one
for each file, as LINE delivers them. Rows hold Slack's JSON without its secrets and without the
copies of messages it adds.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.slack.parse import (
    ACTION,
    COMMAND,
    EVENT,
    WORDS,
    WRITTEN,
    bot_of,
    conversation_of,
    files_of,
    inner,
    is_group,
    mentions,
    message_id_of,
    message_of,
    moment_of,
    words,
)
from conversations.inbox.intake import IntakeRow

Json = dict[str, Any]

_SECRETS = frozenset({"token", "response_url", "trigger_id"})
_WHO_AND_WHERE = frozenset({"user", "user_team", "team", "ts", "thread_ts"})


def rows_of(payload: Mapping[str, Any], *, received_at: datetime) -> list[IntakeRow]:
    """The rows of one delivery; the same delivery gives the same event ids."""
    if "command" in payload:
        return [_row(_command(payload), received_at)]
    if payload.get("type") == ACTION:
        return [_row(each, received_at) for each in _actions(payload)]
    if payload.get("type") == EVENT:
        return [_row(each, received_at) for each in _event(payload)]
    return []


def _command(payload: Mapping[str, Any]) -> Json:
    return {**_open(payload), "type": COMMAND, "event_id": f"command:{_invoked(payload)}"}


def _actions(payload: Mapping[str, Any]) -> list[Json]:
    """Buttons with something behind them; a link opens by itself."""
    actions = payload.get("actions")
    pressed = [
        action
        for action in (actions if isinstance(actions, list) else [])
        if isinstance(action, dict) and words(action, "value")
    ]
    message = inner(payload, "message")
    about = {key: message[key] for key in ("ts", "thread_ts", "team") if key in message}
    told = {**_open(payload), "message": about}
    told.pop("state", None)
    return [
        {**told, "actions": [action], "event_id": f"action:{_invoked(payload)}:{n}"}
        for n, action in enumerate(pressed)
    ]


def _event(payload: Mapping[str, Any]) -> list[Json]:
    told = {**_open(payload), "event_id": words(payload, "event_id") or _digest(payload)}
    told["event"] = event = _deleted(inner(payload, "event"))
    match event.get("type"):
        case "message":
            return _parts(told) if _is_for_us(told) else []
        case "app_mention":
            # An edit comes as a changed message, a mention one to one as a message as well.
            is_ours = is_group(told) and not _by_a_bot(event) and "edited" not in event
            return [{**told, "part": WORDS}] if is_ours else []
        case "member_joined_channel" | "member_left_channel":
            return [told] if words(event, "user") == bot_of(told) else []
        case _:
            return [told]


def _deleted(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """A message that heads a thread is not deleted but changed into a tombstone: one shape for
    both.
    """
    message = inner(event, "message")
    if event.get("subtype") != "message_changed" or message.get("subtype") != "tombstone":
        return event
    told = {key: value for key, value in event.items() if key != "message"}
    return {**told, "subtype": "message_deleted", "deleted_ts": message.get("ts")}


def _is_for_us(told: Json) -> bool:
    event, message = told["event"], message_of(told)
    if _by_a_bot(event) or _by_a_bot(message):
        return False
    if words(message, "user") in (None, bot_of(told)):
        return False
    match event.get("subtype"):
        case "message_deleted":
            return True
        case "message_changed":
            written = words(message, "text") or ""
            if written == (words(inner(event, "previous_message"), "text") or ""):
                return False  # Slack itself added a preview
            return not is_group(told) or mentions(written, bot_of(told))
        case _:
            return not is_group(told)


def _by_a_bot(message: Mapping[str, Any]) -> bool:
    return bool(message.get("bot_id")) or message.get("subtype") == "bot_message"


def _parts(told: Json) -> list[Json]:
    """The words, then file by file. What was taken back is not kept a second time."""
    event, message = told["event"], message_of(told)
    is_deleted = event.get("subtype") == "message_deleted"
    has_files = (is_deleted or event.get("subtype") in WRITTEN) and not is_group(told)
    files = [str(file["id"]) for file in files_of(message)] if has_files else []
    before = inner(event, "previous_message")
    left = {key: before[key] for key in _WHO_AND_WHERE & before.keys()}
    told["event"] = {**event, "previous_message": left} if before else event
    has_words = is_deleted or not files or (words(message, "text") or "").strip()
    parts = [{**told, "part": WORDS}] if has_words else []
    event_id = told["event_id"]
    return parts + [{**told, "part": file, "event_id": f"{event_id}:{file}"} for file in files]


def _open(payload: Mapping[str, Any]) -> Json:
    return {key: value for key, value in payload.items() if key not in _SECRETS}


def _invoked(payload: Mapping[str, Any]) -> str:
    """What tells one press or command from the next."""
    return words(payload, "trigger_id") or _digest(payload)


def _digest(payload: Mapping[str, Any]) -> str:
    told = json.dumps(payload, sort_keys=True)
    return "sha256-" + hashlib.sha256(told.encode()).hexdigest()


def _row(kept: Json, received_at: datetime) -> IntakeRow:
    return IntakeRow(
        channel="slack",
        event_id=kept["event_id"],
        conversation=conversation_of(kept),
        message_id=message_id_of(kept),
        event_at=moment_of(kept) or received_at,
        received_at=received_at,
        # Half an emoji is legal in JSON but not in UTF-8; it becomes a question mark.
        body=json.dumps(kept, ensure_ascii=False).encode("utf-8", "replace").decode(),
    )
