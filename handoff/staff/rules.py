"""What decides who may come in and for how long (サインインの規則). Pure.

Not here: what somebody inside may do (`permissions`).
"""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from catalog.duties.actors import Role
from catalog.ground.policy import flag, term, whole

SEEN_EVERY = timedelta(minutes=1)
FRESH_FOR = timedelta(minutes=15)  # in which somebody who signed in may add another way in
LEAST_SIGNS = 12
MOST_SIGNS = 200
_LEAST_DIFFERENT = 5
_LEAST_OWN = 6  # signs a password has beside obvious words


@dataclass(frozen=True, slots=True)
class SignInTerms:
    """How long somebody stays signed in, and by what they may come in."""

    idle_minutes: int = term(
        "staff.idle_minutes", 720, whole(5, 10_080), "minutes without a sign until a session ends"
    )
    longest_days: int = term(
        "staff.longest_days", 30, whole(1, 365), "days after which a session ends in any case"
    )
    remote_idle_minutes: int = term(
        "staff.remote_idle_minutes", 30, whole(5, 1_440), "the same for remote advisers, minutes"
    )
    remote_longest_minutes: int = term(
        "staff.remote_longest_minutes",
        540,
        whole(5, 10_080),
        "minutes after which a remote adviser's session ends in any case",
    )
    invitation_hours: int = term(
        "staff.invitation_hours", 72, whole(1, 720), "hours in which an invitation can be used"
    )
    password_with_passkey: bool = term(
        "staff.password_with_passkey",
        False,
        flag,
        "whether a password alone still lets in who has a passkey",
    )


@dataclass(frozen=True, slots=True)
class Life:
    """How long a session lives: without a sign, and at most."""

    idle: timedelta
    longest: timedelta


def life(terms: SignInTerms, role: Role) -> Life:
    """Remote advisers sit where nobody of the shop looks on: theirs is short (R-142)."""
    if role is Role.REMOTE:
        idle = timedelta(minutes=terms.remote_idle_minutes)
        return Life(idle, timedelta(minutes=terms.remote_longest_minutes))
    return Life(timedelta(minutes=terms.idle_minutes), timedelta(days=terms.longest_days))


def is_over(*, seen_at: datetime, ends_at: datetime, idle: timedelta, now: datetime) -> bool:
    """Whether a session has ended by itself. Up to `SEEN_EVERY` early: no later sign is written."""
    return now >= ends_at or now >= seen_at + idle


def is_unseen(*, seen_at: datetime, now: datetime) -> bool:
    """Whether a sign of life is to be written."""
    return now >= seen_at + SEEN_EVERY


def is_fresh(*, started_at: datetime, now: datetime) -> bool:
    """Whether somebody has just signed in: a session left open adds no passkey."""
    return now < started_at + FRESH_FOR


# How often may be tried


@dataclass(frozen=True, slots=True)
class Limit:
    """The first `free` tries of a window are free; each further one makes the next wait twice as
    long, from `first_wait` to `longest_wait`, never longer. A window begins with its first try.
    """

    free: int
    first_wait: timedelta
    longest_wait: timedelta
    window: timedelta


@dataclass(frozen=True, slots=True)
class Tries:
    """What was tried since the window began."""

    count: int
    since: datetime
    last_at: datetime


_MINUTE, _QUARTER, _DAY = timedelta(minutes=1), timedelta(minutes=15), timedelta(days=1)
ACCOUNT = Limit(5, _MINUTE, _QUARTER, _DAY)
BROWSER = Limit(10, _MINUTE, _QUARTER, _DAY)  # one the person has used before
SOURCE = Limit(30, _MINUTE, _QUARTER, timedelta(hours=1))  # a shop has one address for all
ASKS = Limit(60, _MINUTE, _MINUTE, _MINUTE)  # challenges and visits, for one source
ALL = Limit(120, _MINUTE, _MINUTE, _MINUTE)  # hashing is slow on purpose


def wait(limit: Limit, tries: Tries | None, *, now: datetime) -> timedelta:
    """How long the next try has to wait; zero: it may go."""
    if tries is None or tries.count < limit.free or now >= tries.since + limit.window:
        return timedelta(0)
    doubled = min(tries.count - limit.free, 32)
    pause = min(limit.first_wait * (1 << doubled), limit.longest_wait)
    return max(min(tries.last_at + pause, tries.since + limit.window) - now, timedelta(0))


def tried(limit: Limit, tries: Tries | None, *, now: datetime) -> Tries:
    """What is counted after one more."""
    if tries is None or now >= tries.since + limit.window:
        return Tries(1, now, now)
    return Tries(tries.count + 1, tries.since, now)


# What a password must be


class Weak(StrEnum):
    """Why a password is refused."""

    SHORT = "short"
    LONG = "long"
    OBVIOUS = "obvious"  # a word everybody tries, a row of keys, a few signs repeated
    PERSONAL = "personal"  # the name or the e-mail address


# What is tried first everywhere, and what is near at hand in this trade and this program.
_OBVIOUS_WORDS = """
password passwort motdepasse contrasena パスワード ぱすわーど pasuwado pass word himitsu hikari
letmein welcome youkoso irasshaimase admin administrator kanri root user guest login signin
changeme default secret test demo qwertyuiop qwerty asdfghjkl asdfgh zxcvbnm zxcvbn qazwsx
1qaz2wsx 1q2w3e4r5t 1q2w3e4r zaq12wsx iloveyou aishiteru sakura doraemon pikachu pokemon monkey
dragon football baseball superman princess sunshine shadow master akashi console rolex daytona
submariner omega patek cartier hermes birkin kelly chanel vuitton louisvuitton diamond watch tokei
kaitori buyback consignment reiwa heisei showa tokyo ginza osaka japan nippon company shop store
staff
"""
_OBVIOUS = tuple(_OBVIOUS_WORDS.split())
_ROWS = ("01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")


def plain(password: str) -> str:
    """As it is hashed: full and half width are one (NFKC), or a changed keyboard locks out."""
    return unicodedata.normalize("NFKC", password)


def weakness(password: str, *, name: str, email: str | None) -> Weak | None:
    """What is wrong with a new password; None when nothing is."""
    told = plain(password)
    if len(told) < LEAST_SIGNS:
        return Weak.SHORT
    if len(told) > MOST_SIGNS:
        return Weak.LONG
    bare = _bare(told)
    parts = (*name.split(), name, *(email or "").split("@"), email or "")
    own = [part for part in map(_bare, parts) if len(part) > 1]
    if any(_is_again(bare, part) or (bare and bare in part) for part in own):
        return Weak.PERSONAL
    if any(part in bare for part in own) and len(_without(bare, own)) < _LEAST_OWN:
        return Weak.PERSONAL
    rest = _without(_without(bare, _OBVIOUS), _runs(bare))
    if len(set(told)) < _LEAST_DIFFERENT or len(rest) < _LEAST_OWN or _is_repeated(bare):
        return Weak.OBVIOUS
    return None


def _bare(told: str) -> str:
    folded = plain(told).casefold()
    return "".join(sign for sign in folded if sign.isalnum())


def _without(bare: str, words: list[str] | tuple[str, ...]) -> str:
    for word in sorted(words, key=len, reverse=True):
        if len(word) > 1:
            bare = bare.replace(word, "")
    return bare


def _runs(bare: str) -> list[str]:
    """Stretches of four and more signs that stand so on a keyboard or in the alphabet."""
    found = []
    for row in (*_ROWS, *(row[::-1] for row in _ROWS)):
        start = 0
        while start < len(bare):
            end = start + 1
            while end < len(bare) and bare[start : end + 1] in row:
                end += 1
            if end - start >= 4:
                found.append(bare[start:end])
            start = end
    return found


def _is_repeated(bare: str) -> bool:
    """Whether it is a few signs again and again."""
    sizes = range(1, min(_LEAST_OWN, len(bare) // 2 + 1))
    return any(_is_again(bare, bare[:size]) for size in sizes)


def _is_again(bare: str, word: str) -> bool:
    """Whether it is that word again and again, the last time perhaps not to its end."""
    return bool(bare and word) and bare == (word * (len(bare) // len(word) + 1))[: len(bare)]


# Who may open the door for whom

_TOP = frozenset({Role.OWNER, Role.MANAGER})


def may_invite(by: Role, whom: Role) -> bool:
    """Owners anyone, managers those who are neither: an invitation sets the password, so whoever
    makes one could come in as that person.
    """
    return by is Role.OWNER or (by is Role.MANAGER and whom not in _TOP)
