"""How long an answer may take (応答期限, SLA): the first answer by the time promised, each next one
within the shop's own minutes. Only working time counts. Pure.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from catalog.ground.calendar import TOKYO, HoursMalformed, ShopHours
from handoff.desk.moves import HELD, DeskTerms, is_owed, silent_at
from handoff.desk.tables import Ticket, TicketState

AMBER_BP = 7_500  # of the time that is given
_WHOLE_BP = 10_000
_DAY = timedelta(days=1)


class Waits(StrEnum):
    """For what the person waits."""

    FIRST = "first"
    NEXT = "next"


class Light(StrEnum):
    """How it stands."""

    GREEN = "green"
    AMBER = "amber"  # three quarters of the time are over
    RED = "red"  # too late


@dataclass(frozen=True, slots=True)
class Standing:
    """`used_bp`: how much of the working time from `since` to `due_at` is over, in basis points;
    above 10,000 once it is late.
    """

    waits: Waits
    since: datetime
    due_at: datetime
    used_bp: int
    light: Light


def standing(
    ticket: Ticket, terms: DeskTerms, hours: ShopHours, *, now: datetime
) -> Standing | None:
    """How long the person has waited; None while nobody waits."""
    state = TicketState(ticket.state)
    if state is TicketState.WAITING or (state in HELD and is_owed(ticket.kept_at, at=now)):
        since = ticket.waits_since or ticket.opened_at
        return measured(Waits.FIRST, since, ticket.promised_at, hours, now=now)
    if state is TicketState.CLAIMED and ticket.unanswered_since is not None:
        due_at = silent_at(terms, ticket.unanswered_since, hours)
        return measured(Waits.NEXT, ticket.unanswered_since, due_at, hours, now=now)
    return None


def measured(
    waits: Waits, since: datetime, due_at: datetime, hours: ShopHours, *, now: datetime
) -> Standing:
    """The share of working time that is over. A time promised outside working hours is late by the
    clock.
    """
    given, passed = worked(hours, since, due_at), worked(hours, since, now)
    used = passed * _WHOLE_BP // given if given else 0
    if now >= due_at:
        return Standing(waits, since, due_at, max(used, _WHOLE_BP), Light.RED)
    used = min(used, _WHOLE_BP - 1)
    light = Light.AMBER if used >= AMBER_BP else Light.GREEN
    return Standing(waits, since, due_at, used, light)


def worked(hours: ShopHours, begins: datetime, ends: datetime) -> timedelta:
    """How much working time lies between two moments; none when they are the wrong way round."""
    # Wall-clock time is enough: Tokyo has no daylight saving.
    first, last = _clock(begins), _clock(ends)
    total = timedelta()
    day = first.date()
    while first < last and day <= last.date():
        for span in hours.spans(day):
            opens = max(datetime.combine(day, span.opens), first)
            closes = min(datetime.combine(day, span.closes), last)
            if opens < closes:
                total += closes - opens
        day += _DAY
    return total


def worked_before(hours: ShopHours, ends: datetime, work: timedelta) -> datetime:
    """The latest moment since which so much working time has passed by `ends`: whoever has waited
    from then or earlier has waited that long.

    Raises HoursMalformed when the shop was not open that long within the last 60 days.
    """
    last, left = _clock(ends), work
    for n in range(61):
        day = last.date() - n * _DAY
        for span in reversed(hours.spans(day)):
            opens = datetime.combine(day, span.opens)
            closes = min(datetime.combine(day, span.closes), last)
            if opens >= closes:
                continue
            if closes - opens >= left:
                return (closes - left).replace(tzinfo=TOKYO)
            left -= closes - opens
    raise HoursMalformed("the shop never opens long enough")


def _clock(moment: datetime) -> datetime:
    return moment.astimezone(TOKYO).replace(tzinfo=None)
