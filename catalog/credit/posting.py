"""The one place where a lot changes: under its account's lock, with one entry for each change
(記帳).

Order of locks, so that no two wait for each other: the command's key, the account, its lots by id,
the journal of the account.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, col, or_, select

from catalog.credit import rules
from catalog.credit.entries import EFFECTS, EntryKind, signed
from catalog.credit.tables import (
    CreditAccount,
    CreditEntry,
    CreditHold,
    CreditHoldPart,
    CreditLot,
    HoldState,
)
from catalog.customers.tables import Customer
from catalog.ground import journal, worklist
from catalog.ground.calendar import tokyo_day
from catalog.ground.errors import Malformed, Missing, Stale
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId, Row, new_id
from catalog.ground.session.database import insert_once


class AccountMissing(Missing):
    """No such customer, or no credit account of theirs."""


class LotMissing(Missing):
    """No such lot."""


class AccountMoved(Stale):
    """The account was a newcomer's who turned out to be somebody else meanwhile."""


class CreditMalformed(Malformed):
    """An amount that is no positive whole number of yen, or a text that has to be there and is
    not.
    """


@dataclass(slots=True)
class Posting:
    """One command at work on one account: its key, its moment, and the rows it wrote so far."""

    db: Session
    account: CreditAccount
    key: str
    now: datetime
    document: str | None = None
    reason: str | None = None
    wrote: list[Row] = field(default_factory=list)
    entries: list[dict[str, Any]] = field(default_factory=list)

    def post(self, lot: CreditLot, kind: EntryKind, yen: Yen) -> None:
        """Move yen of a locked lot and write the entry."""
        effect = EFFECTS[kind]
        if effect.shrinks is not None:
            setattr(lot, effect.shrinks, getattr(lot, effect.shrinks) - yen)
        for bucket in effect.grows:
            setattr(lot, bucket, getattr(lot, bucket) + yen)
        self._enter(lot, kind, yen)
        self.note(lot)

    def _enter(self, lot: CreditLot, kind: EntryKind, yen: Yen) -> None:
        self.entries.append(
            {
                "lot_id": lot.id,
                "kind": kind.value,
                "amount": signed(kind, yen),
                "yen": yen,
                "command_key": self.key,
                "at": self.now,
                "document": self.document,
                "reason": self.reason,
            }
        )

    def open_lot(
        self,
        origin: str,
        amount: Yen,
        *,
        is_paid: bool,
        channel: str,
        policy_version: int,
        **more: Any,
    ) -> CreditLot:
        """A lot issued now, with its entry; `more` are further columns of it."""
        lot = CreditLot(
            id=new_id(self.now),
            account_id=self.account.id,
            origin=origin,
            is_paid=is_paid,
            amount=amount,
            remaining=amount,
            issued_at=self.now,
            document=self.document,
            channel=channel,
            policy_version=policy_version,
            **{"first_issued_on": tokyo_day(self.now), **more},
        )
        self._enter(lot, EntryKind.ISSUE, amount)
        self.note(lot)
        return lot

    def note(self, *rows: Row) -> None:
        """These rows are part of what the command wrote."""
        for row in rows:
            self.db.add(row)
            if not any(row is each for each in self.wrote):
                self.wrote.append(row)

    def sweep(self, lot: CreditLot) -> Yen:
        """What remains of a lot that is over becomes breakage now (CRD-10)."""
        gone = Yen(0 if rules.is_alive(lot.expires_on, self.now) else lot.remaining)
        if gone:
            self.post(lot, EntryKind.EXPIRE, gone)
        return gone

    def give_back(self, parts: Iterable[CreditHoldPart], lots: Mapping[str, CreditLot]) -> Yen:
        """Held parts go back to their lots; of a lot that is over they are breakage at once
        (CRD-5). The breakage.
        """
        sums: dict[str, int] = {}
        for part in parts:
            sums[part.lot_id] = sums.get(part.lot_id, 0) + part.amount
        for lot_id, yen in sums.items():
            self.post(lots[lot_id], EntryKind.VOID, Yen(yen))
        return Yen(sum(self.sweep(lots[lot_id]) for lot_id in sums))

    def close(
        self,
        verb: str,
        *,
        by: str,
        request: Mapping[str, Any] | None,
        result: Mapping[str, Any],
        facts: Mapping[str, Any] | None = None,
        tells: str | None = None,
    ) -> None:
        """Journal the command; `tells` is the phase the customer is told of it."""
        self.db.flush()
        if self.entries:
            self.db.connection().execute(insert(CreditEntry), self.entries)
        entry = journal.record(
            self.db,
            f"account:{self.account.id}",
            verb,
            actor=by,
            at=self.now,
            facts=facts,
            key=self.key if request is not None else None,
            request=request,
            result=result if request is not None else None,
            wrote=self.wrote,
        )
        if tells is not None:
            worklist.notice(
                self.db,
                f"account:{self.account.id}",
                tells,
                to=f"customer:{self.account.customer_id}",
                version=entry.number,
                now=self.now,
                facts=result,
            )


def need_yen(*amounts: int) -> None:
    """Raises CreditMalformed unless each is a positive whole number of yen."""
    for amount in amounts:
        if isinstance(amount, bool) or not isinstance(amount, int) or amount <= 0:
            raise CreditMalformed(f"{amount!r} is not a positive amount of yen")


def need_text(**texts: str | None) -> None:
    """Raises CreditMalformed for a text that is missing or longer than 500 characters."""
    for name, value in texts.items():
        if value is None or not value.strip() or len(value) > 500:
            raise CreditMalformed(f"{name} is missing or too long")


def account_id_of(db: Session, customer: CustomerId) -> str | None:
    """The customer's account; None while they never had credit."""
    return db.exec(select(CreditAccount.id).where(CreditAccount.customer_id == customer)).first()


def locked(db: Session, account_id: str) -> CreditAccount:
    """The account, held by this transaction until it ends. Raises AccountMissing."""
    account = db.exec(
        select(CreditAccount)
        .where(CreditAccount.id == account_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if account is None:
        raise AccountMissing(account_id)
    return account


def locked_of(db: Session, customer: CustomerId) -> CreditAccount:
    """The customer's account, locked. Raises AccountMissing, AccountMoved."""
    account_id = account_id_of(db, customer)
    if account_id is None:
        raise AccountMissing("no credit account")
    account = locked(db, account_id)
    need_there(db, account)
    return account


def need_there(db: Session, account: CreditAccount) -> None:
    """Raises AccountMoved when a locked account is of a newcomer who became somebody."""
    later = select(Customer.merged_into).where(Customer.id == account.customer_id)
    if db.exec(later).one() is not None:
        raise AccountMoved(account.id)


def opened(db: Session, customer: CustomerId, posting_at: datetime) -> tuple[CreditAccount, bool]:
    """The customer's account, locked, made when they have none; whether it is new. Raises
    AccountMissing, AccountMoved.
    """
    account_id = account_id_of(db, customer)
    if account_id is not None:
        return locked_of(db, customer), False
    if db.get(Customer, customer) is None:
        raise AccountMissing(customer)
    values = {"id": new_id(posting_at), "customer_id": customer, "opened_at": posting_at}
    is_new = insert_once(db, CreditAccount, values)
    return locked_of(db, customer), is_new


def locked_lots(db: Session, account_id: str, ids: Iterable[str] = ()) -> dict[str, CreditLot]:
    """The account's lots with anything left, and those with these ids, locked in the order of
    ids.
    """
    lots = db.exec(
        select(CreditLot)
        .where(
            CreditLot.account_id == account_id,
            or_(col(CreditLot.remaining) > 0, col(CreditLot.id).in_(list(ids))),
        )
        .order_by(col(CreditLot.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {lot.id: lot for lot in lots}


def locked_lot(db: Session, lot_id: str) -> tuple[CreditAccount, CreditLot]:
    """One lot and its account, both locked. Raises LotMissing, AccountMoved."""
    account_id = db.exec(select(CreditLot.account_id).where(CreditLot.id == lot_id)).first()
    if account_id is None:
        raise LotMissing(lot_id)
    account = locked(db, account_id)
    need_there(db, account)
    return account, locked_lots(db, account_id, [lot_id])[lot_id]


def parts_of(db: Session, hold_ids: Iterable[str]) -> dict[str, list[CreditHoldPart]]:
    """The parts of these holds in the order of consumption, by hold."""
    parts: dict[str, list[CreditHoldPart]] = {hold: [] for hold in hold_ids}
    rows = select(CreditHoldPart).where(col(CreditHoldPart.hold_id).in_(list(parts)))
    for part in db.exec(rows.order_by(col(CreditHoldPart.hold_id), col(CreditHoldPart.place))):
        parts[part.hold_id].append(part)
    return parts


def overdue(db: Session, account_id: str, now: datetime) -> list[CreditHold]:
    """The account's holds that ended and were not given back yet, locked by the account."""
    return list(
        db.exec(
            select(CreditHold)
            .where(
                CreditHold.account_id == account_id,
                CreditHold.state == HoldState.HELD.value,
                col(CreditHold.ends_at) <= now,
            )
            .order_by(col(CreditHold.id))
            .execution_options(populate_existing=True)
        )
    )


def settled_lots(posting: Posting) -> dict[str, CreditLot]:
    """The account's lots with anything left, locked, after every hold nobody captured in time was
    given back (CRD-5).
    """
    holds = overdue(posting.db, posting.account.id, posting.now)
    parts = parts_of(posting.db, [hold.id for hold in holds])
    together = [part for each in parts.values() for part in each]
    lots = locked_lots(posting.db, posting.account.id, {part.lot_id for part in together})
    for hold in holds:
        hold.state = HoldState.LAPSED.value
        hold.ended_at = posting.now
        posting.note(hold)
    posting.give_back(together, lots)
    posting.db.flush()
    return lots


def as_lot(row: CreditLot) -> rules.Lot:
    """A row as the rules see it."""
    return rules.Lot(row.id, Yen(row.remaining), row.expires_on, row.is_paid, row.issued_at)
