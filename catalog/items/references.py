"""References and serials as makers, dealers and customers write them (R-090): exactly, or by their
beginning. No digit is ever put right; `near` only offers.
"""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, select

from catalog.items.asking import Asking
from catalog.items.lookup import ENOUGH, Look
from catalog.items.tables import Style, Unit
from catalog.items.words import fold, plain_key, sound_key

_SHORTEST_BEGINNING = 4
_STYLES_AT_ONCE = 50
_BOUND = "z" * 24  # after every key that begins with what stands before it
_PANERAI = re.compile(r"pam0*(\d{1,5})")
_COLLECTION = re.compile(r"(?<![0-9a-z])([0-9a-z][0-9a-z./]*?)-\d{4}(?![0-9a-z])")
_MOST_OFFERED = 5


def exact(look: Look, asking: Asking) -> list[Any]:
    """Pieces whose reference or serial is exactly what was written, references first."""
    written = (*([asking.whole] if asking.whole else []), *asking.keys)
    wanted = list(dict.fromkeys(way for key in written for way in _ways(key)))
    for keys in (wanted, _shortened(asking.folded)):
        if not keys:
            continue
        styles = _styles(look.db, col(Style.reference_key).in_(keys))
        found = _of_styles(look, [style for style, _ in styles], look.limit)
        known = {row[0] for row in found}
        serials = look.rows(col(Unit.serial_key).in_(keys), look.limit)
        found += [row for row in serials if row[0] not in known]
        if found:
            return found[: look.limit]
    return []


def beginning(look: Look, asking: Asking) -> list[Any]:
    """Pieces whose reference begins with what was written; those where a part of the reference ends
    there first (5711 in 5711/1A before 57111).
    """
    for key in asking.keys:
        if len(key) < _SHORTEST_BEGINNING:
            continue
        ways = _ways(key)
        begins = [col(Style.reference_key).between(way, way + _BOUND) for way in ways]
        styles = _styles(look.db, or_(*begins))
        if styles:
            styles.sort(key=lambda style: not _ends_a_part(style[1], ways))
            return _of_styles(look, [style for style, _ in styles], ENOUGH)
    return []


def near(db: Session, written: str) -> list[str]:
    """References of the shop one slip away from what was written, to be offered and never to be
    taken: those that share its first half.
    """
    from rapidfuzz.distance import OSA

    key = plain_key(written) or ""
    half = key[: len(key) // 2]
    if len(half) < 2:
        return []
    styles = _styles(db, col(Style.reference_key).between(half, half + _BOUND), most=None)
    told = {plain_key(reference) or "": reference for _, reference in styles}
    close = [(OSA.distance(key, each, score_cutoff=1), each) for each in told]
    return [told[each] for slips, each in sorted(close) if slips == 1][:_MOST_OFFERED]


def _styles(
    db: Session, which: ColumnElement[bool], *, most: int | None = ENOUGH
) -> list[tuple[str, str]]:
    """Ids and references of the styles, in the order of their references."""
    query = select(Style.id, Style.reference).where(which).order_by(col(Style.reference_key))
    return [(style, reference or "") for style, reference in db.exec(query.limit(most))]


def _of_styles(look: Look, styles: Sequence[str], most: int) -> list[Any]:
    """Pieces of the styles, in the order of the styles, newest first within one.

    By ids, for a database that does not know the bounds of a range guesses badly how to join it.
    """
    found: list[Any] = []
    for start in range(0, len(styles), _STYLES_AT_ONCE):
        some = styles[start : start + _STYLES_AT_ONCE]
        found += look.rows(col(Unit.style_id).in_(some), most - len(found))
        if len(found) >= most:
            break
    place = {style: n for n, style in enumerate(styles)}
    found.sort(key=lambda row: str(row[0]), reverse=True)
    return sorted(found, key=lambda row: place[row[-2]])


def _ways(key: str) -> list[str]:
    """The ways makers and dealers write one reference: with Rolex's and Tudor's M or without, PAM
    numbers with zeros or without, IWC's letters.
    """
    ways = [key]
    panerai = _PANERAI.fullmatch(key)
    if panerai:
        ways += ["pam" + panerai[1].zfill(5), "pam" + panerai[1]]
    if re.fullmatch(r"m\d.{3,}", key):
        ways.append(key[1:])
    elif re.fullmatch(r"\d{5,6}[0-9a-z]*", key):
        ways.append("m" + key)
    if re.fullmatch(r"\d{4}|\d{6}", key):
        ways.append("iw" + key)
    return ways


def _shortened(folded: str) -> list[str]:
    """116500LN of 116500LN-0001: a shop may leave out the number of the dial."""
    found = (sound_key(each) for each in _COLLECTION.findall(folded))
    return [way for key in found if len(key) >= _SHORTEST_BEGINNING for way in _ways(key)]


def _ends_a_part(reference: str, ways: Sequence[str]) -> bool:
    told, key = set(), ""
    for part in re.findall(r"[a-z]+|[0-9]+", fold(reference)):
        key += part
        told.add(key)
    return any(way in told for way in ways)
