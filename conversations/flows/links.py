"""A page to pass on (お客様用リンク, media.share, R-029): a retailer's for its own client, a
customer's of their own piece. It names the retailer, shows no price, always ends, can be closed.

取引先: W-1042 お客様用リンク
証: …のお客様用リンクを作成いたします。価格は載らず、12月28日(月) 14:05に自動で閉じます。…
    [作成する] [やめる] [担当者と話す]
取引先: [作成する]
証: …12月28日(月) 14:05までご覧いただけます(記録 4点)。… https://shop.example/s/…
    [ページを開く] [W-1042を閉じる] [PINを付ける] [リンク一覧]
取引先: [PINを付ける]
証: …暗証番号付きに取り替えました。先ほどのリンクは閉じております。… https://shop.example/s/…
証: 暗証番号: 482913
取引先: 何回見られた?
証: お渡しになったリンクの閲覧回数です。 ・W-1042 …: 3回(最終 11月28日(土) 14:05)
"""

from datetime import date, datetime, time

from catalog.ground.calendar import TOKYO
from catalog.ground.record import UnitId
from catalog.items import queries as items
from catalog.items.queries import UnitFacts
from catalog.partners.rules import Right
from conversations.flows import cards, finding
from conversations.flows.apart import apart
from conversations.flows.flow import (
    Answer,
    Asked,
    Flow,
    confirm,
    moment_behind,
    person_button,
    refused,
    tap,
)
from conversations.flows.membership import link_first
from conversations.messages import Button, Choices, Text
from conversations.understanding import forms
from conversations.wording.retail.voice import voice
from media.sharing import locking, looks, pin, shares
from media.sharing.shares import Made, NothingToShare, ShareEndMalformed, ShareMissing

_END_OF_DAY = time(23, 59)


def ask(asked: Asked) -> Answer:
    """Repeat of what, and until when it is open."""
    if (elsewhere := apart(asked)) is not None:
        return elsewhere
    if asked.viewer.who is None:
        return link_first(asked)
    found = finding.find(asked, asked.viewer.able_to(Right.LINK, *cards.ANY_MEDIA))
    if len(found.units) > 1:
        label = voice(asked.lang).button_link()
        return finding.choose(asked, found, verb="links.ask", label=label)
    if not found.units:
        return finding.nothing(asked, found)
    unit = found.units[0]
    if not shares.may_share(asked.viewer, unit):  # a piece in the window, and no retailer asks
        words = voice(asked.lang).link_by_a_person()
        return Answer([Choices(words, (person_button(asked),))], asked.memory.about(unit.code))
    latest = shares.latest_end(asked.db, now=asked.now)
    until = _asked_end(asked) or shares.usual_end(asked.db, now=asked.now)
    if not asked.now < until <= latest:
        text = voice(asked.lang).link_too_long(asked.voice.moment(latest, now=asked.now))
        return _question(asked, unit, latest, text=text)
    return _question(asked, unit, until)


def _asked_end(asked: Asked) -> datetime | None:
    day = asked.slots.get("date")
    return datetime.combine(day, _END_OF_DAY, TOKYO) if isinstance(day, date) else None


def _question(asked: Asked, unit: UnitFacts, until: datetime, *, text: str | None = None) -> Answer:
    words = voice(asked.lang)
    told = asked.voice.moment(until, now=asked.now)
    return confirm(
        asked,
        text or words.link_question(unit.named(asked.lang), unit.code, told),
        verb="links.make",
        label=words.button_make_link(),
        memory=asked.memory.about(unit.code),
        binds=False,
        sku=unit.code,
        until=until.isoformat(),
    )


def make(asked: Asked) -> Answer:
    """Make the page and tell its address, once."""
    if (elsewhere := apart(asked)) is not None:
        return elsewhere
    found = finding.find(asked, asked.viewer.able_to(Right.LINK, *cards.ANY_MEDIA))
    until = moment_behind(asked.slots.get("until"))
    if len(found.units) != 1 or until is None:
        return finding.nothing(asked, found)
    unit, words = found.units[0], voice(asked.lang)
    title, memory = unit.named(asked.lang), asked.memory.about(found.units[0].code)
    try:
        made = shares.share(
            asked.db, unit, asked.viewer, ends_at=until, lang=asked.lang, now=asked.now,
            key=asked.key("share"),
        )  # fmt: skip
    except ShareMissing:
        return finding.nothing(asked, finding.Found(unknown=[unit.code]))
    except NothingToShare:
        return Answer([Choices(words.link_nothing(title), (person_button(asked),))], memory)
    except ShareEndMalformed as wrong:
        text = words.link_too_long(asked.voice.moment(wrong.latest, now=asked.now))
        return _question(asked, unit, wrong.latest, text=text)
    if made.token is None:
        return _told_before(asked)
    url, told = _address(asked, made), asked.voice.moment(made.ends_at, now=asked.now)
    locked = Button(words.button_add_pin(), data=tap("links.pin", share=made.share_id))
    options = _options(asked, unit, made, locked)
    return Answer([Choices(words.link_made(title, url, told, made.assets), options)], memory)


def lock(asked: Asked) -> Answer:
    """The page anew with a PIN, told in a message of its own; the one without is closed."""
    if (elsewhere := apart(asked)) is not None:
        return elsewhere
    words, secret = voice(asked.lang), asked.made
    if not isinstance(secret, pin.Made):
        return refused(asked)
    try:
        made = locking.lock(
            asked.db, str(asked.slots.get("share", "")), asked.viewer, pin_hash=secret.kept,
            now=asked.now, key=asked.key("share"),
        )  # fmt: skip
    except ShareMissing:
        listed = Button(words.button_links(), data=tap("links.mine"))
        return Answer([Choices(words.link_over(), (listed, person_button(asked)))], asked.memory)
    page = shares.page_of(asked.db, made.share_id)
    unit = items.by_id(asked.db, UnitId(page.unit_id), viewer=asked.viewer)
    if made.token is None or unit is None:
        return _told_before(asked)
    url, told = _address(asked, made), asked.voice.moment(made.ends_at, now=asked.now)
    text = words.link_locked(unit.named(asked.lang), url, told, made.assets)
    return Answer(
        [
            Choices(text, _options(asked, unit, made)),
            Text(words.link_pin(secret.told), is_apart=True),
        ],
        asked.memory.about(unit.code),
    )


def _told_before(asked: Asked) -> Answer:
    words = voice(asked.lang)
    listed = Button(words.button_links(), data=tap("links.mine"))
    return Answer([Choices(words.link_told_before(), (listed, person_button(asked)))], asked.memory)


def _address(asked: Asked, made: Made) -> str:
    return f"{asked.terms.public_url}/s/{made.token}"


def _options(asked: Asked, unit: UnitFacts, made: Made, *more: Button) -> tuple[Button, ...]:
    words = voice(asked.lang)
    return (
        Button(words.button_open_link(), url=_address(asked, made)),
        Button(words.button_close_link(unit.code), data=tap("links.close", share=made.share_id)),
        *more,
        Button(words.button_links(), data=tap("links.mine")),
        person_button(asked),
    )


def mine(asked: Asked) -> Answer:
    """The pages of this firm or person that are open (リンク一覧)."""
    if (elsewhere := apart(asked)) is not None:
        return elsewhere
    who = asked.viewer.who
    if who is None:
        return link_first(asked)
    words = voice(asked.lang)
    every = shares.shares_of(asked.db, who, now=asked.now)
    there = every[: finding.MOST]
    if not there:
        return Answer([Choices(words.no_links(), (person_button(asked),))], asked.memory)
    rows = [
        (each.unit_code, each.title, asked.voice.moment(each.ends_at, now=asked.now), each.opened)
        for each in there
    ]
    options = [
        Button(
            words.button_close_link(each.unit_code), data=tap("links.close", share=each.share_id)
        )
        for each in there
    ]
    told = words.links(rows, len(every) - len(there))
    return Answer([Choices(told, (*options, person_button(asked)))], asked.memory)


def looked(asked: Asked) -> Answer:
    """How often each page of this firm or person was opened, and when last; closed ones too, none
    about what they may not see any more. Of a piece that was named, those about it alone.
    """
    if (elsewhere := apart(asked)) is not None:
        return elsewhere
    who = asked.viewer.who
    if who is None:
        return link_first(asked)
    words, codes = voice(asked.lang), finding.written_in(asked)
    every = shares.made_by(asked.db, who, now=asked.now)
    wanted = {each.unit_code for each in every if not codes or each.unit_code in codes}
    seen = {each.code for each in items.by_codes(asked.db, sorted(wanted), viewer=asked.viewer)}
    every = [each for each in every if each.unit_code in seen]
    there = every[: finding.MOST]
    if not there:
        return Answer([Choices(words.no_links_made(), (person_button(asked),))], asked.memory)
    last = looks.last_opened(asked.db, [each.share_id for each in there])

    def moment(at: datetime | None) -> str | None:
        return asked.voice.moment(at, now=asked.now) if at is not None else None

    rows = [
        (each.unit_code, each.title, each.opened, moment(last.get(each.share_id)), each.is_open)
        for each in there
    ]
    listed = Button(words.button_links(), data=tap("links.mine"))
    told = words.links_looked(rows, len(every) - len(there))
    return Answer([Choices(told, (listed, person_button(asked)))], asked.memory)


def close(asked: Asked) -> Answer:
    """Close a page at once; another's, an unknown and a closed one are one answer."""
    who, words = asked.viewer.who, voice(asked.lang)
    text = words.link_closed()
    try:
        shares.revoke(asked.db, str(asked.slots.get("share", "")), who or "", now=asked.now)
    except ShareMissing:
        text = words.link_over()
    listed = Button(words.button_links(), data=tap("links.mine"))
    return Answer([Choices(text, (listed, person_button(asked)))], asked.memory)


FLOW = Flow(
    "links",
    frozenset({"media.share"}),
    ask,
    {"ask": ask, "make": make, "pin": lock, "mine": mine, "looked": looked, "close": close},
    {"mine": forms.LINKS, "looked": forms.LOOKED},
    beforehand={"pin": pin.made},
)
