"""The keys checkpoints are signed with (署名鍵): Ed25519, in one file of `KEYS_DIR` that only its
owner may read, one key a line, the last one in use. Never in the database, never in a message. Of a
key that was lost the public half may stand there, so that what it signed is still known.

Who may read the file may sign in the shop's name: a file others may read is refused.
"""

import os
import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from catalog.ground.errors import Refused
from media.log import notes
from media.log.notes import Checkpoint, NoteMalformed, Verifier

FILE = "log.keys"
_OTHERS = 0o077


class KeyMissing(Refused):
    """There is no signing key where one should be. `place`."""

    def __init__(self, place: Path) -> None:
        super().__init__(
            f"no signing key in {place}; put the file back from its copy, or make another key with:"
            " akashi log rotate"
        )
        self.place = place


class KeyExposed(Refused):
    """Others may read the file of the signing keys. `place`."""

    def __init__(self, place: Path) -> None:
        super().__init__(f"others may read {place}; run: chmod 600 {place}")
        self.place = place


class KeyReplaced(Refused):
    """The log names a later key than the one in the file: with this one nothing is signed any more.
    `key_id`: the file's, `by`: the one in use.
    """

    def __init__(self, key_id: str, by: str) -> None:
        super().__init__(
            f"key {key_id} was replaced by {by}; put the newer key file back, or make another key"
            " with: akashi log rotate"
        )
        self.key_id = key_id
        self.by = by


@dataclass(frozen=True, slots=True)
class Signer:
    """A key that signs. Its seed shows in no repr."""

    verifier: Verifier
    _key: object = field(compare=False)

    def __repr__(self) -> str:
        return f"Signer({self.verifier.key_id})"

    def sign(self, text: str) -> str:
        """The text as a signed note."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        assert isinstance(self._key, Ed25519PrivateKey)
        return notes.signed(text, self.verifier, self._key.sign(text.encode()))


class KeyRing:
    """The keys in one folder; read when they are first wanted and when the file is another one,
    made when there were never any.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = name
        self._read: tuple[Signer, tuple[Verifier, ...]] | None = None
        self._read_of: tuple[int, int, int] | None = None  # which file that was
        self._lock = threading.Lock()

    @property
    def place(self) -> Path:
        """The file."""
        return self._folder / FILE

    @property
    def has_any(self) -> bool:
        """Whether there is a file at all."""
        return self.place.exists()

    def current(self) -> Signer:
        """The key in use. Raises KeyMissing, KeyExposed, NoteMalformed."""
        return self._keys()[0]

    def verifiers(self) -> Sequence[Verifier]:
        """The public halves, the oldest first. Raises as `current`."""
        return self._keys()[1]

    def ensure(self) -> Signer:
        """The key in use, made now when there was none. Two at once: the first one's is used."""
        if not self.has_any:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            staged = self._write([self._fresh()])
            try:
                os.link(staged, self.place)  # never over another's
            except FileExistsError:
                pass
            finally:
                staged.unlink()
        return self.current()

    def rotate(self, known: Sequence[Verifier] = ()) -> Signer:
        """Another key is in use from now on; the ones before stay in the file, and of those `known`
        that are not in it the public half is written down.
        """
        lines = self._lines() if self.has_any else []
        there = {_verifier(line) for line in lines}
        lines = [*(str(each) for each in known if each not in there), *lines]
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._write([*lines, self._fresh()]).replace(self.place)
        return self.current()

    def _fresh(self) -> str:
        seed = secrets.token_bytes(32)
        return notes.signer_text(_signer(self._name, seed).verifier, seed)

    def _write(self, lines: Sequence[str]) -> Path:
        staged = self._folder / f".{FILE}.{secrets.token_hex(8)}"
        handle = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write("".join(f"{line}\n" for line in lines))
            file.flush()
            os.fsync(file.fileno())
        return staged

    def _lines(self) -> list[str]:
        try:
            if self.place.stat().st_mode & _OTHERS:
                raise KeyExposed(self.place)
            told = self.place.read_text(encoding="utf-8").splitlines()
        except OSError:
            raise KeyMissing(self.place) from None
        return [line for line in told if line.strip()]

    def _keys(self) -> tuple[Signer, tuple[Verifier, ...]]:
        """Another process may have made another key since: the old one may be in wrong hands."""
        with self._lock:
            is_of = self._file()
            if self._read is None or is_of != self._read_of:
                lines = self._lines()
                private = [line for line in lines if notes.is_private(line)]
                if not private:
                    raise KeyMissing(self.place)
                signer = _signer(*notes.read_signer(private[-1]))
                self._read = signer, tuple(_verifier(line) for line in lines)
                self._read_of = is_of
            return self._read

    def _file(self) -> tuple[int, int, int]:
        try:
            told = self.place.stat()
        except OSError:
            raise KeyMissing(self.place) from None
        return told.st_ino, told.st_mtime_ns, told.st_size


def _signer(name: str, seed: bytes) -> Signer:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.from_private_bytes(seed)
    return Signer(Verifier(name, key.public_key().public_bytes_raw()), key)


def _verifier(line: str) -> Verifier:
    if not notes.is_private(line):
        return notes.read_verifier(line)
    return _signer(*notes.read_signer(line)).verifier


def is_signed(checkpoint: Checkpoint, by: Sequence[Verifier]) -> Verifier | None:
    """The first of these keys that signed it; None when none did."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    for told in checkpoint.signatures:
        for each in by:
            if (told.name, told.key_hash) != (each.name, each.key_hash):
                continue
            try:
                key = Ed25519PublicKey.from_public_bytes(each.public)
                key.verify(told.signature, checkpoint.text.encode())
            except (InvalidSignature, ValueError):
                continue
            return each
    return None


def key_name(public_url: str) -> str:
    """The name a shop's keys get: where it is reached, and what this is. It stays with the key."""
    host = public_url.partition("://")[2].partition("/")[0]
    name = f"{host or 'akashi.invalid'}/akashi"
    if "+" in name or " " in name:
        raise NoteMalformed("the public address cannot name a key")
    return name
