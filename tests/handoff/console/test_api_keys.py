"""Keys for other programs at the console: shown once, told when last used, revoked at once."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient

from bot.keyholders import holder_of
from bot.unit import Units
from catalog.duties.actors import Role
from catalog.ground.session.database import Database
from handoff.staff import keys
from tests.catalog.items.pieces import NOW
from tests.handoff.console.window import Opened, Seat, window

_TOKEN = re.compile(r"akashi_[\w-]+")


@pytest.fixture
def seat(database: Database) -> Iterator[Opened]:
    with window(database, lambda: NOW) as opened:
        yield opened


def made(owner: Seat, name: str = "POS 1", *scopes: str, status: int = 200) -> str:
    """What the console answers to a new key."""
    form = owner.form("/console/keys", "/console/keys/add")
    boxes = {f"scope-{each}": "yes" for each in scopes or ("till",)}
    answer = owner.post(form.action, {"csrf": form.fields["csrf"], "name": name, **boxes})
    assert answer.status_code == status
    return answer.text


def test_a_key_is_shown_once_and_revoked(database: Database, seat: Opened) -> None:
    owner = seat("社長", Role.OWNER)
    [token] = _TOKEN.findall(made(owner))
    assert token not in owner.page("/console/keys")
    assert database.read(lambda db: keys.holder(db, token)) is not None
    form = owner.form("/console/keys", "/console/keys/revoke")
    for _ in range(2):
        assert owner.post(form.action, form.fields).status_code == 303
    assert "取り消し済み" in owner.page("/console/keys")
    assert database.read(lambda db: keys.holder(db, token)) is None


def test_a_name_is_taken_once_and_a_key_may_do_something(seat: Opened) -> None:
    owner = seat("社長", Role.OWNER)
    made(owner)
    assert "同じ名前の鍵があります" in made(owner, status=409)
    assert _TOKEN.findall(made(owner, "POS/2", status=422)) == []
    assert _TOKEN.findall(made(owner, "POS 3", "none", status=422)) == []


def test_only_who_looks_after_keys_sees_them(seat: Opened) -> None:
    manager = seat("佐藤", Role.MANAGER)
    assert manager.get("/console/keys").status_code == 403
    assert 'href="/console/keys"' not in manager.page("/console")


def test_when_it_was_last_used_is_told_by_the_hour(database: Database, seat: Opened) -> None:
    owner = seat("社長", Role.OWNER)
    [token] = _TOKEN.findall(made(owner))
    units, clock, app = Units(database), [NOW], FastAPI()

    @app.get("/")
    async def called(request: Request) -> bool:
        return await holder_of(request, units, now=clock[0]) is not None

    def used() -> list[object]:
        return [each.used_at for each in database.read(keys.known)]

    with TestClient(app) as client:
        assert client.get("/", headers={"Authorization": f"Bearer {token}x"}).json() is False
        assert used() == [None]
        for minutes in (0, 59, 60):
            clock[0] = NOW + timedelta(minutes=minutes)
            assert client.get("/", headers={"Authorization": f"Bearer {token}"}).json() is True
            expected = NOW if minutes < 60 else clock[0]
            assert used() == [expected]
    assert '<time datetime="' in owner.page("/console/keys")
