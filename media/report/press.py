"""Print and sign a certificate (状態証明の発行), in processes of its own, and check it in another.

Typst sets it from a JSON file, never from text put together; pyHanko signs it; a third process
reads the result as a stranger would. Blocks for seconds: never in a request. Not here: which facts
(`certificates`), where the PDF goes.
"""

import base64
import binascii
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from catalog.ground.errors import Refused, Unavailable
from catalog.ground.record import Sha256
from media.decoding.runner import GIGABYTE, Finished, Limits, run
from media.log.authority import Seal
from media.report import press_child

TEMPLATE = Path(__file__).parent / "templates" / "certificate.typ"
TEMPLATE_VERSION = 3
FAMILIES = ("IPAexMincho", "Noto Serif CJK JP", "IPAexGothic", "Noto Sans CJK JP")
PACKAGES = "fonts-ipaexfont and fonts-noto-cjk"
FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
_FONT_FILES = ("ipaexm.ttf", "ipaexg.ttf", "NotoSerifCJK-Regular.ttc", "NotoSansCJK-Regular.ttc")
_CHILD = str(Path(press_child.__file__).absolute())
_LIMITS = Limits(
    cpu_seconds=60, wall_seconds=120, memory_bytes=3 * GIGABYTE, file_bytes=GIGABYTE // 4
)
_SIGN_SECONDS = 60.0

Stamp = Callable[[bytes], bytes]  # RFC 3161: a request in, the authority's answer out; DER


class FontsMissing(Unavailable):
    """The fonts names and titles are set in are not on this machine. `families`."""

    def __init__(self, families: str) -> None:
        super().__init__(f"install {PACKAGES}: {families} is not there")
        self.families = families


class GlyphMissing(Refused):
    """A sign of the report is in no font; the certificate is not printed without it. `sign`."""

    def __init__(self, sign: str) -> None:
        super().__init__(f"no glyph for {sign}")
        self.sign = sign


class PressBroken(Unavailable):
    """The press ended without a certificate, or with one that does not hold. `reason`."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"certificate: {reason}")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Printed:
    """A signed and checked certificate. `is_stamped`: with a time stamp inside."""

    pdf: bytes
    sha256: Sha256
    signed_by: str
    is_stamped: bool


@dataclass(frozen=True, slots=True)
class Checked:
    """What a stranger finds: `holds`, else `reason`."""

    holds: bool
    reason: str
    is_stamped: bool = False


def print_certificate(
    facts: Mapping[str, Any],
    pictures: Mapping[str, bytes],
    seal: Seal,
    *,
    now: datetime,
    stamp: Stamp | None = None,
    cancel: threading.Event | None = None,
) -> Printed:
    """Set, sign and check. `pictures`: the files `facts` names; `stamp`: asks a time-stamp
    authority.

    Raises FontsMissing, GlyphMissing, PressBroken, DecodingCancelled.
    """
    with tempfile.TemporaryDirectory(prefix="akashi-certificate-") as made:
        folder = Path(made)
        told = {**facts, "fonts": list(FAMILIES), "made_at": int(now.timestamp())}
        (folder / "facts.json").write_text(json.dumps(told, ensure_ascii=False), "utf-8")
        (folder / TEMPLATE.name).write_bytes(TEMPLATE.read_bytes())
        (folder / "code.svg").write_bytes(qr(str(facts["address"])))
        for name, content in pictures.items():
            (folder / name).write_bytes(content)
        _set(folder, cancel)
        _sign(folder, seal, str(facts["reason"]), stamp)
        found = check(folder / "signed.pdf", seal.root, now=now)
        if not found.holds:
            raise PressBroken(found.reason)
        pdf = (folder / "signed.pdf").read_bytes()
    digest = Sha256(hashlib.sha256(pdf).hexdigest())
    return Printed(pdf, digest, seal.signed_by, found.is_stamped)


def qr(address: str) -> bytes:
    """A QR code of that address, as a drawing."""
    import io

    import segno

    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", border=2, scale=4)
    return drawn.getvalue()


def font_folders(roots: Sequence[Path] = FONT_FOLDERS) -> list[Path]:
    """Where the fonts lie. Raises FontsMissing."""
    found: dict[str, Path] = {}
    for root in roots:
        for path in sorted(root.rglob("*.tt[fc]")) if root.is_dir() else ():
            if path.name in _FONT_FILES:
                found.setdefault(path.name, path.parent)
    lacking = [name for name in _FONT_FILES if name not in found]
    if lacking:
        raise FontsMissing(", ".join(lacking))
    return sorted(set(found.values()))


def check(pdf: Path, root: Path, *, now: datetime) -> Checked:
    """Whether that file's signature holds, asked in another process. Raises PressBroken."""
    moment = str(int(now.timestamp()))
    told = _answer(run(_command("check", str(pdf), str(root), moment), limits=_LIMITS))
    reason = f"{told.get('reason', '')}: {told.get('detail', '')}"
    return Checked(bool(told["ok"]), reason, bool(told.get("stamped")))


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-I", _CHILD, *arguments]


def _set(folder: Path, cancel: threading.Event | None) -> None:
    fonts = [str(each) for each in font_folders()]
    command = _command("typeset", str(folder), *fonts)
    told = _answer(run(command, limits=_LIMITS, cancel=cancel))
    if told["ok"]:
        return
    detail = str(told.get("detail", ""))
    if told.get("reason") == "fonts":
        raise FontsMissing(detail)
    if told.get("reason") == "glyph":
        raise GlyphMissing(_sign_in(detail))
    raise PressBroken(detail)


def _sign_in(detail: str) -> str:
    """The text the setter could not set, as it quotes it."""
    return detail.partition('"')[2].partition('"')[0] or detail


def _answer(finished: Finished) -> Mapping[str, Any]:
    lines = finished.answer.decode(errors="replace").strip().splitlines()
    try:
        told = json.loads(lines[-1]) if lines and finished.went_well else None
    except json.JSONDecodeError:
        told = None
    if not isinstance(told, dict) or "ok" not in told:
        raise PressBroken(f"the press ended with {finished.code}")
    return told


def _sign(folder: Path, seal: Seal, reason: str, stamp: Stamp | None) -> None:
    """Outside of the jail, because the key lies there; what it asks the world goes through us."""
    command = _command(
        "sign", str(folder), str(seal.path.absolute()), str(seal.root.absolute()), reason,
        "yes" if stamp is not None else "no",
    )  # fmt: skip
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        cwd="/", env={}, start_new_session=True,
    )  # fmt: skip
    late = threading.Timer(_SIGN_SECONDS, process.kill)
    late.start()
    try:
        told = _converse(process, stamp)
    finally:
        late.cancel()
        if process.poll() is None:
            process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
    if not told.get("ok"):
        raise PressBroken("it could not be signed")


def _converse(process: "subprocess.Popen[bytes]", stamp: Stamp | None) -> Mapping[str, Any]:
    assert process.stdin is not None
    assert process.stdout is not None
    for line in process.stdout:
        if not line.startswith(b"stamp "):
            told: Mapping[str, Any] = json.loads(line)
            return told
        try:
            request = base64.b64decode(line.split()[1], validate=True)
        except (binascii.Error, IndexError):
            raise PressBroken("an odd request for a time stamp") from None
        answer = stamp(request) if stamp is not None else b""
        os.write(process.stdin.fileno(), base64.b64encode(answer) + b"\n")
    raise PressBroken("it could not be signed")
