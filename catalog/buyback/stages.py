"""Where a piece of a buyback case stands, and who may bring it on (買取案件の段階).

Every piece runs through the stages by itself, so that several are decided one by one; the case
stands where its least advanced open piece stands (`standing`). Identity is checked beside the
appraisal and is a mark on the case, not a stage. Pure; the verbs hold what else a step needs.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum

from catalog.duties.actors import Role


class Stage(StrEnum):
    """The stages of a piece, the first to the last; the ways out follow."""

    INQUIRY = "inquiry"
    QUOTED = "quoted"
    QUOTE_EXPIRED = "quote_expired"
    SUBMITTED = "submitted"
    KIT_SENT = "kit_sent"
    IN_TRANSIT = "in_transit"
    ARRIVED = "arrived"
    APPRAISING = "appraising"
    APPROVAL_PENDING = "approval_pending"
    POLICE_HOLD = "police_hold"
    OFFERED = "offered"
    OFFER_EXPIRED = "offer_expired"
    DECLINED = "declined"
    REJECTED = "rejected"
    ACCEPTED = "accepted"
    PAY_SCHEDULED = "pay_scheduled"
    RESCINDED = "rescinded"
    RETURN_SHIPPING = "return_shipping"
    PAID = "paid"
    CREDITED = "credited"
    CONSIGN = "consign"
    REFERRED = "referred"
    RETURNED = "returned"
    COMPENSATED = "compensated"  # lost or damaged while still the seller's
    CLOSED = "closed"


_S = Stage
_APPRAISERS = frozenset({Role.APPRAISER, Role.SENIOR, Role.MANAGER, Role.OWNER})
_HANDS = _APPRAISERS | {Role.STORE, Role.ADVISER}
_CUSTOMER = frozenset({Role.CUSTOMER})
_CLOCK = frozenset({Role.SCHEDULER})
_CARRIER = _HANDS | {Role.BOT, Role.SCHEDULER}  # what a tracking event tells, or a scan
_QUOTERS = _APPRAISERS | {Role.BOT, Role.ADVISER}
_ACCOUNTING = frozenset({Role.ACCOUNTING})
_MANAGERS = frozenset({Role.MANAGER, Role.OWNER})

# Every move there is, with who makes it; any other is refused. Consequences of another command
# (a payment planned by an acceptance, a free return after a decline) are moved by the scheduler's
# role. Police and losses come on top: `may_move`.
MOVES: Mapping[Stage, Mapping[Stage, frozenset[Role]]] = {
    _S.INQUIRY: {_S.QUOTED: _QUOTERS, _S.SUBMITTED: _CUSTOMER, _S.REFERRED: _CUSTOMER,
                 _S.CLOSED: _CUSTOMER | _QUOTERS},
    _S.QUOTED: {_S.QUOTED: _QUOTERS, _S.SUBMITTED: _CUSTOMER, _S.QUOTE_EXPIRED: _CLOCK,
                _S.REFERRED: _CUSTOMER, _S.CLOSED: _CUSTOMER},
    _S.QUOTE_EXPIRED: {_S.QUOTED: _QUOTERS, _S.CLOSED: _CUSTOMER | _CLOCK | _QUOTERS},
    _S.SUBMITTED: {_S.KIT_SENT: _HANDS, _S.IN_TRANSIT: _CARRIER, _S.ARRIVED: _HANDS,
                   _S.CLOSED: _CUSTOMER | _HANDS},  # by the shop: they never came
    _S.KIT_SENT: {_S.IN_TRANSIT: _CARRIER, _S.ARRIVED: _HANDS, _S.CLOSED: _CUSTOMER | _HANDS},
    _S.IN_TRANSIT: {_S.ARRIVED: _HANDS},
    _S.ARRIVED: {_S.APPRAISING: _APPRAISERS, _S.RETURN_SHIPPING: _CUSTOMER | _CLOCK},
    _S.APPRAISING: {_S.APPROVAL_PENDING: _APPRAISERS, _S.REJECTED: _APPRAISERS,
                    _S.RETURN_SHIPPING: _CUSTOMER},
    _S.APPROVAL_PENDING: {_S.OFFERED: _APPRAISERS, _S.APPRAISING: _APPRAISERS,
                          _S.RETURN_SHIPPING: _CUSTOMER},
    _S.OFFERED: {_S.ACCEPTED: _CUSTOMER, _S.DECLINED: _CUSTOMER, _S.OFFER_EXPIRED: _CLOCK},
    _S.OFFER_EXPIRED: {_S.RETURN_SHIPPING: _HANDS | _CLOCK},
    _S.DECLINED: {_S.RETURN_SHIPPING: _CLOCK | _CUSTOMER, _S.CONSIGN: _CUSTOMER,
                  _S.REFERRED: _CUSTOMER},
    _S.REJECTED: {_S.RETURN_SHIPPING: _HANDS | _CLOCK | _CUSTOMER, _S.CLOSED: _APPRAISERS},
    _S.ACCEPTED: {_S.PAY_SCHEDULED: _CLOCK, _S.PAID: _CLOCK, _S.CREDITED: _CLOCK,
                  _S.RESCINDED: _CUSTOMER, _S.RETURN_SHIPPING: _HANDS},
    _S.PAY_SCHEDULED: {_S.PAID: _ACCOUNTING, _S.RESCINDED: _CUSTOMER},
    _S.PAID: {_S.RESCINDED: _CUSTOMER, _S.CLOSED: _CLOCK,
              _S.PAY_SCHEDULED: _ACCOUNTING},  # the bank gave the money back (組戻)
    _S.CREDITED: {_S.RESCINDED: _CUSTOMER, _S.CLOSED: _CLOCK},
    _S.RESCINDED: {_S.RETURN_SHIPPING: _CLOCK, _S.CLOSED: _CLOCK},
    _S.CONSIGN: {_S.RETURN_SHIPPING: _CUSTOMER | _CLOCK},
    _S.RETURN_SHIPPING: {_S.RETURNED: _CARRIER},
    _S.REFERRED: {},
    _S.RETURNED: {},
    _S.COMPENSATED: {},
    _S.CLOSED: {_S.PAY_SCHEDULED: _ACCOUNTING},  # the same, days later
    _S.POLICE_HOLD: {_S.CLOSED: _MANAGERS},  # handed over; else back to where it stood
}  # fmt: skip

# With a carrier or the shop, and not bought (accepted: of a repair): lost or broken, it is at the
# shop's risk.
COMPENSABLE = frozenset(
    {
        _S.IN_TRANSIT, _S.ARRIVED, _S.APPRAISING, _S.APPROVAL_PENDING, _S.OFFERED,
        _S.OFFER_EXPIRED, _S.DECLINED, _S.REJECTED, _S.RETURN_SHIPPING,
    }
)  # fmt: skip
ENDED = frozenset({_S.CONSIGN, _S.REFERRED, _S.RETURNED, _S.COMPENSATED, _S.CLOSED})
# The shop has the piece in hand in these.
HELD = frozenset(
    {
        _S.ARRIVED,
        _S.APPRAISING,
        _S.APPROVAL_PENDING,
        _S.OFFERED,
        _S.OFFER_EXPIRED,
        _S.DECLINED,
        _S.REJECTED,
        _S.ACCEPTED,
        _S.PAY_SCHEDULED,
        _S.RESCINDED,
        _S.PAID,
        _S.CREDITED,
        _S.RETURN_SHIPPING,
        _S.CONSIGN,
    }
)
BEFORE_ARRIVAL = frozenset({_S.SUBMITTED, _S.KIT_SENT, _S.IN_TRANSIT})
_ORDER = {stage: n for n, stage in enumerate(Stage)}


def may_move(before: Stage, after: Stage, role: Role, *, is_override: bool = False) -> bool:
    """Whether somebody in that role may bring a piece on. A manager overrides who, never where, and
    never says for a customer what only the customer says.
    """
    if after is Stage.POLICE_HOLD:
        return before in HELD and role in _APPRAISERS
    if after is Stage.COMPENSATED:
        return before in COMPENSABLE and role in _MANAGERS
    movers = MOVES[before].get(after, frozenset())
    may_override = is_override and role in _MANAGERS and bool(movers - _CUSTOMER)
    return role in movers or may_override


def standing(stages: Collection[Stage]) -> Stage:
    """Where a case stands: at its least advanced open piece; with none open, where all ended, or
    closed.
    """
    ended = {stage for stage in stages if stage in ENDED}
    still = [stage for stage in stages if stage not in ENDED]
    if still:
        return min(still, key=_ORDER.__getitem__)
    return ended.pop() if len(ended) == 1 else Stage.CLOSED
