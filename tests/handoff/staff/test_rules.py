"""Who may come in and for how long: the rules, over everything they may be asked."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from catalog.duties.actors import STAFF_ROLES, Role
from handoff.staff import rules
from handoff.staff.rules import (
    ACCOUNT,
    ALL,
    ASKS,
    BROWSER,
    SOURCE,
    Limit,
    SignInTerms,
    Tries,
    Weak,
    weakness,
)

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
ZERO, SECOND = timedelta(0), timedelta(seconds=1)
LIMITS = [ACCOUNT, BROWSER, SOURCE, ASKS, ALL]
limits = st.sampled_from(LIMITS)
gaps = st.lists(st.integers(0, 40 * 60).map(lambda s: timedelta(seconds=s)), max_size=60)


@pytest.mark.parametrize("limit", LIMITS)
def test_the_first_tries_are_free_and_the_next_waits(limit: Limit) -> None:
    tries = None
    for _ in range(limit.free):
        assert rules.wait(limit, tries, now=NOW) == ZERO
        tries = rules.tried(limit, tries, now=NOW)
    assert rules.wait(limit, tries, now=NOW) == min(limit.first_wait, limit.window)


def test_an_account_waits_one_two_four_minutes_and_never_more_than_a_quarter_of_an_hour() -> None:
    waits = [rules.wait(ACCOUNT, Tries(n, NOW, NOW), now=NOW) // SECOND // 60 for n in range(12)]
    assert waits == [0, 0, 0, 0, 0, 1, 2, 4, 8, 15, 15, 15]


@given(limits, gaps)
def test_whoever_tries_whenever_it_is_allowed_gets_few_tries(
    limit: Limit, pauses: list[timedelta]
) -> None:
    """However a stranger spreads them, and however many refused ones lie between."""
    now, tries, went = NOW, None, []
    for pause in pauses:
        now += pause
        if rules.wait(limit, tries, now=now) == ZERO:
            tries = rules.tried(limit, tries, now=now)
            went.append(now)
    growing = 5  # waits until the longest one
    most = limit.free + growing + limit.window // limit.longest_wait
    for first in went:
        assert len([at for at in went if first <= at < first + limit.window]) <= 2 * most


def test_a_stranger_who_never_stops_gets_about_a_hundred_tries_a_day() -> None:
    now, tries, went = NOW, None, 0
    while now < NOW + timedelta(days=1):
        if rules.wait(ACCOUNT, tries, now=now) == ZERO:
            tries, went = rules.tried(ACCOUNT, tries, now=now), went + 1
        now += SECOND * 5
    assert went <= 110


@given(limits, st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_nobody_is_locked_out_for_good(limit: Limit, count: int, since: int, last: int) -> None:
    tries = Tries(count, NOW - SECOND * max(since, last), NOW - SECOND * min(since, last))
    left = rules.wait(limit, tries, now=NOW)
    assert ZERO <= left <= limit.longest_wait
    assert rules.wait(limit, tries, now=NOW + left) == ZERO
    more = Tries(count + 1, tries.since, tries.last_at)
    assert rules.wait(limit, more, now=NOW) >= left


@given(limits, gaps)
def test_a_window_begins_with_its_first_try(limit: Limit, pauses: list[timedelta]) -> None:
    now, tries = NOW, None
    for pause in pauses:
        now += pause
        before, tries = tries, rules.tried(limit, tries, now=now)
        is_new = before is None or now >= before.since + limit.window
        assert tries.last_at == now
        assert (tries.count, tries.since) == (
            (1, now) if before is None or is_new else (before.count + 1, before.since)
        )


@given(st.sampled_from(STAFF_ROLES))
def test_only_remote_advisers_have_a_short_session(role: Role) -> None:
    life = rules.life(SignInTerms(), role)
    minutes = (life.idle // SECOND // 60, life.longest // SECOND // 60)
    assert minutes == ((30, 540) if role is Role.REMOTE else (720, 43_200))


@given(st.integers(-10, 10**6), st.integers(1, 10**6), st.integers(1, 10**6))
def test_a_session_is_over_at_the_first_of_its_two_ends(gone: int, idle: int, longest: int) -> None:
    ends_at, now = NOW + SECOND * longest, NOW + SECOND * gone
    over = rules.is_over(seen_at=NOW, ends_at=ends_at, idle=SECOND * idle, now=now)
    assert over == (gone >= min(idle, longest))
    assert rules.is_unseen(seen_at=NOW, now=now) == (gone >= 60)
    assert rules.is_fresh(started_at=NOW, now=now) == (gone < 15 * 60)


NAME, EMAIL = "佐藤 花子", "hanako.sato@example.jp"


@pytest.mark.parametrize(
    ("password", "weak"),
    [
        ("", Weak.SHORT),
        ("Kx7!pq2Rw9z", Weak.SHORT),
        ("Kx7!pq2Rw9zT", None),
        ("きょうはいいてんきですね", None),
        ("correct horse battery staple", None),
        ("x" * 201, Weak.LONG),
        ("aaaaaaaaaaaaaaaa", Weak.OBVIOUS),
        ("abababababababab", Weak.OBVIOUS),
        ("abc7abc7abc7abc7", Weak.OBVIOUS),
        ("123456789012", Weak.OBVIOUS),
        ("qwertyuiop12", Weak.OBVIOUS),
        ("password1234", Weak.OBVIOUS),
        ("P@ssword-1234!", Weak.OBVIOUS),
        ("パスワードパスワード12", Weak.OBVIOUS),
        ("Akashi-Console-2026", Weak.OBVIOUS),
        ("rolex-daytona", Weak.OBVIOUS),
        ("ｐａｓｓｗｏｒｄ１２３４", Weak.OBVIOUS),
        ("hanako.sato@example.jp", Weak.PERSONAL),
        ("HanakoSato-2026", Weak.PERSONAL),
        ("佐藤花子佐藤花子佐藤花子", Weak.PERSONAL),
        ("花子さとう大好き猫と庭と本", None),
    ],
)
def test_a_password_is_long_and_neither_obvious_nor_the_person(
    password: str, weak: Weak | None
) -> None:
    assert weakness(password, name=NAME, email=EMAIL) is weak


# Letters, figures and spaces that do not melt into one another at the seam of two names.
_letters = st.characters(codec="shift_jis", categories=("L", "N", "Zs"), exclude_characters="ﾞﾟ゛゜")


@given(st.text(max_size=300), st.text(_letters, min_size=1, max_size=40), st.none() | st.emails())
@example("", "0000000000001234", None)
@example("", "0000000000000000000000000012340", None)
def test_no_short_password_passes_and_none_that_is_the_name(
    password: str, name: str, email: str | None
) -> None:
    weak = weakness(password, name=name, email=email)
    if weak is None:
        assert 12 <= len(rules.plain(password)) <= 200
    for own in (name, email or "", (name * 40)[:30]):
        assert weakness(own, name=name, email=email) is not None


@given(st.binary(min_size=16, max_size=32))
def test_what_a_password_program_makes_passes(made: bytes) -> None:
    import base64

    told = base64.b85encode(made).decode()
    if len(set(made)) > 12:
        assert weakness(told, name=NAME, email=EMAIL) is None


@given(st.sampled_from(STAFF_ROLES), st.sampled_from(STAFF_ROLES))
def test_nobody_lets_in_somebody_who_may_more(by: Role, whom: Role) -> None:
    is_allowed = by is Role.OWNER or (by is Role.MANAGER and whom not in {Role.OWNER, Role.MANAGER})
    assert rules.may_invite(by, whom) is is_allowed
