"""Words for staff on Slack in English: short, exact, with who and until when."""

from collections.abc import Sequence
from datetime import date, datetime

from catalog.grading.checklists import Shot
from catalog.ground.calendar import TOKYO

lang = "en"

_CHANNELS = {"line": "LINE", "slack": "Slack", "web": "web chat"}
_REASONS = {
    "asked": "asked for a person",
    "complaint": "complaint",
    "bot_failed": "the bot failed",
    "doubt": "not understood",
    "taken": "begun by staff",
}
_SPEAKERS = {"customer": "Customer", "bot": "Bot"}
_FILES = {"image": "picture", "video": "film", "audio": "sound", "file": "file"}
_OTHERS = {"sticker": "sticker", "place": "place", "tap": "button"}


def day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"


def moment(at: datetime) -> str:
    local = at.astimezone(TOKYO)
    return f"{day(local.date())} {local.year}, {local:%H:%M}"


def clock(at: datetime) -> str:
    return f"{at.astimezone(TOKYO):%H:%M}"


def yen(amount: int) -> str:
    return f"¥{amount:,}"


def channel(channel: str) -> str:
    return _CHANNELS.get(channel, channel)


def customer(name: str | None, channel: str, mark: str) -> str:
    return name or f"{_CHANNELS.get(channel, channel)} customer ({mark})"


def reason(reason: str) -> str:
    return _REASONS.get(reason, reason)


def state(state: str, owner: str | None) -> str:
    match state:
        case "waiting":
            return "waiting"
        case "claimed":
            return f"with {owner or '–'}"
        case "snoozed":
            return f"put aside by {owner or '–'}"
        case _:
            return f"done ({owner})" if owner else "done"


def card_notice(customer: str, state: str) -> str:
    return f"{customer}: {state}"


def label_state() -> str:
    return "State"


def label_customer() -> str:
    return "Customer"


def label_reason() -> str:
    return "Reason"


def label_piece() -> str:
    return "Piece"


def label_promise() -> str:
    return "Promised by"


def label_waiting_since() -> str:
    return "Unanswered since"


def label_wakes() -> str:
    return "Taken up again"


def wakes_on_reply() -> str:
    return "when the customer writes"


def last_words() -> str:
    return "Last words"


def how_to_answer(prefix: str) -> str:
    return (
        "What you write in this thread is an internal note. Only the Reply button, and a message"
        f" that begins with “{prefix}”, reach the customer."
    )


def speaker(who: str, name: str | None) -> str:
    match who:
        case "staff":
            return name or "Staff"
        case "note":
            return f"Note, {name}" if name else "Note"
        case _:
            return _SPEAKERS.get(who, who)


def sent_file(kind: str) -> str:
    return f"[{_FILES.get(kind, 'file')}]"


def sent_other(kind: str) -> str:
    return f"[{_OTHERS.get(kind, kind)}]"


def taken_back() -> str:
    return "(taken back)"


def not_delivered() -> str:
    return "not delivered"


def button_claim() -> str:
    return "Claim"


def button_reply() -> str:
    return "Reply"


def button_snooze() -> str:
    return "Put aside"


def button_wake() -> str:
    return "Take up again"


def button_close() -> str:
    return "Done"


def button_console() -> str:
    return "Open in console"


def button_send() -> str:
    return "Send to customer"


def button_cancel() -> str:
    return "Cancel"


def button_decide() -> str:
    return "Put aside"


def confirm_close() -> str:
    return "End this and let the bot speak again?"


def reply_title() -> str:
    return "Reply to customer"


def reply_to(customer: str, channel: str) -> str:
    return f"Goes to {customer} by {_CHANNELS.get(channel, channel)}."


def reply_text() -> str:
    return "Message"


def reply_files() -> str:
    return "Pictures and films"


def reply_empty() -> str:
    return "Write something, or add a picture or film."


def snooze_title() -> str:
    return "Put aside"


def snooze_until() -> str:
    return "Until"


def snooze_choice(choice: str, at: datetime | None) -> str:
    told = {
        "hour": "In an hour",
        "tomorrow": "Tomorrow",
        "monday": "Next Monday",
        "reply": "Until the customer replies",
        "moment": "A day and a time",
    }[choice]
    return f"{told}: {moment(at)}" if at is not None else told


def snooze_day() -> str:
    return "Day"


def snooze_clock() -> str:
    return "Time"


def snooze_wrong() -> str:
    return "Choose a moment within the next 90 days."


def claimed() -> str:
    return "It is yours. The bot says nothing to this customer from now on."


def snoozed(at: datetime | None) -> str:
    return f"Put aside until {moment(at)}." if at else "Put aside until the customer writes."


def woken() -> str:
    return "Taken up again."


def closed() -> str:
    return "Done. The bot answers from here on."


def sent(customer: str) -> str:
    return f"Sent to {customer}."


def sent_with_files(customer: str, count: int) -> str:
    told = "1 file follows" if count == 1 else f"{count} files follow"
    return f"On its way to {customer}; {told} as soon as ready."


def held_by(owner: str) -> str:
    return f"{owner} has this conversation."


def not_held() -> str:
    return "Nothing was sent to the customer. Press Claim first."


def cannot_now(state: str) -> str:
    return f"Not possible in this state ({state})."


def unknown_person(user: str) -> str:
    return f"You are not registered as staff. Ask your manager to add your Slack id {user}."


def not_allowed() -> str:
    return "Your role does not include this."


def not_kept() -> str:
    return "This message was neither kept nor sent to the customer."


def gone() -> str:
    return "There is no such ticket."


def too_late() -> str:
    return "The window could not be opened. Please press the button again."


def went_wrong() -> str:
    return "That did not work. Nothing was sent to the customer. Please try again."


def files_need_reply() -> str:
    return "The files stayed in the house. Use Reply to send them to the customer."


def alert(alarm: str, level: int, customer: str, promised_at: datetime) -> str:
    by = moment(promised_at)
    match alarm:
        case "called":
            return f"{customer} is waiting, promised by {by}. Please take it."
        case "assigned":
            return f"{customer} was given to you. Please take it on."
        case "given_back":
            return f"{customer} is waiting again, promised by {by}. Please take it."
        case "missed":
            return f"Nobody came to {customer} in time, and nobody has it. Promised anew: {by}."
        case "late":
            return f"{customer} was promised an answer by {by}, and whoever has it said nothing."
        case "silent":
            return f"{customer} is still waiting for whoever has it to answer."
        case "woken":
            return f"{customer} was put aside until now. Please take it up again."
        case _:
            who = "Managers" if level >= 2 else "Leads"
            return f"{who}: {customer} is waiting, promised by {by}, and nobody has it."


def owed(captures: int, late: int, undelivered: int, aside: int, unmatched: int) -> str:
    told = [f"captures somebody waits for: {captures}"] if captures else []
    if late:
        told[-1] += f" (over their time: {late})"
    if undelivered:
        told.append(f"taken and not arrived: {undelivered}")
    if aside:
        told.append(f"files of the stations that could not be taken in: {aside}")
    if unmatched:
        told.append(f"captures of no piece yet: {unmatched}")
    return "Good morning. " + "; ".join(told) + "."


def task(*, is_call: bool, is_late: bool, by: datetime) -> str:
    what = "A promised call" if is_call else "A talk to be looked at"
    if is_late:
        return f"{what} was due by {moment(by)} and is not marked as done."
    return f"{what}, by {moment(by)}."


_APPOINTMENTS = {
    "store": "a visit", "video_call": "a video call", "home_visit": "a visit at home",
    "call_back": "a call",
}  # fmt: skip


def appointment(what: str, kind: str, customer: str, at: datetime, store: str | None) -> str:
    where = f" ({store})" if store else ""
    told = f"{_APPOINTMENTS.get(kind, kind)}{where} of {customer}"
    match what:
        case "booked":
            return f"New appointment: {told}, {moment(at)}. It is yours."
        case "moved":
            return f"Appointment moved: {told}, now {moment(at)}. It is yours."
        case "cancelled":
            return f"Appointment called off: {told}, {moment(at)}."
        case "given":
            return f"Appointment given to you: {told}, {moment(at)}."
        case "passed_on":
            return f"Appointment no longer yours: {told}, {moment(at)}."
        case _:
            return f"Nobody has this appointment yet: {told}, {moment(at)}. Please assign it."


def waits_again(customer: str, promised_at: datetime) -> str:
    return f"{customer} is waiting for a person, promised by {moment(promised_at)}."


def reply_unchanged() -> str:
    return "Editing or deleting a message here does not change what the customer has received."


def reply_not_sent(writer: str | None, why: str, owner: str) -> str:
    whose = f"{writer}'s reply" if writer else "A reply by somebody who is not registered"
    told = {
        "held": f"{owner} has this conversation",
        "not_held": "press Claim first",
        "empty": "there are no words",
        "off": "the customer's channel cannot be used now",
        "not_allowed": "the role does not include answering customers",
        "not_staff": "please have them registered as staff first",
    }.get(why, "please look in the console")
    return f"⚠ {whose} was not sent to the customer: {told}."


def file_sent() -> str:
    return "The file was sent to the customer."


def file_not_sent(why: str) -> str:
    told = {
        "gone": "Slack did not hand the file over",
        "unreadable": "it is no picture or film that can be opened",
        "not_held": "somebody else has the conversation now",
        "too_large": "it is too large",
        "off": "the customer's channel cannot be used now",
        "late": "it could not be fetched for a whole day",
    }.get(why, "please look in the console")
    return f"The file was not sent to the customer: {told}."


def file_not_shown(why: str) -> str:
    match why:
        case "too_large":
            return "The customer's file is large; please look at it in the console."
        case "gone":
            return "The customer's file was not received. Please ask them to send it again."
        case _:
            return "The customer's file could not be shown here; please look in the console."


def not_shown() -> str:
    return "Something that was said could not be shown here; please look in the console."


def file_comment(customer: str) -> str:
    return f"From {customer}"


def home_mine(count: int) -> str:
    return f"Mine: {count}"


def home_waiting(count: int) -> str:
    return f"Waiting: {count}"


def home_nothing() -> str:
    return "None."


def home_more(count: int) -> str:
    return f"{count} more in the console."


def queue_title(count: int) -> str:
    return f"Waiting: {count}"


def queue_empty() -> str:
    return "Nobody is waiting."


def open_thread() -> str:
    return "Open thread"


def piece_missing(code: str) -> str:
    return f"{code} was not found."


def piece_which() -> str:
    return "Add the code of a piece, such as /item W-10234"


def label_price() -> str:
    return "Price incl. tax"


def label_grade() -> str:
    return "Grade"


def label_media() -> str:
    return "Films and pictures"


def unpriced() -> str:
    return "none yet"


def ungraded() -> str:
    return "not graded"


def media(films: int, stills: int) -> str:
    return f"{films} film, {stills} picture" if films or stills else "none yet"


def unit_state(state: str) -> str:
    return state.replace("_", " ")


def credit_whose() -> str:
    return "Add a name or a customer number, such as /credit 山田"


def credit_nobody() -> str:
    return "No such customer was found."


def credit_several() -> str:
    return "Several customers fit. Please use the customer number."


def credit_title(customer: str, number: str) -> str:
    return f"{customer} ({number})"


def label_spendable() -> str:
    return "Can be spent"


def label_held() -> str:
    return "On hold"


def label_owed() -> str:
    return "Owed to us"


def label_next_end() -> str:
    return "Ends next"


def next_end(amount: int, on: date) -> str:
    return f"{yen(amount)} until {day(on)} {on.year}"


def no_end() -> str:
    return "none"


def label_shots() -> str:
    return "Shots"


def shots(told: str, missing: Sequence[Shot]) -> str:
    labels = ", ".join(each.told_en or each.told for each in missing)
    return f"{told}, missing: {labels}" if missing else told
