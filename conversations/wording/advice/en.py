"""Finder, story, terms, small talk and help in English."""

from collections.abc import Sequence
from datetime import date

lang = "en"

_LABELS = {
    "why": "Why this one",
    "model": "Brand and model",
    "came_in": "With us since",
    "graded": "Condition judged",
    "filmed": "Recorded",
    "listed": "On sale since",
}
_BUTTONS = {
    "again": "Other wishes",
    "story": "Its story",
    "finder": "Help me choose",
    "orders": "My orders",
    "return": "Return or exchange",
    "hours": "Opening hours",
    "terms": "Shipping and terms",
}
_CATEGORIES = {"watch": "Watches", "diamond": "Diamonds", "bag": "Bags", "apparel": "Clothing"}
_QUESTIONS = {
    "category": "Let us choose together. What are you looking for?",
    "brand": "Is there a brand you like?",
    "budget": "What would you like to spend?",
    "grade": "What condition should it have?",
}
_GIVEN_UP = {"grade": "condition", "budget": "budget", "brand": "brand"}
_TOPICS = {
    "shipping": "Shipping",
    "payment": "Payment",
    "returns": "Returns",
    "cancelling": "Cancelling",
    "identity": "Identity papers",
    "guarantee": "Guarantee",
    "fees": "Selling fees",
    "ways": "Phone and shop",
}


def day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%B %Y}"


def label(name: str) -> str:
    return _LABELS[name]


def button(name: str) -> str:
    return _BUTTONS[name]


def category(category: str) -> str:
    return _CATEGORIES.get(category, category)


def whatever() -> str:
    return "No preference"


def finder_question(name: str) -> str:
    return _QUESTIONS[name]


def budget_up_to(amount: int) -> str:
    return f"Up to ¥{amount:,}"


def budget_between(low: int, high: int) -> str:
    return f"¥{low // 1_000:,}k to {high // 1_000:,}k"


def budget_from(amount: int) -> str:
    return f"From ¥{amount:,}"


def grade_from(grade: str) -> str:
    return f"Grade {grade} or better"


def proposed(count: int, *, given_up: Sequence[str]) -> str:
    if given_up:
        told = " and ".join(_GIVEN_UP[each] for each in given_up)
        return (
            f"No piece had everything you wished, so we widened {told} and chose {count}. "
            "Our staff will gladly advise you on any of them."
        )
    return f"We chose {count} that fit. Our staff will gladly advise you on any of them."


def nothing_to_propose() -> str:
    return "We have nothing to propose at the moment. Our staff will look for you."


def why(*, category: str, brand: str | None, in_budget: bool, grade: str | None) -> str:
    told = [
        category,
        brand,
        "within your budget" if in_budget else None,
        f"grade {grade}" if grade else None,
    ]
    return ", ".join(each for each in told if each)


def story_of_which() -> str:
    return "Which piece shall we tell about? Please write its number, or brand and model."


def no_story() -> str:
    return (
        "We are sorry, we have nothing on record about that model, and we do not tell what we are "
        "not sure of. Our staff will gladly look into it."
    )


def story_said(title: str) -> str:
    return f"The story of {title}"


def from_description(text: str) -> str:
    return f"{text}\n(Source: our own description)"


def from_records() -> str:
    return "The dates are those of our registers and recordings."


def nothing_written() -> str:
    return (
        "We have not written about this model yet, and we do not tell what we are not sure of. "
        "Our staff will gladly look into it."
    )


def graded(grade: str, on: date) -> str:
    return f"grade {grade} ({day(on)})"


def filmed(count: int, on: date) -> str:
    return f"{count} (latest {day(on)})"


def ask_topic() -> str:
    return "What would you like to know about?"


def topic(topic: str) -> str:
    return _TOPICS[topic]


def shipping(*, fee: int, free_from: int, bundles: bool) -> str:
    together = "Pieces at one place go in one parcel. " if bundles else ""
    return (
        f"Shipping is ¥{fee:,} a parcel, free from ¥{free_from:,} of goods. {together}"
        "Collecting at the shop costs nothing."
    )


def payment(*, cash_limit: int | None, minutes: int) -> str:
    cash = (
        f"In the shop we take cash as well, for jewellery and precious metals up to "
        f"¥{cash_limit:,}. "
        if cash_limit is not None
        else "In the shop we take cash as well. "
    )
    return (
        f"You can pay by card, bank transfer or store credit. {cash}"
        f"What you order is kept for {minutes} minutes until it is paid."
    )


def returns(*, days: int, buyer_pays: bool, exchange_days: int) -> str:
    fee = (
        "You pay the way back unless the fault is ours. "
        if buyer_pays
        else "We pay for the way back. "
    )
    return (
        f"What you bought online can be returned within {days} days, the day of delivery counted. "
        f"{fee}We refund once it has arrived and been compared with our record. "
        f"In an exchange, the new piece is kept for {exchange_days} days."
    )


def cancelling(*, seller_fee: int, days: int, cooling_off_days: int) -> str:
    told = "free" if seller_fee == 0 else f"¥{seller_fee:,}"
    return (
        "An order can be cancelled until it is shipped; "
        "everything you paid goes back (a member of our staff "
        f"does it for you). After delivery you have {days} days to return it. "
        f"Cancelling a sale or consignment to us: {told}. "
        "What you sold us at your home you may take back without giving a reason within "
        f"{cooling_off_days} days, counting the day you received the paper (cooling-off)."
    )


def identity(*, age: int, always: bool) -> str:
    when = "for every deal" if always else "where the law asks for it"
    return (
        f"When you sell or consign to us, we check your identity {when}; you must be {age} or "
        "older. A driving licence, a passport or the front of a My Number card will do. "
        "Please never send the side that shows the My Number."
    )


def guarantee(*, term_days: int, offer_days: int, return_days: int) -> str:
    return (
        f"In consignment we guarantee to buy at the offered amount or more, at any time in the "
        f"{term_days} days. A binding offer holds for {offer_days} days. "
        f"What you bought can be returned within {return_days} days, the day of delivery counted. "
        "Whether a maker's warranty is left differs from "
        "piece to piece; our staff will check."
    )


def _yen_or_free(amount: int) -> str:
    return "free" if amount == 0 else f"¥{amount:,}"


def fees(*, inbound: int, back: int, cancel: int, transfer: int) -> str:
    return (
        f"What selling or consigning costs you: sending in {_yen_or_free(inbound)}, "
        f"getting it back {_yen_or_free(back)}, cancelling {_yen_or_free(cancel)}, "
        f"bank transfer {_yen_or_free(transfer)}."
    )


def ways(*, phone: str, email: str, address: str) -> str:
    told = [
        f"Phone: {phone}" if phone else "",
        f"E-mail: {email}" if email else "",
        f"Shop: {address}" if address else "",
    ]
    lines = "\n".join(each for each in told if each)
    head = "Besides this chat we serve you by phone, in the shop and by mail."
    return f"{head}\n{lines}" if lines else f"{head} Our staff will tell you how to reach us."


def smalltalk() -> str:
    return (
        "Thank you for writing. These answers are automatic: pieces, condition films and orders we "
        "look up at once, and what we do not know we say, and hand you to a person."
    )


def can_visitor() -> str:
    return (
        "Condition films and photos, stock and prices, choosing together, selling and consigning, "
        'visits, shipping and payment, at any hour. Write such as "show me the film of W-10234" '
        'or "what would you pay for my watch?". Once your membership is linked, orders and '
        "store credit too."
    )


def can_customer() -> str:
    return (
        "Condition films and photos, stock and prices, your orders, returns and exchanges, store "
        'credit, what you sell or consign, and visits, at any hour. Write such as "where is my '
        'order?" or "my balance".'
    )


def can_retailer() -> str:
    return (
        "Films, photos and condition of the pieces shown to you, links for your customers, and "
        'holds, at any hour. Write such as "case back of W-10234".'
    )
