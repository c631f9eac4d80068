"""What a client says is read or refused, and room is room: properties."""

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from catalog.ground.errors import ShopError
from media.intake.uploads.rules import (
    ChecksumUnknown,
    Claims,
    OffsetWrong,
    TusMalformed,
    UploadTerms,
    checksum,
    clean_path,
    known_again,
    metadata,
    need_room,
    told_of,
)

KEYS = some.from_regex(r"[A-Za-z][A-Za-z0-9_.-]{0,20}", fullmatch=True)
VALUES = some.text(some.characters(exclude_categories=["Cs"]), max_size=60)
SIZES = some.integers(0, 1 << 40)


@given(some.dictionaries(KEYS, VALUES, max_size=8))
def test_metadata_come_back_as_they_were_meant(told: dict[str, str]) -> None:
    written = ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in told.items())
    assert metadata(written) == told


@given(some.text(max_size=200) | some.binary(max_size=200).map(lambda each: each.decode("latin-1")))
def test_any_header_is_read_or_refused(told: str) -> None:
    for read in (metadata, checksum, lambda each: told_of({"modified": each, "station": each})):
        try:
            read(told)
        except ShopError as refused:
            assert isinstance(refused, TusMalformed | ChecksumUnknown)


@given(some.text(max_size=400))
def test_a_path_never_climbs_and_never_hides(told: str) -> None:
    found = clean_path(told)
    assert found and not found.startswith("/") and "\\" not in found
    assert not {".", "..", ""} & set(found.split("/"))
    assert found.isprintable() or any(each.isspace() for each in found)
    assert all(len(each.encode()) <= 255 for each in found.split("/"))
    assert len(found.split("/")) <= 8


@given(held=SIZES, torn=some.none() | SIZES, offset=SIZES)
def test_only_the_held_offset_and_a_torn_one_are_right(
    held: int, torn: int | None, offset: int
) -> None:
    is_right = offset == held or (torn is not None and offset == torn < held)
    if is_right:
        assert known_again(offset, held=held, torn_at=torn) == held - offset
    else:
        with pytest.raises(OffsetWrong):
            known_again(offset, held=held, torn_at=torn)


@given(
    length=SIZES,
    claims=some.builds(Claims, some.integers(0, 40), SIZES, SIZES, SIZES),
    terms=some.builds(UploadTerms, largest=SIZES, unfinished=SIZES, spare=SIZES),
)
def test_what_gets_room_leaves_every_limit_kept(
    length: int, claims: Claims, terms: UploadTerms
) -> None:
    """R-013: no upload begins that could fill the disk or the share."""
    try:
        need_room(length, claims, terms)
    except ShopError:
        return
    assert length <= terms.largest
    assert claims.own_open + 1 <= terms.at_once
    assert claims.claimed + length <= terms.unfinished
    assert claims.free - claims.promised - length >= terms.spare


def test_a_camera_whose_clock_was_never_set_tells_no_time() -> None:
    assert told_of({"modified": "0"}).modified_at is None
    told = told_of({"modified": "1767225600000"}).modified_at
    assert told == datetime(2026, 1, 1, tzinfo=UTC)
