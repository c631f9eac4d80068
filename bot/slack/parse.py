"""One stored event of Slack as an `Event` of ours, and whose it is.

Pure and forgiving, as LINE's: what is not known or not whole becomes `Unknown`. The addresses:

* a person is `<team>/<user>`, the team being the person's own;
* one to one the conversation is `slack:<team>/<user>`, so that whoever may be written to is
  reached by the address in the registers, whichever way they came in;
* in a channel it is `slack:<team>/<channel>/<thread>`, the team being the shop's.

Slack delivers commands, buttons and events in three shapes; `keeping` gives each a `type`.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson

from catalog.ground.errors import Malformed
from catalog.ground.record import ConversationId, from_millis
from conversations.flows.flow import tap
from conversations.messages import (
    Body,
    Edited,
    Event,
    JoinedGroup,
    LeftGroup,
    Said,
    SentFile,
    SentKind,
    Tapped,
    Unknown,
    Unsent,
)
from handoff.slack.blocks import unescaped

COMMAND, ACTION, EVENT = "command", "block_actions", "event_callback"
WORDS = "words"  # the part of a message that is no file
HELP = tap("help.show")  # what a command without words asks for
WRITTEN = frozenset({None, "file_share", "thread_broadcast", "me_message"})

_KIND = re.compile(r"[^A-Za-z0-9_.-]")
_MARK = re.compile(r"<([^<>]*)>")
_LAST_MILLIS = 253_402_300_799_000  # the end of the year 9999

Json = Mapping[str, Any]


class NotASlackEvent(Malformed):
    """The stored text is not a JSON object."""


def to_event(raw: bytes | str, *, inbox_id: int, received_at: datetime) -> Event:
    """The event of one inbox row. Raises NotASlackEvent when `raw` is not a JSON object, never for
    what is in it.
    """
    try:
        kept = orjson.loads(raw)
    except orjson.JSONDecodeError:
        kept = None
    if not isinstance(kept, dict):
        raise NotASlackEvent("the event is not a JSON object")
    conversation = conversation_of(kept)
    return Event(
        inbox_id=inbox_id,
        channel="slack",
        event_id=words(kept, "event_id") or "",
        conversation=conversation,
        sender=person_of(kept),
        at=moment_of(kept) or received_at,
        received_at=received_at,
        reply_token=None,
        reply_until=None,
        is_standby=False,
        is_group=is_group(kept),
        body=_body(kept),
    )


def conversation_of(kept: Json) -> ConversationId:
    """The lane an event belongs to; `slack:unknown` when Slack says none."""
    if not is_group(kept):
        return ConversationId(f"slack:{person_of(kept) or 'unknown'}")
    team, channel, thread = team_of(kept), channel_of(kept), _thread_of(kept)
    if team is None or channel is None:
        return ConversationId("slack:unknown")
    return ConversationId("/".join(filter(None, (f"slack:{team}", channel, thread))))


def person_of(kept: Json) -> str | None:
    """Who did it, as the registers know them."""
    if kept.get("type") == COMMAND:
        return _person(words(kept, "team_id"), words(kept, "user_id"))
    if kept.get("type") == ACTION:
        user = inner(kept, "user")
        return _person(words(user, "team_id") or team_of(kept), words(user, "id"))
    event = message_of(kept)
    team = words(event, "user_team") or words(event, "team") or team_of(kept)
    return _person(team, words(event, "user"))


def is_group(kept: Json) -> bool:
    """Whether others see it. A command is between the person and the shop wherever it is typed."""
    channel = channel_of(kept)
    return kept.get("type") != COMMAND and channel is not None and not channel.startswith("D")


def team_of(kept: Json) -> str | None:
    """The workspace the shop's app is in."""
    if kept.get("type") == ACTION:
        return words(inner(kept, "message"), "team") or words(inner(kept, "team"), "id")
    return words(authorization_of(kept), "team_id") or words(kept, "team_id")


def channel_of(kept: Json) -> str | None:
    """The channel it happened in; a direct message's begins with D."""
    if kept.get("type") == ACTION:
        return words(inner(kept, "container"), "channel_id") or words(inner(kept, "channel"), "id")
    if kept.get("type") == COMMAND:
        return words(kept, "channel_id")
    return words(inner(kept, "event"), "channel")


def authorization_of(kept: Json) -> Json:
    """For whom Slack delivers an event: the shop's own bot user."""
    found = kept.get("authorizations")
    first = found[0] if isinstance(found, list) and found else {}
    return first if isinstance(first, dict) else {}


def bot_of(kept: Json) -> str | None:
    """The shop's bot user."""
    return words(authorization_of(kept), "user_id")


def message_of(kept: Json) -> Json:
    """The message an event is about: itself, or what was changed or deleted."""
    event = inner(kept, "event")
    match event.get("subtype"):
        case "message_changed":
            return inner(event, "message")
        case "message_deleted":
            return inner(event, "previous_message")
        case _:
            return event


def message_id_of(kept: Json) -> str | None:
    """The message or file an event carries or takes back (both may come in any order)."""
    part = kept.get("part")
    if isinstance(part, str) and part != WORDS:
        return part
    event = inner(kept, "event")
    if event.get("type") not in ("message", "app_mention"):
        return None
    return words(event, "deleted_ts") or words(message_of(kept), "ts")


def moment_of(kept: Json) -> datetime | None:
    """When it happened, by Slack's clock."""
    event = inner(kept, "event")
    stamp = words(event, "event_ts") or words(event, "ts")
    if kept.get("type") == ACTION:
        actions = kept.get("actions")
        first = actions[0] if isinstance(actions, list) and actions else None
        stamp = words(first, "action_ts") if isinstance(first, dict) else None
    try:
        millis = int(Decimal(stamp) * 1000) if stamp else 0
    except (InvalidOperation, ValueError, OverflowError):
        return None
    return from_millis(millis) if 0 < millis < _LAST_MILLIS else None


def plain(text: str, *, bot: str | None) -> str:
    """What was typed: without the mention of the bot, links and names as they were read."""

    def read(mark: re.Match[str]) -> str:
        target, _, label = mark[1].partition("|")
        if target.startswith(("@", "!")):
            return "" if target == f"@{bot}" or not label else label
        if target.startswith("#"):
            return f"#{label}"
        return label if target.startswith(("mailto:", "tel:")) and label else target

    return unescaped(_MARK.sub(read, text)).replace("\x00", "").strip()


def mentions(text: str, bot: str | None) -> bool:
    """Whether the words speak to the bot."""
    return bot is not None and re.search(rf"<@{re.escape(bot)}(?:\|[^>]*)?>", text) is not None


def words(value: Json, key: str) -> str | None:
    """A text that is there and not empty."""
    found = value.get(key)
    return found.replace("\x00", "") or None if isinstance(found, str) else None


def inner(value: Json, key: str) -> Json:
    """An object inside; empty when there is none."""
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def files_of(message: Json) -> list[Json]:
    """The files of a message that are still there."""
    found = message.get("files")
    return [
        file
        for file in (found if isinstance(found, list) else [])
        if isinstance(file, dict)
        and words(file, "id")
        and file.get("mode") not in ("tombstone", "hidden_by_limit")
    ]


def _person(team: str | None, user: str | None) -> str | None:
    return f"{team}/{user}" if team and user else None


def _thread_of(kept: Json) -> str | None:
    if kept.get("type") == ACTION:
        container, message = inner(kept, "container"), inner(kept, "message")
        return words(container, "thread_ts") or words(message, "thread_ts") or words(message, "ts")
    event = inner(kept, "event")
    if event.get("type") not in ("message", "app_mention"):
        return None
    message = message_of(kept)
    return words(message, "thread_ts") or words(event, "deleted_ts") or words(message, "ts")


def _body(kept: Json) -> Body:
    kind = words(kept, "type") or "none"
    reader = _SHAPES.get(kind)
    return (reader(kept) if reader is not None else None) or _unknown(kind)


def _command(kept: Json) -> Body | None:
    typed = plain(words(kept, "text") or "", bot=None)
    return Said("", typed) if typed else Tapped(HELP)


def _action(kept: Json) -> Body | None:
    actions = kept.get("actions")
    first = actions[0] if isinstance(actions, list) and actions else None
    value = words(first, "value") if isinstance(first, dict) else None
    return None if value is None else Tapped(value)


def _event(kept: Json) -> Body | None:
    event = inner(kept, "event")
    kind = words(event, "type") or "none"
    match kind:
        case "message" | "app_mention":
            return _message(kept, event)
        case "member_joined_channel":
            return JoinedGroup()
        case "member_left_channel":
            return LeftGroup()
        case _:
            return _unknown(kind)


def _message(kept: Json, event: Json) -> Body | None:
    message, message_id = message_of(kept), message_id_of(kept)
    subtype = event.get("subtype")
    if message_id is None:
        return None
    if subtype == "message_deleted":
        return Unsent(message_id)
    for file in files_of(message):
        if file["id"] == message_id:
            return _file(message, file)
    typed = plain(words(message, "text") or "", bot=bot_of(kept))
    if subtype == "message_changed":
        return Edited(message_id, typed)
    if subtype in WRITTEN:
        return Said(message_id, typed)
    return _unknown(f"message.{subtype}")


def _file(message: Json, file: Json) -> SentFile:
    together = [each["id"] for each in files_of(message)]
    outside = file.get("is_external") is True or file.get("mode") == "external"
    return SentFile(
        message_id=file["id"],
        kind=_FILES.get(str(file.get("mimetype")).partition("/")[0], SentKind.FILE),
        name=words(file, "name"),
        size=_count(file, "size"),
        duration_ms=_count(file, "duration_ms"),
        set_id=words(message, "ts") if len(together) > 1 else None,
        set_index=together.index(file["id"]) + 1 if len(together) > 1 else None,
        set_total=len(together) if len(together) > 1 else None,
        outside_url=(words(file, "url_private") or "external:") if outside else None,
    )


def _count(value: Json, key: str) -> int | None:
    found = value.get(key)
    return found if isinstance(found, int) and not isinstance(found, bool) and found >= 0 else None


def _unknown(kind: str) -> Unknown:
    return Unknown(_KIND.sub("_", kind)[:64])


_FILES = {"image": SentKind.IMAGE, "video": SentKind.VIDEO, "audio": SentKind.AUDIO}
_SHAPES: dict[str, Callable[[Json], Body | None]] = {
    COMMAND: _command,
    ACTION: _action,
    EVENT: _event,
}
