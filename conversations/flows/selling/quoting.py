"""What the shop would pay (sell.quote): which piece, pictures, a few questions, then a range that
binds nobody (R-038, R-039, R-048, R-055, R-056, R-060, R-063, R-175).

客: ロレックス サブマリーナを売りたい
証: サブマリーナの仮査定を承ります。文字盤、裏蓋、…のお写真を順にお送りください。
    [写真なしで進む] [担当者と話す]
客: (6枚の写真)
証: 必要なお写真がそろいました。 [次へ進む]
    … five questions with buttons, then …
証: (card) 仮査定 ¥999,000〜¥1,160,000  10月16日(金)まで  [送り方を選ぶ] [買取と委託を比べる]

What the bot may not tell unaided (QUO-6) goes to a person, with a promised time.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from catalog.buyback import caution, inquiry, queries
from catalog.buyback.cases import CaseMissing
from catalog.buyback.cases import about as case_subject
from catalog.buyback.inquiry import PieceWish, Purpose, QuoteState
from catalog.buyback.pricing import Basis
from catalog.buyback.questions import declared, is_choice, next_question
from catalog.buyback.stages import Stage
from catalog.buyback.tables import BuybackCase, CasePiece, Quote
from catalog.customers import actions as customers
from catalog.customers import newcomers
from catalog.duties.actors import BOT
from catalog.ground import worklist
from catalog.ground.calendar import round_up_to, tokyo_day
from catalog.ground.record import UnitId
from catalog.items import queries as items
from catalog.items.kinds import Category
from catalog.items.names import family, names
from catalog.items.rules import STAFF
from catalog.orders import queries as orders
from catalog.orders.steps import OrderMissing
from conversations.flows import menus
from conversations.flows.apart import alone
from conversations.flows.arrivals import PICTURES
from conversations.flows.flow import PERSON, Answer, Asked, Flow, person_button, tap
from conversations.flows.membership import link_first
from conversations.flows.selling import pictures
from conversations.flows.selling.standing import ASKING, say, seller, words
from conversations.flows.showing import Recipient, media_letters, told
from conversations.messages import Button, Card, Choices, Letter, Tone
from media.assets.kinds import AssetKind
from media.intake import attaching
from media.renditions import queries as renditions

TASK = "quote"
INTENT = "sell.quote"
_TOLD = ("brand", "model", "reference", "serial", "category", "purpose", "case")
_LOOKS_BACK = timedelta(hours=1)
_SERIAL_SHOTS = frozenset({"serial", "code"})
_MOST = 10


def step(asked: Asked) -> Answer:
    """A wish to sell in words."""
    slots = asked.slots
    if slots.get("order_no"):
        return _of_order(asked, str(slots["order_no"]))
    if slots.get("sku"):
        codes = [slots["sku"]] if isinstance(slots["sku"], str) else list(slots["sku"])
        return _own_code(asked, str(codes[0]))
    piece_id = asked.memory.fact(TASK, "piece")
    if piece_id is not None and not ({"brand", "model", "ref_no"} & slots.keys()):
        return go_on(replace(asked, slots={"piece": piece_id}))
    return _begin(asked, _told(asked))


def start(asked: Asked) -> Answer:
    """The button that begins: anew, or one more piece of the same case."""
    fresh = replace(asked, memory=asked.memory.closing())
    return _begin(fresh, _told(fresh))


def _told(asked: Asked) -> dict[str, str]:
    """What is known of the piece by now: what was kept, then what this message says."""
    slots = dict(asked.slots)
    if "ref_no" in slots:
        slots["reference"] = slots["ref_no"]
    if slots.get("action") == Purpose.REPAIR.value:
        slots["purpose"] = Purpose.REPAIR.value
    kept = {}
    if asked.memory.fact(TASK, "piece") is None:
        kept = {name: asked.memory.fact(TASK, name) for name in _TOLD}
    said = {name: str(slots[name]) for name in _TOLD if slots.get(name)}
    told = {name: value for name, value in {**kept, **said}.items() if value}
    model = family(told.get("model"))
    if model is not None and model.brand is not None:
        told.setdefault("brand", model.brand)  # a Submariner is a Rolex
    return told


def _begin(asked: Asked, told: Mapping[str, str]) -> Answer:
    """Ask for what is missing, one thing at a time; then open the case."""
    if not told.keys() & {"brand", "model", "reference"}:
        return _ask_piece(asked, told)
    category = _category(asked, told)
    if category is None:
        return _ask_category(asked, told)
    told = {**told, "category": category.value}
    if asked.customer is None:
        return _newcomer(asked, told)
    return _open(asked, _wish(told, category, asked.lang), told)


def _open_step(asked: Asked, told: Mapping[str, str]) -> Asked:
    kept = asked.memory.closing().opening(TASK, expecting=INTENT, **dict(told))
    return replace(asked, memory=kept)


def _ask_piece(asked: Asked, told: Mapping[str, str]) -> Answer:
    say_words = words(asked)
    is_repair = told.get("purpose") == Purpose.REPAIR.value
    buttons = [Button(say_words.button_bought_here(), data=tap("quote.orders", **dict(told)))]
    if not is_repair:
        buttons.append(
            Button(say_words.button_repair(), data=tap("quote.start", purpose=Purpose.REPAIR.value))
        )
    buttons.append(Button(say_words.button_methods(), data=tap("sending.how")))
    buttons.append(Button(say_words.button_phone(), data=tap(PERSON, channel="phone")))
    return say(_open_step(asked, told), say_words.which_piece(is_repair=is_repair), *buttons)


def _ask_category(asked: Asked, told: Mapping[str, str]) -> Answer:
    say_words = words(asked)
    buttons = [
        Button(
            say_words.category(each.value),
            data=tap("quote.kind", **{**told, "category": each.value}),
        )
        for each in Category
    ]
    return say(
        _open_step(asked, told), say_words.which_category(_title(told, asked.lang)), *buttons
    )


def kind(asked: Asked) -> Answer:
    """Watch, jewel, bag or clothes."""
    return _begin(asked, _told(asked))


def _category(asked: Asked, told: Mapping[str, str]) -> Category | None:
    """As told, else as the shop's own pieces of that name are; None where they differ."""
    named = told.get("category")
    if named in {each.value for each in Category}:
        return Category(named)
    brand, model = told.get("brand"), told.get("model")
    found = items.by_name(asked.db, brand=brand, model=model, viewer=STAFF, limit=50)
    kinds = {unit.category for unit in found}
    return Category(kinds.pop()) if len(kinds) == 1 else None


def _wish(told: Mapping[str, str], category: Category, lang: str) -> PieceWish:
    return PieceWish(
        category=category,
        title=_title(told, lang),
        brand=_name("brand", told.get("brand"), None),
        model=_name("family", told.get("model"), told.get("brand")),
        reference=told.get("reference"),
        serial=told.get("serial"),
    )


def _title(told: Mapping[str, str], lang: str) -> str:
    parts = [
        _name("brand", told.get("brand"), None, lang),
        _name("family", told.get("model"), told.get("brand"), lang),
        told.get("reference"),
    ]
    return " ".join(part for part in parts if part)


def _name(kind: str, entry: str | None, brand: str | None, lang: str = "en") -> str | None:
    """What a lexicon id is called in that language; the id itself where the lexicon has none."""
    if entry is None:
        return None
    return next(
        (
            each.shown(lang)
            for each in names()
            if each.kind == kind and each.id == entry and each.brand == brand
        ),
        entry,
    )


def _newcomer(asked: Asked, told: Mapping[str, str]) -> Answer:
    """Somebody the register does not know: taken up with one button, or their membership linked."""
    say_words = words(asked)
    buttons = (
        Button(say_words.button_first_time(), data=tap("quote.welcome", **dict(told))),
        Button(asked.voice.button_link(), data=tap("membership.link")),
    )
    return say(_open_step(asked, told), say_words.who_are_you(_title(told, asked.lang)), *buttons)


def welcome(asked: Asked) -> Answer:
    """Entered into the customer register with nothing but this chat; the name is learnt when it is
    needed.
    """
    told = _told(asked)
    sender = asked.event.sender
    if sender is None:
        return _newcomer(asked, told)
    if asked.customer is None:
        customer = newcomers.enter(
            asked.db, words(asked).unnamed(), language=asked.lang, by="bot", now=asked.now
        )
        customers.bind(asked.db, customer, asked.event.channel, sender, by="bot", now=asked.now)
        menus.follow(asked.db, asked.event, now=asked.now)
        asked = replace(asked, viewer=replace(asked.viewer, customer=customer))
    return _begin(asked, told)


def _open(asked: Asked, wish: PieceWish, told: Mapping[str, str], *letters: Letter) -> Answer:
    """The case, or one more piece of it, and the pictures that are wanted."""
    actor = seller(asked)
    purpose = Purpose(told.get("purpose", Purpose.BUYBACK.value))
    if told.get("case") and _takes_more(asked, told["case"]):
        standing = inquiry.add_piece(
            asked.db, told["case"], wish, actor=actor, now=asked.now, key=asked.key("piece")
        )
        piece_id = str(standing.made)
    else:
        standing = inquiry.inquire(
            asked.db, actor.id, [wish], hours=asked.hours, actor=actor, now=asked.now,
            key=asked.key("inquire"), purpose=purpose,
        )  # fmt: skip
        case = queries.status(asked.db, standing.case_id, customer=actor.id)
        piece_id = case.pieces[0].piece_id
    about = pictures.about(piece_id)
    before = attaching.gather(
        asked.db, asked.conversation, about, since=asked.now - _LOOKS_BACK, now=asked.now,
        facts={"lang": asked.lang},
    )  # fmt: skip
    say_words = words(asked)
    text = say_words.send_pictures(
        wish.title,
        pictures.asked_for(asked.lang, wish.category),
        before=before,
        is_repair=purpose is Purpose.REPAIR,
    )
    go = Button(say_words.button_no_pictures(), data=tap("quote.next", piece=piece_id))
    kept = asked.memory.closing().opening(
        TASK, expecting=INTENT, piece=piece_id, case=standing.case_id, **{PICTURES: about}
    )
    return Answer([*letters, Choices(text, (go, person_button(asked)))], kept)


def _takes_more(asked: Asked, case_id: str) -> bool:
    """Nothing of the case was sent in yet."""
    case = queries.status(asked.db, case_id, customer=seller(asked).id)
    return case.stage in ASKING


def go_on(asked: Asked) -> Answer:
    """The next question, and after the last the price."""
    piece, case = queries.piece_of(asked.db, _piece_id(asked), customer=seller(asked).id)
    if Stage(piece.stage) not in ASKING:
        back = Button(words(asked).button_status(), data=tap("selling.status", case=case.id))
        return say(asked, words(asked).quoted_already(piece.title), back)
    question = next_question(Category(piece.category), piece.answers)
    if question is None or case.purpose == Purpose.REPAIR.value:
        return _price(asked, piece, case)
    say_words = words(asked)
    buttons = [
        Button(
            say_words.answer(question.id, choice),
            data=tap("quote.say", piece=piece.id, question=question.id, choice=choice),
        )
        for choice in question.choices
    ]
    return say(_kept(asked, piece), say_words.question(question.id), *buttons)


def _kept(asked: Asked, piece: CasePiece) -> Asked:
    kept = asked.memory.opening(
        TASK, expecting=INTENT, piece=piece.id, case=piece.case_id,
        **{PICTURES: pictures.about(piece.id)},
    )  # fmt: skip
    return replace(asked, memory=kept)


def _piece_id(asked: Asked) -> str:
    piece_id = asked.slots.get("piece") or asked.memory.fact(TASK, "piece")
    if piece_id is None:
        raise CaseMissing(asked.conversation)
    return str(piece_id)


def tell(asked: Asked) -> Answer:
    """An answer to one of the questions, kept to be held against what the appraiser finds."""
    piece, _ = queries.piece_of(asked.db, _piece_id(asked), customer=seller(asked).id)
    question, choice = str(asked.slots.get("question")), str(asked.slots.get("choice"))
    is_open = Stage(piece.stage) in ASKING
    if is_open and is_choice(Category(piece.category), question, choice):
        inquiry.answer(
            asked.db, piece.id, {question: choice}, actor=seller(asked), now=asked.now,
            key=asked.key("answer"),
        )  # fmt: skip
    return go_on(asked)


def _price(asked: Asked, piece: CasePiece, case: BuybackCase) -> Answer:
    """The bot's range where it may tell one, else a person with a time (QUO-6)."""
    if case.purpose == Purpose.REPAIR.value:
        by = round_up_to(asked.hours.after_work(asked.now, asked.terms.answer_lead), 5)
        worklist.task(
            asked.db, "repair_estimate", case_subject(case.id), due_at=by, now=asked.now,
            once=piece.id, facts={"piece": piece.id},
        )  # fmt: skip
        return _handed(asked, piece, case)
    seen = pictures.coverage(asked.db, piece)
    told = declared(Category(piece.category), piece.answers, is_whole=seen.is_whole)
    basis = Basis(
        grade=told.grade,
        age_years=told.age_years,
        shown=len(seen.shown),
        required=len(seen.shown) + len(seen.missing),
        missing=told.missing,
    )
    flags = caution.flags_of(
        asked.db,
        piece.id,
        is_serial_blurred=bool(_SERIAL_SHOTS & set(seen.blurred)),
        on=tokyo_day(asked.now),
    )
    inquiry.quote(
        asked.db, piece.id, basis, flags=flags, actor=BOT, now=asked.now, key=asked.key("quote")
    )
    quote = queries.latest_quote(asked.db, piece.id)
    if quote is not None and quote.state == QuoteState.NO_OFFER.value:
        return _no_offer(asked, piece)
    if quote is None or quote.state != QuoteState.OPEN.value:
        return _handed(asked, piece, case)
    more = tap("quote.start", case=case.id)
    letters: list[Letter] = [
        range_card(asked, piece, quote),
        Choices(
            words(asked).range_binds_nobody(),
            (Button(words(asked).button_more(), data=more), person_button(asked)),
        ),
    ]
    return Answer(letters, asked.memory.closing())


def range_card(asked: Asked, piece: CasePiece, quote: Quote) -> Card:
    """A range with what it rests on and how long it holds; always called provisional (QUO-4)."""
    say_words = words(asked)
    inputs = quote.inputs
    low, high = quote.low or 0, quote.high or 0
    lines = [
        (say_words.label_range(), say_words.span(low, high)),
        (say_words.label_valid(), say_words.through(quote.valid_through or tokyo_day(asked.now))),
        (say_words.label_market(), say_words.comparables(len(quote.comparables))),
        (
            say_words.label_pictures(),
            say_words.shown_of(int(inputs["shown"]), int(inputs["required"])),
        ),
        (say_words.label_reckoned(), say_words.reckoned(str(inputs["grade"]), inputs["missing"])),
    ]
    buttons = (
        Button(
            say_words.button_choose_method(),
            data=tap("sending.how", case=piece.case_id),
            tone=Tone.MAIN,
        ),
        Button(say_words.button_compare(), data=tap("offer.compare", piece=piece.id)),
        person_button(asked),
    )
    return Card(
        heading=piece.title,
        lines=tuple(lines),
        note=say_words.provisional(),
        buttons=buttons,
        said=say_words.range_said(piece.title, low, high),
    )


def _handed(asked: Asked, piece: CasePiece, case: BuybackCase) -> Answer:
    """A person looks at it first; more pictures still help."""
    by = round_up_to(asked.hours.after_work(asked.now, asked.terms.answer_lead), 5)
    text = words(asked).handed_over(
        piece.title,
        asked.voice.moment(by, now=asked.now),
        is_repair=case.purpose == Purpose.REPAIR.value,
    )
    how = Button(words(asked).button_methods(), data=tap("sending.how", case=case.id))
    return say(_kept(asked, piece), text, how)


def _no_offer(asked: Asked, piece: CasePiece) -> Answer:
    say_words = words(asked)
    refer = Button(say_words.button_refer(), data=tap("parting.refer", piece=piece.id))
    more = Button(say_words.button_more(), data=tap("quote.start", case=piece.case_id))
    answer = say(asked, say_words.nothing_offered(piece.title), refer, more)
    return replace(answer, memory=asked.memory.closing())


def _of_order(asked: Asked, order_no: str) -> Answer:
    """A purchase by its number: its pieces, prefilled (R-055)."""
    if asked.customer is None:
        return link_first(asked)
    try:
        order = orders.by_number(asked.db, order_no)
    except OrderMissing:
        order = None
    if order is None or order.customer_id != asked.customer:
        return say(asked, words(asked).order_unknown(order_no), _orders_button(asked))
    units = [each.unit_id for each in orders.status(asked.db, order_no).pieces]
    return _choose_own(asked, units)


def _orders_button(asked: Asked) -> Button:
    return Button(words(asked).button_bought_here(), data=tap("quote.orders"))


def bought(asked: Asked) -> Answer:
    """Everything the customer bought here, to choose from (R-055)."""
    if asked.customer is None:
        return link_first(asked)
    found = orders.of_customer(asked.db, asked.customer, limit=_MOST)
    units = [
        each.unit_id for order in found for each in orders.status(asked.db, order.order_no).pieces
    ]
    return _choose_own(asked, units)


def _choose_own(asked: Asked, unit_ids: list[str]) -> Answer:
    known = []
    for unit_id in unit_ids:
        try:
            known.append(inquiry.known_piece(asked.db, seller(asked).id, UnitId(unit_id)))
        except CaseMissing:
            continue
    if not known:
        return say(asked, words(asked).nothing_bought())
    if len(known) == 1:
        return _own(asked, known[0])
    purpose = _told(asked).get("purpose")
    buttons = [
        Button(each.title, data=tap("quote.own", unit=each.known_unit_id, purpose=purpose))
        for each in known[:_MOST]
    ]
    return say(asked, words(asked).which_bought(), *buttons)


def _own_code(asked: Asked, code: str) -> Answer:
    unit_id = items.id_of_code(asked.db, code)
    if asked.customer is None:
        return link_first(asked)
    return _choose_own(asked, [unit_id] if unit_id is not None else [])


def own(asked: Asked) -> Answer:
    """The piece chosen among those bought here."""
    unit_id = UnitId(str(asked.slots.get("unit")))
    return _own(asked, inquiry.known_piece(asked.db, seller(asked).id, unit_id))


def _own(asked: Asked, wish: PieceWish) -> Answer:
    """A piece sold here before: its picture and grade of then are shown, nothing is typed."""
    unit = items.by_id(asked.db, UnitId(str(wish.known_unit_id)), viewer=STAFF)
    letters: list[Letter] = []
    if unit is not None:
        shown = renditions.showable(asked.db, unit.id, AssetKind.STILL)
        if shown is not None and not shown.is_pending:
            to = Recipient(asked.conversation, asked.terms.public_url, asked.viewer.partner)
            letters += media_letters(
                asked.db, shown, to, said=told(asked.voice, unit, shown), now=asked.now
            )
        say_words = words(asked)
        lines = [
            (asked.voice.label_code(), unit.code),
            (asked.voice.label_grade(), asked.voice.grade(unit.grade)),
        ]
        said = say_words.bought_said(unit.named(asked.lang), unit.code)
        letters.append(Card(heading=unit.named(asked.lang), lines=tuple(lines), said=said))
    return _open(asked, wish, {"purpose": _told(asked).get("purpose", "buyback")}, *letters)


FLOW = alone(
    Flow(
        "quote",
        frozenset({INTENT}),
        step,
        {
            "start": start,
            "kind": kind,
            "welcome": welcome,
            "next": go_on,
            "say": tell,
            "orders": bought,
            "own": own,
        },
    )
)
