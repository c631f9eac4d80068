"""What is said about visits, stores and call backs in English."""

from collections.abc import Sequence
from datetime import date, datetime, time

from catalog.ground.calendar import TOKYO

lang = "en"

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_KINDS = {
    "store": "a visit",
    "video_call": "a video call",
    "home_visit": "a visit at your home",
    "call_back": "a call",
}


def _where(kind: str, store: str | None) -> str:
    return f"{_KINDS[kind]} to {store}" if store is not None else _KINDS[kind]


def gap() -> str:
    return " "


def day(day: date) -> str:
    return f"{_WEEKDAYS[day.weekday()]}, {day.day} {_MONTHS[day.month - 1]}"


_told = day


def when(starts_at: datetime) -> str:
    local = starts_at.astimezone(TOKYO)
    return f"{day(local.date())}, {local:%H:%M}"


def spans(spans: Sequence[tuple[time, time]]) -> str:
    if not spans:
        return "closed"
    return ", ".join(f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in spans)


def distance(metres: int) -> str:
    return (
        f"about {metres / 1000:.1f} km"
        if metres >= 1000
        else f"about {max(10, round(metres, -1))} m"
    )


def label_address() -> str:
    return "Address"


def label_today() -> str:
    return "Open today"


def label_distance() -> str:
    return "Distance"


def label_phone() -> str:
    return "Phone"


def label_parking() -> str:
    return "Parking"


def button_map() -> str:
    return "Map"


def button_visit() -> str:
    return "Book a visit"


def button_book() -> str:
    return "Book this"


def button_other_time() -> str:
    return "Other times"


def button_move() -> str:
    return "Another time"


def button_call_off() -> str:
    return "Call it off"


def button_call() -> str:
    return "Please call me"


def nearest_first() -> str:
    return "Here are our stores, the nearest first."


def ask_day(kind: str) -> str:
    asked = {
        "store": "On which day would you like to visit us?",
        "video_call": "On which day would you like the video call?",
        "home_visit": "On which day may we visit you?",
        "call_back": "On which day may we call you?",
    }
    return asked[kind]


def ask_time(day: date, spans: str, *, is_outside: bool) -> str:
    told = "Please choose a time within our hours. " if is_outside else ""
    return f"{told}On {_told(day)} we are here {spans}. What time suits you?"


def day_is_past() -> str:
    return "We are sorry, that time has passed."


def day_is_far(last: date) -> str:
    return f"We can take requests up to {_told(last)}."


def day_is_closed(day: date) -> str:
    return f"We are closed on {_told(day)}."


def day_is_over() -> str:
    return "There is nothing free any more today."


def confirm_visit(kind: str, *, when: str, store: str | None, minutes: int) -> str:
    return (
        f"We are keeping {_where(kind, store)} on {when} for you for {minutes} minutes."
        " Shall we book it?"
    )


def appointment_booked(kind: str, *, when: str, store: str | None, name: str | None) -> str:
    who = f"{name} will be there for you." if name is not None else "We look forward to it."
    return f"Booked: {_where(kind, store)} on {when}. {who}"


def moved(kind: str, *, when: str, store: str | None, name: str | None) -> str:
    who = f"{name} will be there for you." if name is not None else "We look forward to it."
    return f"Moved: {_where(kind, store)} is now on {when}. {who}"


def time_is_taken() -> str:
    return "We are sorry, that time is not available."


def day_is_full(day: date) -> str:
    return f"We are sorry, nothing is free on {_told(day)}."


def ask_new_time(kind: str, *, when: str) -> str:
    return f"To when shall we move {_KINDS[kind]} on {when}?"


def ask_place() -> str:
    return "Shall we come to your home?"


def button_at_home() -> str:
    return "My home"


def button_elsewhere() -> str:
    return "Somewhere else"


def only_at_home() -> str:
    return (
        "By law we may receive goods only in our store or at your home."
        " Please choose a visit at your home, a visit to us, or a video call."
    )


def appointment_soon(kind: str, *, when: str, store: str | None, link: str | None) -> str:
    told = f"\n{link}" if link is not None else ""
    return f"A reminder: {_where(kind, store)} on {when}. We look forward to it.{told}"


def appointment_moved(kind: str, *, when: str, store: str | None) -> str:
    return (
        f"We are sorry, we had to move {_where(kind, store)} to {when}."
        " If that does not suit you, please choose another time."
    )


def appointment_cancelled(kind: str, *, when: str) -> str:
    return (
        f"We are sorry, we have to call off {_KINDS[kind]} on {when}."
        " Please choose another time if you like."
    )


def appointment_missed(kind: str, *, when: str) -> str:
    return (
        f"We are sorry we missed you for {_KINDS[kind]} on {when}."
        " Please choose another time if you like."
    )


def appointment_link(*, when: str, link: str) -> str:
    return f"Your video call on {when} is here:\n{link}"


def adviser_changed(before: str, after: str) -> str:
    return f"From now on {after} looks after you, in place of {before}."


def standing(wishes: Sequence[tuple[str, str]]) -> str:
    told = "\n".join(f"- {when}: {_KINDS[kind]}" for kind, when in wishes)
    return f"Your bookings with us:\n{told}"


def none_standing() -> str:
    return "You have no visit ahead with us."


def which() -> str:
    return "Which one do you mean?"


def confirm_call_off(kind: str, *, when: str) -> str:
    return f"Shall we call off {_KINDS[kind]} on {when}?"


def called_off(kind: str, *, when: str) -> str:
    return f"{when} has been called off. We hope to see you another time."


def complaint_heard(*, by: str) -> str:
    return (
        f"We are sorry for the trouble. The person in charge has been told and will answer by {by}."
    )


def adviser_called(name: str, *, by: str, is_open: bool) -> str:
    if is_open:
        return f"Certainly. {name}, who looks after you, will answer here by {by}."
    return (
        f"Certainly. We are closed now; {name}, who looks after you, will answer by {by}."
        " You can tell us what it is about already."
    )


def named_called(name: str, *, by: str, is_open: bool) -> str:
    if is_open:
        return f"Certainly. {name} will answer here by {by}."
    return (
        f"Certainly. We are closed now; {name} will answer by {by}."
        " You can tell us what it is about already."
    )


def ask_phone() -> str:
    return "Which number may we call?"


def confirm_call(number: str, *, by: str) -> str:
    return f"We will call the number {number} by {by}. Is that right?"


def call_promised(number: str, *, by: str) -> str:
    return f"Thank you. We will call the number {number} by {by}."


def doubt_handed_over(*, by: str) -> str:
    return (
        "We are sorry we could not help. A member of "
        f"our staff has been told and will answer by {by}."
    )


def still_waiting(*, by: str) -> str:
    return f"We are sorry to keep you waiting. A member of our staff will answer by {by}."


def with_bot_again(*, has_spoken: bool) -> str:
    if not has_spoken:
        return (
            "From here on you are answered automatically again. Our staff are always here for you."
        )
    return "That was our member of staff. From here on you are answered automatically again."


def open_step() -> str:
    return "You were in the middle of something here: just go on where you left off."


def ask_rating() -> str:
    return "If you like, tell us how we did today."


def button_rating(stars: int) -> str:
    return ("Very bad", "Bad", "All right", "Good", "Very good")[stars - 1]


def thanks_for_rating() -> str:
    return "Thank you for telling us."
