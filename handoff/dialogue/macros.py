"""Doing several things at once (マクロ・一括): the steps of a macro in one conversation, all or
nothing; one step in many conversations, each on its own.

The customer is told of an end as always (`handing_back`). The unit of work is the caller's: a macro
that is refused leaves nothing behind once that unit is undone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from catalog.duties.actors import Actor
from catalog.ground.calendar import ShopHours
from catalog.ground.errors import Malformed, Missing, Refused, Stale
from catalog.ground.record import ConversationId, StaffId, TicketId
from conversations.messages import Text
from conversations.ports import Channel
from conversations.threads import queries as threads
from handoff.desk import actions as desk
from handoff.desk import labels, later, macros, queries
from handoff.desk.actions import NotHeld
from handoff.desk.canned import queries as canned
from handoff.desk.later import Later
from handoff.desk.macros import Do, Step
from handoff.dialogue import handing_back
from handoff.staff.permissions import Act, need


@dataclass(frozen=True, slots=True)
class Hands:
    """What the steps need of the house."""

    channels: Mapping[str, Channel]
    hours: ShopHours


@dataclass(frozen=True, slots=True)
class Many:
    """What came of one step in many conversations. `refused`: conversation and kind of error."""

    done: tuple[ConversationId, ...]
    refused: tuple[tuple[ConversationId, str], ...]


def run(
    db: Session,
    macro_id: str,
    conversation: ConversationId,
    actor: Actor,
    hands: Hands,
    *,
    key: str,
    now: datetime,
) -> None:
    """Every step, or none. `key` makes a repeat send nothing twice. Words before an end are said
    at once, as the end is: afterwards the bot speaks. Raises MacroMissing, and as each step's verb.
    """
    steps = macros.get(db, macro_id).steps
    ends = any(step.do is Do.CLOSE for step in steps)
    with db.begin_nested():
        for number, step in enumerate(steps):
            each = f"{key}.{number}"
            do(db, step, conversation, actor, hands, key=each, now=now, at_once=ends)


def in_each(
    db: Session,
    step: Step,
    conversations: Sequence[ConversationId],
    actor: Actor,
    hands: Hands,
    *,
    key: str,
    now: datetime,
) -> Many:
    """One step in each of these, whatever becomes of its neighbours. Raises NotAllowed."""
    need(actor, Act.DIRECT)
    done, refused = [], []
    for conversation in dict.fromkeys(conversations):
        try:
            with db.begin_nested():
                do(db, step, conversation, actor, hands, key=f"{key}.{conversation}", now=now)
        except (Missing, Refused, Stale, Malformed) as error:
            refused.append((conversation, type(error).__name__))
        else:
            done.append(conversation)
    return Many(tuple(done), tuple(refused))


def do(
    db: Session,
    step: Step,
    conversation: ConversationId,
    actor: Actor,
    hands: Hands,
    *,
    key: str,
    now: datetime,
    at_once: bool = False,
) -> None:
    """One step in one conversation; words wait for the shop to open unless they go `at_once`.
    Raises NotAllowed, NotHeld, and as the verb of the step.
    """
    need(actor, Act.TALK)
    match step.do:
        case Do.LABEL:
            labels.put_on(db, conversation, step.what, actor, now=now)
        case Do.UNLABEL:
            labels.take_off(db, conversation, step.what, actor, now=now)
        case Do.REPLY:
            leaves_at = later.leaves_at(hands.hours, forced=at_once, now=now)
            _reply(db, step.what, conversation, actor, hands, key=key, at=leaves_at, now=now)
        case Do.ASSIGN:
            to = StaffId(step.what)
            desk.assign(db, _open(db, conversation), to, actor, now=now)
        case Do.SNOOZE:
            until = later.moments(hands.hours, now=now)[Later(step.what)]
            desk.snooze(db, _open(db, conversation), actor, until=until, now=now)
        case Do.CLOSE:
            ticket = _open(db, conversation)
            handing_back.end(db, ticket, actor, hands.channels, now=now)


def _open(db: Session, conversation: ConversationId) -> TicketId:
    ticket = queries.open_of(db, conversation)
    if ticket is None:
        raise NotHeld("nobody has this conversation")
    return TicketId(ticket.id)


def _reply(
    db: Session,
    reply: str,
    conversation: ConversationId,
    actor: Actor,
    hands: Hands,
    *,
    key: str,
    at: datetime | None,
    now: datetime,
) -> None:
    spoken = threads.spoken_in(db, [conversation]).get(conversation)
    lang = (spoken.lang if spoken is not None else None) or "ja"
    text = canned.text_for(db, reply, conversation, StaffId(actor.id), lang=lang, now=now)
    channel = hands.channels.get(conversation.partition(":")[0])
    if channel is None:
        raise NotHeld("the channel of this conversation is off")
    calls = channel.render([Text(text)])
    desk.answer(db, conversation, actor, calls, key=key, not_before=at, now=now)
