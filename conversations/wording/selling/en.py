"""What the bot says of selling in English."""

from collections.abc import Sequence
from datetime import date, time

lang = "en"

_SHOTS = {
    "dial": "dial, from the front",
    "case_back": "case back",
    "side_crown": "side with the crown",
    "clasp": "clasp",
    "serial": "serial number",
    "accessories": "accessories",
    "face_up": "stone, face up",
    "side": "side",
    "mount_marks": "marks inside the mount",
    "report_front": "front of the grading report",
    "front": "front",
    "back": "back",
    "base": "base",
    "corner_front_left": "a corner",
    "handle": "handle",
    "interior": "inside",
    "code": "stamp or serial",
    "label": "brand label",
    "composition_tag": "care label",
    "defect_1": "the most visible damage",
}
_CATEGORIES = {
    "watch": "Watch",
    "diamond": "Jewellery, stones",
    "bag": "Bag, small leather",
    "apparel": "Clothes",
}
_QUESTIONS = {
    "condition": "Compared with a new one, what condition is it in?",
    "warranty_card": "Do you have the warranty card?",
    "box": "Do you have the box?",
    "grading_report": "Do you have the grading report?",
    "authenticity_card": "Do you have the authenticity card?",
    "strap": "Do you have the strap that came with it?",
    "tag": "Is the original tag still attached?",
    "altered": "Has it been polished, repaired or altered?",
    "years": "About how long ago was it bought?",
}
_ANSWERS = {
    "unused": "Unused",
    "fine": "No visible marks",
    "light_marks": "Light marks",
    "worn": "Visible wear",
    "damaged": "Clear damage",
    "broken": "Broken, not working",
    "yes": "Yes",
    "no": "No",
    "unknown": "Not sure",
    "1": "Within a year",
    "5": "2 to 5 years",
    "10": "6 to 10 years",
    "20": "11 years or more",
}
_PARTS = {
    "warranty_card": "warranty card",
    "box": "box",
    "grading_report": "grading report",
    "authenticity_card": "authenticity card",
    "strap": "strap",
    "tag": "tag",
}
_METHODS = {
    "mail_in": "Send by post",
    "home_visit": "Visit at home",
    "store_drop": "Bring it to the shop",
}
_METHOD_NAMES = {"mail_in": "By post", "home_visit": "Visit at home", "store_drop": "At the shop"}
_MERITS = {
    "mail_in": "we send a free packing kit; post it whenever it suits you.",
    "home_visit": "an appraiser comes to you; good for several or large pieces.",
    "store_drop": "appraised on the spot, the quickest answer, paid the same day if you wish.",
}
_STAGES = {
    "inquiry": "being looked at",
    "quoted": "provisional estimate given",
    "quote_expired": "provisional estimate ended",
    "submitted": "application received",
    "kit_sent": "packing kit sent",
    "in_transit": "on its way to us",
    "arrived": "arrived, waiting for appraisal",
    "appraising": "being appraised",
    "approval_pending": "amount being approved",
    "police_hold": "held here (our staff will explain)",
    "offered": "offer made",
    "offer_expired": "offer ended",
    "declined": "declined",
    "rejected": "cannot be bought",
    "accepted": "accepted, waiting for identification",
    "pay_scheduled": "payment arranged",
    "rescinded": "sale taken back",
    "return_shipping": "return being arranged",
    "paid": "paid",
    "credited": "credit given",
    "consign": "to be consigned",
    "referred": "introduced to another dealer",
    "returned": "returned",
    "compensated": "compensated",
    "closed": "completed",
}
_MEANS = {
    "bank": "Bank transfer",
    "credit": "Store credit",
    "split": "Half and half",
    "cash": "Cash",
}
_PAYMENTS = {
    "planned": "payment is planned",
    "released": "the transfer is being made",
    "sent": "sent to the bank",
    "paid": "paid",
    "failed": "the transfer failed and a member of our staff is looking into it",
}
_BOXES = {
    "small": "Small (watch)",
    "medium": "Medium (one bag)",
    "large": "Large (several)",
}


def _yen(amount: int) -> str:
    return f"¥{amount:,}"


def _all(titles: Sequence[str]) -> str:
    return ", ".join(titles)


def _bearer(fee: int) -> str:
    return "transfer fee paid by us" if fee == 0 else f"transfer fee of {_yen(fee)} paid by you"


def day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"


def money(amount: int) -> str:
    return _yen(amount)


def span(low: int, high: int) -> str:
    return _yen(low) if low == high else f"{_yen(low)} to {_yen(high)}"


def through(last: date) -> str:
    return f"until {last:%a} {last.day} {last:%b}"


def shot(code: str) -> str:
    return _SHOTS.get(code, code)


def category(category: str) -> str:
    return _CATEGORIES.get(category, category)


def unnamed() -> str:
    return "(name not known yet)"


def which_piece(*, is_repair: bool) -> str:
    if is_repair:
        return "We will gladly estimate a repair. Please write the brand and model or reference."
    return (
        "We will gladly price your piece. Please write the brand and model or reference. "
        "Photos alone, a call, the shop or the post work as well."
    )


def which_category(title: str) -> str:
    return f"What kind of piece is {title or 'it'}?"


def who_are_you(title: str) -> str:
    return (
        f"We will gladly price your {title}. If you are new here, go on in this chat; "
        "if you are a member, please link your membership first."
    )


def send_pictures(title: str, shots: Sequence[str], *, before: int, is_repair: bool) -> str:
    what = "estimate the repair of" if is_repair else "price"
    sent = f"We will also look at the {before} you just sent. " if before else ""
    return (
        f"We will gladly {what} your {title}. {sent}Please send these photos in this order, one by "
        "one or together.\n" + "\n".join(f"{n}. {each}" for n, each in enumerate(shots, 1))
    )


def pictures_missing(
    *, shown: int, total: int, blurred: Sequence[str], missing: Sequence[str]
) -> str:
    again = f"The photo of {_all(blurred)} seems blurred. " if blurred else ""
    return (
        f"Your photos are safe with us ({shown}/{total}). {again}"
        f"Still missing: {_all(missing)}. Please send {missing[0]} next."
    )


def pictures_whole(*, total: int) -> str:
    return f"All {total} photos are here, thank you. Please go on."


def pictures_kept(title: str) -> str:
    return f"Your photos are safe with us and kept with {title}."


def question(question: str) -> str:
    return _QUESTIONS.get(question, question)


def answer(question: str, choice: str) -> str:
    return _ANSWERS.get(choice, choice)


def quoted_already(title: str) -> str:
    return f"{title} is already further along."


def handed_over(title: str, by: str, *, is_repair: bool) -> str:
    what = "an estimate" if is_repair else "an amount"
    return f"Our staff will look at {title} and give you {what} here by {by}."


def nothing_offered(title: str) -> str:
    return (
        f"We are sorry, we cannot offer a price for {title}. "
        "We may be able to introduce a dealer with better terms, free of charge."
    )


def label_range() -> str:
    return "Provisional estimate"


def label_valid() -> str:
    return "Valid"


def label_market() -> str:
    return "Market"


def label_pictures() -> str:
    return "Photos"


def label_reckoned() -> str:
    return "Judged as"


def comparables(count: int) -> str:
    return f"from {count} recent sales" if count else "judged by our staff"


def shown_of(shown: int, required: int) -> str:
    return f"{shown} of {required}"


def reckoned(grade: str, missing: Sequence[str]) -> str:
    parts = _all([_PARTS.get(each, each) for each in missing])
    return f"grade {grade}, " + (f"without {parts}" if parts else "with accessories")


def provisional() -> str:
    return "A provisional amount from photos and answers; the appraisal of the piece decides."


def range_said(title: str, low: int, high: int) -> str:
    return f"The provisional estimate for {title} is {span(low, high)}."


def range_binds_nobody() -> str:
    return "The estimate binds neither you nor us. How would you like to go on?"


def order_unknown(order_no: str) -> str:
    return f"We could not find order {order_no}. Please check the number."


def nothing_bought() -> str:
    return "We found no such piece bought here. Please write the brand and model."


def which_bought() -> str:
    return "Which piece would you like priced?"


def bought_said(title: str, code: str) -> str:
    return f"{title} ({code}), bought here."


def methods() -> str:
    lines = [f"- {_METHOD_NAMES[each]}: {_MERITS[each]}" for each in _METHOD_NAMES]
    return (
        "There are three ways, all free, and you may change until it has arrived.\n"
        + "\n".join(lines)
        + "\nWhich would you like?"
    )


def method(method: str) -> str:
    return _METHODS.get(method, method)


def method_told(method: str) -> str:
    return (
        f"{_METHOD_NAMES.get(method, method)}: {_MERITS.get(method, '')} We price the piece first."
    )


def which_day() -> str:
    return "Which day may we visit? Our staff will settle the hour with you."


def which_scope() -> str:
    return "Shall we only appraise at the visit, or may we also make an offer there?"


def scope(scope: str) -> str:
    return {"appraise_only": "Appraise only", "may_offer": "An offer is welcome"}.get(scope, scope)


def rejected_rule() -> str:
    return (
        "One question before you apply: what shall we do with a piece we cannot buy? "
        "We dispose of one only if you agree again at that time, piece by piece."
    )


def rejected(choice: str) -> str:
    return {"return": "Free return", "dispose": "Ask about disposal"}.get(choice, choice)


def ask_submit(
    pieces: Sequence[str],
    method: str,
    *,
    rejected: str,
    on: date | None,
    scope: str | None,
    inbound: int,
    back: int,
    cancel: int,
) -> str:
    visit = ""
    if on is not None:
        only = "to appraise only" if scope == "appraise_only" else "an offer is welcome"
        visit = f"The visit is on {day(on)} ({only}). "
    choice = "returned free of charge" if rejected == "return" else "disposed of only if you agree"
    return (
        f"You apply for {len(pieces)} ({_all(pieces)}): "
        f"{_METHOD_NAMES.get(method, method)}. {visit}"
        f"What we cannot buy is {choice}. Postage {_yen(inbound)}, return {_yen(back)}, "
        f"cancellation {_yen(cancel)}. Please press the button to apply."
    )


def submitted_already() -> str:
    return "We have your application already."


def visit_applied(on: date, *, by: str) -> str:
    return (
        f"Your visit on {day(on)} is noted. A member of our "
        f"staff will settle the hour with you here by {by}."
    )


def store_applied(case_no: str) -> str:
    return (
        f"Noted: you bring it in. Your number is {case_no}. Please come during opening hours; "
        "with your identity document it goes faster."
    )


def same_method(method: str) -> str:
    return f"That is how it is arranged: {_METHOD_NAMES.get(method, method)}."


def ask_change(pieces: Sequence[str], method: str) -> str:
    return f"{_all(pieces)}: changed to {_METHOD_NAMES.get(method, method)}, free. Is that right?"


def changed(method: str, *, by: str) -> str:
    if method == "home_visit":
        return (
            "Changed to a visit at home. A member of our "
            f"staff will settle the hour with you by {by}."
        )
    if method == "store_drop":
        return "Changed: you bring it in. Please come during opening hours."
    return "Changed to the post. Please use the packing kit you have."


def too_late_to_change() -> str:
    return "It is on its way already, so the way cannot be changed. You can see how it stands."


def which_box() -> str:
    return "Noted. We send you a free packing kit. Which size of box?"


def box(box: str) -> str:
    return _BOXES.get(box, box)


def kit_leaves(box: str, *, by: str) -> str:
    size = f" ({_BOXES[box]})" if box in _BOXES else ""
    return f"The packing kit{size} leaves by {by}. You will get its tracking number here."


def kit_on_its_way(tracking_no: str) -> str:
    return f"The packing kit is on its way. Its tracking number is {tracking_no}."


def kit_explained() -> str:
    return "We send a free packing kit. We price the piece first, then you choose the box."


def ask_withdraw(pieces: Sequence[str], *, is_sent: bool, cancel: int, back: int) -> str:
    home = f"The piece comes back to you; return {_yen(back)}. " if is_sent else ""
    return (
        f"You call off {_all(pieces)}. Cancellation {_yen(cancel)}. {home}"
        "Please press the button to confirm."
    )


def withdrawn(*, is_sent: bool) -> str:
    if is_sent:
        return "Called off. It comes back with a free label; you will get the tracking number."
    return "Called off, free of charge. We are glad to help another time."


def nothing_to_withdraw() -> str:
    return "There is nothing to call off at the moment."


def no_open_offer() -> str:
    return "There is no offer waiting for your answer."


def offers_open(count: int) -> str:
    if count == 1:
        return "Your offer is ready. Please choose with the buttons on the card."
    return f"{count} offers are ready. You decide on each by itself."


def offer_said(title: str, amount: int) -> str:
    return f"The offer for {title} is {_yen(amount)}."


def label_buyback() -> str:
    return "We buy it for"


def label_as_credit() -> str:
    return "As store credit"


def label_paid_on() -> str:
    return "Paid"


def label_consign_price() -> str:
    return "Consigned, sold for"


def label_consign_payout() -> str:
    return "Consigned, you get"


def label_consign_paid() -> str:
    return "Consigned, paid"


def label_market_falls() -> str:
    return "If prices fall"


def label_costs() -> str:
    return "Costs"


def label_below() -> str:
    return "Below the estimate"


def label_repair() -> str:
    return "Repair estimate"


def with_bonus(amount: int, bonus: int) -> str:
    return f"{_yen(amount + bonus)} (bonus {_yen(bonus)})"


def paid_on(pay_on: date) -> str:
    return f"{day(pay_on)} if you accept now"


def consign_payout(low: int, high: int, rate_bps: int) -> str:
    return f"{span(low, high)} ({rate_bps / 100:g}% of the price)"


def consign_paid(days: int) -> str:
    return f"on sale up to {days} days; the bank day after the return period"


def market_falls(guarantee: int | None) -> str:
    least = "the appraised amount" if guarantee is None else _yen(guarantee)
    return f"Sold: nothing changes / Consigned: lower prices, but {least} is guaranteed all term"


def costs(transfer_fee: int) -> str:
    return f"postage, return, cancellation ¥0; transfer {_yen(transfer_fee)}"


def below(amount: int, reasons: Sequence[str]) -> str:
    return f"¥{amount:,} less than the estimate: {_all(reasons)}"


def too_cheap(least: int) -> str:
    return f"Consignment begins at an expected price of {_yen(least)}, so we can only buy it."


def decided_later() -> str:
    return "You decide between both once you have seen the appraised amount."


def routes(*, least: int, low_bps: int, high_bps: int, days: int) -> str:
    return (
        "Selling to us: paid the same or the next bank day, and the market is our risk. "
        f"Consigning: we sell it for up to {days} days and pay "
        f"{low_bps / 100:g}-{high_bps / 100:g}% "
        "of the price; you may switch to the appraised amount at any time in the term "
        f"(from {_yen(least)}). Tell us the piece and we give you both figures."
    )


def means(means: str) -> str:
    return _MEANS.get(means, means)


def which_means(
    *, amount: int, bank: int, transfer_fee: int, pay_on: date, credit: int, bonus: int
) -> str:
    return (
        f"How would you like to receive {_yen(amount)}?\n"
        f"- Bank transfer: {_yen(bank)} ({_bearer(transfer_fee)}, {day(pay_on)})\n"
        f"- Store credit: {_yen(credit)} (including a bonus of {_yen(bonus)})"
    )


def ask_accept(
    title: str, amount: int, *, bank: int, credit: int, means: str, pay_on: date | None
) -> str:
    ways = []
    if bank and pay_on is not None:
        how = "handed over in cash" if means == "cash" else "transferred"
        ways.append(f"{_yen(bank)} is {how} on {day(pay_on)}. ")
    if credit:
        ways.append(
            f"{_yen(credit)} becomes store credit with a bonus; it is never paid out in cash. "
        )
    return (
        f"You sell {title} to us for {_yen(amount)}. {''.join(ways)}"
        "Please press the button to confirm."
    )


def ask_repair(title: str, amount: int) -> str:
    return (
        f"You order the repair of {title} for {_yen(amount)}. Please press the button to confirm."
    )


def accepted(
    title: str,
    amount: int,
    *,
    pay_on: date | None,
    bank: int,
    credit: int,
    waits_for_identity: bool,
) -> str:
    told = f"Thank you. {title} is sold to us for {_yen(amount)}. "
    if waits_for_identity:
        return told + "We tell you the day of payment as soon as you are identified."
    if bank and pay_on is not None:
        told += f"{_yen(bank)} is paid on {day(pay_on)}. "
    if credit:
        told += f"{_yen(credit)} is yours as store credit, with the bonus."
    return told.strip()


def account_wanted(*, by: str) -> str:
    return (
        f" Your bank account is not known yet: a member of our staff shows you a safe way by {by}. "
        "Please do not write account numbers in this chat."
    )


def repair_ordered(title: str, amount: int, *, by: str) -> str:
    return (
        f"The repair of {title} is ordered for {_yen(amount)}. We tell you by {by} when it is done."
    )


def offer_gone() -> str:
    return "This offer has changed or was answered. Please look at what stands open now."


def offer_over() -> str:
    return "We are sorry, this offer has ended. We gladly price the piece again."


def refuse_options(title: str, amount: int, *, through: date) -> str:
    return (
        f"The offer of {_yen(amount)} for {title} holds until {day(through)}. "
        "Saying no costs ¥0. What would you like?"
    )


def ask_home(title: str, amount: int) -> str:
    return (
        f"You decline {_yen(amount)} for {title}; it comes back to you, return ¥0. "
        "Please press the button to confirm."
    )


def going_home(title: str) -> str:
    return f"Noted. {title} comes back to you free of charge; you will get the tracking number."


def ask_consign(title: str, amount: int, *, days: int) -> str:
    return (
        f"You consign {title} instead of selling it. {_yen(amount)} is guaranteed for {days} days. "
        "Please press the button to confirm."
    )


def consign_wanted(title: str, *, by: str) -> str:
    return (
        f"Noted. A member of our staff sends you the contract for {title} by {by}. "
        "Nothing is put on sale until you agree."
    )


def which_wish(title: str) -> str:
    return f"Which amount would you like for {title}? (for example 450,000 yen)"


def ask_counter(title: str, *, offered: int, wanted: int) -> str:
    return (
        f"Our offer for {title} is {_yen(offered)}. We tell the appraiser you would like "
        f"{_yen(wanted)}. Please press the button to confirm."
    )


def countered(title: str, wanted: int, *, offered: int, by: str) -> str:
    return (
        f"The appraiser knows that you would like {_yen(wanted)} for {title}; an answer "
        f"comes by {by}. "
        f"The offer of {_yen(offered)} stands meanwhile."
    )


def cannot_buy(title: str, reasons: Sequence[str]) -> str:
    return (
        f"We are sorry, we cannot buy {title}. Reason: {_all(reasons)}. What shall we do with it?"
    )


def decided_already(title: str) -> str:
    return f"{title} is decided already."


def ask_send_home(title: str) -> str:
    return f"{title} comes back to you, return ¥0. Please press the button to confirm."


def ask_dispose(title: str) -> str:
    return (
        f"We dispose of {title}. It costs ¥0, and it cannot be given back afterwards. "
        "Please press the button to confirm."
    )


def disposal_agreed(title: str) -> str:
    return f"Noted. We dispose of {title} with care."


def ask_refer(title: str) -> str:
    return (
        f"We look for a dealer with better terms for {title}, free of charge. For that "
        "we need your "
        "consent to pass on your name, contact and the piece. Do you agree?"
    )


def referral_wanted(title: str, *, by: str) -> str:
    return (
        f"Thank you. A member of our staff tells you by {by} which dealer we would introduce for "
        f"{title} and why. "
        "Nothing is passed on before you have seen who it is."
    )


def ask_introduce(title: str, dealer: str, *, reason: str, indication: int | None) -> str:
    worth = f" (about {_yen(indication)})" if indication is not None else ""
    return (
        f"For {title} we can introduce {dealer}{worth}. Reason: {reason}. It is free of charge. "
        "Do you agree that we pass on your name, contact and the piece?"
    )


def introduced(title: str, dealer: str) -> str:
    return (
        f"Thank you. We introduce you and {title} to {dealer}, who will contact you. "
        "What we hold of yours comes back free of charge."
    )


def ask_take_back(pieces: Sequence[str], last: date | None) -> str:
    term = f"The last day is {day(last)}. " if last is not None else ""
    return (
        f"You take back the sale at your home ({_all(pieces)}) within the cooling-off "
        f"period. {term}"
        "There is no penalty, the goods come back at our cost, and money you received is returned. "
        "Please press the button to confirm."
    )


def taken_back(pieces: Sequence[str]) -> str:
    return (
        f"The sale of {_all(pieces)} is taken back. The goods come back at our cost; "
        "if you were paid, a member of our staff tells you how to return it."
    )


def take_back_late(last: date) -> str:
    return (
        f"We are sorry, the cooling-off period ended on {day(last)}. Our staff will gladly listen."
    )


def goods_gone(*, by: str) -> str:
    return f"Noted. A member of our staff looks where the goods are and writes to you by {by}."


def no_case() -> str:
    return "Nothing of yours is being appraised at the moment."


def cases_open(count: int) -> str:
    return f"{count} cases are open."


def case_said(case_no: str, stage: str) -> str:
    return f"Case {case_no}: {stage}"


def stage(stage: str) -> str:
    return _STAGES.get(stage, stage)


def stage_since(stage: str, since: str) -> str:
    return f"{_STAGES.get(stage, stage)} ({since})"


def label_next() -> str:
    return "Next news"


def next_by(by: str) -> str:
    return f"by {by}"


def label_kit() -> str:
    return "Kit tracking"


def label_hash() -> str:
    return "Record"


def anything_else() -> str:
    return "We write here as soon as it moves on. Anything else?"


def payment(amount: int, due_on: date, status: str, *, transfer_fee: int) -> str:
    return (
        f"{_yen(amount)}: {day(due_on)}, {_PAYMENTS.get(status, status)} ({_bearer(transfer_fee)})."
    )


def waits_for_identity() -> str:
    return "For what you accepted we tell you the day of payment once you are identified."


def how_paid(on: date, *, cutoff: time, transfer_fee: int, example: int, as_credit: int) -> str:
    return (
        f"Accepted by {cutoff:%H:%M} on a bank day: paid that day, later the next bank "
        "day; now that "
        f"is {day(on)} ({_bearer(transfer_fee)}). "
        f"As store credit, {_yen(example)} becomes {_yen(as_credit)}."
    )


def button_begin() -> str:
    return "Get a price"


def button_bought_here() -> str:
    return "Bought here"


def button_repair() -> str:
    return "Ask for a repair"


def button_methods() -> str:
    return "Shop, post, visit"


def button_phone() -> str:
    return "Ask by phone"


def button_first_time() -> str:
    return "I am new here"


def button_no_pictures() -> str:
    return "Without photos"


def button_no_more_pictures() -> str:
    return "No more photos"


def button_go_on() -> str:
    return "Go on"


def button_more() -> str:
    return "One more piece"


def button_choose_method() -> str:
    return "Choose a way"


def button_change_method() -> str:
    return "Change the way"


def button_compare() -> str:
    return "Sell or consign?"


def button_submit() -> str:
    return "Apply"


def button_change() -> str:
    return "Change it"


def button_status() -> str:
    return "How it stands"


def button_withdraw() -> str:
    return "Call it off"


def button_sell() -> str:
    return "Sell it"


def button_consign() -> str:
    return "Consign it"


def button_refuse() -> str:
    return "Not this time"


def button_accept(amount: int) -> str:
    return f"Confirm {_yen(amount)}"


def button_order_repair() -> str:
    return "Order the repair"


def button_other_offers() -> str:
    return "See the offers"


def button_payment() -> str:
    return "When am I paid?"


def button_home() -> str:
    return "Free return"


def button_wish() -> str:
    return "Name an amount"


def button_counter(wanted: int) -> str:
    return f"Ask {_yen(wanted)}"


def button_refer() -> str:
    return "Another dealer"


def button_agree_refer() -> str:
    return "I agree, introduce"


def button_rejected() -> str:
    return "Choose what to do"


def button_dispose() -> str:
    return "Ask about disposal"


def button_dispose_it() -> str:
    return "Agree to disposal"


def button_take_back() -> str:
    return "Take the sale back"


def button_proposal() -> str:
    return "See the dealer"
