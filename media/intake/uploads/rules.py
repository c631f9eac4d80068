"""What an upload may be and what a client's headers say (tus 1.0): pure decisions, no I/O.

Terms of the protocol (https://tus.io/protocols/resumable-upload): the offset is the number of bytes
known to be on the disk and nothing else. A client's file name is only a text (`naming.clean_name`).
"""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath

from catalog.ground.errors import Malformed, Missing, Refused, Stale, Unavailable
from catalog.items.words import code_of
from media.assets.kinds import Occasion, Part
from media.intake.naming import clean_name

MIB = 1024 * 1024
LONGEST_METADATA = 8 * 1024
_MOST_DIGITS = 15
_MOST_MILLIS_DIGITS = 13  # until the year 2286
_MOST_FOLDERS = 8
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")
_STATION = re.compile(r"[0-9A-Za-z-]{1,64}")
_DIGEST_BYTES = {"sha1": 20, "sha256": 32}
_FIRST_MOMENT = datetime(1980, 1, 1, tzinfo=UTC)


class NotAnUploader(Refused):
    """Nobody signed in, not from our own page, or a role that takes no captures in: one answer."""

    def __init__(self) -> None:
        super().__init__("not somebody who takes captures in")


class TooFast(Refused):
    """A program begins more files than it may within a time; later it may again."""

    def __init__(self) -> None:
        super().__init__("too many files were begun; a little later more are taken")


class UploadMissing(Missing):
    """No such upload, it is over, or another person's: one answer."""

    def __init__(self) -> None:
        super().__init__("no such upload")


class UploadTooLong(Refused):
    """A file longer than the shop takes. `most` bytes."""

    def __init__(self, most: int) -> None:
        super().__init__(f"a file has more than {most} bytes")
        self.most = most


class TooManyOpen(Refused):
    """This person has as many unfinished uploads as may be at once. `most`."""

    def __init__(self, most: int) -> None:
        super().__init__(f"{most} uploads are unfinished")
        self.most = most


class UploadSpaceShort(Unavailable):
    """The disk, or the share of it that is for unfinished uploads, has no room for it."""

    def __init__(self) -> None:
        super().__init__("no room for this upload")


class OffsetWrong(Stale):
    """The bytes were to go elsewhere than after those that are there. `held` bytes are there."""

    def __init__(self, held: int) -> None:
        super().__init__(f"{held} bytes are held")
        self.held = held


class UploadLocked(Stale):
    """Another request is writing to it now."""

    def __init__(self) -> None:
        super().__init__("the upload is being written to")


class UploadArrived(Refused):
    """All its bytes are here: it is a capture, or becomes one, and cannot be given up any more."""

    def __init__(self) -> None:
        super().__init__("the upload is whole")


class ChecksumWrong(Malformed):
    """The bytes that came are not those the client sent."""

    def __init__(self) -> None:
        super().__init__("the checksum of the bytes is another")


class ChecksumUnknown(Malformed):
    """A checksum of a kind that is not offered, or none at all."""

    def __init__(self) -> None:
        super().__init__("not a checksum of sha1 or sha256")


class TusMalformed(Malformed):
    """A header or field of the protocol that is missing or cannot be read. `name`."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} cannot be read")
        self.name = name


class TusVersionUnknown(Malformed):
    """Another version of the protocol."""


class BodyTypeWrong(Malformed):
    """A PATCH whose body is not declared as one of tus."""


class LengthNeeded(Malformed):
    """A PUT that does not tell how long it is."""


class LineCut(Unavailable):
    """The client went away, or sent nothing for too long, before its body was whole."""

    def __init__(self) -> None:
        super().__init__("the line was cut")


@dataclass(frozen=True, slots=True)
class Uploader:
    """Somebody who may send files in: an id that does not change, and the name for the journal."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class UploadTerms:
    """`largest`: bytes of one file. `unfinished`: bytes all unfinished ones may claim together.
    `at_once`: unfinished ones of one person. `spare`: bytes that stay free on the disk. `kept_for`:
    how long an unfinished one waits for its next bytes.
    """

    largest: int = 50_000 * MIB
    unfinished: int = 200_000 * MIB
    at_once: int = 32
    spare: int = 1024 * MIB
    kept_for: timedelta = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class Told:
    """What the client says of the file. Nothing of it is believed about its bytes."""

    name: str
    code: str | None = None
    part: Part | None = None
    occasion: Occasion | None = None
    station: str | None = None
    modified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Checksum:
    """What the bytes of one PATCH must hash to."""

    algorithm: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class Claims:
    """What is claimed already: unfinished uploads of the person, bytes all unfinished ones still
    wait for or hold, bytes free on the disk and promised to others.
    """

    own_open: int
    claimed: int
    free: int
    promised: int


def need_room(length: int, claims: Claims, terms: UploadTerms) -> None:
    """Raises UploadTooLong, TooManyOpen, UploadSpaceShort; nothing has been sent by then."""
    if length > terms.largest:
        raise UploadTooLong(terms.largest)
    if claims.own_open >= terms.at_once:
        raise TooManyOpen(terms.at_once)
    if claims.claimed + length > terms.unfinished:
        raise UploadSpaceShort
    if claims.promised + length + terms.spare > claims.free:
        raise UploadSpaceShort


def known_again(offset: int, *, held: int, torn_at: int | None) -> int:
    """How many bytes of a body that begins at `offset` are there already. Raises OffsetWrong.

    A browser repeats a request by itself when a kept-alive line dies before any header of the
    answer, with the offset it had: that of a PATCH that broke off is taken once more, and what is
    there of it must be the same bytes.
    """
    if offset == held:
        return 0
    if torn_at is not None and offset == torn_at < held:
        return held - offset
    raise OffsetWrong(held)


def whole_number(told: str | None, name: str) -> int:
    """A count of bytes as a header tells it. Raises TusMalformed."""
    if told is None or not (told.isascii() and told.isdigit()) or len(told) > _MOST_DIGITS:
        raise TusMalformed(name)
    return int(told)


def metadata(told: str | None) -> dict[str, str]:
    """`Upload-Metadata`: keys and base64 values, separated by commas. Raises TusMalformed."""
    if not told or not told.strip():
        return {}
    if len(told) > LONGEST_METADATA:
        raise TusMalformed("Upload-Metadata")
    found: dict[str, str] = {}
    for pair in told.split(","):
        key, _, value = pair.strip().partition(" ")
        if not _KEY.fullmatch(key) or key in found:
            raise TusMalformed("Upload-Metadata")
        try:
            found[key] = base64.b64decode(value.strip(), validate=True).decode()
        except ValueError:  # no base64, or no text in it
            raise TusMalformed("Upload-Metadata") from None
    return found


def told_of(fields: Mapping[str, str]) -> Told:
    """What those fields say of the file. An unknown part, occasion, piece code or moment is
    refused: raises TusMalformed.
    """
    code, part = fields.get("code", "").strip(), fields.get("part", "").strip()
    occasion, station = fields.get("occasion", "").strip(), fields.get("station", "").strip()
    written = code_of(code) if code and len(code) <= 40 else None
    if code and written is None:
        raise TusMalformed("code")
    if part and part not in set(Part):
        raise TusMalformed("part")
    if occasion and occasion not in set(Occasion):
        raise TusMalformed("occasion")
    if station and not _STATION.fullmatch(station):
        raise TusMalformed("station")
    return Told(
        name=clean_path(fields.get("path") or fields.get("filename") or fields.get("name") or ""),
        code=written,
        part=Part(part) if part else None,
        occasion=Occasion(occasion) if occasion else None,
        station=station or None,
        modified_at=_moment(fields.get("modified", "")),
    )


def _moment(told: str) -> datetime | None:
    """Milliseconds since 1970. A camera whose clock was never set tells nothing."""
    if not told:
        return None
    if len(told) > _MOST_MILLIS_DIGITS:
        raise TusMalformed("modified")
    moment = datetime.fromtimestamp(whole_number(told, "modified") / 1000, UTC)
    return moment if moment >= _FIRST_MOMENT else None


def clean_path(told: str) -> str:
    """A name with the last folders it lay in, as a text to show and to take hints from: no roots,
    no climbing, no control or direction marks.
    """
    parts = [part for part in re.split(r"[/\\]", told) if part.strip(". ")]
    cleaned = [clean_name(part) for part in parts[-_MOST_FOLDERS:]]
    return str(PurePosixPath(*cleaned)) if cleaned else "unnamed"


def checksum(told: str | None) -> Checksum | None:
    """`Upload-Checksum`: the algorithm and the digest in base64. Raises ChecksumUnknown."""
    if told is None:
        return None
    algorithm, _, value = told.strip().partition(" ")
    try:
        digest = base64.b64decode(value.strip(), validate=True)
    except ValueError:
        raise ChecksumUnknown from None
    if len(digest) != _DIGEST_BYTES.get(algorithm):
        raise ChecksumUnknown
    return Checksum(algorithm, digest)
