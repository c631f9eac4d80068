"""Every kind of LINE event has a visible result, and none harms its neighbours (R-025, R-036,
R-160, R-173).
"""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from catalog.duties.sealing import DataKeys
from media.intake import received
from tests import line_events
from tests.line_platform import in_loop
from tests.media.hostile.house import trap
from tests.shop import RunningShop, item, open_shop

AFTERNOON = datetime(2026, 11, 22, 4, 50, tzinfo=UTC)


def test_friends_stickers_places_and_groups_are_answered(database_url: str, tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(database_url, tmp_path, at=AFTERNOON) as shop:
            line = shop.line
            user = line.add_user()

            def reply() -> dict[str, Any]:
                return {"reply_token": line.issue_reply_token(user), "at": shop.clock()}

            (welcome,) = await shop.tells(user, line_events.follow_event(user, **reply()))
            assert "友だち追加ありがとうございます" in welcome["text"]
            (thanks,) = await shop.tells(user, line_events.sticker_event(user, **reply()))
            assert "スタンプ" in thanks["text"]
            (place,) = await shop.tells(user, line_events.location_event(user, **reply()))
            assert "位置情報" in place["text"]
            group = line.join_group()
            token = line.issue_reply_token(group)
            (hello,) = await shop.tells(group, line_events.join_event(group, reply_token=token))
            assert "メンション" in hello["text"]
            await _only_when_addressed(shop, group, user)
            assert line.refused == []

    journey()


def test_a_picture_that_lies_elsewhere_is_answered_and_nobody_is_called(
    database_url: str, tmp_path: Path
) -> None:
    """Evidence rule 8: no address an event names is opened; bytes come from LINE, by a message's
    id alone.
    """

    @in_loop
    async def journey() -> None:
        with trap() as listener:
            async with open_shop(database_url, tmp_path, at=AFTERNOON) as shop:
                user = shop.line.add_user()
                event = line_events.image_event(
                    user,
                    outside_url=f"{listener.url}/a.jpg",
                    reply_token=shop.line.issue_reply_token(user),
                    at=shop.clock(),
                )
                (answer,) = await shop.tells(user, event)
                assert answer["type"] == "text"
                assert shop.one("SELECT count(*) FROM received_file") == 0
            assert listener.visitors == []

    journey()


async def _only_when_addressed(shop: RunningShop, group: str, user: str) -> None:
    await shop.stock(item("W-10234"))
    await shop.film("W-10234")
    line = shop.line
    before = len(line.sent_to(group))
    aside = line_events.text_event(
        user, "W-10234の動画", at=shop.clock(), reply_token=line.issue_reply_token(group)
    )
    await shop.hear(line_events.in_group(aside, group))
    await shop.settled()
    assert len(line.sent_to(group)) == before
    addressed = line_events.text_event(
        user,
        "@証 W-10234の動画",
        mentions_bot=True,
        at=shop.clock(),
        reply_token=line.issue_reply_token(group),
    )
    await shop.hear(line_events.in_group(addressed, group))
    sent = await shop.told(group, before + 2)
    assert sent[before]["type"] == "video"


def test_a_picture_is_fetched_sealed_and_acknowledged(database_url: str, tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(database_url, tmp_path, at=AFTERNOON) as shop:
            line = shop.line
            user = line.add_user()
            plain = b"\xff\xd8\xff" + bytes(range(256)) * 1000
            event = line_events.image_event(
                user, at=shop.clock(), reply_token=line.issue_reply_token(user)
            )
            line.put_content(event["message"]["id"], plain)
            (ack,) = await shop.tells(user, event)
            assert "保管いたしました" in ack["text"]
            assert line.accepted[-1].kind == "reply"
            file_id, digest, source, key = shop.rows(
                "SELECT id, sha256, source, key FROM received_file"
            )[0]
            assert digest == hashlib.sha256(plain).hexdigest()
            assert source == "LINE, may be recompressed"
            assert key.startswith("received/")
            assert plain[:64] not in b"".join(shop.shop.store.open(key))
            keys = DataKeys(shop.shop.settings.data_keys)
            chunks = shop.shop.database.read(
                lambda db: received.plain(db, shop.shop.store, file_id, keys)
            )
            assert b"".join(chunks) == plain

    journey()


def test_a_film_still_being_prepared_is_polled_and_a_set_is_acknowledged_once(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(database_url, tmp_path, at=AFTERNOON) as shop:
            line = shop.line
            user = line.add_user()
            film = line_events.video_event(
                user, at=shop.clock(), reply_token=line.issue_reply_token(user)
            )
            line.put_content(film["message"]["id"], b"film", mime="video/mp4", waits=1)
            (ack,) = await shop.tells(user, film)
            assert "保管いたしました" in ack["text"]
            events = [
                line_events.image_event(
                    user,
                    set_id="SET1",
                    index=n,
                    total=3,
                    at=shop.clock(),
                    reply_token=line.issue_reply_token(user),
                )
                for n in (2, 1, 3)
            ]
            for event in events:
                line.put_content(event["message"]["id"], b"picture" * 10)
            await shop.hear(*events)
            sent = await shop.told(user, 2)
            await shop.settled()
            assert "3点" in sent[1]["text"]
            assert len(line.sent_to(user)) == 2
            assert shop.one("SELECT count(*) FROM received_file WHERE state = 'stored'") == 4

    journey()


def test_what_is_taken_back_is_hidden_everywhere_and_a_stub_stays(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(database_url, tmp_path, at=AFTERNOON) as shop:
            line = shop.line
            user = line.add_user()
            said = line.say(user, "私の電話は09012345678です")
            await shop.tells(user, said)
            picture = line_events.image_event(
                user, at=shop.clock(), reply_token=line.issue_reply_token(user)
            )
            line.put_content(picture["message"]["id"], b"picture" * 10)
            await shop.tells(user, picture)
            for event in (said, picture):
                await shop.hear(
                    line_events.unsend_event(user, event["message"]["id"], at=shop.clock())
                )
            await shop.settled()
            bodies = " ".join(body for (body,) in shop.rows("SELECT body FROM inbox"))
            assert "09012345678" not in bodies
            assert shop.one("SELECT count(*) FROM received_file WHERE state = 'hidden'") == 1
            assert shop.one("SELECT count(*) FROM journal WHERE verb = 'unsent'") == 2

    journey()


def test_one_bad_or_unknown_event_never_harms_its_neighbours(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(database_url, tmp_path, at=AFTERNOON) as shop:
            line = shop.line
            user = line.add_user()
            odd: list[Any] = [
                "not an object",
                {},
                {"type": "somethingNew", "webhookEventId": "01NEW", "timestamp": "soon"},
                {"type": "message", "message": {"type": "hologram", "id": 5}},
                line_events.text_event(None, "no source"),
                line_events.event("beacon", user),
                {"type": "message", "mode": "orbit", "source": {"type": "user", "userId": "\x00"}},
            ]
            await shop.hear(*odd[:3], line.say(user, "こんにちは"), *odd[3:])
            (greeting,) = await shop.told(user, 1)
            assert "こんにちは" in greeting["text"]
            await shop.settled()
            assert shop.one("SELECT count(*) FROM inbox") == len(odd) + 1
            assert shop.one("SELECT count(*) FROM inbox WHERE state = 'due'") == 0

    journey()


def test_duplicates_forgeries_and_broken_bodies_change_nothing(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(database_url, tmp_path, at=AFTERNOON) as shop:
            line = shop.line
            user = line.add_user()
            event = line.say(user, "こんにちは")
            await shop.hear(event, event)
            await shop.hear(event)
            await shop.hear(line_events.redelivered(event))
            await shop.hear()
            body, signature = line.webhook([line.say(user, "forged")])
            assert await shop.deliver(body, None) == 401
            assert await shop.deliver(body + b" ", signature) == 401
            assert await shop.deliver(body, "####") == 401
            for broken in (b"{", b"[]", b'{"events": 5}', b"\xff\xfe"):
                sign = line_events.signature_of(broken, line.secret)
                assert await shop.deliver(broken, sign) == 400
            huge = json.dumps({"events": [], "x": "y" * 10_000_000}).encode()
            assert await shop.deliver(huge, line_events.signature_of(huge, line.secret)) == 413
            await shop.told(user, 1)
            await shop.settled()
            assert len(line.sent_to(user)) == 1
            assert shop.one("SELECT count(*) FROM inbox") == 1

    journey()


def test_a_second_secret_is_accepted_while_the_first_is_being_replaced(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(
            database_url,
            tmp_path,
            at=AFTERNOON,
            line_channel_secret="new-secret,line-channel-secret",
        ) as shop:
            user = shop.line.add_user()
            await shop.says(user, "こんにちは")
            body, _ = shop.line.webhook([shop.line.say(user, "こんにちは")])
            assert await shop.deliver(body, line_events.signature_of(body, "new-secret")) == 200
            await shop.told(user, 2)

    journey()


def test_standby_is_silent_and_a_blocked_person_is_not_pushed_to(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        from tests.shop import film_file

        async with open_shop(database_url, tmp_path, at=AFTERNOON) as shop:
            line = shop.line
            user = line.add_user()
            await shop.hear(line_events.text_event(user, "こんにちは", mode="standby"))
            await shop.settled()
            assert line.sent_to(user) == []
            await shop.stock(item("W-10234"))
            await shop.says(user, "W-10234の動画")
            line.block(user)
            await shop.hear(line_events.unfollow_event(user, at=shop.clock()))
            await shop.settled()
            calls = len(line.accepted)
            film_file(shop.hot_folder / "W-10234_01.mp4")
            await shop.until(
                lambda: shop.one("SELECT count(*) FROM outbox WHERE state = 'suppressed'") == 1,
                "the letter to be suppressed",
            )
            assert len(line.accepted) == calls

    journey()


def test_events_of_a_conversation_are_answered_in_the_order_they_happened(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        from datetime import timedelta

        async with open_shop(database_url, tmp_path, at=AFTERNOON) as shop:
            line = shop.line
            user = line.add_user()
            now = shop.clock()
            late = line.say(user, "ありがとう", at=now + timedelta(milliseconds=5))
            early = line.say(user, "こんにちは", at=now)
            await shop.hear(late, early)
            first, second = await shop.told(user, 2)
            assert "こんにちは" in first["text"]
            assert "こちらこそ" in second["text"]

    journey()
