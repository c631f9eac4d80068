"""Who comes into the console: signing in, other origins' forms, planted sessions, places to go on
to, other people's addresses.
"""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.duties.actors import Role
from handoff.console.door import HOME, inside
from handoff.console.routes import console_router
from handoff.staff import actions, passwords, sessions
from tests.handoff.console.clerk import Clerk, clerk, talk_of, told
from tests.shop import RunningShop

GOOD = "Kinmokusei no kaori 7"


async def _hired(shop: RunningShop, email: str = "hanako@example.jp") -> Any:
    """Somebody with a password."""
    digest = passwords.digest_of(GOOD, name="佐藤 花子", email=email)
    now = shop.clock()

    def unit(db: Any) -> Any:
        staff_id = actions.add(
            db, "佐藤 花子", Role.ADVISER, email=email, slack_id=None, by="test", now=now
        )
        passwords.put(db, staff_id, digest, by="test", now=now)
        return staff_id

    return await shop.shop.units.write(unit)


async def _sign_in(
    shop: RunningShop,
    password: str,
    *,
    who: str = "hanako@example.jp",
    back: str = "",
    **headers: str,
) -> tuple[int, str, dict[str, str], str]:
    """Status, text, cookies, where it leads."""
    form = {"who": who, "password": password, "back": back}
    told = {"origin": shop.url, "sec-fetch-site": "same-origin", **headers}
    async with shop.http.post(
        f"{shop.url}/console/sign-in", data=form, headers=told, allow_redirects=False
    ) as answer:
        cookies = {name: each.value for name, each in answer.cookies.items()}
        flags = str(answer.cookies)
        if cookies:
            assert "HttpOnly" in flags and "Secure" in flags and "SameSite=lax" in flags
        return answer.status, await answer.text(), cookies, answer.headers.get("Location", "")


def test_with_the_right_password_one_comes_in_and_out_again(tmp_path: Path) -> None:
    async def story(shop: RunningShop) -> None:
        await _hired(shop)
        status, _, cookies, to = await _sign_in(shop, GOOD, back="/console/inbox?list=mine")
        assert (status, to) == (303, "/console/inbox?list=mine")
        token = cookies[shop.shop.office.cookie]
        found = await shop.shop.units.read(lambda db: sessions.find(db, token, now=shop.clock()))
        assert found is not None
        me = Clerk(shop, found.staff_id, token, found.csrf_token)
        assert (await me.get("/inbox")).status == 200
        assert (await me.post("/sign-out")).status == 303
        away = await me.get("/inbox?list=mine")
        assert away.status == 303
        assert away.headers["location"] == "/console/sign-in?back=/console/inbox%3Flist%3Dmine"

    told(tmp_path, story)


def test_wrong_unknown_and_left_are_told_alike_and_brute_force_ends(tmp_path: Path) -> None:
    async def story(shop: RunningShop) -> None:
        await _hired(shop)
        pages = set()
        for who in ("hanako@example.jp", "nobody@example.jp", "<script>alert(1)</script>"):
            status, text, cookies, _ = await _sign_in(shop, "wrong wrong wrong", who=who)
            assert (status, cookies) == (422, {}) and "<script>alert" not in text
            pages.add(re.sub(r'id="who"[^>]*>', "", text))
        assert len(pages) == 1
        statuses = [(await _sign_in(shop, f"wrong {n} wrong wrong"))[0] for n in range(30)]
        assert set(statuses) == {422, 429} and statuses[-1] == 429
        assert (await _sign_in(shop, GOOD))[0] == 429, "even the right one waits"

    told(tmp_path, story)


def test_a_planted_session_is_nobodys_after_signing_in(tmp_path: Path) -> None:
    """Session fixation."""

    async def story(shop: RunningShop) -> None:
        await _hired(shop)
        planted = "A" * 43
        cookie = f"{shop.shop.office.cookie}={planted}"
        status, _, cookies, _ = await _sign_in(shop, GOOD, cookie=cookie)
        assert status == 303 and cookies[shop.shop.office.cookie] != planted
        thief = Clerk(shop, (await clerk(shop, "盗人")).id, planted, "")
        assert (await thief.get("/inbox")).status == 303

    told(tmp_path, story)


def test_a_change_is_wished_on_our_own_page_of_this_session_or_not_at_all(tmp_path: Path) -> None:
    """CSRF: every address that changes something, each way to forge a form."""

    async def story(shop: RunningShop) -> None:
        user = shop.line.add_user()
        await shop.says(user, "人と話したい")
        talk = talk_of(user)
        sato, tanaka = await clerk(shop), await clerk(shop, "田中 一郎")
        rows = "SELECT state, version, owner FROM ticket"
        before = shop.rows(rows)
        forged: list[tuple[dict[str, str], dict[str, str]]] = [
            ({"csrf": ""}, {}),
            ({"csrf": tanaka.csrf}, {}),
            ({}, {"origin": "https://evil.example"}),
            ({}, {"sec-fetch-site": "cross-site"}),
            ({}, {"sec-fetch-site": "same-site"}),
            ({}, {"content-type": "text/plain"}),
        ]
        fields = {"c": talk, "words": "x", "key": "k", "until": "hour", "to": sato.id}
        for path in _posts(shop):
            for form, headers in forged:
                answer = await sato.post(path, headers=headers, **{**fields, **form})
                assert answer.status == 403, (path, form, headers, answer.status)
        assert shop.rows(rows) == before
        assert (await sato.get("/inbox")).status == 200, "nor was anybody signed out"

    told(tmp_path, story)


def _posts(shop: RunningShop) -> list[str]:
    """Every address of the console that takes a form of somebody who is signed in."""
    routes = console_router(shop.shop.office, shop.shop.consoles).routes
    paths = {
        str(getattr(each, "path", "")).removeprefix(HOME)
        for each in routes
        if "POST" in getattr(each, "methods", ())
    }
    open_to_all = {"/sign-in", "/welcome", "/passkey/ask", "/passkey", "/{path:path}"}
    found = sorted(path for path in paths - open_to_all if "{" not in path)
    assert "/talk/reply" in found and "/sign-out" in found
    return found


def test_whoever_is_not_signed_in_sees_nothing(tmp_path: Path) -> None:
    async def story(shop: RunningShop) -> None:
        stranger = Clerk(shop, (await clerk(shop)).id, "", "")
        routes = console_router(shop.shop.office, shop.shop.consoles).routes
        open_to_all = {
            "/sign-in", "/welcome", "/passkey/ask", "/passkey", "/static/{name}", "/worker.js",
            "/{path:path}",
        }  # fmt: skip
        for each in routes:
            path = str(getattr(each, "path", "")).removeprefix(HOME)
            if path in open_to_all:
                continue
            if "GET" in getattr(each, "methods", ()):
                answer = await stranger.get(
                    path + ("?c=line:x" if path.startswith("/talk") else "")
                )
            else:
                answer = await stranger.post(path)
            assert answer.status in (303, 401, 404, 422), (path, answer.status)
            assert "/console/sign-in" in answer.headers.get("location", "/console/sign-in")

    told(tmp_path, story)


@pytest.mark.parametrize(
    "told",
    [
        "https://evil.example/console", "//evil.example", "/console//evil.example",
        "/\\evil.example",
        "/console\\@evil.example", "javascript:alert(1)", "/consolex", "/console/../admin\r\nX: y",
        "", "/", "http:/console", "/console/sign-in", "\t/console", "/console/../s/x",
        "/console/./../s/x", "/console/%2e%2e/s/x", "/console/..%2fs/x",
    ],
)  # fmt: skip
def test_one_is_sent_on_only_inside_the_console(told: str) -> None:
    assert inside(told) in {HOME, "/console"}


@given(st.text(max_size=60))
def test_whatever_the_address_says_one_stays_in_the_console(told: str) -> None:
    for given_address in (told, f"/console{told}", f"//{told}", f"https://{told}/console"):
        place = inside(given_address)
        assert place.startswith(HOME) and not place.startswith("//") and "\\" not in place
        assert not re.match(r"[a-z]+:", place)
        assert place == HOME or place[len(HOME)] in "/?"


def test_a_page_is_kept_by_nobody_and_framed_by_nobody(tmp_path: Path) -> None:
    async def story(shop: RunningShop) -> None:
        sato = await clerk(shop)
        for path in ("/inbox", "/inbox?list=all", "/nowhere", "/talk?c=line:nobody"):
            told_headers = (await sato.get(path)).headers
            assert told_headers["cache-control"] == "private, no-store"
            policy = told_headers["content-security-policy"]
            assert "frame-ancestors 'none'" in policy and "unsafe" not in policy
            assert told_headers["x-content-type-options"] == "nosniff"

    told(tmp_path, story)
