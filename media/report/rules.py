"""What a condition report is made of (状態報告書の規則): occasions, pins, the code it is checked
by, and from when captures count. Pure.
"""

import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from catalog.ground.errors import Malformed
from catalog.items.custody import Step, came_back, stays
from media.assets.kinds import Occasion

MANIFEST_VERSION = 1
PRINTED_IN = ("ja", "en")  # the languages of certificates, the one every report is printed in first
WHOLE = 1_000_000  # a picture's width and height, as pins count them
LONGEST_WORDS = 400
MOST_PINS = 60
MOST_UM = 1_000_000  # a metre
# Crockford's: no I, L, O and U, which hands and eyes take for others.
_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RANDOM_SIGNS = 19  # 95 bits
_GROUP = 4
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})


# What may be written down before anybody graded the piece.
UNGRADED = frozenset({Occasion.INTAKE, Occasion.ARRIVAL})


class State(StrEnum):
    """How far a report is."""

    DRAFT = "draft"
    ISSUED = "issued"
    SUPERSEDED = "superseded"
    DROPPED = "dropped"
    LAPSED = "lapsed"  # a draft nobody issued before the piece had left and come in again


class FindingKind(StrEnum):
    """What is to be seen."""

    SCRATCH = "scratch"
    DENT = "dent"
    CHIP = "chip"
    STAIN = "stain"
    WEAR = "wear"
    DISCOLOURATION = "discolouration"
    DEFORMATION = "deformation"
    REPAIR = "repair"
    OTHER = "other"


class Severity(StrEnum):
    """How much it matters, the least first."""

    FAINT = "faint"
    LIGHT = "light"
    CLEAR = "clear"
    HEAVY = "heavy"


OCCASIONS: Mapping[Occasion, str] = MappingProxyType(
    {
        Occasion.INTAKE: "入荷時",
        Occasion.BEFORE_SHIPPING: "発送前",
        Occasion.ARRIVAL: "到着時",
        Occasion.RETURN: "返送時",
        Occasion.DISPUTE: "現状相違の確認時",
    }
)
KINDS: Mapping[FindingKind, str] = MappingProxyType(
    {
        FindingKind.SCRATCH: "線傷",
        FindingKind.DENT: "打痕",
        FindingKind.CHIP: "欠け",
        FindingKind.STAIN: "汚れ・しみ",
        FindingKind.WEAR: "擦れ・摩耗",
        FindingKind.DISCOLOURATION: "変色",
        FindingKind.DEFORMATION: "変形",
        FindingKind.REPAIR: "修理跡",
        FindingKind.OTHER: "その他",
    }
)
SEVERITIES: Mapping[Severity, str] = MappingProxyType(
    {
        Severity.FAINT: "ごくわずか",
        Severity.LIGHT: "軽い",
        Severity.CLEAR: "見て分かる",
        Severity.HEAVY: "強い",
    }
)


class PinMalformed(Malformed):
    """A pin that lies outside its picture, or says nothing. `column`: what is wrong."""

    def __init__(self, column: str) -> None:
        super().__init__(f"a pin's {column} is not right")
        self.column = column


@dataclass(frozen=True, slots=True)
class Mark:
    """Where in the upright picture, in millionths of its width and height from the top left;
    without width and height it is a point.
    """

    x: int
    y: int
    width: int = 0
    height: int = 0

    @property
    def centre(self) -> tuple[int, int]:
        """Where the pin's number stands."""
        return self.x + self.width // 2, self.y + self.height // 2


@dataclass(frozen=True, slots=True)
class Pin:
    """What somebody saw. `size_um`: its longest side in micrometres."""

    asset_id: str
    mark: Mark
    kind: FindingKind
    severity: Severity
    told: str
    size_um: int | None = None


def check_pin(pin: Pin) -> None:
    """Raises PinMalformed."""
    mark = pin.mark
    if min(mark.x, mark.y, mark.width, mark.height) < 0:
        raise PinMalformed("place")
    if mark.x + mark.width > WHOLE or mark.y + mark.height > WHOLE:
        raise PinMalformed("place")
    if not pin.told.strip() or len(pin.told) > LONGEST_WORDS or not is_plain(pin.told):
        raise PinMalformed("words")
    if pin.size_um is not None and not 0 < pin.size_um <= MOST_UM:
        raise PinMalformed("size")


def is_plain(told: str) -> bool:
    """Whether it holds nothing that turns or hides other signs (bidi marks, controls)."""
    return all(
        unicodedata.category(each) not in {"Cc", "Cf", "Cs", "Co"} or each == "\n" for each in told
    )


def covers_from(steps: Sequence[Step]) -> datetime | None:
    """Since when the piece is in the house again: captures of an earlier stay, or on the way back,
    show no state of this one. None when it never came back: all captures count (decision 0043).
    """
    return came_back(steps)


def covers_until(steps: Sequence[Step], since: datetime | None) -> datetime | None:
    """When the stay that began then was over, once another one has begun: what was captured after
    it shows no state of it. None while it is the last.
    """
    past = stays(steps)
    for number, each in enumerate(past):
        if each.since is not None and (since is None or each.since > since) and number:
            return past[number - 1].until
    return None


def new_code() -> str:
    """Twenty signs in groups of four, the last of them a check: `7K3M-…`. 95 bits that nobody
    guesses.
    """
    drawn = "".join(secrets.choice(_SIGNS) for _ in range(_RANDOM_SIGNS))
    return written(drawn + check_sign(drawn))


def check_sign(signs: str) -> str:
    """Luhn's sum over 32 signs: tells every single slip and nearly every swap of neighbours."""
    total = 0
    for place, sign in enumerate(reversed(signs)):
        value = _SIGNS.index(sign) * (2 if place % 2 == 0 else 1)
        total += value // len(_SIGNS) + value % len(_SIGNS)
    return _SIGNS[-total % len(_SIGNS)]


def written(signs: str) -> str:
    """As it is printed."""
    return "-".join(signs[n : n + _GROUP] for n in range(0, len(signs), _GROUP))


def read_code(told: str) -> str | None:
    """The code as it is kept, from what somebody typed; None when it cannot be one."""
    if len(told) > 40:
        return None
    signs = unicodedata.normalize("NFKC", told).upper().translate(_READ_AS)
    signs = "".join(each for each in signs if each not in "-‐‑–—−ー _")
    if len(signs) != _RANDOM_SIGNS + 1 or not set(signs) <= set(_SIGNS):
        return None
    return written(signs) if check_sign(signs[:-1]) == signs[-1] else None


def masked(serial: str | None) -> str | None:
    """A serial with all but its last two signs hidden, and nothing of a short one."""
    if not serial:
        return None
    shown = serial[-2:] if len(serial) >= 6 else ""
    return "•" * (len(serial) - len(shown)) + shown
