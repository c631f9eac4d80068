"""What the clock does to cases (期限・催促): offers are recalled, run out and go home, stand-stills
raise an alarm, finished pieces are closed.

Slots, each idempotent: `quote-reminders` (10:00), `quote-expiry` (00:00), `case-alarms` (every few
minutes), `buyback-closing` (daily). Silence never sells anything.
"""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from catalog.buyback import awaiting, cases, deadlines, gates
from catalog.buyback.inquiry import QuoteState
from catalog.buyback.returns import ran_out
from catalog.buyback.rules import QuoteKind
from catalog.buyback.stages import Stage
from catalog.buyback.tables import BuybackCase, CasePiece, Quote
from catalog.buyback.terms import CaseTerms, QuoteTerms
from catalog.duties.actors import SCHEDULER
from catalog.duties.visits import cooling_off
from catalog.ground import policy, worklist
from catalog.ground.calendar import tokyo_day

_AT_ONCE = 500


def remind(db: Session, at: datetime) -> None:
    """Slot `quote-reminders`: the customer is reminded of an offer that ends in seven, three and
    one days; after a pause only the latest is told (QUO-5).
    """
    today = tokyo_day(at)
    last_id = ""
    while True:
        rows = db.exec(
            select(Quote, BuybackCase)
            .where(
                Quote.case_id == BuybackCase.id,
                Quote.kind == QuoteKind.BINDING.value,
                Quote.state == QuoteState.OPEN.value,
                col(Quote.valid_through) >= today,
                col(Quote.id) > last_id,
            )
            .order_by(col(Quote.id))
            .limit(_AT_ONCE)
        ).all()
        for quote, case in rows:
            last_id = quote.id
            _remind(db, quote, case, at=at)
        if len(rows) < _AT_ONCE:
            return


def _remind(db: Session, quote: Quote, case: BuybackCase, *, at: datetime) -> None:
    if quote.valid_through is None or quote.sent_at is None:
        return
    left = (quote.valid_through - tokyo_day(at)).days
    days = policy.at(db, quote.policy_version).of(QuoteTerms).reminder_days
    due = [each for each in days if each >= left]
    if not due:
        return
    offset = min(due)
    if quote.valid_through - timedelta(days=offset) <= tokyo_day(quote.sent_at):
        return
    worklist.notice(
        db, f"quote:{quote.id}", "offer_reminder", to=f"customer:{case.customer_id}",
        version=offset, now=at,
        facts={
            "case": case.id,
            "case_no": case.case_no,
            "piece": quote.piece_id,
            "amount": quote.amount,
            "valid_through": quote.valid_through.isoformat(),
            "days_left": left,
        },
    )  # fmt: skip


def expire(db: Session, at: datetime) -> None:
    """Slot `quote-expiry`: what held through a day that is over no longer does; a piece in the shop
    goes home free of charge (QUO-5). Silence is never consent.
    """
    today = tokyo_day(at)
    over = select(Quote.id).where(
        Quote.state == QuoteState.OPEN.value, col(Quote.valid_through) < today
    )
    worklist.sweep(db, "quote-expiry", over, lambda each: _expire(db, each, at=at), now=at)


def _expire(db: Session, quote_id: str, *, at: datetime) -> None:
    act = cases.begin(db, db.get_one(Quote, quote_id).case_id, actor=SCHEDULER, now=at)
    quote = cases.quote_in(act, quote_id)
    if quote.state != QuoteState.OPEN.value:
        return
    quote.state = QuoteState.EXPIRED.value
    act.note(quote)
    piece = act.piece(quote.piece_id)
    phase = None
    if Stage(piece.stage) is Stage.QUOTED:
        act.go(piece, Stage.QUOTE_EXPIRED)
        phase = "quote_expired"
    elif Stage(piece.stage) is Stage.OFFERED:
        gates.drop_quotes(act, piece)
        ran_out(act, piece, once=quote_id)
        phase = "offer_expired"
    told = {"piece": piece.id, "quote": quote_id}
    act.end("quote_expired", None, facts=told, phase=phase, told=told)


def raise_alarms(db: Session, at: datetime) -> None:
    """Slot `case-alarms`: a case that did not move in time is a task for staff, and the customer is
    told a new time (R-047), unless the next word is theirs: then they are reminded.
    """
    late = select(BuybackCase.id).where(col(BuybackCase.alarm_at) <= at)
    worklist.sweep(db, "case-alarms", late, lambda each: _alarm(db, each, at=at), now=at)


def _alarm(db: Session, case_id: str, *, at: datetime) -> None:
    act = cases.begin(db, case_id, actor=SCHEDULER, now=at)
    was_due = act.case.alarm_at
    if was_due is None or was_due > at:
        return
    if (what := awaiting.awaited(act)) is not None:
        act.case.alarm_at = awaiting.remind(act, what)
        db.add(act.case)
        db.flush()
        return
    new_time = at + timedelta(hours=act.policy.of(CaseTerms).new_time_hours)
    act.task("case_late", once=was_due.isoformat(), state=act.case.state)
    if Stage(act.case.state) not in deadlines.CUSTOMERS_CHOICE:
        act.tell("delayed", state=act.case.state, until=new_time.isoformat())
    act.case.alarm_at = new_time
    db.add(act.case)
    db.flush()


def close_done(db: Session, at: datetime) -> None:
    """Slot `buyback-closing`: what is paid is closed, bought at home only after the eight days
    (TOK-1).
    """
    paid = select(CasePiece.case_id).where(
        col(CasePiece.stage).in_([Stage.PAID.value, Stage.CREDITED.value])
    )
    worklist.sweep(db, "buyback-closing", paid, lambda each: _close(db, each, at=at), now=at)


def _close(db: Session, case_id: str, *, at: datetime) -> None:
    act = cases.begin(db, case_id, actor=SCHEDULER, now=at)
    if gates.is_visit(act) and not cooling_off.is_over(db, case_id, at):
        return
    pieces = act.at(Stage.PAID, Stage.CREDITED)
    for piece in pieces:
        act.go(piece, Stage.CLOSED)
    if pieces:
        act.end("closed", None, facts={"pieces": [piece.id for piece in pieces]})
