"""CRD rules: one reader a rule, each calling the product's own function."""

from datetime import UTC, date, datetime
from typing import Any

from bot.rulebook.reading import (
    Input,
    InputMalformed,
    day,
    flag,
    inner,
    instant,
    iso,
    items,
    kind,
    moment,
    row,
    text,
    yen,
)
from catalog.credit import rules, statement
from catalog.credit.terms import CreditTerms, Origin
from catalog.ground.calendar import tokyo_day
from catalog.ground.money import Yen
from catalog.ground.policy import NoticeTerms, Policy

Json = dict[str, Any]

IN_PLACE = {"send_time": "ntf.send_time", "offsets": "crd.reminder_days"}
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)  # a lot told without its day of issue


def lot_expiry(policy: Policy, given: Input) -> Json:
    """CRD-3."""
    origin = given.take("origin", kind(Origin))
    last = rules.lot_expiry(policy.of(CreditTerms), origin, given.take("issued_at", instant))
    return {
        "expires_on": iso(last),
        "expires_at": moment(rules.expires_at(last)),
        "consideration": rules.is_paid(origin),
    }


def _bare_lot(given: Input, name: str = "lot") -> rules.Lot:
    return rules.Lot(
        id=name,
        remaining=given.take("remaining", yen),
        expires_on=given.nullable("expires_on", day),
        is_paid=True,
        issued_at=_EPOCH,
    )


def spendable(policy: Policy, given: Input) -> Json:
    """CRD-10: the moment decides; whether the job has run changes nothing."""
    given.optional("expiry_job_has_run", flag)
    lot = _bare_lot(given.take("lot", inner))
    return {"spendable": rules.spendable([lot], given.take("now", instant))}


def _lot(key: str, value: Any) -> rules.Lot:
    given = inner(key, value)
    return rules.Lot(
        id=given.take("id", text),
        remaining=given.take("remaining", yen),
        expires_on=given.nullable("expires_on", day),
        is_paid=given.take("consideration", flag),
        issued_at=given.take("issued_at", instant),
    )


def redeem_plan(policy: Policy, given: Input) -> Json:
    """CRD-4."""
    lots = given.take("lots", items(_lot))
    now = given.take("now", instant)
    try:
        taken = rules.redeem_plan(lots, given.take("amount", yen), now)
    except rules.CreditShort as short:
        return {"ok": False, "spendable": short.held, "taken": []}
    return {
        "ok": True,
        "spendable": rules.spendable(lots, now),
        "taken": [[lot, amount] for lot, amount in taken],
    }


def bonus(policy: Policy, given: Input) -> Json:
    """CRD-6."""
    total, part = given.take("buyback_total", yen), given.take("credit_part", yen)
    if part > total:
        raise InputMalformed("credit_part: more than the whole")
    extra = rules.credit_bonus(policy.of(CreditTerms), part)
    return {
        "bank_part": total - part,
        "principal_lot": part,
        "bonus_lot": extra,
        "bonus_issued": extra > 0,
    }


def split_tender(policy: Policy, given: Input) -> Json:
    """CRD-7."""
    total = given.take("order_total", yen)
    used = rules.split_tender(
        total, given.take("credit_requested", yen), given.take("spendable", yen)
    )
    return {"credit_used": used, "other_tender": total - used}


def refund_plan(policy: Policy, given: Input) -> Json:
    """CRD-8."""
    consumed = given.take("credit_consumed_in_order", items(row(text, yen)))
    amounts = given.take("refunds", items(yen))
    days = given.take("refund_dates", items(day))
    if len(amounts) != len(days):
        raise InputMalformed("refund_dates: one for each refund")
    ends = given.take("lot_expires_on", inner)
    steps = rules.refund_plan(
        policy.of(CreditTerms),
        [(lot, amount) for lot, amount in consumed],
        given.take("other_tender", yen),
        list(zip(amounts, days, strict=True)),
        {lot: ends.nullable(lot, day) for lot, _ in consumed},
    )
    return {
        "steps": [
            {
                "to_credit": step.to_credit,
                "to_other": step.to_other,
                "restored": [
                    {"lot": each.lot, "amount": each.amount, "expires_on": iso(each.expires_on)}
                    for each in step.restored
                ],
            }
            for step in steps
        ],
        "new_lots": [each.lot for step in steps for each in step.restored if each.is_new],
    }


def reverse_lot(policy: Policy, given: Input) -> Json:
    """CRD-9."""
    told = rules.reverse_lot(
        issued=given.take("lot_issued", yen),
        remaining=given.take("lot_remaining", yen),
        reverse=given.take("reverse", yen),
    )
    others = given.take("other_lots_remaining", yen)
    return {
        "taken_from_lot": told.taken,
        "receivable": told.receivable,
        "other_lots_remaining": others,
    }


def hold_and_capture(policy: Policy, given: Input) -> Json:
    """CRD-5: one hold and its capture, or several holds that compete."""
    lot = _bare_lot(given.take("lot", inner))
    if given.has("holds"):
        return _competing(lot, given.take("holds", items(yen)))
    held_at, capture_at = given.take("hold_at", instant), given.take("capture_at", instant)
    if capture_at < held_at:
        raise InputMalformed("capture_at: before hold_at")
    amount = given.take("amount", yen)
    ends_at = rules.hold_until(policy.of(CreditTerms), held_at)
    is_held = rules.spendable([lot], held_at) >= amount
    captured = is_held and rules.may_capture(ends_at, capture_at)
    is_gone = is_held and not captured and not rules.is_alive(lot.expires_on, capture_at)
    return {
        "held": is_held,
        "captured": captured,
        "hold_expires_at": moment(ends_at),
        "breakage": amount if is_gone else 0,
    }


def _competing(lot: rules.Lot, holds: list[Yen]) -> Json:
    left, accepted = int(lot.remaining), []
    for wanted in holds:
        fits = wanted <= left
        accepted.append(fits)
        left -= wanted if fits else 0
    return {"accepted": accepted, "spendable_left": left}


def reminders(policy: Policy, given: Input) -> Json:
    """CRD-11: the schedule of a lot, one message per last day, or catching up after downtime."""
    if given.has("lots"):
        return _grouped(policy, given)
    if given.has("last_run_date"):
        return _caught_up(policy, given)
    issued = given.take("issued_at", instant)
    told = rules.credit_reminders(
        policy.of(CreditTerms),
        policy.of(NoticeTerms),
        issued_on=tokyo_day(issued),
        expires_on=given.take("expires_on", day),
        amount=given.take("remaining", yen),
        is_opted_out=given.optional("opted_out", flag) or False,
    )
    return {
        "reminders": [{"offset": each.offset, "send_at": moment(each.send_at)} for each in told]
    }


def _grouped(policy: Policy, given: Input) -> Json:
    asked = given.optional("expires_on", day)

    def lot(key: str, value: Any) -> tuple[date | None, Yen]:
        each = inner(key, value)
        return each.optional("expires_on", day) or asked, each.take("remaining", yen)

    groups = rules.reminder_groups(policy.of(CreditTerms), given.take("lots", items(lot)))
    if asked is not None:
        groups = {last: total for last, total in groups.items() if last == asked}
    return {"messages": len(groups), "amount": sum(groups.values())}


def _caught_up(policy: Policy, given: Input) -> Json:
    issued = given.optional("issued_at", instant)
    told = rules.missed_reminders(
        policy.of(CreditTerms),
        policy.of(NoticeTerms),
        expires_on=given.take("expires_on", day),
        last_run_on=given.take("last_run_date", day),
        moment=given.take("now", instant),
        issued_on=tokyo_day(issued) if issued else None,
    )
    sent = [] if told.sent is None else [{"offset": told.sent, "days_left": told.days_left}]
    return {"sent": sent, "skipped": list(told.skipped)}


_EVENTS = {
    "issue": row(text, text, kind(Origin), yen),
    "redeem": row(text, yen),
    "refund_to_credit": row(text, yen),
    "expire_all_bonus": row(text),
}


def _event(key: str, value: Any) -> statement.Event:
    name = value[0] if isinstance(value, list) and value else None
    if not isinstance(name, str) or name not in _EVENTS:
        raise InputMalformed(f"{key}: none of {', '.join(_EVENTS)}")
    told = _EVENTS[name](key, value)[1:]
    match name:
        case "issue":
            return statement.Issued(*told)
        case "redeem":
            return statement.Redeemed(*told)
        case "refund_to_credit":
            return statement.Refunded(*told)
        case _:
            return statement.BonusExpired()


def statement_of(policy: Policy, given: Input) -> Json:
    """CRD-12."""
    events = given.take("events", items(_event))
    told = statement.statement(policy.of(CreditTerms), events, begun_at=_EPOCH)
    return {
        "after_redeem": told.after_redeem,
        "after_refund": told.after_refund,
        "breakage": told.breakage,
        "balance": told.balance,
        "closing": told.closing,
    }
