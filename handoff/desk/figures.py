"""Figures (指標, R-169, R-024): how fast people are answered, what offers come to, how much is
shown with proof, what the shop owes in credit and in guarantees. Over a period of Tokyo days; exact
yen.
"""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import exists, false, func
from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from catalog.buyback.inquiry import Purpose, QuoteState
from catalog.buyback.rules import QuoteKind
from catalog.buyback.tables import BuybackCase, Quote
from catalog.consignment import queries as consignment
from catalog.credit import reports
from catalog.ground.calendar import ShopHours, at_tokyo, tokyo_day
from catalog.ground.money import Yen
from catalog.items.kinds import UnitState
from catalog.items.tables import Unit
from handoff.desk.sla import worked
from handoff.desk.tables import Ticket, TicketReason
from media.assets.kinds import ON_PAGES, AssetKind, BlobState
from media.assets.tables import Asset, Blob
from media.disputes.tables import Dispute, Exhibit

_WHOLE_BP = 10_000


@dataclass(frozen=True, slots=True)
class Spread:
    """A number of waits: how many, the middle one, and the one nine of ten do not exceed. None of
    nothing.
    """

    count: int
    middle: timedelta | None
    ninth: timedelta | None


@dataclass(frozen=True, slots=True)
class Figures:
    """`first_answer`, `resolved`: in working time, of the tickets opened in the period. Rates are
    basis points, None where there was nothing. `stars`: the mean of the ratings times 100.
    `claims`: about the state of a piece, ended in the period; `claims_with_proof`: those that a
    capture of before the sale answered.
    """

    begins: date
    ends: date
    tickets: int
    first_answer: Spread
    resolved: Spread
    kept_promises_bp: int | None
    stars: int | None
    quotes_sent: int
    quotes_accepted: int
    accepted_bp: int | None
    accepted_yen: Yen
    listed: int
    listed_with_film: int
    evidence_bp: int | None
    claims: int
    claims_with_proof: int
    claims_bp: int | None
    credit_owed: Yen
    credit_paid_part: Yen
    guarantees: Yen
    guarantees_in_force: int


def of(db: Session, begins: date, ends: date, *, hours: ShopHours, now: datetime) -> Figures:
    """The figures of the days from `begins` to `ends`, both included; what is owed and shown is of
    now.
    """
    since, until = at_tokyo(begins), at_tokyo(ends + timedelta(days=1))
    tickets = _tickets(db, since, until)
    first = [worked(hours, t.opened_at, t.answered_at) for t in tickets if t.answered_at]
    whole = [worked(hours, t.opened_at, t.closed_at) for t in tickets if t.closed_at]
    due = [t for t in tickets if t.answered_at or t.promised_at <= now]
    kept = sum(1 for t in due if t.answered_at and t.answered_at <= t.promised_at and not t.misses)
    rated = [t.rating for t in tickets if t.rating is not None]
    sent, accepted, yen = _quotes(db, since, until)
    listed, shown = _evidence(db)
    claims, proved = _claims(db, since, until)
    owed = reports.liability(db, now)
    exposure = consignment.exposure(db, on=tokyo_day(now))
    return Figures(
        begins=begins,
        ends=ends,
        tickets=len(tickets),
        first_answer=spread(first),
        resolved=spread(whole),
        kept_promises_bp=share_bp(kept, len(due)),
        stars=sum(rated) * 100 // len(rated) if rated else None,
        quotes_sent=sent,
        quotes_accepted=accepted,
        accepted_bp=share_bp(accepted, sent),
        accepted_yen=Yen(yen),
        listed=listed,
        listed_with_film=shown,
        evidence_bp=share_bp(shown, listed),
        claims=claims,
        claims_with_proof=proved,
        claims_bp=share_bp(proved, claims),
        credit_owed=owed.total,
        credit_paid_part=owed.paid,
        guarantees=exposure.owed,
        guarantees_in_force=len(exposure.rows),
    )


def _claims(db: Session, since: datetime, until: datetime) -> tuple[int, int]:
    """Claims about a piece's state that ended in the period, and those of them that were answered
    with a capture of before the sale, or of before the claim where nothing was sold.
    """
    ended = (
        select_columns(func.count())
        .select_from(Dispute)
        .where(col(Dispute.closed_at) >= since, col(Dispute.closed_at) < until)
    )
    then = func.coalesce(Dispute.sold_at, Dispute.opened_at)
    shown = exists().where(
        col(Exhibit.dispute_id) == col(Dispute.id), col(Exhibit.captured_at) <= then
    )
    connection = db.connection()
    return (
        int(connection.execute(ended).scalar_one()),
        int(connection.execute(ended.where(shown)).scalar_one()),
    )


def spread(waits: Sequence[timedelta]) -> Spread:
    """Of a number of waits."""
    if not waits:
        return Spread(0, None, None)
    ordered = sorted(waits)
    ninth = ordered[-(-len(ordered) * 9 // 10) - 1]  # of ten waits the ninth
    return Spread(len(ordered), statistics.median_low(ordered), ninth)


def share_bp(part: int, whole: int) -> int | None:
    """A share in basis points, rounded down; None of nothing."""
    return part * _WHOLE_BP // whole if whole else None


def _tickets(db: Session, since: datetime, until: datetime) -> Sequence[Any]:
    """Those people asked for; a talk staff came into by themselves waited for nobody."""
    return (
        db.connection()
        .execute(
            select_columns(
                col(Ticket.opened_at), col(Ticket.answered_at), col(Ticket.closed_at),
                col(Ticket.promised_at), col(Ticket.misses), col(Ticket.rating),
            ).where(
                col(Ticket.opened_at) >= since,
                col(Ticket.opened_at) < until,
                col(Ticket.reason) != TicketReason.TAKEN.value,
            )
        )
        .all()
    )  # fmt: skip


def _quotes(db: Session, since: datetime, until: datetime) -> tuple[int, int, int]:
    """Binding offers to buy sent in the period, those accepted since, and their yen. What a repair
    would cost is binding too, and nothing is bought by it.
    """
    rows = (
        db.connection()
        .execute(
            select_columns(col(Quote.state), func.count(), func.sum(col(Quote.amount)))
            .join(BuybackCase, col(BuybackCase.id) == col(Quote.case_id))
            .where(
                col(BuybackCase.purpose) == Purpose.BUYBACK.value,
                col(Quote.kind) == QuoteKind.BINDING.value,
                col(Quote.sent_at) >= since,
                col(Quote.sent_at) < until,
            )
            .group_by(col(Quote.state))
        )
        .all()
    )
    sent = sum(int(count) for _, count, _ in rows)
    accepted = [row for row in rows if row[0] == QuoteState.ACCEPTED.value]
    return (
        sent,
        sum(int(count) for _, count, _ in accepted),
        sum(int(yen or 0) for _, _, yen in accepted),
    )


def _evidence(db: Session) -> tuple[int, int]:
    """How many pieces are on sale, and how many of them with a film that can be looked at and whose
    original is kept; a photographed tag, or what was sent in by somebody, is none of the piece.
    """
    on_sale = col(Unit.state).in_([UnitState.LISTED.value, UnitState.RESERVED.value])
    film = exists().where(
        col(Asset.unit_id) == col(Unit.id),
        col(Asset.kind) == AssetKind.FILM.value,
        col(Asset.is_tag).is_(false()),
        col(Asset.about).is_(None),
        col(Asset.laid_aside).is_(None),
        col(Asset.readiness).in_([each.value for each in ON_PAGES]),
        col(Blob.sha256) == col(Asset.sha256),
        col(Blob.state) == BlobState.KEPT.value,
    )
    listed = select_columns(func.count()).select_from(Unit).where(on_sale)
    connection = db.connection()
    return (
        int(connection.execute(listed).scalar_one()),
        int(connection.execute(listed.where(film)).scalar_one()),
    )
