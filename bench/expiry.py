"""A million lots of credit: what the expiry and the reminder slots take beside one bare
INSERT..SELECT of the same rows (and, where lots change, one bare UPDATE of them); two schedulers at
once, and once more.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import text
from sqlmodel import Session

from bench.intake import postgres
from bench.result import Result, against, middle, within
from bench.setting import Setting
from bot.migrations.history import upgrade
from catalog.credit.expiry import expire
from catalog.credit.reminders import remind
from catalog.ground.calendar import TOKYO, tokyo_day
from catalog.ground.record import to_millis
from catalog.ground.session.database import Database
from catalog.ground.session.opening import open_database

LOTS = 1_000_000
SHARE = 20  # one lot in so many is due on a day
DAYS = 4  # three measured, and one for two schedulers
LEAST = 0.5
MIDNIGHT = datetime(2026, 11, 22, tzinfo=TOKYO)
MORNING = MIDNIGHT + timedelta(hours=10)
Slot = Callable[[Session, datetime], None]

_SERIES = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count) "
_BUILD = (
    _SERIES + "INSERT INTO customer (id, customer_no, family_name, language, marketing_opt_in,"
    " written_at) SELECT 'C' || i, 'C-' || i, '佐藤', 'ja', {no}, {moment} FROM n",
    _SERIES + "INSERT INTO credit_account (id, customer_id, opened_at)"
    " SELECT 'A' || i, 'C' || i, {moment} FROM n",
)
_LOTS = (
    _SERIES + "INSERT INTO credit_lot (id, account_id, origin, is_paid, amount, remaining, held,"
    " captured, refunded, expired, reversed, issued_at, first_issued_on, expires_on, document,"
    " channel, policy_version)"
    " SELECT 'L' || i, 'A' || ((i + 3) / 4), 'return', {yes}, 1000 + i % 9000, 1000 + i % 9000,"
    " 0, 0, 0, 0, 0, {moment}, {issued}, CASE i % 20 {days} ELSE {far} END, 'order:' || i,"
    " 'online', 0 FROM n"
)
_BARE = {
    "expiry": (
        "INSERT INTO credit_entry (lot_id, kind, amount, yen, command_key, at, document)"
        " SELECT id, 'expire', -remaining, remaining, 'bare', {moment}, document FROM credit_lot"
        " WHERE remaining > 0 AND expires_on < {day}",
        "UPDATE credit_lot SET expired = expired + remaining, remaining = 0"
        " WHERE remaining > 0 AND expires_on < {day}",
    ),
    "reminders": (
        "INSERT INTO worklist (kind, subject, work_key, facts, state, due_at, attempts,"
        " written_at) SELECT 'bare', 'account:' || account_id, 'account:' || account_id ||"
        " '/credit_expiring/20261222030', '{{amount ' || remaining || '{padding}' || account_id ||"
        " ', version 20261222030}}', 'due', {moment}, 0, {moment}"
        " FROM credit_lot WHERE remaining > 0 AND expires_on = {day} ON CONFLICT DO NOTHING",
    ),
}
_GONE = {
    "expiry": (
        "DELETE FROM credit_entry WHERE command_key = 'bare'",
        "UPDATE credit_lot SET remaining = expired, expired = 0 WHERE expires_on = {last}",
    ),
    "reminders": ("DELETE FROM worklist WHERE kind = 'bare'",),
}
_COUNT = {
    "expiry": "SELECT count(*) FROM credit_entry WHERE kind = 'expire'",
    "reminders": "SELECT count(*) FROM worklist WHERE kind = 'notice'",
}


class Ledger:
    """One database full of lots: of every twenty, four end one a day from yesterday on, four more
    are to be reminded of one a day, and the others live long.
    """

    def __init__(self, database: Database, lots: int) -> None:
        self.database = database
        self.lots = lots
        self.due = lots // SHARE
        self._is_sqlite = database.dialect == "sqlite"

    def moment(self, at: datetime) -> str:
        """A moment as SQL."""
        return str(to_millis(at)) if self._is_sqlite else f"'{at.isoformat()}'::timestamptz"

    def day(self, days: int) -> str:
        """A day from today as SQL."""
        told = (tokyo_day(MIDNIGHT) + timedelta(days=days)).isoformat()
        return f"'{told}'" if self._is_sqlite else f"DATE '{told}'"

    def build(self) -> None:
        """Fill it."""
        issued = MIDNIGHT - timedelta(days=181)
        ends = {n: n - 1 for n in range(DAYS)} | {DAYS + n: 30 + n for n in range(DAYS)}
        given = {
            "moment": self.moment(issued),
            "issued": self.day(-181),
            "far": self.day(200),
            "yes": "1" if self._is_sqlite else "TRUE",
            "no": "0" if self._is_sqlite else "FALSE",
            "days": " ".join(f"WHEN {n} THEN {self.day(days)}" for n, days in ends.items()),
        }
        for statement in _BUILD:
            self.run(statement.format(**given), count=self.lots // 4)
        self.run(_LOTS.format(**given), count=self.lots)
        self.learn()

    def learn(self) -> None:
        """Let the database tidy up and see what is in it."""
        if not self._is_sqlite:
            engine = self.database.engine().execution_options(isolation_level="AUTOCOMMIT")
            with engine.connect() as connection:
                connection.execute(text("VACUUM ANALYZE"))
            return
        self.run("ANALYZE")

    def run(self, *statements: str, **given: int) -> None:
        """Some statements in one transaction."""

        def unit(db: Session) -> None:
            for statement in statements:
                db.connection().execute(text(statement), given)

        self.database.write(unit)

    def count(self, name: str) -> int:
        """Rows the slot has written so far."""
        return self.database.read(
            lambda db: int(db.connection().execute(text(_COUNT[name])).scalar_one())
        )

    def bare_seconds(self, name: str, days: int) -> float:
        """The bare statements on what is due on that day, undone untimed."""
        facts = {
            "moment": self.moment(MIDNIGHT),
            "day": self.day(days if name == "expiry" else 30 + days),
            "last": self.day(days - 1),
            "padding": ", as long as the words that tell whom, of what and when, but plain: ",
        }
        seconds = _seconds(lambda: self.run(*(each.format(**facts) for each in _BARE[name])))
        self.run(*(each.format(**facts) for each in _GONE[name]))
        self.learn()
        return seconds

    def slot_seconds(self, slot: Slot, at: datetime) -> float:
        """One run of the slot."""
        return _seconds(lambda: self.database.write(lambda db: slot(db, at)))

    def two_at_once(self, slot: Slot, at: datetime) -> None:
        """Two schedulers want the same."""
        with ThreadPoolExecutor(2) as pool:
            for _ in pool.map(lambda _: self.slot_seconds(slot, at), range(2)):
                pass


def _seconds(act: Callable[[], object]) -> float:
    begun = time.monotonic()
    act()
    return time.monotonic() - begun


def run(setting: Setting) -> list[Result]:
    """SQLite, then PostgreSQL."""
    lots = LOTS if setting.rounds > 1 else LOTS // 10
    results = []
    for name in ("sqlite", "postgres"):
        with _opened(name, setting) as database:
            ledger = Ledger(database, lots)
            ledger.build()
            for slot, told, at in (
                (expire, "expiry", MIDNIGHT),
                (remind, "reminders", MORNING),
            ):
                results.extend(_measured(ledger, name, slot, told, at))
    return results


@contextlib.contextmanager
def _opened(name: str, setting: Setting) -> Iterator[Database]:
    with contextlib.ExitStack() as stack:
        if name == "postgres":
            url, _ = stack.enter_context(postgres(setting.place("expiry-postgres")))
        else:
            folder = setting.place("expiry")
            folder.mkdir()
            url = f"sqlite:///{folder}/akashi.db"
        database = open_database(url)
        stack.callback(database.close)
        upgrade(database.engine())
        yield database


def _measured(ledger: Ledger, engine: str, slot: Slot, name: str, at: datetime) -> Iterator[Result]:
    def due(days: int) -> datetime:
        return at + timedelta(days=days)

    ledger.slot_seconds(slot, due(-1))  # a process that has run it before
    bare, ours, written = [], [], [ledger.count(name)]
    for days in range(DAYS - 1):
        bare.append(ledger.bare_seconds(name, days))
        ours.append(ledger.slot_seconds(slot, due(days)))
        written.append(ledger.count(name))
    yield against(
        "P10", f"{name} {engine}: {ledger.due:,} of {ledger.lots:,} beside bare statements",
        ledger.due / middle(ours), ledger.due / middle(bare), unit="rows/s", at_least=LEAST,
    )  # fmt: skip
    missing = max(abs(after - before - ledger.due) for before, after in pairwise(written))
    yield within("P10", f"{name} {engine}: rows missing or doubled", missing, 0, unit="rows")
    again = ledger.slot_seconds(slot, due(DAYS - 2))
    more = ledger.count(name) - written[-1]
    yield within("P10", f"{name} {engine}: a second run adds", more, 0, unit="rows")
    yield within("P10", f"{name} {engine}: a second run takes", again, 1.0, unit="s")
    ledger.two_at_once(slot, due(DAYS - 1))
    wrong = abs(ledger.count(name) - written[-1] - ledger.due)
    yield within("P10", f"{name} {engine}: two at once, missing or doubled", wrong, 0, unit="rows")
