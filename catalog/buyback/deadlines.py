"""When staff must be told that a case stands still. Pure: the stage it came to, when, and the
terms.
"""

from datetime import datetime, time, timedelta

from catalog.buyback.stages import Stage
from catalog.buyback.terms import CaseTerms
from catalog.duties.rules import Channel
from catalog.ground.calendar import TOKYO, at_tokyo

_APPRAISAL = frozenset({Stage.ARRIVED, Stage.APPRAISING, Stage.APPROVAL_PENDING})
_LEAVING = frozenset(
    {
        Stage.RETURN_SHIPPING,
        Stage.DECLINED,
        Stage.REJECTED,
        Stage.OFFER_EXPIRED,
        Stage.RESCINDED,
    }
)
# What is done with it the customer says; somebody of the shop asks again, and nobody is late.
CUSTOMERS_CHOICE = frozenset({Stage.REJECTED})


def kit_leaves_on(asked_at: datetime, cutoff: time) -> datetime:
    """The moment by which a kit asked for then has left: the end of that day's shipping, or the
    next day's.
    """
    local = asked_at.astimezone(TOKYO)
    day = local.date() if local.time() < cutoff else local.date() + timedelta(days=1)
    return at_tokyo(day, cutoff.hour, cutoff.minute)


def alarm_at(
    terms: CaseTerms,
    stage: Stage,
    *,
    came_at: datetime,
    channel: Channel | None,
    kit_cutoff: time,
) -> datetime | None:
    """When a case that came to this stage then is late; None: it waits for the customer or a date
    of its own (R-047).
    """
    if stage is Stage.SUBMITTED and channel is Channel.MAIL_IN:
        return kit_leaves_on(came_at, kit_cutoff) + timedelta(hours=terms.kit_hours)
    if stage in _APPRAISAL:
        return came_at + timedelta(hours=terms.appraisal_hours)
    if stage in _LEAVING:
        return came_at + timedelta(hours=terms.return_hours)
    if stage in {Stage.KIT_SENT, Stage.SUBMITTED}:
        return came_at + timedelta(days=terms.goods_remind_days)
    if stage in {Stage.IN_TRANSIT, Stage.ACCEPTED}:
        return came_at + timedelta(hours=terms.silence_hours)
    return None


def is_same_wait(before: Stage, after: Stage) -> bool:
    """Whether both stages belong to one promise, whose time runs on."""
    return before is after or (before in _APPRAISAL and after in _APPRAISAL)
