"""A visit to the shop, a video call or a visit at home (来店・ビデオ通話・出張; R-042, R-043,
R-143): asked for here, settled by a person.

客: 明日15時に銀座店へ行きたい
証: 12月3日(木) 15:00、銀座店へのご来店のご希望を承ります。本日 14:15までに、担当者が確定の
    ご連絡をいたします。よろしいでしょうか。
    [この内容で希望する] [やめる] [担当者と話す]
客: (押す)
証: 承りました。…
客: 予約をキャンセルしたい
証: 12月3日(木) 15:00のご来店を取りやめます。よろしいでしょうか。 [取りやめる] …

Until the shop keeps its advisers' hours here, a wish is a task of the staff with the time by which
they answer; nothing is called booked before they do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from catalog.ground import worklist
from catalog.ground.calendar import TOKYO, round_up_to, tokyo_day
from conversations.flows.flow import Answer, Asked, Flow, confirm, person_button, tap
from conversations.flows.stores import VISIT, stores_of
from conversations.messages import Button, Choices
from conversations.wording.visiting.voice import voice

TASK = "visit_wish"
CANCELLED = "visit_cancelled"
NAME = "visits"
INTENT = "store.book"
KINDS = ("store", "video_call", "home_visit")
_FURTHEST = timedelta(days=90)
_DAYS_OFFERED = 5
_STEP = timedelta(minutes=30)
_NEEDS = timedelta(minutes=30)  # from now to the earliest visit
_TIMES_OFFERED = 10


@dataclass(frozen=True, slots=True)
class Wish:
    """What is known of a visit so far."""

    kind: str = "store"
    day: date | None = None
    at: time | None = None
    store: str | None = None
    replaces: str | None = None

    @property
    def starts_at(self) -> datetime | None:
        """Day and time together."""
        if self.day is None or self.at is None:
            return None
        return datetime.combine(self.day, self.at, TOKYO)


def book(asked: Asked) -> Answer:
    """From whatever was said: what is still missing is asked for, then the whole is repeated."""
    match asked.slots.get("action"):
        case "cancel":
            return cancel(asked)
        case "change":
            return change(asked)
        case "list":
            return mine(asked)
    wish = _wish(asked)
    if "asap" in asked.slots:
        wish = _at_once(asked, wish)
    if wish.day is None:
        return _ask_day(asked, wish)
    refusal = _refusal(asked, wish)
    if refusal is not None:
        return _ask_day(asked, replace(wish, day=None, at=None), because=refusal)
    if wish.at is None:
        return _ask_time(asked, wish)
    starts_at = datetime.combine(wish.day, wish.at, TOKYO)
    if not _fits(asked, wish, starts_at):
        return _ask_time(asked, replace(wish, at=None), is_outside=True)
    return _confirm(asked, wish, starts_at)


def _wish(asked: Asked) -> Wish:
    """What was said now, over what was said before."""
    memory, slots = asked.memory, asked.slots
    is_open = memory.task == NAME
    kept: Mapping[str, str] = memory.facts if is_open else {}
    told = slots.get("visit") or slots.get("method") or slots.get("kind")
    kind = told if told in KINDS else kept.get("kind", "store")
    day = _day(slots.get("date")) or _day(kept.get("date"))
    at = _time(slots.get("time")) or _time(kept.get("time"))
    store = _store(asked, slots.get("store")) or kept.get("store")
    replaces = slots.get("replaces") or kept.get("replaces")
    return Wish(kind, day, at, store, str(replaces) if replaces else None)


def _day(told: Any) -> date | None:
    if isinstance(told, datetime):
        return told.date()
    if isinstance(told, date):
        return told
    try:
        return date.fromisoformat(str(told)) if told else None
    except ValueError:
        return None


def _time(told: Any) -> time | None:
    if isinstance(told, time):
        return told
    try:
        return time.fromisoformat(str(told)) if told else None
    except ValueError:
        return None


def _store(asked: Asked, told: Any) -> str | None:
    """The Japanese name of a store the shop has, however it was named."""
    if not told:
        return None
    wanted = str(told).casefold()
    for store in stores_of(asked):
        names = {name.casefold() for name in store.name.values()}
        if wanted in names or any(wanted in name or name in wanted for name in names):
            return store.name["ja"]
    return None


def _at_once(asked: Asked, wish: Wish) -> Wish:
    """「今から」: the next time somebody is there (R-042, R-043)."""
    earliest = round_up_to(asked.terms.hours.after_work(asked.now, _NEEDS), 30)
    local = earliest.astimezone(TOKYO)
    return replace(wish, day=local.date(), at=local.time())


def _refusal(asked: Asked, wish: Wish) -> str | None:
    """Why that day cannot be, in words; None when it can."""
    words, today = voice(asked.lang), tokyo_day(asked.now)
    if wish.day is None:
        return None
    if wish.day < today:
        return words.day_is_past()
    if wish.day > today + _FURTHEST:
        return words.day_is_far(today + _FURTHEST)
    if not asked.terms.hours.spans(wish.day):
        return words.day_is_closed(wish.day)
    if not _times(asked, wish.day):
        return words.day_is_over()
    return None


def _times(asked: Asked, day: date) -> list[time]:
    """Every half hour of that day at which somebody could still come."""
    found: list[time] = []
    earliest = asked.now + _NEEDS
    for span in asked.terms.hours.spans(day):
        at = datetime.combine(day, span.opens, TOKYO)
        while at + _STEP <= datetime.combine(day, span.closes, TOKYO):
            if at >= earliest:
                found.append(at.time())
            at += _STEP
    return found


def _fits(asked: Asked, wish: Wish, starts_at: datetime) -> bool:
    return starts_at >= asked.now and asked.terms.hours.is_open(starts_at)


def _open(asked: Asked, wish: Wish, *, expecting: str | None = INTENT) -> Any:
    return asked.memory.opening(
        NAME,
        expecting=expecting,
        kind=wish.kind,
        date=wish.day.isoformat() if wish.day else None,
        time=wish.at.isoformat("minutes") if wish.at else None,
        store=wish.store,
        replaces=wish.replaces,
    )


def _ask_day(asked: Asked, wish: Wish, *, because: str | None = None) -> Answer:
    words, today = voice(asked.lang), tokyo_day(asked.now)
    days: list[date] = []
    for n in range(_FURTHEST.days):
        day = today + timedelta(days=n)
        if len(days) < _DAYS_OFFERED and _times(asked, day):
            days.append(day)
    buttons = [Button(words.day(day), data=_tap(wish, date=day.isoformat())) for day in days]
    question = words.ask_day(wish.kind)
    text = f"{because}{words.gap()}{question}" if because else question
    return Answer([Choices(text, (*buttons, person_button(asked)))], _open(asked, wish))


def _ask_time(asked: Asked, wish: Wish, *, is_outside: bool = False) -> Answer:
    words = voice(asked.lang)
    day = wish.day or tokyo_day(asked.now)
    free = _times(asked, day)
    step = max(1, -(-len(free) // _TIMES_OFFERED))
    buttons = [Button(f"{at:%H:%M}", data=_tap(wish, time=f"{at:%H:%M}")) for at in free[::step]]
    spans = [(span.opens, span.closes) for span in asked.terms.hours.spans(day)]
    text = words.ask_time(day, words.spans(spans), is_outside=is_outside)
    return Answer([Choices(text, (*buttons, person_button(asked)))], _open(asked, wish))


def _tap(wish: Wish, **more: str) -> str:
    told = {
        "kind": wish.kind,
        "date": wish.day.isoformat() if wish.day else None,
        "time": wish.at.isoformat("minutes") if wish.at else None,
        "store": wish.store,
        "replaces": wish.replaces,
    }
    return tap(VISIT, **{**told, **more})


def _promised(asked: Asked) -> datetime:
    """By when a person settles it."""
    return round_up_to(asked.terms.hours.after_work(asked.now, asked.terms.answer_lead), 5)


def _store_told(asked: Asked, wish: Wish) -> str | None:
    found = [store for store in stores_of(asked) if store.name["ja"] == wish.store]
    return found[0].named(asked.lang) if found and wish.kind == "store" else None


def _confirm(asked: Asked, wish: Wish, starts_at: datetime) -> Answer:
    words = voice(asked.lang)
    text = words.confirm_visit(
        wish.kind,
        when=words.when(starts_at),
        store=_store_told(asked, wish),
        by=asked.voice.moment(_promised(asked), now=asked.now),
    )
    return confirm(
        asked,
        text,
        verb="visits.wish",
        label=words.button_wish(),
        memory=_open(asked, wish, expecting=None),
        binds=False,
        kind=wish.kind,
        date=starts_at.date().isoformat(),
        time=f"{starts_at:%H:%M}",
        store=wish.store,
        replaces=wish.replaces,
    )


def wish(asked: Asked) -> Answer:
    """Confirmed: the task of the staff, once however often the button is pressed."""
    words = voice(asked.lang)
    told = _wish(replace(asked, memory=asked.memory.closing()))
    starts_at = told.starts_at
    if starts_at is None or starts_at < asked.now:
        return _ask_day(asked, replace(told, day=None, at=None), because=words.day_is_past())
    if told.replaces is not None:
        _withdraw(asked, told.replaces)
    promised_at = _promised(asked)
    worklist.task(
        asked.db,
        TASK,
        _about(asked),
        due_at=promised_at,
        now=asked.now,
        once=asked.once,
        facts={
            "kind": told.kind,
            "starts_at": starts_at.isoformat(),
            "store": told.store,
            "unit": asked.memory.unit,
            "customer": asked.customer,
            "lang": asked.lang,
        },
    )
    text = words.wished(
        told.kind,
        when=words.when(starts_at),
        store=_store_told(asked, told),
        by=asked.voice.moment(promised_at, now=asked.now),
    )
    options = (
        Button(words.button_move(), data=tap("visits.change")),
        Button(words.button_call_off(), data=tap("visits.cancel")),
        person_button(asked),
    )
    return Answer([Choices(text, options)], asked.memory.closing())


def _about(asked: Asked) -> str:
    return f"conversation:{asked.conversation}"


def _standing(asked: Asked) -> Sequence[worklist.Work]:
    """The wishes of this conversation that are still ahead."""
    tasks = worklist.tasks_about(asked.db, _about(asked), name=TASK)
    return [
        task
        for task in tasks
        if not task.facts.get("called_off")
        and datetime.fromisoformat(task.facts["starts_at"]) >= asked.now
    ]


def mine(asked: Asked) -> Answer:
    """What was asked for and is still ahead."""
    words = voice(asked.lang)
    standing = _standing(asked)
    if not standing:
        return _none(asked)
    told = [(task.facts["kind"], words.when(_starts(task))) for task in standing]
    options = (
        Button(words.button_move(), data=tap("visits.change")),
        Button(words.button_call_off(), data=tap("visits.cancel")),
        person_button(asked),
    )
    return Answer([Choices(words.standing(told), options)], asked.memory)


def _starts(task: worklist.Work) -> datetime:
    return datetime.fromisoformat(task.facts["starts_at"])


def _none(asked: Asked) -> Answer:
    words = voice(asked.lang)
    options = (Button(words.button_visit(), data=tap(VISIT)), person_button(asked))
    return Answer([Choices(words.none_standing(), options)], asked.memory)


def cancel(asked: Asked) -> Answer:
    """Call one off: asked back with its day."""
    words = voice(asked.lang)
    chosen = _chosen(asked, verb="visits.cancel")
    if isinstance(chosen, Answer):
        return chosen
    return confirm(
        asked,
        words.confirm_call_off(chosen.facts["kind"], when=words.when(_starts(chosen))),
        verb="visits.call_off",
        label=words.button_call_off(),
        binds=False,
        task=str(chosen.id),
    )


def change(asked: Asked) -> Answer:
    """Another day or time for one: the old wish goes when the new one is confirmed."""
    chosen = _chosen(asked, verb="visits.change")
    if isinstance(chosen, Answer):
        return chosen
    wish = Wish(
        kind=chosen.facts["kind"],
        day=_day(asked.slots.get("date")),
        at=_time(asked.slots.get("time")),
        store=chosen.facts.get("store"),
        replaces=str(chosen.id),
    )
    if wish.day is None:
        return _ask_day(asked, wish)
    slots = {"date": wish.day, "time": wish.at, "replaces": wish.replaces, "kind": wish.kind}
    return book(replace(asked, slots={key: value for key, value in slots.items() if value}))


def _chosen(asked: Asked, *, verb: str) -> "worklist.Work | Answer":
    """The wish that is meant; a question when several stand."""
    words = voice(asked.lang)
    standing = _standing(asked)
    told = asked.slots.get("task")
    if told is not None:
        standing = [task for task in standing if str(task.id) == told]
    if not standing:
        return _none(asked)
    if len(standing) == 1:
        return standing[0]
    buttons = [
        Button(words.when(_starts(task)), data=tap(verb, task=str(task.id)))
        for task in standing[:9]
    ]
    return Answer([Choices(words.which(), (*buttons, person_button(asked)))], asked.memory)


def call_off(asked: Asked) -> Answer:
    """Confirmed: it is off, and who had already looked at it hears of it."""
    words = voice(asked.lang)
    standing = {str(task.id): task for task in _standing(asked)}
    task = standing.get(str(asked.slots.get("task")))
    if task is None:
        return _none(asked)
    _withdraw(asked, str(task.id))
    text = words.called_off(task.facts["kind"], when=words.when(_starts(task)))
    return Answer([Choices(text, (person_button(asked),))], asked.memory.closing())


def _withdraw(asked: Asked, task_id: str) -> None:
    """Nobody needs to see to it any more; who has already done so is told by a task."""
    for task in _standing(asked):
        if str(task.id) != task_id or task.id is None:
            continue
        if not worklist.close_task(asked.db, task.id, now=asked.now):
            worklist.task(
                asked.db, CANCELLED, _about(asked), due_at=asked.now, now=asked.now, once=task_id,
                facts={"task_id": task_id, "starts_at": task.facts["starts_at"]},
            )  # fmt: skip
        worklist.note(asked.db, task.id, called_off=True)


FLOW = Flow(
    NAME,
    frozenset({INTENT}),
    book,
    {
        "book": book, "wish": wish, "mine": mine, "change": change, "cancel": cancel,
        "call_off": call_off,
    },
)  # fmt: skip
