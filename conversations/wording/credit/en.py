"""Store credit in English."""

from collections.abc import Sequence
from datetime import date

lang = "en"

_ORIGINS = {
    "return": "From returns",
    "trade_in": "From trade-ins",
    "consignment_payout": "From consignment",
    "bonus": "Bonus",
    "goodwill": "Goodwill",
    "promo": "Campaign",
}
_KINDS = {
    "issue": "issued",
    "hold": "set aside at checkout",
    "capture": "used",
    "void": "set free again",
    "refund": "restored by a refund",
    "expire": "expired",
    "reverse": "reversed",
    "adjust": "adjusted",
}


def money(amount: int) -> str:
    return f"¥{amount:,}"


def day(on: date) -> str:
    return f"{on:%a} {on.day} {on:%b} {on.year}"


def origin(origin: str) -> str:
    return _ORIGINS.get(origin, "Other")


def lot(left: int, expires_on: date | None) -> str:
    until = "no expiry" if expires_on is None else f"until {day(expires_on)}"
    return f"{money(left)}, {until}"


def heading() -> str:
    return "Store credit"


def label_total() -> str:
    return "Balance"


def label_paid() -> str:
    return "of which paid"


def label_free() -> str:
    return "of which free"


def label_held() -> str:
    return "Held at checkout"


def label_owed() -> str:
    return "To be paid back"


def label_more(count: int) -> str:
    return f"{count} more"


def ends_next(on: date, amount: int) -> str:
    return (
        f"Next to expire: {money(amount)}, usable until {day(on)}. "
        "What expires first is used first."
    )


def never_ends() -> str:
    return "This balance does not expire."


def nothing_to_end() -> str:
    return "Nothing is about to expire."


def balance_said(lines: Sequence[tuple[str, str]], ends_next: str) -> str:
    told = "; ".join(f"{label}: {value}" for label, value in lines)
    return f"Store credit. {told}. {ends_next}"


def nothing() -> str:
    return "You have no store credit at the moment."


def nothing_to_spend() -> str:
    return "There is no balance to spend at the moment."


def expiry(days: Sequence[tuple[date, int]], endless: int, more: int) -> str:
    lines = [f"- {money(amount)}: until {day(on)}" for on, amount in days]
    if more:
        lines.append(f"- {more} more dates after these")
    if endless:
        lines.append(f"- {money(endless)}: no expiry")
    told = "\n".join(lines)
    return f"Your credit can be used until the end of its last day (Japan time):\n{told}"


def history_heading() -> str:
    return "Credit statement"


def history_note(shown: int, count: int) -> str | None:
    return f"The latest {shown} of {count} entries." if shown < count else None


def history_said(lines: Sequence[str]) -> str:
    return "Credit statement: " + "; ".join(lines)


def entry(kind: str, origin: str, amount: int, yen: int, left: int, reason: str | None) -> str:
    told = f"{_KINDS.get(kind, kind)} {_change(amount, yen)} ({_ORIGINS.get(origin, 'Other')})"
    why = f" {reason}" if reason else ""
    return f"{told}{why}, balance {money(left)}"


def _change(amount: int, yen: int) -> str:
    if amount == 0:
        return money(yen)
    return f"+{money(amount)}" if amount > 0 else f"−{money(-amount)}"


def no_history() -> str:
    return "There are no entries of store credit yet."


def howto(lives: Sequence[tuple[str, int | None]]) -> str:
    told = "; ".join(
        f"{origin(each)}: {'no expiry' if days is None else f'{days} days from issue'}"
        for each, days in lives
    )
    return (
        "Store credit can be used in our stores and online, from ¥1, together with a card or other "
        "payment. What expires first is used first. When you return something you paid for with "
        "credit, that part comes back with its own expiry.\n"
        f"Expiry: {told}.\n"
        "Store credit is never paid out in cash. Please bear this in mind before choosing it."
    )


def compared(amount: int, bonus: int, bonus_days: int | None) -> str:
    life = "no expiry" if bonus_days is None else f"the bonus lives {bonus_days} days from issue"
    return (
        f"Example: you are to receive {money(amount)}\n"
        f"- cash (bank transfer): {money(amount)}\n"
        f"- store credit: {money(amount + bonus)} (with a bonus of {money(bonus)}; {life})\n"
        "There is no fee either way."
    )


def till_code(code: str, until: str, held: int, most: int | None) -> str:
    limit = "" if most is None else f" It can take at most {money(most)}."
    return (
        "Please show this code at the till.\n"
        f"{code}\n"
        f"Valid until {until}, once.{limit} Your balance is {money(held)}; "
        "nothing is taken until you show the code."
    )


def nothing_within(held: int) -> str:
    return (
        f"No piece can be had for {money(held)} alone at the moment. "
        "Together with another payment your credit can be used for any piece."
    )


def within(held: int, count: int) -> str:
    noun = "piece" if count == 1 else "pieces"
    return (
        f"Here {'is' if count == 1 else 'are'} {count} {noun} within your balance of {money(held)}."
    )


def button_till() -> str:
    return "Use in a store"


def button_new_code() -> str:
    return "New code"


def button_reach() -> str:
    return "Within my balance"


def button_history() -> str:
    return "Statement"


def button_howto() -> str:
    return "How it works"


def button_balance() -> str:
    return "Show balance"


def pay_out_moved() -> str:
    return "Your balance or what you owe has changed since. Please check the amounts again."


def pay_out_agreed(to_pay: int, pay_on: date | None, *, needs_account: bool) -> str:
    if pay_on is None:
        return "Thank you. It was set off against what you owed us, so nothing is left to pay."
    told = f"Thank you. We plan to transfer {money(to_pay)} on {day(pay_on)}."
    return f"{told} Our staff will ask for your account safely." if needs_account else told


def pay_out_kept() -> str:
    return "Understood. Your store credit stays as it is."


def pay_out_over() -> str:
    return "This offer to pay out your credit has ended."


def heading_pay_out() -> str:
    return "Store credit paid out"


def button_pay_out() -> str:
    return "Agree"


def button_keep() -> str:
    return "Not now"
