"""Everything deleted, then restored: same answers, same log root, links working (issue "proof of
condition", J; R-011, R-012), and sets nobody can read or change without its being seen.
"""

import contextlib
import json
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, text, update
from sqlmodel import Session, col, select

from bot.backup import making, restoring, sets, targets
from bot.backup.making import House
from bot.backup.restoring import DatabaseOfAnotherRelease
from bot.backup.sets import BackupMalformed, BackupMissing
from bot.cli import demo
from bot.cli.demo import Place
from bot.demo.pieces import FILM, SHOWN_FIRST, STILL, Shot
from bot.migrations import history
from catalog.customers.tables import Customer
from catalog.duties.identity.actions import person_of, sealed
from catalog.duties.identity.tables import IdentityCheck
from catalog.duties.sealing import DataKeyMissing, DataKeys, PersonKey
from catalog.ground import journal
from catalog.ground.record import ConversationId, Sha256
from catalog.ground.session.database import Database
from catalog.ground.session.opening import open_database
from catalog.items.queries import id_of_code
from catalog.items.rules import STAFF
from catalog.items.search import search
from media.assets.kinds import BlobState
from media.assets.tables import Asset, Blob
from media.intake.take import Entrance, take
from media.log import actions as log_actions
from media.log import checking, checkpoints
from media.log import queries as log
from media.log.checkpoints import Notary
from media.log.keys import KeyRing
from media.originals import moving
from media.originals.local import LocalStore
from media.originals.replicas import Replicas
from media.originals.store import original_key
from media.renditions.tables import Rendition
from media.retention import pages
from media.retention.rebuilding import rebuild
from media.sharing import passes
from tests.bot.demo.opened import StillClock, only, seeded
from tests.databases import ENGINES, fresh, fresh_url
from tests.media import captures
from tests.swift.engine import Swift

NOW = datetime.fromisoformat("2026-11-22T05:00:00+00:00")
LATER = NOW + timedelta(days=30)
TALK = ConversationId("line:U1")
BEFORE = "2026_11_30_looking"  # the log knew no pieces then, and had no checkpoints


@dataclass(frozen=True, slots=True)
class Saved:
    """A shop, where it was saved to, and what somebody was sent before."""

    house: House
    target: LocalStore
    made: sets.BackupSet
    token: str
    root: bytes


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A small shop with customers, deals, captures, a log, signing keys."""
    folder = tmp_path_factory.mktemp("shop")
    place = Place(folder, "127.0.0.1", 1)
    seeded(place, (only(SHOWN_FIRST, Shot(STILL), Shot(FILM)),), StillClock(NOW))
    settings = demo.settings(place)
    keys_dir = folder / "keys"
    keys_dir.mkdir(mode=0o700)
    (keys_dir / "log.key").write_text("a signing key")
    store = LocalStore(Path(settings.media_place.removeprefix("file://")))
    database = open_database(settings.database_url)
    try:
        yield House(database, store, DataKeys(settings.data_keys), keys_dir)
    finally:
        database.close()


@pytest.fixture
def saved(shop: House, tmp_path: Path) -> Saved:
    """The shop after one backup."""
    made = shop.database.read(lambda db: db.exec(select(Rendition.id)).first())
    token = shop.database.write(lambda db: passes.issue(db, [str(made)], TALK, now=NOW))[str(made)]
    target = LocalStore(tmp_path / "backup")
    done, moved = making.make(shop, target, now=NOW, by="test", keep=30)
    assert not moved.wrong
    return Saved(shop, target, done, token, shop.database.read(log.root))


@contextlib.contextmanager
def _elsewhere(engine: str, folder: Path, keys: DataKeys) -> Iterator[House]:
    folder.mkdir()
    with fresh(engine, folder) as database:
        yield House(database, LocalStore(folder / "media"), keys, folder / "keys")


@contextlib.contextmanager
def _never_set_up(engine: str, folder: Path, keys: DataKeys) -> Iterator[House]:
    folder.mkdir()
    with fresh_url(engine, folder, migrated=False) as url:
        database = open_database(url)
        try:
            yield House(database, LocalStore(folder / "media"), keys, folder / "keys")
        finally:
            database.close()


def _of_before(shop: House, target: LocalStore, folder: Path) -> sets.BackupSet:
    """A set as the release of `BEFORE` made it: without the tables and columns that came later."""
    made, _ = making.make(shop, target, now=NOW, by="test", keep=30)
    with fresh_url("sqlite", folder, migrated=False) as url:
        database = open_database(url)
        try:
            history.upgrade(database.engine(), BEFORE)
            shape = {
                name: {each["name"] for each in inspect(database.engine()).get_columns(name)}
                for name in inspect(database.engine()).get_table_names()
            }
        finally:
            database.close()
    plain = list(sets.lines(sets.opened(target, made, "registers", shop.keys)))
    told, counts = _in_shape(plain, shape)
    target.put_bytes(sets.place(made.name, "registers"), sets.seal(shop.keys, told))
    before = replace(made, revision=BEFORE, rows=sum(counts.values()))
    sets.write(target, before)
    return before


def _in_shape(
    plain: Sequence[bytes], shape: Mapping[str, set[str]]
) -> tuple[list[bytes], dict[str, int]]:
    told: list[Any] = [{"akashi": 1, "revision": BEFORE}]
    counts: dict[str, int] = {}
    name, kept = "", list[int]()
    for each in map(json.loads, plain[1:-1]):
        if isinstance(each, list):
            if name in counts:
                counts[name] += 1
                told.append([each[n] for n in kept])
            continue
        name, columns = each["table"], each["columns"]
        kept = [n for n, one in enumerate(columns) if one in shape.get(name, set())]
        if name in shape:
            counts[name] = 0
            some = {one: kind for one, kind in columns.items() if one in shape[name]}
            told.append({"table": name, "columns": some})
    told.append({"rows": counts})
    return [json.dumps(each).encode() + b"\n" for each in told], counts


def _journaled(db: Session) -> int:
    journal.record(db, "shop:test", "opened", actor="test", at=NOW)
    return int(db.connection().execute(text("SELECT max(id) FROM journal")).scalar_one())


@pytest.mark.parametrize("engine", ENGINES)
def test_what_was_deleted_comes_back_with_its_answers_its_root_and_its_links(
    saved: Saved, tmp_path: Path, engine: str
) -> None:
    with _elsewhere(engine, tmp_path / "new", saved.house.keys) as house:
        found = restoring.restore(house, saved.target, now=LATER)
        assert found.problems == []
        assert found.rows == saved.made.rows
        assert house.database.read(log.root) == saved.root
        assert (house.keys_dir / "log.key").read_text() == "a signing key"
        assert (house.keys_dir / "log.key").stat().st_mode & 0o077 == 0
        passed = house.database.read(lambda db: passes.find(db, saved.token, now=NOW))
        assert b"".join(house.store.open(passed.key)) == b"".join(
            saved.house.store.open(passed.key)
        )
        answer = house.database.read(lambda db: search(db, "デイトナ", viewer=STAFF))
        assert answer == saved.house.database.read(lambda db: search(db, "デイトナ", viewer=STAFF))
        assert house.database.read(lambda db: id_of_code(db, SHOWN_FIRST)) is not None


@pytest.mark.parametrize("engine", ENGINES)
def test_a_shop_on_an_object_service_is_deleted_and_comes_back(
    shop: House, swift: Swift, tmp_path: Path, engine: str
) -> None:
    """Backup and store on a real service: a second run copies nothing, and all is as it was."""
    moving.move(shop.store, lost := swift.store(tmp_path / "lost"))
    house = replace(shop, store=lost)
    made = house.database.read(lambda db: db.exec(select(Rendition.id)).first())
    token = house.database.write(lambda db: passes.issue(db, [str(made)], TALK, now=NOW))[str(made)]
    target = targets.marked(
        swift.store(tmp_path / "target"), "s3://backup", house.database, lambda: NOW,
        adopts=True, by="test",
    )  # fmt: skip
    _, first = making.make(house, target, now=NOW, by="test", keep=30)
    _, second = making.make(house, target, now=NOW + timedelta(days=1), by="test", keep=30)
    assert first.objects > 0
    assert (second.objects, second.wrong) == (0, [])
    root = house.database.read(log.root)
    shown = house.database.read(lambda db: passes.find(db, token, now=NOW)).key
    before = b"".join(lost.open(shown))
    new = tmp_path / "new"
    with _elsewhere(engine, new, house.keys) as there:
        back = replace(there, store=swift.store(new / "staging"))
        found = restoring.restore(back, target, now=LATER)
        assert found.problems == []
        assert back.database.read(log.root) == root
        key = back.database.read(lambda db: passes.find(db, token, now=NOW)).key
        assert b"".join(back.store.open(key)) == before
        answer = back.database.read(lambda db: search(db, "デイトナ", viewer=STAFF))
        assert answer == house.database.read(lambda db: search(db, "デイトナ", viewer=STAFF))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_set_of_an_earlier_release_comes_back_in_the_shape_of_this_one(
    shop: House, tmp_path: Path, engine: str
) -> None:
    """Also the data that a migration in between moves: the check asks whose each leaf is."""
    target = LocalStore(tmp_path / "backup")
    made = _of_before(shop, target, tmp_path)
    assert restoring.drill(target, shop.keys, now=LATER).problems == []
    with _never_set_up(engine, tmp_path / "new", shop.keys) as house:
        found = restoring.restore(house, target, now=LATER)
        assert (found.problems, found.rows) == ([], made.rows)
        assert house.database.read(log.root).hex() == made.log_root
        assert history.held_revision(house.database) == history.HEAD
        with house.database.engine().begin() as connection:
            counted = connection.execute(text("SELECT max(id) FROM journal")).scalar_one()
        after = house.database.write(_journaled)
        assert after == counted + 1


@pytest.mark.parametrize("engine", ENGINES)
def test_a_set_of_an_earlier_release_never_goes_into_the_shape_of_this_one(
    shop: House, tmp_path: Path, engine: str
) -> None:
    """`akashi init` ran first: the migrations in between would be skipped."""
    target = LocalStore(tmp_path / "backup")
    _of_before(shop, target, tmp_path)
    with _elsewhere(engine, tmp_path / "new", shop.keys) as house:
        with pytest.raises(DatabaseOfAnotherRelease) as refused:
            restoring.restore(house, target, now=LATER)
        assert (refused.value.held, refused.value.wanted) == (history.HEAD, BEFORE)
        assert house.database.read(log.size) == 0
        assert not house.keys_dir.exists()
        assert list(house.store.each("originals")) == []


@pytest.mark.parametrize("engine", ENGINES)
def test_the_log_goes_on_where_its_leaves_in_the_store_end(
    saved: Saved, tmp_path: Path, engine: str
) -> None:
    """The shop stays open while it is saved: pages are copied after the registers."""
    gone = saved.house.database.read(_any_original)
    old = saved.house
    size = old.database.write(lambda db: _leaves_of_today(db, gone))
    pages.write(old.database, Replicas(old.store))
    moving.move(old.store, saved.target)
    root = old.database.read(log.root)
    assert restoring.drill(saved.target, old.keys, now=LATER).later == 3
    with _elsewhere(engine, tmp_path / "new", old.keys) as house:
        found = restoring.restore(house, saved.target, now=LATER)
        assert (found.problems, found.later) == ([], 3)
        read = house.database.read
        assert read(lambda db: log.root(db, at_size=size)) == root
        assert read(checking.check).problems == []
        assert read(log.size) == size + 1
        assert read(lambda db: db.get_one(Blob, gone).state) == BlobState.DELETED.value
        house.database.write(lambda db: log_actions.append(db, "fact", {"n": 1}, now=LATER))
        assert pages.write(house.database, Replicas(house.store)) == size + 2


def test_leaves_that_only_the_second_place_has_come_back_too(saved: Saved, tmp_path: Path) -> None:
    """The disk is lost, with the database and the first place; the second place is not."""
    old = saved.house
    size = old.database.write(
        lambda db: log_actions.append(db, "fact", {"n": 5}, now=LATER) + 1
    )  # fmt: skip
    second = LocalStore(tmp_path / "second")
    pages.write(old.database, Replicas(second))
    with _elsewhere("sqlite", tmp_path / "new", old.keys) as elsewhere:
        house = replace(elsewhere, second=second)
        found = restoring.restore(house, saved.target, now=LATER)
        assert (found.problems, found.later) == ([], 1)
        assert house.database.read(checking.check).problems == []
        assert pages.write(house.database, Replicas(house.store, second)) == size + 1


def test_captures_of_after_the_set_come_back_from_the_store(saved: Saved, tmp_path: Path) -> None:
    old = saved.house
    picture = captures.still(tmp_path / "hot" / "IMG_0001.jpg", seed=7)
    taken = take(picture, Entrance(old.database, old.store, actor="hotfolder"), now=LATER)
    moving.move(old.store, saved.target)
    with _elsewhere("sqlite", tmp_path / "new", old.keys) as house:
        assert restoring.restore(house, saved.target, now=LATER).later == 1
        found = rebuild(house.database, house.store, now=LATER)
        assert (found.captures, found.leaves, found.gaps) == (1, 0, 0)
        read = house.database.read
        assert read(lambda db: db.get_one(Asset, taken.asset_id).log_number) == saved.made.log_size
        assert read(checking.check).problems == []
        assert read(lambda db: journal.differences(db, journal.journaled())) == []
        assert read(journal.broken) == []


def test_leaves_of_another_log_are_told_or_put_aside(saved: Saved, tmp_path: Path) -> None:
    key = f"{pages.FOLDER}/00000000.jsonl"
    other = b'{"at":1,"kind":"another"}\n'
    saved.target.put_bytes(key, [other])
    for number, leaves_aside in enumerate((False, True)):
        with _elsewhere("sqlite", tmp_path / f"new{number}", saved.house.keys) as house:
            found = restoring.restore(house, saved.target, now=LATER, leaves_aside=leaves_aside)
            assert len(found.problems) == (0 if leaves_aside else 1)
            assert house.database.read(log.root) == saved.root
            kept = {each.key for each in house.store.each("log")}
            if leaves_aside:
                pages.write(house.database, Replicas(house.store))
                (aside,) = kept
                assert b"".join(house.store.open(aside)) == other
            else:
                assert kept == {key}


def _leaves_of_today(db: Session, gone: Sha256) -> int:
    log_actions.append(db, "fact", {"n": 0}, now=LATER)
    assert checkpoints.cover_journal(db, now=LATER) is not None
    log_actions.append(db, "original.deleted", {"sha256": gone}, now=LATER)
    return log.size(db)


def test_a_store_that_was_not_lost_keeps_what_is_newer_in_it(saved: Saved, tmp_path: Path) -> None:
    """Only the database is gone: restored with the same place of objects."""
    with _never_set_up("sqlite", tmp_path / "new", saved.house.keys) as house:
        moving.move(saved.house.store, house.store)
        sidecar = next(
            each.key for each in house.store.each("originals") if each.key.count(".") == 2
        )
        name, asset = sidecar.rpartition("/")[2].split(".")[:2]
        house.store.describe(Sha256(name), asset, {"form": 1, "unit_code": "matched since"})
        newer = b"".join(house.store.open(sidecar))
        restoring.restore(house, saved.target, now=LATER)
        assert b"".join(house.store.open(sidecar)) == newer


def test_a_restore_that_was_stopped_goes_on(saved: Saved, tmp_path: Path) -> None:
    with _elsewhere("sqlite", tmp_path / "new", saved.house.keys) as house:
        some = next(iter(saved.target.each("originals")))
        place = house.store.path(some.key)
        assert place is not None
        place.parent.mkdir(parents=True)
        shutil.copy(str(saved.target.path(some.key)), place)
        found = restoring.restore(house, saved.target, now=LATER)
        assert found.problems == []
        assert found.objects.there > 0


def test_a_drill_changes_nothing_and_finds_what_could_not_be_come_back_from(
    saved: Saved,
) -> None:
    assert restoring.drill(saved.target, saved.house.keys, now=LATER).problems == []
    sha256 = saved.house.database.read(_any_original)
    path = saved.target.path(original_key(sha256))
    assert path is not None
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.chmod(0o600)
    path.write_bytes(content)
    found = restoring.drill(saved.target, saved.house.keys, now=LATER)
    assert found.problems == [f"original {sha256} is damaged"]
    path.unlink()
    found = restoring.drill(saved.target, saved.house.keys, now=LATER)
    assert found.problems == [f"original {sha256} is missing"]


def test_a_drill_opens_the_signing_keys(saved: Saved, tmp_path: Path) -> None:
    """A set whose keys open nothing shows it before it is needed."""
    keys, target = saved.house.keys, LocalStore(tmp_path / "again")

    def problems() -> list[str]:
        return restoring.drill(target, keys, now=LATER).problems

    with _elsewhere("sqlite", tmp_path / "new", keys) as house:
        restoring.restore(house, saved.target, now=NOW)
        ring = KeyRing(house.keys_dir, "shop.example/akashi")
        house.database.write(lambda db: checkpoints.fresh(db, Notary(ring), now=NOW))
        made, _ = making.make(house, target, now=NOW, by="test", keep=30)
        assert problems() == []
        ring.place.unlink()
        ring.ensure()  # another key than the log was signed with
        packed = sets.packed_keys(house.keys_dir)
        target.put_bytes(sets.place(made.name, "keys"), sets.seal(keys, [packed]))
        assert problems() == ["1 keys the log was signed with are not in the set"]
        sets.write(target, replace(made, has_keys=False))
        assert problems() == ["the log is signed, and the set has no signing key of it"]
        sets.write(target, made)
        target.put_bytes(sets.place(made.name, "keys"), sets.seal(keys, [b"no tar at all"]))
        with pytest.raises(BackupMalformed):
            problems()


def test_a_drill_tells_when_what_is_personal_does_not_open(saved: Saved, tmp_path: Path) -> None:
    keys, now = saved.house.keys, NOW + timedelta(days=1)
    with _elsewhere("sqlite", tmp_path / "new", keys) as house:
        restoring.restore(house, saved.target, now=NOW)
        check = _an_identity(house.database, keys)
        making.make(house, saved.target, now=now, by="test", keep=30)
        assert restoring.drill(saved.target, keys, now=LATER).problems == []
        wrong = DataKeys((secrets.token_bytes(32),))
        house.database.write(lambda db: _wrapped_anew(db, check, wrong))
        making.make(house, saved.target, now=now + timedelta(days=1), by="test", keep=30)
        assert restoring.drill(saved.target, keys, now=LATER).problems == [
            "1 keys of persons do not open with this DATA_KEY",
            "a check of an identity does not open: DataKeyMissing",
        ]


def _an_identity(database: Database, keys: DataKeys) -> str:
    def unit(db: Session) -> str:
        customer = str(db.exec(select(Customer.id)).first())
        told = sealed(db, keys, person_of("01CHECK"), {"name": "佐藤"}, now=NOW)
        db.add(
            IdentityCheck(
                id="01CHECK", customer_id=customer, method="face", document="licence", evidence=[],
                sealed=told, name_keys=[], is_of_age=True, policy_version=1,
                verified_on=NOW.date(), verified_at=LATER, verified_by="test",
                valid_through=LATER.date(),
            )
        )  # fmt: skip
        db.flush()
        return person_of("01CHECK")

    return database.write(unit)


def _wrapped_anew(db: Session, person: str, keys: DataKeys) -> None:
    """Somebody turned the DATA_KEY, and the new one was not kept."""
    db.connection().execute(
        update(PersonKey)
        .where(col(PersonKey.person) == person)
        .values(wrapped_by=keys.current()[0], wrapped=secrets.token_bytes(60))
    )


def test_when_it_was_saved_shown_and_failed_is_known(tmp_path: Path) -> None:
    day = timedelta(days=1)
    with fresh("sqlite", tmp_path) as database:

        def note(what: Callable[[Session], None]) -> making.Standing:
            database.write(what)
            return database.read(making.standing)

        assert database.read(making.standing) == making.Standing(None, None, None)
        found = note(lambda db: making.failed(db, making.BACKUP, "StoreFull", by="t", now=NOW))
        assert found.failed == (making.BACKUP, "StoreFull", NOW)
        found = note(lambda db: making.drilled(db, "x", 0, by="t", now=NOW + day))
        assert found == making.Standing(None, NOW + day, (making.BACKUP, "StoreFull", NOW))
        found = note(lambda db: making.drilled(db, "x", 2, by="t", now=NOW + 2 * day))
        assert found.drilled_at == NOW + day
        assert found.failed == (making.DRILL, "2 problems in set x", NOW + 2 * day)
        assert note(lambda db: making.drilled(db, "x", 0, by="t", now=NOW + 3 * day)).failed == (
            making.BACKUP, "StoreFull", NOW,
        )  # fmt: skip


def test_the_next_backup_copies_only_what_is_new_and_old_sets_go(saved: Saved) -> None:
    house, target = saved.house, saved.target
    for days in range(1, 4):
        _, done = making.make(house, target, now=NOW + timedelta(days=days), by="test", keep=2)
        assert done.objects == 0
        assert done.there > 0
    names = [each.name for each in sets.sets_in(target)]
    assert names == ["20261124T050000Z", "20261125T050000Z"]
    assert len({each.key.split("/")[1] for each in target.each("backups")}) == 2
    standing = house.database.read(making.standing)
    assert (standing.made_at, standing.failed) == (NOW + timedelta(days=3), None)


def test_nothing_personal_can_be_read_where_the_backup_lies(saved: Saved) -> None:
    told = b"".join(b"".join(saved.target.open(each.key)) for each in saved.target.each("backups"))
    for secret in ("佐藤", "美咲", "a signing key", "line:U"):
        assert secret.encode() not in told


def test_a_set_without_its_key_or_with_another_byte_is_refused(
    saved: Saved, tmp_path: Path
) -> None:
    other = DataKeys((secrets.token_bytes(32),))
    with _elsewhere("sqlite", tmp_path / "other", other) as house, pytest.raises(DataKeyMissing):
        restoring.restore(house, saved.target, now=LATER)
    path = saved.target.path(sets.place(saved.made.name, "registers"))
    assert path is not None
    content = bytearray(path.read_bytes())
    content[-20] ^= 1
    path.write_bytes(content)
    with _elsewhere("sqlite", tmp_path / "new", saved.house.keys) as house:
        with pytest.raises(BackupMalformed):
            restoring.restore(house, saved.target, now=LATER)
        assert house.database.read(log.size) == 0


def test_half_a_set_is_none_and_a_name_leads_nowhere_else(saved: Saved) -> None:
    saved.target.delete(sets.place(saved.made.name, "set.json"))
    with pytest.raises(BackupMissing):
        sets.latest(saved.target)
    for name in ("../../etc", "20200101T000000Z", "", "a/b", "\x00"):
        with pytest.raises(BackupMissing):
            sets.latest(saved.target, name)


def _any_original(db: Session) -> Sha256:
    return Sha256(str(db.exec(select(Blob.sha256).order_by(Blob.sha256)).first()))
