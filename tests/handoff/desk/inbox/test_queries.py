"""The lists of the inbox, on both databases."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from bot.app import READERS
from catalog.customers import actions as customers
from catalog.duties.actors import Actor, Role
from catalog.ground.calendar import ShopHours
from catalog.ground.record import ConversationId, StaffId, TicketId
from catalog.ground.session.database import Database
from conversations.messages import Text
from conversations.threads import feed, speaker
from conversations.threads.speaker import ReplyToken
from handoff.desk import actions as desk
from handoff.desk import drafts, labels, notes, seen, transcript
from handoff.desk.drafts import Mode
from handoff.desk.inbox import queries as inbox
from handoff.desk.inbox.excerpt import Sort
from handoff.desk.inbox.filters import Filter
from handoff.desk.inbox.queries import Line, Listing
from handoff.desk.labels import Colour
from handoff.desk.seen import Doing
from handoff.desk.sla import Light
from handoff.desk.tables import TicketReason
from handoff.desk.transcript import CursorMalformed
from tests.handoff.desk.talk import hire, says, talk_of, writes

HOURS = ShopHours()
USERS = ["U" + f"{n:032x}" for n in range(6)]
TALKS = [talk_of(user) for user in USERS]
MINUTE = timedelta(minutes=1)
SATO = StaffId("sato")
ME = Actor("sato", Role.MANAGER)


def call(database: Database, talk: ConversationId, *, now: datetime, minutes: int) -> TicketId:
    return database.write(
        lambda db: desk.call(
            db, talk, TicketReason.ASKED, lang="ja", about_unit=None,
            promised_at=now + minutes * MINUTE, now=now,
        )
    ).ticket  # fmt: skip


def show(database: Database, which: Filter, *, now: datetime, **more: object) -> Listing:
    return database.read(
        lambda db: inbox.listing(db, READERS, which, SATO, hours=HOURS, now=now, **more)  # type: ignore[arg-type]  # as given
    )


def talks(database: Database, which: Filter, *, now: datetime, **more: object) -> list[str]:
    return [each.conversation for each in show(database, which, now=now, **more).lines]


def one(database: Database, which: Filter, *, now: datetime) -> Line:
    [line] = show(database, which, now=now).lines
    return line


def test_each_list_shows_its_own_conversations_in_its_own_order(
    database: Database, now: datetime
) -> None:
    for user in USERS:
        says(database, user, "こんにちは", now=now)
    waits_long = call(database, TALKS[0], now=now, minutes=30)
    call(database, TALKS[1], now=now, minutes=10)
    mine = call(database, TALKS[2], now=now, minutes=10)
    aside = call(database, TALKS[3], now=now, minutes=10)
    done = call(database, TALKS[4], now=now, minutes=10)
    for ticket in (mine, aside, done):
        database.write(lambda db, ticket=ticket: desk.claim(db, ticket, ME, now=now))  # type: ignore[misc]  # bound at once
    until = now + timedelta(hours=2)
    database.write(lambda db: desk.snooze(db, aside, ME, until=until, now=now))
    database.write(lambda db: desk.close(db, done, ME, now=now))
    assert talks(database, Filter.WAITING, now=now) == [TALKS[1], TALKS[0]]
    assert talks(database, Filter.MINE, now=now) == [TALKS[2], TALKS[3]]
    assert talks(database, Filter.SNOOZED, now=now) == [TALKS[3]]
    assert talks(database, Filter.CLOSED, now=now) == [TALKS[4]]
    assert set(talks(database, Filter.ALL, now=now)) == set(TALKS)
    assert talks(database, Filter.LATE, now=now) == []
    later = now + 20 * MINUTE
    assert talks(database, Filter.LATE, now=later) == [TALKS[1], TALKS[2], TALKS[3]]
    counted = database.read(lambda db: inbox.counts(db, SATO, hours=HOURS, now=later))
    assert counted == {
        Filter.WAITING: 2, Filter.MINE: 2, Filter.ALL: 6, Filter.SNOOZED: 1, Filter.CLOSED: 1,
        Filter.LATE: 3, Filter.MENTIONS: 0,
    }  # fmt: skip
    assert waits_long
    call(database, TALKS[4], now=later, minutes=10)
    again = database.read(lambda db: inbox.counts(db, SATO, hours=HOURS, now=later))
    assert (again[Filter.CLOSED], talks(database, Filter.CLOSED, now=later)) == (0, [])


def test_a_client_of_the_first_rank_stands_first_whatever_was_promised(
    database: Database, now: datetime
) -> None:
    for n in (0, 1):
        says(database, USERS[n], "こんにちは", now=now)
        call(database, TALKS[n], now=now, minutes=10 + n)

    def unit(db: Session) -> None:
        who = customers.register(
            db, "C-1", "髙橋", given_name="花子", language="ja", by="test", now=now
        )
        customers.bind(db, who, "line", USERS[1], by="test", now=now)
        assert customers.favour(db, who, is_vip=True, by="test", now=now)
        assert not customers.favour(db, who, is_vip=True, by="test", now=now)

    database.write(unit)
    first, second = show(database, Filter.WAITING, now=now).lines
    assert (first.conversation, first.who.name, first.who.is_vip) == (TALKS[1], "髙橋 花子", True)
    assert second.who.name is None


def test_a_line_tells_who_spoke_last_and_how_long_they_wait(
    database: Database, now: datetime
) -> None:
    says(database, USERS[0], "黒文字盤はありますか", now=now)
    call(database, TALKS[0], now=now, minutes=20)
    line = one(database, Filter.WAITING, now=now + 15 * MINUTE)
    assert line.last is not None and line.last.by is None
    assert (line.last.told.sort, line.last.told.words) == (Sort.TEXT, "黒文字盤はありますか")
    assert line.sla is not None and line.sla.light is Light.AMBER
    assert line.state == "waiting" and line.unread == 1
    writes(database, USERS[0], [Text("お探しします")], now=now + MINUTE)
    line = one(database, Filter.WAITING, now=now + 30 * MINUTE)
    assert line.last is not None and line.last.by == "bot"
    assert line.sla is not None and line.sla.light is Light.RED


def test_what_is_read_is_each_persons_own(database: Database, now: datetime) -> None:
    says(database, USERS[0], "一", now=now)
    call(database, TALKS[0], now=now, minutes=10)
    says(database, USERS[0], "二", now=now + MINUTE)
    upto = database.read(lambda db: transcript.last_id(db, TALKS[0]))
    tanaka = StaffId("tanaka")
    database.write(lambda db: seen.mark(db, tanaka, TALKS[0], upto=upto, now=now))
    assert one(database, Filter.WAITING, now=now).unread == 2
    database.write(lambda db: seen.mark(db, SATO, TALKS[0], upto=upto, now=now))
    assert one(database, Filter.WAITING, now=now).unread == 0
    database.write(lambda db: seen.mark(db, SATO, TALKS[0], upto="0.0", now=now))
    assert one(database, Filter.WAITING, now=now).unread == 0  # never backwards
    database.write(lambda db: seen.mark_unread(db, SATO, TALKS[0], now=now))
    assert one(database, Filter.WAITING, now=now).unread == 1
    assert database.read(lambda db: inbox.unread_total(db, SATO)) == 1


def test_a_line_drawn_for_everybody_is_nobodys_and_tells_whom_a_note_calls(
    database: Database, now: datetime
) -> None:
    says(database, USERS[0], "一", now=now)
    call(database, TALKS[0], now=now, minutes=10)
    me = database.write(lambda db: hire(db, "佐藤", "manager", now=now))
    for n in range(2):
        database.write(
            lambda db, n=n: notes.add(  # type: ignore[misc]  # bound at once
                db, TALKS[0], SATO, "@佐藤 見て", source="console", key=f"{n}", now=now
            )
        )

    def look() -> Line:
        [line] = database.read(
            lambda db: inbox.lines_of(db, READERS, TALKS[:1], None, hours=HOURS, now=now)
        )
        return line

    line = look()
    assert (line.unread, line.has_draft, line.is_called, line.called) == (0, False, False, (me,))
    upto = database.read(lambda db: transcript.last_id(db, TALKS[0]))
    before = database.read(feed.ends)[1]
    database.write(lambda db: seen.mark(db, me, TALKS[0], upto=upto, now=now))
    assert look().called == ()
    assert database.read(feed.ends)[1] == before + 1, "their other windows are told"


def test_whoever_goes_without_a_word_is_told_to_have_gone(
    database: Database, now: datetime
) -> None:
    for n in range(2):
        says(database, USERS[n], "一", now=now)
    at = {TALKS[0]: now, TALKS[1]: now + timedelta(seconds=10)}
    for talk, since in at.items():
        database.write(
            lambda db, talk=talk, since=since: seen.stay(db, talk, SATO, Doing.VIEWING, now=since)  # type: ignore[misc]  # bound at once
        )
    row = database.read(feed.ends)[1]
    over = now + seen.THERE_FOR
    assert not database.read(lambda db: seen.have_gone(db, now=over - timedelta(seconds=1)))
    assert database.read(lambda db: seen.have_gone(db, now=over))
    database.write(lambda db: seen.sweep(db, now=over))
    told = database.read(lambda db: feed.after(db, row, limit=9))
    assert [each.conversation for each in told] == [TALKS[0]]
    assert not database.read(lambda db: seen.have_gone(db, now=over))


def test_whoever_is_there_is_seen_by_others_for_some_seconds(
    database: Database, now: datetime
) -> None:
    says(database, USERS[0], "一", now=now)
    call(database, TALKS[0], now=now, minutes=10)
    tanaka = database.write(lambda db: hire(db, "田中", "adviser", now=now))
    database.write(lambda db: seen.stay(db, TALKS[0], tanaka, Doing.TYPING, now=now))
    database.write(lambda db: seen.stay(db, TALKS[0], SATO, Doing.VIEWING, now=now))
    [other] = one(database, Filter.WAITING, now=now).beside
    assert (other.name, other.doing) == ("田中", Doing.TYPING)
    assert one(database, Filter.WAITING, now=now + timedelta(seconds=15)).beside == ()
    database.write(lambda db: seen.leave(db, TALKS[0], tanaka, now=now))
    assert one(database, Filter.WAITING, now=now).beside == ()


def test_labels_drafts_calls_and_the_free_answer_show_in_the_line(
    database: Database, now: datetime
) -> None:
    says(database, USERS[0], "一", now=now)
    me = database.write(lambda db: hire(db, "佐藤", "manager", now=now))

    def unit(db: Session) -> str:
        label = labels.define(db, "大切", Colour.RED, ME, now=now)
        assert labels.put_on(db, TALKS[0], label, ME, now=now)
        assert not labels.put_on(db, TALKS[0], label, ME, now=now)
        drafts.save(db, TALKS[0], me, Mode.REPLY, "途中", version=0, now=now)
        notes.add(db, TALKS[0], StaffId("x"), "@佐藤 見て", source="c", key="k", now=now)
        token = ReplyToken("t", now + MINUTE)
        speaker.keep_token(db, TALKS[0], token)
        return label

    label = database.write(unit)

    def look(which: Filter, at: datetime) -> Line:
        found = database.read(
            lambda db: inbox.listing(db, READERS, which, me, hours=HOURS, now=at, label=label)
        )
        [line] = found.lines
        return line

    for which in (Filter.LABEL, Filter.MENTIONS):
        line = look(which, now)
        assert [each.name for each in line.labels] == ["大切"]
        assert line.has_draft and line.is_called
        assert line.reply_until == now + MINUTE
        assert look(which, now + MINUTE).reply_until is None
    upto = database.read(lambda db: transcript.last_id(db, TALKS[0]))
    database.write(lambda db: seen.mark(db, me, TALKS[0], upto=upto, now=now))
    assert not look(Filter.MENTIONS, now).is_called
    database.write(lambda db: labels.retire(db, label, ME, now=now))
    assert not show(database, Filter.LABEL, now=now, label=label).lines


@pytest.mark.parametrize("which", [Filter.WAITING, Filter.MINE, Filter.LATE, Filter.CLOSED])
@pytest.mark.parametrize("size", [1, 2, 4])
def test_pages_together_are_the_whole_list(
    database: Database, now: datetime, which: Filter, size: int
) -> None:
    for n, user in enumerate(USERS):
        says(database, user, "一", now=now)
        ticket = call(database, TALKS[n], now=now, minutes=5 + n % 2)
        if which in {Filter.MINE, Filter.CLOSED}:
            database.write(lambda db, ticket=ticket: desk.claim(db, ticket, ME, now=now))  # type: ignore[misc]  # bound at once
        if which is Filter.CLOSED:
            database.write(lambda db, ticket=ticket: desk.close(db, ticket, ME, now=now))  # type: ignore[misc]  # bound at once
    later = now + 30 * MINUTE
    whole = talks(database, which, now=later)
    found: list[str] = []
    after = None
    while True:
        page = show(database, which, now=later, limit=size, after=after)
        found += [each.conversation for each in page.lines]
        after = page.after
        if after is None:
            break
    assert found == whole and len(set(found)) == 6


@pytest.mark.parametrize("after", ["", "[]", "[1]", '["x",1,2]', "{}", "[true,1,1]", "[[1],1,1]"])
def test_a_place_from_elsewhere_is_refused(database: Database, now: datetime, after: str) -> None:
    with pytest.raises(CursorMalformed):
        show(database, Filter.WAITING, now=now, after=after)
