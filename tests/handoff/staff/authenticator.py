"""A device with passkeys, in software: what a browser would hand on, byte by byte (WebAuthn: client
data, authenticator data, attestation "none", ES256).
"""

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

USER_PRESENT, USER_VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def b64(raw: bytes) -> str:
    """Base64url without padding, as browsers write it."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def raw(told: str) -> bytes:
    """The bytes again."""
    return urlsafe_b64decode(told + "===")


@dataclass
class Device:
    """One key. `counts`: whether it counts its signatures; synced passkeys do not."""

    origin: str
    counts: bool = True
    is_verified: bool = True
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    count: int = 0
    user_handle: str = ""

    def copied(self) -> "Device":
        """A clone, as a thief of the key would have it."""
        return Device(
            self.origin, self.counts, self.is_verified, self.key, self.credential_id, self.count,
            self.user_handle,
        )  # fmt: skip

    def create(self, options: str, **more: Any) -> str:
        """What `navigator.credentials.create` gives for these options."""
        asked = json.loads(options)
        self.user_handle = asked["user"]["id"]
        point = self.key.public_key().public_numbers()
        x, y = (each.to_bytes(32, "big") for each in (point.x, point.y))
        public = {1: 2, 3: -7, -1: 1, -2: x, -3: y}
        attested = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id
        data = self._data(asked["rp"]["id"], ATTESTED, more) + attested + cbor2.dumps(public)
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", asked["challenge"], more)
        return self._answer({"clientDataJSON": b64(client), "attestationObject": b64(attestation)})

    def get(self, options: str, **more: Any) -> str:
        """What `navigator.credentials.get` gives for these options."""
        asked = json.loads(options)
        data = self._data(asked["rpId"], 0, more)
        client = self._client("webauthn.get", asked["challenge"], more)
        signed = data + hashlib.sha256(client).digest()
        return self._answer(
            {
                "clientDataJSON": b64(client),
                "authenticatorData": b64(data),
                "signature": b64(self.key.sign(signed, ec.ECDSA(hashes.SHA256()))),
                "userHandle": self.user_handle,
            }
        )

    def _data(self, rp_id: str, flags: int, more: dict[str, Any]) -> bytes:
        if self.counts:
            self.count += 1
        flags |= USER_PRESENT | (USER_VERIFIED if self.is_verified else 0)
        site = hashlib.sha256(more.get("rp_id", rp_id).encode()).digest()
        return site + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, challenge: str, more: dict[str, Any]) -> bytes:
        told = {
            "type": more.get("kind", kind),
            "challenge": more.get("challenge", challenge),
            "origin": more.get("origin", self.origin),
            "crossOrigin": False,
        }
        return json.dumps(told).encode()

    def _answer(self, response: dict[str, str]) -> str:
        name = b64(self.credential_id)
        answer = {"id": name, "rawId": name, "type": "public-key", "response": response}
        return json.dumps({**answer, "clientExtensionResults": {}})
