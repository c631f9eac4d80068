"""Content credentials: off unless wished for; with them a change of one byte shows, and whoever
trusts the shop's root sees that it is the shop's.
"""

import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from sqlmodel import select

from catalog.ground.record import AssetId
from catalog.ground.session.database import Database
from media.originals.local import LocalStore
from media.renditions.making import Tools
from media.renditions.provenance import ORIGINAL, Credentials, ProvenanceUnusable
from media.renditions.tables import Recipe, Rendition
from tests.databases import fresh
from tests.media import captures
from tests.media.renditions.test_making import Workbench

c2pa = pytest.importorskip("c2pa")
_USES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
    "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip


def _certificate(
    name: str, key: ec.EllipticCurvePrivateKey, issuer: str, issuer_key: ec.EllipticCurvePrivateKey
) -> x509.Certificate:
    """A root for itself, else one that may sign manifests."""
    now, is_root = datetime.now(UTC), name == issuer

    def named(told: str) -> x509.Name:
        organisation = x509.NameAttribute(NameOID.ORGANIZATION_NAME, "証質店")
        return x509.Name([organisation, x509.NameAttribute(NameOID.COMMON_NAME, told)])

    allowed = {"key_cert_sign", "crl_sign"} if is_root else {"digital_signature"}
    usage = x509.KeyUsage(**{each: each in allowed for each in _USES})
    above = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    made = (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(above, critical=False)
    )
    if not is_root:
        signs = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        made = made.add_extension(signs, critical=False)
    return made.sign(issuer_key, hashes.SHA256())


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> tuple[Credentials, str]:
    """What the shop signs with, and its root."""
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = _certificate("root", root_key, "root", root_key)
    own = _certificate("renditions", key, "root", root_key)
    path = tmp_path_factory.mktemp("keys") / "provenance.pem"
    told = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(told + own.public_bytes(Encoding.PEM) + root.public_bytes(Encoding.PEM))
    path.chmod(0o600)
    return Credentials(path), root.public_bytes(Encoding.PEM).decode()


def state(content: bytes, mime: str, root: str | None = None) -> str:
    context = None
    if root is not None:
        context = c2pa.Context(c2pa.Settings.from_dict({"trust": {"user_anchors": root}}))
    with c2pa.Reader(mime, io.BytesIO(content), context=context) as reader:
        return str(reader.get_validation_state())


def made(bench: Workbench, asset: AssetId) -> dict[Recipe, tuple[Rendition, bytes]]:
    rows = bench.database.read(
        lambda db: list(db.exec(select(Rendition).where(Rendition.asset_id == asset)).all())
    )
    return {Recipe(row.recipe): (row, b"".join(bench.store.open(row.key or ""))) for row in rows}


def a_bench(database: Database, folder: Path) -> Workbench:
    return Workbench(database, LocalStore(folder / "media"), folder / "shots")


def test_what_is_shown_says_by_whom_and_of_what_and_a_changed_byte_shows(
    shop: tuple[Credentials, str], ready_film: Path, tmp_path: Path
) -> None:
    credentials, root = shop
    with fresh("sqlite", tmp_path) as database:
        bench = a_bench(database, tmp_path)
        still = bench.take(captures.still(tmp_path / "a.jpg"))
        film = bench.take(ready_film)
        bench.work(Tools(bench.store, provenance=credentials))
        found = {**made(bench, still), **made(bench, film)}
        assert set(found) == {Recipe.FULL, Recipe.PREVIEW, Recipe.POSTER, Recipe.FILM}
        for row, content in found.values():
            mime = row.mime or ""
            assert state(content, mime) == "Valid"  # ours, but whose root is that?
            assert state(content, mime, root) == "Trusted"
            changed = bytearray(content)
            changed[-60] ^= 1
            assert state(bytes(changed), mime, root) == "Invalid"
            with c2pa.Reader(mime, io.BytesIO(content)) as reader:
                told = json.loads(reader.json())
            (manifest,) = told["manifests"].values()
            named = {each["label"]: each["data"] for each in manifest["assertions"]}
            assert len(named[ORIGINAL]["sha256"]) == 64
            assert "thumbnail" not in json.dumps(manifest)


def test_without_the_wish_nothing_is_put_in(tmp_path: Path) -> None:
    with fresh("sqlite", tmp_path) as database:
        bench = a_bench(database, tmp_path)
        asset = bench.take(captures.still(tmp_path / "a.jpg"))
        bench.work()
        for _, content in made(bench, asset).values():
            assert b"c2pa" not in content


def test_a_key_others_may_read_or_that_is_none_is_not_used(
    shop: tuple[Credentials, str], tmp_path: Path
) -> None:
    """Rule 12; what is made waits, and the reason is told."""
    credentials, _ = shop
    picture = captures.still(tmp_path / "a.jpg")
    before = picture.read_bytes()
    path = tmp_path / "provenance.pem"
    path.write_bytes(credentials.path.read_bytes())
    for change, reason in (
        (lambda: path.chmod(0o640), "chmod 600"),
        (lambda: (path.chmod(0o600), path.write_bytes(b"nothing")), "must hold one key"),
        (path.unlink, "cannot be read"),
    ):
        change()
        with pytest.raises(ProvenanceUnusable, match=reason):
            Credentials(path).sign(picture, "image/jpeg", "0" * 64)  # type: ignore[arg-type]  # any digest
    assert picture.read_bytes() == before
    assert credentials.sign(picture, "application/zip", "0" * 64) is False  # type: ignore[arg-type]  # any digest
