"""The press in a process of its own: sets a certificate, signs it, checks one. Run by its path.

    press_child.py typeset FOLDER FONT_FOLDER…
    press_child.py sign FOLDER SEAL ROOT REASON STAMPED
    press_child.py check PDF ROOT MOMENT

It imports nothing of ours. `FOLDER` holds `certificate.typ`, `facts.json` and the pictures; what is
set is `set.pdf`, what is signed `signed.pdf`, with every certificate from SEAL to ROOT in it. The
last line it writes is its answer. With STAMPED `yes` a line `stamp <request>` asks whoever started
it for a time stamp, which comes back on standard input: only that process talks to the world
outside.
"""

import base64
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FIELD = "Akashi"
NO_GLYPH = "could not be displayed with font"


def typeset(folder: Path, fonts: list[str]) -> dict[str, Any]:
    """PDF/A-3b from the template and the facts; a sign without a glyph refuses it."""
    import typst

    known = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=list(fonts)
    )
    facts = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
    lacking = sorted(set(facts["fonts"]) - set(known.families()))
    if lacking:
        return {"ok": False, "reason": "fonts", "detail": ", ".join(lacking)}
    try:
        pdf: Any = typst.Compiler(
            str(folder / "certificate.typ"),
            root=str(folder),
            font_paths=known,
            ignore_system_fonts=True,
        ).compile(format="pdf", pdf_standards=["a-3b"], timestamp=facts["made_at"])
    except typst.TypstError as error:
        reason = "glyph" if NO_GLYPH in error.message else "template"
        return {"ok": False, "reason": reason, "detail": error.message}
    (folder / "set.pdf").write_bytes(pdf)
    return {"ok": True}


def sign(folder: Path, seal: Path, root: Path, reason: str, is_stamped: bool) -> dict[str, Any]:
    """PAdES, and no change allowed afterwards; the chain goes along, so that it is kept with it."""
    from asn1crypto import keys, pem, x509
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    key, chain = None, []
    told_chain = seal.read_bytes() + b"\n" + root.read_bytes()
    for kind, _, der in pem.unarmor(told_chain, multiple=True):
        if kind == "CERTIFICATE":
            chain.append(x509.Certificate.load(der))
        else:
            key = keys.PrivateKeyInfo.load(der)
    store: Any = SimpleCertificateStore
    known = store()
    known.register_multiple(chain)
    signer = signers.SimpleSigner(signing_cert=chain[0], signing_key=key, cert_registry=known)
    told = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        reason=reason,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        subfilter=fields.SigSeedSubFilter.PADES,
    )
    with (folder / "set.pdf").open("rb") as whole, (folder / "signed.pdf").open("wb") as out:
        signers.sign_pdf(
            IncrementalPdfFileWriter(whole),
            told,
            signer,
            timestamper=_stamper() if is_stamped else None,
            output=out,
        )
    return {"ok": True}


def _stamper() -> Any:
    from asn1crypto import tsp
    from pyhanko.sign.timestamps import TimeStamper

    class Asking(TimeStamper):
        """Asks whoever started this process."""

        async def async_request_tsa_response(self, req: Any) -> Any:
            print("stamp", base64.b64encode(req.dump()).decode(), flush=True)  # noqa: T201
            return tsp.TimeStampResp.load(base64.b64decode(sys.stdin.readline()))

    asking: Any = Asking
    return asking()


def check(pdf: Path, root: Path, moment: datetime) -> dict[str, Any]:
    """Whether the one signature is whole, covers everything and leads to that root."""
    from asn1crypto import pem, x509
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    trusted = x509.Certificate.load(pem.unarmor(root.read_bytes())[2])
    context = ValidationContext(trust_roots=[trusted], moment=moment, allow_fetching=False)
    with pdf.open("rb") as file:
        try:
            reader = PdfFileReader(file)
            lacking = unarchival(reader)
            if lacking:
                return {"ok": False, "reason": "archival", "detail": lacking}
            found = reader.embedded_signatures
            if len(found) != 1:
                return {"ok": False, "reason": "signatures", "detail": str(len(found))}
            told = validate_pdf_signature(
                found[0], signer_validation_context=context, ts_validation_context=context
            )
        except Exception as error:  # noqa: BLE001  # a broken file is an answer, not a bug
            return {"ok": False, "reason": "broken", "detail": type(error).__name__}
    is_whole = told.coverage is SignatureCoverageLevel.ENTIRE_FILE
    is_good = bool(told.intact and told.valid and told.trusted and told.docmdp_ok and is_whole)
    detail = f"intact={told.intact} trusted={told.trusted} whole={is_whole}"
    stamped = told.timestamp_validity is not None
    return {"ok": is_good, "reason": "signature", "detail": detail, "stamped": stamped}


def unarchival(reader: Any) -> str:
    """What keeps a file from being read in the same way for good (PDF/A-3b), as far as its own
    structure tells: empty when nothing does.
    """
    root = reader.root
    told = _in(root, "/Metadata")
    metadata = told.data if told is not None else b""
    if b"pdfaid:part" not in metadata or b"pdfaid:conformance" not in metadata:
        return "it does not say that it is PDF/A"
    intents = _in(root, "/OutputIntents") or []
    if not any("/DestOutputProfile" in each.get_object() for each in intents):
        return "no colours are declared"
    if reader.encrypted:
        return "it is encrypted"
    names = _in(root, "/Names") or {}
    if "/JavaScript" in names or "/AA" in root or "/OpenAction" in root:
        return "something in it acts"
    return _unembedded(reader)


def _in(told: Any, name: str) -> Any:
    """What stands there, wherever it lies; `get` would return where."""
    return told[name] if name in told else None  # noqa: SIM401


def _unembedded(reader: Any) -> str:
    pages = [reader.root["/Pages"]]
    while pages:
        page = pages.pop()
        if "/Kids" in page:
            pages += [each.get_object() for each in page["/Kids"]]
            continue
        resources = _in(page, "/Resources") or {}
        fonts = _in(resources, "/Font") or {}
        for name in fonts:
            font = fonts[name]
            font = font["/DescendantFonts"][0] if "/DescendantFonts" in font else font
            told = _in(font, "/FontDescriptor") or {}
            if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(told):
                return f"the font {name} is not in it"
    return ""


def main(arguments: list[str]) -> dict[str, Any]:
    """One verb."""
    verb, first, *rest = arguments
    if verb == "typeset":
        return typeset(Path(first), rest)
    if verb == "sign":
        seal, root, reason, is_stamped = rest
        return sign(Path(first), Path(seal), Path(root), reason, is_stamped == "yes")
    return check(Path(first), Path(rest[0]), datetime.fromtimestamp(int(rest[1]), UTC))


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1:])), flush=True)  # noqa: T201
