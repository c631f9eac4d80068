"""Sessions: planted before somebody comes in, kept after they went, lost with their role; guessed
passwords, links and codes, by one attacker and by many, with a person who only wants to work.
"""

import asyncio
import json
import re
import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

import aiohttp
import pytest

from catalog.duties.actors import Actor, Role
from catalog.ground.record import StaffId
from handoff.staff import actions, invitations, passwords, sessions
from handoff.staff.sessions import How
from tests.databases import ENGINES
from tests.handoff.console.clerk import AFTERNOON, told
from tests.handoff.staff.authenticator import Device
from tests.handoff.staff.identity_platform import CLIENT_ID, CLIENT_SECRET, IdentityPlatform
from tests.shop import PUBLIC_URL, RunningShop

GOOD = "Kinmokusei no kaori 7"
EMAIL = "hanako@example.jp"
PLANTED = "A" * 43
OURS = {"sec-fetch-site": "same-origin"}


@dataclass
class Browser:
    """A browser with its cookies, as its user's program keeps them."""

    shop: RunningShop
    cookies: dict[str, str] = field(default_factory=dict)
    csrf: str = ""
    flags: str = ""

    async def send(
        self,
        verb: str,
        path: str,
        form: Mapping[str, str] | None = None,
        body: bytes | None = None,
        **headers: str,
    ) -> tuple[int, str, Mapping[str, str]]:
        """Status, text, headers; what is set is kept."""
        origin = {"origin": self.shop.url} if verb != "get" else {}
        kept = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        async with (
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http,
            http.request(
                verb, f"{self.shop.url}/console{path}", data=form if body is None else body,
                headers={"cookie": kept, **OURS, **origin, **headers}, allow_redirects=False,
            ) as answer,
        ):  # fmt: skip
            for name, given in answer.cookies.items():
                if name == self.shop.shop.office.cookie:
                    self.flags = str(given)
                if given.value:
                    self.cookies[name] = given.value
                else:
                    self.cookies.pop(name, None)
            return answer.status, await answer.text(), dict(answer.headers)

    @property
    def token(self) -> str:
        return self.cookies.get(self.shop.shop.office.cookie, "")

    async def is_in(self) -> bool:
        """Whether the console opens."""
        return (await self.send("get", "/me"))[0] == 200

    async def signs_in(self, password: str = GOOD, who: str = EMAIL) -> int:
        return (await self.send("post", "/sign-in", {"who": who, "password": password}))[0]

    async def proof(self) -> str:
        """The token every form of this session carries."""
        _, page, _ = await self.send("get", "/me")
        found = re.search(r'name="csrf" value="([^"]+)"', page)
        assert found is not None
        return found[1]


async def hire(
    shop: RunningShop, email: str = EMAIL, role: Role = Role.ADVISER, *, password: str | None = GOOD
) -> StaffId:
    """Somebody of the shop."""
    name, now = f"{email.split('@', maxsplit=1)[0]} {role.value}", shop.clock()
    digest = passwords.digest_of(password, name=name, email=email) if password else None

    def unit(db: Any) -> StaffId:
        staff = StaffId(actions.add(db, name, role, email=email, slack_id=None, by="test", now=now))
        if digest is not None:
            passwords.put(db, staff, digest, by="test", now=now)
        return staff

    return await shop.shop.units.write(unit)


async def owner(shop: RunningShop) -> Actor:
    return Actor(await hire(shop, "owner@example.jp", Role.OWNER, password=None), Role.OWNER)


def _holds(browser: Browser, planted: str) -> None:
    """What was there before is not what is there after, and is as well kept as can be."""
    assert len(browser.token) >= 43
    assert browser.token != planted
    name = browser.shop.shop.office.cookie
    assert name.startswith("__Host-")
    flags = browser.flags.lower()
    assert "httponly" in flags and "secure" in flags and "samesite=lax" in flags
    assert "path=/" in flags and "domain" not in flags


async def _with_planted(shop: RunningShop) -> tuple[Browser, Browser, str]:
    """A browser an attacker has put a session into: one of their own, so that it is a real one."""
    thief = await hire(shop, f"thief{time.monotonic_ns()}@example.jp", password=None)
    now = shop.clock()
    token = await shop.shop.units.write(
        lambda db: sessions.begin(db, thief, how=How.PASSWORD, agent=None, now=now)
    )
    name = shop.shop.office.cookie
    return Browser(shop, {name: token}), Browser(shop, {name: token}), token


def test_a_planted_session_is_nobodys_by_password_and_by_invitation(tmp_path: Path) -> None:
    async def story(shop: RunningShop) -> None:
        staff, boss = await hire(shop), await owner(shop)
        victim, thief, planted = await _with_planted(shop)
        assert await victim.signs_in() == 303
        _holds(victim, planted)
        assert await victim.is_in()
        assert not await thief.is_in(), "what was planted has ended"

        victim, thief, planted = await _with_planted(shop)
        now = shop.clock()
        invited = await shop.shop.units.write(
            lambda db: invitations.invite(db, staff, boss, now=now)
        )
        form = {"t": invited.token, "password": GOOD + "8", "again": GOOD + "8"}
        assert (await victim.send("post", "/welcome", form))[0] == 303
        _holds(victim, planted)
        assert await victim.is_in()
        assert (await victim.send("post", "/welcome", form))[0] == 404, "a link opens once"

        stranger = Browser(shop, {shop.shop.office.cookie: PLANTED})
        assert await stranger.signs_in(GOOD + "8") == 303
        assert stranger.token != PLANTED

    told(tmp_path, story)


def test_a_planted_session_is_nobodys_by_passkey(tmp_path: Path) -> None:
    async def story(shop: RunningShop) -> None:
        await hire(shop)
        mine = Browser(shop)
        assert await mine.signs_in() == 303
        proof, device = {"x-csrf": await mine.proof()}, Device(PUBLIC_URL)
        status, options, _ = await mine.send("post", "/me/passkeys/ask", {}, **proof)
        assert status == 200, options
        answer = device.create(options).encode()
        as_json = {"content-type": "application/json"}
        status, kept, _ = await mine.send(
            "post", "/me/passkeys?name=phone", body=answer, **as_json, **proof
        )
        assert status == 200, kept

        victim, _, planted = await _with_planted(shop)
        _, options, _ = await victim.send("post", "/passkey/ask", {})
        body = device.get(options).encode()
        status, led, _ = await victim.send(
            "post", "/passkey?back=//evil.example", body=body, **as_json
        )
        assert (status, json.loads(led)) == (200, {"to": "/console"})
        _holds(victim, planted)
        assert await victim.is_in()
        again, _, _ = await Browser(shop).send("post", "/passkey", body=body, **as_json)
        assert again == 422, "an answer opens once"
        for broken in (
            b"",
            b"{}",
            b"[" * 60_000,
            b'{"id":"\\u0000"}',
            b"\xff\xfe",
            b"null",
            b"9" * 9_000,
        ):
            status, _, _ = await Browser(shop).send("post", "/passkey", body=broken, **as_json)
            assert status in (403, 422), broken[:20]

    told(tmp_path, story)


def test_a_planted_session_is_nobodys_by_the_firms_identity_provider(tmp_path: Path) -> None:
    async def run() -> None:
        async with IdentityPlatform(AFTERNOON) as platform:

            async def story(shop: RunningShop) -> None:
                await hire(shop, password=None)
                victim, _, planted = await _with_planted(shop)
                status, _, headers = await victim.send("get", "/oidc/go")
                assert status == 303
                code, state = platform.log_in(headers["Location"])
                asked = parse_qs(urlsplit(headers["Location"]).query)
                assert asked["redirect_uri"] == [f"{PUBLIC_URL}/console/oidc"]

                thief = Browser(shop)
                for query in (
                    f"?code={code}&state={state}",  # without the visit's cookie
                    f"?code={code}&state={'A' * 43}",
                    f"?code={code}",
                    "?code=&state=",
                    f"?code={code}&state=%00",
                    f"?code={code}&state=https://evil.example",
                ):
                    status, _, led = await thief.send("get", f"/oidc{query}")
                    assert (status, led["Location"]) == (303, "/console/sign-in?problem=provider")
                    assert thief.token == ""
                # A state that somebody tried is used up: the person begins again.
                status, _, headers = await victim.send("get", "/oidc/go")
                code, state = platform.log_in(headers["Location"])
                status, _, led = await victim.send("get", f"/oidc?code={code}&state={state}")
                assert (status, led["Location"]) == (303, "/console"), led
                _holds(victim, planted)
                assert await victim.is_in()
                status, _, led = await victim.send("get", f"/oidc?code={code}&state={state}")
                assert led["Location"] == "/console/sign-in?problem=provider", "a code opens once"

            await _in_shop(
                tmp_path, story, oidc_issuer=platform.issuer, oidc_client_id=CLIENT_ID,
                oidc_client_secret=CLIENT_SECRET,
            )  # fmt: skip

    asyncio.run(run())


async def _in_shop(folder: Path, story: Any, **more: Any) -> None:
    from tests.databases import fresh_url
    from tests.shop import open_shop

    with fresh_url("sqlite", folder) as url:
        async with open_shop(url, folder, at=AFTERNOON, **more) as shop:
            await story(shop)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_session_ends_where_it_should_and_its_cookie_opens_nothing(
    tmp_path: Path, engine: str
) -> None:
    async def story(shop: RunningShop) -> None:
        staff, boss = await hire(shop), await owner(shop)

        async def fresh() -> Browser:
            made = Browser(shop)
            assert await made.signs_in() == 303
            assert await made.is_in()
            return made

        gone = await fresh()
        stolen = Browser(shop, dict(gone.cookies))
        assert (await gone.send("post", "/sign-out", {"csrf": await gone.proof()}))[0] == 303
        assert gone.token == "", "the browser forgets it"
        assert not await stolen.is_in(), "and so does the shop"

        first, second = await fresh(), await fresh()
        done = await second.send("post", "/me/sessions", {"csrf": await second.proof()})
        assert done[0] == 303
        assert not await first.is_in()
        assert await second.is_in()

        now = shop.clock()
        await shop.shop.units.write(
            lambda db: actions.change_role(db, staff, Role.REMOTE.value, boss, now=now)
        )
        assert not await second.is_in(), "another role begins anew"
        idle = await fresh()
        shop.clock.move(timedelta(hours=3))
        assert not await idle.is_in(), "a remote adviser who left the screen"
        left = await fresh()
        now = shop.clock()
        await shop.shop.units.write(lambda db: actions.leave(db, staff, boss, now=now))
        assert not await left.is_in()
        assert await Browser(shop).signs_in() == 422, "left, told like wrong"

    told(tmp_path, story, engine=engine)


def test_an_open_stream_ends_with_its_session_and_is_not_opened_again(tmp_path: Path) -> None:
    """R-142: over HTTP, as a thief keeps one open who never lets go of it."""

    async def story(shop: RunningShop) -> None:
        await hire(shop)
        mine = Browser(shop)
        assert await mine.signs_in() == 303
        kept = {"cookie": f"{shop.shop.office.cookie}={mine.token}"}
        stream = f"{shop.url}/console/stream"
        async with aiohttp.ClientSession() as http, http.get(stream, headers=kept) as opened:
            assert opened.status == 200
            await opened.content.readuntil(b"event: live")
            left = await mine.send("post", "/sign-out", {"csrf": await mine.proof()})
            assert left[0] == 303
            await asyncio.wait_for(opened.content.read(), 20)  # to its end
            async with http.get(stream, headers=kept, allow_redirects=False) as again:
                assert (again.status, await again.text()) == (401, "")

    told(tmp_path, story)


def test_a_page_that_nobody_touches_keeps_no_session_alive(tmp_path: Path) -> None:
    """R-142: what it asks for by itself is no sign of life, and neither is its stream."""

    async def story(shop: RunningShop) -> None:
        await hire(shop, role=Role.REMOTE)
        mine, alone = Browser(shop), {"x-unattended": "yes"}
        assert await mine.signs_in() == 303
        for _ in range(5):
            shop.clock.move(timedelta(minutes=5))
            assert (await mine.send("get", "/inbox/counts", **alone))[0] == 200
        assert (await mine.send("get", "/inbox/counts"))[0] == 200  # a hand
        shop.clock.move(timedelta(minutes=25))
        assert (await mine.send("get", "/inbox/counts", **alone))[0] == 200
        shop.clock.move(timedelta(minutes=6))
        assert (await mine.send("get", "/inbox/counts", **alone))[0] == 303

    told(tmp_path, story)


def test_what_is_no_session_opens_nothing(tmp_path: Path) -> None:
    async def story(shop: RunningShop) -> None:
        await hire(shop)
        mine = Browser(shop)
        await mine.signs_in()
        name, token = shop.shop.office.cookie, mine.token
        kept = shop.one("SELECT token_hash FROM staff_session")
        for value in (
            "", "A", PLANTED, token[:-1], token + "A", token.swapcase(), token[::-1], str(kept),
            "%00", '"', "x" * 4_000, "ａ", token.replace(token[0], "*", 1),
        ):  # fmt: skip
            assert not await Browser(shop, {name: value}).is_in(), value[:20]
        assert not await Browser(shop, {name.removeprefix("__Host-"): token}).is_in()

    told(tmp_path, story)


def test_guessing_ends_and_tells_nothing_while_the_person_goes_on_working(tmp_path: Path) -> None:
    """From one address: unknown and known alike; the right one inside the wait is refused alike; in
    the browser they know, the person never waits; afterwards any browser opens again.
    """

    async def story(shop: RunningShop) -> None:
        await hire(shop)
        mine = Browser(shop)
        assert await mine.signs_in() == 303
        answers: dict[str, list[tuple[int, str, bool]]] = {}
        for who in (EMAIL, "nobody@example.jp"):
            answers[who] = []
            for n in range(9):
                thief = Browser(shop)
                status, text, headers = await thief.send(
                    "post", "/sign-in", {"who": who, "password": f"wrong wrong {n}"}
                )
                page = re.sub(r'id="who"[^>]*>', "", text)
                answers[who].append((status, page, headers.get("Retry-After", "").isdigit()))
        assert [each[0] for each in answers[EMAIL]] == [422] * 5 + [429] * 4
        assert answers[EMAIL] == answers["nobody@example.jp"], "nobody learns who works here"
        assert all(each[2] for each in answers[EMAIL] if each[0] == 429)
        assert await Browser(shop).signs_in() == 429, "the right one waits as well"
        assert await mine.is_in()
        assert (await mine.send("post", "/sign-out", {"csrf": await mine.proof()}))[0] == 303
        assert await mine.signs_in() == 303, "in the browser they know they do not wait"

        # An attacker who never stops: each try waits, and none makes the wait longer than that.
        for _ in range(12):
            shop.clock.move(timedelta(minutes=16))
            assert await Browser(shop).signs_in("wrong wrong wrong") in (422, 429)
            assert await mine.signs_in() == 303
        shop.clock.move(timedelta(minutes=16))
        assert await Browser(shop).signs_in() == 303, "nobody is locked out for good"

    told(tmp_path, story)


def test_unknown_and_known_take_the_same_time(tmp_path: Path) -> None:
    """Coarse: who is unknown is hashed for as long as who is known."""

    async def story(shop: RunningShop) -> None:
        emails = [f"person{n}@example.jp" for n in range(4)]
        for each in emails:
            await hire(shop, each)
        await hire(shop, "no-password@example.jp", password=None)
        spent: dict[str, list[float]] = {"known": [], "unknown": []}
        for n in range(4):
            for kind, who in (("known", emails[n]), ("unknown", f"nobody{n}@example.jp")):
                begins = time.perf_counter()
                assert await Browser(shop).signs_in("wrong wrong wrong", who) == 422
                spent[kind].append(time.perf_counter() - begins)
        known, unknown = (statistics.median(spent[each]) for each in ("known", "unknown"))
        assert 0.33 < known / unknown < 3, spent

    told(tmp_path, story)


def test_tries_are_counted_however_many_come_at_once(tmp_path: Path) -> None:
    """A hundred guesses sent together are a hundred guesses."""

    async def story(shop: RunningShop) -> None:
        await hire(shop)
        answers = await asyncio.gather(
            *(Browser(shop).signs_in(f"wrong wrong {n}") for n in range(40))
        )
        assert answers.count(422) <= 5
        assert set(answers) == {422, 429}

    told(tmp_path, story)


def test_links_of_invitations_are_not_guessed(tmp_path: Path) -> None:
    """256 bits; unknown, used and over are one answer, and none of them sets a password."""

    async def story(shop: RunningShop) -> None:
        staff, boss = await hire(shop), await owner(shop)
        now = shop.clock()
        old = await shop.shop.units.write(lambda db: invitations.invite(db, staff, boss, now=now))
        fresh = await shop.shop.units.write(lambda db: invitations.invite(db, staff, boss, now=now))
        digest = "SELECT digest FROM staff_password WHERE staff_id = :id"
        before = shop.one(digest, id=staff)
        guesses = [
            "", "A", PLANTED, old.token, fresh.token[:-1], fresh.token + "A",
            fresh.token.swapcase(), fresh.id, "%", "\x00", "x" * 99, "𠮷",
        ]  # fmt: skip
        pages = set()
        for guess in guesses:
            form = {"t": guess, "password": GOOD + "9", "again": GOOD + "9"}
            status, text, _ = await Browser(shop).send("post", "/welcome", form)
            assert status == 404, guess
            pages.add(text)
        assert len(pages) == 1
        assert (
            shop.one("SELECT digest FROM staff_password WHERE staff_id = :id", id=staff) == before
        )
        shop.clock.move(timedelta(days=30))
        form = {"t": fresh.token, "password": GOOD + "9", "again": GOOD + "9"}
        assert (await Browser(shop).send("post", "/welcome", form))[0] == 404, "over"

    told(tmp_path, story)


PLACES = (
    "//evil.example", "///evil.example", "\\\\evil.example", "/\\evil.example",
    "/console//evil.example", "/console\\@evil.example", "/console/..//evil.example",
    "https://evil.example/console", "https:evil.example", "http:/console", "javascript:alert(1)",
    "JaVaScRiPt:alert(1)//console", "data:text/html,x", "%2f%2fevil.example", "/%2f%2fevil.example",
    "/console%2f..%2f..%2fevil", "/console/../../evil", "/console/.//evil.example", "/consoleevil",
    " /console", "\t//evil.example", "/console\r\nSet-Cookie: a=b", "/console\x00", "@evil.example",
    "/console?next=//evil.example", "/console#//evil.example", "//evil.example\\@shop.example",
    "https://shop.example@evil.example/console", "/console/\u202e//evil", "//[::1]/console",
    "http://[", "/console/sign-in", "/console/stream", "／／evil.example", "/console/注文?髙=𠮷",
)  # fmt: skip


def test_nobody_is_sent_on_to_anywhere_else(tmp_path: Path) -> None:
    """Open redirect: each way to go on, for pages and for htmx."""

    async def story(shop: RunningShop) -> None:
        await hire(shop)
        mine = Browser(shop)
        assert await mine.signs_in() == 303
        proof, customer = (
            await mine.proof(),
            await shop.is_customer(shop.line.add_user(), number="C-1"),
        )
        for n, place in enumerate(PLACES):
            for more in ({}, {"hx-request": "true"}):
                form = {"who": EMAIL, "password": GOOD, "back": place}
                status, _, headers = await mine.send("post", "/sign-in", form, **more)
                _stays(status, headers, place)
                proof = await mine.proof()
                step = {
                    "csrf": proof, "customer": customer, "words": "x", "due_on": "2026-12-01",
                    "key": f"{n}{more}"[:40], "back": place,
                }  # fmt: skip
                status, _, headers = await mine.send("post", "/customers/step", step, **more)
                _stays(status, headers, place)
                for verb, path in (("post", "/shifts/away"), ("get", "/nowhere")):
                    told_from = {"referer": place.encode("ascii", "ignore").decode().strip()}
                    told_from = {} if re.search(r"[\r\n\x00]", told_from["referer"]) else told_from
                    status, text, headers = await mine.send(
                        verb, path, {"csrf": proof, "back": "yes"}, **told_from, **more
                    )
                    _stays(status, headers, place)
                    assert 'href="//' not in text and "javascript:" not in text.lower()
            stranger = Browser(shop)
            path = "/search?q=" + quote(place)
            status, _, headers = await stranger.send("get", path)
            assert status == 303
            assert headers["Location"].startswith("/console/sign-in?back=/console")

    told(tmp_path, story)


def _stays(status: int, headers: Mapping[str, str], place: str) -> None:
    assert status < 500, place
    for name in ("Location", "HX-Redirect"):
        to = headers.get(name, "/console")
        parts = urlsplit(to)
        assert (parts.scheme, parts.netloc) == ("", ""), (place, to)
        assert re.match(r"/console(?:[/?]|$)", to), (place, to)
        assert "//" not in parts.path, (place, to)
        assert "\\" not in to, (place, to)
        assert not {".", ".."} & set(unquote(parts.path).split("/")), (place, to)
    assert "Set-Cookie" not in headers or "a=b" not in headers["Set-Cookie"]
