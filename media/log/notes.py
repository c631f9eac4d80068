"""Checkpoints as texts (検証点): the C2SP forms `tlog-checkpoint` and `signed-note`, and the two
texts a key is written as. Pure but for the signature itself.

    shop.example/akashi                   origin, also the name of the key
    20852163                              leaves
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2…     base64 of the root

    — shop.example/akashi Az3grlgt…       base64 of the key's hash (4 bytes) and the signature

See https://c2sp.org/tlog-checkpoint and https://c2sp.org/signed-note; outsiders have tools for
both.
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from catalog.ground.errors import Malformed

ED25519 = b"\x01"
_PRIVATE = "PRIVATE+KEY+"
_NAME = re.compile(r"[^\s+]{1,200}")
_SIZE = re.compile(r"0|[1-9][0-9]{0,17}")
_MOST_CHARACTERS = 20_000


class NoteMalformed(Malformed):
    """Not a signed checkpoint, or not a key. `reason`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line."""

    name: str
    key_hash: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a checkpoint says, the text that was signed, and who signed it."""

    origin: str
    size: int
    root: bytes
    text: str
    signatures: tuple[Signature, ...] = ()


@dataclass(frozen=True, slots=True)
class Verifier:
    """The public half of a key with its name."""

    name: str
    public: bytes

    @property
    def key_hash(self) -> bytes:
        """The four bytes a signature names its key by."""
        told = self.name.encode() + b"\n" + ED25519 + self.public
        return hashlib.sha256(told).digest()[:4]

    @property
    def key_id(self) -> str:
        """The same in hex: what the log and people call the key."""
        return self.key_hash.hex()

    def __str__(self) -> str:
        told = base64.b64encode(ED25519 + self.public).decode()
        return f"{self.name}+{self.key_id}+{told}"


def checkpoint_text(origin: str, size: int, root: bytes) -> str:
    """What is signed."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"


def signed(text: str, by: Verifier, signature: bytes) -> str:
    """The text with its signature line."""
    told = base64.b64encode(by.key_hash + signature).decode()
    return f"{text}\n— {by.name} {told}\n"


def read(note: str) -> Checkpoint:
    """Take a checkpoint apart. Raises NoteMalformed."""
    text, gap, lines = note.rpartition("\n\n")
    if len(note) > _MOST_CHARACTERS or not gap:
        raise NoteMalformed("not a signed checkpoint")
    told = text.split("\n")
    if len(told) < 3 or not told[0] or not _SIZE.fullmatch(told[1]):
        raise NoteMalformed("not the text of a checkpoint")
    root = _decoded(told[2])
    if len(root) != 32:
        raise NoteMalformed("the root is not 32 bytes")
    signatures = tuple(_signature(line) for line in lines.splitlines())
    return Checkpoint(told[0], int(told[1]), root, f"{text}\n", signatures)


def _signature(line: str) -> Signature:
    dash, _, rest = line.partition(" ")
    name, _, told = rest.partition(" ")
    content = _decoded(told)
    if dash != "—" or not _NAME.fullmatch(name) or len(content) <= 4:
        raise NoteMalformed("not a signature line")
    return Signature(name, content[:4], content[4:])


def read_verifier(told: str) -> Verifier:
    """`name+hash+base64`. Raises NoteMalformed."""
    name, public = _key(told.strip(), private=False)
    return Verifier(name, public)


def signer_text(verifier: Verifier, seed: bytes) -> str:
    """How a private key is written down; its file alone holds it."""
    told = base64.b64encode(ED25519 + seed).decode()
    return f"{_PRIVATE}{verifier.name}+{verifier.key_id}+{told}"


def is_private(told: str) -> bool:
    """Whether it is a private key by its looks."""
    return told.strip().startswith(_PRIVATE)


def read_signer(told: str) -> tuple[str, bytes]:
    """The name and the seed. Raises NoteMalformed, which never tells the key."""
    return _key(told.strip(), private=True)


def _key(told: str, *, private: bool) -> tuple[str, bytes]:
    if is_private(told) != private:
        raise NoteMalformed("not such a key")
    name, _, rest = told.removeprefix(_PRIVATE).partition("+")
    key_hash, _, content = rest.partition("+")
    key = _decoded(content)
    if not _NAME.fullmatch(name) or len(key) != 33 or key[:1] != ED25519:
        raise NoteMalformed("not an Ed25519 key")
    if not private and Verifier(name, key[1:]).key_id != key_hash:
        raise NoteMalformed("the key does not have that hash")
    return name, key[1:]


def _decoded(told: str) -> bytes:
    try:
        return base64.b64decode(told, validate=True)
    except (binascii.Error, ValueError):
        raise NoteMalformed("not base64") from None
