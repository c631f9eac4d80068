"""The gate of everything the shop starts: NTF-1, NTF-2, COM-1 and R-135 as properties."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.ground.calendar import TOKYO, QuietHours
from catalog.ground.policy import NoticeTerms
from conversations.outbox.resuming import COUNTS_AS_REPLY
from conversations.outbox.tables import Priority
from conversations.reminders.gate import (
    CAPPED,
    PRIORITY,
    STOPPABLE,
    Held,
    Kept,
    Kind,
    Occasion,
    Passed,
    Reason,
    decide,
)

_MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))
_SPANS = st.timedeltas(timedelta(hours=-60), timedelta(hours=60))
_TERMS = st.builds(
    NoticeTerms,
    quiet=st.builds(QuietHours, st.sampled_from([time(21), time(22), time(0)]), st.just(time(9))),
    marketing_a_month=st.integers(0, 6),
)
_NIGHT = datetime(2026, 11, 22, 2, 0, tzinfo=TOKYO)
_MORNING = datetime(2026, 11, 22, 9, 0, tzinfo=TOKYO)
TERMS = NoticeTerms()


@st.composite
def _occasions(draw: st.DrawFn) -> tuple[Occasion, datetime]:
    now = draw(_MOMENTS)
    maybe = st.none() | _SPANS.map(lambda span: now + span)
    occasion = Occasion(
        kind=draw(st.sampled_from(Kind)),
        is_partner=draw(st.booleans()),
        is_reachable=draw(st.booleans()),
        agreed=draw(st.sampled_from([None, True, False])),
        heard_at=draw(maybe),
        unasked_this_month=draw(st.integers(0, 8)),
        useful_until=draw(maybe),
    )
    return occasion, now


@given(_occasions(), _TERMS)
def test_every_decision_keeps_every_promise(
    drawn: tuple[Occasion, datetime], terms: NoticeTerms
) -> None:
    occasion, now = drawn
    decided = decide(occasion, terms, now=now)
    is_over = occasion.useful_until is not None and now >= occasion.useful_until
    is_reply = (
        occasion.kind is Kind.ANSWER
        and occasion.heard_at is not None
        and now - occasion.heard_at < COUNTS_AS_REPLY
    )
    if isinstance(decided, Passed):
        assert occasion.is_reachable
        assert not is_over
        assert not terms.quiet.holds(now) or occasion.is_partner or is_reply
        assert occasion.kind not in STOPPABLE or occasion.agreed is not False
        assert occasion.kind is not Kind.MARKETING or occasion.agreed
        assert occasion.kind not in CAPPED or occasion.unasked_this_month < terms.marketing_a_month
    elif isinstance(decided, Held):
        assert terms.quiet.holds(now)
        assert decided.until > now
        assert not terms.quiet.holds(decided.until)
        assert occasion.useful_until is None or decided.until < occasion.useful_until
        assert isinstance(decide(occasion, terms, now=decided.until), Passed)
    else:
        assert isinstance(decided, Kept)
        if occasion.kind not in STOPPABLE:
            assert decided.reason in {Reason.OVER, Reason.UNREACHABLE}


@given(_occasions(), _TERMS)
def test_a_step_of_a_deal_reaches_who_can_be_reached_by_the_next_morning(
    drawn: tuple[Occasion, datetime], terms: NoticeTerms
) -> None:
    occasion, now = drawn
    if occasion.kind in STOPPABLE or occasion.useful_until is not None:
        return
    decided = decide(occasion, terms, now=now)
    if not occasion.is_reachable:
        assert decided == Kept(Reason.UNREACHABLE)
        return
    later = decided.until if isinstance(decided, Held) else now
    assert later - now < timedelta(days=1)
    assert isinstance(decide(occasion, terms, now=later), Passed)


@given(_occasions(), _TERMS)
def test_stopping_stops(drawn: tuple[Occasion, datetime], terms: NoticeTerms) -> None:
    occasion, now = drawn
    if occasion.kind not in STOPPABLE or occasion.agreed is not False:
        return
    assert isinstance(decide(occasion, terms, now=now), Kept)


@pytest.mark.parametrize(
    ("occasion", "now", "decided"),
    [
        (Occasion(Kind.SERVICE), _NIGHT, Held(_MORNING)),
        (Occasion(Kind.SERVICE), _MORNING, Passed()),
        (Occasion(Kind.SERVICE), _MORNING.replace(hour=20, minute=59), Passed()),
        (
            Occasion(Kind.SERVICE),
            _MORNING.replace(hour=21),
            Held(_MORNING + timedelta(days=1)),
        ),
        (Occasion(Kind.SERVICE, is_partner=True), _NIGHT, Passed()),
        (Occasion(Kind.ANSWER, heard_at=_NIGHT - timedelta(hours=23)), _NIGHT, Passed()),
        (Occasion(Kind.ANSWER, heard_at=_NIGHT - timedelta(hours=24)), _NIGHT, Held(_MORNING)),
        (Occasion(Kind.SERVICE, heard_at=_NIGHT), _NIGHT, Held(_MORNING)),
        (Occasion(Kind.CREDIT_REMINDER), _MORNING, Passed()),
        (Occasion(Kind.CREDIT_REMINDER, agreed=False), _MORNING, Kept(Reason.REFUSED)),
        (Occasion(Kind.FOLLOW_UP), _MORNING, Passed()),
        (Occasion(Kind.FOLLOW_UP, unasked_this_month=4), _MORNING, Kept(Reason.CAP)),
        (Occasion(Kind.MARKETING), _MORNING, Kept(Reason.NOT_ASKED)),
        (Occasion(Kind.MARKETING, agreed=True), _MORNING, Passed()),
        (
            Occasion(Kind.REMINDER, useful_until=_NIGHT + timedelta(hours=1)),
            _NIGHT,
            Kept(Reason.OVER),
        ),
    ],
)
def test_the_usual_cases(occasion: Occasion, now: datetime, decided: object) -> None:
    assert decide(occasion, TERMS, now=now) == decided


def test_what_is_owed_goes_before_what_is_offered() -> None:
    assert PRIORITY[Kind.ANSWER] < PRIORITY[Kind.SERVICE] < PRIORITY[Kind.REMINDER]
    assert PRIORITY[Kind.REMINDER] < PRIORITY[Kind.MARKETING] == Priority.MARKETING
    assert PRIORITY.keys() == set(Kind)
