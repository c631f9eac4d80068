"""All that is kept of a person, packed to take along (開示・持ち出し, R-137): `data.json` with
every register's rows and what was said, and the files they sent as they sent them.

What lies sealed by law (checks of identity) is named with its dates, not opened here; secrets of
the shop (costs, notes on how a price was found, hashes of tokens) are no data of the person.
"""

import asyncio
import json
import os
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from bot.unit import Units
from catalog.buyback import queries as buyback
from catalog.buyback.payouts.tables import PayeeAccount, Payout
from catalog.consignment import queries as consignment
from catalog.credit import queries as credit
from catalog.credit.tables import CreditConsent
from catalog.customers import consents, erasing, newcomers, tastes
from catalog.customers import queries as customers
from catalog.customers.passes import Passed
from catalog.customers.tables import Customer
from catalog.duties.cash.tables import ContractCash, Diligence
from catalog.duties.identity.tables import IdentityCheck
from catalog.duties.sealing import DataKeys
from catalog.duties.tables import LedgerRow
from catalog.duties.visits.tables import StatutoryDocument, Visit, VisitRefusal
from catalog.ground import worklist
from catalog.ground.record import ConversationId, CustomerId, UnitId, from_millis
from catalog.ground.worklist import Work
from catalog.items import queries as items
from catalog.items import watchers
from catalog.items.holds import queries as holds
from catalog.items.wishes import queries as wishes
from catalog.orders import queries as orders
from conversations.inbox import queries as inbox
from conversations.outbox import queries as outbox
from conversations.threads import memory
from conversations.threads import queries as threads
from handoff.appointments import queries as appointments
from handoff.desk import labels, notes
from handoff.desk import queries as desk
from media.disputes import queries as disputes
from media.intake import received
from media.intake import tasks as capturing
from media.intake.received import ReceivedMissing
from media.intake.tables import ReceivedState
from media.sharing import shares, views

_CUSTOMER = (
    "customer_no", "family_name", "given_name", "family_kana", "given_kana", "email", "phone",
    "birthday", "language", "marketing_opt_in", "adviser", "written_at", "erase_asked_at",
)  # fmt: skip
_DISPUTE = (
    "unit_id", "part", "state", "opened_at", "promised_at", "closed_at", "outcome", "follow",
    "answer",
)  # fmt: skip
_MOST_FILES = 10_000
_BEGINNING = from_millis(0)


@dataclass(frozen=True, slots=True)
class SentOnce:
    """A file the person sent, to be put into the pack."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Taken:
    """Everything, as plain values."""

    told: Mapping[str, Any]
    files: Sequence[SentOnce]


def of(db: Session, passed: Passed, *, now: datetime) -> Taken:
    """Every register's rows about whoever the pass is for. A visitor: this conversation."""
    talks = [ConversationId(f"{passed.channel}:{passed.address}")]
    told: dict[str, Any] = {"taken_at": now}
    if passed.customer is not None:
        contacts = erasing.contacts(db, passed.customer)
        talks = customers.conversations(db, passed.customer)
        told |= _registers(db, passed.customer, now=now)
        told["addresses"] = [_row(each, "channel", "address", "first_seen_at") for each in contacts]
    files: list[SentOnce] = []
    told["conversations"] = [_conversation(db, each, files) for each in talks]
    told["disputes"] = [_row(each, *_DISPUTE) for each in disputes.of_conversations(db, talks)]
    told["appointments"] = [
        _row(each, "kind", "state", "store", "place", "starts_at", "ends_at", "asked_at")
        for each in appointments.of_conversations(db, talks)
    ]
    told["asked_of_us"] = [_asked(each) for talk in talks for each in _tasks(db, talk)]
    return Taken(told, files)


def _registers(db: Session, customer: CustomerId, *, now: datetime) -> dict[str, Any]:
    row = db.get_one(Customer, customer)
    checks = db.exec(
        select(IdentityCheck)
        .where(col(IdentityCheck.customer_id).in_(newcomers.whole(db, customer)))
        .order_by(col(IdentityCheck.verified_at))
    )
    statement = credit.statement(db, customer, begins=_BEGINNING, ends=now, now=now)
    return {
        "customer": _row(row, *_CUSTOMER),
        "consents": [
            _row(each, "category", "given", "text_version", "source", "given_at")
            for who in newcomers.whole(db, customer)
            for each in consents.consents_of(db, who)
        ],
        "tastes": [asdict(each) for each in tastes.of(db, customer)],
        "orders": [
            asdict(orders.status(db, each.order_no))
            for each in orders.of_customer(db, customer, limit=_MOST_FILES)
        ],
        "sales": [
            asdict(buyback.status(db, each, customer=customer))
            for each in buyback.of_customer(db, customer)
        ],
        "consignments": [asdict(each) for each in consignment.of_customer(db, customer, now=now)],
        "credit": asdict(statement),
        "identity_checks": [
            _row(each, "method", "verified_at", "valid_through", "destroyed_at") for each in checks
        ],
        **_wanted(db, f"customer:{customer}", now=now),
        **{name: _own_rows(db, customer, *told) for name, told in _OWN.items()},
    }


# Registers without a question of their own: what they hold of a customer, told as it stands.
_OWN: Mapping[str, tuple[Any, tuple[str, ...]]] = {
    "credit_consents": (CreditConsent, ("purpose", "text_version", "given_at")),
    "payouts": (Payout, ("about", "means", "amount", "due_on", "status", "ended_at")),
    "accounts": (PayeeAccount, ("written_at", "ended_at")),
    "cash": (ContractCash, ("about", "total")),
    "due_diligence": (Diligence, ("about", "purpose", "done_at", "keep_through")),
    "visits": (Visit, ("asked_at", "kinds", "scope", "place", "visit_on")),
    "visit_refusals": (VisitRefusal, ("refused_at",)),
    "documents": (StatutoryDocument, ("case_id", "issued_at", "delivery", "received_on",
                                      "keep_through")),
    "ledger": (LedgerRow, ("entered_on", "direction", "kind", "features", "price", "keep_through")),
}  # fmt: skip


def _own_rows(
    db: Session, customer: CustomerId, table: Any, columns: tuple[str, ...]
) -> list[dict[str, Any]]:
    first = next(iter(table.__table__.primary_key.columns))
    theirs = table.customer_id.in_(newcomers.whole(db, customer))
    rows = db.exec(select(table).where(theirs).order_by(first))
    return [_row(each, *columns) for each in rows]


def _wanted(db: Session, who: str, *, now: datetime) -> dict[str, Any]:
    """What somebody looks for, follows, has held and passed on."""
    watched = items.codes_of(db, watchers.watched_by(db, who))
    held = holds.holds_of(db, who, now=now)
    codes = items.codes_of(db, [UnitId(each.unit_id) for each in held])
    return {
        "wishes": [asdict(each) for each in wishes.wishes_of(db, who)],
        "watched": list(watched.values()),
        "holds": [
            {"code": codes[UnitId(each.unit_id)], "placed_at": each.placed_at, "until": each.until}
            for each in held
        ],
        "shares": [asdict(each) for each in shares.shares_of(db, who, now=now)],
    }


def _tasks(db: Session, conversation: ConversationId) -> Sequence[Work]:
    return worklist.tasks_of(db, f"conversation:{conversation}")


def _asked(task: Work) -> dict[str, Any]:
    """A call back, an appointment, a person: what somebody of the shop was asked to do."""
    return {"asked_at": task.written_at, "by": task.due_at, "done_at": task.ended_at, **task.facts}


def _conversation(
    db: Session, conversation: ConversationId, files: list[SentOnce]
) -> dict[str, Any]:
    sent = received.of_conversation(db, conversation, limit=_MOST_FILES)
    kept = [each for each in sent if each.state == ReceivedState.STORED.value]
    files += [SentOnce(each.id, f"files/{each.id}{_ending(each.name)}") for each in kept]
    return {
        "conversation": conversation,
        "remembered": memory.written(threads.memory_of(db, conversation)),
        "waits_for_captures": [
            _row(each, "unit_code", "part", "kind", "due_at")
            for each in capturing.waited_for(db, conversation)
        ],
        "waited_for_a_person": [
            _row(each, "reason", "state", "opened_at", "promised_at", "closed_at")
            for each in desk.of_conversation(db, conversation)
        ],
        "noted_by_the_shop": [
            _row(each, "body", "written_at") for each in notes.of_conversations(db, [conversation])
        ],
        "labels": [
            each.name for each in labels.of_conversations(db, [conversation]).get(conversation, ())
        ],
        "films_watched": [
            _row(each, "asset_id", "at") for each in views.of_conversation(db, conversation)
        ],
        "heard": [
            {"at": each.event_at, "event": json.loads(each.body)}
            for each in inbox.of_conversation(db, conversation)
        ],
        "said": [
            {"at": each.written_at, "state": each.state, "messages": json.loads(each.messages)}
            for each in outbox.of_conversation(db, conversation)
        ],
        "files": [
            {
                **_row(each, "kind", "name", "size", "sent_at"),
                "in_pack": f"files/{each.id}{_ending(each.name)}",
            }
            for each in kept
        ],
    }


async def packed(taken: Taken, units: Units, store: Any, keys: DataKeys | None) -> Path:
    """The pack as a file the caller deletes. A file that can no longer be opened is left out."""
    path = await asyncio.to_thread(_fresh_file)
    opened: list[tuple[str, Iterator[bytes]]] = []
    if keys is not None:
        sealed = keys
        for each in taken.files:
            try:
                chunks = await units.read(
                    lambda db, each=each: received.plain(db, store, each.id, sealed)  # type: ignore[misc]  # bound at once
                )
            except ReceivedMissing:
                continue
            opened.append((each.name, chunks))
    await asyncio.to_thread(_write_whole, path, taken.told, opened)
    return path


def _fresh_file() -> Path:
    number, name = tempfile.mkstemp(prefix="akashi-data-", suffix=".zip")
    os.close(number)
    return Path(name)


def _write_whole(
    path: Path, told: Mapping[str, Any], files: Sequence[tuple[str, Iterator[bytes]]]
) -> None:
    try:
        _write(path, told, files)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _write(
    path: Path, told: Mapping[str, Any], files: Sequence[tuple[str, Iterator[bytes]]]
) -> None:
    text = json.dumps(told, ensure_ascii=False, indent=2, default=_plain)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("data.json", text)
        for name, chunks in files:
            with pack.open(name, "w", force_zip64=True) as target:
                for chunk in chunks:
                    target.write(chunk)


def _row(row: Any, *columns: str) -> dict[str, Any]:
    return {column: getattr(row, column) for column in columns}


def _ending(name: str | None) -> str:
    ending = Path(name).suffix if name else ""
    return ending if ending.isascii() and len(ending) <= 10 else ""


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
