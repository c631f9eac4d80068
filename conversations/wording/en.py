"""What the bot says in English: polite, short, one request per message."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from catalog.ground.calendar import TOKYO, tokyo_day

lang = "en"

_PARTS = {
    "case_back": "case back",
    "case": "case",
    "bezel": "bezel",
    "dial": "dial",
    "hands": "hands",
    "crystal": "crystal",
    "bracelet": "bracelet",
    "clasp": "clasp",
    "crown": "crown",
    "girdle": "girdle",
    "prong": "prongs",
    "stone": "stone",
    "corner": "corners",
    "handle": "handles",
    "lining": "lining",
    "zipper": "zipper",
    "hardware": "hardware",
    "strap": "strap",
    "sleeve": "cuffs",
    "sole": "soles",
}
_KINDS = {"film": "film", "still": "photo"}
_STATES = {"listed": "available", "reserved": "under negotiation", "sold": "sold"}


def moment(at: datetime, *, now: datetime) -> str:
    """17:00 today / 10:30 tomorrow / 10:30 on Tue 24 Nov, Japan time."""
    local = at.astimezone(TOKYO)
    days = local.date() - tokyo_day(now)
    clock = f"{local:%H:%M}"
    if days == timedelta(0):
        return f"{clock} today (Japan time)"
    if days == timedelta(days=1):
        return f"{clock} tomorrow (Japan time)"
    year = "" if local.year == tokyo_day(now).year else f" {local.year}"
    return f"{clock} on {local:%a} {local.day} {local:%b}{year} (Japan time)"


def captured(at: datetime) -> str:
    """22 Nov 2026, 14:05."""
    local = at.astimezone(TOKYO)
    return f"{local.day} {local:%b} {local.year}, {local:%H:%M}"


def yen(amount: int) -> str:
    return f"¥{amount:,} (tax incl.)"


def part(part: str) -> str:
    return _PARTS.get(part, part)


def kind(kind: str) -> str:
    return _KINDS.get(kind, kind)


def kind_of_part(kind: str, part: str) -> str:
    return f"{_PARTS.get(part, part)} {_KINDS.get(kind, kind)}"


def grade(grade: str | None) -> str:
    return grade or "being graded"


def state(state: str) -> str:
    return _STATES.get(state, "please ask")


def label_captured() -> str:
    return "Filmed"


def label_grade() -> str:
    return "Grade"


def label_code() -> str:
    return "Item"


def label_price() -> str:
    return "Price"


def label_state() -> str:
    return "Status"


def label_part() -> str:
    return "Part"


def button_film() -> str:
    return "Watch the film"


def button_part(part: str) -> str:
    return f"See the {_PARTS.get(part, part)}"


def button_other_part() -> str:
    return "See another part"


def button_person() -> str:
    return "Talk to a person"


def button_confirm() -> str:
    return "Confirm"


def button_not_now() -> str:
    return "Not now"


def button_collect() -> str:
    return "Get the answer"


def button_search() -> str:
    return "Find a piece"


def button_ask_film() -> str:
    return "I want a film"


def button_link() -> str:
    return "Link my membership"


def film_card_note() -> str:
    return "Tell us any part you would like to see."


def film_said(title: str, captured: str, grade: str) -> str:
    return f"Condition of {title} (grade {grade}), filmed {captured}"


def late_delivery(title: str) -> str:
    return f"Thank you for waiting. Here is {title}."


def capture_arranged(title: str, what: str, promised: str) -> str:
    return (
        f"We have no {what} of {title} yet, so we have just arranged one. "
        f"You will receive it here by about {promised}."
    )


def capture_already_arranged(title: str, what: str, promised: str) -> str:
    return (
        f"The {what} of {title} is already arranged. You will receive it here by about {promised}."
    )


def being_prepared(title: str) -> str:
    return f"{title} has been filmed; we are preparing it and will send it at once."


def poster_first(title: str) -> str:
    return (
        f"{title} has been filmed. Here is a still first; the film follows as soon as it is ready."
    )


def choose_part(title: str) -> str:
    return f"Which part of {title} would you like to see?"


def which_piece() -> str:
    return (
        "Which piece would you like to see? Please send its number (such as W-10234) or its name."
    )


def choose_one(count: int, *, is_cut: bool) -> str:
    if is_cut:
        return "There are many such pieces; here are the newest. Choose one, or add a reference."
    return f"We found {count} pieces. Which one would you like to see?"


def not_found(asked: Sequence[str]) -> str:
    return (
        f"We could not find {', '.join(asked)} among the pieces we can show you. "
        "Please check the number, or send the brand and model."
    )


def nothing_found() -> str:
    return "We found no such piece. Please send its number, or its brand and model."


def piece_said(title: str, grade: str, price: str, state: str) -> str:
    return f"{title}, grade {grade}, {price}, {state}"


def greeting() -> str:
    return "Hello. Send the number or name of a piece and we will show you a film of its condition."


def welcome() -> str:
    return (
        "Thank you for adding us. Send the number or name of a piece at any hour and we will show "
        "you a film of its condition. A member of our staff is always here for you too."
    )


def welcome_back() -> str:
    return "Welcome back, and thank you. How can we help you?"


def group_welcome() -> str:
    return "Thank you for having us. In this group we answer only when you mention us."


def help() -> str:
    return (
        "We show you films and photos of a piece's condition. Write for example: "
        "“film of W-10234”, “case back please”, “Rolex Daytona”. Day and night."
    )


def thanks() -> str:
    return "Thank you. Please write to us whenever there is anything else."


def person_called(*, by: str, is_open: bool) -> str:
    if is_open:
        return f"Certainly. Our staff will answer you here by {by}."
    return (
        f"Certainly. We are closed now; our staff will answer you by {by}. "
        "You may already tell us what it is about."
    )


def person_already_called(*, by: str) -> str:
    return f"Our staff have already been told. They will answer you by {by}."


def files_received(count: int) -> str:
    told = "your photo or file" if count == 1 else f"your {count} photos or files"
    return f"We have received and safely kept {told}. What may we do for you?"


def file_outside() -> str:
    return "We could not take in a file kept elsewhere. Please send it to us directly."


def sticker() -> str:
    return "Thank you for the sticker. Tell us if there is anything we can do."


def place() -> str:
    return "Thank you for your location. If it is about a visit, our staff will gladly arrange it."


def not_sure() -> str:
    return (
        "We are sorry, we did not quite understand. "
        "Please send the number or name of a piece, or choose below."
    )


def by_a_person() -> str:
    return "Our staff will gladly help with that. Shall we ask them to answer you?"


def language_set() -> str:
    return "We will write to you in English."


def link_first() -> str:
    return (
        "This is personal to you, so we can tell it once your membership is linked to this chat. "
        "The button below takes a few minutes."
    )


def account_linked() -> str:
    return "Your membership is now linked."


def account_not_linked() -> str:
    return "Your membership could not be linked. Please try again, or ask our staff."


def edited() -> str:
    return "We have seen your correction."


def resent() -> str:
    return "Our last answer may not have reached you, so here it is again."


def waited() -> str:
    return "This notice reaches you late; please excuse us."


def still_looking() -> str:
    return (
        "We are looking into it. When it is ready, the button below brings you the answer at once."
    )


def already_sent() -> str:
    return "We have already sent you the answer; please look above."


def went_wrong() -> str:
    return (
        "We are sorry, we could not answer just now. Our staff will look into it and write to you."
    )


def still_waiting(waiting: Sequence[tuple[str, str]]) -> str:
    told = "\n".join(f"- {code}: by about {promised}" for code, promised in waiting)
    return f"We are filming these for you and will send them at once.\n{told}"


def nothing_waiting() -> str:
    return "There is nothing you are waiting for at the moment."


def opening_hours(day: date, spans: Sequence[tuple[time, time]], *, is_today: bool) -> str:
    told = ", ".join(f"{opens:%H:%M} to {closes:%H:%M}" for opens, closes in spans)
    if is_today:
        return f"We are open today from {told} (Japan time). Films are sent here day and night."
    return (
        f"We are closed today and open on {day:%a} {day.day} {day:%b} from {told} (Japan time). "
        "Films are sent here day and night."
    )


def press_to_confirm() -> str:
    return "Thank you. Please press the button below to confirm."


def nothing_changed() -> str:
    return "Understood. Nothing has been changed. Is there anything else we can do?"


def noted() -> str:
    return "Understood. Is there anything else we can do for you?"


def refused() -> str:
    return (
        "We are sorry, that cannot be done here. Nothing has been changed."
        " A member of our staff can look into it."
    )
