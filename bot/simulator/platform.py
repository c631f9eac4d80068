"""The stand-in for LINE (模擬環境): signed webhooks go out, the shop's letters come in.

Strict where LINE is strict: reply tokens work once and for a minute of the shop's clock, a retry
key is known for a day, a month has its paid messages, and who blocked the shop gets nothing while
LINE answers 200. Groups, audiences, coupons and the Login channel are deliberately not here.
"""

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from bot.simulator import events
from bot.simulator.access import Access
from bot.simulator.allowances import Quota, ReplyTokens, RetryKeys
from bot.simulator.clock import Clock, millis
from bot.simulator.delivery import Courier, Delivery
from bot.simulator.events import Message, PictureSet
from bot.simulator.feed import Feed
from bot.simulator.files import FileKind, Files, kind_of
from bot.simulator.linking import LinkTokens
from bot.simulator.menus import Menus
from bot.simulator.personas import EVERYONE, Persona
from bot.simulator.refusals import Fault, LineRefusal, check_messages
from bot.simulator.talks import Bubble, NobodyHere, NoSuchMessage, ShopIsBlocked, Side, Talk
from catalog.ground.errors import Malformed


class Platform:
    """People, phones and the platform between them and the shop. To be used on one event loop.

    `base_url` is where the shop's own server listens; webhooks for `public_url` are brought there.
    `running` is a monotonic clock in seconds. `monthly_limit` counts paid messages per Tokyo month.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        base_url: str,
        public_url: str,
        channel_secret: str,
        channel_id: str,
        access_token: str | None = None,
        people: Sequence[Persona] = EVERYONE,
        hints: Mapping[str, Sequence[str]] | None = None,
        shop_name: str = "akashi 証",
        monthly_limit: int = 5_000,
        preparing_seconds: float = 1.0,
        redelivery_seconds: Sequence[float] = (1.0, 5.0, 15.0, 60.0),
        running: Callable[[], float] = time.monotonic,
    ) -> None:
        self.clock = clock
        self.public_url = public_url.rstrip("/")
        self.shop_name = shop_name
        self.shop_user_id = "U0f1e2d3c4b5a69788796a5b4c3d2e1f0"
        self.hints = {who: tuple(words) for who, words in (hints or {}).items()}
        self.quota = Quota(monthly_limit)
        self.links = LinkTokens(clock)
        self.webhook_endpoint = f"{self.public_url}/line/webhook"
        self.feed = Feed()
        self.files = Files(running=running, preparing_seconds=preparing_seconds)
        self.menus = Menus()
        self.access = Access(
            channel_id=channel_id,
            channel_secret=channel_secret,
            long_lived=access_token,
            running=running,
        )
        self._base_url = base_url.rstrip("/")
        self._courier = Courier(
            webhook_url=self._reachable(self.webhook_endpoint),
            secret=channel_secret,
            destination=self.shop_user_id,
            redelivery_seconds=redelivery_seconds,
        )
        self._talks = {persona.key: Talk(persona) for persona in people}
        self._by_user_id = {talk.persona.user_id: talk for talk in self._talks.values()}
        self._reply_tokens = ReplyTokens()
        self._retry_keys = RetryKeys()
        self._numbers = count()

    @property
    def people(self) -> list[Persona]:
        """Everyone with a phone here."""
        return [talk.persona for talk in self._talks.values()]

    def talk(self, who: str) -> Talk:
        """The chat of that persona (by key). Raises NobodyHere."""
        try:
            return self._talks[who]
        except KeyError:
            raise NobodyHere(who) from None

    async def close(self) -> None:
        """Stop delivering and end the open pages' streams."""
        self.feed.close()
        await self._courier.close()

    def befriend_everyone(self) -> None:
        """Each persona adds the shop as a friend, but for those who have or who blocked it."""
        for who, talk in self._talks.items():
            if not (talk.is_friend or talk.is_blocked):
                self.befriend(who)

    def befriend(self, who: str) -> None:
        """Add the shop as a friend, or take a block back."""
        talk = self.talk(who)
        was_blocked, talk.is_blocked, talk.is_friend = talk.is_blocked, False, True
        self.feed.append(self._standing_row(talk))
        self._happen(talk, "follow", follow={"isUnblocked": was_blocked})

    def block(self, who: str) -> None:
        """Block the shop: nothing arrives any more, and LINE does not say so to the sender."""
        talk = self.talk(who)
        if not talk.is_blocked:
            talk.is_blocked, talk.is_friend = True, False
            self.feed.append(self._standing_row(talk))
            self._happen(talk, "unfollow", with_token=False)

    def say(self, who: str, words: str) -> str:
        """Send a text; the new message's id. Raises Malformed when it is empty or too long."""
        if not words.strip() or len(words) > 5_000:
            raise Malformed("a text has 1 to 5,000 characters")
        made = events.text(self._message_id(), words, quote_token=_random_token())
        return self._write(self.talk(who), made)

    def send_sticker(
        self, who: str, *, package_id: str, sticker_id: str, keywords: Sequence[str]
    ) -> str:
        """Send a sticker."""
        made = events.sticker(
            self._message_id(),
            package_id=package_id,
            sticker_id=sticker_id,
            keywords=keywords,
            quote_token=_random_token(),
        )
        return self._write(self.talk(who), made)

    def send_place(
        self, who: str, *, title: str | None, address: str | None, latitude: float, longitude: float
    ) -> str:
        """Send a location. Degrees north and east."""
        made = events.place(
            self._message_id(), title=title, address=address, latitude=latitude, longitude=longitude
        )
        return self._write(self.talk(who), made)

    def send_file(
        self,
        who: str,
        content: bytes,
        *,
        content_type: str,
        name: str = "file",
        duration_ms: int = 0,
        among: PictureSet | None = None,
    ) -> str:
        """Send a picture, film, sound or other file; the platform keeps the bytes for the shop."""
        talk, message_id, token = self.talk(who), self._message_id(), _random_token()
        match kind_of(content_type):
            case FileKind.IMAGE:
                made = events.picture(message_id, quote_token=token, among=among)
            case FileKind.VIDEO:
                made = events.film(message_id, quote_token=token, duration_ms=duration_ms)
            case FileKind.AUDIO:
                made = events.sound(message_id, duration_ms=duration_ms)
            case FileKind.FILE:
                made = events.file(message_id, name=name, size=len(content))
        self._refuse_if_blocked(talk)
        self.files.keep(message_id, content, content_type)
        return self._write(talk, made)

    def tap(
        self, who: str, data: str, *, shown: str | None, params: Mapping[str, str] | None = None
    ) -> None:
        """Press a postback button; `shown` appears as the person's own words."""
        talk = self.talk(who)
        self._refuse_if_blocked(talk)
        shown_id = None
        if shown:
            shown_id = f"tap-{secrets.token_hex(6)}"
            self._show(talk, Bubble(shown_id, Side.PERSONA, _plain(shown), self.clock()))
        postback: dict[str, Any] = {"data": data}
        if params:
            postback["params"] = dict(params)
        self._happen(talk, "postback", about=shown_id, postback=postback)

    def unsend(self, who: str, message_id: str) -> None:
        """Take a message back. Raises NoSuchMessage unless it is theirs and still there."""
        talk = self.talk(who)
        bubble = talk.bubbles.get(message_id)
        is_theirs = bubble is not None and bubble.side is Side.PERSONA and bubble.message
        if bubble is None or not is_theirs or not message_id.isdecimal():
            raise NoSuchMessage(message_id)
        bubble.message = None
        self.files.forget(message_id)
        self.feed.scrub(message_id)
        self.feed.append({"kind": "unsent", "persona": who, "id": message_id})
        self._happen(talk, "unsend", with_token=False, unsend={"messageId": message_id})

    def watched(self, who: str, message_id: str) -> None:
        """The film was played to its end. Raises NoSuchMessage when it is not tracked."""
        talk = self.talk(who)
        bubble = talk.bubbles.get(message_id)
        tracking_id = (bubble.message or {}).get("trackingId") if bubble else None
        if not tracking_id:
            raise NoSuchMessage(message_id)
        self._happen(talk, "videoPlayComplete", videoPlayComplete={"trackingId": tracking_id})

    def move_clock(self, delta: timedelta) -> None:
        """Move the shop's clock and tell the pages."""
        self.clock.move(delta)
        self.feed.append(self.clock_row())

    def clock_row(self) -> dict[str, Any]:
        """The shop's time for a page: moment and distance from the real time in milliseconds."""
        offset_ms = self.clock.offset // timedelta(milliseconds=1)
        return {"kind": "clock", "at": millis(self.clock()), "offset": offset_ms}

    def reply(
        self, body: Mapping[str, Any], *, retry_key: str | None, request_id: str
    ) -> dict[str, Any]:
        """Take a reply. Raises LineRefusal; a refused body leaves the token unused."""
        if retry_key is not None:
            raise LineRefusal(400, "Retry key is not supported for this endpoint")
        messages = check_messages(body.get("messages"))
        talk = self._reply_tokens.spend(str(body.get("replyToken")), now=self.clock())
        self.feed.append({"kind": "token", "persona": talk.persona.key, "at": None})
        return {"sentMessages": self._deliver(talk, messages, via="reply")}

    def push(
        self, body: Mapping[str, Any], *, retry_key: str | None, request_id: str
    ) -> dict[str, Any]:
        """Take a push and count it. Raises LineRefusal as LINE would."""
        now = self.clock()
        if retry_key is not None:
            self._retry_keys.refuse_repeated(retry_key, now=now)
        messages = check_messages(body.get("messages"))
        talk = self.by_user_id(body.get("to"))
        is_reached = not talk.is_blocked and (talk.is_friend or talk.has_written)
        sent = [{"id": self._message_id()} for _ in messages]
        if is_reached:
            self.quota.spend(now)
            self.feed.append(self.quota_row())
            sent = self._deliver(talk, messages, via="push")
        if retry_key is not None:
            self._retry_keys.remember(retry_key, now=now, request_id=request_id, sent=sent)
        return {"sentMessages": sent}

    def press_link(self, token: str, nonce: str) -> bool:
        """The person agrees in LINE's dialog. Whether LINE links: a token of ten minutes, once, and
        a nonce of 10 to 255 characters.
        """
        talk = self.links.spend(token)
        if talk is None or not 10 <= len(nonce) <= 255:
            return False
        self._happen(talk, "accountLink", link={"result": "ok", "nonce": nonce})
        return True

    def show_loading(self, body: Mapping[str, Any]) -> None:
        """Show the loading animation. Raises LineRefusal."""
        talk = self.by_user_id(body.get("chatId"), field="chatId")
        seconds = body.get("loadingSeconds", 20)
        if not isinstance(seconds, int) or not 5 <= seconds <= 60 or seconds % 5:
            fault = Fault("Must be a multiple of 5 between 5 and 60", "loadingSeconds")
            raise LineRefusal(400, "The request body has 1 error(s)", faults=(fault,))
        if not talk.is_blocked:
            until = millis(self.clock() + timedelta(seconds=seconds))
            self.feed.append({"kind": "loading", "persona": talk.persona.key, "until": until})

    def by_user_id(self, user_id: Any, *, field: str = "to") -> Talk:
        """The chat behind a LINE user id. Raises LineRefusal (400) for one nobody has."""
        talk = self._by_user_id.get(str(user_id))
        if talk is None:
            raise LineRefusal(400, f"The property, '{field}', in the request body is invalid")
        return talk

    def quota_row(self) -> dict[str, Any]:
        """The month's paid messages for a page."""
        used = self.quota.used_in(self.clock())
        return {"kind": "quota", "used": used, "limit": self.quota.limit}

    def state_rows(self) -> list[dict[str, Any]]:
        """What a page must know before it looks at the feed."""
        rows = [self.clock_row(), self.quota_row()]
        for talk in self._talks.values():
            rows += [self._standing_row(talk), self._menu_row(talk)]
        return rows

    def menus_changed(self) -> None:
        """Tell every phone which menu it shows now."""
        for talk in self._talks.values():
            self.feed.append(self._menu_row(talk))

    async def test_webhook(self, endpoint: str | None = None) -> dict[str, Any]:
        """LINE's own test call: an empty, signed delivery, and how it went."""
        status = await self._courier.knock(self._reachable(endpoint or self.webhook_endpoint))
        is_ok = 200 <= status < 300
        return {
            "success": is_ok,
            "timestamp": self.clock().astimezone(UTC).isoformat(timespec="milliseconds"),
            "statusCode": status,
            "reason": "OK" if is_ok else "ERROR_STATUS_CODE" if status else "COULD_NOT_CONNECT",
            "detail": str(status),
        }

    def set_webhook(self, endpoint: str) -> None:
        """Deliver to that address from now on."""
        self.webhook_endpoint = endpoint
        self._courier.webhook_url = self._reachable(endpoint)

    def _write(self, talk: Talk, message: Message) -> str:
        self._refuse_if_blocked(talk)
        talk.has_written = True
        message_id = str(message["id"])
        self._show(talk, Bubble(message_id, Side.PERSONA, message, self.clock()))
        said = {**message, "markAsReadToken": _random_token()}
        self._happen(talk, "message", about=message_id, message=said)
        return message_id

    def _happen(
        self,
        talk: Talk,
        kind: str,
        *,
        about: str | None = None,
        with_token: bool = True,
        **rest: Any,
    ) -> None:
        """Send the event to the shop; how far it came is shown at the bubble `about`."""
        now, who = self.clock(), talk.persona.key
        token = secrets.token_hex(16) if with_token else None
        made = events.event(kind, user_id=talk.persona.user_id, at=now, reply_token=token, **rest)

        def leaving() -> None:
            if token is not None:
                self._issue(token, talk, event_at=now)

        def told(delivery: Delivery) -> None:
            if about is not None:
                self.feed.append({"kind": str(delivery), "persona": who, "id": about})

        self._courier.carry(who, made, leaving=leaving, told=told)

    def _issue(self, token: str, talk: Talk, *, event_at: datetime) -> None:
        now = self.clock()
        if self._reply_tokens.issue(token, talk, event_at=event_at, now=now):
            row = {"kind": "token", "persona": talk.persona.key, "at": millis(now)}
            self.feed.append(row)

    def _deliver(
        self, talk: Talk, messages: Sequence[Mapping[str, Any]], *, via: str
    ) -> list[dict[str, str]]:
        """Put the messages on the phone, unless its owner blocked the shop, and name them."""
        sent = []
        for message in messages:
            message_id = self._message_id()
            sent.append({"id": message_id, "quoteToken": _random_token()})
            if not talk.is_blocked:
                self._show(talk, Bubble(message_id, Side.SHOP, message, self.clock(), via))
        return sent

    def _show(self, talk: Talk, bubble: Bubble) -> None:
        talk.bubbles[bubble.id] = bubble
        self.feed.append(
            {
                "kind": "bubble",
                "persona": talk.persona.key,
                "id": bubble.id,
                "side": str(bubble.side),
                "message": bubble.message,
                "at": millis(bubble.at),
                "via": bubble.via,
            }
        )

    def _standing_row(self, talk: Talk) -> dict[str, Any]:
        return {"kind": "standing", "persona": talk.persona.key, "is_blocked": talk.is_blocked}

    def _menu_row(self, talk: Talk) -> dict[str, Any]:
        menu = self.menus.shown_to(talk.persona.user_id)
        row = {"kind": "menu", "persona": talk.persona.key}
        return row | {"menu": menu.answer() if menu else None}

    def _refuse_if_blocked(self, talk: Talk) -> None:
        if talk.is_blocked:
            raise ShopIsBlocked(talk.persona.key)

    def _message_id(self) -> str:
        """Eighteen digits as LINE's: the moment, then a running number."""
        return f"{millis(self.clock()):013d}{next(self._numbers) % 100_000:05d}"

    def _reachable(self, url: str) -> str | None:
        """Where to post for that address; None outside the shop's own, which a demo never calls."""
        if url.startswith(f"{self.public_url}/"):
            return self._base_url + url.removeprefix(self.public_url)
        return None


def _plain(words: str) -> Mapping[str, Any]:
    return {"type": "text", "text": words}


def _random_token() -> str:
    return secrets.token_urlsafe(24)
