"""What the shop offers, as a card (買取・委託の金額): both prices side by side, what each costs,
when it is paid, what happens if prices fall; less than was told says why (R-040, R-057, R-063,
R-067, R-068).

客: 買取と委託、どっちがいい?
証: (card) バーキン 買取 ¥98,000 / クレジットなら ¥107,800 / 委託のお受取額 ¥84,000〜¥120,000 …
    [買取で進む] [委託で進む] [見送る] [担当者と話す]
"""

from collections.abc import Sequence

from catalog.buyback import queries
from catalog.buyback.inquiry import Purpose, QuoteState
from catalog.buyback.queries import Offer
from catalog.buyback.stages import Stage
from catalog.buyback.tables import CasePiece, Quote
from catalog.consignment import prospects
from catalog.consignment.prospects import Prospect
from catalog.consignment.terms import ConsignmentTerms
from catalog.ground import policy
from catalog.ground.record import AssetId
from conversations.flows.flow import Answer, Asked, person_button, tap
from conversations.flows.selling.standing import (
    begin_button,
    case_meant,
    say,
    seller,
    words,
)
from conversations.flows.showing import Recipient, media_letters
from conversations.messages import Button, Card, Cards, Choices, Letter, Tone
from media.renditions import queries as renditions

TASK = "offer"
_MOST_CARDS = 10


def open_offers(asked: Asked) -> list[Offer]:
    return queries.open_offers(asked.db, seller(asked).id, now=asked.now)


def named(asked: Asked) -> Offer | None:
    """The offer a button names, still open."""
    wanted = asked.slots.get("quote") or asked.memory.fact(TASK, "quote")
    return next((each for each in open_offers(asked) if each.quote_id == wanted), None)


def show(asked: Asked) -> Answer:
    """What stands open: one card an offer, decided one by one (R-063)."""
    found = open_offers(asked)
    if not found:
        status = Button(words(asked).button_status(), data=tap("selling.status"))
        return say(asked, words(asked).no_open_offer(), status)
    letters: list[Letter] = []
    if len(found) == 1:
        letters += _evidence(asked, found[0])
        letters.append(_card(asked, found[0]))
    else:
        cards = tuple(_card(asked, each) for each in found[:_MOST_CARDS])
        letters.append(Cards(cards, said=words(asked).offers_open(len(found))))
    letters.append(Choices(words(asked).offers_open(len(found)), (person_button(asked),)))
    return Answer(letters, asked.memory)


def _evidence(asked: Asked, offer: Offer) -> Sequence[Letter]:
    """The picture that shows why it is less than was told (R-057)."""
    to = Recipient(asked.conversation, asked.terms.public_url, asked.viewer.partner)
    for each in offer.evidence:
        shown = renditions.of_asset(asked.db, AssetId(each))
        if shown is not None and not shown.is_pending:
            return media_letters(
                asked.db, shown, to, said=asked.voice.captured(shown.captured_at), now=asked.now
            )
    return []


def _card(asked: Asked, offer: Offer) -> Card:
    if offer.purpose == Purpose.REPAIR.value:
        return _repair_card(asked, offer)
    say_words = words(asked)
    beside = prospects.beside(asked.db, offer.quote_id)
    lines = [
        (say_words.label_buyback(), say_words.money(offer.amount)),
        (say_words.label_as_credit(), say_words.with_bonus(offer.amount, offer.bonus)),
        (say_words.label_paid_on(), say_words.paid_on(offer.pay_on)),
        *_consign_lines(asked, beside),
        (say_words.label_market_falls(), say_words.market_falls(beside.guarantee)),
        (say_words.label_valid(), say_words.through(offer.valid_through)),
        (say_words.label_costs(), say_words.costs(offer.transfer_fee)),
    ]
    if offer.below_told:
        lines.insert(
            1,
            (say_words.label_below(), say_words.below(offer.below_told, list(offer.reasons))),
        )
    buttons = [
        Button(
            say_words.button_sell(), data=tap("offer.take", quote=offer.quote_id), tone=Tone.MAIN
        )
    ]
    if beside.is_eligible:
        data = tap("offer.ask_consign", quote=offer.quote_id)
        buttons.append(Button(say_words.button_consign(), data=data))
    buttons.append(
        Button(say_words.button_refuse(), data=tap("offer.refuse", quote=offer.quote_id))
    )
    buttons.append(person_button(asked))
    note = None if beside.is_eligible else say_words.too_cheap(beside.least_price)
    return Card(
        heading=offer.title,
        lines=tuple(lines),
        note=note,
        buttons=tuple(buttons),
        said=say_words.offer_said(offer.title, offer.amount),
    )


def _repair_card(asked: Asked, offer: Offer) -> Card:
    say_words = words(asked)
    return Card(
        heading=offer.title,
        lines=(
            (say_words.label_repair(), say_words.money(offer.amount)),
            (say_words.label_valid(), say_words.through(offer.valid_through)),
        ),
        buttons=(
            Button(
                say_words.button_order_repair(),
                data=tap("offer.take", quote=offer.quote_id),
                tone=Tone.MAIN,
            ),
            Button(say_words.button_refuse(), data=tap("offer.refuse", quote=offer.quote_id)),
            person_button(asked),
        ),
        said=say_words.offer_said(offer.title, offer.amount),
    )


def _consign_lines(asked: Asked, beside: Prospect) -> list[tuple[str, str]]:
    """What consigning would bring: the price range, the share, when it is paid (R-068)."""
    if not beside.is_eligible:
        return []
    say_words = words(asked)
    return [
        (say_words.label_consign_price(), say_words.span(beside.low, beside.high)),
        (
            say_words.label_consign_payout(),
            say_words.consign_payout(beside.payout_low, beside.payout_high, beside.rate_bps),
        ),
        (say_words.label_consign_paid(), say_words.consign_paid(beside.term_days)),
    ]


def compare(asked: Asked) -> Answer:
    """Buyback or consignment: both with their figures where there are any, else how each works."""
    say_words = words(asked)
    if asked.customer is not None:
        if open_offers(asked):
            return show(asked)
        if (open_range := _open_range(asked)) is not None:
            return _compare_range(asked, *open_range)
    terms = policy.current(asked.db).of(ConsignmentTerms)
    rates = [bps for _, bps in terms.tiers]
    text = say_words.routes(
        least=terms.least_price, low_bps=min(rates), high_bps=max(rates), days=terms.term_days
    )
    return say(asked, text, begin_button(asked))


def _open_range(asked: Asked) -> tuple[CasePiece, Quote] | None:
    """The piece a button names, else the latest with a range."""
    named = asked.slots.get("piece")
    if named:
        pieces = [str(named)]
    else:
        case = case_meant(asked, at=frozenset({Stage.QUOTED}))
        pieces = [each.piece_id for each in case.pieces] if case is not None else []
    for piece_id in pieces:
        piece, _ = queries.piece_of(asked.db, piece_id, customer=seller(asked).id)
        quote = queries.latest_quote(asked.db, piece_id)
        if quote is not None and quote.state == QuoteState.OPEN.value and quote.low is not None:
            return piece, quote
    return None


def _compare_range(asked: Asked, piece: CasePiece, quote: Quote) -> Answer:
    """Beside a range nothing is decided yet: both ways begin with sending the piece in."""
    say_words = words(asked)
    beside = prospects.beside(asked.db, quote.id)
    lines = [
        (say_words.label_range(), say_words.span(quote.low or 0, quote.high or 0)),
        *_consign_lines(asked, beside),
        (say_words.label_market_falls(), say_words.market_falls(None)),
    ]
    how = {"case": piece.case_id}
    buttons = [
        Button(say_words.button_sell(), data=tap("sending.how", **how), tone=Tone.MAIN),
    ]
    if beside.is_eligible:
        data = tap("sending.how", route="consign", **how)
        buttons.append(Button(say_words.button_consign(), data=data))
    buttons.append(person_button(asked))
    note = (
        say_words.decided_later() if beside.is_eligible else say_words.too_cheap(beside.least_price)
    )
    card = Card(
        heading=piece.title,
        lines=tuple(lines),
        note=note,
        buttons=tuple(buttons),
        said=say_words.range_said(piece.title, quote.low or 0, quote.high or 0),
    )
    return Answer([card], asked.memory)
