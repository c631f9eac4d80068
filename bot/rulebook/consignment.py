"""CON and PAY rules: one reader a rule, each calling the product's own function."""

from typing import Any

from bot.rulebook.reading import (
    Input,
    InputMalformed,
    day,
    instant,
    iso,
    items,
    kind,
    moment,
    yen,
)
from catalog.buyback.rules import buyback_pay_date
from catalog.buyback.terms import PayTerms
from catalog.consignment import rules
from catalog.consignment.terms import ConsignmentTerms
from catalog.duties.rules import last_return_day
from catalog.duties.terms import DutyTerms
from catalog.ground.calendar import tokyo_day
from catalog.ground.money import Yen
from catalog.ground.policy import NoticeTerms, Policy
from catalog.items.kinds import UnitState

Json = dict[str, Any]

IN_PLACE = {"rounding": "con.rounding", "tier_mode": "con.tier_mode"}


def payout(policy: Policy, given: Input) -> Json:
    """CON-3, CON-4."""
    told = rules.consignment_payout(policy.of(ConsignmentTerms), _basis(given))
    return {
        "basis": told.basis,
        "rate_bps": told.rate_bps,
        "payout": told.payout,
        "commission": told.commission,
        "commission_tax_included": told.commission_tax,
    }


def _basis(given: Input) -> Yen:
    """The price the consignor consented to; what the dealer funds and shipping leave it alone."""
    for beside in ("dealer_coupon", "buyer_store_credit_used", "shipping_charged_to_buyer"):
        given.optional(beside, yen)
    listed = given.optional("list_price", yen)
    for key in (
        "negotiated_price_consented_by_consignor",
        "sold_price_tax_incl",
        "list_price_at_sale",
    ):
        price = given.optional(key, yen)
        if price is not None:
            return price
    if listed is None:
        raise InputMalformed("sold_price_tax_incl: missing")
    return listed


def eligible(policy: Policy, given: Input) -> Json:
    """CON-1."""
    prices = given.take("initial_list_prices", items(yen))
    terms = policy.of(ConsignmentTerms)
    return {"eligible": [rules.is_eligible(terms, price) for price in prices]}


def term(policy: Policy, given: Input) -> Json:
    """CON-6."""
    start = given.optional("consignment_start_date", day)
    if start is None:
        if not given.has("consigned_at"):
            raise InputMalformed("consignment_start_date: missing")
        start = tokyo_day(given.take("consigned_at", instant))
    told = rules.consignment_term(policy.of(ConsignmentTerms), start)
    return {
        "start_date": iso(told.start_on),
        "last_day": iso(told.last_day),
        "term_ends_at": moment(told.ends_at),
    }


def guarantee(policy: Policy, given: Input) -> Json:
    """CON-7."""
    answer = rules.guarantee_request(
        policy.of(ConsignmentTerms),
        policy.of(PayTerms),
        start_on=given.take("consignment_start_date", day),
        sent_at=given.take("requested_at", instant),
        offered=given.take("original_buyback_offer", yen),
        offered_now=given.optional("current_market_offer", yen),
        state=given.take("unit_state", kind(UnitState)),
    )
    if answer.is_accepted:
        return {"accepted": True, "amount": answer.amount, "pay_on": iso(answer.pay_on)}
    return {"accepted": False, "reason": answer.reason, "parked": answer.is_parked}


def list_price(policy: Policy, given: Input) -> Json:
    """CON-8."""
    told = rules.list_price_on(
        policy.of(ConsignmentTerms),
        start_on=given.take("start_date", day),
        initial=given.take("initial_list_price", yen),
        least=given.optional("min_price", yen) or Yen(0),
        guarantee=given.optional("guarantee_amount", yen),
        day=given.take("date", day),
    )
    return {
        "list_price": told.price,
        "blocked_steps": list(told.blocked),
        "applied_steps": [[days, price] for days, price in told.applied],
    }


def reminders(policy: Policy, given: Input) -> Json:
    """CON-9."""
    told = rules.term_reminders(
        policy.of(ConsignmentTerms),
        policy.of(NoticeTerms),
        given.take("consignment_start_date", day),
    )
    return {
        "reminders": [moment(each) for each in told.send_at],
        "grace_last_day": iso(told.grace_last_day),
        "auto_return_from": iso(told.auto_return_from),
    }


def buyback_pay(policy: Policy, given: Input) -> Json:
    """PAY-1."""
    return {
        "pay_on": iso(buyback_pay_date(policy.of(PayTerms), given.take("accepted_at", instant)))
    }


def consignment_pay(policy: Policy, given: Input) -> Json:
    """PAY-2."""
    if given.has("delivered_date"):
        delivered = given.take("delivered_date", day)
        duties = policy.of(DutyTerms)
        return {
            "last_return_day": iso(last_return_day(duties, delivered)),
            "payout_on": iso(rules.online_pay_date(duties, delivered)),
        }
    if not given.has("in_store_sold_at"):
        raise InputMalformed("delivered_date: missing")
    sold_at = given.take("in_store_sold_at", instant)
    return {"payout_on": iso(rules.in_store_pay_date(policy.of(PayTerms), sold_at))}
