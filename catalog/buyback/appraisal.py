"""From the piece in hand to the one binding offer (本査定・承認・提示).

An appraiser prices it, whoever QUO-6 names approves it, then it goes to the customer; the bot
never makes one. Not here: grading, which keeps its own evidence, and the customer's answer
(`answers`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from catalog.buyback import cases, gates, pricing, rules
from catalog.buyback.cases import Act, CaseMalformed, MoverRefused, Standing
from catalog.buyback.inquiry import (
    Purpose,
    QuoteElsewhere,
    QuoteState,
    new_quote,
    supersede,
    told_range,
)
from catalog.buyback.pricing import Basis
from catalog.buyback.returns import unit_of
from catalog.buyback.rules import Approver, QuoteKind
from catalog.buyback.stages import Stage
from catalog.buyback.tables import Approval, BuybackCase, CasePiece, Quote
from catalog.buyback.terms import PayTerms
from catalog.credit.rules import credit_bonus
from catalog.credit.terms import CreditTerms
from catalog.duties.actors import Actor, Role
from catalog.ground import policy
from catalog.ground.calendar import tokyo_day
from catalog.ground.errors import Refused
from catalog.ground.journal import Command
from catalog.ground.money import Yen
from catalog.items import actions as items
from catalog.items.kinds import UnitState
from catalog.items.tables import Unit

_MOST_YEN = 10**12
# A piece has an offer to be approved and sent only here; at the second, after a counter.
PRICED_AT = frozenset({Stage.APPROVAL_PENDING, Stage.OFFERED})
_ROLES = {
    Role.APPRAISER: Approver.APPRAISER,
    Role.SENIOR: Approver.SENIOR,
    Role.MANAGER: Approver.MANAGER,
    Role.OWNER: Approver.OWNER,
}


class OfferUnexplained(Refused):
    """The offer is below what was told: it needs a reason and evidence that are shown (QUO-4).
    `low`: the least that was told.
    """

    def __init__(self, low: Yen) -> None:
        super().__init__(f"below {low}: a reason and evidence are needed")
        self.low = low


class ApprovalRefused(Refused):
    """Not somebody in this role may approve that much (QUO-6, R-058). `role`, `needed`."""

    def __init__(self, role: Role, needed: Sequence[Approver]) -> None:
        super().__init__(f"{role.value} is not among {', '.join(needed)}")
        self.role = role
        self.needed = tuple(needed)


class OwnOffer(Refused):
    """Who made an offer that needs a second person is not that person (QUO-6). `person`."""

    def __init__(self, person: str) -> None:
        super().__init__(f"{person} made this offer")
        self.person = person


class NotApproved(Refused):
    """The offer lacks approvals (QUO-6). `needed`."""

    def __init__(self, quote_id: str, needed: Sequence[Approver]) -> None:
        super().__init__(f"quote {quote_id} needs {', '.join(needed)}")
        self.quote_id = quote_id
        self.needed = tuple(needed)


class DisposalNotAgreed(Refused):
    """The customer did not give up this piece by a word of their own (R-059). `piece_id`."""

    def __init__(self, piece_id: str) -> None:
        super().__init__(f"piece {piece_id}: its disposal was never agreed to")
        self.piece_id = piece_id


class GradeMissing(Refused):
    """The piece has no final grade, or another than the offer rests on (R-057). `graded`,
    `priced_as`.
    """

    def __init__(self, piece_id: str, graded: str | None, priced_as: str) -> None:
        super().__init__(f"piece {piece_id} is graded {graded}, priced as {priced_as}")
        self.piece_id = piece_id
        self.graded = graded
        self.priced_as = priced_as


@dataclass(frozen=True, slots=True)
class Offer:
    """What the appraiser would pay (for a repair: what it would cost the customer). `reasons`:
    codes; `evidence`: ids of media; `findings`: answers to the condition questions, as seen;
    `beside`: the consignment figures to be shown with it (R-040).
    """

    amount: Yen
    basis: Basis
    reasons: Sequence[str] = ()
    evidence: Sequence[str] = ()
    findings: Mapping[str, Any] = field(default_factory=dict)
    beside: Mapping[str, Any] | None = None


def begin_appraisal(
    db: Session, piece_id: str, *, actor: Actor, now: datetime, key: str
) -> Standing:
    """An appraiser has it on the table. Raises CaseMissing, StageRefused, MoverRefused."""
    command = Command(key, {"verb": "buyback.begin_appraisal", "piece": piece_id})
    if (before := cases.repeated(db, command)) is not None:
        return before
    act = cases.begin(db, cases.case_of_piece(db, piece_id), actor=actor, now=now)
    piece = act.piece(piece_id)
    act.go(piece, Stage.APPRAISING)
    items.move(db, unit_of(piece), UnitState.APPRAISING, by=actor.name, now=now, verb="appraising")
    return act.end("appraisal_begun", command, facts={"piece": piece_id})


def appraise(
    db: Session, piece_id: str, offer: Offer, *, actor: Actor, now: datetime, key: str
) -> Standing:
    """Price the piece in hand; `made` is the drafted binding quote (QUO-4). Also again, when the
    customer countered the offer.

    Raises OfferUnexplained, ReferenceNeeded, CaseMalformed, MoverRefused, StageRefused.
    """
    request = {**asdict(offer), "verb": "buyback.appraise", "piece": piece_id}
    request["basis"] = {**asdict(offer.basis), "missing": sorted(offer.basis.missing)}
    command = Command(key, request)
    if (before := cases.repeated(db, command)) is not None:
        return before
    act = cases.begin(db, cases.case_of_piece(db, piece_id), actor=actor, now=now)
    piece = act.piece(piece_id)
    if actor.role not in _ROLES:
        raise MoverRefused(actor.role, "a binding offer")
    if not _is_countered(act, piece):
        act.go(piece, Stage.APPROVAL_PENDING)
    quote = _drafted(act, piece, offer)
    piece.findings = dict(offer.findings)
    act.note(piece, quote)
    act.finish("price_anew", piece=piece_id)
    facts = {"piece": piece_id, "quote": quote.id, "below_floor": quote.is_below_floor}
    return act.end("appraised", command, facts=facts, made=quote.id)


def _is_countered(act: Act, piece: CasePiece) -> bool:
    if Stage(piece.stage) is not Stage.OFFERED:
        return False
    quote = open_quote(act, piece)
    return quote is not None and quote.wanted is not None


def open_quote(act: Act, piece: CasePiece) -> Quote | None:
    """What the customer may answer to now."""
    return act.db.exec(
        select(Quote)
        .where(Quote.piece_id == piece.id, Quote.state == QuoteState.OPEN.value)
        .execution_options(populate_existing=True)
    ).first()


def _drafted(act: Act, piece: CasePiece, offer: Offer) -> Quote:
    amount = offer.amount
    if isinstance(amount, bool) or not 0 < amount < _MOST_YEN:
        raise CaseMalformed("amount", "is no offer")
    terms = cases.quote_terms(act.db, act.case)
    told = told_range(act.db, piece.id)
    is_purchase = act.case.purpose == Purpose.BUYBACK.value
    if is_purchase and told is not None and rules.needs_reason(binding=amount, range_low=told[0]):
        reasons = [each for each in offer.reasons if each.strip()]
        if not reasons or not any(each.strip() for each in offer.evidence):
            raise OfferUnexplained(told[0])
    made = pricing.make(act.db, terms, piece, offer.basis, on=tokyo_day(act.now))
    quote = new_quote(act, piece, QuoteKind.BINDING, made)
    quote.amount = amount
    quote.is_below_floor = is_purchase and rules.is_below_floor(
        terms, gates.category_of(piece), expected=made.price.expected, amount=amount
    )
    quote.reasons, quote.evidence_ids = list(offer.reasons), list(offer.evidence)
    quote.beside = dict(offer.beside) if offer.beside is not None else None
    return quote


def approve(db: Session, quote_id: str, *, actor: Actor, now: datetime, key: str) -> Standing:
    """Somebody QUO-6 names binds the shop; above the manager's limit two different people do.
    Within an appraiser's own limit who made the offer stands for it alone; above it never.

    Raises CaseMissing, QuoteElsewhere, ApprovalRefused, OwnOffer.
    """
    command = Command(key, {"verb": "buyback.approve", "quote": quote_id, "by": actor.name})
    if (before := cases.repeated(db, command)) is not None:
        return before
    act = cases.begin(db, cases.case_of_quote(db, quote_id), actor=actor, now=now)
    quote = cases.quote_in(act, quote_id)
    if quote.state != QuoteState.DRAFTED.value or quote.amount is None:
        raise QuoteElsewhere(quote_id, QuoteState(quote.state))
    needed = needed_for(act, quote)
    approver = _ROLES.get(actor.role)
    if approver is None or not rules.may_approve(needed, approver):
        raise ApprovalRefused(actor.role, needed)
    if not may_bind(db, act.case, quote, actor):
        raise OwnOffer(actor.name)
    given = approvals_of(db, quote_id)
    if actor.name not in {person for person, _ in given}:
        db.add(
            Approval(quote_id=quote_id, person=actor.name, role=actor.role.value, approved_at=now)
        )
        given.append((actor.name, approver))
    if rules.is_approved(needed, given):
        quote.state = QuoteState.APPROVED.value
        act.note(quote)
    facts = {"quote": quote_id, "role": actor.role.value, "is_whole": quote.state}
    return act.end("approved", command, facts=facts, made=quote_id)


def needed_for(act: Act, quote: Quote) -> tuple[Approver, ...]:
    """Who must approve this offer."""
    return needed_of(act.db, act.case, quote)


def needed_of(db: Session, case: BuybackCase, quote: Quote) -> tuple[Approver, ...]:
    """The same, only looked at; a repair's estimate binds the shop to no payment."""
    if case.purpose == Purpose.REPAIR.value:
        return (Approver.APPRAISER,)
    terms = cases.quote_terms(db, case)
    return rules.needed_approvers(terms, Yen(quote.amount or 0), below_floor=quote.is_below_floor)


def may_bind(db: Session, case: BuybackCase, quote: Quote, actor: Actor) -> bool:
    """Whether this person's approval counts: their role reaches that far, and above an appraiser's
    own limit they are not who made the offer, unless the house goes without four eyes.
    """
    needed, approver = needed_of(db, case, quote), _ROLES.get(actor.role)
    if approver is None or not rules.may_approve(needed, approver):
        return False
    is_alone = needed == (Approver.APPRAISER,)
    has_four_eyes = policy.current(db).of(PayTerms).four_eyes
    return is_alone or not has_four_eyes or quote.made_by != actor.name


def approvals_of(db: Session, quote_id: str) -> list[tuple[str, Approver]]:
    """Who approved it, in which role."""
    rows = db.exec(select(Approval).where(Approval.quote_id == quote_id).order_by(col(Approval.id)))
    return [(row.person, Approver(row.role)) for row in rows]


def refuse_approval(
    db: Session, quote_id: str, *, reason: str, actor: Actor, now: datetime, key: str
) -> Standing:
    """An approver sends it back to be priced anew. Raises CaseMissing, QuoteElsewhere,
    ApprovalRefused; StageRefused while the police hold the piece.
    """
    request = {"verb": "buyback.refuse_approval", "quote": quote_id, "reason": reason}
    command = Command(key, request)
    if (before := cases.repeated(db, command)) is not None:
        return before
    act = cases.begin(db, cases.case_of_quote(db, quote_id), actor=actor, now=now)
    quote = cases.quote_in(act, quote_id)
    if quote.state not in {QuoteState.DRAFTED.value, QuoteState.APPROVED.value}:
        raise QuoteElsewhere(quote_id, QuoteState(quote.state))
    approver = _ROLES.get(actor.role)
    needed = needed_for(act, quote)
    if approver is None or not rules.may_approve(needed, approver):
        raise ApprovalRefused(actor.role, needed)
    piece = act.piece(quote.piece_id)
    if Stage(piece.stage) not in PRICED_AT:
        raise cases.StageRefused(piece.id, Stage(piece.stage), Stage.APPRAISING)
    quote.state = QuoteState.WITHDRAWN.value
    act.note(quote)
    if Stage(piece.stage) is Stage.APPROVAL_PENDING:
        act.go(piece, Stage.APPRAISING)
    act.task("price_anew", once=quote_id, piece=piece.id)
    return act.end("approval_refused", command, facts={"quote": quote_id, "reason": reason})


def send_offer(db: Session, quote_id: str, *, actor: Actor, now: datetime, key: str) -> Standing:
    """The binding offer goes to the customer and holds from now (QUO-5, R-057, R-052, R-040).

    Raises CaseMissing, QuoteElsewhere, NotApproved, GradeMissing, OnlyAppraisal and its kin.
    """
    command = Command(key, {"verb": "buyback.send_offer", "quote": quote_id})
    if (before := cases.repeated(db, command)) is not None:
        return before
    act = cases.begin(db, cases.case_of_quote(db, quote_id), actor=actor, now=now)
    quote = cases.quote_in(act, quote_id)
    piece = act.piece(quote.piece_id)
    needed = needed_for(act, quote) if quote.amount is not None else ()
    if quote.state == QuoteState.DRAFTED.value and quote.kind == QuoteKind.BINDING.value:
        raise NotApproved(quote_id, needed)
    if quote.state != QuoteState.APPROVED.value:
        raise QuoteElsewhere(quote_id, QuoteState(quote.state))
    gates.require_visit(act, [piece], makes_offer=True)
    if Stage(piece.stage) is not Stage.OFFERED:
        act.go(piece, Stage.OFFERED)
        _appraised(act, piece, priced_as=str(quote.inputs["grade"]))
    supersede(act, piece, but=quote)
    act.finish("repair_estimate", piece=piece.id)
    quote.state, quote.sent_at = QuoteState.OPEN.value, now
    terms = cases.quote_terms(db, act.case)
    quote.valid_through = rules.valid_through(terms, QuoteKind.BINDING, now)
    act.note(quote)
    return act.end(
        "offered", command, facts={"quote": quote_id}, phase="offered",
        told=_shown(act, piece, quote), made=quote_id,
    )  # fmt: skip


def _appraised(act: Act, piece: CasePiece, *, priced_as: str) -> None:
    unit = act.db.get_one(Unit, unit_of(piece), populate_existing=True)
    if unit.grade != priced_as:
        raise GradeMissing(piece.id, unit.grade, priced_as)
    items.move(
        act.db, unit_of(piece), UnitState.APPRAISED, by=act.actor.name, now=act.now,
        verb="appraised", facts={"grade": unit.grade},
    )  # fmt: skip


def _shown(act: Act, piece: CasePiece, quote: Quote) -> dict[str, Any]:
    amount = Yen(quote.amount or 0)
    told = told_range(act.db, piece.id)
    bonus = credit_bonus(act.policy.of(CreditTerms), amount)
    return {
        "piece": piece.id,
        "quote": quote.id,
        "is_binding": True,
        "purpose": act.case.purpose,
        "amount": amount,
        "as_credit": amount + bonus,
        "transfer_fee": act.policy.of(PayTerms).transfer_fee,
        "below_told": max(told[0] - amount, 0) if told is not None else 0,
        "reasons": list(quote.reasons),
        "evidence": list(quote.evidence_ids),
        "unlike_answers": rules.unlike_answers(piece.answers, piece.findings),
        "beside": quote.beside,
        "valid_through": quote.valid_through.isoformat() if quote.valid_through else None,
    }


def reject(
    db: Session,
    piece_id: str,
    *,
    reasons: Sequence[str],
    evidence: Sequence[str] = (),
    actor: Actor,
    now: datetime,
    key: str,
) -> Standing:
    """It cannot be bought; the customer is told why and goes on to choose (R-054). A counterfeit is
    never resold: nothing leads from here but home, or to the police.

    Raises CaseMissing, StageRefused, MoverRefused, CaseMalformed.
    """
    command = Command(
        key,
        {
            "verb": "buyback.reject",
            "piece": piece_id,
            "reasons": list(reasons),
            "evidence": list(evidence),
        },
    )
    if (before := cases.repeated(db, command)) is not None:
        return before
    if not [each for each in reasons if each.strip()]:
        raise CaseMalformed("reasons", "the customer is told why")
    act = cases.begin(db, cases.case_of_piece(db, piece_id), actor=actor, now=now)
    piece = act.piece(piece_id)
    act.go(piece, Stage.REJECTED)
    piece.rejected_reasons = list(reasons)
    gates.drop_quotes(act, piece)
    items.move(
        db, unit_of(piece), UnitState.REJECTED, by=actor.name, now=now, verb="rejected",
        facts={"reasons": list(reasons)},
    )  # fmt: skip
    told = {
        "piece": piece_id,
        "reasons": list(reasons),
        "evidence": list(evidence),
        "chosen": act.case.rejected_choice,
        "choices": ["return", "dispose", "refer"],
    }
    return act.end("rejected", command, facts={"piece": piece_id}, phase="rejected", told=told)


def consent_to_disposal(
    db: Session, piece_id: str, *, consent: str, actor: Actor, now: datetime, key: str
) -> Standing:
    """The customer gives up this one piece, by a message of their own (`consent`); staff dispose of
    it by hand. Never assumed from the choice made before sending.
    """
    command = Command(
        key, {"verb": "buyback.consent_to_disposal", "piece": piece_id, "consent": consent}
    )
    if (before := cases.repeated(db, command)) is not None:
        return before
    case_id = cases.case_of_piece(db, piece_id)
    act = cases.begin_for_customer(db, case_id, actor=actor, now=now)
    piece = act.piece(piece_id)
    if Stage(piece.stage) is not Stage.REJECTED:
        raise cases.StageRefused(piece_id, Stage(piece.stage), Stage.CLOSED)
    if not consent.strip():
        raise CaseMalformed("consent", "names the customer's message")
    piece.disposal_consent = consent
    act.note(piece)
    act.task("dispose", once=piece_id, piece=piece_id)
    return act.end("disposal_agreed", command, facts={"piece": piece_id, "consent": consent})


def dispose(db: Session, piece_id: str, *, actor: Actor, now: datetime, key: str) -> Standing:
    """A piece its customer gave up was disposed of; it ends here (R-059). Raises CaseMissing,
    StageRefused, MoverRefused, DisposalNotAgreed.
    """
    command = Command(key, {"verb": "buyback.dispose", "piece": piece_id})
    if (before := cases.repeated(db, command)) is not None:
        return before
    act = cases.begin(db, cases.case_of_piece(db, piece_id), actor=actor, now=now)
    piece = act.piece(piece_id)
    act.need_move(piece, Stage.CLOSED)
    if piece.disposal_consent is None:
        raise DisposalNotAgreed(piece_id)
    act.go(piece, Stage.CLOSED)
    items.move(
        db, unit_of(piece), UnitState.DISPOSED, by=actor.name, now=now, verb="disposed",
        facts={"case": act.case.id, "consent": piece.disposal_consent},
    )  # fmt: skip
    return act.end("disposed", command, facts={"piece": piece_id})
