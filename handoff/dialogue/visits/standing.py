"""What is booked already: looked at, moved by two presses, called off (R-143, R-149).

証: 明日 15:00に銀座店へのご来店のご予約を承っております。… [日時を変更する] [取りやめる]
客: (日時を変更する)
証: 12月3日(木) 15:00のご来店を、いつに変更いたしましょうか。 [12月3日(木) 16:00] …
客: (押す)
証: 銀座店へのご来店を12月3日(木) 16:00に変更いたしました。…
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from conversations.flows.flow import (
    Answer,
    Asked,
    Flow,
    confirm,
    moment_behind,
    person_button,
    tap,
)
from conversations.flows.stores import VISIT
from conversations.messages import Button, Choices
from conversations.wording.visiting.voice import voice
from handoff.appointments import actions as appointments
from handoff.appointments import queries, rules
from handoff.appointments.steps import NotSo, TimeTaken
from handoff.appointments.tables import Appointment, AppointmentState, Kind
from handoff.dialogue.visits import asking
from handoff.dialogue.visits.wish import (
    INTENT,
    NAME,
    a_day,
    a_time,
    actor,
    book_of,
    button_data,
    facts,
    hours_of,
    of_appointment,
    opened,
)

_OFFERED = 8
_LOOKED = timedelta(days=31)


def step(asked: Asked) -> Answer:
    """What is wanted of the book."""
    match asked.slots.get("action"):
        case "cancel":
            return cancel(asked)
        case "change":
            return change(asked)
        case "list":
            return mine(asked)
    return asking.book(asked)


def _standing(asked: Asked) -> Sequence[Appointment]:
    return queries.standing(asked.db, asked.conversation, asked.customer, now=asked.now)


def mine(asked: Asked) -> Answer:
    """What is booked and still ahead."""
    words = voice(asked.lang)
    standing = _standing(asked)
    if not standing:
        return _none(asked)
    told = [(row.kind, words.when(row.starts_at)) for row in standing]
    options = (
        Button(words.button_move(), data=tap("visits.change")),
        Button(words.button_call_off(), data=tap("visits.cancel")),
        person_button(asked),
    )
    return Answer([Choices(words.standing(told), options)], asked.memory)


def _none(asked: Asked) -> Answer:
    words = voice(asked.lang)
    options = (Button(words.button_visit(), data=tap(VISIT)), person_button(asked))
    return Answer([Choices(words.none_standing(), options)], asked.memory)


def _chosen(asked: Asked, *, verb: str) -> "Appointment | Answer":
    """The one that is meant; a question when several stand."""
    words = voice(asked.lang)
    standing = _standing(asked)
    told = asked.slots.get("appointment")
    if told is not None:
        standing = [row for row in standing if row.id == told]
    if not standing:
        return _none(asked)
    if len(standing) == 1:
        return standing[0]
    buttons = [
        Button(words.when(row.starts_at), data=tap(verb, appointment=row.id))
        for row in standing[:9]
    ]
    return Answer([Choices(words.which(), (*buttons, person_button(asked)))], asked.memory)


def change(asked: Asked) -> Answer:
    """Another time for one: the next free ones are a press away; any other can be said."""
    chosen = _chosen(asked, verb="visits.change")
    if isinstance(chosen, Answer):
        return chosen
    wish = replace(
        of_appointment(chosen),
        day=a_day(asked.slots.get("date")),
        at=a_time(asked.slots.get("time")),
    )
    if wish.day is not None or wish.at is not None:
        told = {key: value for key, value in facts(wish).items() if value}
        return asking.book(replace(asked, slots=told, memory=asked.memory.closing()))
    return _offer(asked, chosen)


def _offer(asked: Asked, row: Appointment, *, because: str | None = None) -> Answer:
    words = voice(asked.lang)
    wish = of_appointment(row)
    told = book_of(asked, wish, begins=asked.now, ends=asked.now + _LOOKED)
    free = rules.next_starts(told, asked.now, most=_OFFERED + 1)
    buttons = [
        Button(words.when(at), data=tap("visits.move", appointment=row.id, at=at.isoformat()))
        for at in [each for each in free if each != row.starts_at][:_OFFERED]
    ]
    question = words.ask_new_time(row.kind, when=words.when(row.starts_at))
    text = f"{because}{words.gap()}{question}" if because else question
    other = Button(words.button_other_time(), data=button_data(wish))
    return Answer(
        [Choices(text, (*buttons, other, person_button(asked)))],
        opened(replace(asked, memory=asked.memory.closing()), wish),
    )


def move(asked: Asked) -> Answer:
    """The press on a time moves it there, once."""
    words = voice(asked.lang)
    row, at = (
        asking.theirs(asked, asked.slots.get("appointment")),
        moment_behind(asked.slots.get("at")),
    )
    if row is None or at is None:
        return mine(asked)
    if row.state != AppointmentState.BOOKED:
        return _as_it_is(asked, row)
    if at <= asked.now:
        return _offer(asked, row, because=words.day_is_past())
    try:
        with asked.db.begin_nested():
            moved = appointments.move(
                asked.db, row.id, at, hours=hours_of(asked, of_appointment(row)),
                actor=actor(asked), now=asked.now, key=asked.key("move"),
            )  # fmt: skip
    except TimeTaken:
        return _offer(asked, row, because=words.time_is_taken())
    if moved.kind == Kind.CALL:
        asking.note_call(asked, moved, None)
    return asking.told_booked(asked, moved)


def _as_it_is(asked: Asked, row: Appointment) -> Answer:
    """A press on a button of what was moved since: what came of it."""
    after = [each for each in _standing(asked) if each.replaces == row.id]
    return asking.told_booked(asked, after[0]) if after else mine(asked)


def cancel(asked: Asked) -> Answer:
    """Call one off: asked back with its day."""
    words = voice(asked.lang)
    chosen = _chosen(asked, verb="visits.cancel")
    if isinstance(chosen, Answer):
        return chosen
    return confirm(
        asked,
        words.confirm_call_off(chosen.kind, when=words.when(chosen.starts_at)),
        verb="visits.call_off",
        label=words.button_call_off(),
        binds=False,
        appointment=chosen.id,
    )


def call_off(asked: Asked) -> Answer:
    """Confirmed: it is off, and the time is free for others."""
    words = voice(asked.lang)
    if asking.withdraw(asked, asked.slots.get("task")):
        return _none(replace(asked, memory=asked.memory.closing()))
    row = asking.theirs(asked, asked.slots.get("appointment"))
    if row is None:
        return _none(asked)
    try:
        with asked.db.begin_nested():
            row = appointments.cancel(asked.db, row.id, actor(asked), now=asked.now)
    except NotSo:
        return _none(asked)
    asking.end_call(asked, row)
    text = words.called_off(row.kind, when=words.when(row.starts_at))
    options = (Button(words.button_visit(), data=tap(VISIT)), person_button(asked))
    return Answer([Choices(text, options)], asked.memory.closing())


FLOW = Flow(
    NAME,
    frozenset({INTENT}),
    step,
    {
        "book": asking.book, "settle": asking.settle, "wish": asking.wish, "mine": mine,
        "change": change, "move": move, "cancel": cancel, "call_off": call_off,
    },
)  # fmt: skip
