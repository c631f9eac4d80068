"""QUO rules: one reader a rule, each calling the product's own function."""

from typing import Any

from bot.rulebook.reading import (
    Input,
    InputMalformed,
    count,
    day,
    instant,
    iso,
    items,
    kind,
    moment,
    row,
    text,
    whole,
    yen,
)
from catalog.buyback import rules
from catalog.buyback.terms import QuoteTerms
from catalog.grading.scale import Grade
from catalog.ground.policy import Policy
from catalog.items.kinds import Category

Json = dict[str, Any]


def reference_price(policy: Policy, given: Input) -> Json:
    """QUO-1."""
    rows = given.take("comparables", items(row(yen, kind(Grade), day)))
    reference = rules.reference_price(
        policy.of(QuoteTerms),
        given.take("category", kind(Category)),
        [rules.Comparable(*each) for each in rows],
        given.take("quote_date", day),
    )
    return {"reference_price": reference, "needs_human": reference is None}


def quote(policy: Policy, given: Input) -> Json:
    """QUO-2, QUO-3."""
    piece = rules.Piece(
        category=given.take("category", kind(Category)),
        grade=given.take("grade", kind(Grade)),
        age_years=given.take("age_years", count),
        days_to_sell=given.optional("median_days_to_sell", count),
        missing=frozenset(given.take("missing_accessories", items(text))),
    )
    price = rules.buyback_quote(
        policy.of(QuoteTerms),
        piece,
        reference=given.take("reference_price", yen),
        evidence=given.take("evidence", kind(rules.Evidence)),
        customer_margin=given.take("customer_margin_24m", whole),
    )
    told: Json = {
        "age_bps": price.age_bps,
        "demand_bps": price.demand_bps,
        "accessory_bps": price.accessory_bps,
        "expected_resale": price.expected,
        "margin": price.margin,
        "decision": "decline" if price.buyback is None else "quote",
        "buyback": price.buyback,
    }
    if price.buyback is not None:
        told |= {"range_low": price.low, "range_high": price.high}
    return told


def validity(policy: Policy, given: Input) -> Json:
    """QUO-5."""
    last = rules.valid_through(
        policy.of(QuoteTerms),
        given.take("kind", kind(rules.QuoteKind)),
        given.take("issued_at", instant),
    )
    return {"valid_through": iso(last), "expires_at": moment(rules.expires_at(last))}


def approval(policy: Policy, given: Input) -> Json:
    """QUO-6: who must approve, or whether the bot may send by itself."""
    terms = policy.of(QuoteTerms)
    if given.has("binding_amount"):
        approvers = rules.binding_approvers(terms, given.take("binding_amount", yen))
        return {"approvers": [each.value for each in approvers]}
    if not given.has("range_high"):
        raise InputMalformed("binding_amount: missing")
    may = rules.may_auto_send(
        terms,
        range_high=given.take("range_high", yen),
        evidence=given.take("evidence", kind(rules.Evidence)),
        comparables=given.take("comparables", count),
        flags=given.take("flags", items(kind(rules.Flag))),
    )
    return {"auto_send": may}


def referral(policy: Policy, given: Input) -> Json:
    """QUO-7."""
    refer = rules.should_refer(
        policy.of(QuoteTerms),
        own_offer=given.nullable("own_offer", yen),
        partner_indication=given.nullable("partner_indication", yen),
    )
    return {"refer": refer}
