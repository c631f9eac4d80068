"""Staff are reached when a customer waits (R-021, R-141, R-156, R-157): by name on Slack and in the
browsers they chose, once, with nothing that names anybody, whatever the push service does.
"""

import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.unit import Clock
from catalog.customers import actions as customers
from catalog.duties.actors import Actor, Role
from catalog.ground.record import AssetId, ConversationId, StaffId, TicketId, UnitId
from handoff.appointments import attending
from handoff.desk import actions as desk
from handoff.desk import notes, promised
from handoff.staff import actions as staff
from handoff.staff import sessions
from handoff.staff.push import actions as push
from handoff.staff.push.rules import checked
from handoff.staff.sessions import How
from media.intake import receive
from tests.journeys.staff_desk import StaffDesk, open_desk
from tests.line_platform import in_loop
from tests.media import captures
from tests.push_platform import PushPlatform, StandInBrowser
from tests.shop import RunningShop, item, open_shop

AFTERNOON = datetime(2026, 11, 24, 4, 50, tzinfo=UTC)  # a Tuesday, 13:50 in Tokyo
PERSON = "担当者と話したい"


@dataclass
class Called:
    """A shop whose staff have browsers."""

    shop: RunningShop
    push: PushPlatform

    async def employs(
        self, name: str, role: Role = Role.ADVISER, *, slack_id: str | None = None
    ) -> tuple[StaffId, StandInBrowser]:
        """Somebody who chose a browser to be told in."""
        service = self.shop.shop.push
        assert service is not None
        browser = self.push.add_browser(key=service.server_key.public)
        told = browser.subscription
        now = self.shop.clock()

        def unit(db: Any) -> StaffId:
            who = staff.add(db, name, role.value, email=None, slack_id=slack_id, by="test", now=now)
            token = sessions.begin(db, who, how=How.PASSWORD, agent=None, now=now)
            session = sessions.find(db, token, now=now)
            assert session is not None
            checked_ = checked(
                told["endpoint"], told["keys"]["p256dh"], told["keys"]["auth"],
                inside=service.inside,
            )  # fmt: skip
            push.subscribe(
                db, session, checked_, server_key=service.server_key.name, lang="ja",
                agent="Firefox", now=now,
            )  # fmt: skip
            return who

        return await self.shop.shop.units.write(unit), browser

    async def ticket(self) -> TicketId:
        """The only one."""
        return TicketId(str(self.shop.one("SELECT id FROM ticket")))

    async def worked_off(self) -> None:
        """Nothing that is due is left to tell."""

        def due() -> int:
            return int(
                self.shop.one(
                    "SELECT count(*) FROM worklist WHERE state = 'due' AND kind IN"
                    " ('desk.alert', 'desk.mentioned', 'staff.push', 'desk.changed')"
                )
            )

        await self.shop.settled()
        await self.shop.until(lambda: due() == 0, "calls to be brought")

    def ended(self) -> int:
        return int(
            self.shop.one("SELECT count(*) FROM push_subscription WHERE ended_at IS NOT NULL")
        )


@contextlib.asynccontextmanager
async def calling(url: str, folder: Path) -> AsyncIterator[Called]:
    clock = Clock()
    clock.move(AFTERNOON - datetime.now(UTC))
    async with (
        PushPlatform(clock=clock) as platform,
        open_shop(url, folder, at=AFTERNOON, push_inside=(platform.origin,)) as shop,
    ):
        yield Called(shop, platform)


def test_the_called_persons_browser_gets_exactly_one_message_that_names_nobody(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with calling(database_url, tmp_path) as called:
            tanaka, theirs = await called.employs("田中")
            _, others = await called.employs("佐藤")
            misaki = called.shop.line.add_user()
            customer = await called.shop.is_customer(misaki, number="C-1")
            now = called.shop.clock()
            told = customers.Particulars(adviser="田中")
            await called.shop.shop.units.write(
                lambda db: customers.amend(db, customer, told, by="test", now=now)
            )
            await called.shop.says(misaki, PERSON)
            await called.shop.until(lambda: bool(theirs.taken), "the call")
            await called.worked_off()
            ticket = await called.ticket()
            assert called.push.refused == []
            [message] = theirs.told
            assert message["title"] == "引き継ぎ待ちのお客様がいます"
            assert message["tag"] == ticket
            assert message["path"] == f"/console/inbox?ticket={ticket}"
            for secret in ("C-1", misaki, "話したい", "田中", str(tanaka)):
                assert secret not in json.dumps(message, ensure_ascii=False)
            headers = theirs.taken[0].headers
            assert (headers["Topic"], headers["Urgency"]) == (ticket, "high")
            assert 0 < int(headers["TTL"]) <= 3600
            assert others.taken == []
            told_at = called.shop.one(
                "SELECT told_at FROM push_subscription WHERE staff_id = :who", who=tanaka
            )
            assert told_at is not None

    journey()


def test_a_browser_its_service_forgot_is_told_nothing_more(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with calling(database_url, tmp_path) as called:
            _, theirs = await called.employs("田中")
            theirs.is_gone = True
            await called.shop.says(called.shop.line.add_user(), PERSON)
            await called.shop.until(lambda: called.ended() == 1, "the browser to end")
            calls = called.push.calls
            await called.shop.says(called.shop.line.add_user(), PERSON)
            await called.worked_off()
            assert called.push.calls == calls == 1

    journey()


def test_a_service_that_is_down_is_tried_again_and_nothing_is_doubled_or_held_up(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with calling(database_url, tmp_path) as called:
            _, theirs = await called.employs("田中")
            for how in ("reset", "503", "drop"):
                called.push.fail_next(how)
            misaki = called.shop.line.add_user()
            await called.shop.says(misaki, PERSON)  # answered at once, whatever push does
            for tries in range(1, 4):
                await called.shop.until(lambda n=tries: called.push.calls >= n, f"try {tries}")
                called.shop.clock.move(timedelta(seconds=10))
            await called.shop.until(lambda: called.push.calls >= 4, "the last try")
            await called.worked_off()
            assert called.push.refused == []
            # Once taken with its answer lost, once taken: one thing on the screen, one sound.
            assert len(theirs.told) == 2
            assert theirs.told[0] == theirs.told[1]
            assert len(theirs.shown) == 1
            assert called.ended() == 0

    journey()


def test_a_service_that_asks_to_wait_is_waited_for(database_url: str, tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        async with calling(database_url, tmp_path) as called:
            _, theirs = await called.employs("田中")
            called.push.fail_next("429", retry_after=60)
            await called.shop.says(called.shop.line.add_user(), PERSON)
            await called.shop.until(lambda: called.push.calls == 1, "the first try")
            called.shop.clock.move(timedelta(seconds=30))
            await called.shop.says(called.shop.line.add_user(), "こんにちは")
            assert called.push.calls == 1
            called.shop.clock.move(timedelta(seconds=31))
            await called.shop.until(lambda: len(theirs.taken) == 1, "the call")

    journey()


def test_a_call_nobody_needs_any_more_is_not_told(database_url: str, tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        async with calling(database_url, tmp_path) as called:
            tanaka, theirs = await called.employs("田中")
            called.push.fail_next("500")
            await called.shop.says(called.shop.line.add_user(), PERSON)
            await called.shop.until(lambda: called.push.calls == 1, "the first try")
            ticket, now = await called.ticket(), called.shop.clock()
            await called.shop.shop.units.write(
                lambda db: desk.claim(db, ticket, Actor(tanaka, Role.ADVISER), now=now)
            )
            called.shop.clock.move(timedelta(seconds=30))
            await called.worked_off()
            assert theirs.taken == []

    journey()


def test_a_colleague_called_in_a_note_is_told_once(database_url: str, tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        async with calling(database_url, tmp_path) as called:
            tanaka, own = await called.employs("田中")
            _, theirs = await called.employs("佐藤")
            misaki = called.shop.line.add_user()
            await called.shop.says(misaki, "こんにちは")
            now, talk = called.shop.clock(), ConversationId(f"line:{misaki}")
            for _ in range(2):
                await called.shop.shop.units.write(
                    lambda db: notes.add(
                        db, talk, tanaka, "@佐藤 値引きの相談です", source="console", key="k",
                        now=now,
                    )
                )  # fmt: skip
            await called.shop.until(lambda: bool(theirs.taken), "the mention")
            await called.worked_off()
            [message] = theirs.told
            assert message["title"] == "社内メモで呼ばれています"
            assert "値引き" not in json.dumps(message, ensure_ascii=False)
            assert misaki not in json.dumps(message)
            assert own.taken == []

    journey()


def test_slack_names_the_right_people_as_the_chain_goes_up(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_desk(database_url, tmp_path) as desk_:
            tanaka = await desk_.employs("田中")
            lead = await desk_.employs("佐藤", "senior")
            manager = await desk_.employs("鈴木", "manager")
            desk_.slack.called |= {tanaka, lead, manager}
            misaki = desk_.shop.line.add_user()
            customer = await desk_.shop.is_customer(misaki, number="C-1")
            now = desk_.shop.clock()
            told = customers.Particulars(adviser="田中")
            await desk_.shop.shop.units.write(
                lambda db: customers.amend(db, customer, told, by="test", now=now)
            )
            card = await desk_.wants_a_person(misaki)

            def names(*wanted: str) -> bool:
                said = desk_.said_under(card)
                return all(f"<@{each}>" in said for each in wanted)

            await desk_.until(lambda: names(tanaka), "the adviser to be named")
            assert not names(lead)
            assert not names(manager)
            desk_.shop.clock.move(timedelta(minutes=4))
            await desk_.until(lambda: names(tanaka, lead), "the lead")
            desk_.shop.clock.move(timedelta(minutes=8))
            await desk_.until(lambda: names(tanaka, lead, manager), "the manager")
            await desk_.worked_off()
            assert desk_.said_under(card).count(f"<@{manager}> ⏰") == 2  # its words and its block
            assert desk_.slack.refused == []

    journey()


def test_each_morning_the_channel_and_those_who_take_pictures_are_told_what_is_owed(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_desk(database_url, tmp_path) as desk_:
            await desk_.until(lambda: _told(desk_) == 1, "today's count, of nothing")
            await desk_.shop.stock(item("W-10234"))
            misaki = desk_.shop.line.add_user()
            await desk_.shop.says(misaki, "W-10234の動画を見せて")
            owed = desk_.shop.one("SELECT count(*) FROM capture_task WHERE state = 'open'")
            assert owed == 1
            before = len(desk_.cards())
            desk_.shop.clock.move(timedelta(hours=20, minutes=35))  # the next morning, 10:25
            await desk_.until(lambda: _written(desk_) == 2, "the day's row")
            assert len(desk_.cards()) == before  # the shop is closed still
            desk_.shop.clock.move(timedelta(minutes=10))
            await desk_.until(lambda: len(desk_.cards()) == before + 1, "the post")
            told = desk_.cards()[-1]
            assert "お待ちの方がいる撮影: 1件" in told["text"]
            assert misaki not in json.dumps(told)
            desk_.shop.clock.move(timedelta(hours=2))
            await desk_.worked_off()
            assert len(desk_.cards()) == before + 1
            assert desk_.slack.refused == []

    journey()


def test_what_lies_in_the_tray_is_told_each_morning_until_it_has_its_piece(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_desk(database_url, tmp_path) as desk_:
            await desk_.until(lambda: _told(desk_) == 1, "today's count, of nothing")
            await desk_.shop.stock(item("W-10234"))
            before = len(desk_.cards())
            await desk_.shop.capture(captures.still(tmp_path / "camera" / "IMG_0001.JPG"))
            desk_.shop.clock.move(timedelta(hours=20, minutes=45))  # the next morning, 10:35
            await desk_.until(lambda: len(desk_.cards()) == before + 1, "the post")
            assert "商品の決まっていない撮影: 1件" in desk_.cards()[-1]["text"]
            unit = UnitId(desk_.shop.one("SELECT id FROM unit"))
            asset = AssetId(desk_.shop.one("SELECT id FROM asset"))
            now = desk_.shop.clock()
            await desk_.shop.shop.units.write(
                lambda db: receive.assign(db, asset, unit, part=None, actor="佐藤", now=now)
            )
            desk_.shop.clock.move(timedelta(days=1))
            await desk_.until(lambda: _told(desk_) == 3, "the next day's count")
            await desk_.worked_off()
            assert len(desk_.cards()) == before + 1

    journey()


def test_a_promised_call_is_told_in_the_channel_and_again_when_nobody_called(
    database_url: str, tmp_path: Path
) -> None:
    """R-065."""

    @in_loop
    async def journey() -> None:
        async with open_desk(database_url, tmp_path) as desk_:
            lead = await desk_.employs("佐藤", "senior")
            misaki = desk_.shop.line.add_user()
            await desk_.shop.says(misaki, "こんにちは")
            now = desk_.shop.clock()
            talk, by = ConversationId(f"line:{misaki}"), now + timedelta(minutes=30)
            facts = {"phone": "+819012345678"}
            await desk_.shop.shop.units.write(
                lambda db: promised.open_task(
                    db, "call_back", talk, due_at=by, now=now, once="1", facts=facts
                )
            )
            await desk_.until(lambda: len(desk_.cards()) == 1, "the post")
            first = json.dumps(desk_.cards()[0], ensure_ascii=False)
            assert f"<@{lead}>" in first
            assert "お電話のお約束があります" in first
            assert misaki not in first and "5678" not in first
            desk_.shop.clock.move(timedelta(minutes=31))
            await desk_.until(lambda: len(desk_.cards()) == 2, "that nobody called")
            assert "まだ済みになっていません" in desk_.cards()[1]["text"]
            desk_.shop.clock.move(timedelta(hours=2))
            await desk_.worked_off()
            assert len(desk_.cards()) == 2
            assert desk_.slack.refused == []

    journey()


def _written(desk_: StaffDesk) -> int:
    return int(desk_.shop.one("SELECT count(*) FROM worklist WHERE kind = 'desk.digest'"))


def _told(desk_: StaffDesk) -> int:
    return int(
        desk_.shop.one(
            "SELECT count(*) FROM worklist WHERE kind = 'desk.digest' AND state = 'done'"
        )
    )


def test_whoever_receives_a_customer_is_told_by_name_what_the_customer_does(
    database_url: str, tmp_path: Path
) -> None:
    """Booked in the chat by somebody nobody waits for: there is no thread, and they hear of it."""

    @in_loop
    async def journey() -> None:
        async with open_desk(database_url, tmp_path) as desk_:
            takahashi = await desk_.employs("高橋")
            misaki = desk_.shop.line.add_user()
            await desk_.shop.is_customer(misaki, number="C-1")
            await desk_.shop.says(misaki, "明日の15時に来店予約をお願いします")
            await desk_.shop.says(misaki, "はい")
            await desk_.until(lambda: len(desk_.cards()) == 1, "the post")
            (told,) = desk_.cards()
            assert f"<@{takahashi}>" in told["text"]
            assert "11月25日(水) 15:00" in told["text"] and "佐藤様" in told["text"]
            assert "担当が決まっていません" in told["text"]  # this shop keeps no shifts
            assert "/console/appointments?day=2026-11-25" in json.dumps(told)
            assert misaki not in json.dumps(told)

            row = desk_.shop.one("SELECT id FROM appointment")
            who = StaffId(desk_.shop.one("SELECT id FROM staff WHERE name = '高橋'"))
            now, boss = desk_.shop.clock(), Actor("boss", Role.MANAGER)
            await desk_.shop.shop.units.write(
                lambda db: attending.give(db, row, who, boss, was=None, now=now)
            )
            await desk_.until(lambda: len(desk_.cards()) == 2, "the post that it is theirs")
            await desk_.shop.says(misaki, "予約を取り消したい")
            await desk_.shop.says(misaki, "はい")
            # Beside it the talk itself became one to look at: a post of its own.
            await desk_.until(lambda: len(_booked(desk_)) == 3, "the post that it is off")
            assert f"<@{takahashi}>" in _booked(desk_)[-1]
            assert "取り消されました" in _booked(desk_)[-1]
            assert desk_.slack.refused == []

    journey()


def _booked(desk_: StaffDesk) -> list[str]:
    """What the channel was told of appointments."""
    return [each["text"] for each in desk_.cards() if "📅" in each["text"]]
