"""Forgetting a person (データの削除, R-137): what they wrote, what was written to them, what they
sent, what the shop knows of them, in one unit of work.

While a deal is open the register keeps who the person is, and forgets it on its own when the last
one ends (slot `erasures`). What the law orders kept (the dealer's ledger, checks of identity, the
books of orders and payments, evidence under a hold) stays where it lies, sealed, until its own
time is over (`duties.retention`). The journal tells ids only. Not here: asking first.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from catalog.buyback.payouts import accounts
from catalog.customers import erasing, newcomers
from catalog.customers import queries as customers
from catalog.ground import journal, worklist
from catalog.ground.record import ConversationId, CustomerId, to_millis
from catalog.items import watchers
from catalog.items.holds import queries as holds
from catalog.items.holds.actions import release
from catalog.items.wishes import actions as wishes
from catalog.orders import dealings
from catalog.orders.dealings import Open
from conversations.inbox import queries as inbox
from conversations.outbox import actions as outbox
from conversations.threads import actions as threads
from media.disputes import closing
from media.disputes import queries as disputes
from media.disputes.tables import DisputeState
from media.intake import received
from media.intake import tasks as capturing
from media.sharing import passes as media_passes
from media.sharing import shares

FORGOTTEN = "forgotten"  # work: the floor above forgets what staff wrote beside it
ELSEWHERE = timedelta(days=3)  # until staff have removed what no register holds
_REASON = "erased"


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was done. `waits_for`: what keeps the person in the register for now."""

    files: int
    waits_for: tuple[Open, ...]


def forget_visitor(
    db: Session, conversation: ConversationId, *, by: str, now: datetime, key: str
) -> Forgotten:
    """Somebody whose membership is not linked: all there is of them is this conversation."""
    request = {"verb": "forget", "conversation": conversation}
    before = journal.stored_result(db, key, request)
    if before is not None:
        return Forgotten(int(before["files"]), ())
    files = _conversation(db, conversation, now=now)
    channel, _, address = conversation.partition(":")
    erasing.unlink(db, channel, address)
    journal.record(
        db, f"conversation:{conversation}", "erased", actor=by, at=now, key=key, request=request,
        result={"files": files},
    )  # fmt: skip
    return Forgotten(files, ())


def forget_customer(
    db: Session, customer: CustomerId, *, by: str, now: datetime, key: str
) -> Forgotten:
    """A customer, in every conversation of theirs. The same key again finds the first."""
    request = {"verb": "forget", "customer": customer}
    before = journal.stored_result(db, key, request)
    if before is not None:
        return Forgotten(int(before["files"]), tuple(Open(each) for each in before["waits_for"]))
    erasing.ask(db, customer, by=by, now=now)
    waits_for = open_with(db, customer, now=now)
    files = _customer(db, customer, is_whole=not waits_for, by=by, now=now)
    result = {"files": files, "waits_for": [each.value for each in waits_for]}
    journal.record(
        db, f"customer:{customer}", "forgotten", actor=by, at=now, facts=result, key=key,
        request=request, result=result,
    )  # fmt: skip
    worklist.task(
        db, "erase_elsewhere", f"customer:{customer}", due_at=now + ELSEWHERE, now=now, once=key
    )
    return Forgotten(files, waits_for)


def open_with(db: Session, customer: CustomerId, *, now: datetime) -> tuple[Open, ...]:
    """What is not at its end, a dispute of theirs included."""
    claims = disputes.of_conversations(db, customers.conversations(db, customer))
    is_disputed = any(each.state == DisputeState.OPEN.value for each in claims)
    found = dealings.open_with(db, customer, now=now)
    return (*found, Open.DISPUTE) if is_disputed else found


def run(db: Session, at: datetime) -> None:
    """Slot `erasures`: whose last deal has ended is forgotten now."""
    for customer in erasing.waiting(db):
        if not open_with(db, customer, now=at):
            _customer(db, customer, is_whole=True, by="scheduler", now=at)


def _customer(db: Session, customer: CustomerId, *, is_whole: bool, by: str, now: datetime) -> int:
    files = 0
    for conversation in customers.conversations(db, customer):
        files += _conversation(db, conversation, now=now)
    who = f"customer:{customer}"
    watchers.unwatch_all(db, who, now=now)
    wishes.forget_all(db, who)
    shares.revoke_all(db, who, now=now)
    if is_whole:
        _tell_above(db, who, now=now)
        for hold in holds.holds_of(db, who, now=now):
            release(db, hold.id, by=by, now=now)
        for each in newcomers.whole(db, customer):
            accounts.forget(db, each, now=now)
            erasing.erase(db, each, by=by, now=now)
    return files


def _conversation(db: Session, conversation: ConversationId, *, now: datetime) -> int:
    inbox.scrub_conversation(db, conversation, now=now)
    outbox.scrub_conversation(db, conversation, reason=_REASON, now=now)
    media_passes.revoke_for_conversation(db, conversation, now=now)
    threads.forget(db, conversation)
    _tell_above(db, f"conversation:{conversation}", now=now)
    capturing.stop_waiting(db, conversation)
    closing.forget(db, conversation)
    worklist.forget(db, [f"conversation:{conversation}"], now=now)
    return received.erase(db, conversation, now=now)


def _tell_above(db: Session, subject: str, *, now: datetime) -> None:
    worklist.add(db, FORGOTTEN, subject, f"{subject}@{to_millis(now)}", due_at=now, now=now)
