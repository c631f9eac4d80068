"""KOB, AML, TOK, PRE and PII rules: one reader a rule, each calling the product's own function."""

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
from catalog.credit.rules import is_paid
from catalog.credit.terms import Origin
from catalog.duties import prepaid, rules
from catalog.duties.terms import DutyTerms
from catalog.ground.policy import Policy

Json = dict[str, Any]


def identity(policy: Policy, given: Input) -> Json:
    """KOB-1."""
    given.take("deal", kind(rules.Deal))
    told = rules.identity_required(
        policy.of(DutyTerms),
        total=given.take("total_consideration", yen),
        kinds=given.take("categories", items(kind(rules.ItemKind))),
        is_own_sale_bought_back=given.take("buying_back_own_sale_from_same_buyer", flag),
    )
    return _requirement(told)


def ledger_row(policy: Policy, given: Input) -> Json:
    """KOB-2."""
    return _requirement(
        rules.ledger_row_required(
            policy.of(DutyTerms),
            kind=given.take("category", kind(rules.ItemKind)),
            price=given.take("price", yen),
        )
    )


def _requirement(told: rules.Requirement) -> Json:
    return {"legally_required": told.by_law, "house_policy_required": told.by_house}


def retain_ledger(policy: Policy, given: Input) -> Json:
    """KOB-3."""
    last = rules.retain_ledger_through(policy.of(DutyTerms), given.take("entry_date", day))
    return {"retain_through": iso(last)}


def retain_notice(policy: Policy, given: Input) -> Json:
    """KOB-4."""
    return {"retain_through": iso(rules.retain_notice_through(given.take("notice_received", day)))}


def recovery(policy: Policy, given: Input) -> Json:
    """KOB-6."""
    within = rules.recovery_within(
        stolen_on=given.take("theft_date", day), claimed_on=given.take("claim_date", day)
    )
    return {"within": within}


def age(policy: Policy, given: Input) -> Json:
    """KOB-7."""
    born, on = given.take("birth_date", day), given.take("date", day)
    return {
        "age": rules.age_on(born, on),
        "allowed": rules.may_sell(policy.of(DutyTerms), born, on),
    }


def aml(policy: Policy, given: Input) -> Json:
    """AML-1."""
    told = rules.aml_required(
        policy.of(DutyTerms),
        kind=given.take("category", kind(rules.ItemKind)),
        payments=[
            (means, amount)
            for means, amount in given.take(
                "payments_of_one_contract", items(row(kind(rules.Means), yen))
            )
        ],
    )
    return {"cash_total": told.cash, "required": told.is_required}


def cooling_off(policy: Policy, given: Input) -> Json:
    """TOK-1."""
    received = given.nullable("statutory_document_received", day)
    last = rules.cooling_off_last_day(received)
    told: Json = {
        "last_day": iso(last),
        "resale_hold_until": moment(rules.end_of(last)) if last else None,
    }
    if given.has("notice_dispatched_at"):
        at = given.take("notice_dispatched_at", instant)
        told["effective"] = rules.is_rescission_effective(received, at)
    return told


def has_cooling_off(policy: Policy, given: Input) -> Json:
    """TOK-2."""
    channel = given.take("channel", kind(rules.Channel))
    is_consumer = given.take("is_consumer", flag)
    return {"cooling_off": rules.has_cooling_off(channel, is_consumer=is_consumer)}


def return_window(policy: Policy, given: Input) -> Json:
    """TOK-3."""
    last = rules.last_return_day(policy.of(DutyTerms), given.take("delivered_date", day))
    return {"last_return_day": iso(last)}


def regulated(policy: Policy, given: Input) -> Json:
    """PRE-2."""
    return {
        "regulated": prepaid.is_regulated(
            is_paid=is_paid(given.take("origin", kind(Origin))),
            issued_on=given.take("issued_on", day),
            expires_on=given.nullable("expires_on", day),
        )
    }


def duty(policy: Policy, given: Input) -> Json:
    """PRE-3."""
    return _duty(
        prepaid.prepaid_duty(
            given.take("base_date", day), given.take("regulated_unused_balance", yen)
        )
    )


def _duty(told: prepaid.Duty) -> Json:
    return {
        "over_threshold": told.is_over,
        "deposit_required": told.deposit,
        "due": iso(told.due_on),
    }


def _lot(key: str, value: Any) -> prepaid.LotAtBase:
    given = inner(key, value)
    given.take("id", text)
    amount = given.take("amount", yen)
    redemptions = given.take("redemptions", items(row(day, yen)))
    if sum(taken for _, taken in redemptions) > amount:
        raise InputMalformed(f"{key}: more redeemed than issued")
    return prepaid.LotAtBase(
        is_paid=is_paid(given.take("origin", kind(Origin))),
        issued_on=given.take("issued_on", day),
        expires_on=given.nullable("expires_on", day),
        amount=amount,
        redemptions=[(on, taken) for on, taken in redemptions],
    )


def base_date(policy: Policy, given: Input) -> Json:
    """PRE-1."""
    told = prepaid.base_date_report(given.take("base_date", day), given.take("lots", items(_lot)))
    return {
        "consideration_unused": told.paid,
        "regulated_unused": told.regulated,
        "free_unused": told.free,
        **_duty(told.duty),
    }


def breach(policy: Policy, given: Input) -> Json:
    """PII-1."""
    told = rules.breach_deadlines(
        given.take("discovered_on", day),
        has_wrongful_purpose=given.take("wrongful_purpose", flag),
    )
    return {
        "preliminary_target": iso(told.preliminary_target),
        "preliminary_limit": iso(told.preliminary_limit),
        "final_limit": iso(told.final_limit),
    }
