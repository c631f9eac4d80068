"""Forged forms (CSRF): every address of the console that changes something, taken from the app,
each way to send it from elsewhere. Nothing is changed, and nobody is signed out.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from catalog.duties.actors import Role
from handoff.console.door import HOME
from tests.handoff.console.full_shop import APART, CALL, FIND, PUBLIC_URL, Front, full_shop

OPEN_TO_ALL = {"/sign-in", "/welcome", "/passkey/ask", "/passkey"}
EVERYWHERE = "/{path:path}"


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    folder: Path = tmp_path_factory.mktemp("forms")
    with full_shop("sqlite", folder) as shop, shop.opened() as front:
        yield front


def posts(front: Front) -> list[str]:
    """Every address that takes a POST, as the app has it, filled with what there is."""
    found = {
        str(getattr(each, "path", "")).removeprefix(HOME)
        for each in front.routes
        if "POST" in getattr(each, "methods", ())
    }
    assert len(found) > 80
    return sorted(found - {EVERYWHERE})


def filled(front: Front, path: str) -> str:
    """The address of something that is there."""
    known = {
        "{code}": "W-99001",
        "{number}": "1",
        "{asset}": str(front.one("SELECT id FROM asset WHERE kind = 'film' LIMIT 1")),
        "{wish}": front.one("SELECT min(id) FROM worklist WHERE state = 'due'") or 1,
        "/newcomers/{task}": f"/newcomers/{front.one(APART)}",
        "/finds/{task}": f"/finds/{front.one(FIND)}",
        "/tasks/{task}": f"/tasks/{front.one(CALL)}",
        "{customer}": front.one("SELECT id FROM customer WHERE customer_no = 'C-10001'"),
        "{kind}": "goodwill",
        "{dispute}": front.one("SELECT id FROM dispute LIMIT 1"),
        "{report}": front.one("SELECT id FROM condition_report LIMIT 1"),
        "{category}": "watch",
        "{share}": front.one("SELECT id FROM share LIMIT 1"),
        "{appointment}": front.one("SELECT id FROM appointment ORDER BY id LIMIT 1"),
    }
    nos = {
        "/cases": front.one("SELECT case_no FROM buyback_case LIMIT 1"),
        "/consignments": front.one("SELECT contract_no FROM contract LIMIT 1"),
        "/orders": front.one("SELECT order_no FROM sale_order WHERE order_no LIKE 'O%' LIMIT 1"),
        "/credit": "C-10001",
    }
    path = path.replace(":path}", "}")
    for name, value in known.items():
        path = path.replace(name, str(value))
    for begins, no in nos.items():
        if path.startswith(f"{begins}/"):
            path = path.replace("{no}", str(no))
    assert "{" not in path, path
    return HOME + path


def fields(front: Front) -> dict[str, str]:
    """What would do something, were it taken."""
    return {
        "c": front.one("SELECT conversation FROM ticket ORDER BY id LIMIT 1"),
        "words": "偽の言葉", "key": "forged", "until": "hour", "reason": "偽", "amount": "1000",
        "price": "1000", "sure": "yes", "password": "偽", "again": "偽", "name": "偽",
        "to": front.one("SELECT id FROM staff WHERE role = 'store'"),
        "id": front.one("SELECT id FROM staff WHERE role = 'adviser'"), "role": "owner",
        "on": "2026-11-24", "answer": "yes",
    }  # fmt: skip


def test_no_form_of_elsewhere_changes_anything(front: Front) -> None:
    owner, other = front.at_desk(Role.OWNER), front.at_desk(Role.MANAGER)
    told = fields(front)
    forged: list[tuple[str, dict[str, str], dict[str, str]]] = [
        ("no token", {"csrf": ""}, {}),
        ("a colleague's token", {"csrf": other.csrf}, {}),
        ("half of the token", {"csrf": owner.csrf[:32]}, {}),
        ("a token of signs", {"csrf": "髙𠮷\u202e"}, {}),
        ("another origin", {}, {"origin": "https://evil.example"}),
        ("a look-alike", {}, {"origin": f"{PUBLIC_URL}.evil.example"}),
        ("no origin at all", {}, {"origin": "null"}),
        ("another site", {}, {"sec-fetch-site": "cross-site"}),
        ("a neighbour", {}, {"sec-fetch-site": "same-site"}),
        ("an address typed", {}, {"sec-fetch-site": "none"}),
        ("not a form", {}, {"content-type": "text/plain"}),
        ("JSON", {}, {"content-type": "application/json"}),
    ]
    before = front.digest()
    for path in posts(front):
        is_open = path in OPEN_TO_ALL
        for name, form, headers in forged:
            if is_open and not headers:
                continue  # nobody's session, so no token of one
            if path == "/passkey/ask" and "content-type" in headers:
                continue  # it reads no body
            answer = owner.post(filled(front, path), {**told, **form}, **headers)
            is_json = path.startswith(("/passkey", "/me/passkeys")) and "content-type" in headers
            wanted = {403, 422} if is_json else {403}
            assert answer.status_code in wanted, (path, name, answer.status_code)
        assert front.digest() == before, path
    assert owner.get(f"{HOME}/inbox").status_code == 200, "nor was anybody signed out"


def test_no_link_and_no_other_method_changes_anything(front: Front) -> None:
    """A picture on a foreign page, a link, a prefetch: the browser sends its cookie with a GET."""
    owner = front.at_desk(Role.OWNER)
    told = fields(front) | {"csrf": owner.csrf}
    before = front.digest()
    for path in posts(front):
        place = filled(front, path)
        for method in ("GET", "HEAD", "PUT", "DELETE", "PATCH"):
            answer = owner.client.request(
                method, place, params=told, headers={"origin": PUBLIC_URL}, follow_redirects=False
            )
            is_page = method in ("GET", "HEAD") and _is_page(front, path)
            assert is_page or answer.status_code in (404, 405), (method, path, answer.status_code)
        assert front.digest() == before, path


def _is_page(front: Front, path: str) -> bool:
    """Whether the same address is also a page, or another one's name."""
    return any(
        "GET" in getattr(each, "methods", ())
        and getattr(each, "path", "") != HOME + EVERYWHERE
        and _fits(str(getattr(each, "path", "")), HOME + path)
        for each in front.routes
    )


def _fits(pattern: str, path: str) -> bool:
    wanted, given = pattern.split("/"), path.split("/")
    return len(wanted) == len(given) and all(
        each == other or each.startswith("{") for each, other in zip(wanted, given, strict=True)
    )


def test_a_file_is_sent_on_our_own_page_alone(front: Front) -> None:
    """Forms with files are read by another way: the same proof."""
    owner, other = front.at_desk(Role.OWNER), front.at_desk(Role.MANAGER)
    before = front.digest()

    def send(path: str, field: str, csrf: str, **headers: str) -> Any:
        return owner.client.post(
            f"{HOME}{path}", data={"csrf": csrf, "act": "take"},
            files={field: ("list.csv", b"code,category,title,price\nW-1,watch,x,1\n")},
            headers={"origin": PUBLIC_URL, "sec-fetch-site": "same-origin", **headers},
            follow_redirects=False,
        )  # fmt: skip

    for path, field in (
        ("/items/import", "file"), ("/payouts/1/result", "answer"), ("/station", "file"),
    ):  # fmt: skip
        assert send(path, field, "").status_code == 403
        assert send(path, field, other.csrf).status_code == 403
        for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
            assert send(path, field, owner.csrf, **headers).status_code == 403
    assert front.digest() == before
