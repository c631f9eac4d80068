"""What a thread's message is, until when something is put aside, how a customer is named."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.ground import policy
from catalog.ground.calendar import TOKYO, at_tokyo
from catalog.ground.policy import PolicyMalformed
from handoff.slack.rules import (
    FURTHEST,
    NameShown,
    NoSuchMoment,
    SlackTerms,
    SnoozeChoice,
    named,
    own_moment,
    pause,
    reply_in,
    wakes_at,
)

PREFIXES = SlackTerms().prefixes
NOW = datetime(2026, 11, 24, 4, 50, tzinfo=UTC)  # a Tuesday, 13:50 in Tokyo
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("返信: 承りました", "承りました"),
        ("返信:承りました", "承りました"),
        ("返信：承りました", "承りました"),
        ("  返信: 二行\nあります ", "二行\nあります"),
        ("reply: yes", "yes"),
        ("REPLY: Yes", "Yes"),
        ("ＲＥＰＬＹ： yes", "yes"),
        ("返信:", ""),
        ("承りました", None),
        ("返信 承りました", None),
        ("お返事 返信: 承りました", None),
        ("> 返信: 承りました", None),
        ("「返信: 承りました」", None),
        ("*返信:* 承りました", None),
        ("replying: yes", None),
        ("返信、あとで: 山田", None),
        ("", None),
        ("ⓡⓔⓟⓛⓨ: no", None),
        ("𝐫𝐞𝐩𝐥𝐲: no", None),
        ("ʳᵉᵖˡʸ: no", None),
        ("ℝeply: no", None),
        ("rеply: no", None),  # a Cyrillic е
        ("返信∶ いいえ", None),
        ("返信﹕いいえ", None),
        ("返\u200b信: いいえ", None),
    ],
)
def test_only_what_begins_with_an_agreed_word_is_for_the_customer(
    text: str, reply: str | None
) -> None:
    assert reply_in(text, PREFIXES) == reply


@given(st.text())
def test_what_does_not_begin_with_an_agreed_sign_is_never_a_reply(text: str) -> None:
    head = text.lstrip()[:20]
    if ":" not in head and "：" not in head and not any(ord(each) > 0xFE00 for each in head):
        assert reply_in(text, PREFIXES) is None


@given(st.text(), st.text())
def test_an_agreed_word_inside_a_text_sends_nothing(before: str, after: str) -> None:
    text = f"あ{before}返信: {after}"
    assert reply_in(text, PREFIXES) is None


@given(st.text())
def test_a_reply_holds_the_words_after_the_agreed_one_and_no_more(text: str) -> None:
    assert reply_in(f"返信: {text}", PREFIXES) == text.strip()


@given(st.text())
def test_without_an_agreed_word_nothing_is_sent(text: str) -> None:
    assert reply_in(text, ()) is None


@pytest.mark.parametrize("value", ["返信:", [1], [":"], ["返信"], ["a" * 30 + ":"]])
def test_a_word_people_begin_sentences_with_is_refused(value: object) -> None:
    with pytest.raises(PolicyMalformed):
        policy.read(SlackTerms, {"desk.slack_prefix": value})


@pytest.mark.parametrize(
    ("choice", "at"),
    [
        (SnoozeChoice.HOUR, datetime(2026, 11, 24, 14, 50, tzinfo=TOKYO)),
        (SnoozeChoice.TOMORROW, datetime(2026, 11, 25, 10, 0, tzinfo=TOKYO)),
        (SnoozeChoice.MONDAY, datetime(2026, 11, 30, 10, 0, tzinfo=TOKYO)),
        (SnoozeChoice.REPLY, None),
    ],
)
def test_each_choice_has_its_exact_moment(choice: SnoozeChoice, at: datetime | None) -> None:
    assert wakes_at(choice, now=NOW) == at


@given(MOMENTS)
def test_a_ready_choice_is_never_past_and_next_monday_is_a_monday(now: datetime) -> None:
    for choice in (SnoozeChoice.HOUR, SnoozeChoice.TOMORROW, SnoozeChoice.MONDAY):
        at = wakes_at(choice, now=now)
        assert at is not None
        assert now < at <= now + timedelta(days=8)
    monday = wakes_at(SnoozeChoice.MONDAY, now=now)
    assert monday is not None
    assert monday.astimezone(TOKYO).weekday() == 0


@given(MOMENTS, st.text(max_size=12), st.text(max_size=8))
def test_a_moment_of_ones_own_is_ahead_and_not_too_far_or_refused(
    now: datetime, day: str, clock: str
) -> None:
    try:
        at = own_moment(day, clock, now=now)
    except NoSuchMoment:
        return
    assert now < at <= now + FURTHEST


def test_a_day_and_a_time_are_of_the_tokyo_clock() -> None:
    assert own_moment("2026-12-01", "09:30", now=NOW) == at_tokyo(
        datetime(2026, 12, 1).date(), 9, 30
    )
    for day in ("2026-11-24", "2027-11-24", "2026-02-30", ""):
        with pytest.raises(NoSuchMoment):
            own_moment(day, "09:30", now=NOW)


@given(st.none() | st.text(min_size=1), st.none() | st.text(min_size=1))
def test_without_leave_no_name_stands_on_slack(full: str | None, family: str | None) -> None:
    assert named(full, family, NameShown.NONE) is None
    assert named(full, family, NameShown.FAMILY) == family
    assert named(full, family, NameShown.FULL) == (full or family)


@given(st.integers(0, 10_000))
def test_pauses_grow_to_a_quarter_of_a_minute_and_no_more(attempts: int) -> None:
    assert timedelta(seconds=1) <= pause(attempts) <= timedelta(seconds=15)
