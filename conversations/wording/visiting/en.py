"""What is said about visits, stores and call backs in English."""

from collections.abc import Sequence
from datetime import date, datetime, time

from catalog.ground.calendar import TOKYO

lang = "en"

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_KINDS = {"store": "a visit", "video_call": "a video call", "home_visit": "a visit at your home"}


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


def button_wish() -> str:
    return "Ask for this"


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
    return "We can take no more requests for today."


def confirm_visit(kind: str, *, when: str, store: str | None, by: str) -> str:
    return (
        f"You would like {_where(kind, store)} on {when}. A "
        f"member of our staff will confirm by {by}. Is that"
        " right?"
    )


def wished(kind: str, *, when: str, store: str | None, by: str) -> str:
    return (
        f"Thank you. We have noted {_where(kind, store)} on {when}. Our staff will confirm by {by}."
    )


def standing(wishes: Sequence[tuple[str, str]]) -> str:
    told = "\n".join(f"- {when}: {_KINDS[kind]}" for kind, when in wishes)
    return f"This is what you asked for:\n{told}"


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
