"""Membership (会員連携): a chat and a customer of the register belong together (R-118,
account.link), and the customer's own page.

客: 会員連携したい
証: (card) 会員情報との連携  ご注文番号とメールアドレスをご用意ください…  [お手続きへ進む]
    [担当者と話す]
客: (the page: order number, e-mail, the six digits from the mail; LINE asks to confirm)
証: 会員情報との連携が完了しました。…  [マイページ] [連携を解除する] [担当者と話す]

Until then nothing of a customer is told here (`link_first`). Not here: the page itself
(`bot/pages/link`) and what makes a code (`catalog/customers/linking`).
"""

from collections.abc import Callable

from catalog.customers import actions as customers
from catalog.customers import linking, passes
from catalog.customers.newcomers import is_newcomer
from catalog.customers.passes import PageKind
from conversations.flows import menus
from conversations.flows.flow import Answer, Asked, Flow, confirm, person_button, tap
from conversations.flows.newcomers import Came
from conversations.messages import Button, Card, Choices, Letter, Tone
from conversations.understanding import forms
from conversations.wording.membership.voice import voice
from conversations.wording.voice import voice as shop_voice

LINK = "membership.link"
PAGE = "membership.page"
UNLINK = "membership.unlink"


def link_first(asked: Asked) -> Answer:
    """What belongs to a customer is told only where that customer is known."""
    words = asked.voice
    buttons = (Button(words.button_link(), data=tap(LINK)), person_button(asked))
    return Answer([Choices(words.link_first(), buttons)], asked.memory)


def own_page(asked: Asked) -> tuple[Button, ...]:
    """The button to the customer's own page, for who has one."""
    if asked.customer is None:
        return ()
    return (Button(voice(asked.lang).button_own_page(), data=tap(PAGE)),)


def in_private(asked: Asked, *, needs_page: bool = True) -> Answer | None:
    """What is one person's is for that person alone; None: we are alone, and where a page is needed
    the shop has an address for it.
    """
    if asked.event.is_group or not asked.event.sender:
        text = voice(asked.lang).only_in_private()
    elif needs_page and not asked.terms.public_url:
        text = asked.voice.by_a_person()
    else:
        return None
    return Answer([Choices(text, (person_button(asked),))], asked.memory)


def link(asked: Asked) -> Answer:
    """A page for this chat alone; for who is linked, what that gives and how to end it."""
    refused = in_private(asked)
    if refused is not None:
        return refused
    words = voice(asked.lang)
    if _is_linked(asked):
        return Answer([linked_letter(asked.lang, words.linked_already())], asked.memory)
    token = linking.begin(
        asked.db, asked.event.channel, asked.event.sender or "", lang=asked.lang, now=asked.now
    )
    card = Card(
        heading=words.link_heading(),
        note=words.link_note(),
        buttons=(
            Button(
                words.button_begin_link(),
                url=f"{asked.terms.public_url}/link?t={token}",
                tone=Tone.MAIN,
            ),
            person_button(asked),
        ),
        said=words.link_note(),
    )
    return Answer([card], asked.memory)


def _is_linked(asked: Asked) -> bool:
    """Whether this chat is a known customer's; a newcomer's is not yet."""
    return asked.customer is not None and not is_newcomer(asked.db, asked.customer)


def now_linked(lang: str, came: Came) -> Letter:
    """What a chat is told that was linked just now, with what came along."""
    told = voice(lang).linked()
    return linked_letter(lang, f"{told}\n\n{_along(lang, came)}" if came else told)


def came_along(lang: str, came: Came) -> Letter:
    """What a chat is told that was linked before, when something came along later."""
    return linked_letter(lang, _along(lang, came))


def _along(lang: str, came: Came) -> str:
    return voice(lang).came_along(
        cases=came.cases,
        consignments=came.consignments,
        orders=came.orders,
        credit=shop_voice(lang).yen(came.credit) if came.credit else None,
    )


def linked_letter(lang: str, text: str) -> Letter:
    """What a linked chat is told, with its own page and the way back."""
    words = voice(lang)
    buttons = (
        Button(words.button_own_page(), data=tap(PAGE)),
        Button(words.button_unlink(), data=tap(UNLINK)),
        Button(shop_voice(lang).button_person(), data=tap("person.call")),
    )
    return Choices(text, buttons)


def ask_unlink(asked: Asked) -> Answer:
    """Repeat what ending the link means."""
    if not _is_linked(asked):
        return link_first(asked)
    words = voice(asked.lang)
    return confirm(
        asked, words.ask_unlink(), verb="membership.unlinked", label=words.label_unlink()
    )


def unlinked(asked: Asked) -> Answer:
    """This address is nobody's any more; what was given out to it opens nothing."""
    words = voice(asked.lang)
    if not _is_linked(asked) or asked.event.sender is None:
        return Answer([Choices(words.was_not_linked(), (person_button(asked),))], asked.memory)
    channel, address = asked.event.channel, asked.event.sender
    passes.end(asked.db, channel, address, now=asked.now)
    customers.unbind(asked.db, channel, address, by="customer", now=asked.now)
    menus.follow(asked.db, asked.event, now=asked.now)
    buttons = (Button(asked.voice.button_link(), data=tap(LINK)), person_button(asked))
    return Answer([Choices(words.unlinked(), buttons)], asked.memory.closing())


def page(asked: Asked) -> Answer:
    """A short-lived link to the customer's own page; an earlier one is over."""
    if asked.customer is None:
        return link_first(asked)
    refused = in_private(asked)
    if refused is not None:
        return refused
    words = voice(asked.lang)
    return way_in(
        asked, PageKind.OWN, "my", heading=words.button_own_page(), note=words.own_page_note
    )


def way_in(
    asked: Asked, kind: PageKind, path: str, *, heading: str, note: Callable[[str], str]
) -> Answer:
    """A card with a link of its own into a page; `note` is told until when it opens."""
    token = passes.issue(
        asked.db, kind, asked.customer, asked.event.channel, asked.event.sender or "",
        lang=asked.lang, now=asked.now,
    )  # fmt: skip
    told = note(asked.voice.moment(asked.now + passes.LIFE[kind], now=asked.now))
    url = f"{asked.terms.public_url}/{path}/{token}"
    opened = Button(voice(asked.lang).button_open(), url=url, tone=Tone.MAIN)
    card = Card(heading=heading, note=told, buttons=(opened, person_button(asked)), said=told)
    return Answer([card], asked.memory)


FLOW = Flow(
    "membership",
    frozenset({"account.link"}),
    link,
    {"link": link, "unlink": ask_unlink, "unlinked": unlinked, "page": page},
    {"page": forms.PAGE, "unlink": forms.UNLINK},
)
