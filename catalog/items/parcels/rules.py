"""What carriers' words mean, and what they do to a piece (配送状況). Pure.

An event only ever leads forward: carriers send them late, twice and out of order.
"""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from urllib.parse import quote

from catalog.items.kinds import Custody, UnitState
from catalog.items.words import fold


class Direction(StrEnum):
    """Which way a parcel goes, seen from the shop."""

    KIT = "kit"  # an empty box to a seller
    IN = "in"
    OUT = "out"


class ParcelState(StrEnum):
    """How far it is. `returned`: the carrier brought it back to who sent it."""

    MADE = "made"
    PICKED_UP = "picked_up"
    IN_TRANSIT = "in_transit"
    DELIVERED = "delivered"
    RETURNED = "returned"


_RANK = {state: rank for rank, state in enumerate(ParcelState)}

_P = ParcelState
# What the big carriers' tracking pages and files say, and plain words of other systems.
_SAID: dict[ParcelState, tuple[str, ...]] = {
    _P.PICKED_UP: (
        "picked_up", "pickedup", "picked up", "accepted", "荷物受付", "受付", "引受", "集荷",
        "集荷済み",
        "集荷完了", "発送済み", "発送", "出荷", "差出",
    ),
    _P.IN_TRANSIT: (
        "in_transit", "intransit", "in transit", "out_for_delivery", "out for delivery",
        "輸送中", "国内輸送中", "作業店通過", "中継", "通過", "到着", "持ち出し", "持出",
        "持ち出し中", "配達中", "お届け中", "配送中", "保管中", "ご不在", "持戻", "持ち戻り",
        "ご不在のため持ち戻り",
    ),
    _P.DELIVERED: (
        "delivered", "配達完了", "配達済み", "お届け済み", "お届け先にお届け済み", "お届け完了",
        "投函完了", "宅配ボックス", "配完", "窓口でお渡し", "受取済み",
    ),
    _P.RETURNED: (
        "returned", "returned_to_sender", "returned to sender", "返品", "返送", "返還",
        "差出人に返送", "差出人に返送済み", "返品完了",
    ),
}  # fmt: skip
WORDS = MappingProxyType({fold(word): state for state, said in _SAID.items() for word in said})


def meaning(told: str) -> ParcelState | None:
    """What an event of a carrier says; None for a word nobody knows."""
    return WORDS.get(fold(told).strip())


def leads_forward(before: ParcelState, after: ParcelState) -> bool:
    """Whether the event tells something new. What was delivered or came back stays so."""
    return before not in {_P.DELIVERED, _P.RETURNED} and _RANK[after] > _RANK[before]


# The carriers' own tracking pages, which take a number as it is.
_PAGES = {
    "yamato": "https://jizen.kuronekoyamato.co.jp/jizen/servlet/crjz.b.NQ0010?id=",
    "sagawa": "https://k2k.sagawa-exp.co.jp/p/web/okurijosearch.do?okurijoNo=",
    "japanpost": "https://trackings.post.japanpost.jp/services/srv/search/direct?reqCodeNo1=",
}


def tracking_page(carrier: str, tracking_no: str) -> str | None:
    """Where the carrier shows how far a parcel is; None for a carrier without such a page."""
    page = _PAGES.get(carrier)
    return page + quote(tracking_no.replace("-", ""), safe="") if page else None


@dataclass(frozen=True, slots=True)
class Step:
    """A piece goes from one state into another, and into whose hands."""

    before: UnitState
    after: UnitState
    custody: str


_S = UnitState
_LEAVES_US = (
    Step(_S.SOLD, _S.SHIPPED, Custody.CARRIER),
    Step(_S.RETURN_PENDING, _S.IN_TRANSIT_OUT, Custody.CARRIER),
)
_LEAVES_THEM = (
    Step(_S.EXPECTED, _S.IN_TRANSIT_IN, Custody.CARRIER),
    Step(_S.DELIVERED, _S.RETURN_IN, Custody.CARRIER),
)
_REACHES_THEM = (
    Step(_S.SHIPPED, _S.DELIVERED, Custody.BUYER),
    Step(_S.IN_TRANSIT_OUT, _S.RETURNED, Custody.CUSTOMER),
)
# A parcel that reaches the shop moves nothing: a piece is received when somebody opens the box.
STEPS: dict[tuple[Direction, ParcelState], tuple[Step, ...]] = {
    (Direction.IN, _P.PICKED_UP): _LEAVES_THEM,
    (Direction.IN, _P.IN_TRANSIT): _LEAVES_THEM,
    (Direction.IN, _P.DELIVERED): _LEAVES_THEM,
    (Direction.OUT, _P.PICKED_UP): _LEAVES_US,
    (Direction.OUT, _P.IN_TRANSIT): _LEAVES_US,
    (Direction.OUT, _P.DELIVERED): (*_LEAVES_US, *_REACHES_THEM),
}


def steps(direction: Direction, state: ParcelState, unit: UnitState) -> list[Step]:
    """The moves a piece still has to make when its parcel is that far, in order; a piece that
    stands elsewhere makes none.
    """
    taken: list[Step] = []
    for step in STEPS.get((direction, state), ()):
        if step.before is unit:
            taken.append(step)
            unit = step.after
    return taken
