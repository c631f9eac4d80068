"""Reply first, push with a key, never both without knowing (R-160)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.outbox.rules import RETRY_KEY_LIFE, Standing, Way, after, is_low_for, way
from conversations.outbox.tables import LetterState, Priority
from conversations.ports import (
    Accepted,
    Outcome,
    Quota,
    QuotaSpent,
    Rejected,
    TokenRefused,
    TooFast,
    Unclear,
)

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


def letter(**more: Any) -> Standing:
    told: dict[str, Any] = {
        "reply_token": "token",
        "reply_until": NOW + timedelta(seconds=45),
        "is_unclear": False,
        "first_tried_at": NOW,
        "attempts": 1,
        "expires_at": None,
        "priority": Priority.ASKED,
        "is_blocked": False,
        "is_quota_low_for": False,
        **more,
    }
    return Standing(**told)


LATER = NOW + timedelta(seconds=46)


@pytest.mark.parametrize(
    ("standing", "at", "chosen"),
    [
        (letter(), NOW, Way.REPLY),
        (letter(is_blocked=True, is_quota_low_for=True), NOW, Way.REPLY),
        (letter(is_unclear=True), NOW, Way.REPLY),
        (letter(is_unclear=True), LATER, Way.AMBIGUOUS),
        (letter(), LATER, Way.PUSH),
        (letter(reply_token=None), NOW, Way.PUSH),
        (letter(reply_token=None, is_blocked=True), NOW, Way.SUPPRESSED),
        (letter(reply_token=None, is_quota_low_for=True), NOW, Way.WAIT_FOR_QUOTA),
        (letter(reply_token=None, expires_at=NOW), NOW, Way.EXPIRED),
        (letter(reply_token=None, expires_at=NOW, is_unclear=True), NOW, Way.PUSH),
        (letter(reply_token=None, first_tried_at=NOW - timedelta(hours=23)), NOW, Way.GIVE_UP),
    ],
)
def test_the_way_a_letter_goes(standing: Standing, at: datetime, chosen: Way) -> None:
    assert way(standing, now=at) is chosen


@pytest.mark.parametrize(
    ("standing", "outcome", "state"),
    [
        (letter(), Accepted("r"), LetterState.SENT),
        (letter(), TokenRefused("no"), LetterState.DUE),
        (letter(is_unclear=True), TokenRefused("no"), LetterState.SENT),
        (letter(), Unclear("500"), LetterState.DUE),
        (letter(), TooFast(3), LetterState.DUE),
        (letter(), QuotaSpent(), LetterState.WAITING),
        (letter(), Rejected("400"), LetterState.DEAD),
    ],
)
def test_what_an_outcome_means(standing: Standing, outcome: Outcome, state: LetterState) -> None:
    assert after(standing, Way.REPLY, outcome, now=NOW).state is state


outcomes = st.sampled_from(
    [Accepted(), Unclear("x"), TooFast(None), TooFast(1.0), TokenRefused("x"), Rejected("x")]
)


@given(st.lists(outcomes, max_size=30), st.integers(0, 90))
def test_an_unclear_reply_is_never_pushed(tries: list[Outcome], step_seconds: int) -> None:
    """The fatal double: a reply nobody knows of, followed by a push."""
    standing, now = letter(first_tried_at=None), NOW
    reply_is_unclear = False
    for n, outcome in enumerate(tries):
        chosen = way(standing, now=now)
        if chosen is Way.PUSH:
            assert not reply_is_unclear
        if chosen not in {Way.REPLY, Way.PUSH}:
            return
        if chosen is Way.REPLY and isinstance(outcome, Unclear):
            reply_is_unclear = True
        if chosen is Way.PUSH and isinstance(outcome, TokenRefused):
            return
        came = after(standing, chosen, outcome, now=now)
        if came.state is not LetterState.DUE:
            return
        assert came.due_at is not None
        assert came.due_at >= now
        if came.drops_token:
            reply_is_unclear = False
        standing = letter(
            reply_token=None if came.drops_token or standing.reply_token is None else "token",
            is_unclear=came.is_unclear,
            attempts=n + 2,
        )
        now = max(came.due_at, now + timedelta(seconds=step_seconds))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from([TooFast(None), TooFast(2.0), TooFast(60.0)]), min_size=1))
def test_a_letter_the_platform_turns_away_is_tried_for_a_day_and_not_without_pause(
    answers: list[Outcome],
) -> None:
    """R-160: no connection, no token, too fast: nothing has left the house, and it is
    given up loudly when the life of the key is over, not after so many tries.
    """
    now, tries = NOW, 0
    while True:
        tries += 1
        standing = letter(reply_token=None, first_tried_at=NOW, attempts=tries)
        if way(standing, now=now) is Way.GIVE_UP:
            break
        came = after(standing, Way.PUSH, answers[tries % len(answers)], now=now)
        assert came.due_at is not None
        now = came.due_at
    assert RETRY_KEY_LIFE <= now - NOW < RETRY_KEY_LIFE + timedelta(minutes=7)
    assert 200 < tries < 500


def test_a_low_month_keeps_reminders_back_before_what_people_asked_for() -> None:
    assert not is_low_for(Priority.ASKED, Quota(200, 199))
    assert is_low_for(Priority.PROMISED, Quota(200, 195))
    assert is_low_for(Priority.MARKETING, Quota(200, 130))
    assert not is_low_for(Priority.REMINDER, Quota(200, 100))
    assert not is_low_for(Priority.MARKETING, Quota(None, 10_000))
    assert not is_low_for(Priority.MARKETING, None)
