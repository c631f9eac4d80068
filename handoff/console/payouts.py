"""Payout day (送金): what is due, lists made by one person and released by another, the bank's
file, its answer, and what is late (R-051).

GET  /console/payouts                        what is due, what comes, what is late, the lists
GET  /console/payouts/{number}               one list
POST /console/payouts/prepare                make a list: shown first, then made
POST /console/payouts/{number}/release       a second person lets it go
POST /console/payouts/{number}/cancel        it is taken back before its file leaves
POST /console/payouts/{number}/file          the bank's file; its payments count as sent
POST /console/payouts/{number}/refused       the bank took nothing of the file
POST /console/payouts/{number}/result        the bank's answer
POST /console/payouts/{number}/came_back     what it had paid on a line is with the shop again
POST /console/payouts/cash, /again           one payment over the counter, or into the next list

An account stands in clear in the file alone, which leaves only once it is recorded.
"""

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from sqlmodel import Session

from catalog.buyback import credit_payouts, paying
from catalog.buyback.payouts import batches, lines, queries, rules
from catalog.buyback.payouts.answers import Outcome, read_answer
from catalog.buyback.payouts.batches import BatchMissing, OriginatorMissing
from catalog.buyback.payouts.rules import BatchStatus, PayoutStatus, is_one_hand
from catalog.buyback.payouts.tables import Payout, PayoutBatch, PayoutLine
from catalog.buyback.payouts.zengin import TransferMalformed
from catalog.buyback.tables import BuybackCase
from catalog.buyback.terms import PayTerms
from catalog.consignment.tables import Contract
from catalog.credit.tables import CreditAccount
from catalog.customers.tables import Customer
from catalog.duties.rules import Means
from catalog.ground import journal, policy
from catalog.ground.calendar import tokyo_day
from handoff.console.asked import FieldMalformed, called, day_of, is_sure, key_of, names, rehearsed
from handoff.console.door import HOME, Visit, checked, checked_with_file, onward, who
from handoff.console.office import Office
from handoff.console.pages import PRIVATE, page
from handoff.staff.permissions import Act

Number = Annotated[int, Path(ge=0, le=2**31)]
Offset = Annotated[int, Query(ge=0, le=10**6)]
Done = Annotated[str, Query(max_length=20)]
_FILE = "zengin"
_STEP = 50
_LARGEST_ANSWER = 2 * 1024 * 1024


def add(made: APIRouter, office: Office) -> None:
    """The addresses of payout day."""

    @made.get("/payouts")
    async def day(request: Request, offset: Offset = 0, done: Done = "") -> Response:
        visit = await who(office, request, Act.PAY)
        facts = await office.units.read(lambda db: _day(db, visit, offset))
        return page("payouts", visit.lang, {"visit": visit, **facts, "done": done})

    @made.get("/payouts/{number}")
    async def one(request: Request, number: Number, done: Done = "") -> Response:
        visit = await who(office, request, Act.PAY)
        facts = await office.units.read(lambda db: _one(db, visit, number))
        return page("payout_list", visit.lang, {"visit": visit, **facts, "done": done})

    @made.post("/payouts/prepare")
    async def prepare(request: Request) -> Response:
        visit, form = await checked(office, request, Act.PAY)

        def unit(db: Session) -> dict[str, Any]:
            actor, key, on = visit.session.actor, key_of(form, visit), day_of(form, "on")
            batch = batches.prepare(db, on=on, actor=actor, now=visit.now, key=key)
            if batch is None:
                return {}
            lines = [_line(db, each) for each in queries.of_batch(db, batch.id)]
            late = sum(each["due_on"] < batch.transfer_on for each in lines)
            return {"batch": batch, "lines": lines, "late": late}

        if not is_sure(form):
            told = await rehearsed(office, unit)
            if told:
                return page("payouts_sure", visit.lang, {"visit": visit, "form": form, **told})
        told = await office.units.write(unit)  # why nothing can be paid is kept at once
        if not told:
            return onward(f"{HOME}/payouts?done=none", request)
        return onward(f"{HOME}/payouts/{told['batch'].number}", request)

    for name, verb in (("cash", paying.pay_cash), ("again", paying.try_again)):
        _single(made, office, name, verb)
    _add_lists(made, office)


def _single(made: APIRouter, office: Office, name: str, verb: Callable[..., str]) -> None:
    @made.post(f"/payouts/{name}")
    async def done(request: Request) -> Response:
        visit, form = await checked(office, request, Act.PAY)
        payout_id, key = form.get("payout", ""), key_of(form, visit)
        actor = visit.session.actor
        await office.units.write(
            lambda db: verb(db, payout_id, actor=actor, now=visit.now, key=key)
        )
        return onward(f"{HOME}/payouts", request)


def _step(made: APIRouter, office: Office, name: str, verb: Callable[..., object]) -> None:
    @made.post(f"/payouts/{{number}}/{name}")
    async def done(request: Request, number: Number) -> Response:
        visit, form = await checked(office, request, Act.PAY)
        key, actor = key_of(form, visit), visit.session.actor
        await office.units.write(
            lambda db: verb(db, _batch(db, number), actor=actor, now=visit.now, key=key)
        )
        return onward(f"{HOME}/payouts/{number}", request)


def _add_lists(made: APIRouter, office: Office) -> None:
    for step, verb in (("release", batches.release), ("cancel", batches.cancel)):
        _step(made, office, step, verb)

    @made.post("/payouts/{number}/refused")
    async def refused(request: Request, number: Number) -> Response:
        visit, form = await checked(office, request, Act.PAY)
        if not is_sure(form):
            raise FieldMalformed("sure")
        key, actor = key_of(form, visit), visit.session.actor
        await office.units.write(
            lambda db: paying.file_refused(
                db, _batch(db, number), actor=actor, now=visit.now, key=key
            )
        )
        return onward(f"{HOME}/payouts/{number}", request)

    @made.post("/payouts/{number}/came_back")
    async def came_back(request: Request, number: Number) -> Response:
        visit, form = await checked(office, request, Act.PAY)
        line = form.get("line", "")
        if not (line.isascii() and line.isdigit() and len(line) < 7):
            raise FieldMalformed("line")
        if not is_sure(form):
            raise FieldMalformed("sure")
        key, actor = key_of(form, visit), visit.session.actor
        await office.units.write(
            lambda db: paying.came_back(
                db, _batch(db, number), int(line), actor=actor, now=visit.now, key=key
            )
        )
        return onward(f"{HOME}/payouts/{number}", request)

    @made.post("/payouts/{number}/file")
    async def file(request: Request, number: Number) -> Response:
        visit, _ = await checked(office, request, Act.PAY)
        actor, keys = visit.session.actor, office.keys
        if keys is None:
            raise OriginatorMissing("no key opens an account")

        def unit(db: Session) -> bytes | None:
            batch_id = _batch(db, number)
            content = batches.write_file(db, keys, batch_id, actor=actor, now=visit.now)
            if content is None:
                return None
            journal.record(
                db, f"payout_batch:{batch_id}", "file_taken", actor=actor.name, at=visit.now,
                facts={"bytes": len(content)},
            )  # fmt: skip
            return content

        content = await office.units.write(unit)  # recorded before a byte leaves
        if content is None:
            return onward(f"{HOME}/payouts/{number}?done=none", request)
        name = f"{_FILE}-{number}.txt"
        headers = {**PRIVATE, "Content-Disposition": f'attachment; filename="{name}"'}
        return Response(content, media_type="application/octet-stream", headers=headers)

    @made.post("/payouts/{number}/result")
    async def result(request: Request, number: Number) -> Response:
        visit, _, content = await checked_with_file(
            office, request, Act.PAY, most=_LARGEST_ANSWER, field="answer"
        )
        if not content:
            raise TransferMalformed("file")
        reply, actor = read_answer(content), visit.session.actor

        def unit(db: Session) -> dict[str, Any]:
            batch_id = _batch(db, number)
            done = paying.take_answer(db, batch_id, reply, actor=actor, now=visit.now)
            return {"answered": done}

        told = await office.units.write(unit)
        facts = await office.units.read(lambda db: _one(db, visit, number))
        return page("payout_list", visit.lang, {"visit": visit, "done": "", **facts, **told})


def _batch(db: Session, number: int) -> str:
    found = queries.batch_of(db, number)
    if found is None:
        raise BatchMissing(str(number))
    return found


def _day(db: Session, visit: Visit, offset: int) -> dict[str, Any]:
    today = tokyo_day(visit.now)
    on, last = rules.bank_day_from(today), rules.last_day_for_list(today)
    return {
        "today": today,
        "on": on,
        "last": last,
        "due": [_line(db, each) for each in queries.due(db, on)],
        "coming": [_line(db, each) for each in queries.coming(db, on, last)],
        "cash": [_line(db, each) for each in queries.due(db, today, means=Means.CASH)],
        "late": [_line(db, each) for each in queries.unpaid(db, today)],
        "failed": [_line(db, each) for each in queries.failed(db)],
        "open_lists": queries.under_way(db),
        "lists": queries.batches(db, limit=_STEP, offset=offset),
        "offset": offset,
        "step": _STEP,
        "people": names(db),
    }


def _one(db: Session, visit: Visit, number: int) -> dict[str, Any]:
    batch = db.get_one(PayoutBatch, _batch(db, number))
    terms = policy.current(db).of(PayTerms)
    actor, today = visit.session.actor, tokyo_day(visit.now)
    sent = lines.of(db, batch.id).values()
    inside = queries.of_batch(db, batch.id)
    told = [_sent_line(db, each) for each in sent] or [_line(db, each) for each in inside]
    own = [each for each in inside if is_one_hand(each.hands, actor.name)]
    goes = [each for each in inside if each not in own and queries.block(db, each) is None]
    status = BatchStatus(batch.status)
    return {
        "batch": batch,
        "lines": told,
        "count": len(told),
        "total": sum(each["amount"] for each in told),
        "people": names(db),
        "is_other": not terms.four_eyes or batch.made_by != actor.name,
        "own": len(own),  # of which whoever looks was the one hand
        "goes": len(goes),  # what their release lets go
        "goes_total": sum(each.amount for each in goes),
        "is_open": status in rules.BEFORE_SENT,
        "goes_on": rules.transfer_day(batch.transfer_on, today),
        "is_unanswered": bool(sent) and all(lines.is_open(each) for each in sent),
        "has_originator": batches.sender_of(db, batch) is not None,
        "events": journal.of(db, f"payout_batch:{batch.id}"),
        "answered": None,
    }


def _sent_line(db: Session, line: PayoutLine) -> dict[str, Any]:
    """A line of a file the bank was given, as the bank spoke of it, wherever its payment stands."""
    payout = db.get_one(Payout, line.payout_id)
    if line.outcome is None:
        status = PayoutStatus.SENT
    else:
        is_paid = line.outcome == Outcome.PAID.value
        status = PayoutStatus.PAID if is_paid else PayoutStatus.FAILED
    is_here = payout.batch_id == line.batch_id
    return _line(db, payout) | {
        "line": line.line, "amount": line.amount, "status": status.value, "block": None,
        "failure": line.outcome if status is PayoutStatus.FAILED else None,
        "reference": payout.bank_ref if is_here else None,
        "came_back": lines.is_against(db, line, payout),
    }  # fmt: skip


def _line(db: Session, payout: Payout) -> dict[str, Any]:
    """A payment as it is listed: to whom, for what, and what stands in its way."""
    block = queries.block(db, payout)
    kind, _, about_id = payout.about.partition(":")
    case = db.get(BuybackCase, about_id) if kind == "case" else None
    contract = db.get(Contract, about_id) if kind == "contract" else None
    return {
        "id": payout.id, "line": payout.line, "amount": payout.amount, "due_on": payout.due_on,
        "status": payout.status, "means": payout.means, "failure": payout.failure,
        "reference": payout.bank_ref, "payee": called(db, payout.customer_id),
        "block": block.value if block is not None else None,
        "case_no": case.case_no if case is not None else None,
        "account_no": _account_no(db, about_id) if kind == credit_payouts.KIND else None,
        "contract_no": contract.contract_no if contract is not None else None,
    }  # fmt: skip


def _account_no(db: Session, account_id: str) -> str:
    """Whose credit it is paid for."""
    return db.get_one(Customer, db.get_one(CreditAccount, account_id).customer_id).customer_no


def to_release(db: Session) -> Sequence[PayoutBatch]:
    """The lists that wait for a second person."""
    return [each for each in queries.under_way(db) if each.status == BatchStatus.MADE.value]
