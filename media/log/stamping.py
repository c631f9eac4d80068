"""Time stamps of an outside authority (タイムスタンプ, RFC 3161): it says when a checkpoint
existed, in a way the shop cannot make up.

The port, and how its questions and answers are written. Not here: the network
(`bot/authority`), and whether the authority's own certificate is to be trusted; `openssl ts
-verify` tells who holds the authority's root.
"""

import hashlib
from datetime import datetime
from typing import Protocol

from catalog.ground.errors import Refused, Unavailable

LONGEST_ANSWER = 64 * 1024


class AuthorityUnavailable(Unavailable):
    """The time-stamping authority did not answer, or not with a stamp for what was asked."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"time-stamping authority: {reason}")
        self.reason = reason


class StampForged(Refused):
    """A time stamp that no authority below these roots gave to this content."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the time stamp is not signed by an authority of these roots: {reason}")
        self.reason = reason


class TimestampAuthority(Protocol):
    """Who stamps. Every implementation passes `tests/contracts/test_timestamp_authority.py`."""

    def stamp(self, content: bytes) -> bytes:
        """The authority's answer (TimeStampResp, DER) over the SHA-256 of this content, granted and
        about this very content. Blocks. Raises AuthorityUnavailable.
        """
        ...

    def ask(self, asked: bytes) -> bytes:
        """The answer to a request (TimeStampReq, DER) somebody else wrote and reads. Blocks. Raises
        AuthorityUnavailable.
        """
        ...


def question(content: bytes) -> tuple[bytes, int | None]:
    """The request (TimeStampReq, DER) with the authority's certificates wished for, and its
    nonce.
    """
    from rfc3161_client import TimestampRequestBuilder
    from rfc3161_client.base import HashAlgorithm

    built = TimestampRequestBuilder(data=content, hash_algorithm=HashAlgorithm.SHA256).build()
    return built.as_bytes(), built.nonce


def need_stamp_of(answer: bytes, content: bytes, *, nonce: int | None) -> None:
    """Raises AuthorityUnavailable unless the answer is a granted stamp of this content."""
    from rfc3161_client import PKIStatus, decode_timestamp_response

    try:
        told = decode_timestamp_response(answer)
        status = told.status
    except ValueError:
        raise AuthorityUnavailable("answered something else") from None
    if status not in {PKIStatus.GRANTED, PKIStatus.GRANTED_WITH_MODS}:
        raise AuthorityUnavailable(f"refused with status {status}")
    if told.tst_info.message_imprint.message != hashlib.sha256(content).digest():
        raise AuthorityUnavailable("stamped something else")
    if nonce is not None and told.tst_info.nonce != nonce:
        raise AuthorityUnavailable("answered another question")


def signed_at(answer: bytes, content: bytes, roots: bytes) -> datetime:
    """When an authority whose certificate goes back to one of these roots (PEM) stamped this very
    content: signature, chain and purpose are looked at. Raises StampForged.
    """
    from cryptography import x509
    from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

    try:
        told = decode_timestamp_response(answer)
        trusted = x509.load_pem_x509_certificates(roots)
        VerifierBuilder(roots=trusted).build().verify_message(told, content)
    except (ValueError, VerificationError) as broken:
        raise StampForged(str(broken).partition(": ErrorStack")[0]) from None
    return told.tst_info.gen_time


def certificates_of(answer: bytes) -> str:
    """The certificates the authority put into its answer, as PEM, in a fixed order."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding
    from rfc3161_client import decode_timestamp_response

    found = sorted(decode_timestamp_response(answer).signed_data.certificates)
    pem = (x509.load_der_x509_certificate(each).public_bytes(Encoding.PEM) for each in found)
    return b"".join(pem).decode()
