"""The PIN of a page that is passed on (暗証番号): six digits, told once, kept as a salted scrypt
digest, and harder to guess with each five that were wrong.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta

DIGITS = 6
TRIES = 5
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=15), timedelta(days=1)
_COST, _BLOCK, _LANES, _LENGTH = 2**14, 8, 1, 32


@dataclass(frozen=True, slots=True)
class Made:
    """A new PIN, told once, and what is kept of it."""

    told: str
    kept: str


def made() -> Made:
    """A new one with its digest: never inside a transaction."""
    told = fresh()
    return Made(told, digest(told))


def fresh() -> str:
    """A new one."""
    return "".join(secrets.choice("0123456789") for _ in range(DIGITS))


def digest(pin: str) -> str:
    """`salt:digest`, both hex. Takes about 50 ms: never inside a transaction."""
    salt = secrets.token_bytes(16)
    return f"{salt.hex()}:{_scrypt(pin, salt)}"


def fits(pin: str, kept: str) -> bool:
    """Whether that is the PIN. Takes as long as `digest`, whatever was told."""
    salt, _, wanted = kept.partition(":")
    return hmac.compare_digest(_scrypt(pin, bytes.fromhex(salt)), wanted)


def wait_after(tries: int) -> timedelta | None:
    """How long nobody may try after so many in a row: after five a quarter of an hour, after each
    five more twice as long, at most a day.
    """
    if tries == 0 or tries % TRIES:
        return None
    doubled: int = 2 ** min(tries // TRIES - 1, 10)
    return min(_FIRST_WAIT * doubled, _LONGEST_WAIT)


def _scrypt(pin: str, salt: bytes) -> str:
    told = pin.encode("utf-8", "replace")
    return hashlib.scrypt(
        told, salt=salt, n=_COST, r=_BLOCK, p=_LANES, dklen=_LENGTH, maxmem=64 << 20
    ).hex()
