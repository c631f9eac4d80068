"""Which times can be booked: never outside a span, never twice, never in the past."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.ground.calendar import TOKYO, QuietHours, ShopHours, Span, at_tokyo, tokyo_day
from catalog.ground.policy import PolicyMalformed, read
from catalog.ground.record import StaffId
from handoff.appointments import rules
from handoff.appointments.rules import AppointmentTerms, Book, seat_of
from handoff.appointments.tables import Kind
from handoff.shifts.rules import Person, Wish
from tests.handoff.shifts.test_rules import hours, moments, person, weekly

TERMS = AppointmentTerms()
TUESDAY = date(2026, 11, 24)
NOON = at_tokyo(TUESDAY, 12)


def book(**more: object) -> Book:
    told = {
        "terms": TERMS, "kind": Kind.STORE, "shop": ShopHours(), "people": (),
        "keeps_shifts": False, "seats": ("seat::1",), "taken": {}, "wish": Wish(), "now": NOON,
    }  # fmt: skip
    return Book(**{**told, **more})  # type: ignore[arg-type]


@st.composite
def books(draw: st.DrawFn) -> Book:
    now = draw(moments)
    people = [
        Person(StaffId(name), name, hours=draw(hours()), is_told=True)
        for name in draw(st.lists(st.sampled_from("abc"), unique=True, max_size=3))
    ]
    quarter = st.integers(0, 4 * 24 * 3).map(lambda n: at_tokyo(tokyo_day(now)) + n * rules.QUARTER)
    seats = ["seat::1", *(seat_of(each.id) for each in people)]
    return book(
        kind=draw(st.sampled_from(Kind)),
        shop=draw(hours()),
        people=people,
        keeps_shifts=draw(st.booleans()),
        taken={seat: draw(st.frozensets(quarter, max_size=30)) for seat in seats},
        now=now,
    )


@given(books(), st.integers(0, 3))
def test_what_is_offered_lies_in_the_spans_ahead_and_is_nobodys(told: Book, days: int) -> None:
    day = tokyo_day(told.now) + timedelta(days=days)
    by_id = {each.id: each for each in told.people}
    for starts_at in rules.starts_on(told, day):
        assert starts_at > told.now
        assert tokyo_day(starts_at) == day
        taker = rules.taker_of(told, starts_at)
        assert taker is not None
        when = rules.times(told.terms, told.kind, starts_at)
        if told.kind in {Kind.STORE, Kind.HOME} or not told.keeps_shifts:
            assert told.shop.covers(when.starts_at, when.ends_at)
        if told.keeps_shifts:
            assert taker.staff is not None
            assert by_id[taker.staff].hours.covers(when.starts_at, when.ends_at)
        assert taker.seats
        for seat in taker.seats:
            assert not set(when.quarters) & set(told.taken.get(seat, ()))


@given(books())
def test_two_booked_one_after_the_other_never_overlap_for_one_person(told: Book) -> None:
    taken = {seat: set(each) for seat, each in told.taken.items()}
    booked: list[tuple[str, datetime, datetime]] = []
    for _ in range(4):
        current = replace(told, taken=taken)
        found = rules.next_starts(current, told.now, most=1)
        if not found:
            return
        taker = rules.taker_of(current, found[0])
        assert taker is not None
        when = rules.times(told.terms, told.kind, found[0])
        for seat in taker.seats:
            assert not any(
                seat == other and when.starts_at < ends and begins < when.ends_at
                for other, begins, ends in booked
            )
            booked.append((seat, when.starts_at, when.ends_at))
            taken.setdefault(seat, set()).update(when.quarters)


@given(moments, st.sampled_from(Kind))
def test_an_appointment_lasts_what_it_lasts_on_every_day_of_the_year(
    moment: datetime, kind: Kind
) -> None:
    """Tokyo knows no summer time."""
    starts_at = at_tokyo(tokyo_day(moment), 15)
    when = rules.times(TERMS, kind, starts_at)
    assert when.ends_at - when.starts_at == timedelta(minutes=TERMS.lasts[kind])
    count = (when.ends_at - when.starts_at + 2 * when.around) / rules.QUARTER
    assert len(when.quarters) == count
    assert when.starts_at.astimezone(TOKYO).hour == 15


@given(moments, st.integers(0, 200_000))
def test_reminders_are_ahead_never_at_night_and_never_of_what_was_just_booked(
    booked_at: datetime, minutes: int
) -> None:
    starts_at, quiet = booked_at + timedelta(minutes=minutes), QuietHours()
    for at in rules.reminders(TERMS, starts_at, booked_at=booked_at, quiet=quiet):
        assert booked_at + timedelta(hours=1) <= at < starts_at
        assert not quiet.holds(at)


def test_the_evening_before_and_an_hour_before() -> None:
    """R-149."""
    starts_at = at_tokyo(TUESDAY, 15)
    told = rules.reminders(
        TERMS, starts_at, booked_at=starts_at - timedelta(days=3), quiet=QuietHours()
    )
    assert told == [at_tokyo(date(2026, 11, 23), 18), at_tokyo(TUESDAY, 14)]
    early = at_tokyo(TUESDAY, 9, 30)
    told = rules.reminders(TERMS, early, booked_at=early - timedelta(days=3), quiet=QuietHours())
    assert told == [at_tokyo(date(2026, 11, 23), 18), at_tokyo(TUESDAY, 9)]


def test_without_shifts_the_shops_hours_alone_decide() -> None:
    found = rules.starts_on(book(), TUESDAY)
    assert found[0] == at_tokyo(TUESDAY, 12, 30)
    assert found[-1] == at_tokyo(TUESDAY, 18)
    taker = rules.taker_of(book(), at_tokyo(TUESDAY, 15))
    assert taker is not None
    assert taker.staff is None


def test_slots_of_a_remote_adviser_lie_in_their_windows_only() -> None:
    """R-139: split shifts, evenings after the shop has closed, holidays."""
    week = ((Span(time(9), time(10)), Span(time(20), time(21))),) * 7
    remote = person("zoe", hours=ShopHours(week=week), is_told=True)
    told = book(kind=Kind.VIDEO, keeps_shifts=True, people=[remote])
    assert rules.starts_on(told, TUESDAY) == [
        at_tokyo(TUESDAY, 20), at_tokyo(TUESDAY, 20, 30),
    ]  # fmt: skip
    wednesday = TUESDAY + timedelta(days=1)
    assert [each.hour for each in rules.starts_on(told, wednesday)] == [9, 9, 20, 20]
    off = replace(remote, hours=replace(remote.hours, exceptions={wednesday: ()}))
    assert rules.starts_on(replace(told, people=[off]), wednesday) == []


def test_the_own_adviser_has_it_when_free_else_who_knows_the_brand() -> None:
    staff = [
        person("a", hours=weekly(time(10), time(19)), is_told=True),
        person("own", hours=weekly(time(10), time(15)), is_told=True),
        person("z", hours=weekly(time(10), time(19)), is_told=True, brands=frozenset({"hermes"})),
    ]
    told = book(keeps_shifts=True, people=staff, wish=Wish(own=StaffId("own"), brand="hermes"))
    at_two, at_four = at_tokyo(TUESDAY, 14), at_tokyo(TUESDAY, 16)
    assert rules.taker_of(told, at_two).staff == "own"  # type: ignore[union-attr]
    assert rules.taker_of(told, at_four).staff == "z"  # type: ignore[union-attr]


def test_the_way_to_a_home_and_back_is_kept_free() -> None:
    staff = [person("a", hours=weekly(time(10), time(19)), is_told=True)]
    at_three = rules.times(TERMS, Kind.HOME, at_tokyo(TUESDAY + timedelta(days=1), 15))
    told = book(keeps_shifts=True, people=staff, taken={seat_of("a"): at_three.quarters})
    found = rules.starts_on(told, TUESDAY + timedelta(days=1))
    times = [f"{each:%H:%M}" for each in found]
    assert "13:00" in times
    assert not {"13:30", "14:00", "15:00", "16:30", "17:00"} & set(times)
    assert "17:30" in times


@pytest.mark.parametrize(
    "wrong",
    [
        {"appointments.step": 20},
        {"appointments.lasts": {"store": 60}},
        {"appointments.remind_at": "noon"},
        {"appointments.seats": 0},
    ],
)
def test_terms_that_cannot_be_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(PolicyMalformed):
        read(AppointmentTerms, wrong)
