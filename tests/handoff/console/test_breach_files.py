"""Files that leave the house and files that come in: no cell of a list is a formula, no name of a
file is a header, no bank's file holds a sign the bank does not know; lists that are too large,
broken, or something else are refused in words.
"""

import csv
import io
import itertools
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from catalog.duties.actors import Role
from catalog.ground import journal
from handoff.console.door import HOME
from handoff.console.entering import LARGEST_LIST
from tests.catalog.buyback.deals import ORIGINATOR, Deals
from tests.catalog.duties import law
from tests.handoff.console.full_shop import PUBLIC_URL, Front, Seat, full_shop

FORMULAS = (
    "=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "\t=1", "\r=1", "\n=1", "  =1", "＝1+1",
    "＋1", "－1", "＠SUM(A1)", "−1", '=HYPERLINK("https://evil.example")', "\u3000=1",
)  # fmt: skip
HEADING = b"code,category,title,price\n"


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    folder: Path = tmp_path_factory.mktemp("files")
    with full_shop("sqlite", folder) as shop, shop.opened() as front:
        yield front


def upload(
    seat: Seat, path: str, raw: bytes, *, field: str = "file", name: str = "list.csv", **more: str
) -> Any:
    """A file as a browser sends it."""
    headers = {"origin": PUBLIC_URL, "sec-fetch-site": "same-origin"}
    return seat.client.post(
        HOME + path, data={"csrf": seat.csrf, **more}, files={field: (name, raw)}, headers=headers,
        follow_redirects=False,
    )  # fmt: skip


def test_no_cell_of_a_list_is_a_formula(front: Front) -> None:
    now = front.shop.clock()

    def unit(db: Any) -> None:
        for n, told in enumerate(FORMULAS):
            journal.record(db, f"{told} subject:{n}", told, actor=told, at=now, facts={told: told})

    front.shop.database.write(unit)
    owner = front.at_desk(Role.OWNER)
    answer = owner.post(f"{HOME}/audit/export", {"subject": ""})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    text = answer.content.decode("utf-8")
    assert text.startswith("\ufeff"), "read as UTF-8 in this country"
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert len(rows) > len(FORMULAS)
    cells = [cell for row in rows for cell in row]
    assert not [cell for cell in cells if cell.lstrip()[:1] in tuple("=+-@＝＋－＠−")]
    assert not [cell for cell in cells if cell[:1] in ("\t", "\r", "\n")]
    assert any(cell.startswith("'=1+1") for cell in cells), "and yet nothing of it is lost"


def test_the_name_of_a_file_is_ours_and_no_header(front: Front) -> None:
    owner = front.at_desk(Role.OWNER)
    evil = 'x"\r\nSet-Cookie: a=b\r\n\r\n<script>'
    for path, fields in (
        ("/audit/export", {"subject": evil, "actor": evil, "verb": evil, "since": evil}),
        ("/payouts/1/file", {"key": evil}),
    ):
        answer = owner.post(HOME + path, fields)
        assert answer.status_code == 200, path
        name = answer.headers["content-disposition"]
        assert name.startswith('attachment; filename="')
        assert set(name) <= set('attachment; filename="0123456789-.abcdefghijklmnopqrstuvwxyz'), (
            name
        )
        assert "set-cookie" not in answer.headers


def test_the_banks_file_holds_only_signs_the_bank_knows(front: Front) -> None:
    owner = front.at_desk(Role.OWNER)
    content = owner.post(f"{HOME}/payouts/1/file", {"key": "k"}).content
    assert len(content) % 122 == 0
    text = content.decode("cp932")
    assert all(
        sign in "\r\n -().,/\\｢｣" or (sign.isascii() and sign.isalnum()) or "ｦ" <= sign <= "ﾟ"
        for sign in text
    ), text


def test_a_sign_no_bank_knows_is_refused_in_words_and_nothing_leaves(front: Front) -> None:
    """The shop's own name as it is written, not as the bank writes it; in a list whose file has not
    left before.
    """
    number = Deals(front.shop.database, front.shop.clock(), itertools.count(10**6)).batch().number
    own = {**ORIGINATOR, "name": "髙𠮷時計店"}
    front.shop.database.write(lambda db: law.house(db, pay__originator=own))
    owner = front.at_desk(Role.OWNER)
    before = front.digest()
    refused = owner.post(f"{HOME}/payouts/{number}/file", {"key": "k2"})
    assert refused.status_code == 422
    assert "銀行のファイルで使えない文字" in refused.text
    assert "content-disposition" not in refused.headers
    assert front.digest() == before
    front.shop.database.write(lambda db: law.house(db, pay__originator=ORIGINATOR))


def test_a_list_is_as_large_as_it_may_be_and_no_larger(front: Front) -> None:
    owner = front.at_desk(Role.OWNER)
    before = front.digest()
    row = b"W-%06d,watch," + b"x" * 400 + b",1000\n"
    large = HEADING + b"".join(row % n for n in range(LARGEST_LIST // 400))
    assert len(large) > LARGEST_LIST
    assert upload(owner, "/items/import", large).status_code == 413
    lines = HEADING + b"".join(b"W-%06d,watch,x,1\n" % n for n in range(100_000, 120_002))
    refused = upload(owner, "/items/import", lines, act="take")
    assert refused.status_code == 422
    assert front.digest() == before
    headers = {"origin": PUBLIC_URL, "sec-fetch-site": "same-origin"}
    for length in ("", "-1", "9" * 30, "1e9", "１２"):
        answer = owner.client.build_request("POST", f"{PUBLIC_URL}{HOME}/items/import", headers={
            **headers, "content-type": "multipart/form-data; boundary=x",
        }, content=b"--x--")  # fmt: skip
        if length.isascii():
            answer.headers["content-length"] = length
        told = owner.client.send(answer, follow_redirects=False)
        assert told.status_code in (403, 413, 422), (length, told.status_code)
    assert front.digest() == before


def _zip_bomb() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("list.csv", b"0" * 50_000_000)
    return held.getvalue()


NO_LISTS: tuple[tuple[str, bytes], ...] = (
    ("nothing", b""),
    ("a zip bomb", _zip_bomb()),
    ("gzip of much", zlib.compress(b"0" * 10_000_000)),
    ("a program", b"\x7fELF" + bytes(range(256)) * 8),
    ("a picture", b"\xff\xd8\xff\xe0" + b"\x00" * 4_000),
    ("a page", b"<html><script>window.hit=1</script></html>"),
    ("NULs", HEADING + b"W-1,watch,a\x00b,1\n" * 3),
    ("only NULs", b"\x00" * 100_000),
    ("UTF-16", "code,category,title,price\nW-1,watch,x,1\n".encode("utf-16")),
    ("no heading", b"W-1,watch,x,1\n"),
    ("a heading twice", b"code,code,category,title,price\n"),
    ("an unknown column", b"code,category,title,price,evil\n"),
    ("a quote without end", HEADING + b'W-1,watch,"' + b"x" * 200_000),
    ("a cell without end", HEADING + b"W-1,watch," + b"x" * 300_000 + b",1\n"),
    ("a heading without end", b"code," * 60_000 + b"\n"),
    ("lines of commas", HEADING + b"," * 200_000 + b"\n"),
    ("lone returns", HEADING.replace(b"\n", b"\r") + b"W-1,watch,x,1\rW-2,watch,y,1\r"),
    ("surrogates", HEADING + b"W-1,watch,\xed\xa0\x80,1\n"),
    ("formulas", HEADING + "=1+1,watch,＝cmd,1\n".encode()),
    ("markup", HEADING + b"W-1,<evil-el>,\"'\"\"><evil-el>\",x\n"),
    ("a price beyond all", HEADING + b"W-1,watch,x," + b"9" * 5_000 + b"\n"),
    ("signs of the East", HEADING + "W-１,watch,髙𠮷葛󠄀\u202e,１００\n".encode()),
)  # fmt: skip


@pytest.mark.parametrize(("what", "raw"), NO_LISTS, ids=[each[0] for each in NO_LISTS])
def test_what_is_no_list_is_refused_in_words(front: Front, what: str, raw: bytes) -> None:
    owner = front.at_desk(Role.OWNER)
    for act in ("look", "take"):
        for name in ("list.csv", "../../etc/passwd", "a\r\nb.csv", "x.php", "髙.csv", "a" * 300):
            answer = upload(owner, "/items/import", raw, name=name, act=act)
            assert answer.status_code in (200, 403, 422), (what, act, answer.status_code)
            assert "<evil-el" not in answer.text
            assert answer.headers["content-type"].startswith("text/html")
    answer = upload(owner, "/payouts/1/result", raw, field="answer")
    assert answer.status_code in (403, 409, 422), (what, answer.status_code)
    assert answer.headers["content-type"].startswith("text/html")
    assert owner.get(f"{HOME}/items").status_code == 200


def test_a_form_that_is_broken_is_refused_in_words(front: Front) -> None:
    owner = front.at_desk(Role.OWNER)
    before = front.digest()
    ours = {"origin": PUBLIC_URL, "sec-fetch-site": "same-origin"}
    part = b'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n' + owner.csrf.encode()
    files = b'\r\n--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nx'
    for kind, body in (
        ("multipart/form-data", part),
        ("multipart/form-data; boundary=", part),
        ("multipart/form-data; boundary=y", part),
        ("multipart/form-data; boundary=x", part),
        ("multipart/form-data; boundary=x", part + files * 3 + b"\r\n--x--"),
        ("multipart/form-data; boundary=x", (part + b"\r\n") * 200 + b"--x--"),
        ("multipart/form-data; boundary=x", b"\x00" * 1_000),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="'),
        ("multipart/form-data; boundary=x; charset=nonsense", part + b"\r\n--x--"),
        ("application/x-www-form-urlencoded", b"csrf=\xff\xfe"),
        ("application/x-www-form-urlencoded", b"&".join([b"a=1"] * 600)),
        ("application/x-www-form-urlencoded", b"a=" + b"x" * 70_000),
        ("application/x-www-form-urlencoded; charset=utf-16", b"csrf=1"),
        ("", b"csrf=1"),
    ):
        for path in ("/items/import", "/talk/note", "/sign-in"):
            answer = owner.client.post(
                HOME + path, content=body, headers={**ours, "content-type": kind},
                follow_redirects=False,
            )  # fmt: skip
            assert answer.status_code in (200, 303, 403, 413, 422), (kind, path)
            assert answer.headers["content-type"].startswith("text/html"), (kind, path, body[:60])
    assert front.digest() == before | {"sign_in_count": front.digest()["sign_in_count"]}
