"""An evidence zip that is given to whom it concerns: the buyer of a claim's order, a partner who
was granted all the media of a piece; never another's (R-009, R-023, R-027; acceptance checks 16,
17).
"""

import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlmodel import Session, col, select
from starlette.testclient import TestClient

from catalog.ground import journal
from catalog.ground.record import PartnerId, Sha256
from catalog.ground.session.database import Database
from catalog.items import queries as items
from catalog.items.rules import STAFF, VISITOR, Viewer
from catalog.partners import actions as partners
from media.disputes.actions import subject
from media.disputes.queries import exhibits
from media.originals.local import LocalStore
from media.originals.replicas import Replicas
from media.originals.store import original_key
from media.sharing import pin, shares, verify
from media.sharing.concerned import PIECE, EvidenceNotTheirs
from media.sharing.counter import Counter
from media.sharing.kinds import Reach
from media.sharing.looks import Watch
from media.sharing.routes import media_router
from media.sharing.shares import Given, Made, ShareMalformed, ShareMissing
from media.sharing.tables import Look
from tests.media.disputed import Disputed, disputed
from tests.media.evidence import read, store_of
from tests.swift.engine import on_disk

SECRET = "482913"
ALL = ["film", "still", "report"]


class Giving:
    """A claim whose buyer is to get the evidence, and the doors of the shop."""

    def __init__(self, told: Disputed) -> None:
        self.told, self.desk = told, told.desk
        self.buyer = f"customer:{told.sold.buyer}"
        self.store = store_of(told.archive)
        self.watch = Watch(told.archive.database, lambda: self.desk.now)
        counter = Counter(
            told.archive.database, self.store, Replicas(self.store), self.watch,
            lambda: self.desk.now, "https://shop.example/c", is_https=False, archive=told.archive,
        )  # fmt: skip
        self.app = FastAPI()
        self.app.include_router(media_router(counter))

    def give(
        self, evidence: str | None, whom: str | None, *, viewer: Viewer = STAFF, days: int = 30,
        **how: Any,
    ) -> Made:  # fmt: skip
        how.setdefault("pin_hash", pin.digest(SECRET))

        def unit(db: Session) -> Made:
            piece = items.by_id(db, self.desk.unit, viewer=STAFF)
            assert piece is not None
            now = self.desk.later()
            return shares.share(
                db, piece, viewer, ends_at=now + timedelta(days=days), lang="ja", now=now,
                key=now.isoformat(), by="staff:1",
                given=Given(Reach.ORIGINAL, audience=whom, evidence=evidence, **how),
            )  # fmt: skip

        return self.desk.write(unit)

    def firm(self, code: str, kinds: list[str]) -> PartnerId:
        def unit(db: Session) -> PartnerId:
            made = partners.enter(db, code, code, by="t", now=self.desk.now)
            unit_code = items.codes_of(db, [self.desk.unit])[self.desk.unit]
            partners.grant(
                db, made, [unit_code], rights=["media"], media_kinds=kinds, expires_on=None,
                by="t", now=self.desk.now,
            )  # fmt: skip
            return made

        return self.desk.write(unit)

    def browser(self) -> TestClient:
        return TestClient(self.app, headers={"user-agent": "Mozilla/5.0 (iPhone)"})

    def seated(self, made: Made) -> tuple[TestClient, str]:
        """A browser that told the PIN, and the address of the zip."""
        reader = self.browser()
        assert reader.post(f"/s/{made.token}", data={"pin": SECRET}).status_code == 200
        page = unescape(reader.get(f"/s/{made.token}").text)
        (address,) = set(re.findall(r"/s/e/[\w.:-]+", page))
        return reader, address

    def looks(self) -> list[tuple[str, str]]:
        self.watch.flush()
        rows = self.desk.read(lambda db: list(db.exec(select(Look).order_by(col(Look.id)))))
        taken = [each for each in rows if each.what == "evidence"]
        return [(each.what, each.result) for each in taken for _ in range(each.times)]


@pytest.fixture
def giving(database: Database, store: LocalStore, tmp_path: Path) -> Giving:
    return Giving(disputed(database, store, tmp_path))


def test_the_buyer_gets_the_evidence_of_their_claim_behind_a_pin(
    giving: Giving, tmp_path: Path
) -> None:
    dispute = giving.told.dispute_id
    made = giving.give(dispute, giving.buyer)
    stranger = giving.browser()
    gate = stranger.get(f"/s/{made.token}")
    assert gate.status_code == 200 and "/s/e/" not in gate.text and "証拠" not in gate.text
    reader, address = giving.seated(made)
    page = reader.get(f"/s/{made.token}").text
    assert "/s/b/" not in page and "/s/o/" not in page and "/verify/" not in page
    head = reader.head(address)
    assert head.status_code == 200 and not head.content
    answer = reader.get(address)
    assert answer.headers["content-type"] == "application/zip"
    assert "attachment" in answer.headers["content-disposition"]
    (tmp_path / "e.zip").write_bytes(answer.content)
    assert "OK: everything holds" in verify.report(str(tmp_path / "e.zip"))
    assert f'"dispute": "{dispute}"' in read(tmp_path / "e.zip")["data/record.json"].decode()
    again = reader.get(address)
    assert again.content == answer.content
    assert giving.looks() == [("evidence", "shown")] * 3  # its head too
    for each in (f"unit:{giving.desk.unit}", subject(dispute)):
        acts = giving.desk.read(lambda db, each=each: journal.of(db, each))
        taken = [act.actor for act in acts if act.verb == "evidence_exported"]
        assert taken == [giving.buyer] * 2


def test_it_opens_to_that_seat_alone_and_to_nothing_put_together(giving: Giving) -> None:
    made = giving.give(giving.told.dispute_id, giving.buyer)
    other = giving.give(giving.told.dispute_id, giving.buyer)
    reader, address = giving.seated(made)
    usual = giving.give(None, None, pin_hash=None)
    looker = giving.browser()
    page = unescape(looker.get(f"/s/{usual.token}").text)
    assert "/s/e/" not in page
    gone = giving.browser().get("/s/unknown").text
    tries = [
        (giving.browser(), address),
        (giving.seated(other)[0], address),
        *((reader, address.replace("/s/e/", f"/s/{each}/")) for each in "bdorpt"),
        (reader, address.replace(giving.told.dispute_id, PIECE)),
        (reader, address[:-1]),
        *(
            (looker, each.replace("/s/b/", "/s/e/"))
            for each in re.findall(r"/s/b/[\w.-]+", page)[:2]
        ),
    ]
    for client, each in tries:
        answer = client.get(each)
        assert (answer.status_code, answer.text) == (404, gone), each
    assert reader.get(address).status_code == 200


@pytest.mark.parametrize("end", ["revoked", "ended", "late"])
def test_it_ends_as_every_page_does(giving: Giving, end: str) -> None:
    made = giving.give(giving.told.dispute_id, giving.buyer, days=1)
    reader, address = giving.seated(made)
    if end == "revoked":
        giving.desk.write(
            lambda db: shares.revoke(db, made.share_id, None, now=giving.desk.now, by="staff:1")
        )
    else:
        giving.desk.now += timedelta(days=2) if end == "ended" else timedelta(minutes=11)
    assert reader.get(address).status_code == 404
    assert reader.get(f"/s/{made.token}").status_code == (200 if end == "late" else 404)


def test_only_whom_it_concerns_is_given_it(giving: Giving) -> None:
    dispute = giving.told.dispute_id
    still = giving.firm("STILL", ["film", "still"])
    refused = [
        (dispute, "customer:another"), (dispute, None), (dispute, f"partner:{still}"),
        (PIECE, giving.buyer), (PIECE, f"partner:{still}"), (PIECE, "partner:nobody"),
        ("nothing", giving.buyer),
    ]  # fmt: skip
    for evidence, whom in refused:
        with pytest.raises(EvidenceNotTheirs):
            giving.give(evidence, whom)
    with pytest.raises(ShareMalformed):
        giving.give(dispute, giving.buyer, pin_hash=None)
    with pytest.raises(ShareMissing):
        giving.give(dispute, giving.buyer, viewer=VISITOR)


def test_a_partner_has_it_as_long_as_all_the_media_are_granted(giving: Giving) -> None:
    firm = giving.firm("GINZA", ALL)
    made = giving.give(PIECE, f"partner:{firm}")
    reader, address = giving.seated(made)
    assert reader.get(address).status_code == 200
    giving.desk.write(lambda db: partners.revoke(db, firm, None, by="t", now=giving.desk.later()))
    code = giving.desk.read(lambda db: items.codes_of(db, [giving.desk.unit])[giving.desk.unit])
    giving.desk.write(
        lambda db: partners.grant(
            db, firm, [code], rights=["media"], media_kinds=["film", "still"], expires_on=None,
            by="t", now=giving.desk.later(),
        )
    )  # fmt: skip
    assert reader.get(address).status_code == 404
    assert giving.browser().get(f"/s/{made.token}").status_code == 404
    shut = giving.desk.read(lambda db: shares.shut(db, [made.share_id], now=giving.desk.now))
    assert shut == {made.share_id}


@on_disk
def test_an_original_that_is_not_as_recorded_gives_nothing(giving: Giving) -> None:
    made = giving.give(giving.told.dispute_id, giving.buyer)
    reader, address = giving.seated(made)
    frozen = giving.desk.read(lambda db: exhibits(db, giving.told.dispute_id))
    place = giving.store.path(original_key(Sha256(frozen[0].sha256)))
    assert place is not None
    place.unlink()
    assert reader.get(address).status_code == 404
    assert giving.looks() == [("evidence", "gone")]
