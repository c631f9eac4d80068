"""Pairs, registrations and findings (R-018; evidence check 25): only pictures of one piece, a
finding is a person's, and the log holds both digests.
"""

import json
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from catalog.ground.record import AssetId, ConversationId, Sha256, UnitId
from catalog.ground.session.database import Database
from media.assets.kinds import AssetKind, Part, TimeSource
from media.assets.queries import AssetMissing
from media.comparing import actions, queries
from media.comparing.queries import NotAPair
from media.comparing.rules import PointsMalformed
from media.comparing.tables import Comparison, Verdict
from media.decoding.comparing import Box, Laid
from media.disputes import actions as disputes
from media.intake.receive import Capture, receive
from media.intake.tables import Attachment, ReceivedFile, ReceivedState
from media.log import queries as log
from tests.media import captures
from tests.media.captures import NOON

POINTS = [[0.1, 0.1], [0.9, 0.1], [0.1, 0.2], [0.9, 0.2]]


def _capture(
    db: Session, name: str, *, unit: UnitId | None, day: int, part: Part | None = Part.DIAL,
    kind: AssetKind = AssetKind.STILL, about: str | None = None,
) -> AssetId:  # fmt: skip
    at = NOON + timedelta(days=day)
    digest = Sha256(name.encode().hex().ljust(64, "0")[:64])
    told = Capture(
        sha256=digest, size=10, mime="image/jpeg", kind=kind, name=name, source=f"test:{name}",
        unit_id=unit, part=part, captured_at=at, time_source=TimeSource.CAMERA, about=about,
    )  # fmt: skip
    return receive(db, told, actor="test", now=at).asset_id


def _sent(db: Session, name: str, dispute: str, *, part: Part | None) -> AssetId:
    """A picture somebody sent in for a claim."""
    asset = _capture(db, name, unit=None, day=8, part=part, about=disputes.subject(dispute))
    at = NOON + timedelta(days=8)
    db.add(
        ReceivedFile(
            id=name, conversation="line:a", channel="line", message_id=name, kind="image",
            state=ReceivedState.STORED.value, source="LINE", sha256="c" * 64, size=1,
            key="received/x", sent_at=at, wanted_at=at, stored_at=at,
        )
    )  # fmt: skip
    db.flush()
    db.add(Attachment(file_id=name, asset_id=asset, attached_at=at))
    db.flush()
    return asset


def test_the_earlier_capture_comes_first_whichever_is_named_first(database: Database) -> None:
    unit = captures.unit(database)

    def story(db: Session) -> None:
        new, old = _capture(db, "new", unit=unit, day=9), _capture(db, "old", unit=unit, day=1)
        for one, other in ((new, old), (old, new)):
            pair = queries.pair_of(db, one, other)
            assert (pair.earlier.id, pair.later.id) == (old, new)

    database.write(story)


def test_only_two_pictures_of_one_piece_are_a_pair(database: Database) -> None:
    unit, other_unit = captures.unit(database), captures.unit(database, "W-10235")

    def story(db: Session) -> None:
        one = _capture(db, "one", unit=unit, day=1)
        foreign = _capture(db, "foreign", unit=other_unit, day=2)
        film = _capture(db, "film", unit=unit, day=2, kind=AssetKind.FILM)
        lying = _capture(db, "lying", unit=None, day=2)
        bought = _capture(db, "bought", unit=None, day=2, about="piece:X")
        for other in (one, foreign, film, lying, bought):
            with pytest.raises(NotAPair):
                queries.pair_of(db, one, other)
        with pytest.raises(AssetMissing):
            queries.pair_of(db, one, AssetId("unknown"))

    database.write(story)


def test_what_was_sent_in_for_a_dispute_stands_beside_what_was_on_record(
    database: Database,
) -> None:
    """R-017, R-018."""
    unit = captures.unit(database)

    def story(db: Session) -> None:
        dial = _capture(db, "dial", unit=unit, day=1)
        back = _capture(db, "back", unit=unit, day=3, part=Part.CASE_BACK)
        claim = disputes.Claim(unit, ConversationId("line:misaki"), Part.DIAL)
        opened = disputes.claim(db, claim, by="test", promised_at=NOON, now=NOON)
        about = disputes.subject(opened.dispute_id)
        sent = _capture(db, "sent", unit=None, day=8, part=None, about=about)
        pair = queries.pair_of(db, sent, dial)
        assert (pair.earlier.id, pair.later.id) == (dial, sent)
        others = queries.others(db, pair.earlier)
        assert [each.id for each in others] == [sent, back]

    database.write(story)


def test_the_latest_two_points_count_until_they_are_taken_back(database: Database) -> None:
    unit = captures.unit(database)

    def story(db: Session) -> None:
        pair = queries.pair_of(
            db, _capture(db, "a", unit=unit, day=1), _capture(db, "b", unit=unit, day=2)
        )
        assert queries.registration_of(db, pair) is None
        with pytest.raises(PointsMalformed):
            actions.register(db, pair, [[0, 0]] * 4, by="sato", now=NOON)
        for minute, points in enumerate((POINTS, POINTS[::-1], [])):
            now = NOON + timedelta(minutes=minute)
            actions.register(db, pair, points, by="sato", now=now)
            found = queries.registration_of(db, pair)
            assert (found.points if found else []) == points

    database.write(story)


def test_a_finding_is_a_persons_and_the_log_holds_both_digests(database: Database) -> None:
    unit = captures.unit(database)

    def story(db: Session) -> None:
        pair = queries.pair_of(
            db, _capture(db, "a", unit=unit, day=1), _capture(db, "b", unit=unit, day=2)
        )
        laid = Laid([[1.0, 0, 0], [0, 1.0, 0], [0, 0, 1.0]], 437, [Box(0.1, 0.2, 0.05, 0.02)])
        for _ in range(2):
            actions.keep_candidates(db, pair, laid, by="sato", now=NOON)
        assert list(queries.findings(db, pair)) == [], "what the aid says decides nothing"
        assert db.exec(select(Comparison)).all() == []
        actions.register(db, pair, POINTS, by="sato", now=NOON)
        made = [
            actions.decide(
                db, pair, Verdict.DIFFERS, note="6時側に新しい線傷", by="sato", now=NOON, key="k"
            )
            for _ in range(2)
        ]
        assert made[0] == made[1]
        [found] = queries.findings(db, pair)
        assert (found.earlier_sha256, found.later_sha256) == (
            pair.earlier.sha256,
            pair.later.sha256,
        )
        assert (found.registration, found.boxes) == (POINTS, [[0.1, 0.2, 0.05, 0.02]])
        leaf = log.leaf(db, found.log_number)
        told = json.loads(leaf.payload)
        assert leaf.kind == "comparison.decided"
        assert told["sha256"] == [pair.earlier.sha256, pair.later.sha256]
        assert (told["verdict"], told["actor"]) == ("differs", "sato")
        assert "線傷" not in leaf.payload, "a log cannot forget; words stay out of it"

    database.write(story)


def test_what_came_back_stands_beside_what_the_sale_kept_shot_by_shot(database: Database) -> None:
    """R-018, R-099: by the shot's code, of the claimed part first; what the sale did not keep, and
    what is neither of the return nor sent in, stands beside nothing.
    """
    unit = captures.unit(database)

    def story(db: Session) -> None:
        dial = _capture(db, "dial.jpg", unit=unit, day=1)
        back = _capture(db, "case_back.jpg", unit=unit, day=1, part=Part.CASE_BACK)
        bezel = _capture(db, "bezel.jpg", unit=unit, day=1, part=Part.BEZEL)
        _capture(db, "packed.jpg", unit=unit, day=4)
        told = disputes.Claim(
            unit, ConversationId("line:a"), Part.CASE_BACK, sold_at=NOON + timedelta(days=3)
        )
        opened = disputes.claim(
            db, told, by="customer:C", promised_at=NOON, now=NOON + timedelta(days=5)
        )
        assert queries.pairs_of_dispute(db, opened.dispute_id) == []
        _capture(db, "dial-1.jpg", unit=unit, day=6)
        dial_now = _capture(db, "dial-2.jpg", unit=unit, day=7)
        back_now = _capture(db, "case_back-1.jpg", unit=unit, day=6, part=Part.CASE_BACK)
        _capture(db, "clasp.jpg", unit=unit, day=6, part=Part.CLASP)
        found = queries.pairs_of_dispute(db, opened.dispute_id)
        assert [(each.sold.id, each.now.id) for each in found][:2] == [
            (back, back_now), (dial, dial_now),
        ]  # fmt: skip
        assert all(each.shot is not None for each in found)
        assert bezel not in {each.sold.id for each in found}
        _sent(db, "IMG_1.jpg", opened.dispute_id, part=None)
        assert queries.pairs_of_dispute(db, opened.dispute_id) == found
        told = _sent(db, "IMG_2.jpg", opened.dispute_id, part=Part.BEZEL)
        pairs = {
            (each.sold.id, each.now.id) for each in queries.pairs_of_dispute(db, opened.dispute_id)
        }
        assert pairs == {(each.sold.id, each.now.id) for each in found} | {(bezel, told)}

    database.write(story)
