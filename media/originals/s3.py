"""The object store on S3 or a service that speaks it, by obstore.

Small originals are created conditionally (`If-None-Match: *`). Large ones go in parts, which cannot
be conditional: the key is the digest, so a repeat writes the same bytes. Access keys come from the
standard `AWS_*` places obstore itself knows.
"""

import contextlib
import secrets
from collections.abc import Generator, Iterable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from catalog.ground.record import Sha256
from media.originals.local import disk_errors
from media.originals.reading import make_way
from media.originals.store import (
    CHUNK,
    MARKS,
    Chunks,
    Listed,
    ObjectMissing,
    OriginalDamaged,
    StoreUnavailable,
    Tombstone,
    as_sidecar,
    as_tombstone,
    checked_folder,
    checked_key,
    original_key,
    quarantine_key,
    rendition_key,
    replaceable_key,
    sidecar_key,
    tombstone_key,
    write_whole,
)

_ONE_REQUEST_BYTES = 32 * 1024 * 1024
_PART_BYTES = 8 * 1024 * 1024
_PARTS_AT_ONCE = 4
# What a browser is told by the service, when a signed address leads it there.
_MIMES = {"jpg": "image/jpeg", "mp4": "video/mp4", "zip": "application/zip"}
_PATIENCE = timedelta(seconds=20)  # then the worklist tries again later


@contextlib.contextmanager
def _service_errors(key: str) -> Iterator[None]:
    from obstore.exceptions import BaseError, NotFoundError

    try:
        yield
    except (NotFoundError, FileNotFoundError):
        raise ObjectMissing(key) from None
    except (BaseError, OSError) as broken:
        # The service's own text may hold addresses and request ids; its kind is enough for the log.
        raise StoreUnavailable(type(broken).__name__) from broken


class S3Store:
    """Objects in one bucket under one prefix."""

    def __init__(
        self, bucket: str, *, prefix: str, staging: Path, endpoint: str | None = None
    ) -> None:
        from obstore.store import S3Store as Bucket

        config: Any = {}
        client: Any = {}
        if endpoint:
            config["endpoint"] = endpoint
            client["allow_http"] = endpoint.startswith("http://")
        self._bucket: Any = Bucket(
            bucket,
            prefix=prefix or None,
            config=config or None,
            client_options=client or None,
            retry_config={"max_retries": 3, "retry_timeout": _PATIENCE},
        )
        self._staging = staging
        with disk_errors():
            staging.mkdir(parents=True, exist_ok=True)

    @property
    def staging(self) -> Path:
        return self._staging

    def put(self, staged: Path, sha256: Sha256, *, facts: Mapping[str, object]) -> bool:
        import obstore

        key = original_key(sha256)
        with disk_errors():
            size = staged.stat().st_size
        is_new = self._create(key, staged, size)
        if not is_new and make_way(self, staged, sha256):
            is_new = self._create(key, staged, size)
        held = self.size(key)
        if held != size:
            raise OriginalDamaged(f"{sha256} is held with another size")
        sidecar = as_sidecar({**facts, "sha256": sha256, "bytes": size})
        with _service_errors(key), contextlib.suppress(obstore.exceptions.AlreadyExistsError):
            obstore.put(self._bucket, f"{key}.json", sidecar, mode="create")
        said = tombstone_key(sha256)
        if self.exists(said):
            with contextlib.suppress(ObjectMissing), _service_errors(said):
                obstore.delete(self._bucket, said)
        staged.unlink(missing_ok=True)
        return is_new

    def put_file(self, key: str, staged: Path) -> None:
        replaceable_key(key)
        self._upload(key, staged)
        staged.unlink(missing_ok=True)

    def put_bytes(self, key: str, chunks: Iterable[bytes]) -> int:
        replaceable_key(key)
        staged = self._staging / f"{secrets.token_hex(16)}.part"
        with disk_errors():
            _, size = write_whole(staged, chunks)
        try:
            self.put_file(key, staged)
        finally:
            staged.unlink(missing_ok=True)
        return size

    def open(self, key: str, *, start: int = 0, length: int | None = None) -> Chunks:
        import obstore

        size = self.size(checked_key(key))
        end = size if length is None else min(size, start + length)
        if end <= start:
            return _none()
        with _service_errors(key):
            answer = obstore.get(self._bucket, key, options={"range": (start, end)})
        return _chunks_of(answer, key)

    def size(self, key: str) -> int:
        import obstore

        with _service_errors(key):
            return int(obstore.head(self._bucket, checked_key(key))["size"])

    def exists(self, key: str) -> bool:
        try:
            self.size(key)
        except ObjectMissing:
            return False
        return True

    def path(self, key: str) -> Path | None:
        checked_key(key)
        return None

    def signed_address(self, key: str, *, seconds: int, method: str = "GET") -> str | None:
        import obstore

        how: Any = method
        with _service_errors(rendition_key(key)):
            lives = timedelta(seconds=seconds)
            return str(obstore.sign(self._bucket, how, key, expires_in=lives))

    def delete(self, key: str) -> None:
        import obstore

        with contextlib.suppress(ObjectMissing), _service_errors(key):
            obstore.delete(self._bucket, replaceable_key(key))

    def each(self, folder: str) -> Iterator[Listed]:
        import obstore

        checked_folder(folder)
        with _service_errors(folder):
            for page in obstore.list(self._bucket, prefix=folder, chunk_size=500):
                found = (Listed(str(each["path"]), int(each["size"])) for each in page)
                yield from (each for each in found if each.key not in MARKS)

    def describe(self, sha256: Sha256, asset: str, facts: Mapping[str, object]) -> None:
        import obstore

        key = sidecar_key(sha256, asset)
        with _service_errors(key):
            obstore.put(self._bucket, key, as_sidecar(facts))

    def quarantine(self, sha256: Sha256, mark: str) -> str | None:
        import obstore

        here, there = original_key(sha256), quarantine_key(sha256, mark)
        try:
            with _service_errors(here):
                obstore.copy(self._bucket, here, there)
        except ObjectMissing:
            return None
        with contextlib.suppress(ObjectMissing), _service_errors(here):
            obstore.delete(self._bucket, here)
        return there

    def bury(self, tombstone: Tombstone) -> None:
        import obstore

        key, said = original_key(tombstone.sha256), tombstone_key(tombstone.sha256)
        with _service_errors(said), contextlib.suppress(obstore.exceptions.AlreadyExistsError):
            obstore.put(self._bucket, said, as_tombstone(tombstone), mode="create")
        with contextlib.suppress(ObjectMissing), _service_errors(key):
            obstore.delete(self._bucket, key)

    def room(self) -> int | None:
        return None

    def _create(self, key: str, staged: Path, size: int) -> bool:
        import obstore

        if size > _ONE_REQUEST_BYTES:
            if self.exists(key):
                return False
            self._upload(key, staged)
            return True
        try:
            with _service_errors(key):
                try:
                    obstore.put(self._bucket, key, staged, mode="create")
                except obstore.exceptions.AlreadyExistsError:
                    return False
        except ObjectMissing as gone:
            raise StoreUnavailable("the bucket is not there") from gone
        return True

    def _upload(self, key: str, staged: Path) -> None:
        import obstore

        with _service_errors(key):
            obstore.put(
                self._bucket,
                key,
                staged,
                chunk_size=_PART_BYTES,
                max_concurrency=_PARTS_AT_ONCE,
                attributes=_told_of(key),
            )


def _told_of(key: str) -> dict[str, str]:
    mime = _MIMES.get(key.rpartition(".")[2], "application/octet-stream")
    return {"Content-Type": mime}


def _none() -> Generator[bytes]:
    yield from ()


def _chunks_of(answer: Any, key: str) -> Generator[bytes]:
    with _service_errors(key):
        for chunk in answer.stream(min_chunk_size=CHUNK):
            yield bytes(chunk)
