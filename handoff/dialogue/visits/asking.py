"""Booking an appointment in the chat: what is missing is asked for, the time is held, a yes books
it (R-042, R-043, R-143).

客: 明日15時に銀座店へ行きたい
証: 12月3日(木) 15:00、銀座店へのご来店の枠を15分間お取りしております。この内容で予約してよろしいで
    しょうか。 [この内容で予約する] [やめる] [担当者と話す]
客: (押す)
証: 12月3日(木) 15:00、銀座店へのご来店のご予約を承りました。担当は佐藤でございます。…
    [日時を変更する] [取りやめる]
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from catalog.duties.rules import Place
from catalog.ground import worklist
from catalog.ground.calendar import TOKYO, at_tokyo, tokyo_day
from catalog.ground.record import StaffId
from conversations.flows.flow import Answer, Asked, confirm, person_button, tap
from conversations.messages import Button, Choices
from conversations.ports import CONFIRM
from conversations.threads.memory import Pending
from conversations.wording.visiting.voice import voice
from handoff.appointments import actions as appointments
from handoff.appointments import queries, rules
from handoff.appointments.queries import AppointmentMissing
from handoff.appointments.rules import Book
from handoff.appointments.steps import NotSo, TimeTaken
from handoff.appointments.tables import Appointment, Kind
from handoff.dialogue.visits import calls
from handoff.dialogue.visits.wish import (
    ELSEWHERE,
    Wish,
    actor,
    book_of,
    button_data,
    hours_of,
    number_of,
    of_appointment,
    opened,
    read,
    store_told,
    wanted_of,
)
from handoff.shifts import queries as shifts

WISHES = "visit_wish"  # task: of a time before appointments were booked here
_DAYS_OFFERED = 5
_TIMES_OFFERED = 10
_LOOKED = timedelta(days=31)  # how far free days are looked for
_MOST_SPANS = 3


def book(asked: Asked) -> Answer:
    """From whatever was said: what is still missing is asked for, then the time is held."""
    wish = read(asked)
    if wish.kind is Kind.HOME and wish.place != Place.COUNTERPARTY_HOME:
        return _ask_place(asked, wish)
    if wish.kind is Kind.CALL and wish.replaces is None and number_of(asked, wish) is None:
        question = Choices(voice(asked.lang).ask_phone(), (person_button(asked),))
        return Answer([question], opened(asked, wish, expecting="human.request"))
    if "asap" in asked.slots:
        wish = _at_once(asked, wish)
    if wish.day is None and wish.at is not None:
        wish = replace(wish, day=_next_day(asked, wish.at))
    if wish.day is None:
        return ask_day(asked, wish)
    refusal = _refusal(asked, wish.day)
    if refusal is not None:
        return ask_day(asked, replace(wish, day=None, at=None), because=refusal)
    starts_at = wish.starts_at
    if starts_at is None:
        return ask_time(asked, wish)
    return _hold(asked, wish, starts_at)


def _next_day(asked: Asked, at: time) -> date:
    """「15時に」: today when that is still ahead, else tomorrow."""
    today = tokyo_day(asked.now)
    is_ahead = datetime.combine(today, at, TOKYO) > asked.now
    return today if is_ahead else today + timedelta(days=1)


def _at_once(asked: Asked, wish: Wish) -> Wish:
    """「今から」: the next time somebody is free."""
    told = book_of(asked, wish, begins=asked.now, ends=asked.now + _LOOKED)
    found = rules.next_starts(told, asked.now, most=1)
    if not found:
        return replace(wish, day=None, at=None)
    local = found[0].astimezone(TOKYO)
    return replace(wish, day=local.date(), at=local.time())


def _ask_place(asked: Asked, wish: Wish) -> Answer:
    """Goods may be received at the shop and at somebody's home, nowhere else (古物営業法14条)."""
    words = voice(asked.lang)
    at_home = button_data(wish, place=Place.COUNTERPARTY_HOME.value)
    home = Button(words.button_at_home(), data=at_home)
    if wish.place == ELSEWHERE:
        options = (
            home,
            Button(words.button_visit(), data=tap("visits.book", kind=Kind.STORE.value)),
            person_button(asked),
        )
        kept = opened(asked, replace(wish, place=None))
        return Answer([Choices(words.only_at_home(), options)], kept)
    elsewhere = Button(words.button_elsewhere(), data=button_data(wish, place=ELSEWHERE))
    kept = replace(opened(asked, wish), expecting=CONFIRM, pending=Pending(at_home, binds=False))
    return Answer([Choices(words.ask_place(), (home, elsewhere, person_button(asked)))], kept)


def _refusal(asked: Asked, day: date) -> str | None:
    """Why no day of that number can be, in words; None when it can."""
    words, today = voice(asked.lang), tokyo_day(asked.now)
    last = today + timedelta(days=queries.terms(asked.db).ahead_days)
    if day < today:
        return words.day_is_past()
    return words.day_is_far(last) if day > last else None


def _of_day(asked: Asked, wish: Wish, day: date) -> tuple[Book, list[datetime]]:
    begins = at_tokyo(day)
    told = book_of(asked, wish, begins=begins, ends=begins + timedelta(days=1))
    return told, rules.starts_on(told, day)


def ask_day(asked: Asked, wish: Wish, *, because: str | None = None) -> Answer:
    """The next days on which something is free."""
    words, today = voice(asked.lang), tokyo_day(asked.now)
    told = book_of(asked, wish, begins=asked.now, ends=asked.now + _LOOKED)
    days: list[date] = []
    for n in range(_LOOKED.days):
        day = today + timedelta(days=n)
        if len(days) < _DAYS_OFFERED and rules.starts_on(told, day):
            days.append(day)
    buttons = [Button(words.day(day), data=button_data(wish, date=f"{day}")) for day in days]
    question = words.ask_day(wish.kind)
    text = f"{because}{words.gap()}{question}" if because else question
    return Answer([Choices(text, (*buttons, person_button(asked)))], opened(asked, wish))


def ask_time(asked: Asked, wish: Wish, *, because: str | None = None) -> Answer:
    """The times of that day that are free; another day when none is."""
    words = voice(asked.lang)
    day = wish.day or tokyo_day(asked.now)
    told, free = _of_day(asked, wish, day)
    if not free:
        return ask_day(asked, replace(wish, day=None, at=None), because=_full(asked, wish, day))
    times = [each.astimezone(TOKYO).time() for each in free]
    step = max(1, -(-len(times) // _TIMES_OFFERED))
    buttons = [
        Button(f"{at:%H:%M}", data=button_data(wish, time=f"{at:%H:%M}")) for at in times[::step]
    ]
    is_outside = wish.at is not None and because is None
    text = words.ask_time(day, words.spans(_runs(told, free)), is_outside=is_outside)
    if because is not None:
        text = f"{because}{words.gap()}{text}"
    kept = opened(asked, replace(wish, at=None))
    return Answer([Choices(text, (*buttons, person_button(asked)))], kept)


def _full(asked: Asked, wish: Wish, day: date) -> str:
    words = voice(asked.lang)
    if not hours_of(asked, wish).spans(day):
        return words.day_is_closed(day)
    return words.day_is_over() if day == tokyo_day(asked.now) else words.day_is_full(day)


def _runs(told: Book, free: Sequence[datetime]) -> list[tuple[time, time]]:
    """From the first start to the end of the last, gap by gap; one span when there are many."""
    step, lasts = timedelta(minutes=told.terms.step), timedelta(minutes=told.terms.lasts[told.kind])
    runs: list[tuple[datetime, datetime]] = []
    for at in free:
        if runs and at <= max(runs[-1][1], runs[-1][1] - lasts + step):
            runs[-1] = (runs[-1][0], at + lasts)
        else:
            runs.append((at, at + lasts))
    if len(runs) > _MOST_SPANS:
        runs = [(runs[0][0], runs[-1][1])]
    return [(a.astimezone(TOKYO).time(), b.astimezone(TOKYO).time()) for a, b in runs]


def _hold(asked: Asked, wish: Wish, starts_at: datetime) -> Answer:
    """Keep the time and ask; another one is asked for when it cannot be had."""
    row = _held(asked, wish, starts_at)
    if row is None:
        return _ask_other(asked, wish, starts_at)
    words = voice(asked.lang)
    text = words.confirm_visit(
        wish.kind,
        when=words.when(row.starts_at),
        store=store_told(asked, row.store),
        minutes=queries.terms(asked.db).hold_minutes,
    )
    return confirm(
        asked,
        text,
        verb="visits.settle",
        label=words.button_book(),
        memory=opened(asked, wish, expecting=None),
        binds=False,
        appointment=row.id,
        phone=wish.phone,
    )


def _held(asked: Asked, wish: Wish, starts_at: datetime) -> Appointment | None:
    try:
        with asked.db.begin_nested():
            return appointments.hold(
                asked.db,
                wanted_of(asked, wish, starts_at),
                hours=hours_of(asked, wish),
                actor=actor(asked),
                now=asked.now,
                key=asked.key("visit"),
            )
    except TimeTaken:
        return None


def _ask_other(asked: Asked, wish: Wish, starts_at: datetime) -> Answer:
    """That time cannot be: outside hours, over, or somebody else's."""
    words = voice(asked.lang)
    if starts_at <= asked.now:
        return ask_day(asked, replace(wish, day=None, at=None), because=words.day_is_past())
    is_open = hours_of(asked, wish).is_open(starts_at)
    return ask_time(asked, wish, because=words.time_is_taken() if is_open else None)


def settle(asked: Asked) -> Answer:
    """The customer said yes: booked, once however often the button is pressed."""
    row = theirs(asked, asked.slots.get("appointment"))
    if row is None:
        return ask_day(asked, Wish())
    return _settled(asked, row)


def _settled(asked: Asked, row: Appointment) -> Answer:
    words = voice(asked.lang)
    try:
        with asked.db.begin_nested():
            row = appointments.book(asked.db, row.id, actor(asked), now=asked.now)
    except (TimeTaken, NotSo):
        wish = replace(of_appointment(row), replaces=row.replaces)
        told = replace(wish, day=tokyo_day(row.starts_at))
        if row.starts_at <= asked.now:
            return ask_day(asked, wish, because=words.day_is_past())
        return ask_time(asked, told, because=words.time_is_taken())
    if row.kind == Kind.CALL:
        note_call(asked, row, asked.slots.get("phone"))
    return told_booked(asked, row)


def told_booked(asked: Asked, row: Appointment) -> Answer:
    """It is theirs: when, where, and who will be there."""
    words = voice(asked.lang)
    name = shifts.names(asked.db).get(StaffId(row.staff)) if row.staff else None
    say = words.appointment_booked if row.replaces is None else words.moved
    text = say(
        row.kind, when=words.when(row.starts_at), store=store_told(asked, row.store), name=name
    )
    return Answer([Choices(text, changing(asked, row))], asked.memory.closing())


def changing(asked: Asked, row: Appointment) -> tuple[Button, ...]:
    """The buttons under a booking."""
    words = voice(asked.lang)
    return (
        Button(words.button_move(), data=tap("visits.change", appointment=row.id)),
        Button(words.button_call_off(), data=tap("visits.cancel", appointment=row.id)),
        person_button(asked),
    )


def theirs(asked: Asked, told: object) -> Appointment | None:
    """That appointment when it is of this conversation or of this customer."""
    try:
        row = queries.of_id(asked.db, str(told or ""))
    except AppointmentMissing:
        return None
    is_same_talk = row.conversation == asked.conversation
    is_same_person = asked.customer is not None and row.customer == asked.customer
    return row if is_same_talk or is_same_person else None


def wish(asked: Asked) -> Answer:
    """The button of an older letter, which asked staff for a time: now it books it."""
    memory = asked.memory
    told = read(replace(asked, memory=memory.closing()))
    withdraw(asked, told.replaces)
    told = replace(told, replaces=None)
    starts_at = told.starts_at
    if told.kind is Kind.HOME and told.place is None:
        return _ask_place(asked, told)
    if starts_at is None:
        return ask_day(asked, told)
    row = _held(asked, told, starts_at)
    return _ask_other(asked, told, starts_at) if row is None else _settled(asked, row)


def withdraw(asked: Asked, task_id: str | None) -> bool:
    """A time that was once asked for as a task is not needed any more; whether there was one."""
    about = f"conversation:{asked.conversation}"
    for task in worklist.tasks_about(asked.db, about, name=WISHES):
        if str(task.id) == task_id and task.id is not None:
            return worklist.close_task(asked.db, task.id, now=asked.now)
    return False


def call_at(asked: Asked) -> Answer:
    """A call at a time of the customer's choice (R-065)."""
    slots = {**asked.slots, "kind": Kind.CALL.value, "visit": None, "method": None}
    return book(replace(asked, slots=slots, memory=asked.memory.closing()))


def note_call(asked: Asked, row: Appointment, phone: object) -> None:
    """The task of whoever calls."""
    calls.note(asked.db, row, str(phone) if phone else None, now=asked.now)


def end_call(asked: Asked, row: Appointment) -> None:
    """Nobody needs to call then."""
    calls.end(asked.db, row.conversation, row.id, now=asked.now)
