"""What staff did on Slack, done in the books (操作の処理): the desk's own verbs, the same rights as
in the console, and what is answered to whom.

Only `reply` writes to a customer. It is reached from the reply window and from a thread's message
that begins with an agreed word; whatever else is written stays in the house (R-159). Not here: the
calls to Slack.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from catalog.duties.actors import Actor
from catalog.ground import worklist
from catalog.ground.errors import Malformed, Missing, Refused, ShopError, Unavailable
from catalog.ground.record import ConversationId, StaffId, TicketId
from catalog.ground.session.database import insert_once
from conversations.messages import Text
from conversations.threads import speaker
from handoff.desk import actions as desk
from handoff.desk import notes
from handoff.desk import queries as tickets
from handoff.desk.actions import HeldByAnother, NotHeld, TicketMissing
from handoff.desk.moves import HELD, NoSuchMove
from handoff.desk.tables import Ticket, TicketState
from handoff.dialogue import handing_back
from handoff.slack import actions, cards, queries
from handoff.slack.cards import Message, View
from handoff.slack.gestures import (
    Altered,
    CameHome,
    Commanded,
    Gesture,
    Person,
    Pressed,
    Submitted,
    Wrote,
)
from handoff.slack.lines import FROM_SLACK
from handoff.slack.queries import StaffSlack
from handoff.slack.rules import (
    NoSuchMoment,
    SnoozeChoice,
    own_moment,
    reply_in,
    wakes_at,
)
from handoff.slack.tables import Remark, SlackGesture, SlackSaid
from handoff.slack.wording.voice import StaffVoice
from handoff.staff import permissions
from handoff.staff.permissions import Act, NotAllowed

SEND_FILE = "slack.send_file"  # work: a file of staff goes to the customer
HANDOFF, ITEM, CREDIT = "/handoff", "/item", "/credit"
COMMANDS = frozenset({HANDOFF, ITEM, CREDIT})
_REPLY, _NOTE = "reply", "note"


class ChannelOff(Unavailable):
    """The customer's channel is not configured in this process."""


class NotStaff(Refused):
    """Somebody of Slack who is nobody of the shop."""


class SaysNothing(Malformed):
    """A reply without a word and without a file."""


@dataclass(frozen=True, slots=True)
class Tell:
    """Only that person sees it: where they did it, or in their direct messages (`channel` None)."""

    user: str
    channel: str | None
    thread: str | None
    message: Message


@dataclass(frozen=True, slots=True)
class Open:
    """A window for who pressed; `otherwise` when it cannot be opened in time."""

    trigger: str
    view: View
    otherwise: Tell


@dataclass(frozen=True, slots=True)
class Home:
    """The app's own page of that person is drawn anew; by `home`, when nobody waits for it."""

    person: Person


@dataclass(frozen=True, slots=True)
class Settle:
    """Once the bot's last letters have left, tell that the person alone speaks."""

    ticket: TicketId
    then: Tell


Reaction = Tell | Open | Home | Settle


@dataclass(frozen=True, slots=True)
class Submission:
    """What came of a window: nothing wrong, or what stands beside which field."""

    errors: dict[str, str] = field(default_factory=dict)
    reactions: Sequence[Reaction] = ()


def handle(db: Session, gesture: Gesture, slack: StaffSlack, *, now: datetime) -> list[Reaction]:
    """Do what was wanted, or find out why not; never raises for a rule of the shop."""
    words = queries.words(db)
    match gesture:
        case Pressed():
            return _pressed(db, gesture, slack, words, now)
        case Wrote():
            return _wrote(db, gesture, slack, words, now)
        case Altered():
            _altered(db, gesture, now)
            return []
        case CameHome(person=person):
            return [Home(person)]
        case Submitted():
            return list(submit(db, gesture, slack, now=now).reactions)


def _actor(db: Session, person: Person) -> Actor:
    actor = queries.actor_of(db, person.user) if person.is_ours else None
    if actor is None:
        raise NotStaff(person.user)
    return actor


def _ticket(db: Session, ticket_id: str) -> Ticket:
    """That ticket; where it has ended, the open one of its conversation: a card may lag behind."""
    ticket = queries.open_ticket(db, TicketId(ticket_id))
    if ticket is None:
        raise TicketMissing(ticket_id)
    if ticket.state == TicketState.CLOSED.value:
        return tickets.open_of(db, ConversationId(ticket.conversation)) or ticket
    return ticket


def _why(db: Session, error: ShopError, words: StaffVoice, person: Person | None) -> str:
    """What a refusal is called to whoever met it."""
    match error:
        case NotStaff():
            return words.unknown_person(person.user if person else "")
        case NotAllowed():
            return words.not_allowed()
        case HeldByAnother(owner=owner):
            return words.held_by(queries.name_of(db, owner) or "–")
        case NotHeld():
            return words.not_held()
        case NoSuchMove(state=state):
            return words.cannot_now(words.state(state.value, None))
        case NoSuchMoment():
            return words.snooze_wrong()
        case SaysNothing():
            return words.reply_empty()
        case Missing():
            return words.gone()
        case _:
            return words.went_wrong()


def _pressed(
    db: Session, gesture: Pressed, slack: StaffSlack, words: StaffVoice, now: datetime
) -> list[Reaction]:
    person = gesture.person
    reactions: list[Reaction]
    try:
        with db.begin_nested():
            actor = _actor(db, person)
            permissions.need(actor, Act.TALK)
            ticket = _ticket(db, gesture.ticket)
            reactions = [_done(db, gesture, ticket, actor, slack, words=words, now=now)]
    except (Refused, Missing, Malformed, Unavailable) as error:
        reactions = [_told(gesture, _why(db, error, words, person))]
    is_open = any(isinstance(each, Open) for each in reactions)
    if gesture.channel is None and not is_open:
        reactions.append(Home(person))
    return reactions


def _told(gesture: Pressed, text: str) -> Tell:
    user = gesture.person.user
    return Tell(user, gesture.channel, gesture.thread, cards.answered(text))


def _done(
    db: Session,
    gesture: Pressed,
    ticket: Ticket,
    actor: Actor,
    slack: StaffSlack,
    *,
    words: StaffVoice,
    now: datetime,
) -> Reaction:
    ticket_id = TicketId(ticket.id)
    match gesture.act:
        case cards.CLAIM:
            taken = _taken(db, ticket, actor, now=now)
            told = _told(gesture, words.claimed())
            return Settle(ticket_id, told) if taken.under_way else told
        case cards.REPLY:
            _may_answer(db, ticket, actor)
            facts, at_home = queries.facts(db, ticket, slack), gesture.channel is None
            view = cards.reply_view(facts, words, at_home=at_home)
            return Open(gesture.trigger, view, _told(gesture, words.too_late()))
        case cards.SNOOZE:
            _must_hold(ticket, actor)
            if ticket.state != TicketState.CLAIMED.value:
                return _told(gesture, words.cannot_now(words.state(ticket.state, None)))
            facts = queries.facts(db, ticket, slack, with_last=False)
            view = cards.snooze_view(facts, words, now=now)
            return Open(gesture.trigger, view, _told(gesture, words.too_late()))
        case cards.WAKE:
            _must_hold(ticket, actor)
            desk.wake(db, ticket_id, actor=actor, now=now)
            return _told(gesture, words.woken())
        case cards.CLOSE:
            handing_back.end(db, ticket_id, actor, slack.channels, now=now)
            return _told(gesture, words.closed())
        case _:
            raise TicketMissing(gesture.act)


def _taken(db: Session, ticket: Ticket, actor: Actor, *, now: datetime) -> desk.Taken:
    """Who waits is claimed; where the bot has been speaking again, somebody comes in."""
    if ticket.state == TicketState.CLOSED.value:
        conversation = ConversationId(ticket.conversation)
        return desk.take_over(db, conversation, actor, lang=ticket.lang, now=now)
    return desk.claim(db, TicketId(ticket.id), actor, now=now)


def _must_hold(ticket: Ticket, actor: Actor) -> None:
    """Raises NotHeld, HeldByAnother."""
    if TicketState(ticket.state) not in HELD:
        raise NotHeld("nobody has this conversation")
    if ticket.owner != actor.id:
        raise HeldByAnother(ticket.owner or "")


def _may_answer(db: Session, ticket: Ticket, actor: Actor) -> None:
    """Whoever has it; somebody else while it waits, where the shop lets an answer claim it."""
    is_free = ticket.state == TicketState.WAITING.value and queries.terms(db).reply_claims
    if not is_free:
        _must_hold(ticket, actor)


def reply(
    db: Session,
    ticket: Ticket,
    actor: Actor,
    text: str,
    files: Sequence[str],
    slack: StaffSlack,
    *,
    key: str,
    now: datetime,
) -> None:
    """Say it to the customer: the words at once, files as soon as they are ready.

    Raises NotAllowed, NotHeld, HeldByAnother, SaysNothing, ChannelOff, and the channel's Malformed.
    """
    permissions.need(actor, Act.TALK)
    if not text.strip() and not files:
        raise SaysNothing("neither words nor files")
    conversation = ConversationId(ticket.conversation)
    speaker.lock(db, conversation)  # a clock that strikes now gives it back before this, or after
    db.refresh(ticket)
    _may_answer(db, ticket, actor)
    channel = slack.channels.get(conversation.partition(":")[0])
    if channel is None:
        raise ChannelOff(conversation.partition(":")[0])
    if ticket.state == TicketState.WAITING.value:
        desk.claim(db, TicketId(ticket.id), actor, now=now)
    if text.strip():
        calls = channel.render([Text(text.strip())])
        desk.answer(db, conversation, actor, calls, key=f"slack:{key}", now=now)
    for file_id in files:
        worklist.add(
            db, SEND_FILE, conversation, f"{key}:{file_id}", due_at=now, now=now,
            facts={"file": file_id, "staff": actor.id, "role": actor.role.value},
        )  # fmt: skip


def _wrote(
    db: Session, gesture: Wrote, slack: StaffSlack, words: StaffVoice, now: datetime
) -> list[Reaction]:
    """A note, unless it begins with an agreed word. What was meant for the customer and did not go
    there stands in the thread: whoever wrote it believes it has gone, also while Slack is away.
    """
    thread = queries.thread_at(db, gesture.channel, gesture.thread)
    if thread is None:  # people talk of other things, too
        return []
    conversation = ConversationId(thread.conversation)
    wanted = reply_in(gesture.text, queries.terms(db).prefixes)
    told: str | None = None
    try:
        with db.begin_nested():
            actor = _actor(db, gesture.person)
            permissions.need(actor, Act.TALK)
            if wanted is None:
                told = _note(db, gesture, conversation, actor, words, now)
            else:
                ticket = tickets.open_of(db, conversation)
                if ticket is None:
                    raise NotHeld("nobody has this conversation")
                reply(db, ticket, actor, wanted, gesture.files, slack, key=gesture.key, now=now)
                _remember(db, gesture, conversation, _REPLY, now)
    except (NotStaff, NotAllowed) as error:
        if wanted is not None:
            _not_sent(db, gesture, conversation, error, now)
        told = f"{_why(db, error, words, gesture.person)}\n{words.not_kept()}"
    except (Refused, Missing, Malformed, Unavailable) as error:
        if wanted is not None:
            _not_sent(db, gesture, conversation, error, now)
            return []
        told = _why(db, error, words, gesture.person)
    if told is None:
        return []
    user = gesture.person.user
    return [Tell(user, gesture.channel, gesture.thread, cards.answered(told))]


def _not_sent(
    db: Session, gesture: Wrote, conversation: ConversationId, error: ShopError, now: datetime
) -> None:
    actor = queries.actor_of(db, gesture.person.user) if gesture.person.is_ours else None
    facts = {"staff": actor.id if actor is not None else "", "why": "refused"}
    match error:
        case NotStaff():
            facts["why"] = "not_staff"
        case NotAllowed():
            facts["why"] = "not_allowed"
        case HeldByAnother(owner=owner):
            facts |= {"why": "held", "owner": owner}
        case NotHeld():
            facts["why"] = "not_held"
        case SaysNothing():
            facts["why"] = "empty"
        case ChannelOff():
            facts["why"] = "off"
    key = f"not_sent:{gesture.key}"
    actions.remark(db, conversation, Remark.REPLY_NOT_SENT, key=key, now=now, **facts)


def _note(
    db: Session,
    gesture: Wrote,
    conversation: ConversationId,
    actor: Actor,
    words: StaffVoice,
    now: datetime,
) -> str | None:
    if gesture.text.strip():
        text, key = gesture.text.strip(), f"slack:{gesture.key}"
        notes.add(db, conversation, StaffId(actor.id), text, source=FROM_SLACK, key=key, now=now)
        _remember(db, gesture, conversation, _NOTE, now)
    return words.files_need_reply() if gesture.files else None


def _remember(
    db: Session, gesture: Wrote, conversation: ConversationId, what: str, now: datetime
) -> None:
    row = {
        "channel": gesture.channel, "ts": gesture.ts, "conversation": conversation,
        "what": what, "said_at": now,
    }  # fmt: skip
    insert_once(db, SlackSaid, row)


def _altered(db: Session, gesture: Altered, now: datetime) -> None:
    """An edit reaches nobody: not the customer who has the words, and not one who has none."""
    said = actions.said_at(db, gesture.channel, gesture.ts)
    if said is None:
        return
    is_meant = (
        gesture.text is not None and reply_in(gesture.text, queries.terms(db).prefixes) is not None
    )
    if said.what == _REPLY or is_meant:
        key = f"unchanged:{gesture.channel}:{gesture.ts}"
        conversation = ConversationId(said.conversation)
        actions.remark(db, conversation, Remark.UNCHANGED, key=key, now=now)


def home(db: Session, person: Person, slack: StaffSlack) -> View:
    """The app's own page: what that person has, and who waits."""
    words = queries.words(db)
    actor = queries.actor_of(db, person.user) if person.is_ours else None
    if actor is None or not permissions.may(actor, Act.LOOK):
        told = cards.answered(words.unknown_person(person.user))
        return {"type": "home", "blocks": told["blocks"]}
    held = [queries.facts(db, each, slack, with_last=False) for each in queries.mine(db, actor)]
    waiting = [
        queries.facts(db, each, slack, with_last=False) for each in tickets.waiting(db, limit=50)
    ]
    return cards.home_view(held, waiting, words, may_claim=permissions.may(actor, Act.TALK))


def submit(db: Session, gesture: Submitted, slack: StaffSlack, *, now: datetime) -> Submission:
    """What was written in a window. What is refused is told beside its field, so that no word of it
    is lost; the same window sent twice is one.
    """
    if db.get(SlackGesture, gesture.key) is not None:
        return Submission()
    words = queries.words(db)
    field_name = cards.TEXT if gesture.view == cards.REPLY else cards.UNTIL
    try:
        with db.begin_nested():
            actor = _actor(db, gesture.person)
            permissions.need(actor, Act.TALK)
            ticket = _ticket(db, gesture.ticket)
            if gesture.view == cards.REPLY:
                reply(
                    db, ticket, actor, gesture.text, gesture.files, slack, key=gesture.key, now=now
                )
            else:
                until = _until(gesture, now)
                _must_hold(ticket, actor)
                desk.snooze(db, TicketId(ticket.id), actor, until=until, now=now)
    except NoSuchMoment as error:
        return Submission({cards.DAY: _why(db, error, words, gesture.person)})
    except (Refused, Missing, Malformed, Unavailable) as error:
        return Submission({field_name: _why(db, error, words, gesture.person)})
    insert_once(
        db, SlackGesture,
        {"key": gesture.key, "body": "", "received_at": now, "ended_at": now},
    )  # fmt: skip
    return Submission(reactions=[Home(gesture.person)] if gesture.at_home else [])


def _until(gesture: Submitted, now: datetime) -> datetime | None:
    try:
        choice = SnoozeChoice(gesture.until or "")
    except ValueError:
        raise NoSuchMoment("no choice") from None
    if choice is SnoozeChoice.MOMENT:
        return own_moment(gesture.day or "", gesture.clock or "", now=now)
    return wakes_at(choice, now=now)


def command(db: Session, commanded: Commanded, slack: StaffSlack, *, now: datetime) -> Message:
    """What a slash command answers, to who typed it alone. Reads only."""
    words = queries.words(db)
    text = commanded.text.strip()
    try:
        actor = _actor(db, commanded.person)
        match commanded.command:
            case "/item":
                permissions.need(actor, Act.LOOK)
                return _piece(db, text, words)
            case "/credit":
                permissions.need(actor, Act.SEE_CONTACT)
                return _credit(db, text, words, now)
            case _:
                permissions.need(actor, Act.LOOK)
                found = [
                    queries.facts(db, each, slack, with_last=False)
                    for each in tickets.waiting(db, limit=50)
                ]
                return cards.queue(found, words, may_claim=permissions.may(actor, Act.TALK))
    except (NotStaff, NotAllowed) as error:
        return cards.answered(_why(db, error, words, commanded.person))


def _piece(db: Session, code: str, words: StaffVoice) -> Message:
    if not code:
        return cards.answered(words.piece_which())
    found = queries.piece(db, code)
    return cards.answered(words.piece_missing(code)) if found is None else cards.piece(found, words)


def _credit(db: Session, told: str, words: StaffVoice, now: datetime) -> Message:
    if not told:
        return cards.answered(words.credit_whose())
    found = queries.customers_called(db, told)
    if not found:
        return cards.answered(words.credit_nobody())
    if len(found) > 1:
        return cards.several([(each.name, each.number) for each in found], words)
    held = queries.balance(db, found[0].customer, now=now)
    return cards.credit(found[0].name, found[0].number, held, words)
