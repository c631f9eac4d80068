"""What an evidence zip tells beside the captures (証拠一式の記述): what a sale kept, what was shown
and acknowledged, what was found by comparing, where the piece has been, and what was claimed of it.

Each is a file of its own that the leaf of the zip binds. Where an earlier leaf has the digest of a
list, the very text of that list is a file too, so that nothing here hangs on the zip's leaf alone.
Of people it says what they were in it (buyer, partner, customer), never who: no names, no ids but
those of staff that leaves tell already.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

import orjson
from sqlalchemy import and_, or_
from sqlmodel import Session, col, select

from catalog.ground.record import Sha256, UnitId, to_millis
from catalog.items.kinds import custody_of
from catalog.orders.tables import ReturnCase
from media.assets.tables import Asset
from media.comparing.tables import Comparison
from media.disputes.actions import subject
from media.disputes.closing import answer_of
from media.disputes.queries import claimant
from media.disputes.tables import Dispute
from media.log import queries as log
from media.log.rules import canonical
from media.report import queries as reports
from media.report import sales, timeline
from media.report.tables import ConditionReport, ConditionSeen, SaleRecord
from media.sharing import looks
from media.sharing.shares import SHOP
from media.sharing.tables import Look, MediaPass, Share, SharedAsset

_MOST_LOOKED = 10_000  # browsers at one page


@dataclass(frozen=True, slots=True)
class Text:
    """A text whose digest a leaf has, letter by letter; `path` below `data/`."""

    path: str
    content: bytes
    leaf: int

    @property
    def sha256(self) -> Sha256:
        """Its digest."""
        return Sha256(sha256(self.content).hexdigest())


@dataclass(slots=True)
class Testimony:
    """`told`: the files, by name; `leaves` tell of what is in them; `assets` are spoken of and
    belong into the zip.
    """

    told: dict[str, Any] = field(default_factory=dict)
    texts: list[Text] = field(default_factory=list)
    leaves: set[int] = field(default_factory=set)
    assets: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Scope:
    """Of a piece, or of one claim about it: `who` claims it, `until` when it is looked at."""

    unit_id: UnitId
    claim: Dispute | None = None
    who: str | None = None

    @property
    def opened_at(self) -> datetime | None:
        return self.claim.opened_at if self.claim is not None else None

    @property
    def closed_at(self) -> datetime | None:
        return self.claim.closed_at if self.claim is not None else None


def of_piece(db: Session, unit_id: UnitId) -> Testimony:
    """All there is to tell of a piece."""
    return _gather(db, _Scope(unit_id))


def of_dispute(db: Session, claim: Dispute) -> Testimony:
    """Of a claim: the sale it is measured by, what the claimant saw until they made it, and what
    was found until it was closed.
    """
    scope = _Scope(UnitId(claim.unit_id), claim, claimant(db, claim))
    found = _gather(db, scope)
    found.told["claim"] = {
        "dispute": claim.id, "unit": claim.unit_id, "order": claim.order_id, "part": claim.part,
        "by": _role(scope.who, scope.who), "frozen": claim.frozen, "leaf": claim.log_number,
        "sold_at": _at(claim.sold_at), "opened_at": _at(claim.opened_at),
        "promised_at": _at(claim.promised_at), "state": claim.state,
        "closed_at": _at(claim.closed_at), "closed_by": claim.closed_by,
        "answer": _answered(db, claim, found),
    }  # fmt: skip
    return found


def _answered(db: Session, claim: Dispute, found: Testimony) -> dict[str, Any] | None:
    """How it ended: outcome, words and what follows, as the leaf of then has their digest."""
    closed = [
        each.number
        for each in log.leaves_about(db, claim.unit_id)
        if each.kind == "dispute.closed" and orjson.loads(each.payload)["dispute"] == claim.id
    ]
    if not closed:
        return None
    found.leaves |= set(closed)
    told = answer_of(claim)
    text = f"claim/{claim.id}.json"
    if claim.answer_salt is not None:
        found.texts.append(Text(text, canonical(told).encode(), closed[-1]))
    back = db.get(ReturnCase, claim.return_id) if claim.return_id is not None else None
    return {
        "outcome": claim.outcome, "follow": claim.follow, "words": claim.answer,
        "return": back.return_no if back is not None else None, "leaf": closed[-1],
        "text": f"data/{text}" if claim.answer_salt is not None else None,
    }  # fmt: skip


def _gather(db: Session, scope: _Scope) -> Testimony:
    found = Testimony()
    found.told["sale"] = [_sale(db, scope, each, found) for each in _sales(db, scope)]
    found.told["seen"] = {
        "acknowledged": [_seen(db, scope, *each, found) for each in _acknowledged(db, scope)],
        "pages": _told_pages(db, scope, found),
        "sent": _sent(db, scope),
    }
    found.told["comparison"] = {
        "findings": [_finding(each, found) for each in _comparisons(db, scope)],
        "returns": [_return(each) for each in _returns(db, scope)],
        "pins": _pins(db, scope),
    }
    found.told["custody"] = _custody(db, scope)
    return found


def _role(who: str | None, claimant: str | None) -> str | None:
    """`claimant`, or what kind of somebody it was."""
    if who is None:
        return None
    return "claimant" if who == claimant else who.partition(":")[0]


def _sales(db: Session, scope: _Scope) -> Sequence[SaleRecord]:
    which = select(SaleRecord).where(SaleRecord.unit_id == scope.unit_id)
    if scope.claim is not None:
        which = which.where(SaleRecord.order_id == (scope.claim.order_id or ""))
    return db.exec(which.order_by(col(SaleRecord.log_number))).all()


def _sale(db: Session, scope: _Scope, row: SaleRecord, found: Testimony) -> dict[str, Any]:
    kept = sales.exhibits(db, row.id)
    report = db.get(ConditionReport, row.report_id) if row.report_id else None
    manifest = report.manifest_sha256 if report is not None else None
    listed = [[each.asset_id, each.sha256] for each in kept]
    content = canonical({"exhibits": listed, "report": manifest}).encode()
    found.texts.append(Text(f"sale/{row.id}.json", content, row.log_number))
    found.assets |= {each.asset_id for each in kept}
    return {
        "sale_record": row.id, "order": row.order_id, "leaf": row.log_number,
        "sold_at": _at(row.sold_at), "frozen_at": _at(row.frozen_at), "frozen": row.frozen,
        "text": f"data/sale/{row.id}.json",
        "report": report.code if report is not None else None, "manifest": manifest,
        "exhibits": [
            {"asset": each.asset_id, "sha256": each.sha256, "part": each.part, "kind": each.kind,
             "captured_at": _at(each.captured_at)}
            for each in kept
        ],
    }  # fmt: skip


def _acknowledged(db: Session, scope: _Scope) -> Sequence[tuple[ConditionSeen, str | None]]:
    which = select(ConditionSeen, ConditionReport.code).where(
        ConditionSeen.unit_id == scope.unit_id, ConditionReport.id == ConditionSeen.report_id
    )
    if scope.claim is not None:
        customer = (scope.who or "").removeprefix("customer:")
        which = which.where(
            ConditionSeen.customer_id == customer,
            col(ConditionSeen.seen_at) <= scope.claim.opened_at,
        )
    return [(row, code) for row, code in db.exec(which.order_by(col(ConditionSeen.log_number)))]


def _seen(
    db: Session, scope: _Scope, row: ConditionSeen, code: str | None, found: Testimony
) -> dict[str, Any]:
    """「確認しました」: of which version of the report, by its digest, and when."""
    found.leaves.add(row.log_number)
    return {
        "seen": row.id, "by": _role(f"customer:{row.customer_id}", scope.who),
        "report": code, "manifest": row.manifest_sha256, "lang": row.lang,
        "seen_at": _at(row.seen_at), "leaf": row.log_number,
    }  # fmt: skip


def _pages(db: Session, scope: _Scope) -> Sequence[Share]:
    """Of a claim: those the claimant made or was given, and those made for nobody named. What only
    gives an evidence zip showed nobody anything.
    """
    which = select(Share).where(Share.unit_id == scope.unit_id, col(Share.evidence).is_(None))
    if scope.claim is not None:
        which = which.where(
            col(Share.made_at) <= scope.claim.opened_at,
            or_(
                col(Share.holder) == scope.who,
                col(Share.audience) == scope.who,
                and_(col(Share.holder) == SHOP, col(Share.audience).is_(None)),
            ),
        )
    return db.exec(which.order_by(col(Share.id))).all()


def _told_pages(db: Session, scope: _Scope, found: Testimony) -> list[dict[str, Any]]:
    leaves: dict[tuple[str, str], int] = {}
    for each in log.leaves_about(db, scope.unit_id):
        if each.kind in {"share.made", "share.revoked"}:
            leaves[each.kind, str(orjson.loads(each.payload)["share"])] = each.number
    return [_page(db, scope, each, leaves, found) for each in _pages(db, scope)]


def _page(
    db: Session,
    scope: _Scope,
    row: Share,
    leaves: Mapping[tuple[str, str], int],
    found: Testimony,
) -> dict[str, Any]:
    rows = db.exec(
        select(SharedAsset).where(SharedAsset.share_id == row.id).order_by(col(SharedAsset.place))
    ).all()
    listed = [[each.asset_id, each.sha256] for each in rows]
    leaf, ended = leaves.get(("share.made", row.id)), leaves.get(("share.revoked", row.id))
    if leaf is not None:
        content = canonical({"assets": listed}).encode()
        found.texts.append(Text(f"seen/{row.id}.json", content, leaf))
    found.leaves |= {ended} if ended is not None else set()
    report = db.get(ConditionReport, row.report_id) if row.report_id else None
    viewings = looks.viewings_of(db, row.id, limit=_MOST_LOOKED)
    until = scope.opened_at
    return {
        "share": row.id, "made_by": _role(row.holder, scope.who),
        "for": _role(row.audience, scope.who), "leaf": leaf, "assets": listed,
        "made_at": _at(row.made_at), "ends_at": _at(row.ends_at),
        "closed_at": _at(row.revoked_at), "reach": row.reach, "lang": row.lang,
        "report": report.code if report is not None else None,
        "browsers": [
            {"mark": each.mark, "since": _at(each.begun_at), "program": each.agent,
             "looks": _looks(db, each.viewing_id, until)}
            for each in sorted(viewings, key=lambda each: (each.begun_at, each.viewing_id))
            if until is None or each.begun_at <= until
        ],
    }  # fmt: skip


def _looks(db: Session, viewing_id: str, until: datetime | None) -> list[dict[str, Any]]:
    """What one browser was shown, each thing and capture once, with how often and when."""
    counted: dict[tuple[str, str, str | None], list[Any]] = {}
    rows = db.exec(select(Look).where(Look.viewing_id == viewing_id).order_by(col(Look.id)))
    for each in rows:
        if until is not None and each.at > until:
            continue
        held = counted.setdefault((each.what, each.result, each.asset_id), [0, each.at, each.at])
        held[0], held[2] = held[0] + each.times, each.at
    return [
        {"what": what, "result": result, "asset": asset, "times": times, "first_at": _at(first),
         "last_at": _at(last)}
        for (what, result, asset), (times, first, last) in counted.items()
    ]  # fmt: skip


def _sent(db: Session, scope: _Scope) -> list[dict[str, Any]]:
    """Films and pictures of it that were sent into a chat, and fetched there."""
    which = (
        select(Look)
        .where(Asset.unit_id == scope.unit_id, Asset.id == Look.asset_id)
        .where(MediaPass.token_hash == Look.pass_hash)
    )
    if scope.claim is not None:
        which = which.where(
            MediaPass.conversation == scope.claim.conversation,
            col(Look.at) <= scope.claim.opened_at,
        )
    return [
        {"asset": each.asset_id, "at": _at(each.at), "result": each.result, "times": each.times,
         "program": each.agent}
        for each in db.exec(which.order_by(col(Look.id)))
    ]  # fmt: skip


def _comparisons(db: Session, scope: _Scope) -> Sequence[Comparison]:
    """Of pairs that both belong here: of the piece, or sent in for this claim."""
    here: Any = col(Asset.unit_id) == scope.unit_id
    if scope.claim is not None:
        here = or_(here, col(Asset.about) == subject(scope.claim.id))
    ids = select(Asset.id).where(here)
    which = select(Comparison).where(
        col(Comparison.earlier_id).in_(ids), col(Comparison.later_id).in_(ids)
    )
    if scope.closed_at is not None:
        which = which.where(col(Comparison.decided_at) <= scope.closed_at)
    return db.exec(which.order_by(col(Comparison.log_number))).all()


def _finding(row: Comparison, found: Testimony) -> dict[str, Any]:
    lay = {"registration": row.registration, "matrix": row.matrix, "boxes": row.boxes}
    content = canonical(lay).encode()
    found.texts.append(Text(f"comparison/{row.id}.json", content, row.log_number))
    found.assets |= {row.earlier_id, row.later_id}
    return {
        "comparison": row.id, "leaf": row.log_number, "text": f"data/comparison/{row.id}.json",
        "earlier": {"asset": row.earlier_id, "sha256": row.earlier_sha256},
        "later": {"asset": row.later_id, "sha256": row.later_sha256},
        "verdict": row.verdict, "note": row.note, "decided_by": row.decided_by,
        "decided_at": _at(row.decided_at),
    }  # fmt: skip


def _returns(db: Session, scope: _Scope) -> Sequence[ReturnCase]:
    which = select(ReturnCase).where(ReturnCase.unit_id == scope.unit_id)
    if scope.claim is not None:
        which = which.where(ReturnCase.order_id == (scope.claim.order_id or ""))
    return db.exec(which.order_by(col(ReturnCase.id))).all()


def _return(row: ReturnCase) -> dict[str, Any]:
    """What comparing a returned piece with its dispatch record showed (R-099)."""
    return {
        "return": row.return_no, "kind": row.kind, "state": row.state,
        "asked_at": _at(row.asked_at), "comparison": row.comparison_id,
        "compared_by": row.compared_by, "found": row.findings,
    }  # fmt: skip


def issued(db: Session, unit_id: UnitId, claim: Dispute | None) -> list[ConditionReport]:
    """Every report of the piece in every version; of a claim those until it was closed."""
    return reports.issued_of(db, unit_id, until=claim.closed_at if claim is not None else None)


def _pins(db: Session, scope: _Scope) -> list[dict[str, Any]]:
    """The findings of every report with the picture each is on (R-019), as the report tells it."""
    return [
        {"report": report.code, "sha256": taken.get(each["asset"]), **each}
        for report in issued(db, scope.unit_id, scope.claim)
        for manifest in [orjson.loads(report.manifest or "{}")]
        for taken in [{one["asset"]: one["sha256"] for one in manifest.get("captures", [])}]
        for each in manifest.get("findings", [])
    ]


def _custody(db: Session, scope: _Scope) -> list[dict[str, Any]]:
    """The phases of its past (R-022): in whose kind of hands, and the captures of each."""
    return [
        {
            "phase": each.stretch.phase.value, "since": _at(each.stretch.since),
            "until": _at(each.stretch.until),
            "steps": [
                {"at": _at(step.at), "verb": step.verb, "state": step.state.value,
                 "hands": custody_of(step.custody).value}
                for step in each.stretch.steps
            ],
            "captures": [[taken.id, taken.sha256] for taken in each.captures],
            "is_lacking": each.is_lacking,
        }
        for each in timeline.timeline(db, scope.unit_id)
    ]  # fmt: skip


def _at(moment: datetime | None) -> int | None:
    return to_millis(moment) if moment is not None else None
