"""The twelve promises of the house, each read from the database alone."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import func
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from catalog.buyback import stages
from catalog.buyback.payouts import rules as payout_rules
from catalog.buyback.payouts.rules import PayoutStatus, net_of_fee
from catalog.buyback.payouts.tables import PayeeAccount, Payout, PayoutBatch
from catalog.buyback.rules import RANKS, Approver, needed_approvers
from catalog.buyback.stages import Stage
from catalog.buyback.tables import Approval, BuybackCase, CasePiece, Posting, Quote
from catalog.buyback.terms import PayTerms, QuoteTerms
from catalog.consignment import rules as consignment
from catalog.consignment import states as contracts
from catalog.consignment.contracts import guarantee_of, terms_of
from catalog.consignment.states import ContractState, RequestState
from catalog.consignment.tables import Contract, GuaranteeRequest
from catalog.credit import queries as credit
from catalog.credit import reports
from catalog.credit.tables import (
    CreditAccount,
    CreditEntry,
    CreditHold,
    CreditHoldPart,
    CreditLot,
)
from catalog.duties.identity.tables import IdentityCheck
from catalog.duties.rules import Means
from catalog.ground import journal, policy
from catalog.ground.calendar import tokyo_day
from catalog.ground.journal import Entry
from catalog.ground.money import Yen
from catalog.ground.worklist import NOTICE, SLOT_REFUSED, TASK, Work
from catalog.items import kinds
from catalog.items.kinds import FROZEN, OwnerKind, UnitState, custody_of
from catalog.items.tables import Unit
from catalog.orders import states as orders
from catalog.orders.states import LineState
from catalog.orders.tables import OrderLine, Refund, SaleOrder, Tender
from tests.catalog.consignment.shelf import journaled

T = TypeVar("T")
_FROZEN_INTO = {UnitState.POLICE_HOLD, UnitState.LOST_DAMAGED}


def check(db: Session, now: datetime, keys: Collection[str] = ()) -> None:
    """All twelve, and that the clock was refused nothing. `keys`: of the commands taken."""
    balances_are_sums(db, now)
    lots_add_up(db)
    nothing_is_overspent(db)
    nothing_is_spent_when_it_is_over(db, now)
    commands_have_one_effect(db, keys)
    a_unit_is_in_one_place(db)
    each_sale_is_paid_once_by_its_rule(db)
    guarantees_hold(db)
    no_more_goes_back_than_was_paid(db)
    offers_and_payments_passed_their_gates(db)
    every_move_is_in_its_table(db)
    the_journal_tells_it_all(db)
    the_clock_did_its_duty(db)


def _all(db: Session, table: type[T]) -> Sequence[T]:
    return db.exec(select(table)).all()


def balances_are_sums(db: Session, now: datetime) -> None:
    """Invariant 1: balance = sum of what remains of the lots = sum of signed entries; liability =
    the sum over accounts.
    """
    by_lots: Counter[str] = Counter()
    for lot in _all(db, CreditLot):
        by_lots[lot.account_id] += lot.remaining
    entered = columns(col(CreditLot.account_id), func.sum(CreditEntry.amount)).where(
        col(CreditEntry.lot_id) == col(CreditLot.id)
    )
    told = db.connection().execute(entered.group_by(col(CreditLot.account_id)))
    assert dict(by_lots) == {account: int(total) for account, total in told}
    assert reports.liability(db, now).total == sum(by_lots.values())


def lots_add_up(db: Session) -> None:
    """Invariant 2: amount = remaining + held + captured - refunded + expired + reversed, none of
    them below nothing; and the holds that stand are what is held.
    """
    standing: Counter[str] = Counter()
    open_parts = columns(col(CreditHoldPart.lot_id), col(CreditHoldPart.amount)).where(
        col(CreditHoldPart.hold_id) == col(CreditHold.id), col(CreditHold.state) == "held"
    )
    for lot_id, amount in db.connection().execute(open_parts):
        standing[lot_id] += amount
    for lot in _all(db, CreditLot):
        gone = lot.captured - lot.refunded + lot.expired + lot.reversed
        assert lot.amount == lot.remaining + lot.held + gone, lot
        buckets = (lot.remaining, lot.held, lot.refunded, lot.expired, lot.reversed)
        assert min(buckets) >= 0, lot
        assert lot.captured >= lot.refunded, lot
        assert lot.held == standing[lot.id], lot


def nothing_is_overspent(db: Session) -> None:
    """Invariant 3: at no instant was more held or taken than there was."""
    left: Counter[str] = Counter()
    taken: Counter[str] = Counter()
    entries = columns(
        col(CreditEntry.lot_id), col(CreditEntry.kind), col(CreditEntry.amount),
        col(CreditEntry.yen),
    ).order_by(col(CreditEntry.id))  # fmt: skip
    for lot_id, kind, amount, yen in db.connection().execute(entries):
        left[lot_id] += amount
        assert left[lot_id] >= 0, (lot_id, kind)
        taken[lot_id] += yen if kind == "hold" else 0
    parts: Counter[str] = Counter()
    of_hold: Counter[str] = Counter()
    for part in _all(db, CreditHoldPart):
        parts[part.lot_id] += part.amount
        of_hold[part.hold_id] += part.amount
    assert {lot: yen for lot, yen in taken.items() if yen} == dict(parts)
    assert all(row.amount == of_hold[row.id] for row in _all(db, CreditHold))


def nothing_is_spent_when_it_is_over(db: Session, now: datetime) -> None:
    """Invariant 4: nothing was held from a lot at or after its end, nothing captured after the hold
    ended, and nothing that is over can be spent now, whatever jobs have run.
    """
    lots = {lot.id: lot for lot in _all(db, CreditLot)}
    for entry in db.exec(select(CreditEntry).where(CreditEntry.kind == "hold")):
        last = lots[entry.lot_id].expires_on
        assert last is None or tokyo_day(entry.at) <= last, entry
    held: Counter[str] = Counter()
    holds = {row.id: row for row in _all(db, CreditHold)}
    for row in holds.values():
        if row.state == "captured" and row.held_at != row.ends_at:
            assert row.ended_at is not None and row.ended_at < row.ends_at, row
    today = tokyo_day(now)
    alive = {each.id for each in lots.values() if not each.expires_on or each.expires_on >= today}
    for part in _all(db, CreditHoldPart):
        row = holds[part.hold_id]
        if row.state == "held" and row.ends_at <= now and part.lot_id in alive:
            held[row.account_id] += part.amount
    for account in _all(db, CreditAccount):
        own = [lots[each].remaining for each in alive if lots[each].account_id == account.id]
        assert credit.spendable(db, account.id, now) == sum(own) + held[account.id], account.id


def commands_have_one_effect(db: Session, keys: Collection[str]) -> None:
    """Invariant 5: a command that was taken is in the journal once, however often it came, and has
    one entry a lot and kind.
    """
    found = Counter(db.exec(select(Entry.key).where(col(Entry.key).is_not(None))))
    assert [key for key in keys if found[key] != 1] == []
    assert [key for key, times in found.items() if times > 1] == []
    entries = columns(col(CreditEntry.command_key), col(CreditEntry.lot_id), col(CreditEntry.kind))
    told = [tuple(row) for row in db.connection().execute(entries)]
    assert len(told) == len(set(told))


def a_unit_is_in_one_place(db: Session) -> None:
    """Invariant 6: one owner, one custody, one state; no two live orders or contracts share a unit,
    and both agree with the unit.
    """
    lines = [line for line in _all(db, OrderLine) if LineState(line.state) in orders.LIVE]
    by_unit = {line.unit_id: line for line in lines}
    assert len(by_unit) == len(lines)
    live = [each for each in _all(db, Contract) if ContractState(each.state) in contracts.LIVE]
    under = {each.unit_id: each for each in live}
    assert len(under) == len(live)
    ended = set(db.exec(select(SaleOrder.id).where(SaleOrder.state == "cancelled")))
    for unit in _all(db, Unit):
        custody_of(unit.custody)
        owner, state = OwnerKind(unit.owner_kind), UnitState(unit.state)
        assert (owner is OwnerKind.DEALER) == (unit.owner_id is None), unit
        line, contract = by_unit.get(unit.id), under.get(unit.id)
        is_reserved = line is not None and line.state == LineState.OPEN.value
        is_out = state in _FROZEN_INTO
        assert is_out or not is_reserved or state is UnitState.RESERVED, (unit, line)
        if state is UnitState.RESERVED and not is_reserved:  # released by the police too late
            assert unit.reserved_for in ended, unit
        assert not is_reserved or line is None or unit.reserved_for == line.order_id, unit
        if line is not None and not is_reserved:
            assert owner is OwnerKind.BUYER or line.state == "returning", (unit, line)
        if contract is not None and contract.state in {"active", "term_ended"}:
            assert (owner, unit.owner_id) == (OwnerKind.CONSIGNOR, contract.customer_id), unit


def each_sale_is_paid_once_by_its_rule(db: Session) -> None:
    """Invariant 7: payout = the rule of the contract's own terms; basis = payout + commission; each
    sale and each purchase is paid exactly once, and every yen of it is on the books.
    """
    payouts = _all(db, Payout)
    live = [each for each in payouts if each.status != PayoutStatus.CANCELLED.value]
    assert len({each.document for each in live}) == len(live)
    by_id = {each.id: each for each in payouts}
    lots = {lot.id: lot for lot in _all(db, CreditLot)}
    for contract in _all(db, Contract):
        its = [each for each in live if each.document == f"contract:{contract.contract_no}"]
        assert contract.basis is not None or not its, contract
        if contract.basis is not None:
            _contract_is_paid(db, contract, its, by_id, lots)
    by_document = {each.document: each for each in live}
    for piece, quote in _bought(db):
        _piece_is_paid(db, piece, by_document.get(quote.id))
    _books_are_even(db, live)


def _contract_is_paid(
    db: Session,
    contract: Contract,
    its: Sequence[Payout],
    payouts: dict[str, Payout],
    lots: dict[str, CreditLot],
) -> None:
    assert contract.basis == (contract.payout or 0) + (contract.commission or 0), contract
    if contract.rate_bps is not None:
        share = consignment.consignment_payout(terms_of(db, contract), Yen(contract.basis or 0))
        assert (contract.payout, contract.commission) == (share.payout, share.commission), contract
    else:
        assert contract.payout == contract.basis, contract
    assert all(each.amount == contract.payout for each in its), contract
    is_paid = contract.state in {"paid", "closed"}
    assert is_paid == (contract.paid_at is not None), contract
    if not is_paid or not contract.payout:
        return
    kind, _, paid_by = (contract.paid_by or "").partition(":")
    if kind == "payout":
        paid = payouts[paid_by]
        assert (paid.status, paid.amount) == (PayoutStatus.PAID.value, contract.payout), paid
    else:
        assert kind == "credit" and not its, contract
        assert lots[paid_by].amount == contract.payout, contract


def _bought(db: Session) -> Iterator[tuple[CasePiece, Quote]]:
    rows = select(CasePiece, Quote).where(
        Quote.piece_id == CasePiece.id, Quote.kind == "binding", Quote.state == "accepted"
    )
    yield from db.exec(rows)


def _piece_is_paid(db: Session, piece: CasePiece, payout: Payout | None) -> None:
    stage = Stage(piece.stage)
    if stage in {Stage.PAY_SCHEDULED, Stage.PAID}:
        case = db.get_one(BuybackCase, piece.case_id)
        terms = policy.at(db, case.policy_version).of(PayTerms)
        fee = terms.transfer_fee if piece.means == Means.BANK.value else 0
        assert payout is not None or not piece.bank, piece
        if payout is not None:
            assert payout.amount == net_of_fee(Yen(piece.bank), Yen(fee))[0], piece
            assert (payout.status == PayoutStatus.PAID.value) == (stage is Stage.PAID), payout
    elif stage is Stage.CREDITED:
        assert payout is None and piece.credit == piece.price, piece


def _books_are_even(db: Session, live: Sequence[Payout]) -> None:
    """R-080: every case and contract sums to nothing, and what waits is what is owed."""
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    for row in _all(db, Posting):
        sums[row.about][row.account] += row.amount
    waiting: Counter[str] = Counter()
    for payout in live:
        if payout.status in payout_rules.OPEN:
            waiting[payout.about] += payout.amount
    for about, told in sums.items():
        assert sum(told.values()) == 0, (about, told)
        assert -told["payout"] == waiting[about], (about, told)
    for batch in _all(db, PayoutBatch):
        its = [each for each in live if each.batch_id == batch.id]
        if batch.status == "sent":
            assert (batch.count, batch.total) == (len(its), sum(each.amount for each in its))


def guarantees_hold(db: Session) -> None:
    """Invariant 8: in the term an accepted request yields at least the original offer, outside it
    none is accepted; an offer the piece would allow is not refused.
    """
    by_id = {each.id: each for each in _all(db, Contract)}
    for row in _all(db, GuaranteeRequest):
        contract = by_id[row.contract_id]
        guaranteed = guarantee_of(contract, tokyo_day(row.sent_at))
        if contract.start_on is None or guaranteed is None:
            assert row.state == RequestState.REFUSED.value, row
            continue
        term = consignment.consignment_term(terms_of(db, contract), contract.start_on)
        if row.state == RequestState.REFUSED.value:
            is_over = row.reason == "term_over"
            assert is_over != term.holds(row.sent_at), (row, contract)
            assert row.reason not in {"contract_term_ended", "contract_active"}, (row, contract)
            continue
        assert term.holds(row.sent_at), (row, contract)
        if row.state == RequestState.ACCEPTED.value:
            assert row.amount is not None and row.amount >= guaranteed, (row, contract)
            assert row.amount == contract.payout == contract.basis, (row, contract)


def no_more_goes_back_than_was_paid(db: Session) -> None:
    """Invariant 9: refunds never exceed what each means paid; what goes to credit is the floor of
    its share, all of it at a full refund.
    """
    refunded: Counter[str] = Counter()
    for row in _all(db, Refund):
        refunded[row.tender_id] += row.amount
    by_order: dict[str, list[Tender]] = defaultdict(list)
    for tender in _all(db, Tender):
        assert tender.refunded == refunded[tender.id] <= tender.amount, tender
        by_order[tender.order_id].append(tender)
    kept: Counter[str] = Counter()
    is_kept: set[str] = set()
    for line in _all(db, OrderLine):
        if line.state not in {LineState.CANCELLED.value, LineState.RETURNED.value}:
            kept[line.order_id] += line.price
            is_kept.add(line.order_id)
    for order in _all(db, SaleOrder):
        its = by_order[order.id]
        paid, back = sum(each.amount for each in its), sum(each.refunded for each in its)
        assert not paid or paid == order.total, order
        by_credit = [each for each in its if each.kind == "credit"]
        share = sum(each.amount for each in by_credit) * back // paid if paid else 0
        assert sum(each.refunded for each in by_credit) == share, order
        bought = kept[order.id] + (order.shipping if order.id in is_kept else 0)
        assert not paid or paid == bought + back, order


def offers_and_payments_passed_their_gates(db: Session) -> None:
    """Invariant 10: no binding offer without an appraiser and the approvals its amount wants; no
    payment without a checked identity and, by the bank, the checked name.
    """
    approvals: dict[str, list[Approval]] = defaultdict(list)
    for row in _all(db, Approval):
        approvals[row.quote_id].append(row)
    offers = select(Quote, BuybackCase).where(
        Quote.case_id == BuybackCase.id, Quote.kind == "binding", col(Quote.sent_at).is_not(None)
    )
    for quote, case in db.exec(offers):
        assert quote.made_by.startswith("staff:"), quote
        terms = policy.at(db, case.policy_version).of(QuoteTerms)
        needed = needed_approvers(
            terms, Yen(quote.amount or 0), below_floor=quote.is_below_floor
        )  # fmt: skip
        assert _are_approved(needed, approvals[quote.id]), (quote, approvals[quote.id])
    checks = {row.id: row for row in _all(db, IdentityCheck)}
    payees = {row.id: row for row in _all(db, PayeeAccount)}
    for payout in _all(db, Payout):
        if payout.status != PayoutStatus.PAID.value:
            continue
        check = checks.get(payout.identity_id or "")
        assert payout.is_exempt or check is not None, payout
        assert check is None or check.customer_id == payout.customer_id, payout
        if payout.means == Means.BANK.value:
            payee = payees[payout.payee_id or ""]
            assert payee.customer_id == payout.customer_id, payout
            assert check is not None and payee.name_key in check.name_keys, payout


def _are_approved(needed: Sequence[Approver], rows: Sequence[Approval]) -> bool:
    """Each of the wanted roles, or a higher one, by a person of its own."""
    people = {row.person: RANKS[Approver(row.role)] for row in rows}
    ranks = sorted(people.values(), reverse=True)
    wanted = sorted((RANKS[each] for each in needed), reverse=True)
    return len(ranks) >= len(wanted) and all(
        have >= want for have, want in zip(ranks, wanted, strict=False)
    )


def every_move_is_in_its_table(db: Session) -> None:
    """Invariant 11: the journal shows only moves of the tables; nothing that is frozen was
    reserved, put on sale or given to another owner, but for going home.
    """
    stood: dict[tuple[str, str], dict[str, Any]] = {}
    before_frozen: dict[str, Any] = {}
    for (facts,) in db.connection().execute(columns(col(Entry.facts)).order_by(col(Entry.id))):
        for table, changed in facts.get("rows", {}).items():
            for key, values in changed.items():
                was = stood.get((table, key), {})
                stood[table, key] = {**was, **values}
                if was and table == "unit":
                    _unit_may(key, was, {**was, **values}, before_frozen)
                elif was and table in _MAY:
                    column, may = _MAY[table]
                    before, after = was[column], values.get(column, was[column])
                    assert before == after or may(before, after), (table, key, before, after)


def _unit_may(
    key: str, was: dict[str, Any], told: dict[str, Any], before_frozen: dict[str, Any]
) -> None:
    before, after = UnitState(was["state"]), UnitState(told["state"])
    if after in _FROZEN_INTO and before not in _FROZEN_INTO:
        before_frozen[key] = before
    if before is not after:
        is_released = before in _FROZEN_INTO and before_frozen.get(key) is after
        assert is_released or kinds.may_move(before, after), (key, before, after)
    is_moved = (was["owner_kind"], was["owner_id"]) != (told["owner_kind"], told["owner_id"])
    if is_moved and before in FROZEN:
        assert after is UnitState.RETURN_PENDING, (key, was, told)
    assert before not in FROZEN or told["reserved_for"] in {None, was["reserved_for"]}, (key, told)


def _stage_may(before: str, after: str) -> bool:
    """An act may bring a piece several stages on; the police bring it back to where it was."""
    if Stage.POLICE_HOLD.value in {before, after}:
        return True
    reached = {Stage(before)}
    for _ in range(3):
        reached |= {to for each in reached for to in stages.MOVES[each]}
    return Stage(after) in reached


_MAY: dict[str, tuple[str, Callable[[str, str], bool]]] = {
    "contract": (
        "state", lambda a, b: contracts.may_move(ContractState(a), ContractState(b))
    ),
    "order_line": ("state", lambda a, b: orders.may_move(LineState(a), LineState(b))),
    "return_case": (
        "state", lambda a, b: orders.ReturnState(b) in orders.RETURN_MOVES[orders.ReturnState(a)]
    ),
    "payout": (
        "status", lambda a, b: PayoutStatus(b) in payout_rules.MOVES[PayoutStatus(a)]
    ),
    "credit_hold": ("state", lambda a, b: a == "held"),
    "case_piece": ("stage", _stage_may),
}  # fmt: skip


def the_journal_tells_it_all(db: Session) -> None:
    """Invariant 12: every change has its journal row, the chains are whole, the journal alone
    rebuilds the tables; every step a customer sees has its notice, once, of the same moment.
    """
    assert journal.differences(db, journaled()) == []
    assert journal.broken(db) == []
    told = Counter((row.subject, row.facts["phase"], row.facts["version"]) for row in _notices(db))
    assert [each for each, times in told.items() if times > 1] == []
    moments = {(row.subject, row.written_at) for row in _notices(db)}
    seen = select(Entry.subject, Entry.verb, Entry.at)
    missing = [
        (subject, verb)
        for subject, verb, at in db.exec(seen)
        if (subject.partition(":")[0], verb) in VISIBLE and (subject, at) not in moments
    ]
    assert missing == []


def _notices(db: Session) -> Sequence[Work]:
    return db.exec(select(Work).where(Work.kind == NOTICE)).all()


# Steps a customer sees: by subject and verb of the journal.
_SEEN_BY_SUBJECT = {
    "case": "inquired quoted submitted kit_sent arrived rejected offered accepted countered"
    " declined settled paid compensated withdrawn going_home sent_home sent_back returned"
    " sale_taken_back goods_given_up papers_given_up",
    "contract": "proposed activated price_proposed price_steps sold came_back delivered payable"
    " paid converted guarantee_parked guarantee_refused compensated term_ended withdrawal_waits"
    " withdrawn asked_back auto_return sent_home returned",
    "order": "paid packed shipped delivered handed_over cancelled lapsed return_asked"
    " return_received return_refunded piece_lost",
    "account": "credit_issued credit_goodwill credit_spent credit_captured credit_reversed",
}
VISIBLE = frozenset(
    (subject, verb) for subject, verbs in _SEEN_BY_SUBJECT.items() for verb in verbs.split()
)


def the_clock_did_its_duty(db: Session) -> None:
    """No row a slot goes through was refused."""
    tasks = db.exec(select(Work).where(Work.kind == TASK)).all()
    refused = [(task.subject, task.facts) for task in tasks if task.facts["task"] == SLOT_REFUSED]
    assert not refused, refused
