"""A strict stand-in of Slack on loopback, for tests: it refuses what Slack refuses and remembers
all it accepted.

    async with SlackPlatform() as slack:
        user = slack.add_user()
        channel = SlackChannel(SlackApi(base=slack.base, token=slack.token))
        slack.say(user, "こんにちは")      # the delivery; sign it with slack.signed(…)
        slack.seen_by(user)               # the messages in that person's direct messages

Time is `clock`. `fail_next` scripts trouble for the calls to come. With `counts_posts` more than
a short burst above a message a second in one channel is answered with 429.
"""

import asyncio
import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from bot.slack.doctor import SCOPES
from tests import slack_events as events
from tests.slack_rules import (
    answer_problems,
    call_problems,
    problems,
    size_of,
    view_problems,
    words_problems,
)

Json = dict[str, Any]
PAGE = 3  # messages a page, small so that paging is tried
TRIGGER_LIVES = timedelta(seconds=3)
BURST = 4  # messages at once in a channel


@dataclass(slots=True)
class Stored:
    """Bytes a person uploaded; the first `waits` looks find no address for them yet."""

    body: bytes
    mimetype: str
    waits: int = 0
    mode: str = "hosted"
    name: str = "file"
    wanted: int | None = None  # bytes that were announced; None: they are all here
    channel: str | None = None  # where it is shown


@dataclass(slots=True)
class Trouble:
    how: str
    on: str | None
    retry_after: int | None = None


@dataclass(slots=True)
class SlackPlatform:
    """One workspace with the shop's app in it."""

    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    token: str = "xoxb-1-2-standin"
    signing_secret: str = "8f742231b10e8888abcd99yyyzzz85a5"
    scopes: frozenset[str] = frozenset(SCOPES)
    people: dict[str, str] = field(default_factory=dict)  # user → the direct messages with them
    channels: dict[str, bool] = field(default_factory=dict)  # channel → whether the bot is in it
    posts: dict[str, list[Json]] = field(default_factory=dict)
    files: dict[str, Stored] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    whispers: list[Json] = field(default_factory=list)  # seen by one person alone
    views: list[Json] = field(default_factory=list)  # windows opened, in order
    homes: dict[str, Json] = field(default_factory=dict)  # each person's page of the app
    updates: list[Json] = field(default_factory=list)
    counts_posts: bool = False
    called: set[str] = field(default_factory=set)  # whom a message may call by name
    base: str = ""
    _triggers: dict[str, datetime] = field(default_factory=dict)
    _posted_at: dict[str, list[datetime]] = field(default_factory=dict)
    _troubles: deque[Trouble] = field(default_factory=deque)
    _runner: web.AppRunner | None = None
    _site: web.TCPSite | None = None
    _port: int = 0
    _closing: asyncio.Event | None = None
    _is_away: bool = False

    async def __aenter__(self) -> Self:
        self._closing = asyncio.Event()
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_get("/files/{file}", self._download)
        app.router.add_post("/upload/{file}", self._take_bytes)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await self.come_back()
        self.base = f"http://127.0.0.1:{self._port}/api"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._closing is not None
        assert self._runner is not None
        self._closing.set()
        await self._runner.cleanup()

    async def go_away(self) -> None:
        """No connection can be made from now on, and those that are open break."""
        assert self._site is not None
        self._is_away = True
        await self._site.stop()

    async def come_back(self) -> None:
        """Listen, on the same port as before."""
        assert self._runner is not None
        self._site = web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True)
        await self._site.start()
        self._is_away = False
        self._port = self._runner.addresses[0][1]

    def add_user(self) -> str:
        """A person of the workspace."""
        user = events.new_id("U")
        self.people[user] = events.new_id("D")
        return user

    def add_channel(self, *, is_member: bool = True) -> str:
        """A channel, with the bot in it or not."""
        channel = events.new_id("C")
        self.channels[channel] = is_member
        return channel

    def upload(self, body: bytes, *, mimetype: str = "image/jpeg", waits: int = 0) -> str:
        """Bytes somebody uploaded; the file's id."""
        file_id = events.new_id("F")
        self.files[file_id] = Stored(body, mimetype, waits)
        return file_id

    def fail_next(
        self, how: str, *, times: int = 1, on: str | None = None, retry_after: int | None = None
    ) -> None:
        """Trouble for the next calls (`on`: only that method).

        `how`: "429", a status ("500"), an error of Slack's ("internal_error"), "reset" (nothing
        done, connection lost), "drop" (done, but the answer is lost), "hang" (no answer to the
        end).
        """
        self._troubles.extend(Trouble(how, on, retry_after) for _ in range(times))

    def seen_by(self, user: str) -> list[Json]:
        """What the bot wrote to that person, in order."""
        return self.posts.get(self.people[user], [])

    def seen_in(self, channel: str, thread: str | None = None) -> list[Json]:
        """What the bot wrote in that channel, or in one thread of it."""
        posted = self.posts.get(channel, [])
        return [each for each in posted if thread is None or each.get("thread_ts") == thread]

    def say(self, user: str, text: str, **more: Any) -> Json:
        """The person writes to the bot."""
        ts = events.stamp(self.clock())
        return events.callback(events.message(user, self.people[user], text, ts=ts, **more))

    def mention(self, user: str, channel: str, text: str, **more: Any) -> Json:
        """The person speaks to the bot in a channel."""
        ts = events.stamp(self.clock())
        words = f"<@{events.BOT}> {text}"
        return events.callback(events.mention(user, channel, words, ts=ts, **more))

    def write(self, user: str, channel: str, thread: str, text: str, **more: Any) -> Json:
        """A person writes in a thread of a channel."""
        ts = events.stamp(self.clock())
        told = events.message(user, channel, text, ts=ts, thread_ts=thread, **more)
        return events.callback(told)

    def press(self, user: str, channel: str | None, thread: str | None, button: Json) -> Json:
        """A person presses a button of a card (`channel` None: on the app's own page)."""
        return self.hands_out(events.pressed_button(user, channel, thread, button, at=self.clock()))

    def hands_out(self, delivery: Json) -> Json:
        """The trigger of this delivery opens one window, for three seconds."""
        self._triggers[delivery["trigger_id"]] = self.clock() + TRIGGER_LIVES
        return delivery

    def post_at(self, channel: str, ts: str) -> Json:
        """What stands there now."""
        return next(each for each in self.posts[channel] if each["ts"] == ts)

    def tap(self, user: str, value: str, *, where: str = "", thread: str | None = None) -> Json:
        """The person presses a button, in their direct messages or in a channel's thread."""
        channel = where or self.people[user]
        return events.pressed(user, channel, value, at=self.clock(), thread=thread)

    def signed(
        self, delivery: Json, *, at: datetime | None = None, secret: str | None = None,
        retry: int = 0,
    ) -> tuple[bytes, dict[str, str]]:  # fmt: skip
        """Body and headers of one delivery."""
        body, kind = events.body_of(delivery)
        return body, events.headers_of(
            body, kind, secret=secret or self.signing_secret, at=at or self.clock(), retry=retry
        )

    def was_answered(self, delivery: Json, status: int, body: str) -> None:
        """What the shop answered a delivery; what Slack could not use of it counts as refused."""
        self.refused.extend(answer_problems(delivery, status, body))

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if self._is_away:
            return self._lose(request)
        self.calls.append(method)
        await request.read()
        trouble = self._trouble(method)
        if trouble is not None and trouble.how != "drop":
            return await self._in_trouble(request, trouble)
        told = await self._told(request)
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            answer = self._refuse("invalid_auth")
        else:
            handler = self._methods().get(method)
            answer = handler(told) if handler else self._refuse("unknown_method")
        if trouble is not None:
            return self._lose(request)
        return web.json_response(answer, headers={"X-OAuth-Scopes": ",".join(self.scopes)})

    def _trouble(self, method: str) -> Trouble | None:
        for trouble in self._troubles:
            if trouble.on in (None, method):
                self._troubles.remove(trouble)
                return trouble
        return None

    async def _in_trouble(self, request: web.Request, trouble: Trouble) -> web.StreamResponse:
        if trouble.how == "reset":
            return self._lose(request)
        if trouble.how == "hang":
            assert self._closing is not None
            await self._closing.wait()
            return self._lose(request)
        if trouble.how == "429":
            headers = {"Retry-After": str(trouble.retry_after or 1)}
            return web.json_response(self._refuse("ratelimited"), status=429, headers=headers)
        if trouble.how.isdigit():
            return web.Response(text="upstream error", status=int(trouble.how))
        if trouble.how == "picture":
            told = self._refuse("invalid_blocks")
            wrong = ["[ERROR] downloading image failed [json-pointer:/blocks/0/image_url]"]
            return web.json_response({**told, "response_metadata": {"messages": wrong}})
        return web.json_response(self._refuse(trouble.how))

    def _lose(self, request: web.Request) -> web.Response:
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=500)

    async def _told(self, request: web.Request) -> Json:
        if request.content_type == "application/json":
            return dict(json.loads(await request.read()))
        return {**dict(request.query), **dict(await request.post())}

    def _refuse(self, error: str, why: str = "") -> Json:
        self.refused.append(f"{error} {why}".strip())
        told: Json = {"ok": False, "error": error}
        return {**told, "response_metadata": {"messages": [why]}} if why else told

    def _methods(self) -> dict[str, Callable[[Json], Json]]:
        return {
            "auth.test": self._auth_test,
            "chat.postMessage": self._post,
            "chat.postEphemeral": self._whisper,
            "chat.update": self._update,
            "views.open": self._open_view,
            "views.publish": self._publish,
            "files.getUploadURLExternal": self._upload_url,
            "files.completeUploadExternal": self._complete,
            "files.delete": self._delete,
            "conversations.open": self._open,
            "conversations.info": self._info,
            "conversations.history": self._history,
            "conversations.replies": self._replies,
            "files.info": self._file,
        }

    def _auth_test(self, _: Json) -> Json:
        return {
            "ok": True, "url": "https://shop.slack.com/", "team": "質 ぎんざ", "user": "akashi",
            "team_id": events.TEAM, "user_id": events.BOT, "bot_id": events.BOT_ID,
        }  # fmt: skip

    def _place(self, target: Any) -> str | Json:
        if target in self.people:
            return self.people[target]
        if target in self.people.values():
            return str(target)
        if target not in self.channels:
            return self._refuse("channel_not_found")
        return str(target) if self.channels[target] else self._refuse("not_in_channel")

    def _post(self, told: Json) -> Json:
        known = {"channel", "text", "blocks", "metadata", "thread_ts", "unfurl_links",
                 "unfurl_media", "reply_broadcast"}  # fmt: skip
        place = self._fits(told, known)
        if isinstance(place, dict):
            return place
        if self._is_reply(place, told.get("thread_ts")):
            return self._refuse("invalid_thread_ts", "a reply heads no thread")
        if self._is_too_fast(place):
            return self._refuse("ratelimited", "a message a second for each channel")
        ts = events.stamp(self.clock())
        post = {key: told[key] for key in ("text", "blocks", "metadata", "thread_ts",
                                           "reply_broadcast") if key in told}  # fmt: skip
        self.posts.setdefault(place, []).append(
            {"type": "message", "user": events.BOT, "bot_id": events.BOT_ID, "ts": ts, **post}
        )
        return {"ok": True, "channel": place, "ts": ts, "message": post}

    def _fits(self, told: Json, known: set[str]) -> str | Json:
        """Where a message may go that has nothing wrong."""
        if strangers := told.keys() - known:
            return self._refuse("invalid_arguments", str(sorted(strangers)))
        place = self._place(told.get("channel"))
        if isinstance(place, dict):
            return place
        if not told.get("text"):
            return self._refuse("no_text", "a screen reader and a notice need words")
        if size_of(told["text"]) > 4_000:
            return self._refuse("msg_too_long")
        if wrong := call_problems(told, self.called):
            return self._refuse("invalid_arguments", "; ".join(wrong))
        if found := problems(told, self.called):
            return self._refuse("invalid_blocks", "; ".join(found))
        if size_of(told["blocks"]) > 13_200:
            return self._refuse("msg_blocks_too_long")
        return place

    def _is_reply(self, place: str, ts: str | None) -> bool:
        """Whether what stands there is itself a reply in a thread."""
        return any(
            each["ts"] == ts and each.get("thread_ts") not in (None, ts)
            for each in self.posts.get(place, [])
        )

    def _is_too_fast(self, place: str) -> bool:
        now = self.clock()
        lately = [at for at in self._posted_at.get(place, [])
                  if now - at < timedelta(seconds=BURST)]  # fmt: skip
        if self.counts_posts and len(lately) >= 2 * BURST:
            return True
        self._posted_at[place] = [*lately, now]
        return False

    def _whisper(self, told: Json) -> Json:
        place = self._fits(told, {"channel", "user", "text", "blocks", "thread_ts"})
        if isinstance(place, dict):
            return place
        if told.get("user") not in self.people:
            return self._refuse("user_not_in_channel")
        self.whispers.append({**told, "channel": place})
        return {"ok": True, "message_ts": events.stamp(self.clock())}

    def _update(self, told: Json) -> Json:
        place = self._fits(told, {"channel", "ts", "text", "blocks"})
        if isinstance(place, dict):
            return place
        post = next(
            (each for each in self.posts.get(place, []) if each["ts"] == told.get("ts")), None
        )
        if post is None:
            return self._refuse("message_not_found")
        if post.get("subtype") == "file_share":
            return self._refuse("cant_update_message")
        post.update(text=told["text"], blocks=told["blocks"])
        self.updates.append({**told, "at": self.clock()})
        return {"ok": True, "channel": place, "ts": told["ts"], "text": told["text"]}

    def _open_view(self, told: Json) -> Json:
        if strangers := told.keys() - {"trigger_id", "view"}:
            return self._refuse("invalid_arguments", str(sorted(strangers)))
        ends = self._triggers.pop(str(told.get("trigger_id")), None)
        if ends is None:
            return self._refuse("invalid_trigger_id", "unknown, or used before")
        if self.clock() > ends:
            return self._refuse("expired_trigger_id")
        if found := view_problems(told.get("view"), "modal"):
            return self._refuse("invalid_arguments", "; ".join(found))
        view = {**told["view"], "id": events.new_id("V"), "team_id": events.TEAM}
        self.views.append(view)
        return {"ok": True, "view": view}

    def _publish(self, told: Json) -> Json:
        if strangers := told.keys() - {"user_id", "view", "hash"}:
            return self._refuse("invalid_arguments", str(sorted(strangers)))
        if told.get("user_id") not in self.people:
            return self._refuse("user_not_found")
        if found := view_problems(told.get("view"), "home"):
            return self._refuse("invalid_arguments", "; ".join(found))
        self.homes[told["user_id"]] = told["view"]
        return {"ok": True, "view": told["view"]}

    def _upload_url(self, told: Json) -> Json:
        length, name = str(told.get("length")), str(told.get("filename") or "")
        if not length.isdigit() or int(length) < 1 or not name:
            return self._refuse("invalid_arguments", "length and filename are wanted")
        file_id = events.new_id("F")
        self.files[file_id] = Stored(b"", "image/jpeg", name=name, wanted=int(length))
        host = self.base.removesuffix("/api")
        return {"ok": True, "upload_url": f"{host}/upload/{file_id}", "file_id": file_id}

    async def _take_bytes(self, request: web.Request) -> web.StreamResponse:
        stored = self.files.get(request.match_info["file"])
        body = await request.read()
        if stored is None or stored.wanted != len(body):
            return web.Response(status=400)
        stored.body, stored.wanted = body, None
        return web.Response(text=f"OK - {len(body)}")

    def _complete(self, told: Json) -> Json:
        known = {"files", "channel_id", "thread_ts", "initial_comment"}
        if strangers := told.keys() - known:
            return self._refuse("invalid_arguments", str(sorted(strangers)))
        place = self._place(told.get("channel_id"))
        if isinstance(place, dict):
            return place
        comment = told.get("initial_comment", "")
        wrong = words_problems(comment, "initial_comment")
        if wrong or size_of(comment) > 4_000 or not told.get("files"):
            return self._refuse("invalid_arguments", "; ".join(wrong) or "files or comment")
        for each in told["files"]:
            if each.keys() - {"id", "title"}:
                return self._refuse("invalid_arguments", str(sorted(each)))
            stored = self.files.get(each["id"])
            if stored is None or stored.wanted is not None:
                return self._refuse("file_not_found")
            if stored.channel is not None:
                return self._refuse("file_already_completed")
            stored.channel = place
            self.posts.setdefault(place, []).append(
                {"type": "message", "subtype": "file_share", "user": events.BOT,
                 "bot_id": events.BOT_ID, "ts": events.stamp(self.clock()),
                 "thread_ts": told.get("thread_ts"), "text": told.get("initial_comment", ""),
                 "files": [{"id": each["id"]}], "blocks": []}
            )  # fmt: skip
        return {"ok": True, "files": told["files"]}

    def _delete(self, told: Json) -> Json:
        if self.files.pop(str(told.get("file")), None) is None:
            return self._refuse("file_not_found")
        return {"ok": True}

    def _open(self, told: Json) -> Json:
        user = told.get("users")
        if user not in self.people:
            return self._refuse("user_not_found")
        return {"ok": True, "already_open": True, "channel": {"id": self.people[str(user)]}}

    def _info(self, told: Json) -> Json:
        channel = told.get("channel")
        if channel not in self.channels:
            return self._refuse("channel_not_found")
        facts = {"id": channel, "name": "handoff", "is_member": self.channels[str(channel)]}
        return {"ok": True, "channel": facts}

    def _history(self, told: Json) -> Json:
        place = str(told.get("channel"))
        if place not in self.people.values() and place not in self.channels:
            return self._refuse("channel_not_found")
        listed = [each for each in self.posts.get(place, []) if "thread_ts" not in each]
        return self._page(listed[::-1], told)

    def _replies(self, told: Json) -> Json:
        listed = self.seen_in(str(told.get("channel")), str(told.get("ts")))
        head = {"type": "message", "ts": told.get("ts"), "text": "…"}
        return self._page([head, *listed], told)

    def _page(self, listed: list[Json], told: Json) -> Json:
        oldest = float(told.get("oldest") or 0)
        since = [each for each in listed if float(each["ts"]) > oldest or "metadata" not in each]
        start = int(told.get("cursor") or 0)
        page = [dict(each) for each in since[start : start + PAGE]]
        if str(told.get("include_all_metadata")).lower() != "true":
            for each in page:
                each.pop("metadata", None)
        more = str(start + PAGE) if start + PAGE < len(since) else ""
        return {"ok": True, "messages": page, "response_metadata": {"next_cursor": more}}

    def _file(self, told: Json) -> Json:
        stored = self.files.get(str(told.get("file")))
        if stored is None:
            return self._refuse("file_not_found")
        facts: Json = {"id": told["file"], "mimetype": stored.mimetype, "mode": stored.mode}
        if stored.channel is not None:
            facts["shares"] = {"private": {stored.channel: [{"ts": "1.1"}]}}
        if stored.waits > 0:
            stored.waits -= 1
        else:
            host = self.base.removesuffix("/api")
            facts["url_private_download"] = f"{host}/files/{told['file']}"
        return {"ok": True, "file": facts}

    async def _download(self, request: web.Request) -> web.StreamResponse:
        stored = self.files.get(request.match_info["file"])
        is_ours = request.headers.get("Authorization") == f"Bearer {self.token}"
        if stored is None:
            return web.Response(status=404)
        if not is_ours or "files:read" not in self.scopes:  # as Slack: a page to sign in
            return web.Response(text="<html>Sign in</html>", content_type="text/html")
        return web.Response(body=stored.body, content_type=stored.mimetype)
