"""Visits, stores, call backs (R-042, R-043, R-065, R-143, R-144, R-150)."""

import json
import re
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from catalog.customers import actions as customers
from catalog.ground import policy
from catalog.ground.calendar import TOKYO
from catalog.items.places.terms import StoreTerms
from handoff.appointments.tables import Appointment
from tests import line_events
from tests.journeys.test_condition_films import buttons
from tests.line_platform import in_loop
from tests.scripted import Scripted
from tests.shop import RunningShop, item, open_shop

AFTERNOON = datetime(2026, 11, 22, 4, 50, tzinfo=UTC)  # Sunday, 13:50 in Tokyo
STORES = [
    {
        "name": {"ja": "銀座店", "en": "Ginza"},
        "address": {"ja": "東京都中央区銀座4-1-1"},
        "latitude": 35.6717,
        "longitude": 139.7650,
        "phone": "03-0000-0001",
        "parking": {"ja": "地下に3台"},
    },
    {
        "name": {"ja": "新宿店", "en": "Shinjuku"},
        "address": {"ja": "東京都新宿区新宿3-1-1"},
        "latitude": 35.6909,
        "longitude": 139.7046,
    },
]
SCRIPT = {
    "明日15時に銀座店へ行きたい": (
        "store.book",
        {"date": date(2026, 11, 23), "time": time(15), "visit": "store", "store": "銀座店"},
    ),
    "ビデオ通話で相談したい": ("store.book", {"visit": "video_call"}),
    "明日": ("store.book", {"date": date(2026, 11, 23)}),
    "23時": ("store.book", {"time": time(23)}),
    "16時": ("store.book", {"time": time(16)}),
    "予約をキャンセルしたい": ("store.book", {"action": "cancel"}),
    "来店の日時を変更したい": ("store.book", {"action": "change"}),
    "昨日行きたい": ("store.book", {"date": date(2026, 11, 21)}),
    "今から行きたい": ("store.book", {"asap": True, "visit": "store"}),
    "電話で話したい": ("human.request", {"channel": "phone"}),
    "090-1234-5678": ("human.request", {"phone": "+819012345678"}),
    "駐車場はありますか": ("store.nearest", {}),
}


def told(messages: Any) -> str:
    return json.dumps(messages, ensure_ascii=False)


async def _stores(shop: RunningShop) -> None:
    now = shop.clock()
    await shop.shop.units.write(
        lambda db: policy.amend(
            db, {"shop.stores": STORES}, known=(StoreTerms,), by="test", now=now
        )
    )


def _tasks(shop: RunningShop, name: str) -> list[dict[str, Any]]:
    rows = shop.rows("SELECT facts, state FROM worklist WHERE kind = 'task' ORDER BY id")
    found = [
        {**(json.loads(facts) if isinstance(facts, str) else facts), "state": state}
        for facts, state in rows
    ]
    return [each for each in found if each["task"] == name]


def _appointments(shop: RunningShop) -> list[tuple[str, str, str]]:
    """Kind, Tokyo time and state of each, the oldest first."""

    def unit(db: Any) -> list[tuple[str, str, str]]:
        rows = db.exec(select(Appointment).order_by(col(Appointment.id)))
        return [(row.kind, f"{row.starts_at.astimezone(TOKYO):%H:%M}", row.state) for row in rows]

    return shop.shop.database.read(unit)


def test_a_visit_is_held_booked_once_and_called_off(database_url: str, tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(
            database_url, tmp_path, at=AFTERNOON, understanding=Scripted(SCRIPT)
        ) as shop:
            await _stores(shop)
            user = shop.line.add_user()
            (asked,) = await shop.says(user, "明日15時に銀座店へ行きたい")
            assert "11月23日(月) 15:00" in asked["text"]
            assert "銀座店" in asked["text"]
            assert "15分間" in asked["text"]
            assert _appointments(shop) == [("store", "15:00", "held")]
            yes = buttons(asked)[0]
            (done,) = await shop.taps(user, yes)
            assert "ご予約を承りました" in done["text"]
            (again,) = await shop.taps(user, yes)
            assert again["text"] == done["text"]
            assert _appointments(shop) == [("store", "15:00", "booked")]
            (task,) = _tasks(shop, "appointment_unassigned")
            assert task["at"] == "2026-11-23T06:00:00+00:00"
            (sure,) = await shop.says(user, "予約をキャンセルしたい")
            assert "11月23日(月) 15:00" in sure["text"]
            (off,) = await shop.says(user, "はい")
            assert "取りやめました" in off["text"]
            assert _appointments(shop) == [("store", "15:00", "cancelled")]
            (none,) = await shop.says(user, "予約をキャンセルしたい")
            assert "ございません" in none["text"]
            assert shop.line.refused == []

    journey()


def test_what_is_missing_is_asked_for_and_hours_hold(database_url: str, tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(
            database_url, tmp_path, at=AFTERNOON, understanding=Scripted(SCRIPT)
        ) as shop:
            user = shop.line.add_user()
            (day,) = await shop.says(user, "ビデオ通話で相談したい")
            assert "ご希望日" in day["text"]
            (hour,) = await shop.says(user, "明日")
            assert "11月23日(月)" in hour["text"]
            (again,) = await shop.says(user, "23時")
            assert "営業時間内" in again["text"]
            (sure,) = await shop.says(user, "16時")
            assert "11月23日(月) 16:00、ビデオ通話" in sure["text"]
            await shop.says(user, "はい")
            assert _appointments(shop) == [("video_call", "16:00", "booked")]
            (past,) = await shop.says(user, "昨日行きたい")
            assert "過ぎて" in past["text"]
            assert shop.line.refused == []

    journey()


def test_another_time_replaces_the_first(tmp_path: Path, database_url: str) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(
            database_url, tmp_path, at=AFTERNOON, understanding=Scripted(SCRIPT)
        ) as shop:
            user = shop.line.add_user()
            (asked,) = await shop.says(user, "明日15時に銀座店へ行きたい")
            await shop.taps(user, buttons(asked)[0])
            await shop.says(user, "来店の日時を変更したい")
            await shop.says(user, "明日")
            (sure,) = await shop.says(user, "16時")
            assert "16:00" in sure["text"]
            await shop.taps(user, buttons(sure)[0])
            assert _appointments(shop) == [
                ("store", "15:00", "moved"), ("store", "16:00", "booked"),
            ]  # fmt: skip

    journey()


def test_now_means_the_next_time_somebody_is_free(tmp_path: Path, database_url: str) -> None:
    @in_loop
    async def journey() -> None:
        night = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)  # 03:00
        async with open_shop(
            database_url, tmp_path, at=night, understanding=Scripted(SCRIPT)
        ) as shop:
            user = shop.line.add_user()
            (sure,) = await shop.says(user, "今から行きたい")
            assert "11月22日(日) 10:30" in sure["text"]

    journey()


def test_stores_are_told_and_a_place_brings_the_nearest(tmp_path: Path, database_url: str) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(
            database_url, tmp_path, at=AFTERNOON, understanding=Scripted(SCRIPT)
        ) as shop:
            user = shop.line.add_user()
            (bare,) = await shop.says(user, "駐車場はありますか")
            assert "10:30〜19:00" in bare["text"]
            await _stores(shop)
            cards, _ = await shop.says(user, "駐車場はありますか")
            assert "地下に3台" in told(cards)
            before = len(shop.line.sent_to(user))
            await shop.hear(
                line_events.location_event(
                    user,
                    latitude=35.6896,
                    longitude=139.7006,
                    reply_token=shop.line.issue_reply_token(user),
                    at=shop.clock(),
                )
            )
            messages = (await shop.told(user, before + 2))[before:]
            shown = told(messages[0])
            assert shown.index("新宿店") < shown.index("銀座店")
            assert re.search("約[1-9]\\d\\dm", shown)
            assert shop.line.refused == []

    journey()


def test_a_call_back_repeats_only_the_last_digits(tmp_path: Path, database_url: str) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(
            database_url, tmp_path, at=AFTERNOON, understanding=Scripted(SCRIPT)
        ) as shop:
            user = shop.line.add_user()
            (ask,) = await shop.says(user, "電話で話したい")
            assert "番号" in ask["text"]
            (sure,) = await shop.says(user, "090-1234-5678")
            assert "****5678" in sure["text"]
            assert "1234" not in sure["text"]
            (done,) = await shop.says(user, "はい")
            assert "本日 14:05まで" in done["text"]
            (task,) = _tasks(shop, "call_back")
            assert task["phone"] == "+819012345678"
            rung = "SELECT count(*) FROM worklist WHERE kind = 'desk.task'"
            assert shop.one(rung) == 2  # at once, and when its time comes
            known = shop.line.add_user()
            customer = await shop.is_customer(known, number="C-1")
            now = shop.clock()
            await shop.shop.units.write(
                lambda db: customers.amend(
                    db, customer, customers.Particulars(phone="03-1111-2222", adviser="田中"),
                    by="test", now=now,
                )
            )  # fmt: skip
            (sure,) = await shop.says(known, "電話で話したい")
            assert "****2222" in sure["text"]
            (named,) = await shop.says(known, "担当者と話したい")
            assert "田中" in named["text"]
            assert shop.line.refused == []

    journey()


def test_who_is_not_understood_twice_gets_a_person(tmp_path: Path, database_url: str) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(
            database_url, tmp_path, at=AFTERNOON, understanding=Scripted({"ぬるぽ": ("oos", {})})
        ) as shop:
            user = shop.line.add_user()
            (first,) = await shop.says(user, "ぬるぽ")
            assert "担当者にお伝え" not in told(first)
            before = len(shop.line.sent_to(user))
            await shop.hear(shop.line.say(user, "ぬるぽ"))
            second = (await shop.told(user, before + 2))[before:]
            assert "本日 14:05までにお返事いたします" in told(second)
            assert shop.one("SELECT reason FROM ticket") == "doubt"

    journey()


def test_a_wish_about_a_dear_piece_is_told_to_staff_once(tmp_path: Path, database_url: str) -> None:
    @in_loop
    async def journey() -> None:
        script = {"W-10234はいくら": ("item.price", {"sku": ["W-10234"]})}
        async with open_shop(
            database_url, tmp_path, at=AFTERNOON, understanding=Scripted(script)
        ) as shop:
            await shop.stock(item("W-10234", price="6800000"))
            user = shop.line.add_user()
            for _ in range(2):
                await shop.says(user, "W-10234はいくら")
            (task,) = _tasks(shop, "look_at")
            assert (task["why"], task["intent"]) == ("value", "item.price")

    journey()
