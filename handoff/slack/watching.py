"""What is new in conversations that are shown on Slack (新着の見張り): rows that came since the
last look, and letters that have come to their end.

Kept in the memory of the one process that looks; after a start the floors of the threads say where
to begin, so a restart misses nothing. Looks by row number: the way of a message pays for nothing.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlmodel import Session, col, func, select

from conversations.inbox.tables import Heard, HeardState
from conversations.outbox.tables import LetterState, OutboxLetter
from handoff.slack.lines import BACK, IN, OUT, SETTLED
from handoff.slack.tables import SlackThread

_AT_ONCE = 500
_TABLES: Mapping[str, Any] = {IN: Heard, OUT: OutboxLetter}


class Watch:
    """One look after the other."""

    def __init__(self) -> None:
        self._live: set[str] = set()
        self._since: dict[str, int] = {}
        self._seen: dict[str, set[int]] = {IN: set(), OUT: set()}
        self._open: dict[str, dict[int, str]] = {IN: {}, OUT: {}}
        self._emptied: set[int] = set()

    def news(self, db: Session, live: Mapping[str, Mapping[str, int]]) -> set[str]:
        """The conversations of these in which something came to its end since the last look, and
        any that has a thread and in which something was taken back.
        """
        fresh = live.keys() - self._live
        self._live = set(live)
        found: set[str] = set()
        emptied = self._taken_back(db)
        if not live:
            self._since = {}
            return emptied
        for source, table in _TABLES.items():
            open_rows = self._open[source]
            for row_id, conversation in self._new(db, source, table, live, fresh):
                open_rows[row_id] = conversation
            waited = list(open_rows)
            for begun in range(0, len(waited), _AT_ONCE):
                ids = waited[begun : begun + _AT_ONCE]
                for row_id, state in db.exec(
                    select(table.id, table.state).where(col(table.id).in_(ids))
                ):
                    if _is_over(source, state) or open_rows[row_id] not in live:
                        found.add(open_rows.pop(row_id))
        return found & self._live | emptied

    def _taken_back(self, db: Session) -> set[str]:
        top: int = db.exec(select(func.max(Heard.id))).one() or 0
        rows = db.exec(
            select(Heard.id, Heard.conversation).where(
                col(Heard.id) > top - BACK,
                col(Heard.scrubbed_at).is_not(None),
                col(Heard.conversation).in_(select(SlackThread.conversation)),
            )
        ).all()
        found = {talk for row_id, talk in rows if row_id not in self._emptied}
        self._emptied = {row_id for row_id, _ in rows if row_id is not None}
        return found

    def _new(
        self,
        db: Session,
        source: str,
        table: Any,
        live: Mapping[str, Mapping[str, int]],
        fresh: Collection[str],
    ) -> Iterator[tuple[int, str]]:
        top: int = db.exec(select(func.max(table.id))).one() or 0
        # Rows of one moment may be committed out of order: the last few are looked at twice.
        since = self._since.get(source, top) - BACK
        seen = self._seen[source]
        yield from _unseen(self._rows(db, table, since, self._live), seen)
        for conversation in fresh:
            floor = live[conversation][source]
            yield from _unseen(self._rows(db, table, floor, [conversation]), seen)
        self._since[source] = top
        self._seen[source] = {each for each in seen if each > top - BACK}

    def _rows(
        self, db: Session, table: Any, since: int, conversations: Iterable[str]
    ) -> Sequence[tuple[int, str]]:
        wanted = sorted(conversations)
        rows = select(table.id, table.conversation).where(
            col(table.id) > since, col(table.conversation).in_(wanted)
        )
        return list(db.exec(rows).all())


def _unseen(rows: Iterable[tuple[int, str]], seen: set[int]) -> Iterator[tuple[int, str]]:
    for row_id, conversation in rows:
        if row_id not in seen:
            seen.add(row_id)
            yield row_id, conversation


def _is_over(source: str, state: str) -> bool:
    if source == IN:
        return state != HeardState.DUE.value
    return LetterState(state) in SETTLED
