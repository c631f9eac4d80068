"""The way home of a consigned piece (委託品の返却): with a carrier, or over the counter to its
consignor or whom they sent (代理人).

Not here: why it goes home (`ending`), and what a carrier tells of its parcel (`orders/tracking`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from catalog.consignment.contracts import (
    ContractElsewhere,
    StaffOnly,
    Standing,
    about,
    locked,
    repeated,
    step,
    tell,
)
from catalog.consignment.ending import RETURN_TASKS, returned
from catalog.consignment.states import ContractState
from catalog.consignment.tables import Contract
from catalog.duties.actors import Actor
from catalog.duties.identity.documents import Document
from catalog.ground import worklist
from catalog.ground.errors import Refused
from catalog.ground.journal import Command
from catalog.ground.record import UnitId
from catalog.items import actions as items
from catalog.items.kinds import Custody, UnitState
from catalog.items.parcels import actions as parcels
from catalog.items.parcels.rules import Direction

_LONGEST_PAPER = 40


class ProxyUnproven(Refused):
    """Somebody else takes the piece along: their document was seen and the letter of attorney is
    filed under a number, or it stays here. `field`.
    """

    def __init__(self, field: str) -> None:
        super().__init__(f"{field}: is wanted of a proxy")
        self.field = field


@dataclass(frozen=True, slots=True)
class Taker:
    """Who takes the piece along: by which document they were told, and for a proxy the filing
    number of the letter of attorney. Their name stays on the paper.
    """

    document: Document | None
    attorney_paper: str | None = None
    is_proxy: bool = False

    def check(self) -> None:
        """Raises ProxyUnproven."""
        paper = self.attorney_paper or ""
        if self.is_proxy and self.document is None:
            raise ProxyUnproven("document")
        is_number = paper.isascii() and any(each.isdigit() for each in paper)
        if self.is_proxy and not (is_number and len(paper) <= _LONGEST_PAPER):
            raise ProxyUnproven("attorney_paper")

    def told(self) -> dict[str, Any]:
        """As facts."""
        document = self.document.value if self.document is not None else None
        paper = self.attorney_paper if self.is_proxy else None
        return {"document": document, "attorney_paper": paper, "is_proxy": self.is_proxy}


def send(
    db: Session,
    contract_id: str,
    *,
    carrier: str,
    tracking_no: str,
    actor: Actor,
    now: datetime,
    key: str,
) -> Standing:
    """The piece is with the carrier, free of charge, and its consignor has the number (R-077); the
    carrier's word that it arrived ends the contract.

    Raises StaffOnly, ContractMissing, ContractElsewhere, TrackingTaken, TrackingMalformed.
    """
    request = {
        "verb": "consignment.send", "contract": contract_id, "carrier": carrier,
        "tracking_no": tracking_no,
    }  # fmt: skip
    command = Command(key, request)
    if (before := repeated(db, command)) is not None:
        return before
    contract = _going(db, contract_id, actor, UnitState.RETURN_PENDING)
    parcel = parcels.make(
        db, Direction.OUT, about=about(contract), unit_ids=[UnitId(contract.unit_id)],
        carrier=carrier, tracking_no=tracking_no, by=actor.name, now=now, key=f"{key}:parcel",
    )  # fmt: skip
    _move(db, contract, UnitState.IN_TRANSIT_OUT, Custody.CARRIER, by=actor.name, now=now)
    standing = step(
        db, contract, None, by=actor.name, now=now, verb="sent_home", command=command,
        facts={"parcel": parcel.id},
    )  # fmt: skip
    worklist.close_tasks(db, about(contract), *RETURN_TASKS, now=now)
    tell(
        db, contract, "consignment_sent_home", now=now, carrier=parcel.carrier,
        tracking_no=parcel.tracking_no,
    )  # fmt: skip
    return standing


def hand_over(
    db: Session, contract_id: str, taker: Taker, *, actor: Actor, now: datetime, key: str
) -> Standing:
    """The consignor, or a proxy whose papers were seen, takes the piece along at the counter: the
    contract ends and the ledger notes it (KOB-2).

    Raises StaffOnly, ContractMissing, ContractElsewhere, ProxyUnproven.
    """
    request: Mapping[str, Any] = {
        "verb": "consignment.hand_over", "contract": contract_id, **taker.told()
    }  # fmt: skip
    command = Command(key, request)
    if (before := repeated(db, command)) is not None:
        return before
    taker.check()
    contract = _going(db, contract_id, actor, UnitState.RETURN_PENDING)
    step(
        db, contract, None, by=actor.name, now=now, verb="handed_over", command=command,
        facts=taker.told(),
    )  # fmt: skip
    for state in (UnitState.IN_TRANSIT_OUT, UnitState.RETURNED):
        _move(db, contract, state, Custody.CUSTOMER, by=actor.name, now=now)
    return returned(db, contract_id, by=actor.name, now=now)


def there(db: Session, contract_id: str, *, actor: Actor, now: datetime, key: str) -> Standing:
    """The parcel arrived, as its consignor or the carrier told somebody of the shop.

    Raises StaffOnly, ContractMissing, ContractElsewhere.
    """
    command = Command(key, {"verb": "consignment.there", "contract": contract_id})
    if (before := repeated(db, command)) is not None:
        return before
    contract = _going(db, contract_id, actor, UnitState.IN_TRANSIT_OUT)
    step(db, contract, None, by=actor.name, now=now, verb="arrived_home", command=command)
    _move(db, contract, UnitState.RETURNED, Custody.CUSTOMER, by=actor.name, now=now)
    return returned(db, contract_id, by=actor.name, now=now)


def _going(db: Session, contract_id: str, actor: Actor, wanted: UnitState) -> Contract:
    if not actor.is_staff:
        raise StaffOnly(actor.name)
    contract = locked(db, contract_id)
    state = ContractState(contract.state)
    unit = items.locked(db, UnitId(contract.unit_id))
    if state is not ContractState.RETURNING or unit.state != wanted.value:
        raise ContractElsewhere(contract.contract_no, state, ContractState.RETURNED)
    return contract


def _move(
    db: Session, contract: Contract, to: UnitState, custody: Custody, *, by: str, now: datetime
) -> None:
    items.move(
        db, UnitId(contract.unit_id), to, by=by, now=now, verb=to.value, custody=custody.value,
        facts={"contract": contract.id},
    )  # fmt: skip
