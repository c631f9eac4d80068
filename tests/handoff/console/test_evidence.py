"""The evidence of a piece and of a dispute leaves the house from the console (R-009), for the roles
that may, and with an entry of who took it.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from catalog.duties.actors import Role
from catalog.ground import journal, worklist
from catalog.ground.record import ConversationId
from catalog.ground.session.database import Database
from catalog.partners import actions as partners
from media.disputes import actions as disputes
from media.disputes import closing
from media.disputes.actions import Claim
from media.log.checkpoints import Notary
from media.log.keys import KeyRing
from media.originals.local import LocalStore
from media.originals.replicas import Replicas
from media.originals.store import original_key
from media.sharing import shares, verify
from media.sharing.export import Archive
from tests.handoff.console.window import Opened, window
from tests.media import captures
from tests.media.disputed import disputed
from tests.media.evidence import original, store_of

CODE = "W-10234"


@pytest.fixture
def archive(database: Database, tmp_path: Path) -> Archive:
    notary = Notary(KeyRing(tmp_path / "keys", "shop.example/akashi"))
    return Archive(database, Replicas(LocalStore(tmp_path / "media")), notary)


@pytest.fixture
def seat(archive: Archive, now: datetime) -> Iterator[Opened]:
    with window(
        archive.database, lambda: now, store=store_of(archive), notary=archive.notary
    ) as opened:
        yield opened


def test_who_may_takes_the_evidence_of_a_piece_and_of_a_claim(
    archive: Archive, seat: Opened, now: datetime, tmp_path: Path
) -> None:
    unit = captures.unit(archive.database, CODE)
    _, digest = original(archive, b"the bytes of it", unit)
    claim = Claim(unit, ConversationId("line:misaki"))
    opened = archive.database.write(
        lambda db: disputes.claim(db, claim, by="customer:C", promised_at=now, now=now)
    )
    manager, adviser = seat("佐藤", Role.MANAGER), seat("田中", Role.ADVISER)
    shown = f"/console/items/{CODE}"
    for address in (
        f"/console/items/{CODE}/evidence", f"/console/disputes/{opened.dispute_id}/evidence",
    ):  # fmt: skip
        form = manager.form(shown, address)
        answer = manager.post(address, {"csrf": form.fields["csrf"]})
        assert answer.headers["content-disposition"].startswith("attachment")
        (tmp_path / "e.zip").write_bytes(answer.content)
        assert verify.report(str(tmp_path / "e.zip")).endswith("(整合しています)")
        assert digest.encode() in answer.content and b"the bytes of it" in answer.content
    assert "/evidence" not in adviser.page(f"/console/items/{CODE}")
    acts = archive.database.read(lambda db: journal.of(db, f"unit:{unit}"))
    taken = [each.actor for each in acts if each.verb == "evidence_exported"]
    assert len(taken) == 2 and all(each.startswith("staff:") for each in taken)
    place = store_of(archive).path(original_key(digest))
    assert place is not None
    place.unlink()
    form = manager.form(shown, f"/console/items/{CODE}/evidence")
    told = {"csrf": form.fields["csrf"]}
    assert manager.post(f"/console/items/{CODE}/evidence", told).status_code == 503


def test_a_claim_is_answered_on_its_page_by_who_grades_and_called_back_by_a_manager(
    archive: Archive, seat: Opened, now: datetime
) -> None:
    """R-017: the task leads there, the answer ends it, and nothing of it is ever written over."""
    unit = captures.unit(archive.database, CODE)
    original(archive, b"dial", unit)
    told = Claim(unit, ConversationId("line:misaki"), order_id="none")
    dispute = archive.database.write(
        lambda db: disputes.claim(db, told, by="customer:C", promised_at=now, now=now).dispute_id
    )
    place = f"/console/disputes/{dispute}"
    adviser, senior = seat("田中", Role.ADVISER), seat("森", Role.SENIOR)
    todo = archive.database.read(
        lambda db: worklist.task_id(db, closing.TASK, disputes.subject(dispute))
    )
    assert place in senior.page(f"/console/tasks/{todo}")
    assert f'action="{place}/close"' not in adviser.page(place)
    assert "/console/compare?dispute=" in adviser.page(place)
    form = senior.form(place, f"{place}/close").fields
    assert 'value="return"' not in senior.page(place)
    assert 'value="return"' in seat("佐藤", Role.MANAGER).page(place)
    words = {**form, "outcome": "as_recorded", "words": "購入時の写真のとおりでした。"}
    assert senior.post(f"{place}/close", {**words, "follow": "return"}).status_code == 403
    assert senior.post(f"{place}/close", {**words, "outcome": "guilty"}).status_code == 422
    assert senior.post(f"{place}/close", {**words, "words": " "}).status_code == 422
    assert senior.post(f"{place}/close", {**words, "follow": "none"}).status_code == 303
    page = senior.page(place)
    assert "購入時の写真のとおりでした。" in page and f'action="{place}/close"' not in page
    again = {**words, "follow": "none", "key": "another"}
    assert senior.post(f"{place}/close", again).status_code == 409
    assert not archive.database.read(lambda db: worklist.open_tasks_named(db, closing.TASK))
    assert senior.client.get("/console/disputes/nobody").status_code == 404


def test_the_evidence_of_a_claim_is_given_to_its_buyer_as_a_link_and_a_pin_told_once(
    database: Database, tmp_path: Path
) -> None:
    store = LocalStore(tmp_path / "media")
    told = disputed(database, store, tmp_path)
    with window(database, lambda: told.desk.now, store=store, notary=told.archive.notary) as seats:
        manager, adviser = seats("佐藤", Role.MANAGER), seats("田中", Role.ADVISER)
        place = f"/console/disputes/{told.dispute_id}"
        assert "/evidence/give" not in adviser.page(place)
        form = manager.form(place, f"{place}/evidence/give").fields
        answer = manager.post(f"{place}/evidence/give", form)
        assert answer.status_code == 200
        address = re.search(r'id="address" value="[^"]*/s/([^"]+)"', answer.text)
        assert address is not None and re.search(r'id="pin" value="\d{6}"', answer.text)
        assert "/s/" not in manager.post(f"{place}/evidence/give", form).text
        (made,) = database.read(lambda db: shares.every(db, limit=1))
        assert (made.evidence, made.has_pin) == (told.dispute_id, True)
        assert made.audience == f"customer:{told.sold.buyer}"
        assert "証拠一式" in manager.page(f"/console/shares/{made.share_id}")
        code = made.code
        piece = f"/console/items/{code}/evidence/give"
        form = manager.form(f"/console/items/{code}", piece).fields
        assert manager.post(piece, {**form, "partner": "NOBODY"}).status_code == 409
        firm = database.write(lambda db: partners.enter(db, "G", "G", by="t", now=told.desk.now))
        assert manager.post(piece, {**form, "partner": "G"}).status_code == 409
        database.write(
            lambda db: partners.grant(
                db, firm, [code], rights=["media"], media_kinds=["film", "still", "report"],
                expires_on=None, by="t", now=told.desk.now,
            )
        )  # fmt: skip
        assert manager.post(piece, {**form, "partner": "G"}).status_code == 200
