"""The way of a case's pieces through the shop's door (受付・返送): the kit leaves, pieces arrive,
are repaired, and go home.

POST /console/cases/{no}/kit          the packing kit is on its way, with its number
POST /console/cases/{no}/renumber_kit, /renumber_back   another tracking number was typed
POST /console/cases/{no}/visitor      who goes to the customer's home, with the number of their card
POST /console/cases/{no}/refused_at_home   the customer said no to selling at home
POST /console/cases/{no}/arrive       the parcel was opened, or pieces were handed over
POST /console/cases/{no}/repaired     a repair is done; the piece goes home
POST /console/cases/{no}/send_home    a piece goes home because the shop says so
POST /console/cases/{no}/give_up      goods or papers never came; nobody waits for them any more
POST /console/cases/{no}/ship_back    what goes home is with the carrier
POST /console/cases/{no}/given_back   it is back in the customer's hands

The picture of a parcel is a capture of one of its pieces (`station`). Not here: how a case is
priced and paid.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from catalog.buyback import answers, awaiting, cases, labels, returns, transit
from catalog.buyback.awaiting import Awaited
from catalog.buyback.stages import BEFORE_ARRIVAL, Stage
from catalog.buyback.tables import BuybackCase, CasePiece
from catalog.buyback.transit import Arrival
from catalog.consignment import proposals
from catalog.duties.rules import Channel
from catalog.duties.visits import actions as visits
from catalog.duties.visits.actions import VisitMissing
from catalog.duties.visits.tables import Visit as HomeVisit
from catalog.ground.record import AssetId, StaffId, UnitId
from catalog.items.kinds import UnitState
from catalog.items.tables import Unit
from handoff.console.asked import FieldMalformed, count_of, key_of, maybe_words, words_of
from handoff.console.case_named import Step, case_of, piece_in, pieces_of
from handoff.console.door import Visit
from handoff.shifts import queries as shifts
from handoff.staff.permissions import Act
from media.assets import queries as assets
from media.assets.kinds import AssetKind
from media.assets.tables import Asset
from media.renditions import queries as renditions
from media.renditions.queries import Showable

_REFUSABLE = {each.value for each in (*transit.WITHDRAWABLE, Stage.OFFERED)}
_MOST_GRAMS = 200_000
_MOST_CAPTURES = 24
_SEALS = {"whole": True, "broken": False}


@dataclass(frozen=True, slots=True)
class Coming:
    """A piece that is not here yet, with the code its captures are taken under."""

    piece: CasePiece
    code: str


@dataclass(frozen=True, slots=True)
class Intake:
    """What the door of a case has to do now. `captures`: those of its pieces, the latest first;
    `home`: the visit, where the pieces are fetched; `waiting`: what goes home and has not left;
    `handed`: what of it is likely to be in the customer's hands next; `may_refuse`: whether they
    can still say no to selling at home; `overdue`: what never came, and may be given up now;
    `kit_no`, `back_nos`: numbers that can still be put right.
    """

    is_kit_due: bool
    coming: Sequence[Coming]
    captures: Sequence[tuple[Asset, Showable | None]]
    home: HomeVisit | None
    visitors: Sequence[Any]
    leaving: Sequence[CasePiece]
    waiting: Sequence[CasePiece]
    handed: Sequence[CasePiece]
    may_refuse: bool
    overdue: Awaited | None
    kit_no: str | None
    back_nos: Sequence[str]


def intake_of(db: Session, visit: Visit, case: BuybackCase) -> Intake:
    """What the page offers; what nobody needs now is not looked for."""
    pieces = pieces_of(db, case)
    units = {each.id: each for each in _units(db, pieces)}
    coming = [
        Coming(each, units[each.unit_id].code)
        for each in pieces
        if Stage(each.stage) in BEFORE_ARRIVAL and each.unit_id in units
    ]
    is_fetched = case.channel == Channel.HOME_VISIT.value
    leaving = [each for each in pieces if each.stage == Stage.RETURN_SHIPPING.value]
    waiting = [
        each
        for each in leaving
        if each.unit_id in units and units[each.unit_id].state == UnitState.RETURN_PENDING.value
    ]
    home = _home(db, case) if is_fetched and coming else None
    return Intake(
        case.channel == Channel.MAIL_IN.value
        and any(each.stage == Stage.SUBMITTED.value for each in pieces),
        coming,
        _captures(db, list(units)) if coming else [],
        home,
        shifts.people(db, now=visit.now) if home is not None else [],
        leaving,
        waiting,
        [each for each in leaving if each not in waiting] or leaving,
        is_fetched and any(each.stage in _REFUSABLE for each in pieces),
        awaiting.overdue(cases.seen(db, case, actor=visit.session.actor, now=visit.now)),
        case.kit_no if _may_correct_kit(db, case, pieces) else None,
        _back_numbers(db, case, [each for each in leaving if each not in waiting]),
    )


def _may_correct_kit(db: Session, case: BuybackCase, pieces: Sequence[CasePiece]) -> bool:
    if case.kit_no is None or all(each.stage != Stage.KIT_SENT.value for each in pieces):
        return False
    return not labels.is_known(db, f"case:{case.id}", case.kit_no)


def _back_numbers(db: Session, case: BuybackCase, gone: Sequence[CasePiece]) -> list[str]:
    numbers = sorted({each.back_no for each in gone if each.back_no})
    return [each for each in numbers if not labels.is_known(db, f"case:{case.id}", each)]


def _units(db: Session, pieces: Sequence[CasePiece]) -> Sequence[Unit]:
    ids = [each.unit_id for each in pieces if each.unit_id is not None]
    return db.exec(select(Unit).where(col(Unit.id).in_(ids))).all()


def _captures(db: Session, units: Sequence[str]) -> list[tuple[Asset, Showable | None]]:
    rows = [
        each
        for unit in units
        for each in assets.of_unit(db, UnitId(unit), limit=_MOST_CAPTURES)
        if each.kind == AssetKind.STILL.value
    ]
    latest = sorted(rows, key=lambda each: (each.captured_at, each.id), reverse=True)
    return [(each, renditions.of_asset(db, AssetId(each.id))) for each in latest[:_MOST_CAPTURES]]


def _home(db: Session, case: BuybackCase) -> HomeVisit | None:
    return db.exec(select(HomeVisit).where(HomeVisit.case_id == case.id)).first()


def _kit(db: Session, no: str, visit: Visit, form: Mapping[str, str]) -> object:
    number, key = words_of(form, "tracking_no", most=60), key_of(form, visit)
    actor, case = visit.session.actor, case_of(db, no)
    return transit.kit_sent(db, case.id, tracking_no=number, actor=actor, now=visit.now, key=key)


def _renumber_kit(db: Session, no: str, visit: Visit, form: Mapping[str, str]) -> object:
    number, key = words_of(form, "tracking_no", most=60), key_of(form, visit)
    actor, case = visit.session.actor, case_of(db, no)
    return labels.correct_kit(db, case.id, number, actor=actor, now=visit.now, key=key)


def _renumber_back(db: Session, no: str, visit: Visit, form: Mapping[str, str]) -> object:
    number, key = words_of(form, "tracking_no", most=60), key_of(form, visit)
    earlier, case = words_of(form, "earlier", most=60), case_of(db, no)
    actor = visit.session.actor
    return labels.correct_return(db, case.id, earlier, number, actor=actor, now=visit.now, key=key)


def _visitor(db: Session, no: str, visit: Visit, form: Mapping[str, str]) -> object:
    home = _home(db, case_of(db, no))
    if home is None:
        raise VisitMissing(no)
    to, card = words_of(form, "to", most=60), words_of(form, "licence_no", most=60)
    if StaffId(to) not in {each.id for each in shifts.people(db, now=visit.now)}:
        raise FieldMalformed("to")
    visits.assign(db, home.id, to, card, actor=visit.session.actor, now=visit.now)
    return None


def _refused_at_home(db: Session, no: str, visit: Visit, form: Mapping[str, str]) -> object:
    case, key = case_of(db, no), key_of(form, visit)
    home = _home(db, case)
    if home is None:
        raise VisitMissing(no)
    actor = visit.session.actor
    return transit.refused_at_home(db, case.id, home.id, actor=actor, now=visit.now, key=key)


def _arrive(db: Session, no: str, visit: Visit, form: Mapping[str, str]) -> object:
    """Whatever the form says came, wherever it stands by now: sent twice it is one arrival."""
    case = case_of(db, no)
    came = _named(db, case, form, "came")
    photo, is_sealed = _photo(db, case, form), None
    if case.channel == Channel.MAIL_IN.value:
        if form.get("seal") not in _SEALS:
            raise FieldMalformed("seal")
        is_sealed = _SEALS[form["seal"]]
    arrivals = [
        Arrival(
            piece.id,
            photo,
            count_of(form, f"grams-{piece.number}", most=_MOST_GRAMS),
            is_sealed,
            maybe_words(form, f"serial-{piece.number}", most=100),
            form.get(f"twin-{piece.number}") == "yes",
        )
        for piece in came
    ]
    place, actor = words_of(form, "place", most=60), visit.session.actor
    key = key_of(form, visit)
    return transit.arrived(db, case.id, arrivals, place=place, actor=actor, now=visit.now, key=key)


def _named(db: Session, case: BuybackCase, form: Mapping[str, str], what: str) -> list[CasePiece]:
    """The pieces whose box is ticked. Raises FieldMalformed with none."""
    named = [each for each in pieces_of(db, case) if form.get(f"{what}-{each.number}") == "yes"]
    if not named:
        raise FieldMalformed(what)
    return named


def _photo(db: Session, case: BuybackCase, form: Mapping[str, str]) -> str:
    """A capture of one of the case's pieces. Raises FieldMalformed for any other."""
    asset = db.get(Asset, form.get("photo", ""))
    units = {each.unit_id for each in pieces_of(db, case)}
    if asset is None or asset.unit_id is None or asset.unit_id not in units:
        raise FieldMalformed("photo")
    return asset.id


def _repaired(db: Session, no: str, visit: Visit, form: Mapping[str, str]) -> object:
    piece, key = piece_in(db, no, form), key_of(form, visit)
    return answers.repaired(db, piece.id, actor=visit.session.actor, now=visit.now, key=key)


def _send_home(db: Session, no: str, visit: Visit, form: Mapping[str, str]) -> object:
    piece, reason = piece_in(db, no, form), words_of(form, "reason", most=300)
    actor, key = visit.session.actor, key_of(form, visit)
    return proposals.send_home(db, piece.id, reason=reason, actor=actor, now=visit.now, key=key)


def _ship_back(db: Session, no: str, visit: Visit, form: Mapping[str, str]) -> object:
    number, key = words_of(form, "tracking_no", most=60), key_of(form, visit)
    case = case_of(db, no)
    left = [each.id for each in _named(db, case, form, "goes")]
    return returns.send_back(
        db, case.id, tracking_no=number, piece_ids=left, actor=visit.session.actor, now=visit.now,
        key=key,
    )  # fmt: skip


def _given_back(db: Session, no: str, visit: Visit, form: Mapping[str, str]) -> object:
    case, key = case_of(db, no), key_of(form, visit)
    there = [each.id for each in _named(db, case, form, "goes")]
    actor = visit.session.actor
    return returns.returned(db, case.id, piece_ids=there, actor=actor, now=visit.now, key=key)


def _give_up(db: Session, no: str, visit: Visit, form: Mapping[str, str]) -> object:
    case, key = case_of(db, no), key_of(form, visit)
    return awaiting.give_up(db, case.id, actor=visit.session.actor, now=visit.now, key=key)


STEPS: Sequence[tuple[str, Act, Step]] = (
    ("kit", Act.EDIT_PIECE, _kit),
    ("renumber_kit", Act.EDIT_PIECE, _renumber_kit),
    ("renumber_back", Act.EDIT_PIECE, _renumber_back),
    ("visitor", Act.EDIT_PIECE, _visitor),
    ("refused_at_home", Act.EDIT_PIECE, _refused_at_home),
    ("arrive", Act.EDIT_PIECE, _arrive),
    ("repaired", Act.EDIT_PIECE, _repaired),
    ("send_home", Act.EDIT_PIECE, _send_home),
    ("ship_back", Act.EDIT_PIECE, _ship_back),
    ("given_back", Act.EDIT_PIECE, _given_back),
    ("give_up", Act.EDIT_PIECE, _give_up),
)
