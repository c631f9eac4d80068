"""The time line of a conversation as staff read it, on both databases."""

from datetime import datetime, timedelta

import pytest

from bot.app import READERS
from catalog.duties.actors import Actor, Role
from catalog.ground.session.database import Database
from conversations.flows.flow import tap
from conversations.inbox import queries as inbox
from conversations.inbox.tables import Heard as HeardRow
from conversations.messages import Button, Card, Choices, Clip, Said, SentFile, Sticker, Text
from conversations.outbox import actions as outbox
from handoff.desk import actions as desk
from handoff.desk import notes, transcript
from handoff.desk.actions import Moved
from handoff.desk.entries import Entry, Happened, Happening, Heard, Noted, Page, Wrote
from handoff.desk.transcript import CursorMalformed
from tests import line_events
from tests.handoff.desk.talk import heard, hire, says, talk_of, writes

USER = "U" + "a" * 32
TALK = talk_of(USER)
MINUTE = timedelta(minutes=1)


def read(database: Database, **more: object) -> Page:
    return database.read(lambda db: transcript.of(db, READERS, TALK, **more))  # type: ignore[arg-type]  # as given


def entries(database: Database) -> tuple[Entry, ...]:
    return read(database).entries


def test_everything_of_a_conversation_stands_in_one_line_of_time(
    database: Database, now: datetime
) -> None:
    sato = Actor(database.write(lambda db: hire(db, "佐藤", "adviser", now=now)), Role.ADVISER)
    says(database, USER, "こんにちは", now=now)
    writes(database, USER, [Text("いらっしゃいませ")], now=now + MINUTE)
    taken = database.write(
        lambda db: desk.take_over(db, TALK, sato, lang="ja", now=now + 2 * MINUTE)
    )
    database.write(
        lambda db: notes.add(
            db,
            TALK,
            taken.owner,
            "黒文字盤を希望",
            source="console",
            key="n1",
            now=now + 3 * MINUTE,
        )
    )
    writes(database, USER, [Text("佐藤でございます")], now=now + 4 * MINUTE, by=sato.id)
    database.write(
        lambda db: desk.snooze(
            db, taken.ticket, sato, until=now + timedelta(hours=3), now=now + 5 * MINUTE
        )
    )
    told = entries(database)
    assert [type(each) for each in told] == [
        Heard, Wrote, Happened, Happened, Noted, Wrote, Happened,
    ]  # fmt: skip
    said, bot, came, claimed, note, letter, snoozed = told
    assert isinstance(said, Heard) and said.body == Said(said.body.message_id, "こんにちは")  # type: ignore[union-attr]  # seen above
    assert isinstance(bot, Wrote) and bot.author is None
    assert isinstance(letter, Wrote) and letter.author_name == "佐藤"
    assert letter.letters == (Text("佐藤でございます"),)
    assert isinstance(came, Happened) and came.what is Happening.TAKEN_OVER
    assert isinstance(claimed, Happened) and claimed.owner_name == "佐藤"
    assert isinstance(note, Noted) and note.body == "黒文字盤を希望"
    assert isinstance(snoozed, Happened) and snoozed.until == now + timedelta(hours=3)


def test_each_kind_of_thing_sent_is_told_as_such(database: Database, now: datetime) -> None:
    says(database, USER, "写真です", now=now)
    heard(database, line_events.image_event(USER, at=now + MINUTE), now=now)
    heard(database, line_events.sticker_event(USER, at=now + 2 * MINUTE), now=now)
    bodies = [each.body for each in entries(database) if isinstance(each, Heard)]
    assert [type(each) for each in bodies] == [Said, SentFile, Sticker]


def test_a_pressed_button_is_told_by_what_it_said(database: Database, now: datetime) -> None:
    data = tap("film.show", code="W-10234")
    says(database, USER, "W-10234", now=now)
    card = Card("ロレックス", buttons=(Button("動画を見る", data=data, said="動画を見せて"),))
    writes(database, USER, [card], now=now + MINUTE)
    heard(database, line_events.postback_event(USER, data, at=now + 2 * MINUTE), now=now)
    pressed = entries(database)[-1]
    assert isinstance(pressed, Heard) and pressed.pressed == "動画を見せて"
    page = read(database, limit=1)  # the letter is not on this page
    assert isinstance(page.entries[0], Heard) and page.entries[0].pressed == "動画を見せて"


def test_what_was_taken_back_is_told_as_taken_back_and_its_words_are_gone(
    database: Database, now: datetime
) -> None:
    said = line_events.text_event(USER, "やっぱりやめます", at=now)
    message = said["message"]["id"]
    says(database, USER, "こんにちは", now=now - MINUTE)
    heard(database, said, now=now)
    heard(database, line_events.unsend_event(USER, message, at=now + MINUTE), now=now + MINUTE)
    database.write(
        lambda db: inbox.scrub(db, inbox.of_message(db, TALK, message), now=now + MINUTE)
    )
    first, second = entries(database)
    assert isinstance(first, Heard) and not first.is_taken_back
    assert isinstance(second, Heard) and second.is_taken_back and second.body is None
    assert "やっぱり" not in repr(read(database))


def test_emptied_text_is_told_as_emptied_not_as_taken_back(
    database: Database, now: datetime
) -> None:
    says(database, USER, "こんにちは", now=now)
    writes(database, USER, [Text("いらっしゃいませ")], now=now + MINUTE)
    later = now + timedelta(days=31)
    database.write(lambda db: inbox.scrub(db, [1], now=later))
    database.write(lambda db: outbox.scrub_conversation(db, TALK, reason="old", now=later))
    said, letter = entries(database)
    assert isinstance(said, Heard) and said.body is None and not said.is_taken_back
    assert isinstance(letter, Wrote) and letter.is_emptied and letter.letters == ()


@pytest.mark.parametrize("size", [1, 2, 3, 7, 60])
def test_pages_together_are_the_whole_line_and_nothing_twice(
    database: Database, now: datetime, size: int
) -> None:
    says(database, USER, "一", now=now)
    for n in range(7):  # several in one millisecond
        at = now + timedelta(milliseconds=n // 3)
        heard(database, line_events.text_event(USER, str(n), at=at), now=now)
        writes(database, USER, [Text(str(n))], now=at)
        database.write(
            lambda db, n=n, at=at: notes.add(  # type: ignore[misc]  # bound at once
                db, TALK, "sato", f"{n}", source="console", key=str(n), now=at
            )
        )
    whole = [each.id for each in read(database, limit=200).entries]
    found: list[str] = []
    before = None
    while True:
        page = read(database, limit=size, before=before)
        found = [each.id for each in page.entries] + found
        before = page.before
        if before is None:
            break
    assert found == whole
    assert len(found) == len(set(found)) == 22


@pytest.mark.parametrize("before", ["", "1", "x.1.1", "1.9.1", "1.1.x", "1.1.'", "9" * 30 + ".1.1"])
def test_a_cursor_from_elsewhere_is_refused(database: Database, now: datetime, before: str) -> None:
    with pytest.raises(CursorMalformed):
        read(database, before=before)


def test_an_answer_to_a_conversation_that_moved_on_is_asked_about_once(
    database: Database, now: datetime
) -> None:
    sato = Actor("sato", Role.ADVISER)
    says(database, USER, "こんにちは", now=now)
    database.write(lambda db: desk.take_over(db, TALK, sato, lang="ja", now=now))
    seen = read(database).last_id
    says(database, USER, "やはり別の時計で", now=now + MINUTE)
    hello = [[{"type": "text", "text": "hello"}]]

    def answer(seen: str) -> bool:
        return database.write(
            lambda db: desk.answer(db, TALK, sato, hello, key="k", now=now + 2 * MINUTE, seen=seen)
        )

    with pytest.raises(Moved) as moved:
        answer(seen)
    new = database.read(lambda db: transcript.since(db, READERS, TALK, moved.value.seen))
    assert [each.body.text for each in new] == ["やはり別の時計で"]  # type: ignore[union-attr]  # one text
    says(database, USER, "やはり元の時計で", now=now + MINUTE)
    with pytest.raises(Moved) as more:
        answer(moved.value.last_id)  # what came after the question is asked about too
    assert answer(more.value.last_id)
    assert not answer(seen)  # said before: nothing is asked again
    assert isinstance(entries(database)[-1], Wrote)


def test_words_of_the_bot_that_never_left_do_not_count_as_a_move(
    database: Database, now: datetime
) -> None:
    says(database, USER, "こんにちは", now=now)
    seen = read(database).last_id
    writes(database, USER, [Text("お知らせ")], now=now + MINUTE)
    assert not database.read(lambda db: transcript.has_moved(db, TALK, seen))


def test_only_what_says_something_counts_as_a_move(database: Database, now: datetime) -> None:
    """A film that was watched and words taken back draw nothing new; changed words do."""
    says(database, USER, "明日伺います", now=now)
    first = entries(database)[0]
    row = database.read(lambda db: db.get_one(HeardRow, int(first.id[1:])))
    seen = read(database).last_id

    def has_moved() -> bool:
        return database.read(lambda db: transcript.has_moved(db, TALK, seen, READERS))

    heard(database, line_events.video_play_complete_event(USER, "t1"), now=now + MINUTE)
    assert read(database).last_id != seen and not has_moved()
    edited = line_events.edited_event(USER, row.message_id or "", "明後日伺います")
    heard(database, edited, now=now + MINUTE)
    assert has_moved()
    seen = read(database).last_id
    taken_back = line_events.unsend_event(USER, row.message_id or "")
    heard(database, taken_back, now=now + 2 * MINUTE)
    assert read(database).last_id != seen and not has_moved()


def test_letters_read_back_say_what_was_written(database: Database, now: datetime) -> None:
    letters = [
        Card(
            "ロレックス デイトナ", (("価格", "¥3,200,000"), ("ランク", "A")), note="付属品あり",
            picture_url="https://shop.example/p.jpg",
            buttons=(Button("動画", data="film.show?code=W-1"), Button("詳細", url="https://x.example/")),
        ),
        Clip("https://x.example/f.mp4", "https://x.example/p.jpg", "t1"),
        Choices("どれになさいますか", (Button("一", data="a"), Button("二", data="b"))),
    ]  # fmt: skip
    says(database, USER, "a", now=now)
    writes(database, USER, letters, now=now + MINUTE)
    card, clip, choices = entries(database)[-1].letters  # type: ignore[union-attr]  # a letter
    assert isinstance(card, Card) and card.lines == letters[0].lines  # type: ignore[union-attr]  # a card
    assert card.note == "付属品あり" and [each.label for each in card.buttons] == ["動画", "詳細"]
    assert clip == letters[1]
    assert isinstance(choices, Choices) and [each.data for each in choices.options] == ["a", "b"]
