"""What a consignor is told of a contract (委託の進み具合, R-073 to R-077).

証: デイトナの委託期間は2027年5月30日(日)(あと7日)までです。延長・買取・ご返却からお選びください。
    [延長する] [買取にする] [返却してもらう] [担当者と話す]
"""

from catalog.consignment import rules
from catalog.consignment.contracts import guarantee_of, terms_of
from catalog.consignment.states import ContractState, ProposalState
from catalog.consignment.tables import PriceProposal
from catalog.ground import policy
from catalog.ground.policy import NoticeTerms
from conversations.flows.flow import tap
from conversations.messages import Button, Tone
from conversations.reminders.gate import Kind
from conversations.reminders.phase import Phase, Phases, Told
from conversations.reminders.sheet import NoticeMalformed, Sheet

_RENEW, _CONVERT, _WITHDRAW = "consigning.renew", "consigning.convert", "consigning.withdraw"
_PRICE_YES, _PRICE_NO = "consigning.price_yes", "consigning.price_no"
_TERM_OVER = "term_over"


def _no(sheet: Sheet) -> str:
    return sheet.text("contract_no")


def _piece(sheet: Sheet) -> str:
    return sheet.named("unit_id")


def _proposed(sheet: Sheet) -> Told:
    """Not once it was taken back or declined."""
    if sheet.contract().state == ContractState.DECLINED.value:
        return None
    told = sheet.words.consignment_proposed(
        _no(sheet), _piece(sheet), sheet.yen("list_price"), sheet.maybe_yen("guarantee")
    )
    return sheet.card(_piece(sheet), told)


def _taken_back(sheet: Sheet) -> Told:
    """It does not count any more; where another took its place, that is told by itself."""
    is_replaced = sheet.facts.get("is_replaced") is True
    return sheet.say(
        sheet.words.consignment_taken_back(_no(sheet), _piece(sheet), is_replaced=is_replaced)
    )


def _agreed(sheet: Sheet) -> Told:
    return sheet.say(sheet.words.consignment_agreed(_no(sheet), _piece(sheet)))


def _active(sheet: Sheet) -> Told:
    told = sheet.words.consignment_active(
        _no(sheet), _piece(sheet), sheet.day("last_day"), sheet.maybe_yen("guarantee")
    )
    return sheet.say(told)


def _price_proposed(sheet: Sheet) -> Told:
    """With yes and no; not once it was answered or overtaken (R-074)."""
    proposal = sheet.db.get(PriceProposal, sheet.text("proposal"))
    if proposal is None:
        raise NoticeMalformed("proposal")
    if proposal.state != ProposalState.OPEN.value:
        return None
    piece, words = _piece(sheet), sheet.words
    told = words.price_proposed(
        piece, sheet.yen("price"), sheet.yen("payout"), sheet.yen("rate_bps")
    )
    return sheet.card(
        piece,
        told,
        Button(words.button_yes(), data=tap(_PRICE_YES, proposal=proposal.id), tone=Tone.MAIN),
        Button(words.button_no(), data=tap(_PRICE_NO, proposal=proposal.id)),
    )


def _price_changed(sheet: Sheet) -> Told:
    return sheet.say(sheet.words.price_changed(_no(sheet), _piece(sheet), sheet.yen("price")))


def _price_drop_blocked(sheet: Sheet) -> Told:
    """The consignor is asked what to do (CON-8); of several steps the next one is named."""
    steps, candidates = sheet.facts.get("steps") or (), sheet.facts.get("candidates") or {}
    if not steps:
        raise NoticeMalformed("steps")
    candidate = sheet.within(candidates).yen(str(steps[0]))
    guarantee = sheet.maybe_yen("guarantee")
    return sheet.say(
        sheet.words.price_drop_blocked(_no(sheet), _piece(sheet), candidate, guarantee)
    )


def _sold(sheet: Sheet) -> Told:
    """Price, rate, commission with its tax, payout and its day (R-075)."""
    told = sheet.words.consignment_sold(
        _no(sheet),
        _piece(sheet),
        price=sheet.yen("basis"),
        rate_bps=sheet.yen("rate_bps"),
        commission=sheet.yen("commission"),
        tax=sheet.yen("commission_tax"),
        payout=sheet.yen("payout"),
        pay_on=sheet.maybe_day("pay_on"),
    )
    return sheet.say(told)


def _payout_dated(sheet: Sheet) -> Told:
    """Held through the buyer's return time; the day it is certain on (R-076)."""
    return sheet.say(
        sheet.words.consignment_payout_dated(_no(sheet), _piece(sheet), sheet.day("pay_on"))
    )


def _payable(sheet: Sheet) -> Told:
    amount, pay_on = sheet.yen("amount"), sheet.maybe_day("pay_on")
    return sheet.say(sheet.words.consignment_payable(_no(sheet), _piece(sheet), amount, pay_on))


def _paid(sheet: Sheet) -> Told:
    amount = sheet.maybe_yen("amount")
    if not amount:  # nothing was owed; the step is told by what led to it
        return None
    is_credit = str(sheet.facts.get("reference") or "").startswith("credit:")
    return sheet.say(
        sheet.words.consignment_paid(_no(sheet), _piece(sheet), amount, is_credit=is_credit)
    )


def _sale_undone(sheet: Sheet) -> Told:
    return sheet.say(sheet.words.consignment_sale_undone(_no(sheet), _piece(sheet)))


def _withdrawal_waits(sheet: Sheet) -> Told:
    return sheet.say(sheet.words.withdrawal_waits(_no(sheet), _piece(sheet)))


def _returning(sheet: Sheet) -> Told:
    """Back for nothing, with the film of how it was kept (R-077)."""
    unit = sheet.unit("unit_id")
    if unit is None:
        raise NoticeMalformed("unit_id")
    told = sheet.words.consignment_returning(_no(sheet), unit.named(sheet.words.lang))
    return sheet.card(unit.named(sheet.words.lang), told, sheet.film_button(unit))


def _sent_home(sheet: Sheet) -> Told:
    carrier, tracking_no = sheet.text("carrier"), sheet.text("tracking_no")
    no, piece = _no(sheet), _piece(sheet)
    return sheet.say(sheet.words.consignment_sent_home(no, piece, carrier, tracking_no))


def _returned(sheet: Sheet) -> Told:
    return sheet.say(sheet.words.consignment_returned(_no(sheet), _piece(sheet)))


def _compensated(sheet: Sheet) -> Told:
    return sheet.say(
        sheet.words.consignment_compensated(_no(sheet), _piece(sheet), sheet.yen("amount"))
    )


def _term_reminder(sheet: Sheet) -> Told:
    """The days left when it goes, and what may be chosen (R-073); not for one that ended, nor when
    the next reminder is due as well.
    """
    contract, words = sheet.contract(), sheet.words
    last_day = sheet.day("last_day")
    is_active = contract.state == ContractState.ACTIVE.value
    if not is_active or sheet.is_overtaken(last_day, terms_of(sheet.db, contract).reminder_days):
        return None
    piece = _piece(sheet)
    days = (last_day - sheet.today).days
    guarantee = guarantee_of(contract, sheet.today)
    told = words.consignment_term_reminder(piece, last_day, days, guarantee)
    buttons = [_renew(sheet)]
    if guarantee:
        buttons.append(Button(words.button_convert(), data=tap(_CONVERT, contract=contract.id)))
    return sheet.card(piece, told, *buttons, _back(sheet))


def _renew(sheet: Sheet) -> Button:
    data = tap(_RENEW, contract=sheet.subject)
    return Button(sheet.words.button_extend(), data=data, tone=Tone.MAIN)


def _back(sheet: Sheet) -> Button:
    return Button(sheet.words.button_return(), data=tap(_WITHDRAW, contract=sheet.subject))


def _term_ended(sheet: Sheet) -> Told:
    """The grace, and when it goes back by itself (CON-9)."""
    contract = sheet.contract()
    if contract.state != ContractState.TERM_ENDED.value:
        return None
    back_from = None
    if contract.start_on is not None:
        notices = policy.at(sheet.db, contract.policy_version).of(NoticeTerms)
        terms = terms_of(sheet.db, contract)
        back_from = rules.term_reminders(terms, notices, contract.start_on).auto_return_from
    told = sheet.words.consignment_term_ended(_piece(sheet), back_from)
    return sheet.card(_piece(sheet), told, _renew(sheet), _back(sheet))


def _converted(sheet: Sheet) -> Told:
    amount, pay_on = sheet.yen("amount"), sheet.day("pay_on")
    return sheet.say(sheet.words.guarantee_converted(_no(sheet), _piece(sheet), amount, pay_on))


def _parked(sheet: Sheet) -> Told:
    return sheet.say(sheet.words.guarantee_parked(_no(sheet), _piece(sheet)))


def _refused(sheet: Sheet) -> Told:
    is_over = sheet.facts.get("reason") == _TERM_OVER
    return sheet.say(sheet.words.guarantee_refused(_no(sheet), _piece(sheet), is_over=is_over))


PHASES: Phases = {
    "consignment_proposed": Phase(Kind.SERVICE, _proposed),
    "consignment_taken_back": Phase(Kind.SERVICE, _taken_back),
    "consignment_agreed": Phase(Kind.ANSWER, _agreed),
    "consignment_active": Phase(Kind.SERVICE, _active),
    "price_proposed": Phase(Kind.SERVICE, _price_proposed),
    "price_changed": Phase(Kind.SERVICE, _price_changed),
    "price_drop_blocked": Phase(Kind.SERVICE, _price_drop_blocked),
    "consignment_sold": Phase(Kind.SERVICE, _sold),
    "consignment_payout_dated": Phase(Kind.SERVICE, _payout_dated),
    "consignment_payable": Phase(Kind.SERVICE, _payable),
    "consignment_paid": Phase(Kind.SERVICE, _paid),
    "consignment_sale_undone": Phase(Kind.SERVICE, _sale_undone),
    "withdrawal_waits": Phase(Kind.ANSWER, _withdrawal_waits),
    "consignment_returning": Phase(Kind.SERVICE, _returning),
    "consignment_sent_home": Phase(Kind.SERVICE, _sent_home),
    "consignment_returned": Phase(Kind.SERVICE, _returned),
    "consignment_compensated": Phase(Kind.SERVICE, _compensated),
    "consignment_term_reminder": Phase(Kind.REMINDER, _term_reminder, through="last_day"),
    "consignment_term_ended": Phase(Kind.SERVICE, _term_ended),
    "guarantee_converted": Phase(Kind.ANSWER, _converted),
    "guarantee_parked": Phase(Kind.ANSWER, _parked),
    "guarantee_refused": Phase(Kind.ANSWER, _refused),
}
