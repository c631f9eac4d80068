"""English for holds, links, news and retailers."""

from collections.abc import Sequence

lang = "en"


def one_to_one() -> str:
    return "We take care of this in a one-to-one chat rather than in a group."


def hold_question(title: str, code: str, until: str) -> str:
    return f"Shall we hold {title} ({code}) for you until {until}?"


def hold_placed(title: str, code: str, until: str) -> str:
    return (
        f"Certainly. {title} ({code}) is held for you until {until}. After that the hold "
        "ends by itself."
    )


def hold_standing(title: str, code: str, until: str) -> str:
    return f"{title} ({code}) is held for you until {until}."


def hold_taken(title: str) -> str:
    return (
        f"We are sorry, {title} is under negotiation with another client and cannot be held "
        "now. We can tell you when there is news."
    )


def hold_not_now(title: str) -> str:
    return f"We are sorry, {title} cannot be held at the moment. Our staff will look into it."


def hold_too_long(until: str) -> str:
    return (
        f"We can hold a piece until {until} at the latest. If that suits you, please press "
        "the button below."
    )


def hold_release_question(title: str, code: str, until: str) -> str:
    return f"Shall we end your hold on {title} ({code}), which runs until {until}?"


def hold_released(title: str) -> str:
    return f"Your hold on {title} has ended."


def hold_over() -> str:
    return "That hold has already ended."


def holds(told: Sequence[tuple[str, str, str]]) -> str:
    rows = [f"· {code} {title}: until {until}" for code, title, until in told]
    return "\n".join(["These pieces are held for you.", *rows])


def no_holds() -> str:
    return "Nothing is held for you at the moment."


def button_hold() -> str:
    return "Hold it"


def button_extend() -> str:
    return "Extend"


def button_release() -> str:
    return "Release"


def button_holds() -> str:
    return "My holds"


def link_question(title: str, code: str, until: str) -> str:
    return (
        f"Shall we make a page of {title} ({code}) for your client? It shows no price and "
        f"closes by itself at {until}."
    )


def link_made(title: str, url: str, until: str, count: int) -> str:
    return (
        f"Here is the page of {title} for your client, open until {until} ({count} records)."
        f" You may pass it on as it is.\n{url}"
    )


def link_locked(title: str, url: str, until: str, count: int) -> str:
    return (
        f"Here is the page of {title} with a PIN, open until {until} ({count} records). The earlier"
        f" link is closed. Please tell your client the PIN by another way than the link.\n{url}"
    )


def link_pin(pin: str) -> str:
    return f"PIN: {pin}"


def link_told_before() -> str:
    return "That page was made and sent to you before. You find it in your list."


def link_nothing(title: str) -> str:
    return (
        f"There is no film or photo of {title} to pass on yet. Once it is captured, a page "
        "can be made."
    )


def link_too_long(until: str) -> str:
    return (
        f"A page can stay open until {until} at the latest. If that suits you, please press "
        "the button below."
    )


def link_by_a_person() -> str:
    return "A member of our staff prepares a link to this piece. Shall we put you through?"


def links(told: Sequence[tuple[str, str, str, int]], more: int) -> str:
    rows = [
        f"· {code} {title}: until {until} (opened {opened} times)"
        for code, title, until, opened in told
    ]
    rest = [f"And {more} more."] if more else []
    return "\n".join(["These pages are open.", *rows, *rest])


def links_looked(told: Sequence[tuple[str, str, int, str | None, bool]], more: int) -> str:
    rows = []
    for code, title, opened, last, is_open in told:
        when = f", last {last}" if last else ""
        rows.append(
            f"· {code} {title}: opened {opened} times{when}{'' if is_open else ' (closed)'}"
        )
    rest = [f"And {more} more."] if more else []
    return "\n".join(["How often your pages were opened:", *rows, *rest])


def no_links_made() -> str:
    return "You have not passed on any page yet."


def no_links() -> str:
    return "No page of yours is open at the moment."


def link_closed() -> str:
    return "The page is closed. Nobody can see it from now on."


def link_over() -> str:
    return "That page is already closed."


def button_link() -> str:
    return "Page for a client"


def button_make_link() -> str:
    return "Make it"


def button_open_link() -> str:
    return "Open the page"


def button_close_link(code: str) -> str:
    return f"Close {code}"


def button_add_pin() -> str:
    return "Add a PIN"


def button_links() -> str:
    return "My pages"


def joined(firm: str) -> str:
    return (
        f"You now write for {firm}. Try “film of W-10234”, “hold W-10234” or “loan list”. "
        "We answer at any hour."
    )


def code_wrong() -> str:
    return (
        "This invitation code cannot be used. Please check it and send it in a one-to-one "
        "chat, or ask a member of our staff."
    )


def loans(told: Sequence[tuple[str, str, str, str | None]]) -> str:
    rows = [
        f"· {code} {title} since {since}" + (f", due back {due}" if due else "")
        for code, title, since, due in told
    ]
    return "\n".join(["These pieces are lent to you.", *rows])


def no_loans() -> str:
    return "Nothing is lent to you at the moment."


def watching(title: str) -> str:
    return f"Certainly. We will tell you here about a new price, a new film, or a sale of {title}."


def not_watching(title: str) -> str:
    return f"No more news about {title}."


def watches(told: Sequence[tuple[str, str]]) -> str:
    rows = [f"· {code} {title}" for code, title in told]
    return "\n".join(["You hear about these pieces.", *rows])


def no_watches() -> str:
    return "You follow no piece at the moment."


def button_watch() -> str:
    return "Keep me posted"


def button_unwatch(code: str) -> str:
    return f"Stop {code}"


def button_watches() -> str:
    return "My news"


def wish_what() -> str:
    return "What are you looking for? Please write a brand, a model or a budget."


def wish_question(what: str) -> str:
    return f"Shall we tell you here when {what} comes in, or comes down to your price?"


def wish_kept(what: str) -> str:
    return f"Certainly. We will tell you here when we find {what}."


def wish_there(count: int) -> str:
    return f"By the way, {count} piece(s) we have now would fit."


def wishes(told: Sequence[str]) -> str:
    rows = [f"{n}. {what}" for n, what in enumerate(told, 1)]
    return "\n".join(["These are your searches.", *rows])


def no_wishes() -> str:
    return "We have no search of yours at the moment."


def wish_forgotten() -> str:
    return "Certainly. There will be no more news about it."


def wish_over() -> str:
    return "That search has already ended."


def wishes_full() -> str:
    return "We keep at most 20 searches. Please end one from the list first."


def budget(amount: str) -> str:
    return f"up to {amount}"


def grade_or_better(grade: str) -> str:
    return f"grade {grade} or better"


def button_wish() -> str:
    return "Notify me"


def button_keep_wish() -> str:
    return "Keep it"


def button_forget(number: int) -> str:
    return f"End no. {number}"


def button_wishes() -> str:
    return "My searches"
