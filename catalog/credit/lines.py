"""One line of a list of credit (`akashi import credits`) turned into a checked shape, and such
lines taken in as lots with their own dates.

A line's lot has an id made from the line, so that a second run finds it there. Not here: credit
that was spent or ended before the shop moved in; only what is left is imported.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, col, select

from catalog.credit import rules
from catalog.credit.entries import EntryKind
from catalog.credit.tables import CreditAccount, CreditEntry, CreditLot
from catalog.credit.terms import CreditTerms, Origin
from catalog.customers.tables import Customer
from catalog.ground import journal, policy
from catalog.ground import lines as reading
from catalog.ground.calendar import tokyo_day
from catalog.ground.lines import LineMalformed, Taken
from catalog.ground.money import Yen
from catalog.ground.record import new_id

REQUIRED = ("customer_no", "origin", "amount", "issued_at")
OPTIONAL = ("expires_on", "document")
SUBJECT = "credit:opening"
CHANNEL = "import"
LINES_AN_ENTRY = 500
_ORIGIN = reading.one_of(Origin)
_AT_ONCE = 500
_NEVER = frozenset({"none", "never", "期限なし", "無期限"})


@dataclass(frozen=True, slots=True)
class CreditLine:
    """A line that can be taken. `expires_on` None: as the origin's life says; `is_endless`: it is
    said to have no end.
    """

    customer_no: str
    origin: Origin
    amount: Yen
    issued_at: datetime
    expires_on: date | None
    is_endless: bool
    document: str | None

    @property
    def lot_id(self) -> str:
        """The same for the same line: customer, origin, moment, and document or else amount."""
        told = [self.customer_no, self.origin.value, self.issued_at.isoformat()]
        told.append(self.document if self.document else f"¥{self.amount}")
        return "I" + hashlib.sha256("\n".join(told).encode()).hexdigest()[:25].upper()


def parse(cells: Mapping[str, str]) -> CreditLine:
    """Raises LineMalformed naming the first cell that cannot be taken."""
    given = reading.cells(cells, REQUIRED, OPTIONAL)
    is_endless = given["expires_on"].lower() in _NEVER
    issued_at = reading.moment("issued_at", given["issued_at"])
    expires_on = None
    if given["expires_on"] and not is_endless:
        expires_on = reading.day("expires_on", given["expires_on"])
        if expires_on < tokyo_day(issued_at):
            raise LineMalformed("expires_on", "is before issued_at")
    return CreditLine(
        customer_no=given["customer_no"],
        origin=_ORIGIN("origin", given["origin"]),
        amount=reading.some_yen("amount", given["amount"]),
        issued_at=issued_at,
        expires_on=expires_on,
        is_endless=is_endless,
        document=given["document"] or None,
    )


def take_lines(db: Session, lines: Sequence[CreditLine], *, by: str, now: datetime) -> Taken:
    """Take the lines in, all in the caller's transaction; a line that is there already changes
    nothing. A customer nobody knows is refused. What is over already cannot be spent; the next
    expiry run posts it.
    """
    accounts = _accounts(db, [line.customer_no for line in lines], now=now)
    known = _known(db, [line.lot_id for line in lines])
    now_policy = policy.current(db)
    terms = now_policy.of(CreditTerms)
    fresh: dict[str, CreditLot] = {}
    there, different, refused = [], [], []
    for place, line in enumerate(lines):
        lot_id, last = line.lot_id, _last_day(terms, line)
        account = accounts.get(line.customer_no)
        if lot_id in known:
            there.append(lot_id)
            if known[lot_id] != (line.amount, last):
                different.append(f"{line.customer_no} {line.document or line.issued_at.date()}")
        elif account is None:
            refused.append((place, f"customer_no: {line.customer_no} is not known"))
        elif line.issued_at > now:
            refused.append((place, "issued_at: is in the future"))
        else:
            known[lot_id] = (line.amount, last)
            fresh[lot_id] = _lot(line, account.id, last, policy_version=now_policy.version)
    _write(db, list(fresh.values()), list(accounts.values()), by=by, now=now)
    return Taken(len(fresh), there, different, refused)


def _last_day(terms: CreditTerms, line: CreditLine) -> date | None:
    if line.is_endless or line.expires_on is not None:
        return line.expires_on
    return rules.lot_expiry(terms, line.origin, line.issued_at)


def _lot(line: CreditLine, account_id: str, last: date | None, *, policy_version: int) -> CreditLot:
    return CreditLot(
        id=line.lot_id,
        account_id=account_id,
        origin=line.origin.value,
        is_paid=rules.is_paid(line.origin),
        amount=line.amount,
        remaining=line.amount,
        issued_at=line.issued_at,
        first_issued_on=tokyo_day(line.issued_at),
        expires_on=last,
        document=line.document,
        channel=CHANNEL,
        policy_version=policy_version,
    )


def _accounts(db: Session, numbers: Iterable[str], *, now: datetime) -> dict[str, CreditAccount]:
    """The accounts of these customers by number; those who have none get one (not written yet when
    its `id` is new).
    """
    found: dict[str, CreditAccount] = {}
    for some in _pieces(sorted(set(numbers))):
        rows: Any = db.exec(
            select(Customer.customer_no, Customer.id, CreditAccount)
            .outerjoin(CreditAccount, col(CreditAccount.customer_id) == col(Customer.id))
            .where(col(Customer.customer_no).in_(some))
        )
        for number, customer_id, account in rows:
            found[number] = (
                account
                if account is not None
                else CreditAccount(id=new_id(now), customer_id=customer_id, opened_at=now)
            )
    return found


def _known(db: Session, lot_ids: Iterable[str]) -> dict[str, tuple[int, date | None]]:
    known: dict[str, tuple[int, date | None]] = {}
    for some in _pieces(sorted(set(lot_ids))):
        rows = db.exec(select(CreditLot).where(col(CreditLot.id).in_(some)))
        known.update({lot.id: (lot.amount, lot.expires_on) for lot in rows})
    return known


def _pieces(values: Sequence[str]) -> Iterable[Sequence[str]]:
    return (values[first : first + _AT_ONCE] for first in range(0, len(values), _AT_ONCE))


def _write(
    db: Session,
    lots: Sequence[CreditLot],
    accounts: Sequence[CreditAccount],
    *,
    by: str,
    now: datetime,
) -> None:
    if not lots:
        return
    used = {lot.account_id for lot in lots}
    fresh = [each for each in accounts if each.id in used and each not in db]
    if fresh:
        db.connection().execute(insert(CreditAccount), [each.model_dump() for each in fresh])
    db.connection().execute(insert(CreditLot), [lot.model_dump() for lot in lots])
    db.connection().execute(insert(CreditEntry), [_entry(lot) for lot in lots])
    for first in range(0, len(lots), LINES_AN_ENTRY):
        some = lots[first : first + LINES_AN_ENTRY]
        journal.record(
            db,
            SUBJECT,
            "opening_credit",
            actor=by,
            at=now,
            facts={"lots": len(some), "yen": sum(lot.amount for lot in some)},
            wrote=[*some, *(fresh if first == 0 else [])],
        )


def _entry(lot: CreditLot) -> dict[str, Any]:
    return {
        "lot_id": lot.id,
        "kind": EntryKind.ISSUE.value,
        "amount": lot.amount,
        "yen": lot.amount,
        "command_key": f"import:{lot.id}",
        "at": lot.issued_at,
        "document": lot.document,
    }
