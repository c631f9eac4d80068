"""A strict stand-in of LINE on loopback, for tests: it refuses what LINE refuses and remembers all
it accepted.

    async with LinePlatform() as line:
        user = line.add_user()
        channel = open_channel(base=line.base, data_base=line.data_base, …)
        body, signature = line.webhook([line.say(user, "こんにちは")])
        assert line.sent_to(user) == […]

API and data API have different addresses, as LINE's have different hosts. Time is `clock`, so a
test can let reply tokens and access tokens grow old. `fail_next` scripts trouble for the calls to
come.
"""

import asyncio
import functools
import json
import secrets
import uuid
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, ParamSpec, Self
from urllib.parse import parse_qsl, urlsplit

from aiohttp import web

from tests import line_events
from tests.line_rules import message_problems, rich_menu_problems, shape_problems

Json = dict[str, Any]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
P = ParamSpec("P")

STORY_SECONDS = 240.0  # what hangs, not what is slow
RETRY_KEY_LIFE = timedelta(hours=24)
TOKEN_LIFE = timedelta(minutes=15)
LINK_TOKEN_LIFE = timedelta(minutes=10)
MONTHLY_LIMIT = "You have reached your monthly limit."
REQUEST_ID = web.RequestKey("id", str)
IS_CUT = web.RequestKey("cut", bool)
TOO_FAST = "The API rate limit has been exceeded. Try again later."


def in_loop(story: Callable[P, Awaitable[None]]) -> Callable[P, None]:
    """Run an async test in a loop of its own, with a limit."""
    return in_loop_for(STORY_SECONDS)(story)


def in_loop_for(
    seconds: float,
) -> Callable[[Callable[P, Awaitable[None]]], Callable[P, None]]:
    """The same with a limit of its own, for the long series."""

    def made(story: Callable[P, Awaitable[None]]) -> Callable[P, None]:
        @functools.wraps(story)
        def test(*args: P.args, **kwargs: P.kwargs) -> None:
            async def limited() -> None:
                await asyncio.wait_for(_task(story(*args, **kwargs)), seconds)

            asyncio.run(limited())

        return test

    return made


async def _task(story: Awaitable[None]) -> None:
    await story


@dataclass(frozen=True, slots=True)
class Delivery:
    """One call LINE accepted. `is_shown` is false for a person who has blocked the shop."""

    kind: str
    to: str
    messages: list[Json]
    at: datetime
    request_id: str
    retry_key: str | None
    reply_token: str | None
    is_shown: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """One call LINE refused. `reason` is its error message with the details."""

    method: str
    path: str
    status: int
    reason: str


@dataclass(slots=True)
class Content:
    """Bytes a person sent; `waits` answers of 202 (or `processing`) come first."""

    body: bytes
    mime: str
    waits: int = 0
    fails: bool = False


@dataclass(slots=True)
class Person:
    """A person LINE knows."""

    name: str = "佐藤 美咲"
    language: str | None = "ja"
    has_blocked: bool = False


@dataclass(slots=True)
class _ReplyToken:
    to: str
    issued_at: datetime
    is_used: bool = False


@dataclass(slots=True)
class _Trouble:
    how: str
    on: str | None
    retry_after: int | None = None


@dataclass(slots=True)
class _Accepted:
    request_id: str
    body: Any
    at: datetime


@dataclass(slots=True)
class LinePlatform:
    """`strict` False leaves out the SDK's models (slow), for load."""

    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    secret: str = "line-channel-secret"
    channel_id: str = "1656000000"
    access_token: str = "long-lived-token"
    bot_id: str = "U" + "d" * 32
    reply_token_seconds: int = 60
    quota_limit: int | None = None
    quota_used: int = 0
    strict: bool = True
    chat_mode: str = "bot"
    webhook_endpoint: str | None = None
    webhook_active: bool = True
    webhook_test: Json = field(
        default_factory=lambda: {
            "success": True,
            "statusCode": 200,
            "reason": "OK",
            "detail": "200",
        }
    )
    accepted: list[Delivery] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    misuses: list[str] = field(default_factory=list)
    loading: list[tuple[str, int]] = field(default_factory=list)
    people: dict[str, Person] = field(default_factory=dict)
    groups: set[str] = field(default_factory=set)
    contents: dict[str, Content] = field(default_factory=dict)
    rich_menus: dict[str, Json] = field(default_factory=dict)
    rich_menu_pictures: dict[str, bytes] = field(default_factory=dict)
    default_rich_menu: str | None = None
    linked_rich_menus: dict[str, str] = field(default_factory=dict)
    minted: dict[str, datetime] = field(default_factory=dict)
    link_tokens: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    base: str = ""
    data_base: str = ""
    _reply_tokens: dict[str, _ReplyToken] = field(default_factory=dict)
    _retry_keys: dict[str, _Accepted] = field(default_factory=dict)
    _troubles: deque[_Trouble] = field(default_factory=deque)
    _runner: web.AppRunner | None = None
    _site: web.TCPSite | None = None
    _port: int = 0
    _closing: asyncio.Event | None = None

    async def __aenter__(self) -> Self:
        self._closing = asyncio.Event()
        app = web.Application(client_max_size=20 * 1024 * 1024, middlewares=[self._guard()])
        app.router.add_routes(self._routes())
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await self.come_back()
        self.base = f"http://127.0.0.1:{self._port}/api"
        self.data_base = f"http://127.0.0.1:{self._port}/data"
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
        """No connection can be made from now on."""
        assert self._site is not None
        assert self._runner is not None
        await self._site.stop()
        server = self._runner.server
        assert server is not None
        for connection in list(server.connections):
            connection.force_close()
            if connection.transport is not None:
                connection.transport.abort()

    async def come_back(self) -> None:
        """Listen, on the same port as before."""
        assert self._runner is not None
        self._site = web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True)
        await self._site.start()
        self._port = self._runner.addresses[0][1]

    def add_user(self, user: str | None = None, **facts: Any) -> str:
        """A person who is a friend of the shop."""
        user = user or line_events.new_user()
        self.people[user] = Person(**facts)
        return user

    def join_group(self, group: str | None = None) -> str:
        """A group the bot is in."""
        group = group or line_events.new_group()
        self.groups.add(group)
        return group

    def block(self, user: str) -> None:
        """The person blocks the shop."""
        self.people[user].has_blocked = True

    def unblock(self, user: str) -> None:
        """And takes it back."""
        self.people[user].has_blocked = False

    def issue_reply_token(self, to: str, *, at: datetime | None = None) -> str:
        """A single-use token for that person or group."""
        token = secrets.token_hex(16)
        self._reply_tokens[token] = _ReplyToken(to, at or self.clock())
        return token

    def say(self, user: str, text: str, **more: Any) -> Json:
        """A text event of that person, with a reply token."""
        more.setdefault("at", self.clock())
        more.setdefault("reply_token", self.issue_reply_token(user))
        return line_events.text_event(user, text, **more)

    def tap(self, user: str, data: str, **more: Any) -> Json:
        """A postback event of that person, with a reply token."""
        more.setdefault("at", self.clock())
        more.setdefault("reply_token", self.issue_reply_token(user))
        return line_events.postback_event(user, data, **more)

    def webhook(self, events: Sequence[Json]) -> tuple[bytes, str]:
        """Body and signature of one delivery."""
        body = line_events.webhook_body(events, destination=self.bot_id)
        return body, line_events.signature_of(body, self.secret)

    def fail_next(
        self,
        how: str,
        *,
        times: int = 1,
        on: str | None = None,
        retry_after: int | None = None,
    ) -> None:
        """Trouble for the next calls (`on`: only `reply`, `push`, `content`, `token`, …).

        `how`: a status ("500", "503", "401"), "429" (too fast), "quota" (month used up), "reset"
        (nothing done, connection lost), "drop" (done, but the answer is lost), "hang" (no answer
        until the end), "cut" (content breaks off half way).
        """
        self._troubles.extend(_Trouble(how, on, retry_after) for _ in range(times))

    def sent_to(self, to: str) -> list[Json]:
        """The messages that person or group sees, in order."""
        return [
            message
            for delivery in self.accepted
            if delivery.to == to and delivery.is_shown
            for message in delivery.messages
        ]

    def put_content(
        self,
        message_id: str,
        body: bytes,
        *,
        mime: str = "image/jpeg",
        waits: int = 0,
        fails: bool = False,
    ) -> None:
        """Bytes for a message."""
        self.contents[message_id] = Content(body, mime, waits, fails)

    def _routes(self) -> list[web.RouteDef]:
        api, data = "/api/v2/bot", "/data/v2/bot"
        return [
            web.post("/api/oauth2/v3/token", self._mint, name="token"),
            web.post(f"{api}/message/reply", self._reply, name="reply"),
            web.post(f"{api}/message/push", self._push, name="push"),
            web.get(f"{api}/message/quota", self._quota, name="quota"),
            web.get(f"{api}/message/quota/consumption", self._consumption, name="consumption"),
            web.post(f"{api}/chat/loading/start", self._loading, name="loading"),
            web.get(f"{api}/profile/{{user}}", self._profile, name="profile"),
            web.post(f"{api}/user/{{user}}/linkToken", self._link_token, name="link-token"),
            web.get("/api/dialog/bot/accountLink", self._link_dialog, name="link-dialog"),
            web.get(f"{api}/info", self._info, name="info"),
            web.get(f"{api}/channel/webhook/endpoint", self._endpoint, name="endpoint"),
            web.post(f"{api}/channel/webhook/test", self._endpoint_test, name="webhook-test"),
            web.get(f"{api}/richmenu/list", self._menus, name="menus"),
            web.post(f"{api}/richmenu", self._menu_create, name="menu-create"),
            web.delete(f"{api}/richmenu/{{menu}}", self._menu_delete, name="menu-delete"),
            web.get(f"{api}/user/all/richmenu", self._menu_default, name="menu-default"),
            web.post(f"{api}/user/all/richmenu/{{menu}}", self._menu_choose, name="menu-choose"),
            web.post(f"{api}/user/{{user}}/richmenu/{{menu}}", self._menu_link, name="menu-link"),
            web.get(f"{api}/user/{{user}}/richmenu", self._menu_linked, name="menu-linked"),
            web.delete(f"{api}/user/{{user}}/richmenu", self._menu_unlink, name="menu-unlink"),
            web.post(f"{data}/richmenu/{{menu}}/content", self._menu_paint, name="menu-paint"),
            web.get(f"{data}/richmenu/{{menu}}/content", self._menu_show, name="menu-show"),
            web.get(f"{data}/message/{{message}}/content", self._content, name="content"),
            web.get(
                f"{data}/message/{{message}}/content/transcoding",
                self._transcoding,
                name="transcoding",
            ),
        ]

    def _guard(self) -> Any:
        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            request[REQUEST_ID] = str(uuid.uuid4())
            name = str(request.match_info.route.name)
            self.calls.append(name)
            await request.read()
            trouble = self._trouble(name)
            if trouble is not None and trouble.how == "reset":
                return self._lose(request)
            if trouble is not None and trouble.how == "hang":
                assert self._closing is not None
                await self._closing.wait()
                return self._lose(request)
            if trouble is not None and trouble.how not in ("drop", "cut"):
                return self._troubled(request, trouble)
            if trouble is not None and trouble.how == "cut":
                request[IS_CUT] = True
            response = self._unauthorized(request, name) or await handler(request)
            if trouble is not None and trouble.how == "drop":
                return self._lose(request)
            if not response.prepared:
                response.headers["x-line-request-id"] = request[REQUEST_ID]
            return response

        return guard

    def _trouble(self, name: str) -> _Trouble | None:
        for trouble in self._troubles:
            if trouble.on is None or trouble.on == name:
                self._troubles.remove(trouble)
                return trouble
        return None

    def _lose(self, request: web.Request) -> web.Response:
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=500)

    def _troubled(self, request: web.Request, trouble: _Trouble) -> web.Response:
        if trouble.how in ("429", "quota"):
            words = MONTHLY_LIMIT if trouble.how == "quota" else TOO_FAST
            response = self._refuse(request, 429, words)
            if trouble.retry_after is not None:
                response.headers["Retry-After"] = str(trouble.retry_after)
        else:
            response = self._refuse(request, int(trouble.how), "The server is in trouble")
        response.headers["x-line-request-id"] = request[REQUEST_ID]
        return response

    def _unauthorized(self, request: web.Request, name: str) -> web.Response | None:
        if name in ("token", "link-dialog") or not request.path.startswith(("/api/", "/data/")):
            return None
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        lives = self.minted.get(token)
        if scheme == "Bearer" and (
            token == self.access_token or (lives is not None and self.clock() < lives)
        ):
            return None
        return self._refuse(
            request, 401, "Authentication failed due to the following reason: invalid token."
        )

    def _refuse(
        self,
        request: web.Request,
        status: int,
        words: str,
        details: Sequence[tuple[str, str]] = (),
    ) -> web.Response:
        told: Json = {"message": words}
        if details:
            told["details"] = [{"property": at, "message": why} for at, why in details]
        reason = "; ".join([words, *(f"{at}: {why}" for at, why in details)])
        self.refused.append(Refusal(request.method, request.path, status, reason))
        return web.json_response(told, status=status)

    async def _json(self, request: web.Request) -> Json | web.Response:
        if request.content_type != "application/json":
            return self._refuse(
                request, 415, f"The content type, {request.content_type}, is not supported"
            )
        body = await request.read()
        if len(body) > 2_000_000:
            return self._refuse(request, 413, "Payload Too Large")
        try:
            found = json.loads(body)
        except ValueError:
            return self._refuse(request, 400, "The request body could not be parsed as JSON")
        if not isinstance(found, dict):
            return self._refuse(request, 400, "The request body could not be parsed as JSON")
        return found

    async def _mint(self, request: web.Request) -> web.Response:
        form = await request.post()
        wanted = {
            "grant_type": "client_credentials",
            "client_id": self.channel_id,
            "client_secret": self.secret,
        }
        if dict(form) != wanted:
            self.refused.append(Refusal("POST", request.path, 400, "invalid_client"))
            told = {"error": "invalid_client", "error_description": "invalid client_id"}
            return web.json_response(told, status=400)
        token = secrets.token_urlsafe(32)
        self.minted[token] = self.clock() + TOKEN_LIFE
        return web.json_response({"token_type": "Bearer", "access_token": token, "expires_in": 900})

    async def _reply(self, request: web.Request) -> web.Response:
        body = await self._json(request)
        if isinstance(body, web.Response):
            return body
        if "X-Line-Retry-Key" in request.headers:
            return self._refuse(request, 400, "The retry key cannot be used with this endpoint")
        refusal = self._messages_refused(request, body, {"replyToken"}, "ReplyMessageRequest")
        if refusal is not None:
            return refusal
        token = self._reply_tokens.get(str(body["replyToken"]))
        now = self.clock()
        if (
            token is None
            or token.is_used
            or now - token.issued_at > timedelta(seconds=self.reply_token_seconds)
        ):
            return self._refuse(request, 400, "Invalid reply token")
        token.is_used = True
        return self._accept(request, "reply", token.to, body, reply_token=body["replyToken"])

    async def _push(self, request: web.Request) -> web.Response:
        body = await self._json(request)
        if isinstance(body, web.Response):
            return body
        key = request.headers.get("X-Line-Retry-Key")
        if key is not None and not _is_uuid(key):
            return self._refuse(request, 400, "The retry key is invalid")
        refusal = self._messages_refused(request, body, {"to"}, "PushMessageRequest")
        if refusal is not None:
            return refusal
        to = str(body["to"])
        if to not in self.people and to not in self.groups:
            well_formed = len(to) == 33 and to[0] in "UCR"
            words = (
                "Failed to send messages"
                if well_formed
                else "The property, 'to', in the request body is invalid (line: -, column: -)"
            )
            return self._refuse(request, 400, words)
        if key is not None:
            earlier = self._retry_keys.get(key)
            if earlier is not None and self.clock() - earlier.at < RETRY_KEY_LIFE:
                return self._repeated(earlier, body)
        if self.quota_limit is not None and self.quota_used >= self.quota_limit:
            return self._refuse(request, 429, MONTHLY_LIMIT)
        if key is not None:
            self._retry_keys[key] = _Accepted(request[REQUEST_ID], body, self.clock())
        is_shown = to in self.groups or not self.people[to].has_blocked
        self.quota_used += 1 if is_shown else 0
        return self._accept(request, "push", to, body, retry_key=key, is_shown=is_shown)

    def _repeated(self, earlier: _Accepted, body: Json) -> web.Response:
        if earlier.body != body:
            self.misuses.append("a retry key was used for another body")
        response = web.json_response(
            {
                "message": "The retry key is already accepted",
                "sentMessages": [{"id": line_events.new_message_id()} for _ in body["messages"]],
            },
            status=409,
        )
        response.headers["x-line-accepted-request-id"] = earlier.request_id
        return response

    def _messages_refused(
        self, request: web.Request, body: Json, needed: set[str], model: str
    ) -> web.Response | None:
        known = {"messages", "notificationDisabled", "customAggregationUnits", *needed}
        for key in body.keys() - known:
            return self._refuse(
                request, 400, f"The property, '{key}', in the request body is invalid"
            )
        for key in needed - body.keys():
            return self._refuse(
                request, 400, f"The property, '{key}', in the request body is invalid"
            )
        if not self.strict:
            return None
        found = message_problems(body.get("messages"))
        if not found:
            found = shape_problems(model, body)
        if found:
            return self._refuse(request, 400, f"The request body has {len(found)} error(s)", found)
        return None

    def _accept(
        self,
        request: web.Request,
        kind: str,
        to: str,
        body: Json,
        *,
        retry_key: str | None = None,
        reply_token: str | None = None,
        is_shown: bool = True,
    ) -> web.Response:
        self.accepted.append(
            Delivery(
                kind=kind,
                to=to,
                messages=body["messages"],
                at=self.clock(),
                request_id=request[REQUEST_ID],
                retry_key=retry_key,
                reply_token=reply_token,
                is_shown=is_shown,
            )
        )
        sent = [{"id": line_events.new_message_id()} for _ in body["messages"]]
        return web.json_response({"sentMessages": sent})

    async def _quota(self, _: web.Request) -> web.Response:
        if self.quota_limit is None:
            return web.json_response({"type": "none"})
        return web.json_response({"type": "limited", "value": self.quota_limit})

    async def _consumption(self, _: web.Request) -> web.Response:
        return web.json_response({"totalUsage": self.quota_used})

    async def _loading(self, request: web.Request) -> web.Response:
        body = await self._json(request)
        if isinstance(body, web.Response):
            return body
        seconds = body.get("loadingSeconds", 20)
        if body.get("chatId") not in self.people:
            return self._refuse(request, 400, "The value for the 'chatId' parameter is invalid")
        if not 5 <= seconds <= 60 or seconds % 5:
            return self._refuse(request, 400, "The value for 'loadingSeconds' is invalid")
        self.loading.append((body["chatId"], seconds))
        return web.json_response({}, status=202)

    async def _profile(self, request: web.Request) -> web.Response:
        user = request.match_info["user"]
        person = self.people.get(user)
        if person is None or person.has_blocked:
            return self._refuse(request, 404, "Not found")
        told: Json = {"displayName": person.name, "userId": user}
        if person.language is not None:
            told["language"] = person.language
        return web.json_response(told)

    async def _info(self, _: web.Request) -> web.Response:
        return web.json_response(
            {
                "userId": self.bot_id,
                "basicId": "@216ru9oe",
                "displayName": "証",
                "chatMode": self.chat_mode,
                "markAsReadMode": "auto" if self.chat_mode == "bot" else "manual",
            }
        )

    async def _endpoint(self, request: web.Request) -> web.Response:
        if self.webhook_endpoint is None:
            return self._refuse(request, 404, "Webhook URL is not set")
        return web.json_response({"endpoint": self.webhook_endpoint, "active": self.webhook_active})

    async def _endpoint_test(self, request: web.Request) -> web.Response:
        body = await self._json(request)
        if isinstance(body, web.Response):
            return body
        return web.json_response({"timestamp": self.clock().isoformat(), **self.webhook_test})

    async def _menus(self, _: web.Request) -> web.Response:
        listed = [{"richMenuId": key, **menu} for key, menu in self.rich_menus.items()]
        return web.json_response({"richmenus": listed})

    async def _menu_create(self, request: web.Request) -> web.Response:
        body = await self._json(request)
        if isinstance(body, web.Response):
            return body
        found = rich_menu_problems(body)
        if found:
            return self._refuse(request, 400, "The request body has error(s)", found)
        key = f"richmenu-{secrets.token_hex(16)}"
        self.rich_menus[key] = body
        return web.json_response({"richMenuId": key})

    async def _menu_delete(self, request: web.Request) -> web.Response:
        key = request.match_info["menu"]
        if self.rich_menus.pop(key, None) is None:
            return self._refuse(request, 404, "Not found")
        if self.default_rich_menu == key:
            self.default_rich_menu = None
        self.linked_rich_menus = {
            user: linked for user, linked in self.linked_rich_menus.items() if linked != key
        }
        return web.json_response({})

    async def _menu_default(self, request: web.Request) -> web.Response:
        if self.default_rich_menu is None:
            return self._refuse(request, 404, "no default richmenu")
        return web.json_response({"richMenuId": self.default_rich_menu})

    async def _menu_choose(self, request: web.Request) -> web.Response:
        key = request.match_info["menu"]
        if key not in self.rich_menus:
            return self._refuse(request, 404, "Not found")
        if key not in self.rich_menu_pictures:
            return self._refuse(request, 400, "must upload richmenu image before applying it")
        self.default_rich_menu = key
        return web.json_response({})

    async def _menu_link(self, request: web.Request) -> web.Response:
        user, key = request.match_info["user"], request.match_info["menu"]
        if user not in self.people:
            return self._refuse(request, 400, "The value for the 'userId' parameter is invalid")
        if key not in self.rich_menus:
            return self._refuse(request, 404, "Not found")
        if key not in self.rich_menu_pictures:
            return self._refuse(request, 400, "must upload richmenu image before applying it")
        self.linked_rich_menus[user] = key
        return web.json_response({})

    async def _menu_linked(self, request: web.Request) -> web.Response:
        linked = self.linked_rich_menus.get(request.match_info["user"])
        if linked is None:
            return self._refuse(request, 404, "the user has no richmenu")
        return web.json_response({"richMenuId": linked})

    async def _menu_unlink(self, request: web.Request) -> web.Response:
        user = request.match_info["user"]
        if user not in self.people:
            return self._refuse(request, 400, "The value for the 'userId' parameter is invalid")
        self.linked_rich_menus.pop(user, None)
        return web.json_response({})

    def menu_of(self, user: str) -> str:
        """The name of the menu that person sees; empty when there is none."""
        key = self.linked_rich_menus.get(user) or self.default_rich_menu
        return str(self.rich_menus[key]["name"]) if key in self.rich_menus else ""

    async def _menu_paint(self, request: web.Request) -> web.Response:
        key, body = request.match_info["menu"], await request.read()
        if key not in self.rich_menus:
            return self._refuse(request, 404, "Not found")
        if key in self.rich_menu_pictures:
            return self._refuse(request, 400, "An image has already been uploaded to the richmenu")
        is_jpeg = request.content_type == "image/jpeg" and body[:3] == b"\xff\xd8\xff"
        is_png = request.content_type == "image/png" and body[:4] == b"\x89PNG"
        if not (is_jpeg or is_png):
            return self._refuse(request, 415, "unsupported media type")
        if len(body) > 1_000_000:
            return self._refuse(request, 413, "too large")
        self.rich_menu_pictures[key] = body
        return web.json_response({})

    async def _menu_show(self, request: web.Request) -> web.Response:
        picture = self.rich_menu_pictures.get(request.match_info["menu"])
        if picture is None:
            return self._refuse(request, 404, "Not found")
        return web.Response(body=picture, content_type="image/jpeg")

    async def _link_token(self, request: web.Request) -> web.Response:
        user = request.match_info["user"]
        if user not in self.people:
            return self._refuse(request, 404, "Not found")
        token = secrets.token_urlsafe(24)
        self.link_tokens[token] = (user, self.clock() + LINK_TOKEN_LIFE)
        return web.json_response({"linkToken": token})

    async def _link_dialog(self, request: web.Request) -> web.Response:
        """LINE's dialog as somebody on that phone sees it; pressing "link" is `press_link`."""
        return web.Response(text="link")

    def press_link(self, user: str, url: str) -> Json:
        """The person presses "link" in LINE's dialog at that address: the event LINE sends.

        Refused like LINE's: a used or old token, somebody else's, a nonce of another shape.
        """
        told = dict(parse_qsl(urlsplit(url).query))
        nonce = told.get("nonce", "")
        owner, until = self.link_tokens.pop(told.get("linkToken", ""), (None, self.clock()))
        is_good = owner == user and self.clock() < until and 10 <= len(nonce) <= 255
        if not is_good:
            return line_events.account_link_event(
                None, nonce or "-" * 10, result="failed", at=self.clock()
            )
        return line_events.account_link_event(
            user, nonce, at=self.clock(), reply_token=self.issue_reply_token(user)
        )

    async def _content(self, request: web.Request) -> web.StreamResponse:
        content = self.contents.get(request.match_info["message"])
        if content is None or content.fails:
            return self._refuse(request, 404 if content is None else 410, "Not found")
        if content.waits > 0:
            content.waits -= 1
            return web.Response(status=202)
        if not request.get(IS_CUT):
            return web.Response(body=content.body, content_type=content.mime)
        response = web.StreamResponse(headers={"Content-Length": str(len(content.body))})
        await response.prepare(request)
        await response.write(content.body[: len(content.body) // 2])
        return self._lose(request)

    async def _transcoding(self, request: web.Request) -> web.Response:
        content = self.contents.get(request.match_info["message"])
        if content is None:
            return self._refuse(request, 404, "Not found")
        if content.fails:
            return web.json_response({"status": "failed"})
        if content.waits > 0:
            content.waits -= 1
            return web.json_response({"status": "processing"})
        return web.json_response({"status": "succeeded"})


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False
