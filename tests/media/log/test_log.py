"""The log over SQL is the tree of the RFC, on both databases, whoever appends at the same time."""

import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from catalog.ground.session.database import Database
from media.log import actions, queries, rules
from media.log.queries import NoSuchLeaf
from tests.media.captures import NOON
from tests.media.log.test_rules import path, subproof, tree_hash


def append(database: Database, count: int) -> None:
    def unit(db: Session) -> None:
        for number in range(count):
            actions.append(db, "test", {"fact": number}, now=NOON)

    database.write(unit)


def test_proofs_hold_against_the_recursive_definition(database: Database) -> None:
    append(database, 37)

    def read(db: Session) -> None:
        leaves = [queries.leaf(db, number).payload.encode() for number in range(37)]
        for size in (1, 2, 7, 8, 31, 37):
            root = queries.root(db, at_size=size)
            assert root == tree_hash(leaves[:size])
            for number in {0, size // 2, size - 1}:
                proof = queries.inclusion_proof(db, number, at_size=size)
                assert proof == path(number, leaves[:size])
                leaf = queries.leaf(db, number).hash
                assert rules.holds_leaf(leaf, number, size, proof, root)
            for old in {1, size // 2, size} - {0}:
                proof = queries.consistency_proof(db, old, at_size=size)
                assert proof == subproof(old, leaves[:size], True)
                assert rules.continues(old, size, proof, queries.root(db, at_size=old), root)

    database.read(read)


def test_an_empty_log_has_the_empty_root(database: Database) -> None:
    assert database.read(queries.root) == rules.EMPTY_ROOT
    for ask in (queries.leaf, queries.inclusion_proof, queries.consistency_proof):
        with pytest.raises(NoSuchLeaf):
            database.read(lambda db, ask=ask: ask(db, 3))
    with pytest.raises(NoSuchLeaf):
        database.read(lambda db: queries.root(db, at_size=1))


def test_appenders_at_the_same_time_leave_no_gap(database: Database) -> None:
    def append_some() -> None:
        for _ in range(10):
            append(database, 1)

    appenders = [threading.Thread(target=append_some) for _ in range(3)]
    for appender in appenders:
        appender.start()
    for appender in appenders:
        appender.join()

    def read(db: Session) -> None:
        leaves = [queries.leaf(db, number).payload.encode() for number in range(30)]
        assert queries.size(db) == 30
        assert queries.root(db) == tree_hash(leaves)

    database.read(read)


def test_a_unit_that_fails_leaves_no_leaf(database: Database) -> None:
    def unit(db: Session) -> None:
        actions.append(db, "test", {}, now=NOON)
        raise NoSuchLeaf(0)

    with pytest.raises(NoSuchLeaf):
        database.write(unit)
    assert database.read(queries.size) == 0


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(batches=st.lists(st.integers(1, 9), min_size=1, max_size=5))
def test_however_it_grows_each_size_continues_the_one_before(
    database: Database, batches: list[int]
) -> None:
    for batch in batches:
        before = database.read(queries.size)
        old_root = database.read(queries.root)
        append(database, batch)

        def read(db: Session, before: int = before, old_root: bytes = old_root) -> None:
            proof = queries.consistency_proof(db, before)
            size, root = queries.size(db), queries.root(db)
            assert rules.continues(before, size, proof, old_root, root)

        database.read(read)
