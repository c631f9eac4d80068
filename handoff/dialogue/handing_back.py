"""The bot speaks again (R-153): after the end it goes on with the step that was open, and asks once
how it was (R-161); while somebody still waits it tells the new time (R-154).

(担当者が「完了」を押す)
証: 担当者とのお話は以上でございます。ここからは自動でご案内いたします。
    W-10234を本日 18:00までお取り置きします。… [この内容で確定する] [やめる] [担当者と話す]
    よろしければ、本日の対応をお聞かせください。 [とても満足] …
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session

from catalog.duties.actors import Actor
from catalog.ground.record import ConversationId, TicketId
from conversations.flows.flow import NOT_NOW, PERSON, Answer, Asked, Flow, person_button, tap
from conversations.messages import Button, Choices, Letter, Text
from conversations.outbox import actions as outbox
from conversations.outbox.actions import Envelope
from conversations.outbox.tables import Priority
from conversations.ports import Channel
from conversations.threads import queries as threads
from conversations.threads.memory import Memory
from conversations.wording.visiting.voice import voice
from conversations.wording.voice import voice as common_voice
from handoff.desk import actions as desk
from handoff.desk import queries
from handoff.desk.tables import Ticket, TicketReason
from handoff.desk.timers import Strike, Struck

STARS = range(5, 0, -1)  # the best first


def end(
    db: Session,
    ticket_id: TicketId,
    actor: Actor,
    channels: Mapping[str, Channel],
    *,
    now: datetime,
) -> None:
    """The person has finished; the customer is told who speaks now. Raises as `desk.close`."""
    desk.close(db, ticket_id, actor, now=now)
    ticket = queries.of_id(db, ticket_id)
    conversation = ConversationId(ticket.conversation)
    spoken = threads.spoken_in(db, [conversation]).get(conversation)
    lang = spoken.lang if spoken is not None and spoken.lang is not None else ticket.lang
    memory = threads.memory_of(db, conversation)
    letters: list[Letter] = [_bot_again(ticket, lang), *_open_step(memory, lang)]
    if ticket.answered_at is not None and ticket.rating is None:
        letters.append(_ask_rating(ticket, lang))
    _put(db, ticket, "ended", letters, channels, now=now)


def _bot_again(ticket: Ticket, lang: str) -> Letter:
    has_spoken = ticket.answered_at is not None
    told = voice(lang).with_bot_again(has_spoken=has_spoken)
    if has_spoken:
        return Text(told)
    return Choices(told, (Button(common_voice(lang).button_person(), data=tap(PERSON)),))


def _open_step(memory: Memory, lang: str) -> list[Letter]:
    """What the bot had asked before the person came."""
    common = common_voice(lang)
    person = Button(common.button_person(), data=tap(PERSON))
    if memory.pending is not None:
        buttons = (
            Button(common.button_confirm(), data=memory.pending.tap),
            Button(common.button_not_now(), data=tap(NOT_NOW)),
            person,
        )
        return [Choices(common.press_to_confirm(), buttons)]
    if memory.task is not None:
        return [Choices(voice(lang).open_step(), (person,))]
    return []


def _ask_rating(ticket: Ticket, lang: str) -> Letter:
    words = voice(lang)
    buttons = tuple(
        Button(words.button_rating(n), data=tap("rating.give", ticket=ticket.id, stars=str(n)))
        for n in STARS
    )
    return Choices(words.ask_rating(), buttons)


def tell(db: Session, strike: Strike, channels: Mapping[str, Channel], *, now: datetime) -> None:
    """What the customer has to know of a clock that struck: the new time that is promised."""
    ticket, by = strike.ticket, strike.promised_at
    if ticket is None or by is None:
        return
    if strike.what in {Struck.PROMISED_ANEW, Struck.GAVE_BACK}:
        _tell_time(db, ticket, strike.what.value, channels, now=now)


def give_back(
    db: Session,
    ticket_id: TicketId,
    actor: Actor,
    channels: Mapping[str, Channel],
    *,
    promised_at: datetime,
    now: datetime,
) -> None:
    """Whoever has it cannot go on: it waits again, and the customer is told until when. Raises as
    `desk.give_back`.
    """
    desk.give_back(db, ticket_id, actor=actor, promised_at=promised_at, now=now)
    _tell_time(db, queries.of_id(db, ticket_id), "given_back", channels, now=now)


def take_back(
    db: Session,
    ticket_id: TicketId,
    actor: Actor,
    channels: Mapping[str, Channel],
    *,
    promised_at: datetime,
    now: datetime,
) -> None:
    """The same, taken from whoever has it. Raises as `desk.take_back`."""
    desk.take_back(db, ticket_id, actor=actor, promised_at=promised_at, now=now)
    _tell_time(db, queries.of_id(db, ticket_id), "given_back", channels, now=now)


def _tell_time(
    db: Session, ticket: Ticket, what: str, channels: Mapping[str, Channel], *, now: datetime
) -> None:
    """The customer waits; the time that is promised now."""
    if ticket.reason == TicketReason.TAKEN:
        return  # nobody asked for a person
    told = common_voice(ticket.lang).moment(ticket.promised_at, now=now)
    letter = Text(voice(ticket.lang).still_waiting(by=told))
    _put(db, ticket, what, [letter], channels, now=now)


def _put(
    db: Session,
    ticket: Ticket,
    what: str,
    letters: Sequence[Letter],
    channels: Mapping[str, Channel],
    *,
    now: datetime,
) -> None:
    name = ticket.conversation.partition(":")[0]
    channel = channels.get(name)
    if channel is None:
        return
    envelope = Envelope(
        dedupe=f"desk:{ticket.id}:{ticket.version}:{what}",
        channel=name,
        conversation=ConversationId(ticket.conversation),
        purpose="desk",
        priority=Priority.PROMISED,
    )
    outbox.put(db, envelope, channel.render(letters), now=now)


def rate(asked: Asked) -> Answer:
    """How it was, told once; a later press changes nothing."""
    stars = str(asked.slots.get("stars", ""))
    if stars.isdigit() and int(stars) in STARS:
        ticket = TicketId(str(asked.slots.get("ticket", "")))
        desk.rate(asked.db, ticket, asked.conversation, int(stars), now=asked.now)
    text = voice(asked.lang).thanks_for_rating()
    return Answer([Choices(text, (person_button(asked),))], asked.memory)


FLOW = Flow("rating", frozenset(), rate, {"give": rate})
