"""Orders, returns, exchanges, disputes and collecting in English."""

from collections.abc import Sequence
from datetime import date

lang = "en"

_STAGES = {
    "open": "waiting for payment",
    "paid": "paid, being packed",
    "packed": "packed, about to leave",
    "shipped": "on its way",
    "delivered": "delivered",
    "closed": "completed",
    "returned": "returned",
    "cancelled": "cancelled",
}
_COLLECTED = {
    "paid": "paid, being made ready for you to collect",
    "packed": "ready for you to collect",
    "delivered": "handed over",
}
_RETURNS = {
    "asked": "waiting for you to send it",
    "underway": "on its way to us",
    "received": "arrived, being compared",
    "compared": "compared, refund under way",
    "disputed": "a member of our staff is looking at it",
    "refunded": "refunded",
    "refused": "return declined, on its way to you",
    "withdrawn": "withdrawn",
}
_CARRIERS = {"yamato": "Yamato Transport", "sagawa": "Sagawa Express", "japanpost": "Japan Post"}
_LABELS = {
    "report": "Report",
    "finding": "Finding",
    "seen": "Seen",
    "stage": "Status",
    "place": "Collect at",
    "pickup_code": "Pick-up code",
    "delivered": "Delivered",
    "return_until": "Return until",
    "total": "Total",
    "back": "Back as you paid",
    "credit_part": "Paid in credit, back to credit",
    "credit_all": "Credit in all",
    "bonus": "of it bonus",
    "carrier": "Carrier",
    "to": "To",
    "name": "Name",
    "phone": "Phone",
    "contents": "Contents",
}
_BUTTONS = {
    "condition": "As it was sold",
    "condition_now": "Check its condition",
    "condition_seen": "I have seen it",
    "condition_page": "See the report",
    "track": "Track the parcel",
    "orders": "My orders",
    "address": "Change address",
    "return": "Return or exchange",
    "keep": "Keep it after all",
    "exchange": "Exchange instead",
    "refund": "Refund, please",
    "as_paid": "Refund as I paid",
    "as_credit": "Take store credit",
    "make_return": "Ask for the return",
    "label_by_post": "Send me a label",
    "take_instead": "Take this instead",
    "make_exchange": "Ask to exchange",
    "make_collect": "Collect in store",
    "hours": "Opening hours",
}
_REASONS = {
    "imagined": "Not as I imagined",
    "size": "Does not fit",
    "differs": "Not as described",
    "damaged": "Damaged",
    "wrong": "Wrong item",
    "other": "Something else",
}
_QUESTIONS = {
    "tag": "Is the security tag still attached?",
    "set": "Is everything that came with it complete?",
    "change": "Has anything changed since it arrived? Please name the part if there is a mark.",
}
_ANSWERS = {
    ("tag", "on"): "Still attached",
    ("tag", "off"): "I took it off",
    ("tag", "none"): "There was none",
    ("set", "whole"): "All complete",
    ("set", "lacking"): "Something missing",
    ("change", "none"): "Nothing",
    ("change", "worn"): "I have used it",
    ("change", "marked"): "Marks or stains",
}


def stage(state: str, *, delivery: str) -> str:
    if delivery != "ship" and state in _COLLECTED:
        return _COLLECTED[state]
    return _STAGES[state]


def return_stage(state: str) -> str:
    return _RETURNS[state]


def carrier(name: str) -> str:
    return _CARRIERS.get(name, name)


def day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%B %Y}"


def amount(amount: int) -> str:
    return f"¥{amount:,}"


def place(name: str) -> str:
    return "our shop" if name == "shop" else name


def label(name: str) -> str:
    return _LABELS[name]


def button(name: str) -> str:
    return _BUTTONS[name]


def only_in_private() -> str:
    return (
        "We speak of purchases in a one-to-one chat only. Please write to us there, "
        "outside this group."
    )


def order_said(order_no: str, stage: str) -> str:
    return f"Order {order_no}: {stage}"


def no_orders() -> str:
    return "We found no order of yours on record. If that surprises you, our staff will look."


def need_order_no() -> str:
    return (
        "Please write your order number (it is on the invoice and the parcel) and we will tell how "
        "far it is. Once your membership is linked we can tell everything without a number."
    )


def order_unknown(order_no: str) -> str:
    return f"We found no order {order_no} that we may tell you about. Please check the number."


def stage_only(order_no: str, stage: str) -> str:
    return (
        f"Order {order_no}: {stage}. The pieces and the tracking number can be told once your "
        "membership is linked to this chat."
    )


def choose_order(told: Sequence[tuple[str, str, str]]) -> str:
    lines = "\n".join(f"- {order_no} ({day}): {stage}" for order_no, stage, day in told)
    return f"Which order do you mean?\n{lines}"


def address_taken(order_no: str, *, by: str) -> str:
    return (
        f"We will change the address of order {order_no}. Please write the new address here; "
        f"a member of our staff changes it and confirms to you by {by}."
    )


def address_too_late(order_no: str) -> str:
    return (
        f"The address of order {order_no} can no longer be changed here. "
        "Our staff will gladly help you with the carrier."
    )


def nothing_bought() -> str:
    return (
        "We found no such purchase on record. Please choose from your orders, or ask our staff to "
        "look into it."
    )


def choose_piece(count: int) -> str:
    return f"{count} pieces can be returned or exchanged. Which one do you mean?"


def ask_reason(title: str) -> str:
    return f"We will gladly take {title} back. May we ask why?"


def reason(reason: str) -> str:
    return _REASONS[reason]


def ask_condition(question: str) -> str:
    return _QUESTIONS[question]


def condition(question: str, answer: str) -> str:
    return _ANSWERS[question, answer]


def window_over(title: str, last_day: date) -> str:
    return (
        f"{title} could be returned until {day(last_day)}, so we cannot take it back here. "
        "If there is a reason, our staff will "
        "hear you; we also gladly make you an offer for it."
    )


def at_counter(title: str) -> str:
    return f"{title} was bought in the shop, so a member of our staff takes care of its return."


def not_delivered(title: str) -> str:
    return (
        f"{title} is not noted as delivered yet, so a return cannot begin. "
        "A member of our staff can cancel it before it arrives."
    )


def return_underway(return_no: str, title: str, stage: str) -> str:
    return f"The return of {title} (number {return_no}): {stage}."


def all_was_credit(amount: int) -> str:
    return (
        f"You paid all of it with store credit, so ¥{amount:,} goes back to that credit. "
        "Shall we go on?"
    )


def settle_heading(settle_as: str) -> str:
    return "Refund as you paid" if settle_as == "as_paid" else "As store credit"


def settle_short(settle_as: str) -> str:
    return "As I paid" if settle_as == "as_paid" else "Store credit"


def settle_question(*, as_paid: int, as_credit: int) -> str:
    return (
        f"You can have ¥{as_paid:,} back as you paid, or ¥{as_credit:,} as store credit. "
        "Which would you like? Store credit is never paid out in cash."
    )


def credit_life(days: int | None, *, bonus: int | None) -> str:
    paid = "no end date" if days is None else f"{days} days from issue"
    free = "no end date" if bonus is None else f"{bonus} days from issue"
    return f"To be used within: {paid} (bonus: {free}). Never paid out in cash."


def confirm_return(code: str, title: str, *, reason: str, amount: int, is_credit: bool) -> str:
    way = "as store credit" if is_credit else "the way you paid"
    return (
        f"You would like to return {code} {title} "
        f"({reason}). Once it has arrived and been compared "
        f"with our record of what was sent, you get ¥{amount:,} {way}. Is that right?"
    )


def return_made(return_no: str, title: str) -> str:
    return (
        f"Your return of {title} is open under number {return_no}. As soon as it has arrived and "
        "has been compared with our record, we refund it and tell you."
    )


def waybill_promised(*, by: str) -> str:
    return (
        f"A filled-in label for your parcel leaves our shop by {by}. "
        "You may also bring the piece to the shop, or call us."
    )


def waybill_heading() -> str:
    return "What to write on the label"


def waybill_note() -> str:
    return (
        "Please use the original box with everything that came with it, and hand it in at a "
        "convenience store, a depot, or to a courier. You may also bring it to the shop."
    )


def sent_by(carrier: str, *, buyer_pays: bool) -> str:
    return f"{_CARRIERS.get(carrier, carrier)} ({'prepaid' if buyer_pays else 'we pay on arrival'})"


def confirm_keep(return_no: str, title: str) -> str:
    return f"You would like to keep {title} and end the return {return_no}. Is that right?"


def return_withdrawn(return_no: str, title: str) -> str:
    return f"The return {return_no} is ended. We hope you enjoy {title}."


def ask_exchange(title: str) -> str:
    return (
        f"Which piece would you like instead of {title}? Please write its number (such as W-10234) "
        "or brand and model."
    )


def not_for_exchange() -> str:
    return "That piece cannot be chosen at the moment. Please write the number of another one."


def ask_difference(title: str, *, pays: int, back: int, bonus: int) -> str:
    if pays:
        return f"The difference to {title} is +¥{pays:,}. How would you like to pay it?"
    return (
        f"You get back ¥{back:,}, the difference to {title}. As store credit there is a bonus of "
        f"¥{bonus:,}; store credit is never paid out in cash. Which would you like?"
    )


def confirm_exchange(
    code: str, new: str, title: str, *, pays: int, back: int, settle_as: str, days: int
) -> str:
    if pays:
        way = "from store credit" if settle_as == "credit" else "by the means you paid with"
        net = f"You pay the difference of +¥{pays:,} {way} once yours has been checked."
    elif back:
        way = "as store credit" if settle_as == "credit" else "the way you paid"
        net = f"You get the difference of ¥{back:,} {way} once yours has been checked."
    else:
        net = "There is no difference to pay."
    return (
        f"You return {code} and take {new} {title} instead. {net} "
        f"We keep the new piece for you for {days} days. Is that right?"
    )


def exchange_made(return_no: str, code: str, order_no: str, until: str) -> str:
    return (
        f"Your exchange is open: return number {return_no}, new order {order_no}. We keep {code} "
        f"for you until {until}. Once yours has arrived and been compared, we settle the "
        "difference, send the new piece and tell you."
    )


def choose_disputed(count: int) -> str:
    return f"We are sorry to hear that. Which of the {count} pieces you bought do you mean?"


def nothing_disputed() -> str:
    return (
        "We found no such purchase on record. Please write the number of the piece, "
        "or ask our staff."
    )


def dispute_opened(title: str, *, count: int, by: str) -> str:
    records = (
        f"Our recordings of it ({count}) are frozen as they are at this moment."
        if count
        else "We have no recording of this piece."
    )
    return (
        f"We have taken up what you say about {title}. {records} Please send us photos of the part "
        f"you mean. A member of our staff compares them with the record and answers you by {by}."
    )


def dispute_open_already(title: str, *, by: str) -> str:
    return (
        f"We are looking into what you told us about {title}. Please go on sending photos here; "
        f"a member of our staff answers you by {by}."
    )


def pictures_attached(*, by: str | None) -> str:
    answer = (
        f"A member of our staff answers you by {by}."
        if by
        else "A member of our staff is looking at it."
    )
    return f"Your photos are safe and were added to your claim. {answer}"


def collect_which(shops: Sequence[str]) -> str:
    return (
        f"What you buy online can be collected at {', '.join(shops)}. Which piece would you like? "
        "Please write its number."
    )


def collect_not_for_sale(code: str) -> str:
    return (
        f"{code} cannot be collected at the moment. A "
        "member of our staff will look for another way."
    )


def confirm_collect(code: str, title: str, shops: Sequence[str]) -> str:
    return (
        f"Our staff will make {code} {title} ready for you to collect at {', '.join(shops)}. "
        "Nothing is to be paid yet. Is that right?"
    )


def collect_taken(code: str, *, by: str) -> str:
    return (
        f"Noted: you would like to collect {code}. By {by} we tell you here how to pay and when it "
        "will be ready. Then you get a code to show at the counter."
    )


def no_condition() -> str:
    return (
        "There is no record of condition to show. A member of our staff will gladly look into it."
    )


def no_findings() -> str:
    return "no wear to be recorded"


def condition_frozen(count: int) -> str:
    return f"{count} captures we held when it was sold. Nothing that came later is included."


def condition_lost(count: int) -> str:
    return f"The originals of {count} of these are no longer held."


def condition_said(title: str, *, is_frozen: bool) -> str:
    return f"{title}: as it was sold" if is_frozen else f"{title}: its condition now"


def condition_noted(title: str, *, at: str) -> str:
    return f"Noted on {at}: you have seen the condition of {title}. Thank you."


def condition_corrected() -> str:
    return "This report has been corrected since. Please have a look at the corrected one, too."


def choose_condition(count: int) -> str:
    return f"You bought {count} pieces. Whose condition would you like to see?"
