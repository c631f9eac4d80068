"""The carrier's number of a kit or of what went home (送り状番号), put right where another was
typed, as long as the carrier has told nothing of it. The seller is told.

Not here: the parcels of an order (`orders.labels`), and what carriers tell (`orders.tracking`).
"""

from datetime import datetime

from sqlmodel import Session, col, select

from catalog.buyback import cases
from catalog.buyback.cases import Act, Standing
from catalog.buyback.returns import unit_of
from catalog.buyback.stages import Stage
from catalog.buyback.tables import CasePiece
from catalog.duties.actors import Actor
from catalog.ground.journal import Command
from catalog.items import actions as items
from catalog.items.kinds import UnitState
from catalog.items.parcels import actions as parcels
from catalog.items.parcels.actions import TrackingTaken
from catalog.items.parcels.rules import ParcelState
from catalog.items.parcels.tables import Parcel
from catalog.items.words import ascii_key


def correct_kit(
    db: Session, case_id: str, tracking_no: str, *, actor: Actor, now: datetime, key: str
) -> Standing:
    """Another number was typed when the kit left. Raises CaseMissing, MoverRefused, StageRefused,
    TrackingTaken, TrackingMalformed.
    """
    request = {"verb": "buyback.kit_renumber", "case": case_id, "tracking_no": tracking_no}
    command = Command(key, request)
    if (before := cases.repeated(db, command)) is not None:
        return before
    act = _begun(db, case_id, actor=actor, now=now)
    if act.case.kit_no is None or not act.at(Stage.KIT_SENT):
        raise cases.StageRefused(case_id, Stage(act.case.state), Stage.KIT_SENT)
    _need_unknown(act, act.case.kit_no)
    act.case.kit_no = parcels.number_of(tracking_no)
    return _told(act, command, act.case.kit_no, facts={"of": "kit"})


def correct_return(
    db: Session,
    case_id: str,
    earlier: str,
    tracking_no: str,
    *,
    actor: Actor,
    now: datetime,
    key: str,
) -> Standing:
    """Another number (`earlier`) was typed when pieces went home, and they are not there yet.
    Raises CaseMissing, MoverRefused, StageRefused, TrackingTaken, TrackingMalformed.
    """
    request = {
        "verb": "buyback.return_renumber", "case": case_id, "earlier": earlier,
        "tracking_no": tracking_no,
    }  # fmt: skip
    command = Command(key, request)
    if (before := cases.repeated(db, command)) is not None:
        return before
    act = _begun(db, case_id, actor=actor, now=now)
    going = [each for each in act.at(Stage.RETURN_SHIPPING) if _is_on_its_way(act, each, earlier)]
    if not going:
        raise cases.StageRefused(case_id, Stage(act.case.state), Stage.RETURN_SHIPPING)
    _need_unknown(act, earlier)
    number = parcels.number_of(tracking_no)
    for piece in going:
        piece.back_no = number
        act.note(piece)
    return _told(act, command, number, facts={"of": "return", "pieces": [x.id for x in going]})


def _is_on_its_way(act: Act, piece: CasePiece, tracking_no: str) -> bool:
    state = items.locked(act.db, unit_of(piece)).state
    return piece.back_no == tracking_no and state == UnitState.IN_TRANSIT_OUT.value


def is_known(db: Session, about: str, tracking_no: str) -> bool:
    """Whether a carrier has told anything of that number of the case."""
    found = select(Parcel.id).where(
        Parcel.about == about,
        Parcel.tracking_no == ascii_key(tracking_no).upper(),
        col(Parcel.state) != ParcelState.MADE.value,
    )
    return db.exec(found).first() is not None


def _begun(db: Session, case_id: str, *, actor: Actor, now: datetime) -> Act:
    act = cases.begin(db, case_id, actor=actor, now=now)
    if not actor.is_staff:
        raise cases.MoverRefused(actor.role, "correcting a number")
    return act


def _need_unknown(act: Act, tracking_no: str) -> None:
    if is_known(act.db, act.about, tracking_no):
        raise TrackingTaken(tracking_no)


def _told(act: Act, command: Command, number: str, *, facts: dict[str, object]) -> Standing:
    return act.end(
        "renumbered", command, facts=facts, phase="case_number_corrected",
        told={"tracking_no": number},
    )  # fmt: skip
