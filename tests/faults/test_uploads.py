"""SIGKILL at random bytes of an upload, resumed: the stored file is the source (evidence check 1);
and the memory of a process that receives a large one.
"""

import asyncio
import contextlib
import hashlib
import json
import os
import random
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import pytest

from catalog.duties.actors import Role
from catalog.ground.session.database import Database
from catalog.ground.session.opening import open_database
from handoff.staff import actions, sessions
from handoff.staff.sessions import How
from media.assets.tables import Asset
from tests.databases import ENGINES, fresh_url, without
from tests.faults.processes import ROOT, Program, akashi, environment, node
from tests.line_platform import LinePlatform
from tests.shop import PUBLIC_URL

MIB = 1024 * 1024
CHUNK = 8 * MIB
PIECE = 64 * 1024
TUS = {"Tus-Resumable": "1.0.0"}
PATIENCE_SECONDS = 60.0
_PAGE = Path(__file__).with_name("sending.mjs")


@dataclass
class Sender:
    """Somebody of the shop with a file, and the process it is sent to."""

    program: Program
    database: Database
    headers: dict[str, str]
    folder: Path

    async def ask(self, method: str, path: str, **more: Any) -> tuple[int, dict[str, str], bytes]:
        headers = {**TUS, **self.headers, **more.pop("headers", {})}
        async with (
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as http,
            http.request(method, self.program.url + path, headers=headers, **more) as answer,
        ):
            told = {name.lower(): value for name, value in answer.headers.items()}
            return answer.status, told, await answer.read()

    async def begin(self, length: int) -> str:
        """The address of a new one."""
        headers = {"Upload-Length": str(length), "Upload-Metadata": "filename SU1HXzEuSlBH"}
        status, told, _ = await self.ask("POST", "/upload", headers=headers)
        assert status == 201, self.program.told()
        return told["location"]

    async def offset(self, place: str) -> int:
        status, told, _ = await self.ask("HEAD", place)
        assert status == 200
        return int(told["upload-offset"])

    async def patch(self, place: str, at: int, file: Path, *, until: int, kill_at: int) -> None:
        """One PATCH of at most a chunk; at `kill_at` bytes of the file the process is killed."""
        end = min(until, at + CHUNK)

        headers = {
            "Upload-Offset": str(at), "Content-Type": "application/offset+octet-stream",
            "Content-Length": str(end - at),
        }  # fmt: skip
        with file.open("rb") as source:  # here: what sends it is dropped where the process dies
            source.seek(at)

            async def body() -> AsyncIterator[bytes]:
                for start in range(at, end, PIECE):
                    if start >= kill_at:
                        self.program.kill()
                    yield source.read(min(PIECE, end - start))

            status, _, told = await self.ask("PATCH", place, data=body(), headers=headers)
        assert status == 204, told

    async def whole(self, place: str, file: Path, *, kill_at: int) -> int:
        """Send it all, resuming after the kill; how many bytes were held after the restart."""
        size, held_after = await asyncio.to_thread(lambda: file.stat().st_size), -1
        while True:
            at = await self.offset(place)
            if at == size:
                return held_after
            try:
                await self.patch(place, at, file, until=size, kill_at=kill_at)
            except (aiohttp.ClientError, ConnectionError):
                if self.program.status is None:
                    self.program.kill()
                self.program.start()
                await self.program.up()
                kill_at, held_after = size + 1, await self.offset(place)

    async def taken(self, place: str) -> dict[str, Any]:
        """Once it is taken in."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            status, _, told = await self.ask("GET", place)
            went: dict[str, Any] = json.loads(told)
            if status == 200 and went["state"] not in {"open", "whole"}:
                return went
            assert time.monotonic() < deadline, went
            await asyncio.sleep(0.1)


@contextlib.asynccontextmanager
async def sender(engine: str, folder: Path) -> AsyncIterator[Sender]:
    """`web` alone: nobody else is to take in what it leaves."""
    with fresh_url(engine, folder) as url, contextlib.closing(open_database(url)) as database:
        now = datetime.now(UTC)

        def hired(db: Any) -> tuple[str, str]:
            staff = actions.add(
                db, "佐藤 花子", Role.ADVISER, email=None, slack_id=None, by="test", now=now
            )
            token = sessions.begin(db, staff, how=How.PASSWORD, agent="test", now=now)
            found = sessions.find(db, token, now=now)
            assert found is not None
            return token, found.csrf_token

        token, csrf = database.write(hired)
        async with LinePlatform(strict=False) as line:
            media = f"file://{folder / 'media'}"
            program = akashi("web", environment(url, line, AKASHI_MEDIA_URL=media), folder)
            headers = {
                "Cookie": f"__Host-akashi_staff={token}", "X-CSRF": csrf, "Origin": PUBLIC_URL,
            }  # fmt: skip
            with program:
                await program.up()
                yield Sender(program, database, headers, folder)


def _source(path: Path, size: int) -> tuple[Path, str]:
    """Random bytes that begin as a JPEG does; and their digest."""
    digest = hashlib.sha256()
    with path.open("wb") as file:
        left, head = size, b"\xff\xd8\xff\xe0"
        while left:
            block = (head + os.urandom(MIB))[: min(left, MIB)]
            head = b""
            digest.update(block)
            file.write(block)
            left -= len(block)
    return path, digest.hexdigest()


async def _killed(engine: str, folder: Path, *, size: int, kills: int, seed: int) -> None:
    chance = random.Random(seed)
    source, digest = _source(folder / "source.jpg", size)
    async with sender(engine, folder) as person:
        for _ in range(kills):
            place = await person.begin(size)
            kill_at = chance.randrange(size)
            held = await person.whole(place, source, kill_at=kill_at)
            assert held >= kill_at - 2 * CHUNK, (held, kill_at)
            went = await person.taken(place)
            assert went["state"] == "taken"
            asset = person.database.read(lambda db, went=went: db.get(Asset, went["asset"]))  # type: ignore[misc]  # bound now
            assert asset is not None and asset.sha256 == digest
            kept = folder / "media" / "originals" / digest[:2] / digest[2:4] / digest
            with kept.open("rb") as file:
                assert hashlib.file_digest(file, "sha256").hexdigest() == digest
            assert list((folder / "media" / "uploads").iterdir()) == []


def test_an_upload_whose_server_is_killed_at_a_random_byte_arrives_whole(tmp_path: Path) -> None:
    asyncio.run(_killed("sqlite", tmp_path, size=20 * MIB + 7, kills=3, seed=7))


@pytest.mark.soak
@pytest.mark.parametrize("engine", ENGINES)
def test_an_upload_whose_server_is_killed_at_twenty_random_bytes(
    engine: str, tmp_path: Path
) -> None:
    asyncio.run(_killed(engine, tmp_path, size=60 * MIB + 7, kills=20, seed=11))


@contextlib.asynccontextmanager
async def _page(person: Sender, file: Path) -> AsyncIterator[AsyncIterator[tuple[str, str]]]:
    """tus-js-client sending that file; what it tells, word and rest."""
    if not (ROOT / "node_modules" / "tus-js-client").is_dir():
        without("tus-js-client (make handoff/console/static/dist/manifest.json)")
    process = await asyncio.create_subprocess_exec(
        *node(), str(_PAGE), person.program.url + "/upload", str(file), str(CHUNK),
        json.dumps(person.headers), stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    told = process.stdout

    async def steps() -> AsyncIterator[tuple[str, str]]:
        async for line in told:
            word, _, rest = line.decode().strip().partition(" ")
            yield word, rest

    try:
        yield steps()
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _killed_under_the_page(engine: str, folder: Path, *, kills: int, seed: int) -> None:
    """Four kills to a file, each at a byte of its own."""
    chance, size, done = random.Random(seed), 40 * MIB + 7, 0
    async with sender(engine, folder) as person:
        while done < kills:
            source, digest = _source(folder / "source.jpg", size)
            points = sorted(chance.randrange(size) for _ in range(min(4, kills - done)))
            async with _page(person, source) as steps:
                async for word, rest in steps:
                    assert word != "failed", rest
                    if word == "whole":
                        place = rest
                        break
                    if points and int(rest) >= points[0]:
                        points.pop(0)
                        done += 1
                        person.program.kill()
                        person.program.start()
                        await person.program.up()
            assert not points, "it was whole before the last kill"
            went = await person.taken(place)
            assert went["state"] == "taken", went
            asset = person.database.read(lambda db, went=went: db.get(Asset, went["asset"]))  # type: ignore[misc]  # bound now
            assert asset is not None and asset.sha256 == digest
            kept = folder / "media" / "originals" / digest[:2] / digest[2:4] / digest
            with kept.open("rb") as file:
                assert hashlib.file_digest(file, "sha256").hexdigest() == digest
            assert list((folder / "media" / "uploads").iterdir()) == []


def test_tus_js_client_goes_on_where_a_killed_server_was(tmp_path: Path) -> None:
    """The client the console has, unchanged, on Node."""
    asyncio.run(_killed_under_the_page("sqlite", tmp_path, kills=2, seed=5))


@pytest.mark.soak
@pytest.mark.parametrize("engine", ENGINES)
def test_tus_js_client_goes_on_after_twenty_kills(engine: str, tmp_path: Path) -> None:
    asyncio.run(_killed_under_the_page(engine, tmp_path, kills=20, seed=13))


async def _large(folder: Path, size: int) -> int:
    """Bytes the process grew by while it received that file."""
    source, digest = _source(folder / "source.jpg", size)
    async with sender("sqlite", folder) as person:
        small, _ = _source(folder / "small.jpg", 9 * MIB)
        place = await person.begin(9 * MIB)  # what any first upload loads
        await person.whole(place, small, kill_at=size + 1)
        await person.taken(place)
        process = psutil.Process(person.program.pid)
        before = most = process.memory_info().rss
        place = await person.begin(size)

        async def watch() -> None:
            nonlocal most
            while True:
                most = max(most, process.memory_info().rss)
                await asyncio.sleep(0.05)

        watching = asyncio.create_task(watch())
        await person.whole(place, source, kill_at=size + 1)
        went = await person.taken(place)
        watching.cancel()
        asset = person.database.read(lambda db: db.get(Asset, went["asset"]))
        assert asset is not None and asset.sha256 == digest
        return most - before


def test_a_large_upload_needs_no_more_memory_than_a_small_one(tmp_path: Path) -> None:
    assert asyncio.run(_large(tmp_path, 64 * MIB)) <= 64 * MIB


@pytest.mark.soak
def test_four_gigabytes_need_no_more_memory_than_a_small_upload(tmp_path: Path) -> None:
    """R-007."""
    assert asyncio.run(_large(tmp_path, 4096 * MIB)) <= 64 * MIB
