"""The stand-in platform over HTTP: what goes out to the shop, what it takes in, what it refuses."""

import asyncio
import json
import re
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.simulator.personas import EMMA, EVERYONE, MISAKI
from tests.bot.simulator.echo_shop import (
    CHANNEL_ID,
    LONG_LIVED,
    PUBLIC_URL,
    SECRET,
    EchoShop,
    StillClock,
    echo_shop,
)

HELLO = [{"type": "text", "text": "いらっしゃいませ"}]


def in_shop(scene: Callable[[EchoShop, StillClock], Awaitable[None]], **options: Any) -> None:
    async def play() -> None:
        clock = StillClock()
        async with echo_shop(clock, **options) as shop:
            await scene(shop, clock)

    asyncio.run(play())


async def heard(shop: EchoShop, count: int = 1) -> dict[str, Any]:
    await shop.until(lambda: len(shop.events) >= count)
    return shop.events[count - 1]


async def reply(shop: EchoShop, token: str, messages: Any = None, **headers: str) -> Any:
    body = {"replyToken": token, "messages": messages or HELLO}
    return await shop.call("POST", "/v2/bot/message/reply", body=body, headers=headers)


async def push(shop: EchoShop, to: str, messages: Any = None, key: str | None = None) -> Any:
    headers = {"X-Line-Retry-Key": key} if key else {}
    body = {"to": to, "messages": messages or HELLO}
    return await shop.call("POST", "/v2/bot/message/push", body=body, headers=headers)


def test_personas_have_user_ids_as_line_gives_them() -> None:
    assert len({persona.user_id for persona in EVERYONE}) == 3
    assert all(re.fullmatch(r"U[0-9a-f]{32}", persona.user_id) for persona in EVERYONE)


def test_a_text_reaches_the_shop_signed_and_in_lines_shape() -> None:
    async def scene(shop: EchoShop, clock: StillClock) -> None:
        assert await shop.act("misaki/text", {"text": "W-10234の動画を見せて"}) == 200
        event = await heard(shop)
        assert shop.forged == 0
        assert event["type"] == "message"
        assert event["mode"] == "active"
        assert event["source"] == {"type": "user", "userId": MISAKI.user_id}
        assert event["timestamp"] == int(clock().timestamp() * 1000)
        assert event["deliveryContext"] == {"isRedelivery": False}
        assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{26}", event["webhookEventId"])
        assert re.fullmatch(r"[0-9a-f]{32}", event["replyToken"])
        message = event["message"]
        assert (message["type"], message["text"]) == ("text", "W-10234の動画を見せて")
        assert re.fullmatch(r"\d{18}", message["id"])
        assert message["quoteToken"] and message["markAsReadToken"]

    in_shop(scene)


def test_every_deed_of_a_person_becomes_its_event() -> None:
    async def scene(shop: EchoShop, clock: StillClock) -> None:
        place = {"address": "東京都中央区銀座4丁目", "latitude": 35.67, "longitude": 139.76}
        sticker = {"package_id": "1", "sticker_id": "ok", "keywords": ["ok"]}
        deeds: list[tuple[str, Any]] = [
            ("open", None),
            ("emma/sticker", sticker),
            ("emma/place", place),
            ("emma/postback", {"data": "film:W-10234", "shown": "動画を見る"}),
            ("emma/block", None),
            ("emma/unblock", None),
        ]
        for path, body in deeds:
            assert await shop.act(path, body) == 200
        await shop.until(lambda: len(shop.events) == 8)
        of_emma = [e for e in shop.events if e["source"]["userId"] == EMMA.user_id]
        assert [event["type"] for event in of_emma] == [
            "follow", "message", "message", "postback", "unfollow", "follow",
        ]  # fmt: skip
        assert of_emma[0]["follow"] == {"isUnblocked": False}
        assert of_emma[1]["message"]["keywords"] == ["ok"]
        assert of_emma[2]["message"]["latitude"] == 35.67
        assert of_emma[3]["postback"] == {"data": "film:W-10234"}
        assert "replyToken" not in of_emma[4]
        assert of_emma[5]["follow"] == {"isUnblocked": True}

    in_shop(scene)


def test_opening_the_page_leaves_a_block_alone() -> None:
    async def scene(shop: EchoShop, clock: StillClock) -> None:
        await shop.act("emma/block")
        await shop.act("open")
        assert shop.platform.talk("emma").is_blocked

    in_shop(scene)


def test_opening_the_page_twice_befriends_once() -> None:
    async def scene(shop: EchoShop, clock: StillClock) -> None:
        await shop.act("open")
        await shop.act("open")
        await shop.act("misaki/text", {"text": "はい"})
        await shop.until(lambda: len(shop.events) == 4)
        assert [event["type"] for event in shop.events].count("follow") == 3

    in_shop(scene)


def test_a_reply_token_works_once() -> None:
    async def scene(shop: EchoShop, clock: StillClock) -> None:
        await shop.act("misaki/text", {"text": "こんにちは"})
        token = (await heard(shop))["replyToken"]
        status, body, headers = await reply(shop, token)
        assert status == 200
        assert re.fullmatch(r"\d{18}", body["sentMessages"][0]["id"])
        assert uuid.UUID(headers["x-line-request-id"])
        status, body, headers = await reply(shop, token)
        assert (status, body) == (400, {"message": "Invalid reply token"})
        assert uuid.UUID(headers["x-line-request-id"])
        assert shop.shown("misaki") == HELLO

    in_shop(scene)


def test_a_reply_token_is_old_after_a_minute_of_the_shops_clock() -> None:
    async def scene(shop: EchoShop, clock: StillClock) -> None:
        await shop.act("misaki/text", {"text": "こんにちは"})
        token = (await heard(shop))["replyToken"]
        clock.move(timedelta(seconds=61))
        assert (await reply(shop, token))[0] == 400
        clock.move(timedelta(days=-1))
        assert (await reply(shop, token))[0] == 400
        assert shop.shown("misaki") == []

    in_shop(scene)


def test_a_refused_body_leaves_the_reply_token_unused() -> None:
    async def scene(shop: EchoShop, clock: StillClock) -> None:
        await shop.act("misaki/text", {"text": "こんにちは"})
        token = (await heard(shop))["replyToken"]
        assert (await reply(shop, token, HELLO * 6))[0] == 400
        assert (await reply(shop, token, **{"X-Line-Retry-Key": str(uuid.uuid4())}))[0] == 400
        assert (await reply(shop, token))[0] == 200

    in_shop(scene)


def test_a_push_repeated_under_its_key_is_shown_once() -> None:
    async def scene(shop: EchoShop, clock: StillClock) -> None:
        await shop.act("open")
        key = str(uuid.uuid4())
        status, first, headers = await push(shop, MISAKI.user_id, key=key)
        assert status == 200
        again = await push(shop, MISAKI.user_id, key=key)
        assert again[0] == 409
        assert again[1]["sentMessages"] == first["sentMessages"]
        assert again[2]["x-line-accepted-request-id"] == headers["x-line-request-id"]
        assert len(shop.shown("misaki")) == 1
        clock.move(timedelta(hours=25))
        assert (await push(shop, MISAKI.user_id, key=key))[0] == 200
        assert (await push(shop, MISAKI.user_id, key="not-a-uuid"))[0] == 400

    in_shop(scene)


def test_who_blocked_the_shop_gets_nothing_while_line_says_ok() -> None:
    async def scene(shop: EchoShop, clock: StillClock) -> None:
        await shop.act("open")
        profile = f"/v2/bot/profile/{EMMA.user_id}"
        status, body, _ = await shop.call("GET", profile)
        assert (status, body["displayName"], body["language"]) == (200, "Emma Clarke", "en")
        await shop.act("emma/block")
        assert (await push(shop, EMMA.user_id))[0] == 200
        assert shop.shown("emma") == []
        assert (await shop.call("GET", profile))[0] == 404
        used = await shop.call("GET", "/v2/bot/message/quota/consumption")
        assert used[1] == {"totalUsage": 0}
        assert await shop.act("emma/text", {"text": "hello"}) == 409

    in_shop(scene)


def test_the_month_has_its_paid_messages_and_replies_are_free() -> None:
    async def scene(shop: EchoShop, clock: StillClock) -> None:
        await shop.act("misaki/text", {"text": "こんにちは"})
        event = await heard(shop)
        assert (await push(shop, MISAKI.user_id, HELLO * 5))[0] == 200
        status, body, _ = await push(shop, MISAKI.user_id)
        assert (status, body) == (429, {"message": "You have reached your monthly limit."})
        assert (await reply(shop, event["replyToken"]))[0] == 200
        quota = await shop.call("GET", "/v2/bot/message/quota")
        assert quota[1] == {"type": "limited", "value": 1}
        await shop.act("clock", {"to": "month"})
        assert (await push(shop, MISAKI.user_id))[0] == 200

    in_shop(scene, monthly_limit=1)


def test_unknown_callers_people_and_shapes_are_refused() -> None:
    async def scene(shop: EchoShop, clock: StillClock) -> None:
        post, path = "POST", "/v2/bot/message/push"
        assert (await push(shop, "U" + "0" * 32))[0] == 400
        body = {"to": MISAKI.user_id, "messages": HELLO}
        assert (await shop.call(post, path, body=body, token=None))[0] == 401
        assert (await shop.call(post, path, body=body, token="guessed"))[0] == 401
        text = {"Content-Type": "text/plain"}
        assert (await shop.call(post, path, raw=b"{}", headers=text))[0] == 415
        held = {"Content-Type": "application/json"}
        assert (await shop.call(post, path, raw=b"{", headers=held))[0] == 400
        assert (await shop.call(post, path, raw=b" " * 2_100_000, headers=held))[0] == 413
        status, answer, headers = await shop.call("GET", "/v2/bot/nothing")
        assert (status, answer) == (404, {"message": "Not found"})
        assert "x-line-request-id" in headers
        assert shop.shown("misaki") == []

    in_shop(scene)


def test_stateless_tokens_are_minted_for_the_channel_only() -> None:
    async def scene(shop: EchoShop, clock: StillClock) -> None:
        form = f"grant_type=client_credentials&client_id={CHANNEL_ID}&client_secret={SECRET}"
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        path = "/oauth2/v3/token"
        status, minted, _ = await shop.call(
            "POST", path, raw=form.encode(), headers=kind, token=None
        )
        assert (status, minted["token_type"], minted["expires_in"]) == (200, "Bearer", 900)
        clock.move(timedelta(days=31))  # the platform's own clock is not the shop's
        assert (await shop.call("GET", "/v2/bot/info", token=minted["access_token"]))[0] == 200
        wrong = form.replace(SECRET, "wrong").encode()
        assert (await shop.call("POST", path, raw=wrong, headers=kind, token=None))[0] == 400

    in_shop(scene)


def test_an_event_the_shop_cannot_store_comes_again_with_a_fresh_token() -> None:
    async def scene(shop: EchoShop, clock: StillClock) -> None:
        shop.answers = [503, 500]
        await shop.act("misaki/text", {"text": "届いて"})
        event = await heard(shop)
        first, second, third = (events[0] for events in shop.deliveries)
        assert first["webhookEventId"] == second["webhookEventId"] == third["webhookEventId"]
        contexts = [each["deliveryContext"]["isRedelivery"] for each in (first, second, third)]
        assert contexts == [False, True, True]
        await shop.until(
            lambda: any(row["kind"] == "read" for _, row in shop.platform.feed.since(0))
        )
        assert [row["kind"] for _, row in shop.platform.feed.since(0)].count("waiting") == 2
        assert (await reply(shop, event["replyToken"]))[0] == 200

    in_shop(scene)


def test_an_event_refused_for_good_is_shown_as_lost() -> None:
    async def scene(shop: EchoShop, clock: StillClock) -> None:
        shop.answers = [400]
        await shop.act("misaki/text", {"text": "届かない"})
        await shop.until(
            lambda: any(row["kind"] == "lost" for _, row in shop.platform.feed.since(0))
        )
        assert len(shop.deliveries) == 1

    in_shop(scene)


def test_one_persons_events_come_in_order() -> None:
    async def scene(shop: EchoShop, clock: StillClock) -> None:
        for number in range(20):
            shop.platform.say("misaki", f"その{number}")
        await heard(shop, 20)
        words = [event["message"]["text"] for event in shop.events]
        assert words == [f"その{number}" for number in range(20)]

    in_shop(scene)


def test_pictures_sent_together_carry_their_set_and_their_bytes_can_be_fetched() -> None:
    async def scene(shop: EchoShop, clock: StillClock) -> None:
        url = f"{shop.base_url}/simulator/misaki/file"
        for index in (1, 2):
            query = {"name": "a.png", "set_id": "S", "index": str(index), "total": "2"}
            kind = {"Content-Type": "image/png"}
            sent = f"picture {index}".encode()
            async with shop.http.post(url, params=query, data=sent, headers=kind) as answer:
                assert answer.status == 200
        message = (await heard(shop, 2))["message"]
        assert message["type"] == "image"
        assert message["contentProvider"] == {"type": "line"}
        assert message["imageSet"] == {"id": "S", "index": 2, "total": 2}
        content = f"/v2/bot/message/{message['id']}/content"
        status, held, headers = await shop.call("GET", content)
        assert (status, held, headers["content-type"]) == (200, b"picture 2", "image/png")
        assert (await shop.call("GET", f"{content}/preview"))[1] == b"picture 2"
        assert (await shop.call("GET", "/v2/bot/message/1/content"))[0] == 404

    in_shop(scene)


def test_a_film_takes_its_time_to_be_ready() -> None:
    async def scene(shop: EchoShop, clock: StillClock) -> None:
        message_id = shop.platform.send_file(
            "misaki", b"film", content_type="video/mp4", duration_ms=1500
        )
        message = (await heard(shop))["message"]
        assert (message["type"], message["duration"]) == ("video", 1500)
        content = f"/v2/bot/message/{message_id}/content"
        assert (await shop.call("GET", content))[0] == 202
        assert (await shop.call("GET", f"{content}/transcoding"))[1] == {"status": "processing"}
        end = asyncio.get_running_loop().time() + 5
        while (await shop.call("GET", f"{content}/transcoding"))[1]["status"] != "succeeded":
            assert asyncio.get_running_loop().time() < end
            await asyncio.sleep(0.02)
        assert (await shop.call("GET", content))[1] == b"film"
        preview = await shop.call("GET", f"{content}/preview")
        assert preview[1].startswith(b"\x89PNG")

    in_shop(scene, preparing_seconds=0.3)


def test_an_unsent_picture_is_gone_from_platform_and_pages() -> None:
    async def scene(shop: EchoShop, clock: StillClock) -> None:
        message_id = shop.platform.send_file("misaki", b"private", content_type="image/jpeg")
        assert await shop.act("misaki/unsend", {"id": message_id}) == 200
        event = await heard(shop, 2)
        assert event["unsend"] == {"messageId": message_id}
        assert "replyToken" not in event
        assert (await shop.call("GET", f"/v2/bot/message/{message_id}/content"))[0] == 404
        rows = [row for _, row in shop.platform.feed.since(0) if row.get("id") == message_id]
        assert all(row.get("message") is None for row in rows)
        assert await shop.act("misaki/unsend", {"id": message_id}) == 404

    in_shop(scene)


def test_a_sent_page_never_runs_on_the_shops_origin() -> None:
    async def scene(shop: EchoShop, clock: StillClock) -> None:
        sent = shop.platform.send_file("misaki", b"<script>", content_type="text/html")
        async with shop.http.get(f"{shop.base_url}/simulator/sent/{sent}") as answer:
            assert answer.content_type == "application/octet-stream"
            assert answer.headers["Content-Disposition"] == "attachment"

    in_shop(scene)


def test_a_film_watched_to_its_end_is_told_by_its_tracking_id() -> None:
    async def scene(shop: EchoShop, clock: StillClock) -> None:
        await shop.act("open")
        film = {
            "type": "video",
            "originalContentUrl": f"{PUBLIC_URL}/m/film.mp4",
            "previewImageUrl": f"{PUBLIC_URL}/m/poster.jpg",
        }
        tracked, plain = film | {"trackingId": "film-1"}, film
        sent = (await push(shop, MISAKI.user_id, [tracked, plain]))[1]["sentMessages"]
        assert await shop.act("misaki/watched", {"id": sent[0]["id"]}) == 200
        event = await heard(shop, 4)
        assert event["videoPlayComplete"] == {"trackingId": "film-1"}
        assert event["replyToken"]
        assert await shop.act("misaki/watched", {"id": sent[1]["id"]}) == 404

    in_shop(scene)


def test_a_rich_menu_is_shown_once_it_has_a_picture() -> None:
    async def scene(shop: EchoShop, clock: StillClock) -> None:
        area = {
            "bounds": {"x": 0, "y": 0, "width": 2500, "height": 1686},
            "action": {"type": "message", "label": "動画", "text": "動画を見せて"},
        }
        menu = {
            "size": {"width": 2500, "height": 1686},
            "selected": True,
            "name": "default",
            "chatBarText": "メニュー",
            "areas": [area],
        }
        assert (await shop.call("POST", "/v2/bot/richmenu", body={**menu, "name": ""}))[0] == 400
        status, made, _ = await shop.call("POST", "/v2/bot/richmenu", body=menu)
        assert status == 200
        default = f"/v2/bot/user/all/richmenu/{made['richMenuId']}"
        assert (await shop.call("POST", default))[0] == 400
        png = {"Content-Type": "image/png"}
        picture = f"/v2/bot/richmenu/{made['richMenuId']}/content"
        assert (await shop.call("POST", picture, raw=b"png", headers=png))[0] == 200
        assert (await shop.call("POST", picture, raw=b"png", headers=png))[0] == 400
        assert (await shop.call("POST", default))[0] == 200
        assert (await shop.call("GET", "/v2/bot/user/all/richmenu"))[1] == made
        listed = (await shop.call("GET", "/v2/bot/richmenu/list"))[1]["richmenus"]
        assert listed == [{"richMenuId": made["richMenuId"], **menu}]
        shown = [row for row in shop.platform.state_rows() if row["kind"] == "menu"]
        assert all(row["menu"]["richMenuId"] == made["richMenuId"] for row in shown)

    in_shop(scene)


def test_the_loading_animation_takes_only_lines_seconds() -> None:
    async def scene(shop: EchoShop, clock: StillClock) -> None:
        path = "/v2/bot/chat/loading/start"
        for seconds, expected in ((20, 202), (60, 202), (7, 400), (65, 400), ("20", 400)):
            body = {"chatId": MISAKI.user_id, "loadingSeconds": seconds}
            assert (await shop.call("POST", path, body=body))[0] == expected
        assert (await shop.call("POST", path, body={"chatId": "C1"}))[0] == 400

    in_shop(scene)


def test_the_webhook_address_can_be_read_and_tested() -> None:
    async def scene(shop: EchoShop, clock: StillClock) -> None:
        path = "/v2/bot/channel/webhook"
        endpoint = {"endpoint": f"{PUBLIC_URL}/line/webhook", "active": True}
        assert (await shop.call("GET", f"{path}/endpoint"))[1] == endpoint
        tested = (await shop.call("POST", f"{path}/test"))[1]
        assert (tested["success"], tested["statusCode"]) == (True, 200)
        assert shop.deliveries == [[]]
        elsewhere = {"endpoint": "https://elsewhere.invalid/line/webhook"}
        tested = (await shop.call("POST", f"{path}/test", body=elsewhere))[1]
        assert (tested["success"], tested["reason"]) == (False, "COULD_NOT_CONNECT")
        assert (await shop.call("PUT", f"{path}/endpoint", body={"endpoint": "http://x"}))[0] == 400
        assert (await shop.call("PUT", f"{path}/endpoint", body=elsewhere))[0] == 200

    in_shop(scene)


async def told(shop: EchoShop, *, mark: str | None = None) -> AsyncIterator[tuple[str, str, Any]]:
    headers = {"Last-Event-ID": mark} if mark else {}
    async with shop.http.get(f"{shop.base_url}/simulator/stream", headers=headers) as answer:
        fields: dict[str, str] = {}
        async for raw in answer.content:
            name, _, value = raw.decode().rstrip("\n").partition(": ")
            if name:
                fields[name] = value
            elif fields:
                yield fields["event"], fields.get("id", ""), json.loads(fields["data"])
                fields = {}


async def replayed(shop: EchoShop, *, mark: str | None = None) -> list[tuple[str, str, Any]]:
    rows = []
    async for kind, number, row in told(shop, mark=mark):
        if kind == "live":
            break
        rows.append((kind, number, row))
    return rows


def test_a_page_cut_off_goes_on_where_it_was() -> None:
    async def scene(shop: EchoShop, clock: StillClock) -> None:
        await shop.act("misaki/text", {"text": "一"})
        await heard(shop)
        await shop.until(lambda: len(shop.platform.feed.since(0)) == 3)
        whole = await replayed(shop)
        assert whole[0][0] == "reset"
        numbered = [(number, row) for _, number, row in whole if number]
        assert [row["kind"] for _, row in numbered] == ["bubble", "token", "read"]
        rest = await replayed(shop, mark=numbered[0][0])
        assert [row["kind"] for _, number, row in rest if number] == ["token", "read"]
        assert all(kind != "reset" for kind, _, _ in rest)
        other_run = await replayed(shop, mark="00000000-2")
        assert other_run[0][0] == "reset"
        assert len([row for _, number, row in other_run if number]) == 3

    in_shop(scene)


def test_the_page_and_its_files_are_served_with_nothing_inline() -> None:
    async def scene(shop: EchoShop, clock: StillClock) -> None:
        async with shop.http.get(f"{shop.base_url}/simulator") as answer:
            page = await answer.text()
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "佐藤 美咲" in page and "Emma Clarke" in page and "銀座リテール" in page
        assert "<style" not in page and " style=" not in page and "onclick" not in page
        sources = re.findall(r'(?:src|href)="(/simulator/static/[^"#]+)', page)
        assert len(sources) >= 4
        for source in sources:
            async with shop.http.get(shop.base_url + source) as answer:
                assert answer.status == 200, source
        async with shop.http.get(f"{shop.base_url}/simulator/static/../routes.py") as answer:
            assert answer.status == 404
        assert await shop.act("nobody/text", {"text": "x"}) == 404
        assert await shop.act("misaki/text", {"text": " "}) == 422
        assert LONG_LIVED not in page and SECRET not in page

    in_shop(scene)


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ("03:00", "2025-11-22T18:00:00+00:00"),
        ("tomorrow", "2025-11-23T05:00:00+00:00"),
        ("month", "2025-12-22T05:00:00+00:00"),
        ("now", "2025-11-22T05:00:00+00:00"),
    ],
)
def test_the_page_moves_the_shops_clock(to: str, expected: str) -> None:
    async def scene(shop: EchoShop, clock: StillClock) -> None:
        assert await shop.act("clock", {"to": to}) == 200
        assert clock().isoformat() == expected
        await shop.act("clock", {"to": "now"})
        assert clock.offset == timedelta(0)

    in_shop(scene)


def test_an_account_is_linked_in_the_platforms_own_dialog_once_and_within_ten_minutes() -> None:
    async def scene(shop: EchoShop, clock: StillClock) -> None:
        async def token() -> str:
            status, told, _ = await shop.call("POST", f"/v2/bot/user/{MISAKI.user_id}/linkToken")
            assert status == 200
            return str(told["linkToken"])

        nonce = "n" * 40
        dialog = f"{shop.line}/dialog/bot/accountLink"
        first = await token()
        async with shop.http.get(dialog, params={"linkToken": first, "nonce": nonce}) as page:
            told = await page.text()
            assert MISAKI.name in told and "<script" not in told
        for _ in range(2):
            async with shop.http.post(dialog, data={"linkToken": first, "nonce": nonce}) as page:
                assert page.status == 200
        event = await heard(shop)
        assert event["type"] == "accountLink"
        assert event["link"] == {"result": "ok", "nonce": nonce}
        assert event["source"]["userId"] == MISAKI.user_id and event["replyToken"]
        old = await token()
        clock.move(timedelta(minutes=10))
        async with shop.http.post(dialog, data={"linkToken": old, "nonce": nonce}) as page:
            assert "連携できませんでした" in await page.text()
        assert len(shop.events) == 1

    in_shop(scene)
