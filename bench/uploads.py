"""Uploads: a large file sent to the running shop until it is hashed, durable and an asset, against
this machine's own write + SHA-256 + fsync of the same file (wanted ≥ 0.6).

By one plain PUT and by tus in chunks of eight megabytes, as browsers send; the sender reads and
sends on the same cores. Rounds alternate between all three.
"""

import base64
import hashlib
import http.client
import json
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session

from bench.processes import Server
from bench.result import Result, against, middle, within
from bench.setting import Setting
from bench.shop import Shop, open_shop
from catalog.duties.actors import Role
from catalog.ground.session.opening import open_database
from handoff.staff import actions, sessions
from handoff.staff.sessions import How

MIB = 1024 * 1024
SIZE = 384 * MIB
CHUNK = 8 * MIB
PIECE = MIB
PATIENCE_SECONDS = 120.0


def run(setting: Setting) -> list[Result]:
    """One shop, one file a round: the same bytes would be there already."""
    shop = open_shop(setting.place("uploads"))
    headers = _signed_in(shop)
    local, put, tus = [], [], []
    with shop.running("web") as server:
        _by_put(server, headers, _file(setting, 8 * MIB))  # what a first upload loads
        before = most = server.rss_mb()
        for _ in range(setting.rounds):
            file = _file(setting, SIZE)
            local.append(_locally(file))
            put.append(_by_put(server, headers, file))
            file.unlink()
            file = _file(setting, SIZE)
            tus.append(_by_tus(server, headers, file))
            most = max(most, server.rss_mb())
            file.unlink()
    return list(_results(local, put, tus, most - before))


def _results(
    local: list[float], put: list[float], tus: list[float], grown: float
) -> Iterator[Result]:
    mb = SIZE / 1_000_000
    reference = mb / middle(local)
    for how, took in (("one PUT", put), ("tus, 8 MiB chunks", tus)):
        yield against(
            "uploads", f"{mb:.0f} MB by {how}, hashed, durable and taken in",
            mb / middle(took), reference, unit="MB/s", at_least=0.6,
        )  # fmt: skip
    yield within("uploads", "memory grown meanwhile", grown, 64.0, unit="MB")


def _file(setting: Setting, size: int) -> Path:
    """New bytes that begin as a JPEG does, in the page cache by now."""
    path = setting.place("file")
    with path.open("wb") as file:
        file.write(b"\xff\xd8\xff\xe0")
        for _ in range(size // MIB):
            file.write(os.urandom(MIB))
    return path


def _pieces(path: Path, start: int = 0, length: int | None = None) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        left = path.stat().st_size - start if length is None else length
        while left:
            piece = file.read(min(PIECE, left))
            left -= len(piece)
            yield piece


def _locally(file: Path) -> float:
    """Seconds."""
    target, digest = file.with_suffix(".copy"), hashlib.sha256()
    begun = time.perf_counter()
    with target.open("wb") as out:
        for piece in _pieces(file):
            digest.update(piece)
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())
    took = time.perf_counter() - begun
    target.unlink()
    return took


def _by_put(server: Server, headers: dict[str, str], file: Path) -> float:
    length = str(file.stat().st_size)
    begun = time.perf_counter()
    _, told = _ask(
        server, "PUT", "/upload/bench.jpg", {**headers, "Content-Length": length}, _pieces(file)
    )
    _until_taken(server, headers, json.loads(told)["id"])
    return time.perf_counter() - begun


def _by_tus(server: Server, headers: dict[str, str], file: Path) -> float:
    size = file.stat().st_size
    name = base64.b64encode(b"bench.jpg").decode()
    begun = time.perf_counter()
    more = {"Upload-Length": str(size), "Upload-Metadata": f"filename {name}"}
    answer, _ = _ask(server, "POST", "/upload", {**headers, **more})
    place = answer["location"]
    for at in range(0, size, CHUNK):
        length = min(CHUNK, size - at)
        more = {
            "Upload-Offset": str(at), "Content-Length": str(length),
            "Content-Type": "application/offset+octet-stream",
        }  # fmt: skip
        _ask(server, "PATCH", place, {**headers, **more}, _pieces(file, at, length))
    _until_taken(server, headers, place.rpartition("/")[2])
    return time.perf_counter() - begun


def _until_taken(server: Server, headers: dict[str, str], upload: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if json.loads(_ask(server, "GET", f"/upload/{upload}", headers)[1])["state"] == "taken":
            return
        time.sleep(0.02)
    raise RuntimeError("the upload was not taken in")


def _ask(
    server: Server, method: str, path: str, headers: dict[str, str], body: Any = None
) -> tuple[dict[str, str], bytes]:
    there = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_SECONDS)
    try:
        there.request(method, path, body=body, headers=headers)
        answer = there.getresponse()
        told = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {told[:200]!r}")
        return {name.lower(): value for name, value in answer.getheaders()}, told
    finally:
        there.close()


def _signed_in(shop: Shop) -> dict[str, str]:
    """Somebody of the shop, as their browser has it."""
    database = open_database(shop.url)
    now = datetime.now(UTC)

    def unit(db: Session) -> tuple[str, str]:
        staff = actions.add(
            db, "佐藤 花子", Role.ADVISER, email=None, slack_id=None, by="bench", now=now
        )
        token = sessions.begin(db, staff, how=How.PASSWORD, agent="bench", now=now)
        found = sessions.find(db, token, now=now)
        return token, found.csrf_token if found is not None else ""

    try:
        token, csrf = database.write(unit)
    finally:
        database.close()
    return {
        "Cookie": f"__Host-akashi_staff={token}", "X-CSRF": csrf, "Tus-Resumable": "1.0.0",
        "Origin": shop.env["AKASHI_PUBLIC_URL"],
    }  # fmt: skip
