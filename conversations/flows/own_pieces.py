"""A piece of one's own: what was on record when it came, and where it has been since (R-022,
R-078).

客: 私の時計の状態
証: (card) お預かり時の記録: デイトナ  ランク A  報告書 2026年11月20日  … (film) (photo)
客: 私の時計はいま?
証: (card) 管理の経過: デイトナ  到着 2026年11月20日(金) 14:05 写真1点  開梱 … 動画1点
    査定 … 撮影記録なし  保管 …  (film of the opening) (photo)
    デイトナは、2026年11月21日(土) 10:00から「保管」です。 [状態] [担当者と話す]

Whose it is the registers tell: consigned, sent in to be bought, or bought here. A buyer sees what
came after the sale, a seller and a consignor what is theirs; nobody sees where it went from there.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from catalog.buyback import queries as buyback
from catalog.buyback.stages import HELD
from catalog.consignment import queries as consignment
from catalog.consignment.queries import Status
from catalog.ground.record import AssetId, UnitId
from catalog.items import queries as items
from catalog.items.custody import Phase
from catalog.items.queries import UnitFacts
from catalog.items.rules import STAFF
from catalog.items.words import codes, narrow
from catalog.orders import queries as orders
from catalog.orders.states import LineState
from conversations.flows import consigned, intake_record
from conversations.flows.flow import Answer, Asked, Flow, person_button, tap
from conversations.flows.membership import link_first
from conversations.flows.orders import condition
from conversations.flows.orders.bought import private
from conversations.flows.selling.standing import open_cases, pieces_at, seller
from conversations.flows.showing import Recipient, media_letters, told
from conversations.messages import Button, Card, Choices, Letter, Said
from conversations.understanding import forms
from conversations.understanding.words import category_in
from conversations.wording.consigning.voice import voice as consigning_voice
from conversations.wording.custody.voice import voice
from media.assets import queries as assets
from media.assets.kinds import AssetKind
from media.renditions import queries as renditions
from media.report.timeline import Witness, timeline

_MOST = 10  # buttons of a choice
_MOST_MEDIA = 3  # with the card they fit into one free reply
# What is done with a piece once it is somebody else's.
_OTHERS = frozenset({Phase.SENT, Phase.DELIVERED, Phase.COMING_BACK})
_BEGINS = frozenset({Phase.COMING, Phase.ARRIVAL})


@dataclass(frozen=True, slots=True)
class Own:
    """A piece of this customer's. `line`: of the order it was bought with, `since`: when;
    `contract`: the consignment it is under.
    """

    unit: UnitFacts
    line: str | None = None
    since: datetime | None = None
    contract: Status | None = None


Then = Callable[[Asked, Own], Answer]


def way(asked: Asked) -> Answer:
    """Where it has been, and is now."""
    return _of_one(asked, "own.way", _way)


def state(asked: Asked) -> Answer:
    """In what state it came, or was bought."""
    return _of_one(asked, "own.state", _state)


def _of_one(asked: Asked, verb: str, then: Then) -> Answer:
    if asked.customer is None:
        return link_first(asked)
    words = voice(asked.lang)
    found = _meant(asked, _all(asked))
    if not found:
        return Answer([Choices(words.none(), (person_button(asked),))], asked.memory.closing())
    if len(found) == 1:
        return then(asked, found[0])
    options = [
        Button(
            f"{each.unit.code} {each.unit.named(asked.lang)}",
            data=tap(verb, sku=each.unit.code),
            said=each.unit.code,
        )
        for each in found[:_MOST]
    ]
    kept = asked.memory.offering(tuple(each.unit.code for each in found[:_MOST]), verb=verb)
    return Answer([Choices(words.which(len(found)), (*options, person_button(asked)))], kept)


def _all(asked: Asked) -> list[Own]:
    """Everything of theirs that is here or was bought here, each piece once."""
    customer = str(asked.customer)
    found: list[Own] = []
    for contract in consignment.of_customer(asked.db, customer, now=asked.now):
        if contract.state not in consigned.OVER:
            found += _own(asked, contract.unit_id, contract=contract)
    for case in open_cases(asked):
        for piece in pieces_at(case, HELD):
            row, _ = buyback.piece_of(asked.db, piece.piece_id, customer=seller(asked).id)
            found += _own(asked, row.unit_id)
    for each in orders.bought(asked.db, customer):
        if each.line.state != LineState.RETURNED.value:
            found += _own(asked, each.line.unit_id, line=each.line.id, since=each.order.ordered_at)
    return list({each.unit.id: each for each in reversed(found)}.values())[::-1]


def _own(
    asked: Asked,
    unit_id: str | None,
    *,
    line: str | None = None,
    since: datetime | None = None,
    contract: Status | None = None,
) -> list[Own]:
    unit = items.by_id(asked.db, UnitId(unit_id), viewer=STAFF) if unit_id else None
    return [Own(unit, line, since, contract)] if unit is not None else []


def _meant(asked: Asked, found: list[Own]) -> list[Own]:
    """Those of the code that was written or pressed, else of the kind that was named, else the one
    talked about.
    """
    sku = asked.slots.get("sku")
    written = set(codes(sku)) if isinstance(sku, str) else {str(each) for each in sku or ()}
    if written:
        return [each for each in found if each.unit.code in written]
    kind = _category(asked)
    alike = [each for each in found if each.unit.category == kind]
    if alike:
        return alike
    talked = [each for each in found if each.unit.code == asked.memory.unit]
    return talked or found


def _category(asked: Asked) -> str | None:
    """What kind of piece they wrote of."""
    body = asked.event.body
    return category_in(narrow(body.text)) if isinstance(body, Said) else None


def _state(asked: Asked, own: Own) -> Answer:
    if own.line is not None:
        return condition.of_bought(replace(asked, slots={"line": own.line}))
    if own.contract is not None:
        taken = consigned.intake(asked, own.contract)
    else:
        taken = assets.of_unit(asked.db, own.unit.id)[::-1]
    return intake_record.tell(asked, own.unit, taken)


def _way(asked: Asked, own: Own) -> Answer:
    words, title = voice(asked.lang), own.unit.named(asked.lang)
    whole = timeline(asked.db, own.unit.id)
    mine = theirs(whole, bought_at=own.since)
    memory = asked.memory.about(own.unit.code).closing()
    if not mine:
        return Answer([Choices(words.nothing(title), (person_button(asked),))], memory)
    last = mine[-1]
    is_now = last.stretch == whole[-1].stretch
    text = words.told(
        title,
        last.stretch.phase.value if is_now else None,
        asked.voice.captured(last.stretch.since),
    )
    record = Button(
        consigning_voice(asked.lang).button_record(), data=tap("own.state", sku=own.unit.code)
    )
    card = Card(
        heading=words.heading(title),
        lines=tuple(_line(asked, each) for each in mine),
        note=text,
        buttons=(record, person_button(asked)),
        said=text,
    )
    return Answer([card, *_media(asked, own, mine)], memory)


def theirs(whole: Sequence[Witness], *, bought_at: datetime | None) -> list[Witness]:
    """What of its past is this person's. A buyer's begins with the sale; another's with the last
    time the piece came in before it was sold, without what was done with it for its buyer.
    """
    if bought_at is not None:
        return [each for each in whole if each.stretch.since >= bought_at]
    sold = [n for n, each in enumerate(whole) if each.stretch.phase in _OTHERS]
    until = sold[0] if sold else len(whole)
    starts = [n for n in range(until) if whole[n].stretch.phase in _BEGINS]
    begins = [n for n in starts if n == 0 or whole[n - 1].stretch.phase not in _BEGINS]
    kept = whole[begins[-1] if begins else 0 :]
    return [each for each in kept if each.stretch.phase not in _OTHERS]


def _line(asked: Asked, each: Witness) -> tuple[str, str]:
    words = voice(asked.lang)
    since = asked.voice.captured(each.stretch.since)
    films, stills = each.count(AssetKind.FILM), each.count(AssetKind.STILL)
    value = words.step(since, films, stills, is_lacking=each.is_lacking)
    return words.phase(each.stretch.phase.value), value


def _media(asked: Asked, own: Own, mine: Sequence[Witness]) -> list[Letter]:
    """Of each of the latest phases one capture, a film before a picture, in their order."""
    to = Recipient(asked.conversation, asked.terms.public_url, asked.viewer.partner)
    letters: list[list[Letter]] = []
    for witness in reversed(mine):
        captures = sorted(witness.captures, key=lambda each: each.kind != AssetKind.FILM.value)
        for each in captures:
            shown = renditions.of_asset(asked.db, AssetId(each.id))
            if shown is not None and not shown.is_pending:
                said = told(asked.voice, own.unit, shown)
                letters.append([*media_letters(asked.db, shown, to, said=said, now=asked.now)])
                break
        if len(letters) == _MOST_MEDIA:
            break
    return [letter for each in reversed(letters) for letter in each]


FLOW = Flow(
    "own",
    frozenset(),
    private(way),
    {"way": private(way), "state": private(state)},
    {"way": forms.OWN_WAY, "state": forms.OWN_STATE},
)
