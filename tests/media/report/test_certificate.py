"""The certificate as a stranger meets it: signature, words, QR code (acceptance check 24 of the
evidence paper). One is printed for all of them; poppler's tools read it.
"""

import io
import json
import random
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pyvips
import zxingcpp
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import Session

from bot.bucket import Turnstile
from catalog.ground.session.opening import open_database
from media.log import authority
from media.log import queries as log
from media.log.authority import Seal, SealUnusable
from media.originals.store import original_key
from media.report import certificates, press, queries, sidecars
from media.report.certificates import PictureDamaged, PictureUnready, Sheet
from media.report.press import FontsMissing, GlyphMissing, Printed
from media.report.routes import VerifyDesk, verify_router
from media.report.tables import ReportCertificate
from media.sharing.serving import gone_page
from tests.databases import fresh_url
from tests.media import exiftool
from tests.media.captures import SECRETS
from tests.media.report.desk import BY, NAMES, Desk
from tests.swift.engine import any_store

SHOP = "https://shop.example"
TODAY = datetime.now(UTC)  # what pdfsig holds the certificate against


@dataclass
class Made:
    desk: Desk
    report_id: str
    code: str
    sheet: Sheet
    seal: Seal
    printed: Printed
    kept: ReportCertificate
    folder: Path

    @property
    def pdf(self) -> Path:
        return self.folder / "certificate.pdf"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    folder = tmp_path_factory.mktemp("certificate")
    with fresh_url("sqlite", folder) as url:
        database = open_database(url)
        desk = Desk(database, any_store(folder), folder / "in")
        desk.now = TODAY
        taken = {each: desk.capture(each) for each in ("dial", "case_back", "serial")}
        report = desk.draft()
        desk.pin(report, taken["dial"], f"6時側の線傷 {NAMES}")
        issued = desk.issue(report)
        seal = authority.seal_in(folder / "keys", name="証質店", now=TODAY)
        sheet = desk.read(lambda db: certificates.sheet(db, report.id, public_url=SHOP))
        pictures = certificates.read_pictures(desk.store, sheet)
        printed = press.print_certificate(sheet.facts, pictures, seal, now=TODAY)
        certificates.keep(desk.store, sheet, printed, now=TODAY)
        kept = desk.write(lambda db: certificates.record(db, report.id, printed, by=BY, now=TODAY))
        found = Made(desk, report.id, issued.code, sheet, seal, printed, kept, folder)
        found.pdf.write_bytes(printed.pdf)
        yield found
        database.close()


def _tool(*command: str) -> str:
    if shutil.which(command[0]) is None:
        pytest.fail(f"{command[0]} is needed (poppler-utils)")
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False).stdout


def _changed(made: Made, what: bytes, into: bytes) -> Path:
    content = made.printed.pdf
    assert what in content
    path = made.folder / "changed.pdf"
    path.write_bytes(content.replace(what, into, 1))
    return path


def test_poppler_and_our_own_check_find_the_signature_whole(made: Made) -> None:
    told = _tool("pdfsig", "-nocert", str(made.pdf))
    assert "Signature is Valid." in told
    assert "Total document signed" in told
    assert "ETSI.CAdES.detached" in told
    assert press.check(made.pdf, made.seal.root, now=TODAY).holds


def test_one_changed_byte_and_one_byte_more_are_told(made: Made) -> None:
    changed = _changed(made, b"/Title", b"/Titlf")
    assert "Signature is Valid." not in _tool("pdfsig", "-nocert", str(changed))
    assert not press.check(changed, made.seal.root, now=TODAY).holds
    longer = made.folder / "longer.pdf"
    longer.write_bytes(made.printed.pdf + b"\n% more\n")
    assert not press.check(longer, made.seal.root, now=TODAY).holds


def test_no_byte_of_it_can_be_changed(made: Made) -> None:
    """Wherever it is: only the zeros that fill up the place of the signature say nothing."""
    content, chance = made.printed.pdf, random.Random(24)
    begin = content.index(b"/Contents <") + len(b"/Contents <")
    end = content.index(b">", begin)
    places = [at for at in chance.choices(range(len(content)), k=20) if not begin <= at < end]
    assert len(places) > 10
    path = made.folder / "flipped.pdf"
    for at in [*places, begin - 40, end + 2]:
        path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        assert "Signature is Valid." not in _tool("pdfsig", "-nocert", str(path)), at


def test_another_dealers_root_does_not_trust_it(made: Made, tmp_path: Path) -> None:
    other = authority.seal_in(tmp_path, name="他店", now=TODAY)
    found = press.check(made.pdf, other.root, now=TODAY)
    assert not found.holds
    assert "intact=True trusted=False" in found.reason


def test_it_is_pdf_a_with_its_fonts_inside(made: Made) -> None:
    assert b"<pdfaid:part>3</pdfaid:part>" in made.printed.pdf
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in made.printed.pdf
    fonts = _tool("pdffonts", str(made.pdf)).splitlines()[2:]
    assert fonts
    # name, type, encoding, then emb: every one is embedded.
    assert all(line.split()[-5] == "yes" for line in fonts), fonts


def test_a_certificate_that_would_not_last_is_never_given_out(made: Made, tmp_path: Path) -> None:
    """The same facts set as an everyday PDF: signed rightly, and refused all the same."""
    import typst

    folder = tmp_path / "plain"
    folder.mkdir()
    facts = {**made.sheet.facts, "fonts": list(press.FAMILIES), "made_at": 0}
    (folder / "facts.json").write_text(json.dumps(facts, ensure_ascii=False), "utf-8")
    (folder / "certificate.typ").write_bytes(press.TEMPLATE.read_bytes())
    (folder / "code.svg").write_bytes(press.qr(str(facts["address"])))
    for name, content in certificates.read_pictures(made.desk.store, made.sheet).items():
        (folder / name).write_bytes(content)
    fonts = typst.Fonts(font_paths=[str(each) for each in press.font_folders()])
    plain = typst.Compiler(
        str(folder / "certificate.typ"), root=str(folder), font_paths=fonts
    ).compile(format="pdf")  # fmt: skip
    (folder / "set.pdf").write_bytes(plain)
    press._sign(folder, made.seal, "x", None)
    found = press.check(folder / "signed.pdf", made.seal.root, now=TODAY)
    assert not found.holds
    assert found.reason.startswith("archival: it does not say that it is PDF/A")


def test_rare_names_are_set_right_and_drawn_apart_from_their_plain_forms(made: Made) -> None:
    words = _tool("pdftotext", "-layout", str(made.pdf), "-")
    for name in NAMES.split():
        assert name in words
    assert "6時側の線傷" in words
    assert made.code in words
    for source in made.sheet.facts["hashes"]:
        assert source["sha256"] in words.replace("\n", "")
    signs = ("葛\U000e0100", "葛", "髙", "高", "﨑", "崎", "𠮷", "吉")
    drawn = {sign: _drawn(made, sign) for sign in signs}
    assert len(set(drawn.values())) == len(drawn)


def _drawn(made: Made, sign: str) -> bytes:
    folder = made.folder / f"sign-{ord(sign[0]):x}-{len(sign)}"
    folder.mkdir()
    (folder / "certificate.typ").write_text(
        '#let d = json("facts.json")\n#set page(width: 3cm, height: 3cm, margin: 2mm)\n'
        "#set text(font: (d.fonts.at(0), d.fonts.at(1)), size: 40pt)\n#d.title\n"
    )
    import json

    told = {"title": sign, "fonts": list(press.FAMILIES), "made_at": 0}
    (folder / "facts.json").write_text(json.dumps(told))
    press._set(folder, None)
    return subprocess.run(
        ["pdftoppm", "-r", "80", "-png", str(folder / "set.pdf")], capture_output=True, check=True
    ).stdout


def test_its_qr_code_opens_the_page_that_checks_it(made: Made) -> None:
    page = subprocess.run(
        ["pdftoppm", "-r", "200", "-f", "1", "-l", "1", "-png", str(made.pdf)],
        capture_output=True, check=True, timeout=60,
    ).stdout  # fmt: skip
    image = pyvips.Image.new_from_buffer(page, "").colourspace("b-w")
    (found,) = zxingcpp.read_barcodes(image.numpy())
    assert found.text == f"{SHOP}/verify/{made.code}"
    desk = VerifyDesk(
        database=made.desk.database,
        clock=lambda: TODAY,
        gone=lambda: gone_page(None),
        pictured=lambda db, token, unit_id, *, now: {},
        turnstile=Turnstile(rate=1.0, burst=100.0),
    )
    app = FastAPI()
    app.include_router(verify_router(desk))
    page = TestClient(app).get(found.text.removeprefix(SHOP))
    assert page.status_code == 200
    assert made.code in page.text
    report = made.desk.read(lambda db: queries.report_of(db, made.report_id))
    assert report.manifest_sha256 in page.text.replace("\n", "")


def test_its_pictures_tell_nothing_of_place_camera_and_owner(made: Made, tmp_path: Path) -> None:
    """What they were made of does: each is taken out again, as the bytes it is."""
    _tool("pdfimages", "-all", str(made.pdf), str(tmp_path / "picture"))
    files = {each.name: each.read_bytes() for each in tmp_path.iterdir() if each.suffix == ".jpg"}
    assert len(files) == len(made.sheet.pictures) >= 3
    for name, facts in exiftool.told(files, tmp_path / "asked").items():
        exiftool.must_be_bare(name, facts)
    said = exiftool.told({"whole.pdf": made.printed.pdf}, tmp_path / "asked")["whole.pdf"]
    assert not any("GPS" in key or "Serial" in key for key in said)
    whole = made.printed.pdf + json.dumps(said).encode()
    assert not any(secret.encode() in whole for secret in SECRETS)


def test_no_place_no_camera_no_whole_serial_is_in_it(made: Made) -> None:
    """Security rule 7 of the evidence paper."""
    assert b"Exif" not in made.printed.pdf
    words = _tool("pdftotext", str(made.pdf), "-")
    assert "Z1234589" not in words
    assert "••••••89" in words


def test_it_is_kept_as_an_original_with_its_digest_in_the_log(made: Made) -> None:
    kept = made.kept
    key = original_key(made.printed.sha256)
    assert b"".join(made.desk.store.open(key)) == made.printed.pdf
    leaf = made.desk.read(lambda db: log.leaf(db, kept.log_number))
    assert made.printed.sha256 in leaf.payload
    assert made.seal.signed_by in leaf.payload
    again = made.desk.write(
        lambda db: certificates.record(db, made.report_id, made.printed, by=BY, now=TODAY)
    )
    assert again.version == kept.version == 1
    assert made.desk.read(lambda db: queries.certificate(db, made.report_id)).version == 1


def test_keys_are_the_shops_alone_and_made_once(made: Made) -> None:
    """Security rule 12 of the evidence paper: mode 600, outside of the database."""
    keys = made.seal.path.parent
    for name in (authority.SEAL, authority.ROOT_KEY):
        assert (keys / name).stat().st_mode & 0o777 == 0o600
    assert b"PRIVATE" not in (keys / authority.ROOT).read_bytes()
    before = made.seal.path.read_bytes()
    assert authority.seal_in(keys, name="証質店", now=TODAY) == made.seal
    assert made.seal.path.read_bytes() == before


def test_keys_others_may_read_are_not_used(made: Made, tmp_path: Path) -> None:
    (tmp_path / authority.SEAL).write_bytes(made.seal.path.read_bytes())
    (tmp_path / authority.SEAL).chmod(0o644)
    with pytest.raises(SealUnusable, match="chmod 600"):
        authority.seal_in(tmp_path, name="x", now=TODAY)
    (tmp_path / authority.SEAL).write_bytes(b"nothing")
    (tmp_path / authority.SEAL).chmod(0o600)
    with pytest.raises(SealUnusable, match="must hold a key"):
        authority.seal_in(tmp_path, name="x", now=TODAY)


def test_a_sign_no_font_has_refuses_the_certificate_in_one_line(made: Made) -> None:
    facts = {**made.sheet.facts, "title": "デイトナ \U0001f642", "pictures": []}
    with pytest.raises(GlyphMissing) as refused:
        press.print_certificate(facts, {}, made.seal, now=TODAY)
    assert "\U0001f642" in refused.value.sign
    assert "\n" not in str(refused.value)


def test_without_the_fonts_it_says_which_package_brings_them(tmp_path: Path) -> None:
    with pytest.raises(FontsMissing, match="fonts-ipaexfont and fonts-noto-cjk"):
        press.font_folders([tmp_path])


def test_a_picture_that_is_not_what_was_made_is_never_printed(made: Made) -> None:
    """Acceptance check 20 of the evidence paper."""
    source = next(iter(made.sheet.pictures.values()))
    before = b"".join(made.desk.store.open(source.key))
    made.desk.store.put_bytes(source.key, [before[:-1] + b"x"])
    try:
        with pytest.raises(PictureDamaged):
            certificates.read_pictures(made.desk.store, made.sheet)
    finally:
        made.desk.store.put_bytes(source.key, [before])


def test_a_time_stamp_is_asked_through_whoever_prints(made: Made, tmp_path: Path) -> None:
    """The press itself talks to nobody; the authority here is `openssl ts`."""
    tsa = _authority(tmp_path)
    asked: list[bytes] = []

    def stamp(request: bytes) -> bytes:
        asked.append(request)
        return tsa(request)

    pictures = certificates.read_pictures(made.desk.store, made.sheet)
    # The stamp's own certificate leads to another root, so our check tells it is there, no more.
    printed = press.print_certificate(
        made.sheet.facts, pictures, made.seal, now=datetime.now(UTC), stamp=stamp
    )
    assert asked
    assert printed.is_stamped


def _authority(folder: Path) -> Any:
    """A time-stamp authority of one machine, by openssl."""
    config = folder / "ts.cnf"
    config.write_text(
        "[tsa]\ndefault_tsa=t\n[t]\nserial=" + str(folder / "serial") + "\ncrypto_device=builtin\n"
        "signer_digest=sha256\ndefault_policy=1.2.3.4.1\ndigests=sha256,sha512\n"
        "accuracy=secs:1\nordering=yes\ntsa_name=no\ness_cert_id_chain=no\n"
        "ess_cert_id_alg=sha256\n"
        "[req]\ndistinguished_name=dn\nprompt=no\nx509_extensions=x\n[dn]\nCN=test tsa\n"
        "[x]\nbasicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n"
        "extendedKeyUsage=critical,timeStamping\n"
    )
    (folder / "serial").write_text("01")
    key, cert = folder / "tsa.key", folder / "tsa.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-config",
         str(config), "-keyout", str(key), "-out", str(cert)],
        check=True, capture_output=True,
    )  # fmt: skip

    def stamp(request: bytes) -> bytes:
        (folder / "q").write_bytes(request)
        subprocess.run(
            ["openssl", "ts", "-reply", "-config", str(config), "-queryfile", str(folder / "q"),
             "-signer", str(cert), "-inkey", str(key), "-out", str(folder / "r")],
            check=True, capture_output=True,
        )  # fmt: skip
        return (folder / "r").read_bytes()

    return stamp


def test_printing_waits_for_what_is_still_being_made(made: Made) -> None:
    desk = made.desk
    desk.capture("case_back", makes=False, n=2)
    desk.later(1)
    report = desk.draft()
    desk.issue(report, key="k9")
    with pytest.raises(PictureUnready):
        desk.read(lambda db: certificates.sheet(db, report.id, public_url=SHOP))


def test_the_code_is_drawn_as_an_address_people_can_scan() -> None:
    drawn = press.qr(f"{SHOP}/verify/ABCD")
    assert b"<svg" in drawn
    assert io.BytesIO(drawn).read(5) == b"<?xml"


def test_the_same_report_in_english_is_another_print_with_the_names_as_right(made: Made) -> None:
    """acceptance check 24, R-015: chosen at printing; the first print stays the first."""
    desk = made.desk
    sheet = desk.read(lambda db: certificates.sheet(db, made.report_id, public_url=SHOP, lang="en"))
    japanese = made.sheet.facts
    assert all(told != japanese["words"][name] for name, told in sheet.facts["words"].items())
    labels = [name for name, _ in japanese["facts"]]
    assert not set(labels) & {name for name, _ in sheet.facts["facts"]}
    pictures = certificates.read_pictures(desk.store, sheet)
    printed = press.print_certificate(sheet.facts, pictures, made.seal, now=TODAY)
    certificates.keep(desk.store, sheet, printed, now=TODAY)
    kept = desk.write(
        lambda db: certificates.record(
            db, made.report_id, printed, by=BY, now=TODAY, lang=sheet.lang
        )
    )
    assert (kept.version, kept.lang) == (2, "en")
    assert desk.read(lambda db: queries.certificate(db, made.report_id)).sha256 == made.kept.sha256
    english = desk.read(lambda db: queries.certificate(db, made.report_id, "en"))
    assert english.sha256 == printed.sha256
    path = made.folder / "english.pdf"
    path.write_bytes(printed.pdf)
    assert "Signature is Valid." in _tool("pdfsig", "-nocert", str(path))
    words = _tool("pdftotext", "-layout", str(path), "-")
    for told in (
        "Certificate of condition",
        "Before shipping",
        "Case back",
        "Scratch",
        "Issued by",
    ):
        assert told in words, told
    for name in NAMES.split():
        assert name in words
    assert "記録の指紋" not in words and "商品番号" not in words


def test_the_whole_chain_is_kept_with_the_certificate_and_the_log_says_who_signs(
    made: Made, tmp_path: Path
) -> None:
    """Security rule 12 of the evidence paper: years later nobody has to ask us for the chain."""
    held = made.printed.pdf
    root = x509.load_pem_x509_certificate(made.seal.root.read_bytes())
    own = x509.load_pem_x509_certificates(made.seal.path.read_bytes())[0]
    for each in (own, root):
        assert each.public_bytes(Encoding.DER).hex().encode() in held.lower()
    made.desk.write(
        lambda db: certificates.record(db, made.report_id, made.printed, by=BY, now=TODAY)
    )
    another = authority.seal_in(tmp_path / "keys", name="証質店", now=TODAY)
    pictures = certificates.read_pictures(made.desk.store, made.sheet)
    again = press.print_certificate(made.sheet.facts, pictures, another, now=TODAY)
    for _ in range(2):
        made.desk.write(lambda db: certificates.record(db, made.report_id, again, by=BY, now=TODAY))

    def keys(db: Session) -> list[dict[str, Any]]:
        texts = log.payloads(db, 0, limit=log.size(db))
        told = [json.loads(each) for each in texts]
        return [each for each in told if each["kind"] == sidecars.KEY_LEAF]

    assert [(each["key"], each["replaces"]) for each in made.desk.read(keys)] == [
        (made.seal.signed_by, None), (another.signed_by, made.seal.signed_by),
    ]  # fmt: skip
