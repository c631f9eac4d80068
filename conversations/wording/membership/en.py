"""What is said about membership in English."""

from collections.abc import Sequence

lang = "en"

_CATEGORIES = {
    "service": "messages about your dealings",
    "credit_reminder": "reminders before store credit ends",
    "marketing": "news and offers",
}
_SHORT = {"credit_reminder": "reminders", "marketing": "news"}
_DEALS = {
    "order": "an order",
    "case": "a sale to us",
    "consignment": "a consigned piece",
    "payment": "a payment to you",
    "credit": "store credit",
    "dispute": "a dispute about a piece",
}


def link_heading() -> str:
    return "Link your membership"


def link_note() -> str:
    return (
        "Please have your order number and the e-mail address we know ready. We send a six-digit "
        "code to the contact on file. The link works for 24 hours and for this chat only; please "
        "do not pass it on."
    )


def button_begin_link() -> str:
    return "Continue"


def only_in_private() -> str:
    return "This is about your own information, so please ask us in a one-to-one chat."


def linked() -> str:
    return (
        "Your membership is linked. From now on we can tell you here about your credit, orders and "
        "consignments. You can end the link at any time with the button below."
    )


def came_along(
    *, cases: Sequence[str], consignments: Sequence[str], orders: Sequence[str], credit: str | None
) -> str:
    told = [
        ("Sales to us", cases),
        ("Consigned pieces", consignments),
        ("Orders", orders),
        ("Store credit", [credit] if credit else []),
    ]
    lines = [f"· {name}: {', '.join(each)}" for name, each in told if each]
    return "\n".join(["What you had begun here is now with your membership:", *lines])


def linked_already() -> str:
    return "Your membership is already linked. What would you like to see?"


def button_own_page() -> str:
    return "My page"


def own_page_note(until: str) -> str:
    return (
        "Your pieces, dealings, credit, papers and settings. "
        f"The link works until {until}. Please do not pass it on."
    )


def button_open() -> str:
    return "Open"


def button_unlink() -> str:
    return "End the link"


def ask_unlink() -> str:
    return (
        "We will end the link between this chat and your membership. We can then no longer tell you"
        " here about your credit or orders. Your membership itself stays. Shall we?"
    )


def label_unlink() -> str:
    return "End the link"


def unlinked() -> str:
    return "The link has been ended. You can link your membership again at any time."


def was_not_linked() -> str:
    return "This chat is not linked to a membership."


def code_subject() -> str:
    return "Your code to link your membership"


def code_mail(code: str, *, minutes: int) -> str:
    return (
        f"Your code: {code}\n\n"
        f"Please enter it on the page where you link your membership, within {minutes} minutes.\n"
        "Our staff will never ask you for this code.\n"
        "If you did not ask for it, please do nothing and delete this e-mail. "
        "Nothing about your membership changes.\n"
    )


def notices_heading() -> str:
    return "What we write to you about"


def notices_note() -> str:
    return "Messages about your dealings are needed while we work for you and cannot be stopped."


def notices_of_visitor() -> str:
    return (
        "In this chat we only answer what you ask; we send no advertising here. "
        "Once your membership is linked you can choose for each kind of message."
    )


def notices_about(category: str) -> str:
    told = _CATEGORIES[category]
    return told[0].upper() + told[1:]


def notices_always() -> str:
    return "Always"


def notices_state(*, given: bool) -> str:
    return "On" if given else "Off"


def button_notices(category: str, *, given: bool) -> str:
    return f"{'Get' if given else 'Stop'} {_SHORT[category]}"


def ask_notices(category: str, *, given: bool) -> str:
    if given:
        return (
            f"We will send you {_CATEGORIES[category]}. Write “stop messages” whenever you want us "
            "to stop. Shall we?"
        )
    return f"We will stop {_CATEGORIES[category]}. Shall we?"


def label_stop() -> str:
    return "Stop"


def label_start() -> str:
    return "Yes, please"


def notices_set(category: str, *, given: bool) -> str:
    if given:
        return f"We will send you {_CATEGORIES[category]}."
    return f"We have stopped {_CATEGORIES[category]}."


def which_language() -> str:
    return "Which language do you prefer?"


def language_name() -> str:
    return "English"


def button_register_language() -> str:
    return "Notices too"


def language_registered() -> str:
    return "From now on our notices to you will be in English too."


def data_heading() -> str:
    return "Your data"


def data_note(*, is_customer: bool) -> str:
    if is_customer:
        return (
            "You can take along everything we keep about you as a file, or have it erased. "
            "Our staff will gladly correct anything."
        )
    return (
        "We keep the record of this chat and the files you sent. "
        "You can take them along as a file, or have them erased."
    )


def button_export() -> str:
    return "Get my data"


def export_note(until: str) -> str:
    return (
        "Everything we keep about you in one file. "
        f"The link works once, until {until}. Please do not pass it on."
    )


def button_erase() -> str:
    return "Erase my data"


def ask_erase(*, is_customer: bool, open_deals: Sequence[str]) -> str:
    if not is_customer:
        return (
            "We will erase the record of this chat and the files you sent. "
            "This cannot be undone. Shall we?"
        )
    told = (
        "We will erase the record of this chat, the files you sent, your tastes, your name and "
        "contact details, and end the link. This cannot be undone.\n"
        "The second-hand dealer's ledger, records of identity checks, the books of orders and "
        "payments, records under a dispute or a police hold, and pictures that are evidence of a "
        "valuation or a claim are kept sealed for as long as the law orders, then erased."
    )
    if open_deals:
        told += (
            f"\nThere is still {_deals(open_deals)}, so your name, contact details and the link "
            "stay until everything has ended, and are then erased by themselves."
        )
    return told + "\nShall we?"


def label_erase() -> str:
    return "Erase"


def erased(*, open_deals: Sequence[str]) -> str:
    if open_deals:
        return (
            "We have erased the record of this chat and the files you sent. As soon as there is no "
            f"longer {_deals(open_deals)}, your name and contact details are erased by themselves."
        )
    return (
        "Everything has been erased. What the law orders kept is erased when its time is over. "
        "Thank you for having been with us."
    )


def _deals(open_deals: Sequence[str]) -> str:
    return ", ".join(_DEALS[each] for each in open_deals)


def ask_taste(words: str) -> str:
    return (
        f"May we note “{words}” as your taste? We use it for what we suggest, and you can see and "
        "delete it at any time."
    )


def label_keep() -> str:
    return "Yes, note it"


def taste_kept(words: str) -> str:
    return f"We have noted “{words}” and will keep it in mind."


def button_tastes() -> str:
    return "See my tastes"


def tastes(words: Sequence[str]) -> str:
    if not words:
        return "We have noted no tastes of yours."
    told = "\n".join(f"- {each}" for each in words)
    return f"This is what we have noted. To delete one, choose it below.\n{told}"


def button_forget(words: str) -> str:
    return f"Delete {words if len(words) <= 13 else words[:12] + '…'}"


def taste_forgotten(words: str) -> str:
    return f"“{words}” has been deleted."
