"""Lines that break, requests that come twice, and processes that are started anew: the file is
what the source is, whatever happened between (R-007).
"""

import asyncio
import hashlib
import random
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.unit import Units
from catalog.ground.record import Sha256
from catalog.ground.session.database import Database, DatabaseUnavailable, Unit
from media.assets.tables import Asset
from media.intake.uploads import actions
from media.intake.uploads.receiving import Receiving
from media.intake.uploads.rules import (
    MIB,
    Checksum,
    ChecksumWrong,
    LineCut,
    OffsetWrong,
    Told,
    UploadLocked,
    UploadMissing,
    UploadTerms,
    UploadTooLong,
)
from media.intake.uploads.tables import Upload, UploadState
from media.intake.uploads.taking import Dock, UploadAway, take_in
from media.originals.local import LocalStore
from media.originals.store import StoreFull, original_key
from tests.databases import fresh
from tests.disks import small_disk
from tests.media import captures
from tests.media.intake.uploads.senders import SATO, pieces, receiving, run, torn, whole

T = TypeVar("T")


@pytest.fixture
def picture(tmp_path: Path) -> bytes:
    return captures.still(tmp_path / "x.jpg").read_bytes()


def test_what_came_before_the_cut_is_kept_and_a_resent_chunk_is_taken_once(
    database: Database, store: LocalStore, now: datetime, picture: bytes
) -> None:
    """Chromium sends a PATCH again by itself, with the offset it had, when a kept-alive line dies
    before the answer.
    """

    async def story() -> None:
        here = receiving(database, store, now)
        row = await here.begin(SATO, len(picture), Told("W-10234.jpg"))
        half = len(picture) // 2
        await here.append(SATO, row.id, 0, whole(picture[:1000]), size=1000)
        with pytest.raises(LineCut):
            await here.append(SATO, row.id, 1000, torn(picture[1000:half]))
        assert (await here.find(SATO, row.id)).held == half
        with pytest.raises(LineCut):  # sent again, and cut again before what is new
            await here.append(SATO, row.id, 1000, torn(picture[1000:1500]))
        assert (await here.find(SATO, row.id)).held == half
        lying = picture[1000:1100] + b"?" + picture[1101:]
        with pytest.raises(OffsetWrong):  # other bytes than those that are there
            await here.append(SATO, row.id, 1000, whole(lying))
        assert (await here.find(SATO, row.id)).held == half
        done = await here.append(SATO, row.id, 1000, whole(*pieces(picture[1000:], 700)))
        assert (done.held, done.state) == (len(picture), UploadState.TAKEN)

    run(story)
    key = original_key(Sha256(hashlib.sha256(picture).hexdigest()))
    assert b"".join(store.open(key)) == picture


def test_of_two_who_write_at_once_one_is_turned_away_and_the_file_is_whole(
    database: Database, store: LocalStore, now: datetime, picture: bytes
) -> None:
    """Evidence check 2; also when the two are two processes."""

    async def story() -> None:
        here, there = receiving(database, store, now), receiving(database, store, now)
        row = await here.begin(SATO, len(picture), Told("W-10234.jpg"))
        began, go = asyncio.Event(), asyncio.Event()

        async def slow():  # type: ignore[no-untyped-def]  # a body
            yield picture[:1000]
            began.set()
            await go.wait()
            yield picture[1000:]

        first = asyncio.create_task(here.append(SATO, row.id, 0, slow()))
        await began.wait()
        for other in (here, there):
            with pytest.raises(UploadLocked):
                await other.append(SATO, row.id, 0, whole(b"x" * 5000))
        go.set()
        assert (await first).state == UploadState.TAKEN
        with pytest.raises(OffsetWrong):
            await there.append(SATO, row.id, 0, whole(picture))

    run(story)
    key = original_key(Sha256(hashlib.sha256(picture).hexdigest()))
    assert b"".join(store.open(key)) == picture


def test_one_that_is_given_up_while_bytes_come_takes_none(
    database: Database, store: LocalStore, now: datetime
) -> None:
    async def story() -> None:
        here = receiving(database, store, now)
        row = await here.begin(SATO, 10, Told("a.jpg"))

        async def body():  # type: ignore[no-untyped-def]  # a body
            yield b"12345"
            await here.give_up(SATO, row.id)
            yield b"67890"

        with pytest.raises(UploadMissing):
            await here.append(SATO, row.id, 0, body())
        assert list(here.dock.places.folder.iterdir()) == []

    run(story)


class Failing:
    """Units of which the n-th write does not come back as it should."""

    sending: "asyncio.Task[Upload]"

    def __init__(self, database: Database, count: int, how: str) -> None:
        self._units, self._left, self._how = Units(database), count, how

    async def read(self, unit: Unit[T]) -> T:
        return await self._units.read(unit)

    async def write(self, unit: Unit[T], *, durable: bool = True) -> T:
        self._left -= 1
        if self._left:
            return await self._units.write(unit, durable=durable)
        if self._how == "refused":
            raise DatabaseUnavailable("it is busy")
        if self._how == "cancelled":
            asyncio.get_running_loop().call_soon(self.sending.cancel)
        answer = await self._units.write(unit, durable=durable)
        if self._how == "unanswered":
            raise DatabaseUnavailable("the line to it broke")
        return answer


@pytest.mark.parametrize("how", ["refused", "unanswered", "cancelled"])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_megabyte_is_never_put_down_twice_when_the_books_fail_in_between(
    store: LocalStore, now: datetime, tmp_path: Path, how: str, count: int
) -> None:
    """Evidence check 2: a database that is away for a moment, one whose answer is lost, and a
    request that is stopped while bytes are written down.
    """
    content = b"\xff\xd8\xff" + random.Random(7).randbytes(20_000_000)

    async def send(database: Database) -> Upload:
        terms = UploadTerms(spare=0)
        row = await receiving(database, store, now, terms).begin(
            SATO, len(content), Told("W-10234.jpg")
        )
        failing = Failing(database, count, how)
        here = Receiving(failing, Dock(database, store, lambda: now, terms))
        for _ in range(9):
            held = (await here.find(SATO, row.id)).held
            if held == len(content):
                break
            body = whole(*pieces(content[held : held + 16 * MIB], 65_536))
            failing.sending = asyncio.create_task(here.append(SATO, row.id, held, body))
            await asyncio.wait({failing.sending})
            if not failing.sending.cancelled():
                failing.sending.exception()
        return await here.find(SATO, row.id)

    with fresh("sqlite", tmp_path) as database:
        _is_taken_whole(database, run(lambda: send(database)), content)


@pytest.mark.parametrize("seed", range(4))
def test_a_request_that_is_stopped_at_any_moment_leaves_what_was_told_and_a_file_to_go_on_with(
    store: LocalStore, now: datetime, tmp_path: Path, seed: int
) -> None:
    """While a piece is written, while one is flushed, and between; nothing writes on afterwards."""
    chance = random.Random(seed)
    content = b"\xff\xd8\xff" + chance.randbytes(30_000_000)

    async def send(database: Database) -> Upload:
        here = receiving(database, store, now, UploadTerms(spare=0))
        row = await here.begin(SATO, len(content), Told("W-10234.jpg"))
        place = here.dock.places.of(row.id)
        sending: asyncio.Task[Upload]

        async def stopped(held: int) -> AsyncIterator[bytes]:
            when = chance.randrange(len(content) // 3)
            for chunk in pieces(content[held:], 65_536):
                when -= len(chunk)
                if when < 0:
                    asyncio.get_running_loop().call_later(chance.random() / 200, sending.cancel)
                    when = len(content)
                yield chunk

        for _ in range(12):
            held = (await here.find(SATO, row.id)).held
            if held == len(content):
                break
            assert place.read_bytes()[:held] == content[:held]
            sending = asyncio.create_task(here.append(SATO, row.id, held, stopped(held)))
            await asyncio.wait({sending})
            if sending.cancelled() and place.exists():
                size = place.stat().st_size
                await asyncio.sleep(0.01)
                assert place.stat().st_size == size
        held = (await here.find(SATO, row.id)).held
        return await here.append(SATO, row.id, held, whole(*pieces(content[held:], 65_536)))

    with fresh("sqlite", tmp_path) as database:
        _is_taken_whole(database, run(lambda: send(database)), content)


def test_a_disk_that_is_full_on_the_way_keeps_what_was_told_and_the_rest_follows_when_it_has_room(
    database: Database, now: datetime, tmp_path: Path
) -> None:
    content = b"\xff\xd8\xff" + random.Random(3).randbytes(20_000_000)

    async def story(disk: Path) -> Upload:
        here = receiving(database, LocalStore(disk / "media"), now, UploadTerms(spare=0))
        row = await here.begin(SATO, len(content), Told("W-10234.jpg"))
        (disk / "another").write_bytes(bytes(34 * MIB))
        with pytest.raises(StoreFull):
            await here.append(SATO, row.id, 0, whole(*pieces(content, 65_536)))
        held = (await here.find(SATO, row.id)).held
        assert held == 8 * MIB
        assert here.dock.places.of(row.id).read_bytes() == content[:held]
        (disk / "another").unlink()
        return await here.append(SATO, row.id, held, whole(*pieces(content[held:], 65_536)))

    with small_disk(tmp_path, megabytes=48) as disk:
        _is_taken_whole(database, run(lambda: story(disk)), content)


def _is_taken_whole(database: Database, done: Upload, content: bytes) -> None:
    assert done.state == UploadState.TAKEN
    asset = database.read(lambda db: db.get_one(Asset, done.asset_id))
    assert asset.sha256 == hashlib.sha256(content).hexdigest()


def test_a_whole_upload_of_which_the_disk_lost_bytes_is_not_taken_in(
    database: Database, store: LocalStore, now: datetime, picture: bytes
) -> None:
    here = receiving(database, store, now)
    row = run(lambda: here.begin(SATO, len(picture), Told("W-10234.jpg")))
    here.dock.places.of(row.id).write_bytes(picture[:-1])
    database.write(
        lambda db: actions.hold(
            db, row.id, len(picture), torn_at=None, kept_for=here.dock.terms.kept_for, now=now
        )
    )
    with pytest.raises(UploadAway):
        take_in(here.dock, row.id)


LENGTHS = some.integers(0, 60)


class Uploads(RuleBasedStateMachine):
    """One upload after another against a model: what was acknowledged, where a torn request
    began.
    """

    now: datetime
    folder: Path
    database: Database

    @initialize()
    def open(self) -> None:
        self.store = LocalStore(self.folder)
        self.here = self._started()
        self.row: Upload | None = None
        self.source = b""
        self.held, self.torn_at = 0, -1
        self.count = 0

    def _started(self) -> Receiving:
        return receiving(self.database, self.store, self.now, UploadTerms(spare=0))

    def teardown(self) -> None:
        if getattr(self, "row", None) is not None:
            self.given_up()

    @rule(length=some.integers(1, 200), seed=some.integers(0, 255))
    @precondition(lambda self: self.row is None)
    def begin(self, length: int, seed: int) -> None:
        self.count += 1
        body = hashlib.sha256(f"{self.count}{seed}".encode()).digest() * 7
        self.source = (b"\xff\xd8\xff" + body)[:length]
        self.row = run(lambda: self.here.begin(SATO, length, Told("x.jpg")))
        self.held, self.torn_at = 0, -1

    def _append(self, at: int, content: bytes, *, cut: bool, size: int | None = None) -> None:
        assert self.row is not None
        upload = self.row.id
        body = torn(*pieces(content, 7)) if cut else whole(*pieces(content, 7))
        run(lambda: self.here.append(SATO, upload, at, body, size=size))

    @rule(count=LENGTHS)
    @precondition(lambda self: self.row is not None)
    def right_bytes(self, count: int) -> None:
        end = min(len(self.source), self.held + count)
        self._append(self.held, self.source[self.held : end], cut=False, size=end - self.held)
        self.held, self.torn_at = end, -1

    @rule(count=LENGTHS)
    @precondition(lambda self: self.row is not None)
    def torn_bytes(self, count: int) -> None:
        end = min(len(self.source), self.held + count)
        with pytest.raises(LineCut):
            self._append(self.held, self.source[self.held : end], cut=True)
        self.torn_at, self.held = self.held, end

    @rule(count=LENGTHS, cut=some.booleans())
    @precondition(lambda self: self.row is not None and 0 <= self.torn_at < self.held)
    def the_same_chunk_again(self, count: int, cut: bool) -> None:
        at, end = self.torn_at, min(len(self.source), self.held + count)
        if cut:
            with pytest.raises(LineCut):
                self._append(at, self.source[at:end], cut=True)
        else:
            self._append(at, self.source[at:end], cut=False)
            self.torn_at = -1
        self.held = end

    @rule(offset=some.integers(0, 250))
    @precondition(lambda self: self.row is not None)
    def bytes_elsewhere(self, offset: int) -> None:
        if offset in {self.held, self.torn_at}:
            return
        with pytest.raises(OffsetWrong):
            self._append(offset, b"x", cut=False)

    @rule()
    @precondition(lambda self: self.row is not None)
    def more_than_there_is(self) -> None:
        with pytest.raises(UploadTooLong):
            self._append(self.held, bytes(len(self.source) - self.held + 1), cut=False, size=None)

    @rule()
    @precondition(lambda self: self.row is not None and self.held < len(self.source))
    def other_bytes_than_summed(self) -> None:
        assert self.row is not None
        upload, at = self.row.id, self.held
        wrong = Checksum("sha256", bytes(32))
        with pytest.raises(ChecksumWrong):
            run(lambda: self.here.append(SATO, upload, at, whole(b"x"), checksum=wrong))

    @rule()
    def killed_and_started(self) -> None:
        """What a killed process wrote and did not acknowledge lies behind what is held."""
        if self.row is not None and self.held < len(self.source):
            with self.here.dock.places.of(self.row.id).open("ab") as file:
                file.write(b"never acknowledged")
        self.here = self._started()

    @rule()
    @precondition(lambda self: self.row is not None)
    def give_up(self) -> None:
        self.given_up()

    def given_up(self) -> None:
        assert self.row is not None
        upload = self.row.id
        run(lambda: self.here.give_up(SATO, upload))
        if self.held < len(self.source):
            self.row = None

    @invariant()
    def it_is_as_the_model_says(self) -> None:
        if getattr(self, "row", None) is None:
            return
        upload, wanted = self.row.id, self.held  # type: ignore[union-attr]  # looked at above
        if self.held < len(self.source):
            found = run(lambda: self.here.find(SATO, upload))
            assert (found.held, found.state) == (wanted, UploadState.OPEN)
            on_disk = self.here.dock.places.of(upload).read_bytes()
            assert on_disk[:wanted] == self.source[:wanted]
            return
        went = run(lambda: self.here.find(SATO, upload))
        assert went.held == len(self.source)
        if went.state == UploadState.TAKEN:
            asset = self.database.read(lambda db: db.get(Asset, went.asset_id))
            assert asset is not None
            assert asset.sha256 == hashlib.sha256(self.source).hexdigest()
            assert b"".join(self.store.open(original_key(Sha256(asset.sha256)))) == self.source
        assert not self.here.dock.places.of(upload).exists()
        self.row = None


def test_any_order_of_chunks_cuts_repeats_and_restarts_ends_in_the_same_file(
    tmp_path: Path, now: datetime
) -> None:
    with fresh("sqlite", tmp_path) as database:
        Uploads.now, Uploads.database, Uploads.folder = now, database, tmp_path / "media"
        _machine(examples=6, steps=20)


@pytest.mark.soak
def test_any_order_of_chunks_cuts_repeats_and_restarts_ends_in_the_same_file_often(
    database: Database, tmp_path: Path, now: datetime
) -> None:
    Uploads.now, Uploads.database, Uploads.folder = now, database, tmp_path / "media"
    _machine(examples=200, steps=50)


def _machine(*, examples: int, steps: int) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(
        Uploads,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
