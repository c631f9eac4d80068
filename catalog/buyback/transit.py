"""From the customer's decision to send until the piece is in the shop (申込・発送・到着).

The way can be changed until it has arrived (R-041, R-049); what happens to goods that cannot be
bought is told and chosen before anything is sent (R-059). Not here: labels and tracking, which are
parcels.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Session

from catalog.buyback import cases, deadlines, gates
from catalog.buyback.cases import Act, CaseMalformed, Standing
from catalog.buyback.inquiry import QuoteState
from catalog.buyback.returns import start_return, unit_of
from catalog.buyback.stages import BEFORE_ARRIVAL, Stage
from catalog.buyback.tables import CasePiece
from catalog.buyback.terms import CaseTerms, PayTerms
from catalog.duties.actors import Actor, Role
from catalog.duties.identity.actions import StaffNeeded
from catalog.duties.notices.actions import match_intake
from catalog.duties.rules import Channel
from catalog.duties.visits import actions as visits
from catalog.ground import worklist
from catalog.ground.errors import Refused
from catalog.ground.journal import Command
from catalog.ground.record import CustomerId, UnitId
from catalog.items import actions as items
from catalog.items.actions import Owner
from catalog.items.entering import NewPiece, Told, describe, enter
from catalog.items.kinds import Category, Custody, OwnerKind, UnitState
from catalog.items.styles import StyleFacts

_BEFORE = (Stage.SUBMITTED, Stage.KIT_SENT, Stage.IN_TRANSIT)


class RejectedChoice(StrEnum):
    """What is done with goods that cannot be bought; disposal asks again, for each piece."""

    RETURN = "return"
    DISPOSE = "dispose"


class KitBox(StrEnum):
    """How large a packing kit is wanted."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


class SettlementWish(StrEnum):
    """How the customer would like to be paid; the acceptance decides."""

    BANK = "bank"
    CREDIT = "credit"
    SPLIT = "split"
    OFFSET = "offset"
    CASH = "cash"


class TooLateToChange(Refused):
    """The goods have arrived; how they come cannot be changed any more."""


@dataclass(frozen=True, slots=True)
class Submission:
    """How the customer sends pieces in, and what they were told before (R-059)."""

    channel: Channel
    rejected_choice: RejectedChoice
    terms_text: str
    told_at: datetime
    settlement_wish: SettlementWish = SettlementWish.BANK
    offset_order: str | None = None
    visit_id: str | None = None


def submit(
    db: Session,
    case_id: str,
    told: Submission,
    *,
    actor: Actor,
    now: datetime,
    key: str,
    piece_ids: Sequence[str] | None = None,
) -> Standing:
    """The customer sends pieces in (all that were asked about, or these); each becomes a unit that
    is expected (R-041, R-059, CON-5). Raises CustomerOnly, CaseMissing, CaseMalformed,
    StageRefused, VisitMissing.
    """
    request = {
        **asdict(told),
        "verb": "buyback.submit",
        "case": case_id,
        "told_at": told.told_at.isoformat(),
        "pieces": sorted(piece_ids) if piece_ids is not None else None,
    }
    command = Command(key, request)
    if (before := cases.repeated(db, command)) is not None:
        return before
    act = cases.begin_for_customer(db, case_id, actor=actor, now=now)
    pieces = act.open_pieces(piece_ids, Stage.INQUIRY, Stage.QUOTED)
    _check(act, told, pieces)
    for piece in pieces:
        act.go(piece, Stage.SUBMITTED)
        piece.unit_id = _enter(act, piece, key=f"{key}:{piece.id}")
    act.case.channel = told.channel.value
    act.case.rejected_choice = told.rejected_choice.value
    act.case.terms_text, act.case.terms_told_at = told.terms_text, told.told_at
    act.case.settlement_wish = told.settlement_wish.value
    act.case.offset_order = told.offset_order
    fees = act.policy.of(PayTerms)
    kit = deadlines.kit_leaves_on(now, fees.kit_cutoff)
    return act.end(
        "submitted",
        command,
        facts={"channel": told.channel.value, "rejected": told.rejected_choice.value},
        phase="submitted",
        told={
            "channel": told.channel.value,
            "pieces": len(pieces),
            "rejected_choice": told.rejected_choice.value,
            "kit_by": kit.isoformat() if told.channel is Channel.MAIL_IN else None,
            "fees": {
                "inbound": fees.inbound_fee,
                "return": fees.return_fee,
                "cancel": fees.cancel_fee,
                "bank_transfer": fees.transfer_fee,
            },
        },
    )


def _check(act: Act, told: Submission, pieces: Sequence[CasePiece]) -> None:
    if not pieces:
        raise CaseMalformed("pieces", "none is to be sent in")
    if not told.terms_text.strip() or told.told_at > act.now:
        raise CaseMalformed("terms_text", "what was told, and when, is not known")
    if (told.settlement_wish is SettlementWish.OFFSET) != (told.offset_order is not None):
        raise CaseMalformed("offset_order", "goes with the wish to set off")
    _bind(act, told.channel, told.visit_id, pieces)


def _bind(act: Act, channel: Channel, visit_id: str | None, pieces: Sequence[CasePiece]) -> None:
    if (channel is Channel.HOME_VISIT) != (visit_id is not None):
        raise CaseMalformed("visit", "goes with coming to the customer's home")
    if visit_id is not None:
        gates.bind_visit(act, visit_id, pieces)


def _enter(act: Act, piece: CasePiece, *, key: str) -> str:
    style = StyleFacts(
        category=Category(piece.category),
        title=piece.title,
        brand=piece.brand,
        model=piece.model,
        reference=piece.reference,
    )
    unit = enter(
        act.db,
        NewPiece(style=style, title=piece.title, serial=piece.serial),
        owner=Owner(OwnerKind.CUSTOMER, act.case.customer_id),
        custody=Custody.CUSTOMER.value,
        state=UnitState.EXPECTED,
        case_id=act.case.id,
        by=act.actor.name,
        now=act.now,
        key=key,
    )
    return unit.id


def change_channel(
    db: Session,
    case_id: str,
    channel: Channel,
    *,
    visit_id: str | None = None,
    actor: Actor,
    now: datetime,
    key: str,
) -> Standing:
    """Another way of coming, until the goods have come (R-041). Raises CustomerOnly,
    TooLateToChange, CaseMalformed, VisitMissing, KindNotNamed.
    """
    request = {"verb": "buyback.change_channel", "case": case_id, "channel": channel.value}
    command = Command(key, {**request, "visit": visit_id})
    if (before := cases.repeated(db, command)) is not None:
        return before
    act = cases.begin_for_customer(db, case_id, actor=actor, now=now)
    waiting = act.at(Stage.SUBMITTED, Stage.KIT_SENT)
    if not waiting or act.at(Stage.IN_TRANSIT, Stage.ARRIVED):
        raise TooLateToChange(case_id)
    _bind(act, channel, visit_id, waiting)
    before_channel = act.case.channel
    act.case.channel = channel.value
    act.case.alarm_at = act.alarm_at(Stage(act.case.state))
    if channel is not Channel.MAIL_IN:
        act.finish("packing_kit")
        act.case.kit_box = None  # asked again, should they come back to the post
    if channel is not Channel.HOME_VISIT:
        act.finish("visit_wanted")
    return act.end(
        "channel_changed", command, facts={"before": before_channel, "after": channel.value},
        phase="channel_changed", told={"channel": channel.value},
    )  # fmt: skip


def choose_box(
    db: Session, case_id: str, box: KitBox, *, actor: Actor, now: datetime, key: str
) -> Standing:
    """The customer says how large a packing kit they need; staff send it (R-044). Raises
    CustomerOnly, CaseMissing, CaseMalformed, StageRefused.
    """
    command = Command(key, {"verb": "buyback.choose_box", "case": case_id, "box": box.value})
    if (before := cases.repeated(db, command)) is not None:
        return before
    act = cases.begin_for_customer(db, case_id, actor=actor, now=now)
    if act.channel is not Channel.MAIL_IN:
        raise CaseMalformed("channel", "a kit goes with the post")
    _some(act, Stage.SUBMITTED, to=Stage.KIT_SENT)
    act.case.kit_box = box.value
    leaves_at = deadlines.kit_leaves_on(now, act.policy.of(PayTerms).kit_cutoff)
    act.finish("packing_kit")  # another box instead of one that has not left
    worklist.task(
        db, "packing_kit", act.about, due_at=leaves_at, now=now,
        once=f"{box.value}:{act.case.version}", facts={"box": box.value},
    )  # fmt: skip
    return act.end("kit_box_chosen", command, facts={"box": box.value})


def kit_sent(
    db: Session, case_id: str, *, tracking_no: str, actor: Actor, now: datetime, key: str
) -> Standing:
    """The packing kit is on its way (R-044). Raises CaseMissing, StageRefused, MoverRefused."""
    command = Command(
        key, {"verb": "buyback.kit_sent", "case": case_id, "tracking_no": tracking_no}
    )
    if (before := cases.repeated(db, command)) is not None:
        return before
    act = cases.begin(db, case_id, actor=actor, now=now)
    if act.channel is not Channel.MAIL_IN:
        raise CaseMalformed("channel", "a kit goes with the post")
    act.case.kit_no = tracking_no
    for piece in _some(act, Stage.SUBMITTED, to=Stage.KIT_SENT):
        act.go(piece, Stage.KIT_SENT)
    return act.end("kit_sent", command, phase="kit_sent", told={"tracking_no": tracking_no})


def _some(act: Act, *stages: Stage, to: Stage) -> list[CasePiece]:
    pieces = act.at(*stages)
    if not pieces:
        piece = act.pieces[0]
        raise cases.StageRefused(piece.id, Stage(piece.stage), to)
    return pieces


def in_transit(
    db: Session,
    case_id: str,
    *,
    tracking_no: str,
    actor: Actor,
    now: datetime,
    key: str,
    piece_ids: Sequence[str] | None = None,
) -> Standing:
    """The carrier has the pieces, as its tracking tells. Units that its event moved already stay as
    they are.
    """
    command = Command(
        key,
        {
            "verb": "buyback.in_transit",
            "case": case_id,
            "tracking_no": tracking_no,
            "pieces": sorted(piece_ids) if piece_ids is not None else None,
        },
    )
    if (before := cases.repeated(db, command)) is not None:
        return before
    act = cases.begin(db, case_id, actor=actor, now=now)
    pieces = act.open_pieces(piece_ids, Stage.SUBMITTED, Stage.KIT_SENT)
    for piece in pieces or _some(act, Stage.SUBMITTED, Stage.KIT_SENT, to=Stage.IN_TRANSIT):
        act.go(piece, Stage.IN_TRANSIT)
        unit = items.locked(db, unit_of(piece))
        if unit.state == UnitState.EXPECTED.value:
            items.move(
                db, UnitId(unit.id), UnitState.IN_TRANSIT_IN, by=actor.name, now=now,
                verb="sent_in", custody=Custody.CARRIER.value,
            )  # fmt: skip
    return act.end("in_transit", command, phase="in_transit", told={"tracking_no": tracking_no})


def delivered(
    db: Session, case_id: str, *, delivered_at: datetime, actor: Actor, now: datetime, key: str
) -> Standing:
    """The carrier says the box is at the shop: the arrival scan is due within two hours."""
    command = Command(
        key,
        {"verb": "buyback.delivered", "case": case_id, "at": delivered_at.isoformat()},
    )
    if (before := cases.repeated(db, command)) is not None:
        return before
    act = cases.begin(db, case_id, actor=actor, now=now)
    hours = act.policy.of(CaseTerms).scan_hours
    standing = act.end("delivered", command)
    act.case.alarm_at = delivered_at + timedelta(hours=hours)
    db.add(act.case)
    db.flush()
    return standing


@dataclass(frozen=True, slots=True)
class Arrival:
    """What was seen when the box was opened: its picture, weight, and whether the seal was whole;
    None where it was handed over, and nothing was sealed. `serial`: read from the piece itself.
    """

    piece_id: str
    photo: str
    grams: int
    is_sealed: bool | None
    serial: str | None = None
    is_twin_seen: bool = False


def arrived(
    db: Session,
    case_id: str,
    arrivals: Sequence[Arrival],
    *,
    place: str = "shop",
    actor: Actor,
    now: datetime,
    key: str,
) -> Standing:
    """Pieces are in the shop's hands: photographed, weighed, the seal looked at (R-046).

    Each is held against the stolen-goods notices at once; a hit stops it (KOB-4). One the customer
    took back on its way goes home again. Raises CaseMissing, CaseMalformed, StageRefused,
    MoverRefused, VisitMissing.
    """
    command = Command(
        key,
        {
            "verb": "buyback.arrived",
            "case": case_id,
            "place": place,
            "arrivals": [asdict(each) for each in arrivals],
        },
    )
    if (before := cases.repeated(db, command)) is not None:
        return before
    act = cases.begin(db, case_id, actor=actor, now=now)
    if not arrivals or any(not each.photo.strip() or each.grams <= 0 for each in arrivals):
        raise CaseMalformed("arrivals", "each needs a photo and a weight")
    pieces = [act.piece(each.piece_id) for each in arrivals]
    gates.require_visit(act, pieces, makes_offer=False)
    stopped = [
        piece.id
        for piece, arrival in zip(pieces, arrivals, strict=True)
        if _take_in(act, piece, arrival, place=place, key=key)
    ]
    return act.end(
        "arrived",
        command,
        facts={"pieces": [piece.id for piece in pieces], "stopped": stopped},
        phase="arrived",
        told={
            "pieces": [
                {"piece": each.piece_id, "photo": each.photo, "is_sealed": each.is_sealed}
                for each in arrivals
            ]
        },
    )


def _take_in(act: Act, piece: CasePiece, arrival: Arrival, *, place: str, key: str) -> bool:
    """Whether police stop it."""
    act.go(piece, Stage.ARRIVED)
    piece.arrival = {**asdict(arrival), "at": act.now.isoformat()}
    unit_id = unit_of(piece)
    items.move(
        act.db, unit_id, UnitState.RECEIVED, by=act.actor.name, now=act.now, verb="received",
        custody=f"{Custody.DEALER.value}:{place}", facts={"photo": arrival.photo},
    )  # fmt: skip
    if arrival.serial is not None:
        piece.serial = arrival.serial
        describe(
            act.db, unit_id, Told(serial=arrival.serial), is_twin_seen=arrival.is_twin_seen,
            by=act.actor.name, now=act.now, key=f"{key}:{piece.id}:serial",
        )  # fmt: skip
    if match_intake(act.db, unit_id, act.now, by=act.actor.name):
        gates.stop_for_police(act, piece)
        return True
    if arrival.is_sealed is False:
        act.task("seal_broken", once=piece.id, piece=piece.id)
    if piece.is_withdrawn:
        start_return(act, piece)
    return False


def withdraw(
    db: Session,
    case_id: str,
    *,
    actor: Actor,
    now: datetime,
    key: str,
    piece_ids: Sequence[str] | None = None,
) -> Standing:
    """The customer does not want to sell after all, free of charge at any time before accepting
    (R-049, CON-5): what is still with them ends here, what is on its way or here goes back.

    Raises CustomerOnly, CaseMissing, StageRefused.
    """
    command = Command(
        key,
        {
            "verb": "buyback.withdraw",
            "case": case_id,
            "pieces": sorted(piece_ids) if piece_ids is not None else None,
        },
    )
    if (before := cases.repeated(db, command)) is not None:
        return before
    act = cases.begin_for_customer(db, case_id, actor=actor, now=now)
    pieces = act.open_pieces(piece_ids, *WITHDRAWABLE) or _some(act, *WITHDRAWABLE, to=Stage.CLOSED)
    for piece in pieces:
        _take_back(act, piece)
    fee = act.policy.of(PayTerms).cancel_fee
    return act.end(
        "withdrawn", command, facts={"pieces": [piece.id for piece in pieces]},
        phase="withdrawn", told={"pieces": len(pieces), "fee": fee},
    )  # fmt: skip


def refused_at_home(
    db: Session, case_id: str, visit_id: str, *, actor: Actor, now: datetime, key: str
) -> Standing:
    """The customer said no to selling at home, and who visits notes it: nobody asks again, and what
    they have not accepted is taken back, an open offer with it, which they are told (TOK-2, R-049).

    Raises StaffNeeded, VisitMissing, CaseMissing.
    """
    command = Command(key, {"verb": "buyback.refused_at_home", "case": case_id, "visit": visit_id})
    if (before := cases.repeated(db, command)) is not None:
        return before
    if not actor.is_staff:
        raise StaffNeeded(actor)
    act = cases.begin(db, case_id, actor=actor, now=now)
    visits.refuse(
        db, CustomerId(act.case.customer_id), visit_id=visit_id, by=actor.name, now=now,
        key=f"{key}:refusal",
    )  # fmt: skip
    pieces = act.at(*WITHDRAWABLE, Stage.OFFERED)
    for piece in pieces:
        if Stage(piece.stage) is Stage.OFFERED:
            gates.drop_quotes(act, piece, QuoteState.DECLINED)
            act.go(piece, Stage.DECLINED, role=Role.CUSTOMER)
        _take_back(act, piece)
    worklist.close_tasks(db, act.about, "visit_wanted", now=now, visit=visit_id)
    told = {"pieces": len(pieces), "fee": act.policy.of(PayTerms).cancel_fee}
    facts = {"visit": visit_id, "pieces": [piece.id for piece in pieces]}
    return act.end(
        "refused_at_home", command, facts=facts, phase="withdrawn" if pieces else None,
        told=told if pieces else None,
    )  # fmt: skip


# What can be taken back, free of charge, before an offer is accepted.
WITHDRAWABLE = (
    Stage.INQUIRY,
    Stage.QUOTED,
    Stage.QUOTE_EXPIRED,
    *_BEFORE,
    Stage.ARRIVED,
    Stage.APPRAISING,
    Stage.APPROVAL_PENDING,
)


def _take_back(act: Act, piece: CasePiece) -> None:
    stage = Stage(piece.stage)
    gates.drop_quotes(act, piece)
    if stage is Stage.IN_TRANSIT:
        piece.is_withdrawn = True
        act.note(piece)
    elif stage in BEFORE_ARRIVAL or piece.unit_id is None:
        act.go(piece, Stage.CLOSED, role=Role.CUSTOMER)
        if piece.unit_id is not None:
            items.move(
                act.db, unit_of(piece), UnitState.CANCELLED, by=act.actor.name, now=act.now,
                verb="withdrawn",
            )  # fmt: skip
    else:
        start_return(act, piece)
