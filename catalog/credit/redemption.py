"""Spending credit in two steps or at once (仮押さえ・利用確定・取消).

A hold makes less spendable at once and lives for minutes; it is captured whole or given back.
Credit is never applied by itself: somebody names the amount.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from catalog.credit import queries, rules
from catalog.credit.entries import EntryKind
from catalog.credit.posting import (
    CreditMalformed,
    Posting,
    as_lot,
    locked,
    locked_lots,
    locked_of,
    need_text,
    need_there,
    need_yen,
    parts_of,
    settled_lots,
)
from catalog.credit.tables import CreditHold, CreditHoldPart, CreditLot, HoldState
from catalog.credit.terms import CreditTerms
from catalog.ground import journal, policy, worklist
from catalog.ground.errors import Missing, Refused
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId, from_millis, new_id, to_millis


class HoldMissing(Missing):
    """No such hold."""


class HoldOver(Refused):
    """The hold cannot be captured or given back any more. `state`: held (its time is over),
    captured, voided, lapsed.
    """

    def __init__(self, hold_id: str, state: HoldState) -> None:
        super().__init__(f"hold {hold_id}: {state.value}")
        self.hold_id = hold_id
        self.state = state


@dataclass(frozen=True, slots=True)
class Held:
    """A hold and what can be spent beside it. `breakage`: what was over when it ended."""

    hold_id: str
    account_id: str
    amount: Yen
    state: HoldState
    ends_at: datetime
    spendable_left: Yen
    breakage: Yen = Yen(0)

    def told(self) -> dict[str, Any]:
        """As JSON."""
        return {**asdict(self), "state": self.state.value, "ends_at": to_millis(self.ends_at)}

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> "Held":
        """From JSON."""
        given = {**told, "state": HoldState(told["state"])}
        return cls(**{**given, "ends_at": from_millis(told["ends_at"])})


def hold(
    db: Session,
    customer: CustomerId,
    amount: Yen,
    *,
    document: str | None = None,
    channel: str,
    by: str,
    now: datetime,
    key: str,
) -> Held:
    """Set an amount aside for some minutes, from the lots that end first (CRD-4, CRD-5).

    Raises CreditShort, and then nothing is changed, AccountMissing, CreditMalformed.
    """
    return _hold(db, customer, amount, document, channel, by=by, now=now, key=key, is_final=False)


def spend(
    db: Session,
    customer: CustomerId,
    amount: Yen,
    *,
    document: str,
    channel: str,
    by: str,
    now: datetime,
    key: str,
) -> Held:
    """Take an amount at once: a hold that is captured in the same moment (CRD-4). Raises as `hold`
    does.
    """
    need_text(document=document)
    return _hold(db, customer, amount, document, channel, by=by, now=now, key=key, is_final=True)


def _hold(
    db: Session,
    customer: CustomerId,
    amount: Yen,
    document: str | None,
    channel: str,
    *,
    by: str,
    now: datetime,
    key: str,
    is_final: bool,
) -> Held:
    need_yen(amount)
    need_text(channel=channel, key=key)
    request = {
        "verb": "spend" if is_final else "hold", "customer": customer, "amount": amount,
        "document": document, "channel": channel,
    }  # fmt: skip
    before = journal.stored_result(db, key, request)
    if before is not None:
        return Held.read(before)
    account = locked_of(db, customer)
    posting = Posting(db, account, key, now, document=document)
    lots = settled_lots(posting)
    plan = rules.redeem_plan([as_lot(lot) for lot in lots.values()], amount, now)
    now_policy = policy.current(db)
    row = CreditHold(
        id=new_id(now),
        account_id=account.id,
        amount=amount,
        state=(HoldState.CAPTURED if is_final else HoldState.HELD).value,
        held_at=now,
        ends_at=now if is_final else rules.hold_until(now_policy.of(CreditTerms), now),
        ended_at=now if is_final else None,
        document=document,
        channel=channel,
        policy_version=now_policy.version,
    )
    posting.note(row)
    db.flush()
    for place, (lot_id, yen) in enumerate(plan):
        _take(posting, lots[lot_id], yen, row, place, is_final=is_final)
    db.flush()
    held = _held(row, queries.spendable(db, account.id, now))
    posting.close(
        "credit_spent" if is_final else "credit_held",
        by=by, request=request, result=held.told(), tells="credit_used" if is_final else None,
    )  # fmt: skip
    return held


def _take(
    posting: Posting, lot: CreditLot, yen: Yen, row: CreditHold, place: int, *, is_final: bool
) -> None:
    posting.post(lot, EntryKind.HOLD, yen)
    if is_final:
        posting.post(lot, EntryKind.CAPTURE, yen)
    part = CreditHoldPart(
        id=f"{row.id}-{place}", hold_id=row.id, place=place, lot_id=lot.id, amount=yen
    )
    posting.note(part)


def _held(row: CreditHold, spendable_left: Yen) -> Held:
    ends_at = from_millis(to_millis(row.ends_at))  # as a repeat of the command will tell it
    return Held(
        row.id, row.account_id, Yen(row.amount), HoldState(row.state), ends_at, spendable_left
    )


def capture(
    db: Session, hold_id: str, *, document: str | None = None, by: str, now: datetime, key: str
) -> Held:
    """Take what was held, whole; also when a lot has ended since, while the hold has not (CRD-5).

    `document` names the order where the hold did not. Raises HoldMissing, HoldOver.
    """
    request = {"verb": "capture", "hold": hold_id, "document": document}
    before = journal.stored_result(db, key, request)
    if before is not None:
        return Held.read(before)
    posting, row = _locked_hold(db, hold_id, key, now)
    state = HoldState(row.state)
    if state is not HoldState.HELD or not rules.may_capture(row.ends_at, now):
        raise HoldOver(hold_id, state)
    if row.document is not None and document not in {None, row.document}:
        raise CreditMalformed(f"hold {hold_id} is for another document")
    row.document = posting.document = row.document or document
    parts, lots = _parts_and_lots(posting, row)
    for part in parts:
        posting.post(lots[part.lot_id], EntryKind.CAPTURE, Yen(part.amount))
    return _ended(posting, row, HoldState.CAPTURED, by=by, request=request)


def void(db: Session, hold_id: str, *, by: str, now: datetime, key: str) -> Held:
    """Give back what was held (CRD-5). A hold that was given back or lapsed stays so, whatever the
    key: nothing is given back twice.

    Raises HoldMissing, HoldOver when it was captured.
    """
    request = {"verb": "void", "hold": hold_id}
    before = journal.stored_result(db, key, request)
    if before is not None:
        return Held.read(before)
    posting, row = _locked_hold(db, hold_id, key, now)
    state = HoldState(row.state)
    if state is HoldState.CAPTURED:
        raise HoldOver(hold_id, state)
    parts, lots = _parts_and_lots(posting, row)
    if state is not HoldState.HELD:
        return _ended(posting, row, state, by=by, request=request)
    gone = posting.give_back(parts, lots)
    return _ended(posting, row, HoldState.VOIDED, by=by, request=request, breakage=gone)


def _locked_hold(db: Session, hold_id: str, key: str, now: datetime) -> tuple[Posting, CreditHold]:
    need_text(key=key)
    account_id = db.exec(select(CreditHold.account_id).where(CreditHold.id == hold_id)).first()
    if account_id is None:
        raise HoldMissing(hold_id)
    account = locked(db, account_id)
    need_there(db, account)
    wanted = select(CreditHold).where(CreditHold.id == hold_id)
    row = db.exec(wanted.execution_options(populate_existing=True)).one()
    return Posting(db, account, key, now, document=row.document), row


def _parts_and_lots(
    posting: Posting, row: CreditHold
) -> tuple[Sequence[CreditHoldPart], dict[str, CreditLot]]:
    parts = parts_of(posting.db, [row.id])[row.id]
    lots = locked_lots(posting.db, posting.account.id, [part.lot_id for part in parts])
    return parts, lots


def _ended(
    posting: Posting,
    row: CreditHold,
    state: HoldState,
    *,
    by: str,
    request: Mapping[str, Any],
    breakage: Yen = Yen(0),
) -> Held:
    if row.state == HoldState.HELD.value:
        row.state = state.value
        row.ended_at = posting.now
        posting.note(row)
    posting.db.flush()
    left = queries.spendable(posting.db, row.account_id, posting.now)
    held = replace(_held(row, left), breakage=breakage)
    is_taken = state is HoldState.CAPTURED
    posting.close(
        f"credit_{state.value}", by=by, request=request, result=held.told(),
        tells="credit_used" if is_taken else None,
    )  # fmt: skip
    return held


def lapse_holds(db: Session, at: datetime) -> None:
    """Give back every hold that ended by then; running it again changes nothing (CRD-5)."""
    ended = select(CreditHold.account_id).where(
        CreditHold.state == HoldState.HELD.value, CreditHold.ends_at <= at
    )
    worklist.sweep(db, "credit-holds", ended, lambda each: _lapse(db, each, at), now=at)


def _lapse(db: Session, account_id: str, at: datetime) -> None:
    posting = Posting(db, locked(db, account_id), f"credit-holds:{to_millis(at)}", at)
    settled_lots(posting)
    if posting.wrote:
        posting.close("credit_lapsed", by="scheduler", request=None, result={})
