"""Check an akashi evidence zip (証拠の検証): plain Python 3.8 or later, no network, no install.

    python3 -I verify.py [FILE.zip or unpacked folder [KEY]]

Looked at: no file changed, missing, added or a link; each as its leaf tells; leaves in signed logs,
now and earlier; what is told and listed as leaves bind it; what is stamped. Exit status 1: it does
not hold; 2: an old zip. Not looked at: who signed a stamp (openssl ts -verify), whose the key is.
"""

from __future__ import annotations  # noqa: I001 - kept short

import base64, hashlib, json, re, sys, time, zipfile  # noqa: E401
from functools import partial, reduce
from pathlib import Path
from typing import Any

P, Q = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
LISTS = ("manifest-sha256.txt", "tagmanifest-sha256.txt")
TAGS = r"""(?ax) log/(?:at-\d+/)? (?:key\.txt|checkpoint\.txt|proofs\.json|timestamp\.tsr)
|log/leaves\.json|certificates/(?:at-\d+/)?tsa\.pem|verify\.(?:py|html)
|(?:bagit|bag-info|manifest-sha256|README)\.txt"""
OUTSIDE = re.compile(r"(.*/)?\.{0,2}(/.*)?|.*[\\:].*", re.DOTALL)  # would be laid elsewhere
LITTER = re.compile(r"(.*/)?(\.DS_Store|Thumbs\.db|desktop\.ini|\._[^/]*)")  # a system's own
FILES = {"asset.received": "sha256", "report.issued": "manifest", "certificate.made": "sha256"}
OLD = """OLD FORM: what is here holds, but nothing binds record.json: what it is about, and that
nothing was left out, is not proven (旧形式のため、対象と過不足は証明されません)"""


def need(holds: Any, why: str) -> None:
    if not holds:
        raise ValueError(why)


def files_in(place: str) -> dict[str, Any]:
    if Path(place).is_dir():
        there = {x.relative_to(place).as_posix(): x for x in Path(place).rglob("*")}
        need(not any(map(Path.is_symlink, there.values())), "a link leads elsewhere")
        return {x: partial(there[x].open, "rb") for x in there if not there[x].is_dir()}
    bag, found = zipfile.ZipFile(place), {}
    for each in bag.infolist():
        name, is_link = each.filename, each.external_attr >> 28 == 10
        need(name not in found, f"{name} is there twice")
        need(not is_link and not OUTSIDE.fullmatch(name.rstrip("/")), f"{name} leads elsewhere")
        found[name] = partial(bag.open, each)
    return {name: found[name] for name in found if not name.endswith("/")}


def read(files: dict[str, Any], name: str, take: Any = bytes) -> bytes:
    need(name in files, f"{name} is missing")
    with files[name]() as file:
        return b"".join(take(chunk) or b"" for chunk in iter(partial(file.read, 1 << 20), b""))


def check_files(files: dict[str, Any]) -> dict[str, str]:  # the digests below data/
    lists = [{x[66:]: x[:64] for x in read(files, n).decode().split("\n") if x} for n in LISTS]
    tags = {x for x in lists[1] if not re.fullmatch(TAGS, x)}
    for name in sorted(({*files} - {LISTS[1], *lists[0], *lists[1]}) | tags):
        raise ValueError(f"{name} was added")
    for name, wanted in sorted({**lists[0], **lists[1]}.items()):
        found = hashlib.sha256()
        read(files, name, found.update)
        need(found.hexdigest() == wanted, f"{name} was changed")
    return lists[0]


def _add(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    t = D * a[0] * b[0] * a[1] * b[1] % P
    x = (a[0] * b[1] + b[0] * a[1]) * pow(1 + t, P - 2, P) % P
    return x, (a[1] * b[1] + a[0] * b[0]) * pow(1 - t, P - 2, P) % P


def _times(n: int, p: tuple[int, int]) -> tuple[int, int]:
    return reduce(lambda x, b: _add(_add(x, x), p) if b == "1" else _add(x, x), f"{n:b}", (0, 1))


def _point(told: int) -> tuple[int, int]:
    sign, y = told >> 255, told & ((1 << 255) - 1)
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if (x * x - square) % P == 0 else x * pow(2, (P - 1) // 4, P) % P
    need(y < P and (x * x - square) % P == 0 and (x or not sign), "no signature, or no key")
    return (P - x if x & 1 != sign else x), y


def is_signed(public: bytes, content: bytes, sig: bytes) -> bool:  # Ed25519 (RFC 8032, 5.1.7)
    told = hashlib.sha512(sig[:32] + public + content).digest()
    r, s, a, k = (int.from_bytes(x, "little") for x in (sig[:32], sig[32:], public, told))
    right = _add(_point(r), _times(k % Q, _point(a)))
    return s < Q and _times(s, _point(4 * pow(5, P - 2, P) % P)) == right


def check_log(files: dict[str, Any], at_: str, wanted: Any) -> tuple[dict[int, Any], int, str]:
    key = read(files, f"{at_}key.txt").decode().strip()
    need(not wanted or wanted.strip() == key, "signed with another key than the one you gave")
    name, public = key.partition("+")[0], base64.b64decode(key.split("+", 2)[2])
    key_hash = hashlib.sha256(name.encode() + b"\n" + public).digest()[:4]
    text, _, lines = read(files, f"{at_}checkpoint.txt").decode().rpartition("\n\n")
    origin, size, root = text.split("\n")[0], int(text.split("\n")[1]), text.split("\n")[2]
    mine = [x.rpartition(" ")[2] for x in lines.splitlines() if x.startswith(f"— {name} ")]
    ours = [x for x in map(base64.b64decode, mine) if (origin, x[:4]) == (name, key_hash)]
    holds = any(is_signed(public[1:], (text + "\n").encode(), x[4:]) for x in ours)
    need(holds, "the checkpoint is not signed with the key of this zip")
    proofs, leaves = json.loads(read(files, f"{at_}proofs.json"))["proofs"], {}
    told = json.loads(read(files, "log/leaves.json"))
    for each in (x for x in told if at_ == "log/" or x["number"] < size):
        number, content = int(each["number"]), str(each["payload"]).encode()
        at, last, found = number, size - 1, hashlib.sha256(b"\x00" + content).digest()
        for step in map(bytes.fromhex, proofs[str(number)]):  # RFC 9162, 2.1.3.2
            is_right = at & 1 or at == last
            both = step + found if is_right else found + step
            found = hashlib.sha256(b"\x01" + both if last > 0 else b"").digest()
            while is_right and not at & 1 and at:
                at, last = at >> 1, last >> 1
            at, last = at >> 1, last >> 1
        is_in = 0 <= number < size and not last and found == base64.b64decode(root)
        need(is_in, f"leaf {number} is not in the log")
        leaves[number] = json.loads(content)
    return leaves, size, key


def check_record(files: dict[str, Any], data: dict[str, str], leaves: dict[int, Any]) -> list[str]:
    record = json.loads(read(files, "data/record.json"))
    told, gone = [(each["path"], each["leaf"]) for each in record["files"]], record["withheld"]
    said = {name: data[name] for name in data if name.count("/") == 1}  # bound by the zip's leaf
    for name in sorted({*data} ^ {*said, *dict(told)}):
        raise ValueError(f"{name} is not one of the record")
    for name, n in told:
        need(data[name] in leaves.get(n, {}).values(), f"{name} is not what its leaf tells")
    there = {**{x["leaf"]: x["sha256"] for x in gone}, **{n: data[name] for name, n in told}}
    for n, leaf in leaves.items():
        need(leaf.get(FILES.get(leaf["kind"])) in (None, there.get(n)), f"leaf {n} has no file")
    about, listed, every = record["about"], record.get("exhibits") or [], leaves.values()
    dispute, text = about.get("dispute"), json.dumps({"exhibits": listed}, separators=(",", ":"))
    digest = hashlib.sha256(text.encode()).hexdigest()
    frozen = [(dispute, digest), *listed] if dispute or listed else []
    is_told = all(any({*x} <= {*map(str, each.values())} for each in every) for x in frozen)
    need(is_told, "the exhibits are not the list that was frozen with the dispute")
    for why, sha256 in ((x["why"], x["sha256"]) for x in gone if x["why"] in ("deleted", "lost")):
        is_told = (f"original.{why}", sha256) in {(x["kind"], x.get("sha256")) for x in every}
        need(is_told, f"no leaf tells that {sha256} is {why}")
    made, when = [n for n in leaves if leaves[n]["kind"] == "evidence.made"], "?"
    is_bound = len(said) == 2
    if made or record["form"] != "akashi evidence 1":
        leaf = leaves[made[0]] if len(made) == 1 else {}  # digests beside kind, at, unit, dispute
        is_bound = len(leaf) == 4 + len(said) and all(leaf.get(x[5:-5]) == said[x] for x in said)
        is_bound = is_bound and {*record["leaves"], *made} == {*leaves}
        when = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(leaf.get("at", 0) // 1000))
    need(is_bound, "not the record that is bound")
    of = (f"dispute {dispute}, " if dispute else "") + f"piece {about.get('code') or '?'}"
    of += f" (unit {about['unit']}), made {when}\n{len(data)} files unchanged, {len(gone)} withheld"
    of += f" ({', '.join(sorted({x['why'] for x in gone}))})" if gone else ""
    return [of, "OK: everything holds (整合しています)" if made else OLD]


def _parts(told: bytes, *path: int) -> list[bytes]:  # the contents of DER values in a row
    found: list[bytes] = []
    while told:
        more = 2 + (told[1] & 0x7F if told[1] & 0x80 else 0)
        stop = more + (int.from_bytes(told[2:more], "big") if more > 2 else told[1])
        found, told = [*found, told[more:stop]], told[stop:]
    return _parts(found[path[0]], *path[1:]) if path else found


def check_stamp(files: dict[str, Any], at: str) -> str:  # RFC 3161
    answer, note = read(files, f"{at}timestamp.tsr"), read(files, f"{at}checkpoint.txt")
    stamped, signer = _parts(answer, 0, 1, 1, 0, 2, 1)[0], _parts(answer, 0, 1, 1, 0, -1, 0)
    (how, of), is_given = _parts(stamped, 0, 2), _parts(answer, 0, 0)[0] in (b"\0", b"\1")
    is_ours = [_parts(how)[0].hex(), of] == ["608648016503040201", hashlib.sha256(note).digest()]
    need(is_given and is_ours, "the time stamp is of something else than this checkpoint")
    said = {each[0].hex(): each[1] for each in map(_parts, _parts(signer[3]))}
    hashed = hashlib.new(("sha256", "sha384", "sha512")[_parts(signer[2])[0][-1] - 1], stamped)
    need(_parts(said["2a864886f70d010904"]) == [hashed.digest()], "the time stamp was changed")
    return f"says {_parts(stamped, 0)[4].decode()} (is it signed? openssl ts -verify, README.txt)"


def report(place: str, key: str | None = None) -> str:
    """What was found, in words that begin with FAILED when something does not hold."""
    try:
        every = files_in(place)
        files = {name: every[name] for name in every if not LITTER.fullmatch(name)}
        data, told, leaves = check_files(files), "", dict.fromkeys(range(0))
        for at in sorted({"log/", *(x.rpartition("/")[0] + "/" for x in files if x[:4] == "log/")}):
            got, size, by = check_log(files, at, None if leaves else key)
            leaves, by = leaves or got, by + " (is it the shop's?)" * (by != (key or "").strip())
            of = check_stamp(files, at) if f"{at}timestamp.tsr" in files else "none in this zip"
            told += f"{len(got)} leaves in a log of {size} signed by {by}\ntime stamp: {of}\n"
        about, verdict = check_record(files, data, leaves)
        return f"""{about}
{told}not part of it: {", ".join(sorted(set(every) - set(files))) or "—"}
{verdict}"""
    except Exception as broken:  # noqa: BLE001 - whatever a forged file breaks, it does not hold
        return f"FAILED: {str(broken) or type(broken).__name__} (整合しません)"


if __name__ == "__main__":
    words = report(*(sys.argv[1:3] or [str(Path(__file__).parent)]))
    sys.stdout.buffer.write(f"{words}\n".encode())
    sys.exit(2 if words.endswith(OLD) else words.startswith("FAILED"))
