"""Sending a customer to a dealer who pays better (紹介): free of charge, and only after they agreed
to be named (QUO-7, R-053).
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from catalog.buyback import cases, gates, rules
from catalog.buyback.cases import Act, CaseMalformed, MoverRefused, StageRefused, Standing
from catalog.buyback.inquiry import QuoteState
from catalog.buyback.returns import start_return, unit_of
from catalog.buyback.stages import Stage
from catalog.buyback.tables import CasePiece, Quote, Referral, ReferralProposal
from catalog.duties.actors import Actor, Role
from catalog.ground import worklist
from catalog.ground.errors import Refused
from catalog.ground.journal import Command
from catalog.ground.money import Yen
from catalog.ground.record import new_id
from catalog.items import actions as items
from catalog.items.kinds import Custody, UnitState
from catalog.partners.tables import Partner

WANTED = "referral_wanted"  # task: a customer agreed to be sent on, and waits for a name
_STAGES = (Stage.INQUIRY, Stage.QUOTED, Stage.REJECTED, Stage.OFFERED)


class ReferralRefused(Refused):
    """The shop offers as much as the other dealer; there is nothing to gain (QUO-7)."""


@dataclass(frozen=True, slots=True)
class Introduction:
    """Who is named to whom. `consent`: the customer's own message; `consent_text`: the version of
    the words they agreed to; `sends_goods`: the piece goes straight on instead of home.
    """

    partner_id: str
    reason: str
    consent: str
    consent_text: str
    indication: Yen | None = None
    sends_goods: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """A dealer named to the customer: who, why, and what they would pay as far as it is known."""

    id: str
    piece_id: str
    partner_id: str
    dealer: str
    reason: str
    indication: Yen | None


def propose(
    db: Session,
    piece_id: str,
    partner_id: str,
    *,
    reason: str,
    indication: Yen | None = None,
    actor: Actor,
    now: datetime,
    key: str,
) -> Standing:
    """Staff name a better dealer to the customer, before anything of theirs is passed on; `made` is
    the proposal (QUO-7, R-053). Whoever was asked to do so need not any more. Raises CaseMissing,
    MoverRefused, CaseMalformed, StageRefused, ReferralRefused.
    """
    request = {
        "verb": "buyback.propose_referral",
        "piece": piece_id,
        "partner": partner_id,
        "reason": reason,
        "indication": indication,
    }
    command = Command(key, request)
    if (before := cases.repeated(db, command)) is not None:
        return before
    act = cases.begin(db, cases.case_of_piece(db, piece_id), actor=actor, now=now)
    piece = act.piece(piece_id)
    if not actor.is_staff:
        raise MoverRefused(actor.role, "naming another dealer")
    _need_referrable(act, piece, partner_id, reason, indication)
    row = ReferralProposal(
        id=new_id(now),
        piece_id=piece_id,
        partner_id=partner_id,
        indication=indication,
        reason=reason,
        proposed_by=actor.name,
        proposed_at=now,
    )
    db.add(row)
    worklist.close_tasks(db, act.about, WANTED, now=now, piece=piece_id)
    return act.end(
        "referral_proposed", command, facts={"proposal": row.id, "partner": partner_id},
        phase="referral_proposed", told={"piece": piece_id, "proposal": row.id}, made=row.id,
    )  # fmt: skip


def _need_referrable(
    act: Act, piece: CasePiece, partner_id: str, reason: str, indication: Yen | None
) -> None:
    if Stage(piece.stage) not in _STAGES:
        raise StageRefused(piece.id, Stage(piece.stage), Stage.REFERRED)
    if not reason.strip():
        raise CaseMalformed("reason", "the customer is told why")
    if act.db.get(Partner, partner_id) is None:
        raise CaseMalformed("partner", "is not known")
    terms = cases.quote_terms(act.db, act.case)
    own = _own_offer(act, piece)
    if not rules.should_refer(terms, own_offer=own, partner_indication=indication):
        raise ReferralRefused(piece.id)


def may_propose(db: Session, piece_id: str) -> bool:
    """Whether a dealer may be named where the piece stands."""
    piece = db.get(CasePiece, piece_id)
    return piece is not None and Stage(piece.stage) in _STAGES


def proposal_of(db: Session, piece_id: str) -> Proposal | None:
    """The dealer named last for a piece and not agreed to yet."""
    row = db.exec(
        select(ReferralProposal, Partner.name)
        .where(
            ReferralProposal.piece_id == piece_id,
            col(ReferralProposal.answered_at).is_(None),
            Partner.id == ReferralProposal.partner_id,
        )
        .order_by(col(ReferralProposal.id).desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    told, dealer = row
    indication = Yen(told.indication) if told.indication is not None else None
    return Proposal(told.id, told.piece_id, told.partner_id, dealer, told.reason, indication)


def refer(
    db: Session, piece_id: str, told: Introduction, *, actor: Actor, now: datetime, key: str
) -> Standing:
    """The customer agrees to be sent on; `made` is the referral (QUO-7, R-053). Raises
    CustomerOnly, CaseMissing, CaseMalformed, StageRefused, ReferralRefused.
    """
    command = Command(key, {"verb": "buyback.refer", "piece": piece_id, **asdict(told)})
    if (before := cases.repeated(db, command)) is not None:
        return before
    case_id = cases.case_of_piece(db, piece_id)
    act = cases.begin_for_customer(db, case_id, actor=actor, now=now)
    piece = act.piece(piece_id)
    if not all(each.strip() for each in (told.consent, told.consent_text)):
        raise CaseMalformed("consent", "the customer's message and its text are wanted")
    _need_referrable(act, piece, told.partner_id, told.reason, told.indication)
    row = _row(act, piece, told, _own_offer(act, piece))
    db.add(row)
    db.connection().execute(
        update(ReferralProposal)
        .where(
            col(ReferralProposal.piece_id) == piece_id,
            col(ReferralProposal.answered_at).is_(None),
        )
        .values(answered_at=now)
    )
    _leave(act, piece, told)
    return act.end(
        "referred", command, facts={"referral": row.id, "partner": told.partner_id},
        phase="referred",
        told={
            "piece": piece_id, "partner": told.partner_id, "indication": told.indication,
            "fee": 0, "sends_goods": told.sends_goods,
        },
        made=row.id,
    )  # fmt: skip


def _own_offer(act: Act, piece: CasePiece) -> Yen | None:
    """What the shop offers now: the binding amount, else the top of its range."""
    if Stage(piece.stage) is Stage.REJECTED:
        return None
    quote = act.db.exec(
        select(Quote).where(Quote.piece_id == piece.id, Quote.state == QuoteState.OPEN.value)
    ).first()
    if quote is None:
        return None
    return Yen(quote.amount or quote.high or 0)


def _row(act: Act, piece: CasePiece, told: Introduction, own: Yen | None) -> Referral:
    return Referral(
        id=new_id(act.now),
        case_id=act.case.id,
        piece_id=piece.id,
        partner_id=told.partner_id,
        own_offer=own,
        indication=told.indication,
        reason=told.reason,
        consent=told.consent,
        consent_text=told.consent_text,
        is_sent_on=told.sends_goods,
        agreed_at=act.now,
    )


def _leave(act: Act, piece: CasePiece, told: Introduction) -> None:
    """Without the goods here the case ends; goods here go on to the dealer, or home."""
    stage = Stage(piece.stage)
    if stage is Stage.OFFERED:
        act.go(piece, Stage.DECLINED)
        quote = act.db.exec(
            select(Quote).where(Quote.piece_id == piece.id, Quote.state == QuoteState.OPEN.value)
        ).first()
        if quote is not None:
            quote.state = QuoteState.DECLINED.value
            act.note(quote)
    gates.drop_quotes(act, piece)
    if stage in {Stage.INQUIRY, Stage.QUOTED}:
        act.go(piece, Stage.REFERRED)
    elif told.sends_goods and stage is Stage.OFFERED:
        act.go(piece, Stage.REFERRED)
        items.move(
            act.db, unit_of(piece), UnitState.REFERRED, by=act.actor.name, now=act.now,
            verb="referred", custody=Custody.PARTNER.value, facts={"partner": told.partner_id},
        )  # fmt: skip
    else:
        start_return(act, piece, role=Role.SCHEDULER)


def referrals(db: Session, *, since: datetime, limit: int = 500) -> Sequence[Referral]:
    """Who was sent to whom and why, latest first (R-053)."""
    return db.exec(
        select(Referral)
        .where(col(Referral.agreed_at) >= since)
        .order_by(col(Referral.id).desc())
        .limit(limit)
    ).all()
