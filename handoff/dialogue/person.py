"""Talk to a person (human.request, complaint): acknowledged at once, with a time that will be kept
and, where there is one, the name of the adviser (R-150, R-119); or a call back (R-065).

客: 担当者と話したい
証: 承知いたしました。担当者におつなぎします。本日 14:15までに、こちらでお返事いたします。
客 (23:00): 担当者と話したい
証: 承知いたしました。ただいま営業時間外のため、明日 10:45までに担当者がお返事いたします。…
客: 電話で話したい
証: お電話番号をお書きください。
客: 090-1234-5678
証: 本日 14:15までに、(090-****-5678)へお電話いたします。よろしいでしょうか。 [電話を希望する] …
"""

from datetime import datetime

from catalog.customers import queries as customers
from catalog.ground import worklist
from catalog.ground.calendar import round_up_to
from conversations.flows.flow import Answer, Asked, Flow, confirm, person_button
from conversations.messages import Choices, Text
from conversations.wording.visiting.voice import voice
from handoff.desk import actions as desk
from handoff.desk.tables import TicketReason

CALL_BACK = "call_back"


def call(asked: Asked) -> Answer:
    """Open a ticket, or repeat the promise of the one that is open."""
    wants_phone = asked.slots.get("channel") == "phone" or asked.slots.get("phone")
    if asked.intent == "human.request" and (
        wants_phone or (asked.memory.task == CALL_BACK and asked.expecting == "human.request")
    ):
        return ask_back(asked)
    reason = TicketReason.COMPLAINT if asked.intent == "complaint" else TicketReason.ASKED
    promised_at = _promised(asked)
    called = desk.call(
        asked.db,
        asked.conversation,
        reason,
        lang=asked.lang,
        about_unit=asked.memory.unit,
        promised_at=promised_at,
        now=asked.now,
    )
    by = asked.voice.moment(
        called.promised_at if called.promised_at > asked.now else promised_at, now=asked.now
    )
    adviser = customers.adviser_of(asked.db, asked.customer) if asked.customer else None
    words = voice(asked.lang)
    is_open = asked.terms.hours.is_open(asked.now)
    if not called.is_new:
        text = asked.voice.person_already_called(by=by)
    elif reason is TicketReason.COMPLAINT:
        text = words.complaint_heard(by=by)
    elif adviser is not None:
        text = words.adviser_called(adviser, by=by, is_open=is_open)
    else:
        text = asked.voice.person_called(by=by, is_open=is_open)
    return Answer([Text(text)], asked.memory.closing())


def _promised(asked: Asked) -> datetime:
    return round_up_to(asked.terms.hours.after_work(asked.now, asked.terms.answer_lead), 5)


def ask_back(asked: Asked) -> Answer:
    """A call back: to the number just written, else to the one on file, else ask for one."""
    words = voice(asked.lang)
    told = asked.slots.get("phone")
    on_file = customers.phone_of(asked.db, asked.customer) if asked.customer else None
    number = str(told) if told else on_file
    if number is None:
        kept = asked.memory.opening(CALL_BACK, expecting="human.request")
        return Answer([Choices(words.ask_phone(), (person_button(asked),))], kept)
    by = asked.voice.moment(_promised(asked), now=asked.now)
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
    promised_at = _promised(asked)
    facts = {"phone": number} if told else {"customer": asked.customer}
    worklist.task(
        asked.db,
        CALL_BACK,
        f"conversation:{asked.conversation}",
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
