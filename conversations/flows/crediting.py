"""Store credit in the chat (ストアクレジット, R-103 to R-115): what there is and until when, what
changed and why, how it works, the code for the till, pieces within reach.

客: 残高と期限教えて
証: (card) ストアクレジット  残高 ¥58,000  ご返品分 ¥8,000 2027年3月31日(水)まで …
    [店頭で使う] [残高で選べる商品] [ご利用明細] [担当者と話す]
    次に期限を迎えるのは、2027年3月31日(水)までの¥8,000です。 …
客: 店で使いたい
証: 店頭でこのコードをお見せください。 7KQ2-M9XT (本日 14:35まで・1回限り) …
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from catalog.credit import codes, queries, rules
from catalog.credit.posting import AccountMissing
from catalog.credit.queries import Balance, Line, LotLeft
from catalog.credit.terms import CreditTerms, Origin
from catalog.ground import policy
from catalog.ground.calendar import at_tokyo, tokyo_day
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId
from catalog.items.similar import within
from conversations.flows import credit_ending
from conversations.flows.apart import alone
from conversations.flows.flow import Answer, Asked, Flow, person_button, tap
from conversations.flows.membership import link_first
from conversations.messages import Button, Card, Cards, Choices, Tone
from conversations.wording.credit.voice import CreditVoice, voice

_LOTS = 8  # lines of lots on a card
_ENTRIES = 8  # lines of a statement
_REACH = 3  # pieces named
_EXAMPLE = Yen(100_000)
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


def _words(asked: Asked) -> CreditVoice:
    return voice(asked.lang)


def _say(asked: Asked, text: str, *buttons: Button) -> Answer:
    told = Choices(text, (*buttons, person_button(asked)))
    return Answer([told], asked.memory.closing())


def _till(asked: Asked) -> Button:
    return Button(_words(asked).button_till(), data=tap("credit.till"))


def _reach(asked: Asked) -> Button:
    return Button(_words(asked).button_reach(), data=tap("credit.reach"))


def _history(asked: Asked) -> Button:
    return Button(_words(asked).button_history(), data=tap("credit.history"))


def _howto(asked: Asked) -> Button:
    return Button(_words(asked).button_howto(), data=tap("credit.howto"))


def balance(asked: Asked) -> Answer:
    """In all, by lot with its last day, paid and free apart, what ends next (R-103, R-104,
    R-114).
    """
    if asked.customer is None:
        return link_first(asked)
    told, words = queries.balance(asked.db, asked.customer, asked.now), _words(asked)
    if not (told.lots or told.held or told.owed):
        return _say(asked, words.nothing(), _howto(asked), _history(asked))
    lines = [(words.label_total(), words.money(told.spendable)), *_lots(words, told.lots)]
    lines += _apart(words, told)
    card = Card(
        heading=words.heading(),
        lines=tuple(lines),
        note=_ends_next(words, told),
        buttons=(
            *((_till(asked),) if told.spendable else ()),
            *((_reach(asked),) if told.spendable else ()),
            _history(asked),
            person_button(asked),
        ),
        said=words.balance_said(lines, _ends_next(words, told)),
    )
    return Answer([card], asked.memory.closing())


def _lots(words: CreditVoice, lots: Sequence[LotLeft]) -> list[tuple[str, str]]:
    """In the order in which they would be spent (CRD-4)."""
    lines = [
        (words.origin(lot.origin), words.lot(lot.left, lot.expires_on)) for lot in lots[:_LOTS]
    ]
    rest = lots[_LOTS:]
    if rest:
        lines.append((words.label_more(len(rest)), words.money(Yen(sum(x.left for x in rest)))))
    return lines


def _apart(words: CreditVoice, told: Balance) -> list[tuple[str, str]]:
    amounts = [(words.label_paid(), told.paid), (words.label_free(), told.free)]
    lines = [(label, words.money(amount)) for label, amount in amounts]
    if told.held:
        lines.append((words.label_held(), words.money(told.held)))
    if told.owed:
        lines.append((words.label_owed(), words.money(told.owed)))
    return lines


def _ends_next(words: CreditVoice, told: Balance) -> str:
    if told.next_expires_on is None:
        return words.never_ends() if told.spendable else words.nothing_to_end()
    return words.ends_next(told.next_expires_on, told.ends_next)


def expiry(asked: Asked) -> Answer:
    """What ends when, the nearest first (R-104)."""
    if asked.customer is None:
        return link_first(asked)
    told, words = queries.balance(asked.db, asked.customer, asked.now), _words(asked)
    if not told.lots:
        return _say(asked, words.nothing(), _howto(asked))
    days = [(day, amount) for day, amount in _by_day(told.lots).items() if day is not None]
    endless = Yen(sum(lot.left for lot in told.lots if lot.expires_on is None))
    text = words.expiry(days[:_LOTS], endless, len(days[_LOTS:]))
    return _say(asked, text, _reach(asked), _till(asked))


def _by_day(lots: Sequence[LotLeft]) -> dict[date | None, Yen]:
    """They come in the order of their last days."""
    sums: dict[date | None, Yen] = {}
    for lot in lots:
        sums[lot.expires_on] = Yen(sums.get(lot.expires_on, 0) + lot.left)
    return sums


def history(asked: Asked) -> Answer:
    """The latest changes with their reasons, and what was left after each (R-111, R-115)."""
    if asked.customer is None:
        return link_first(asked)
    words = _words(asked)
    told = queries.statement(
        asked.db, asked.customer, begins=_BEGINNING, ends=_after(asked.now), now=asked.now
    )
    if not told.lines:
        return _say(asked, words.no_history(), _howto(asked))
    latest = list(told.lines)[::-1][:_ENTRIES]
    lines = [(words.day(tokyo_day(line.at)), _entry(words, line)) for line in latest]
    card = Card(
        heading=words.history_heading(),
        lines=((words.label_total(), words.money(told.balance.spendable)), *lines),
        note=words.history_note(len(latest), len(told.lines)),
        buttons=(
            Button(words.button_balance(), data=tap("credit.balance"), tone=Tone.MAIN),
            person_button(asked),
        ),
        said=words.history_said([f"{day} {what}" for day, what in lines]),
    )
    return Answer([card], asked.memory.closing())


def _after(now: datetime) -> datetime:
    """The end of today: what is written in this very second counts."""
    day = tokyo_day(now)
    return at_tokyo(date.fromordinal(day.toordinal() + 1))


def _entry(words: CreditVoice, line: Line) -> str:
    return words.entry(line.kind, line.origin, line.amount, line.yen, line.left, line.reason)


def howto(asked: Asked) -> Answer:
    """How it works before anybody chooses it: where it is used, how long it lives, the bonus beside
    cash, and that it is never paid out (R-106 to R-110, CRD-6, CRD-13).
    """
    if _is_at_the_till(asked):
        return till(asked)
    terms, words = policy.current(asked.db).of(CreditTerms), _words(asked)
    amount = _money(asked) or _EXAMPLE
    bonus = rules.credit_bonus(terms, amount)
    lives = [(origin.value, days) for origin, days in terms.life_days().items() if origin in _TOLD]
    compared = words.compared(amount, bonus, terms.bonus_days)
    text = words.howto(lives) + "\n\n" + compared if bonus else words.howto(lives)
    if asked.customer is None:
        link = Button(asked.voice.button_link(), data=tap("membership.link"))
        return _say(asked, text, link)
    return _say(asked, text, _till(asked), _reach(asked))


_TOLD = (Origin.RETURN, Origin.TRADE_IN, Origin.CONSIGNMENT_PAYOUT, Origin.BONUS)


def _money(asked: Asked) -> Yen | None:
    money = asked.slots.get("money")
    return Yen(int(money)) if money and str(money).isdecimal() and int(money) > 0 else None


def _is_at_the_till(asked: Asked) -> bool:
    """「店で使いたい」, told apart by where: the slots name a store or the way."""
    slots = asked.slots
    return bool(slots.get("store")) or "store" in {slots.get("via"), slots.get("visit")}


def till(asked: Asked) -> Answer:
    """A code to show at the till, for some minutes; nothing is spent by it (R-106). An amount named
    limits what it can take.
    """
    if asked.customer is None:
        return link_first(asked)
    words = _words(asked)
    held = queries.balance(asked.db, asked.customer, asked.now).spendable
    if not held:
        return _say(asked, words.nothing_to_spend(), _howto(asked))
    most = _money(asked)
    try:
        with asked.db.begin_nested():
            shown = codes.show(asked.db, CustomerId(asked.customer), most=most, now=asked.now)
    except AccountMissing:
        return _say(asked, words.nothing_to_spend(), _howto(asked))
    until = asked.voice.moment(shown.ends_at, now=asked.now)
    return _say(asked, words.till_code(shown.code, until, held, most), _till_again(asked))


def _till_again(asked: Asked) -> Button:
    return Button(_words(asked).button_new_code(), data=tap("credit.till"))


def reach(asked: Asked) -> Answer:
    """Three pieces the credit reaches (R-113); with less, that it can be part of the price."""
    if asked.customer is None:
        return link_first(asked)
    words = _words(asked)
    held = queries.balance(asked.db, asked.customer, asked.now).spendable
    if not held:
        return _say(asked, words.nothing_to_spend(), _howto(asked))
    pieces = within(asked.db, held, but_of=asked.customer, limit=_REACH)
    if not pieces:
        search = Button(asked.voice.button_search(), data=tap("pieces.which"))
        return _say(asked, words.nothing_within(held), search)
    cards = tuple(
        Card(
            heading=unit.named(asked.lang),
            lines=(
                (asked.voice.label_code(), unit.code),
                (asked.voice.label_grade(), asked.voice.grade(unit.grade)),
                (asked.voice.label_price(), asked.voice.yen(unit.price or 0)),
            ),
            buttons=(
                Button(
                    asked.voice.button_film(), data=tap("media.show", sku=unit.code),
                    said=unit.code, tone=Tone.MAIN,
                ),
                person_button(asked),
            ),
            said=unit.named(asked.lang),
        )
        for unit in pieces
    )  # fmt: skip
    text = words.within(held, len(cards))
    memory = asked.memory.closing().offering(tuple(unit.code for unit in pieces), verb="media.show")
    return Answer([Cards(cards, said=text), Choices(text, (person_button(asked),))], memory)


_STEPS = {
    "credit.balance": balance,
    "credit.expiry": expiry,
    "credit.history": history,
    "credit.howto": howto,
}


def step(asked: Asked) -> Answer:
    """By what is wished."""
    return _STEPS[asked.intent](asked)


FLOW = alone(
    Flow(
        "credit",
        frozenset(_STEPS),
        step,
        {
            "balance": balance,
            "expiry": expiry,
            "history": history,
            "howto": howto,
            "till": till,
            "reach": reach,
            "pay_out": credit_ending.pay_out,
            "keep": credit_ending.keep,
        },
    ),
    free=("credit.howto", "howto"),
)
