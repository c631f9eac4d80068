"""Staff answer customers from Slack (R-150 to R-159): claimed, answered, noted, put aside, ended;
with Slack in trouble, people in the wrong role, and deliveries that come twice.
"""

import asyncio
import json
import random
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from bot.slack.door import GESTURE
from bot.workers.slack import TRIGGER_LIVES
from catalog.credit import actions as credit
from catalog.credit.terms import Origin
from catalog.duties.actors import Actor, Role
from catalog.ground import worklist
from catalog.ground.money import Yen
from catalog.ground.record import TicketId
from catalog.ground.session.database import insert_once
from conversations.flows import forgetting
from handoff.desk import actions as tickets
from handoff.slack import cards
from handoff.slack.tables import SlackGesture
from tests import line_events
from tests import slack_events as events
from tests.journeys.selling import picture
from tests.journeys.staff_desk import StaffDesk, acts, button, open_desk, text_of
from tests.line_platform import in_loop
from tests.shop import film_file, item

Json = dict[str, Any]


@pytest.fixture
def sqlite_url(tmp_path: Path) -> Iterator[str]:
    from tests.databases import fresh_url

    with fresh_url("sqlite", tmp_path) as url:
        yield url


async def claimed(desk: StaffDesk, name: str = "高橋") -> tuple[str, str, Json]:
    """A customer waited, and somebody has them: who, the customer, the card."""
    staff = await desk.employs(name)
    misaki = desk.shop.line.add_user()
    await desk.shop.is_customer(misaki, number="C-1")
    card = await desk.wants_a_person(misaki)
    await desk.press(staff, card, cards.CLAIM)
    await desk.until(lambda: f"担当中({name})" in text_of(desk.cards()[0]), "the card to tell so")
    return staff, misaki, card


def not_sent(desk: StaffDesk) -> int:
    """How many replies the shop told the thread it did not send."""
    count = "SELECT count(*) FROM slack_remark WHERE what = 'reply_not_sent'"
    return int(desk.shop.one(count))


def stands_under(desk: StaffDesk, card: Json, words: str) -> bool:
    """Whether these words are in the thread of a card."""
    return words in desk.said_under(card)


def words_to(desk: StaffDesk, user: str) -> list[str]:
    """The texts a customer on LINE has seen."""
    return [str(each.get("text", "")) for each in desk.shop.line.sent_to(user)]


def test_a_customer_who_wants_a_person_is_answered_from_slack(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_desk(database_url, tmp_path) as desk:
            takahashi = await desk.employs("高橋")
            misaki = desk.shop.line.add_user()
            await desk.shop.is_customer(misaki, number="C-1")
            card = await desk.wants_a_person(misaki)
            assert "佐藤様" in text_of(card)
            assert "引き継ぎ待ち" in text_of(card)
            assert "担当者と話したい" in text_of(card)
            assert acts(card) == [cards.CLAIM, cards.REPLY, cards.CONSOLE]
            assert misaki not in json.dumps(card)

            await desk.press(takahashi, card, cards.CLAIM)
            assert "担当になりました" in (await desk.whispered(1))["text"]
            await desk.until(lambda: "担当中(高橋)" in text_of(desk.cards()[0]), "the card")

            assert await desk.replies(takahashi, desk.cards()[0], "お待たせいたしました。") == {}
            await desk.until(
                lambda: words_to(desk, misaki)[-1] == "お待たせいたしました。", "the answer"
            )
            await desk.until(lambda: "お待たせいたしました。" in desk.said_under(card), "it here")
            assert "高橋" in desk.said_under(card)

            await desk.shop.hear(desk.shop.line.say(misaki, "ありがとう <!channel> <@U123>"))
            await desk.until(
                lambda: "&lt;!channel&gt; &lt;@U123&gt;" in desk.said_under(card), "the thanks"
            )
            await desk.press(takahashi, desk.cards()[0], cards.CLOSE)
            await desk.until(lambda: "完了(高橋)" in text_of(desk.cards()[0]), "the end")
            await desk.worked_off()
            assert len(desk.cards()) == 1
            assert desk.slack.refused == []

    journey()


def test_thread_text_is_a_note_and_only_the_agreed_word_sends(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_desk(database_url, tmp_path) as desk:
            takahashi, misaki, card = await claimed(desk)
            before = words_to(desk, misaki)
            await desk.writes(takahashi, card, "この方は値引き交渉が多い")
            await desk.writes(takahashi, card, "お返事: 返信: の書き方を確認")
            await desk.worked_off()
            assert words_to(desk, misaki) == before
            notes = desk.shop.rows("SELECT body, source FROM note ORDER BY id")
            assert [each[0] for each in notes] == [
                "この方は値引き交渉が多い", "お返事: 返信: の書き方を確認",
            ]  # fmt: skip

            for words, seen in (("返信: 承りました", "承りました"), ("ＲＥＰＬＹ： Yes", "Yes")):
                await desk.writes(takahashi, card, words)
                await desk.until(lambda seen=seen: words_to(desk, misaki)[-1] == seen, seen)
            await desk.worked_off()
            assert len(words_to(desk, misaki)) == len(before) + 2
            assert desk.shop.one("SELECT count(*) FROM note") == 2
            assert desk.slack.refused == []

    journey()


def test_replies_written_one_after_the_other_reach_the_customer_in_that_order(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_desk(database_url, tmp_path) as desk:
            takahashi, misaki, card = await claimed(desk)
            before = len(words_to(desk, misaki))
            replies = [f"第{n:02d}のお返事" for n in range(12)]
            for words in replies:
                await desk.writes(takahashi, card, f"返信: {words}")
            await desk.until(lambda: words_to(desk, misaki)[-1] == replies[-1], "the last")
            assert words_to(desk, misaki)[before:] == replies
            assert desk.slack.refused == []

    journey()


def test_of_two_who_claim_at_once_one_has_it_and_the_other_is_told_who(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_desk(database_url, tmp_path) as desk:
            first, second = await desk.employs("高橋"), await desk.employs("田中")
            card = await desk.wants_a_person(desk.shop.line.add_user())
            await asyncio.gather(
                desk.press(first, card, cards.CLAIM), desk.press(second, card, cards.CLAIM)
            )
            await desk.whispered(2)
            told = sorted(each["text"] for each in desk.slack.whispers)
            owner = desk.shop.one("SELECT s.name FROM ticket t JOIN staff s ON s.id = t.owner")
            assert any("担当になりました" in each for each in told)
            assert any(f"{owner}さんが担当中です" in each for each in told)
            assert {each["user"] for each in desk.slack.whispers} == {first, second}
            assert desk.shop.one("SELECT count(*) FROM journal WHERE verb = 'claim'") == 1
            assert desk.slack.refused == []

    journey()


def test_who_is_nobody_of_the_shop_or_has_another_role_is_refused_politely(
    sqlite_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_desk(sqlite_url, tmp_path) as desk:
            stranger, auditor = desk.slack.add_user(), await desk.employs("監査", "auditor")
            misaki = desk.shop.line.add_user()
            card = await desk.wants_a_person(misaki)
            before = words_to(desk, misaki)
            await desk.press(stranger, card, cards.CLAIM)
            assert "スタッフとして登録されていません" in (await desk.whispered(1))["text"]
            await desk.press(auditor, card, cards.CLAIM)
            assert "役割では行えません" in (await desk.whispered(2))["text"]
            await desk.writes(stranger, card, "返信: 無料でどうぞ")
            assert "記録もお客様への送信もしていません" in (await desk.whispered(3))["text"]
            await desk.writes(auditor, card, "メモ")
            await desk.whispered(4)
            outside = desk.slack.press(stranger, desk.room, card["ts"], button(card, cards.CLAIM))
            outside["user"] = {"id": stranger, "username": "u", "team_id": "T0ELSEWHERE"}
            await desk.hear(outside)
            await desk.whispered(5)
            assert desk.shop.one("SELECT state FROM ticket") == "waiting"
            assert desk.shop.one("SELECT count(*) FROM note") == 0
            assert words_to(desk, misaki) == before
            assert desk.slack.refused == []

    journey()


def test_an_answer_to_a_waiting_customer_claims_and_one_to_anothers_is_kept_in_its_window(
    sqlite_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_desk(sqlite_url, tmp_path) as desk:
            first, second = await desk.employs("高橋"), await desk.employs("田中")
            misaki = desk.shop.line.add_user()
            card = await desk.wants_a_person(misaki)
            late = await desk.window(second, card, cards.REPLY)
            assert await desk.replies(first, card, "担当の高橋です") == {}
            await desk.until(lambda: words_to(desk, misaki)[-1] == "担当の高橋です", "the answer")
            told = await desk.sends_off(second, late, text={"value": "田中です"})
            assert told == {
                "response_action": "errors",
                "errors": {"text": "高橋さんが担当中です。"},
            }
            empty = await desk.window(first, desk.cards()[0], cards.REPLY)
            told = await desk.sends_off(first, empty, text={"value": "  "})
            assert "本文を書くか" in told["errors"]["text"]
            await desk.press(second, desk.cards()[0], cards.REPLY)
            assert "高橋さんが担当中" in (await desk.whispered(1))["text"]
            await desk.worked_off()
            assert words_to(desk, misaki)[-1] == "担当の高橋です"
            assert desk.slack.refused == []

    journey()


def test_a_reply_that_did_not_go_stands_in_the_thread_though_slack_was_away(
    database_url: str, tmp_path: Path
) -> None:
    """Whoever wrote it believes it has gone; a word to them alone is lost with the line."""

    @in_loop
    async def journey() -> None:
        async with open_desk(database_url, tmp_path) as desk:
            _, misaki, card = await claimed(desk)
            other = await desk.employs("田中")
            auditor, stranger = await desk.employs("監査", "auditor"), desk.slack.add_user()
            await desk.worked_off()
            before = words_to(desk, misaki)
            await desk.slack.go_away()
            await desk.writes(other, card, "返信: 田中です")
            await desk.writes(other, card, "返信: ")
            await desk.writes(auditor, card, "返信: 監査です")
            await desk.writes(stranger, card, "返信: 新人です")
            await desk.writes(stranger, card, "社内の話です")
            await desk.until(lambda: not_sent(desk) == 4, "four refusals")
            await desk.slack.come_back()
            told = "田中さんの返信は、お客様に送っていません"
            for why in ("高橋さんが担当中です", "本文がありません"):
                await desk.until(partial(stands_under, desk, card, f"{told}({why})"), why)
            told = "監査さんの返信は、お客様に送っていません(お客様へ返信できる役割ではありません)"
            await desk.until(lambda: told in desk.said_under(card), "the role")
            told = "登録されていない方の返信は、お客様に送っていません"
            await desk.until(lambda: told in desk.said_under(card), "the stranger")
            assert stranger not in desk.said_under(card)
            assert words_to(desk, misaki) == before
            assert desk.slack.refused == []

    journey()


def test_a_reply_written_as_its_writer_loses_the_conversation_claims_it_anew(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_desk(database_url, tmp_path) as desk:
            staff, misaki, card = await claimed(desk)
            await desk.worked_off()
            ticket = TicketId(desk.shop.one("SELECT id FROM ticket"))
            owner = Actor(desk.shop.one("SELECT owner FROM ticket"), Role.ADVISER)
            now, locked = desk.shop.clock(), threading.Event()

            def silent_too_long(db: Any) -> None:
                tickets.give_back(
                    db, ticket, actor=owner, promised_at=now + timedelta(hours=1), now=now
                )
                locked.set()
                time.sleep(1.0)  # the reply arrives meanwhile, and finds it theirs still

            giving = asyncio.create_task(desk.shop.shop.units.write(silent_too_long))
            await asyncio.to_thread(locked.wait)
            await desk.writes(staff, card, "返信: いま戻りました")
            await giving
            await desk.worked_off()
            assert words_to(desk, misaki)[-1] == "いま戻りました"
            assert desk.shop.one("SELECT state FROM ticket") == "claimed"
            assert not_sent(desk) == 0
            assert desk.slack.refused == []

    journey()


def test_the_same_delivery_four_times_is_done_once(database_url: str, tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        async with open_desk(database_url, tmp_path) as desk:
            takahashi, misaki, card = await claimed(desk)
            before = words_to(desk, misaki)
            said = desk.slack.write(takahashi, desk.room, card["ts"], "返信: 一度だけ")
            view = await desk.window(takahashi, desk.cards()[0], cards.REPLY)
            sent = events.submitted(takahashi, view, {"text": {"text": {"value": "窓から一度"}}})
            for retry in range(4):
                await desk.hear(said, retry=retry)
                await desk.hear(sent, retry=retry)
            await desk.worked_off()
            assert sorted(words_to(desk, misaki)[len(before) :]) == ["一度だけ", "窓から一度"]
            whispered = len(desk.slack.whispers)
            stranger = desk.slack.add_user()
            pressed = desk.slack.press(
                stranger, desk.room, card["ts"], button(desk.cards()[0], cards.REPLY)
            )
            for retry in range(4):
                await desk.hear(pressed, retry=retry)
            await desk.until(lambda: len(desk.slack.whispers) > whispered, "the stranger told")
            await desk.worked_off()
            assert len(desk.slack.whispers) == whispered + 1
            assert desk.slack.refused == []

    journey()


def test_a_sent_reply_that_is_edited_or_deleted_stays_with_the_customer_and_slack_says_so(
    sqlite_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_desk(sqlite_url, tmp_path) as desk:
            takahashi, misaki, card = await claimed(desk)
            sent = (await desk.writes(takahashi, card, "返信: 10万円です"))["event"]
            noted = (await desk.writes(takahashi, card, "下書き"))["event"]
            await desk.worked_off()
            seen = words_to(desk, misaki)
            ts = events.stamp(desk.slack.clock())
            await desk.hear(events.callback(events.changed(sent, "返信: 12万円です", ts=ts)))
            await desk.until(lambda: "反映されません" in desk.said_under(card), "the remark")
            await desk.hear(events.callback(events.deleted(sent, ts=ts)))
            await desk.hear(events.callback(events.changed(noted, "返信: 書き直し", ts=ts)))
            await desk.until(lambda: desk.said_under(card).count("反映されません") >= 3, "both")
            await desk.worked_off()
            assert words_to(desk, misaki) == seen
            remarks = desk.shop.rows("SELECT what FROM slack_remark WHERE what = 'unchanged'")
            assert len(remarks) == 2
            assert desk.slack.refused == []

    journey()


def test_put_aside_until_an_exact_time_or_the_customers_next_words(
    sqlite_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_desk(sqlite_url, tmp_path) as desk:
            takahashi, misaki, _ = await claimed(desk)
            view = await desk.window(takahashi, desk.cards()[0], cards.SNOOZE)
            told = json.dumps(view, ensure_ascii=False)
            assert "明日 — 2026年11月25日(水) 10:00" in told
            assert "次の月曜日 — 2026年11月30日(月) 10:00" in told

            wrong = await desk.sends_off(
                takahashi, view, until={"selected_option": {"value": "moment"}},
                day={"selected_date": "2026-11-01"}, clock={"selected_time": "10:00"},
            )  # fmt: skip
            assert "90日以内" in wrong["errors"]["day"]
            done = await desk.sends_off(
                takahashi, view, until={"selected_option": {"value": "moment"}},
                day={"selected_date": "2026-11-27"}, clock={"selected_time": "11:30"},
            )  # fmt: skip
            assert done == {}
            await desk.until(
                lambda: "2026年11月27日(金) 11:30" in text_of(desk.cards()[0]), "the time"
            )
            assert cards.WAKE in acts(desk.cards()[0])
            await desk.press(takahashi, desk.cards()[0], cards.WAKE)
            await desk.until(lambda: "担当中" in text_of(desk.cards()[0]), "it taken up")

            view = await desk.window(takahashi, desk.cards()[0], cards.SNOOZE)
            await desk.sends_off(takahashi, view, until={"selected_option": {"value": "reply"}})
            await desk.until(
                lambda: "お客様の返信があるまで" in text_of(desk.cards()[0]), "no time"
            )
            await desk.shop.hear(desk.shop.line.say(misaki, "まだですか"))
            await desk.until(lambda: "担当中" in text_of(desk.cards()[0]), "it woken")
            await desk.worked_off()
            assert desk.slack.refused == []

    journey()


def test_slack_is_down_and_what_was_said_stands_there_afterwards_in_order_and_few_messages(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_desk(database_url, tmp_path, monotonic=time.monotonic) as desk:
            takahashi, misaki, card = await claimed(desk)
            await desk.worked_off()
            before = len(desk.thread(card))
            await desk.slack.go_away()
            for n in range(30):
                await desk.shop.hear(desk.shop.line.say(misaki, f"言葉{n:02d}"))
            await desk.shop.settled()
            # The console is enough: somebody else answers there meanwhile.
            assert desk.shop.one("SELECT count(*) FROM inbox WHERE state = 'done'") >= 30
            await desk.until(
                lambda: desk.shop.one("SELECT max(attempts) FROM slack_thread") > 0, "a try"
            )
            await desk.slack.come_back()
            await desk.until(lambda: "言葉29" in desk.said_under(card), "the last words")
            await desk.worked_off()
            said = desk.said_under(card)
            places = [said.index(f"言葉{n:02d}") for n in range(30)]
            assert places == sorted(places)
            assert len(desk.thread(card)) - before <= 4
            for n in range(30):
                shown = sum(f"言葉{n:02d}" in json.dumps(each["blocks"], ensure_ascii=False)
                            for each in desk.thread(card))  # fmt: skip
                assert shown == 1
            await desk.writes(takahashi, card, "返信: 戻りました")
            await desk.until(lambda: words_to(desk, misaki)[-1] == "戻りました", "the answer")
            assert desk.slack.refused == []

    journey()


@pytest.mark.parametrize("how", ["drop", "reset", "500", "429"])
def test_a_card_and_a_line_whose_answer_was_lost_stand_there_once(
    how: str, sqlite_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_desk(sqlite_url, tmp_path) as desk:
            await desk.employs("高橋")
            misaki = desk.shop.line.add_user()
            desk.slack.fail_next(how, on="chat.postMessage", retry_after=1)
            card = await desk.wants_a_person(misaki)
            await desk.worked_off()
            desk.slack.fail_next(how, on="chat.postMessage", retry_after=1)
            await desk.shop.hear(desk.shop.line.say(misaki, "一度だけ見える"))
            await desk.until(lambda: "一度だけ見える" in desk.said_under(card), "the words")
            await desk.worked_off()
            shown = [each for each in desk.thread(card) if "一度だけ見える" in text_of(each)]
            assert len(desk.cards()) == len(shown) == 1
            assert [each for each in desk.slack.refused if "ratelimited" not in each] == []

    journey()


def test_many_customers_at_once_keep_to_a_message_a_second(sqlite_url: str, tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        async with open_desk(sqlite_url, tmp_path, monotonic=time.monotonic) as desk:
            desk.slack.counts_posts = True
            people = [desk.shop.line.add_user() for _ in range(8)]
            await desk.shop.hear(*(desk.shop.line.say(each, "担当者と話したい") for each in people))
            await desk.until(lambda: len(desk.cards()) == 8, "every card")
            await desk.worked_off()
            assert len(desk.cards()) == 8
            assert desk.slack.refused == []

    journey()


def test_a_window_that_opens_too_late_is_said_to_be_pressed_again(
    sqlite_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_desk(sqlite_url, tmp_path) as desk:
            takahashi, _, card = await claimed(desk)
            pressed = desk.slack.press(
                takahashi, desk.room, card["ts"], button(desk.cards()[0], cards.REPLY)
            )
            desk.slack._triggers[pressed["trigger_id"]] -= timedelta(seconds=4)
            told = len(desk.slack.whispers)
            await desk.hear(pressed)
            assert "もう一度ボタン" in (await desk.whispered(told + 1))["text"]

    journey()


def test_a_press_that_waited_too_long_asks_slack_for_no_window(
    sqlite_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_desk(sqlite_url, tmp_path) as desk:
            takahashi, _, card = await claimed(desk)
            pressed = desk.slack.press(
                takahashi, desk.room, card["ts"], button(desk.cards()[0], cards.REPLY)
            )
            told, seen, now = len(desk.slack.whispers), len(desk.slack.views), desk.shop.clock()
            key = f"press:{pressed['trigger_id']}"
            kept = {"key": key, "body": json.dumps(pressed), "received_at": now - TRIGGER_LIVES}

            def as_after_a_restart(db: Session) -> None:
                insert_once(db, SlackGesture, {**kept, "place": None, "ts": None})
                worklist.add(db, GESTURE, key, key, due_at=now, now=now)

            await desk.shop.shop.units.write(as_after_a_restart)
            assert "もう一度ボタン" in (await desk.whispered(told + 1))["text"]
            assert (len(desk.slack.views), desk.slack.refused) == (seen, [])

    journey()


def test_pictures_and_films_go_both_ways(database_url: str, tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        async with open_desk(database_url, tmp_path) as desk:
            takahashi, misaki, card = await claimed(desk)
            line = desk.shop.line
            seen = picture(1)
            event = line_events.image_event(
                misaki, at=desk.shop.clock(), reply_token=line.issue_reply_token(misaki)
            )
            line.put_content(event["message"]["id"], seen)
            await desk.shop.hear(event)
            await desk.until(
                lambda: any(each.get("files") for each in desk.thread(card)), "the picture"
            )
            (shown,) = [each for each in desk.thread(card) if each.get("files")]
            assert desk.slack.files[shown["files"][0]["id"]].body == seen
            assert "佐藤様から" in shown["text"]

            still = desk.slack.upload(picture(2))
            film = film_file(tmp_path / "answer.mp4").read_bytes()
            clip = desk.slack.upload(film, mimetype="video/mp4", waits=1)
            said = await desk.replies(takahashi, desk.cards()[0], "こちらです", [still, clip])
            assert said == {}
            await desk.until(
                lambda: {"image", "video"} <= {each["type"] for each in line.sent_to(misaki)},
                "both files",
            )
            sent = {each["type"]: each for each in line.sent_to(misaki)}
            for url in (sent["image"]["originalContentUrl"], sent["video"]["originalContentUrl"]):
                assert url.startswith("https://shop.example/m/")
                token = url.rsplit("/", 1)[1]
                async with desk.shop.http.get(f"{desk.shop.url}/m/{token}") as answer:
                    assert answer.status == 200
                    assert len(await answer.read()) > 100
            await desk.until(
                lambda: desk.said_under(card).count("お客様へ送りました") >= 4, "both told"
            )
            # Files beside plain words stay in the house.
            more = desk.slack.upload(picture(3))
            told = len(desk.slack.whispers)
            before = len(line.sent_to(misaki))
            await desk.writes(
                takahashi, card, "社内用", subtype="file_share",
                files=[events.file("a.jpg", mimetype="image/jpeg", file_id=more)],
            )  # fmt: skip
            assert "社内に留めました" in (await desk.whispered(told + 1))["text"]
            await desk.writes(
                takahashi, card, "返信:", subtype="file_share",
                files=[events.file("b.jpg", mimetype="image/jpeg", file_id=more)],
            )  # fmt: skip
            await desk.until(lambda: len(line.sent_to(misaki)) == before + 1, "the third")
            # What is no picture is told so.
            await desk.replies(takahashi, desk.cards()[0], "", [desk.slack.upload(b"no picture")])
            await desk.until(lambda: "送れませんでした" in desk.said_under(card), "the reason")
            assert len(line.sent_to(misaki)) == before + 1
            assert desk.slack.refused == []

    journey()


def test_a_message_taken_back_is_drawn_out_of_the_thread(sqlite_url: str, tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        async with open_desk(sqlite_url, tmp_path) as desk:
            _, misaki, card = await claimed(desk)
            said = desk.shop.line.say(misaki, "口座番号は1234567です")
            await desk.shop.hear(said)
            await desk.until(lambda: "1234567" in desk.said_under(card), "the words")
            await desk.shop.hear(
                line_events.unsend_event(misaki, said["message"]["id"], at=desk.shop.clock())
            )
            await desk.until(lambda: "1234567" not in desk.said_under(card), "them gone")
            assert "取り消されました" in desk.said_under(card)
            await desk.worked_off()
            assert desk.slack.refused == []

    journey()


def test_who_is_forgotten_is_forgotten_on_slack(sqlite_url: str, tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        async with open_desk(sqlite_url, tmp_path) as desk:
            takahashi, misaki, card = await claimed(desk)
            line = desk.shop.line
            event = line_events.image_event(
                misaki, at=desk.shop.clock(), reply_token=line.issue_reply_token(misaki)
            )
            line.put_content(event["message"]["id"], picture(1))
            await desk.shop.hear(event, desk.shop.line.say(misaki, "住所は銀座8丁目です"))
            await desk.writes(takahashi, card, "8丁目の方")
            await desk.until(
                lambda: any(each.get("files") for each in desk.thread(card)), "the picture"
            )
            await desk.until(lambda: "銀座8丁目" in desk.said_under(card), "the words")
            (copy,) = [each["files"][0]["id"] for each in desk.thread(card) if each.get("files")]
            now = desk.shop.clock()
            customer = desk.shop.one("SELECT id FROM customer")
            await desk.shop.shop.units.write(
                lambda db: forgetting.forget_customer(db, customer, by="test", now=now, key="k")
            )
            await desk.until(lambda: "銀座8丁目" not in desk.said_under(card), "the words gone")
            await desk.until(lambda: "佐藤" not in text_of(desk.cards()[0]), "the name gone")
            await desk.until(lambda: copy not in desk.slack.files, "the copy gone")
            assert desk.shop.rows("SELECT DISTINCT body FROM note") == [("",)]
            assert desk.shop.rows(
                "SELECT DISTINCT body FROM slack_gesture WHERE ended_at IS NOT NULL"
            ) == [("",)]

    journey()


def test_the_apps_own_page_lists_my_conversations_and_who_waits(
    sqlite_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_desk(sqlite_url, tmp_path) as desk:
            takahashi, _, _ = await claimed(desk)
            await desk.wants_a_person(desk.shop.line.add_user())
            stranger = desk.slack.add_user()
            for user in (takahashi, stranger):
                await desk.hear(events.came_home(user, at=desk.slack.clock()))
            await desk.until(lambda: len(desk.slack.homes) == 2, "both pages")
            mine = json.dumps(desk.slack.homes[takahashi], ensure_ascii=False)
            assert "自分の担当 1件" in mine
            assert "引き継ぎ待ち 1件" in mine
            assert "お約束の時刻" in mine
            assert "登録されていません" in json.dumps(
                desk.slack.homes[stranger], ensure_ascii=False
            )
            waiting = desk.slack.homes[takahashi]["blocks"][-1]["accessory"]
            await desk.hear(desk.slack.press(takahashi, None, None, waiting))
            await desk.until(
                lambda: "自分の担当 2件" in json.dumps(
                    desk.slack.homes[takahashi], ensure_ascii=False
                ),
                "the page anew",
            )  # fmt: skip
            assert desk.slack.refused == []

    journey()


def test_commands_answer_at_once_and_only_who_may(database_url: str, tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        async with open_desk(database_url, tmp_path) as desk:
            takahashi, remote = await desk.employs("高橋"), await desk.employs("遠藤", "remote")
            misaki = desk.shop.line.add_user()
            customer = await desk.shop.is_customer(misaki, number="C-77")
            now = desk.shop.clock()
            await desk.shop.stock(item("W-10234"))
            await desk.shop.shop.units.write(lambda db: _issue(db, customer, now))
            await desk.wants_a_person(misaki)

            async def asks(user: str, name: str, text: str) -> str:
                told = events.command(user, "C0ELSEWHERE", text, name=name)
                answer = json.loads(await desk.hear(told))
                assert answer["response_type"] == "ephemeral"
                return json.dumps(answer, ensure_ascii=False)

            assert "対応待ち 1件" in await asks(takahashi, "/handoff", "")
            piece = await asks(takahashi, "/item", "ｗ-10234")
            assert "コスモグラフ デイトナ" in piece
            assert "¥1,000,000" in piece
            assert "販売中" in piece
            assert "見つかりませんでした" in await asks(takahashi, "/item", "W-9")
            assert "/item W-10234" in await asks(takahashi, "/item", "")
            held = await asks(takahashi, "/credit", "佐藤様")
            assert "¥30,000" in held
            assert "C-77" in held
            assert "役割では行えません" in await asks(remote, "/credit", "佐藤")
            assert "登録されていません" in await asks(desk.slack.add_user(), "/item", "W-10234")
            await desk.shop.is_customer(desk.shop.line.add_user(), number="C-78")
            several = await asks(takahashi, "/credit", "佐藤")
            assert "C-77" in several
            assert "C-78" in several
            assert "¥" not in several
            assert "¥30,000" in await asks(takahashi, "/credit", "C-77")

    journey()


def _issue(db: Any, customer: Any, now: Any) -> None:
    credit.issue(
        db, customer, Origin.TRADE_IN, Yen(30_000), document=None, channel="test", by="t", now=now,
        key="k",
    )  # fmt: skip


def test_a_button_under_a_commands_answer_works_where_the_bot_is_not(
    sqlite_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_desk(sqlite_url, tmp_path) as desk:
            takahashi = await desk.employs("高橋")
            await desk.wants_a_person(desk.shop.line.add_user())
            elsewhere = desk.slack.add_channel(is_member=False)
            answer = json.loads(
                await desk.hear(events.command(takahashi, elsewhere, "", name="/handoff"))
            )
            pressed = desk.slack.press(takahashi, elsewhere, None, button(answer, cards.CLAIM))
            pressed["container"]["is_ephemeral"] = True
            await desk.hear(pressed)
            await desk.until(lambda: desk.slack.seen_by(takahashi) != [], "a direct message")
            assert "担当になりました" in desk.slack.seen_by(takahashi)[0]["text"]
            assert desk.shop.one("SELECT state FROM ticket") == "claimed"

    journey()


def test_a_ticket_opened_anew_is_told_to_the_channel_under_the_same_card(
    sqlite_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_desk(sqlite_url, tmp_path) as desk:
            takahashi, misaki, card = await claimed(desk)
            await desk.press(takahashi, desk.cards()[0], cards.CLOSE)
            await desk.until(lambda: "完了(高橋)" in text_of(desk.cards()[0]), "the end")
            await desk.worked_off()
            await desk.shop.says(misaki, "営業時間を教えて")
            await desk.worked_off()
            await desk.shop.says(misaki, "やっぱり担当者と話したい")
            await desk.until(
                lambda: any(each.get("reply_broadcast") for each in desk.thread(card)), "a call"
            )
            await desk.until(lambda: "引き継ぎ待ち" in text_of(desk.cards()[0]), "the card")
            assert len(desk.cards()) == 1
            # What the bot said in between is nobody's of the shop.
            assert "営業時間を教えて" not in desk.said_under(card)
            await desk.press(takahashi, desk.cards()[0], cards.CLAIM)
            await desk.until(lambda: "担当中(高橋)" in text_of(desk.cards()[0]), "it claimed")
            assert desk.slack.refused == []

    journey()


def test_no_note_ever_leaves_for_a_customer_or_stands_in_another_thread(
    sqlite_url: str, tmp_path: Path
) -> None:
    """Over both stand-ins: every byte LINE was sent, and every post of Slack's."""

    @in_loop
    async def journey() -> None:
        async with open_desk(sqlite_url, tmp_path) as desk:
            dice = random.Random(7)
            takahashi, misaki, card = await claimed(desk)
            other = await desk.wants_a_person(desk.shop.line.add_user())
            for n in range(25):
                mark = f"秘密{n:03d}号"
                shape = dice.choice(
                    ["{}", "メモ: {}", "> 返信: {}", "「返信:」{}", "<@U0COLLEAG> 返信: {}", "*{}*"]
                )
                await desk.writes(takahashi, card, shape.format(mark))
                if n % 5 == 0:
                    await desk.writes(takahashi, card, f"返信: 公開{n:03d}")
                    await desk.shop.hear(desk.shop.line.say(misaki, f"質問{n:03d}"))
            await desk.until(
                lambda: any("公開020" in each for each in words_to(desk, misaki)), "the answers"
            )
            await desk.worked_off()
            assert "秘密" not in str([each.messages for each in desk.shop.line.accepted])
            assert "秘密" not in desk.said_under(other)
            assert desk.shop.one("SELECT count(*) FROM note") == 25
            assert desk.slack.refused == []

    journey()
