"""What the shop says first, in English."""

from collections.abc import Sequence
from datetime import date, datetime

from catalog.ground.calendar import TOKYO

lang = "en"

_CHANNELS = {"mail_in": "by post", "home_visit": "at your home", "store_drop": "at our shop"}
_CARE = {
    "watch": (
        "Keep it away from strong magnets (phones, speakers) and wipe off sweat with a dry cloth."
    ),
    "diamond": (
        "Clean it in lukewarm water with a little mild soap; tell us if a stone feels loose."
    ),
    "bag": "Store it stuffed, in its dust bag, away from sun and damp.",
    "apparel": "Brush it after wearing and store it airy, with moth protection.",
}


def _yen(amount: int) -> str:
    return f"¥{amount:,}"


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%B %Y}"


def _at(at: datetime) -> str:
    local = at.astimezone(TOKYO)
    return f"{local:%a} {local.day} {local:%B, %H:%M} (Japan time)"


def _rate(bps: int) -> str:
    return f"{bps / 100:g} %"


def _guaranteed(guarantee: int | None) -> str:
    if not guarantee:
        return ""
    return f" At any time in the term we buy it for the guaranteed {_yen(guarantee)}."


def _n(count: int) -> str:
    return "1 piece" if count == 1 else f"{count} pieces"


def pieces(count: int) -> str:
    return _n(count)


def inquiry(no: str, pieces: int) -> str:
    return f"[{no}] We have your inquiry for {_n(pieces)}. You will hear our estimate here."


def quoted(no: str, piece: str, low: int, high: int, through: date) -> str:
    return (
        f"[{no}] Provisional estimate for {piece}: {_yen(low)} to {_yen(high)}, valid through "
        f"{_day(through)}. The binding amount follows once we have seen the piece."
    )


def no_offer(no: str, piece: str) -> str:
    return (
        f"[{no}] We are sorry, we cannot make an offer for {piece}. "
        "We can introduce another specialist: just tell our staff."
    )


def quote_expired(no: str, piece: str) -> str:
    return f"[{no}] The estimate for {piece} is no longer valid. We gladly make a new one."


def submitted(no: str, channel: str, pieces: int, kit_by: datetime | None, *, is_free: bool) -> str:
    kit = f" The packing kit leaves by {_at(kit_by)}." if kit_by else ""
    free = " Shipping, return, cancelling and transfer cost you nothing." if is_free else ""
    return (
        f"[{no}] {_n(pieces)} accepted, handed over {_CHANNELS.get(channel, channel)}.{kit}{free}"
    )


def channel_changed(no: str, channel: str) -> str:
    return f"[{no}] Changed: you hand over {_CHANNELS.get(channel, channel)}."


def kit_sent(no: str, tracking_no: str) -> str:
    return f"[{no}] Your packing kit is on its way. Tracking number: {tracking_no}."


def in_transit(no: str, tracking_no: str) -> str:
    return (
        f"[{no}] Your parcel is with the carrier ({tracking_no}). "
        "We tell you as soon as it arrives."
    )


def arrived(no: str, pieces: int, *, is_sealed: bool | None) -> str:
    seal = "The seal was intact. " if is_sealed else "Our staff are checking the seal. "
    told = seal if is_sealed is not None else ""
    return f"[{no}] {_n(pieces)} arrived. {told}The appraisal follows within one business day."


def withdrawn(no: str, pieces: int, fee: int) -> str:
    told = f"The fee is {_yen(fee)}." if fee else "There is no fee."
    return f"[{no}] Withdrawn: {_n(pieces)}. {told}"


def offered(no: str, piece: str, amount: int, as_credit: int, through: date | None) -> str:
    until = f" Valid through {_day(through)}." if through else ""
    more = f" As store credit: {_yen(as_credit)}." if as_credit > amount else ""
    return (
        f"[{no}] Our binding offer for {piece}: {_yen(amount)}.{more}{until} "
        "Nothing is sold without your answer; if you decline we return it free of charge."
    )


def offered_below(below: int, reasons: Sequence[str]) -> str:
    return f"This is {_yen(below)} below the provisional estimate. Reason: {', '.join(reasons)}"


def repair_offered(no: str, piece: str, amount: int, through: date | None) -> str:
    until = f" Valid through {_day(through)}." if through else ""
    return f"[{no}] Repair estimate for {piece}: {_yen(amount)}.{until}"


def rejected(no: str, piece: str, reasons: Sequence[str]) -> str:
    return (
        f"[{no}] We are sorry, we cannot buy {piece}. Reason: {', '.join(reasons)}. You may choose "
        "free return, disposal, or an introduction to another specialist. Please tell us which."
    )


def accepted(no: str, piece: str, price: int, paid: str) -> str:
    return f"[{no}] Sold: {piece} for {_yen(price)}. {paid}".rstrip()


def repair_accepted(no: str, piece: str, amount: int) -> str:
    return f"[{no}] We repair {piece} for {_yen(amount)} and tell you when it is ready."


def declined(no: str, piece: str, *, is_consigned: bool) -> str:
    after = "We go on with consignment." if is_consigned else "We return it free of charge."
    return f"[{no}] You have decided not to sell {piece}. {after}"


def countered(no: str, piece: str, wanted: int) -> str:
    return (
        f"[{no}] You would like {_yen(wanted)} for {piece}."
        " Our staff will consider it and answer you."
    )


def return_begun(no: str, piece: str) -> str:
    return (
        f"[{no}] {piece} goes back to you free of charge, within one business day. "
        "The tracking number follows."
    )


def repaired(no: str, piece: str) -> str:
    return f"[{no}] {piece} is repaired. We are preparing its return."


def pays(*, bank: int, is_cash: bool, pay_on: date | None, credit: int, offset: int) -> str:
    told = []
    if bank and is_cash:
        told.append(f"{_yen(bank)} in cash at our shop")
    elif bank:
        told.append(f"{_yen(bank)} by transfer" + (f" on {_day(pay_on)}" if pay_on else ""))
    if credit:
        told.append(f"{_yen(credit)} as store credit")
    if offset:
        told.append(f"{_yen(offset)} against your purchase")
    return f"You receive {', '.join(told)}." if told else ""


def pay_waits() -> str:
    return "We pay once your identity is confirmed, and tell you the day."


def pay_scheduled(no: str, paid: Sequence[tuple[str, str]]) -> str:
    told = "\n".join(f"- {piece}: {how}" for piece, how in paid)
    return f"[{no}] Your payment is scheduled.\n{told}"


def paid(no: str, piece: str, amount: int, reference: str | None) -> str:
    ref = f" Reference: {reference}." if reference else ""
    return f"[{no}] Paid: {_yen(amount)} for {piece}.{ref}"


def piece_compensated(no: str, piece: str, amount: int, pay_on: date) -> str:
    return (
        f"[{no}] We are very sorry: {piece} was lost or damaged in our care. We compensate you "
        f"with {_yen(amount)}, to be paid on {_day(pay_on)}. Our staff will explain in person."
    )


def goods_awaited(no: str, pieces: int, until: date) -> str:
    return (
        f"[{no}] We are still waiting for {_n(pieces)}. We keep waiting until {_day(until)}. "
        "You may call it off at any time, free of charge; just tell us."
    )


def papers_awaited(no: str, until: date) -> str:
    return (
        f"[{no}] Before we can pay you, we need the papers that show who you are. Please send "
        f"them by {_day(until)}. Our staff will gladly help you."
    )


def goods_given_up(no: str) -> str:
    return (
        f"[{no}] As nothing arrived, we have ended your request. It costs you nothing. "
        "You are welcome to ask again at any time."
    )


def papers_given_up(no: str, pieces: int) -> str:
    return (
        f"[{no}] As we never received the papers that show who you are, the sale is called off. "
        f"We send {_n(pieces)} back to you, free of charge."
    )


def payment_delayed(pay_on: date) -> str:
    return (
        "Your transfer could not be completed. We are sorry; after checking the account we "
        "transfer "
        f"it again on {_day(pay_on)}."
    )


def payment_moved(pay_on: date) -> str:
    return (
        f"Your transfer is now made on {_day(pay_on)}. We are sorry that it is later than promised."
    )


def return_shipping(no: str, tracking_no: str, pieces: int, fee: int) -> str:
    cost = f"Shipping is {_yen(fee)}." if fee else "Shipping is free."
    return f"[{no}] {_n(pieces)} on the way back to you. Tracking number: {tracking_no}. {cost}"


def case_number_corrected(no: str, tracking_no: str) -> str:
    return f"[{no}] The tracking number we gave you was wrong. The right one is {tracking_no}."


def returned(no: str, pieces: int) -> str:
    return f"[{no}] {_n(pieces)} returned to you. Thank you."


def referral_proposed(no: str, piece: str, partner: str, indication: int | None) -> str:
    told = f" Their indication: {_yen(indication)}." if indication else ""
    return (
        f"[{no}] For {piece} we would like to introduce you to {partner}.{told}"
        " Nothing about you is passed on before you agree. There is no fee."
    )


def referred(no: str, piece: str, partner: str, indication: int | None) -> str:
    told = f" Their indication: {_yen(indication)}." if indication else ""
    return f"[{no}] We introduced {piece} to {partner}.{told} There is no fee."


def rescinded(no: str, pieces: int, owed_back: int) -> str:
    back = f" Our staff will arrange the return of {_yen(owed_back)}." if owed_back else ""
    return (
        f"[{no}] Cooling-off accepted for {_n(pieces)}. You get them back with no penalty and no "
        f"shipping cost.{back}"
    )


def claim_ended(no: str, amount: int, left: int) -> str:
    rest = f"You only return {_yen(left)}." if left else "You have nothing to return."
    return (
        f"[{no}] Our transfer of {_yen(amount)} was not completed after all. {rest} "
        "We are sorry that we told you otherwise before."
    )


def offer_reminder(no: str, piece: str, amount: int, through: date, days: int) -> str:
    left = f"{days} days left" if days > 1 else "1 day left" if days else "today is the last day"
    return (
        f"[{no}] Our offer of {_yen(amount)} for {piece} is valid through {_day(through)} "
        f"({left}). "
        "Without an answer we return it free of charge."
    )


def offer_expired(no: str, piece: str) -> str:
    return (
        f"[{no}] Our offer for {piece} has ended; nothing was sold. We return it free of charge, "
        "or appraise it again."
    )


def delayed(no: str, by: datetime) -> str:
    return f"[{no}] We are sorry, this takes longer than promised. You hear from us by {_at(by)}."


def consignment_proposed(no: str, piece: str, list_price: int, guarantee: int | None) -> str:
    return (
        f"[{no}] We propose to sell {piece} for {_yen(list_price)} (tax included), 180 days."
        f"{_guaranteed(guarantee)} Nothing begins until you agree."
    )


def consignment_taken_back(no: str, piece: str, *, is_replaced: bool) -> str:
    if is_replaced:
        return (
            f"[{no}] We have taken back this proposal for {piece} and put a new one in its place. "
            "Please read the new proposal."
        )
    return f"[{no}] We have taken back this proposal for {piece}. It leads to no contract."


def consignment_agreed(no: str, piece: str) -> str:
    return f"[{no}] Consignment of {piece} agreed. It begins the day we have the piece."


def consignment_active(no: str, piece: str, last_day: date, guarantee: int | None) -> str:
    return (
        f"[{no}] Consignment of {piece} has begun, through "
        f"{_day(last_day)}.{_guaranteed(guarantee)}"
    )


def price_proposed(piece: str, price: int, payout: int, rate_bps: int) -> str:
    return (
        f"We propose a list price of {_yen(price)} (tax included) for {piece}. Sold at that price "
        f"you receive {_yen(payout)} ({_rate(rate_bps)}). Without your consent nothing changes."
    )


def price_changed(no: str, piece: str, price: int) -> str:
    return f"[{no}] As agreed, the list price of {piece} is now {_yen(price)} (tax included)."


def price_drop_blocked(no: str, piece: str, candidate: int, guarantee: int | None) -> str:
    floor = f"the guaranteed {_yen(guarantee)}" if guarantee else "your guarantee"
    return (
        f"[{no}] We did not lower {piece} to {_yen(candidate)}, because you would receive less "
        "than "
        f"{floor}. The price stays; tell our staff if you wish otherwise."
    )


def consignment_sold(
    no: str,
    piece: str,
    *,
    price: int,
    rate_bps: int,
    commission: int,
    tax: int,
    payout: int,
    pay_on: date | None,
) -> str:
    day = (
        f"Payment day: {_day(pay_on)}"
        if pay_on
        else "Payment day: after the buyer's return time; we tell you the date on delivery."
    )
    return (
        f"[{no}] Sold: {piece}\nPrice: {_yen(price)} (tax included)\nYour rate: {_rate(rate_bps)}\n"
        f"Commission: {_yen(commission)} (of which tax {_yen(tax)})\nYou receive: "
        f"{_yen(payout)}\n{day}"
    )


def consignment_payout_dated(no: str, piece: str, pay_on: date) -> str:
    return (
        f"[{no}] {piece} was delivered. Once the buyer's return time is over the payout is "
        f"confirmed and paid on {_day(pay_on)}."
    )


def consignment_payable(no: str, piece: str, amount: int, pay_on: date | None) -> str:
    day = f" We pay on {_day(pay_on)}." if pay_on else ""
    return f"[{no}] Confirmed: {_yen(amount)} for {piece}.{day}"


def consignment_paid(no: str, piece: str, amount: int, *, is_credit: bool) -> str:
    how = "given as store credit" if is_credit else "paid"
    return f"[{no}] {_yen(amount)} for {piece} was {how}."


def consignment_sale_undone(no: str, piece: str) -> str:
    return (
        f"[{no}] The sale of {piece} was undone and it is back. The consignment goes on unchanged."
    )


def withdrawal_waits(no: str, piece: str) -> str:
    return (
        f"[{no}] {piece} is under negotiation with a buyer. If that fails, we return it free of "
        "charge, and tell you either way."
    )


def consignment_returning(no: str, piece: str) -> str:
    return (
        f"[{no}] {piece} goes back to you free of charge, within one business day, with a film of "
        "its condition."
    )


def consignment_sent_home(no: str, piece: str, carrier: str, tracking_no: str) -> str:
    return (
        f"[{no}] {piece} is on its way back to you, free of charge, with {carrier}. "
        f"Tracking number: {tracking_no}."
    )


def consignment_returned(no: str, piece: str) -> str:
    return f"[{no}] {piece} is back with you. Thank you."


def consignment_compensated(no: str, piece: str, amount: int) -> str:
    return (
        f"[{no}] For {piece}, which was in our care, we compensate you with {_yen(amount)}. We are "
        "very sorry; our staff will explain in person."
    )


def consignment_term_reminder(piece: str, last_day: date, days: int, guarantee: int | None) -> str:
    left = f"{days} days left" if days > 1 else "1 day left" if days else "today is the last day"
    return (
        f"The consignment of {piece} runs through {_day(last_day)} "
        f"({left}).{_guaranteed(guarantee)} "
        "You may extend, sell to us, or take it back. Without an answer it is never disposed of."
    )


def consignment_term_ended(piece: str, back_from: date | None) -> str:
    back = (
        f" Without an answer we return it free of charge on {_day(back_from)}." if back_from else ""
    )
    return (
        f"The consignment of {piece} has ended. You may extend, ask for a fresh offer, or take it "
        f"back.{back}"
    )


def guarantee_converted(no: str, piece: str, amount: int, pay_on: date) -> str:
    return f"[{no}] We bought {piece} for {_yen(amount)} and pay on {_day(pay_on)}."


def guarantee_parked(no: str, piece: str) -> str:
    return (
        f"[{no}] {piece} is under negotiation with a buyer. If that fails, we buy it at the "
        "guaranteed price, even after the term."
    )


def guarantee_refused(no: str, piece: str, *, is_over: bool) -> str:
    why = "the term is over" if is_over else "of where the piece stands now"
    return (
        f"[{no}] We could not buy {piece} at the guaranteed price, because {why}. Our staff will "
        "help."
    )


def order_confirmed(no: str, total: int, delivery: str, place: str | None) -> str:
    after = {
        "ship": "We ship within one business day and send you the tracking number.",
        "collect": f"We tell you when it is ready{f' at {place}' if place else ''}.",
    }.get(delivery, "Thank you for your purchase.")
    return f"[Order {no}] We have your payment of {_yen(total)} (tax included). {after}"


def order_packed(no: str) -> str:
    return f"[Order {no}] Packed; it leaves shortly."


def order_ready_to_collect(no: str, place: str | None) -> str:
    where = f" at {place}" if place else ""
    return f"[Order {no}] Ready for you{where}."


def order_shipped(no: str, carrier: str, tracking_no: str) -> str:
    return f"[Order {no}] Shipped with {carrier}. Tracking number: {tracking_no}."


def tracking_corrected(no: str, carrier: str, tracking_no: str) -> str:
    return (
        f"[Order {no}] The tracking number we gave you was wrong. "
        f"The right one is {tracking_no} ({carrier})."
    )


def order_delivered(no: str, last_return_day: date | None) -> str:
    back = f" You may return it through {_day(last_return_day)}." if last_return_day else ""
    return f"[Order {no}] Delivered.{back} Tell us at any time if something is not right."


def order_cancelled(no: str, to_credit: int, to_other: int) -> str:
    told = []
    if to_credit:
        told.append(f"{_yen(to_credit)} to your store credit")
    if to_other:
        told.append(f"{_yen(to_other)} the way you paid")
    back = f" You get back {' and '.join(told)}." if told else ""
    return f"[Order {no}] Cancelled.{back}"


def order_undelivered(no: str, piece: str, to_credit: int, to_other: int) -> str:
    told = []
    if to_credit:
        told.append(f"{_yen(to_credit)} to your store credit")
    if to_other:
        told.append(f"{_yen(to_other)} the way you paid")
    back = f" You get back {' and '.join(told)}." if told else ""
    return f"[Order {no}] We are very sorry: we cannot give you {piece} any more.{back}"


def order_lapsed(no: str) -> str:
    return f"[Order {no}] The time to pay is over, so the order has ended."


def exchange_over(no: str, return_no: str) -> str:
    return (
        f"[{return_no}] The piece kept for your exchange (order {no}) is no longer reserved, so we "
        "go on with a return: once we have checked your piece, the refund goes back the way you "
        "paid."
    )


def return_accepted(no: str, return_no: str, *, is_exchange: bool) -> str:
    what = "exchange" if is_exchange else "return"
    return f"[{return_no}] Your {what} of order {no} is accepted. We tell you how to send it."


def return_label_sent(return_no: str, carrier: str, tracking_no: str) -> str:
    return (
        f"[{return_no}] We have sent you the return label: {carrier}, "
        f"tracking number {tracking_no}."
    )


def return_underway(no: str, return_no: str) -> str:
    return f"[{return_no}] Your parcel is on its way to us. We tell you when it arrives."


def return_received(no: str, return_no: str) -> str:
    return f"[{return_no}] The piece arrived. We check it and tell you about the refund."


def return_looked_at(no: str, return_no: str) -> str:
    return f"[{return_no}] Our staff are looking at the piece. You hear the result here."


def return_refused(no: str, return_no: str) -> str:
    return (
        f"[{return_no}] We are sorry, the piece differs from what we sent, so we cannot take it "
        "back. Our staff will explain."
    )


def return_refunded(no: str, return_no: str, *, to_credit: int, to_other: int, bonus: int) -> str:
    lines = []
    if to_other:
        lines.append(f"The way you paid: {_yen(to_other)}")
    if to_credit:
        lines.append(f"As store credit: {_yen(to_credit)}")
    if bonus:
        lines.append(f"Of which bonus: {_yen(bonus)}")
    return "\n".join([f"[{return_no}] Your refund for order {no}:", *lines])


def dispute_answered(piece: str, outcome: str, words: str, return_no: str | None) -> str:
    found = {
        "differs": "We found that it differs from our record of the sale.",
        "as_recorded": "We found it as it was recorded at the sale.",
        "unclear": "Our record does not tell.",
        "withdrawn": "You took back what you had told us.",
    }[outcome]
    back = f"We settle it by the return {return_no}." if return_no else ""
    return f"[Our answer] {piece}: {found}\n{words}\n{back}".rstrip()


def follow_up_thanks(piece: str) -> str:
    return f"Thank you for choosing {piece}. Is everything to your liking? Just write to us here."


def follow_up_care(piece: str, category: str) -> str:
    return f"How to care for {piece}: {_CARE.get(category, '')} Ask us at any time."


def follow_up_value(piece: str, low: int | None, high: int | None) -> str:
    if low is None or high is None:
        return (
            f"A year ago you chose {piece}. We can tell you what we would pay for it today: "
            "write “estimate”."
        )
    return (
        f"A year ago you chose {piece}. From recent sales of the same model, a provisional buyback "
        f"range today is {_yen(low)} to {_yen(high)}. It depends on condition and accessories; "
        "only "
        "an appraisal of the piece is binding."
    )


def _held(held: int) -> str:
    return f" Your balance is {_yen(held)}."


def _through(through: date | None) -> str:
    return f" Valid through {_day(through)}." if through else " It does not expire."


def credit_issued(lots: Sequence[tuple[int, date | None]], held: int) -> str:
    told = "".join(f"\n- {_yen(amount)}.{_through(through)}" for amount, through in lots)
    return f"You received store credit:{told}\n{_held(held).strip()}"


def credit_used(amount: int, held: int) -> str:
    return f"You used {_yen(amount)} of store credit.{_held(held)}"


def credit_returned(amount: int, held: int) -> str:
    return f"{_yen(amount)} of store credit came back to you.{_held(held)}"


def credit_goodwill(amount: int, through: date | None, held: int) -> str:
    return (
        f"With our apology and thanks, you received {_yen(amount)} of store credit."
        f"{_through(through)}{_held(held)}"
    )


def credit_extended(amount: int, through: date) -> str:
    return f"Your store credit of {_yen(amount)} is now valid through {_day(through)}."


def credit_adjusted(held: int) -> str:
    return f"Your store credit was corrected.{_held(held)}"


def credit_giving_up(to_pay: int, offset: int) -> str:
    less = f" less the {_yen(offset)} you still owe us" if offset else ""
    paid = f"We will transfer {_yen(to_pay)}" if to_pay else "Nothing is left to pay"
    return (
        "We are closing our store credit and pay back the part you paid for, "
        f"{_yen(to_pay + offset)}{less}. {paid}. Once you agree, that credit is gone. "
        "Until you answer, your balance stays as it is."
    )


def credit_discontinued(amount: int, offset: int) -> str:
    if not amount:
        return f"Your store credit was set off against the {_yen(offset)} you owed us."
    less = f" The {_yen(offset)} you owed us has been taken off." if offset else ""
    return f"We will transfer {_yen(amount)} to you for your store credit.{less}"


def credit_paid_out(amount: int, reference: str | None) -> str:
    ref = f" (reference {reference})" if reference else ""
    return f"We have paid {_yen(amount)} for your store credit.{ref}"


def credit_reversed(taken: int, owed: int) -> str:
    more = f" Our staff will contact you about {_yen(owed)}." if owed else ""
    return f"Because a deal was undone, {_yen(taken)} of store credit was taken back.{more}"


def credit_settled(amount: int, owed: int) -> str:
    return f"We have received your payment of {_yen(amount)}.{_still_owed(owed)}"


def credit_forgiven(amount: int, owed: int) -> str:
    return f"You no longer need to pay {_yen(amount)} of what was due.{_still_owed(owed)}"


def _still_owed(owed: int) -> str:
    return f" {_yen(owed)} is still due." if owed else " Nothing more is due."


def credit_expiring(amount: int, through: date, days: int) -> str:
    left = f"{days} days left" if days > 1 else "1 day left" if days else "today is the last day"
    return f"Your store credit of {_yen(amount)} is valid through {_day(through)} ({left})."


def within_reach() -> str:
    return "Pieces you could choose with it:"


def watched_price(piece: str, price: int) -> str:
    return f"New price for {piece}, which you follow: {_yen(price)} (tax included)."


def watched_sold(piece: str) -> str:
    return f"{piece}, which you follow, has been sold. We gladly look for a similar one."


def watched_film(piece: str) -> str:
    return f"A new film of {piece}, which you follow."


def wish_found(piece: str, price: int | None) -> str:
    told = f" Price: {_yen(price)} (tax included)." if price else ""
    return f"Something you are looking for came in: {piece}.{told}"


def checkpoint(on: date, leaves: int) -> str:
    return (
        f"Here is the checkpoint of our evidence log for {_day(on)} ({leaves:,} records). Please"
        " keep the next message as it is: with it you can see later that nothing was rewritten."
    )


def button_extend() -> str:
    return "Extend"


def button_convert() -> str:
    return "Sell to the shop"


def button_return() -> str:
    return "Take it back"


def button_yes() -> str:
    return "Agree"


def button_no() -> str:
    return "Keep the price"


def button_choose() -> str:
    return "See and choose"


def button_stop() -> str:
    return "Stop these messages"


def stop_hint(*, is_credit: bool) -> str:
    if is_credit:
        return "To stop reminders about store credit, press “Stop these messages” below."
    return "To stop messages like this, send “stop messages”."
