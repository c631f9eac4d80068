"""When the shop is open (営業時間), from the one calendar all promises use.

客: 営業時間は?
証: 本日は 10:30〜19:00 です。…
"""

from datetime import timedelta

from catalog.ground.calendar import tokyo_day
from conversations.flows.flow import Answer, Asked, Flow, person_button
from conversations.messages import Choices

_DAYS_AHEAD = 60


def tell(asked: Asked) -> Answer:
    """Today's hours, or the next open day's when the shop is closed today."""
    today = tokyo_day(asked.now)
    hours = asked.terms.hours
    day = next(
        (
            today + timedelta(days=n)
            for n in range(_DAYS_AHEAD)
            if hours.spans(today + timedelta(days=n))
        ),
        today,
    )
    spans = [(span.opens, span.closes) for span in hours.spans(day)]
    text = asked.voice.opening_hours(day, spans, is_today=day == today)
    return Answer([Choices(text, (person_button(asked),))], asked.memory)


FLOW = Flow("shop", frozenset({"store.nearest"}), tell, {"hours": tell})
