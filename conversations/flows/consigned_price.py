"""The list price of a consigned piece: what a price would pay, the shop's proposals, the customer's
wishes (委託価格, R-069, R-074).

客: 30万で売れたら?
証: ¥300,000(税込)で売れた場合、お受取額は¥255,000(85%)です。… [この価格を相談する] [担当者と話す]
証: 販売価格を¥280,000に変更してよろしいでしょうか。… お返事がなければ変更いたしません。
    [変更に同意する] [変更しない] [担当者と話す]
"""

from dataclasses import replace
from datetime import datetime, timedelta

from catalog.consignment import prices, queries
from catalog.consignment.contracts import ContractElsewhere
from catalog.consignment.prices import PieceTaken, ProposalOver
from catalog.consignment.queries import Status
from catalog.consignment.states import ContractState
from catalog.ground import worklist
from catalog.ground.calendar import round_up_to
from catalog.ground.money import Yen
from conversations.flows.consigned import TASK, consignor, named, of_one, say, words
from conversations.flows.flow import Answer, Asked, person_button, tap
from conversations.flows.membership import link_first
from conversations.messages import Button, Choices, Edited, Said, Tone
from conversations.ports import CONFIRM
from conversations.threads.memory import Pending
from conversations.understanding.normal import normal
from conversations.understanding.price_changes import direction

_ANSWER_TAKES = timedelta(hours=4)  # working time until a person has looked at a price
_GOING = frozenset({ContractState.PROPOSED, ContractState.AGREED, ContractState.ACTIVE})


def yen_asked(asked: Asked) -> Yen | None:
    """The amount named, from words or from behind a button."""
    money = asked.slots.get("money")
    return Yen(int(money)) if money and str(money).isdecimal() else None


def due_at(asked: Asked) -> datetime:
    """Until when somebody of the shop has looked at it and answered."""
    return round_up_to(asked.hours.after_work(asked.now, _ANSWER_TAKES), 15)


def price(asked: Asked) -> Answer:
    """A proposal to answer, a price to reckon with, or the question which (consign.price)."""
    if asked.customer is not None and not queries.of_customer(
        asked.db, asked.customer, now=asked.now
    ):
        return _by_todays_terms(asked)
    return of_one(asked, f"{TASK}.price", _price, fits=_GOING)


def _price_wanted(asked: Asked, status: Status) -> Yen | None:
    """Where the price should go; 「3万下げて」 counts from where it is. Nobody means to move it by
    more than half: then the amount is the price.
    """
    wanted, body = yen_asked(asked), asked.event.body
    if wanted is None or status.price is None or not isinstance(body, Said | Edited):
        return wanted
    moved = direction(normal(body.text).narrow) * wanted
    return Yen(status.price + moved) if 0 < abs(moved) <= status.price // 2 else wanted


def _price(asked: Asked, status: Status) -> Answer:
    wanted = _price_wanted(asked, status)
    proposal = prices.open_proposal(asked.db, status.contract_id)
    if proposal is not None and wanted in {None, proposal.price}:
        return _proposed(asked, status, proposal.id, Yen(proposal.price))
    if wanted is not None:
        return _reckoned(asked, status, wanted)
    if status.price is None:
        return say(asked, words(asked).price_settled(named(asked, status)))
    text = words(asked).which_price(named(asked, status), status.price)
    memory = asked.memory.about(status.unit_code)
    kept = memory.opening(TASK, expecting="consign.price", contract=status.contract_id)
    return Answer([Choices(text, (person_button(asked),))], kept)


def _by_todays_terms(asked: Asked) -> Answer:
    """Nothing is consigned yet: what the terms of today would pay."""
    wanted = yen_asked(asked)
    if wanted is None:
        return say(asked, words(asked).none())
    share = queries.payout_at(asked.db, wanted)
    return say(asked, words(asked).would_pay(None, wanted, share.payout, share.rate_bps))


def _reckoned(asked: Asked, status: Status, wanted: Yen) -> Answer:
    """By the terms the contract was made under (R-069); the price itself stays."""
    share = queries.payout_at(asked.db, wanted, contract_id=status.contract_id)
    name = named(asked, status)
    text = words(asked).would_pay(name, wanted, share.payout, share.rate_bps)
    buttons = []
    if status.state is ContractState.ACTIVE and wanted not in {0, status.price}:
        data = tap(f"{TASK}.wish", contract=status.contract_id, money=str(wanted))
        buttons.append(Button(words(asked).button_wish(wanted), data=data))
    told = say(asked, text, *buttons)
    return replace(told, memory=asked.memory.about(status.unit_code).closing())


def _proposed(asked: Asked, status: Status, proposal_id: str, wanted: Yen) -> Answer:
    """The shop's proposal, to be answered by its buttons; silence changes nothing (R-074)."""
    told = words(asked)
    share = queries.payout_at(asked.db, wanted, contract_id=status.contract_id)
    text = told.price_proposed(
        named(asked, status), status.price, wanted, share.payout, share.rate_bps
    )
    yes = tap(f"{TASK}.price_yes", proposal=proposal_id, once=asked.once)
    no = tap(f"{TASK}.price_no", proposal=proposal_id, once=asked.once)
    buttons = (
        Button(told.button_price_yes(), data=yes, tone=Tone.MAIN),
        Button(told.button_price_no(), data=no),
        person_button(asked),
    )
    memory = asked.memory.about(status.unit_code).closing()
    kept = replace(memory, expecting=CONFIRM, pending=Pending(yes, binds=True))
    return Answer([Choices(text, buttons)], kept)


def price_yes(asked: Asked) -> Answer:
    """The consent: the price changes at once."""
    return _answered(asked, is_yes=True)


def price_no(asked: Asked) -> Answer:
    """No: the price stays."""
    return _answered(asked, is_yes=False)


def _answered(asked: Asked, *, is_yes: bool) -> Answer:
    if asked.customer is None:
        return link_first(asked)
    told, proposal = words(asked), str(asked.slots.get("proposal", ""))
    try:
        with asked.db.begin_nested():
            standing = prices.answer_price(
                asked.db,
                proposal,
                is_yes=is_yes,
                message_id=asked.event.event_id,
                actor=consignor(asked),
                now=asked.now,
                key=asked.key(f"{'price_yes' if is_yes else 'price_no'}:{proposal}"),
            )
    except ProposalOver as over:
        return say(asked, told.proposal_over(over.state))
    except (PieceTaken, ContractElsewhere):
        return say(asked, told.price_held())
    status = queries.status(asked.db, standing.contract_id, now=asked.now)
    name, price = named(asked, status), status.price
    text = told.price_changed(name, price) if is_yes else told.price_kept(name, price)
    return say(asked, text)


def wish(asked: Asked) -> Answer:
    """The customer would like another price: somebody looks at it and answers (R-074)."""
    return of_one(asked, f"{TASK}.wish", _wish, fits=frozenset({ContractState.ACTIVE}))


def _wish(asked: Asked, status: Status) -> Answer:
    wanted = yen_asked(asked)
    if wanted is None or status.state is not ContractState.ACTIVE:
        return _price(asked, status)
    about, due = f"contract:{status.contract_id}", due_at(asked)
    worklist.task(
        asked.db,
        "consignor_price_wish",
        about,
        due_at=due,
        now=asked.now,
        once=asked.once,
        facts={"contract_no": status.contract_no, "unit_id": status.unit_id, "price": wanted},
    )
    by = asked.voice.moment(due, now=asked.now)
    return say(asked, words(asked).wish_noted(named(asked, status), wanted, by))
