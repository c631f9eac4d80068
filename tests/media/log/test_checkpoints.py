"""Checkpoints are signed daily over the log and the journal's chains, and a database that was
rewritten fails against them (R-008).
"""

import shutil
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, text, update
from sqlmodel import Session, col, func, select

from catalog.ground import journal, worklist
from catalog.ground.session.database import Database
from catalog.partners import actions as partners
from media.log import actions, checkpoints, notes, queries
from media.log.checking import Checked, check
from media.log.checkpoints import Notary
from media.log.keys import KeyMissing, KeyReplaced, KeyRing, is_signed
from media.log.rules import canonical, closed_by, leaf_hash, node_hash
from media.log.tables import JournalHead, LogCheckpoint, LogLeaf, LogNode
from tests.media.captures import NOON

DAY = timedelta(days=1)


@pytest.fixture
def notary(tmp_path: Path) -> Notary:
    return Notary(KeyRing(tmp_path / "keys", "shop.example/akashi"))


def lived(database: Database, notary: Notary, *, now: datetime = NOON) -> str:
    """Some facts and acts, and the day's checkpoint: its text."""

    def unit(db: Session) -> str:
        actions.append_many(db, [("test", {"fact": n, "unit": f"U{n % 3}"}) for n in range(11)],
                            now=now)  # fmt: skip
        for n in range(5):
            journal.record(db, f"unit:U{n % 2}", "moved", actor="bot", at=now)
        return checkpoints.daily(db, notary, now=now).note

    return database.write(unit)


def looked(database: Database, notary: Notary, against: str | None = None) -> Checked:
    held = notes.read(against) if against is not None else None
    trusted = list(notary.keys.verifiers())
    return database.read(lambda db: check(db, against=held, trusted=trusted))


def test_a_day_has_one_checkpoint_however_often_it_is_made(
    database: Database, notary: Notary
) -> None:
    first = lived(database, notary)
    later = NOON + timedelta(hours=5)
    again = database.write(lambda db: checkpoints.daily(db, notary, now=later).note)
    assert again == first
    next_day = database.write(lambda db: checkpoints.daily(db, notary, now=NOON + DAY).note)
    assert next_day != first or notes.read(next_day).size == notes.read(first).size
    assert database.read(lambda db: db.exec(select(func.count(LogCheckpoint.number))).one()) == 2


def test_it_is_signed_over_every_leaf_with_a_key_the_log_names(
    database: Database, notary: Notary
) -> None:
    told = notes.read(lived(database, notary))
    known = database.read(checkpoints.verifiers)
    assert is_signed(told, known) == notary.keys.current().verifier
    assert told.size == database.read(queries.size)
    assert told.root == database.read(queries.root)
    kinds = database.read(lambda db: [queries.leaf(db, n).kind for n in range(told.size)])
    assert kinds.count("log.key") == kinds.count("journal.heads") == 1


def test_only_chains_that_went_on_are_covered_anew(database: Database, notary: Notary) -> None:
    lived(database, notary)

    def unit(db: Session) -> None:
        journal.record(db, "unit:U1", "moved", actor="bot", at=NOON + DAY)
        journal.record(db, "unit:new", "entered", actor="bot", at=NOON + DAY)
        checkpoints.daily(db, notary, now=NOON + DAY)
        checkpoints.daily(db, notary, now=NOON + 2 * DAY)

    database.write(unit)

    def heads(db: Session) -> list[tuple[str, int]]:
        rows = select(JournalHead.subject, JournalHead.number)
        return list(db.exec(rows.order_by(JournalHead.log_number, JournalHead.subject)))

    covered = database.read(heads)
    assert ("unit:U0", 3) in covered and covered[-2:] == [("unit:U1", 3), ("unit:new", 1)]
    assert [name for name, _ in covered].count("unit:U0") == 1
    assert looked(database, notary).is_whole


def test_a_fresh_one_covers_the_newest_leaf_and_none_is_made_for_nothing(
    database: Database, notary: Notary
) -> None:
    lived(database, notary)
    number = database.write(lambda db: checkpoints.fresh(db, notary, now=NOON).number)
    assert database.write(lambda db: checkpoints.fresh(db, notary, now=NOON).number) == number
    database.write(lambda db: actions.append(db, "test", {}, now=NOON))
    assert database.write(lambda db: checkpoints.fresh(db, notary, now=NOON).number) != number


def test_another_key_is_told_by_a_leaf_and_both_stay_valid(
    database: Database, notary: Notary
) -> None:
    before = lived(database, notary)
    notary.keys.rotate()
    database.write(lambda db: checkpoints.rotate(db, notary.keys, by="t", now=NOON))
    after = database.write(lambda db: checkpoints.daily(db, notary, now=NOON + DAY).note)
    known = database.read(checkpoints.verifiers)
    assert len(known) == 2
    assert is_signed(notes.read(before), known) == known[0]
    assert is_signed(notes.read(after), known) == known[1]
    assert looked(database, notary, before).is_whole


def test_a_service_that_runs_signs_with_the_key_another_process_made(
    database: Database, notary: Notary
) -> None:
    """The one before may be in wrong hands: whoever still holds its file signs nothing."""
    lived(database, notary)
    place = notary.keys.place
    old_copy = place.parent.parent / "copy"
    old_copy.mkdir(mode=0o700)
    shutil.copy2(place, old_copy / place.name)
    elsewhere = KeyRing(place.parent, "shop.example/akashi")
    elsewhere.rotate()
    database.write(lambda db: checkpoints.rotate(db, elsewhere, by="t", now=NOON))
    note = database.write(lambda db: checkpoints.daily(db, notary, now=NOON + DAY).note)
    assert is_signed(notes.read(note), [elsewhere.current().verifier]) is not None
    database.write(lambda db: actions.append(db, "test", {}, now=NOON))
    with_old = Notary(KeyRing(old_copy, "shop.example/akashi"))
    with pytest.raises(KeyReplaced, match="akashi log rotate"):
        database.write(lambda db: checkpoints.fresh(db, with_old, now=NOON + DAY))
    assert looked(database, notary).is_whole


def test_what_a_replaced_key_signed_later_is_found(database: Database, notary: Notary) -> None:
    lived(database, notary)
    old = notary.keys.current()
    notary.keys.rotate()
    database.write(lambda db: checkpoints.rotate(db, notary.keys, by="t", now=NOON))

    def forged(db: Session) -> None:
        size, root = queries.size(db), queries.root(db)
        text = notes.checkpoint_text(old.verifier.name, size, root)
        key = old.verifier.key_id
        db.add(LogCheckpoint(size=size, root=root, key_id=key, note=old.sign(text), made_at=NOON))

    database.write(forged)
    assert any("replaced before" in each for each in looked(database, notary).problems)


def test_a_checkpoint_made_while_leaves_come_in_is_of_the_leaves_it_names(
    database: Database, notary: Notary
) -> None:
    lived(database, notary)
    is_over = threading.Event()

    def comes_in() -> None:
        while not is_over.is_set():
            database.write(lambda db: actions.append(db, "test", {}, now=NOON))

    other = threading.Thread(target=comes_in)
    other.start()
    try:
        for _ in range(25):
            database.write(lambda db: checkpoints.fresh(db, notary, now=NOON))
            assert looked(database, notary).is_whole
    finally:
        is_over.set()
        other.join()
    assert looked(database, notary).is_whole


def test_a_lost_key_is_never_replaced_in_silence(database: Database, notary: Notary) -> None:
    lived(database, notary)
    notary.keys.place.unlink()
    lost = Notary(KeyRing(notary.keys.place.parent, "shop.example/akashi"))
    with pytest.raises(KeyMissing, match="akashi log rotate"):
        database.write(lambda db: checkpoints.daily(db, lost, now=NOON + DAY))
    known = database.read(checkpoints.verifiers)
    lost.keys.rotate(known)
    database.write(lambda db: checkpoints.rotate(db, lost.keys, by="t", now=NOON))
    assert looked(database, lost).is_whole


def test_no_private_key_is_in_the_database(database: Database, notary: Notary) -> None:
    """R-009: who has the database cannot sign."""
    lived(database, notary)
    seed = notary.keys.place.read_text().strip().split("+", 4)[4]

    def everything(db: Session) -> str:
        rows = [*db.exec(select(LogLeaf)), *db.exec(select(LogCheckpoint))]
        return " ".join(str(row.model_dump()) for row in rows)

    assert seed not in database.read(everything)


def test_who_wishes_to_hold_them_is_told_once_a_day(database: Database, notary: Notary) -> None:
    def unit(db: Session) -> None:
        firm = partners.enter(db, "GINZA", "銀座", by="t", now=NOON)
        partners.enter(db, "UMEDA", "梅田", by="t", now=NOON)
        assert partners.hold_checkpoints(db, firm, wished=True, by="t", now=NOON)
        assert not partners.hold_checkpoints(db, firm, wished=True, by="t", now=NOON)

    database.write(unit)
    for hours in (0, 3, 24):
        at = NOON + timedelta(hours=hours)
        database.write(lambda db, at=at: checkpoints.daily(db, notary, now=at))
    told = select(worklist.Work).where(worklist.Work.kind == worklist.NOTICE)
    rows = database.read(lambda db: [row.facts for row in db.exec(told)])
    assert [row["phase"] for row in rows] == ["checkpoint", "checkpoint"]


def test_many_at_once_are_the_same_tree_as_one_by_one(database: Database) -> None:
    facts = [("test", {"fact": n}) for n in range(70)]

    def unit(db: Session) -> bytes:
        for kind, payload in facts[:13]:
            actions.append(db, kind, payload, now=NOON)
        assert actions.append_many(db, facts[13:50], now=NOON) == range(13, 50)
        assert actions.append_many(db, [], now=NOON) == range(50, 50)
        actions.append_many(db, facts[50:], now=NOON)
        return queries.root(db)

    root = database.write(unit)
    whole = database.read(check)
    assert whole.is_whole and whole.leaves == 70
    from tests.media.log.test_rules import tree_hash

    leaves = database.read(lambda db: [queries.leaf(db, n).payload.encode() for n in range(70)])
    assert root == tree_hash(leaves)


def _set(number: int, **values: Any) -> Callable[[Session], object]:
    return lambda db: db.connection().execute(
        update(LogLeaf).where(col(LogLeaf.number) == number).values(**values)
    )


def _rewrite(db: Session) -> None:
    """Leaf 4 tells something else, and every hash above it is made anew."""
    row = db.get_one(LogLeaf, 4)
    row.payload = canonical({"fact": 99, "unit": "U1", "kind": "test", "at": 0})
    db.flush()
    leaves = db.exec(select(LogLeaf).order_by(col(LogLeaf.number))).all()
    db.connection().execute(delete(LogNode))
    made: dict[tuple[int, int], bytes] = {}
    for leaf in leaves:
        leaf.hash = value = leaf_hash(leaf.payload.encode())
        made[0, leaf.number] = value
        for left in closed_by(leaf.number):
            value = node_hash(made[left.level, left.index], value)
            made[left.level + 1, left.index >> 1] = value
    db.add_all(LogNode(level=a, number=b, hash=each) for (a, b), each in made.items())
    db.flush()


TAMPERS: dict[str, tuple[Callable[[Session], object], str]] = {
    "a leaf": (_set(4, payload='{"at":0,"kind":"test"}'), "leaf 4 was changed"),
    "its hash too": (
        _set(4, payload='{"at":0,"kind":"test"}', hash=leaf_hash(b'{"at":0,"kind":"test"}')),
        "node",
    ),
    "its piece": (_set(4, unit_id="another"), "filed under another"),
    "a leaf is gone": (
        lambda db: db.connection().execute(delete(LogLeaf).where(col(LogLeaf.number) == 4)),
        "leaf 4 is missing",
    ),
    "a node": (
        lambda db: db.connection().execute(update(LogNode).values(hash=bytes(32))), "node",
    ),
    "everything made anew": (_rewrite, "signed over other leaves"),
    "an act of the journal": (
        lambda db: db.connection().execute(text("UPDATE journal SET hash = 'x' WHERE number = 3")),
        "is not the one the log covers",
    ),
    "the list of heads": (
        lambda db: db.connection().execute(update(JournalHead).values(hash="x")),
        "heads of the journal",
    ),
    "a checkpoint": (
        lambda db: db.connection().execute(update(LogCheckpoint).values(root=bytes(32))),
        "says something else than its row",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERS)
def test_what_was_changed_in_the_database_is_found(
    database: Database, notary: Notary, what: str
) -> None:
    lived(database, notary)
    assert looked(database, notary).is_whole
    change, told = TAMPERS[what]
    database.write(change)
    found = looked(database, notary)
    assert any(told in each for each in found.problems), found.problems


def test_a_log_that_was_rewritten_and_signed_anew_fails_against_the_one_held_outside(
    database: Database, notary: Notary, tmp_path: Path
) -> None:
    """Acceptance check 23: leaf changed, nodes made anew, checkpoints made anew."""
    held = lived(database, notary)

    def forge(db: Session) -> None:
        _rewrite(db)
        signer = notary.keys.current()
        row = db.exec(select(LogCheckpoint)).one()
        row.root = queries.root(db)
        row.note = signer.sign(notes.checkpoint_text(signer.verifier.name, row.size, row.root))

    database.write(forge)
    assert looked(database, notary).is_whole  # from inside nothing is to be seen any more
    found = looked(database, notary, held)
    assert any("it was rewritten" in each for each in found.problems)
    database.write(lambda db: actions.append(db, "test", {}, now=NOON))
    assert not looked(database, notary, held).is_whole


def test_a_log_that_was_cut_or_signed_by_a_stranger_fails_too(
    database: Database, notary: Notary, tmp_path: Path
) -> None:
    held = lived(database, notary)
    stranger = KeyRing(tmp_path / "stranger", "shop.example/akashi").ensure()
    by_stranger = stranger.sign(notes.read(held).text)
    assert any("no key" in each for each in looked(database, notary, by_stranger).problems)
    told = notes.read(held)
    longer = notary.keys.current().sign(
        notes.checkpoint_text(told.origin, told.size + 5, told.root)
    )
    assert any("leaves are missing" in each for each in looked(database, notary, longer).problems)
    assert looked(database, notary, held).is_whole
