"""P27: what staff do on Slack is acknowledged within half a second, twenty at once, with Slack
itself out of reach.

Buttons, words in threads, windows and commands, signed as Slack signs them, in parallel rounds
against `akashi serve`.
"""

import asyncio
import hashlib
import hmac
import json
import secrets
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from sqlalchemy import update
from sqlmodel import Session, col

from bench.bodies import user_id
from bench.result import Result, middle, percentile, within
from bench.setting import Setting
from bench.shop import Shop, open_shop
from catalog.ground.record import ConversationId
from catalog.ground.session.opening import open_database
from conversations.threads import actions as threads
from handoff.desk import actions as desk
from handoff.desk.tables import TicketReason
from handoff.slack import actions, cards
from handoff.slack.tables import SlackThread
from handoff.staff import actions as staff

AT_ONCE = 20
ROUNDS = 20
LIMIT_MS = 500
SECRET, TEAM, ROOM = "0123456789abcdef0123456789abcdef", "T0BENCH01", "C0BENCH001"

Delivery = tuple[bytes, str]


def run(setting: Setting) -> list[Result]:
    """The slowest of a hundred acknowledgements, in rounds."""
    shop = open_shop(
        setting.place("staff"),
        AKASHI_SLACK_BOT_TOKEN="xoxb-bench",
        AKASHI_SLACK_SIGNING_SECRET=SECRET,
        AKASHI_SLACK_API_BASE="http://127.0.0.1:9/api",
        AKASHI_SLACK_HANDOFF_CHANNEL=ROOM,
    )
    tickets = _seed(shop)
    worst: list[float] = []
    with shop.running() as server:
        for _ in range(setting.rounds):
            worst.append(percentile(asyncio.run(_measure(server.port, tickets)), 99))
    what = f"Slack ack p99, {AT_ONCE} at once"
    return [within("P27", what, middle(worst), LIMIT_MS, unit="ms")]


def _seed(shop: Shop) -> list[str]:
    """People of the shop, and as many customers who wait."""
    now = datetime.now(UTC)
    database = open_database(shop.url)

    def unit(db: Session) -> list[str]:
        tickets = []
        for n in range(AT_ONCE):
            staff.add(
                db, f"staff {n}", "adviser", email=None, slack_id=_person(n), by="bench", now=now
            )
            conversation = ConversationId(f"line:{user_id(n)}")
            threads.open_in(db, conversation, "line", lang="ja", now=now)
            called = desk.call(
                db, conversation, TicketReason.ASKED, lang="ja", about_unit=None,
                promised_at=now + timedelta(minutes=10), now=now,
            )  # fmt: skip
            actions.show(db, conversation, ROOM, now=now)
            placed = update(SlackThread).where(col(SlackThread.conversation) == conversation)
            db.connection().execute(placed.values(ts=_thread(n)))
            tickets.append(str(called.ticket))
        return tickets

    try:
        return database.write(unit)
    finally:
        database.close()


def _person(n: int) -> str:
    return f"U0BENCH{n:03d}"


def _thread(n: int) -> str:
    return f"1700000000.{n:06d}"


async def _measure(port: int, tickets: list[str]) -> list[float]:
    """Milliseconds of every acknowledgement. Raises AssertionError for one that is not a 200."""
    import aiohttp

    took: list[float] = []
    url = f"http://127.0.0.1:{port}/slack/events"

    async with aiohttp.ClientSession() as http:

        async def deliver(delivery: Delivery) -> None:
            body, kind = delivery
            begun = time.perf_counter()
            async with http.post(url, data=body, headers=_signed(body, kind)) as answer:
                await answer.read()
                assert answer.status == 200, answer.status
            took.append((time.perf_counter() - begun) * 1_000)

        for turn in range(ROUNDS):
            await asyncio.gather(
                *(deliver(_delivery(turn + n, n, tickets[n])) for n in range(AT_ONCE))
            )
    return took


def _signed(body: bytes, kind: str) -> dict[str, str]:
    seconds = str(int(time.time()))
    digest = hmac.new(SECRET.encode(), b"v0:" + seconds.encode() + b":" + body, hashlib.sha256)
    return {
        "content-type": kind,
        "x-slack-request-timestamp": seconds,
        "x-slack-signature": f"v0={digest.hexdigest()}",
    }


def _delivery(which: int, n: int, ticket: str) -> Delivery:
    user = {"id": _person(n), "team_id": TEAM}
    told: dict[str, object] = {
        "team": {"id": TEAM},
        "user": user,
        "trigger_id": secrets.token_hex(),
    }
    match which % 4:
        case 0:
            action = {"type": "button", "action_id": cards.CLAIM, "value": ticket}
            where = {"type": "message", "channel_id": ROOM, "thread_ts": _thread(n)}
            told |= {"type": "block_actions", "container": where, "actions": [action]}
        case 1:
            view = {
                "id": secrets.token_hex(8), "type": "modal", "callback_id": cards.REPLY,
                "private_metadata": json.dumps({"ticket": ticket}),
                "state": {"values": {"text": {"text": {"value": "承りました"}}}},
            }  # fmt: skip
            told |= {"type": "view_submission", "view": view}
        case 2:
            command = {
                "command": "/handoff", "text": "", "user_id": _person(n), "team_id": TEAM,
                "channel_id": ROOM, "trigger_id": secrets.token_hex(),
            }  # fmt: skip
            return urlencode(command).encode(), "application/x-www-form-urlencoded"
        case _:
            return _words(n), "application/json"
    body = urlencode({"payload": json.dumps(told)}).encode()
    return body, "application/x-www-form-urlencoded"


def _words(n: int) -> bytes:
    ts = f"{time.time():.6f}"
    event = {
        "type": "message", "user": _person(n), "team": TEAM, "text": "社内メモ", "ts": ts,
        "event_ts": ts, "channel": ROOM, "thread_ts": _thread(n),
    }  # fmt: skip
    return json.dumps(
        {
            "type": "event_callback", "team_id": TEAM, "event_id": secrets.token_hex(8),
            "authorizations": [{"team_id": TEAM, "user_id": "U0BOT"}], "event": event,
        }
    ).encode()  # fmt: skip
