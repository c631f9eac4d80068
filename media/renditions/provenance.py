"""Content credentials in what is made (来歴情報, C2PA), where the shop wishes so: a manifest inside
the file, signed with the certificate a setting names, says which original it was made from.

A change of one byte makes it invalid; a messenger that makes a picture anew drops it. So it is told
beside the log and never instead of it. Needs the extra `provenance`.
"""

import json
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from catalog.ground.errors import Unavailable
from catalog.ground.record import Sha256

_OTHERS = 0o077
_FORMATS = frozenset({"image/jpeg", "video/mp4"})
_PEM = re.compile(rb"-----BEGIN ([A-Z ]+)-----\s.*?-----END \1-----", re.DOTALL)
# IPTC's word for what a camera took; C2PA 2.1, "Digital source type".
_CAPTURED = "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"
_SETTINGS = {"builder": {"thumbnail": {"enabled": False}}}
CREDENTIAL_BYTES = 64 * 1024  # no manifest of ours is larger
ORIGINAL = "org.akashi.original"  # the assertion that names the original


class ProvenanceUnusable(Unavailable):
    """What renditions are signed with cannot be used. `reason`: what is to be done."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"content credentials: {reason}")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Credentials:
    """Whom a manifest is by: `path` is a PEM file with a P-256 key, its certificate and the chain
    above it; only its owner may read it.
    """

    path: Path

    def sign(self, made: Path, mime: str, original: Sha256) -> bool:
        """Put the manifest into a file just made; False for a form that takes none.

        Raises ProvenanceUnusable.
        """
        if mime not in _FORMATS:
            return False
        key, chain = _read(self.path)
        try:
            import c2pa
        except ImportError:
            raise ProvenanceUnusable("install the extra provenance, or unset it") from None
        signed = made.with_name(f"{secrets.token_hex(8)}{made.suffix}")
        try:
            context = c2pa.Context(c2pa.Settings.from_dict(_SETTINGS))
            told = c2pa.C2paSignerInfo(c2pa.C2paSigningAlg.ES256, chain, key, None)
            with (
                c2pa.Signer.from_info(told) as signer,
                c2pa.Builder(_manifest(mime, original), context=context) as builder,
                made.open("rb") as before,
                signed.open("w+b") as after,
            ):
                builder.sign(signer, mime, before, after)
            signed.replace(made)
        except (c2pa.C2paError, ValueError) as broken:
            raise ProvenanceUnusable(str(broken).splitlines()[0][:160]) from None
        finally:
            signed.unlink(missing_ok=True)
        return True


def _manifest(mime: str, original: Sha256) -> str:
    """No names, no thumbnail: what it was made from, by digest."""
    made = {"action": "c2pa.created", "digitalSourceType": _CAPTURED}
    return json.dumps(
        {
            "claim_generator_info": [{"name": "akashi"}],
            "format": mime,
            "assertions": [
                {"label": "c2pa.actions", "data": {"actions": [made]}},
                {"label": ORIGINAL, "data": {"sha256": original}},
            ],
        }
    )


def _read(path: Path) -> tuple[bytes, bytes]:
    """Key and chain. Raises ProvenanceUnusable."""
    try:
        if path.stat().st_mode & _OTHERS:
            raise ProvenanceUnusable(f"others may read {path.name}; chmod 600 it")
        blocks = [(each[1], each[0]) for each in _PEM.finditer(path.read_bytes())]
    except OSError:
        raise ProvenanceUnusable(f"{path.name} cannot be read") from None
    keys = [block for kind, block in blocks if kind.endswith(b"PRIVATE KEY")]
    chain = [block for kind, block in blocks if kind == b"CERTIFICATE"]
    if len(keys) != 1 or not chain:
        raise ProvenanceUnusable(f"{path.name} must hold one key and its certificates")
    return keys[0] + b"\n", b"\n".join(chain) + b"\n"
