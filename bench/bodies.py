"""Signed webhook deliveries of one text message each, as bytes ready for a socket.

Who writes and what about follows from the message's number, so that whoever reads the answers can
tell without being told.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

import orjson

SECRET = "bench-channel-secret"
WEBHOOK = "/line/webhook"
FILM = "動画"


@dataclass(frozen=True, slots=True)
class Crowd:
    """So many people who ask for films (`wanted`) of these pieces in turn; `tag` keeps runs apart.

    `talks`: of ten messages five are taps, two a code, and three free words (of these texts).
    """

    tag: int
    people: int
    codes: Sequence[str]
    talks: Sequence[str] = ()
    wanted: str = FILM

    def user(self, number: int) -> str:
        """Who writes message `number`."""
        return user_id(number * 7_919 % self.people)

    def text(self, number: int) -> str:
        """What message `number` says."""
        if self.talks and number % 10 >= 7:
            return self.talks[number * 7_919 % len(self.talks)]
        return f"{self.codes[number * 104_729 % len(self.codes)]}の{self.wanted}を見せてください"

    def tap(self, number: int) -> str | None:
        """The button message `number` presses; None when it is words."""
        if not self.talks or number % 10 >= 5:
            return None
        return f"media.show?sku={self.codes[number * 104_729 % len(self.codes)]}"

    def token(self, number: int) -> str:
        """Its reply token."""
        return f"{self.tag:08x}{number:024x}"


def user_id(person: int) -> str:
    """The platform's id of a person."""
    return f"U{person:032x}"


def number_of(token: str) -> int:
    """The message a reply token belongs to."""
    return int(token[8:], 16)


def request(crowd: Crowd, number: int, *, at_ms: int) -> bytes:
    """One POST: head, signature and about 540 bytes of body."""
    tap = crowd.tap(number)
    said = {
        "type": "message",
        "message": {
            "type": "text",
            "id": f"{crowd.tag:06d}{number:012d}",
            "quoteToken": f"q{crowd.tag:08x}-{number:032x}",
            "text": crowd.text(number),
        },
    }
    event = {
        **(said if tap is None else {"type": "postback", "postback": {"data": tap}}),
        "webhookEventId": f"01{crowd.tag:08X}{number:016X}",
        "deliveryContext": {"isRedelivery": False},
        "timestamp": at_ms,
        "source": {"type": "user", "userId": crowd.user(number)},
        "replyToken": crowd.token(number),
        "mode": "active",
    }
    body = orjson.dumps({"destination": "U" + "d" * 32, "events": [event]})
    signature = base64.b64encode(hmac.digest(SECRET.encode(), body, hashlib.sha256))
    return b"".join(
        (
            b"POST /line/webhook HTTP/1.1\r\nHost: 127.0.0.1\r\n",
            b"User-Agent: LineBotWebhook/2.0\r\nContent-Type: application/json; charset=utf-8\r\n",
            b"x-line-signature: ",
            signature,
            b"\r\nContent-Length: ",
            str(len(body)).encode(),
            b"\r\n\r\n",
            body,
        )
    )
