"""Check an akashi evidence zip (証拠の検証): plain Python 3.8 or later, no network, no install.

    python3 -I verify.py [FILE.zip or unpacked folder [KEY]]

Looked at: no file is changed, missing or added; each original and report is the one its leaf tells,
each leaf in the log that was signed, a dispute's list the frozen one; signature; what is stamped.
Not looked at: the stamp's own signature (openssl ts -verify), and whose the key is (give KEY, the
one the shop tells by another way). A record and its integrity, no more.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
import zipfile
from functools import partial, reduce
from pathlib import Path
from typing import Any, Iterator  # noqa: UP035

P, Q = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
TAGS = """bagit.txt bag-info.txt manifest-sha256.txt verify.py verify.html README.txt log/key.txt
log/leaves.json log/proofs.json log/checkpoint.txt log/timestamp.tsr certificates/tsa.pem""".split()  # noqa: SIM905


def _files(place: str) -> dict[str, Any]:
    if Path(place).is_dir():
        there = (each for each in Path(place).rglob("*") if not each.is_dir())
        return {each.relative_to(place).as_posix(): partial(each.open, "rb") for each in there}
    bag = zipfile.ZipFile(place)
    names = [name for name in bag.namelist() if not name.endswith("/")]
    if len(names) != len(set(names)):
        raise ValueError("a file is there twice")
    return {name: partial(bag.open, name) for name in names}


def _chunks(files: dict[str, Any], name: str) -> Iterator[bytes]:
    if name not in files:
        raise ValueError(f"{name} is missing")
    with files[name]() as file:
        yield from iter(partial(file.read, 1 << 20), b"")


def _read(files: dict[str, Any], name: str) -> bytes:
    return b"".join(_chunks(files, name))


def check_files(files: dict[str, Any]) -> dict[str, str]:
    """No file is changed, missing or added. The digests below data/."""
    lists = [
        {line[66:]: line[:64] for line in _read(files, name).decode().splitlines()}
        for name in ("manifest-sha256.txt", "tagmanifest-sha256.txt")
    ]
    known = {"tagmanifest-sha256.txt": "", **lists[0], **lists[1]}
    for name in sorted((set(files) - set(known)) | (set(lists[1]) - set(TAGS))):
        raise ValueError(f"{name} was added")
    for name, wanted in sorted({**lists[0], **lists[1]}.items()):
        found = hashlib.sha256()
        for chunk in _chunks(files, name):
            found.update(chunk)
        if found.hexdigest() != wanted:
            raise ValueError(f"{name} was changed")
    return lists[0]


def _add(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    t = D * a[0] * b[0] * a[1] * b[1] % P
    x = (a[0] * b[1] + b[0] * a[1]) * pow(1 + t, P - 2, P) % P
    return x, (a[1] * b[1] + a[0] * b[0]) * pow(1 - t, P - 2, P) % P


def _times(n: int, point: tuple[int, int]) -> tuple[int, int]:
    found = (0, 1)
    for bit in bin(n)[2:]:
        found = _add(_add(found, found), point) if bit == "1" else _add(found, found)
    return found


def _point(told: int) -> tuple[int, int]:
    sign, y = told >> 255, told & ((1 << 255) - 1)
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if (x * x - square) % P == 0 else x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        raise ValueError("the signature or its key is none")
    return (P - x if x & 1 != sign else x), y


def is_signed(public: bytes, content: bytes, sig: bytes) -> bool:
    """Ed25519 (RFC 8032, 5.1.7)."""
    told = hashlib.sha512(sig[:32] + public + content).digest()
    r, s, a, k = (int.from_bytes(x, "little") for x in (sig[:32], sig[32:], public, told))
    right = _add(_point(r), _times(k % Q, _point(a)))
    return s < Q and _times(s, _point(4 * pow(5, P - 2, P) % P)) == right


def check_checkpoint(files: dict[str, Any], wanted: str | None) -> tuple[int, bytes, str]:
    """The size and the root that were signed, and the key."""
    key = _read(files, "log/key.txt").decode().strip()
    if wanted is not None and wanted.strip() != key:
        raise ValueError("the checkpoint is signed with another key than the one you gave")
    name, public = key.partition("+")[0], base64.b64decode(key.split("+", 2)[2])
    key_hash = hashlib.sha256(name.encode() + b"\n" + public).digest()[:4]
    text, _, lines = _read(files, "log/checkpoint.txt").decode().rpartition("\n\n")
    origin, size, root = text.split("\n")[:3]
    for line in lines.splitlines():
        told = base64.b64decode(line.rpartition(" ")[2])
        is_ours = line.startswith(f"— {name} ") and (origin, told[:4]) == (name, key_hash)
        if is_ours and is_signed(public[1:], (text + "\n").encode(), told[4:]):
            return int(size), base64.b64decode(root), key
    raise ValueError("the checkpoint is not signed with the key of this zip")


def check_leaves(files: dict[str, Any], size: int, root: bytes) -> dict[int, dict[str, Any]]:
    """Every leaf is in the log of the checkpoint (RFC 9162, 2.1.3.2); what each tells."""
    proofs, leaves = json.loads(_read(files, "log/proofs.json"))["proofs"], {}
    for each in json.loads(_read(files, "log/leaves.json")):
        number, content = int(each["number"]), str(each["payload"]).encode()
        at, last, found = number, size - 1, hashlib.sha256(b"\x00" + content).digest()
        for step in map(bytes.fromhex, proofs[str(number)]):
            is_right = at & 1 or at == last
            both = step + found if is_right else found + step
            found = hashlib.sha256(b"\x01" + both if last > 0 else b"").digest()
            while is_right and not at & 1 and at:
                at, last = at >> 1, last >> 1
            at, last = at >> 1, last >> 1
        if not 0 <= number < size or last or found != root:
            raise ValueError(f"leaf {number} is not in the log the checkpoint was signed over")
        leaves[number] = json.loads(content)
    return leaves


def check_record(files: dict[str, Any], payload: dict[str, str], leaves: dict[int, Any]) -> str:
    """Every file is the one its leaf tells, each original here or withheld, exhibits as frozen."""
    record = json.loads(_read(files, "data/record.json"))
    told = [(str(each["path"]), int(each["leaf"])) for each in record["files"]]
    for name in sorted(set(payload) ^ {"data/record.json", "data/journal.json", *dict(told)}):
        raise ValueError(f"{name} is not one of the record")
    for name in (name for name, n in told if payload[name] not in leaves.get(n, {}).values()):
        raise ValueError(f"{name} is not what its leaf in the log tells")
    gone = {each["leaf"]: each["sha256"] for each in record["withheld"]}
    there = {**gone, **{number: payload[name] for name, number in told}}
    for number, leaf in leaves.items():
        if leaf["kind"] == "asset.received" and there.get(number) != leaf["sha256"]:
            raise ValueError(f"the original of leaf {number} is neither here nor withheld")
    dispute, listed = record["about"].get("dispute"), record.get("exhibits") or []
    digest = hashlib.sha256(json.dumps({"exhibits": listed}, separators=(",", ":")).encode())
    need = [(dispute, digest.hexdigest()), *listed] if dispute or listed else []
    if not all(any({a, b} <= {*map(str, x.values())} for x in leaves.values()) for a, b in need):
        raise ValueError("the exhibits are not the list that was frozen with the dispute")
    return f"{len(payload)} files unchanged, {len(gone)} originals known by their hash alone"


def _parts(told: bytes) -> list[bytes]:
    """The contents of the DER values that follow each other."""
    found, at = [], 0
    while at < len(told):
        more = told[at + 1] & 0x7F if told[at + 1] & 0x80 else 0
        length = int.from_bytes(told[at + 2 : at + 2 + more], "big") if more else told[at + 1]
        found.append(told[at + 2 + more : at + 2 + more + length])
        at += 2 + more + length
    return found


def check_stamp(files: dict[str, Any]) -> str:
    """That the time stamp (RFC 3161) is of this very checkpoint; the moment it tells."""
    if "log/timestamp.tsr" not in files:
        return "none in this zip"
    status, content = _parts(_parts(_read(files, "log/timestamp.tsr"))[0])[:2]
    info = _parts(reduce(lambda der, n: _parts(der)[n], (1, 0, 2, 1, 0, 0), content))
    told = [_parts(status)[0] in (b"\0", b"\1"), _parts(_parts(info[2])[0])[0], _parts(info[2])[1]]
    digest = hashlib.sha256(_read(files, "log/checkpoint.txt")).digest()
    if told != [True, bytes.fromhex("608648016503040201"), digest]:
        raise ValueError("the time stamp is of something else than this checkpoint")
    return f"{info[4].decode()} (its own signature is for openssl ts -verify: README.txt)"


def report(place: str, key: str | None = None) -> str:
    """What was found, in words that begin with FAILED when something does not hold."""
    try:
        files = _files(place)
        payload = check_files(files)
        size, root, signer = check_checkpoint(files, key)
        leaves = check_leaves(files, size, root)
        return f"""{check_record(files, payload, leaves)}
{len(leaves)} leaves in a log of {size} signed by {signer}{"" if key else " (is it the shop's?)"}
time stamp: {check_stamp(files)}
OK: everything holds (整合しています)"""
    except Exception as broken:  # noqa: BLE001 - whatever a forged file breaks, it does not hold
        return f"FAILED: {str(broken) or type(broken).__name__} (整合しません)"


if __name__ == "__main__":
    place, wanted_key = [*sys.argv[1:], "", ""][:2]
    found_words = report(place or str(Path(__file__).parent), wanted_key or None)
    sys.stdout.buffer.write(f"{found_words}\n".encode())
    sys.exit(found_words.startswith("FAILED"))
