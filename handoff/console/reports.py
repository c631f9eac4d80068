"""The shop's figures (レポート, R-169, R-024): answers, offers, evidence, credit, guarantees, and
each adviser's clients, over days one chooses.

GET /console/reports?since=&until=      tables, with charts beside them
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from catalog.ground.calendar import tokyo_day
from handoff.clientbook import advising
from handoff.console.asked import names
from handoff.console.door import who
from handoff.console.office import Office
from handoff.console.pages import page
from handoff.desk import figures
from handoff.desk.figures import Spread
from handoff.staff.permissions import Act

USUAL_DAYS = 30
_MOST_DAYS = 400
_WHOLE = 1_000  # a chart's full width, in its own units

Day = Annotated[str, Query(max_length=10)]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart: what it is of, how long of 1,000, and what is written beside it (yen,
    minutes or a count; the template says which).
    """

    label: str
    width: int
    value: int


def add(made: APIRouter, office: Office) -> None:
    """The address of the figures."""

    @made.get("/reports")
    async def reports(request: Request, since: Day = "", until: Day = "") -> Response:
        visit = await who(office, request, Act.REPORT)
        today = tokyo_day(visit.now)
        first, last = period(since, until, today=today)

        def look(db: Session) -> dict[str, Any]:
            hours = office.terms.hours(db)
            days = last - first + timedelta(days=1)
            held = figures.of(db, first, last, hours=hours, now=visit.now)
            before = figures.of(db, first - days, last - days, hours=hours, now=visit.now)
            called = names(db)  # who left, too
            books = [
                (called.get(f"staff:{each.adviser}", each.adviser), each)
                for each in advising.books(db)
            ]
            return {
                "held": held,
                "before": before,
                "books": books,
                "offers": bars([("sent", held.quotes_sent), ("accepted", held.quotes_accepted)]),
                "waits": _waits(held.first_answer),
                "evidence": bars([("listed", held.listed), ("filmed", held.listed_with_film)]),
                "clients": bars([(name, each.bought) for name, each in books]),
            }

        facts = await office.units.read(look)
        told = {"since": first, "until": last, "today": today, "minutes": _minutes}
        return page("reports", visit.lang, {"visit": visit, **told, **facts})


def period(since: str, until: str, *, today: date) -> tuple[date, date]:
    """The days told, in order and not ahead; the last thirty for what cannot be."""
    last = min(_day(until) or today, today)
    first = _day(since) or last - timedelta(days=USUAL_DAYS - 1)
    first = min(first, last)
    return max(first, last - timedelta(days=_MOST_DAYS - 1)), last


def _day(told: str) -> date | None:
    try:
        day = date.fromisoformat(told)
    except ValueError:
        return None
    return day if day.year >= 2000 else None


def bars(told: Sequence[tuple[str, int]]) -> list[Bar]:
    """Bars as long as their values, the longest over the whole width."""
    most = max((value for _, value in told), default=0)
    return [Bar(label, value * _WHOLE // most if most > 0 else 0, value) for label, value in told]


def _minutes(wait: timedelta | None) -> int | None:
    """Whole minutes, rounded up: a wait is never told shorter than it was."""
    return -(-wait // timedelta(minutes=1)) if wait is not None else None


def _waits(waits: Spread) -> list[Bar]:
    told = (("first", waits.middle), ("first_ninth", waits.ninth))
    return bars([(name, _minutes(wait) or 0) for name, wait in told if wait is not None])
