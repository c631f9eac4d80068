"""Slack's deliveries as Slack writes them, for tests: one builder for each kind, signed."""

import hashlib
import hmac
import itertools
import json
import secrets
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

Json = dict[str, Any]

TEAM, BOT, BOT_ID, APP = "T0AKASHI1", "U0AKASHI1", "B0AKASHI1", "A0AKASHI1"
_numbers = itertools.count(100)


def new_id(kind: str) -> str:
    """An id of Slack's form: U for a person, C for a channel, D, F, Ev…"""
    return kind + secrets.token_hex(5).upper()


def stamp(at: datetime) -> str:
    """A `ts`: seconds and six digits, never twice in one process."""
    return f"{int(at.timestamp())}.{next(_numbers) % 1_000_000:06d}"


def callback(event: Json, *, team: str = TEAM, event_id: str | None = None) -> Json:
    """The envelope of the Events API."""
    return {
        "token": "verification-token",
        "team_id": team,
        "context_team_id": team,
        "api_app_id": APP,
        "type": "event_callback",
        "event_id": event_id or new_id("Ev"),
        "event_time": int(float(event.get("event_ts", "0"))),
        "authorizations": [
            {"enterprise_id": None, "team_id": team, "user_id": BOT, "is_bot": True}
        ],
        "is_ext_shared_channel": False,
        "event": event,
    }


def message(user: str, channel: str, text: str, *, ts: str, team: str = TEAM, **more: Any) -> Json:
    """What somebody wrote in a direct message or a channel."""
    return {
        "type": "message",
        "user": user,
        "team": team,
        "text": text,
        "ts": ts,
        "event_ts": ts,
        "channel": channel,
        "channel_type": "im" if channel.startswith("D") else "channel",
        "client_msg_id": secrets.token_hex(8),
        **more,
    }


def mention(user: str, channel: str, text: str, *, ts: str, team: str = TEAM, **more: Any) -> Json:
    """The bot was spoken to in a channel; `text` holds its mention."""
    told = message(user, channel, text, ts=ts, team=team, **more)
    del told["channel_type"]
    return {**told, "type": "app_mention"}


def changed(before: Json, text: str, *, ts: str) -> Json:
    """The text was edited."""
    now = {**before, "text": text, "edited": {"user": before["user"], "ts": ts}}
    return _about(before, "message_changed", ts) | {"message": now, "previous_message": before}


def deleted(before: Json, *, ts: str) -> Json:
    """The message was deleted."""
    told = _about(before, "message_deleted", ts)
    return told | {"deleted_ts": before["ts"], "previous_message": before}


def tombstone(before: Json, *, ts: str) -> Json:
    """The message was deleted, but has a thread under it."""
    left = {
        "type": "message", "subtype": "tombstone", "user": "USLACKBOT", "ts": before["ts"],
        "text": "This message was deleted.",
    }  # fmt: skip
    return _about(before, "message_changed", ts) | {"message": left, "previous_message": before}


def _about(before: Json, subtype: str, ts: str) -> Json:
    return {
        "type": "message", "subtype": subtype, "hidden": True, "ts": ts, "event_ts": ts,
        "channel": before["channel"], "channel_type": before.get("channel_type", "im"),
    }  # fmt: skip


def file(name: str, *, mimetype: str, size: int = 10, file_id: str | None = None) -> Json:
    """A file as a message carries it."""
    file_id = file_id or new_id("F")
    return {
        "id": file_id, "name": name, "mimetype": mimetype, "size": size, "mode": "hosted",
        "is_external": False, "url_private": f"https://files.slack.com/files-pri/{file_id}",
    }  # fmt: skip


def pressed(
    user: str, channel: str, value: str | None, *, at: datetime, thread: str | None = None,
    team: str = TEAM, url: str | None = None,
) -> Json:  # fmt: skip
    """A button of the bot's was pressed."""
    ts = stamp(at)
    about = {"thread_ts": thread} if thread else {}
    action = {"type": "button", "action_id": "tap:0", "block_id": "b", "action_ts": stamp(at)}
    if value is not None:
        action["value"] = value
    if url is not None:
        action["url"] = url
    return {
        "type": "block_actions",
        "user": {"id": user, "username": "u", "team_id": team},
        "api_app_id": APP,
        "token": "verification-token",
        "container": {"type": "message", "message_ts": ts, "channel_id": channel, **about},
        "trigger_id": f"{next(_numbers)}.{secrets.token_hex(8)}",
        "team": {"id": team, "domain": "shop"},
        "channel": {"id": channel, "name": "directmessage"},
        "message": {
            "type": "message", "user": BOT, "bot_id": BOT_ID, "team": TEAM, "ts": ts,
            "text": "…", "blocks": [{"type": "section"}], **about,
        },
        "state": {"values": {}},
        "response_url": "https://hooks.slack.com/actions/secret",
        "actions": [action],
    }  # fmt: skip


def pressed_button(
    user: str, channel: str | None, thread: str | None, button: Json, *, at: datetime,
    team: str = TEAM,
) -> Json:  # fmt: skip
    """A button as it stands in a card was pressed; `channel` None: on the app's own page."""
    told = pressed(user, channel or "", button.get("value"), at=at, thread=thread, team=team)
    action = {**button, "action_ts": stamp(at), "block_id": "b"}
    if channel is None:
        told["container"] = {"type": "view", "view_id": new_id("V")}
        told["view"] = {"id": told["container"]["view_id"], "type": "home"}
        del told["channel"], told["message"]
    return {**told, "actions": [action]}


def submitted(user: str, view: Json, values: Json, *, team: str = TEAM) -> Json:
    """A window was sent off; `values` by block and action."""
    return {
        "type": "view_submission",
        "team": {"id": team, "domain": "shop"},
        "user": {"id": user, "username": "u", "team_id": team},
        "api_app_id": APP,
        "token": "verification-token",
        "trigger_id": f"{next(_numbers)}.{secrets.token_hex(8)}",
        "view": {**view, "state": {"values": values}},
        "response_urls": [],
    }


def came_home(user: str, *, at: datetime, tab: str = "home") -> Json:
    """Somebody opened the app's own page."""
    return callback(
        {"type": "app_home_opened", "user": user, "channel": new_id("D"), "tab": tab,
         "event_ts": stamp(at)}
    )  # fmt: skip


def command(user: str, channel: str, text: str, *, team: str = TEAM, name: str = "/akashi") -> Json:
    """`/akashi …`"""
    return {
        "token": "verification-token", "team_id": team, "team_domain": "shop",
        "channel_id": channel, "channel_name": "general", "user_id": user, "user_name": "u",
        "command": name, "text": text, "api_app_id": APP, "is_enterprise_install": "false",
        "response_url": "https://hooks.slack.com/commands/secret",
        "trigger_id": f"{next(_numbers)}.{secrets.token_hex(8)}",
    }  # fmt: skip


def body_of(delivery: Json) -> tuple[bytes, str]:
    """Bytes and content type, by what is delivered."""
    if "command" in delivery:
        return urlencode(delivery).encode(), "application/x-www-form-urlencoded"
    if delivery.get("type") in ("block_actions", "view_submission"):
        told = urlencode({"payload": json.dumps(delivery, ensure_ascii=False)})
        return told.encode(), "application/x-www-form-urlencoded"
    return json.dumps(delivery, ensure_ascii=False).encode(), "application/json"


def headers_of(
    body: bytes, content_type: str, *, secret: str, at: datetime, retry: int = 0
) -> dict[str, str]:
    """What Slack sends along; `retry` counts deliveries after the first."""
    seconds = str(int(at.timestamp()))
    signed = hmac.new(secret.encode(), b"v0:" + seconds.encode() + b":" + body, hashlib.sha256)
    told = {
        "content-type": content_type,
        "x-slack-request-timestamp": seconds,
        "x-slack-signature": f"v0={signed.hexdigest()}",
        "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
    }
    if retry:
        told |= {"x-slack-retry-num": str(retry), "x-slack-retry-reason": "http_timeout"}
    return told
