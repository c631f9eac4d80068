"""Every rule by its id, every term by its key, and one line answered (`akashi rules`)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from bot.rulebook import buyback, consignment, credit, duties
from bot.rulebook.reading import Input, InputMalformed, flag, instant, moment, yen
from catalog.buyback.terms import CaseTerms, PayTerms, QuoteTerms
from catalog.consignment.terms import ConsignmentTerms
from catalog.credit.terms import CreditTerms
from catalog.duties.terms import DealerTerms, DutyTerms
from catalog.ground import policy
from catalog.ground.errors import Malformed, Refused, ShopError
from catalog.ground.money import unit_down
from catalog.ground.policy import NoticeTerms, Policy, PolicyMalformed, known_keys
from catalog.ground.session.database import Database
from catalog.items.places.terms import StoreTerms
from catalog.items.terms import ItemTerms
from catalog.orders.rules import exchange_settlement
from catalog.orders.terms import OrderTerms
from catalog.partners.terms import PartnerTerms
from handoff.appointments.rules import AppointmentTerms
from handoff.desk.canned import actions as canned
from handoff.desk.moves import DeskTerms
from handoff.desk.rules import EscalationTerms
from handoff.slack.rules import SlackTerms
from handoff.staff.rules import SignInTerms
from media.intake.lapsing import CaptureTerms
from media.retention.terms import RetentionTerms
from media.sharing.terms import SharingTerms

Json = dict[str, Any]

# Every class of terms there is: what the shop may set.
TERMS: tuple[type[Any], ...] = (
    NoticeTerms,
    PartnerTerms,
    SharingTerms,
    RetentionTerms,
    CaptureTerms,
    ItemTerms,
    StoreTerms,
    DealerTerms,
    DutyTerms,
    CreditTerms,
    QuoteTerms,
    CaseTerms,
    PayTerms,
    ConsignmentTerms,
    OrderTerms,
    EscalationTerms,
    SlackTerms,
    DeskTerms,
    SignInTerms,
    AppointmentTerms,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A rule: the product's function, and how its input is read. `in_place`: inputs that override
    a term.
    """

    function: str
    ask: Callable[[Policy, Input], Json]
    in_place: Mapping[str, str]


def _entry(
    function: str, ask: Callable[[Policy, Input], Json], in_place: Mapping[str, str] | None = None
) -> Entry:
    return Entry(function, ask, in_place or {})


def _rounded(policy: Policy, given: Input) -> Json:
    """MON-3."""
    return {"rounded": unit_down(given.take("value", yen))}


def _next_send(policy: Policy, given: Input) -> Json:
    """NTF-2: what answers a customer's own message is never delayed."""
    due = given.take("due_at", instant)
    is_reply = given.optional("reply_to_customer", flag) or False
    quiet = policy.of(NoticeTerms).quiet
    return {"send_at": moment(due if is_reply else quiet.next_send(due))}


def _exchange(policy: Policy, given: Input) -> Json:
    """RET-3."""
    told = exchange_settlement(
        old_total=given.take("returned_paid_total", yen),
        old_credit=given.take("of_which_credit", yen),
        new_total=given.take("new_total", yen),
    )
    return {
        "customer_pays": told.customer_pays,
        "back_to_credit": told.back_to_credit,
        "back_to_other": told.back_to_other,
    }


RULES: Mapping[str, Entry] = {
    "MON-3": _entry("unit_down", _rounded),
    "CON-1": _entry("consignment_eligible", consignment.eligible),
    "CON-3": _entry("consignment_payout", consignment.payout, consignment.IN_PLACE),
    "CON-4": _entry("consignment_payout", consignment.payout, consignment.IN_PLACE),
    "CON-6": _entry("consignment_term", consignment.term),
    "CON-7": _entry("guarantee_request", consignment.guarantee),
    "CON-8": _entry("list_price_on", consignment.list_price),
    "CON-9": _entry("term_reminders", consignment.reminders),
    "PAY-1": _entry("buyback_pay_date", consignment.buyback_pay),
    "PAY-2": _entry("consignment_pay_date", consignment.consignment_pay),
    "QUO-1": _entry("reference_price", buyback.reference_price),
    "QUO-2": _entry("buyback_quote", buyback.quote),
    "QUO-5": _entry("quote_validity", buyback.validity),
    "QUO-6": _entry("binding_approvers, may_auto_send", buyback.approval),
    "QUO-7": _entry("should_refer", buyback.referral),
    "CRD-3": _entry("lot_expiry", credit.lot_expiry),
    "CRD-4": _entry("redeem_plan", credit.redeem_plan),
    "CRD-5": _entry("hold_and_capture", credit.hold_and_capture),
    "CRD-6": _entry("credit_bonus", credit.bonus),
    "CRD-7": _entry("split_tender", credit.split_tender),
    "CRD-8": _entry("refund_plan", credit.refund_plan),
    "CRD-9": _entry("reverse_lot", credit.reverse_lot),
    "CRD-10": _entry("spendable", credit.spendable),
    "CRD-11": _entry("credit_reminders", credit.reminders, credit.IN_PLACE),
    "CRD-12": _entry("statement", credit.statement_of),
    "KOB-1": _entry("identity_required", duties.identity),
    "KOB-2": _entry("ledger_row_required", duties.ledger_row),
    "KOB-3": _entry("retain_through", duties.retain_ledger),
    "KOB-4": _entry("retain_through", duties.retain_notice),
    "KOB-6": _entry("recovery_within", duties.recovery),
    "KOB-7": _entry("age_on", duties.age),
    "AML-1": _entry("aml_required", duties.aml),
    "TOK-1": _entry("cooling_off", duties.cooling_off),
    "TOK-2": _entry("cooling_off", duties.has_cooling_off),
    "TOK-3": _entry("return_window", duties.return_window),
    "PRE-1": _entry("base_date_report", duties.base_date),
    "PRE-2": _entry("lot_regulated", duties.regulated),
    "PRE-3": _entry("prepaid_duty", duties.duty),
    "PII-1": _entry("breach_deadlines", duties.breach),
    "NTF-2": _entry("next_send_time", _next_send),
    "RET-3": _entry("exchange_settlement", _exchange),
}


def answer(line: str) -> Json:
    """One line's answer: a result, or an error of the kinds the shop knows; never a crash."""
    asked: Any = None
    try:
        asked = orjson.loads(line)
        if not isinstance(asked, Mapping):
            raise InputMalformed("one JSON object a line is wanted")
        return {
            "id": asked.get("id"),
            "rule": asked.get("rule"),
            "result": _result(asked),
        }
    except orjson.JSONDecodeError as broken:
        return _error(asked, InputMalformed(f"no JSON: {broken}"))
    except (Malformed, Refused) as refused:
        return _error(asked, refused)
    except (OverflowError, ValueError) as out:
        return _error(asked, InputMalformed(f"out of range: {out}"))


def _result(asked: Mapping[str, Any]) -> Json:
    name = asked.get("rule")
    entry = RULES.get(name) if isinstance(name, str) else None
    if entry is None:
        raise InputMalformed(f"rule: {name!r} is unknown")
    given = Input(asked.get("input"))
    values = dict(_overrides(asked))
    for key, term in entry.in_place.items():
        if given.has(key):
            values[term] = given.take(key, lambda _, value: value)
    return entry.ask(Policy(0, values), given)


def _overrides(asked: Mapping[str, Any]) -> Mapping[str, Any]:
    values = asked.get("policy")
    if values is None:
        return {}
    if not isinstance(values, Mapping):
        raise InputMalformed("policy: an object is wanted")
    known = known_keys(TERMS)
    for key in values:
        if key not in known:
            raise PolicyMalformed(str(key), "there is no such term")
    return values


def _error(asked: Any, error: ShopError) -> Json:
    kind = "Malformed" if isinstance(error, Malformed) else "Refused"
    told = asked if isinstance(asked, Mapping) else {}
    return {"id": told.get("id"), "error": {"kind": kind, "detail": str(error)}}


def begin_terms(database: Database, *, now: datetime) -> None:
    """Write the first version of the terms, unless there is one."""
    database.write(lambda db: policy.begin(db, known=TERMS, now=now))


def begin_words(database: Database, *, now: datetime) -> None:
    """Write the first set of canned replies, unless there ever was one."""
    database.write(lambda db: canned.begin(db, by="init", now=now))


def policy_list() -> list[Json]:
    """Every term: its key, what it is, its default."""
    return [
        {"key": key, "told": field.metadata["told"], "default": field.metadata["default"]}
        for key, field in sorted(known_keys(TERMS).items())
    ]
