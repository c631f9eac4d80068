"""What staff look at, in a shop of 100,000 customers, 20,000 conversations and 200,000 messages:
the lists of the inbox, a conversation of 5,000 messages, on both databases.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TypeVar

from sqlalchemy import text
from sqlmodel import Session

from bench.intake import postgres
from bench.result import Result, middle, within
from bench.setting import Setting
from bot.app import READERS
from bot.migrations.history import upgrade
from catalog.duties.actors import Actor, Role
from catalog.ground.calendar import TOKYO, ShopHours
from catalog.ground.record import ConversationId, StaffId, to_millis
from catalog.ground.session.database import Database
from catalog.ground.session.opening import open_database
from handoff.clientbook import panel
from handoff.desk import search, transcript
from handoff.desk.inbox import queries as inbox
from handoff.desk.inbox.filters import Filter

T = TypeVar("T")
NOW = datetime(2026, 11, 27, 14, tzinfo=TOKYO)
CUSTOMERS, TALKS, MESSAGES, LONG = 100_000, 20_000, 200_000, 5_000
LIST_MS, TALK_MS, PANEL_MS, SEARCH_MS = 20.0, 300.0, 300.0, 300.0
LONG_TALK = ConversationId("line:U1")
BUSY_TALK = ConversationId("line:U7")
SATO = StaffId("S1")
ACTOR = Actor("S1", Role.STORE)

_SERIES = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) "
_SAID = (
    '\'{{"type":"message","message":{{"type":"text","id":"\' || i ||'
    ' \'","text":"黒文字盤のデイトナを探しています。ご予算は\' || (i % 900) || \'万円です"}}}}\''
)
_WROTE = '\'[{{"type":"text","text":"ありがとうございます。番号\' || i || \'でございます"}}]\''
# Message i is of talk 1 + i % talks; the first LONG are all of talk 1.
_TALK = "CASE WHEN i <= {long} THEN 1 ELSE 1 + i % {talks} END"
_BUILD = (
    ("customers", "INSERT INTO customer (id, customer_no, family_name, given_name, family_kana,"
     " given_kana, email, phone, language, marketing_opt_in, written_at, vip_since)"
     " SELECT 'C' || i, 'C-' || i, CASE i % 4 WHEN 0 THEN '髙橋' WHEN 1 THEN '佐藤'"
     " WHEN 2 THEN '鈴木' ELSE '渡邉' END, '花子' || i, 'サトウ', 'ハナコ',"
     " 'c' || i || '@example.jp', '+8190' || i,"
     " 'ja', {no}, {moment}, CASE WHEN i % 500 = 0 THEN {moment} END FROM n"),
    ("talks", "INSERT INTO contact (channel, address, customer_id, is_blocked, first_seen_at,"
     " changed_at) SELECT 'line', 'U' || i, 'C' || i, {no}, {moment}, {moment} FROM n"),
    ("talks", "INSERT INTO thread (id, channel, lang, memory, version, opened_at, heard_at)"
     " SELECT 'line:U' || i, 'line', 'ja', '{{}}', 0, {moment}, {earlier} FROM n"),
    ("messages", "INSERT INTO inbox (channel, event_id, conversation, message_id, event_at,"
     " received_at, body, state, attempts, due_at, ended_at) SELECT 'line', 'e' || i,"
     f" 'line:U' || ({_TALK}), 'm' || i, {{earlier}}, {{earlier}}, {_SAID}, 'done', 0, {{moment}},"
     " {moment} FROM n"),
    ("messages", "INSERT INTO outbox (dedupe, channel, conversation, purpose, priority, messages,"
     " retry_key, state, due_at, attempts, is_unclear, written_at, ended_at)"
     f" SELECT 'd' || i, 'line', 'line:U' || ({_TALK}), 'answer', 0, {_WROTE}, 'r', 'sent',"
     " {moment}, 1, {no}, {earlier}, {moment} FROM n"),
    ("tickets", "INSERT INTO ticket (id, conversation, open_key, state, reason, lang, promised_at,"
     " opened_at, closed_at, owner, level, misses, version, answered_at, unanswered_since)"
     " SELECT 'T' || i, 'line:U' || i, CASE WHEN i % 100 < 3 THEN 'line:U' || i END,"
     " CASE i % 100 WHEN 0 THEN 'waiting' WHEN 1 THEN 'claimed' WHEN 2 THEN 'snoozed' ELSE 'closed'"
     " END, 'asked', 'ja', {earlier}, {earlier}, CASE WHEN i % 100 >= 3 THEN {earlier} END,"
     " CASE WHEN i % 100 > 0 THEN 'S' || (i % 7) END, 0, 0, 0,"
     " CASE WHEN i % 100 > 0 THEN {earlier} END, CASE WHEN i % 100 = 1 THEN {earlier} END FROM n"),
)  # fmt: skip
_DEALS = (
    ("one", "INSERT INTO style (id, style_key, category, brand, model, written_at)"
     " SELECT 'Y1', 'y1', 'watch', 'Rolex', 'Daytona', {moment} FROM n"),
    ("customers", "INSERT INTO unit (id, code, style_id, title, owner_kind, custody, state,"
     " version, graders, written_at, changed_at) SELECT 'N' || i, 'W-' || (10000 + i), 'Y1',"
     " 'デイトナ', 'customer', 'customer', 'sold', 1, 0, {moment}, {moment} FROM n"),
    # One order for each customer, and sixty for the one that is looked at.
    ("customers", "INSERT INTO sale_order (id, order_no, customer_id, channel, delivery, state,"
     " version, policy_version, goods, shipping, total, credit_wanted, ordered_at, written_at,"
     " changed_at) SELECT 'O' || i, 'ORD-' || i, 'C' || CASE WHEN i <= 60 THEN 7 ELSE i END,"
     " 'online', 'ship', 'closed', 1, 0, 100000, 0, 100000, 0, {earlier}, {moment}, {moment}"
     " FROM n"),
    ("customers", "INSERT INTO order_line (id, order_id, number, unit_id, price, state, owner_kind)"
     " SELECT 'L' || i, 'O' || i, 1, 'N' || i, 100000, 'closed', 'dealer' FROM n"),
    ("customers", "INSERT INTO credit_account (id, customer_id, opened_at)"
     " SELECT 'A' || i, 'C' || i, {moment} FROM n"),
)  # fmt: skip
_PEOPLE = (
    "INSERT INTO staff (id, name, role, added_at) SELECT 'S' || i, '担当' || i, 'adviser', {moment}"
    " FROM n"
)


def run(setting: Setting) -> list[Result]:
    """The figures on both databases."""
    results: list[Result] = []
    for name in ("sqlite", "postgres"):
        with opened(setting, name) as database:
            build(database)
            results += _measured(database, name, rounds=5 if setting.rounds == 1 else 20)
    return results


@contextlib.contextmanager
def opened(setting: Setting, name: str) -> Iterator[Database]:
    """An empty database of this release."""
    with contextlib.ExitStack() as stack:
        url = f"sqlite:///{setting.place('desk')}.db"
        if name == "postgres":
            url, _ = stack.enter_context(postgres(setting.place("desk-postgres")))
        database = open_database(url)
        upgrade(database.engine())
        try:
            yield database
        finally:
            database.close()


def build(database: Database) -> None:
    """Fill it."""
    is_sqlite = database.dialect == "sqlite"
    millis = to_millis(NOW)
    given = {
        "no": "0" if is_sqlite else "FALSE",
        "moment": str(millis) if is_sqlite else f"'{NOW.isoformat()}'::timestamptz",
        "earlier": f"{millis} - i * 60000" if is_sqlite
        else f"'{NOW.isoformat()}'::timestamptz - i * interval '1 minute'",
        "long": LONG // 2, "talks": TALKS,
    }  # fmt: skip
    counts = {
        "customers": CUSTOMERS, "talks": TALKS, "tickets": TALKS, "messages": MESSAGES // 2,
        "one": 1,
    }  # fmt: skip

    def fill(db: Session) -> None:
        for what, statement in (*_BUILD, *_DEALS, ("staff", _PEOPLE)):
            series = _SERIES.format(count=counts.get(what, 10))
            inserted = statement.format(**given)
            head, _, rest = inserted.partition(" SELECT ")
            db.connection().execute(text(f"{head} {series} SELECT {rest}".replace(":", "\\:")))

    database.write(fill)
    with database.engine().connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()


def _measured(database: Database, engine: str, *, rounds: int) -> list[Result]:
    hours = ShopHours()
    results = []
    for which in Filter:
        took = _timed(
            database,
            lambda db, which=which: inbox.listing(  # type: ignore[misc]  # called at once
                db, READERS, which, SATO, hours=hours, now=NOW, label="none", limit=200
            ),
            rounds,
        )
        results.append(
            within("R-162", f"{engine}: inbox, {which}, 200 lines", took, LIST_MS, unit="ms")
        )
    took = _timed(database, lambda db: inbox.counts(db, SATO, hours=hours, now=NOW), rounds)
    results.append(within("R-162", f"{engine}: counts of all lists", took, LIST_MS, unit="ms"))
    took = _timed(database, lambda db: transcript.of(db, READERS, LONG_TALK, limit=200), rounds)
    what = f"{engine}: a talk of {LONG:,} messages, the last 200"
    results.append(within("R-116", what, took, TALK_MS, unit="ms"))
    results += _card_and_search(database, engine, rounds)
    before = database.read(_middle)
    took = _timed(
        database,
        lambda db: transcript.of(db, READERS, LONG_TALK, limit=200, before=before),
        rounds,
    )
    what = f"{engine}: 200 from its middle"
    results.append(within("R-116", what, took, TALK_MS, unit="ms"))
    return results


def _card_and_search(database: Database, engine: str, rounds: int) -> list[Result]:
    """The customer's panel, and what is found among everything."""
    results = []
    took = _timed(database, lambda db: panel.of_conversation(db, BUSY_TALK, now=NOW), rounds)
    what = f"{engine}: the panel of one of {CUSTOMERS:,} customers"
    results.append(within("R-163", what, took, PANEL_MS, unit="ms"))
    while database.write(lambda db: search.catch_up(db, READERS, now=NOW, limit=10_000)):
        pass
    for asked in ("髙橋 花子99999", "サトウ", "+819099999", "番号でいとな", "デイトナ 777万円"):
        took = _timed(
            database,
            lambda db, asked=asked: search.everything(db, READERS, asked, ACTOR),  # type: ignore[misc]  # called at once
            rounds,
        )
        what = f"{engine}: search for {asked}"
        results.append(within("R-162", what, took, SEARCH_MS, unit="ms"))
    return results


def _middle(db: Session) -> str | None:
    before = None
    for _ in range(LONG // 2 // 200):
        before = transcript.of(db, READERS, LONG_TALK, limit=200, before=before).before
    return before


def _timed(database: Database, unit: Callable[[Session], T], rounds: int) -> float:
    """The median in milliseconds, the first look left out."""
    database.read(unit)
    took = []
    for _ in range(rounds):
        begun = time.perf_counter()
        database.read(unit)
        took.append((time.perf_counter() - begun) * 1_000)
    return middle(took)
