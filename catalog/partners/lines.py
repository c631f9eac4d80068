"""One line of a partner list (`akashi import partners`) turned into a checked shape."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from catalog.ground import lines
from catalog.ground.lines import LineMalformed, listed
from catalog.partners.rules import (
    GrantMalformed,
    MediaKind,
    Right,
    media_kinds_of,
    rights_of,
)

REQUIRED = ("partner_code", "name", "unit_codes", "rights")
OPTIONAL = ("media_kinds", "expires_on")
LONGEST_CELL = 20_000


@dataclass(frozen=True, slots=True)
class PartnerLine:
    """A line that can be taken. `unit_codes` None: every piece the shop owns."""

    partner_code: str
    name: str
    unit_codes: tuple[str, ...] | None
    rights: frozenset[Right]
    media_kinds: frozenset[MediaKind]
    expires_on: date | None


def parse(cells: Mapping[str, str]) -> PartnerLine:
    """Lists inside a cell are separated by `;`. Raises LineMalformed naming the first cell that
    cannot be taken.
    """
    given = lines.cells(cells, REQUIRED, OPTIONAL, longest=LONGEST_CELL)
    return PartnerLine(
        partner_code=given["partner_code"].upper(),
        name=given["name"],
        unit_codes=_codes(given["unit_codes"]),
        rights=_rights(given["rights"]),
        media_kinds=_kinds(given["media_kinds"]),
        expires_on=lines.or_none(lines.day, "expires_on", given["expires_on"]),
    )


def _codes(cell: str) -> tuple[str, ...] | None:
    if cell == "*":
        return None
    codes = tuple(dict.fromkeys(each.upper() for each in listed(cell)))
    for code in codes:
        letters, hyphen, digits = code.partition("-")
        if not (letters.isascii() and letters.isalpha() and hyphen and digits.isdecimal()):
            raise LineMalformed("unit_codes", f"{code[:40]!r} is no unit code (W-10234) and not *")
    if not codes:
        raise LineMalformed("unit_codes", "names no unit")
    return codes


def _rights(cell: str) -> frozenset[Right]:
    try:
        return rights_of(listed(cell))
    except GrantMalformed as wrong:
        raise LineMalformed("rights", f"{wrong.told!r} is none of {', '.join(Right)}") from None


def _kinds(cell: str) -> frozenset[MediaKind]:
    if not cell:
        return frozenset(MediaKind)
    try:
        return media_kinds_of(listed(cell))
    except GrantMalformed as wrong:
        known = ", ".join(MediaKind)
        raise LineMalformed("media_kinds", f"{wrong.told!r} is none of {known}") from None
