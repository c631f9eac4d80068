"""Which addresses a browser may name as its push service, and how long news are news. Pure.

The browser tells us where to call, so whoever is signed in could name any address: nothing inside
the house is ever called (`is_outside` is asked again for what a name resolves to).
"""

import base64
import binascii
import ipaddress
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from catalog.ground.errors import Malformed

MOST_A_PERSON = 10
LONGEST_ENDPOINT = 1_000
_POINT_BYTES, _AUTH_BYTES = 65, 16
_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?=.{{4,253}}$)({_LABEL}\.)+[a-z][a-z0-9-]{{0,61}}[a-z0-9]")
_INSIDE = frozenset(
    {
        "local", "localhost", "internal", "intranet", "lan", "home", "corp", "arpa", "invalid",
        "test", "onion",
    }
)  # fmt: skip
_SHARED_64 = ipaddress.ip_network("64:ff9b::/96")  # NAT64: an IPv4 address in its last bits


class PushMalformed(Malformed):
    """No push service's address outside, or not the keys of a browser."""


class Urgency(StrEnum):
    """How soon a sleeping device is woken for it (RFC 8030, 5.3)."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Told:
    """A subscription as a browser tells it, looked at."""

    endpoint: str
    p256dh: bytes
    auth: bytes


def checked(endpoint: str, p256dh: str, auth: str, *, inside: Collection[str] = ()) -> Told:
    """`inside`: origins in the house that may be called all the same. Raises PushMalformed."""
    if not is_allowed(endpoint, inside=inside):
        raise PushMalformed("not the address of a push service")
    point, secret = _bytes(p256dh), _bytes(auth)
    if len(point) != _POINT_BYTES or point[0] != 4 or len(secret) != _AUTH_BYTES:
        raise PushMalformed("not the keys of a browser")
    return Told(endpoint, point, secret)


def is_allowed(endpoint: str, *, inside: Collection[str] = ()) -> bool:
    """Whether such an address is called: https by name on the usual port, or of `inside`."""
    if len(endpoint) > LONGEST_ENDPOINT or not endpoint.isascii() or not endpoint.isprintable():
        return False
    if " " in endpoint or "\\" in endpoint:
        return False
    try:
        parts = urlsplit(endpoint)
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        return False
    if parts.username is not None or parts.password is not None or parts.fragment:
        return False
    if f"{parts.scheme}://{parts.netloc}" in inside:
        return True
    is_name = _HOST.fullmatch(host) is not None and host.rpartition(".")[2] not in _INSIDE
    return parts.scheme == "https" and port in {None, 443} and is_name


def is_outside(address: str) -> bool:
    """Whether an IP address is one of the internet's, also by what it carries inside."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return is_outside(str(found.ipv4_mapped))
        if found in _SHARED_64:
            return is_outside(str(ipaddress.IPv4Address(int(found) & 0xFFFF_FFFF)))
        if found.sixtofour is not None or found.teredo is not None:
            return False
    return found.is_global and not found.is_multicast


@dataclass(frozen=True, slots=True)
class Life:
    """How long something is worth being told, and how urgently."""

    useful: timedelta
    urgency: Urgency


_CALL = Life(timedelta(hours=1), Urgency.HIGH)
_APPOINTMENT = Life(timedelta(hours=12), Urgency.HIGH)
_LIVES = {
    "mentioned": Life(timedelta(hours=12), Urgency.NORMAL),
    "captures": Life(timedelta(hours=8), Urgency.NORMAL),
    "test": Life(timedelta(minutes=5), Urgency.HIGH),
}


def life_of(what: str) -> Life:
    """Of a kind of news; a call of somebody who waits, unless it is another."""
    if what.startswith("appointment_"):
        return _APPOINTMENT
    return _LIVES.get(what, _CALL)


def _bytes(told: str) -> bytes:
    if len(told) > 200 or not told.isascii():
        return b""
    try:
        return base64.b64decode(told + "=" * (-len(told) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""
