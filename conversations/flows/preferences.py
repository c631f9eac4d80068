"""What a customer wants to hear about, and in which language (配信設定・言語; R-135, R-130,
pref.notify, pref.language).

客: 配信停止
証: …のお知らせを停止します。よろしいでしょうか。 [停止する] [やめる] [担当者と話す]
客: 停止する
証: (card) 新着・キャンペーンのお知らせを停止いたしました。  お取引のご連絡: 常に送信 …

Each answer is kept with the words that were shown (COM-1). What belongs to a running deal cannot
be stopped.
"""

import hashlib

from catalog.customers import actions as customers
from catalog.customers import consents
from catalog.customers import queries as register
from catalog.customers.actions import Particulars
from catalog.customers.consents import Category
from catalog.ground.errors import Malformed
from conversations.flows.flow import Answer, Asked, Flow, confirm, person_button, tap
from conversations.flows.membership import link_first
from conversations.messages import Button, Card, Choices
from conversations.wording.membership.voice import voice
from conversations.wording.voice import voice as shop_voice

LANGUAGES = ("ja", "en", "zh_hant", "zh_hans", "ko")
_STOPPABLE = (Category.MARKETING, Category.CREDIT_REMINDER)


def notices(asked: Asked) -> Answer:
    """What was agreed; with a wish (`opt`) the change is asked first."""
    if asked.customer is None:
        words = voice(asked.lang)
        buttons = (Button(asked.voice.button_link(), data=tap("membership.link")),)
        text = words.notices_of_visitor()
        return Answer([Choices(text, (*buttons, person_button(asked)))], asked.memory)
    opt = asked.slots.get("opt")
    if opt in {"in", "out"}:
        return _ask(asked, Category.MARKETING, given=opt == "in")
    return Answer([_agreed(asked, voice(asked.lang).notices_heading())], asked.memory)


def ask(asked: Asked) -> Answer:
    """A button under what was agreed."""
    if asked.customer is None:
        return link_first(asked)
    return _ask(asked, _category(asked), given=asked.slots.get("opt") == "in")


def _ask(asked: Asked, category: Category, *, given: bool) -> Answer:
    words = voice(asked.lang)
    return confirm(
        asked,
        words.ask_notices(category.value, given=given),
        verb="notices.set",
        label=words.label_start() if given else words.label_stop(),
        binds=False,
        category=category.value,
        opt="in" if given else "out",
    )


def settle(asked: Asked) -> Answer:
    """The change, kept with the words it was asked with."""
    if asked.customer is None:
        return link_first(asked)
    category, given = _category(asked), asked.slots.get("opt") == "in"
    words = voice(asked.lang)
    shown = words.ask_notices(category.value, given=given)
    consents.consent(
        asked.db,
        asked.customer,
        category,
        given,
        text_version=text_version(asked.lang, shown),
        source=asked.event.channel,
        by="customer",
        now=asked.now,
    )
    told = words.notices_set(category.value, given=given)
    return Answer([_agreed(asked, told)], asked.memory.closing())


def text_version(lang: str, shown: str) -> str:
    """Tells exactly which words were shown."""
    return f"{lang}:{hashlib.sha256(shown.encode()).hexdigest()[:16]}"


def _category(asked: Asked) -> Category:
    """Raises Malformed for what no button of ours says."""
    told = asked.slots.get("category")
    if told not in {each.value for each in _STOPPABLE}:
        raise Malformed("no such category")
    return Category(str(told))


def _agreed(asked: Asked, heading: str) -> Card:
    words = voice(asked.lang)
    lines = [(words.notices_about(Category.SERVICE.value), words.notices_always())]
    buttons = []
    for category in _STOPPABLE:
        given = consents.allows(asked.db, asked.customer, category) if asked.customer else False
        lines.append((words.notices_about(category.value), words.notices_state(given=given)))
        label = words.button_notices(category.value, given=not given)
        opt = "out" if given else "in"
        buttons.append(Button(label, data=tap("notices.ask", category=category.value, opt=opt)))
    return Card(
        heading=heading,
        lines=tuple(lines),
        note=words.notices_note(),
        buttons=(*buttons, person_button(asked)),
        said=heading,
    )


def language(asked: Asked) -> Answer:
    """The language asked for holds from this answer on; without one, a choice of all."""
    told = str(asked.slots.get("lang") or "")
    if told == "zh":
        return _choice(asked, ("zh_hant", "zh_hans"))
    if told not in LANGUAGES:
        return _choice(asked, LANGUAGES)
    buttons: tuple[Button, ...] = ()
    if asked.customer is not None and register.language(asked.db, asked.customer) != told:
        label = voice(told).button_register_language()
        buttons = (Button(label, data=tap("language.register", lang=told)),)
    person = Button(shop_voice(told).button_person(), data=tap("person.call"))
    text = shop_voice(told).language_set()
    return Answer([Choices(text, (*buttons, person))], asked.memory, lang=told)


def _choice(asked: Asked, languages: tuple[str, ...]) -> Answer:
    options = [
        Button(voice(lang).language_name(), data=tap("language.set", lang=lang))
        for lang in languages
    ]
    text = voice(asked.lang).which_language()
    kept = asked.memory.opening("language", expecting="pref.language")
    return Answer([Choices(text, (*options, person_button(asked)))], kept)


def register_language(asked: Asked) -> Answer:
    """What the shop writes by itself comes in that language too."""
    if asked.customer is None:
        return link_first(asked)
    told = str(asked.slots.get("lang") or "")
    if told not in LANGUAGES:
        raise Malformed("no such language")
    customers.amend(
        asked.db, asked.customer, Particulars(), language=told, by="customer", now=asked.now
    )
    person = Button(shop_voice(told).button_person(), data=tap("person.call"))
    text = voice(told).language_registered()
    return Answer([Choices(text, (person,))], asked.memory, lang=told)


NOTICES = Flow("notices", frozenset({"pref.notify"}), notices, {"ask": ask, "set": settle})
LANGUAGE = Flow(
    "language",
    frozenset({"pref.language"}),
    language,
    {"set": language, "register": register_language},
)
