"""Having a piece held (取り置き, item.hold, R-032): until closing time, never longer than the terms
allow; extended, released, listed. To everyone else it is under negotiation, by whom nobody learns.

取引先: W-1042 取り置き
証: コスモグラフ デイトナ(W-1042)を、本日 19:00までお取り置きいたします。よろしいでしょうか。
    [取り置く] [やめる] [担当者と話す]
取引先: はい
証: 承知いたしました。…本日 19:00までお取り置きしております。…
    [延長する] [解除する] [取り置き一覧]
他店: W-1042 取り置き
証: 申し訳ございません。…ほかのお客様と商談中のため、お取り置きできません。… [お知らせを受ける]
"""

from datetime import date, datetime, time

from catalog.ground import policy
from catalog.ground.errors import Missing
from catalog.ground.record import UnitId
from catalog.items import queries as items
from catalog.items.actions import MoveRefused, UnitTaken
from catalog.items.holds import actions as holding
from catalog.items.holds import queries as holds
from catalog.items.holds import rules
from catalog.items.holds.rules import HoldTooLong
from catalog.items.holds.tables import Hold
from catalog.items.queries import UnitFacts
from catalog.items.terms import ItemTerms
from catalog.partners.rules import Right
from conversations.flows import cards, finding
from conversations.flows.apart import apart
from conversations.flows.flow import Answer, Asked, Flow, confirm, moment_behind, person_button, tap
from conversations.flows.membership import link_first
from conversations.messages import Button, Choices
from conversations.understanding import forms
from conversations.wording.retail.voice import voice


def ask(asked: Asked) -> Answer:
    """Repeat which piece and until when; what is held already is told with what may be done."""
    if asked.viewer.who is None:
        return link_first(asked)
    found = finding.find(asked, asked.viewer.able_to(Right.HOLD))
    if len(found.units) > 1:
        label = voice(asked.lang).button_hold()
        return finding.choose(asked, found, verb="holds.ask", label=label)
    if not found.units:
        return finding.nothing(asked, found)
    unit = found.units[0]
    held = holds.active_hold(asked.db, unit.id, now=asked.now)
    if held is not None and held.holder == asked.viewer.who:
        return _standing(asked, unit, held)
    if cards.standing(asked, unit, held) != "free":
        return _not_free(asked, unit, held)
    hours = _most_hours(asked)
    until = _asked_end(asked) or rules.usual_end(
        asked.hours, since=asked.now, most_hours=hours, now=asked.now
    )
    try:
        rules.check_length(until, since=asked.now, hours=hours, now=asked.now)
    except HoldTooLong as long:
        return _question(asked, unit, long.latest, text=_too_long(asked, long))
    return _question(asked, unit, until)


def _most_hours(asked: Asked) -> int:
    return policy.current(asked.db).of(ItemTerms).hold_hours


def _asked_end(asked: Asked) -> datetime | None:
    """Until when somebody asks; slots of words are typed, those of buttons are not."""
    day, at = asked.slots.get("date"), asked.slots.get("time")
    return rules.asked_end(
        asked.hours,
        day=day if isinstance(day, date) else None,
        at=at if isinstance(at, time) else None,
        now=asked.now,
    )


def _too_long(asked: Asked, long: HoldTooLong) -> str:
    return voice(asked.lang).hold_too_long(asked.voice.moment(long.latest, now=asked.now))


def _question(asked: Asked, unit: UnitFacts, until: datetime, *, text: str | None = None) -> Answer:
    words = voice(asked.lang)
    told = asked.voice.moment(until, now=asked.now)
    return confirm(
        asked,
        text or words.hold_question(unit.named(asked.lang), unit.code, told),
        verb="holds.place",
        label=words.button_hold(),
        memory=asked.memory.about(unit.code),
        binds=False,
        sku=unit.code,
        until=until.isoformat(),
        who=asked.viewer.who,
    )


def place(asked: Asked) -> Answer:
    """Hold it, when it is still free and this is the one who was asked."""
    unit = _unit(asked, Right.HOLD)
    who, until = asked.viewer.who, moment_behind(asked.slots.get("until"))
    if unit is None or who is None or until is None or asked.slots.get("who") != who:
        return finding.nothing(asked, finding.Found(unknown=finding.written_in(asked)))
    try:
        held = holding.hold(
            asked.db, unit.id, who, until, by=who, now=asked.now, key=asked.key("hold")
        )
    except UnitTaken:
        return _taken(asked, unit)
    except MoveRefused:
        return _said(asked, unit, voice(asked.lang).hold_not_now(unit.named(asked.lang)))
    except HoldTooLong as long:
        return _question(asked, unit, long.latest, text=_too_long(asked, long))
    if not rules.stands(until=held.until, released_at=held.released_at, now=asked.now):
        return _over(asked)
    told = asked.voice.moment(held.until, now=asked.now)
    text = voice(asked.lang).hold_placed(unit.named(asked.lang), unit.code, told)
    return _said(asked, unit, text, *_more(asked, unit))


def _unit(asked: Asked, right: Right | None) -> UnitFacts | None:
    found = finding.find(asked, asked.viewer.able_to(right))
    return found.units[0] if len(found.units) == 1 else None


def _said(asked: Asked, unit: UnitFacts, text: str, *buttons: Button) -> Answer:
    kept = asked.memory.about(unit.code)
    return Answer([Choices(text, (*buttons, person_button(asked)))], kept)


def _more(asked: Asked, unit: UnitFacts) -> tuple[Button, ...]:
    words = voice(asked.lang)
    return (
        Button(words.button_extend(), data=tap("holds.extend", sku=unit.code)),
        Button(words.button_release(), data=tap("holds.release", sku=unit.code)),
        Button(words.button_holds(), data=tap("holds.mine")),
    )


def _standing(asked: Asked, unit: UnitFacts, held: Hold) -> Answer:
    told = asked.voice.moment(held.until, now=asked.now)
    text = voice(asked.lang).hold_standing(unit.named(asked.lang), unit.code, told)
    return _said(asked, unit, text, *_more(asked, unit))


def _not_free(asked: Asked, unit: UnitFacts, held: Hold | None) -> Answer:
    if cards.standing(asked, unit, held) == "talks":
        return _taken(asked, unit)
    return _said(asked, unit, voice(asked.lang).hold_not_now(unit.named(asked.lang)))


def _taken(asked: Asked, unit: UnitFacts) -> Answer:
    """Somebody was first; who it is stays with the shop."""
    text = voice(asked.lang).hold_taken(unit.named(asked.lang))
    watch, similar = cards.watch_button(asked, unit), cards.similar_button(asked, unit)
    return _said(asked, unit, text, watch, similar)


def _over(asked: Asked) -> Answer:
    text = voice(asked.lang).hold_over()
    return Answer([Choices(text, (person_button(asked),))], asked.memory)


def _own(asked: Asked) -> tuple[UnitFacts, Hold] | None:
    """The piece meant and this person's own hold on it; the only one they have, when none is
    named.
    """
    who = asked.viewer.who
    if who is None:
        return None
    unit = _unit(asked, None)
    if unit is None:
        mine = holds.holds_of(asked.db, who, now=asked.now)
        if finding.written_in(asked) or len(mine) != 1:
            return None
        unit = items.by_id(asked.db, UnitId(mine[0].unit_id), viewer=asked.viewer)
    held = holds.active_hold(asked.db, unit.id, now=asked.now) if unit is not None else None
    if unit is None or held is None or held.holder != who:
        return None
    return unit, held


def extend(asked: Asked) -> Answer:
    """Until the closing after, within the terms; the question says until when."""
    own = _own(asked)
    if own is None:
        return _over(asked)
    unit, held = own
    until = rules.next_end(
        asked.hours, held.until, since=held.placed_at, most_hours=_most_hours(asked)
    )
    if until <= held.until:
        told = asked.voice.moment(held.until, now=asked.now)
        return _said(asked, unit, voice(asked.lang).hold_too_long(told))
    return _question(asked, unit, until)


def release(asked: Asked) -> Answer:
    """Repeat what would end."""
    own = _own(asked)
    if own is None:
        return _over(asked)
    unit, held = own
    words = voice(asked.lang)
    told = asked.voice.moment(held.until, now=asked.now)
    return confirm(
        asked,
        words.hold_release_question(unit.named(asked.lang), unit.code, told),
        verb="holds.end",
        label=words.button_release(),
        memory=asked.memory.about(unit.code),
        binds=False,
        sku=unit.code,
        hold=held.id,
    )


def end(asked: Asked) -> Answer:
    """End exactly the hold that was asked about, when it is still theirs."""
    own = _own(asked)
    if own is None or own[1].id != asked.slots.get("hold"):
        return _over(asked)
    unit, held = own
    try:
        holding.release(asked.db, held.id, by=held.holder, now=asked.now)
    except Missing:
        return _over(asked)
    return _said(asked, unit, voice(asked.lang).hold_released(unit.named(asked.lang)))


def mine(asked: Asked) -> Answer:
    """What this firm or person has held (取り置き一覧)."""
    if (elsewhere := apart(asked)) is not None:
        return elsewhere
    who = asked.viewer.who
    if who is None:
        return link_first(asked)
    words = voice(asked.lang)
    rows, codes = [], []
    for held in holds.holds_of(asked.db, who, now=asked.now)[: finding.MOST]:
        unit = items.by_id(asked.db, UnitId(held.unit_id), viewer=asked.viewer)
        if unit is not None:
            until = asked.voice.moment(held.until, now=asked.now)
            rows.append((unit.code, unit.named(asked.lang), until))
            codes.append(unit.code)
    if not rows:
        return Answer([Choices(words.no_holds(), (person_button(asked),))], asked.memory)
    options = [Button(code, data=tap("holds.ask", sku=code)) for code in codes]
    kept = asked.memory.offering(tuple(codes), verb="holds.ask")
    return Answer([Choices(words.holds(rows), (*options, person_button(asked)))], kept)


FLOW = Flow(
    "holds",
    frozenset({"item.hold"}),
    ask,
    {
        "ask": ask,
        "place": place,
        "extend": extend,
        "release": release,
        "end": end,
        "mine": mine,
    },
    {"mine": forms.HOLDS, "extend": forms.EXTEND, "release": forms.RELEASE},
)
