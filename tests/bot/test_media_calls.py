"""Other systems show what was captured, and send captures in, by their keys (R-101)."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from bot.bucket import Turnstile
from bot.media_calls import key_door, media_calls
from bot.unit import Units
from catalog.ground.record import AssetId
from catalog.ground.session.database import Database
from handoff.staff import keys
from media.intake.receive import assign
from media.intake.uploads.routes import upload_router
from media.intake.uploads.rules import NotAnUploader, Uploader
from media.originals.local import LocalStore
from tests.databases import ENGINES, fresh_url
from tests.line_platform import in_loop
from tests.media import captures
from tests.media.intake.uploads.senders import receiving
from tests.shop import RunningShop, item, open_shop

AFTERNOON = datetime(2026, 11, 22, 4, 50, tzinfo=UTC)
Story = Callable[["Caller"], Awaitable[None]]
NOWHERE = (404, {"error": {"kind": "Missing"}})


class Caller:
    """Another system and the shop it calls."""

    def __init__(self, shop: RunningShop) -> None:
        self.shop = shop

    async def key(self, name: str, *scopes: str) -> str:
        now = self.shop.clock()
        return await self.shop.shop.units.write(
            lambda db: keys.add(db, name, scopes, by="test", now=now).token
        )

    async def get(self, path: str, token: str | None, **headers: str) -> Any:
        """The answer, read."""
        answer = await self.shop.http.get(
            self.shop.url + path, headers={**_bears(token), **headers}
        )
        content = await answer.read()
        return answer, content

    async def told(self, path: str, token: str | None) -> tuple[int, Any]:
        answer, _ = await self.get(path, token)
        return answer.status, await answer.json()

    async def put(self, name: str, content: bytes, token: str | None) -> tuple[int, Any]:
        url = f"{self.shop.url}/upload/{name}"
        async with self.shop.http.put(url, data=content, headers=_bears(token)) as answer:
            return answer.status, await answer.json()


def _bears(token: str | None) -> Mapping[str, str]:
    return {"authorization": f"Bearer {token}"} if token is not None else {}


def told(engine: str, folder: Path, story: Story) -> None:
    @in_loop
    async def run() -> None:
        with fresh_url(engine, folder) as url:
            async with open_shop(url, folder, at=AFTERNOON) as shop:
                await shop.stock(item("W-10234"), item("W-10235"))
                await story(Caller(shop))

    run()


@pytest.mark.parametrize("engine", ENGINES)
def test_what_shows_a_piece_is_listed_and_fetched_by_key(engine: str, tmp_path: Path) -> None:
    async def story(site: Caller) -> None:
        shop = site.shop
        await shop.film("W-10234", part="dial")
        await shop.capture(captures.still(tmp_path / "camera" / "IMG_1.JPG"))  # in the tray
        await shop.until(lambda: shop.renditions_left() == 0, "the picture to be made")
        key, till = await site.key("site", "media"), await site.key("till", "till")
        status, found = await site.told("/api/items/w10234/media", key)
        assert (status, found["code"]) == (200, "W-10234")
        (film,) = found["media"]
        assert (film["kind"], film["part"], len(film["sha256"])) == ("film", "dial", 64)
        files = {each["what"]: each for each in film["files"]}
        assert set(files) == {"film", "poster"}
        answer, content = await site.get(files["film"]["url"], key)
        assert answer.status == 200 and answer.content_type == "video/mp4"
        assert len(content) == files["film"]["bytes"]
        part, some = await site.get(files["film"]["url"], key, range="bytes=4-7")
        assert (part.status, some) == (206, b"ftyp")

        assert await site.told("/api/items/W-10235/media", key) == (
            200, {"code": "W-10235", "title": found["title"], "media": []},
        )  # fmt: skip
        (tray,) = shop.rows(
            "SELECT r.id FROM rendition r JOIN asset a ON a.id = r.asset_id"
            " WHERE a.unit_id IS NULL AND r.recipe = 'full'"
        )
        for path in (
            "/api/items/W-99999/media", "/api/items/%00/media", "/api/media/nothing",
            f"/api/media/{tray[0]}",
        ):  # fmt: skip
            assert await site.told(path, key) == NOWHERE, path
        lying = AssetId(shop.one("SELECT id FROM asset WHERE unit_id IS NULL"))
        unit = shop.one("SELECT id FROM unit WHERE code = 'W-10235'")
        now = shop.clock()
        await shop.shop.units.write(
            lambda db: assign(db, lying, unit, part=None, actor="s", now=now)
        )
        assert (await site.get(f"/api/media/{tray[0]}", key))[0].status == 200

        for token, wanted in ((None, 401), ("akashi_x_y", 401), (till, 403)):
            for path in ("/api/items/W-10234/media", "/api/items/W-0/media", files["film"]["url"]):
                assert (await site.told(path, token))[0] == wanted

    told(engine, tmp_path, story)


def test_a_capture_is_sent_in_by_key_and_told_of_to_that_key_alone(tmp_path: Path) -> None:
    async def story(studio: Caller) -> None:
        shop = studio.shop
        mine, others = await studio.key("studio", "capture"), await studio.key("b", "capture")
        reads = await studio.key("site", "media")
        content = captures.still(tmp_path / "camera" / "x.jpg").read_bytes()
        status, went = await studio.put("W-10234_dial_01.jpg", content, mine)
        assert (status, went["code"], went["part"]) == (201, "W-10234", "dial")
        assert shop.one("SELECT count(*) FROM asset WHERE part = 'dial'") == 1
        by = shop.one("SELECT actor FROM journal WHERE subject LIKE 'asset:%' LIMIT 1")
        assert by.startswith("api:")
        for token, wanted in ((mine, 200), (others, 404), (reads, 403), (None, 403), ("x", 403)):
            answer, _ = await studio.get(f"/upload/{went['id']}", token)
            assert answer.status == wanted, wanted
        assert (await studio.put("W-10234_dial_02.jpg", content, reads))[0] == 403
        assert (await studio.put("W-10234_dial_02.jpg", content, None))[0] == 403

    told("sqlite", tmp_path, story)


def test_a_key_that_calls_too_fast_is_told_so_and_no_other_is(
    database: Database, tmp_path: Path
) -> None:
    store, now = LocalStore(tmp_path / "media"), captures.NOON
    captures.unit(database)

    def key(name: str) -> Mapping[str, str]:
        scopes = ["media", "capture"]
        return _bears(database.write(lambda db: keys.add(db, name, scopes, by="t", now=now)).token)

    async def nobody(_: object) -> Uploader:
        raise NotAnUploader

    units, slow = Units(database), Turnstile(rate=0.001, burst=3)
    app = FastAPI()
    app.include_router(media_calls(units, store, slow, clock=lambda: now))
    senders = key_door(nobody, units, Turnstile(rate=0.001, burst=2), clock=lambda: now)
    app.include_router(upload_router(receiving(database, store, now), senders))
    with TestClient(app) as client:
        mine, other = key("site"), key("other")
        path = "/api/items/W-10234/media"
        calls = [client.get(path, headers=mine) for _ in range(5)]
        assert [each.status_code for each in calls] == [200, 200, 200, 429, 429]
        assert int(calls[-1].headers["retry-after"]) > 0
        assert client.get(path, headers=other).status_code == 200
        content = captures.still(tmp_path / "x.jpg").read_bytes()
        sent = [
            client.put(f"/upload/W-10234_{n}.jpg", content=content, headers=mine) for n in range(3)
        ]
        assert [each.status_code for each in sent] == [201, 201, 429]
        assert sent[-1].json()["error"]["why"] == "TooFast"
        assert int(sent[-1].headers["retry-after"]) > 0
        assert client.get("/upload", headers=mine).status_code == 200  # looking begins nothing
        assert (
            client.put("/upload/W-10234_9.jpg", content=content, headers=other).status_code == 201
        )
    units.close()
