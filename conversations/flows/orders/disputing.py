"""A piece is not as it was recorded (media.dispute, R-017, R-018): a case opens with what was on
record, and what shows the piece as it was sold is put beside the claim.

客: 買った時と文字盤が違う
証: (film of the dial, as it was sold) (card) W-10234  文字盤  撮影 2026年11月12日(木) 14:05
    ご申告を承り、記録 12点を、この時点のまま保全いたしました。… お手元の商品のお写真を…
    本日 16:30までに担当者がお返事いたします。 [担当者と話す]
客: (photo)
証: お写真をお預かりし、このご申告に添えました。…
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from catalog.ground.record import UnitId
from catalog.items import queries as items
from catalog.items.queries import UnitFacts
from catalog.items.rules import STAFF
from catalog.orders.queries import BoughtPiece
from conversations.flows import finding
from conversations.flows.flow import PERSON, Answer, Asked, Flow, person_button, tap
from conversations.flows.membership import link_first
from conversations.flows.orders import bought
from conversations.flows.orders.bought import private
from conversations.flows.showing import Recipient, caption, media_letters, told
from conversations.messages import Button, Choices, Letter
from conversations.wording.orders.voice import voice
from conversations.wording.voice import voice as common
from media.assets.kinds import Part
from media.disputes import actions as disputes
from media.disputes import queries as disputed
from media.disputes.actions import Claim, Opened
from media.disputes.tables import DisputeState
from media.renditions import queries as renditions
from media.renditions.queries import Showable

TASK = "dispute"


def step(asked: Asked) -> Answer:
    """The bought piece that differs; for a retailer, a piece shown to them."""
    if asked.customer is None and asked.viewer.partner is None:
        return link_first(asked)
    part = _part(asked)
    going_on = _going_on(asked)
    if going_on is not None:
        return _open(asked, going_on, part, None)
    meant = bought.meant(asked)
    if len(meant) > 1:
        question = voice(asked.lang).choose_disputed(len(meant))
        answer = bought.choose(asked, question, meant, verb="dispute.piece")
        return replace(answer, memory=replace(answer.memory, part=part))
    if meant:
        return _open(asked, UnitId(meant[0].line.unit_id), part, meant[0])
    return _of_another(asked, part)


def _going_on(asked: Asked) -> UnitId | None:
    """More about the piece this conversation disputes already; another one is named."""
    dispute = asked.memory.fact(TASK, "dispute")
    if dispute is None or {"sku", "order_no", "line", "ordinal"} & asked.slots.keys():
        return None
    open_ones = disputed.open_of(asked.db, asked.conversation)
    return next((UnitId(each.unit_id) for each in open_ones if each.id == dispute), None)


def _part(asked: Asked) -> str | None:
    told = asked.slots.get("part") or asked.memory.part
    return str(told) if told in set(Part) else None


def _of_another(asked: Asked, part: str | None) -> Answer:
    """Not bought here: a consigned piece, or one a retailer was shown."""
    found = finding.find(asked)
    if len(found.units) == 1 and _is_concerned(asked, found.units[0]):
        return _open(asked, found.units[0].id, part, None)
    if len(found.units) > 1 and asked.viewer.partner is not None:
        return finding.choose(asked, found, verb="dispute.piece", part=part, kind=None)
    orders = Button(voice(asked.lang).button("orders"), data=tap("order.mine"))
    text = voice(asked.lang).nothing_disputed()
    return Answer([Choices(text, (orders, person_button(asked)))], asked.memory)


def _is_concerned(asked: Asked, unit: UnitFacts) -> bool:
    """Theirs, or granted to them: what anybody may see in the shop is a question, not a claim."""
    if asked.viewer.partner is not None:
        return asked.viewer.granted_all or unit.code in asked.viewer.granted
    row = items.owner_of(asked.db, unit.id)
    return row is not None and row == asked.customer


def _open(asked: Asked, unit_id: UnitId, part: str | None, piece: BoughtPiece | None) -> Answer:
    """The register freezes what is there; the time told is the one a person has on their list."""
    claim = Claim(
        unit_id,
        asked.conversation,
        Part(part) if part else None,
        order_id=piece.order.id if piece else None,
        sold_at=bought.bought_at(piece.order) if piece else None,
    )
    by = f"customer:{asked.customer}" if asked.customer else f"partner:{asked.viewer.partner}"
    opened = disputes.claim(
        asked.db, claim, by=by, promised_at=bought.promise(asked), now=asked.now
    )
    unit = items.by_id(asked.db, unit_id, viewer=STAFF)
    if unit is None:
        return Answer([Choices(asked.voice.nothing_found(), (person_button(asked),))], asked.memory)
    kept = asked.memory.about(unit.code).closing()
    kept = kept.opening(
        TASK,
        expecting="media.dispute",
        dispute=opened.dispute_id,
        pictures=disputes.subject(opened.dispute_id),
    )
    return Answer([*_beside(asked, unit, opened, part), _told(asked, unit, opened)], kept)


def _told(asked: Asked, unit: UnitFacts, opened: Opened) -> Letter:
    words = voice(asked.lang)
    late = opened.promised_at <= asked.now
    by = asked.voice.moment(bought.promise(asked) if late else opened.promised_at, now=asked.now)
    count = len(disputed.exhibits(asked.db, opened.dispute_id))
    title = unit.named(asked.lang)
    text = (
        words.dispute_opened(title, count=count, by=by)
        if opened.is_new
        else words.dispute_open_already(title, by=by)
    )
    return Choices(text, (person_button(asked),))


def _beside(asked: Asked, unit: UnitFacts, opened: Opened, part: str | None) -> Sequence[Letter]:
    """The capture that shows the claimed part as it was sold, when it can be shown."""
    shown = _showable(asked.db, opened.dispute_id, part)
    if shown is None:
        return []
    to = Recipient(asked.conversation, asked.terms.public_url, asked.viewer.partner)
    return [
        *media_letters(asked.db, shown, to, said=told(asked.voice, unit, shown), now=asked.now),
        caption(asked.voice, unit, shown, buttons=(person_button(asked),)),
    ]


def _showable(db: Session, dispute_id: str, part: str | None) -> Showable | None:
    for asset in disputed.as_sold(db, dispute_id, part=part):
        shown = renditions.of_asset(db, asset)
        if shown is not None and not shown.is_pending:
            return shown
    return None


def taken(db: Session, dispute_id: str, lang: str, now: datetime) -> Sequence[Letter] | None:
    """What is said when pictures sent in for a dispute are safe; None: it is closed."""
    found = disputed.dispute_of(db, dispute_id)
    if found.state != DisputeState.OPEN.value:
        return None
    by = common(lang).moment(found.promised_at, now=now) if found.promised_at > now else None
    person = Button(common(lang).button_person(), data=tap(PERSON))
    return [Choices(voice(lang).pictures_attached(by=by), (person,))]


FLOW = Flow(TASK, frozenset({"media.dispute"}), private(step), {"piece": private(step)})
