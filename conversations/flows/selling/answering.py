"""What the customer says to an offer (sell.accept, sell.decline, sell.route): how it is paid, yes,
no, or another amount; only a button binds (R-049, R-050, R-052).

客: 98,000円でお願いします
証: (card) バーキン 買取 ¥98,000 … [買取で進む] [委託で進む] [見送る]
客: [買取で進む]
証: お受け取り方法をお選びください。銀行振込 ¥98,000(手数料は当店負担)… [銀行振込] [クレジット]
客: [銀行振込]
証: バーキンを¥98,000で売却します。10月13日(火)に…。よろしいでしょうか。 [¥98,000で確定する]
"""

from dataclasses import replace
from datetime import date

from catalog.buyback import answers, queries
from catalog.buyback.answers import Acceptance, After, OfferChanged, OfferExpired
from catalog.buyback.cases import about as case_subject
from catalog.buyback.inquiry import Purpose, QuoteState
from catalog.buyback.payouts import accounts
from catalog.buyback.payouts.queries import of as payouts_of
from catalog.buyback.payouts.rules import PayoutStatus
from catalog.buyback.queries import Offer
from catalog.buyback.rules import Settlement
from catalog.buyback.stages import Stage
from catalog.buyback.tables import CasePiece, Quote
from catalog.consignment import prospects
from catalog.credit import consents
from catalog.credit.consents import NEVER_PAID_OUT
from catalog.duties.rules import Channel, Means
from catalog.ground import worklist
from catalog.ground.calendar import round_up_to
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId
from conversations.flows.apart import alone
from conversations.flows.flow import Answer, Asked, Flow, confirm, tap
from conversations.flows.membership import link_first
from conversations.flows.selling import offers, parting, sending
from conversations.flows.selling.standing import (
    WITHDRAWABLE,
    begin_button,
    case_meant,
    promised,
    say,
    seller,
    words,
)
from conversations.messages import Button

CREDIT_TEXT = "credit-2026-11"  # the words that say credit is never paid out
_CREDIT, _SPLIT = "credit", "split"


def step(asked: Asked) -> Answer:
    """A yes, a no, or a question about both ways."""
    if asked.intent == "sell.route":
        return offers.compare(asked)
    if asked.customer is None:
        return link_first(asked)
    return refuse(asked) if asked.intent == "sell.decline" else offers.show(asked)


def take(asked: Asked) -> Answer:
    """How it is to be paid: bank against credit, side by side (R-052)."""
    offer = offers.named(asked)
    if offer is None:
        return _gone(asked)
    if offer.purpose == Purpose.REPAIR.value:
        return _ask_accept(asked, offer, Means.BANK.value)
    say_words = words(asked)
    buttons = [
        Button(say_words.means(Means.BANK.value), data=_means(offer, Means.BANK.value)),
        Button(say_words.means(_CREDIT), data=_means(offer, _CREDIT)),
        Button(say_words.means(_SPLIT), data=_means(offer, _SPLIT)),
    ]
    if offer.channel != Channel.MAIL_IN.value:
        buttons.append(Button(say_words.means(Means.CASH.value), data=_means(offer, "cash")))
    text = say_words.which_means(
        amount=offer.amount,
        bank=max(offer.amount - offer.transfer_fee, 0),
        transfer_fee=offer.transfer_fee,
        pay_on=offer.pay_on,
        credit=offer.amount + offer.bonus,
        bonus=offer.bonus,
    )
    return say(asked, text, *buttons)


def _means(offer: Offer, means: str) -> str:
    return tap("offer.means", quote=offer.quote_id, means=means)


def means(asked: Asked) -> Answer:
    """A way of being paid was chosen: the whole sale is repeated."""
    offer = offers.named(asked)
    if offer is None:
        return _gone(asked)
    return _ask_accept(asked, offer, str(asked.slots.get("means")))


def _parts(amount: Yen, means: str) -> Settlement:
    """Half of it each way, the odd yen to the bank."""
    credit = {_CREDIT: int(amount), _SPLIT: amount // 2}.get(means, 0)
    return Settlement(Yen(amount - credit), Yen(credit))


def _ask_accept(asked: Asked, offer: Offer, means: str) -> Answer:
    say_words = words(asked)
    parts = _parts(offer.amount, means)
    question = (
        say_words.ask_repair(offer.title, offer.amount)
        if offer.purpose == Purpose.REPAIR.value
        else say_words.ask_accept(
            offer.title,
            offer.amount,
            bank=parts.bank,
            credit=parts.credit,
            means=means,
            pay_on=offer.pay_on if parts.bank else None,
        )
    )
    return confirm(
        asked, question, verb="offer.accept", label=say_words.button_accept(offer.amount),
        quote=offer.quote_id, amount=str(offer.amount), means=means,
    )  # fmt: skip


def accept(asked: Asked) -> Answer:
    """The second tap binds, for the amount it shows (R-050)."""
    quote_id, means_said = str(asked.slots["quote"]), str(asked.slots["means"])
    quote, piece = _of_customer(asked, quote_id)
    if quote.state == QuoteState.ACCEPTED.value:
        return _accepted(asked, quote, piece)
    amount = Yen(int(str(asked.slots["amount"])))
    parts = _parts(amount, means_said)
    case = queries.status(asked.db, quote.case_id, customer=seller(asked).id)
    is_sale = case.purpose == Purpose.BUYBACK.value
    try:
        with asked.db.begin_nested():
            told = Acceptance(
                amount=amount,
                settlement=parts,
                accepted_at=min(asked.event.at, asked.now),
                means=Means.CASH if means_said == Means.CASH.value else Means.BANK,
                credit_consent=_consent(asked) if parts.credit and is_sale else None,
            )
            answers.accept(
                asked.db, quote_id, told, actor=seller(asked), now=asked.now,
                key=asked.key("accept"),
            )  # fmt: skip
    except OfferChanged:
        return _gone(asked)
    except OfferExpired:
        return say(asked, words(asked).offer_over(), begin_button(asked))
    return _accepted(asked, *_of_customer(asked, quote_id))


def _of_customer(asked: Asked, quote_id: str) -> tuple[Quote, CasePiece]:
    quote = queries.price_basis(asked.db, quote_id)
    piece, _ = queries.piece_of(asked.db, quote.piece_id, customer=seller(asked).id)
    return quote, piece


def _consent(asked: Asked) -> str:
    """Credit is never paid out, the question said so and they pressed on (CRD-13)."""
    return consents.agree(
        asked.db, CustomerId(seller(asked).id), NEVER_PAID_OUT, text_version=CREDIT_TEXT,
        source=asked.event.event_id, by=seller(asked).name, now=asked.now,
    )  # fmt: skip


def _accepted(asked: Asked, quote: Quote, piece: CasePiece) -> Answer:
    """What was agreed, when it is paid, and what is still needed for that."""
    say_words = words(asked)
    asked = replace(asked, memory=asked.memory.closing())
    case = queries.status(asked.db, piece.case_id, customer=seller(asked).id)
    amount = quote.amount or 0
    if case.purpose == Purpose.REPAIR.value:
        return say(asked, say_words.repair_ordered(piece.title, amount, by=promised(asked)))
    text = say_words.accepted(
        piece.title,
        amount,
        pay_on=_pay_on(asked, quote),
        bank=piece.bank,
        credit=piece.credit,
        waits_for_identity=piece.stage == Stage.ACCEPTED.value,
    )
    if piece.bank and not accounts.of_person(asked.db, seller(asked).id):
        by = round_up_to(asked.hours.after_work(asked.now, asked.terms.answer_lead), 5)
        worklist.task(
            asked.db, "payee_account", case_subject(case.case_id), due_at=by, now=asked.now
        )
        text += say_words.account_wanted(by=asked.voice.moment(by, now=asked.now))
    others = offers.open_offers(asked)
    more = [Button(say_words.button_other_offers(), data=tap("offer.show"))] if others else []
    pay = Button(say_words.button_payment(), data=tap("selling.paid"))
    return say(asked, text, pay, *more)


def _pay_on(asked: Asked, quote: Quote) -> date | None:
    planned = [
        each.due_on
        for each in payouts_of(asked.db, case_subject(quote.case_id))
        if each.document == quote.id and each.status != PayoutStatus.CANCELLED.value
    ]
    return planned[-1] if planned else None


def _gone(asked: Asked) -> Answer:
    """Another amount by now, answered already, or over: what stands open is shown anew."""
    show_it = Button(words(asked).button_other_offers(), data=tap("offer.show"))
    return say(asked, words(asked).offer_gone(), show_it)


def refuse(asked: Asked) -> Answer:
    """Not for this amount: home free of charge, on consignment, another amount, or another dealer.
    Where nothing was offered yet they stop altogether; a sale at home is taken back.
    """
    found = offers.open_offers(asked)
    if not found:
        return _stop(asked)
    offer = offers.named(asked) or (found[0] if len(found) == 1 else None)
    if offer is None:
        return offers.show(asked)
    wanted = asked.slots.get("money")
    if wanted:
        return ask_counter(replace(asked, slots={"quote": offer.quote_id, "money": wanted}))
    say_words = words(asked)
    buttons = [Button(say_words.button_home(), data=_about(offer, "ask_home"))]
    if offer.purpose == Purpose.BUYBACK.value:
        if prospects.beside(asked.db, offer.quote_id).is_eligible:
            buttons.append(Button(say_words.button_consign(), data=_about(offer, "ask_consign")))
        buttons.append(Button(say_words.button_wish(), data=_about(offer, "wish")))
        refer = tap("parting.refer", piece=offer.piece_id)
        buttons.append(Button(say_words.button_refer(), data=refer))
    fees = say_words.refuse_options(offer.title, offer.amount, through=offer.valid_through)
    return say(asked, fees, *buttons)


def _about(offer: Offer, verb: str) -> str:
    return tap(f"offer.{verb}", quote=offer.quote_id)


def _stop(asked: Asked) -> Answer:
    """「やめたい」 where nothing stands open to answer to."""
    sold = parting.visit_sale(asked)
    if sold is not None:
        return parting.ask_take_back(asked, sold)
    if case_meant(asked, at=WITHDRAWABLE) is not None:
        return sending.ask_withdraw(asked)
    return offers.show(asked)


def ask_home(asked: Asked) -> Answer:
    """Declined: it would go home, free of charge."""
    offer = offers.named(asked)
    if offer is None:
        return _gone(asked)
    return confirm(
        asked, words(asked).ask_home(offer.title, offer.amount), verb="offer.home",
        label=words(asked).button_home(), quote=offer.quote_id,
    )  # fmt: skip


def home(asked: Asked) -> Answer:
    """No sale; the piece goes back."""
    return _decline(asked, After.RETURN)


def ask_consign(asked: Asked) -> Answer:
    """On consignment instead, the offer its guarantee."""
    offer = offers.named(asked)
    if offer is None:
        return _gone(asked)
    beside = prospects.beside(asked.db, offer.quote_id)
    if not beside.is_eligible:
        return say(asked, words(asked).too_cheap(beside.least_price))
    question = words(asked).ask_consign(offer.title, offer.amount, days=beside.term_days)
    return confirm(
        asked, question, verb="offer.consign", label=words(asked).button_consign(),
        quote=offer.quote_id,
    )  # fmt: skip


def consign(asked: Asked) -> Answer:
    """A person puts the contract before them; nothing is listed until they agree to it."""
    return _decline(asked, After.CONSIGN)


def _decline(asked: Asked, after: After) -> Answer:
    quote, piece = _of_customer(asked, str(asked.slots["quote"]))
    asked = replace(asked, memory=asked.memory.closing())
    if quote.state != QuoteState.DECLINED.value:
        try:
            with asked.db.begin_nested():
                answers.decline(
                    asked.db, quote.id, after=after, actor=seller(asked), now=asked.now,
                    key=asked.key("decline"),
                )  # fmt: skip
        except (OfferChanged, OfferExpired):
            return _gone(asked)
    if after is After.RETURN:
        return say(asked, words(asked).going_home(piece.title))
    by = round_up_to(asked.hours.after_work(asked.now, asked.terms.answer_lead), 5)
    worklist.task(
        asked.db, "consignment_proposal", case_subject(piece.case_id), due_at=by, now=asked.now,
        once=piece.id, facts={"piece": piece.id, "quote": quote.id},
    )  # fmt: skip
    told = words(asked).consign_wanted(piece.title, by=asked.voice.moment(by, now=asked.now))
    return say(asked, told)


def wish(asked: Asked) -> Answer:
    """What they would want for it."""
    offer = offers.named(asked)
    if offer is None:
        return _gone(asked)
    kept = asked.memory.opening(offers.TASK, expecting="sell.decline", quote=offer.quote_id)
    return say(replace(asked, memory=kept), words(asked).which_wish(offer.title))


def ask_counter(asked: Asked) -> Answer:
    """The amount they named, and the one that stands, before it goes to the appraiser."""
    offer = offers.named(asked)
    if offer is None:
        return _gone(asked)
    wanted = int(str(asked.slots["money"]))
    if wanted <= offer.amount:
        return take(replace(asked, slots={"quote": offer.quote_id}))
    question = words(asked).ask_counter(offer.title, offered=offer.amount, wanted=wanted)
    return confirm(
        asked, question, verb="offer.counter", label=words(asked).button_counter(wanted),
        quote=offer.quote_id, money=str(wanted),
    )  # fmt: skip


def counter(asked: Asked) -> Answer:
    """An appraiser looks again; the offer stands meanwhile."""
    quote, piece = _of_customer(asked, str(asked.slots["quote"]))
    wanted = Yen(int(str(asked.slots["money"])))
    try:
        with asked.db.begin_nested():
            answers.counter(
                asked.db, quote.id, wanted, actor=seller(asked), now=asked.now,
                key=asked.key("counter"),
            )  # fmt: skip
    except (OfferChanged, OfferExpired):
        return _gone(asked)
    asked = replace(asked, memory=asked.memory.closing())
    text = words(asked).countered(
        piece.title, wanted, offered=quote.amount or 0, by=promised(asked)
    )
    return say(asked, text)


FLOW = alone(
    Flow(
        "offer",
        frozenset({"sell.accept", "sell.decline", "sell.route"}),
        step,
        {
            "show": offers.show,
            "compare": offers.compare,
            "take": take,
            "means": means,
            "accept": accept,
            "refuse": refuse,
            "ask_home": ask_home,
            "home": home,
            "ask_consign": ask_consign,
            "consign": consign,
            "wish": wish,
            "counter": counter,
        },
    )
)
