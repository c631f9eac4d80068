"""Where the shop is and when it is open (店舗案内, R-144, R-168), from the shop's own terms and the
one calendar all promises use.

客: 営業時間は?
証: (card) 銀座店  住所 …  本日の営業時間 10:30〜19:00  [地図を見る] [来店を予約] [担当者と話す]
客: (位置情報)
証: 近い順にご案内します。 (cards) 銀座店 約1.2km … 新宿店 約4.8km …
"""

from collections.abc import Sequence
from datetime import timedelta

from catalog.ground import policy
from catalog.ground.calendar import tokyo_day
from catalog.items.places.terms import Store, StoreTerms, nearest, told
from conversations.flows.flow import Answer, Asked, Flow, person_button, tap
from conversations.messages import Button, Card, Cards, Choices, Letter, Place, Tone
from conversations.wording.visiting.voice import voice

MOST = 3  # stores told at once
VISIT = "visits.book"  # handoff/dialogue answers it
_DAYS_AHEAD = 60
_MAP = "https://www.google.com/maps/search/?api=1&query="


def stores_of(asked: Asked) -> Sequence[Store]:
    """The shop's stores, the main one first; none while the shop has not told them."""
    return policy.current(asked.db).of(StoreTerms).stores


def tell(asked: Asked) -> Answer:
    """The stores with address, hours, phone and parking."""
    found = [(store, None) for store in stores_of(asked)[:MOST]]
    if not found:
        return Answer([Choices(hours_told(asked), (person_button(asked),))], asked.memory)
    return Answer(_told(asked, found, hours_told(asked)), asked.memory)


def near(asked: Asked, place: Place) -> Answer:
    """The stores nearest to where somebody is."""
    found = nearest(stores_of(asked), place.latitude, place.longitude)[:MOST]
    if not found:
        return Answer([Choices(asked.voice.place(), (person_button(asked),))], asked.memory)
    return Answer(_told(asked, found, voice(asked.lang).nearest_first()), asked.memory)


def hours_told(asked: Asked) -> str:
    """Today's hours, or the next open day's when the shop is closed today."""
    today, hours = tokyo_day(asked.now), asked.hours
    days = (today + timedelta(days=n) for n in range(_DAYS_AHEAD))
    day = next((day for day in days if hours.spans(day)), today)
    spans = [(span.opens, span.closes) for span in hours.spans(day)]
    return asked.voice.opening_hours(day, spans, is_today=day == today)


def _told(asked: Asked, found: Sequence[tuple[Store, int | None]], words: str) -> Sequence[Letter]:
    cards = tuple(_card(asked, store, metres) for store, metres in found)
    options = (Button(voice(asked.lang).button_visit(), data=tap(VISIT)), person_button(asked))
    return [Cards(cards, said=words), Choices(words, options)]


def _card(asked: Asked, store: Store, metres: int | None) -> Card:
    words = voice(asked.lang)
    hours = asked.terms.hours(asked.db, store.name["ja"])
    spans = [(span.opens, span.closes) for span in hours.spans(tokyo_day(asked.now))]
    lines = [
        (words.label_address(), told(store.address, asked.lang)),
        (words.label_today(), words.spans(spans)),
    ]
    if metres is not None:
        lines.insert(0, (words.label_distance(), words.distance(metres)))
    if store.phone:
        lines.append((words.label_phone(), store.phone))
    if store.parking:
        lines.append((words.label_parking(), told(store.parking, asked.lang)))
    name = store.named(asked.lang)
    return Card(
        heading=name,
        lines=tuple(lines),
        buttons=(
            Button(
                words.button_map(), url=f"{_MAP}{store.latitude},{store.longitude}", tone=Tone.LINK
            ),
            Button(words.button_visit(), data=tap(VISIT, store=store.name["ja"]), tone=Tone.MAIN),
        ),
        said=" ".join([name, *(value for _, value in lines)]),
    )


FLOW = Flow("shop", frozenset({"store.nearest"}), tell, {"hours": tell}, refuses_nothing=True)
