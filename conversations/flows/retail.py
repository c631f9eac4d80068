"""What only the people of retailers do (取引先): join by an invitation code, and see what is lent
to them (R-031, R-034).

客: ABCDE-FGH23
証: 銀座リテール様としてご利用いただけるようになりました。…
取引先: 預かり一覧
証: お預けしている商品です。・W-1042 コスモグラフ デイトナ 11月20日(金) 14:05から、返却予定 …

A code is recognised by its form before anything else reads it; a wrong, a used and an ended one,
and every one after too many tries, are one answer. Codes typed in a group are not looked at.
"""

from datetime import date

from catalog.items.holds.rules import asked_end
from catalog.items.places import queries as places
from catalog.partners import invitations
from catalog.partners import queries as partners
from catalog.partners.invitations import InvitationMissing
from conversations.flows import finding, menus
from conversations.flows.apart import apart
from conversations.flows.flow import Answer, Asked, Flow, person_button, tap
from conversations.messages import Button, Choices
from conversations.understanding import forms
from conversations.wording.retail.voice import voice


def join(asked: Asked) -> Answer:
    """Whoever types the code once speaks for the firm from now on."""
    words, sender = voice(asked.lang), asked.event.sender
    code = asked.slots.get("code") or asked.slots.get("bare") or ""
    try:
        if asked.event.is_group or sender is None:
            raise InvitationMissing("a code is typed one to one")
        partner = invitations.join(asked.db, str(code), asked.event.channel, sender, now=asked.now)
    except InvitationMissing:
        return Answer([Choices(words.code_wrong(), (person_button(asked),))], asked.memory)
    menus.follow(asked.db, asked.event, now=asked.now)
    options = (
        Button(asked.voice.button_search(), data=tap("pieces.which")),
        Button(words.button_holds(), data=tap("holds.mine")),
        person_button(asked),
    )
    text = words.joined(partners.name_of(asked.db, partner) or "")
    return Answer([Choices(text, options)], asked.memory)


def loans(asked: Asked) -> Answer:
    """What of ours the partner has, since when and until when (預かり一覧)."""
    if (elsewhere := apart(asked)) is not None:
        return elsewhere
    words, partner = voice(asked.lang), asked.viewer.partner
    lent = places.lent_to(asked.db, partner)[: finding.MOST * 2] if partner is not None else []
    if not lent:
        return Answer([Choices(words.no_loans(), (person_button(asked),))], asked.memory)
    rows = [
        (
            each.code,
            each.title,
            asked.voice.moment(each.lent_at, now=asked.now),
            _closing(asked, each.due_on),
        )
        for each in lent
    ]
    codes = tuple(each.code for each in lent[: finding.MOST])
    options = [Button(code, data=tap("pieces.show", sku=code)) for code in codes]
    kept = asked.memory.offering(codes, verb="pieces.show")
    return Answer([Choices(words.loans(rows), (*options, person_button(asked)))], kept)


def _closing(asked: Asked, day: date | None) -> str | None:
    """A day to give something back on ends when the shop closes."""
    at = asked_end(asked.hours, day=day, at=None, now=asked.now) if day else None
    return asked.voice.moment(at, now=asked.now) if at is not None else None


FLOW = Flow(
    "retail",
    frozenset(),
    loans,
    {"join": join, "loans": loans},
    {"join": forms.INVITATION, "loans": forms.LOANS},
    refuses_nothing=True,
)
