"""How it stands (sell.arrival, sell.payment): stage, since when, what comes next and by when; the
arrival as it was filmed; when money comes (R-046, R-051, R-052).

客: 届いた?
証: (film) (card) B-261009-7F3K9QX2  デイトナ: 到着・査定待ち(本日 11:05)
    次のご連絡 10月10日(土) 23:05まで  記録 SHA-256 9f2c… [担当者と話す]
客: いつ入金?
証: ¥98,000は10月13日(火)にお振り込みの予定です。振込手数料は当店が負担いたします。
"""

from collections.abc import Sequence

from catalog.buyback import queries, referrals, rules
from catalog.buyback.queries import CaseStatus, PieceStatus
from catalog.buyback.stages import HELD, Stage
from catalog.buyback.terms import PayTerms
from catalog.credit.rules import credit_bonus
from catalog.credit.terms import CreditTerms
from catalog.ground import policy
from catalog.ground.money import Yen
from catalog.ground.record import AssetId, UnitId
from conversations.flows.apart import alone
from conversations.flows.flow import Answer, Asked, Flow, person_button, tap
from conversations.flows.membership import link_first
from conversations.flows.selling.standing import (
    CHANGEABLE,
    SENDABLE,
    WITHDRAWABLE,
    begin_button,
    open_cases,
    pieces_at,
    say,
    seller,
    words,
)
from conversations.flows.showing import Recipient, media_letters
from conversations.messages import Button, Card, Cards, Choices, Letter
from conversations.wording.custody.voice import voice as custody_voice
from media.assets import queries as assets
from media.assets.kinds import AssetKind
from media.renditions import queries as renditions

_MOST_LINES = 8
_MOST_SOLD = 3
_HASH_SHOWN = 16
_EXAMPLE = Yen(100_000)


def step(asked: Asked) -> Answer:
    """Whether it came, or when it is paid."""
    return paid(asked) if asked.intent == "sell.payment" else status(asked)


def status(asked: Asked) -> Answer:
    """Every open case as a card, the arrival of the newest before it."""
    if asked.customer is None:
        return link_first(asked)
    named = asked.slots.get("case")
    cases = (
        [queries.status(asked.db, str(named), customer=seller(asked).id)]
        if named
        else open_cases(asked)
    )
    if not cases:
        return say(asked, words(asked).no_case(), begin_button(asked))
    letters: list[Letter] = []
    proof: list[tuple[str, str]] = []
    for piece in pieces_at(cases[0], HELD):
        media, proof = _arrival(asked, piece)
        if media or proof:
            letters += media
            break
    cards = tuple(_card(asked, case, proof if case is cases[0] else []) for case in cases[:10])
    if len(cards) == 1:
        letters.append(cards[0])
    else:
        letters.append(Cards(cards, said=words(asked).cases_open(len(cards))))
    letters.append(Choices(words(asked).anything_else(), _next_buttons(asked, cases[0])))
    return Answer(letters, asked.memory)


def _arrival(asked: Asked, piece: PieceStatus) -> tuple[Sequence[Letter], list[tuple[str, str]]]:
    """The film or picture of its arrival, with when it came and the hash of the original."""
    row, _ = queries.piece_of(asked.db, piece.piece_id, customer=seller(asked).id)
    if row.unit_id is None:
        return [], []
    shown = renditions.showable(asked.db, UnitId(row.unit_id), AssetKind.FILM)
    photo = row.arrival.get("photo")
    if shown is None and photo:
        shown = renditions.of_asset(asked.db, AssetId(str(photo)))
    if shown is None or shown.is_pending:
        return [], []
    sha256 = assets.asset_of(asked.db, shown.asset_id).sha256
    to = Recipient(asked.conversation, asked.terms.public_url, asked.viewer.partner)
    say_words = words(asked)
    proof = [
        (asked.voice.label_captured(), asked.voice.captured(shown.captured_at)),
        (say_words.label_hash(), f"SHA-256 {sha256[:_HASH_SHOWN]}…"),
    ]
    return media_letters(
        asked.db, shown, to, said=asked.voice.captured(shown.captured_at), now=asked.now
    ), proof


def _card(asked: Asked, case: CaseStatus, proof: list[tuple[str, str]]) -> Card:
    say_words = words(asked)
    lines = [
        (
            piece.title,
            say_words.stage_since(
                piece.stage.value, asked.voice.moment(piece.since, now=asked.now)
            ),
        )
        for piece in case.pieces[:_MOST_LINES]
    ]
    if case.promised_at is not None and case.promised_at > asked.now:
        by = asked.voice.moment(case.promised_at, now=asked.now)
        lines.append((say_words.label_next(), say_words.next_by(by)))
    if case.kit_no is not None and pieces_at(case, CHANGEABLE):
        lines.append((say_words.label_kit(), case.kit_no))
    lines += proof
    return Card(
        heading=case.case_no,
        lines=tuple(lines),
        buttons=_card_buttons(asked, case),
        said=say_words.case_said(case.case_no, say_words.stage(case.stage.value)),
    )


def _card_buttons(asked: Asked, case: CaseStatus) -> tuple[Button, ...]:
    """What the case waits for, at most two things, and a person."""
    say_words = words(asked)
    buttons = []
    proposed = [piece for piece in case.pieces if referrals.proposal_of(asked.db, piece.piece_id)]
    if proposed:
        data = tap("parting.refer", piece=proposed[0].piece_id)
        buttons.append(Button(say_words.button_proposal(), data=data))
    rejected = pieces_at(case, frozenset({Stage.REJECTED}))
    if rejected:
        data = tap("parting.rejected", piece=rejected[0].piece_id)
        buttons.append(Button(say_words.button_rejected(), data=data))
    if any(each.offer is not None and each.offer.is_binding for each in case.pieces):
        buttons.append(Button(say_words.button_other_offers(), data=tap("offer.show")))
    if pieces_at(case, SENDABLE):
        data = tap("sending.how", case=case.case_id)
        buttons.append(Button(say_words.button_choose_method(), data=data))
    elif pieces_at(case, CHANGEABLE):
        data = tap("sending.how", case=case.case_id)
        buttons.append(Button(say_words.button_change_method(), data=data))
    return (*buttons[:2], person_button(asked))


def _next_buttons(asked: Asked, case: CaseStatus) -> tuple[Button, ...]:
    say_words = words(asked)
    buttons = [Button(say_words.button_payment(), data=tap("selling.paid"))]
    if pieces_at(case, WITHDRAWABLE):
        buttons.append(
            Button(say_words.button_withdraw(), data=tap("sending.stop", case=case.case_id))
        )
    if pieces_at(case, HELD):
        buttons.append(Button(custody_voice(asked.lang).button_way(), data=tap("own.way")))
    return (*buttons, person_button(asked))


def paid(asked: Asked) -> Answer:
    """Payments planned and made, with their days; without any, how it would be if accepted now."""
    terms = policy.current(asked.db).of(PayTerms)
    say_words = words(asked)
    cases = _paying(asked)
    told = [
        say_words.payment(
            each.amount, each.due_on, each.status.value, transfer_fee=terms.transfer_fee
        )
        for case in cases
        for each in case.payments
    ]
    if any(case.waits_for_identity for case in cases):
        told.append(say_words.waits_for_identity())
    if told:
        return say(asked, "\n".join(told))
    on = rules.buyback_pay_date(terms, asked.now)
    bonus = credit_bonus(policy.current(asked.db).of(CreditTerms), _EXAMPLE)
    text = say_words.how_paid(
        on, cutoff=terms.cutoff, transfer_fee=terms.transfer_fee,
        example=_EXAMPLE, as_credit=_EXAMPLE + bonus,
    )  # fmt: skip
    return say(asked, text, begin_button(asked))


def _paying(asked: Asked) -> list[CaseStatus]:
    """The customer's latest cases with something sold, closed ones too."""
    if asked.customer is None:
        return []
    ids = queries.sold_cases(asked.db, asked.customer, limit=_MOST_SOLD)
    return [queries.status(asked.db, each, customer=asked.customer) for each in ids]


FLOW = alone(
    Flow(
        "selling",
        frozenset({"sell.arrival", "sell.payment"}),
        step,
        {"status": status, "paid": paid},
    )
)
