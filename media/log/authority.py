"""The dealer's own certificate authority (証明書の発行元): whom a signed certificate is by.

One PEM file holds the key and certificate that certificates are signed with (`certificate.key`); it
is made with a root of the dealer's own at first need, or laid there by the operator with the chain
of another authority below it. Keys never leave the keys folder and nobody else may read them. Not
here: the signing itself (`media/report`).
"""

import contextlib
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from catalog.ground.errors import Unavailable

SEAL = "certificate.key"
ROOT_KEY = "certificate-root.key"
ROOT = "certificate-root.crt"  # for whoever wants to check: no key in it
_YEARS = timedelta(days=25 * 365)
_DAY = timedelta(days=1)
_BITS = 3072
_OTHERS = 0o077


class SealUnusable(Unavailable):
    """The file certificates are signed with cannot be used. `reason`: what is to be done."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"{SEAL}: {reason}")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Seal:
    """What certificates are signed with. `path`: key, certificate and chain; `root`: whom a check
    trusts; `signed_by`: the certificate's SHA-256.
    """

    path: Path
    root: Path
    signed_by: str


def seal_in(folder: Path, *, name: str, now: datetime) -> Seal:
    """The seal of that folder; made for `name` when there is none. Raises SealUnusable."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / SEAL
    if not path.exists():
        _make(folder, name, now)
    for each in (path, folder / ROOT_KEY):
        if each.exists() and each.stat().st_mode & _OTHERS:
            raise SealUnusable(f"others may read {each.name}; chmod 600 it")
    return _read(path, folder / ROOT, now)


def _read(path: Path, root: Path, now: datetime) -> Seal:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    told = path.read_bytes()
    try:
        chain = x509.load_pem_x509_certificates(told)
        load_pem_private_key(told, None)
    except ValueError:
        raise SealUnusable("it must hold a key without a password and its certificate") from None
    own = chain[0]
    if not own.not_valid_before_utc <= now.astimezone(UTC) < own.not_valid_after_utc:
        raise SealUnusable("its certificate does not hold today")
    if len(chain) > 1 or not root.exists():
        _put(root, _pem(chain[-1]), mode=0o644)
    return Seal(path, root, own.fingerprint(hashes.SHA256()).hex())


def _make(folder: Path, name: str, now: datetime) -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from cryptography.x509.oid import NameOID

    named = x509.NameAttribute(NameOID.ORGANIZATION_NAME, name[:64])
    if not (folder / ROOT_KEY).exists():
        key = _new_key()
        subject = x509.Name([named, x509.NameAttribute(NameOID.COMMON_NAME, "akashi root")])
        root = _root(subject, key, now)
        _put(folder / ROOT_KEY, _key_pem(key) + _pem(root), mode=0o600)
    held = (folder / ROOT_KEY).read_bytes()
    root_key: Any = load_pem_private_key(held, None)
    root = x509.load_pem_x509_certificates(held)[0]
    _put(folder / ROOT, _pem(root), mode=0o644)
    key = _new_key()
    subject = x509.Name([named, x509.NameAttribute(NameOID.COMMON_NAME, "akashi certificate")])
    leaf = _leaf(subject, key, root, root_key, now)
    _put(folder / SEAL, _key_pem(key) + _pem(leaf), mode=0o600)


def _root(subject: Any, key: Any, now: datetime) -> Any:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    usage = _usage(key_cert_sign=True, crl_sign=True)
    return (
        _begun(subject, subject, key, now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(_key_id(key), critical=False)
        .sign(key, hashes.SHA256())
    )


def _leaf(subject: Any, key: Any, root: Any, root_key: Any, now: datetime) -> Any:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    # A reader of PDF trusts no signature without non-repudiation (content commitment).
    usage = _usage(digital_signature=True, content_commitment=True)
    return (
        _begun(subject, root.subject, key, now)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(_key_id(key), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()),
            critical=False,
        )
        .sign(root_key, hashes.SHA256())
    )


def _begun(subject: Any, issuer: Any, key: Any, now: datetime) -> Any:
    from cryptography import x509

    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _DAY)
        .not_valid_after(now + _YEARS)
    )


def _usage(**allowed: bool) -> Any:
    from cryptography import x509

    every = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
        "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**{name: allowed.get(name, False) for name in every})


def _key_id(key: Any) -> Any:
    from cryptography import x509

    return x509.SubjectKeyIdentifier.from_public_key(key.public_key())


def _new_key() -> Any:
    from cryptography.hazmat.primitives.asymmetric import rsa

    return rsa.generate_private_key(public_exponent=65537, key_size=_BITS)


def _pem(certificate: Any) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return bytes(certificate.public_bytes(Encoding.PEM))


def _key_pem(key: Any) -> bytes:
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    return bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def _put(path: Path, told: bytes, *, mode: int) -> None:
    """Whole or not at all; whoever is first has made it, and it is never written over."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    held = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(held, "wb") as out:
            out.write(told)
            out.flush()
            os.fsync(out.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)
