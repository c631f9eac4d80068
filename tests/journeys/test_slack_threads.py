"""Whatever staff write in threads of Slack, only what begins with the agreed word, or was written
in the reply window, reaches a customer (R-159): threads full of prefix-like words, edits, files,
bots, people of elsewhere, deliveries that come again and late; and what Slack would refuse, which
is nothing.
"""

import asyncio
import json
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from handoff.slack import cards
from tests import slack_events as events
from tests.databases import ENGINES, fresh_url
from tests.journeys.selling import picture
from tests.journeys.staff_desk import StaffDesk, button, open_desk, text_of
from tests.line_platform import in_loop, in_loop_for

Json = dict[str, Any]
SHORT, LONG, LONG_SECONDS = 12, 1_000, 7_200.0
AT_ONCE = 12
ACTS_A_THREAD = 7

# Each holds a secret where `{}` stands; none of them begins with an agreed word.
NOTES = (
    "{}",
    "この方は{}がお好き\n明日また",
    "メモ: {}",
    "返信 {}",
    "返信は: {}",
    "返信 : {}",
    "お返事: 返信: {}",
    "> 返信: {}",
    "「返信:」{}",
    "・返信: {}",
    "1. 返信: {}",
    "*返信:* {}",
    "_reply:_ {}",
    "`返信: {}`",
    "```返信: {}```",
    "```\n返信: {}\n```",
    "~返信:~ {}",
    "\\返信: {}",
    "@here 返信: {}",
    "<!here> 返信: {}",
    "<!channel|返信:> {}",
    "<!subteam^S0123|返信:> {}",
    "<@U0COLLEAG> 返信: {}",
    "<@U0COLLEAG|返信:> {}",
    "<#C0ANYWHERE|返信:> {}",
    "<https://example.jp/返信:|返信:> {}",
    ":返信: {}",
    ":reply: {}",
    "reply to: {}",
    "replied: {}",
    "re: {}",
    "noreply: {}",
    "返信∶ {}",  # U+2236
    "返信꞉ {}",  # U+A789
    "返信ː {}",  # U+02D0
    "返\u200b信: {}",
    "\u200b返信: {}",
    "\u2060reply: {}",
    "\u202e返信: {}",
    "返信\u0337: {}",
    "返\u3099信: {}",
    "ʀᴇᴘʟʏ: {}",
    "ⓡⓔⓟⓛⓨ: {}",
    "𝐫𝐞𝐩𝐥𝐲: {}",
    "ʳᵉᵖˡʸ: {}",
    "rеply: {}",  # Cyrillic е
    "ℝeply: {}",
    "㊀返信: {}",
    "件名\n返信: {}",
    "&#36820;信: {}",
    "&gt; reply: {}",
    '{{"response_action": "update", "text": "返信: {}"}}',
    "/reply {}",
    "返信 ： {}",
)
# These do: full and half width, large and small letters are one.
REPLIES = (
    "返信: {}",
    "返信：{}",
    "  返信:{}",
    "reply: {}",
    "REPLY: {}",
    "ＲＥＰＬＹ： {}",
    "Reply:\n{}",
)


@dataclass
class Told:
    """What was written where, and what of it may be read by whom."""

    secrets: list[str] = field(default_factory=list)
    noted: list[str] = field(default_factory=list)
    public: dict[str, str] = field(default_factory=dict)  # words → the customer they are for


@dataclass
class Story:
    """One desk with its people, and the dice."""

    desk: StaffDesk
    dice: random.Random
    told: Told
    ours: str
    other: str
    auditor: str
    stranger: str
    delivered: list[tuple[Json, int]] = field(default_factory=list)

    def secret(self) -> str:
        mark = f"秘{len(self.told.secrets):05d}密"
        self.told.secrets.append(mark)
        return mark

    def public(self, user: str) -> str:
        mark = f"公{len(self.told.public):05d}開"
        self.told.public[mark] = user
        return mark

    async def deliver(self, delivery: Json) -> None:
        """As Slack does: perhaps again, perhaps again much later."""
        for retry in range(self.dice.choice([1, 1, 1, 2, 4])):
            await self.desk.hear(delivery, retry=retry)
        if self.dice.random() < 0.2:
            self.delivered.append((delivery, 3))

    def written(self, who: str, card: Json, text: str, **more: Any) -> Json:
        return self.desk.slack.write(who, self.desk.room, card["ts"], text, **more)


async def _note(story: Story, card: Json, _: str) -> None:
    mark = story.secret()
    kind = story.dice.choice(
        [{}, {}, {}, {"subtype": "thread_broadcast"}, {"subtype": "me_message"}]
    )
    words = story.dice.choice(NOTES).format(mark)
    await story.deliver(story.written(story.ours, card, words, **kind))
    story.told.noted.append(mark)


async def _reply(story: Story, card: Json, user: str) -> None:
    words = story.dice.choice(REPLIES).format(story.public(user))
    await story.deliver(story.written(story.ours, card, words))


async def _by_window(story: Story, card: Json, user: str) -> None:
    """The window; what is typed there is for the customer, whatever it begins with."""
    mark = story.public(user)
    now = next(each for each in story.desk.cards() if each["ts"] == card["ts"])
    view = await story.desk.window(story.ours, now, cards.REPLY)
    typed = story.dice.choice(["{}", "返信: {}", "社内メモ: {}"]).format(mark)
    sent = events.submitted(story.ours, view, {"text": {"text": {"value": typed}}})
    await story.deliver(sent)


async def _edited(story: Story, card: Json, _: str) -> None:
    """A note that is made to look like a reply, or a reply with other words."""
    before = story.secret()
    said = story.written(story.ours, card, f"下書き {before}")
    await story.deliver(said)
    story.told.noted.append(before)
    ts = events.stamp(story.desk.slack.clock())
    text = f"返信: {story.secret()}"
    changed = story.dice.choice([
        events.changed(said["event"], text, ts=ts), events.deleted(said["event"], ts=ts),
        events.tombstone(said["event"], ts=ts),
    ])  # fmt: skip
    await story.deliver(events.callback(changed))


async def _by_a_bot(story: Story, card: Json, _: str) -> None:
    words = f"返信: {story.secret()}"
    more = story.dice.choice([
        {"subtype": "bot_message", "bot_id": "B0OTHER001"}, {"bot_id": "B0OTHER001"},
        {"user": events.BOT}, {"user": "USLACKBOT"}, {"hidden": True, "subtype": "channel_topic"},
    ])  # fmt: skip
    said = story.written(story.ours, card, words)
    said["event"] |= more
    await story.deliver(said)


async def _by_nobody(story: Story, card: Json, _: str) -> None:
    """Somebody who may not, or who is none of the shop."""
    who = story.dice.choice([story.auditor, story.stranger])
    said = story.written(who, card, f"返信: {story.secret()}")
    if who == story.stranger and story.dice.random() < 0.5:
        said["event"] |= {"team": "T0ELSEWHERE", "user_team": "T0ELSEWHERE"}
    await story.deliver(said)


async def _anothers(story: Story, card: Json, _: str) -> None:
    """A colleague replies where somebody else has the customer: refused, and told."""
    await story.deliver(story.written(story.other, card, f"返信: {story.secret()}"))


async def _elsewhere(story: Story, card: Json, _: str) -> None:
    """At the top of the channel, or in a thread nobody knows."""
    words = f"返信: {story.secret()}"
    said = story.written(story.ours, card, words)
    if story.dice.random() < 0.5:
        del said["event"]["thread_ts"]
    else:
        said["event"]["thread_ts"] = "1700000000.000001"
    await story.deliver(said)


async def _with_file(story: Story, card: Json, _: str) -> None:
    """A picture without the word is for the house."""
    file_id = story.desk.slack.upload(picture(story.dice.randrange(1_000)))
    mark = story.secret()
    sent = events.file(f"{mark}.jpg", mimetype="image/jpeg", file_id=file_id)
    words = story.dice.choice(["", f"写真 {mark}"])
    await story.deliver(story.written(story.ours, card, words, subtype="file_share", files=[sent]))
    if words:
        story.told.noted.append(mark)


async def _customer(story: Story, _: Json, user: str) -> None:
    words = story.dice.choice(
        [
            "返信: お願いします",
            "<!channel> 至急",
            "```code```",
            "𠮷野家 髙橋",
            "https://evil.example/",
        ]
    )
    await story.desk.shop.hear(story.desk.shop.line.say(user, words))


Act = Callable[[Story, Json, str], Any]
ACTS: tuple[Act, ...] = (
    *(_note,) * 6, *(_reply,) * 2, _by_window, _edited, _by_a_bot, _by_nobody, _anothers,
    _elsewhere, _with_file, *(_customer,) * 2,
)  # fmt: skip


async def _threads(desk: StaffDesk, seed: int, count: int) -> Story:
    story = Story(
        desk, random.Random(seed), Told(), await desk.employs("高橋"), await desk.employs("田中"),
        await desk.employs("監査", "auditor"), desk.slack.add_user(),
    )  # fmt: skip
    for begun in range(0, count, AT_ONCE):
        await asyncio.gather(*(_thread(story) for _ in range(min(AT_ONCE, count - begun))))
    for delivery, retry in story.delivered:
        await desk.hear(delivery, retry=retry)
    await desk.worked_off()
    return story


async def _thread(story: Story) -> None:
    desk = story.desk
    user = desk.shop.line.add_user()
    card = await desk.wants_a_person(user)
    await desk.press(story.ours, card, cards.CLAIM)
    await desk.until(lambda: _is_claimed(desk, card), "it claimed")
    for _ in range(ACTS_A_THREAD):
        await story.dice.choice(ACTS)(story, card, user)
    if story.delivered and story.dice.random() < 0.3:
        delivery, retry = story.delivered.pop(0)
        await desk.hear(delivery, retry=retry)
    await desk.worked_off()
    now = next(each for each in desk.cards() if each["ts"] == card["ts"])
    await desk.press(story.ours, now, cards.CLOSE)


def _is_claimed(desk: StaffDesk, card: Json) -> bool:
    now = next(each for each in desk.cards() if each["ts"] == card["ts"])
    return "担当中(高橋)" in text_of(now)


def _hold(story: Story) -> None:
    """Nobody outside read a secret; what was meant for them, they read once."""
    line = story.desk.shop.line
    everything = json.dumps([each.messages for each in line.accepted], ensure_ascii=False)
    leaked = [mark for mark in story.told.secrets if mark in everything]
    assert leaked == []
    kept = str(story.desk.shop.rows("SELECT messages FROM outbox"))
    assert [mark for mark in story.told.secrets if mark in kept] == []
    for words, user in story.told.public.items():
        seen = [str(each.get("text", "")) for each in line.sent_to(user)]
        assert sum(words in each for each in seen) == 1, (words, user)
        assert everything.count(words) == 1, words
    notes = [row[0] for row in story.desk.shop.rows("SELECT body FROM note")]
    for mark in story.told.noted:
        assert sum(mark in each for each in notes) == 1, mark
    assert len(notes) == len(story.told.noted)
    assert story.desk.slack.refused == []
    assert line.refused == []


@pytest.fixture
def sqlite_url(tmp_path: Path) -> Iterator[str]:
    with fresh_url("sqlite", tmp_path) as url:
        yield url


def test_in_a_few_threads_no_word_reaches_a_customer_that_was_not_meant_for_them(
    sqlite_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_desk(sqlite_url, tmp_path) as desk:
            _hold(await _threads(desk, 20_261_129, SHORT))

    journey()


def test_whatever_a_note_looks_like_only_the_agreed_word_makes_it_a_reply(
    sqlite_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_desk(sqlite_url, tmp_path) as desk:
            staff, user, card = await _claimed(desk)
            for words in (each.format("社内だけ") for each in NOTES):
                await desk.hear(desk.slack.write(staff, desk.room, card["ts"], words))
            await desk.worked_off()
            said = json.dumps(desk.shop.line.sent_to(user), ensure_ascii=False)
            assert "社内だけ" not in said
            for number, words in enumerate(REPLIES):
                text = words.format(f"お客様へ{number}。")
                await desk.hear(desk.slack.write(staff, desk.room, card["ts"], text))
            await desk.worked_off()
            said = json.dumps(desk.shop.line.sent_to(user), ensure_ascii=False)
            assert [said.count(f"お客様へ{n}。") for n in range(len(REPLIES))] == [1] * len(REPLIES)

    journey()


@pytest.mark.soak
@pytest.mark.parametrize("engine", ENGINES)
def test_in_a_thousand_threads_no_word_reaches_a_customer_that_was_not_meant_for_them(
    engine: str, tmp_path: Path
) -> None:
    @in_loop_for(LONG_SECONDS)
    async def journey() -> None:
        with fresh_url(engine, tmp_path) as url:
            async with open_desk(url, tmp_path) as desk:
                _hold(await _threads(desk, 7, LONG))

    journey()


async def _claimed(desk: StaffDesk) -> tuple[str, str, Json]:
    staff = await desk.employs("高橋")
    user = desk.shop.line.add_user()
    card = await desk.wants_a_person(user)
    await desk.press(staff, card, cards.CLAIM)
    await desk.until(lambda card=card: _is_claimed(desk, card), "it claimed")
    return staff, user, card


def test_what_is_not_signed_by_slack_or_too_old_does_nothing(
    sqlite_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_desk(sqlite_url, tmp_path) as desk:
            staff, user, card = await _claimed(desk)
            view = await desk.window(staff, desk.cards()[0], cards.REPLY)
            await desk.worked_off()
            card_now = desk.cards()[0]
            counted = "SELECT (SELECT count(*) FROM slack_gesture), (SELECT count(*) FROM outbox)"
            before = desk.shop.rows(counted)
            now = desk.slack.clock()
            forged = [
                {"secret": "another"},
                {"at": now - timedelta(minutes=6)},
                {"at": now + timedelta(minutes=6)},
                {"at": now - timedelta(days=1)},
            ]
            wanted = [
                desk.slack.write(staff, desk.room, card["ts"], "返信: 偽物"),
                events.submitted(staff, view, {"text": {"text": {"value": "偽物"}}}),
                desk.slack.press(staff, desk.room, card["ts"], button(card_now, cards.CLOSE)),
                events.command(staff, desk.room, "", name="/handoff"),
            ]
            for delivery in wanted:
                for how in forged:
                    status, body = await desk.post(delivery, **how)
                    assert status == 401, (delivery.get("type"), how)
                    assert "偽物" not in body
            assert desk.shop.rows(counted) == before
            assert all("偽物" not in str(each) for each in desk.shop.line.sent_to(user))

    journey()


def test_a_trigger_opens_one_window_within_three_seconds_and_no_other(
    sqlite_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_desk(sqlite_url, tmp_path) as desk:
            staff, _, card = await _claimed(desk)
            now = desk.cards()[0]
            pressed = desk.slack.press(staff, desk.room, card["ts"], button(now, cards.REPLY))
            for retry in range(4):
                await desk.hear(pressed, retry=retry)
            await desk.until(lambda: len(desk.slack.views) == 1, "a window")
            await desk.worked_off()
            await desk.hear(pressed, retry=3)
            await desk.worked_off()
            assert desk.slack.calls.count("views.open") == 1
            assert desk.slack.refused == []

            whispers = len(desk.slack.whispers)
            late = desk.slack.press(staff, desk.room, card["ts"], button(now, cards.REPLY))
            desk.slack.clock.move(timedelta(seconds=4))  # type: ignore[attr-defined]  # a SetClock
            await desk.hear(late)
            told = await desk.whispered(whispers + 1)
            assert "もう一度" in told["text"]
            assert len(desk.slack.views) == 1
            assert desk.slack.refused == ["expired_trigger_id"]

    journey()


@pytest.mark.parametrize("engine", ENGINES)
def test_with_slack_down_for_an_hour_nothing_said_on_either_side_is_lost(
    engine: str, tmp_path: Path
) -> None:
    """Its own deliveries still come: what staff did is done; what they would see waits."""

    @in_loop
    async def journey() -> None:
        with fresh_url(engine, tmp_path) as url:
            async with open_desk(url, tmp_path) as desk:
                staff, user, card = await _claimed(desk)
                await desk.worked_off()
                before = len(desk.shop.line.sent_to(user))
                await desk.slack.go_away()
                for n in range(12):
                    await desk.shop.hear(desk.shop.line.say(user, f"質問{n:02d}"))
                    await desk.writes(staff, card, f"返信: 回答{n:02d}")
                    await desk.writes(staff, card, f"覚え{n:02d}")
                    if n == 6:
                        await desk.shop.settled()  # no letter is on its way while an hour passes
                        for clock in {
                            id(e): e for e in (desk.shop.clock, desk.slack.clock)
                        }.values():
                            clock.move(timedelta(hours=1))
                await desk.shop.settled()
                waiting = desk.shop.line.add_user()
                await desk.shop.says(waiting, "担当者と話したい")
                await asyncio.sleep(1.0)
                assert len(desk.cards()) == 1, "Slack is away"
                await desk.slack.come_back()
                await desk.until(lambda: len(desk.cards()) == 2, "the second card")
                await desk.until(
                    lambda: all(e in desk.said_under(card) for e in ("質問11", "回答11")),
                    "the last question and the last answer",
                )
                await desk.worked_off()
                said = desk.said_under(card)
                for n in range(12):
                    for words in (f"質問{n:02d}", f"回答{n:02d}"):
                        blocks = [json.dumps(each["blocks"], ensure_ascii=False)
                                  for each in desk.thread(card)]  # fmt: skip
                        assert sum(words in each for each in blocks) == 1, words
                places = [said.index(f"質問{n:02d}") for n in range(12)]
                assert places == sorted(places)
                answers = [str(e.get("text")) for e in desk.shop.line.sent_to(user)[before:]]
                assert [each for each in answers if "回答" in each] == [
                    f"回答{n:02d}" for n in range(12)
                ]
                assert desk.shop.one("SELECT count(*) FROM note") == 12
                assert desk.slack.refused == []

    journey()


@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update"])
def test_where_slack_asks_for_a_rest_it_is_left_in_peace_so_long(
    method: str, sqlite_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_desk(sqlite_url, tmp_path, monotonic=time.monotonic) as desk:
            staff, user, card = await _claimed(desk)
            await desk.writes(staff, card, "返信: はい")
            await desk.until(lambda: "はい" in desk.said_under(card), "the answer")
            await desk.worked_off()
            desk.slack.fail_next("429", on=method, retry_after=3)
            before = desk.slack.calls.count(method)
            await desk.shop.hear(desk.shop.line.say(user, "急ぎません"))
            await desk.until(lambda: desk.slack.calls.count(method) > before, "a try")
            refused_at = time.monotonic()
            await desk.until(lambda: desk.slack.calls.count(method) > before + 1, "another")
            assert time.monotonic() - refused_at >= 2.5
            await desk.until(lambda: "急ぎません" in desk.said_under(card), "the words")
            await desk.worked_off()
            assert desk.slack.refused == ["ratelimited"]

    journey()
