"""A house whose every door takes files: watched folder, upload, LINE, web chat. The workers behind
them are the real ones; what a worker would count as a bug, or as trouble outside, ends the test.
"""

import asyncio
import hashlib
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pyvips
from sqlmodel import Session, select

from bot.unit import Units
from bot.webchat.uploads import Uploads
from bot.workers.captures import CaptureWork
from bot.workers.errands import Errand
from bot.workers.fetching import FetchWork
from catalog.duties.sealing import DataKeys
from catalog.ground import worklist
from catalog.ground.errors import Malformed, Missing, Refused
from catalog.ground.record import ConversationId, Sha256
from catalog.ground.session.database import Database
from conversations.flows.flow import ConversationTerms
from conversations.messages import Letter
from conversations.ports import Message, Outcome, Quota
from conversations.visitors.actions import Visitor
from media.assets.kinds import Readiness
from media.assets.tables import Asset
from media.decoding import ffmpeg, sniff
from media.intake import attaching, received
from media.intake.hotfolder import Arrival, HotFolder, Pace
from media.intake.tables import Attachment
from media.intake.take import Entrance, is_taken, take
from media.intake.uploads.receiving import Receiving
from media.intake.uploads.rules import Told, Uploader, UploadTerms, clean_path
from media.intake.uploads.tables import Upload, UploadState
from media.intake.uploads.taking import Dock
from media.originals.local import LocalStore
from media.originals.store import original_key
from media.renditions.making import Tools
from media.renditions.tables import Recipe, Rendition, RenditionState
from tests.media.captures import NOON
from tests.media.hostile.corpus import MARK

QUICK = Pace(scan=0.1, settle=0.2, closed=0.3, open=0.5)
ROOMY = UploadTerms(largest=10**9, unfinished=10**10, at_once=10_000, spare=0)
SATO = Uploader("staff-sato", "佐藤 花子")
DOORS = ("folder", "upload", "line", "web")
_CHUNK = 64 * 1024
_LONGEST = 120.0

_calls: list[Any] = []
_is_watched = threading.Event()


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if _is_watched.is_set() and event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        _calls.append((event, arguments[1:] if event != "socket.getaddrinfo" else arguments))


sys.addaudithook(_hear)


@dataclass(frozen=True, slots=True)
class Trap:
    """An address that must never be called, who called it, and what this process called."""

    url: str
    visitors: list[object]

    def is_silent(self) -> bool:
        """Nobody called anywhere: no child the trap, and this process nothing at all."""
        return not self.visitors and not _calls


@contextmanager
def trap() -> Iterator[Trap]:
    """A listener, and an ear on every connection this process begins."""
    visitors: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)
        is_over = threading.Event()

        def listen() -> None:
            while not is_over.is_set():
                try:
                    visitors.append(listener.accept()[1])
                except TimeoutError:
                    continue

        thread = threading.Thread(target=listen)
        thread.start()
        _calls.clear()
        _is_watched.set()
        try:
            yield Trap(f"http://127.0.0.1:{listener.getsockname()[1]}", visitors)
        finally:
            _is_watched.clear()
            is_over.set()
            thread.join()


class Post:
    """LINE or the web chat as whoever fetches needs them: bytes by a message's id."""

    calls_people = True

    def __init__(self, name: str, uploads: Uploads) -> None:
        self.name = name
        self.sent: dict[str, bytes] = {}
        self._uploads = uploads

    def render(self, letters: Sequence[Letter]) -> list[list[Message]]:
        """Nobody is written to here."""
        return [[{"type": "text", "text": type(each).__name__} for each in letters]]

    async def send(self, outgoing: Any) -> Outcome:
        """Nobody is."""
        raise NotImplementedError

    async def show_waiting(self, conversation: ConversationId, *, seconds: int) -> None:
        """Nobody looks."""

    async def quota(self) -> Quota:
        """Nobody counts."""
        raise NotImplementedError

    async def content(self, message_id: str, *, kind: str) -> AsyncIterator[bytes]:
        """As it was sent."""
        if self.name == "web":
            async for chunk in self._uploads.content(message_id):
                yield chunk
            return
        content = self.sent[message_id]
        for at in range(0, len(content), _CHUNK):
            yield content[at : at + _CHUNK]


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a file: refused at the door with a reason, or kept, and what was made."""

    name: str
    refused: str | None = None
    asset: Asset | None = None
    renditions: Sequence[Rendition] = ()

    @property
    def is_shown(self) -> bool:
        """Whether anything was made of it."""
        return any(each.state == RenditionState.READY.value for each in self.renditions)

    @property
    def errors(self) -> list[str]:
        """Why not."""
        return [each.error for each in self.renditions if each.error is not None]


@dataclass
class House:
    """Store, database, doors and workers."""

    database: Database
    store: LocalStore
    folder: Path
    refused: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.units = Units(self.database)
        self.keys = DataKeys((b"k" * 32,))
        self.uploads = Uploads(self.units, self.store, self.keys)
        self.channels = {name: Post(name, self.uploads) for name in ("line", "web")}

        def clock() -> datetime:
            return NOON

        terms = ConversationTerms("https://shop.example")
        self.receiving = Receiving(self.units, Dock(self.database, self.store, clock, ROOMY))
        captures = CaptureWork(self.units, Tools(self.store), {}, terms, clock)
        fetch = FetchWork(
            self.units, self.store, self.keys, self.channels, clock, {"piece": lambda *_: None}
        )
        self.runners = {
            **captures.quick, **captures.long, **captures.close_up,
            received.FETCH: fetch.fetch, attaching.ATTACH: fetch.attach,
        }  # fmt: skip
        self._sent = 0

    def close(self) -> None:
        """Let go of the reading threads."""
        self.units.close()

    def put(self, door: str, name: str, content: bytes) -> None:
        """Through that door; what it refuses is noted."""
        {"upload": self._upload, "line": self._line, "web": self._web}[door](name, content)

    def watch(self, files: Sequence[tuple[str, bytes]]) -> None:
        """All of these into a watched folder, until each is in or refused."""
        hot = self.folder / "hot"
        hot.mkdir(parents=True, exist_ok=True)
        seen: set[str] = set()

        def taken(path: Path, root: Path, arrival: Arrival) -> None:
            try:
                take(path, Entrance(self.database, self.store, "hotfolder"), now=NOON, root=root)
            except (Malformed, Refused, Missing) as refused:
                self.refused[path.name] = str(refused)
                raise
            finally:
                seen.add(path.name)

        def known(path: Path, size: int, mtime_ns: int) -> bool:
            return self.database.read(lambda db: is_taken(db, path, size, mtime_ns))

        for name, content in files:
            (hot / name).write_bytes(content)
        watching = HotFolder([hot], taken, clock=lambda: NOON, is_taken=known, pace=QUICK)
        watching.start()
        deadline = time.monotonic() + _LONGEST
        try:
            while not seen.issuperset(name for name, _ in files):
                assert time.monotonic() < deadline, "a file of the folder was never handed on"
                time.sleep(0.02)
        finally:
            watching.stop()

    def work(self) -> None:
        """All that is due, as the loops do it; whatever a loop would have to catch is raised."""

        async def all_of_it() -> None:
            kinds = list(self.runners)
            while due := self.database.write(
                lambda db: worklist.claim(
                    db, kinds, worker="w", now=NOON, lease_seconds=600, limit=4
                )
            ):
                for work in due:
                    await self.runners[work.kind](Errand(work, "w"))

        asyncio.run(all_of_it())

    def fate(self, name: str, content: bytes) -> Fate:
        """What became of it."""
        digest = hashlib.sha256(content).hexdigest()

        def read(db: Session) -> Fate:
            assets = db.exec(select(Asset).where(Asset.sha256 == digest)).all()
            if not assets:
                return Fate(name, self.refused.get(name))
            asset = assets[-1]
            rows = db.exec(select(Rendition).where(Rendition.asset_id == asset.id)).all()
            db.expunge_all()
            return Fate(name, self.refused.get(name), asset, rows)

        return self.database.read(read)

    def expect(self, name: str, content: bytes, *, may_be_shown: bool) -> Fate:
        """It was refused with a reason, or it is kept as it came and nothing was made of it, or, if
        it may be, what was made is a clean picture or film of ours.
        """
        fate = self.fate(name, content)
        if fate.asset is None:
            assert fate.refused and "\n" not in fate.refused, name
            return fate
        assert fate.refused is None, name
        kept = b"".join(self.store.open(original_key(Sha256(fate.asset.sha256))))
        assert kept == content, name
        if not fate.is_shown:
            assert fate.asset.readiness == Readiness.FAILED.value, name
            assert fate.errors and all("\n" not in each for each in fate.errors), name
            assert not any(str(self.folder) in each for each in fate.errors), name
            return fate
        assert may_be_shown, f"{name} is shown"
        for each in fate.renditions:
            if each.key is not None:
                self._is_clean(each)
        return fate

    def _is_clean(self, made: Rendition) -> None:
        assert made.key is not None
        content = b"".join(self.store.open(made.key))
        assert MARK not in content
        path = self.folder / "made.bin"
        path.write_bytes(content)
        if made.recipe == Recipe.FILM.value:
            ffmpeg.look(ffmpeg.find(), path)
        elif made.recipe != Recipe.TILES.value:
            assert sniff.sniff(path) is sniff.Format.JPEG
            assert pyvips.Image.new_from_buffer(content, "").width == made.width
        path.unlink()

    def left_over(self) -> list[str]:
        """Files no finished work leaves behind."""
        places = (self.store.staging, self.receiving.dock.places.folder)
        return [str(each) for place in places for each in place.rglob("*") if each.is_file()]

    def _upload(self, name: str, content: bytes) -> None:
        async def story() -> Upload:
            told = Told(clean_path(name))
            row = await self.receiving.begin(SATO, len(content), told)
            if content:
                row = await self.receiving.append(SATO, row.id, 0, _body(content))
            return await self.receiving.find(SATO, row.id)

        row = asyncio.run(story())
        if row.state == UploadState.REFUSED.value:
            self.refused[name] = str(row.refusal)
        else:
            assert row.state == UploadState.TAKEN.value, (name, row.state)

    def _line(self, name: str, content: bytes) -> None:
        self._sent += 1
        message = f"m{self._sent}"
        self.channels["line"].sent[message] = content
        self._want(ConversationId("line:Umisaki"), message, name)

    def _web(self, name: str, content: bytes) -> None:
        self._sent += 1
        visitor = Visitor("visitor")
        message = f"visitor/{self._sent}"
        keep: Callable[..., Any] = self.uploads.keep
        try:
            asyncio.run(keep(visitor, message, _body(content), now=NOON))
        except (Malformed, Refused) as refused:
            self.refused[name] = str(refused)
            return
        self._want(visitor.conversation, message, name)

    def _want(self, conversation: ConversationId, message: str, name: str) -> None:
        kind = "video" if sniff.kind_by_name(name) is sniff.AssetKind.FILM else "image"
        facts = {"about": "piece:1", "lang": "ja"}

        def unit(db: Session) -> bool:
            return received.want(
                db, conversation, message, kind=kind, name=name, sent_at=NOON, now=NOON,
                facts=facts,
            )  # fmt: skip

        assert self.database.write(unit)

    def attached(self) -> int:
        """How many of the files people sent are attached to what they were sent for."""

        def read(db: Session) -> int:
            return len(db.exec(select(Attachment.file_id)).all())

        return self.database.read(read)


async def _body(content: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(content), _CHUNK):
        yield content[at : at + _CHUNK]
