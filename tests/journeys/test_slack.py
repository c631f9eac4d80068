"""Retailers on Slack (R-026, R-027, R-028, R-036): asked in a direct message or by mention,
answered from the same registers; deliveries repeated, forged, late, and a platform in trouble.
"""

import asyncio
import contextlib
import io
import json
import re
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from catalog.ground.record import PartnerId
from catalog.partners import actions as partners
from tests import slack_events as events
from tests.line_platform import in_loop
from tests.shop import RunningShop, SetClock, film_file, item, open_shop
from tests.slack_events import TEAM
from tests.slack_platform import SlackPlatform

AFTERNOON = datetime(2026, 11, 22, 4, 50, tzinfo=UTC)  # 13:50 in Tokyo
NIGHT = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)  # 03:00 in Tokyo
Json = dict[str, Any]


@dataclass
class Workspace:
    """The shop and its Slack."""

    shop: RunningShop
    slack: SlackPlatform

    async def post(self, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        """Raw bytes to the shop; status and body of its answer."""
        url = f"{self.shop.url}/slack/events"
        async with self.shop.http.post(url, data=io.BytesIO(body), headers=headers) as answer:
            return answer.status, await answer.text()

    async def hear(self, delivery: Json, **how: Any) -> None:
        """Slack delivers this; the shop must take it."""
        status, _ = await self.post(*self.slack.signed(delivery, **how))
        assert status == 200

    async def told(self, user: str, count: int) -> list[Json]:
        """That many messages have reached the person; all they see."""
        await self.shop.until(lambda: len(self.slack.seen_by(user)) >= count, f"{count} messages")
        return self.slack.seen_by(user)

    async def tells(self, user: str, delivery: Json) -> Json:
        """Deliver and wait for the answer in the person's direct messages."""
        before = len(self.slack.seen_by(user))
        await self.hear(delivery)
        return (await self.told(user, before + 1))[before]

    async def says(self, user: str, words: str) -> Json:
        """The person writes; the answer."""
        return await self.tells(user, self.slack.say(user, words))

    async def answered_in(self, channel: str, count: int) -> list[Json]:
        """That many messages stand in the channel."""
        await self.shop.until(
            lambda: len(self.slack.seen_in(channel)) >= count, f"{count} messages in the channel"
        )
        return self.slack.seen_in(channel)

    async def is_retailer(
        self, user: str, *codes: str, rights: Sequence[str] = ("media",)
    ) -> PartnerId:
        """The person speaks for a partner that may see these pieces."""
        now = self.shop.clock()

        def unit(db: Any) -> PartnerId:
            partner = partners.enter(db, "GINZA", "銀座リテール", by="test", now=now)
            partners.seat(db, partner, "slack", f"{TEAM}/{user}", by="test", now=now)
            partners.grant(
                db, partner, codes, rights=rights, media_kinds=["film"], expires_on=None,
                by="test", now=now,
            )  # fmt: skip
            return partner

        return await self.shop.shop.units.write(unit)

    def heard(self) -> int:
        """Rows in the inbox."""
        return int(self.shop.one("SELECT count(*) FROM inbox"))


@contextlib.asynccontextmanager
async def open_workspace(
    url: str, folder: Path, *, at: datetime = AFTERNOON
) -> AsyncIterator[Workspace]:
    async with (
        SlackPlatform(clock=SetClock(at)) as slack,
        open_shop(
            url,
            folder,
            at=at,
            slack_bot_token=slack.token,
            slack_signing_secret=slack.signing_secret,
            slack_api_base=slack.base,
        ) as shop,
    ):
        yield Workspace(shop, slack)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> Any:
    from tests.databases import fresh_url

    with fresh_url("sqlite", tmp_path) as url:
        yield url


def buttons(message: Json) -> dict[str, str]:
    """What stands behind each button of a message, by label."""
    return {
        each["text"]["text"]: each.get("value") or each["url"]
        for block in message["blocks"]
        if block["type"] == "actions"
        for each in block["elements"]
    }


def seen(message: Json) -> str:
    return json.dumps(message["blocks"], ensure_ascii=False)


def test_a_retailer_asks_for_a_film_by_code_at_night_and_plays_it(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_workspace(database_url, tmp_path, at=NIGHT) as work:
            await work.shop.stock(item("W-10234"))
            await work.shop.film("W-10234")
            rin = work.slack.add_user()
            answer = await work.says(rin, "W-10234の動画を見せて")
            assert [block["type"] for block in answer["blocks"]][:2] == ["image", "section"]
            assert "コスモグラフ デイトナ" in seen(answer)
            assert "コスモグラフ デイトナ" in answer["text"]
            assert "person.call" in buttons(answer).values()
            link = answer["blocks"][1]["text"]["text"].partition("<")[2].partition("|")[0]
            assert link.startswith("https://shop.example/m/")
            token = link.rsplit("/", 1)[1]
            async with work.shop.http.get(
                f"{work.shop.url}/m/{token}", headers={"Range": "bytes=0-99"}
            ) as part:
                assert part.status == 206
                assert part.headers["content-type"] == "video/mp4"
                assert len(await part.read()) == 100
            assert work.slack.refused == []
            assert work.shop.line.accepted == []

    journey()


def test_a_pressed_button_is_answered_and_a_link_is_not(database_url: str, tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        async with open_workspace(database_url, tmp_path) as work:
            await work.shop.stock(item("W-10234"))
            await work.shop.film("W-10234")
            await work.shop.film("W-10234", part="case_back")
            rin = work.slack.add_user()
            shown = await work.says(rin, "W-10234の動画")
            values = list(buttons(shown).values())
            (part,) = [value for value in values if "case_back" in value]
            back = await work.tells(rin, work.slack.tap(rin, part))
            assert "裏蓋" in seen(back)
            heard = work.heard()
            where = work.slack.people[rin]
            link = events.pressed(rin, where, None, at=work.slack.clock(), url="https://a.example")
            await work.hear(link)
            assert work.heard() == heard
            called = await work.tells(rin, work.slack.tap(rin, "person.call"))
            assert "担当者" in seen(called)
            assert work.slack.refused == []

    journey()


def test_rights_are_the_partners_and_end_with_them(database_url: str, tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        async with open_workspace(database_url, tmp_path) as work:
            await work.shop.stock(item("W-10234", state="preparing"))
            await work.shop.film("W-10234")
            rin, stranger = work.slack.add_user(), work.slack.add_user()
            partner = await work.is_retailer(rin, "W-10234")
            assert "/m/" in seen(await work.says(rin, "W-10234の動画"))
            refused = await work.says(stranger, "W-10234の動画")
            unknown = await work.says(stranger, "W-99999の動画")
            assert seen(refused).replace("W-10234", "") == seen(unknown).replace("W-99999", "")
            now = work.shop.clock()
            await work.shop.shop.units.write(
                lambda db: partners.revoke(db, partner, by="test", now=now)
            )
            after = await work.says(rin, "W-10234の動画")
            assert seen(after) == seen(refused)

    journey()


def test_a_link_gets_a_pin_by_one_more_press_and_the_pin_stands_in_a_message_of_its_own(
    sqlite_url: str, tmp_path: Path
) -> None:
    """R-020, R-029."""

    @in_loop
    async def journey() -> None:
        async with open_workspace(sqlite_url, tmp_path) as work:
            await work.shop.stock(item("W-10234"))
            await work.shop.film("W-10234")
            rin = work.slack.add_user()
            await work.is_retailer(rin, "W-10234", rights=("media", "link"))
            message = await work.tells(rin, work.slack.tap(rin, "links.ask?sku=W-10234"))
            for verb in ("links.make", "links.pin"):
                told = len(work.slack.seen_by(rin))
                behind = [value for value in buttons(message).values() if value.startswith(verb)]
                message = await work.tells(rin, work.slack.tap(rin, behind[0]))
            link, secret = (await work.told(rin, told + 2))[told:]
            assert "https://shop.example/s/" in seen(link)
            digits = re.search(r"暗証番号: (\d{6})", secret["text"])
            assert digits is not None
            assert digits[1] not in seen(link) + link["text"]
            assert "https://" not in seen(secret)
            assert work.slack.refused == []

    journey()


def test_in_a_channel_only_a_mention_is_answered_in_its_thread_with_the_speakers_rights(
    database_url: str, tmp_path: Path
) -> None:
    """R-036."""

    @in_loop
    async def journey() -> None:
        async with open_workspace(database_url, tmp_path) as work:
            await work.shop.stock(item("W-10234", state="preparing"))
            await work.shop.film("W-10234")
            rin, other = work.slack.add_user(), work.slack.add_user()
            await work.is_retailer(rin, "W-10234")
            room = work.slack.add_channel()
            ts = events.stamp(work.slack.clock())
            chatter = events.message(other, room, "W-10234の動画あったかな", ts=ts)
            await work.hear(events.callback(chatter))
            assert work.heard() == 0

            asked = work.slack.mention(rin, room, "W-10234の動画")
            await work.hear(asked)
            # Slack delivers a mention as an ordinary message as well.
            await work.hear(
                events.callback({**asked["event"], "type": "message", "channel_type": "channel"})
            )
            (film,) = await work.answered_in(room, 1)
            root = asked["event"]["ts"]
            assert film["thread_ts"] == root
            assert "/m/" in seen(film)

            await work.hear(work.slack.mention(other, room, "W-10234の動画", thread_ts=root))
            _, refused = await work.answered_in(room, 2)
            assert refused["thread_ts"] == root
            assert "/m/" not in seen(refused)
            (tap,) = [value for value in buttons(film).values() if "person" in value]
            await work.hear(work.slack.tap(other, tap, where=room, thread=root))
            *_, called = await work.answered_in(room, 3)
            assert called["thread_ts"] == root
            assert work.heard() == 3
            lanes = work.shop.rows("SELECT DISTINCT conversation FROM inbox")
            assert lanes == [(f"slack:{TEAM}/{room}/{root}",)]
            assert work.slack.seen_by(rin) == work.slack.seen_by(other) == []
            assert work.slack.refused == []

    journey()


def test_the_bot_taken_into_a_channel_says_how_to_be_heard(sqlite_url: str, tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        async with open_workspace(sqlite_url, tmp_path) as work:
            room = work.slack.add_channel()
            ts = events.stamp(work.slack.clock())
            joined = {"type": "member_joined_channel", "channel": room, "channel_type": "C",
                      "team": TEAM, "event_ts": ts}  # fmt: skip
            await work.hear(events.callback({**joined, "user": work.slack.add_user()}))
            await work.hear(events.callback({**joined, "user": events.BOT}))
            (welcome,) = await work.answered_in(room, 1)
            assert "メンション" in seen(welcome)
            assert "thread_ts" not in welcome

    journey()


def test_a_command_is_answered_to_its_speaker_alone(database_url: str, tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        async with open_workspace(database_url, tmp_path) as work:
            await work.shop.stock(item("W-10234"))
            await work.shop.film("W-10234")
            rin = work.slack.add_user()
            room = work.slack.add_channel(is_member=False)
            film = await work.tells(rin, events.command(rin, room, "W-10234の動画"))
            assert "/m/" in seen(film)
            explained = await work.tells(rin, events.command(rin, room, "  "))
            assert "media.which" in buttons(explained).values()
            lanes = work.shop.rows("SELECT DISTINCT conversation FROM inbox")
            assert lanes == [(f"slack:{TEAM}/{rin}",)]
            kept = work.shop.one("SELECT body FROM inbox ORDER BY id LIMIT 1")
            assert "hooks.slack.com" not in kept
            assert "verification-token" not in kept
            assert work.slack.seen_in(room) == []

    journey()


def test_a_delivery_that_comes_again_changes_nothing(database_url: str, tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        async with open_workspace(database_url, tmp_path) as work:
            await work.shop.stock(item("W-10234"))
            await work.shop.film("W-10234")
            rin = work.slack.add_user()
            said = work.slack.say(rin, "W-10234の動画")
            for retry in range(4):
                await work.hear(said, retry=retry)
            pressed = work.slack.tap(rin, "person.call")
            await work.hear(pressed)
            await work.hear(pressed)
            await work.shop.settled()
            assert len(work.slack.seen_by(rin)) == 2
            assert work.heard() == 2

    journey()


def test_what_is_not_slacks_or_too_old_is_refused_and_not_kept(
    sqlite_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_workspace(sqlite_url, tmp_path) as work:
            said = work.slack.say(work.slack.add_user(), "こんにちは")
            now = work.slack.clock()
            body, headers = work.slack.signed(said)
            without = {key: value for key, value in headers.items() if "signature" not in key}
            forged = {**headers, "x-slack-signature": "v0=" + "0" * 64}
            odd = {**headers, "x-slack-request-timestamp": "yesterday"}
            for told in (without, forged, odd):
                assert (await work.post(body, told))[0] == 401
            assert (await work.post(body + b" ", headers))[0] == 401
            for stale in (now - timedelta(minutes=6), now + timedelta(minutes=6)):
                assert (await work.post(*work.slack.signed(said, at=stale)))[0] == 401
            assert (await work.post(*work.slack.signed(said, secret="another")))[0] == 401
            assert (await work.post(b"\xff\xfe", headers))[0] == 401
            big = json.dumps({"type": "event_callback", "pad": "x" * 2_100_000}).encode()
            signed = events.headers_of(
                big, "application/json", secret=work.slack.signing_secret, at=now
            )
            assert (await work.post(big, signed))[0] == 413
            for poison in (b"[]", b"{", b'{"type": "event_callback", "event": "x"}', b""):
                signed = events.headers_of(
                    poison, "application/json", secret=work.slack.signing_secret, at=now
                )
                assert (await work.post(poison, signed))[0] in (200, 400)
            assert work.heard() <= 1
            just = await work.post(*work.slack.signed(said, at=now - timedelta(minutes=4)))
            assert just[0] == 200

    journey()


def test_slacks_own_question_is_answered_when_signed(sqlite_url: str, tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        async with open_workspace(sqlite_url, tmp_path) as work:
            asked = {"type": "url_verification", "token": "t", "challenge": "3eZbrw1aB10F"}
            status, answer = await work.post(*work.slack.signed(asked))
            assert status == 200
            assert json.loads(answer) == {"challenge": "3eZbrw1aB10F"}
            status, answer = await work.post(*work.slack.signed(asked, secret="another"))
            assert status == 401
            assert "3eZbrw1aB10F" not in answer
            assert work.heard() == 0

    journey()


@pytest.mark.parametrize(
    ("how", "tries"),
    [("429", 2), ("500", 2), ("internal_error", 2), ("picture", 2), ("reset", 2), ("drop", 1)],
)
def test_a_platform_in_trouble_gets_each_answer_once(
    how: str, tries: int, sqlite_url: str, tmp_path: Path
) -> None:
    """0 lost, 0 doubled: a post whose answer was lost is looked for before it is repeated."""

    @in_loop
    async def journey() -> None:
        async with open_workspace(sqlite_url, tmp_path) as work:
            rin = work.slack.add_user()
            work.slack.fail_next(how, on="chat.postMessage", retry_after=1)
            await work.says(rin, "こんにちは")
            await work.shop.settled()
            assert len(work.slack.seen_by(rin)) == 1
            assert work.slack.calls.count("chat.postMessage") == tries
            letters = work.shop.rows("SELECT state, is_unclear FROM outbox")
            assert [(state, bool(unclear)) for state, unclear in letters] == [("sent", False)]

    journey()


def test_a_file_is_kept_sealed_and_acknowledged_and_hidden_when_deleted(
    database_url: str, tmp_path: Path
) -> None:
    """R-025."""

    @in_loop
    async def journey() -> None:
        async with open_workspace(database_url, tmp_path) as work:
            rin = work.slack.add_user()
            first, second = (work.slack.upload(body, waits=1) for body in (b"front", b"back"))
            files = [
                events.file("front.jpg", mimetype="image/jpeg", file_id=first),
                events.file("back.jpg", mimetype="image/jpeg", file_id=second),
            ]
            said = work.slack.say(rin, "", subtype="file_share", files=files)
            thanks = await work.tells(rin, said)
            assert "2" in seen(thanks)
            await work.shop.settled()
            kept = work.shop.rows("SELECT state, size, source FROM received_file ORDER BY size")
            assert [tuple(row) for row in kept] == [
                ("stored", 4, "Slack, as uploaded"), ("stored", 5, "Slack, as uploaded"),
            ]  # fmt: skip
            assert len(work.slack.seen_by(rin)) == 1
            ts = events.stamp(work.slack.clock())
            await work.hear(events.callback(events.deleted(said["event"], ts=ts)))
            await work.shop.settled()
            states = work.shop.rows("SELECT DISTINCT state FROM received_file")
            assert states == [("hidden",)]
            assert work.slack.refused == []

    journey()


def test_what_is_taken_back_is_scrubbed_and_what_is_changed_is_answered_anew(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_workspace(database_url, tmp_path) as work:
            await work.shop.stock(item("W-10234"))
            await work.shop.film("W-10234")
            rin = work.slack.add_user()
            said = work.slack.say(rin, "こんにちは、内緒の話です")
            await work.tells(rin, said)
            ts = events.stamp(work.slack.clock())
            edited = events.changed(said["event"], "W-10234の動画", ts=ts)
            assert "/m/" in seen(await work.tells(rin, events.callback(edited)))
            preview = events.changed(edited["message"], "W-10234の動画", ts=ts)
            heard = work.heard()
            await work.hear(events.callback(preview))
            assert work.heard() == heard
            await work.hear(events.callback(events.tombstone(edited["message"], ts=ts)))
            await work.shop.settled()
            bodies = work.shop.rows("SELECT body FROM inbox")
            assert not [body for (body,) in bodies if "内緒" in body or "W-10234" in body]
            assert len(work.slack.seen_by(rin)) == 2

    journey()


def test_bots_are_not_listened_to(sqlite_url: str, tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        async with open_workspace(sqlite_url, tmp_path) as work:
            rin = work.slack.add_user()
            where = work.slack.people[rin]
            ts = events.stamp(work.slack.clock())
            own = events.message(events.BOT, where, "はい", ts=ts, bot_id=events.BOT_ID)
            other = events.message(
                "U0OTHER", where, "はい", ts=ts, bot_id="B0OTHER", subtype="bot_message"
            )
            for each in (own, other, events.changed(own, "いいえ", ts=ts),
                         events.deleted(own, ts=ts)):  # fmt: skip
                await work.hear(events.callback(each))
            assert work.heard() == 0

    journey()


def test_a_film_that_was_promised_comes_the_moment_it_is_there(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_workspace(database_url, tmp_path) as work:
            await work.shop.stock(item("W-10234"))
            rin = work.slack.add_user()
            promise = await work.says(rin, "W-10234の動画")
            assert "16:00" in seen(promise)
            film_file(work.shop.hot_folder / "W-10234_01.mp4")
            *_, film = await work.told(rin, 2)
            assert "/m/" in seen(film)
            assert work.slack.refused == []

    journey()


def test_twenty_presses_at_once_are_acknowledged_while_slack_waits_and_answered_once(
    sqlite_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_workspace(sqlite_url, tmp_path) as work:
            people = [work.slack.add_user() for _ in range(20)]

            async def press(user: str) -> float:
                began = time.monotonic()
                await work.hear(work.slack.tap(user, "person.call"))
                return time.monotonic() - began

            took = await asyncio.gather(*(press(user) for user in people))
            assert max(took) < 3.0  # then Slack shows a warning to the person
            await work.shop.settled()
            assert [len(work.slack.seen_by(user)) for user in people] == [1] * 20

    journey()
