"""To consignors in English."""

from collections.abc import Sequence
from datetime import date

lang = "en"

_STAGES = {
    "proposed": "waiting for your agreement",
    "awaiting_item": "waiting for the piece to arrive",
    "guarantee_requested": "buyback requested (under negotiation)",
    "consigned": "received, being prepared for sale",
    "listed": "on sale",
    "unlisted": "listing paused",
    "repair": "being serviced",
    "reserved": "under negotiation",
    "sold": "sold",
    "return_window": "sold, within the buyer's return time",
    "payable": "payment settled",
    "converted": "bought by us",
    "compensated": "being compensated",
    "paid": "paid",
    "closed": "completed",
    "term_ended": "term ended",
    "returning": "return being arranged",
    "returned": "returned",
    "declined": "not agreed",
}
_NOTES = {
    "sold": "The day of payment is settled after delivery and the buyer's return time.",
    "return_window": "The day of payment is settled once the buyer's return time is over.",
    "guarantee_requested": "If the negotiation fails, we buy it at the guaranteed price.",
    "term_ended": "Please choose a new term, a return or another way. Without an answer the piece "
    "comes back to you free of charge.",
}


def money(amount: int) -> str:
    return f"¥{amount:,}"


def day(on: date) -> str:
    return f"{on:%a} {on.day} {on:%b} {on.year}"


def stage(stage: str) -> str:
    return _STAGES.get(stage, "being looked at by our staff")


def stage_note(stage: str) -> str | None:
    return _NOTES.get(stage)


def term(last_day: date, days_left: int) -> str:
    noun = "day" if days_left == 1 else "days"
    left = f"{days_left} {noun} left" if days_left > 0 else "last day"
    return f"{day(last_day)} ({left})"


def share(payout: int, rate_bps: int) -> str:
    return f"{money(payout)} ({_rate(rate_bps)})"


def _rate(rate_bps: int) -> str:
    return f"{rate_bps / 100:g}%"


def views(shown: int, watched: int) -> str:
    return f"{shown} (film watched to the end: {watched})"


def label_piece() -> str:
    return "Item"


def label_stage() -> str:
    return "Status"


def label_since() -> str:
    return "Listed since"


def label_price() -> str:
    return "List price"


def label_share() -> str:
    return "You would receive"


def label_views() -> str:
    return "Views in chat"


def label_term() -> str:
    return "Term ends"


def label_guarantee() -> str:
    return "Buyback guarantee"


def label_payout() -> str:
    return "You receive"


def label_pay_on() -> str:
    return "Paid on"


def status_said(title: str, lines: Sequence[tuple[str, str]]) -> str:
    return f"{title}. " + "; ".join(f"{label}: {value}" for label, value in lines)


def none() -> str:
    return "I could not find a consigned piece of yours."


def several(count: int) -> str:
    return f"The status of your {count} consigned pieces."


def which_contract(contracts: Sequence[tuple[str, str]]) -> str:
    told = "\n".join(f"- {code} {title}" for code, title in contracts)
    return f"Which piece do you mean?\n{told}"


def record_heading(title: str) -> str:
    return f"On record when it came: {title}"


def recorded(what: str, digest: str) -> str:
    return f"{what}, SHA-256 {digest}…"


def record_note(more: int) -> str | None:
    return f"There are {more} more on record." if more else None


def record_said(title: str, lines: Sequence[str]) -> str:
    return f"What was on record when {title} came: " + "; ".join(lines)


def no_record(title: str) -> str:
    return f"Nothing of {title} has been filmed or photographed yet."


def which_price(title: str, price: int) -> str:
    return (
        f"{title} is listed at {money(price)} (tax incl.). "
        "Please write the price you would like, for example ¥300,000."
    )


def would_pay(title: str | None, price: int, payout: int, rate_bps: int) -> str:
    what = title or "a piece"
    by = "" if title else " This is by our present terms."
    return (
        f"If {what} sells at {money(price)} (tax incl.), you receive {money(payout)} "
        f"({_rate(rate_bps)}). There are no other fees.{by}"
    )


def price_settled(title: str) -> str:
    return f"The price of {title} cannot be changed at its present stage."


def price_proposed(title: str, before: int | None, price: int, payout: int, rate_bps: int) -> str:
    now = f"from {money(before)} " if before is not None else ""
    return (
        f"May we change the price of {title} {now}to {money(price)} (tax incl.)? "
        f"Sold at that price, you receive {money(payout)} ({_rate(rate_bps)}). "
        "Without your answer nothing changes."
    )


def proposal_over(state: str) -> str:
    if state == "agreed":
        return "You have already agreed to this change of price."
    if state == "declined":
        return "You have already declined this change. The price stays as it is."
    return "This proposal is over. The price was not changed by it."


def price_held() -> str:
    return "The price cannot be changed now, as a buyer may have the piece. It stays as it is."


def price_changed(title: str, price: int | None) -> str:
    told = f" to {money(price)} (tax incl.)" if price is not None else ""
    return f"Thank you. The price of {title} has been changed{told}."


def price_kept(title: str, price: int | None) -> str:
    told = f" at {money(price)} (tax incl.)" if price is not None else ""
    return f"Understood. The price of {title} stays{told}."


def wish_noted(title: str, price: int, by: str) -> str:
    return (
        f"We have noted that you would like {title} at {money(price)} (tax incl.). "
        f"A member of our staff answers here by {by}. Until then the price stays."
    )


def convert_question(title: str, amount: int, pay_on: date) -> str:
    return (
        f"We buy {title} at the guaranteed price of {money(amount)}. The consignment ends with it; "
        f"you are paid on {day(pay_on)}. Shall we go ahead?"
    )


def park_question(title: str, amount: int) -> str:
    return (
        f"{title} is under negotiation with a buyer. If that fails, we buy it at the guaranteed "
        f"price of {money(amount)}. Would you like to request this?"
    )


def already_parked(title: str) -> str:
    return (
        f"Your request for {title} is already noted. If the negotiation fails, "
        "we buy it at the guaranteed price and tell you here."
    )


def parked(title: str) -> str:
    return (
        f"Noted. {title} is under negotiation; if that fails, we buy it at the guaranteed price, "
        "even after the term. We tell you the outcome here."
    )


def converted(title: str, amount: int, pay_on: date) -> str:
    return f"Done. We have bought {title} at {money(amount)}. You are paid on {day(pay_on)}."


def no_guarantee(title: str) -> str:
    return f"The contract of {title} has no buyback guarantee. Our staff can make you an offer."


def term_over(title: str) -> str:
    return f"The term of {title} is over, so the buyback guarantee no longer applies."


def not_convertible(title: str, stage: str) -> str:
    return f"{title} cannot be changed to a buyback now: {_STAGES.get(stage, 'being looked at')}."


def identity_first(title: str) -> str:
    return f"For {title} we need to check your identity first. Our staff will guide you."


def withdraw_question(title: str, *, waits: bool) -> str:
    if waits:
        return (
            f"{title} is under negotiation with a buyer. If that fails, the consignment ends "
            "and the piece comes back free of charge. Shall we go ahead?"
        )
    return (
        f"The consignment of {title} ends and the piece comes back free of charge. "
        "Shall we go ahead?"
    )


def decline_question(title: str) -> str:
    return f"Would you like to decline our proposal for {title}? It costs nothing."


def declined(title: str) -> str:
    return f"Understood. {title} will not be consigned. It costs nothing."


def declined_here(title: str) -> str:
    return (
        f"Understood. {title} will not be consigned. We return it free of charge: press the button "
        "and we prepare the shipment. For anything else, our staff are here."
    )


def going_home(title: str) -> str:
    return f"Noted. {title} comes back to you free of charge; you will get the tracking number."


def offer_over(title: str, by: str) -> str:
    return (
        f"The guaranteed price for {title} is no longer valid, so this proposal cannot be agreed "
        f"to. By {by} a member of our staff proposes new terms here."
    )


def returning(title: str) -> str:
    return (
        f"Understood. The consignment of {title} has ended and the piece comes back free of "
        "charge. We arrange the shipment within one business day."
    )


def withdrawal_waits(title: str) -> str:
    return (
        f"Understood. {title} is under negotiation; if that fails, it comes back to you free of "
        "charge. We tell you the outcome here."
    )


def not_returnable(title: str, stage: str) -> str:
    return f"{title} cannot be returned now: {_STAGES.get(stage, 'being looked at')}."


def renewal_asked(title: str, by: str) -> str:
    return (
        "We have noted that you would like to extend "
        f"{title}. By {by} a member of our staff proposes "
        "new terms here. Until you agree, your present contract stays as it is."
    )


def renewal_ready(title: str) -> str:
    return f"The new contract for {title} is ready for you to read."


def not_renewable(title: str, stage: str) -> str:
    return f"{title} cannot be extended now: {_STAGES.get(stage, 'being looked at')}."


def fresh_question(title: str, amount: int) -> str:
    return f"You sell {title} to us at {money(amount)}. Shall we go ahead?"


def no_fresh_offer(title: str) -> str:
    return f"There is no offer for {title} to accept at the moment."


def contract_question(contract_no: str) -> str:
    return f"Would you like to conclude consignment contract {contract_no} as above?"


def contract_settled(title: str, stage: str) -> str:
    return f"The contract of {title}: {stage}. There is nothing new to agree to."


def contract_text(
    contract_no: str,
    version: str,
    title: str,
    code: str,
    *,
    price: int,
    least: int,
    guarantee: int | None,
    tiers: Sequence[tuple[int, int]],
    is_slab: bool,
    drops: Sequence[tuple[int, int]],
    term_days: int,
    grace_days: int,
    in_credit: bool,
) -> str:
    rates = "; ".join(f"from {money(bound)}: {_rate(bps)}" for bound, bps in tiers)
    whole = "the whole price" if is_slab else "each slice of the price"
    steps = "; ".join(f"after {days} days {_rate(off)} off" for days, off in drops) or "none"
    floor = f" (never below {money(least)})" if least else ""
    kept = (
        f"at any time in the term we buy it for {money(guarantee)} or more."
        if guarantee is not None
        else "none."
    )
    paid = (
        "in store credit. Store credit is never paid out in cash."
        if in_credit
        else "by bank transfer."
    )
    return "\n".join(
        [
            f"Consignment contract {contract_no} (version {version})",
            f"1. Piece: {title} ({code})",
            f"2. First list price: {money(price)} (tax incl.)",
            f"3. You receive a share of {whole} by its rate: {rates} (tax incl.).",
            f"4. Price drops, counted from the start and off the first price: {steps}{floor}. "
            "No drop is made that would pay less than the buyback guarantee. "
            "Any other change of price needs your consent.",
            f"5. Buyback guarantee: {kept}",
            f"6. Term: {term_days} days from the day after the start. Without an answer within "
            f"{grace_days} days after it, the piece comes back free of charge; it is never "
            "disposed of and never becomes ours.",
            "7. Fees: none for listing, photographs, storage, return, withdrawal or transfer.",
            f"8. Payment: {paid} Sold online: after the buyer's return time; "
            "sold in a store: the same or the next bank day.",
            "9. Withdrawal: at any time, free; while a buyer is negotiating, after that has ended.",
        ]
    )


def signed(title: str, version: str, digest: str, last_day: date | None) -> str:
    until = (
        f"The term ends on {day(last_day)}."
        if last_day is not None
        else "The term begins when the piece has arrived."
    )
    return (
        f"Thank you. The consignment contract of {title} is concluded. {until} "
        f"Text kept: version {version}, SHA-256 {digest}…"
    )


def button_record() -> str:
    return "On record"


def button_contract() -> str:
    return "Read the contract"


def button_sign() -> str:
    return "Agree to this"


def button_price() -> str:
    return "Ask about price"


def button_wish(price: int) -> str:
    return f"Ask for {money(price)}"


def button_price_yes() -> str:
    return "Agree to change"


def button_price_no() -> str:
    return "Keep the price"


def button_convert() -> str:
    return "Sell to the shop"


def button_sell_at(amount: int) -> str:
    return f"Sell at {money(amount)}"


def button_fresh_offer(amount: int) -> str:
    return f"Sell at {money(amount)}"


def button_withdraw() -> str:
    return "Have it returned"


def button_home() -> str:
    return "Free return"


def button_withdraw_it() -> str:
    return "End and return"


def button_renew() -> str:
    return "Extend"
