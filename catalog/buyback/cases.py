"""A buyback case in hand: finding and locking it, bringing its pieces on, and the one way an act
ends (買取案件).

Every verb locks the case first, so two of them never work on one case at once. Not here: why a
piece moves; that is said by the verbs beside it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from catalog.buyback import deadlines
from catalog.buyback.stages import Stage, may_move, standing
from catalog.buyback.tables import BuybackCase, CasePiece, Quote
from catalog.buyback.terms import CaseTerms, PayTerms, QuoteTerms
from catalog.duties.actors import Actor, Role
from catalog.duties.rules import Channel
from catalog.ground import journal, policy, worklist
from catalog.ground.errors import Malformed, Missing, Refused
from catalog.ground.journal import Command
from catalog.ground.policy import Policy
from catalog.ground.record import Row

# What staff are asked to do while a piece stands somewhere; it is done, or nobody needs it any
# more, once the piece leaves there.
_WAIT_AT: Mapping[str, frozenset[Stage]] = {
    "quote_review": frozenset({Stage.INQUIRY, Stage.QUOTED, Stage.QUOTE_EXPIRED}),
    "reference_price": frozenset({Stage.INQUIRY, Stage.QUOTED, Stage.QUOTE_EXPIRED}),
    "price_anew": frozenset({Stage.APPRAISING, Stage.OFFERED}),
    "counter_offer": frozenset({Stage.OFFERED}),
    "identity_wanted": frozenset({Stage.ACCEPTED}),
    "repair": frozenset({Stage.ACCEPTED}),
    "dispose": frozenset({Stage.REJECTED}),
    "offer_unanswered": frozenset({Stage.OFFER_EXPIRED}),
}


class CaseMissing(Missing):
    """There is no such case, piece or quote, or it is another customer's."""


class StageRefused(Refused):
    """The piece stands where this step does not begin. `before`, `after`: stages."""

    def __init__(self, piece_id: str, before: Stage, after: Stage) -> None:
        super().__init__(f"piece {piece_id}: {before.value} → {after.value} is no step")
        self.piece_id = piece_id
        self.before = before
        self.after = after


class MoverRefused(Refused):
    """Not somebody in this role may do that. `role`."""

    def __init__(self, role: Role, what: str) -> None:
        super().__init__(f"{what} is not for {role.value}")
        self.role = role


class CustomerOnly(Refused):
    """Only the customer says this; nobody of the shop, and never silence. `said_by`."""

    def __init__(self, said_by: str) -> None:
        super().__init__(f"said by {said_by}")
        self.said_by = said_by


class CaseMalformed(Malformed):
    """Something told about a case that cannot be. `field`."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field


@dataclass(frozen=True, slots=True)
class Standing:
    """A case after an act: what a repeat of the command is answered with. `made`: the id of what
    the act made (a quote, a payout, a referral).
    """

    case_id: str
    case_no: str
    state: str
    version: int
    made: str | None = None


def repeated(db: Session, command: Command) -> Standing | None:
    """What the first command with this key was answered. Raises KeyUsedOtherwise."""
    before = journal.stored_result(db, command.key, command.request)
    return None if before is None else Standing(**before)


def about(case_id: str) -> str:
    """The case as a subject of journal, worklist and payouts."""
    return f"case:{case_id}"


def quote_terms(db: Session, case: BuybackCase) -> QuoteTerms:
    """The terms the case was opened under; later versions never reach back."""
    return policy.at(db, case.policy_version).of(QuoteTerms)


@dataclass(slots=True)
class Act:
    """One command at work on one locked case: who, when, and the rows it wrote so far."""

    db: Session
    case: BuybackCase
    pieces: list[CasePiece]
    actor: Actor
    now: datetime
    wrote: list[Row] = field(default_factory=list)

    @property
    def policy(self) -> Policy:
        """The version of the terms the case was opened under."""
        return policy.at(self.db, self.case.policy_version)

    @property
    def about(self) -> str:
        """The case as a subject."""
        return about(self.case.id)

    @property
    def channel(self) -> Channel | None:
        """How the goods come, once chosen."""
        return Channel(self.case.channel) if self.case.channel else None

    def piece(self, piece_id: str) -> CasePiece:
        """One of its pieces. Raises CaseMissing."""
        for piece in self.pieces:
            if piece.id == piece_id:
                return piece
        raise CaseMissing(piece_id)

    def at(self, *stages: Stage) -> list[CasePiece]:
        """Its pieces that stand at one of these."""
        return [piece for piece in self.pieces if Stage(piece.stage) in stages]

    def open_pieces(self, piece_ids: Iterable[str] | None, *stages: Stage) -> list[CasePiece]:
        """The named pieces, or all that stand at one of these. Raises CaseMissing, StageRefused."""
        if piece_ids is None:
            return self.at(*stages)
        return [self.piece(each) for each in piece_ids]

    def go(
        self,
        piece: CasePiece,
        to: Stage,
        *,
        role: Role | None = None,
        is_override: bool = False,
    ) -> None:
        """Bring a piece on, as the table allows somebody of the actor's role (or of `role`: a
        consequence of the act). Raises StageRefused, MoverRefused.
        """
        before = Stage(piece.stage)
        self.need_move(piece, to, role=role, is_override=is_override)
        piece.stage = to.value
        piece.moved_at = self.now
        self.note(piece)
        if to is not Stage.POLICE_HOLD:  # from there it comes back to where it stood
            self._left(piece, before)

    def need_move(
        self,
        piece: CasePiece,
        to: Stage,
        *,
        role: Role | None = None,
        is_override: bool = False,
    ) -> None:
        """The same, only asked. Raises StageRefused, MoverRefused."""
        before = Stage(piece.stage)
        mover = role or self.actor.role
        if may_move(before, to, mover, is_override=is_override):
            return
        if any(may_move(before, to, each) for each in Role):
            raise MoverRefused(mover, f"{before.value} → {to.value}")
        raise StageRefused(piece.id, before, to)

    def _left(self, piece: CasePiece, before: Stage) -> None:
        names = [name for name, stages in _WAIT_AT.items() if before in stages]
        for name in names:
            self.finish(name, piece=piece.id)
        if before is Stage.SUBMITTED and not self.at(Stage.SUBMITTED):
            self.finish("packing_kit")
            self.finish("visit_wanted")

    def note(self, *rows: Row) -> None:
        """These rows are part of what the act wrote."""
        for row in rows:
            self.db.add(row)
            if not any(row is each for each in self.wrote):
                self.wrote.append(row)

    def end(
        self,
        verb: str,
        command: Command | None,
        *,
        facts: Mapping[str, Any] | None = None,
        phase: str | None = None,
        told: Mapping[str, Any] | None = None,
        made: str | None = None,
    ) -> Standing:
        """Count the case on, journal the act and tell the customer of it (`phase`, one notice a
        version; NTF-3).
        """
        self._stand()
        self.note(self.case)
        self.db.flush()
        result = Standing(self.case.id, self.case.case_no, self.case.state, self.case.version, made)
        journal.record(
            self.db,
            self.about,
            verb,
            actor=self.actor.name,
            at=self.now,
            facts=facts,
            key=command.key if command else None,
            request=command.request if command else None,
            result=asdict(result) if command else None,
            wrote=self.wrote,
        )
        if phase is not None:
            self.tell(phase, **(told or {}))
        return result

    def tell(self, phase: str, **facts: Any) -> None:
        """The customer must be told of this step; ids and yen only."""
        worklist.notice(
            self.db,
            self.about,
            phase,
            to=f"customer:{self.case.customer_id}",
            version=self.case.version,
            now=self.now,
            facts={"case_no": self.case.case_no, **facts},
        )

    def task(self, name: str, *, once: str = "", **facts: Any) -> None:
        """Staff must do something about it now."""
        worklist.task(
            self.db, name, self.about, due_at=self.now, now=self.now, once=once, facts=facts
        )

    def finish(self, name: str, **facts: Any) -> None:
        """What staff were asked to do is done: the open tasks of that name about the case, of those
        that tell these facts.
        """
        worklist.close_tasks(self.db, self.about, name, now=self.now, **facts)

    def _stand(self) -> None:
        before = Stage(self.case.state)
        after = standing([Stage(piece.stage) for piece in self.pieces])
        self.case.state = after.value
        self.case.version += 1
        self.case.changed_at = self.now
        if not deadlines.is_same_wait(before, after):
            self.case.alarm_at = self.alarm_at(after)

    def alarm_at(self, stage: Stage) -> datetime | None:
        """When a case that came to this stage now is late."""
        return deadlines.alarm_at(
            self.policy.of(CaseTerms),
            stage,
            came_at=self.now,
            channel=self.channel,
            kit_cutoff=self.policy.of(PayTerms).kit_cutoff,
        )


def begin(db: Session, case_id: str, *, actor: Actor, now: datetime) -> Act:
    """Take the case in hand until the transaction ends. Raises CaseMissing, also when a customer
    asks for another's.
    """
    case = db.exec(
        select(BuybackCase)
        .where(BuybackCase.id == case_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if case is None or (actor.role is Role.CUSTOMER and case.customer_id != actor.id):
        raise CaseMissing(case_id)
    pieces = db.exec(
        select(CasePiece)
        .where(CasePiece.case_id == case_id)
        .order_by(col(CasePiece.number))
        .execution_options(populate_existing=True)
    )
    return Act(db, case, list(pieces), actor, now)


def seen(db: Session, case: BuybackCase, *, actor: Actor, now: datetime) -> Act:
    """The case only looked at: nothing is locked, and nothing is to be written."""
    pieces = db.exec(
        select(CasePiece).where(CasePiece.case_id == case.id).order_by(col(CasePiece.number))
    )
    return Act(db, case, list(pieces), actor, now)


def begin_for_customer(db: Session, case_id: str, *, actor: Actor, now: datetime) -> Act:
    """The same for what only the customer may say. Raises CustomerOnly, CaseMissing."""
    if actor.role is not Role.CUSTOMER:
        raise CustomerOnly(actor.name)
    return begin(db, case_id, actor=actor, now=now)


def case_of_quote(db: Session, quote_id: str) -> str:
    """Whose case a quote is of. Raises CaseMissing."""
    case_id = db.exec(select(Quote.case_id).where(Quote.id == quote_id)).first()
    if case_id is None:
        raise CaseMissing(quote_id)
    return case_id


def case_of_piece(db: Session, piece_id: str) -> str:
    """Whose case a piece is of. Raises CaseMissing."""
    case_id = db.exec(select(CasePiece.case_id).where(CasePiece.id == piece_id)).first()
    if case_id is None:
        raise CaseMissing(piece_id)
    return case_id


def quote_in(act: Act, quote_id: str) -> Quote:
    """A quote of the locked case, as it stands now. Raises CaseMissing."""
    quote = act.db.exec(
        select(Quote).where(Quote.id == quote_id).execution_options(populate_existing=True)
    ).first()
    if quote is None or quote.case_id != act.case.id:
        raise CaseMissing(quote_id)
    return quote
