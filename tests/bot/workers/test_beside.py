"""What lies beside an original is looked at with it, and made good (R-008, R-011)."""

import json
from pathlib import Path
from typing import Any

import pytest

from catalog.ground import journal
from catalog.ground.record import to_millis
from media.assets.kinds import Part
from media.log import actions as log
from media.log import queries as leaves
from media.log.checking import RESTORED_LEAF
from media.originals.store import OriginalStore, sidecar_key
from media.retention import passes
from tests.media.shelves import Shelves, digest

CONTENT = b"a film of a watch" * 1000
NAME = digest(CONTENT)


@pytest.fixture
def asset(shelves: Shelves) -> str:
    taken = shelves.keep(CONTENT, part=Part.CASE_BACK)
    shelves.run()
    return taken.asset_id


def a_pass(shelves: Shelves) -> None:
    shelves.later(days=1)
    shelves.database.write(lambda db: passes.begin(db, shelves.now))
    shelves.run()


def stores(shelves: Shelves) -> tuple[OriginalStore, OriginalStore]:
    assert shelves.second is not None
    return shelves.first, shelves.second


def beside(store: OriginalStore, asset: str) -> Path:
    found = store.path(sidecar_key(NAME, asset))
    assert found is not None
    return found


def lay(path: Path, content: bytes) -> None:
    path.chmod(0o600)
    path.write_bytes(content)


def mends(shelves: Shelves) -> list[dict[str, Any]]:
    acts = shelves.database.read(lambda db: journal.of(db, f"original:{NAME}"))
    return [dict(each.facts) for each in acts if each.verb == "described_again"]


@pytest.mark.parametrize("hurt", [b"", b"{}", b"\xff\x00", None])
@pytest.mark.parametrize("is_base", [False, True])
def test_what_was_changed_in_one_place_is_copied_from_the_other(
    shelves: Shelves, asset: str, hurt: bytes | None, is_base: bool
) -> None:
    first, second = stores(shelves)
    name = "" if is_base else asset
    before = beside(first, name).read_bytes()
    lay(beside(first, name), hurt if hurt is not None else before.replace(b"still", b"video"))
    a_pass(shelves)
    assert json.loads(beside(first, name).read_bytes()) == json.loads(before)
    assert beside(second, name).read_bytes() == before
    assert mends(shelves) == [{"replica": "first", "beside": name, "from": "second"}]
    a_pass(shelves)
    assert len(mends(shelves)) == 1


def test_what_is_good_nowhere_is_written_from_the_registers(shelves: Shelves, asset: str) -> None:
    first, second = stores(shelves)
    before = beside(first, asset).read_bytes()
    lay(beside(first, asset), before.replace(b"case_back", b"dial_face"))
    beside(second, asset).unlink()
    a_pass(shelves)
    for each in (first, second):
        assert json.loads(beside(each, asset).read_bytes()) == json.loads(before)
    assert [(each["replica"], each["from"]) for each in mends(shelves)] == [
        ("first", "registers"), ("second", "registers"),
    ]  # fmt: skip


def test_registers_that_are_older_than_the_log_write_nothing(shelves: Shelves, asset: str) -> None:
    """They came back from a backup; beside the bytes lies what a later leaf tells of."""
    first, second = stores(shelves)
    later = {**json.loads(beside(first, asset).read_bytes()), "part": None}
    later["corrected_at"] = to_millis(shelves.now)
    for each in (first, second):
        lay(beside(each, asset), json.dumps(later).encode())

    def restored(db: Any) -> None:
        since = leaves.size(db)
        told = {"asset": asset, "unit": None, "part": None, "actor": "test"}
        log.append(db, "asset.corrected", told, now=shelves.now)
        facts = {"since": since, "until": leaves.size(db)}
        log.append(db, RESTORED_LEAF, facts, now=shelves.now)

    shelves.database.write(restored)
    a_pass(shelves)
    assert json.loads(beside(first, asset).read_bytes()) == later
    beside(first, asset).unlink()
    a_pass(shelves)
    assert json.loads(beside(first, asset).read_bytes()) == later, "the other place has it"
    for each in (first, second):
        lay(beside(each, asset), b"")
    a_pass(shelves)
    assert beside(first, asset).read_bytes() == b""
    assert [each["from"] for each in mends(shelves)] == ["second"]
