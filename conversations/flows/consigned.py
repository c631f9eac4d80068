"""Which consigned piece is meant, where it stands, and what was on record when it came (委託の状況,
R-066, R-076, R-078).

客: 委託どう?
証: (card) ケリー 28  販売中  掲載開始 2026年10月1日  販売価格 ¥300,000  お受取予定 ¥255,000(85%)
    ご覧になった回数 12回  委託期限 2027年3月30日(あと128日)  [お預かり時の記録] [買取に変更] …
客: 私の時計の状態
証: (card) お預かり時の記録  10月1日 14:05 動画 SHA-256 3f9a0c1b2d4e …  (film) (photo)
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from catalog.consignment import queries
from catalog.consignment.queries import Status
from catalog.consignment.states import ContractState
from catalog.duties.actors import Actor, Role
from catalog.ground.calendar import at_tokyo, tokyo_day
from catalog.ground.record import CustomerId, UnitId
from catalog.items import queries as items
from catalog.items.queries import UnitFacts
from catalog.items.rules import STAFF
from conversations.flows import intake_record
from conversations.flows.flow import Answer, Asked, person_button, tap
from conversations.flows.membership import link_first
from conversations.messages import Button, Card, Cards, Choices, Letter, Tone
from conversations.wording.consigning.voice import ConsigningVoice
from conversations.wording.consigning.voice import voice as voice_of
from media.assets import queries as assets
from media.assets.tables import Asset
from media.sharing import views

TASK = "consigning"
_MOST = 10  # cards side by side, buttons of a choice
OVER = frozenset({ContractState.CLOSED, ContractState.RETURNED})

Then = Callable[[Asked, Status], Answer]


def words(asked: Asked) -> ConsigningVoice:
    """What is said of consignment, in the conversation's language."""
    return voice_of(asked.lang)


def consignor(asked: Asked) -> Actor:
    """The customer as who decides about their own piece."""
    return Actor(str(asked.customer), Role.CUSTOMER)


def key_of(asked: Asked, verb: str, status: Status) -> str:
    """The idempotency key of a command about one contract: two chosen after one question are two
    commands.
    """
    return asked.key(f"{verb}:{status.contract_id}")


def say(asked: Asked, text: str, *buttons: Button, letters: Sequence[Letter] = ()) -> Answer:
    """A sentence with what may be done next, a person last; no step is open any more."""
    told = Choices(text, (*buttons, person_button(asked)))
    return Answer([*letters, told], asked.memory.closing())


def of_one(
    asked: Asked,
    verb: str,
    then: Then,
    *,
    fits: frozenset[ContractState] = frozenset(),
    is_declined_too: bool = False,
) -> Answer:
    """Go on with the one contract that is meant, or let the customer choose; `fits`: contracts in
    these states are meant before others; `is_declined_too`: one that was declined, replaced or
    taken back, by its own button. Nobody else's is ever found.
    """
    if asked.customer is None:
        return link_first(asked)
    customer, asked = asked.customer, _going_on(asked)
    found = _meant(asked, customer, fits, is_declined_too=is_declined_too)
    if not found:
        return say(asked, words(asked).none())
    if len(found) > 1:
        return _choose(asked, found, verb)
    return then(asked, found[0])


def _going_on(asked: Asked) -> Asked:
    """What was settled before a choice or a price was asked for still holds for the answer."""
    memory = asked.memory
    is_answer = "ordinal" in asked.slots or asked.expecting == asked.intent
    if memory.task != TASK or not is_answer or "contract" in asked.slots:
        return asked
    slots = {**memory.facts, **asked.slots}
    ordinal = asked.slots.get("ordinal")
    if isinstance(ordinal, int) and 1 <= ordinal <= len(memory.shown):
        slots["contract"] = memory.shown[ordinal - 1]
    return replace(asked, slots=slots)


def _meant(
    asked: Asked,
    customer: CustomerId,
    fits: frozenset[ContractState] = frozenset(),
    *,
    is_declined_too: bool = False,
) -> list[Status]:
    chosen, sku = asked.slots.get("contract"), asked.slots.get("sku")
    every = queries.of_customer(
        asked.db, customer, now=asked.now, is_declined_too=bool(chosen) and is_declined_too
    )
    if chosen:
        return [each for each in every if each.contract_id == chosen]
    if sku:
        codes = [sku] if isinstance(sku, str) else list(sku)
        return _narrowed([each for each in every if each.unit_code in codes], fits)
    talked = [each for each in every if each.unit_code == asked.memory.unit]
    if talked and asked.slots.get("deictic"):
        return _narrowed(talked, fits)
    going = [each for each in every if each.state not in OVER] or every[-1:]
    return _narrowed(_of_kind(asked, going), fits)


def _narrowed(found: list[Status], fits: frozenset[ContractState]) -> list[Status]:
    return [each for each in found if each.state in fits] or found


def _of_kind(asked: Asked, found: list[Status]) -> list[Status]:
    """「時計の委託」: those of that category, where any is."""
    category = asked.slots.get("category")
    if not category or len(found) < 2:
        return found
    alike = [each for each in found if facts_of(asked, each).category == category]
    return alike or found


def facts_of(asked: Asked, status: Status) -> UnitFacts:
    """The piece of a contract of the customer's own, wherever it stands now."""
    unit = items.by_id(asked.db, UnitId(status.unit_id), viewer=STAFF)
    assert unit is not None  # a contract names a unit there is
    return unit


def named(asked: Asked, status: Status) -> str:
    """What the piece is called."""
    return facts_of(asked, status).named(asked.lang)


def _choose(asked: Asked, found: Sequence[Status], verb: str) -> Answer:
    """A short choice; what was said with it stays behind the buttons."""
    kept = {name: str(asked.slots[name]) for name in ("money",) if asked.slots.get(name)}
    buttons = [
        Button(
            each.unit_code,
            data=tap(verb, contract=each.contract_id, once=asked.once, **kept),
            said=each.unit_code,
        )
        for each in found[:_MOST]
    ]
    told = [(each.unit_code, named(asked, each)) for each in found[:_MOST]]
    ids = tuple(each.contract_id for each in found[:_MOST])
    memory = asked.memory.offering(ids, verb=verb).opening(TASK, once=asked.once, **kept)
    options = (*buttons, person_button(asked))
    return Answer([Choices(words(asked).which_contract(told), options)], memory)


def status(asked: Asked) -> Answer:
    """Where the customer's pieces stand (R-066): one card, or all side by side."""
    if asked.customer is None:
        return link_first(asked)
    if any(asked.slots.get(name) for name in ("media", "part", "category")):
        return of_one(asked, "consigning.record", _status_and_record)
    found = _meant(_going_on(asked), asked.customer)
    if not found:
        return say(asked, words(asked).none())
    cards = [card(asked, each) for each in found[:_MOST]]
    if len(cards) == 1:
        return Answer(cards, asked.memory.about(found[0].unit_code).closing())
    ids = tuple(each.contract_id for each in found[:_MOST])
    memory = asked.memory.offering(ids, verb="consigning.show").opening(TASK, once=None)
    return Answer([Cards(tuple(cards), said=words(asked).several(len(cards)))], memory)


def card(asked: Asked, status: Status) -> Card:
    """One contract at a glance."""
    told = words(asked)
    lines = [
        (told.label_piece(), status.unit_code),
        (told.label_stage(), told.stage(status.stage)),
        *_price_lines(asked, status),
    ]
    if status.last_day is not None and status.days_left is not None:
        lines.append((told.label_term(), told.term(status.last_day, status.days_left)))
    if status.guarantee is not None:
        lines.append((told.label_guarantee(), told.money(status.guarantee)))
    if status.payout is not None:
        lines.append((told.label_payout(), told.money(status.payout)))
    if status.pay_on is not None:
        lines.append((told.label_pay_on(), told.day(status.pay_on)))
    name = named(asked, status)
    return Card(
        heading=name,
        lines=tuple(lines),
        note=told.stage_note(status.stage),
        buttons=(*_next(asked, status), person_button(asked)),
        said=told.status_said(name, lines),
    )


def _price_lines(asked: Asked, status: Status) -> list[tuple[str, str]]:
    told = words(asked)
    lines = []
    if status.listed_since is not None:
        lines.append((told.label_since(), told.day(status.listed_since)))
    if status.price is not None:
        share = queries.payout_at(asked.db, status.price, contract_id=status.contract_id)
        lines.append((told.label_price(), asked.voice.yen(status.price)))
        lines.append((told.label_share(), told.share(share.payout, share.rate_bps)))
    if status.listed_since is not None:
        seen = views.interest(
            asked.db,
            UnitId(status.unit_id),
            since=at_tokyo(status.listed_since),
            but=asked.conversation,
        )
        lines.append((told.label_views(), told.views(seen.shown, seen.watched)))
    return lines


def _next(asked: Asked, status: Status) -> list[Button]:
    """What may be done with a contract where it stands."""
    told, contract = words(asked), status.contract_id

    def button(label: str, verb: str, *, tone: Tone = Tone.OTHER) -> Button:
        return Button(label, data=tap(f"{TASK}.{verb}", contract=contract), tone=tone)

    record = button(told.button_record(), "record", tone=Tone.MAIN)
    match status.state:
        case ContractState.PROPOSED:
            return [button(told.button_contract(), "contract", tone=Tone.MAIN)]
        case ContractState.ACTIVE if status.stage == "guarantee_requested" or not status.guarantee:
            return [
                record,
                button(told.button_price(), "price"),
                button(told.button_withdraw(), "withdraw"),
            ]
        case ContractState.ACTIVE:
            return [
                record,
                button(told.button_price(), "price"),
                button(told.button_convert(), "convert"),
                button(told.button_withdraw(), "withdraw"),
            ]
        case ContractState.TERM_ENDED:
            return after_term(asked, status)
        case _:
            return [record]


def after_term(asked: Asked, status: Status) -> list[Button]:
    """What is left to choose once the term is over (CON-9): a new contract, the shop's fresh offer
    where there is one, the free return.
    """
    told, contract = words(asked), status.contract_id
    buttons = [Button(told.button_renew(), data=tap(f"{TASK}.renew", contract=contract))]
    if status.offered_now is not None:
        label = told.button_fresh_offer(status.offered_now)
        buttons.append(Button(label, data=tap(f"{TASK}.fresh", contract=contract)))
    back = Button(told.button_withdraw(), data=tap(f"{TASK}.withdraw", contract=contract))
    return [*buttons, back]


def show(asked: Asked) -> Answer:
    """One contract as a card."""

    def shown(asked: Asked, status: Status) -> Answer:
        return Answer([card(asked, status)], asked.memory.about(status.unit_code).closing())

    return of_one(asked, "consigning.show", shown)


def record(asked: Asked) -> Answer:
    """What was on record when the piece came (R-078): dates and digests, and the captures."""
    return of_one(asked, "consigning.record", _record)


def _status_and_record(asked: Asked, status: Status) -> Answer:
    told = _record(asked, status)
    return replace(told, letters=[card(asked, status), *told.letters])


def _record(asked: Asked, status: Status) -> Answer:
    return intake_record.tell(asked, facts_of(asked, status), intake(asked, status))


def intake(asked: Asked, status: Status) -> list[Asset]:
    """The captures up to the day the contract began, in their order; all while it has not, or when
    none is that old.
    """
    every = assets.of_unit(asked.db, UnitId(status.unit_id))[::-1]
    if status.start_on is None:
        return every
    return [each for each in every if tokyo_day(each.captured_at) <= status.start_on] or every
