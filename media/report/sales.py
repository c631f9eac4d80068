"""What a sale keeps of a piece's record (購入時の状態, R-015), and who said that they have seen it
(確認しました, R-016).

At the sale the report in force and every capture that was in the house become a set that is only
read from then on; what comes later changes nothing of it. Not here: how the buyer is shown it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from catalog.ground import journal
from catalog.ground.record import ConversationId, CustomerId, UnitId, new_id
from catalog.ground.session.database import insert_once
from catalog.orders.states import LineState
from catalog.orders.steps import lines_of
from catalog.orders.tables import SaleOrder
from media.assets.tables import Asset
from media.log import actions as log
from media.log.rules import canonical
from media.report.actions import subject
from media.report.queries import ReportMissing, captures, in_force
from media.report.tables import ConditionReport, ConditionSeen, SaleExhibit, SaleRecord

_NOT_SOLD = frozenset({LineState.OPEN.value, LineState.CANCELLED.value})


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """`seen_at`: when they said so for the first time."""

    seen_at: datetime
    is_new: bool


def freeze(db: Session, order_id: str, *, now: datetime) -> int:
    """Keep what was on record of each piece of a paid order; how many records are new. A repeat
    changes nothing.
    """
    order = db.get(SaleOrder, order_id)
    if order is None or order.paid_at is None:
        return 0
    lines = [each for each in lines_of(db, order_id) if each.state not in _NOT_SOLD]
    return sum(
        _freeze(db, order_id, UnitId(each.unit_id), sold_at=order.paid_at, now=now)
        for each in lines
    )


def _freeze(
    db: Session, order_id: str, unit_id: UnitId, *, sold_at: datetime, now: datetime
) -> bool:
    if record_of(db, order_id, unit_id) is not None:
        return False
    report = in_force(db, unit_id, until=sold_at)
    kept = [each for each in captures(db, unit_id, since=None) if each.received_at <= sold_at]
    facts = {
        "exhibits": [[each.id, each.sha256] for each in kept],
        "report": report.manifest_sha256 if report is not None else None,
    }
    digest = hashlib.sha256(canonical(facts).encode()).hexdigest()
    record_id = new_id(now)
    leaf = {
        "sale_record": record_id,
        "unit": unit_id,
        "order": order_id,
        "report": report.id if report is not None else None,
        "frozen": digest,
        "exhibits": len(kept),
    }
    number = log.append(db, "sale.frozen", leaf, now=now)
    row = SaleRecord(
        id=record_id,
        order_id=order_id,
        unit_id=unit_id,
        report_id=report.id if report is not None else None,
        frozen=digest,
        log_number=number,
        sold_at=sold_at,
        frozen_at=now,
    )
    db.add(row)
    db.flush()
    db.add_all(_exhibit(record_id, each) for each in kept)
    db.flush()
    journal.record(db, f"unit:{unit_id}", "condition_kept", actor="bot", at=now, facts=leaf)
    return True


def _exhibit(record_id: str, asset: Asset) -> SaleExhibit:
    return SaleExhibit(
        sale_record_id=record_id,
        asset_id=asset.id,
        sha256=asset.sha256,
        part=asset.part,
        kind=asset.kind,
        captured_at=asset.captured_at,
    )


def record_of(db: Session, order_id: str, unit_id: UnitId) -> SaleRecord | None:
    """What that sale keeps of that piece."""
    return db.exec(
        select(SaleRecord).where(SaleRecord.order_id == order_id, SaleRecord.unit_id == unit_id)
    ).first()


def exhibits(db: Session, record_id: str) -> Sequence[SaleExhibit]:
    """Its captures, the oldest first."""
    return db.exec(
        select(SaleExhibit)
        .where(SaleExhibit.sale_record_id == record_id)
        .order_by(col(SaleExhibit.captured_at), col(SaleExhibit.asset_id))
    ).all()


def seen_by(db: Session, customer_id: CustomerId, report_id: str) -> ConditionSeen | None:
    """That this customer said they have seen that report."""
    return db.exec(
        select(ConditionSeen).where(
            ConditionSeen.customer_id == customer_id, ConditionSeen.report_id == report_id
        )
    ).first()


def acknowledge(
    db: Session,
    customer_id: CustomerId,
    report_id: str,
    *,
    conversation: ConversationId,
    lang: str,
    now: datetime,
) -> Acknowledged:
    """「確認しました」 of an issued report: which one, by its digest, and when. Said again, the
    first time stands. Raises ReportMissing.
    """
    report = db.get(ConditionReport, report_id)
    if report is None or report.manifest_sha256 is None:
        raise ReportMissing("no such report")
    before = seen_by(db, customer_id, report_id)
    if before is not None:
        return Acknowledged(before.seen_at, is_new=False)
    seen_id = new_id(now)
    leaf = {"seen": seen_id, "report": report_id, "manifest": report.manifest_sha256}
    values = {
        "id": seen_id,
        "customer_id": customer_id,
        "unit_id": report.unit_id,
        "report_id": report_id,
        "manifest_sha256": report.manifest_sha256,
        "conversation": conversation,
        "lang": lang,
        "log_number": log.append(db, "condition.seen", leaf, now=now),
        "seen_at": now,
    }
    if not insert_once(db, ConditionSeen, values):
        earlier = seen_by(db, customer_id, report_id)
        assert earlier is not None
        return Acknowledged(earlier.seen_at, is_new=False)
    actor = f"customer:{customer_id}"
    journal.record(db, subject(report_id), "seen", actor=actor, at=now, facts=leaf)
    return Acknowledged(now, is_new=True)
