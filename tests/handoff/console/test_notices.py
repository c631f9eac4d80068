"""Notices on one's own devices, as a browser's script and forms ask for them: chosen, tried, kept
after signing in anew, ended; nobody's but one's own, and no address inside the house.
"""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from bot.push import WebPush
from catalog.duties.actors import Role
from catalog.ground import worklist
from catalog.ground.session.database import Database
from handoff.console import pages, pushed
from handoff.console.scripts import worker
from handoff.desk.queries import Alarm
from handoff.desk.tasks import Told
from handoff.staff.permissions import ALLOWED
from handoff.staff.push import actions, queries
from handoff.staff.push.actions import News
from handoff.staff.push.tables import PushSubscription
from tests.browser.chromium import without
from tests.handoff.console.window import ADDRESS, Opened, Seat, window
from tests.handoff.staff.push.test_rules import INSIDE, POINT, SECRET, SERVICES

PUSH = WebPush((bytes(range(32)),), contact="mailto:shop@example.jp")
HERE = {"origin": ADDRESS, "sec-fetch-site": "same-origin"}


@pytest.fixture
def seat(database: Database, now: datetime) -> Iterator[Opened]:
    with window(database, lambda: now, push=PUSH) as opened:
        yield opened


def csrf(person: Seat) -> str:
    return person.form("/console/me", "/console/sign-out").fields["csrf"]


def told(endpoint: str = SERVICES[0]) -> dict[str, Any]:
    return {"endpoint": endpoint, "keys": {"p256dh": POINT, "auth": SECRET}}


def ask(person: Seat, path: str, body: object, **more: str) -> Any:
    headers = {**HERE, "x-csrf": csrf(person), "content-type": "application/json", **more}
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return person.client.post(
        path, content=content, headers={k: v for k, v in headers.items() if v}
    )


def mine(database: Database, person: Seat, now: datetime) -> list[queries.Browser]:
    return database.read(lambda db: queries.of(db, [person.staff_id], now=now))


def test_a_browser_is_chosen_tried_and_let_go(
    database: Database, seat: Opened, now: datetime
) -> None:
    person = seat("佐藤", Role.ADVISER)
    answer = ask(person, "/console/me/push", told())
    assert answer.status_code == 200
    (browser,) = mine(database, person, now)
    assert answer.json() == {"id": browser.id}
    assert (browser.endpoint, browser.lang) == (SERVICES[0], "ja")
    assert browser.server_key == PUSH.server_key.name
    page = person.page("/console/me")
    assert f'data-mark="{pages.anchor(SERVICES[0])}"' in page
    assert SERVICES[0] not in page  # an address is a key
    if worker() is not None:
        sent = person.send("/console/me", "/console/me/push/try")
    else:
        fields = {"csrf": csrf(person), "browser": browser.id}
        sent = person.post("/console/me/push/try", fields)
    assert (sent.status_code, sent.headers["location"]) == (303, "/console/me?done=tried")
    (work,) = database.write(
        lambda db: worklist.claim(db, [actions.PUSH], worker="t", now=now, lease_seconds=60)
    )
    assert actions.due_of(work).news.what == "test"
    ended = person.send("/console/me", "/console/me/push/end")
    assert ended.headers["location"] == "/console/me?done=ended"
    assert mine(database, person, now) == []
    assert "data-mark" not in person.page("/console/me")


def test_every_role_has_notices_of_its_own_and_nobody_anothers(
    database: Database, seat: Opened, now: datetime
) -> None:
    made = []
    for number, role in enumerate(ALLOWED):
        person = seat(f"{role.value} さん", role)
        made.append((person, f"https://push.example.com/{number}"))
        assert ask(person, "/console/me/push", told(made[-1][1])).status_code == 200
    stranger = seat("他人", Role.OWNER)
    for person, endpoint in made:
        (browser,) = mine(database, person, now)
        for path in ("/console/me/push/try", "/console/me/push/end"):
            fields = {"csrf": csrf(stranger), "browser": browser.id}
            assert stranger.post(path, fields).status_code == 404, path
        kept = ask(stranger, "/console/me/push/keep", {"endpoint": endpoint})
        assert kept.json()["kept"] is False
        assert [each.id for each in mine(database, person, now)] == [browser.id]
    for missing in ("", "01X", "' OR 1=1"):
        fields = {"csrf": csrf(stranger), "browser": missing}
        assert stranger.post("/console/me/push/end", fields).status_code == 404


def test_who_signs_in_anew_is_told_in_the_same_browser(
    database: Database, seat: Opened, now: datetime
) -> None:
    person = seat("佐藤", Role.ADVISER)
    assert ask(person, "/console/me/push/keep", {"endpoint": SERVICES[0]}).json()["kept"] is False
    ask(person, "/console/me/push", told())
    answer = ask(person, "/console/me/push/keep", {"endpoint": SERVICES[0]})
    assert answer.json() == {"kept": True, "key": PUSH.server_key.public}
    person.post("/console/sign-out", {"csrf": csrf(person)})
    assert mine(database, person, now) == []


@pytest.mark.parametrize("endpoint", INSIDE)
def test_no_browser_makes_the_shop_call_inside(
    database: Database, seat: Opened, now: datetime, endpoint: str
) -> None:
    person = seat("佐藤", Role.OWNER)
    assert ask(person, "/console/me/push", told(endpoint)).status_code == 422
    assert database.read(lambda db: db.exec(select(PushSubscription)).all()) == []


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b'"x"', b"null", b"{}", b'{"endpoint": 1, "keys": {}}',
        b'{"endpoint": "https://push.example.com/x"}',
        b'{"endpoint": "https://push.example.com/x", "keys": []}',
        b'{"endpoint": "https://push.example.com/x", "keys": {"p256dh": 1, "auth": null}}',
        b"\xff\xfe",
    ],
)  # fmt: skip
def test_what_no_browser_tells_is_refused(seat: Opened, body: bytes) -> None:
    person = seat("佐藤", Role.ADVISER)
    assert ask(person, "/console/me/push", body).status_code == 422


def test_nothing_is_chosen_without_the_pages_own_proof(
    database: Database, seat: Opened, now: datetime
) -> None:
    person = seat("佐藤", Role.ADVISER)
    for path in ("/console/me/push", "/console/me/push/keep"):
        for wrong in (
            {"x-csrf": ""}, {"x-csrf": "0" * 64}, {"content-type": "text/plain"},
            {"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
        ):  # fmt: skip
            assert ask(person, path, told(), **wrong).status_code == 403, (path, wrong)
        assert ask(person, path, b"x" * 70_000).status_code == 403
    for path in ("/console/me/push/try", "/console/me/push/end"):
        assert person.post(path, {"browser": "01X"}).status_code == 403
    assert mine(database, person, now) == []
    person.client.cookies.clear()
    answer = person.client.post(
        "/console/me/push", json=told(), headers=HERE, follow_redirects=False
    )
    assert (answer.status_code, answer.headers["location"].split("?")[0]) == (
        303, "/console/sign-in",
    )  # fmt: skip


def test_where_the_shop_pushes_nothing_the_page_offers_nothing(
    database: Database, now: datetime
) -> None:
    with window(database, lambda: now) as opened:
        person = opened("佐藤", Role.ADVISER)
        assert "notices" not in person.page("/console/me")
        assert ask(person, "/console/me/push", told()).status_code == 409


def test_a_browsers_name_is_shown_as_text(database: Database, seat: Opened) -> None:
    person = seat("佐藤", Role.ADVISER)
    hostile = '<script>alert("x")</script>'
    assert ask(person, "/console/me/push", told(), **{"user-agent": hostile}).status_code == 200
    page = person.page("/console/me")
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_the_worker_is_served_for_the_whole_console_and_may_do_nothing_else(
    seat: Opened,
) -> None:
    if worker() is None:
        without("bundled scripts of the console (npm)")
    answer = seat("佐藤", Role.ADVISER).get("/console/worker.js")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["service-worker-allowed"] == "/console"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["content-security-policy"] == "default-src 'none'"


KINDS = [
    *(each.value for each in Alarm),
    "mentioned",
    "captures",
    "test",
    *(each.value for each in Told),
]
COUNTS = {"captures": 3, "late": 1, "undelivered": 2, "aside": 4, "tray": 57}
LYING = {"tray": 57}


@pytest.mark.parametrize("lang", pages.LANGUAGES)
def test_each_kind_of_news_has_a_sentence_of_its_own(lang: str) -> None:
    shown = {}
    for what in KINDS:
        news = News(what, "01K", "/console/inbox?ticket=01K", COUNTS)
        message = json.loads(pushed.message(news, lang, key="k"))
        assert message.keys() == {"title", "body", "tag", "path", "key", "lang"}
        assert (message["tag"], message["path"], message["key"]) == ("01K", news.path, "k")
        assert message["title"]
        assert message["body"]
        assert "\n" not in message["title"] + message["body"]
        assert "&" not in message["title"] + message["body"]
        assert message["title"].isascii() is (lang == "en")
        shown[what] = message["title"] + message["body"]
    # Waiting for the first time or again asks for the same.
    assert len(set(shown.values())) == len(KINDS) - 1
    assert "3" in shown["captures"]
    assert "57" in shown["captures"]
    aside = News(
        "captures", "captures", "/console/captures", {**dict.fromkeys(COUNTS, 0), "aside": 4}
    )
    told = json.loads(pushed.message(aside, lang, key="k"))
    assert "0" not in told["title"] + told["body"], "nothing is told of what there is not"
    assert "4" in told["body"] and told["body"][0] not in "、,; "
    only = News("captures", "captures", "/console/captures", {**dict.fromkeys(COUNTS, 0), **LYING})
    assert json.loads(pushed.message(only, lang, key="k"))["title"] not in shown["captures"]


def test_a_language_nobody_speaks_is_told_in_japanese() -> None:
    message = json.loads(pushed.message(News("test", "test", "/console/me", {}), "fr", key="k"))
    assert message["lang"] == "ja"


def test_the_console_can_be_put_on_a_home_screen(seat: Opened) -> None:
    person = seat("佐藤", Role.ADVISER)
    answer = person.get("/console/static/console.webmanifest")
    assert answer.headers["content-type"].startswith("application/manifest+json")
    manifest = answer.json()
    assert manifest["display"] == "standalone"
    assert manifest["start_url"].startswith(manifest["scope"])
    sizes = {(each["sizes"], each["type"], each["purpose"]) for each in manifest["icons"]}
    assert {
        ("192x192", "image/png", "any"), ("512x512", "image/png", "any"),
        ("512x512", "image/png", "maskable"),
    } <= sizes  # fmt: skip
    page = person.page("/console/me")
    assert 'rel="manifest"' in page
    assert 'rel="apple-touch-icon"' in page
    for each in manifest["icons"]:
        found = person.get(each["src"])
        assert (found.status_code, found.headers["content-type"]) == (200, each["type"])
        if each["type"] == "image/png":
            width, height = found.content[16:20], found.content[20:24]
            side = int.from_bytes(width, "big")
            assert f"{side}x{int.from_bytes(height, 'big')}" == each["sizes"]


def test_the_icons_are_those_the_drawing_makes() -> None:
    import importlib.util

    import pyvips

    path = Path(__file__).parents[3] / "deploy" / "icons.py"
    spec = importlib.util.spec_from_file_location("icons", path)
    assert spec is not None
    assert spec.loader is not None
    icons = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(icons)
    for name in (*icons.PLAIN, *icons.WHOLE):
        kept = pyvips.Image.new_from_file(str(icons.STATIC / name))
        drawn = pyvips.Image.new_from_buffer(icons.drawn(name), "")
        # Renderers differ by a shade at an edge; another drawing differs by far more.
        assert (kept - drawn).abs().avg() < 2, f"{name}: draw it again (deploy/icons.py)"


def test_what_is_told_stays_with_who_chose_it_when_the_clock_goes_on(
    database: Database, seat: Opened, now: datetime
) -> None:
    remote = seat("遠隔", Role.REMOTE)
    ask(remote, "/console/me/push", told())
    assert len(mine(database, remote, now + timedelta(hours=8))) == 1
    assert mine(database, remote, now + timedelta(hours=9)) == []
