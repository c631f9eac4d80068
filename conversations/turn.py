"""One turn: an understood event in, letters and changes out, all in the caller's unit of work.

    event + reading → flow step → domain verbs → outbox.put → thread memory → inbox.done → commit

No network here, no clock, no commit. The lease is checked at the end: a turn that lost it leaves
nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session

from catalog.customers import queries as customers
from catalog.ground.calendar import tokyo_day
from catalog.ground.errors import Stale
from catalog.ground.record import ConversationId
from catalog.items import queries as items
from conversations.flows import arrivals, confirming, menus, stores
from conversations.flows.flow import PERSON, Answer, Asked, ConversationTerms, Flows, read_tap, tap
from conversations.inbox import queries as heard_of
from conversations.inbox import work as inbox
from conversations.inbox.work import Claim, HeardEvent
from conversations.messages import (
    AccountLinked,
    Button,
    Card,
    Choices,
    Edited,
    Event,
    Followed,
    JoinedGroup,
    LeftGroup,
    Letter,
    Place,
    Said,
    SentFile,
    Sticker,
    Tapped,
    Text,
    Unfollowed,
    Unsent,
    Watched,
)
from conversations.outbox import actions as outbox
from conversations.outbox.actions import ClaimedLetter, Envelope, Rider
from conversations.outbox.tables import LetterState
from conversations.ports import Channel, Meaning, Message, Reading, Situation
from conversations.threads import speaker
from conversations.threads.memory import Memory
from conversations.threads.speaker import ReplyToken
from conversations.wording.voice import voice

# What they mean hangs on what was said before, so they are not what was said last.
_NO_SUBJECT = frozenset({"chat.affirm", "chat.deny", "chat.thanks", "chat.greeting", "oos"})
_MOST_MESSAGES = 5  # of one call; riders that do not fit wait for the next event


@dataclass(frozen=True, slots=True)
class Desk:
    """What every turn needs and none changes."""

    flows: Flows
    channels: Mapping[str, Channel]
    terms: ConversationTerms


class SpeakerChanged(Stale):
    """A person of the shop spoke there when the event was claimed, and does no more."""


@dataclass(frozen=True, slots=True)
class Turned:
    """What the event loop wants to know of a finished turn."""

    memory: Memory
    lang: str | None
    claimed: ClaimedLetter | None


def respond(
    db: Session,
    desk: Desk,
    claim: Claim,
    heard: HeardEvent,
    event: Event,
    reading: Reading | None,
    *,
    is_last: bool,
    now: datetime,
    is_slow: bool = False,
    lease: str | None = None,
    made: object = None,
) -> Turned:
    """Answer one event. Raises LeaseLost when another worker has taken the conversation over.

    `lease`: a free reply is claimed under this name as it is written, and handed back to be sent.
    `is_slow`: understanding took so long that the reply token was spent on "still looking".
    `made`: what `beforehand` made for it.
    """
    if heard.is_taken_back and isinstance(event.body, Said | Edited | SentFile):
        heard_of.scrub(db, [heard.inbox_id], now=now)
        inbox.done(db, claim, heard, kept=claim.memory, lang=claim.lang, is_last=is_last, now=now)
        return Turned(claim.memory, claim.lang, None)
    lang = reading.lang if reading is not None else claim.lang or _noted_language(db, event)
    if speaker.of(db, event.conversation) is not None:
        return _overheard(db, desk, claim, heard, event, is_last=is_last, now=now)
    if claim.has_person and reading is None and words_of(event) is not None:
        raise SpeakerChanged("the bot speaks again; the words were not understood meanwhile")
    answer = _answer(db, desk, claim, event, reading, lang=lang or "ja", now=now, made=made)
    kept_lang = answer.lang or lang
    if (kept_lang or "ja") != (claim.lang or "ja"):
        menus.follow(db, event, now=now)
    claimed: ClaimedLetter | None = None
    if not event.is_standby:
        claimed = _put(
            db, desk, event, answer, lang=kept_lang or "ja", is_slow=is_slow, now=now, lease=lease
        )
    inbox.done(db, claim, heard, kept=answer.memory, lang=kept_lang, is_last=is_last, now=now)
    return Turned(answer.memory, kept_lang, claimed)


# What is done with these needs no word of the bot.
_WITHOUT_WORDS = (Followed, Unfollowed, Unsent, Watched, AccountLinked, LeftGroup, SentFile)


def _overheard(
    db: Session,
    desk: Desk,
    claim: Claim,
    heard: HeardEvent,
    event: Event,
    *,
    is_last: bool,
    now: datetime,
) -> Turned:
    """A person of the shop speaks here: the bot says nothing and its open step stays open (R-152,
    R-153). What needs no word is done: files are kept, what was taken back is hidden.
    """
    if isinstance(event.body, _WITHOUT_WORDS):
        _answer(db, desk, claim, event, None, lang=claim.lang or "ja", now=now)
    if event.reply_token is not None and event.reply_until is not None:
        speaker.keep_token(db, event.conversation, ReplyToken(event.reply_token, event.reply_until))
    if desk.flows.overheard is not None:
        desk.flows.overheard(db, event, now)
    inbox.done(db, claim, heard, kept=claim.memory, lang=claim.lang, is_last=is_last, now=now)
    return Turned(claim.memory, claim.lang, None)


def _noted_language(db: Session, event: Event) -> str | None:
    """Before somebody has written a word: the language of the customer register."""
    return customers.language_of(db, event.channel, event.sender) if event.sender else None


def situation_of(claim: Claim, event: Event) -> Situation:
    """What understanding is told about the conversation besides the words."""
    memory = claim.memory
    return Situation(
        now=event.at,
        lang=claim.lang,
        expecting=memory.expecting,
        last=memory.last,
        offered=len(memory.shown) if memory.choosing is not None else 0,
        conversation=event.conversation,
    )


def command_of(desk: Desk, event: Event) -> tuple[str, dict[str, str]] | None:
    """The button the words press by their form alone; such words are not given to understanding
    (an invitation code is nobody else's to read).
    """
    words = words_of(event)
    return desk.flows.command(words) if words is not None else None


def beforehand(desk: Desk, event: Event) -> Callable[[], object] | None:
    """What has to be made before the turn, because it takes too long for a transaction; None for
    nearly everything.
    """
    if not isinstance(event.body, Tapped):
        return None
    return desk.flows.beforehand(read_tap(event.body.data)[0])


def words_of(event: Event) -> str | None:
    """The words of the event that have to be understood, None when there are none for us."""
    body = event.body
    if event.is_standby or not isinstance(body, Said | Edited) or not body.addressed:
        return None
    return body.text


def _answer(
    db: Session,
    desk: Desk,
    claim: Claim,
    event: Event,
    reading: Reading | None,
    *,
    lang: str,
    now: datetime,
    made: object = None,
) -> Answer:
    def asked(intent: str, slots: Mapping[str, Any]) -> Asked:
        viewer = items.viewer(db, event.channel, event.sender, today=tokyo_day(now))
        before = claim.memory
        return Asked(
            db, event, intent, slots, before.heard() if is_answer else before, viewer, lang,
            desk.terms, now, before.expecting, before.pending, made,
        )  # fmt: skip

    # What is done without words leaves an open question open.
    is_answer = isinstance(event.body, Said | Edited | Tapped)

    match event.body:
        case Said() | Edited():
            return _worded(desk, asked, claim, event, reading)
        case Tapped(data=data):
            name, slots = read_tap(data)
            return desk.flows.for_tap(name)(asked("", slots))
        case SentFile() as body if not (event.is_standby or event.is_group):
            return arrivals.sent_file(asked("", {}), body)
        case Followed() as body:
            return arrivals.followed(asked("", {}), body)
        case Unfollowed():
            return arrivals.unfollowed(asked("", {}))
        case Unsent() as body:
            return arrivals.unsent(asked("", {}), body)
        case Watched() as body:
            return arrivals.watched(asked("", {}), body)
        case AccountLinked() as body:
            return arrivals.account_linked(asked("", {}), body)
        case JoinedGroup():
            return arrivals.joined_group(asked("", {}))
        case LeftGroup():
            return arrivals.left_group(asked("", {}))
        case Sticker() if not event.is_group:
            return arrivals.sticker(asked("", {}))
        case Place() as body if not event.is_group:
            return stores.near(asked("", {}), body)
        case _:
            return Answer([], claim.memory)


def _worded(desk: Desk, asked: Any, claim: Claim, event: Event, reading: Reading | None) -> Answer:
    """A command by its form, a choice by its place, else what was understood."""
    command = command_of(desk, event)
    if command is not None:
        name, slots = command
        return desk.flows.for_tap(name)(asked("", slots))
    if reading is None:
        return Answer([], claim.memory)
    chosen = claim.memory.choosing if "ordinal" in reading.slots else None
    if chosen is not None:  # 「2番」 is the second of what was offered, whatever it offered
        return desk.flows.for_tap(chosen)(asked("", reading.slots))
    return _said(desk.flows, asked, reading)


def _said(flows: Flows, asked: Any, reading: Reading) -> Answer:
    """Every meaning in order; two wishes in one message get both answers."""
    letters: list[Letter] = []
    answer: Answer | None = None
    for meaning in reading.meanings[:2] or (Meaning("oos", 0.0),):
        wish: Asked = asked(meaning.intent, reading.slots)
        if answer is not None:
            wish = replace(wish, memory=answer.memory)
        settled = confirming.settled_by(wish, flows.for_tap)
        answer = settled or flows.for_intent(meaning.intent)(wish)
        if flows.looked_over is not None:
            answer = flows.looked_over(wish, answer)
        letters = _together(letters, answer.letters)
    assert answer is not None
    last = reading.meanings[-1].intent if reading.meanings else "oos"
    kept = answer.memory if last in _NO_SUBJECT else replace(answer.memory, last=last)
    return replace(answer, letters=letters, memory=kept)


def _together(letters: list[Letter], others: Sequence[Letter]) -> list[Letter]:
    """Both answers as one; a card that tells the same again only adds its note to the first."""
    told = list(letters)
    for letter in others:
        twin = next((n for n, each in enumerate(told) if _tells_the_same(each, letter)), None)
        if twin is None:
            told.append(letter)
            continue
        first, second = told[twin], letter
        if isinstance(first, Card) and isinstance(second, Card):
            notes = dict.fromkeys(
                line for each in (first, second) for line in (each.note or "").splitlines()
            )
            told[twin] = replace(first, note="\n".join(notes) or None)
    return told


def _tells_the_same(first: Letter, second: Letter) -> bool:
    if isinstance(first, Card) and isinstance(second, Card):
        return (first.heading, first.lines) == (second.heading, second.lines)
    return first == second


def _put(
    db: Session,
    desk: Desk,
    event: Event,
    answer: Answer,
    *,
    lang: str,
    is_slow: bool,
    now: datetime,
    lease: str | None,
) -> ClaimedLetter | None:
    """The answer as outbox rows, what could not be told earlier first.

    A slow answer's token went with "still looking": it waits a little for the tap that brings a new
    one.
    """
    channel = desk.channels[event.channel]
    calls = channel.render(answer.letters) if answer.letters else []
    if event.reply_token is not None and not is_slow:
        calls = _with_riders(db, channel, event.conversation, calls, lang=lang, now=now)
    if not calls:
        return None
    envelope = Envelope(
        dedupe=f"event:{event.inbox_id}",
        channel=event.channel,
        conversation=event.conversation,
        purpose=outbox.SLOW_ANSWER if is_slow else "answer",
        reply_token=None if is_slow else event.reply_token,
        reply_until=None if is_slow else event.reply_until,
        not_before=now + outbox.SLOW_ANSWER_WAITS if is_slow else None,
    )
    return outbox.put(db, envelope, calls, now=now, lease=lease).claimed


def _with_riders(
    db: Session,
    channel: Channel,
    conversation: ConversationId,
    calls: list[list[Message]],
    *,
    lang: str,
    now: datetime,
) -> list[list[Message]]:
    """Put as many riders as fit before the first call; the free reply carries them."""
    first = calls[0] if calls else []
    carried: list[Message] = []
    for rider in outbox.riders(db, conversation, now=now):
        told = [*_before(channel, rider, lang), *rider.messages]
        if len(carried) + len(told) + len(first) > _MOST_MESSAGES:
            break
        if outbox.carry(db, rider, now=now):
            carried.extend(told)
    return [[*carried, *first], *calls[1:]] if carried else calls


def _before(channel: Channel, rider: Rider, lang: str) -> list[Message]:
    """Why something comes only now, or may come twice."""
    words = voice(lang)
    if rider.is_unclear or rider.state is LetterState.AMBIGUOUS:
        return channel.render([Text(words.resent())])[0]
    if rider.state is LetterState.WAITING:
        return channel.render([Text(words.waited())])[0]
    return []


def apology(db: Session, desk: Desk, event: Event, *, lang: str | None, now: datetime) -> None:
    """A turn was given up: the person is told so, with somebody to turn to, once."""
    if event.is_standby or (event.is_group and not _is_addressed(event)):
        return
    words = voice(lang)
    letters: list[Letter] = [
        Choices(words.went_wrong(), (Button(words.button_person(), data=tap(PERSON)),))
    ]
    envelope = Envelope(
        dedupe=f"apology:{event.inbox_id}",
        channel=event.channel,
        conversation=event.conversation,
        purpose="apology",
        reply_token=event.reply_token,
        reply_until=event.reply_until,
    )
    outbox.put(db, envelope, desk.channels[event.channel].render(letters), now=now)


def _is_addressed(event: Event) -> bool:
    return isinstance(event.body, Said | Edited) and event.body.addressed
