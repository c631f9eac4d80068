"""Who is there and who is asked first: properties, and the shop's own examples."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from catalog.duties.actors import Role
from catalog.ground.calendar import ShopHours, Span, at_tokyo
from catalog.ground.record import StaffId
from handoff.shifts import rules
from handoff.shifts.rules import ALWAYS, Choice, Person, Why, Wish

NOON = at_tokyo(date(2026, 11, 24), 12)  # a Tuesday
OFF = ShopHours(week=((),) * 7)
NAMES = "abcdef"


def weekly(opens: time, closes: time) -> ShopHours:
    return ShopHours(week=((Span(opens, closes),),) * 7)


def person(name: str, **more: object) -> Person:
    return Person(StaffId(name), name, **more)  # type: ignore[arg-type]


moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))
halves = st.integers(0, 47).map(lambda n: time(n // 2, 30 * (n % 2)))


@st.composite
def spans(draw: st.DrawFn) -> tuple[Span, ...]:
    edges = sorted(draw(st.sets(halves, min_size=0, max_size=4)))
    return tuple(Span(a, b) for a, b in zip(edges[::2], edges[1::2], strict=False))


@st.composite
def hours(draw: st.DrawFn) -> ShopHours:
    return ShopHours(
        week=tuple(draw(spans()) for _ in range(7)),
        exceptions=draw(
            st.dictionaries(st.dates(date(2026, 1, 1), date(2027, 12, 31)), spans(), max_size=3)
        ),
        holidays=draw(st.none() | spans()),
    )


@st.composite
def people(draw: st.DrawFn, around: datetime) -> list[Person]:
    found = []
    for name in draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=6)):
        begins = around + timedelta(minutes=draw(st.integers(-60, 60)))
        window = (begins, begins + timedelta(minutes=20))
        away = around + timedelta(minutes=draw(st.integers(-60, 240)))
        found.append(
            Person(
                StaffId(name),
                name,
                hours=draw(hours()),
                is_told=draw(st.booleans()),
                windows=draw(st.sampled_from([(), (window,)])),
                away_until=draw(st.sampled_from([None, away])),
                categories=draw(st.frozensets(st.sampled_from(["watch", "bag"]))),
                brands=draw(st.frozensets(st.sampled_from(["hermes", "rolex"]))),
                languages=draw(st.frozensets(st.sampled_from(["ja", "en"]), min_size=1)),
                capacity=draw(st.integers(0, 3)),
                deputy=draw(st.sampled_from([None, *map(StaffId, NAMES)])),
                load=draw(st.integers(0, 4)),
                idle_since=draw(st.sampled_from([None, around, around - timedelta(hours=1)])),
            )
        )
    return found


@st.composite
def wishes(draw: st.DrawFn) -> Wish:
    who = st.sampled_from([None, *map(StaffId, NAMES)])
    return Wish(
        lang=draw(st.sampled_from(["ja", "en", "ko"])),
        category=draw(st.sampled_from([None, "watch", "bag"])),
        brand=draw(st.sampled_from([None, "hermes", "rolex"])),
        named=draw(who),
        own=draw(who),
        last=draw(who),
    )


@given(hours(), moments)
def test_the_next_open_moment_is_open_and_nothing_before_it_is(
    told: ShopHours, moment: datetime
) -> None:
    found = told.next_open(moment)
    if found is None:
        assert not any(told.week)
        return
    assert found >= moment
    assert told.is_open(found)
    between = (found - moment) // 5
    assert found == moment or not any(told.is_open(moment + between * n) for n in range(5))


@given(hours(), moments, st.integers(1, 600))
def test_what_hours_cover_is_open_from_end_to_end(
    told: ShopHours, moment: datetime, minutes: int
) -> None:
    ends = moment + timedelta(minutes=minutes)
    step = (ends - moment) / 7
    is_open = [told.is_open(moment + step * n) for n in range(7)]
    assert all(is_open) or not told.covers(moment, ends)


@given(st.data(), moments, wishes(), st.integers(5, 900))
def test_whoever_is_asked_first_is_there_before_the_promise_and_nobody_else_could_be_asked_instead(
    data: st.DataObject, now: datetime, wish: Wish, minutes: int
) -> None:
    staff = data.draw(people(now))
    by = now + timedelta(minutes=minutes)
    choice = rules.route(staff, wish, now=now, by=by)
    there = {each.id: each for each in staff if _comes(each, now, by)}
    if choice is None:
        assert not there
        return
    chosen = there[choice.staff]
    assert rules.is_on_duty(chosen, choice.at)
    assert now <= choice.at
    free = [each for each in there.values() if each.is_free]
    assert chosen.is_free or not free
    for preferred in (wish.named, wish.own):
        if preferred in there and there[preferred].is_free:
            assert choice.why in {Why.NAMED, Why.OWN}
            break
    if choice.may_be_named and chosen.is_told:
        assert rules.is_on_duty(chosen, by - timedelta(microseconds=1))


def _comes(person: Person, now: datetime, by: datetime) -> bool:
    first = rules.first_on_duty(person, now)
    return first is not None and (first <= now or first < by)


@given(st.data(), moments, wishes())
def test_the_choice_hangs_on_the_facts_alone(
    data: st.DataObject, now: datetime, wish: Wish
) -> None:
    staff = data.draw(people(now))
    by = now + timedelta(minutes=30)
    choice = rules.route(staff, wish, now=now, by=by)
    shuffled = data.draw(st.permutations(staff))
    assert rules.route(shuffled, wish, now=now, by=by) == choice


@given(st.integers(2, 5), st.integers(1, 40))
def test_among_equals_nobody_gets_more_than_one_more(count: int, tickets: int) -> None:
    staff = [person(NAMES[n], capacity=50) for n in range(count)]
    for n in range(tickets):
        now = NOON + timedelta(minutes=n)
        choice = rules.route(staff, Wish(), now=now, by=now + timedelta(minutes=10))
        assert choice is not None
        staff = [
            replace(each, load=each.load + 1, idle_since=now) if each.id == choice.staff else each
            for each in staff
        ]
    loads = [each.load for each in staff]
    assert max(loads) - min(loads) <= 1


def ask(staff: list[Person], wish: Wish, *, now: datetime = NOON, minutes: int = 10) -> Choice:
    choice = rules.route(staff, wish, now=now, by=now + timedelta(minutes=minutes))
    assert choice is not None
    return choice


def test_the_own_adviser_goes_first_then_the_deputy_then_who_knows_the_brand() -> None:
    tanaka = person("tanaka", deputy=StaffId("sato"))
    sato, suzuki = person("sato"), person("suzuki", brands=frozenset({"hermes"}))
    wish = Wish(own=StaffId("tanaka"), brand="hermes")
    assert ask([tanaka, sato, suzuki], wish).why is Why.OWN
    off = replace(tanaka, hours=OFF)
    choice = ask([off, sato, suzuki], wish)
    assert (choice.staff, choice.why) == ("sato", Why.DEPUTY)
    busy = replace(sato, load=3)
    choice = ask([off, busy, suzuki], wish)
    assert (choice.staff, choice.why) == ("suzuki", Why.BRAND)
    assert ask([off, busy, replace(suzuki, load=3)], wish).why is Why.FULL


def test_an_adviser_who_begins_before_the_promise_is_waited_for() -> None:
    late = person("tanaka", hours=weekly(time(12, 5), time(19)), is_told=True)
    there = person("sato", hours=weekly(time(10), time(19)), is_told=True)
    choice = ask([late, there], Wish(own=StaffId("tanaka")))
    assert (choice.staff, choice.at) == ("tanaka", NOON + timedelta(minutes=5))
    assert choice.may_be_named
    later = replace(late, hours=weekly(time(13), time(19)))
    assert ask([later, there], Wish(own=StaffId("tanaka"))).staff == "sato"


def test_a_shift_that_ends_before_the_promise_names_nobody() -> None:
    leaves = person("sato", hours=weekly(time(10), time(12, 5)), is_told=True)
    choice = ask([leaves], Wish())
    assert choice.staff == "sato"
    assert not choice.may_be_named


def test_a_split_shift_leaves_its_middle_to_others() -> None:
    week = ((Span(time(10), time(11)), Span(time(15), time(19))),) * 7
    sato = person("sato", hours=ShopHours(week=week), is_told=True)
    assert rules.first_on_duty(sato, NOON) == at_tokyo(date(2026, 11, 24), 15)
    assert rules.route([sato], Wish(), now=NOON, by=NOON + timedelta(minutes=10)) is None


def test_holiday_work_is_a_pattern_of_its_own() -> None:
    holiday = at_tokyo(date(2026, 11, 23), 12)  # 勤労感謝の日, a Monday
    weekdays = person("sato", hours=replace(weekly(time(10), time(19)), holidays=()))
    holidays = person(
        "remote", hours=ShopHours(week=((),) * 7, holidays=(Span(time(10), time(19)),))
    )
    assert ask([weekdays, holidays], Wish(), now=holiday).staff == "remote"
    assert ask([weekdays, holidays], Wish()).staff == "sato"


def test_a_short_turn_is_taken_first_among_equals_but_not_over_knowledge() -> None:
    turn = ((NOON, NOON + timedelta(minutes=20)),)
    remote = person("zoe", hours=OFF, windows=turn)
    sato = person("sato", brands=frozenset({"hermes"}))
    assert ask([sato, remote], Wish()).why is Why.WINDOW
    assert ask([sato, remote], Wish(brand="hermes")).staff == "sato"
    assert not rules.is_on_duty(remote, NOON + timedelta(minutes=20))


def test_who_stepped_out_is_not_there_until_then() -> None:
    away = person("sato", away_until=NOON + timedelta(hours=1))
    assert not rules.is_on_duty(away, NOON)
    assert rules.first_on_duty(away, NOON) == NOON + timedelta(hours=1)
    assert rules.route([away], Wish(), now=NOON, by=NOON + timedelta(minutes=10)) is None


def test_the_chain_goes_to_the_rank_that_is_there_and_to_somebody_anyway() -> None:
    lead = person("lead", role=Role.SENIOR)
    boss = person("boss", role=Role.MANAGER)
    staff = person("sato")
    told = rules.chain([lead, boss, staff], is_manager=False, now=NOON)
    assert told == ["lead"]
    assert rules.chain([lead, boss, staff], is_manager=True, now=NOON) == ["boss"]
    off = replace(lead, hours=OFF)
    assert rules.chain([off, boss, staff], is_manager=False, now=NOON) == ["boss"]
    assert rules.chain([off, staff], is_manager=False, now=NOON) == ["lead"]
    assert rules.chain([staff], is_manager=True, now=NOON) == ["sato"]
    assert rules.chain([], is_manager=True, now=NOON) == []


def test_a_name_is_heard_with_its_honorific_only_and_only_when_one_has_it() -> None:
    staff = [person("田中 花子"), person("佐藤")]
    assert rules.named_in("田中さんをお願いします", staff) == "田中 花子"
    assert rules.named_in("佐藤様とお話ししたい", staff) == "佐藤"
    assert rules.named_in("田中貴金属の指輪", staff) is None
    assert rules.named_in("田中さん", [*staff, person("田中 一郎")]) is None
    assert rules.named("田中", staff) == rules.named("田中花子", staff) == "田中 花子"
    assert rules.named("鈴木", staff) is None


def test_hours_that_could_promise_nothing_are_seen() -> None:
    always = replace(ALWAYS, exceptions={date(2026, 11, 25) + timedelta(n): () for n in range(60)})
    assert rules.is_ever_open(always, now=NOON)
    longer = replace(ALWAYS, exceptions={date(2026, 11, 25) + timedelta(n): () for n in range(61)})
    assert not rules.is_ever_open(longer, now=NOON)
    assert not rules.is_ever_open(OFF, now=NOON)


@given(
    st.lists(
        st.tuples(st.sampled_from(["ja", "ko", "en"]), st.integers(0, 5)), min_size=1, max_size=6
    ),
    st.lists(st.sampled_from(["ja", "ko", "zh_hans"]), max_size=30),
)
def test_a_book_is_shared_by_language_and_evenly(
    people: list[tuple[str, int]], clients: list[str]
) -> None:
    staff = [
        Person(StaffId(f"p{n}"), f"p{n}", languages=frozenset({lang}))
        for n, (lang, _) in enumerate(people)
    ]
    counts = {StaffId(f"p{n}"): count for n, (_, count) in enumerate(people)}
    for lang in clients:
        chosen = rules.successor(staff, lang, counts)
        assert chosen is not None
        speaks = [each for each in staff if lang in each.languages]
        assert chosen in (speaks or staff)
        assert counts[chosen.id] == min(counts[each.id] for each in speaks or staff)
        counts[chosen.id] += 1
    assert rules.successor([], "ja", counts) is None
