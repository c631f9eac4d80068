"""Every answer is looked over before it is given: whether a person of the shop should come in
(R-151).

客: (二度続けて、分からないご用件)
証: うまくお答えできず申し訳ございません。担当者にお伝えしました。本日 14:15までにお返事いたします。

Somebody who is not understood again gets a ticket and is told by when. What only staff should know
(a wish about a dear piece, a customer with an adviser, a likely buyer) is a task, once a day for
each conversation and reason; anger and a wish for a person are flows of their own.
"""

from dataclasses import replace

from catalog.customers import queries as customers
from catalog.ground import policy
from catalog.ground.calendar import round_up_to, tokyo_day
from catalog.ground.money import Yen
from catalog.items import queries as items
from conversations.flows.flow import Answer, Asked
from conversations.messages import Text
from conversations.wording.visiting.voice import voice
from handoff.desk import actions as desk
from handoff.desk import promised
from handoff.desk.rules import POINTS, EscalationTerms, Why, escalation
from handoff.desk.tables import TicketReason

LOOK = "look_at"


def look(asked: Asked, answer: Answer) -> Answer:
    """The answer, with the ticket or task that goes with it."""
    is_unclear = asked.intent == "oos"
    unclear = asked.memory.unclear + 1 if is_unclear else 0
    points = POINTS.get(asked.intent, 0)
    if asked.event.is_group or not (is_unclear or points or asked.intent == "media.dispute"):
        return _kept(answer, unclear)
    terms = policy.current(asked.db).of(EscalationTerms)
    adviser = customers.adviser_of(asked.db, asked.customer) if asked.customer else None
    why = escalation(
        terms,
        asked.intent,
        unclear=unclear,
        points=points + asked.memory.points,
        price=_price(asked, answer),
        has_adviser=adviser is not None,
    )
    scored = replace(answer, memory=replace(answer.memory, points=asked.memory.points + points))
    if why is Why.DOUBT:
        return _handed_over(asked, scored)
    if why is not None:
        _tell_staff(asked, why, adviser)
    return _kept(scored, unclear)


def _kept(answer: Answer, unclear: int) -> Answer:
    if answer.memory.unclear == unclear:
        return answer
    return replace(answer, memory=replace(answer.memory, unclear=unclear))


def _price(asked: Asked, answer: Answer) -> Yen | None:
    """The price of the piece the answer is about."""
    code = answer.memory.unit
    if code is None or asked.intent not in {"item.hold", "item.price", "item.detail"}:
        return None
    found = items.by_codes(asked.db, [code], viewer=asked.viewer)
    price = found[0].price if found else None
    return Yen(price) if price is not None else None


def _handed_over(asked: Asked, answer: Answer) -> Answer:
    """Not understood again: somebody answers, and the person is told by when."""
    promised_at = round_up_to(asked.hours.after_work(asked.now, asked.terms.answer_lead), 5)
    called = desk.call(
        asked.db,
        asked.conversation,
        TicketReason.DOUBT,
        lang=asked.lang,
        about_unit=asked.memory.unit,
        promised_at=promised_at,
        now=asked.now,
    )
    by = asked.voice.moment(called.promised_at, now=asked.now)
    words = voice(asked.lang)
    text = (
        words.doubt_handed_over(by=by)
        if called.is_new
        else asked.voice.person_already_called(by=by)
    )
    return Answer([*answer.letters, Text(text)], replace(answer.memory, unclear=0))


def _tell_staff(asked: Asked, why: Why, adviser: str | None) -> None:
    day = tokyo_day(asked.now)
    promised.open_task(
        asked.db,
        LOOK,
        asked.conversation,
        due_at=round_up_to(asked.hours.after_work(asked.now, asked.terms.answer_lead), 5),
        now=asked.now,
        once=f"{why.value}:{day.isoformat()}",
        facts={
            "why": why.value, "intent": asked.intent, "unit": asked.memory.unit, "adviser": adviser,
        },
    )  # fmt: skip
