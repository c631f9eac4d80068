"""News of a piece, and of what comes in (ウォッチ・探し物; alert.subscribe, R-033, R-120).

A piece that is named or talked about is watched: a new price, a new film, sold. A brand, a model or
a budget is a wish: heard of when one comes on sale, or comes down to the price. Both are listed and
ended by a button. The messages themselves are the reminders'.

客: ロレックスのデイトナが300万以下で入ったら教えて
証: Rolex Daytona、¥3,000,000(税込)以下が入荷したとき、…お知らせします。よろしいでしょうか。
    [登録する] [やめる] [担当者と話す]
客: はい
証: 承知いたしました。… [探し物一覧]
"""

from dataclasses import replace

from catalog.ground.money import Yen
from catalog.items import names, queries, watchers
from catalog.items.actions import UnitMissing
from catalog.items.filters import NONE
from catalog.items.kinds import Category, UnitState
from catalog.items.lines import GRADES
from catalog.items.rules import STAFF
from catalog.items.wishes import actions as wishes
from catalog.items.wishes import queries as wished
from catalog.items.wishes.actions import WishMissing
from catalog.items.wishes.rules import Sought, TooManyWishes
from catalog.items.words import together
from conversations.flows import cards, finding
from conversations.flows.apart import apart
from conversations.flows.flow import Answer, Asked, Flow, confirm, person_button, tap
from conversations.flows.membership import link_first
from conversations.messages import Button, Choices
from conversations.understanding import forms
from conversations.wording.pieces.voice import voice as pieces_voice
from conversations.wording.retail.voice import voice


def subscribe(asked: Asked) -> Answer:
    """A piece that is meant is watched; anything else is looked for."""
    if asked.viewer.who is None:
        return link_first(asked)
    if finding.written_in(asked) or asked.slots.get("deictic"):
        return watch(asked)
    sought = _sought(asked)
    if sought.is_empty:
        if asked.memory.unit is not None and not asked.memory.fact("alerts", "open"):
            return watch(asked)
        kept = asked.memory.opening("alerts", expecting="alert.subscribe", open="yes")
        words = voice(asked.lang)
        return Answer([Choices(words.wish_what(), (person_button(asked),))], kept)
    return _question(asked, sought)


def watch(asked: Asked) -> Answer:
    """Hear of this piece from now on."""
    who = asked.viewer.who
    if who is None:
        return link_first(asked)
    found = finding.find(asked)
    if len(found.units) > 1:
        label = voice(asked.lang).button_watch()
        return finding.choose(asked, found, verb="alerts.watch", label=label)
    if not found.units:
        return finding.nothing(asked, found)
    unit = found.units[0]
    try:
        watchers.watch(asked.db, unit.id, who, now=asked.now)
    except UnitMissing:
        return finding.nothing(asked, finding.Found(unknown=[unit.code]))
    words = voice(asked.lang)
    options = (
        Button(words.button_unwatch(unit.code), data=tap("alerts.unwatch", sku=unit.code)),
        Button(words.button_watches(), data=tap("alerts.watches")),
        person_button(asked),
    )
    text = words.watching(unit.named(asked.lang))
    return Answer([Choices(text, options)], asked.memory.about(unit.code))


def unwatch(asked: Asked) -> Answer:
    """No more news of it; a piece no longer to be seen is let go as well."""
    who = asked.viewer.who
    codes = finding.written_in(asked)[:1]
    mine = watchers.watched_by(asked.db, who) if who is not None else []
    there = {
        unit.code: unit
        for unit in (queries.by_id(asked.db, each, viewer=STAFF) for each in mine)
        if unit is not None
    }
    unit = there.get(codes[0]) if codes else None
    if who is None or unit is None:
        return finding.nothing(asked, finding.Found(unknown=codes))
    watchers.unwatch(asked.db, unit.id, who, now=asked.now)
    title = unit.named(asked.lang)
    if not cards.may(asked, unit):
        title = unit.code
    text = voice(asked.lang).not_watching(title)
    return Answer([Choices(text, (person_button(asked),))], asked.memory)


def watches(asked: Asked) -> Answer:
    """The pieces this firm or person hears of (お知らせ一覧)."""
    if (elsewhere := apart(asked)) is not None:
        return elsewhere
    who, words = asked.viewer.who, voice(asked.lang)
    if who is None:
        return link_first(asked)
    units = [
        unit
        for unit in (
            queries.by_id(asked.db, each, viewer=asked.viewer)
            for each in watchers.watched_by(asked.db, who)
        )
        if unit is not None
    ][: finding.MOST]
    if not units:
        return Answer([Choices(words.no_watches(), (person_button(asked),))], asked.memory)
    rows = [(unit.code, unit.named(asked.lang)) for unit in units]
    options = [
        Button(words.button_unwatch(unit.code), data=tap("alerts.unwatch", sku=unit.code))
        for unit in units
    ]
    return Answer([Choices(words.watches(rows), (*options, person_button(asked)))], asked.memory)


def _sought(asked: Asked) -> Sought:
    """What the words, or the button, look for."""
    like = asked.slots.get("like")
    if like:
        return _like(asked, str(like))
    filters = finding.wishes_in(asked)
    brand, model = asked.slots.get("brand"), asked.slots.get("model")
    return Sought(
        brand=str(brand) if names.brand(brand) else None,
        model=str(model) if names.family(model) else None,
        category=filters.category,
        price_to=filters.alone or filters.price_to,
        grade_at_least=filters.grade_at_least,
    )


def _like(asked: Asked, code: str) -> Sought:
    """Another of that model; of a piece that may not be seen nothing is taken over."""
    units = queries.by_codes(asked.db, [code], viewer=asked.viewer)
    if not units:
        return Sought()
    brand, model = queries.names_of(asked.db, units[0].id)
    return Sought(brand=brand, model=model)


def seek(asked: Asked) -> Answer:
    """The button under a search that found nothing."""
    if asked.viewer.who is None:
        return link_first(asked)
    sought = _sought(asked)
    if sought.is_empty:
        return subscribe(replace(asked, slots={}))
    return _question(asked, sought)


def _question(asked: Asked, sought: Sought) -> Answer:
    words = voice(asked.lang)
    return confirm(
        asked,
        words.wish_question(_told(asked, sought)),
        verb="alerts.keep",
        label=words.button_keep_wish(),
        memory=asked.memory.closing(),
        binds=False,
        brand=sought.brand,
        model=sought.model,
        category=sought.category,
        money=str(sought.price_to) if sought.price_to is not None else None,
        grade=sought.grade_at_least,
    )


def _told(asked: Asked, sought: Sought) -> str:
    """What is looked for, in words."""
    words = voice(asked.lang)
    brand, model = names.brand(sought.brand), names.family(sought.model)
    named = together([each.shown(asked.lang) if each else None for each in (brand, model)])
    told = [
        named or None,
        pieces_voice(asked.lang).category(sought.category) if sought.category else None,
        words.budget(asked.voice.yen(sought.price_to)) if sought.price_to is not None else None,
        words.grade_or_better(sought.grade_at_least) if sought.grade_at_least else None,
    ]
    return pieces_voice(asked.lang).listed([each for each in told if each])


def keep(asked: Asked) -> Answer:
    """Look for it from now on; what fits already is said at once."""
    who, words = asked.viewer.who, voice(asked.lang)
    if who is None:
        return link_first(asked)
    sought = _of_button(asked)
    if sought.is_empty:
        return subscribe(replace(asked, slots={}))
    listed = Button(words.button_wishes(), data=tap("alerts.wishes"))
    try:
        wishes.seek(asked.db, who, sought, now=asked.now)
    except TooManyWishes:
        return Answer([Choices(words.wishes_full(), (listed, person_button(asked)))], asked.memory)
    text = words.wish_kept(_told(asked, sought))
    there = queries.by_name(
        asked.db, brand=sought.brand, model=sought.model, viewer=asked.viewer,
        limit=finding.MOST, filters=replace(
            NONE, price_to=sought.price_to, grade_at_least=sought.grade_at_least,
            category=sought.category, states=(UnitState.LISTED,),
        ),
    )  # fmt: skip
    options = [listed, person_button(asked)]
    if there:
        text = f"{text}\n{words.wish_there(len(there))}"
        data = tap(
            "lists.stock", brand=sought.brand, model=sought.model, category=sought.category,
            money=str(sought.price_to) if sought.price_to is not None else None,
            grade=sought.grade_at_least,
        )  # fmt: skip
        options.insert(0, Button(asked.voice.button_search(), data=data))
    return Answer([Choices(text, tuple(options))], asked.memory)


def _of_button(asked: Asked) -> Sought:
    """What stands behind the button; what was tampered with asks nothing."""
    told = {name: str(value) for name, value in asked.slots.items()}
    money = told.get("money", "")
    brand, model = names.brand(told.get("brand")), names.family(told.get("model"))
    category, grade = told.get("category"), told.get("grade")
    return Sought(
        brand=brand.id if brand else None,
        model=model.id if model else None,
        category=Category(category) if category in set(Category) else None,
        price_to=Yen(int(money)) if money.isascii() and money.isdigit() and money != "0" else None,
        grade_at_least=grade if grade in GRADES else None,
    )


def listed(asked: Asked) -> Answer:
    """What this firm or person looks for (探し物一覧)."""
    if (elsewhere := apart(asked)) is not None:
        return elsewhere
    who, words = asked.viewer.who, voice(asked.lang)
    if who is None:
        return link_first(asked)
    mine = wished.wishes_of(asked.db, who)[: finding.MOST]
    if not mine:
        return Answer([Choices(words.no_wishes(), (person_button(asked),))], asked.memory)
    rows = [_told(asked, each.sought) for each in mine]
    options = [
        Button(words.button_forget(n), data=tap("alerts.forget", wish=each.id))
        for n, each in enumerate(mine, 1)
    ]
    return Answer([Choices(words.wishes(rows), (*options, person_button(asked)))], asked.memory)


def forget(asked: Asked) -> Answer:
    """No longer looked for; another's, an unknown and an ended wish are one answer."""
    who, words = asked.viewer.who, voice(asked.lang)
    text = words.wish_forgotten()
    try:
        wishes.forget(asked.db, str(asked.slots.get("wish", "")), who or "", now=asked.now)
    except WishMissing:
        text = words.wish_over()
    button = Button(words.button_wishes(), data=tap("alerts.wishes"))
    return Answer([Choices(text, (button, person_button(asked)))], asked.memory)


FLOW = Flow(
    "alerts",
    frozenset({"alert.subscribe"}),
    subscribe,
    {
        "watch": watch,
        "unwatch": unwatch,
        "watches": watches,
        "seek": seek,
        "keep": keep,
        "wishes": listed,
        "forget": forget,
    },
    {
        "watches": forms.WATCHES,
        "wishes": forms.WISHES,
        "watch": forms.WATCH,
        "unwatch": forms.UNWATCH,
    },
)
