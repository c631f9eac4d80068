"""How a consignor ends or goes on with a contract: the guaranteed price, the free return, a new
term, the shop's fresh offer (買取保証・返却・更新, R-071, R-073, R-077).

客: 買取に変更
証: ケリー 28を買取保証額¥200,000で当店にお売りいただきます。お支払いは2027年3月1日(月)です。…
    [¥200,000で売却する] [やめる] [担当者と話す]
客: (button)
証: 承りました。ケリー 28を¥200,000で買い取りました。お支払いは2027年3月1日(月)です。

The moment that counts is the one in which the customer first asked, by the channel's own clock
(CON-7): the button carries which message that was. When the day of payment told with it has passed,
the question is asked anew.
"""

from dataclasses import replace
from datetime import datetime

from catalog.consignment import ending, guarantee, proposals, queries
from catalog.consignment.contracts import ContractElsewhere
from catalog.consignment.guarantee import NO_GUARANTEE, OfferMoved
from catalog.consignment.queries import Status
from catalog.consignment.rules import GuaranteeAnswer
from catalog.consignment.states import ContractState, RequestState
from catalog.duties.identity.queries import IdentityMissing, SellerTooYoung
from catalog.ground import worklist
from catalog.ground.calendar import tokyo_day
from conversations.flows.consigned import (
    TASK,
    after_term,
    card,
    consignor,
    key_of,
    named,
    of_one,
    say,
)
from conversations.flows.consigned import words as words_of
from conversations.flows.consigned_price import due_at, yen_asked
from conversations.flows.flow import Answer, Asked, confirm, tap
from conversations.inbox import queries as heard
from conversations.messages import Button, Tone

_STATES = ContractState
_RUNNING = frozenset({_STATES.ACTIVE, _STATES.TERM_ENDED})
_RETURNABLE = frozenset({_STATES.PROPOSED, _STATES.AGREED, *_RUNNING})


def _sent_at(asked: Asked) -> datetime:
    """When the customer first asked for what is now decided."""
    first = asked.once
    found = None
    if first.isdecimal():
        found = heard.sent_at(asked.db, asked.conversation, int(first))
    return min(found or asked.event.at, asked.now)


def convert(asked: Asked) -> Answer:
    """Repeat what the guaranteed price gives, and the day it is paid (R-071)."""
    return of_one(asked, f"{TASK}.convert", _ask_to_convert, fits=_RUNNING)


def _ask_to_convert(asked: Asked, status: Status) -> Answer:
    words, name = words_of(asked), named(asked, status)
    if status.stage == "guarantee_requested":
        return say(asked, words.already_parked(name))
    met = guarantee.meets(
        asked.db, status.contract_id, sent_at=_sent_at(asked), actor=consignor(asked)
    )
    if met.amount is None or not (met.is_accepted or met.is_parked):
        return _not_converted(asked, status, met.reason)
    if met.pay_on is not None:
        question = words.convert_question(name, met.amount, met.pay_on)
    else:
        question = words.park_question(name, met.amount)
    return confirm(
        asked,
        question,
        verb=f"{TASK}.convert_it",
        label=words.button_sell_at(met.amount),
        memory=asked.memory.about(status.unit_code).closing(),
        contract=status.contract_id,
    )


def _not_converted(asked: Asked, status: Status, reason: str | None) -> Answer:
    words, name = words_of(asked), named(asked, status)
    if reason == NO_GUARANTEE:
        return say(asked, words.no_guarantee(name))
    if reason == "term_over":
        is_open = status.state is _STATES.TERM_ENDED
        return say(asked, words.term_over(name), *(after_term(asked, status) if is_open else ()))
    return say(asked, words.not_convertible(name, status.stage))


def convert_it(asked: Asked) -> Answer:
    """The button: sold to the shop, or parked until a buyer's reservation ends (CON-7)."""
    return of_one(asked, f"{TASK}.convert", _convert)


def _convert(asked: Asked, status: Status) -> Answer:
    words, name = words_of(asked), named(asked, status)
    sent_at = _sent_at(asked)
    if status.state in _RUNNING:
        met = guarantee.meets(asked.db, status.contract_id, sent_at=sent_at, actor=consignor(asked))
        if _is_stale(asked, met):
            return _ask_to_convert(_afresh(asked), status)
    try:
        with asked.db.begin_nested():
            told = guarantee.request(
                asked.db,
                status.contract_id,
                sent_at=sent_at,
                message_id=asked.once,
                actor=consignor(asked),
                now=asked.now,
                key=key_of(asked, "convert", status),
            )
    except (IdentityMissing, SellerTooYoung):
        return say(asked, words.identity_first(name))
    if told.state is RequestState.ACCEPTED and told.amount is not None and told.pay_on is not None:
        return say(asked, words.converted(name, told.amount, told.pay_on))
    if told.state is RequestState.PARKED:
        return say(asked, words.parked(name))
    return _not_converted(asked, status, told.reason)


def _is_stale(asked: Asked, met: GuaranteeAnswer) -> bool:
    """The day of payment that was told with the question is over."""
    return met.pay_on is not None and met.pay_on < tokyo_day(asked.now)


def _afresh(asked: Asked) -> Asked:
    """The press itself as the first asking."""
    return replace(asked, slots={**asked.slots, "once": str(asked.event.inbox_id)})


def withdraw(asked: Asked) -> Answer:
    """Repeat that the piece comes back free, and when (CON-11, R-077)."""
    return of_one(asked, f"{TASK}.withdraw", _ask_to_withdraw, fits=_RETURNABLE)


def _ask_to_withdraw(asked: Asked, status: Status) -> Answer:
    words, name = words_of(asked), named(asked, status)
    if status.state not in _RETURNABLE:
        return say(asked, words.not_returnable(name, status.stage), letters=[card(asked, status)])
    if status.state is _STATES.PROPOSED:
        question = words.decline_question(name)
    else:
        question = words.withdraw_question(name, waits=_is_taken(status))
    return confirm(
        asked,
        question,
        verb=f"{TASK}.withdraw_it",
        label=words.button_withdraw_it(),
        memory=asked.memory.about(status.unit_code).closing(),
        contract=status.contract_id,
    )


def _is_taken(status: Status) -> bool:
    """A buyer has it reserved, or a request for the guaranteed price waits for that to end."""
    return status.stage in {"reserved", "guarantee_requested"}


def withdraw_it(asked: Asked) -> Answer:
    """The button: on its way back, or as soon as the buyer's reservation ends."""
    return of_one(asked, f"{TASK}.withdraw", _withdraw, is_declined_too=True)


def _withdraw(asked: Asked, status: Status) -> Answer:
    words, name = words_of(asked), named(asked, status)
    db, actor, key, now = asked.db, consignor(asked), key_of(asked, "withdraw", status), asked.now
    is_waiting = False
    try:
        with db.begin_nested():
            match status.state:
                case _STATES.PROPOSED:
                    proposals.decline(db, status.contract_id, actor=actor, now=now, key=key)
                    return _declined(asked, status)
                case _STATES.DECLINED:  # pressed before, or the shop took it back
                    return _declined(asked, status)
                case _STATES.TERM_ENDED:
                    ending.ask_back(db, status.contract_id, actor=actor, now=now, key=key)
                case _STATES.RETURNING | _STATES.RETURNED:  # the button was pressed before
                    return say(asked, words.returning(name))
                case _:
                    ended = ending.withdraw(db, status.contract_id, actor=actor, now=now, key=key)
                    if ended.state == _STATES.DECLINED.value:  # it never came
                        return _declined(asked, status)
                    is_waiting = ended.is_waiting
    except ContractElsewhere:
        return say(asked, words.not_returnable(name, status.stage))
    return say(asked, words.withdrawal_waits(name) if is_waiting else words.returning(name))


def _declined(asked: Asked, status: Status) -> Answer:
    """No contract; what was sent in for it goes home for nothing at their word."""
    words, name = words_of(asked), named(asked, status)
    is_renewal = queries.get(asked.db, status.contract_id).renewed_from is not None
    if is_renewal or proposals.waiting(asked.db, status.unit_id) is None:
        return say(asked, words.declined(name))
    data = tap(f"{TASK}.home", contract=status.contract_id)
    return say(asked, words.declined_here(name), Button(words.button_home(), data=data))


def home(asked: Asked) -> Answer:
    """The button: the piece that is not consigned goes home."""
    return of_one(asked, f"{TASK}.withdraw", _home, is_declined_too=True)


def _home(asked: Asked, status: Status) -> Answer:
    words, name = words_of(asked), named(asked, status)
    piece = proposals.waiting(asked.db, status.unit_id)
    if piece is not None:
        proposals.bring_home(
            asked.db, piece.id, actor=consignor(asked), now=asked.now,
            key=key_of(asked, "home", status),
        )  # fmt: skip
        return say(asked, words.going_home(name))
    if status.state is _STATES.DECLINED and proposals.is_leaving(asked.db, status.unit_id):
        return say(asked, words.going_home(name))  # pressed before, or staff were first
    return _ask_to_withdraw(asked, status)


def renew(asked: Asked) -> Answer:
    """Go on for another term (R-073, CON-10): the shop makes new terms; nothing ends meanwhile."""
    return of_one(asked, f"{TASK}.renew", _renew, fits=_RUNNING)


def _renew(asked: Asked, status: Status) -> Answer:
    words, name = words_of(asked), named(asked, status)
    if status.state not in _RUNNING:
        return say(asked, words.not_renewable(name, status.stage))
    new = queries.renewal_of(asked.db, status.contract_id)
    if new is not None:
        data = tap(f"{TASK}.contract", contract=new.id)
        button = Button(words.button_contract(), data=data, tone=Tone.MAIN)
        return say(asked, words.renewal_ready(name), button)
    due = due_at(asked)
    worklist.task(
        asked.db,
        "consignment_renewal",
        f"contract:{status.contract_id}",
        due_at=due,
        now=asked.now,
        once=asked.once,
        facts={"contract_no": status.contract_no, "unit_id": status.unit_id},
    )
    return say(asked, words.renewal_asked(name, asked.voice.moment(due, now=asked.now)))


def fresh(asked: Asked) -> Answer:
    """After the term: the shop's fresh offer, repeated before it binds (CON-9)."""
    return of_one(asked, f"{TASK}.fresh", _ask_fresh, fits=frozenset({_STATES.TERM_ENDED}))


def _ask_fresh(asked: Asked, status: Status) -> Answer:
    words, name = words_of(asked), named(asked, status)
    if status.state is not _STATES.TERM_ENDED or status.offered_now is None:
        return say(asked, words.no_fresh_offer(name))
    return confirm(
        asked,
        words.fresh_question(name, status.offered_now),
        verb=f"{TASK}.fresh_it",
        label=words.button_sell_at(status.offered_now),
        memory=asked.memory.about(status.unit_code).closing(),
        contract=status.contract_id,
        money=str(status.offered_now),
    )


def fresh_it(asked: Asked) -> Answer:
    """The button, at the amount that was shown."""
    return of_one(asked, f"{TASK}.fresh", _sell_fresh)


def _sell_fresh(asked: Asked, status: Status) -> Answer:
    words, name, amount = words_of(asked), named(asked, status), yen_asked(asked)
    if amount is None:
        return _ask_fresh(asked, status)
    try:
        with asked.db.begin_nested():
            told = guarantee.sell_at_fresh_offer(
                asked.db, status.contract_id, amount=amount, actor=consignor(asked),
                now=asked.now, key=key_of(asked, "fresh", status),
            )  # fmt: skip
    except (IdentityMissing, SellerTooYoung):
        return say(asked, words.identity_first(name))
    except (OfferMoved, ContractElsewhere):
        return _ask_fresh(_afresh(asked), status)
    if told.amount is None or told.pay_on is None:
        return say(asked, words.no_fresh_offer(name))
    return say(asked, words.converted(name, told.amount, told.pay_on))
