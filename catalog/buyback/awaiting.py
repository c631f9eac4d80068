"""What a customer was to bring and does not (品物・書類の未着): goods that never come, papers
without which nobody may be paid. They are reminded first; then a person of the shop may end it.

Silence alone ends nothing. Not here: a parcel that a carrier lost (`compensating`).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Session

from catalog.buyback import books, cases, gates
from catalog.buyback.books import Account
from catalog.buyback.cases import Act, StageRefused, Standing
from catalog.buyback.inquiry import Purpose
from catalog.buyback.returns import to_the_door, unit_of
from catalog.buyback.settling import accepted_quote
from catalog.buyback.stages import Stage
from catalog.buyback.tables import CasePiece
from catalog.buyback.terms import CaseTerms
from catalog.duties.actors import Actor
from catalog.duties.identity.actions import StaffNeeded
from catalog.duties.rules import Channel
from catalog.ground.calendar import tokyo_day
from catalog.ground.errors import Refused
from catalog.ground.journal import Command
from catalog.items import actions as items
from catalog.items.kinds import UnitState

GOODS_TASK, PAPERS_TASK = "goods_never_came", "papers_never_came"


class Awaited(StrEnum):
    """What the next step waits for."""

    GOODS = "goods"
    PAPERS = "papers"


class StillAwaited(Refused):
    """Their time is not up, and nobody of the shop ends it before. `until`: the moment."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"until {until.isoformat()}")
        self.until = until


def awaited(act: Act) -> Awaited | None:
    """What of the customer's the case waits for; None while the shop is next."""
    stage = Stage(act.case.state)
    if stage is Stage.KIT_SENT:
        return Awaited.GOODS
    if stage is Stage.SUBMITTED and act.channel is not Channel.MAIL_IN:
        return Awaited.GOODS
    if stage is Stage.ACCEPTED and act.case.purpose == Purpose.BUYBACK.value:
        return Awaited.PAPERS
    return None


def until(act: Act, what: Awaited) -> datetime:
    """From when on a person may end it."""
    terms = act.policy.of(CaseTerms)
    days = terms.goods_days if what is Awaited.GOODS else terms.papers_days
    since = min((each.moved_at for each in _missing(act, what)), default=act.now)
    return since + timedelta(days=days)


def overdue(act: Act) -> Awaited | None:
    """What never came and may be given up now."""
    what = awaited(act)
    return what if what is not None and act.now >= until(act, what) else None


def _missing(act: Act, what: Awaited) -> Sequence[CasePiece]:
    if what is Awaited.PAPERS:
        return act.at(Stage.ACCEPTED)
    return act.at(Stage.SUBMITTED, Stage.KIT_SENT)


def remind(act: Act, what: Awaited) -> datetime | None:
    """The customer is reminded, or, once their time is up, a person of the shop is asked; when to
    look again.
    """
    end = until(act, what)
    if act.now < end:
        phase = "goods_awaited" if what is Awaited.GOODS else "papers_awaited"
        act.tell(phase, pieces=len(_missing(act, what)), until=tokyo_day(end).isoformat())
        return end
    name = GOODS_TASK if what is Awaited.GOODS else PAPERS_TASK
    act.task(name, once=end.isoformat(), state=act.case.state)
    return None


def give_up(db: Session, case_id: str, *, actor: Actor, now: datetime, key: str) -> Standing:
    """What never came is not waited for any more: goods that are still with their customer end the
    case; without papers a sale is undone, nothing is paid, and the piece goes home free of charge.
    The customer is told.

    Raises StaffNeeded, CaseMissing, StageRefused, StillAwaited.
    """
    command = Command(key, {"verb": "buyback.give_up_waiting", "case": case_id})
    if (before := cases.repeated(db, command)) is not None:
        return before
    if not actor.is_staff:
        raise StaffNeeded(actor)
    act = cases.begin(db, case_id, actor=actor, now=now)
    what = awaited(act)
    if what is None:
        raise StageRefused(act.pieces[0].id, Stage(act.case.state), Stage.CLOSED)
    if now < (end := until(act, what)):
        raise StillAwaited(end)
    pieces = _missing(act, what)
    for piece in pieces:
        if what is Awaited.GOODS:
            _never_came(act, piece)
        else:
            _unsell(act, piece)
    act.finish(GOODS_TASK)
    act.finish(PAPERS_TASK)
    act.finish("case_late")
    phase = "goods_given_up" if what is Awaited.GOODS else "papers_given_up"
    facts = {"pieces": [piece.id for piece in pieces]}
    return act.end(phase, command, facts=facts, phase=phase, told={"pieces": len(pieces)})


def _never_came(act: Act, piece: CasePiece) -> None:
    gates.drop_quotes(act, piece)
    act.go(piece, Stage.CLOSED)
    items.move(
        act.db, unit_of(piece), UnitState.CANCELLED, by=act.actor.name, now=act.now,
        verb="never_came",
    )  # fmt: skip


def _unsell(act: Act, piece: CasePiece) -> None:
    """Accepted and never settled: nothing was paid, so nothing is owed back."""
    price = piece.price or 0
    sides = [(Account.GOODS, -price), (Account.OWED, price)]
    document = accepted_quote(act, piece).id
    act.note(*books.post(act.db, act.about, sides, document=document, now=act.now))
    act.go(piece, Stage.RETURN_SHIPPING)
    to_the_door(act, piece)
