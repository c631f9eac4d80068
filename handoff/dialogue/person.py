"""Talk to a person (human.request, complaint): acknowledged at once, with a time that will be kept
and, where there is one, the name of the adviser (R-150, R-119); or a call back (R-065).

客: 担当者と話したい
証: 承知いたしました。担当者におつなぎします。本日 14:15までに、こちらでお返事いたします。
客 (23:00): 担当者と話したい
証: 承知いたしました。ただいま営業時間外のため、明日 10:40までに佐藤がお返事いたします。…
    (a name only where somebody's shift covers the time; else 担当者)
客: 電話で話したい
証: お電話番号をお書きください。
客: 090-1234-5678
証: 本日 14:15までに、(090-****-5678)へお電話いたします。よろしいでしょうか。 [電話を希望する] …
"""

from datetime import datetime

from catalog.customers import queries as customers
from catalog.ground.calendar import ShopHours, round_up_to
from catalog.ground.record import StaffId
from conversations.flows.flow import Answer, Asked, Flow, confirm, person_button
from conversations.messages import Choices, Edited, Said, Text
from conversations.wording.visiting.voice import voice
from handoff.appointments.tables import Kind
from handoff.desk import actions as desk
from handoff.desk import promised, routing
from handoff.desk.actions import Called
from handoff.desk.tables import TicketReason
from handoff.dialogue.visits import asking
from handoff.dialogue.visits.calls import CALL_BACK
from handoff.dialogue.visits.wish import NAME as VISITS
from handoff.shifts import queries as shifts


def call(asked: Asked) -> Answer:
    """Open a ticket, or repeat the promise of the one that is open."""
    wants_phone = asked.slots.get("channel") == "phone" or asked.slots.get("phone")
    if asked.intent == "human.request" and (
        wants_phone or (asked.memory.task == CALL_BACK and asked.expecting == "human.request")
    ):
        return ask_back(asked)
    reason = TicketReason.COMPLAINT if asked.intent == "complaint" else TicketReason.ASKED
    hours = asked.hours
    promised_at = _promised(asked, hours)
    called = desk.call(
        asked.db,
        asked.conversation,
        reason,
        lang=asked.lang,
        about_unit=asked.memory.unit,
        promised_at=promised_at,
        now=asked.now,
        about_brand=_one(asked, "brand"),
        about_category=_one(asked, "category"),
        named=_named(asked),
    )
    by = asked.voice.moment(
        called.promised_at if called.promised_at > asked.now else promised_at, now=asked.now
    )
    words, is_open = voice(asked.lang), hours.is_open(asked.now)
    own = called.by_name if called.is_own else _own_unplanned(asked, called)
    if not called.is_new:
        text = asked.voice.person_already_called(by=by)
    elif reason is TicketReason.COMPLAINT:
        text = words.complaint_heard(by=by)
    elif own is not None:
        text = words.adviser_called(own, by=by, is_open=is_open)
    elif called.by_name is not None:
        text = words.named_called(called.by_name, by=by, is_open=is_open)
    else:
        text = asked.voice.person_called(by=by, is_open=is_open)
    return Answer([Text(text)], asked.memory.closing())


def _promised(asked: Asked, hours: ShopHours) -> datetime:
    return round_up_to(hours.after_work(asked.now, asked.terms.answer_lead), 5)


def _named(asked: Asked) -> StaffId | None:
    """Whom the customer asks for by name."""
    body = asked.event.body
    if not isinstance(body, Said | Edited):
        return None
    return routing.named_in(asked.db, body.text, now=asked.now)


def _one(asked: Asked, slot: str) -> str | None:
    """What the words say it is about; of several the first."""
    told = asked.slots.get(slot)
    if isinstance(told, list | tuple):
        told = told[0] if told else None
    return str(told) if told else None


def _own_unplanned(asked: Asked, called: Called) -> str | None:
    """The adviser of the register, where the shop plans nobody's hours: nothing speaks against
    them.
    """
    if called.by_name is not None or asked.customer is None or shifts.keeps_shifts(asked.db):
        return None
    return customers.adviser_of(asked.db, asked.customer)


def ask_back(asked: Asked) -> Answer:
    """A call back: to the number just written, else to the one on file, else ask for one."""
    words = voice(asked.lang)
    told = asked.slots.get("phone")
    on_file = customers.phone_of(asked.db, asked.customer) if asked.customer else None
    number = str(told) if told else on_file
    if told and asked.memory.fact(VISITS, "kind") == Kind.CALL:
        return asking.book(asked)
    if asked.slots.get("time") or asked.slots.get("date"):
        return asking.call_at(asked)
    if number is None:
        kept = asked.memory.opening(CALL_BACK, expecting="human.request")
        return Answer([Choices(words.ask_phone(), (person_button(asked),))], kept)
    by = asked.voice.moment(_promised(asked, asked.hours), now=asked.now)
    return confirm(
        asked,
        words.confirm_call(masked(number), by=by),
        verb="person.call_back",
        label=words.button_call(),
        memory=asked.memory.closing(),
        binds=False,
        phone=number if told else None,
    )


def call_back(asked: Asked) -> Answer:
    """Confirmed: the task of the staff with the number and the time promised."""
    words = voice(asked.lang)
    told = asked.slots.get("phone")
    on_file = customers.phone_of(asked.db, asked.customer) if asked.customer else None
    number = str(told) if told else on_file
    if number is None:
        return ask_back(asked)
    promised_at = _promised(asked, asked.hours)
    facts = {"phone": number} if told else {"customer": asked.customer}
    promised.open_task(
        asked.db,
        CALL_BACK,
        asked.conversation,
        due_at=promised_at,
        now=asked.now,
        once=asked.once,
        facts={**facts, "unit": asked.memory.unit, "lang": asked.lang},
    )
    by = asked.voice.moment(promised_at, now=asked.now)
    text = words.call_promised(masked(number), by=by)
    return Answer([Choices(text, (person_button(asked),))], asked.memory.closing())


def masked(number: str) -> str:
    """A number as it is repeated: its last four digits."""
    digits = [each for each in number if each.isdigit()]
    return f"****{''.join(digits[-4:])}"


FLOW = Flow(
    "person",
    frozenset({"human.request", "complaint"}),
    call,
    {"call": call, "ask_back": ask_back, "call_back": call_back},
)
