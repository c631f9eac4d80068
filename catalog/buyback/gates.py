"""What must hold before a step of a case (関門): the visit that was asked for, the person's
identity, cash within limits, and no police in the way.
"""

from collections.abc import Sequence

from sqlmodel import col, select

from catalog.buyback.cases import Act
from catalog.buyback.inquiry import Purpose, QuoteState
from catalog.buyback.payouts import actions as payouts
from catalog.buyback.payouts.queries import of as payouts_of
from catalog.buyback.payouts.rules import PayoutStatus
from catalog.buyback.stages import Stage
from catalog.buyback.tables import CasePiece, Quote
from catalog.duties.actors import Role
from catalog.duties.identity.queries import require_identity
from catalog.duties.rules import Channel, Deal, ItemKind
from catalog.duties.visits import actions as visits
from catalog.duties.visits.actions import VisitMissing
from catalog.duties.visits.tables import Visit
from catalog.ground.calendar import tokyo_day
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId
from catalog.items.kinds import Category

_NOT_LEFT = frozenset({PayoutStatus.PLANNED, PayoutStatus.RELEASED, PayoutStatus.FAILED})


def bind_visit(act: Act, visit_id: str, pieces: Sequence[CasePiece]) -> None:
    """The case rests on a visit the customer asked for, with these kinds named (KOB-8, TOK-2).
    Raises VisitMissing, KindNotNamed.
    """
    visit = act.db.get(Visit, visit_id)
    if visit is None or visit.customer_id != act.case.customer_id:
        raise VisitMissing(visit_id)
    visits.bind_case(
        act.db, visit_id, act.case.id, kinds={ItemKind(piece.category) for piece in pieces},
        by=act.actor.name, now=act.now,
    )  # fmt: skip


def require_visit(act: Act, pieces: Sequence[CasePiece], *, makes_offer: bool) -> None:
    """At the customer's home only what they asked for is taken, and priced only where they allowed
    an offer; nothing is asked of the other ways (KOB-8, TOK-2).

    Raises VisitMissing, KindNotNamed, OnlyAppraisal, LicenceCardMissing, SolicitationRefused.
    """
    if act.channel is not Channel.HOME_VISIT:
        return
    found = act.db.exec(select(Visit.id).where(Visit.case_id == act.case.id)).first()
    if found is None:
        raise VisitMissing(act.case.id)
    visits.require_visit(
        act.db, found, customer=CustomerId(act.case.customer_id),
        kinds={ItemKind(piece.category) for piece in pieces}, makes_offer=makes_offer,
    )  # fmt: skip


def kind_of(piece: CasePiece) -> ItemKind:
    """The piece as the law tells it apart; a watch counts as a jewel when the appraiser found it
    set with gems or in precious metal (AML-1).
    """
    if piece.category == ItemKind.WATCH.value and piece.findings.get("is_jewelry") is True:
        return ItemKind.WATCH_JEWELRY
    return ItemKind(piece.category)


def identity_of(act: Act) -> str | None:
    """The check this deal rests on, None where none is asked for (KOB-1, KOB-7, R-061). Judged on
    the sum of all pieces sold in the case. Raises IdentityMissing, SellerTooYoung.
    """
    sold = [piece for piece in act.pieces if piece.price is not None]
    return require_identity(
        act.db,
        CustomerId(act.case.customer_id),
        deal=Deal.BUYBACK,
        total=Yen(sum(piece.price or 0 for piece in sold)),
        kinds={kind_of(piece) for piece in sold},
        on=tokyo_day(act.now),
        is_own_sale=act.case.is_bought_back,
        channel=act.channel,
        about=act.about,
    )


def is_visit(act: Act) -> bool:
    """Whether the goods were bought at the customer's home (TOK-2)."""
    return act.channel is Channel.HOME_VISIT and act.case.purpose == Purpose.BUYBACK.value


def stop_for_police(act: Act, piece: CasePiece) -> None:
    """Nothing goes on with a piece that police may want: no offer, no payment (KOB-4, KOB-5)."""
    piece.stage_before = piece.stage
    act.go(piece, Stage.POLICE_HOLD, role=Role.MANAGER)
    for payout in payouts_of(act.db, act.about):
        is_waiting = payout.status in _NOT_LEFT
        if is_waiting and _piece_of(act, payout.document) == piece.id:
            payouts.cancel(act.db, payout.id, why="police_hold", by=act.actor.name, now=act.now)


def _piece_of(act: Act, quote_id: str) -> str | None:
    return act.db.exec(select(Quote.piece_id).where(Quote.id == quote_id)).first()


def drop_quotes(act: Act, piece: CasePiece, to: QuoteState = QuoteState.WITHDRAWN) -> None:
    """No quote of the piece holds any more, but one that was answered."""
    for row in _live(act, piece):
        row.state = to.value
        act.note(row)


def has_quote(act: Act, piece: CasePiece) -> bool:
    """Whether a quote of the piece waits for an approval, the customer or to be sent."""
    return bool(_live(act, piece))


def _live(act: Act, piece: CasePiece) -> Sequence[Quote]:
    live = [QuoteState.DRAFTED.value, QuoteState.APPROVED.value, QuoteState.OPEN.value]
    wanted = select(Quote).where(Quote.piece_id == piece.id, col(Quote.state).in_(live))
    return act.db.exec(wanted).all()


def category_of(piece: CasePiece) -> Category:
    """What the shop deals in, as the price rules take it."""
    return Category(piece.category)
