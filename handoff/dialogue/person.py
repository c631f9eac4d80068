"""Talk to a person (human.request, complaint): acknowledged at once, with a time that will be kept
(R-150).

客: 担当者と話したい
証: 承知いたしました。担当者におつなぎします。本日 14:15までに、こちらでお返事いたします。
客 (23:00): 担当者と話したい
証: 承知いたしました。ただいま営業時間外のため、明日 10:45までに担当者がお返事いたします。…
"""

from catalog.ground.calendar import round_up_to
from conversations.flows.flow import Answer, Asked, Flow
from conversations.messages import Text
from handoff.desk import actions as desk
from handoff.desk.tables import TicketReason


def call(asked: Asked) -> Answer:
    """Open a ticket, or repeat the promise of the one that is open."""
    hours = asked.terms.hours
    promised_at = round_up_to(hours.after_work(asked.now, asked.terms.answer_lead), 5)
    reason = TicketReason.COMPLAINT if asked.intent == "complaint" else TicketReason.ASKED
    called = desk.call(
        asked.db,
        asked.event.conversation,
        reason,
        lang=asked.lang,
        about_unit=asked.memory.unit,
        promised_at=promised_at,
        now=asked.now,
    )
    by = asked.voice.moment(
        called.promised_at if called.promised_at > asked.now else promised_at, now=asked.now
    )
    if called.is_new:
        text = asked.voice.person_called(by=by, is_open=hours.is_open(asked.now))
    else:
        text = asked.voice.person_already_called(by=by)
    return Answer([Text(text)], asked.memory)


FLOW = Flow("person", frozenset({"human.request", "complaint"}), call, {"call": call})
