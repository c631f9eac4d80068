"""Personal files open with the person's key only, whole or not at all, never once it is erased."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.duties import sealing
from catalog.duties.sealing import (
    DataKeyMissing,
    DataKeys,
    PersonErased,
    PersonKey,
    SealBroken,
    open_stream,
    seal_stream,
)
from catalog.ground.session.database import Database
from tests.media.captures import NOON

KEY = bytes(range(32))
OLD = DataKeys((b"o" * 32,))
NEW = DataKeys((b"n" * 32, b"o" * 32))


def cut(content: bytes, size: int) -> list[bytes]:
    return [content[at : at + size] for at in range(0, len(content), size)]


@given(st.binary(max_size=300), st.integers(0, 4), st.integers(1, 70_000), st.integers(1, 70_000))
def test_what_is_sealed_opens_again_however_it_is_cut(
    content: bytes, times: int, sealed_by: int, opened_by: int
) -> None:
    plain = content * (times * 400)
    sealed = b"".join(seal_stream(KEY, cut(plain, sealed_by)))
    assert b"".join(open_stream(KEY, cut(sealed, opened_by))) == plain
    if len(plain) > 16:
        assert plain[:16] not in sealed


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 131_072, 200_000])
def test_a_change_a_cut_or_another_key_shows(size: int) -> None:
    sealed = b"".join(seal_stream(KEY, [os.urandom(size)]))
    places = {0, 10, 36, len(sealed) // 2, len(sealed) - 1}
    broken = [sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :] for at in places]
    broken += [sealed[:-1], sealed[:36], sealed[: 36 + 65_552], sealed[:20], b"", sealed + b"x"]
    for each in broken:
        if each == sealed:
            continue
        with pytest.raises(SealBroken):
            list(open_stream(KEY, [each]))
    with pytest.raises(SealBroken):
        list(open_stream(bytes(32), [sealed]))


def test_the_same_bytes_sealed_twice_look_different() -> None:
    assert b"".join(seal_stream(KEY, [b"x"])) != b"".join(seal_stream(KEY, [b"x"]))


def test_each_person_has_one_key_of_their_own(database: Database) -> None:
    def key_of(person: str) -> bytes:
        return database.write(lambda db: sealing.person_key(db, person, OLD, now=NOON))

    assert key_of("line:Ua") == key_of("line:Ua")
    assert key_of("line:Ua") != key_of("line:Ub")
    assert database.read(lambda db: sealing.known_key(db, "line:Ua", OLD)) == key_of("line:Ua")
    with pytest.raises(PersonErased):
        database.read(lambda db: sealing.known_key(db, "line:Uc", OLD))


def test_an_erased_key_never_comes_back(database: Database) -> None:
    database.write(lambda db: sealing.person_key(db, "line:Ua", OLD, now=NOON))
    assert database.write(lambda db: sealing.erase_key(db, "line:Ua", now=NOON))
    assert not database.write(lambda db: sealing.erase_key(db, "line:Ua", now=NOON))
    with pytest.raises(PersonErased):
        database.write(lambda db: sealing.person_key(db, "line:Ua", OLD, now=NOON))


def test_keys_survive_a_rotation_of_the_data_key(database: Database) -> None:
    key = database.write(lambda db: sealing.person_key(db, "line:Ua", OLD, now=NOON))
    assert database.write(lambda db: sealing.rewrap(db, NEW)) == 1
    assert database.write(lambda db: sealing.rewrap(db, NEW)) == 0
    assert database.read(lambda db: sealing.known_key(db, "line:Ua", NEW)) == key
    with pytest.raises(DataKeyMissing):
        database.read(lambda db: sealing.known_key(db, "line:Ua", OLD))


def test_a_key_moved_to_another_person_is_refused(database: Database) -> None:
    database.write(lambda db: sealing.person_key(db, "line:Ua", OLD, now=NOON))

    def move(db: sealing.Session) -> None:
        row = db.get(PersonKey, "line:Ua")
        assert row is not None
        db.add(
            PersonKey(
                person="line:Ub", wrapped_by=row.wrapped_by, wrapped=row.wrapped, made_at=NOON
            )
        )

    database.write(move)
    with pytest.raises(SealBroken):
        database.read(lambda db: sealing.known_key(db, "line:Ub", OLD))


def test_a_data_key_of_another_length_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        DataKeys((b"short",))
