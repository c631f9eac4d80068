"""What one backup set is, and where it lies (バックアップの一組).

    originals/… renditions/… received/… log/…   objects as in the shop's store, added to each time
    backups/<moment>/registers                  the rows (`rows`), packed and sealed
    backups/<moment>/keys                       the signing keys, sealed
    backups/<moment>/set.json                   what the set holds; last, so a set with it is whole

Registers and keys are sealed under the shop's DATA_KEY, which is in no set: whoever finds a backup
reads nothing of it, and whoever lost the key has lost the shop. Not here: copying and returning.
"""

import hashlib
import hmac
import io
import json
import tarfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from catalog.duties.sealing import DataKeys, SealBroken, open_stream, seal_stream
from catalog.ground.errors import Malformed, Missing, Refused
from media.originals.store import BACKUPS, Chunks, ObjectMissing, OriginalStore

FORM = 1
_MOST_KEYS_BYTES = 16 * 1024 * 1024
_MOST_SET_BYTES = 1024 * 1024


class BackupMissing(Missing):
    """There is no whole backup set in that place, or none of that name."""


class BackupMalformed(Malformed):
    """What stands in a set is none of this release's, or was changed."""


class KeyFilesInTheWay(Refused):
    """The folder for signing keys has others than the set. `name`."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the folder for signing keys has another {name}")
        self.name = name


@dataclass(frozen=True, slots=True)
class BackupSet:
    """One set. `log_root`: of the evidence log at `log_size` leaves, in hex; `sealed_by`: the name
    of the DATA_KEY; `rows`: how many in all.
    """

    made_at: str
    revision: str
    rows: int
    originals: int
    log_size: int
    log_root: str
    sealed_by: str
    has_keys: bool
    form: int = FORM

    @property
    def name(self) -> str:
        """Its folder: the moment, readable and sortable."""
        return name_of(datetime.fromisoformat(self.made_at))

    @property
    def moment(self) -> datetime:
        """When the registers stood like that."""
        return datetime.fromisoformat(self.made_at)


def name_of(moment: datetime) -> str:
    """`20261122T050000Z`."""
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def place(name: str, what: str) -> str:
    """The key of a part of a set."""
    return f"{BACKUPS}/{name}/{what}"


def names_in(store: OriginalStore) -> list[str]:
    """The names of all whole sets there, the oldest first."""
    return sorted(
        each.key.split("/")[1] for each in store.each(BACKUPS) if each.key.endswith("/set.json")
    )


def sets_in(store: OriginalStore) -> list[BackupSet]:
    """Every whole set there, the oldest first."""
    return [read(store, each) for each in names_in(store)]


def latest(store: OriginalStore, name: str | None = None) -> BackupSet:
    """The newest set, or the one of that name. Raises BackupMissing, BackupMalformed."""
    if name is not None:
        return read(store, name)
    found = sets_in(store)
    if not found:
        raise BackupMissing("no backup set there")
    return found[-1]


def read(store: OriginalStore, name: str) -> BackupSet:
    """Raises BackupMissing, BackupMalformed."""
    try:
        content = b"".join(store.open(place(name, "set.json"), length=_MOST_SET_BYTES))
    except ObjectMissing:
        raise BackupMissing(f"no backup set {name}") from None
    except Malformed:
        raise BackupMissing(f"no backup set {name!r}") from None
    try:
        told: dict[str, Any] = json.loads(content)
        found = BackupSet(**told)
        datetime.fromisoformat(found.made_at)
    except (ValueError, TypeError):
        raise BackupMalformed(f"the description of set {name} cannot be read") from None
    if found.form != FORM:
        raise BackupMalformed(f"set {name} is of form {found.form}, this release reads {FORM}")
    return found


def write(store: OriginalStore, told: BackupSet) -> None:
    """The last thing that is written of a set."""
    content = json.dumps(asdict(told), sort_keys=True, indent=1).encode()
    store.put_bytes(place(told.name, "set.json"), [content])


def drop(store: OriginalStore, told: BackupSet) -> None:
    """Take a set away; the description first, so that half a set is none. Objects stay."""
    for what in ("set.json", "registers", "keys"):
        store.delete(place(told.name, what))


def seal(keys: DataKeys, plain: Iterable[bytes]) -> Iterator[bytes]:
    """Packed and sealed under the DATA_KEY in use."""
    return seal_stream(_key(keys.current()[1]), _packed(plain))


def opened(store: OriginalStore, told: BackupSet, what: str, keys: DataKeys) -> Iterator[bytes]:
    """The plain bytes of a part again. Raises DataKeyMissing and ObjectMissing at the call,
    BackupMalformed when they were changed.
    """
    key = _key(keys.named(told.sealed_by))
    return _unpacked(key, store.open(place(told.name, what)))


def lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The lines in a stream of bytes."""
    waiting = b""
    for chunk in chunks:
        *whole, waiting = (waiting + chunk).split(b"\n")
        yield from whole
    if waiting:
        yield waiting


def key_files(folder: Path) -> list[Path]:
    """The signing keys that are there."""
    return sorted(each for each in folder.rglob("*") if each.is_file()) if folder.is_dir() else []


def packed_keys(folder: Path) -> bytes:
    """The signing keys as one tar file."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for each in key_files(folder):
            tar.add(each, arcname=str(each.relative_to(folder)), recursive=False)
    return out.getvalue()


def put_keys_back(folder: Path, content: bytes) -> int:
    """Write the signing keys that are not there, readable by nobody else; how many the set has.

    Raises KeyFilesInTheWay, BackupMalformed.
    """
    files = _files_in(content)
    for name, data in files.items():
        if (folder / name).exists() and (folder / name).read_bytes() != data:
            raise KeyFilesInTheWay(name)
    for name, data in files.items():
        target = folder / name
        if target.exists():
            continue
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = target.with_name(f".{target.name}.part")
        beside.touch(mode=0o600)
        beside.write_bytes(data)
        beside.replace(target)
    return len(files)


def _files_in(content: bytes) -> Mapping[str, bytes]:
    if len(content) > _MOST_KEYS_BYTES:
        raise BackupMalformed("the signing keys of the set are too large")
    files: dict[str, bytes] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(content)) as tar:
            for each in tar.getmembers():
                path = Path(each.name)
                taken = tar.extractfile(each) if each.isfile() else None
                if taken is None or path.is_absolute() or ".." in path.parts:
                    raise BackupMalformed("the signing keys of the set hold something else")
                files[each.name] = taken.read()
    except tarfile.TarError:
        raise BackupMalformed("the signing keys of the set cannot be read") from None
    return files


def _key(data_key: bytes) -> bytes:
    """A key for backups alone, so that nothing else sealed under the DATA_KEY opens with it."""
    return hmac.new(data_key, b"akashi backup", hashlib.sha256).digest()


def _packed(plain: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(6, wbits=31)  # gzip
    for each in plain:
        yield packer.compress(each)
    yield packer.flush()


def _unpacked(key: bytes, sealed: Chunks) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        for each in open_stream(key, sealed):
            yield unpacker.decompress(each)
        yield unpacker.flush()
    except (SealBroken, zlib.error):
        raise BackupMalformed("the set was changed, or is not whole") from None
    finally:
        sealed.close()
    if not unpacker.eof:
        raise BackupMalformed("the set is not whole")
